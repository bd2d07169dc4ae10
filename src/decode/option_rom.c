/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expansion ROMs: PCI Local Bus Specification 3.0, section 6.3 (header, PCI data structure,
 * chain of images, checksum of legacy images) and UEFI 2.10, section 14.4.2 (EFI images), whose
 * programs are handed on. Images from before PCI, which a BIOS carries for itself, have no data
 * structure.
 */
#include "decode/engine_private.h"
#include "decode/pci_address.h"
#include "decode/uefi.h"

enum {
    BLOCK = 512,
    POINTER_OFFSET = 0x18,
    STRUCTURE_MIN = 0x18,
    EFI_MARK = 0x0ef1,
    CODE_LEGACY = 0,
    CODE_EFI = 3,
    COMPRESSION_NONE = 0,
    COMPRESSION_UEFI = 1,
    LAST_IMAGE = 0x80,
    PE_32 = 0x10b,
    PE_32_PLUS = 0x20b,
    PE_SECURITY = 4, /* index of the security directory */
    ROM_MAX = 16 << 20,
};

static const struct field pcir_fields[] = {
    {KEY_NONE,                                   F_SKIP,  4, 0},
    {KEY_OPTION_ROM_IMAGE_VENDOR,                F_U16LE, 0, 0},
    {KEY_OPTION_ROM_IMAGE_DEVICE,                F_U16LE, 0, 0},
    {KEY_OPTION_ROM_IMAGE_DEVICE_LIST,           F_U16LE, 0, 0},
    {KEY_OPTION_ROM_IMAGE_STRUCTURE_LENGTH,      F_U16LE, 0, 0},
    {KEY_OPTION_ROM_IMAGE_STRUCTURE_REVISION,    F_U8,    0, 0},
    {KEY_OPTION_ROM_IMAGE_PROGRAMMING_INTERFACE, F_U8,    0, 0},
    {KEY_OPTION_ROM_IMAGE_CLASS,                 F_U16LE, 0, 0},
    {KEY_OPTION_ROM_IMAGE_LENGTH_BLOCKS,         F_U16LE, 0, 0},
    {KEY_OPTION_ROM_IMAGE_CODE_REVISION,         F_U16LE, 0, 0},
    {KEY_OPTION_ROM_IMAGE_CODE_TYPE,             F_U8,    0, 0},
    {KEY_OPTION_ROM_IMAGE_INDICATOR,             F_U8,    0, 0},
};

static const struct field pcir_more[] = {
    {KEY_OPTION_ROM_IMAGE_RUNTIME_BLOCKS, F_U16LE, 0, 0},
    {KEY_OPTION_ROM_IMAGE_UTILITY_HEADER, F_U16LE, 0, 0},
    {KEY_OPTION_ROM_IMAGE_CLP_ENTRY,      F_U16LE, 0, 0},
};

static const struct field efi_fields[] = {
    {KEY_NONE,                                 F_SKIP,     2, 0},
    {KEY_OPTION_ROM_EFI_INITIALISATION_BLOCKS, F_U16LE,    0, 0},
    {KEY_NONE,                                 F_SKIP,     4, 0},
    {KEY_OPTION_ROM_EFI_SUBSYSTEM,             F_U16LE,    0, 0},
    {KEY_OPTION_ROM_EFI_MACHINE,               F_U16LE,    0, 0},
    {KEY_OPTION_ROM_EFI_COMPRESSION,           F_U16LE,    0, 0},
    {KEY_NONE,                                 F_RESERVED, 8, 0},
    {KEY_OPTION_ROM_EFI_OFFSET,                F_U16LE,    0, 0},
    {KEY_OPTION_ROM_EFI_STRUCTURE_OFFSET,      F_U16LE,    0, 0},
};

static const struct field legacy_fields[] = {
    {KEY_NONE,                                    F_SKIP,  2,  0},
    {KEY_OPTION_ROM_LEGACY_INITIALISATION_BLOCKS, F_U8,    0,  0},
    {KEY_OPTION_ROM_LEGACY_ENTRY,                 F_BYTES, 21, 0},
    {KEY_OPTION_ROM_LEGACY_STRUCTURE_OFFSET,      F_U16LE, 0,  0},
};

/* Before there was PCI: nothing but a length, an entry and a sum. */
static const struct field bare_fields[] = {
    {KEY_NONE,                                    F_SKIP,  2,  0},
    {KEY_OPTION_ROM_LEGACY_INITIALISATION_BLOCKS, F_U8,    0,  0},
    {KEY_OPTION_ROM_LEGACY_ENTRY,                 F_BYTES, 21, 0},
};

