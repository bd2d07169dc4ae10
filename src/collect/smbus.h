/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Probing an SMBus (SMBus 3.2) with reads only, over any way of making transfers. Intrusive all
 * the same: a read can change a device's state. Addresses 0x30 to 0x37, at which memory modules
 * take page and write-protection commands, are never touched.
 */
#ifndef ASSAY_COLLECT_SMBUS_H
#define ASSAY_COLLECT_SMBUS_H

#include "base/text.h"
#include "collect/live.h"

struct smbus {
    void *user;
    unsigned number; /* of the bus, as in /dev/i2c-N */
    bool byte_data;  /* the controller can read byte data */
    /* Receive byte, then read byte data: the byte, or a negative errno. EBUSY: a driver of the
     * kernel holds the address. */
    int (*receive_byte)(void *user, uint8_t address);
    int (*read_byte)(void *user, uint8_t address, uint8_t command);
};

/*
 * Adds a line for every address that answers to `scan` and the content of SPD EEPROMs (0x50 to
 * 0x57) to what was found. Registers of other devices are not read.
 */
void smbus_collect(struct live *l, const struct smbus *bus, struct text *scan);

#endif
