/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Untrusted bytes: views of them, a cursor that fails once and then stays failed, numbers and
 * texts in their one allowed form, and the memory that all of it lives in.
 */
#ifndef ASSAY_AUDIT_VIEW_H
#define ASSAY_AUDIT_VIEW_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that belong to somebody else and are only read. */
struct view {
    const uint8_t *data;
    size_t len;
};

struct block;

/* Memory that is given back as a whole. */
struct memory {
    struct block *blocks;
};

/* `count` times `size` zeroed bytes. Never NULL: without memory the program ends with 2. */
void *memory_take(struct memory *m, size_t count, size_t size);

void memory_done(struct memory *m);

struct view view_of(const char *text);

bool view_equal(struct view a, struct view b);

bool view_is(struct view a, const char *text);

bool view_begins(struct view a, const char *text);

/* Without its first `count` bytes. */
struct view view_after(struct view a, size_t count);

/* Cuts what stands before the first `end`, and that, off the front of `*rest`; false if there
 * is none. */
bool view_cut(struct view *rest, char end, struct view *ret);

/* For messages: a C string; what is not printable ASCII, and the backslash, becomes \xHH. */
const char *view_shown(struct memory *m, struct view a);

/* Well-formed UTF-8 (RFC 3629). With `plain`, also without white space, '+' and controls. */
bool view_utf8(struct view a, bool plain);

/* A decimal number without leading zeros. */
bool view_number(struct view a, uint64_t *ret);

/* Exactly `size` bytes as lower-case hexadecimal digits. */
bool view_hex(struct view a, uint8_t *ret, size_t size);

/* A C string as printf makes it. */
const char *text_of(struct memory *m, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

const char *text_of_list(struct memory *m, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* For messages: the hexadecimal digits of `size` bytes. */
const char *hex_shown(struct memory *m, const uint8_t *data, size_t size);

/* Reads from the front. After the first short read every read gives nothing and zeros. */
struct cursor {
    struct view left;
    bool failed;
};

struct view cursor_take(struct cursor *c, size_t len);

/* An unsigned big-endian number of `size` bytes, 8 at most. */
uint64_t cursor_number(struct cursor *c, size_t size);

/* Copies `size` bytes; zeros once it has failed. */
void cursor_copy(struct cursor *c, uint8_t *ret, size_t size);

/* Bytes behind their length, a big-endian number of `size` bytes. */
struct view cursor_sized(struct cursor *c, size_t size);

/* Growing bytes. */
struct out {
    struct memory *memory;
    uint8_t *data;
    size_t len;
    size_t room;
};

void out_add(struct out *o, struct view v);

void out_text(struct out *o, const char *text);

/* A big-endian number of `size` bytes. */
void out_number(struct out *o, uint64_t value, size_t size);

void out_hex(struct out *o, const uint8_t *data, size_t size);

struct view out_view(const struct out *o);

#endif
