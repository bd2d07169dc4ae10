/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where AMD processors look for their firmware, and how its structures point at one another
 * (coreboot, Documentation/soc/amd/psp_integration.md).
 */
#include "decode/amd.h"

#include <string.h>

#include "crypto/rsa.h"

enum {
    WINDOW = 1 << 24, /* the flash below 4 GiB that addresses can name */
    COUNT_MAX = 256,
    WALK_MAX = 64 /* directories that are searched for keys */
};

static const char efs_mark[] = "\xaa\x55\xaa\x55";

bool amd_directory_read(struct bytes b, struct amd_directory *ret)
{
    static const struct {
        const char *cookie;
        bool bios;
        bool combo;
    } kinds[] = {
        {"$PSP", false, false},
        {"$PL2", false, false},
        {"$BHD", true,  false},
        {"$BL2", true,  false},
        {"2PSP", false, true },
        {"2BHD", true,  true },
    };

    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (b.len < AMD_COMBO_HEADER || !bytes_starts_with(b, kinds[i].cookie))
            continue;
        uint32_t info = bytes_u32le(b, 12);
        unsigned mode = (info >> 31) != 0 ? info >> 24 & 3 : info >> 29 & 3;

        *ret = (struct amd_directory){
            .bios = kinds[i].bios,
            .combo = kinds[i].combo,
            .header = kinds[i].combo ? AMD_COMBO_HEADER : AMD_DIRECTORY_HEADER,
            .entry = kinds[i].bios && !kinds[i].combo ? 24 : 16,
            .count = bytes_u32le(b, 8),
            .mode = kinds[i].combo ? AMD_PHYSICAL : (enum amd_address_mode)mode,
        };
        return true;
    }
    return false;
}

bool amd_address(const struct decode *d, uint64_t address, uint64_t length, struct span *ret)
{
    struct span image = decode_image(d);

    if (address < image.length)
        return decode_image_offset(d, address, length, ret);
    if (image.length <= WINDOW)
        return decode_address(d, address, length, ret) ||
               decode_image_offset(d, address & (WINDOW - 1), length, ret);
    /* Of a larger part the first window is the one that addresses below 4 GiB name. */
    return address >> 32 == 0 && decode_image_offset(d, address & (WINDOW - 1), length, ret);
}

bool amd_entry_span(const struct decode *d, struct span directory, enum amd_address_mode mode,
                    uint64_t address, uint64_t length, struct span *ret)
{
    uint64_t own = address >> 62;
    struct span image = decode_image(d);

    address &= UINT64_MAX >> 2;
    if (mode >= AMD_DIRECTORY_OFFSET)
        mode = (enum amd_address_mode)own;
    switch (mode) {
    case AMD_PHYSICAL:
    case AMD_FLASH_OFFSET:
        return amd_address(d, address, length, ret);
    case AMD_DIRECTORY_OFFSET:
        return address < image.length && directory.offset >= image.offset &&
               decode_image_offset(d, directory.offset - image.offset + address, length, ret);
    case AMD_PARTITION_OFFSET:
        return false;
    }
    return false;
}

/* The bytes from a span's start to the end of the image. */
static struct bytes onwards(const struct decode *d, struct span s)
{
    struct span image = decode_image(d);

    s.length = image.offset + image.length - s.offset;
    return decode_span_bytes(d, s);
}

bool amd_refer_directory(struct decode *d, struct span at, const char *name)
{
    struct bytes b = onwards(d, at);
    struct amd_directory dir;

    if (!amd_directory_read(b, &dir))
        return false;
    at.length = dir.header + (dir.count <= COUNT_MAX ? dir.count : 0) * dir.entry;
    if (at.length > b.len)
        at.length = dir.header;
    decode_refer(d, ITEM_MAP, bytes_of(name), at, "amd-psp-directory");
    return true;
}

/* The structures of the image; `number` counts from 0. False at the end. */
static bool efs_at(const struct decode *d, size_t number, struct span *ret)
{
    static const uint32_t places[] = {0xfa0000, 0xf20000, 0xe20000, 0xc20000,
                                      0x820000, 0x020000, 0};
    struct span image = decode_image(d);
    size_t found = 0;

    for (uint64_t base = 0; base < image.length || base == 0; base += WINDOW) {
        for (size_t i = 0; i < ARRAY_LEN(places); i++) {
            bool small = image.length < WINDOW && places[i] != 0;
            bool there = small ? decode_address(d, 0xff000000U + places[i], 80, ret)
                               : decode_image_offset(d, base + places[i], 80, ret);

            if (there && bytes_starts_with(decode_span_bytes(d, *ret), efs_mark) &&
                found++ == number)
                return true;
        }
    }
    return false;
}

