/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by the files that decode PCI configuration space: pci_config.c walks the header and
 * the capability chains, pci_capability*.c know the capabilities. Layouts follow the PCI Local
 * Bus Specification 3.0, PCI-to-PCI Bridge Architecture 1.2 and PCI Express Base
 * Specification 6.0.
 */
#ifndef ASSAY_DECODE_PCI_H
#define ASSAY_DECODE_PCI_H

#include "decode/decode.h"

enum {
    PCI_HEADER_SIZE = 64,
    PCI_CONVENTIONAL_SIZE = 256,
    PCI_EXPRESS_SIZE = 4096,
};

/* Header layouts (PCI 3.0, 6.1). */
enum {
    PCI_LAYOUT_DEVICE = 0,
    PCI_LAYOUT_BRIDGE = 1,
    PCI_LAYOUT_CARDBUS = 2
};

/* Values of the Device/Port Type field (PCI Express 6.0, 7.5.3.2). */
enum {
    PCI_PORT_ENDPOINT = 0,
    PCI_PORT_LEGACY_ENDPOINT = 1,
    PCI_PORT_ROOT = 4,
    PCI_PORT_DOWNSTREAM = 6,
    PCI_PORT_INTEGRATED = 9,
    PCI_PORT_EVENT_COLLECTOR = 10,
};

/* What a function's header and earlier capabilities say that later ones depend on. */
struct pci_function {
    uint16_t vendor;
    uint8_t layout;
    bool express;  /* has a PCI Express capability */
    bool extended; /* extended configuration space may exist */
    uint8_t port;  /* its Device/Port Type */
    uint8_t width; /* its maximum link width, in lanes */
    bool *known;   /* of each byte: it belongs to the header or to a capability */
};

/*
 * One capability: its rows, those that later versions or some functions add (read as far as the
 * capability's room goes), and what rows cannot say.
 */
struct pci_capability {
    uint16_t id;
    const char *name; /* of the container */
    const struct field *rows;
    size_t count;
    const struct field *grow;
    size_t grow_count;
    void (*more)(struct decode *d, struct pci_function *f);
};

#define PCI_ROWS(table) (table), ARRAY_LEN(table)
#define PCI_NO_ROWS     NULL, 0

/*
 * Opens the container of the capability `id` at the reader's position, which is at its header.
 * Standard and extended capabilities have separate numbers and names.
 */
void pci_capability_open(struct decode *d, uint16_t id);

void pci_extended_open(struct decode *d, uint16_t id);

/* Decodes what follows the header, in a reader that ends where the capability's room ends. */
void pci_capability_body(struct decode *d, struct pci_function *f, uint16_t id);

void pci_extended_body(struct decode *d, struct pci_function *f, uint16_t id);

/* Runs the rows and the function of one table entry. */
void pci_capability_run(struct decode *d, struct pci_function *f,
                        const struct pci_capability *c);

/* The PCI Express capability, for the table of standard capabilities. */
void pci_express_body(struct decode *d, struct pci_function *f);

/* Extended capabilities with repeated parts (pci_capability_parts.c). */
void pci_virtual_channel_body(struct decode *d, struct pci_function *f);

void pci_rc_link_body(struct decode *d, struct pci_function *f);

void pci_sriov_body(struct decode *d, struct pci_function *f);

void pci_resizable_bar_body(struct decode *d, struct pci_function *f);

void pci_stream_body(struct decode *d, struct pci_function *f);

/*
 * `count` base address registers from the reader's position on, each in a container
 * "PREFIX:NUMBER" when it is in use. A 64-bit one takes two registers.
 */
void pci_bars(struct decode *d, unsigned count, const char *prefix);

/*
 * Narrows the reader to a part of n bytes, for a container of its own. False, and a fault, when
 * they are not there. Pairs with decode_leave() when true.
 */
bool pci_part_enter(struct decode *d, size_t n);

/* A claim of the next n bytes as they are, or of what is left if that is less. */
void pci_rest_bytes(struct decode *d, enum key_id key, size_t n);

/* Whether bytes of a known length, at least 64, may be a configuration space by themselves. */
bool pci_plausible(struct bytes b);

#endif
