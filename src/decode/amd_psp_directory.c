/* SPDX-License-Identifier: Apache-2.0 */
/* PSP and BIOS directories of an AMD flash image, of both levels, and combo directories. */
#include "decode/amd.h"

enum {
    TYPE_SOFT_FUSES = 0x0b,
    BIOS_RESET_IMAGE = 0x62,
    BIOS_MICROCODE = 0x66,
    SLOT_SIZE = 32,
    WRITABLE_PSP = 1 << 2,
    WRITABLE_BIOS = 1 << 5,
};

static const struct field header[] = {
    {KEY_AMD_DIRECTORY_COOKIE,   F_TEXT,  4, 0},
    {KEY_AMD_DIRECTORY_CHECKSUM, F_U32LE, 0, 0},
    {KEY_AMD_DIRECTORY_COUNT,    F_U32LE, 0, 0},
};

static const struct field directory_rest[] = {
    {KEY_AMD_DIRECTORY_INFO, F_U32LE, 0, 0},
};

static const struct field combo_rest[] = {
    {KEY_AMD_COMBO_LOOKUP, F_U32LE,    0,  0},
    {KEY_NONE,             F_RESERVED, 16, 0},
};

static const struct field combo_row[] = {
    {KEY_AMD_COMBO_SELECT,  F_U32LE, 0, 0},
    {KEY_AMD_COMBO_ID,      F_U32LE, 0, 0},
    {KEY_AMD_COMBO_ADDRESS, F_U64LE, 0, 0},
};

static const struct field psp_row[] = {
    {KEY_AMD_ENTRY_TYPE,       F_U8,    0, 0},
    {KEY_AMD_ENTRY_SUBPROGRAM, F_U8,    0, 0},
    {KEY_NONE,                 F_U16LE, 0, 0},
    {KEY_AMD_ENTRY_ROM,        F_BITS,  2, 0},
    {KEY_AMD_ENTRY_WRITABLE,   F_FLAG,  1, 2},
    {KEY_AMD_ENTRY_INSTANCE,   F_BITS,  4, 3},
    {KEY_AMD_ENTRY_FLAGS,      F_BITS,  9, 7},
    {KEY_AMD_ENTRY_SIZE,       F_U32LE, 0, 0},
};

static const struct field bios_row[] = {
    {KEY_AMD_ENTRY_BIOS_TYPE,  F_U8,    0, 0},
    {KEY_AMD_ENTRY_REGION,     F_U8,    0, 0},
    {KEY_NONE,                 F_U8,    0, 0},
    {KEY_AMD_ENTRY_RESET,      F_FLAG,  1, 0},
    {KEY_AMD_ENTRY_COPY,       F_FLAG,  1, 1},
    {KEY_AMD_ENTRY_READ_ONLY,  F_FLAG,  1, 2},
    {KEY_AMD_ENTRY_COMPRESSED, F_FLAG,  1, 3},
    {KEY_AMD_ENTRY_INSTANCE,   F_BITS,  4, 4},
    {KEY_NONE,                 F_U8,    0, 0},
    {KEY_AMD_ENTRY_SUBPROGRAM, F_BITS,  3, 0},
    {KEY_AMD_ENTRY_ROM,        F_BITS,  2, 3},
    {KEY_AMD_ENTRY_WRITABLE,   F_FLAG,  1, 5},
    {KEY_AMD_ENTRY_FLAGS,      F_BITS,  2, 6},
    {KEY_AMD_ENTRY_SIZE,       F_U32LE, 0, 0},
};

static const struct field address_row[] = {
    {KEY_AMD_ENTRY_ADDRESS, F_U64LE, 0, 0},
};

static const struct field fuse_row[] = {
    {KEY_AMD_ENTRY_SOFT_FUSES, F_U64LE, 0, 0},
};

static const struct field value_row[] = {
    {KEY_AMD_ENTRY_VALUE, F_U64LE, 0, 0},
};

