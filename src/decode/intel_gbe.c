/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The region of the built-in network controller: two banks of settings, of which one counts.
 * The first 64 words of a bank sum to 0xbaba; the first six bytes are the controller's address.
 */
#include "decode/decode.h"
#include "decode/intel_key.h"

enum {
    BANK_MIN = 0x80,
    SETTINGS_SIZE = 0x80,
    ADDRESS_SIZE = 6,
    VERSION_AT = 10,
    VALID_AT = 0x26,
    CHECKSUM_AT = 0x7e,
    SUM = 0xbaba,
};

static const struct field version_row[] = {
    {KEY_GBE_VERSION, F_U16LE, 0, 0},
};

static const struct field checksum_row[] = {
    {KEY_GBE_CHECKSUM, F_U16LE, 0, 0},
};

static bool bank_good(struct bytes b)
{
    return b.len >= SETTINGS_SIZE && sum16(bytes_slice(b, 0, SETTINGS_SIZE)) == SUM;
}

/* Two bits of a word say that a bank counts. */
static bool bank_marked(struct bytes b)
{
    return b.len > VALID_AT && (b.data[VALID_AT + 1] & 0xc0) == 0x80;
}

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    return b.len == 0x2000 && bank_good(b) && bank_marked(b) ? 70 : 0;
}

static void address(struct decode *d)
{
    size_t from = d->in.pos;
    struct bytes b = reader_take(&d->in, ADDRESS_SIZE);

    if (b.len == ADDRESS_SIZE)
        decode_bytes(
            d, KEY_GBE_ADDRESS,
            bytes_of(arena_format(d->arena, "%02x:%02x:%02x:%02x:%02x:%02x", b.data[0],
                                  b.data[1], b.data[2], b.data[3], b.data[4], b.data[5])),
            from);
}

static void bank(struct decode *d, unsigned number)
{
    struct bytes all = d->in.all;
    bool marked = bank_marked(all);

    decode_open(d, ITEM_MAP, "bank-%u", number);
    if (bytes_all(all, 0xff)) {
        decode_region(d, (struct span){d->in.blob, d->in.base, all.len}, CLASS_FREE_ERASED);
        decode_close(d);
        return;
    }
    decode_value_at(d, KEY_GBE_VALID, value_bool(marked),
                    (struct span){d->in.blob, d->in.base + VALID_AT, 2});
    if (marked && !bank_good(all))
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + CHECKSUM_AT);
    address(d);
    decode_digest(
        d, KEY_GBE_SETTINGS, bytes_slice(all, ADDRESS_SIZE, CHECKSUM_AT - ADDRESS_SIZE),
        (struct span){d->in.blob, d->in.base + ADDRESS_SIZE, CHECKSUM_AT - ADDRESS_SIZE});
    reader_seek(&d->in, VERSION_AT);
    (void)decode_fields(d, version_row, ARRAY_LEN(version_row));
    reader_seek(&d->in, CHECKSUM_AT);
    (void)decode_fields(d, checksum_row, ARRAY_LEN(checksum_row));
    size_t from = d->in.pos;
    struct bytes rest = reader_take(&d->in, reader_left(&d->in));

    if (bytes_all(rest, 0xff))
        decode_region(d, reader_span(&d->in, from), CLASS_PADDING);
    else
        decode_digest(d, KEY_GBE_REST, rest, reader_span(&d->in, from));
    decode_close(d);
}

static void decode(struct decode *d)
{
    size_t half = d->in.all.len / 2;

    if (d->in.all.len % 0x1000 != 0)
        decode_fault(d, FAULT_TRUNCATED, d->in.base + d->in.all.len);
    if (!bank_marked(bytes_slice(d->in.all, 0, half)) &&
        !bank_marked(bytes_slice(d->in.all, half, half)))
        decode_fault(d, FAULT_MISSING, d->in.base);
    for (unsigned i = 0; i < 2; i++) {
        decode_enter(d, half);
        bank(d, i);
        decode_leave(d);
    }
    intel_filling(d);
}

const struct decoder decoder_intel_gbe = {
    .name = "intel-gbe",
    .title = "Settings of a built-in Intel network controller",
    .spec = "intel-gbe",
    .min = (size_t)2 * BANK_MIN,
    .max = 1 << 20,
    .probe = probe,
    .decode = decode,
};
