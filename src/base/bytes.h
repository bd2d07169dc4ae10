/* SPDX-License-Identifier: Apache-2.0 */
/* A view of bytes: pointer and length. Never owned, never written through. */
#ifndef ASSAY_BASE_BYTES_H
#define ASSAY_BASE_BYTES_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

struct bytes {
    const uint8_t *data;
    size_t len;
};

/* The bytes of a NUL-terminated string, without the NUL. */
static inline struct bytes bytes_of(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

/* At most `len` bytes from `offset`; what lies outside `b` is cut off, never read. */
static inline struct bytes bytes_slice(struct bytes b, size_t offset, size_t len)
{
    if (offset >= b.len)
        return (struct bytes){b.data, 0};
    return (struct bytes){b.data + offset, len < b.len - offset ? len : b.len - offset};
}

static inline bool bytes_equal(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool bytes_equal_text(struct bytes a, const char *text)
{
    return bytes_equal(a, bytes_of(text));
}

bool bytes_starts_with(struct bytes b, const char *prefix);

/* Where `what` next stands in `b` at or behind `from`; b.len if it does not. */
size_t bytes_find(struct bytes b, size_t from, struct bytes what);

/* Lexicographic order of unsigned bytes, the shorter first: <0, 0, >0 as memcmp. */
int bytes_compare(struct bytes a, struct bytes b);

/* True when every byte has this value; true for no bytes. */
bool bytes_all(struct bytes b, uint8_t value);

/* Without leading and trailing white space (space, tab, CR, LF) and trailing NUL bytes. */
struct bytes bytes_trim(struct bytes b);

/* True when `b` is printable ASCII throughout and not empty. */
bool bytes_printable(struct bytes b);

/* True when `b` is well-formed UTF-8 (RFC 3629): no overlong form, no surrogate. */
bool bytes_utf8(struct bytes b);

/* Cuts the next line (without its end: LF or CR LF) off the front of `*rest`. False at the end.
 */
bool bytes_line(struct bytes *rest, struct bytes *ret_line);

/* Cuts what stands before the first `end`, and that, off the front of `*rest`. False if there
 * is none. */
bool bytes_cut(struct bytes *rest, char end, struct bytes *ret);

/* Cuts the next run of characters that are not in `separators` off the front of `*rest`. */
bool bytes_word(struct bytes *rest, const char *separators, struct bytes *ret_word);

/* An unsigned number in `base` 10 or 16 that fills `b` wholly. False when it does not. */
bool bytes_number(struct bytes b, unsigned base, uint64_t *ret);

/* printf into `room` of `size` bytes; what does not fit is cut. What was written, without the
 * NUL. */
struct bytes bytes_format(char *room, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

struct bytes bytes_format_list(char *room, size_t size, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

/* The value of a hexadecimal digit, or -1. */
int hex_digit(uint8_t c);

#endif
