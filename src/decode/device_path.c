/* SPDX-License-Identifier: Apache-2.0 */
/* UEFI specification 2.10, sections 10.3 (nodes) and 10.6 (text). */
#include "decode/device_path_nodes.h"

#include <string.h>

enum {
    NODE_HEADER = 4,
    TYPE_END = 0x7f,
    PATH_TEXT_MAX = 1 << 16
};

/* Vendor-defined messaging nodes that section 10.6 names. */
static const struct {
    const char *guid;
    const char *name;
} vendor_names[] = {
    {"e0c14753-f9be-11d2-9a0c-0090273fc14d", "VenPcAnsi"   },
    {"dfa66065-b419-11d3-9a2d-0090273fc14d", "VenVt100"    },
    {"7baec70b-57e0-4c76-8e87-2f9e28088343", "VenVt100Plus"},
    {"ad15a0d6-8bec-4acf-a073-d01de77e2d88", "VenUtf8"     },
    {"37499a9d-542f-4c89-a026-35da142094e4", "UartFlowCtrl"},
    {"eba4e8d2-3858-41ec-a281-2647ba9660d0", "DebugPort"   },
};

/* How many bytes a layout letter stands for; 0 for what takes the rest. */
static size_t letter_size(char c)
{
    switch (c) {
    case 'b':
    case 'B':
    case 'x':
        return 1;
    case 'w':
    case 'W':
        return 2;
    case 'l':
    case 'L':
        return 4;
    case 'm':
        return 6;
    case 'q':
    case 'h':
        return 8;
    case 'G':
        return 16;
    default:
        return 0;
    }
}

static size_t layout_size(const char *layout)
{
    size_t size = 0;

    for (const char *c = layout; *c != '\0'; c++)
        size += letter_size(*c);
    return size;
}

static void put_letter(struct path_printer *p, struct reader *r, char c)
{
    size_t size = letter_size(c);

    if (c == 'G') {
        text_add(p->out, guid_text(p->arena, reader_take(r, size)));
    } else if (c == 'h' || c == 'm') {
        text_puts(p->out, "0x");
        text_hex(p->out, reader_take(r, size));
    } else if (c == 'X') {
        text_hex(p->out, reader_take(r, reader_left(r)));
    } else if (c == 'S') {
        path_put_ascii(p, reader_take(r, reader_left(r)));
    } else if (c == 'U') {
        path_put_utf16(p, reader_take(r, reader_left(r)));
    } else if (c == 'B' || c == 'W' || c == 'L') {
        text_uint(p->out, reader_uint(r, (unsigned)size, false));
    } else {
        path_put_hex(p, reader_uint(r, (unsigned)size, false));
    }
}

static void print_layout(struct path_printer *p, struct reader *r, const char *layout)
{
    bool first = true;

    for (const char *c = layout; *c != '\0'; c++) {
        if (*c == 'x') {
            reader_take(r, 1);
            continue;
        }
        if (*c == 'X' && reader_left(r) == 0)
            continue;
        if (!first)
            text_char(p->out, ',');
        first = false;
        if (*c == '*' || *c == '@') {
            bool hidden = *c == '*' ? path_hide_unique(p) : path_hide_address(p);

            c++;
            if (hidden)
                reader_take(r, letter_size(*c));
            else
                put_letter(p, r, *c);
            continue;
        }
        put_letter(p, r, *c);
    }
}

/* A node whose layout is its whole length must have just that length. */
static bool length_fits(const struct path_node *n, size_t length)
{
    if (n->layout == NULL)
        return length >= n->min;
    bool open = strpbrk(n->layout, "XSU") != NULL;

    return open ? length >= layout_size(n->layout) : length == layout_size(n->layout);
}

static void print_named(struct path_printer *p, struct reader *r, const struct path_node *n)
{
    const char *name = n->name;

    if (n->type == 3 && n->subtype == 10) {
        struct bytes guid = guid_text(p->arena, bytes_slice(r->all, 0, 16));

        for (size_t i = 0; i < ARRAY_LEN(vendor_names); i++) {
            if (!bytes_equal_text(guid, vendor_names[i].guid))
                continue;
            name = vendor_names[i].name;
            reader_take(r, 16);
            text_puts(p->out, name);
            text_char(p->out, '(');
            text_hex(p->out, reader_take(r, reader_left(r)));
            text_char(p->out, ')');
            return;
        }
    }
    if (name[0] != '\0') {
        text_puts(p->out, name);
        text_char(p->out, '(');
    }
    if (n->layout != NULL)
        print_layout(p, r, n->layout);
    else
        n->print(p, r);
    if (name[0] != '\0')
        text_char(p->out, ')');
}

