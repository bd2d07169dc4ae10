/* SPDX-License-Identifier: Apache-2.0 */
/* The address of a PCI function as the Linux kernel and PCI tools write it: DDDD:BB:DD.F. */
#ifndef ASSAY_DECODE_PCI_ADDRESS_H
#define ASSAY_DECODE_PCI_ADDRESS_H

#include "base/arena.h"

struct pci_address {
    uint32_t domain;
    uint8_t bus;
    uint8_t device;   /* 0 to 31 */
    uint8_t function; /* 0 to 7 */
};

/* Reads "0000:00:1c.1" or "00:1c.1" (domain 0), nothing before or after. False if it is
 * neither. */
bool pci_address_parse(struct bytes text, struct pci_address *ret);

/* As text in the arena; the domain only when it is not 0. */
struct bytes pci_address_text(struct arena *a, const struct pci_address *address);

#endif
