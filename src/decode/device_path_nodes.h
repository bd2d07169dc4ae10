/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of device path nodes, between device_path.c and device_path_nodes.c. */
#ifndef ASSAY_DECODE_DEVICE_PATH_NODES_H
#define ASSAY_DECODE_DEVICE_PATH_NODES_H

#include "decode/device_path.h"

/* Where the text of a node goes. */
struct path_printer {
    struct text *out;
    struct arena *arena;
    bool mask; /* put * for what is unique to a machine and for addresses */
    struct device_path *path;
};

/*
 * A node. Most are a name and a layout; the few whose text is not their fields in order have a
 * function.
 *
 * Layout letters: b w l q  integers of 1, 2, 4, 8 bytes, in hexadecimal;  B W L  in decimal;
 * G  a GUID;  h  8 bytes as they are;  m  6 bytes as they are;  x  a byte to skip;  and for the
 * rest of the node: X  bytes, left out if there are none;  S  text;  U  UTF-16 text. Before a
 * letter, * marks what is unique to a machine and @ an address.
 */
struct path_node {
    uint8_t type;
    uint8_t subtype;
    const char *name;
    const char *layout; /* NULL: `print` does it */
    size_t min;         /* of the bytes after the header, when there is no layout */
    void (*print)(struct path_printer *p, struct reader *r);
};

/* NULL for a node that the specification does not define. */
const struct path_node *path_node_find(uint8_t type, uint8_t subtype);

/* True, and a * in the text, when what comes next must not be shown. */
bool path_hide_unique(struct path_printer *p);

bool path_hide_address(struct path_printer *p);

void path_put_hex(struct path_printer *p, uint64_t value);

/* UTF-16 up to its end; what is ill-formed is shown as hexadecimal digits. */
void path_put_utf16(struct path_printer *p, struct bytes b);

/* Text up to its NUL. */
void path_put_ascii(struct path_printer *p, struct bytes b);

#endif
