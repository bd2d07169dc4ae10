/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intel microcode updates, one or several in a row, with filling between them (Intel SDM,
 * volume 3, "Microcode Update Facilities"; the fields at offset 36 as Linux names them). The
 * data are encrypted and signed; what a changed byte breaks here is the checksum and the
 * digest.
 */
#include "decode/decode.h"
#include "decode/intel.h"

enum {
    HEADER_SIZE = 48,
    DATA_DEFAULT = 2000,
    TOTAL_DEFAULT = 2048,
    EXTENDED_HEADER = 20,
    EXTENDED_ENTRY = 12,
    TOTAL_MAX = 16 << 20,
};

static const struct field version_field[] = {
    {KEY_MICROCODE_HEADER_VERSION, F_U32LE, 0, 0},
    {KEY_MICROCODE_REVISION,       F_U32LE, 0, 0},
};

static const struct field fields[] = {
    {KEY_MICROCODE_SIGNATURE,     F_U32LE,    0, 0},
    {KEY_MICROCODE_CHECKSUM,      F_U32LE,    0, 0},
    {KEY_MICROCODE_LOADER,        F_U32LE,    0, 0},
    {KEY_MICROCODE_PLATFORMS,     F_U32LE,    0, 0},
    {KEY_MICROCODE_DATA_SIZE,     F_U32LE,    0, 0},
    {KEY_MICROCODE_TOTAL_SIZE,    F_U32LE,    0, 0},
    {KEY_MICROCODE_METADATA_SIZE, F_U32LE,    0, 0},
    {KEY_MICROCODE_MINIMUM,       F_U32LE,    0, 0},
    {KEY_NONE,                    F_RESERVED, 4, 0},
};

static const struct field extended_header[] = {
    {KEY_MICROCODE_EXTENDED_COUNT, F_U32LE,    0,  0},
    {KEY_MICROCODE_CHECKSUM,       F_U32LE,    0,  0},
    {KEY_NONE,                     F_RESERVED, 12, 0},
};

static const struct field extended_entry[] = {
    {KEY_MICROCODE_SIGNATURE, F_U32LE, 0, 0},
    {KEY_MICROCODE_PLATFORMS, F_U32LE, 0, 0},
    {KEY_MICROCODE_CHECKSUM,  F_U32LE, 0, 0},
};

/* What a header says that is needed before it is decoded. */
struct head {
    uint32_t version;
    uint32_t date;
    uint32_t signature;
    uint32_t checksum;
    uint32_t loader;
    uint32_t platforms;
    uint64_t data;
    uint64_t total;
    bool whole; /* there are 48 bytes */
};

static struct head head_read(struct bytes b)
{
    struct reader r = reader_of(b, 0, 0);
    uint32_t word[9];

    for (unsigned i = 0; i < ARRAY_LEN(word); i++)
        word[i] = reader_u32le(&r);
    struct head h = {word[0], word[2], word[3],
                     word[4], word[5], word[6],
                     word[7], word[8], b.len >= HEADER_SIZE};

    if (h.data == 0) {
        h.data = DATA_DEFAULT;
        h.total = TOTAL_DEFAULT;
    }
    return h;
}

/* Sizes that the specification allows; how many bytes are there is another matter. */
static bool sizes_good(const struct head *h)
{
    return h->data % 4 == 0 && h->total % 4 == 0 && h->total >= HEADER_SIZE + h->data &&
           h->total <= TOTAL_MAX;
}

/* mmddyyyy, a decimal digit in each half byte. */
static bool date_good(uint32_t date)
{
    for (unsigned i = 0; i < 32; i += 4) {
        if ((date >> i & 15) > 9)
            return false;
    }
    return date >> 24 >= 1 && date >> 24 <= 0x12 && (date >> 16 & 0xff) >= 1 &&
           (date >> 16 & 0xff) <= 0x31 && (date & 0xffff) >= 0x1990;
}

static bool head_plausible(const struct head *h)
{
    return h->whole && h->version == 1 && h->loader == 1 && h->platforms <= 0xff &&
           date_good(h->date) && sizes_good(h);
}

static uint32_t sum32(struct bytes b)
{
    struct reader r = reader_of(b, 0, 0);
    uint32_t sum = 0;

    while (reader_left(&r) >= 4)
        sum += reader_u32le(&r);
    return sum;
}

uint64_t intel_microcode_length(struct bytes b)
{
    struct head h = head_read(b);

    return head_plausible(&h) && h.total <= b.len ? h.total : 0;
}

static unsigned probe(struct bytes b, struct bytes label)
{
    struct head h = head_read(b);

    (void)label;
    if (!head_plausible(&h))
        return 0;
    return h.total <= b.len && sum32(bytes_slice(b, 0, (size_t)h.total)) == 0 ? 95 : 60;
}

static void date_claim(struct decode *d)
{
    size_t from = d->in.pos;
    uint32_t date = reader_u32le(&d->in);

    if (!date_good(date))
        decode_fault(d, FAULT_BAD_VALUE, d->in.base + from);
    decode_bytes(d, KEY_MICROCODE_DATE,
                 bytes_of(arena_format(d->arena, "%04x-%02x-%02x", date & 0xffff, date >> 24,
                                       date >> 16 & 0xff)),
                 from);
}

