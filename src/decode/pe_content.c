/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What sections with well-known names hold: SBAT (the shim project's specification of it),
 * unified kernel images (UAPI Group specification 5), shim's vendor certificates; the debug
 * directory (PE/COFF Specification 11, section 5.1); the Linux/x86 boot protocol 2.15.
 */
#include <string.h>

#include "decode/pe.h"
#include "decode/signature_list.h"
#include "decode/x509.h"

enum {
    TEXT_MAX = 8192,
    DEBUG_ENTRY = 28,
    DEBUG_MAX = 32,
    DEBUG_CODEVIEW = 2,
    PATH_MAX_BYTES = 1024,
    LINUX_MARK = 0x202,
    LINUX_BASE = 0x200,
    DER_CERTIFICATE = 0x30,
    VENDOR_HEADER = 16,
};

/* A column of a row of comma-separated values, cut off the front of `row`. */
static struct bytes column(struct bytes *row)
{
    const uint8_t *comma = row->len > 0 ? memchr(row->data, ',', row->len) : NULL;
    size_t n = comma != NULL ? (size_t)(comma - row->data) : row->len;
    struct bytes ret = bytes_slice(*row, 0, n);

    *row = bytes_slice(*row, comma != NULL ? n + 1 : n, row->len);
    return ret;
}

static void sbat_row(struct decode *d, struct bytes row, struct span s)
{
    static const enum key_id texts[] = {KEY_PE_SBAT_VENDOR, KEY_PE_SBAT_PACKAGE,
                                        KEY_PE_SBAT_VERSION, KEY_PE_SBAT_URL};
    struct bytes name = column(&row);
    uint64_t generation;

    decode_open(d, ITEM_MAP, "component:%.*s", (int)(name.len < 128 ? name.len : 128),
                name.len > 0 ? (const char *)name.data : "");
    if (bytes_number(column(&row), 10, &generation))
        decode_value_at(d, KEY_PE_SBAT_GENERATION, value_uint(generation), s);
    else
        decode_fault(d, FAULT_BAD_ENCODING, s.offset);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct bytes text = column(&row);

        if (text.len > 0)
            decode_value_at(d, texts[i], value_text(text), s);
    }
    decode_close(d);
}

static void sbat(struct decode *d, struct span s)
{
    struct bytes all = decode_span_bytes(d, s);
    struct bytes rest = all;
    struct bytes row;
    const uint8_t *nul = memchr(all.data, 0, all.len);

    if (nul != NULL)
        rest.len = (size_t)(nul - all.data);
    decode_open(d, ITEM_MAP, "sbat");
    while (bytes_line(&rest, &row)) {
        struct span at = {s.blob, s.offset + (size_t)(row.data - all.data), row.len};

        if (row.len > 0)
            sbat_row(d, row, at);
    }
    decode_close(d);
}

/* Text that is printed as it stands; anything else is left to the digest. */
static void section_text(struct decode *d, struct span s)
{
    struct bytes b = decode_span_bytes(d, s);
    const uint8_t *nul = memchr(b.data, 0, b.len);

    if (nul != NULL)
        b.len = (size_t)(nul - b.data);
    b = bytes_trim(b);
    if (b.len > 0 && b.len <= TEXT_MAX && bytes_utf8(b))
        decode_value_at(d, KEY_PE_SECTION_TEXT, value_text(b),
                        (struct span){s.blob, s.offset, b.len});
}

/* Certificates or signature lists at an offset of the section. */
static void vendor_part(struct decode *d, const char *name, uint64_t at, uint64_t size)
{
    if (size == 0)
        return;
    if (at > d->in.all.len || size > d->in.all.len - at) {
        decode_fault(d, FAULT_BAD_REFERENCE, d->in.base);
        return;
    }
    reader_seek(&d->in, (size_t)at);
    decode_enter(d, (size_t)size);
    decode_open(d, ITEM_MAP, "%s", name);
    if (d->in.all.data[0] == DER_CERTIFICATE)
        x509_decode(d);
    else
        signature_lists_decode(d);
    decode_close(d);
    decode_leave(d);
}

/* shim: which certificates it trusts, and what it revokes, beside the firmware's databases. */
static void vendor_certificates(struct decode *d, struct span s)
{
    reader_seek(&d->in, (size_t)(s.offset - d->in.base));
    decode_enter(d, (size_t)s.length);
    if (d->in.all.len >= VENDOR_HEADER) {
        uint64_t trusted = reader_u32le(&d->in);
        uint64_t revoked = reader_u32le(&d->in);
        uint64_t trusted_at = reader_u32le(&d->in);
        uint64_t revoked_at = reader_u32le(&d->in);

        vendor_part(d, "vendor-trusted", trusted_at, trusted);
        vendor_part(d, "vendor-revoked", revoked_at, revoked);
    }
    decode_leave(d);
}

void pe_section_content(struct decode *d, const struct pe *pe, const struct pe_section *s)
{
    static const char *const texts[] = {".cmdline", ".osrel", ".uname", ".sdmagic", ".profile"};
    uint64_t used =
        s->virtual_size > 0 && s->virtual_size < s->size ? s->virtual_size : s->size;
    struct span body = pe_span(d, s->offset, used);

    if (s->name.len < 5 || pe->te)
        return;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (bytes_equal_text(s->name, texts[i]))
            section_text(d, body);
    }
    if (bytes_equal_text(s->name, ".sbat"))
        sbat(d, body);
    else if (bytes_equal_text(s->name, ".vendor_cert"))
        vendor_certificates(d, body);
    else if (bytes_equal_text(s->name, ".linux") &&
             bytes_starts_with(decode_span_bytes(d, body), "MZ"))
        decode_child(d, ITEM_MAP, bytes_of("image"), body, "pe-image");
}

