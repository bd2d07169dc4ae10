/* SPDX-License-Identifier: Apache-2.0 */
/*
 * binary_runtime_measurements of the Linux kernel (6.1, security/integrity/ima): entries one
 * after another, in the byte order of the host, taken as little-endian. Entries are named by
 * the file, since their order differs from boot to boot.
 */
#include <string.h>

#include "decode/ima_entry.h"

enum {
    ENTRY_MIN = 28,
    NAME_MAX_LENGTH = 255,
    LIST_MAX = 256 << 20,
};

/* The size of the template hash: another bank has its own list, named after it. */
static size_t hash_size(struct bytes label)
{
    static const enum digest_algorithm others[] = {DIGEST_SHA256, DIGEST_SHA384, DIGEST_SHA512};

    static const char marker[] = "runtime_measurements_";
    const uint8_t *at =
        label.len > 0 ? memmem(label.data, label.len, marker, sizeof(marker) - 1) : NULL;

    for (size_t i = 0; at != NULL && i < ARRAY_LEN(others); i++) {
        size_t from = (size_t)(at - label.data) + sizeof(marker) - 1;

        if (bytes_equal_text(bytes_slice(label, from, label.len), digest_info(others[i])->name))
            return digest_info(others[i])->size;
    }
    return digest_info(DIGEST_SHA1)->size;
}

static void field_take(struct decode *d, struct reader *r, struct ima_entry *e, size_t size)
{
    size_t from = r->pos;
    struct bytes data = reader_take(r, size);

    if (r->failed)
        return;
    if (e->count == IMA_FIELDS_MAX) {
        decode_fault(d, FAULT_LIMIT, r->base + from);
        return;
    }
    e->fields[e->count++] = (struct ima_field){data, reader_span(r, from)};
}

/* The old template: a SHA-1 digest, then the name behind its length. */
static void old_fields_read(struct decode *d, struct reader *r, struct ima_entry *e)
{
    field_take(d, r, e, 20);
    size_t size = reader_u32le(r);

    field_take(d, r, e, size);
}

/*
 * Every other template: the length of all fields, then each behind its own length. False when
 * some bytes belong to no field.
 */
static bool fields_read(struct decode *d, struct reader *r, struct ima_entry *e)
{
    size_t size = reader_u32le(r);
    struct reader fields = reader_sub(r, size);

    while (reader_more(&fields))
        field_take(d, &fields, e, reader_u32le(&fields));
    if (fields.failed && !r->failed)
        decode_fault(d, FAULT_BAD_LENGTH, fields.fail_offset);
    return !fields.failed && e->count < IMA_FIELDS_MAX;
}

/* The PCR and the template hash. */
static void head_take(struct reader *r, size_t hash, struct ima_entry *e)
{
    size_t start = r->pos;

    e->pcr = reader_u32le(r);
    e->pcr_span = reader_span(r, start);
    e->hash = reader_take(r, hash);
    e->hash_span = reader_span(r, start + 4);
}

/* Reads an entry from a copy of the reader. False if it is not there wholly. */
static bool entry_read(struct decode *d, struct reader *r, size_t hash, struct ima_entry *e)
{
    size_t start = r->pos;

    head_take(r, hash, e);
    uint32_t length = reader_u32le(r);

    if (!r->failed && (length == 0 || length > NAME_MAX_LENGTH)) {
        decode_fault(d, FAULT_BAD_LENGTH, r->base + r->pos - 4);
        return false;
    }
    size_t name = r->pos;

    e->template_name = reader_take(r, length);
    e->name_span = reader_span(r, name);
    bool sound = true;

    if (bytes_equal_text(e->template_name, "ima"))
        old_fields_read(d, r, e);
    else
        sound = fields_read(d, r, e);
    e->span = reader_span(r, start);
    if (sound)
        decode_region(d, e->span, CLASS_STRUCTURE);
    if (r->failed)
        decode_fault(d, FAULT_TRUNCATED, r->fail_offset);
    return !r->failed;
}

static void decode(struct decode *d)
{
    size_t hash = hash_size(d->label);

    decode_open(d, ITEM_MAP, "files");
    while (reader_more(&d->in)) {
        struct ima_entry e = {.count = 0};
        struct reader r = d->in;

        if (!entry_read(d, &r, hash, &e))
            break;
        decode_enter(d, (size_t)e.span.length);
        ima_entry_decode(d, &e);
        decode_leave(d);
    }
    decode_close(d);
}

static unsigned probe(struct bytes b, struct bytes label)
{
    struct reader r = reader_of(b, 0, 0);
    enum ima_field_kind kinds[IMA_FIELDS_MAX];
    uint32_t pcr = reader_u32le(&r);

    reader_take(&r, hash_size(label));
    uint32_t length = reader_u32le(&r);
    struct bytes name = reader_take(&r, length <= NAME_MAX_LENGTH ? length : 0);

    return !r.failed && pcr < 24 && ima_template_kinds(name, kinds) > 0 ? 80 : 0;
}

const struct decoder decoder_ima_log = {
    .name = "ima-log",
    .title = "list of files that the kernel measured",
    .spec = "ima-log",
    .surface = "ima",
    .dense = true,
    .min = ENTRY_MIN,
    .max = LIST_MAX,
    .probe = probe,
    .decode = decode,
};