/* One more processor that the update is for. Exchanged for the first one, the sum must hold. */
static void extended_one(struct decode *d, const struct head *h)
{
    struct reader peek = d->in;
    uint32_t signature = reader_u32le(&peek);
    uint32_t platforms = reader_u32le(&peek);
    uint32_t checksum = reader_u32le(&peek);

    decode_enter(d, EXTENDED_ENTRY);
    decode_open(d, ITEM_MAP, "also:%x-%02x", signature, platforms);
    if (signature + platforms + checksum != h->signature + h->platforms + h->checksum)
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + 8);
    (void)decode_fields(d, extended_entry, ARRAY_LEN(extended_entry));
    decode_close(d);
    decode_leave(d);
}

static void extended(struct decode *d, const struct head *h)
{
    size_t length = reader_left(&d->in);
    struct reader peek = d->in;
    uint64_t count = reader_u32le(&peek);
    uint64_t stated = EXTENDED_HEADER + count * EXTENDED_ENTRY;

    if (length == 0)
        return;
    decode_enter(d, stated <= length ? (size_t)stated : length);
    decode_open(d, ITEM_MAP, "extended");
    if (stated > length)
        decode_fault(d, FAULT_BAD_COUNT, d->in.base);
    else if (sum32(d->in.all) != 0)
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + 4);
    (void)decode_fields(d, extended_header, ARRAY_LEN(extended_header));
    while (reader_left(&d->in) >= EXTENDED_ENTRY)
        extended_one(d, h);
    decode_close(d);
    decode_leave(d);
}

/* One update in a reader of exactly its bytes, or of what is there of them. */
static void update(struct decode *d, const struct head *h)
{
    struct span all = {d->in.blob, d->in.base, d->in.all.len};

    decode_open(d, ITEM_MAP, "update:%x-%02x", h->signature, h->platforms);
    decode_digest(d, KEY_MICROCODE_DIGEST, d->in.all, all);
    decode_claimed_region(d, all, CLASS_UNKNOWN);
    if (h->version != 1)
        decode_fault(d, FAULT_BAD_VERSION, d->in.base);
    if (!sizes_good(h))
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + 28);
    else if (h->total > d->in.all.len)
        decode_fault(d, FAULT_TRUNCATED, d->in.base + d->in.all.len);
    else if (sum32(d->in.all) != 0)
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + 16);
    (void)decode_fields(d, version_field, ARRAY_LEN(version_field));
    date_claim(d);
    (void)decode_fields(d, fields, ARRAY_LEN(fields));
    size_t from = d->in.pos;
    size_t left = reader_left(&d->in);
    struct bytes data = reader_take(&d->in, h->data < left ? (size_t)h->data : left);

    decode_digest(d, KEY_MICROCODE_DATA, data, reader_span(&d->in, from));
    decode_claimed_region(d, reader_span(&d->in, from), CLASS_ENCRYPTED);
    extended(d, h);
    decode_close(d);
}

/* Filling up to the next update or the end. An update's first byte is 1. */
static void filling(struct decode *d)
{
    struct span here = {d->in.blob, reader_offset(&d->in), 0};
    struct bytes all = d->in.all;
    size_t from = d->in.pos;
    size_t at = from;
    uint8_t fill = from < all.len ? all.data[from] : 1;

    if (fill != 0xff && fill != 0)
        return;
    while (at < all.len && all.data[at] == fill)
        at++;
    reader_seek(&d->in, at);
    decode_open(d, ITEM_MAP, "%s", fill == 0xff ? "erased" : "padding");
    decode_value_at(d, KEY_FLASH_FILL_LENGTH, value_uint(at - from), here);
    decode_value_at(d, KEY_FLASH_FILL_VALUE, value_uint(fill), here);
    decode_claimed_region(d, reader_span(&d->in, from), CLASS_PADDING);
    decode_close(d);
}

/* Where one update stands among the others: over their headers, which have their checksums. */
static void order_claim(struct decode *d, struct digest_stream *headers)
{
    struct digest order = digest_end(headers);

    decode_value_at(
        d, KEY_MICROCODE_ORDER,
        value_bytes(arena_copy(d->arena, (struct bytes){order.bytes, sizeof(order.bytes)})),
        (struct span){d->in.blob, d->in.base, 0});
}

static void decode(struct decode *d)
{
    struct digest_stream headers;
    unsigned count = 0;

    digest_begin(&headers);
    for (; reader_more(&d->in); count++) {
        struct bytes rest = bytes_slice(d->in.all, d->in.pos, SIZE_MAX);
        struct head h = head_read(rest);

        if (count > 0 && !head_plausible(&h)) {
            decode_fault(d, FAULT_TRAILING, reader_offset(&d->in));
            break;
        }
        digest_more(&headers, bytes_slice(rest, 0, HEADER_SIZE));
        decode_enter(d, sizes_good(&h) && h.total <= rest.len ? (size_t)h.total : rest.len);
        update(d, &h);
        decode_leave(d);
        filling(d);
    }
    if (count > 1)
        order_claim(d, &headers);
}

const struct decoder decoder_intel_microcode = {
    .name = "intel-microcode",
    .title = "Microcode updates of Intel processors",
    .spec = "intel-sdm",
    .surface = "microcode",
    .min = HEADER_SIZE,
    .max = 256 << 20,
    .probe = probe,
    .decode = decode,
};