void amd_efs_refer(struct decode *d)
{
    struct span at;

    for (size_t i = 0; i < 16 && efs_at(d, i, &at); i++)
        decode_refer(d, ITEM_MAP, bytes_of("amd-efs"), at, "amd-efs");
}

size_t amd_key_length(struct bytes b)
{
    if (b.len < AMD_KEY_HEADER)
        return 0;
    uint32_t bits = bytes_u32le(b, 0x3c);
    uint32_t version = bytes_u32le(b, 0);
    size_t length = AMD_KEY_HEADER + (size_t)bits / 8 * 2;

    return (version == 1 || version == 2) && (bits == 2048 || bits == 4096) &&
                   bytes_u32le(b, 0x38) == bits && b.len >= length
               ? length
               : 0;
}

/* Directories still to be searched. */
struct walk {
    struct span queue[WALK_MAX];
    size_t count;
};

static void walk_add(const struct decode *d, struct walk *w, struct span at)
{
    struct amd_directory ignored;

    for (size_t i = 0; i < w->count; i++) {
        if (w->queue[i].offset == at.offset)
            return;
    }
    if (w->count < WALK_MAX && amd_directory_read(onwards(d, at), &ignored))
        w->queue[w->count++] = at;
}

static void walk_start(const struct decode *d, struct walk *w)
{
    static const uint8_t pointers[] = {0x10, 0x14, 0x18, 0x1c, 0x20, 0x28, 0x2c};
    struct span efs;
    struct span at;

    for (size_t i = 0; i < 16 && efs_at(d, i, &efs); i++) {
        for (size_t k = 0; k < ARRAY_LEN(pointers); k++) {
            uint32_t address = bytes_u32le(decode_span_bytes(d, efs), pointers[k]);

            if (address != 0 && address < 0xfffffffe && amd_address(d, address, 1, &at))
                walk_add(d, w, at);
        }
    }
}

/* One entry: a directory of the next level is noted, a key with this identifier returned. */
static struct bytes walk_entry(const struct decode *d, struct walk *w, struct span directory,
                               const struct amd_directory *dir, struct bytes row)
{
    struct bytes none = {NULL, 0};
    uint64_t address = bytes_u32le(row, 8) | (uint64_t)bytes_u32le(row, 12) << 32;
    struct span at;

    if (!amd_entry_span(d, directory, dir->mode, address, 1, &at))
        return none;
    struct bytes b = onwards(d, at);
    struct amd_directory next;

    if (amd_directory_read(b, &next)) {
        walk_add(d, w, at);
        return none;
    }
    return b;
}

struct bytes amd_key_find(const struct decode *d, struct bytes id)
{
    struct walk w = {.count = 0};

    walk_start(d, &w);
    for (size_t i = 0; i < w.count; i++) {
        struct bytes all = onwards(d, w.queue[i]);
        struct amd_directory dir;

        if (!amd_directory_read(all, &dir))
            continue;
        for (uint64_t k = 0; k < dir.count && k < COUNT_MAX; k++) {
            struct bytes row = bytes_slice(all, dir.header + (size_t)k * dir.entry, dir.entry);

            if (row.len < dir.entry)
                break;
            struct bytes b = walk_entry(d, &w, w.queue[i], &dir, row);
            size_t length = amd_key_length(b);

            if (length > 0 && bytes_equal(bytes_slice(b, 4, 16), id))
                return bytes_slice(b, 0, length);
        }
    }
    return (struct bytes){NULL, 0};
}

static struct bytes reversed(struct arena *a, struct bytes b)
{
    uint8_t *out = arena_alloc(a, b.len);

    for (size_t i = 0; i < b.len; i++)
        out[i] = b.data[b.len - 1 - i];
    return (struct bytes){out, b.len};
}

bool amd_signature_good(struct decode *d, struct bytes key, const struct bytes parts[2],
                        struct bytes signature)
{
    size_t n = (key.len - AMD_KEY_HEADER) / 2;
    struct bytes exponent = bytes_slice(key, AMD_KEY_HEADER, n);
    struct rsa_key k = {
        .exponent = bytes_u32le(exponent, 0),
        .modulus = reversed(d->arena, bytes_slice(key, AMD_KEY_HEADER + n, n)),
    };
    enum digest_algorithm a = n == 256 ? DIGEST_SHA256 : DIGEST_SHA384;

    /* Key structures hold the signature little-endian, firmware headers big-endian. */
    return signature.len == n && bytes_all(bytes_slice(exponent, 4, n), 0) &&
           (rsa_verify(&k, RSA_PSS, a, parts, signature) ||
            rsa_verify(&k, RSA_PSS, a, parts, reversed(d->arena, signature)));
}
