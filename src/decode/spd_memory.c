/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the memory is: JEDEC Standard 21-C, page 4.1.2.11 (annex K, DDR3) and 4.1.2.12 (annex L,
 * DDR4), JESD400-5 (DDR5).
 */
#include "decode/spd.h"

unsigned spd_byte(const struct decode *d, size_t offset)
{
    struct bytes b = bytes_slice(d->in.all, offset, 1);

    return b.len == 1 ? b.data[0] : 0;
}

static bool present(const struct decode *d, size_t offset)
{
    return offset < d->in.all.len;
}

void spd_claim(struct decode *d, enum key_id key, uint64_t value, size_t offset)
{
    struct span s = {d->in.blob, d->in.base + offset, 1};

    if (!present(d, offset))
        return;
    if (key_get(key)->type == TYPE_BOOL)
        decode_value_at(d, key, value_bool(value != 0), s);
    else
        decode_value_at(d, key, value_uint(value), s);
}

/* Claims of the organisation and of the capacity that follows from it. */
static void spd_organisation_claim(struct decode *d, const struct spd_organisation *o,
                                   size_t density_at, size_t width_at, size_t bus_at)
{
    if (o->density == 0)
        decode_fault(d, FAULT_BAD_VALUE, d->in.base + density_at);
    /* The devices of a rank lie side by side on the bus. */
    if (o->width == 0 || (o->bus != 0 && o->width > o->bus))
        decode_fault(d, FAULT_BAD_VALUE, d->in.base + width_at);
    if (o->ranks == 0)
        decode_fault(d, FAULT_BAD_VALUE, d->in.base + width_at);
    if (o->bus == 0)
        decode_fault(d, FAULT_BAD_VALUE, d->in.base + bus_at);
    spd_claim(d, KEY_SPD_DENSITY, o->density, density_at);
    spd_claim(d, KEY_SPD_DIES, o->dies, density_at);
    spd_claim(d, KEY_SPD_WIDTH, o->width, width_at);
    if (o->ranks != 0)
        spd_claim(d, KEY_SPD_RANKS, o->ranks, width_at);
    spd_claim(d, KEY_SPD_BUS, o->bus, bus_at);
    spd_claim(d, KEY_SPD_CHANNELS, o->channels, bus_at);
    if (o->density == 0 || o->width == 0 || o->ranks == 0 || o->width > o->bus)
        return;
    uint64_t megabits = o->density * (o->bus / o->width) * o->dies * o->ranks * o->channels;

    spd_claim(d, KEY_SPD_CAPACITY, megabits / 8, density_at);
}

/* The rating whose cycle is nearest, if it is within 2 %; else what the cycle gives. */
static void spd_speed(struct decode *d, uint64_t picoseconds, size_t offset)
{
    static const uint16_t ratings[] = {800,  1066, 1333, 1600, 1866, 2133, 2400, 2666,
                                       2933, 3200, 3600, 4000, 4400, 4800, 5200, 5600,
                                       6000, 6400, 6800, 7200, 7600, 8000, 8400, 8800};

    if (picoseconds == 0) {
        decode_fault(d, FAULT_BAD_VALUE, d->in.base + offset);
        return;
    }
    uint64_t speed = 2000000 / picoseconds;

    spd_claim(d, KEY_SPD_CYCLE, picoseconds, offset);
    for (size_t i = 0; i < ARRAY_LEN(ratings); i++) {
        uint64_t gap = speed > ratings[i] ? speed - ratings[i] : ratings[i] - speed;

        if (gap * 100 < UINT64_C(2) * ratings[i]) {
            speed = ratings[i];
            break;
        }
    }
    spd_claim(d, KEY_SPD_SPEED, speed, offset);
}

/* 4, 8, 16 or 32 bits; 0 for what is reserved. */
static uint64_t device_width(unsigned code)
{
    return code < 4 ? UINT64_C(4) << code : 0;
}

/* 8, 16, 32 or 64 bits; 0 for what is reserved. */
static uint64_t bus_width(unsigned code)
{
    return code < 4 ? UINT64_C(8) << code : 0;
}

/* A time in picoseconds from a signed fine part and a coarse part in units of `base`. */
static uint64_t cycle(unsigned coarse, unsigned fine, uint64_t base)
{
    int64_t offset = fine < 128 ? (int64_t)fine : (int64_t)fine - 256;
    int64_t time = (int64_t)(coarse * base) + offset;

    return time > 0 ? (uint64_t)time : 0;
}

