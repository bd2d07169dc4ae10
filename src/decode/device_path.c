/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UEFI specification 2.10, section 10.3 (nodes) and 10.6 (text). Most nodes are a name and a
 * layout; the few whose text is not their fields in order have a function.
 *
 * Layout letters: b w l q  integers of 1, 2, 4, 8 bytes, in hexadecimal;  B W L  in decimal;
 * G  a GUID;  h  8 bytes as they are;  m  6 bytes as they are;  x  a byte to skip;  and for the
 * rest of the node: X  bytes, left out if there are none;  S  text;  U  UTF-16 text. Before a
 * letter, * marks what is unique to a machine and @ an address.
 */
#include "decode/device_path.h"

#include <string.h>

enum {
    NODE_HEADER = 4,
    TYPE_END = 0x7f,
    PATH_TEXT_MAX = 1 << 16
};

struct printer {
    struct text *out;
    struct arena *arena;
    bool mask;
    struct device_path *path;
};

struct node {
    uint8_t type;
    uint8_t subtype;
    const char *name;
    const char *layout; /* NULL: `print` does it */
    size_t min;         /* of the bytes after the header, when there is no layout */
    void (*print)(struct printer *p, struct reader *r);
};

/* True, and a * in the text, when what comes next must not be shown. */
static bool hide_unique(struct printer *p)
{
    p->path->unique = true;
    if (p->mask)
        text_char(p->out, '*');
    return p->mask;
}

static bool hide_address(struct printer *p)
{
    p->path->address = true;
    if (p->mask)
        text_char(p->out, '*');
    return p->mask;
}

static void put_hex(struct printer *p, uint64_t value)
{
    static const char digits[] = "0123456789abcdef";
    char text[16];
    size_t at = sizeof(text);

    do {
        text[--at] = digits[value & 15];
        value >>= 4;
    } while (value > 0);
    text_puts(p->out, "0x");
    text_add(p->out, (struct bytes){(const uint8_t *)text + at, sizeof(text) - at});
}

/* UTF-16 up to its end; what is ill-formed is shown as hexadecimal digits. */
static void put_utf16(struct printer *p, struct bytes b)
{
    struct bytes text;

    if (utf16_text(p->arena, b, &text))
        text_add(p->out, text);
    else
        text_hex(p->out, b);
}

static void put_ascii(struct printer *p, struct bytes b)
{
    const uint8_t *end = b.len > 0 ? memchr(b.data, 0, b.len) : NULL;

    text_add(p->out, end != NULL ? bytes_slice(b, 0, (size_t)(end - b.data)) : b);
}

static void put_ipv4(struct printer *p, struct bytes b)
{
    for (size_t i = 0; i < b.len; i++) {
        if (i > 0)
            text_char(p->out, '.');
        text_uint(p->out, b.data[i]);
    }
}

static void put_ipv6(struct printer *p, struct bytes b)
{
    for (size_t i = 0; i < b.len; i += 2) {
        if (i > 0)
            text_char(p->out, ':');
        text_hex(p->out, bytes_slice(b, i, 2));
    }
}

static void print_pci(struct printer *p, struct reader *r)
{
    uint8_t function = reader_u8(r);

    put_hex(p, reader_u8(r));
    text_char(p->out, ',');
    put_hex(p, function);
}

/* A compressed EISA identifier: three letters and four digits. */
static void put_eisa(struct printer *p, uint32_t id)
{
    char letters[4] = {(char)('@' + (id >> 10 & 31)), (char)('@' + (id >> 5 & 31)),
                       (char)('@' + (id & 31)), 0};

    text_printf(p->out, "%s%04x", letters, id >> 16);
}

static void print_acpi(struct printer *p, struct reader *r)
{
    uint32_t hid = reader_u32le(r);
    uint32_t uid = reader_u32le(r);

    static const struct {
        uint16_t number;
        const char *name;
    } known[] = {
        {0x0a03, "PciRoot"     },
        {0x0a08, "PcieRoot"    },
        {0x0604, "Floppy"      },
        {0x0301, "Keyboard"    },
        {0x0501, "Serial"      },
        {0x0401, "ParallelPort"},
    };

    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if ((hid & 0xffff) == 0x41d0 && hid >> 16 == known[i].number) {
            text_puts(p->out, known[i].name);
            text_char(p->out, '(');
            put_hex(p, uid);
            text_char(p->out, ')');
            return;
        }
    }
    text_puts(p->out, "Acpi(");
    put_eisa(p, hid);
    text_char(p->out, ',');
    put_hex(p, uid);
    text_char(p->out, ')');
}

