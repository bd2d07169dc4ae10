/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory with one end of life. What is allocated here lives until arena_done(); nothing is
 * freed alone. Running out of memory ends the process with ARENA_EXIT_MEMORY: there is no
 * partial verdict.
 */
#ifndef ASSAY_BASE_ARENA_H
#define ASSAY_BASE_ARENA_H

#include <stdarg.h>

#include "base/bytes.h"

enum {
    ARENA_EXIT_MEMORY = 2 /* the exit status of trouble of our own */
};

struct arena_block;

struct arena_array;

struct arena {
    struct arena_block *blocks;
    struct arena_array *arrays; /* growing arrays, each a piece of its own */
    size_t used;                /* bytes handed out, for budgets */
};

/*
 * At the start of a program whose runs are short: the first touch of a fresh page costs more
 * than the work on it, so memory that is freed is kept for what comes next. What is never
 * touched costs nothing.
 */
void arena_heap_prepare(void);

/*
 * In a child of such a program: what it allocates from now on lies in a huge page, where the
 * kernel has them, of which one touch is the first instead of hundreds. The pages of the parent
 * are left alone, since every write to one copies it: the room up to there is taken by `a` and
 * never touched.
 */
void arena_heap_renew(struct arena *a);

void arena_init(struct arena *a);

/*
 * An arena that begins with the `size` zeroed bytes at `base`, a mapping of the caller's, and
 * takes memory from the heap when they are used up. arena_done() is not for it.
 */
void arena_init_mapped(struct arena *a, void *base, size_t size);

/* The bytes of its mapping that such an arena has used; 0 if they were not enough for it.
 * Arrays that grow are of the heap, and do not count. */
size_t arena_mapped_used(const struct arena *a);

/*
 * The mapping of `size` bytes at `base`, which an arena of another process began with, ends
 * with this one.
 */
void arena_adopt(struct arena *a, void *base, size_t size);

void arena_done(struct arena *a);

/* `size` zeroed bytes, aligned for any object. Never NULL. */
void *arena_alloc(struct arena *a, size_t size);

/* As arena_alloc(), not zeroed: for what is written whole before it is read. */
void *arena_room(struct arena *a, size_t size);

/* `count` zeroed elements of `size` bytes; ends the process if the product does not fit. */
void *arena_array(struct arena *a, size_t count, size_t size);

#define ARENA_NEW(a, type)          ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, count) ((type *)arena_array((a), (count), sizeof(type)))

/* A copy of `b` that lives as long as the arena. */
struct bytes arena_copy(struct arena *a, struct bytes b);

/* A NUL-terminated copy of `b`. */
char *arena_text(struct arena *a, struct bytes b);

/* printf into the arena. */
char *arena_format(struct arena *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

char *arena_format_list(struct arena *a, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* Twice the capacity of a growing array; the first few elements if it has none. */
void arena_double(struct arena *a, void *array, size_t *capacity, size_t size);

/*
 * Room for one more element of `size` bytes in the growing array `*array` (`count` used of
 * `*capacity`, both 0 at first with a NULL array). The array may move; new room is not zeroed.
 * An array that grows here must come from here.
 */
static inline void arena_grow(struct arena *a, void *array, size_t count, size_t *capacity,
                              size_t size)
{
    if (count >= *capacity)
        arena_double(a, array, capacity, size);
}

/* As arena_grow, to exactly `wider` elements. */
void arena_widen(struct arena *a, void *array, size_t wider, size_t *capacity, size_t size);

/* Our own mistake: says where and aborts. */
_Noreturn void bug(const char *file, int line, const char *what);

#define BUG(what) bug(__FILE__, __LINE__, (what))

#endif
