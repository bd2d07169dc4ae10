/* SPDX-License-Identifier: Apache-2.0 */
/*
 * U-Boot and its first stages (SPL, TPL, VPL) as raw programs, which is how they stand at the
 * start of a flash. There is no header, but the first instructions of each architecture are
 * fixed (arch/CPU/…/start.S, arch/arm/lib/vectors.S), and every one prints a banner with
 * version and date (cmd/version.c, common/spl/spl.c). On 64-bit ARM the start also holds the
 * length.
 */
#include "decode/bmc_part.h"
#include "decode/boot_program.h"

enum architecture {
    NO_ARCHITECTURE,
    ARM,
    ARM64,
    RISCV,
    MIPS,
    X86,
    X86_64,
    POWERPC
};

enum {
    PROGRAM_MIN = 64,
    PROGRAM_MAX = 64 << 20,
    SURE = 81, /* less than any layout of a flash that begins with U-Boot */
    ARM_VECTORS = 8,
    HEADER_AT = 8, /* of 64-bit ARM */
    END_AT = 16,
    BSS_AT = 24,
    ERASED_BLOCK = 4096,
    VERSION_MAX = 96,
    BANNERS_MAX = 8
};

static const uint64_t header_end_max = 64 << 20;
static const char banner_mark[] = "U-Boot ";

struct banner {
    struct bytes stage;
    struct bytes version;
    struct bytes built;
    struct bytes identification;
};

/* clang-format off */
/* Instructions. What depends on the build, the distances of calls, is in `any`: a bit a byte. */
static const struct start {
    enum architecture architecture;
    uint8_t length;
    uint32_t any;
    uint8_t bytes[20];
} starts[] = {
    {RISCV, 8, 0, {0x73, 0x25, 0x40, 0xf1, 0x2a, 0x82, 0xae, 0x84}}, /* machine mode */
    {RISCV, 8, 0, {0x2a, 0x82, 0xae, 0x84, 0x93, 0x01, 0x00, 0x00}}, /* supervisor mode */
    {RISCV, 12, 0, {0x73, 0x25, 0x40, 0xf1, 0x13, 0x02, 0x05, 0x00, 0x93, 0x84, 0x05, 0x00}},
    {RISCV, 8, 0, {0x13, 0x02, 0x05, 0x00, 0x93, 0x84, 0x05, 0x00}},
    {X86, 13, 0,
     {0xfa, 0xfc, 0x0f, 0x20, 0xc0, 0x0d, 0x00, 0x00, 0x00, 0x60, 0x0f, 0x22, 0xc0}},
    {X86_64, 20, 0xf0f0,
     {0x48, 0x89, 0xe7, 0xe8, 0, 0, 0, 0, 0x48, 0x89, 0xc4, 0xe8, 0, 0, 0, 0, 0x48, 0x31, 0xff,
      0xe8}},
    {POWERPC, 12, 0, /* e500 */
     {0x38, 0x20, 0x02, 0x00, 0x7c, 0x20, 0x01, 0x24, 0x7c, 0x78, 0x1b, 0x78}},
};

/* clang-format on */

/* A branch, and seven vectors that load the program counter. */
static bool arm_vectors(struct bytes b)
{
    unsigned n = 1;

    while (n < ARM_VECTORS && bytes_u32le(b, (size_t)n * 4) >> 12 == 0xe59ff)
        n++;
    return bytes_u32le(b, 0) >> 24 == 0xea && n == ARM_VECTORS;
}

/* A branch, and behind it what the linker knows of the program. */
static bool arm64_header(struct bytes b)
{
    uint64_t end = bytes_uint(b, END_AT, 8, false);

    return bytes_u32le(b, 0) >> 26 == 5 && end >= PROGRAM_MIN && end % 4 == 0 &&
           end <= header_end_max &&
           bytes_uint(b, BSS_AT, 8, false) <= bytes_uint(b, BSS_AT + 8, 8, false);
}

static bool begins(struct bytes b, const struct start *s)
{
    for (unsigned i = 0; i < s->length; i++) {
        if ((s->any >> i & 1) == 0 && (i >= b.len || b.data[i] != s->bytes[i]))
            return false;
    }
    return true;
}

static enum architecture architecture_of(struct bytes b)
{
    uint32_t first = bytes_u32le(b, 0);
    uint32_t second = bytes_u32le(b, 4);
    bool branch = first >> 24 == 0xea;

    if (arm64_header(b) || (branch && second >> 26 == 5))
        return ARM64; /* of the latter kind: started as 32-bit ARM */
    if (arm_vectors(b) || (branch && bytes_starts_with(bytes_slice(b, 4, 8), "eGON.BT0")))
        return ARM;
    if (second == 0 && (first >> 16 == 0x1000 || (first & 0xffff) == 0x0010))
        return MIPS;
    for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
        if (begins(b, &starts[i]))
            return starts[i].architecture;
    }
    return NO_ARCHITECTURE;
}

/* Where a whole block is erased, or the end. */
static size_t erased_at(struct bytes b)
{
    size_t at = 0;

    while (b.len - at >= ERASED_BLOCK && !bytes_all(bytes_slice(b, at, ERASED_BLOCK), 0xff))
        at += ERASED_BLOCK;
    return b.len - at >= ERASED_BLOCK ? at : b.len;
}