static const struct field destination_row[] = {
    {KEY_AMD_ENTRY_DESTINATION, F_U64LE, 0, 0},
};

/* Fletcher-32 over 16-bit words; sums start as all ones. */
static uint32_t fletcher32(struct bytes b)
{
    struct reader r = reader_of(b, 0, 0);
    uint32_t low = 0xffff;
    uint32_t high = 0xffff;

    while (reader_left(&r) >= 2) {
        low += (uint32_t)reader_u16le(&r);
        low = (low & 0xffff) + (low >> 16);
        high += low;
        high = (high & 0xffff) + (high >> 16);
    }
    return high << 16 | low;
}

static unsigned probe(struct bytes b, struct bytes label)
{
    struct amd_directory ignored;

    (void)label;
    return amd_directory_read(b, &ignored) ? 80 : 0;
}

static bool is_written(bool bios, uint64_t type, bool writable)
{
    return writable || (bios ? type == 0x63 : type == 0x04 || type == 0x54);
}

/* Level 2 directories, or slot headers that lead to one. */
static bool next_level(struct decode *d, bool bios, uint64_t type, struct span at)
{
    bool level = bios ? type == 0x70 : type == 0x40 || type == 0x49;
    bool slot = !bios && (type == 0x48 || type == 0x4a);

    if (!level && !slot)
        return false;
    if (amd_refer_directory(d, at, "directory"))
        return true;
    at.length = SLOT_SIZE;
    if (slot && decode_span_bytes(d, at).len == SLOT_SIZE)
        decode_refer(d, ITEM_MAP, bytes_of("slot"), at, "amd-image-slot");
    else
        decode_fault(d, FAULT_BAD_REFERENCE, d->in.base + 8);
    return true;
}

static void follow(struct decode *d, struct span directory, const struct amd_directory *dir,
                   uint64_t type)
{
    uint64_t address = decode_value(d, KEY_AMD_ENTRY_ADDRESS);
    uint64_t size = decode_value(d, KEY_AMD_ENTRY_SIZE);
    bool written = is_written(dir->bios, type, decode_value(d, KEY_AMD_ENTRY_WRITABLE) != 0);
    struct span at;

    /* What is made at run time has a destination only. */
    if (d->in.failed || (dir->bios && (address == 0 || size == 0)))
        return;
    if (dir->mode >= AMD_DIRECTORY_OFFSET && address >> 62 == AMD_PARTITION_OFFSET) {
        decode_bool(d, KEY_AMD_ENTRY_UNRESOLVED, true, d->in.pos - 8);
        return;
    }
    if (!amd_entry_span(d, directory, dir->mode, address, 1, &at)) {
        decode_fault(d, FAULT_BAD_REFERENCE, d->in.base + 8);
        return;
    }
    if (next_level(d, dir->bios, type, at))
        return;
    at.length = size;
    if (size == 0 || decode_span_bytes(d, at).len != size)
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + 4);
    else if (dir->bios && type == BIOS_RESET_IMAGE &&
             decode_value(d, KEY_AMD_ENTRY_COMPRESSED) == 0)
        decode_point(d, at);
    else if (dir->bios && type == BIOS_MICROCODE)
        decode_refer(d, ITEM_MAP, bytes_of("content"), at, "amd-microcode");
    else
        decode_refer(d, ITEM_MAP, bytes_of(written ? "volatile" : "content"), at,
                     "amd-psp-entry");
}

static void open_entry(struct decode *d, bool bios, struct bytes b)
{
    const struct key *k = key_get(bios ? KEY_AMD_ENTRY_BIOS_TYPE : KEY_AMD_ENTRY_TYPE);
    const char *name = key_value_name(k, b.data[0]);
    unsigned sub = bios ? b.data[3] & 7U : b.data[1];
    unsigned instance = bios ? b.data[2] >> 4 : b.data[2] >> 3 & 15U;
    const char *word = name != NULL ? name : arena_format(d->arena, "type-%02x", b.data[0]);

    if (sub == 0 && instance == 0)
        decode_open(d, ITEM_MAP, "%s", word);
    else
        decode_open(d, ITEM_MAP, "%s:%u.%u", word, sub, instance);
}

