/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SPD EEPROMs of memory modules: JEDEC Standard 21-C, annexes D, E, J (older), K (DDR3), L
 * (DDR4), JESD400-5 (DDR5). Older modules than DDR3 give their identity only.
 */
#include "decode/spd.h"

enum {
    TURN = 90,
    NO_TURN = 100
};

/* Where a generation keeps what tells one module from another; 0 where it has none. */
struct layout {
    void (*memory)(struct decode *d);
    uint16_t size;
    uint16_t base_end;  /* the bytes before describe the memory */
    uint16_t crc_at[2]; /* checksums over what begins at crc_from and ends at them */
    uint16_t crc_from[2];
    uint16_t maker_at; /* maker, location, year, week, serial follow each other */
    uint16_t part_at;
    uint8_t part_size;
    uint8_t revision_size;
    uint16_t dram_at;
    bool stepping;
    uint16_t data_at; /* the maker's own bytes */
    uint16_t user_at; /* the user's bytes, to the end */
};

static const struct layout layout_old = {
    .size = 128,
    .base_end = 63,
    .maker_at = 64,
    .part_at = 73,
    .part_size = 18,
    .revision_size = 2,
    .data_at = 99,
    .user_at = 128,
};

static const struct layout layout_ddr3 = {
    .memory = spd_ddr3,
    .size = 256,
    .base_end = 117,
    .crc_at = {126, 0},
    .maker_at = 117,
    .part_at = 128,
    .part_size = 18,
    .revision_size = 2,
    .dram_at = 148,
    .data_at = 150,
    .user_at = 176,
};

static const struct layout layout_ddr4 = {
    .memory = spd_ddr4,
    .size = 512,
    .base_end = 126,
    .crc_at = {126, 254},
    .crc_from = {0,   128},
    .maker_at = 320,
    .part_at = 329,
    .part_size = 20,
    .revision_size = 1,
    .dram_at = 350,
    .stepping = true,
    .data_at = 353,
    .user_at = 384,
};

static const struct layout layout_ddr5 = {
    .memory = spd_ddr5,
    .size = 1024,
    .base_end = 510,
    .crc_at = {510, 0},
    .maker_at = 512,
    .part_at = 521,
    .part_size = 30,
    .revision_size = 1,
    .dram_at = 552,
    .stepping = true,
    .data_at = 555,
    .user_at = 640,
};

static const struct layout *layout_of(unsigned type)
{
    if (type >= 1 && type <= 8)
        return &layout_old;
    if (type >= 9 && type <= 11)
        return &layout_ddr3;
    if (type == 12 || (type >= 14 && type <= 17))
        return &layout_ddr4;
    return type >= 18 && type <= 21 ? &layout_ddr5 : NULL;
}

static struct span span_at(const struct decode *d, size_t offset, size_t length)
{
    return (struct span){d->in.blob, d->in.base + offset, length};
}

/* CRC-16 with the polynomial 0x1021, from zero. */
static uint16_t crc16(struct bytes b)
{
    uint16_t crc = 0;

    for (size_t i = 0; i < b.len; i++) {
        crc = (uint16_t)(crc ^ b.data[i] << 8);
        for (unsigned bit = 0; bit < 8; bit++)
            crc = (uint16_t)((crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1);
    }
    return crc;
}

static void crc_check(struct decode *d, size_t from, size_t to, size_t at)
{
    uint64_t stated = spd_byte(d, at) | (uint64_t)spd_byte(d, at + 1) << 8;

    if (d->in.all.len < at + 2)
        return;
    decode_value_at(d, KEY_SPD_CRC, value_uint(stated), span_at(d, at, 2));
    if (stated != crc16(bytes_slice(d->in.all, from, to - from)))
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + at);
}

/* Before DDR2 FB-DIMM it is the low byte of the sum. */
static void sum_check(struct decode *d)
{
    struct bytes b = bytes_slice(d->in.all, 0, 63);
    unsigned sum = 0;

    if (d->in.all.len < 64)
        return;
    for (size_t i = 0; i < b.len; i++)
        sum += b.data[i];
    spd_claim(d, KEY_SPD_CRC, spd_byte(d, 63), 63);
    if ((sum & 0xff) != spd_byte(d, 63))
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + 63);
}

static void checks(struct decode *d, const struct layout *l)
{
    if (l == &layout_old) {
        sum_check(d);
        return;
    }
    for (size_t i = 0; i < 2; i++) {
        /* In DDR3 and FB-DIMM one bit says that the serial number is left out. */
        bool short_cover = l == &layout_ddr3 && (spd_byte(d, 0) & 0x80) != 0;
        size_t to = short_cover ? 117 : l->crc_at[i];

        if (l->crc_at[i] != 0)
            crc_check(d, l->crc_from[i], to, l->crc_at[i]);
    }
}

