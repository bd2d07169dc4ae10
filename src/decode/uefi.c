/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/uefi.h"
#include "base/entropy.h"

#include <string.h>

#include "decode/engine.h"
#include "decode/engine_private.h"
#include "decode/intel.h"

enum {
    SIGNATURE_AT = 40,
    LENGTH_AT = 32,
    HEADER_LENGTH_AT = 48,
    EXT_AT = 52,
    ALIGNMENT = 8,
    SIGNS = 5,      /* of a volume header beside the signature */
    PLAUSIBLE = 3,  /* so many of them will do where a volume may stand */
    FILL_MIN = 256, /* equal bytes that are told apart from what stands beside them */
    BLOCK = 4096,   /* a whole block of one value ends what no structure explains */
};

/* How many signs of a volume header there are; 0 without the signature. */
static unsigned volume_signs(struct bytes b)
{
    if (b.len < UEFI_VOLUME_HEADER_MIN || memcmp(b.data + SIGNATURE_AT, "_FVH", 4) != 0)
        return 0;
    struct reader r = reader_at(&(struct reader){.all = b}, LENGTH_AT, 24);
    uint64_t length = reader_u64le(&r);

    reader_seek(&r, HEADER_LENGTH_AT - LENGTH_AT);
    uint16_t header = reader_u16le(&r);
    bool sane = header >= UEFI_VOLUME_HEADER_MIN && header % 2 == 0;
    unsigned signs = 0;

    signs += sane && header <= length;
    signs +=
        sane && header <= b.len && header % 2 == 0 && sum16(bytes_slice(b, 0, header)) == 0;
    signs += b.data[54] == 0;
    signs += b.data[55] == 1 || b.data[55] == 2;
    signs += uefi_guid_name(bytes_slice(b, 16, GUID_SIZE)) != NULL;
    return signs;
}

bool uefi_volume_here(struct bytes b)
{
    return volume_signs(b) >= PLAUSIBLE;
}

size_t uefi_volume_next(struct bytes all, size_t from)
{
    size_t at = from + SIGNATURE_AT;

    while (at < all.len) {
        const uint8_t *found = memchr(all.data + at, '_', all.len - at);

        if (found == NULL)
            break;
        at = (size_t)(found - all.data);
        /* Behind a wrapper's header of any size, but there it must be one without doubt. */
        bool aligned = at % ALIGNMENT == SIGNATURE_AT % ALIGNMENT;

        if (volume_signs(bytes_slice(all, at - SIGNATURE_AT, SIZE_MAX)) >=
            (aligned ? PLAUSIBLE : SIGNS))
            return at - SIGNATURE_AT;
        at++;
    }
    return all.len;
}

size_t uefi_volume_length(struct bytes b)
{
    struct reader r = reader_at(&(struct reader){.all = b}, LENGTH_AT, 8);
    uint64_t length = reader_u64le(&r);

    if (length >= UEFI_VOLUME_HEADER_MIN && length <= b.len)
        return (size_t)length;
    /* A broken length must not hide the volumes behind it. */
    return uefi_volume_next(b, ALIGNMENT);
}

struct bytes uefi_volume_name(struct arena *a, struct bytes volume)
{
    struct reader r = reader_of(volume, 0, 0);
    struct bytes guid = bytes_slice(volume, 16, GUID_SIZE);

    reader_seek(&r, EXT_AT);
    size_t ext = reader_u16le(&r);

    if (ext >= UEFI_VOLUME_HEADER_MIN && volume.len >= ext + GUID_SIZE)
        guid = bytes_slice(volume, ext, GUID_SIZE);
    struct bytes text = guid_text(a, guid);

    return bytes_of(arena_format(a, "fv:%.*s", (int)text.len, (const char *)text.data));
}

size_t uefi_run(struct bytes b)
{
    size_t n = 0;

    if (b.len == 0)
        return 0;
    while (n < b.len && b.data[n] == b.data[0] && n % sizeof(uint64_t) != 0)
        n++;
    /* Comparing with what stands one byte before compares all bytes with the first. */
    for (size_t step = BLOCK; b.len - n > step && n + step < b.len;) {
        if (memcmp(b.data + n, b.data + n + 1, step) != 0 || b.data[n] != b.data[0])
            break;
        n += step;
    }
    while (n < b.len && b.data[n] == b.data[0])
        n++;
    return n;
}

static bool is_fill(uint8_t value)
{
    return value == 0xff || value == 0;
}

