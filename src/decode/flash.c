/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole flash image: an Intel flash descriptor divides it into regions, or another format
 * takes all of it, or it is one BIOS region.
 */
#include <string.h>

#include "decode/engine.h"
#include "decode/uefi.h"

enum {
    DESCRIPTOR_MIN = 4096,
    LEGACY_MIN = 0x10000 /* the last 64 KiB below 1 MiB */
};

static const uint8_t descriptor_signature[4] = {0x5a, 0xa5, 0xf0, 0x0f};

/* The signature stands behind the reserved vector, or, before the ICH8's successors, at 0. */
static bool descriptor_here(struct bytes b)
{
    return b.len >= DESCRIPTOR_MIN && (memcmp(b.data + 16, descriptor_signature, 4) == 0 ||
                                       memcmp(b.data, descriptor_signature, 4) == 0);
}

/* A far jump to segment 0xf000 at the reset vector: firmware of a PC without volumes. */
static bool legacy_here(struct bytes b)
{
    return b.len >= LEGACY_MIN && b.len % LEGACY_MIN == 0 && b.data[b.len - 16] == 0xea &&
           b.data[b.len - 13] == 0x00 && b.data[b.len - 12] == 0xf0;
}

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    if (descriptor_here(b))
        return 70; /* the descriptor knows itself */
    if (uefi_volume_next(b, 0) < b.len)
        return 60;
    return legacy_here(b) ? 40 : 0;
}

static const char *kind_of(struct bytes b)
{
    static const char intel[] = "intel-descriptor";
    const struct decoder *other = NULL;

    if (descriptor_here(b))
        return decoder_find(bytes_of(intel)) != NULL ? intel : "bios-region";
    other = decoder_probe_sure(b, (struct bytes){NULL, 0}, DECODER_SURE);
    return other != NULL ? other->name : "bios-region";
}

static void decode(struct decode *d)
{
    size_t from = d->in.pos;
    struct bytes all = reader_take(&d->in, reader_left(&d->in));
    struct span s = reader_span(&d->in, from);
    const char *kind = kind_of(all);
    bool bios = strcmp(kind, "bios-region") == 0;

    decode_set_image(d, s);
    decode_uint(d, KEY_FLASH_LENGTH, all.len, d->in.pos);
    decode_child(d, ITEM_MAP, bytes_of(bios ? "bios" : ""), s, kind);
}

const struct decoder decoder_flash = {
    .name = "flash",
    .title = "Firmware flash image",
    .spec = "uefi-pi",
    .min = UEFI_VOLUME_HEADER_MIN,
    .max = 256 << 20,
    .probe = probe,
    .decode = decode,
};
