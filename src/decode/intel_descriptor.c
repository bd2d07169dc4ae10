/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intel flash descriptor: which regions a flash image has, who may read and write them, and the
 * straps that hardware reads first (datasheets of the ICH8 to the 9 series; SPI programming
 * guides from the 100 series on). Emits a child for each region and a container for each gap.
 */
#include "base/entropy.h"
#include "decode/engine.h"
#include "decode/intel.h"
#include "decode/intel_key.h"

enum {
    DESCRIPTOR_SIZE = 0x1000,
    UPPER_MAP_AT = 0xefc,
    OEM_AT = 0xf00,
    OEM_SIZE = 0x100,
    REGIONS_MAX = 16,
    MASTERS_MAX = 6,
    SECTIONS_MAX = 12,
    REGION_BIOS = 1,
    STRAP_ME_OLD = 10, /* bit 7: AltMeDisable */
    STRAP_ME_NEW = 0,  /* bit 16: HAP */
};

/* A region of the image, as a word of the region section states it. */
struct place {
    uint64_t base;
    uint64_t end; /* 0: not used */
    uint64_t at;  /* offset of the word */
    unsigned index;
};

/* What the map says. */
struct map {
    uint64_t start; /* of the image, in the blob */
    uint64_t length;
    unsigned layout;
    uint32_t word[4];
    struct place regions[REGIONS_MAX];
    unsigned count;
    struct place sections[SECTIONS_MAX]; /* of the descriptor, by base */
    unsigned section_count;
};

struct region_kind {
    const char *name;
    const char *hint;
};

static const struct region_kind kinds[REGIONS_MAX] = {
    {"descriptor",         NULL         },
    {"bios",               "bios-region"},
    {"me",                 "intel-me"   },
    {"gbe",                "intel-gbe"  },
    {"platform-data",      NULL         },
    {"device-expansion",   NULL         },
    {"bios-2",             NULL         },
    {"microcode",          NULL         },
    {"ec",                 NULL         },
    {"device-expansion-2", NULL         },
    {"ie",                 "intel-me"   },
    {"10gbe-1",            NULL         },
    {"10gbe-2",            NULL         },
    {"region-13",          NULL         },
    {"region-14",          NULL         },
    {"ptt",                NULL         },
};

static const char *const masters[MASTERS_MAX] = {"host",     "me", "gbe",
                                                 "master-3", "ec", "master-5"};

static const struct field signature[] = {
    {KEY_NONE, F_SKIP, 4, 0},
};

static const struct field map_words[] = {
    {KEY_NONE,                      F_U32LE, 0, 0 },
    {KEY_DESCRIPTOR_COMPONENT_BASE, F_BITS,  8, 0 },
    {KEY_DESCRIPTOR_COMPONENTS,     F_BITS,  2, 8 },
    {KEY_DESCRIPTOR_REGION_BASE,    F_BITS,  8, 16},
    {KEY_DESCRIPTOR_REGIONS,        F_BITS,  3, 24},
    {KEY_NONE,                      F_U32LE, 0, 0 },
    {KEY_DESCRIPTOR_MASTER_BASE,    F_BITS,  8, 0 },
    {KEY_DESCRIPTOR_MASTERS,        F_BITS,  3, 8 },
    {KEY_DESCRIPTOR_PCH_STRAP_BASE, F_BITS,  8, 16},
    {KEY_DESCRIPTOR_PCH_STRAPS,     F_BITS,  8, 24},
    {KEY_NONE,                      F_U32LE, 0, 0 },
    {KEY_DESCRIPTOR_CPU_STRAP_BASE, F_BITS,  8, 0 },
    {KEY_DESCRIPTOR_CPU_STRAPS,     F_BITS,  8, 8 },
};

static const struct field version_word[] = {
    {KEY_DESCRIPTOR_VERSION, F_U32LE, 0, 0},
};

static const struct field component_old[] = {
    {KEY_DESCRIPTOR_COMPONENT_WORD, F_U32LE, 0, 0 },
    {KEY_DESCRIPTOR_DENSITY_1,      F_BITS,  3, 0 },
    {KEY_DESCRIPTOR_DENSITY_2,      F_BITS,  3, 3 },
    {KEY_DESCRIPTOR_READ_FREQUENCY, F_BITS,  3, 17},
    {KEY_DESCRIPTOR_FORBIDDEN,      F_BYTES, 4, 0 },
};

