/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The payload that changes an authenticated variable: EFI_VARIABLE_AUTHENTICATION_2 (a time) or
 * EFI_VARIABLE_AUTHENTICATION (a count), a WIN_CERTIFICATE_UEFI_GUID, then the new value. UEFI
 * specification 2.10, sections 8.2.2 and 32.2.4. The signature itself is not checked here.
 */
#include <string.h>

#include "decode/der.h"
#include "decode/signature_list.h"

enum {
    TIME_SIZE = 16,
    COUNT_SIZE = 8,
    HEADER_SIZE = 24, /* WIN_CERTIFICATE with the GUID of its kind */
    AUTH_MIN = COUNT_SIZE + HEADER_SIZE,
    AUTH_MAX = 16 << 20,
    REVISION = 0x0200,
    TYPE_GUID = 0x0ef1,
    RSA_SIZE = 256,
};

static const char pkcs7_guid[] = "4aafd29d-68df-49ee-8aa9-347d375665a7";
static const char rsa_guid[] = "a7717414-c616-4977-9420-844712a735bf";

/* Whether a certificate header of the right revision and type stands at `pos`. */
static bool header_at(struct bytes b, size_t pos)
{
    struct reader r = reader_of(bytes_slice(b, pos, b.len), 0, 0);
    uint32_t length = reader_u32le(&r);
    uint16_t revision = reader_u16le(&r);
    uint16_t type = reader_u16le(&r);

    return !r.failed && length >= HEADER_SIZE && revision == REVISION && type == TYPE_GUID;
}

static unsigned probe(struct bytes b, struct bytes label)
{
    struct reader r = reader_of(b, 0, 0);
    unsigned year = reader_u16le(&r);
    unsigned month = reader_u8(&r);

    (void)label;
    if (header_at(b, TIME_SIZE) && year < 10000 && month <= 12)
        return 85;
    return header_at(b, COUNT_SIZE) ? 60 : 0;
}

static void time_decode(struct decode *d)
{
    size_t from = d->in.pos;
    struct bytes time = reader_take(&d->in, TIME_SIZE);
    struct bytes text;

    if (efi_time_text(d->arena, time, &text))
        decode_bytes(d, KEY_EFI_AUTH_TIME, text, from);
    else if (!d->in.failed)
        decode_fault(d, FAULT_BAD_VALUE, d->in.base + from);
}

/* The signed data is one DER element: a length that lies would hide what follows. */
static void pkcs7_decode(struct decode *d)
{
    size_t from = d->in.pos;
    struct reader r = reader_at(&d->in, from, reader_left(&d->in));
    struct bytes all = reader_take(&d->in, reader_left(&d->in));
    struct der outer;

    decode_digest(d, KEY_EFI_AUTH_PKCS7, all, reader_span(&d->in, from));
    if (!der_expect(&r, DER_SEQUENCE, &outer))
        decode_fault(d, FAULT_BAD_ENCODING, d->in.base + from);
    else if (reader_more(&r))
        decode_fault(d, FAULT_TRAILING, reader_offset(&r));
}

static void rsa_decode(struct decode *d)
{
    static const struct field hash[] = {
        {KEY_EFI_AUTH_HASH_TYPE, F_GUID, 0, 0}
    };

    static const enum key_id parts[] = {KEY_EFI_AUTH_PUBLIC_KEY, KEY_EFI_AUTH_SIGNATURE};

    decode_fields(d, hash, 1);
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        size_t from = d->in.pos;
        struct bytes b = reader_take(&d->in, RSA_SIZE);

        decode_digest(d, parts[i], b, reader_span(&d->in, from));
    }
    if (reader_more(&d->in))
        decode_fault(d, FAULT_TRAILING, reader_offset(&d->in));
}

static void certificate_decode(struct decode *d)
{
    static const struct field body[] = {
        {KEY_EFI_AUTH_REVISION,  F_U16LE, 0, 0},
        {KEY_EFI_AUTH_CERT_TYPE, F_U16LE, 0, 0},
        {KEY_EFI_AUTH_GUID,      F_GUID,  0, 0},
    };
    static const struct field skip[] = {
        {KEY_NONE, F_SKIP, 4, 0}
    };
    struct reader peek = d->in;
    uint64_t offset = reader_offset(&d->in);
    size_t length = reader_u32le(&peek);

    if (length < HEADER_SIZE || length > reader_left(&d->in)) {
        decode_fault(d, length < HEADER_SIZE ? FAULT_BAD_LENGTH : FAULT_TRUNCATED, offset);
        reader_take(&d->in, 4);
        length = reader_left(&d->in);
    } else {
        decode_fields(d, skip, 1);
        length -= 4;
    }
    decode_enter(d, length);
    uint64_t last = decode_fields(d, body, ARRAY_LEN(body));

    if (decode_value(d, KEY_EFI_AUTH_REVISION) != REVISION && !d->in.failed)
        decode_fault(d, FAULT_BAD_VERSION, offset + 4);
    if (last != TYPE_GUID && !d->in.failed)
        decode_fault(d, FAULT_BAD_VALUE, offset + 6);
    struct bytes kind = decode_value_bytes(d, KEY_EFI_AUTH_GUID);

    if (bytes_equal_text(kind, pkcs7_guid)) {
        pkcs7_decode(d);
    } else if (bytes_equal_text(kind, rsa_guid)) {
        rsa_decode(d);
    } else if (!d->in.failed) {
        decode_fault(d, FAULT_BAD_VALUE, offset + 8);
    }
    decode_leave(d);
}

static void decode(struct decode *d)
{
    static const struct field count[] = {
        {KEY_EFI_AUTH_COUNT, F_U64LE, 0, 0}
    };

    decode_open(d, ITEM_MAP, "authentication");
    if (!header_at(d->in.all, TIME_SIZE) && header_at(d->in.all, COUNT_SIZE))
        decode_fields(d, count, 1);
    else
        time_decode(d);
    certificate_decode(d);
    decode_close(d);
    decode_open(d, ITEM_MAP, "signatures");
    signature_lists_decode(d);
    decode_close(d);
}

const struct decoder decoder_efi_auth = {
    .name = "efi-auth",
    .title = "payload of an authenticated UEFI variable",
    .spec = "uefi-2.10",
    .surface = "efivar",
    .min = AUTH_MIN,
    .max = AUTH_MAX,
    .probe = probe,
    .decode = decode,
};
