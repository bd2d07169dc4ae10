/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PE/COFF Specification 11, sections 2 to 4; TE header: UEFI PI 1.8, volume 1, section 15.2;
 * what is digested: Windows Authenticode Portable Executable Signature Format 1.0.
 */
#include <stdlib.h>
#include <string.h>

#include "decode/engine_private.h"
#include "decode/pe.h"

enum {
    NEW_HEADER = 0x3c,
    FILE_HEADER = 24, /* with the signature */
    TE_HEADER = 40,
    TE_RELOCATIONS = 24, /* position of the two data directories */
    MAGIC_PE32 = 0x10b,
    MAGIC_PE32_PLUS = 0x20b,
    RELOCATIONS = 5,
    SYMBOL = 18,
    PE_MARK = 0x4550, /* "PE" and two zeros */
    NAME_MAX_BYTES = 64,
    SECTIONS_MAX = 1024, /* Windows loads images of up to 96 */
};

struct span pe_span(const struct decode *d, uint64_t at, uint64_t length)
{
    return (struct span){d->in.blob, d->in.base + at, length};
}

static void directory_read(struct reader *r, struct pe_directory *ret)
{
    ret->address = reader_u32le(r);
    ret->size = reader_u32le(r);
}

/* The integer of `width` bytes at a position. */
static uint64_t number_at(struct reader *r, size_t pos, unsigned width)
{
    reader_seek(r, pos);
    return reader_uint(r, width, false);
}

static bool te_header(struct decode *d, struct reader *r, struct pe *pe)
{
    pe->te = true;
    pe->count = (size_t)number_at(r, 4, 1);
    pe->stripped = number_at(r, 6, 2);
    pe->entry = number_at(r, 8, 4);
    if (pe->stripped < TE_HEADER) {
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + 6);
        return false;
    }
    pe->stripped -= TE_HEADER;
    reader_seek(r, TE_RELOCATIONS);
    directory_read(r, &pe->directory[RELOCATIONS]);
    directory_read(r, &pe->directory[PE_DIRECTORY_DEBUG]);
    pe->sections_at = TE_HEADER;
    pe->headers = TE_HEADER + pe->count * PE_SECTION_HEADER;
    return !r->failed;
}

/* Data directories as far as the optional header has room for them. */
static void directories_read(struct reader *r, struct pe *pe)
{
    uint64_t stated = reader_u32le(r);
    uint64_t used = r->pos - pe->optional;
    uint64_t room = pe->optional_size > used ? (pe->optional_size - used) / 8 : 0;

    pe->directories_at = r->pos;
    pe->directories = stated < room ? stated : room;
    for (uint64_t i = 0; i < pe->directories && i < PE_DIRECTORIES_MAX; i++)
        directory_read(r, &pe->directory[i]);
}

/* COFF symbols and the strings behind them, which long section names refer to. */
static void symbols_read(struct reader r, struct pe *pe)
{
    uint64_t at = reader_u32le(&r);
    uint64_t strings = at + SYMBOL * (uint64_t)reader_u32le(&r);

    reader_seek(&r, (size_t)strings);
    uint64_t size = reader_u32le(&r);

    if (at == 0 || r.failed || size < 4 || size > r.all.len - strings)
        return;
    pe->symbols = at;
    pe->strings = strings;
    pe->strings_end = strings + size;
}

/* "/12" is the string at 12 of the COFF strings. */
static struct bytes long_name(struct bytes all, const struct pe *pe, struct bytes name)
{
    uint64_t at;

    if (!bytes_starts_with(name, "/") || pe->strings == 0 ||
        !bytes_number(bytes_slice(name, 1, name.len), 10, &at) ||
        at >= pe->strings_end - pe->strings)
        return name;
    struct bytes b = bytes_slice(all, (size_t)(pe->strings + at), NAME_MAX_BYTES);
    const uint8_t *nul = b.len > 0 ? memchr(b.data, 0, b.len) : NULL;

    return nul != NULL && nul > b.data ? bytes_slice(b, 0, (size_t)(nul - b.data)) : name;
}

void pe_padding(struct decode *d, struct span s)
{
    if (bytes_all(decode_span_bytes(d, s), 0))
        decode_claimed_region(d, s, CLASS_PADDING);
    else
        decode_region(d, s, CLASS_UNKNOWN);
}

