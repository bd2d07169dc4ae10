/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole flash of a controller that runs OpenBMC. Where its parts lie is a matter of the
 * board's device tree and stands nowhere in the image, but each begins at a multiple of 64 KiB
 * with a signature: the environment, the kernel, the root file system, the writable one, or a
 * UBI that holds the last three. What stands before the first is U-Boot.
 */
#include <string.h>

#include "decode/bmc_part.h"
#include "decode/engine.h"
#include "decode/uboot_env.h"

enum {
    STEP = 0x10000,
    PARTS_MAX = 64,
};

enum part_kind {
    PART_NONE,
    PART_LOADER, /* a part of U-Boot with a signature of its own */
    PART_ENVIRONMENT,
    PART_KERNEL,
    PART_ROOT,
    PART_WRITABLE,
    PART_UBI,
};

/* Decoders whose signature at a step begins a part. */
static const struct {
    const char *decoder;
    enum part_kind kind;
} signatures[] = {
    {"uboot-env",   PART_ENVIRONMENT},
    {"fdt",         PART_KERNEL     },
    {"uboot-image", PART_KERNEL     },
    {"squashfs",    PART_ROOT       },
    {"cramfs",      PART_ROOT       },
    {"jffs2",       PART_WRITABLE   },
    {"ubifs",       PART_WRITABLE   },
    {"ubi",         PART_UBI        },
};

static const char *const part_names[] = {
    "u-boot", "u-boot-image", "u-boot-env", "kernel", "rofs", "rwfs", "obmc-ubi",
};

struct part {
    enum part_kind kind;
    const char *decoder;
    size_t at;
};

/* Device trees of the kernel say where the parts lie; these are the ones that it brings along.
 */
static const struct {
    const char *name;
    size_t length;
    size_t kernel;
    size_t root;
} layouts[] = {
    {"static, 32 MiB",               32 << 20,  0x80000,  0x4c0000},
    {"static, 64 MiB",               64 << 20,  0x100000, 0xa00000},
    {"static, 128 MiB",              128 << 20, 0x100000, 0xa00000},
    {"static, 128 MiB, before 2021", 128 << 20, 0x80000,  0x800000},
};

static struct part part_at(struct bytes all, size_t at)
{
    struct bytes b = bytes_slice(all, at, all.len);
    struct bytes none = {NULL, 0};

    for (size_t i = 0; i < ARRAY_LEN(signatures); i++) {
        const struct decoder *row = decoder_find(bytes_of(signatures[i].decoder));

        if (b.len >= row->min && row->probe(b, none) >= DECODER_SURE)
            return (struct part){signatures[i].kind, row->name, at};
    }
    return (struct part){PART_NONE, NULL, at};
}

/* How long a part is at least, by its own words: signatures in there are its own. */
static size_t length_stated(struct bytes all, const struct part *p)
{
    struct bytes b = bytes_slice(all, p->at, all.len);
    uint64_t n = 0;

    if (strcmp(p->decoder, "fdt") == 0)
        n = bytes_uint(b, 4, 4, true);
    else if (strcmp(p->decoder, "uboot-image") == 0)
        n = bytes_uint(b, 12, 4, true);
    else if (strcmp(p->decoder, "squashfs") == 0)
        n = bytes_uint(b, 40, 8, false);
    else if (strcmp(p->decoder, "cramfs") == 0)
        n = bytes_uint(b, 4, 4, false);
    else if (p->kind == PART_UBI)
        n = b.len;
    return n < b.len ? (size_t)n : b.len;
}

/* Whether a part goes on where the same would begin: a log of nodes has no length of its own.
 */
static bool continues(const struct part *parts, size_t count, const struct part *p)
{
    return count > 0 && p->kind == PART_WRITABLE && parts[count - 1].kind == PART_WRITABLE;
}

/* Of several images in the form of a kernel the last is one; U-Boot's own stands before it. */
static void loaders_tell(struct part *parts, size_t count)
{
    bool kernel = false;

    for (size_t i = count; i-- > 0;) {
        if (parts[i].kind != PART_KERNEL)
            continue;
        if (kernel)
            parts[i].kind = PART_LOADER;
        kernel = true;
    }
}

