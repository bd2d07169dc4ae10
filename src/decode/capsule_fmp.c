/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Firmware management capsules: UEFI 2.10, section 23.3 (headers), 23.2 (authentication,
 * dependencies); the header of a payload as EDK II has it (FmpDevicePkg,
 * FmpPayloadHeaderV1.h).
 */
#include "decode/capsule.h"
#include "decode/engine_private.h"
#include "decode/pkcs7.h"
#include "decode/uefi.h"

enum {
    VERSION = 1,
    ITEM_VERSION_MAX = 3,
    ITEMS_MAX = 256,
    OFFSET_SIZE = 8,
    COUNT_SIZE = 8,
    CERTIFICATE_HEADER = 24,
    CERTIFICATE_REVISION = 0x0200,
    CERTIFICATE_TYPE = 0x0ef1,
    CERTIFICATE_ALIGNMENT = 8,
    PAYLOAD_HEADER = 16,
    SUPPORT_DEPENDENCIES = 2
};

enum opcode {
    OPCODE_PUSH_GUID = 0x00,
    OPCODE_PUSH_VERSION = 0x01,
    OPCODE_NAME = 0x02,
    OPCODE_END = 0x0d,
    OPCODE_LENGTH = 0x0e,
};

static const uint8_t pkcs7_guid[GUID_SIZE] =
    GUID_BYTES(0x4aafd29du, 0x68df, 0x49ee, 0x8a, 0xa9, 0x34, 0x7d, 0x37, 0x56, 0x65, 0xa7);

/* Whether a count and a certificate of the kind that the specification demands stand here. */
static bool authentication_here(struct bytes b)
{
    struct reader r = reader_of(b, 0, 0);

    (void)reader_take(&r, COUNT_SIZE + 4);
    uint16_t revision = reader_u16le(&r);
    uint16_t type = reader_u16le(&r);

    return !r.failed && revision == CERTIFICATE_REVISION && type == CERTIFICATE_TYPE;
}

/* What is signed: the rest of the image, then the count. Empty where the budget is short. */
static struct bytes signed_bytes(struct decode *d, struct bytes image, struct bytes count)
{
    struct bytes none = {NULL, 0};

    if (!engine_output_spend(d, image.len + count.len)) {
        decode_fault(d, FAULT_LIMIT, d->in.base);
        return none;
    }
    struct text t;

    text_init(&t, d->arena, image.len + count.len);
    text_add(&t, image);
    text_add(&t, count);
    return text_bytes(&t);
}

/* The rest of `in`: a certificate and up to seven zeros that align it. */
static void certificate(struct decode *d, struct bytes guid, struct bytes content)
{
    if (guid_is(guid, pkcs7_guid) && content.len > 0)
        pkcs7_decode_detached(d, content);
    size_t from = d->in.pos;
    struct bytes rest = reader_take(&d->in, reader_left(&d->in));
    struct span s = reader_span(&d->in, from);

    if (rest.len == 0)
        return;
    if (rest.len < CERTIFICATE_ALIGNMENT && bytes_all(rest, 0)) {
        decode_claimed_region(d, s, CLASS_PADDING);
        return;
    }
    if (guid_is(guid, pkcs7_guid))
        decode_fault(d, FAULT_TRAILING, s.offset);
    decode_digest(d, KEY_CAPSULE_AUTH_DIGEST, rest, s);
    decode_claimed_region(d, s, CLASS_STRUCTURE);
}

/* EFI_FIRMWARE_IMAGE_AUTHENTICATION at the start of an image that fills `in`. */
static void authentication(struct decode *d)
{
    static const struct field count[] = {
        {KEY_CAPSULE_AUTH_COUNT, F_U64LE, 0, 0}
    };
    static const struct field head[] = {
        {KEY_CAPSULE_AUTH_LENGTH,   F_U32LE, 0, 0},
        {KEY_CAPSULE_AUTH_REVISION, F_U16LE, 0, 0},
        {KEY_CAPSULE_AUTH_TYPE,     F_U16LE, 0, 0},
        {KEY_CAPSULE_AUTH_GUID,     F_GUID,  0, 0},
    };
    struct bytes all = bytes_slice(d->in.all, d->in.pos, SIZE_MAX);
    size_t length = bytes_u32le(all, COUNT_SIZE);
    size_t most = all.len - COUNT_SIZE;

    decode_open(d, ITEM_MAP, "authentication");
    (void)decode_fields(d, count, 1);
    if (length < CERTIFICATE_HEADER || length > most) {
        decode_fault(d, length > most ? FAULT_TRUNCATED : FAULT_BAD_LENGTH,
                     reader_offset(&d->in));
        length = most;
    }
    struct bytes image = bytes_slice(all, COUNT_SIZE + length, SIZE_MAX);
    struct bytes guid = bytes_slice(all, COUNT_SIZE + 8, GUID_SIZE);

    decode_enter(d, length);
    (void)decode_fields(d, head, ARRAY_LEN(head));
    if (!d->in.failed)
        certificate(d, guid, signed_bytes(d, image, bytes_slice(all, 0, COUNT_SIZE)));
    decode_leave(d);
    decode_close(d);
}

