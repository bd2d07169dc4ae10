/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    BLOCK_MIN = 64 * 1024,
    BLOCK_MAX = 8 << 20,
    ALIGN = 16
};

struct arena_block {
    struct arena_block *next;
    size_t size;
    size_t pos;
    size_t mapped; /* bytes of a mapping that begins with this block; 0: of the heap */
    _Alignas(ALIGN) uint8_t data[];
};

/* A growing array: it can be resized alone, so that outgrown room is used again. */
struct arena_array {
    struct arena_array *next;
    struct arena_array *before;
    _Alignas(ALIGN) uint8_t data[];
};

_Noreturn void bug(const char *file, int line, const char *what)
{
    (void)fprintf(stderr, "assay: internal error at %s:%d: %s\n", file, line, what);
    abort();
}

static _Noreturn void out_of_memory(void)
{
    (void)fprintf(stderr, "assay: out of memory\n");
    _Exit(ARENA_EXIT_MEMORY);
}

enum {
    HUGE_PAGE = 2 << 20
};

void arena_heap_prepare(void)
{
    enum {
        KEEP = 64 << 20,
        STEP = 2 * HUGE_PAGE /* holds one wherever it begins */
    };

    (void)mallopt(M_MMAP_THRESHOLD, KEEP);
    (void)mallopt(M_TRIM_THRESHOLD, KEEP);
    (void)mallopt(M_TOP_PAD, STEP);
}

void arena_init(struct arena *a)
{
    *a = (struct arena){NULL, NULL, 0};
}

static struct arena_block *block_mapped(void *base, size_t size)
{
    struct arena_block *b = base;

    *b = (struct arena_block){.size = size - sizeof(*b), .mapped = size};
    return b;
}

void arena_init_mapped(struct arena *a, void *base, size_t size)
{
    *a = (struct arena){block_mapped(base, size), NULL, 0};
}

size_t arena_mapped_used(const struct arena *a)
{
    const struct arena_block *b = a->blocks;

    return b != NULL && b->mapped > 0 && b->next == NULL ? sizeof(*b) + b->pos : 0;
}

void arena_adopt(struct arena *a, void *base, size_t size)
{
    struct arena_block *b = block_mapped(base, size);

    b->pos = b->size;
    if (a->blocks == NULL) {
        a->blocks = b;
        return;
    }
    /* Behind the one in use. */
    b->next = a->blocks->next;
    a->blocks->next = b;
}

void arena_done(struct arena *a)
{
    struct arena_block *b = a->blocks;

    while (b != NULL) {
        struct arena_block *next = b->next;

        if (b->mapped > 0)
            (void)munmap(b, b->mapped);
        else
            free(b);
        b = next;
    }
    struct arena_array *r = a->arrays;

    while (r != NULL) {
        struct arena_array *next = r->next;

        free(r);
        r = next;
    }
    arena_init(a);
}

static struct arena_block *block_new(size_t size)
{
    if (size > SIZE_MAX - sizeof(struct arena_block))
        BUG("allocation too large");
    /* Not zeroed: that would touch pages of which nothing may ever be handed out. */
    struct arena_block *b = malloc(sizeof(*b) + size);

    if (b == NULL)
        out_of_memory();
    b->size = size;
    b->pos = 0;
    b->mapped = 0;
    return b;
}

/* Adds a block with room for `size` bytes. Returns the block to take them from. */
static struct arena_block *block_add(struct arena *a, size_t size)
{
    struct arena_block *b = a->blocks;
    size_t want = b == NULL ? BLOCK_MIN : b->size * 2;

    if (want > BLOCK_MAX)
        want = BLOCK_MAX;
    struct arena_block *fresh = block_new(size > want / 2 ? size : want);

    /* A large object gets a block of its own; the current one stays in use. */
    if (b != NULL && size > want / 2) {
        fresh->next = b->next;
        b->next = fresh;
    } else {
        fresh->next = b;
        a->blocks = fresh;
    }
    return fresh;
}

