/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why *we* failed. Never for malformed input: that is a fault, and evidence. Lives on the
 * caller's stack, never allocates. Every setter returns false, so that a failing line is one
 * line.
 */
#ifndef ASSAY_BASE_ERR_H
#define ASSAY_BASE_ERR_H

#include <stdbool.h>

/* For deciding, not for telling. */
enum err_code {
    ERR_NONE,
    ERR_INPUT,   /* what we were given is not what it must be (bad bundle, bad policy, usage) */
    ERR_LIMIT,   /* a limit of ours was reached */
    ERR_ABSENT,  /* it is not there */
    ERR_REFUSED, /* it is there and we may not have it */
    ERR_SYSTEM,  /* the operating system failed us */
};

struct err {
    enum err_code code;
    char text[512];
};

bool err_set(struct err *e, enum err_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As err_set, with the code and the words taken from `error_number` (an errno value). */
bool err_system(struct err *e, int error_number, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "context: " before the text; keeps the code. */
bool err_wrap(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
