/* SPDX-License-Identifier: Apache-2.0 */
#include "app/beside.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

const char *beside_program(const char *name, struct arena *a)
{
    char own[4096];
    ssize_t n = readlink("/proc/self/exe", own, sizeof(own) - 1);

    if (n <= 0)
        return name;
    own[n] = '\0';
    const char *slash = strrchr(own, '/');

    return arena_format(a, "%.*s/%s", slash != NULL ? (int)(slash - own) : 0, own, name);
}

void beside_execute(const char *name, char **argv, struct arena *a, struct err *e)
{
    const char *path = beside_program(name, a);

    (void)execv(path, argv);
    (void)err_system(e, errno, "cannot run %s", path);
}