void spd_ddr3(struct decode *d)
{
    static const uint8_t ranks[8] = {1, 2, 3, 4, 8};
    unsigned density = spd_byte(d, 4) & 15;
    unsigned organisation = spd_byte(d, 7);
    unsigned bus = spd_byte(d, 8);
    unsigned divisor = spd_byte(d, 11);
    unsigned fine = spd_byte(d, 9);
    struct spd_organisation o = {
        .density = density <= 6 ? UINT64_C(256) << density : 0,
        .dies = 1,
        .width = device_width(organisation & 7),
        .ranks = ranks[organisation >> 3 & 7],
        .bus = bus_width(bus & 7),
        .channels = 1,
    };

    spd_claim(d, KEY_SPD_MODULE3, spd_byte(d, 3) & 15, 3);
    spd_claim(d, KEY_SPD_ROWS, (spd_byte(d, 5) >> 3 & 7) + 12U, 5);
    spd_claim(d, KEY_SPD_COLUMNS, (spd_byte(d, 5) & 7) + 9U, 5);
    spd_organisation_claim(d, &o, 4, 7, 8);
    spd_claim(d, KEY_SPD_EXTENSION, (uint64_t)(bus >> 3 & 3) * 8, 8);
    /* The medium time base is a fraction of a nanosecond, the fine one of a picosecond. */
    uint64_t medium = spd_byte(d, 12) * UINT64_C(1000) * spd_byte(d, 10);
    uint64_t step = (fine & 15) == 0 ? 0 : (fine >> 4) / (fine & 15);
    unsigned correction = spd_byte(d, 34);
    int64_t fine_part = correction < 128 ? (int64_t)correction : (int64_t)correction - 256;
    int64_t time = (int64_t)(divisor == 0 ? 0 : medium / divisor) + fine_part * (int64_t)step;

    spd_speed(d, time > 0 ? (uint64_t)time : 0, 12);
}

/* The generations number the kinds of module differently, so each has a key; the place is one.
 */
static void module_type(struct decode *d, enum key_id key)
{
    decode_named_at(d, bytes_of("module-type"), key, value_uint(spd_byte(d, 3) & 15),
                    (struct span){d->in.blob, d->in.base + 3, 1});
}

void spd_ddr4(struct decode *d)
{
    static const uint16_t densities[] = {256,  512,   1024,  2048,  4096,
                                         8192, 16384, 32768, 12288, 24576};
    unsigned density = spd_byte(d, 4) & 15;
    unsigned package = spd_byte(d, 6);
    unsigned organisation = spd_byte(d, 12);
    unsigned bus = spd_byte(d, 13);
    /* Only in packages stacked with one load (3DS) are the dies ranks of their own. */
    bool stacked = (package & 0x80) != 0 && (package & 3) == 2;
    struct spd_organisation o = {
        .density = density < ARRAY_LEN(densities) ? densities[density] : 0,
        .dies = stacked ? (package >> 4 & 7) + 1U : 1,
        .width = device_width(organisation & 7),
        .ranks = (organisation >> 3 & 7) + 1U,
        .bus = bus_width(bus & 7),
        .channels = 1,
    };

    module_type(d, KEY_SPD_MODULE4);
    spd_claim(d, KEY_SPD_HYBRID, spd_byte(d, 3) >> 7, 3);
    spd_claim(d, KEY_SPD_ROWS, (spd_byte(d, 5) >> 3 & 7) + 12U, 5);
    spd_claim(d, KEY_SPD_COLUMNS, (spd_byte(d, 5) & 7) + 9U, 5);
    spd_organisation_claim(d, &o, 4, 12, 13);
    spd_claim(d, KEY_SPD_EXTENSION, (uint64_t)(bus >> 3 & 3) * 8, 13);
    /* The only time bases that the annex defines are 125 ps and 1 ps. */
    if (spd_byte(d, 17) != 0)
        decode_fault(d, FAULT_BAD_VALUE, d->in.base + 17);
    else
        spd_speed(d, cycle(spd_byte(d, 18), spd_byte(d, 125), 125), 18);
}

void spd_ddr5(struct decode *d)
{
    static const uint32_t densities[] = {0,     4096,  8192,  12288, 16384,
                                         24576, 32768, 49152, 65536};
    static const uint8_t stacks[] = {1, 2, 2, 4, 8, 16};
    unsigned first = spd_byte(d, 4);
    unsigned organisation = spd_byte(d, 234);
    unsigned bus = spd_byte(d, 235);
    struct spd_organisation o = {
        .density = (first & 31) < ARRAY_LEN(densities) ? densities[first & 31] : 0,
        .dies = first >> 5 < ARRAY_LEN(stacks) ? stacks[first >> 5] : 1,
        .width = device_width(spd_byte(d, 6) >> 5),
        .ranks = (organisation >> 3 & 7) + 1U,
        .bus = bus_width(bus & 7),
        .channels = (bus >> 5 & 3) == 1 ? 2 : 1,
    };

    module_type(d, KEY_SPD_MODULE5);
    spd_claim(d, KEY_SPD_HYBRID, spd_byte(d, 3) >> 7, 3);
    spd_claim(d, KEY_SPD_ROWS, (spd_byte(d, 5) & 31) + 16U, 5);
    spd_claim(d, KEY_SPD_COLUMNS, (spd_byte(d, 5) >> 5) + 10U, 5);
    spd_organisation_claim(d, &o, 4, 6, 235);
    spd_claim(d, KEY_SPD_EXTENSION, (uint64_t)(bus >> 3 & 3) * 4, 235);
    spd_speed(d, spd_byte(d, 20) | (uint64_t)spd_byte(d, 21) << 8, 20);
}
