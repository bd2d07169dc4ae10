/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The BIOS region of a flash image: firmware volumes where their headers say so (UEFI PI 1.8,
 * volume 3, section 3.2), and what lies between them.
 */
#include "decode/amd.h"
#include "decode/intel.h"
#include "decode/uefi.h"

/* Named by whoever divides an image into regions; a lone one is a flash image. */
static unsigned probe(struct bytes b, struct bytes label)
{
    (void)b;
    (void)label;
    return 0;
}

struct volume {
    struct bytes name;
    struct span at; /* what names it */
};

struct order {
    struct volume *rows;
    size_t count;
    size_t cap;
};

static void volume(struct decode *d, struct order *o)
{
    struct bytes rest = bytes_slice(d->in.all, d->in.pos, SIZE_MAX);
    size_t from = d->in.pos;
    struct bytes name = uefi_volume_name(d->arena, rest);

    (void)reader_take(&d->in, uefi_volume_length(rest));
    struct span s = reader_span(&d->in, from);

    decode_child(d, ITEM_MAP, name, s, "uefi-volume");
    arena_grow(d->arena, &o->rows, o->count, &o->cap, sizeof(*o->rows));
    o->rows[o->count++] = (struct volume){
        name, {s.blob, s.offset + 16, GUID_SIZE}
    };
}

/* Volumes are known by name, not by address: that two changed places must show all the same. */
static void order(struct decode *d, const struct order *o)
{
    if (o->count < 2)
        return;
    decode_open(d, ITEM_LIST, "order");
    for (size_t i = 0; i < o->count; i++)
        decode_value_at(d, KEY_FLASH_REGION_ORDER, value_text(o->rows[i].name), o->rows[i].at);
    decode_close(d);
}

static void decode(struct decode *d)
{
    struct order o = {0};

    decode_uint(d, KEY_FLASH_REGION_LENGTH, d->in.all.len, d->in.pos);
    while (reader_more(&d->in)) {
        size_t next = uefi_volume_next(d->in.all, d->in.pos);

        uefi_loose(d, next - d->in.pos, "data", CLASS_UNKNOWN, 0xff);
        if (reader_more(&d->in))
            volume(d, &o);
    }
    order(d, &o);
    intel_fit_refer(d);
    amd_efs_refer(d);
}

const struct decoder decoder_bios_region = {
    .name = "bios-region",
    .title = "BIOS region of a flash image",
    .spec = "uefi-pi",
    .surface = "flash",
    .min = 1,
    .max = 256 << 20,
    .probe = probe,
    .decode = decode,
};
