/* SPDX-License-Identifier: Apache-2.0 */
/* The attribute certificate table: PE/COFF Specification 11, section 5.9.1; UEFI 2.10, 32.2.4.
 */
#include "decode/pe.h"
#include "decode/pkcs7.h"

enum {
    ENTRY_HEADER = 8,
    REVISION = 0x0200,
    TYPE_PKCS7 = 2,
    ALIGNMENT = 8,
};

static const struct field header[] = {
    {KEY_PE_CERTIFICATE_LENGTH,   F_U32LE, 0, 0},
    {KEY_PE_CERTIFICATE_REVISION, F_U16LE, 0, 0},
    {KEY_PE_CERTIFICATE_TYPE,     F_U16LE, 0, 0},
};

/* An entry that fills d->in. */
static void entry(struct decode *d, struct pe *pe)
{
    uint64_t offset = reader_offset(&d->in);
    uint64_t type = decode_fields(d, header, ARRAY_LEN(header));

    if (decode_value(d, KEY_PE_CERTIFICATE_REVISION) != REVISION)
        decode_fault(d, FAULT_BAD_VERSION, offset + 4);
    if (type == TYPE_PKCS7) {
        pkcs7_decode(d, &pe->digest);
    } else {
        decode_fault(d, FAULT_BAD_VALUE, offset + 6);
    }
    size_t from = d->in.pos;
    struct bytes rest = reader_take(&d->in, reader_left(&d->in));
    struct span s = reader_span(&d->in, from);

    if (rest.len == 0)
        return;
    if (type == TYPE_PKCS7 && rest.len < ALIGNMENT && bytes_all(rest, 0)) {
        pe_padding(d, s);
        return;
    }
    if (type == TYPE_PKCS7)
        decode_fault(d, FAULT_TRAILING, s.offset);
    decode_digest(d, KEY_PE_CERTIFICATE_DIGEST, rest, s);
}

void pe_certificates(struct decode *d, struct pe *pe)
{
    size_t end = (size_t)pe->certificates_end;

    reader_seek(&d->in, (size_t)pe->certificates);
    while (d->in.pos < end) {
        struct reader peek = d->in;
        size_t at = d->in.pos;
        uint64_t length = reader_u32le(&peek);

        if (peek.failed || length < ENTRY_HEADER || length > end - at) {
            decode_fault(d, length > end - at ? FAULT_TRUNCATED : FAULT_BAD_LENGTH,
                         d->in.base + at);
            return;
        }
        uint64_t padded = (length + ALIGNMENT - 1) & ~(uint64_t)(ALIGNMENT - 1);

        decode_enter(d, (size_t)length);
        decode_open(d, ITEM_MAP, "win-certificate");
        entry(d, pe);
        decode_close(d);
        decode_leave(d);
        if (padded > end - at)
            padded = end - at;
        pe_padding(d, pe_span(d, at + length, padded - length));
        reader_seek(&d->in, at + (size_t)padded);
    }
}
