/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HPM.1 upgrade images: a header, the actions to take, the firmware that is uploaded, and an
 * MD5 over all of it (PICMG HPM.1 R1.0, section 4).
 */
#include "decode/bmc_part.h"
#include "decode/image_part.h"

enum {
    HEADER_MIN = 35, /* with the checksum, without the maker's data */
    ACTION = 3,
    ACTION_UPLOAD = 2,
    ACTION_COMPARE = 3,
    DESCRIPTION = 21,
    ACTIONS_MAX = 4096,
    IMAGE_MAX = 512 << 20
};

static const char mark[] = "PICMGFWU";

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    return bytes_starts_with(b, mark) ? 95 : 0;
}

static void checksum(struct decode *d, size_t from)
{
    static const struct field rows[] = {
        {KEY_HPM_CHECKSUM, F_U8, 0, 0}
    };

    (void)decode_fields(d, rows, 1);
    if (!d->in.failed && sum8(bytes_slice(d->in.all, from, d->in.pos - from)) != 0)
        decode_fault(d, FAULT_BAD_CHECKSUM, reader_offset(&d->in) - 1);
}

static void header(struct decode *d)
{
    static const struct field rows[] = {
        {KEY_HPM_SIGNATURE,    F_BYTES, 8, 0},
        {KEY_HPM_FORMAT,       F_U8,    0, 0},
        {KEY_HPM_DEVICE,       F_U8,    0, 0},
        {KEY_HPM_MANUFACTURER, F_U24LE, 0, 0},
        {KEY_HPM_PRODUCT,      F_U16LE, 0, 0},
        {KEY_HPM_TIME,         F_U32LE, 0, 0},
        {KEY_HPM_CAPABILITIES, F_U8,    0, 0},
        {KEY_HPM_COMPONENTS,   F_U8,    0, 0},
        {KEY_HPM_SELF_TEST,    F_U8,    0, 0},
        {KEY_HPM_ROLLBACK,     F_U8,    0, 0},
        {KEY_HPM_INACCESSIBLE, F_U8,    0, 0},
        {KEY_HPM_EARLIEST,     F_BYTES, 2, 0},
        {KEY_HPM_REVISION,     F_BYTES, 6, 0},
        {KEY_HPM_OEM_LENGTH,   F_U16LE, 0, 0},
    };

    if (!bytes_starts_with(d->in.all, mark))
        decode_fault(d, FAULT_BAD_SIGNATURE, d->in.base);
    size_t length = (size_t)decode_fields(d, rows, ARRAY_LEN(rows));
    size_t from = d->in.pos;

    if (decode_value(d, KEY_HPM_FORMAT) != 0 && !d->in.failed)
        decode_fault(d, FAULT_BAD_VERSION, d->in.base + 8);
    if (length > 0)
        decode_bytes(d, KEY_HPM_OEM, reader_take(&d->in, length), from);
    checksum(d, 0);
}

/* The firmware that an action uploads: version, description, length, and the bytes. */
static void upload(struct decode *d)
{
    static const struct field version[] = {
        {KEY_HPM_REVISION, F_BYTES, 6, 0}
    };
    static const struct field length[] = {
        {KEY_HPM_LENGTH, F_U32LE, 0, 0}
    };

    (void)decode_fields(d, version, 1);
    image_text(d, KEY_HPM_DESCRIPTION, DESCRIPTION);
    size_t size = (size_t)decode_fields(d, length, 1);
    size_t from = d->in.pos;

    (void)reader_take(&d->in, size);
    if (!d->in.failed)
        bmc_part(d, bytes_of("firmware"), reader_span(&d->in, from), CLASS_CODE);
}

static void action(struct decode *d)
{
    static const struct field rows[] = {
        {KEY_HPM_ACTION,            F_U8, 0, 0},
        {KEY_HPM_ACTION_COMPONENTS, F_U8, 0, 0},
    };
    size_t from = d->in.pos;

    decode_open(d, ITEM_MAP, "action");
    (void)decode_fields(d, rows, ARRAY_LEN(rows));
    uint64_t type = decode_value(d, KEY_HPM_ACTION);

    if (type > ACTION_COMPARE && !d->in.failed)
        decode_fault(d, FAULT_BAD_VALUE, d->in.base + from);
    checksum(d, from);
    if (type == ACTION_UPLOAD || type == ACTION_COMPARE)
        upload(d);
    decode_close(d);
}

static void digest(struct decode *d, struct bytes before)
{
    uint8_t md5[MD5_SIZE];
    size_t from = d->in.pos;
    struct bytes stated = reader_take(&d->in, MD5_SIZE);

    digest_md5(&before, 1, md5);
    decode_bytes(d, KEY_HPM_MD5, stated, from);
    if (!d->in.failed && !bytes_equal(stated, (struct bytes){md5, MD5_SIZE}))
        decode_fault(d, FAULT_DIGEST_MISMATCH, d->in.base + from);
}

static void decode(struct decode *d)
{
    struct bytes all = d->in.all;
    size_t end = all.len >= MD5_SIZE ? all.len - MD5_SIZE : 0;
    unsigned count = 0;

    decode_open(d, ITEM_MAP, "hpm");
    header(d);
    decode_open(d, ITEM_LIST, "actions");
    while (d->in.pos < end && !d->in.failed && count++ < ACTIONS_MAX)
        action(d);
    decode_close(d);
    if (count > ACTIONS_MAX) {
        decode_fault(d, FAULT_LIMIT, reader_offset(&d->in));
        reader_seek(&d->in, end);
    }
    if (d->in.pos > end && !d->in.failed)
        decode_fault(d, FAULT_OVERLAP, d->in.base + end);
    digest(d, bytes_slice(all, 0, d->in.pos));
    decode_close(d);
}

const struct decoder decoder_hpm_image = {
    .name = "hpm-image",
    .title = "HPM.1 upgrade image",
    .spec = "picmg-hpm.1",
    .surface = "bmc-flash",
    .min = HEADER_MIN,
    .max = IMAGE_MAX,
    .probe = probe,
    .decode = decode,
};