/* The end of an expression of dependencies with its end mark; 0 where it has none. */
static size_t dependencies_end(struct bytes b)
{
    struct reader r = reader_of(b, 0, 0);

    while (reader_more(&r)) {
        switch (reader_u8(&r)) {
        case OPCODE_PUSH_GUID:
            (void)reader_take(&r, GUID_SIZE);
            break;
        case OPCODE_PUSH_VERSION:
        case OPCODE_LENGTH:
            (void)reader_take(&r, 4);
            break;
        case OPCODE_NAME:
            while (reader_more(&r) && reader_u8(&r) != 0)
                continue;
            break;
        case OPCODE_END:
            return r.failed ? 0 : r.pos;
        default:
            break;
        }
    }
    return 0;
}

static void dependencies(struct decode *d)
{
    size_t from = d->in.pos;
    size_t end = dependencies_end(bytes_slice(d->in.all, from, SIZE_MAX));

    if (end == 0) {
        decode_fault(d, FAULT_UNTERMINATED, d->in.base + from);
        return;
    }
    decode_bytes(d, KEY_CAPSULE_DEPENDENCIES, reader_take(&d->in, end), from);
}

/* The header that states a payload's version, where one stands here. */
static void payload_header(struct decode *d)
{
    static const struct field head[] = {
        {KEY_NONE,                        F_SKIP,  4, 0},
        {KEY_CAPSULE_PAYLOAD_HEADER_SIZE, F_U32LE, 0, 0},
        {KEY_CAPSULE_PAYLOAD_VERSION,     F_U32LE, 0, 0},
        {KEY_CAPSULE_PAYLOAD_LOWEST,      F_U32LE, 0, 0},
    };
    struct bytes here = bytes_slice(d->in.all, d->in.pos, PAYLOAD_HEADER);

    if (here.len < PAYLOAD_HEADER || !bytes_starts_with(here, "MSS1"))
        return;
    size_t from = d->in.pos;

    (void)decode_fields(d, head, ARRAY_LEN(head));
    uint64_t size = decode_value(d, KEY_CAPSULE_PAYLOAD_HEADER_SIZE);

    if (size < PAYLOAD_HEADER || size - PAYLOAD_HEADER > reader_left(&d->in)) {
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + from + 4);
        return;
    }
    size_t more = d->in.pos;
    struct bytes rest = reader_take(&d->in, (size_t)size - PAYLOAD_HEADER);

    if (rest.len > 0)
        decode_digest(d, KEY_CAPSULE_EXTENSION, rest, reader_span(&d->in, more));
}

/* A firmware image: all of `in`. */
static void image(struct decode *d, uint64_t support)
{
    if (authentication_here(d->in.all))
        authentication(d);
    if ((support & SUPPORT_DEPENDENCIES) != 0)
        dependencies(d);
    payload_header(d);
    capsule_image(d, "image");
}

/* The next `size` bytes of what an item holds, or all there is. */
static void part_enter(struct decode *d, uint64_t size)
{
    size_t left = reader_left(&d->in);

    if (size > left)
        decode_fault(d, FAULT_TRUNCATED, d->in.base + d->in.all.len);
    decode_enter(d, size < left ? (size_t)size : left);
}

/* Where an item begins in the firmware management capsule, and where that is stated. */
struct item_place {
    uint64_t offset;
    struct span stated;
};

