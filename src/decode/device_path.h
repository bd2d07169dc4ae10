/* SPDX-License-Identifier: Apache-2.0 */
/* UEFI device paths as text. UEFI specification 2.10, sections 10.3 (nodes) and 10.6 (text). */
#ifndef ASSAY_DECODE_DEVICE_PATH_H
#define ASSAY_DECODE_DEVICE_PATH_H

#include "decode/decode.h"

struct device_path {
    struct bytes text;   /* the whole path: "PciRoot(0x0)/Pci(0x1f,0x2)/Sata(0x0,0xffff,0x0)" */
    struct bytes stable; /* as text, with * for what is unique to a machine and for addresses */
    bool unique;  /* text holds something unique to a machine (MAC, partition GUID, WWN) */
    bool address; /* text holds memory addresses */
    bool sound;   /* no fault */
    enum fault_id fault;
    uint64_t fault_offset;
};

/*
 * Reads one path from d->in and claims it (efivar.device-path.*) in the current container, or
 * records its fault. False when it was malformed. `*unique` becomes true when the path names
 * something unique to one machine.
 */
bool device_path_decode(struct decode *d, bool *unique);

#endif
