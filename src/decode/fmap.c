/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A flash map and the image that it divides: areas by name, which may lie in one another. The
 * map stands in an area of the image, whose offset tells where the image begins.
 */
#include <string.h>

#include "decode/image_part.h"

enum {
    HEADER = 56,
    AREA = 42,
    NAME = 32,
    VERSION = 1,
    ALIGNMENT = 4,
    AREAS_MAX = 4096,
    IMAGE_MAX = 256 << 20
};

static const char mark[] = "__FMAP__";

struct area {
    char name[NAME + 1];
    uint64_t offset; /* in the bytes at hand */
    uint64_t size;
    bool inside;
    bool leaf; /* no other area lies in it */
};

struct map {
    size_t at;
    struct area *areas;
    size_t count;
    uint64_t base; /* what to add to an area's offset, modulo 2^64 */
    bool placed;
};

/* Where a plausible map stands, or the end. */
static size_t map_find(struct bytes b)
{
    size_t from = 0;

    while ((from = bytes_find(b, from, bytes_of(mark))) < b.len) {
        if (b.len - from >= HEADER && from % ALIGNMENT == 0 && b.data[from + 8] == VERSION)
            return from;
        from++;
    }
    return b.len;
}

static void areas_read(struct map *m, struct bytes all, struct arena *a)
{
    struct reader r = reader_of(all, 0, 0);

    reader_seek(&r, m->at + HEADER - 2);
    size_t count = reader_u16le(&r);

    if (count > reader_left(&r) / AREA)
        count = reader_left(&r) / AREA;
    if (count > AREAS_MAX)
        count = AREAS_MAX;
    m->areas = arena_alloc(a, (count + 1) * sizeof(*m->areas));
    for (m->count = 0; m->count < count; m->count++) {
        struct area *area = &m->areas[m->count];

        *area = (struct area){.offset = reader_u32le(&r)};
        area->size = reader_u32le(&r);
        struct bytes name = reader_take(&r, NAME);

        for (size_t i = 0; i < name.len && name.data[i] != 0; i++)
            area->name[i] = (char)name.data[i];
        (void)reader_u16le(&r);
    }
}

/* The area that the map stands in: the smallest that is named after it. */
static void map_place(struct map *m)
{
    for (size_t i = 0; i < m->count; i++) {
        if (strcmp(m->areas[i].name, "FMAP") == 0) {
            m->base = m->at - m->areas[i].offset;
            m->placed = true;
        }
    }
}

static bool contains(const struct area *outer, const struct area *inner)
{
    return outer->offset <= inner->offset &&
           inner->offset + inner->size <= outer->offset + outer->size;
}

static void areas_nest(struct map *m, size_t length)
{
    for (size_t i = 0; i < m->count; i++) {
        struct area *a = &m->areas[i];

        a->offset += m->base;
        a->inside = a->size > 0 && a->offset <= length && a->size <= length - a->offset;
        a->leaf = true;
    }
    for (size_t i = 0; i < m->count; i++) {
        for (size_t k = 0; k < m->count && m->areas[i].inside; k++) {
            if (k != i && m->areas[k].inside && contains(&m->areas[i], &m->areas[k]) &&
                (m->areas[k].size < m->areas[i].size || k > i))
                m->areas[i].leaf = false;
        }
    }
}

static void area_row(struct decode *d, const char *name)
{
    static const struct field place[] = {
        {KEY_FMAP_AREA_OFFSET, F_U32LE, 0, 0},
        {KEY_FMAP_AREA_SIZE,   F_U32LE, 0, 0},
    };
    static const struct field flags[] = {
        {KEY_FMAP_AREA_FLAGS, F_U16LE, 0, 0}
    };

    decode_enter(d, AREA);
    decode_open(d, ITEM_MAP, "area:%s", name);
    (void)decode_fields(d, place, ARRAY_LEN(place));
    image_text(d, KEY_FMAP_AREA_NAME, NAME);
    (void)decode_fields(d, flags, ARRAY_LEN(flags));
    decode_close(d);
    decode_leave(d);
}

static void header(struct decode *d, const struct map *m)
{
    static const struct field head[] = {
        {KEY_NONE,       F_SKIP,  8, 0},
        {KEY_FMAP_MAJOR, F_U8,    0, 0},
        {KEY_FMAP_MINOR, F_U8,    0, 0},
        {KEY_FMAP_BASE,  F_U64LE, 0, 0},
        {KEY_FMAP_SIZE,  F_U32LE, 0, 0},
    };
    static const struct field areas[] = {
        {KEY_FMAP_AREAS, F_U16LE, 0, 0}
    };

    reader_seek(&d->in, m->at);
    decode_enter(d, d->in.all.len - m->at);
    (void)decode_fields(d, head, ARRAY_LEN(head));
    image_text(d, KEY_FMAP_NAME, NAME);
    uint64_t count = decode_fields(d, areas, 1);

    if (count > AREAS_MAX)
        decode_fault(d, FAULT_LIMIT, reader_offset(&d->in));
    for (uint64_t i = 0; i < count && i < AREAS_MAX && !d->in.failed; i++)
        area_row(d, i < m->count ? m->areas[i].name : "");
    decode_leave(d);
}