/* The next NUL-terminated string of the node, without its NUL. */
static struct bytes take_string(struct reader *r)
{
    struct bytes rest = bytes_slice(r->all, r->pos, reader_left(r));
    const uint8_t *end = rest.len > 0 ? memchr(rest.data, 0, rest.len) : NULL;
    size_t length = end != NULL ? (size_t)(end - rest.data) : rest.len;
    struct bytes b = reader_take(r, length);

    if (end != NULL)
        reader_take(r, 1);
    return b;
}

static void print_acpi_expanded(struct printer *p, struct reader *r)
{
    uint32_t hid = reader_u32le(r);
    uint32_t uid = reader_u32le(r);
    uint32_t cid = reader_u32le(r);
    struct bytes hid_text = take_string(r);
    struct bytes uid_text = take_string(r);
    struct bytes cid_text = take_string(r);

    put_eisa(p, hid);
    text_char(p->out, ',');
    put_eisa(p, cid);
    text_char(p->out, ',');
    put_hex(p, uid);
    text_char(p->out, ',');
    text_add(p->out, hid_text);
    text_char(p->out, ',');
    text_add(p->out, cid_text);
    text_char(p->out, ',');
    text_add(p->out, uid_text);
}

/* Addresses of four bytes each. */
static void print_acpi_address(struct printer *p, struct reader *r)
{
    for (bool first = true; reader_left(r) >= 4; first = false) {
        if (!first)
            text_char(p->out, ',');
        put_hex(p, reader_u32le(r));
    }
}

static void print_ata(struct printer *p, struct reader *r)
{
    text_puts(p->out, reader_u8(r) == 0 ? "Primary," : "Secondary,");
    text_puts(p->out, reader_u8(r) == 0 ? "Master," : "Slave,");
    put_hex(p, reader_u16le(r));
}

static void print_mac(struct printer *p, struct reader *r)
{
    struct bytes address = reader_take(r, 32);
    uint8_t type = reader_u8(r);

    if (!hide_unique(p))
        text_hex(p->out, bytes_slice(address, 0, type <= 1 ? 6 : 32));
    text_char(p->out, ',');
    put_hex(p, type);
}

static void print_ipv4(struct printer *p, struct reader *r)
{
    struct bytes local = reader_take(r, 4);
    struct bytes remote = reader_take(r, 4);

    reader_take(r, 4); /* ports */
    uint16_t protocol = reader_u16le(r);
    bool fixed = reader_u8(r) != 0;

    if (!hide_unique(p))
        put_ipv4(p, remote);
    text_printf(p->out, ",%s,%s,",
                protocol == 6    ? "TCP"
                : protocol == 17 ? "UDP"
                                 : "IP",
                fixed ? "Static" : "DHCP");
    if (hide_unique(p))
        return;
    put_ipv4(p, local);
    if (reader_left(r) >= 8) {
        text_char(p->out, ',');
        put_ipv4(p, reader_take(r, 4));
        text_char(p->out, ',');
        put_ipv4(p, reader_take(r, 4));
    }
}

static void print_ipv6(struct printer *p, struct reader *r)
{
    struct bytes local = reader_take(r, 16);
    struct bytes remote = reader_take(r, 16);

    reader_take(r, 4); /* ports */
    uint16_t protocol = reader_u16le(r);
    uint8_t origin = reader_u8(r);

    if (!hide_unique(p))
        put_ipv6(p, remote);
    text_printf(p->out, ",%s,%s,",
                protocol == 6    ? "TCP"
                : protocol == 17 ? "UDP"
                                 : "IP",
                origin == 0   ? "Static"
                : origin == 1 ? "StatelessAutoConfigure"
                              : "StatefulAutoConfigure");
    if (!hide_unique(p))
        put_ipv6(p, local);
}

