/* SPDX-License-Identifier: Apache-2.0 */
/* What was proven, what was disproven, what could not be told, and what nobody looked at. */
#ifndef ASSAY_AUDIT_REPORT_H
#define ASSAY_AUDIT_REPORT_H

#include "audit/view.h"

enum status {
    PROVEN,
    DISPROVEN,
    UNTOLD,    /* cannot tell: something is missing, or is of a kind that is not known */
    UNCHECKED, /* outside of what was asked; changes no outcome */
    STATED,    /* a fact that the documents state */
};

struct line {
    enum status status;
    const char *name; /* of a fact */
    const char *text;
    struct line *next;
};

struct report {
    struct memory *memory;
    struct line *first;
    struct line *last;
    unsigned seen; /* a bit a status */
};

/* What comes from outside must have been made printable (view_shown()) before it is said. */
void proven(struct report *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Each of these returns false. */
bool disproven(struct report *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

bool untold(struct report *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

void unchecked(struct report *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Something that the documents state. It is worth what the outcome is. */
void fact(struct report *r, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The exit status: 0 proven, 1 disproven, 2 cannot tell. */
int report_outcome(const struct report *r);

/* All of it as text, or as one JSON object. */
struct view report_print(const struct report *r, const char *command, bool json);

#endif