static const struct field component_new[] = {
    {KEY_DESCRIPTOR_COMPONENT_WORD, F_U32LE, 0, 0 },
    {KEY_DESCRIPTOR_DENSITY_1,      F_BITS,  4, 0 },
    {KEY_DESCRIPTOR_DENSITY_2,      F_BITS,  4, 4 },
    {KEY_DESCRIPTOR_READ_FREQUENCY, F_BITS,  3, 17},
    {KEY_DESCRIPTOR_FORBIDDEN,      F_BYTES, 8, 0 },
};

static const struct field master_old[] = {
    {KEY_NONE,                        F_U32LE, 0,  0 },
    {KEY_DESCRIPTOR_MASTER_REQUESTER, F_BITS,  16, 0 },
    {KEY_DESCRIPTOR_MASTER_READ,      F_BITS,  8,  16},
    {KEY_DESCRIPTOR_MASTER_WRITE,     F_BITS,  8,  24},
};

static const struct field upper_map[] = {
    {KEY_NONE,                    F_U32LE, 0, 0},
    {KEY_DESCRIPTOR_UPPER_BASE,   F_BITS,  8, 0},
    {KEY_DESCRIPTOR_UPPER_LENGTH, F_BITS,  8, 8},
};

static const struct field vscc[] = {
    {KEY_DESCRIPTOR_JEDEC, F_U32LE, 0, 0},
    {KEY_DESCRIPTOR_VSCC,  F_U32LE, 0, 0},
};

/* Where the signature stands: behind 16 reserved bytes, or at the start in the oldest; or -1.
 */
static int64_t signature_at(struct bytes b)
{
    static const uint32_t mark = 0x0ff0a55a;

    if (bytes_u32le(b, 16) == mark)
        return 16;
    return bytes_u32le(b, 0) == mark ? 0 : -1;
}

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    return b.len >= DESCRIPTOR_SIZE && signature_at(b) >= 0 ? 80 : 0;
}

/* Bits [7:0] of a map word, shifted: a base address in units of 16 bytes. */
static uint64_t section_at(const struct map *m, unsigned word, unsigned shift)
{
    return (uint64_t)(m->word[word] >> shift & 0xff) << 4;
}

/* 20 MHz for plain reads means the old layout; newer ones fix another value there. */
static unsigned layout_of(const struct map *m, struct bytes b)
{
    uint32_t version = m->word[3];

    if (version != 0 && version != UINT32_MAX && version >> 21 >= 1)
        return 3;
    return (bytes_u32le(b, section_at(m, 0, 0)) >> 17 & 7) == 0 ? 1 : 2;
}

static void regions_read(struct map *m, struct bytes b)
{
    uint64_t from = section_at(m, 0, 16);
    uint64_t until = section_at(m, 1, 0);
    unsigned most = m->layout == 1 ? (m->word[0] >> 24 & 7) + 1 : REGIONS_MAX;

    if (until > from && (until - from) / 4 < most)
        most = (unsigned)((until - from) / 4);
    for (m->count = 0; m->count < most; m->count++) {
        struct place *p = &m->regions[m->count];
        uint64_t at = from + (uint64_t)m->count * 4;
        uint32_t word = bytes_u32le(b, at);
        uint64_t base = (uint64_t)(word & 0x7fff) << 12;
        uint64_t limit = (uint64_t)(word >> 16 & 0x7fff) << 12;

        *p = (struct place){.base = base, .at = at, .index = m->count};
        /* Only the first region begins at 0, so a word of zeros states none further on. */
        if (limit >= base && base != (uint64_t)0x7fff << 12 && (word != 0 || m->count == 0))
            p->end = limit + DESCRIPTOR_SIZE;
    }
}

static bool map_read(struct decode *d, struct map *m)
{
    int64_t at = signature_at(d->in.all);

    *m = (struct map){.start = d->in.base, .length = d->in.all.len};
    if (at < 0)
        return false;
    for (unsigned i = 0; i < ARRAY_LEN(m->word); i++)
        m->word[i] = bytes_u32le(d->in.all, (uint64_t)at + 4 + (uint64_t)i * 4);
    m->layout = layout_of(m, d->in.all);
    regions_read(m, d->in.all);
    return true;
}

