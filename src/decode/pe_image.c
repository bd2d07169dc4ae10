/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs that firmware runs: PE/COFF images (PE32, PE32+) and TE images. One digest covers an
 * image: the Authenticode digest, by which signatures and revocation lists name it, where it
 * can be computed; else that of all bytes. What Authenticode leaves out is claimed beside it.
 */
#include <string.h>

#include "decode/engine.h"
#include "decode/pe.h"

enum {
    HEADER_MIN = 40,
    IMAGE_MAX = 512 << 20,
    ALIGNMENT = 8,
    CONTENT_SURE = 60 /* how sure a decoder must be of what is carried behind a program */
};

static const struct field file_header[] = {
    {KEY_NONE,               F_SKIP,  4,  0},
    {KEY_PE_MACHINE,         F_U16LE, 0,  0},
    {KEY_PE_SECTIONS,        F_U16LE, 0,  0},
    {KEY_PE_TIME_STAMP,      F_U32LE, 0,  0},
    {KEY_NONE,               F_SKIP,  4,  0},
    {KEY_NONE,               F_SKIP,  4,  0},
    {KEY_NONE,               F_SKIP,  2,  0},
    {KEY_PE_CHARACTERISTICS, F_U16LE, 0,  0},
    {KEY_PE_FORMAT,          F_U16LE, 0,  0},
    {KEY_NONE,               F_SKIP,  14, 0},
    {KEY_PE_ENTRY,           F_U32LE, 0,  0},
    {KEY_NONE,               F_SKIP,  4,  0},
};

static const struct field base_32[] = {
    {KEY_NONE,    F_SKIP,  4, 0},
    {KEY_PE_BASE, F_U32LE, 0, 0},
};

static const struct field base_64[] = {
    {KEY_PE_BASE, F_U64LE, 0, 0},
};

static const struct field optional_header[] = {
    {KEY_PE_SECTION_ALIGNMENT,   F_U32LE, 0, 0},
    {KEY_PE_FILE_ALIGNMENT,      F_U32LE, 0, 0},
    {KEY_NONE,                   F_SKIP,  4, 0},
    {KEY_PE_VERSION,             F_U32LE, 0, 0},
    {KEY_NONE,                   F_SKIP,  8, 0},
    {KEY_PE_SIZE,                F_U32LE, 0, 0},
    {KEY_PE_HEADERS_SIZE,        F_U32LE, 0, 0},
    {KEY_PE_CHECKSUM,            F_U32LE, 0, 0},
    {KEY_PE_SUBSYSTEM,           F_U16LE, 0, 0},
    {KEY_PE_DLL_CHARACTERISTICS, F_U16LE, 0, 0},
};

static const struct field te_header[] = {
    {KEY_PE_FORMAT,    F_U16LE, 0,  0},
    {KEY_PE_MACHINE,   F_U16LE, 0,  0},
    {KEY_PE_SECTIONS,  F_U8,    0,  0},
    {KEY_PE_SUBSYSTEM, F_U8,    0,  0},
    {KEY_PE_STRIPPED,  F_U16LE, 0,  0},
    {KEY_PE_ENTRY,     F_U32LE, 0,  0},
    {KEY_NONE,         F_SKIP,  4,  0},
    {KEY_PE_BASE,      F_U64LE, 0,  0},
    {KEY_NONE,         F_SKIP,  16, 0},
};

static const struct field section_header[] = {
    {KEY_NONE,                       F_SKIP,  8,  0},
    {KEY_PE_SECTION_VIRTUAL_SIZE,    F_U32LE, 0,  0},
    {KEY_PE_SECTION_ADDRESS,         F_U32LE, 0,  0},
    {KEY_PE_SECTION_SIZE,            F_U32LE, 0,  0},
    {KEY_PE_SECTION_OFFSET,          F_U32LE, 0,  0},
    {KEY_NONE,                       F_SKIP,  12, 0},
    {KEY_PE_SECTION_CHARACTERISTICS, F_U32LE, 0,  0},
};

static const struct field directory_entry[] = {
    {KEY_PE_DIRECTORY_ADDRESS, F_U32LE, 0, 0},
    {KEY_PE_DIRECTORY_SIZE,    F_U32LE, 0, 0},
};

static const char *const directory_names[PE_DIRECTORIES_MAX] = {
    "exports",   "imports",       "resources", "exceptions",   "certificates",  "relocations",
    "debug",     "architecture",  "global",    "thread-local", "configuration", "bound-imports",
    "addresses", "delay-imports", "runtime",   "reserved",
};

