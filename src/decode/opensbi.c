/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenSBI as a raw program (fw_dynamic.bin, fw_jump.bin, fw_payload.bin). There is no header:
 * the first instructions (firmware/fw_base.S) and the banner that it prints
 * (lib/sbi/sbi_init.c) tell it. Its version stands in the description of its platform
 * (include/sbi/sbi_platform.h); what it starts next, where it brings that along, behind a gap
 * of zeros.
 */
#include "decode/bmc_part.h"
#include "decode/boot_program.h"

enum {
    START = 12,
    PROGRAM_MIN = 128,
    PROGRAM_MAX = 64 << 20,
    BLOCK = 4096,
    GAP_BLOCKS =
        2, /* zeros between the program and what it brings along: more than alignment */
    PLATFORM = 88,
    PLATFORM_NAME = 64,
    PLATFORM_NAME_MIN = 2,
    MINOR_MAX = 99,
    HARTS_MAX = 4096,
    STACK_MIN = 1024,
    STACK_MAX = 1 << 20,
    BUILD_MAX = 80
};

static const uint8_t start[START] = {0x33, 0x04, 0x05, 0x00, 0xb3, 0x84,
                                     0x05, 0x00, 0x33, 0x09, 0x06, 0x00};

/* Three registers are saved, and a function of the kind of firmware is called. */
static bool start_here(struct bytes b)
{
    uint32_t call = bytes_u32le(b, START) & 0xfff;

    return bytes_equal(bytes_slice(b, 0, START), (struct bytes){start, START}) &&
           (call == 0x0ef || call == 0x097);
}

static bool banner_in(struct bytes b)
{
    struct bytes rest = bytes_slice(b, bytes_find(b, 0, bytes_of("\nOpenSBI ")) + 9, SIZE_MAX);

    return bytes_starts_with(rest, "v%d.%d\n") || bytes_starts_with(rest, "%s\n");
}

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    return start_here(b) && banner_in(b) ? 92 : 0;
}

static bool zero_blocks(struct bytes b, size_t at, size_t count)
{
    return b.len - at >= count * BLOCK && bytes_all(bytes_slice(b, at, count * BLOCK), 0);
}

/* Where the gap begins behind which something else stands, whose place is returned; or the end.
 */
static size_t payload_at(struct bytes b, size_t *ret_gap)
{
    size_t at = BLOCK;

    *ret_gap = b.len;
    while (at < b.len && !zero_blocks(b, at, GAP_BLOCKS))
        at += BLOCK;
    if (at >= b.len)
        return b.len;
    *ret_gap = at;
    while (*ret_gap > 0 && b.data[*ret_gap - 1] == 0)
        (*ret_gap)--;
    while (at < b.len && zero_blocks(b, at, 1))
        at += BLOCK;
    return bytes_all(bytes_slice(b, at, b.len), 0) ? b.len : at;
}

static bool platform_here(struct bytes b)
{
    uint32_t version = bytes_u32le(b, 0);
    struct bytes field = bytes_slice(b, 8, PLATFORM_NAME);
    struct bytes name = boot_printable(field);
    uint32_t harts = bytes_u32le(b, 80);
    uint32_t stack = bytes_u32le(b, 84);

    return b.len >= PLATFORM && version != 0 && version >> 16 <= MINOR_MAX &&
           (version & UINT16_MAX) <= MINOR_MAX && name.len >= PLATFORM_NAME_MIN &&
           name.len < PLATFORM_NAME &&
           bytes_all(bytes_slice(field, name.len, PLATFORM_NAME), 0) && harts > 0 &&
           harts <= HARTS_MAX && stack >= STACK_MIN && stack <= STACK_MAX && stack % 16 == 0 &&
           bytes_u32le(b, 76) == 0;
}

/* Where the one description stands, or the end: of several none can be told from the others. */
static size_t platform_find(struct bytes b)
{
    size_t found = b.len;

    for (size_t at = 0; at < b.len && b.len - at >= PLATFORM; at += 8) {
        if (!platform_here(bytes_slice(b, at, PLATFORM)))
            continue;
        if (found < b.len)
            return b.len;
        found = at;
    }
    return found;
}

static void platform(struct decode *d, size_t at)
{
    static const struct field rows[] = {
        {KEY_OPENSBI_PLATFORM_VERSION, F_U32LE, 0,             0},
        {KEY_OPENSBI_PLATFORM,         F_TEXT,  PLATFORM_NAME, 0},
        {KEY_OPENSBI_FEATURES,         F_U64LE, 0,             0},
        {KEY_OPENSBI_HARTS,            F_U32LE, 0,             0},
        {KEY_OPENSBI_STACK,            F_U32LE, 0,             0},
    };
    uint32_t version = bytes_u32le(d->in.all, at);
    const char *words =
        arena_format(d->arena, "%u.%u", version >> 16, version & (uint32_t)UINT16_MAX);

    decode_open(d, ITEM_MAP, "platform");
    decode_value_at(d, KEY_OPENSBI_VERSION, value_text(bytes_of(words)), bmc_span(d, at, 4));
    reader_seek(&d->in, at + 4);
    (void)decode_fields(d, rows, ARRAY_LEN(rows));
    decode_close(d);
}

/* "v1.3-54-g1a2b3c4" and a NUL, as git describes what is not a release; else empty. */
static struct bytes build_here(struct bytes b)
{
    struct bytes text = boot_printable(bytes_slice(b, 0, BUILD_MAX));

    return boot_fits(text, "v9.9") && bytes_find(text, 0, bytes_of("-g")) < text.len &&
                   text.len < b.len && b.data[text.len] == 0
               ? text
               : bytes_slice(b, 0, 0);
}

static void build(struct decode *d, struct bytes all)
{
    static const uint8_t before[] = {0, 'v'};
    size_t at = 0;

    while ((at = bytes_find(all, at, (struct bytes){before, sizeof(before)})) < all.len) {
        struct bytes text = build_here(bytes_slice(all, ++at, SIZE_MAX));

        if (text.len == 0)
            continue;
        decode_value_at(d, KEY_OPENSBI_BUILD, value_text(text), bmc_span(d, at, text.len));
        return;
    }
}

static void decode(struct decode *d)
{
    struct bytes all = d->in.all;
    size_t gap = 0;
    size_t payload = payload_at(all, &gap);
    size_t described = platform_find(bytes_slice(all, 0, gap));

    decode_open(d, ITEM_MAP, "opensbi");
    if (!start_here(all))
        decode_fault(d, FAULT_BAD_SIGNATURE, d->in.base);
    if (!banner_in(all))
        decode_fault(d, FAULT_MISSING, d->in.base);
    if (described < gap)
        platform(d, described);
    build(d, bytes_slice(all, 0, gap));
    size_t end = boot_program(d, gap);

    bmc_gap(d, bmc_span(d, end, payload - end));
    if (payload < all.len)
        bmc_part(d, bytes_of("payload"), bmc_span(d, payload, all.len - payload), CLASS_CODE);
    decode_close(d);
    reader_seek(&d->in, all.len);
}

const struct decoder decoder_opensbi = {
    .name = "opensbi",
    .title = "OpenSBI, firmware of RISC-V, as a raw program",
    .spec = "opensbi",
    .surface = "bmc-flash",
    .min = PROGRAM_MIN,
    .max = PROGRAM_MAX,
    .probe = probe,
    .decode = decode,
};
