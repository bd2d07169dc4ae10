/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AMI's container of BIOS Guard updates, as published by the authors of extractors: a header
 * with a list of files in lines of text, then the blocks of each file. A block is a header of
 * Intel's BIOS Guard, a script that writes it, its data, and a signature where the header says
 * so. What the blocks of a file write is put together and handed on.
 */
#include "decode/capsule.h"
#include "decode/engine_private.h"
#include "decode/uefi.h"

enum {
    HEADER = 17,
    TAG_AT = 8,
    BLOCK_HEADER = 48,
    ATTRIBUTE_SIGNED = 1,
    KIND_2048 = 1,
    MODULUS_2048 = 256,
    MODULUS_3072 = 384,
    SIGNATURE_HEADER = 8,
    BLOCKS_MAX = 65536,
    IMAGE_MAX = 256 << 20
};

static const char tag[] = "_AMIPFAT";

/* What is known of the container while its blocks are read. */
struct file {
    struct bytes name;
    uint64_t blocks;
    struct text data;
};

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    return bytes_starts_with(bytes_slice(b, TAG_AT, SIZE_MAX), tag) ? 95 : 0;
}

/* A line of the list: flags, option and number of blocks, then a semicolon and the name. */
static bool line_read(struct bytes line, struct bytes words[3], struct file *ret)
{
    struct bytes rest = line;
    struct bytes head;

    if (!bytes_cut(&rest, ';', &head))
        return false;
    ret->name = bytes_trim(rest);
    for (size_t i = 0; i < 3; i++) {
        if (!bytes_word(&head, " \t", &words[i]))
            return false;
    }
    return bytes_number(words[2], 10, &ret->blocks) && ret->name.len > 0;
}

static void signature(struct decode *d)
{
    static const struct field head[] = {
        {KEY_PFAT_SIGNATURE_KIND,   F_U32LE, 0, 0},
        {KEY_PFAT_SIGNATURE_SECOND, F_U32LE, 0, 0},
    };
    static const struct field exponent[] = {
        {KEY_PFAT_EXPONENT, F_U32LE, 0, 0}
    };
    uint32_t kind = bytes_u32le(d->in.all, d->in.pos);
    size_t size = kind == KIND_2048 ? MODULUS_2048 : MODULUS_3072;

    decode_open(d, ITEM_MAP, "signature");
    if (kind < KIND_2048 || kind > 3)
        decode_fault(d, FAULT_BAD_VALUE, reader_offset(&d->in));
    (void)decode_fields(d, head, ARRAY_LEN(head));
    size_t from = d->in.pos;
    struct bytes modulus = reader_take(&d->in, size);

    decode_digest(d, KEY_PFAT_MODULUS, modulus, reader_span(&d->in, from));
    (void)decode_fields(d, exponent, 1);
    from = d->in.pos;
    struct bytes value = reader_take(&d->in, size);

    decode_digest(d, KEY_PFAT_SIGNATURE, value, reader_span(&d->in, from));
    decode_close(d);
}

static void block(struct decode *d, struct file *f)
{
    static const struct field head[] = {
        {KEY_PFAT_BLOCK_MAJOR,      F_U16LE, 0,  0},
        {KEY_PFAT_BLOCK_MINOR,      F_U16LE, 0,  0},
        {KEY_PFAT_BLOCK_PLATFORM,   F_BYTES, 16, 0},
        {KEY_PFAT_BLOCK_ATTRIBUTES, F_U32LE, 0,  0},
        {KEY_PFAT_SCRIPT_MAJOR,     F_U16LE, 0,  0},
        {KEY_PFAT_SCRIPT_MINOR,     F_U16LE, 0,  0},
        {KEY_PFAT_SCRIPT_SIZE,      F_U32LE, 0,  0},
        {KEY_PFAT_DATA_SIZE,        F_U32LE, 0,  0},
        {KEY_PFAT_BIOS_SVN,         F_U32LE, 0,  0},
        {KEY_PFAT_EC_SVN,           F_U32LE, 0,  0},
        {KEY_PFAT_VENDOR,           F_U32LE, 0,  0},
    };

    decode_open(d, ITEM_MAP, "block");
    (void)decode_fields(d, head, ARRAY_LEN(head));
    size_t from = d->in.pos;
    struct bytes script = reader_take(&d->in, (size_t)decode_value(d, KEY_PFAT_SCRIPT_SIZE));

    decode_digest(d, KEY_PFAT_SCRIPT, script, reader_span(&d->in, from));
    if (!d->in.failed)
        decode_claimed_region(d, reader_span(&d->in, from), CLASS_CODE);
    from = d->in.pos;
    struct bytes data = reader_take(&d->in, (size_t)decode_value(d, KEY_PFAT_DATA_SIZE));

    if (!d->in.failed) {
        text_add(&f->data, data);
        decode_claimed_region(d, reader_span(&d->in, from), CLASS_DATA);
    }
    if ((decode_value(d, KEY_PFAT_BLOCK_ATTRIBUTES) & ATTRIBUTE_SIGNED) != 0)
        signature(d);
    decode_close(d);
}

