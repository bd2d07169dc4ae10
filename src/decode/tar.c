/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tar archives: "ustar Interchange Format" of POSIX.1-2017 (pax), with the long names that GNU
 * and pax write. What a regular file holds is handed on.
 */
#include "decode/archive.h"
#include "decode/bmc_part.h"
#include "decode/engine_private.h"
#include "decode/image_part.h"
#include "decode/tar_file.h"

enum {
    NAME_SIZE = 100,
    MODE_FIELD = 100,
    MODE_SIZE = 8,
    LINK_FIELD = 157,
    PREFIX_FIELD = 345,
    PREFIX_SIZE = 155,
    VERSION_FIELD = 263, /* a blank as GNU writes it, which has no prefix */
    LONG_MAX = 4096,
    ARCHIVE_MAX = 512 << 20
};

/* What members before one say of it. */
struct pending {
    struct bytes name; /* empty: its header says it */
    struct bytes link;
};

static unsigned probe(struct bytes b, struct bytes label)
{
    struct tar_file f;

    (void)label;
    return tar_file_at(b, 0, &f) && f.sum_good ? 88 : 0;
}

/* The value of "LENGTH KEY=VALUE\n" records (pax, "Extended Header") for one key, or empty. */
static struct bytes pax_value(struct bytes records, const char *key)
{
    struct bytes none = {NULL, 0};

    while (records.len > 0) {
        struct bytes rest = records;
        struct bytes word = none;
        struct bytes name = none;
        uint64_t length = 0;

        if (!bytes_cut(&rest, ' ', &word) || !bytes_number(word, 10, &length) ||
            length <= word.len + 1 || length > records.len)
            return none;
        rest = bytes_slice(records, word.len + 1, (size_t)length - word.len - 1);
        rest = bytes_slice(rest, 0, rest.len > 0 ? rest.len - 1 : 0);
        if (bytes_cut(&rest, '=', &name) && bytes_equal_text(name, key))
            return rest;
        records = bytes_slice(records, (size_t)length, SIZE_MAX);
    }
    return none;
}

static struct bytes name_of(struct decode *d, const struct tar_file *f)
{
    struct bytes h = bytes_slice(d->in.all, f->at, TAR_BLOCK);
    struct bytes prefix = tar_text(bytes_slice(h, PREFIX_FIELD, PREFIX_SIZE));
    struct text t;

    if (h.data[VERSION_FIELD] == ' ' || prefix.len == 0)
        return f->name;
    text_init(&t, d->arena, PREFIX_SIZE + 1 + NAME_SIZE);
    text_add(&t, prefix);
    text_add(&t, bytes_of("/"));
    text_add(&t, f->name);
    return text_bytes(&t);
}

static bool is_regular(uint8_t type)
{
    return type == 0 || type == '0' || type == '7';
}

/* Claims of a member's header, of which a digest covers all. */
static void header(struct decode *d, const struct tar_file *f, struct bytes link)
{
    struct bytes h = bytes_slice(d->in.all, f->at, TAR_BLOCK);
    uint64_t mode = 0;

    decode_digest(d, KEY_TAR_HEADER, h, bmc_span(d, f->at, TAR_BLOCK));
    decode_value_at(d, KEY_TAR_TYPE, value_uint(f->type),
                    bmc_span(d, f->at + TAR_TYPE_FIELD, 1));
    if (tar_octal(bytes_slice(h, MODE_FIELD, MODE_SIZE), &mode))
        decode_value_at(d, KEY_TAR_MODE, value_uint(mode),
                        bmc_span(d, f->at + MODE_FIELD, MODE_SIZE));
    else
        decode_fault(d, FAULT_BAD_ENCODING, d->in.base + f->at + MODE_FIELD);
    if (link.len == 0)
        link = tar_text(bytes_slice(h, LINK_FIELD, NAME_SIZE));
    if (link.len > 0)
        decode_value_at(d, KEY_TAR_LINK, value_text(link),
                        bmc_span(d, f->at + LINK_FIELD, NAME_SIZE));
    if (!f->sum_good)
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + f->at + TAR_SUM_FIELD);
}

/* A member that speaks of the one behind it. */
static void about_next(struct pending *next, const struct tar_file *f)
{
    struct bytes content = bytes_slice(f->content, 0, LONG_MAX);

    if (f->type == 'L')
        next->name = tar_text(content);
    if (f->type == 'K')
        next->link = tar_text(content);
    if (f->type == 'x') {
        next->name = pax_value(content, "path");
        next->link = pax_value(content, "linkpath");
    }
}

static void member(struct decode *d, const struct tar_file *f, struct pending *next)
{
    struct pending told = *next;
    size_t end = f->at + TAR_BLOCK + f->content.len;
    struct span content = bmc_span(d, f->at + TAR_BLOCK, f->content.len);

    *next = (struct pending){
        .name = {NULL, 0}
    };
    archive_open(d, told.name.len > 0 ? told.name : name_of(d, f),
                 bmc_span(d, f->at, end - f->at));
    header(d, f, told.link);
    if (is_regular(f->type)) {
        image_file_at(d, content, CLASS_DATA);
    } else if (f->content.len > 0) {
        about_next(next, f);
        decode_digest(d, KEY_PART_DIGEST, f->content, content);
        decode_claimed_region(d, content, CLASS_STRUCTURE);
    }
    decode_close(d);
}

static void decode(struct decode *d)
{
    struct bytes all = d->in.all;
    struct pending next = {
        .name = {NULL, 0}
    };
    struct tar_file f;
    size_t at = 0;

    decode_open(d, ITEM_MAP, "tar");
    while (tar_file_at(all, at, &f)) {
        if (engine_crowded(d)) {
            decode_fault(d, FAULT_LIMIT, d->in.base + at);
            archive_unread(d, bmc_span(d, at, all.len - at), CLASS_UNREAD);
            at = all.len;
            break;
        }
        size_t end = f.at + TAR_BLOCK + f.content.len;

        at = tar_file_next(&f);
        at = at < all.len ? at : all.len;
        member(d, &f, &next);
        bmc_gap(d, bmc_span(d, end, at - end));
    }
    struct bytes last = bytes_slice(all, at, TAR_BLOCK);

    if (last.len < TAR_BLOCK || !bytes_all(last, 0))
        decode_fault(d, FAULT_UNTERMINATED, d->in.base + at);
    bmc_gap(d, bmc_span(d, at, all.len - at));
    decode_close(d);
    reader_seek(&d->in, all.len);
}

const struct decoder decoder_tar = {
    .name = "tar",
    .title = "tar archive",
    .spec = "posix-pax",
    .surface = "capsule",
    .min = TAR_BLOCK,
    .max = ARCHIVE_MAX,
    .probe = probe,
    .decode = decode,
};