static const struct field other_fields[] = {
    {KEY_NONE,                               F_SKIP,  2,  0},
    {KEY_OPTION_ROM_LEGACY_HEADER,           F_BYTES, 22, 0},
    {KEY_OPTION_ROM_LEGACY_STRUCTURE_OFFSET, F_U16LE, 0,  0},
};

static bool rom_mark(struct bytes b, size_t at)
{
    return b.len >= 2 && at <= b.len - 2 && b.data[at] == 0x55 && b.data[at + 1] == 0xaa;
}

/* Where the image's PCI data structure lies, from its start; 0 if it is not there. */
static size_t structure_at(struct bytes image)
{
    struct reader r = reader_of(image, 0, 0);

    reader_seek(&r, POINTER_OFFSET);
    size_t at = reader_u16le(&r);

    reader_seek(&r, at);
    return bytes_equal_text(reader_take(&r, 4), "PCIR") ? at : 0;
}

/*
 * Where the certificates of a PE image end, or 0 if it has none. False if its header is not
 * sound enough to tell.
 */
static bool certificates_end(struct bytes pe, uint64_t *ret)
{
    struct reader r = reader_of(pe, 0, 0);

    if (!bytes_equal_text(reader_take(&r, 2), "MZ"))
        return false;
    reader_seek(&r, 0x3c);
    size_t header = reader_u32le(&r);

    reader_seek(&r, header);
    struct bytes mark = reader_take(&r, 4);

    if (mark.len != 4 || mark.data[0] != 'P' || mark.data[1] != 'E' || mark.data[2] != 0 ||
        mark.data[3] != 0)
        return false;
    (void)reader_take(&r, 20);
    size_t optional = r.pos;
    uint16_t magic = reader_u16le(&r);

    if (magic != PE_32 && magic != PE_32_PLUS)
        return false;
    reader_seek(&r, optional + (magic == PE_32 ? 92 : 108));
    uint32_t directories = reader_u32le(&r);

    (void)reader_take(&r, directories > PE_SECURITY ? 8 * PE_SECURITY : 0);
    struct bytes security = reader_take(&r, directories > PE_SECURITY ? 8 : 0);
    uint64_t size = bytes_u32le(security, 4);

    *ret = size != 0 ? bytes_u32le(security, 0) + size : 0;
    return !r.failed;
}

static const char *code_name(uint64_t type)
{
    static const char *const names[] = {"x86", "open-firmware", "hp-pa-risc", "efi"};

    return type < ARRAY_LEN(names) ? names[type] : "other";
}

/*
 * The program of an EFI image, in the ROM or unpacked from the bytes at `source` of it. What
 * fills the last block behind certificates was not signed with the program.
 */
static void program(struct decode *d, struct span s, uint64_t source)
{
    struct bytes pe = decode_span_bytes(d, s);
    uint64_t end = 0;

    if (!certificates_end(pe, &end)) {
        decode_fault(d, FAULT_BAD_SIGNATURE, source);
        decode_region(d, s, CLASS_CODE);
        return;
    }
    decode_value_at(d, KEY_OPTION_ROM_IMAGE_SIGNED_EMBEDDED, value_bool(end > 0),
                    (struct span){d->in.blob, source, 0});
    struct bytes rest = bytes_slice(pe, end < pe.len ? (size_t)end : pe.len, pe.len);

    if (end > 0 && rest.len < BLOCK && (bytes_all(rest, 0) || bytes_all(rest, 0xff))) {
        s.length -= rest.len;
        decode_region(d, (struct span){s.blob, s.offset + s.length, rest.len}, CLASS_PADDING);
    }
    decode_child(d, ITEM_MAP, bytes_of("pe"), s, "pe-image");
}

/* What the firmware loads goes to the end that the header of the image states. */
static void efi_image(struct decode *d)
{
    uint64_t end = decode_value(d, KEY_OPTION_ROM_EFI_INITIALISATION_BLOCKS) * BLOCK;
    uint64_t offset = decode_value(d, KEY_OPTION_ROM_EFI_OFFSET);

    if (end == 0 || end > d->in.all.len) {
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + 2);
        end = d->in.all.len;
    }
    if (offset >= end) {
        decode_fault(d, FAULT_BAD_REFERENCE, d->in.base + 0x16);
        return;
    }
    struct span s = {d->in.blob, d->in.base + offset, end - offset};
    uint64_t compression = decode_value(d, KEY_OPTION_ROM_EFI_COMPRESSION);
    struct bytes out;

    if (compression == COMPRESSION_NONE)
        program(d, s, s.offset);
    if (compression != COMPRESSION_UEFI)
        return;
    decode_claimed_region(d, s, CLASS_COMPRESSED);
    if (!uefi_unpack_efi11(d, decode_span_bytes(d, s), s, &out))
        return;
    uint32_t blob = decode_derive(d, s, out, uefi_method_name(UEFI_EFI11));

    program(d, (struct span){blob, 0, out.len}, s.offset);
}