/* Puts a place into a list by its base. Returns false if it overlaps another. */
static bool place_add(struct place *list, unsigned *count, struct place p)
{
    unsigned i = (*count)++;

    while (i > 0 && list[i - 1].base > p.base) {
        list[i] = list[i - 1];
        i--;
    }
    list[i] = p;
    return (i == 0 || list[i - 1].end <= p.base) &&
           (i + 1 == *count || list[i + 1].base >= p.end);
}

/* Moves to a section of the descriptor; a fault if it has no place there, or not alone. */
static bool section_enter(struct decode *d, struct map *m, uint64_t at, uint64_t size)
{
    if (at + size > d->in.all.len) {
        decode_fault(d, FAULT_BAD_REFERENCE, d->in.base + at);
        return false;
    }
    if (m->section_count == SECTIONS_MAX ||
        !place_add(m->sections, &m->section_count, (struct place){at, at + size, at, 0}))
        decode_fault(d, FAULT_OVERLAP, d->in.base + at);
    reader_seek(&d->in, (size_t)at);
    decode_enter(d, (size_t)size);
    return true;
}

static void straps(struct decode *d, struct map *m, const char *name, uint64_t at,
                   unsigned count)
{
    if (count == 0 || !section_enter(d, m, at, (uint64_t)count * 4))
        return;
    decode_open(d, ITEM_MAP, "%s", name);
    for (unsigned i = 0; i < count; i++) {
        size_t from = d->in.pos;
        uint32_t word = reader_u32le(&d->in);

        decode_named_at(d, bytes_of(arena_format(d->arena, "strap-%u", i)),
                        KEY_DESCRIPTOR_STRAP, value_uint(word), reader_span(&d->in, from));
    }
    decode_close(d);
    decode_leave(d);
}

static void me_disable(struct decode *d, const struct map *m)
{
    uint64_t at = section_at(m, 1, 16);
    unsigned count = m->word[1] >> 24;
    unsigned strap = m->layout == 1 ? STRAP_ME_OLD : STRAP_ME_NEW;
    unsigned bit = m->layout == 1 ? 7 : 16;

    /* Where newer chipsets keep it depends on the chipset, which the descriptor does not name.
     */
    if (m->layout > 2 || strap >= count || at + (uint64_t)count * 4 > d->in.all.len)
        return;
    struct span s = {d->in.blob, d->in.base + at + (uint64_t)strap * 4, 4};

    decode_value_at(
        d, KEY_DESCRIPTOR_ME_DISABLE,
        value_bool((bytes_u32le(d->in.all, at + (uint64_t)strap * 4) >> bit & 1) != 0), s);
}

static void components(struct decode *d, struct map *m)
{
    bool old = m->layout == 1;

    if (!section_enter(d, m, section_at(m, 0, 0), old ? 8 : 12))
        return;
    decode_open(d, ITEM_MAP, "components");
    if (old)
        (void)decode_fields(d, component_old, ARRAY_LEN(component_old));
    else
        (void)decode_fields(d, component_new, ARRAY_LEN(component_new));
    decode_close(d);
    decode_leave(d);
}

/* Newer masters state 12 regions in two fields, and the last 4 in the low bits. */
static void master_new(struct decode *d)
{
    size_t from = d->in.pos;
    uint32_t word = reader_u32le(&d->in);

    decode_uint(d, KEY_DESCRIPTOR_MASTER_READ, (word >> 8 & 0xfff) | (word & 15) << 12, from);
    decode_uint(d, KEY_DESCRIPTOR_MASTER_WRITE, word >> 20 | (word >> 4 & 15) << 12, from);
}