/* The file header; false when none is there. */
static bool file_header(struct decode *d, struct reader *r, struct pe *pe)
{
    size_t at = (size_t)number_at(r, NEW_HEADER, 4);

    reader_seek(r, at);
    if (r->failed || reader_left(r) < FILE_HEADER) {
        decode_fault(d, FAULT_BAD_REFERENCE, d->in.base + NEW_HEADER);
        return false;
    }
    if (number_at(r, at, 4) != PE_MARK) {
        decode_fault(d, FAULT_BAD_SIGNATURE, d->in.base + at);
        return false;
    }
    pe->count = (size_t)number_at(r, at + 6, 2);
    pe->optional = at + FILE_HEADER;
    pe->optional_size = number_at(r, at + 20, 2);
    pe->sections_at = pe->optional + (size_t)pe->optional_size;
    reader_seek(r, at + 12);
    symbols_read(*r, pe);
    return true;
}

static bool pe_header(struct decode *d, struct reader *r, struct pe *pe)
{
    if (!file_header(d, r, pe))
        return false;
    uint64_t magic = number_at(r, pe->optional, 2);

    pe->plus = magic == MAGIC_PE32_PLUS;
    if (r->failed || (magic != MAGIC_PE32 && !pe->plus)) {
        decode_fault(d, r->failed ? FAULT_TRUNCATED : FAULT_BAD_VALUE,
                     d->in.base + pe->optional);
        return false;
    }
    pe->entry = number_at(r, pe->optional + 16, 4);
    pe->headers = number_at(r, pe->optional + 60, 4);
    pe->checksum = pe->optional + 64;
    reader_seek(r, pe->optional + (pe->plus ? 108 : 92));
    directories_read(r, pe);
    if (r->failed)
        decode_fault(d, FAULT_TRUNCATED, d->in.base + d->in.all.len);
    return !r->failed;
}

/* A section's bytes in the file, or none where it has none there. */
static void section_place(struct decode *d, struct pe *pe, struct pe_section *s, size_t header)
{
    uint64_t all = d->in.all.len;

    if (s->size == 0) {
        s->offset = 0;
        return;
    }
    bool below = s->offset < pe->stripped;

    s->offset -= below ? s->offset : pe->stripped;
    if (!below && s->offset <= all && s->size <= all - s->offset)
        return;
    decode_fault(d, below || s->offset > all ? FAULT_BAD_REFERENCE : FAULT_TRUNCATED,
                 below || s->offset > all ? d->in.base + header + 20 : d->in.base + all);
    pe->sound = false;
    s->size = 0;
}

static bool sections_read(struct decode *d, struct reader *r, struct pe *pe)
{
    reader_seek(r, pe->sections_at);
    if (r->failed || reader_left(r) / PE_SECTION_HEADER < pe->count) {
        decode_fault(d, FAULT_TRUNCATED, d->in.base + d->in.all.len);
        pe->count = 0;
        return false;
    }
    if (pe->count > SECTIONS_MAX || engine_crowded(d)) {
        decode_fault(d, FAULT_LIMIT, d->in.base + pe->sections_at);
        pe->count = 0;
        return false;
    }
    pe->sections = ARENA_ARRAY(d->arena, struct pe_section, pe->count + 1);
    for (size_t i = 0; i < pe->count; i++) {
        struct pe_section *s = &pe->sections[i];
        size_t at = r->pos;

        s->name = reader_take(r, 8);
        while (s->name.len > 0 && s->name.data[s->name.len - 1] == 0)
            s->name.len--;
        s->name = long_name(d->in.all, pe, s->name);
        s->virtual_size = number_at(r, at + 8, 4);
        s->address = number_at(r, at + 12, 4);
        s->size = number_at(r, at + 16, 4);
        s->offset = number_at(r, at + 20, 4);
        s->characteristics = number_at(r, at + 36, 4);
        section_place(d, pe, s, at);
    }
    return true;
}

static int by_offset(const void *left, const void *right)
{
    const struct pe_section *const *a = left;
    const struct pe_section *const *b = right;

    if ((*a)->offset != (*b)->offset)
        return (*a)->offset < (*b)->offset ? -1 : 1;
    return (*a)->size < (*b)->size ? -1 : (*a)->size > (*b)->size;
}

const struct pe_section **pe_sorted(struct decode *d, const struct pe *pe, size_t *ret_count)
{
    const struct pe_section **order =
        ARENA_ARRAY(d->arena, const struct pe_section *, pe->count + 1);
    size_t n = 0;

    for (size_t i = 0; i < pe->count; i++) {
        if (pe->sections[i].size > 0)
            order[n++] = &pe->sections[i];
    }
    qsort(order, n, sizeof(struct pe_section *), by_offset);
    *ret_count = n;
    return order;
}