/* A legacy image sums to zero over the length that its header states. */
static void legacy_checksum(struct decode *d)
{
    size_t blocks = (size_t)decode_value(d, KEY_OPTION_ROM_LEGACY_INITIALISATION_BLOCKS);

    if (blocks == 0 || blocks * BLOCK > d->in.all.len)
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + 2);
    else if (sum8(bytes_slice(d->in.all, 0, blocks * BLOCK)) != 0)
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base);
}

/* The header at the start of the image, whose form the kind of code decides. */
static void image_header(struct decode *d, uint64_t type)
{
    struct reader peek = d->in;

    (void)reader_take(&peek, 4);
    switch (type) {
    case CODE_EFI:
        if (reader_u32le(&peek) != EFI_MARK)
            decode_fault(d, FAULT_BAD_SIGNATURE, d->in.base + 4);
        (void)decode_fields(d, efi_fields, ARRAY_LEN(efi_fields));
        efi_image(d);
        return;
    case CODE_LEGACY:
        (void)decode_fields(d, legacy_fields, ARRAY_LEN(legacy_fields));
        legacy_checksum(d);
        return;
    default:
        (void)decode_fields(d, other_fields, ARRAY_LEN(other_fields));
    }
}

/* The PCI data structure; its length tells which fields it has. */
static void image_structure(struct decode *d, size_t at)
{
    reader_seek(&d->in, at);
    struct reader peek = d->in;

    (void)reader_take(&peek, 10);
    size_t length = reader_u16le(&peek);

    if (length < STRUCTURE_MIN || length > reader_left(&d->in)) {
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + at + 10);
        length = STRUCTURE_MIN;
    }
    decode_enter(d, length);
    (void)decode_fields(d, pcir_fields, ARRAY_LEN(pcir_fields));
    if (decode_value(d, KEY_OPTION_ROM_IMAGE_STRUCTURE_REVISION) >= 3 &&
        reader_left(&d->in) >= 4) {
        (void)reader_take(&d->in, 2);
        (void)decode_fields_grow(d, pcir_more, ARRAY_LEN(pcir_more));
    }
    decode_leave(d);
}

/* One image in a reader of exactly its bytes, or of what is there of them. */
static void image(struct decode *d, size_t structure, uint64_t type)
{
    struct span s = {d->in.blob, d->in.base, d->in.all.len};
    struct reader peek = d->in;

    (void)reader_take(&peek, 10);
    if (type == CODE_EFI)
        decode_open(d, ITEM_MAP, "image:efi-%04x", reader_u16le(&peek));
    else
        decode_open(d, ITEM_MAP, "image:%s", code_name(type));
    decode_digest(d, KEY_OPTION_ROM_IMAGE_DIGEST, d->in.all, s);
    decode_region(d, s, CLASS_CODE);
    image_structure(d, structure);
    reader_seek(&d->in, 0);
    image_header(d, type);
    decode_close(d);
}

/* Why no image begins at `at`, where the rest of the chain is. */
static void no_image(struct decode *d, struct bytes rest, size_t at)
{
    if (rest.len == 0)
        decode_fault(d, FAULT_UNTERMINATED, d->in.base + at);
    else if (!rom_mark(rest, 0))
        decode_fault(d, FAULT_BAD_SIGNATURE, d->in.base + at);
    else if (rest.len < BLOCK)
        decode_fault(d, FAULT_TRUNCATED, d->in.base + at);
    else
        decode_fault(d, FAULT_BAD_REFERENCE, d->in.base + at + POINTER_OFFSET);
}

/*
 * Goes along the chain. Returns the end of the last image; *ret_count is how many there are.
 * Every step goes forward by at least a block.
 */
static size_t images(struct decode *d, uint64_t *ret_count)
{
    struct bytes all = d->in.all;
    size_t at = 0;
    bool last = false;

    for (*ret_count = 0; !last; (*ret_count)++) {
        struct bytes rest = bytes_slice(all, at, all.len);
        size_t structure = structure_at(rest);

        if (!rom_mark(rest, 0) || structure == 0) {
            no_image(d, rest, at);
            return at;
        }
        struct reader r = reader_of(rest, 0, 0);

        reader_seek(&r, structure + 0x10);
        size_t length = (size_t)reader_u16le(&r) * BLOCK;

        (void)reader_take(&r, 2);
        uint64_t type = reader_u8(&r);

        last = (reader_u8(&r) & LAST_IMAGE) != 0;
        if (length == 0 || length > rest.len || r.failed) {
            bool ends = length > rest.len || r.failed;

            decode_fault(d, ends ? FAULT_TRUNCATED : FAULT_BAD_LENGTH,
                         d->in.base + (ends ? all.len : at + structure + 0x10));
            return at;
        }
        reader_seek(&d->in, at);
        decode_enter(d, length);
        image(d, structure, type);
        decode_leave(d);
        at += length;
    }
    return at;
}