/* Data directories that are not empty; of the certificates always, as no digest covers them. */
static void directories(struct decode *d, const struct pe *pe)
{
    reader_seek(&d->in, pe->directories_at - 4);
    size_t from = d->in.pos;

    decode_uint(d, KEY_PE_DIRECTORIES, reader_u32le(&d->in), from);
    for (uint64_t i = 0; i < pe->directories && i < PE_DIRECTORIES_MAX; i++) {
        bool empty = pe->directory[i].address == 0 && pe->directory[i].size == 0;

        if (empty && i != PE_DIRECTORY_SECURITY)
            continue;
        reader_seek(&d->in, pe->directories_at + (size_t)i * PE_DIRECTORY_ENTRY);
        decode_open(d, ITEM_MAP, "directory:%s", directory_names[i]);
        (void)decode_fields(d, directory_entry, ARRAY_LEN(directory_entry));
        decode_close(d);
    }
}

static void headers(struct decode *d, const struct pe *pe)
{
    if (pe->te) {
        reader_seek(&d->in, 0);
        (void)decode_fields(d, te_header, ARRAY_LEN(te_header));
        return;
    }
    reader_seek(&d->in, pe->optional - 24);
    (void)decode_fields(d, file_header, ARRAY_LEN(file_header));
    if (pe->plus)
        (void)decode_fields(d, base_64, ARRAY_LEN(base_64));
    else
        (void)decode_fields(d, base_32, ARRAY_LEN(base_32));
    (void)decode_fields(d, optional_header, ARRAY_LEN(optional_header));
    directories(d, pe);
}

/* Bytes of the section beyond what it has in memory: alignment, or something hidden. */
static void section_slack(struct decode *d, const struct pe_section *s)
{
    uint64_t used = s->virtual_size;

    if (used == 0 || used >= s->size)
        return;
    struct span slack = pe_span(d, s->offset + used, s->size - used);
    bool zero = bytes_all(decode_span_bytes(d, slack), 0);

    if (!zero)
        decode_value_at(d, KEY_PE_SECTION_SLACK, value_uint(slack.length),
                        (struct span){slack.blob, slack.offset, 0});
    decode_region(d, slack, zero ? CLASS_PADDING : CLASS_UNKNOWN);
}

static void section(struct decode *d, const struct pe *pe, size_t i)
{
    const struct pe_section *s = &pe->sections[i];
    bool code = (s->characteristics & (PE_CODE | PE_EXECUTE)) != 0;
    struct span body = pe_span(d, s->offset, s->size);

    reader_seek(&d->in, pe->sections_at + i * PE_SECTION_HEADER);
    decode_open(d, ITEM_MAP, "section:%.*s", (int)s->name.len,
                s->name.len > 0 ? (const char *)s->name.data : "");
    (void)decode_fields(d, section_header, ARRAY_LEN(section_header));
    if (s->size > 0) {
        if (pe->whole && pe->sound)
            decode_digest(d, KEY_PE_SECTION_DIGEST, decode_span_bytes(d, body), body);
        /* Where no Authenticode digest covers it, the one of all bytes does. */
        decode_claimed_region(d, body, code ? CLASS_CODE : CLASS_DATA);
        section_slack(d, s);
        if (pe->sound)
            pe_section_content(d, pe, s);
    }
    decode_close(d);
}

/* The name of the section that an address of the loaded image lies in. */
static void entry_section(struct decode *d, const struct pe *pe)
{
    for (size_t i = 0; i < pe->count; i++) {
        const struct pe_section *s = &pe->sections[i];
        uint64_t size = s->virtual_size > s->size ? s->virtual_size : s->size;

        if (pe->entry < s->address || pe->entry - s->address >= size)
            continue;
        if (s->name.len > 0)
            decode_value_at(d, KEY_PE_ENTRY_SECTION, value_text(s->name),
                            pe_span(d, pe->sections_at + i * PE_SECTION_HEADER, s->name.len));
        return;
    }
}

/* A part of what lies behind the sections. */
static void behind(struct decode *d, const struct pe *pe, struct span s, enum byte_class class)
{
    if (pe->digest.parts != NULL)
        decode_claimed_region(d, s, class);
    else
        decode_region(d, s, class);
}

static void overlay_content(struct decode *d, struct span s, struct bytes b)
{
    const struct decoder *known = decoder_probe_sure(b, (struct bytes){NULL, 0}, CONTENT_SURE);

    if (known != NULL)
        decode_child(d, ITEM_MAP, bytes_of("overlay"), s, known->name);
}

