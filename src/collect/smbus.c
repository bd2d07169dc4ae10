/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/smbus.h"

#include <errno.h>

enum {
    ADDRESS_FIRST = 0x08, /* what lies outside is reserved, SMBus 3.2 appendix C */
    ADDRESS_LAST = 0x77,
    GUARD_FIRST = 0x30,
    GUARD_LAST = 0x37,
    SPD_FIRST = 0x50,
    SPD_LAST = 0x57,
    SPD_PAGE = 256,
    SPD_TYPE = 2, /* byte of the memory type in every SPD layout (JEDEC 21-C) */
    TYPE_DDR4 = 0x0c
};

/* An SPD hub of DDR5 shows its registers here: MR0 and MR1 hold the device type 0x5118. */
static bool is_hub(const uint8_t *data)
{
    return data[0] == 0x51 && data[1] == 0x18;
}

static struct found judge_spd(struct live *l, const char *path, const uint8_t *data, size_t n)
{
    struct found f = {
        .path = path, .reason = "", .bytes = arena_copy(l->arena, (struct bytes){data, n})};

    if (n >= 2 && is_hub(data)) {
        f.bytes = (struct bytes){0};
        f.state = COVERAGE_UNSUPPORTED;
        f.reason = "a DDR5 hub: its memory is read through the kernel's spd5118 driver only";
    } else if (n < SPD_PAGE) {
        f.state = n > 0 ? COVERAGE_PARTIAL : COVERAGE_FAILED;
        f.reason = "it stopped answering";
        f.bytes = n > 0 ? f.bytes : (struct bytes){0};
    } else if (data[SPD_TYPE] >= TYPE_DDR4 && data[SPD_TYPE] != 0xff) {
        f.state = COVERAGE_PARTIAL;
        f.reason = "the first page only: the second needs the kernel's ee1004 driver";
    } else {
        f.state = COVERAGE_SEEN;
    }
    return f;
}

static void read_spd(struct live *l, const struct smbus *bus, uint8_t address)
{
    const char *path = arena_format(l->arena, "i2c/i2c-%u-%02x.bin", bus->number, address);
    uint8_t data[SPD_PAGE];
    size_t n = 0;

    for (; n < SPD_PAGE; n++) {
        int c = bus->read_byte(bus->user, address, (uint8_t)n);

        if (c < 0)
            break;
        data[n] = (uint8_t)c;
    }
    live_found(l, judge_spd(l, path, data, n));
}

void smbus_collect(struct live *l, const struct smbus *bus, struct text *scan)
{
    for (unsigned address = ADDRESS_FIRST; address <= ADDRESS_LAST; address++) {
        if (address >= GUARD_FIRST && address <= GUARD_LAST)
            continue;
        int c = bus->receive_byte(bus->user, (uint8_t)address);

        /* A driver that holds an address has found its device there. */
        if (c < 0 && c != -EBUSY)
            continue;
        text_printf(scan, "bus %u addr %02x\n", bus->number, address);
        if (c >= 0 && bus->byte_data && address >= SPD_FIRST && address <= SPD_LAST)
            read_spd(l, bus, (uint8_t)address);
    }
}