static void digest_at(struct decode *d, enum key_id key, size_t from, size_t to)
{
    struct bytes b = bytes_slice(d->in.all, from, to > from ? to - from : 0);

    if (b.len == 0)
        return;
    if (key != KEY_SPD_BASE && (bytes_all(b, 0x00) || bytes_all(b, 0xff)))
        decode_claimed_region(d, span_at(d, from, b.len), CLASS_PADDING);
    else
        decode_digest(d, key, b, span_at(d, from, b.len));
}

static uint64_t decimal(unsigned bcd)
{
    return (bcd >> 4) * 10U + (bcd & 15);
}

/*
 * Year and week are BCD; both 0x00 or both 0xff state nothing. The first generations are older
 * than their century: a year from `turn` on is one of the nineties.
 */
static void made(struct decode *d, size_t at, unsigned turn)
{
    unsigned year = spd_byte(d, at);
    unsigned week = spd_byte(d, at + 1);
    uint64_t century = decimal(year) >= turn ? 1900 : 2000;
    bool decimals = (year & 15) < 10 && year >> 4 < 10 && (week & 15) < 10 && week >> 4 < 10;

    if (d->in.all.len < at + 2)
        return;
    if ((year == 0 && week == 0) || (year == 0xff && week == 0xff))
        decode_region(d, span_at(d, at, 2), CLASS_STRUCTURE);
    else if (!decimals || decimal(week) < 1 || decimal(week) > 53)
        decode_fault(d, FAULT_BAD_VALUE, d->in.base + at);
    else
        decode_value_at(d, KEY_SPD_WEEK,
                        value_uint((century + decimal(year)) * 100 + decimal(week)),
                        span_at(d, at, 2));
}

static void maker_claim(struct decode *d, enum key_id key, size_t at)
{
    if (d->in.all.len >= at + 2)
        decode_value_at(d, key,
                        value_uint((uint64_t)spd_byte(d, at) << 8 | spd_byte(d, at + 1)),
                        span_at(d, at, 2));
}

static void serial_claim(struct decode *d, size_t at)
{
    struct bytes b = bytes_slice(d->in.all, at, 4);
    struct text t;

    if (b.len < 4)
        return;
    text_init(&t, d->arena, 16);
    for (size_t i = 0; i < b.len; i++)
        text_printf(&t, "%02X", b.data[i]);
    decode_value_at(d, KEY_SPD_SERIAL, value_text(text_bytes(&t)), span_at(d, at, 4));
}

/* Before DDR3 the maker's code has eight bytes, 0x7f for each continuation. */
static void maker_old(struct decode *d)
{
    uint64_t count = 0;

    while (count < 7 && spd_byte(d, 64 + count) == 0x7f)
        count++;
    uint64_t parity = (0x9669U >> (count & 15) & 1) != 0 ? 0x80 : 0;

    decode_value_at(d, KEY_SPD_MAKER,
                    value_uint((count | parity) << 8 | spd_byte(d, 64 + count)),
                    span_at(d, 64, 8));
    struct bytes rest = bytes_slice(d->in.all, 65 + count, 7 - count);

    if (!bytes_all(rest, 0))
        decode_value_at(d, KEY_RESERVED, value_bytes(rest), span_at(d, 65 + count, rest.len));
}

/* Without the run of one filling byte at the end; other fillings are part of the text. */
static struct bytes without_filling(struct bytes b)
{
    uint8_t filling = b.len > 0 ? b.data[b.len - 1] : 'x';

    while ((filling == ' ' || filling == 0x00 || filling == 0xff) && b.len > 0 &&
           b.data[b.len - 1] == filling)
        b.len--;
    return b;
}

static void part_claim(struct decode *d, const struct layout *l)
{
    struct bytes part = bytes_slice(d->in.all, l->part_at, l->part_size);
    size_t at = (size_t)l->part_at + l->part_size;

    if (part.len == l->part_size)
        decode_value_at(d, KEY_SPD_PART, value_text(without_filling(part)),
                        span_at(d, l->part_at, part.len));
    if (d->in.all.len >= at + l->revision_size) {
        uint64_t revision = spd_byte(d, at);

        if (l->revision_size == 2)
            revision = revision << 8 | spd_byte(d, at + 1);
        decode_value_at(d, KEY_SPD_PART_REVISION, value_uint(revision),
                        span_at(d, at, l->revision_size));
    }
}