static void print_uart(struct printer *p, struct reader *r)
{
    static const char parities[] = "DNEOMS";
    static const char *const stops[] = {"D", "1", "1.5", "2"};

    reader_take(r, 4);
    uint64_t baud = reader_u64le(r);
    uint8_t bits = reader_u8(r);
    uint8_t parity = reader_u8(r);
    uint8_t stop = reader_u8(r);

    if (baud == 0)
        text_puts(p->out, "DEFAULT");
    else
        text_uint(p->out, baud);
    text_char(p->out, ',');
    if (bits == 0)
        text_puts(p->out, "DEFAULT");
    else
        text_uint(p->out, bits);
    text_char(p->out, ',');
    text_char(p->out, parity < 6 ? parities[parity] : 'x');
    text_char(p->out, ',');
    text_puts(p->out, stop < 4 ? stops[stop] : "x");
}

static void print_usb_wwid(struct printer *p, struct reader *r)
{
    uint16_t interface = reader_u16le(r);
    uint16_t vendor = reader_u16le(r);
    uint16_t product = reader_u16le(r);

    put_hex(p, vendor);
    text_char(p->out, ',');
    put_hex(p, product);
    text_char(p->out, ',');
    put_hex(p, interface);
    text_puts(p->out, ",\"");
    if (!hide_unique(p))
        put_utf16(p, reader_take(r, reader_left(r)));
    text_char(p->out, '"');
}

static void print_iscsi(struct printer *p, struct reader *r)
{
    uint16_t protocol = reader_u16le(r);
    uint16_t options = reader_u16le(r);
    struct bytes lun = reader_take(r, 8);
    uint16_t group = reader_u16le(r);

    put_ascii(p, reader_take(r, reader_left(r)));
    text_char(p->out, ',');
    put_hex(p, group);
    text_puts(p->out, ",0x");
    text_hex(p->out, lun);
    text_printf(p->out, ",%s,%s,%s,%s", (options & 2) != 0 ? "CRC32C" : "None",
                (options & 8) != 0 ? "CRC32C" : "None",
                (options & 0x800) != 0    ? "None"
                : (options & 0x1000) != 0 ? "CHAP_UNI"
                                          : "CHAP_BI",
                protocol == 0 ? "TCP" : "reserved");
}

static void print_sas_ex(struct printer *p, struct reader *r)
{
    struct bytes address = reader_take(r, 8);
    struct bytes lun = reader_take(r, 8);
    uint16_t info = reader_u16le(r);
    uint16_t port = reader_u16le(r);

    text_puts(p->out, "0x");
    if (!hide_unique(p))
        text_hex(p->out, address);
    text_puts(p->out, ",0x");
    text_hex(p->out, lun);
    text_char(p->out, ',');
    put_hex(p, port);
    text_char(p->out, ',');
    put_hex(p, info);
}

static void print_nvme(struct printer *p, struct reader *r)
{
    put_hex(p, reader_u32le(r));
    struct bytes eui = reader_take(r, 8);

    text_char(p->out, ',');
    if (hide_unique(p))
        return;
    for (size_t i = 0; i < eui.len; i++) {
        if (i > 0)
            text_char(p->out, '-');
        text_hex(p->out, bytes_slice(eui, eui.len - 1 - i, 1));
    }
}

static void print_dns(struct printer *p, struct reader *r)
{
    bool six = reader_u8(r) != 0;

    for (bool first = true; reader_left(r) >= 16; first = false) {
        struct bytes address = reader_take(r, 16);

        if (!first)
            text_char(p->out, ',');
        if (six)
            put_ipv6(p, address);
        else
            put_ipv4(p, bytes_slice(address, 0, 4));
    }
}

static void print_nvme_of(struct printer *p, struct reader *r)
{
    put_hex(p, reader_u8(r));
    struct bytes id = reader_take(r, 16);

    text_char(p->out, ',');
    if (!hide_unique(p))
        text_hex(p->out, id);
    text_char(p->out, ',');
    put_ascii(p, reader_take(r, reader_left(r)));
}