static void master_section(struct decode *d, struct map *m)
{
    unsigned stated = (m->word[1] >> 8 & 7) + 1;
    unsigned count = m->layout == 1 && stated < MASTERS_MAX ? stated : MASTERS_MAX;

    if (!section_enter(d, m, section_at(m, 1, 0), (uint64_t)count * 4))
        return;
    for (unsigned i = 0; i < count; i++) {
        decode_enter(d, 4);
        decode_open(d, ITEM_MAP, "master:%s", masters[i]);
        if (m->layout == 1)
            (void)decode_fields(d, master_old, ARRAY_LEN(master_old));
        else
            master_new(d);
        decode_close(d);
        decode_leave(d);
    }
    decode_leave(d);
}

static void region_section(struct decode *d, struct map *m)
{
    if (m->count == 0 || !section_enter(d, m, section_at(m, 0, 16), (uint64_t)m->count * 4))
        return;
    for (unsigned i = 0; i < m->count; i++) {
        const struct place *p = &m->regions[i];
        size_t from = 0;

        decode_enter(d, 4);
        decode_open(d, ITEM_MAP, "region:%s", kinds[i].name);
        decode_uint(d, KEY_DESCRIPTOR_REGION_WORD, reader_u32le(&d->in), from);
        decode_uint(d, KEY_DESCRIPTOR_REGION_SIZE, p->end > 0 ? p->end - p->base : 0, from);
        if (p->end > m->length && p->index > 0)
            decode_fault(d, FAULT_TRUNCATED, d->in.base);
        decode_close(d);
        decode_leave(d);
    }
    decode_leave(d);
}

/* The table of flash parts that the management engine can use. */
static void vscc_section(struct decode *d, struct map *m)
{
    if (d->in.all.len < OEM_AT || !section_enter(d, m, UPPER_MAP_AT, 4))
        return;
    uint32_t word = bytes_u32le(d->in.all, 0);
    uint64_t at = (uint64_t)(word & 0xff) << 4;
    uint64_t words = word >> 8 & 0xff;

    (void)decode_fields(d, upper_map, ARRAY_LEN(upper_map));
    decode_leave(d);
    if (word == UINT32_MAX || words < 2 || !section_enter(d, m, at, words * 4))
        return;
    while (reader_left(&d->in) >= 8) {
        decode_enter(d, 8);
        decode_open(d, ITEM_MAP, "part:%06x", bytes_u32le(d->in.all, 0) & 0xffffff);
        (void)decode_fields(d, vscc, ARRAY_LEN(vscc));
        decode_close(d);
        decode_leave(d);
    }
    decode_leave(d);
}

static void oem_section(struct decode *d, struct map *m)
{
    if (d->in.all.len < OEM_AT + OEM_SIZE ||
        bytes_all(bytes_slice(d->in.all, OEM_AT, OEM_SIZE), 0xff) ||
        !section_enter(d, m, OEM_AT, OEM_SIZE))
        return;
    decode_digest(d, KEY_DESCRIPTOR_OEM, d->in.all,
                  (struct span){d->in.blob, d->in.base, OEM_SIZE});
    decode_leave(d);
}

/* Between sections a descriptor is filled; what else stands there is unknown. */
static void filling(struct decode *d, const struct map *m)
{
    uint64_t from = 0;

    for (unsigned i = 0; i <= m->section_count; i++) {
        uint64_t until = i < m->section_count ? m->sections[i].base : d->in.all.len;
        struct bytes b = {NULL, 0};

        if (until > from)
            b = bytes_slice(d->in.all, (size_t)from, (size_t)(until - from));
        if (b.len > 0)
            (void)intel_fill(d, b, (struct span){d->in.blob, d->in.base + from, b.len});
        if (i < m->section_count && m->sections[i].end > from)
            from = m->sections[i].end;
    }
}