/* What lies behind the last section and is no certificate: symbols, alignment, or more. */
static void overlay(struct decode *d, const struct pe *pe)
{
    uint64_t at = pe->end;

    if (pe->te || !pe->sound)
        return;
    if (pe->symbols == at && pe->strings_end <= pe->certificates) {
        behind(d, pe, pe_span(d, at, pe->strings_end - at), CLASS_DATA);
        at = pe->strings_end;
    }
    struct span s = pe_span(d, at, pe->certificates - at);
    struct bytes b = decode_span_bytes(d, s);
    bool padding = bytes_all(b, 0) || bytes_all(b, 0xff);

    if (b.len == 0)
        return;
    if (!padding || b.len >= ALIGNMENT)
        decode_value_at(d, KEY_PE_OVERLAY, value_uint(b.len),
                        (struct span){s.blob, s.offset, 0});
    behind(d, pe, s, padding ? CLASS_PADDING : CLASS_UNKNOWN);
    /* A program that installs carries what it installs; a module of an image has none to carry.
     */
    if (pe->whole && !padding)
        overlay_content(d, s, b);
}

/* The digest that speaks for the image, and what it speaks for. */
static void image_digest(struct decode *d, struct pe *pe)
{
    struct span all = pe_span(d, 0, d->in.all.len);

    if (pe->digest.parts == NULL) {
        decode_digest(d, KEY_PE_DIGEST, d->in.all, all);
        return;
    }
    struct bytes digest = authenticode_digest(&pe->digest, DIGEST_SHA256);

    decode_value_at(d, KEY_PE_AUTHENTICODE, value_bytes(arena_copy(d->arena, digest)),
                    pe_span(d, 0, pe->headers));
}

/* Gaps between sections are left out by Authenticode: zeros, or a digest of their own. */
static void gaps(struct decode *d, const struct pe *pe)
{
    uint64_t at = pe->headers;
    size_t n;
    const struct pe_section **order = pe_sorted(d, pe, &n);

    if (pe->digest.parts == NULL)
        return;
    for (size_t i = 0; i < n; i++) {
        pe_padding(d, pe_span(d, at, order[i]->offset - at));
        at = order[i]->offset + order[i]->size;
    }
}

/* Published lists name files by plain digests; a lone file is worth the time. */
static void file_digests(struct decode *d)
{
    static const struct {
        enum digest_algorithm a;
        enum key_id key;
    } wanted[] = {
        {DIGEST_SHA256, KEY_PE_FILE_SHA256},
        {DIGEST_SHA1,   KEY_PE_FILE_SHA1  },
    };

    uint8_t digest[DIGEST_MAX];

    for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
        digest_parts(wanted[i].a, &d->in.all, 1, digest);
        struct bytes b = {digest, digest_info(wanted[i].a)->size};

        decode_value_at(d, wanted[i].key, value_bytes(arena_copy(d->arena, b)),
                        pe_span(d, 0, 0));
    }
}

static void decode(struct decode *d)
{
    struct pe *pe = ARENA_NEW(d->arena, struct pe);

    if (!pe_layout(d, pe)) {
        decode_digest(d, KEY_PE_DIGEST, d->in.all, pe_span(d, 0, d->in.all.len));
        return;
    }
    pe_authenticode(d, pe);
    image_digest(d, pe);
    if (pe->whole)
        file_digests(d);
    gaps(d, pe);
    headers(d, pe);
    entry_section(d, pe);
    for (size_t i = 0; i < pe->count; i++)
        section(d, pe, i);
    overlay(d, pe);
    pe_debug(d, pe);
    pe_linux(d);
    pe_certificates(d, pe);
}

static unsigned probe(struct bytes b, struct bytes label)
{
    struct reader r = reader_of(b, 0, 0);

    (void)label;
    if (bytes_starts_with(b, "VZ")) {
        (void)reader_take(&r, 2);
        uint16_t machine = reader_u16le(&r);

        (void)reader_take(&r, 2);
        return (machine == 0x14c || machine == 0x8664 || machine == 0xaa64 ||
                machine == 0x1c2 || machine == 0xebc) &&
                       reader_u16le(&r) >= HEADER_MIN
                   ? 90
                   : 0;
    }
    if (!bytes_starts_with(b, "MZ"))
        return 0;
    reader_seek(&r, 0x3c);
    size_t at = reader_u32le(&r);

    reader_seek(&r, at);
    return reader_u32le(&r) == 0x4550 && !r.failed ? 96 : 20;
}

const struct decoder decoder_pe_image = {
    .name = "pe-image",
    .title = "program that firmware runs (PE/COFF or TE)",
    .spec = "pe-coff-11",
    .min = HEADER_MIN,
    .max = IMAGE_MAX,
    .probe = probe,
    .decode = decode,
};