/* The next `n` bytes hold one value. */
static void loose_fill(struct decode *d, size_t n, bool quiet, uint8_t erased)
{
    size_t from = d->in.pos;
    struct bytes b = reader_take(&d->in, n);
    struct span s = reader_span(&d->in, from);
    bool blank = b.data[0] == erased;

    if (!quiet && blank) {
        decode_open(d, ITEM_BAG, "erased");
        decode_uint(d, KEY_FLASH_ERASED, n, d->in.pos);
        decode_close(d);
    } else if (!quiet) {
        decode_open(d, ITEM_MAP, "padding");
        decode_uint(d, KEY_FLASH_FILL_LENGTH, n, d->in.pos);
        decode_uint(d, KEY_FLASH_FILL_VALUE, b.data[0], d->in.pos);
        decode_close(d);
    }
    decode_claimed_region(d, s, blank ? CLASS_FREE_ERASED : CLASS_PADDING);
}

/* How many bytes from the beginning stand before a whole block of one value, or its like. */
static size_t loose_extent(struct bytes b, uint64_t offset)
{
    size_t at = (size_t)(BLOCK - offset % BLOCK);

    while (at < b.len) {
        struct bytes block = bytes_slice(b, at, BLOCK);

        if (is_fill(block.data[0]) && uefi_run(block) == block.len)
            break;
        at += BLOCK;
    }
    if (at > b.len)
        at = b.len;
    size_t end = at;

    while (end > 0 && is_fill(b.data[end - 1]) && b.data[end - 1] == b.data[at - 1])
        end--;
    return at - end >= FILL_MIN ? end : at;
}

static void loose_data(struct decode *d, size_t n, const char *name, enum byte_class class)
{
    size_t from = d->in.pos;
    struct bytes b = reader_take(&d->in, n);
    struct span s = reader_span(&d->in, from);

    decode_open(d, ITEM_MAP, "%s", name);
    d->out->items[d->item].span = s;
    decode_value_at(d, KEY_FLASH_DATA_OFFSET, value_uint(from),
                    (struct span){s.blob, s.offset, 0});
    decode_uint(d, KEY_FLASH_DATA_LENGTH, n, d->in.pos);
    decode_uint(d, KEY_FLASH_DATA_ENTROPY, bytes_entropy(b), d->in.pos);
    decode_digest(d, KEY_FLASH_DATA_DIGEST, b, s);
    decode_claimed_region(d, s, class);
    decode_close(d);
}

const struct decoder *uefi_known(struct bytes b)
{
    const struct decoder *known = decoder_probe_sure(b, (struct bytes){NULL, 0}, DECODER_SURE);

    /* A whole image within an image would come back here. */
    return known != NULL && strcmp(known->name, "flash") != 0 &&
                   strcmp(known->name, "intel-descriptor") != 0
               ? known
               : NULL;
}

/*
 * How many of these bytes are for a decoder that knows what they begin with; 0 leaves them to
 * the pointers that lead to what begins here. Other things stand behind it, and pointers to
 * those.
 */
static size_t known_extent(const struct decoder *known, struct bytes b)
{
    static const char *const pointed_to[] = {"amd-psp-directory", "amd-psp-entry",
                                             "intel-boot-policy", "intel-key-manifest"};

    for (size_t i = 0; i < ARRAY_LEN(pointed_to); i++) {
        if (strcmp(known->name, pointed_to[i]) == 0)
            return 0;
    }
    if (strcmp(known->name, "intel-acm") == 0)
        return (size_t)intel_acm_length(b);
    return b.len;
}

void uefi_loose(struct decode *d, size_t n, const char *name, enum byte_class class,
                uint8_t erased)
{
    size_t end = d->in.pos + n;
    bool in_free_space = class == CLASS_FREE_NONERASED;

    while (d->in.pos < end && !d->in.failed) {
        struct bytes rest = bytes_slice(d->in.all, d->in.pos, end - d->in.pos);
        size_t run = is_fill(rest.data[0]) ? uefi_run(rest) : 0;

        if (engine_crowded(d)) {
            uefi_unread(d);
            return;
        }
        if (run == rest.len || run >= FILL_MIN) {
            if (in_free_space && rest.data[0] != erased)
                loose_data(d, run, name, class);
            else
                loose_fill(d, run, in_free_space, erased);
            continue;
        }
        const struct decoder *known = uefi_known(rest);
        size_t from = d->in.pos;
        size_t length = known != NULL ? known_extent(known, rest) : 0;

        if (length > 0) {
            (void)reader_take(&d->in, length);
            decode_child(d, ITEM_MAP, bytes_of(known->name), reader_span(&d->in, from),
                         known->name);
        } else {
            loose_data(d, loose_extent(rest, d->in.base + d->in.pos), name, class);
        }
    }
}

void uefi_unread(struct decode *d)
{
    size_t from = d->in.pos;

    /* Once for all jobs that come too late: their bytes are digested with those of their
     * containers, which are marked as not seen whole. */
    engine_crowd_tell(d);
    d->out->items[d->item].faulty = true;
    (void)reader_take(&d->in, reader_left(&d->in));
    decode_region(d, reader_span(&d->in, from), CLASS_UNREAD);
}