static void print_hard_drive(struct printer *p, struct reader *r)
{
    uint32_t partition = reader_u32le(r);
    uint64_t start = reader_u64le(r);
    uint64_t size = reader_u64le(r);
    struct bytes signature = reader_take(r, 16);

    reader_u8(r); /* partition format: told by the signature type */
    uint8_t type = reader_u8(r);

    text_uint(p->out, partition);
    text_puts(p->out, type == 1 ? ",MBR," : type == 2 ? ",GPT," : ",0,");
    if (!hide_unique(p)) {
        if (type == 2) {
            text_add(p->out, guid_text(p->arena, signature));
        } else if (type == 1) {
            struct reader s = reader_of(signature, 0, 0);

            put_hex(p, reader_u32le(&s));
        } else {
            text_hex(p->out, signature);
        }
    }
    text_char(p->out, ',');
    put_hex(p, start);
    text_char(p->out, ',');
    put_hex(p, size);
}

static void print_file(struct printer *p, struct reader *r)
{
    put_utf16(p, reader_take(r, reader_left(r)));
}

static void print_bbs(struct printer *p, struct reader *r)
{
    static const char *const names[] = {"0x0",    "Floppy", "HD",     "CDROM",
                                        "PCMCIA", "USB",    "Network"};
    uint16_t type = reader_u16le(r);
    uint16_t status = reader_u16le(r);

    if (type < ARRAY_LEN(names))
        text_puts(p->out, names[type]);
    else
        put_hex(p, type);
    text_char(p->out, ',');
    put_ascii(p, reader_take(r, reader_left(r)));
    text_char(p->out, ',');
    put_hex(p, status);
}

static const struct node nodes[] = {
    {1, 1,  "Pci",           NULL,      2,  print_pci          },
    {1, 2,  "PcCard",        "b",       0,  NULL               },
    {1, 3,  "MemoryMapped",  "l@q@q",   0,  NULL               },
    {1, 4,  "VenHw",         "GX",      0,  NULL               },
    {1, 5,  "Ctrl",          "l",       0,  NULL               },
    {1, 6,  "BMC",           "b@q",     0,  NULL               },
    {2, 1,  "",              NULL,      8,  print_acpi         },
    {2, 2,  "AcpiEx",        NULL,      15, print_acpi_expanded},
    {2, 3,  "AcpiAdr",       NULL,      4,  print_acpi_address },
    {2, 4,  "NvdimmAcpiAdr", "l",       0,  NULL               },
    {3, 1,  "Ata",           NULL,      4,  print_ata          },
    {3, 2,  "Scsi",          "ww",      0,  NULL               },
    {3, 3,  "Fibre",         "xxxx*qq", 0,  NULL               },
    {3, 4,  "I1394",         "xxxx*q",  0,  NULL               },
    {3, 5,  "USB",           "bb",      0,  NULL               },
    {3, 6,  "I2O",           "l",       0,  NULL               },
    {3, 9,  "Infiniband",    "l*Gqqq",  0,  NULL               },
    {3, 10, "VenMsg",        "GX",      0,  NULL               },
    {3, 11, "MAC",           NULL,      33, print_mac          },
    {3, 12, "IPv4",          NULL,      15, print_ipv4         },
    {3, 13, "IPv6",          NULL,      39, print_ipv6         },
    {3, 14, "Uart",          NULL,      15, print_uart         },
    {3, 15, "UsbClass",      "wwbbb",   0,  NULL               },
    {3, 16, "UsbWwid",       NULL,      6,  print_usb_wwid     },
    {3, 17, "Unit",          "b",       0,  NULL               },
    {3, 18, "Sata",          "www",     0,  NULL               },
    {3, 19, "iSCSI",         NULL,      14, print_iscsi        },
    {3, 20, "Vlan",          "W",       0,  NULL               },
    {3, 21, "FibreEx",       "xxxx*hh", 0,  NULL               },
    {3, 22, "SasEx",         NULL,      20, print_sas_ex       },
    {3, 23, "NVMe",          NULL,      12, print_nvme         },
    {3, 24, "Uri",           "S",       0,  NULL               },
    {3, 25, "UFS",           "bb",      0,  NULL               },
    {3, 26, "SD",            "b",       0,  NULL               },
    {3, 27, "Bluetooth",     "*m",      0,  NULL               },
    {3, 28, "Wi-Fi",         "S",       0,  NULL               },
    {3, 29, "eMMC",          "b",       0,  NULL               },
    {3, 30, "BluetoothLE",   "*mb",     0,  NULL               },
    {3, 31, "Dns",           NULL,      1,  print_dns          },
    {3, 32, "NVDIMM",        "*G",      0,  NULL               },
    {3, 33, "RestService",   "bbX",     0,  NULL               },
    {3, 34, "NVMEoF",        NULL,      17, print_nvme_of      },
    {4, 1,  "HD",            NULL,      38, print_hard_drive   },
    {4, 2,  "CDROM",         "lqq",     0,  NULL               },
    {4, 3,  "VenMedia",      "GX",      0,  NULL               },
    {4, 4,  "",              NULL,      2,  print_file         },
    {4, 5,  "Media",         "G",       0,  NULL               },
    {4, 6,  "FvFile",        "G",       0,  NULL               },
    {4, 7,  "Fv",            "G",       0,  NULL               },
    {4, 8,  "Offset",        "xxxxqq",  0,  NULL               },
    {4, 9,  "RamDisk",       "@q@qGw",  0,  NULL               },
    {5, 1,  "BBS",           NULL,      5,  print_bbs          },
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

static void put_letter(struct printer *p, struct reader *r, char c)
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
        put_ascii(p, reader_take(r, reader_left(r)));
    } else if (c == 'U') {
        put_utf16(p, reader_take(r, reader_left(r)));
    } else if (c == 'B' || c == 'W' || c == 'L') {
        text_uint(p->out, reader_uint(r, (unsigned)size, false));
    } else {
        put_hex(p, reader_uint(r, (unsigned)size, false));
    }
}

