/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registers of an SMBus device of unknown kind. They may change by themselves, so only a
 * digest is kept, under the bus and address that the label "i2c-0-2c" states.
 */
#include "decode/decode.h"

enum {
    REGISTERS = 256
};

static void decode(struct decode *d)
{
    struct bytes rest = bytes_slice(d->label, 4, d->label.len);
    struct bytes place = {NULL, 0};
    size_t from = d->in.pos;
    struct bytes all = reader_take(&d->in, reader_left(&d->in));
    struct digest digest = digest_sha256(all);
    struct bytes kept =
        arena_copy(d->arena, (struct bytes){digest.bytes, sizeof(digest.bytes)});

    (void)bytes_word(&rest, ".", &place);
    struct bytes name = bytes_of(
        arena_format(d->arena, "registers:%.*s", (int)place.len, (const char *)place.data));

    if (all.len != REGISTERS)
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base);
    decode_named_at(d, name, KEY_SMBUS_REGISTERS, value_bytes(kept), reader_span(&d->in, from));
}

static unsigned probe(struct bytes b, struct bytes label)
{
    return bytes_starts_with(label, "i2c-") && b.len == REGISTERS ? 10 : 0;
}

const struct decoder decoder_smbus_device = {
    .name = "smbus-device",
    .title = "Registers of an SMBus device",
    .spec = "smbus-3.2",
    .min = 1,
    .max = 65536,
    .probe = probe,
    .decode = decode,
};