/* Sections must not share bytes; a section of a TE image may begin in what was its header. */
static void sections_apart(struct decode *d, struct pe *pe)
{
    size_t n;
    const struct pe_section **order = pe_sorted(d, pe, &n);

    pe->end = pe->headers;
    for (size_t i = 0; i < n; i++) {
        if (order[i]->offset < pe->end) {
            decode_fault(d, FAULT_OVERLAP, d->in.base + order[i]->offset);
            pe->sound = false;
        }
        if (order[i]->offset + order[i]->size > pe->end)
            pe->end = order[i]->offset + order[i]->size;
    }
}

bool pe_layout(struct decode *d, struct pe *pe)
{
    struct reader r = reader_at(&d->in, d->in.pos, reader_left(&d->in));
    bool te = bytes_starts_with(d->in.all, "VZ");
    const struct blob *blob = &d->out->blobs[d->in.blob];

    pe->sound = true;
    pe->whole = d->in.base == 0 && blob->method == NULL && blob->bytes.len == d->in.all.len;
    pe->certificates = d->in.all.len;
    pe->certificates_end = d->in.all.len;
    if (te ? !te_header(d, &r, pe) : !pe_header(d, &r, pe))
        return false;
    if (!sections_read(d, &r, pe))
        return false;
    if (pe->headers > d->in.all.len ||
        pe->headers < pe->sections_at + pe->count * PE_SECTION_HEADER) {
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + pe->optional + (pe->te ? 0 : 60));
        pe->sound = false;
        pe->headers = pe->sections_at + pe->count * PE_SECTION_HEADER;
    }
    sections_apart(d, pe);
    return true;
}

/* Where the certificate table is; it must be the end of the file. */
static bool certificates_place(struct decode *d, struct pe *pe)
{
    const struct pe_directory *c = &pe->directory[PE_DIRECTORY_SECURITY];
    uint64_t all = d->in.all.len;
    uint64_t entry = pe->directories_at + (uint64_t)PE_DIRECTORY_ENTRY * PE_DIRECTORY_SECURITY;

    if (c->size == 0 && c->address == 0)
        return true;
    if (c->address > all || c->size > all - c->address) {
        decode_fault(d, c->address <= all ? FAULT_TRUNCATED : FAULT_BAD_REFERENCE,
                     d->in.base + (c->address <= all ? all : entry));
        return false;
    }
    if (c->address < pe->end) {
        decode_fault(d, FAULT_OVERLAP, d->in.base + c->address);
        return false;
    }
    pe->certificates = c->address;
    pe->certificates_end = c->address + c->size;
    if (c->address + c->size < all) {
        decode_fault(d, FAULT_TRAILING, d->in.base + c->address + c->size);
        return false;
    }
    return true;
}

/* Adds what lies between two positions to what is digested. */
static void part_add(struct decode *d, struct bytes *parts, size_t *count, uint64_t from,
                     uint64_t to)
{
    if (to > from)
        parts[(*count)++] = bytes_slice(d->in.all, (size_t)from, (size_t)(to - from));
}

void pe_authenticode(struct decode *d, struct pe *pe)
{
    uint64_t security =
        pe->directories_at + PE_DIRECTORY_ENTRY * (uint64_t)PE_DIRECTORY_SECURITY;
    bool room = pe->directories > PE_DIRECTORY_SECURITY;
    uint64_t hashed = pe->headers;
    size_t n;
    size_t count = 0;

    if (!certificates_place(d, pe) || !pe->sound || pe->te)
        return;
    const struct pe_section **order = pe_sorted(d, pe, &n);
    struct bytes *parts = ARENA_ARRAY(d->arena, struct bytes, n + 4);

    part_add(d, parts, &count, 0, pe->checksum);
    part_add(d, parts, &count, pe->checksum + 4, room ? security : pe->headers);
    if (room)
        part_add(d, parts, &count, security + PE_DIRECTORY_ENTRY, pe->headers);
    for (size_t i = 0; i < n; i++) {
        part_add(d, parts, &count, order[i]->offset, order[i]->offset + order[i]->size);
        hashed += order[i]->size;
    }
    /* What follows is found by the sum of what was digested, not by where the last section
     * ends. */
    part_add(d, parts, &count, hashed, pe->certificates);
    pe->digest.parts = parts;
    pe->digest.count = count;
    pe->digest.memo = d->engine->memo;
}

struct bytes authenticode_digest(struct authenticode *image, enum digest_algorithm a)
{
    if (!image->known[a])
        memo_digest_parts(image->memo, a, image->parts, image->count, image->digests[a]);
    image->known[a] = true;
    return (struct bytes){image->digests[a], digest_info(a)->size};
}
