/* SPDX-License-Identifier: Apache-2.0 */
/* Phoenix's flash map: areas of the flash by GUID, in 4 KiB behind the stores of variables. */
#include "decode/nvram.h"

enum {
    HEADER = 16,
    MARK = 10,
    ENTRY = 36,
    ENTRIES_MAX = 113, /* in 4 KiB */
    MAP_MAX = 4096
};

static const char mark[] = "_FLASH_MAP";

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    return bytes_starts_with(b, mark) && bytes_uint(b, MARK, 2, false) <= ENTRIES_MAX ? 92 : 0;
}

static void entry(struct decode *d)
{
    static const struct field rows[] = {
        {KEY_FLM_GUID,       F_GUID,  0, 0},
        {KEY_FLM_DATA_TYPE,  F_U16LE, 0, 0},
        {KEY_FLM_ENTRY_TYPE, F_U16LE, 0, 0},
        {KEY_FLM_ADDRESS,    F_U64LE, 0, 0},
        {KEY_FLM_SIZE,       F_U32LE, 0, 0},
        {KEY_FLM_OFFSET,     F_U32LE, 0, 0},
    };
    struct bytes here = bytes_slice(d->in.all, d->in.pos, 16);
    struct bytes name = here.len == 16 ? guid_text(d->arena, here) : (struct bytes){NULL, 0};

    decode_enter(d, ENTRY);
    decode_open(d, ITEM_MAP, "area:%.*s", (int)name.len, (const char *)name.data);
    (void)decode_fields(d, rows, ARRAY_LEN(rows));
    decode_close(d);
    decode_leave(d);
}

static void decode(struct decode *d)
{
    static const struct field head[] = {
        {KEY_NVRAM_STORE_TYPE, F_BYTES,    MARK, 0},
        {KEY_FLM_ENTRIES,      F_U16LE,    0,    0},
        {KEY_NONE,             F_RESERVED, 4,    0},
    };

    decode_open(d, ITEM_MAP, "flash-map");
    if (!bytes_starts_with(d->in.all, mark))
        decode_fault(d, FAULT_BAD_SIGNATURE, d->in.base);
    (void)decode_fields(d, head, ARRAY_LEN(head));
    uint64_t count = decode_value(d, KEY_FLM_ENTRIES);

    if (count > ENTRIES_MAX)
        decode_fault(d, FAULT_BAD_COUNT, d->in.base + MARK);
    for (uint64_t i = 0; i < count && i < ENTRIES_MAX && !d->in.failed; i++)
        entry(d);
    if (!d->in.failed)
        nvram_free_space(d);
    decode_close(d);
}

const struct decoder decoder_nvram_flash_map = {
    .name = "nvram-flash-map",
    .title = "Flash map (Phoenix)",
    .spec = "nvram-vendors",
    .surface = "flash",
    .min = HEADER,
    .max = MAP_MAX,
    .probe = probe,
    .decode = decode,
};
