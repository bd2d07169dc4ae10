/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool err_set(struct err *e, enum err_code code, const char *format, ...)
{
    va_list args;

    e->code = code;
    va_start(args, format);
    (void)vsnprintf(e->text, sizeof(e->text), format, args);
    va_end(args);
    return false;
}

static enum err_code code_of(int error_number)
{
    switch (error_number) {
    case ENOENT:
    case ENODEV:
    case ENXIO:
    case ENOTDIR:
        return ERR_ABSENT;
    case EACCES:
    case EPERM:
        return ERR_REFUSED;
    default:
        return ERR_SYSTEM;
    }
}

bool err_system(struct err *e, int error_number, const char *format, ...)
{
    va_list args;
    char words[128];

    e->code = code_of(error_number);
    va_start(args, format);
    (void)vsnprintf(e->text, sizeof(e->text), format, args);
    va_end(args);
    size_t used = strlen(e->text);

    (void)snprintf(e->text + used, sizeof(e->text) - used, ": %s",
                   strerror_r(error_number, words, sizeof(words)));
    return false;
}

bool err_wrap(struct err *e, const char *format, ...)
{
    char old[sizeof(e->text)];
    va_list args;

    memcpy(old, e->text, sizeof(old));
    va_start(args, format);
    (void)vsnprintf(e->text, sizeof(e->text), format, args);
    va_end(args);
    size_t used = strlen(e->text);

    (void)snprintf(e->text + used, sizeof(e->text) - used, ": %s", old);
    return false;
}