/* The first region, or its first 4 KiB where it states nonsense. Returns its end. */
static uint64_t descriptor(struct decode *d, struct map *m)
{
    int64_t at = signature_at(d->in.all);
    uint64_t size = m->count > 0 && m->regions[0].end > 0 && m->regions[0].base == 0
                        ? m->regions[0].end
                        : DESCRIPTOR_SIZE;

    decode_enter(d, size < m->length ? (size_t)size : (size_t)m->length);
    decode_open(d, ITEM_MAP, "descriptor");
    if (m->count == 0 || m->regions[0].end == 0 || m->regions[0].base != 0)
        decode_fault(d, FAULT_BAD_VALUE, d->in.base + section_at(m, 0, 16));
    if (section_enter(d, m, (uint64_t)at, m->layout == 3 ? 20 : 16)) {
        (void)decode_fields(d, signature, ARRAY_LEN(signature));
        (void)decode_fields(d, map_words, ARRAY_LEN(map_words));
        if (m->layout == 3)
            (void)decode_fields(d, version_word, ARRAY_LEN(version_word));
        decode_uint(d, KEY_DESCRIPTOR_LAYOUT, m->layout, 0);
        decode_leave(d);
    }
    components(d, m);
    region_section(d, m);
    master_section(d, m);
    straps(d, m, "pch-straps", section_at(m, 1, 16), m->word[1] >> 24);
    straps(d, m, "processor-straps", section_at(m, 2, 0), m->word[2] >> 8 & 0xff);
    me_disable(d, m);
    vscc_section(d, m);
    oem_section(d, m);
    filling(d, m);
    decode_close(d);
    decode_leave(d);
    return size < m->length ? size : m->length;
}

/* Bytes that no decoder reads. */
static void raw(struct decode *d, const char *name, uint64_t from, uint64_t until)
{
    reader_seek(&d->in, (size_t)from);
    decode_enter(d, (size_t)(until - from));
    decode_open(d, ITEM_MAP, "%s", name);
    struct bytes b = d->in.all;
    struct span s = {d->in.blob, d->in.base, b.len};
    struct span none = {d->in.blob, d->in.base, 0};

    decode_value_at(d, KEY_DATA_LENGTH, value_uint(b.len), none);
    if (bytes_all(b, 0xff))
        decode_region(d, s, CLASS_FREE_ERASED);
    else if (!intel_fill(d, b, s))
        decode_value_at(d, KEY_DATA_ENTROPY, value_uint(bytes_entropy(b)), none);
    decode_close(d);
    decode_leave(d);
}

static void region(struct decode *d, const struct map *m, const struct place *p)
{
    const struct region_kind *k = &kinds[p->index];
    uint64_t end = p->end < m->length ? p->end : m->length;
    struct span s = {d->in.blob, m->start + p->base, end - p->base};
    struct bytes b = decode_span_bytes(d, s);
    bool hinted = k->hint != NULL && decoder_find(bytes_of(k->hint)) != NULL;

    if (!hinted && (bytes_all(b, 0xff) || decoder_probe(b, bytes_of(k->name)) == NULL))
        raw(d, k->name, p->base, end);
    else
        decode_child(d, ITEM_MAP, bytes_of(k->name), s, hinted ? k->hint : NULL);
}

/* The regions in the order in which they lie in the image, and what lies between them. */
static void regions(struct decode *d, const struct map *m, uint64_t from)
{
    struct place order[REGIONS_MAX];
    unsigned count = 0;

    for (unsigned i = 1; i < m->count; i++) {
        const struct place *p = &m->regions[i];

        if (p->end > 0 && p->base < m->length)
            (void)place_add(order, &count, *p);
        if (p->index == REGION_BIOS && p->end > 0 && p->end <= m->length)
            decode_set_mapped(d,
                              (struct span){d->in.blob, m->start + p->base, p->end - p->base});
    }
    for (unsigned i = 0; i < count; i++) {
        if (order[i].base < from) {
            decode_fault(d, FAULT_OVERLAP, m->start + order[i].at);
            continue;
        }
        if (order[i].base > from)
            raw(d, "gap", from, order[i].base);
        region(d, m, &order[i]);
        from = order[i].end < m->length ? order[i].end : m->length;
    }
    if (from < m->length)
        raw(d, "gap", from, m->length);
}

static void decode(struct decode *d)
{
    struct map m;

    if (!map_read(d, &m)) {
        decode_fault(d, FAULT_BAD_SIGNATURE, d->in.base);
        return;
    }
    regions(d, &m, descriptor(d, &m));
}

const struct decoder decoder_intel_descriptor = {
    .name = "intel-descriptor",
    .title = "Flash image with an Intel flash descriptor",
    .spec = "intel-ich-spi",
    .surface = "flash",
    .min = DESCRIPTOR_SIZE,
    .max = 256 << 20,
    .probe = probe,
    .decode = decode,
};