static size_t parts_find(struct bytes all, struct part parts[PARTS_MAX])
{
    size_t count = 0;
    size_t at = STEP;

    while (at < all.len && count < PARTS_MAX) {
        struct part p = part_at(all, at);
        size_t length = 0;

        if (p.kind != PART_NONE && !continues(parts, count, &p)) {
            parts[count++] = p;
            length = length_stated(all, &p);
        }
        at += length > STEP ? (length + STEP - 1) / STEP * STEP : STEP;
    }
    loaders_tell(parts, count);
    return count;
}

static const struct part *part_of(const struct part *parts, size_t count, enum part_kind kind)
{
    for (size_t i = 0; i < count; i++) {
        if (parts[i].kind == kind)
            return &parts[i];
    }
    return NULL;
}

/* A kernel and a root file system, or both in a UBI, behind something that is neither. */
static unsigned probe(struct bytes b, struct bytes label)
{
    struct part parts[PARTS_MAX];

    (void)label;
    if (part_at(b, 0).kind != PART_NONE)
        return 0;
    size_t count = parts_find(b, parts);
    bool still =
        part_of(parts, count, PART_KERNEL) != NULL && part_of(parts, count, PART_ROOT) != NULL;

    return still || part_of(parts, count, PART_UBI) != NULL ? 84 : 0;
}

static void layout_claim(struct decode *d, const struct part *parts, size_t count)
{
    const struct part *kernel = part_of(parts, count, PART_KERNEL);
    const struct part *root = part_of(parts, count, PART_ROOT);
    const char *name = part_of(parts, count, PART_UBI) != NULL ? "ubi" : "static, other";

    for (size_t i = 0; i < ARRAY_LEN(layouts); i++) {
        if (kernel != NULL && root != NULL && d->in.all.len == layouts[i].length &&
            kernel->at == layouts[i].kernel && root->at == layouts[i].root)
            name = layouts[i].name;
    }
    decode_value_at(d, KEY_OPENBMC_LAYOUT, value_text(bytes_of(name)), bmc_span(d, 0, 0));
    if (kernel == NULL && part_of(parts, count, PART_UBI) == NULL)
        decode_fault(d, FAULT_MISSING, d->in.base);
}

/* Filling at the end of a part is none of it: a part is compared by what was written. */
static size_t written(struct bytes b)
{
    size_t n = b.len;

    if (n > 0 && (b.data[n - 1] == 0 || b.data[n - 1] == 0xff)) {
        while (n > 0 && b.data[n - 1] == b.data[b.len - 1])
            n--;
    }
    return n;
}

static void boot_loader(struct decode *d, size_t end)
{
    size_t length = written(bytes_slice(d->in.all, 0, end));

    if (length > 0)
        bmc_part(d, bytes_of(part_names[0]), bmc_span(d, 0, length), CLASS_CODE);
    bmc_gap(d, bmc_span(d, length, end - length));
}

static void decode(struct decode *d)
{
    struct part parts[PARTS_MAX];
    size_t count = parts_find(d->in.all, parts);

    decode_open(d, ITEM_MAP, "openbmc");
    decode_set_image(d, bmc_span(d, 0, d->in.all.len));
    layout_claim(d, parts, count);
    boot_loader(d, count > 0 ? parts[0].at : d->in.all.len);
    for (size_t i = 0; i < count; i++) {
        size_t end = i + 1 < count ? parts[i + 1].at : d->in.all.len;
        struct span s = bmc_span(d, parts[i].at, end - parts[i].at);

        decode_open(d, ITEM_MAP, "%s", part_names[parts[i].kind]);
        d->out->items[d->item].span = s;
        decode_value_at(d, KEY_OPENBMC_PART_OFFSET, value_uint(parts[i].at),
                        bmc_span(d, parts[i].at, 0));
        decode_child(d, ITEM_MAP, (struct bytes){NULL, 0}, s, parts[i].decoder);
        decode_close(d);
    }
    decode_close(d);
}

const struct decoder decoder_openbmc_flash = {
    .name = "openbmc-flash",
    .title = "Flash image of OpenBMC",
    .spec = "openbmc-image",
    .surface = "bmc-flash",
    .min = (size_t)2 * STEP,
    .max = 256 << 20,
    .probe = probe,
    .decode = decode,
};