static void identity(struct decode *d, const struct layout *l)
{
    size_t at = l->maker_at;

    part_claim(d, l);
    if (l == &layout_old) {
        if (d->in.all.len < l->size)
            return;
        maker_old(d);
        spd_claim(d, KEY_SPD_LOCATION, spd_byte(d, 72), 72);
        made(d, 93, TURN);
        serial_claim(d, 95);
        return;
    }
    maker_claim(d, KEY_SPD_MAKER, at);
    spd_claim(d, KEY_SPD_LOCATION, spd_byte(d, at + 2), at + 2);
    made(d, at + 3, NO_TURN);
    serial_claim(d, at + 5);
    maker_claim(d, KEY_SPD_DRAM_MAKER, l->dram_at);
    if (l->stepping)
        spd_claim(d, KEY_SPD_STEPPING, spd_byte(d, l->dram_at + 2U), l->dram_at + 2U);
}

static void module_read(struct decode *d, const struct layout *l)
{
    digest_at(d, KEY_SPD_BASE, 0, l->base_end);
    if (l == &layout_ddr4) {
        digest_at(d, KEY_SPD_MODULE, 128, 254);
        digest_at(d, KEY_SPD_MODULE, 256, l->maker_at);
    }
    spd_claim(d, KEY_SPD_SIZE_CODE, spd_byte(d, 0), 0);
    spd_claim(d, KEY_SPD_REVISION, spd_byte(d, l == &layout_old ? 62 : 1),
              l == &layout_old ? 62 : 1);
    if (l->memory != NULL && d->in.all.len >= l->base_end && spd_byte(d, 2) > 10)
        l->memory(d);
    checks(d, l);
    identity(d, l);
    digest_at(d, KEY_SPD_MAKER_DATA, l->data_at, l->user_at);
    digest_at(d, KEY_SPD_USER_DATA, l->user_at, d->in.all.len);
    if (d->in.all.len < l->size && (d->in.all.len & (d->in.all.len - 1)) == 0)
        decode_fault(d, FAULT_TRUNCATED, d->in.base + d->in.all.len);
}

/* The bus and address in a label "i2c-0-50" (or "i2c-0-0050", as the kernel names the device).
 */
static void module_open(struct decode *d)
{
    struct bytes rest = bytes_slice(d->label, 4, d->label.len);
    struct bytes bus = {NULL, 0};
    struct bytes address = {NULL, 0};
    uint64_t bus_number = 0;
    uint64_t number = 0;

    (void)bytes_word(&rest, "-.", &bus);
    (void)bytes_word(&rest, "-.", &address);
    if (bytes_starts_with(d->label, "i2c-") && bytes_number(bus, 10, &bus_number) &&
        bytes_number(address, 16, &number))
        decode_open(d, ITEM_MAP, "module:%llu-%02llx", (unsigned long long)bus_number,
                    (unsigned long long)number);
    else
        decode_open(d, ITEM_MAP, "module");
}

static void decode(struct decode *d)
{
    struct bytes all = d->in.all;
    const struct layout *l = layout_of(spd_byte(d, 2));

    (void)reader_take(&d->in, all.len);
    module_open(d);
    if (all.len < layout_old.size || (all.len & (all.len - 1)) != 0)
        decode_fault(d, FAULT_TRUNCATED, d->in.base + all.len);
    if (bytes_all(all, 0x00) || bytes_all(all, 0xff)) {
        decode_bool(d, KEY_SPD_BLANK, true, 0);

    } else {
        spd_claim(d, KEY_SPD_TYPE, spd_byte(d, 2), 2);
        if (l != NULL)
            module_read(d, l);
        else
            decode_fault(d, FAULT_BAD_VALUE, d->in.base + 2);
    }
    decode_close(d);
}

static unsigned probe(struct bytes b, struct bytes label)
{
    bool address = bytes_starts_with(label, "i2c-") &&
                   (b.len == 128 || b.len == 256 || b.len == 512 || b.len == 1024);

    if (b.len < 128)
        return 0;
    if (address && (bytes_all(b, 0x00) || bytes_all(b, 0xff)))
        return 30;
    const struct layout *l = layout_of(b.data[2]);

    if (l == NULL || l == &layout_old || (b.len != 256 && b.len != 512 && b.len != 1024))
        return 0;
    uint64_t stated = b.len < (size_t)l->crc_at[0] + 2
                          ? 0
                          : b.data[l->crc_at[0]] | (uint64_t)b.data[l->crc_at[0] + 1] << 8;
    size_t to = l == &layout_ddr3 && (b.data[0] & 0x80) != 0 ? 117 : l->crc_at[0];

    if (stated == crc16(bytes_slice(b, 0, to)))
        return 80;
    /* A wrong checksum is a fault to be told, but a text has no revision of 1.x. */
    return b.data[1] >> 4 <= 1 ? 20 : 0;
}

const struct decoder decoder_spd = {
    .name = "spd",
    .title = "SPD EEPROM of a memory module",
    .spec = "jesd21c-spd",
    .min = 3,
    .max = 4096,
    .probe = probe,
    .decode = decode,
};