/* Where the program ends at the latest, with a device tree behind it. */
static size_t program_limit(struct bytes b)
{
    if (!arm64_header(b))
        return erased_at(b);
    uint64_t end = bytes_uint(b, END_AT, 8, false);

    if (end >= b.len)
        return b.len;
    return (size_t)end + boot_tree_here(bytes_slice(b, (size_t)end, SIZE_MAX));
}

/* What stands before the first `end`, which is cut off with it; false if none does. */
static bool cut(struct bytes *rest, const char *end, struct bytes *ret)
{
    size_t at = bytes_find(*rest, 0, bytes_of(end));

    if (at == rest->len)
        return false;
    *ret = bytes_slice(*rest, 0, at);
    *rest = bytes_slice(*rest, at + bytes_of(end).len, SIZE_MAX);
    return true;
}

/* A whole banner, from behind its mark. */
static bool banner_here(struct bytes b, struct banner *ret)
{
    struct bytes rest = boot_printable(bytes_slice(b, 0, VERSION_MAX + 96));

    *ret = (struct banner){
        .stage = {NULL, 0}
    };
    if (boot_fits(rest, "APL ")) {
        ret->stage = bytes_slice(rest, 0, 3);
        rest = bytes_slice(rest, 4, SIZE_MAX);
    }
    if (!boot_fits(rest, "9999.99") || !cut(&rest, " (", &ret->version) ||
        !cut(&rest, ")", &ret->built))
        return false;
    ret->built = bytes_trim(ret->built);
    ret->identification = bytes_trim(rest);
    return ret->version.len <= VERSION_MAX && boot_fits(ret->built, "Aaa ?9 9999 - 99:99:99");
}

/* The next banner from *at on; false if there is none. *at is then behind its mark. */
static bool banner_next(struct bytes b, size_t *at, struct banner *ret)
{
    struct bytes mark = bytes_of(banner_mark);

    while ((*at = bytes_find(b, *at, mark)) < b.len) {
        *at += mark.len;
        if (banner_here(bytes_slice(b, *at, SIZE_MAX), ret))
            return true;
    }
    return false;
}

static unsigned probe(struct bytes b, struct bytes label)
{
    struct banner banner;
    size_t at = 0;

    (void)label;
    if (architecture_of(b) == NO_ARCHITECTURE)
        return 0;
    return banner_next(bytes_slice(b, 0, program_limit(b)), &at, &banner) ? SURE : 0;
}

static void text(struct decode *d, enum key_id key, struct bytes b)
{
    size_t at = b.len > 0 ? (size_t)(b.data - d->in.all.data) : 0;

    if (b.len > 0)
        decode_value_at(d, key, value_text(b), bmc_span(d, at, b.len));
}

static void banners(struct decode *d, size_t limit)
{
    struct bytes all = bytes_slice(d->in.all, 0, limit);
    struct banner banner;
    size_t at = 0;
    unsigned n = 0;

    decode_open(d, ITEM_LIST, "banners");
    for (; n < BANNERS_MAX && banner_next(all, &at, &banner); n++) {
        decode_open(d, ITEM_MAP, "banner");
        text(d, KEY_UBOOT_STAGE, banner.stage);
        text(d, KEY_UBOOT_VERSION, banner.version);
        text(d, KEY_UBOOT_BUILT, banner.built);
        text(d, KEY_UBOOT_IDENT, banner.identification);
        decode_close(d);
    }
    decode_close(d);
    if (n == 0)
        decode_fault(d, FAULT_MISSING, d->in.base);
}

static void header(struct decode *d)
{
    static const struct field rows[] = {
        {KEY_UBOOT_TEXT_BASE, F_U64LE, 0, 0},
        {KEY_UBOOT_END,       F_U64LE, 0, 0},
        {KEY_UBOOT_BSS_START, F_U64LE, 0, 0},
        {KEY_UBOOT_BSS_END,   F_U64LE, 0, 0},
    };

    reader_seek(&d->in, HEADER_AT);
    (void)decode_fields(d, rows, ARRAY_LEN(rows));
    if (decode_value(d, KEY_UBOOT_END) > d->in.all.len)
        decode_fault(d, FAULT_TRUNCATED, d->in.base + d->in.all.len);
}

static void decode(struct decode *d)
{
    struct bytes all = d->in.all;
    enum architecture architecture = architecture_of(all);
    size_t limit = program_limit(all);

    decode_open(d, ITEM_MAP, "u-boot");
    if (architecture == NO_ARCHITECTURE)
        decode_fault(d, FAULT_BAD_SIGNATURE, d->in.base);
    else
        decode_value_at(d, KEY_UBOOT_ARCHITECTURE, value_uint(architecture), bmc_span(d, 0, 4));
    if (arm64_header(all))
        header(d);
    banners(d, limit);
    size_t end = boot_program(d, limit);

    bmc_gap(d, bmc_span(d, end, all.len - end));
    decode_close(d);
    reader_seek(&d->in, all.len);
}

const struct decoder decoder_uboot_program = {
    .name = "uboot-program",
    .title = "U-Boot or one of its first stages, as a raw program",
    .spec = "u-boot-program",
    .surface = "bmc-flash",
    .min = PROGRAM_MIN,
    .max = PROGRAM_MAX,
    .probe = probe,
    .decode = decode,
};