static void print_layout(struct printer *p, struct reader *r, const char *layout)
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
            bool hidden = *c == '*' ? hide_unique(p) : hide_address(p);

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

static const struct node *find_node(uint8_t type, uint8_t subtype)
{
    for (size_t i = 0; i < ARRAY_LEN(nodes); i++) {
        if (nodes[i].type == type && nodes[i].subtype == subtype)
            return &nodes[i];
    }
    return NULL;
}

/* A node whose layout is its whole length must have just that length. */
static bool length_fits(const struct node *n, size_t length)
{
    if (n->layout == NULL)
        return length >= n->min;
    bool open = strpbrk(n->layout, "XSU") != NULL;

    return open ? length >= layout_size(n->layout) : length == layout_size(n->layout);
}

static void print_named(struct printer *p, struct reader *r, const struct node *n)
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

static void print_node(struct printer *p, struct bytes node)
{
    struct reader r = reader_of(bytes_slice(node, NODE_HEADER, node.len), 0, 0);
    const struct node *n = find_node(node.data[0], node.data[1]);

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
    const struct node *n = find_node(header.data[0], header.data[1]);

    if (n != NULL && !length_fits(n, length - NODE_HEADER))
        return (struct bytes){header.data, 0};
    if (header.data[0] == TYPE_END && (header.data[1] == 0xff || header.data[1] == 1) &&
        length != NODE_HEADER)
        return (struct bytes){header.data, 0};
    path->sound = true;
    return reader_take(r, length);
}

struct device_path device_path_read(struct reader *r, struct arena *a)
{
    struct device_path path = {.sound = true};
    struct text full;
    struct text stable;
    bool joined = true; /* nothing to put a '/' after */

    text_init(&full, a, PATH_TEXT_MAX);
    text_init(&stable, a, PATH_TEXT_MAX);
    struct printer printers[2] = {
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
        for (size_t i = 0; i < 2; i++) {
            if (end && node.data[1] == 1)
                text_char(printers[i].out, ',');
            else if (!joined)
                text_char(printers[i].out, '/');
            if (!end || node.data[1] != 1)
                print_node(&printers[i], node);
        }
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
    *unique = *unique || path.unique;
    decode_bytes(d, KEY_EFI_PATH, path.stable, from);
    if (path.address)
        decode_bytes(d, KEY_EFI_PATH_ADDRESS, path.text, from);
    else if (path.unique)
        decode_bytes(d, KEY_EFI_PATH_UNIQUE, path.text, from);
    return true;
}
