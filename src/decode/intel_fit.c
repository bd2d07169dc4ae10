/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intel Firmware Interface Table: 16 bytes an entry, the first of them the header. It tells the
 * processor, before any firmware runs, where microcode, ACMs and Boot Guard manifests lie.
 */
#include "decode/decode.h"
#include "decode/intel.h"

enum {
    ENTRY_SIZE = 16,
    TYPE_AT = 14,
    CHECKSUM_VALID = 0x80,
    UNIT = 16, /* of sizes, where they are not in bytes */
};

enum fit_type {
    FIT_HEADER = 0,
    FIT_MICROCODE = 1,
    FIT_STARTUP_ACM = 2,
    FIT_DIAGNOSTIC_ACM = 3,
    FIT_STARTUP_MODULE = 7,
    FIT_TPM_POLICY = 8,
    FIT_TXT_POLICY = 10,
    FIT_KEY_MANIFEST = 11,
    FIT_BOOT_POLICY = 12,
    FIT_SKIPPED = 127,
};

static const char mark[] = "_FIT_   ";

static const char *const names[] = {
    [1] = "microcode",        [2] = "startup-acm",     [3] = "diagnostic-acm",
    [7] = "startup-module",   [8] = "tpm-policy",      [9] = "bios-policy",
    [10] = "txt-policy",      [11] = "key-manifest",   [12] = "boot-policy",
    [16] = "cse-secure-boot", [45] = "feature-policy", [47] = "debug-policy",
    [127] = "skipped",
};

static const struct field header_start[] = {
    {KEY_FIT_SIGNATURE, F_BYTES, 8, 0},
};

static const struct field address_start[] = {
    {KEY_FIT_ADDRESS, F_U64LE, 0, 0},
};

/* Version 0 of a policy: a bit behind an index and a data port instead of an address. */
static const struct field port_start[] = {
    {KEY_FIT_INDEX_PORT, F_U16LE, 0, 0},
    {KEY_FIT_DATA_PORT,  F_U16LE, 0, 0},
    {KEY_FIT_WIDTH,      F_U8,    0, 0},
    {KEY_FIT_BIT,        F_U8,    0, 0},
    {KEY_FIT_INDEX,      F_U16LE, 0, 0},
};

static const struct field rest[] = {
    {KEY_FIT_SIZE,           F_U24LE,    0, 0},
    {KEY_NONE,               F_RESERVED, 1, 0},
    {KEY_FIT_VERSION,        F_U16LE,    0, 0},
    {KEY_NONE,               F_U8,       0, 0},
    {KEY_FIT_TYPE,           F_BITS,     7, 0},
    {KEY_FIT_CHECKSUM_VALID, F_FLAG,     1, 7},
    {KEY_FIT_CHECKSUM,       F_U8,       0, 0},
};

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    return bytes_starts_with(b, mark) ? 95 : 0;
}

/* How many entries the header states, itself among them. */
static uint64_t stated_count(struct bytes b)
{
    struct reader r = reader_of(b, 0, 0);

    (void)reader_take(&r, 8);
    return reader_uint(&r, 3, false);
}

void intel_fit_refer(struct decode *d)
{
    static const uint64_t pointer = UINT64_C(0xffffffc0);
    struct span at;

    if (!decode_address(d, pointer, 8, &at))
        return;
    struct reader r = reader_of(decode_span_bytes(d, at), 0, 0);
    uint64_t address = reader_u64le(&r);

    if (!decode_address(d, address, ENTRY_SIZE, &at) ||
        !bytes_starts_with(decode_span_bytes(d, at), mark))
        return;
    uint64_t length = stated_count(decode_span_bytes(d, at)) * ENTRY_SIZE;

    /* A count beyond the image is the table's own fault; it is decoded as far as it goes. */
    if (length < ENTRY_SIZE || !decode_address(d, address, length, &at))
        at.length = ENTRY_SIZE;
    decode_refer(d, ITEM_MAP, bytes_of("fit"), at, "intel-fit");
}

/* From an address to the end of the mapped part. */
static struct bytes bytes_at(const struct decode *d, uint64_t address, struct span *ret)
{
    struct span mapped = decode_mapped(d);

    if (!decode_address(d, address, 1, ret))
        return (struct bytes){NULL, 0};
    ret->length = mapped.offset + mapped.length - ret->offset;
    return decode_span_bytes(d, *ret);
}

/* How long what begins at these bytes is, or 0 if it is not what is looked for. */
typedef uint64_t length_of(struct bytes b);

/* Follows an entry whose target states its own length. */
static void refer_sized(struct decode *d, uint64_t address, length_of *length, const char *hint)
{
    struct span s;
    struct bytes b = bytes_at(d, address, &s);
    uint64_t n = length(b);

    if (b.len > 0 && n > 0) {
        s.length = n;
        decode_refer(d, ITEM_MAP, (struct bytes){NULL, 0}, s, hint);
    } else if (b.len >= UNIT && (b.data[0] == 0xff || b.data[0] == 0) &&
               bytes_all(bytes_slice(b, 0, UNIT), b.data[0])) {
        decode_bool(d, KEY_FIT_EMPTY, true, 0);
    } else {
        decode_fault(d, FAULT_BAD_REFERENCE, d->in.base);
    }
}