static void print_node(struct path_printer *p, struct bytes node)
{
    struct reader r = reader_of(bytes_slice(node, NODE_HEADER, node.len), 0, 0);
    const struct path_node *n = path_node_find(node.data[0], node.data[1]);

    if (n != NULL) {
        print_named(p, &r, n);
        return;
    }
    text_printf(p->out, "Path(%u,%u", node.data[0], node.data[1]);
    if (r.all.len > 0) {
        text_char(p->out, ',');
        text_hex(p->out, r.all);
    }
    text_char(p->out, ')');
}

/* Takes the next node; empty and a fault in `path` when it is malformed. */
static struct bytes next_node(struct reader *r, struct device_path *path)
{
    uint64_t offset = reader_offset(r);
    struct reader peek = *r;
    struct bytes header = reader_take(&peek, NODE_HEADER);
    size_t length = header.len == 0 ? 0 : header.data[2] | (size_t)header.data[3] << 8;

    path->sound = false;
    path->fault = FAULT_BAD_LENGTH;
    path->fault_offset = offset + 2;
    if (header.len == 0) {
        path->fault = reader_left(r) == 0 ? FAULT_UNTERMINATED : FAULT_TRUNCATED;
        path->fault_offset = offset;
        return header;
    }
    if (length < NODE_HEADER)
        return (struct bytes){header.data, 0};
    if (length > reader_left(r)) {
        path->fault = FAULT_TRUNCATED;
        path->fault_offset = offset;
        return (struct bytes){header.data, 0};
    }
    const struct path_node *n = path_node_find(header.data[0], header.data[1]);

    if (n != NULL && !length_fits(n, length - NODE_HEADER))
        return (struct bytes){header.data, 0};
    if (header.data[0] == TYPE_END && (header.data[1] == 0xff || header.data[1] == 1) &&
        length != NODE_HEADER)
        return (struct bytes){header.data, 0};
    path->sound = true;
    return reader_take(r, length);
}

/* One node of either text; what stands between it and the one before comes first. */
static void print_next(struct path_printer *p, struct bytes node, bool joined)
{
    bool instance_ends = node.data[0] == TYPE_END && node.data[1] == 1;

    if (instance_ends)
        text_char(p->out, ',');
    else if (!joined)
        text_char(p->out, '/');
    if (!instance_ends)
        print_node(p, node);
}

/*
 * Reads nodes up to and including the end node. Instances are joined by ','. When a node is
 * malformed, `sound` is false, the fault is given, and what follows in `r` is not read. The
 * texts live in `a`.
 */
static struct device_path device_path_read(struct reader *r, struct arena *a)
{
    struct device_path path = {.sound = true};
    struct text full;
    struct text stable;
    bool joined = true; /* nothing to put a '/' after */

    text_init(&full, a, PATH_TEXT_MAX);
    text_init(&stable, a, PATH_TEXT_MAX);
    struct path_printer printers[2] = {
        {&full,   a, false, &path},
        {&stable, a, true,  &path}
    };

    for (;;) {
        struct bytes node = next_node(r, &path);

        if (node.len == 0)
            break;
        bool end = node.data[0] == TYPE_END;

        if (end && node.data[1] == 0xff)
            break;
        for (size_t i = 0; i < 2; i++)
            print_next(&printers[i], node, joined);
        joined = end && node.data[1] == 1;
    }
    if (path.sound && (full.overflow || stable.overflow)) {
        path.sound = false;
        path.fault = FAULT_LIMIT;
        path.fault_offset = reader_offset(r);
    }
    path.text = text_bytes(&full);
    path.stable = text_bytes(&stable);
    return path;
}

bool device_path_decode(struct decode *d, bool *unique)
{
    size_t from = d->in.pos;
    struct device_path path = device_path_read(&d->in, d->arena);

    if (!path.sound) {
        decode_fault(d, path.fault, path.fault_offset);
        return false;
    }
    struct span s = reader_span(&d->in, from);

    *unique = *unique || path.unique;
    decode_digest(d, KEY_EFI_PATH_BYTES, decode_span_bytes(d, s), s);
    decode_bytes(d, KEY_EFI_PATH, path.stable, from);
    if (path.address)
        decode_bytes(d, KEY_EFI_PATH_ADDRESS, path.text, from);
    else if (path.unique)
        decode_bytes(d, KEY_EFI_PATH_UNIQUE, path.text, from);
    return true;
}