/*
 * The bytes of an image without PCI data structure, as firmware carries them for itself: its
 * length is stated and it sums to zero. 0: it is none. A PCI device has none such.
 */
static size_t bare_length(struct bytes b)
{
    size_t length = rom_mark(b, 0) && structure_at(b) == 0 ? (size_t)b.data[2] * BLOCK : 0;

    return length > 0 && length <= b.len && sum8(bytes_slice(b, 0, length)) == 0 ? length : 0;
}

static void bare_image(struct decode *d, size_t length)
{
    decode_enter(d, length);
    struct span s = {d->in.blob, d->in.base, length};

    decode_open(d, ITEM_MAP, "image:bare");
    decode_digest(d, KEY_OPTION_ROM_IMAGE_DIGEST, d->in.all, s);
    decode_region(d, s, CLASS_CODE);
    (void)decode_fields(d, bare_fields, ARRAY_LEN(bare_fields));
    decode_close(d);
    decode_leave(d);
}

/* What follows the last image: nothing, padding, or the images again where addresses wrap. */
static void tail(struct decode *d, size_t end)
{
    struct bytes all = d->in.all;
    struct span s = {d->in.blob, d->in.base + end, all.len - end};
    struct bytes rest = bytes_slice(all, end, all.len);
    uint64_t repeated = 0;
    size_t period = 1;

    /* A device decodes a power of two of bytes. */
    while (period < end)
        period *= 2;
    if (rest.len == 0)
        return;
    if (bytes_all(rest, 0xff) || bytes_all(rest, 0)) {
        decode_region(d, s, CLASS_PADDING);
        return;
    }
    struct bytes gap = bytes_slice(all, end, period - end);

    if (!bytes_all(gap, 0xff) && !bytes_all(gap, 0))
        return;
    while (period * (repeated + 2) <= all.len &&
           bytes_equal(bytes_slice(all, 0, period),
                       bytes_slice(all, period * (repeated + 1), period)))
        repeated++;
    if (repeated == 0 || period * (repeated + 1) != all.len)
        return;
    /* Without bytes of its own, so that the digest of unclaimed bytes still covers them. */
    decode_value_at(d, KEY_OPTION_ROM_REPETITIONS, value_uint(repeated),
                    (struct span){s.blob, s.offset, 0});
    decode_region(d, s, CLASS_PADDING);
}

/* All images together, whose bytes keep the classes that each gave them. */
static void content(struct decode *d, size_t end, uint64_t count)
{
    struct span s = {d->in.blob, d->in.base, end};
    struct span here = {s.blob, s.offset, 0};
    struct digest digest = memo_sha256(d->engine->memo, decode_span_bytes(d, s));
    struct bytes kept = arena_copy(d->arena, (struct bytes){digest.bytes, SHA256_SIZE});

    decode_value_at(d, KEY_OPTION_ROM_IMAGES, value_uint(count), here);
    decode_value_at(d, KEY_OPTION_ROM_LENGTH, value_uint(end), here);
    decode_located(d, KEY_OPTION_ROM_CONTENT_DIGEST, value_bytes(kept), s);
}

static void decode(struct decode *d)
{
    struct pci_address address;
    uint64_t count = 0;
    bool device = pci_address_parse(d->label, &address);
    bool named = device && !bytes_equal(d->out->items[d->item].name, d->label);

    if (named)
        decode_open_bytes(d, ITEM_MAP, pci_address_text(d->arena, &address));
    size_t end = device ? 0 : bare_length(d->in.all);

    if (end > 0) {
        bare_image(d, end);
        count = 1;
    } else {
        end = images(d, &count);
    }

    /* Images and the regions that hold them are made of blocks. */
    if (d->in.all.len % BLOCK != 0)
        decode_fault(d, FAULT_TRUNCATED, d->in.base + d->in.all.len);
    if (end > 0) {
        content(d, end, count);
        tail(d, end);
    }
    if (named)
        decode_close(d);
}

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    if (!rom_mark(b, 0))
        return 0;
    return structure_at(b) != 0 ? 97 : bare_length(b) > 0 ? 50 : 15;
}

const struct decoder decoder_option_rom = {
    .name = "option-rom",
    .title = "Expansion ROM of a PCI device",
    .spec = "pci-3.0-rom",
    .min = 0x1a,
    .max = ROM_MAX,
    .probe = probe,
    .decode = decode,
};