static void entry(struct decode *d, struct span directory, const struct amd_directory *dir)
{
    struct bytes b = bytes_slice(d->in.all, 0, dir->entry);
    uint64_t type = b.data[0];

    open_entry(d, dir->bios, b);
    if (dir->bios)
        (void)decode_fields(d, bios_row, ARRAY_LEN(bios_row));
    else
        (void)decode_fields(d, psp_row, ARRAY_LEN(psp_row));
    if (!dir->bios && type == TYPE_SOFT_FUSES) {
        (void)decode_fields(d, fuse_row, ARRAY_LEN(fuse_row));
    } else if (!dir->bios && decode_value(d, KEY_AMD_ENTRY_SIZE) == UINT32_MAX) {
        (void)decode_fields(d, value_row, ARRAY_LEN(value_row));
    } else {
        (void)decode_fields(d, address_row, ARRAY_LEN(address_row));
        follow(d, directory, dir, type);
    }
    if (dir->bios)
        (void)decode_fields(d, destination_row, ARRAY_LEN(destination_row));
    decode_close(d);
}

static void combo(struct decode *d)
{
    struct reader peek = reader_at(&d->in, d->in.pos + 4, 4);
    struct span at;

    decode_open(d, ITEM_MAP, "id:%08x", (unsigned)reader_u32le(&peek));
    (void)decode_fields(d, combo_row, ARRAY_LEN(combo_row));
    uint64_t address = decode_value(d, KEY_AMD_COMBO_ADDRESS);

    if (!d->in.failed && address != 0 && address != UINT32_MAX &&
        (!amd_address(d, address, 1, &at) || !amd_refer_directory(d, at, "directory")))
        decode_fault(d, FAULT_BAD_REFERENCE, d->in.base + 8);
    decode_close(d);
}

static void decode(struct decode *d)
{
    struct span directory = {d->in.blob, d->in.base, d->in.all.len};
    struct amd_directory dir;
    struct bytes all = d->in.all;

    if (!amd_directory_read(all, &dir)) {
        decode_fault(d, FAULT_BAD_SIGNATURE, d->in.base);
        return;
    }
    uint64_t room = (all.len - dir.header) / dir.entry;
    uint64_t count = dir.count < room ? dir.count : room;
    size_t length = dir.header + (size_t)count * dir.entry;

    if (dir.count != count)
        decode_fault(d, FAULT_BAD_COUNT, d->in.base + 8);
    (void)decode_fields(d, header, ARRAY_LEN(header));
    if (decode_value(d, KEY_AMD_DIRECTORY_CHECKSUM) !=
        fletcher32(bytes_slice(all, 8, length - 8)))
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + 4);
    if (dir.combo) {
        (void)decode_fields(d, combo_rest, ARRAY_LEN(combo_rest));
    } else {
        (void)decode_fields(d, directory_rest, ARRAY_LEN(directory_rest));
        decode_uint(d, KEY_AMD_DIRECTORY_MODE, dir.mode, d->in.pos - 4);
    }
    for (uint64_t i = 0; i < count && reader_more(&d->in); i++) {
        decode_enter(d, dir.entry);
        if (dir.combo)
            combo(d);
        else
            entry(d, directory, &dir);
        decode_leave(d);
    }
}

const struct decoder decoder_amd_psp_directory = {
    .name = "amd-psp-directory",
    .title = "AMD PSP or BIOS directory",
    .spec = "amd-psp",
    .surface = "flash",
    .min = AMD_COMBO_HEADER,
    .max = 256 << 20,
    .probe = probe,
    .decode = decode,
};
