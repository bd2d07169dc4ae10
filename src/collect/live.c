/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/live.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

void live_found(struct live *l, struct found f)
{
    arena_grow(l->arena, &l->found, l->count, &l->cap, sizeof(*l->found));
    l->found[l->count++] = f;
}

void live_seen(struct live *l, const char *path, struct bytes b)
{
    static const uint8_t nothing[1];

    /* Empty is not the same as none. */
    if (b.data == NULL)
        b.data = nothing;
    live_found(l,
               (struct found){.path = path, .state = COVERAGE_SEEN, .reason = "", .bytes = b});
}

const char *live_words(struct arena *a, int error_number, const char *what)
{
    struct err e;

    (void)err_system(&e, error_number, "%s", what);
    return arena_format(a, "%s", e.text);
}

void live_trouble(struct live *l, int error_number, const char *what)
{
    l->state = live_state(error_number);
    l->reason = live_words(l->arena, error_number, what);
}

int live_rom(const struct root *r, const char *path, bool enable)
{
    int fd = root_file(r, path, O_WRONLY);
    int why = 0;

    if (fd < 0)
        return errno;
    if (write(fd, enable ? "1" : "0", 1) != 1)
        why = errno;
    (void)close(fd);
    return why;
}