/* EFI_FIRMWARE_MANAGEMENT_CAPSULE_IMAGE_HEADER, versions 1 to 3, and what it describes. */
static void payload(struct decode *d, const struct item_place *at)
{
    static const struct field rows[] = {
        {KEY_CAPSULE_ITEM_VERSION,     F_U32LE,    0, 0},
        {KEY_CAPSULE_ITEM_TYPE,        F_GUID,     0, 0},
        {KEY_CAPSULE_ITEM_INDEX,       F_U8,       0, 0},
        {KEY_NONE,                     F_RESERVED, 3, 0},
        {KEY_CAPSULE_ITEM_SIZE,        F_U32LE,    0, 0},
        {KEY_CAPSULE_ITEM_VENDOR_SIZE, F_U32LE,    0, 0},
        {KEY_CAPSULE_ITEM_INSTANCE,    F_U64LE,    0, 0},
        {KEY_CAPSULE_ITEM_SUPPORT,     F_U64LE,    0, 0},
    };
    uint32_t version = bytes_u32le(d->in.all, 0);
    size_t known = version < ITEM_VERSION_MAX ? version : ITEM_VERSION_MAX;
    struct bytes name = guid_text(d->arena, bytes_slice(d->in.all, 4, GUID_SIZE));

    decode_open(d, ITEM_MAP, "payload:%.*s", (int)name.len, (const char *)name.data);
    decode_value_at(d, KEY_CAPSULE_ITEM_OFFSET, value_uint(at->offset), at->stated);
    if (version == 0 || version > ITEM_VERSION_MAX) {
        decode_fault(d, FAULT_BAD_VERSION, d->in.base);
        known = ITEM_VERSION_MAX;
    }
    (void)decode_fields(d, rows, ARRAY_LEN(rows) - ITEM_VERSION_MAX + known);
    uint64_t size = decode_value(d, KEY_CAPSULE_ITEM_SIZE);
    uint64_t vendor = decode_value(d, KEY_CAPSULE_ITEM_VENDOR_SIZE);

    part_enter(d, size);
    image(d, version >= ITEM_VERSION_MAX ? decode_value(d, KEY_CAPSULE_ITEM_SUPPORT) : 0);
    decode_leave(d);
    part_enter(d, vendor);
    capsule_image(d, "vendor-code");
    decode_leave(d);
    if (reader_more(&d->in))
        uefi_loose(d, reader_left(&d->in), "between", CLASS_UNKNOWN, 0xff);
    decode_close(d);
}

static void driver(struct decode *d, const struct item_place *at)
{
    static const char pe[] = "pe-image";
    struct bytes none = {NULL, 0};
    struct span s = {d->in.blob, d->in.base, d->in.all.len};

    decode_open(d, ITEM_MAP, "driver");
    decode_value_at(d, KEY_CAPSULE_ITEM_OFFSET, value_uint(at->offset), at->stated);
    if (bytes_starts_with(d->in.all, "MZ"))
        decode_child(d, ITEM_MAP, none, s, pe);
    else
        capsule_image(d, "image");
    decode_close(d);
}

/* Items begin where their offsets say and end where the next one begins. */
struct items {
    uint64_t offsets[ITEMS_MAX];
    size_t count;
};

static uint64_t item_end(const struct items *items, size_t i, size_t all)
{
    uint64_t end = all;

    for (size_t k = 0; k < items->count; k++) {
        if (items->offsets[k] > items->offsets[i] && items->offsets[k] < end)
            end = items->offsets[k];
    }
    return end;
}

/* Whether an earlier item begins at the same byte. */
static bool item_repeated(const struct items *items, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (items->offsets[k] == items->offsets[i])
            return true;
    }
    return false;
}

static void items(struct decode *d, const struct items *items, size_t table, size_t drivers)
{
    size_t all = d->in.all.len;

    for (size_t i = 0; i < items->count && !d->in.failed; i++) {
        struct span stated = {d->in.blob, d->in.base + table + i * OFFSET_SIZE, OFFSET_SIZE};
        struct item_place at = {items->offsets[i], stated};

        if (at.offset < table + items->count * OFFSET_SIZE || at.offset >= all) {
            decode_fault(d, FAULT_BAD_REFERENCE, stated.offset);
            decode_value_at(d, KEY_CAPSULE_ITEM_OFFSET, value_uint(at.offset), stated);
            continue;
        }
        if (item_repeated(items, i)) {
            decode_fault(d, FAULT_OVERLAP, stated.offset);
            continue;
        }
        reader_seek(&d->in, (size_t)at.offset);
        decode_enter(d, (size_t)(item_end(items, i, all) - at.offset));
        if (i < drivers)
            driver(d, &at);
        else
            payload(d, &at);
        decode_leave(d);
    }
}

void capsule_fmp(struct decode *d)
{
    static const struct field head[] = {
        {KEY_CAPSULE_FMP_VERSION,  F_U32LE, 0, 0},
        {KEY_CAPSULE_FMP_DRIVERS,  F_U16LE, 0, 0},
        {KEY_CAPSULE_FMP_PAYLOADS, F_U16LE, 0, 0},
    };
    struct items list = {.count = 0};
    size_t from = d->in.pos;
    size_t payloads = (size_t)decode_fields(d, head, ARRAY_LEN(head));
    size_t drivers = (size_t)decode_value(d, KEY_CAPSULE_FMP_DRIVERS);
    size_t table = d->in.pos;

    if (!d->in.failed && decode_value(d, KEY_CAPSULE_FMP_VERSION) != VERSION)
        decode_fault(d, FAULT_BAD_VERSION, d->in.base + from);
    if (drivers + payloads > ITEMS_MAX) {
        decode_fault(d, FAULT_LIMIT, d->in.base + table);
        return;
    }
    while (list.count < drivers + payloads && !d->in.failed)
        list.offsets[list.count++] = reader_u64le(&d->in);
    items(d, &list, table, drivers);
}