/* Follows an entry that states the length of its target. */
static void refer_stated(struct decode *d, uint64_t address, uint64_t length, const char *hint)
{
    struct span s;

    if (length == 0 || !decode_address(d, address, length, &s))
        decode_fault(d, FAULT_BAD_REFERENCE, d->in.base);
    else
        decode_refer(d, ITEM_MAP, (struct bytes){NULL, 0}, s, hint);
}

/* Names what an entry points to; policies may point to what is no part of the image. */
static void point_stated(struct decode *d, uint64_t address, uint64_t length, bool must)
{
    struct span s;

    if (length > 0 && decode_address(d, address, length, &s))
        decode_point(d, s);
    else if (must)
        decode_fault(d, FAULT_BAD_REFERENCE, d->in.base);
}

static void entry_follow(struct decode *d, uint64_t type)
{
    uint64_t address = decode_value(d, KEY_FIT_ADDRESS);
    uint64_t size = decode_value(d, KEY_FIT_SIZE);

    switch (type) {
    case FIT_MICROCODE:
        refer_sized(d, address, intel_microcode_length, "intel-microcode");
        return;
    case FIT_STARTUP_ACM:
    case FIT_DIAGNOSTIC_ACM:
        refer_sized(d, address, intel_acm_length, "intel-acm");
        return;
    case FIT_KEY_MANIFEST:
        refer_stated(d, address, size, "intel-key-manifest");
        return;
    case FIT_BOOT_POLICY:
        refer_stated(d, address, size, "intel-boot-policy");
        return;
    case FIT_HEADER:
    case FIT_SKIPPED:
        return;
    default:
        point_stated(d, address, size * UNIT, type == FIT_STARTUP_MODULE);
    }
}

static void entry(struct decode *d)
{
    struct bytes b = bytes_slice(d->in.all, 0, ENTRY_SIZE);
    uint64_t type = b.data[TYPE_AT] & 0x7f;
    uint64_t version = b.data[12] | (uint64_t)b.data[13] << 8;
    bool port = (type == FIT_TPM_POLICY || type == FIT_TXT_POLICY) && version == 0;

    if (type < ARRAY_LEN(names) && names[type] != NULL)
        decode_open(d, ITEM_MAP, "%s", names[type]);
    else
        decode_open(d, ITEM_MAP, "type:%u", (unsigned)type);
    if ((b.data[TYPE_AT] & CHECKSUM_VALID) != 0 && sum8(b) != 0)
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + 15);
    if (type == FIT_HEADER)
        decode_fault(d, FAULT_DUPLICATE, d->in.base);
    if (port)
        (void)decode_fields(d, port_start, ARRAY_LEN(port_start));
    else
        (void)decode_fields(d, address_start, ARRAY_LEN(address_start));
    (void)decode_fields(d, rest, ARRAY_LEN(rest));
    if (!port)
        entry_follow(d, type);
    decode_close(d);
}

/*
 * In which order the table lists what lies where: of each entry, whether it points higher than
 * the one before. Addresses themselves are free.
 */
static void order_claim(struct decode *d)
{
    struct span here = {d->in.blob, d->in.base, 0};
    struct reader r = d->in;
    struct digest_stream order;
    uint64_t before = 0;

    digest_begin(&order);
    while (reader_left(&r) >= ENTRY_SIZE) {
        uint64_t address = reader_u64le(&r);
        uint8_t higher = address > before;

        digest_more(&order, (struct bytes){&higher, 1});
        (void)reader_take(&r, ENTRY_SIZE - 8);
        before = address;
    }
    struct digest done = digest_end(&order);

    decode_value_at(
        d, KEY_FIT_ORDER,
        value_bytes(arena_copy(d->arena, (struct bytes){done.bytes, sizeof(done.bytes)})),
        here);
}

static void decode(struct decode *d)
{
    struct bytes all = d->in.all;
    uint64_t count = stated_count(all);
    uint64_t last = 0;

    if (!bytes_starts_with(all, mark))
        decode_fault(d, FAULT_BAD_SIGNATURE, d->in.base);
    if (count != all.len / ENTRY_SIZE || all.len % ENTRY_SIZE != 0)
        decode_fault(d, FAULT_BAD_COUNT, d->in.base + 8);
    else if ((all.data[TYPE_AT] & CHECKSUM_VALID) != 0 && sum8(all) != 0)
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + 15);
    (void)decode_fields(d, header_start, ARRAY_LEN(header_start));
    (void)decode_fields(d, rest, ARRAY_LEN(rest));
    if (reader_left(&d->in) > ENTRY_SIZE)
        order_claim(d);
    while (reader_left(&d->in) >= ENTRY_SIZE) {
        uint64_t type = all.data[d->in.pos + TYPE_AT] & 0x7f;

        /* The processor stops at the first entry out of order. */
        if (type < last)
            decode_fault(d, FAULT_BAD_ORDER, reader_offset(&d->in) + TYPE_AT);
        last = type;
        decode_enter(d, ENTRY_SIZE);
        entry(d);
        decode_leave(d);
    }
}

const struct decoder decoder_intel_fit = {
    .name = "intel-fit",
    .title = "Intel firmware interface table",
    .spec = "intel-fit",
    .min = ENTRY_SIZE,
    .max = 1 << 20,
    .probe = probe,
    .decode = decode,
};
