/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Images of X11 boards whose regions begin encrypted, as published with a program that decrypts
 * them (smcbmc): at fixed places of 32 MiB stand two file systems and the table of images, of
 * which the first bytes are AES-CBC and the rest is plain. The keys are in the image and not
 * needed to say what is there; whether the flash of a board reads as its update does is not
 * known.
 */
#include "decode/aten.h"

#include "base/entropy.h"
#include "decode/bmc_part.h"

enum {
    HEADER = 0x60,
    TABLE_HEADER = 0xc0,
    ENTROPY_MIN = 5800, /* of 96 bytes: chance has 6,000 to 6,580, text and structures less */
    INODE = 12,
    NAME_LENGTH_AT = 8,
    NAME_UNITS_MAX = 16,
    WORD = 4,
    FIRST_ENTRY_MAX = 128, /* where, behind the header, an entry of the root folder begins */
    ENTRIES = 4,
    BLOCK = 4096
};

/* In the order of their places, each of which is the end of the one before at the latest. */
static const struct {
    const char *name;
    uint32_t at;
    uint32_t header;
    uint32_t end;
} regions[] = {
    {"rootfs", 0x400000,  HEADER,       0x1700000},
    {"webfs",  0x1700000, HEADER,       0x1fc0000},
    {"meta",   0x1fc0000, TABLE_HEADER, 0x2000000},
};

static const uint32_t cramfs_mark = 0x28cd3d45;

static struct bytes header_of(struct bytes b, size_t region)
{
    return bytes_slice(b, regions[region].at, regions[region].header);
}

/* Whether these may be encrypted: noise, and not the file system that they would be. */
static bool is_cipher(struct bytes header, size_t want)
{
    return header.len == want && bytes_u32le(header, 0) != cramfs_mark &&
           bytes_entropy(header) >= ENTROPY_MIN;
}

/* The length of an entry of a folder of cramfs, or 0 if these bytes are none. */
static size_t entry_length(struct bytes b)
{
    static const uint32_t kinds = 1U << 1 | 1U << 2 | 1U << 4 | 1U << 6 | 1U << 8 | 1U << 10;
    unsigned kind = (unsigned)bytes_uint(b, 0, 2, false) >> 12;
    size_t units = (size_t)bytes_uint(b, NAME_LENGTH_AT, 1, false) & 0x3f;
    struct bytes name = bytes_slice(b, INODE, units * WORD);
    size_t n = 0;

    if ((kinds >> kind & 1) == 0 || units == 0 || units > NAME_UNITS_MAX ||
        name.len < units * WORD)
        return 0;
    while (n < name.len && name.data[n] > ' ' && name.data[n] < 0x7f && name.data[n] != '/')
        n++;
    bool ended = name.len - n < WORD && bytes_all(bytes_slice(name, n, WORD), 0);

    return n > 0 && ended ? INODE + name.len : 0;
}

/* Whether entries follow on one another here. */
static bool entries_here(struct bytes b)
{
    unsigned n = 0;

    for (size_t length = 1; n < ENTRIES && length > 0; n++) {
        length = entry_length(b);
        b = bytes_slice(b, length, SIZE_MAX);
        if (length == 0)
            return false;
    }
    return true;
}

bool aten_encrypted_here(struct bytes b)
{
    struct bytes behind = bytes_slice(b, regions[0].at + HEADER, BLOCK);

    if (!is_cipher(header_of(b, 0), HEADER))
        return false;
    for (size_t at = 0; at < FIRST_ENTRY_MAX; at += WORD) {
        if (entries_here(bytes_slice(behind, at, BLOCK)))
            return true;
    }
    return false;
}

/* How far a region is written: up to a whole block that is erased. */
static size_t written(struct bytes b)
{
    size_t at = 0;

    while (at < b.len && !bytes_all(bytes_slice(b, at, BLOCK), 0xff))
        at += BLOCK;
    at = at < b.len ? at : b.len;
    while (at > 0 && b.data[at - 1] == 0xff)
        at--;
    return at;
}

static void region(struct decode *d, struct bmc_layout *l, size_t i)
{
    struct bytes header = header_of(d->in.all, i);
    size_t begin = regions[i].at + regions[i].header;
    struct span s = bmc_span(d, regions[i].at, header.len);
    struct bytes rest = bytes_slice(d->in.all, begin, regions[i].end - begin);
    size_t length = written(rest);

    if (!is_cipher(header, regions[i].header) || !bmc_try(d, l, regions[i].at, header.len))
        return;
    decode_open(d, ITEM_MAP, "region:%s", regions[i].name);
    decode_digest(d, KEY_ATEN_ENCRYPTED, header, s);
    decode_value_at(d, KEY_DATA_ENTROPY, value_uint(bytes_entropy(header)),
                    (struct span){s.blob, s.offset, 0});
    decode_claimed_region(d, s, CLASS_ENCRYPTED);
    if (bmc_try(d, l, begin, length))
        bmc_part(d, bytes_of("content"), bmc_span(d, begin, length), CLASS_DATA);
    decode_close(d);
}

void aten_encrypted(struct decode *d, struct bmc_layout *l)
{
    if (!aten_encrypted_here(d->in.all))
        return;
    for (size_t i = 0; i < ARRAY_LEN(regions); i++)
        region(d, l, i);
}