/* What all blocks of a file write, one behind the other. */
static void file_data(struct decode *d, struct file *f, struct span blocks)
{
    struct bytes whole = text_bytes(&f->data);

    if (f->data.overflow) {
        decode_fault(d, FAULT_LIMIT, blocks.offset);
        return;
    }
    if (whole.len == 0)
        return;
    uint32_t blob = decode_derive(d, blocks, whole, "bios-guard");

    capsule_image_at(d, "image", (struct span){blob, 0, whole.len});
}

/* The blocks of a file. `in` then stands behind them. */
static void blocks(struct decode *d, struct file *f)
{
    size_t from = d->in.pos;

    decode_open(d, ITEM_LIST, "blocks");
    decode_enter(d, reader_left(&d->in));
    for (uint64_t i = 0; i < f->blocks && !d->in.failed; i++) {
        if (i == BLOCKS_MAX || engine_crowded(d)) {
            decode_fault(d, FAULT_LIMIT, reader_offset(&d->in));
            break;
        }
        block(d, f);
    }
    size_t used = d->in.failed ? d->in.all.len : d->in.pos;

    decode_leave(d);
    decode_close(d);
    reader_seek(&d->in, from + used);
    file_data(d, f, reader_span(&d->in, from));
}

static void file(struct decode *d, struct bytes line, size_t at)
{
    struct bytes words[3];
    struct file f = {.blocks = 0};
    struct span s = {d->in.blob, d->in.base + at, line.len};
    uint64_t flags = 0;
    uint64_t room = engine_output_left(d);

    if (!line_read(line, words, &f)) {
        decode_fault(d, FAULT_BAD_ENCODING, s.offset);
        return;
    }
    decode_open(d, ITEM_MAP, "file:%.*s", (int)f.name.len, (const char *)f.name.data);
    if (!bytes_number(words[0], 10, &flags))
        decode_fault(d, FAULT_BAD_VALUE, s.offset);
    decode_value_at(d, KEY_PFAT_FILE_FLAGS, value_uint(flags), s);
    decode_value_at(d, KEY_PFAT_FILE_PARAMETER, value_text(words[1]), s);
    decode_value_at(d, KEY_PFAT_FILE_BLOCKS, value_uint(f.blocks), s);
    text_init(&f.data, d->arena, room < d->in.all.len ? (size_t)room : d->in.all.len);
    blocks(d, &f);
    decode_close(d);
}

/* The lines of the list from `at`, each with its file's blocks, which follow on one another. */
static void files(struct decode *d, struct bytes list, size_t at)
{
    struct bytes rest = list;
    struct bytes line;

    if (bytes_line(&rest, &line))
        decode_value_at(d, KEY_PFAT_TITLE, value_text(line),
                        (struct span){d->in.blob, d->in.base + at, line.len});
    while (bytes_line(&rest, &line) && !d->in.failed) {
        if (bytes_trim(line).len > 0)
            file(d, line, at + (size_t)(line.data - list.data));
    }
}

static void decode(struct decode *d)
{
    static const struct field head[] = {
        {KEY_PFAT_SIZE,     F_U32LE, 0, 0},
        {KEY_PFAT_CHECKSUM, F_U32LE, 0, 0},
        {KEY_PFAT_TAG,      F_BYTES, 8, 0},
        {KEY_PFAT_FLAGS,    F_U8,    0, 0},
    };

    decode_open(d, ITEM_MAP, "pfat");
    if (probe(d->in.all, (struct bytes){NULL, 0}) == 0)
        decode_fault(d, FAULT_BAD_SIGNATURE, d->in.base + TAG_AT);
    (void)decode_fields(d, head, ARRAY_LEN(head));
    size_t size = (size_t)decode_value(d, KEY_PFAT_SIZE);

    if (size < HEADER || size > d->in.all.len) {
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base);
        size = d->in.all.len;
    }
    size_t at = d->in.pos;
    struct bytes list = reader_take(&d->in, size - at);

    files(d, list, at);
    if (reader_more(&d->in))
        capsule_image(d, "rest");
    decode_close(d);
}

const struct decoder decoder_ami_pfat = {
    .name = "ami-pfat",
    .title = "AMI BIOS Guard update container",
    .spec = "update-containers",
    .surface = "capsule",
    .min = HEADER,
    .max = IMAGE_MAX,
    .probe = probe,
    .decode = decode,
};