void *arena_room(struct arena *a, size_t size)
{
    if (size > SIZE_MAX / 2)
        BUG("allocation too large");
    size = (size + ALIGN - 1) / ALIGN * ALIGN;
    struct arena_block *b = a->blocks;

    if (b == NULL || b->size - b->pos < size)
        b = block_add(a, size);
    void *p = b->data + b->pos;

    b->pos += size;
    a->used += size;
    return p;
}

void arena_heap_renew(struct arena *a)
{
    enum {
        HEAD = 16,      /* before each piece of the heap */
        ROOM = 64 << 10 /* hardly any gap in the heap is as large: it lies at the end */
    };

    uint8_t *end = malloc(ROOM);
    uintptr_t at = (uintptr_t)end;
    uintptr_t page = (at + ROOM + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    bool reached = end != NULL && page + HUGE_PAGE <= (uintptr_t)sbrk(0);

    if (reached)
        (void)madvise(end + (page - at), HUGE_PAGE, MADV_HUGEPAGE);
    free(end);
    if (reached)
        (void)arena_room(a, page - at - HEAD - sizeof(struct arena_block));
}

void *arena_alloc(struct arena *a, size_t size)
{
    return memset(arena_room(a, size), 0, size);
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    size_t total = 0;

    if (__builtin_mul_overflow(count, size, &total))
        BUG("allocation too large");
    return arena_alloc(a, total);
}

struct bytes arena_copy(struct arena *a, struct bytes b)
{
    uint8_t *p = arena_alloc(a, b.len);

    if (b.len > 0)
        memcpy(p, b.data, b.len);
    return (struct bytes){p, b.len};
}

char *arena_text(struct arena *a, struct bytes b)
{
    char *p = arena_alloc(a, b.len + 1);

    if (b.len > 0)
        memcpy(p, b.data, b.len);
    return p;
}

char *arena_format_list(struct arena *a, const char *format, va_list args)
{
    va_list again;

    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);

    if (n < 0)
        BUG("bad format");
    char *p = arena_alloc(a, (size_t)n + 1);

    (void)vsnprintf(p, (size_t)n + 1, format, again);
    va_end(again);
    return p;
}

char *arena_format(struct arena *a, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *p = arena_format_list(a, format, args);

    va_end(args);
    return p;
}

static struct arena_array *array_of(void *data)
{
    return (struct arena_array *)(void *)((uint8_t *)data - offsetof(struct arena_array, data));
}

static void *array_resize(struct arena *a, void *old, size_t bytes)
{
    struct arena_array *r = old != NULL ? array_of(old) : NULL;
    bool fresh = r == NULL;

    r = realloc(r, sizeof(*r) + bytes);
    if (r == NULL)
        out_of_memory();
    if (fresh) {
        r->next = a->arrays;
        r->before = NULL;
    }
    if (r->next != NULL)
        r->next->before = r;
    if (r->before != NULL)
        r->before->next = r;
    else
        a->arrays = r;
    return r->data;
}

void arena_double(struct arena *a, void *array, size_t *capacity, size_t size)
{
    enum {
        FIRST = 2048
    }; /* bytes, so that small arrays do not grow often */

    size_t wider = *capacity > 0 ? *capacity * 2 : size < FIRST / 16 ? FIRST / size : 16;

    arena_widen(a, array, wider, capacity, size);
}

void arena_widen(struct arena *a, void *array, size_t wider, size_t *capacity, size_t size)
{
    size_t total = 0;
    void *data = NULL;

    if (__builtin_mul_overflow(wider, size, &total) || total > SIZE_MAX / 2)
        BUG("allocation too large");
    memcpy(&data, array, sizeof(data));
    data = array_resize(a, data, total);
    memcpy(array, &data, sizeof(data));
    a->used += total - *capacity * size;
    *capacity = wider;
}