static bool area_is_cbfs(struct bytes b)
{
    return bytes_starts_with(b, "LARCHIVE");
}

static int area_order(const struct area *a, const struct area *b)
{
    if (a->offset != b->offset)
        return a->offset < b->offset ? -1 : 1;
    return 0;
}

/* The next leaf that starts at or behind `at` and ends before another leaf was taken. */
static const struct area *next_leaf(const struct map *m, uint64_t at)
{
    const struct area *best = NULL;

    for (size_t i = 0; i < m->count; i++) {
        const struct area *a = &m->areas[i];

        if (a->inside && a->leaf && a->offset >= at &&
            (best == NULL || area_order(a, best) < 0))
            best = a;
    }
    return best;
}

/* What the area holds in which the map itself stands: the map, and filling. */
static void map_area(struct decode *d, const struct map *m, const struct area *a)
{
    size_t end = m->at + HEADER + m->count * AREA;
    size_t stop = (size_t)(a->offset + a->size);

    reader_seek(&d->in, (size_t)a->offset);
    if (m->at > a->offset) {
        decode_open(d, ITEM_MAP, "before-map");
        image_part(d, m->at - (size_t)a->offset, CLASS_UNKNOWN);
        decode_close(d);
    }
    reader_seek(&d->in, end < stop ? end : stop);
    if (end < stop) {
        decode_open(d, ITEM_MAP, "behind-map");
        image_part(d, stop - end, CLASS_UNKNOWN);
        decode_close(d);
    }
}

static void area_content(struct decode *d, const struct map *m, const struct area *a)
{
    struct bytes b = bytes_slice(d->in.all, (size_t)a->offset, (size_t)a->size);
    struct span s = {d->in.blob, d->in.base + a->offset, a->size};
    bool map_here = m->at >= a->offset && m->at - a->offset < a->size;

    reader_seek(&d->in, (size_t)a->offset);
    decode_enter(d, (size_t)a->size);
    decode_open(d, ITEM_MAP, "%s", a->name);
    decode_leave(d);
    if (map_here)
        map_area(d, m, a);
    else if (area_is_cbfs(b))
        decode_child(d, ITEM_MAP, (struct bytes){NULL, 0}, s, "cbfs");
    else
        image_part_at(d, s, CLASS_DATA);
    decode_close(d);
}

/* Bytes that no leaf takes. */
static void gap(struct decode *d, const struct map *m, size_t from, size_t to)
{
    size_t map_end = m->at + HEADER + m->count * AREA;

    while (from < to) {
        size_t stop = from < m->at && m->at < to ? m->at : to;

        if (from >= m->at && from < map_end) {
            from = map_end < to ? map_end : to;
            continue;
        }
        reader_seek(&d->in, from);
        decode_open(d, ITEM_MAP, "outside");
        image_part(d, stop - from, CLASS_UNKNOWN);
        decode_close(d);
        from = stop;
    }
}

static void content(struct decode *d, const struct map *m)
{
    size_t at = 0;
    const struct area *a = NULL;

    while ((a = next_leaf(m, at)) != NULL) {
        gap(d, m, at, (size_t)a->offset);
        area_content(d, m, a);
        at = (size_t)(a->offset + a->size);
    }
    gap(d, m, at, d->in.all.len);
}

static void decode(struct decode *d)
{
    struct map m = {.at = map_find(d->in.all)};

    decode_open(d, ITEM_MAP, "fmap");
    if (m.at == d->in.all.len) {
        decode_fault(d, FAULT_MISSING, d->in.base);
    } else {
        areas_read(&m, d->in.all, d->arena);
        map_place(&m);
        areas_nest(&m, m.placed ? d->in.all.len : 0);
        header(d, &m);
    }
    decode_close(d);
    content(d, &m);
    reader_seek(&d->in, d->in.all.len);
}

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    return map_find(b) < b.len ? 84 : 0;
}

const struct decoder decoder_fmap = {
    .name = "fmap",
    .title = "Flash image with a flash map (coreboot, ChromeOS)",
    .spec = "flashmap-1.1",
    .surface = "flash",
    .min = HEADER,
    .max = IMAGE_MAX,
    .probe = probe,
    .search_bid = 84,
    .decode = decode,
};