/* Where an address of the loaded image stands in the file; false when it has no bytes there. */
static bool place_of(const struct pe *pe, uint64_t address, uint64_t length, uint64_t *ret)
{
    for (size_t i = 0; i < pe->count; i++) {
        const struct pe_section *s = &pe->sections[i];

        if (address < s->address || address - s->address >= s->size)
            continue;
        *ret = s->offset + (address - s->address);
        return length <= s->size - (address - s->address);
    }
    return false;
}

/* The CodeView record that names the file with debug information. */
static void codeview(struct decode *d, struct span s)
{
    struct reader r = reader_of(decode_span_bytes(d, s), s.blob, s.offset);
    struct bytes mark = reader_take(&r, 4);
    size_t guid = bytes_equal_text(mark, "RSDS") || bytes_equal_text(mark, "MTOC") ? 16 : 0;
    size_t skip = bytes_equal_text(mark, "RSDS") ? 4 : guid == 0 ? 12 : 0;
    struct bytes b = reader_take(&r, guid);

    if (guid == 0 && !bytes_equal_text(mark, "NB10"))
        return;
    (void)reader_take(&r, skip);
    struct span at = {s.blob, reader_offset(&r), 0};
    struct bytes path = reader_take(&r, reader_left(&r));
    const uint8_t *nul = path.len > 0 ? memchr(path.data, 0, path.len) : NULL;

    if (r.failed)
        return;
    if (guid > 0)
        decode_value_at(d, KEY_PE_DEBUG_GUID, value_text(guid_text(d->arena, b)),
                        (struct span){s.blob, s.offset + 4, guid});
    if (nul != NULL)
        path.len = (size_t)(nul - path.data);
    at.length = path.len < PATH_MAX_BYTES ? path.len : PATH_MAX_BYTES;
    path.len = (size_t)at.length;
    if (path.len > 0)
        decode_value_at(d, KEY_PE_DEBUG_PATH, value_text(path), at);
}

static void debug_entry(struct decode *d, const struct pe *pe, uint64_t place)
{
    struct span s = pe_span(d, place, DEBUG_ENTRY);
    struct reader r = reader_of(decode_span_bytes(d, s), s.blob, s.offset);

    (void)reader_take(&r, 12);
    uint32_t type = reader_u32le(&r);
    uint64_t size = reader_u32le(&r);
    uint64_t address = reader_u32le(&r);
    uint64_t at;

    decode_open(d, ITEM_MAP, "debug");
    decode_value_at(d, KEY_PE_DEBUG_TYPE, value_uint(type), (struct span){s.blob, s.offset, 0});
    if (size > 0 && place_of(pe, address, size, &at)) {
        if (type == DEBUG_CODEVIEW)
            codeview(d, pe_span(d, at, size));
    } else if (size > 0 && address != 0) {
        decode_fault(d, FAULT_BAD_REFERENCE, s.offset + 20);
    }
    decode_close(d);
}

void pe_debug(struct decode *d, const struct pe *pe)
{
    const struct pe_directory *debug = &pe->directory[PE_DIRECTORY_DEBUG];
    uint64_t at;

    if (debug->size == 0)
        return;
    if (!place_of(pe, debug->address, debug->size, &at)) {
        decode_fault(d, FAULT_BAD_REFERENCE,
                     d->in.base +
                         (pe->te ? 32 : pe->directories_at + 8UL * PE_DIRECTORY_DEBUG));
        return;
    }
    for (uint64_t i = 0; i < debug->size / DEBUG_ENTRY && i < DEBUG_MAX; i++)
        debug_entry(d, pe, at + i * DEBUG_ENTRY);
}

void pe_linux(struct decode *d)
{
    struct reader r = reader_at(&d->in, 0, d->in.all.len);

    reader_seek(&r, LINUX_MARK);
    if (!bytes_equal_text(reader_take(&r, 4), "HdrS"))
        return;
    uint16_t protocol = reader_u16le(&r);

    reader_seek(&r, LINUX_MARK + 12);
    size_t version = reader_u16le(&r);

    if (r.failed)
        return;
    decode_open(d, ITEM_MAP, "linux");
    decode_value_at(d, KEY_PE_LINUX_PROTOCOL, value_uint(protocol),
                    pe_span(d, LINUX_MARK + 4, 2));
    if (version != 0) {
        reader_seek(&r, LINUX_BASE + version);
        struct bytes b = bytes_slice(r.all, r.pos, 256);
        const uint8_t *nul = b.len > 0 ? memchr(b.data, 0, b.len) : NULL;

        if (r.failed || nul == NULL)
            decode_fault(d, FAULT_BAD_REFERENCE, d->in.base + LINUX_MARK + 12);
        else
            decode_value_at(d, KEY_PE_LINUX_VERSION,
                            value_text(bytes_slice(b, 0, (size_t)(nul - b.data))),
                            pe_span(d, LINUX_BASE + version, (size_t)(nul - b.data)));
    }
    decode_close(d);
}
