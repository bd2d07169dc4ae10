/* SPDX-License-Identifier: Apache-2.0 */
/* UEFI specification 2.10, sections 10.3.2 to 10.3.6 (nodes) and 10.6 (their text). */
#include "decode/device_path_nodes.h"

#include <string.h>

bool path_hide_unique(struct path_printer *p)
{
    p->path->unique = true;
    if (p->mask)
        text_char(p->out, '*');
    return p->mask;
}

bool path_hide_address(struct path_printer *p)
{
    p->path->address = true;
    if (p->mask)
        text_char(p->out, '*');
    return p->mask;
}

void path_put_hex(struct path_printer *p, uint64_t value)
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

void path_put_utf16(struct path_printer *p, struct bytes b)
{
    struct bytes text;

    if (utf16_text(p->arena, b, &text))
        text_add(p->out, text);
    else
        text_hex(p->out, b);
}

void path_put_ascii(struct path_printer *p, struct bytes b)
{
    const uint8_t *end = b.len > 0 ? memchr(b.data, 0, b.len) : NULL;

    text_add(p->out, end != NULL ? bytes_slice(b, 0, (size_t)(end - b.data)) : b);
}

static void put_ipv4(struct path_printer *p, struct bytes b)
{
    for (size_t i = 0; i < b.len; i++) {
        if (i > 0)
            text_char(p->out, '.');
        text_uint(p->out, b.data[i]);
    }
}

static void put_ipv6(struct path_printer *p, struct bytes b)
{
    for (size_t i = 0; i < b.len; i += 2) {
        if (i > 0)
            text_char(p->out, ':');
        text_hex(p->out, bytes_slice(b, i, 2));
    }
}

static void print_pci(struct path_printer *p, struct reader *r)
{
    uint8_t function = reader_u8(r);

    path_put_hex(p, reader_u8(r));
    text_char(p->out, ',');
    path_put_hex(p, function);
}

/* A compressed EISA identifier: three letters and four digits. */
static void put_eisa(struct path_printer *p, uint32_t id)
{
    char letters[4] = {(char)('@' + (id >> 10 & 31)), (char)('@' + (id >> 5 & 31)),
                       (char)('@' + (id & 31)), 0};

    text_printf(p->out, "%s%04x", letters, id >> 16);
}

static void print_acpi(struct path_printer *p, struct reader *r)
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
            path_put_hex(p, uid);
            text_char(p->out, ')');
            return;
        }
    }
    text_puts(p->out, "Acpi(");
    put_eisa(p, hid);
    text_char(p->out, ',');
    path_put_hex(p, uid);
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

static void print_acpi_expanded(struct path_printer *p, struct reader *r)
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
    path_put_hex(p, uid);
    text_char(p->out, ',');
    text_add(p->out, hid_text);
    text_char(p->out, ',');
    text_add(p->out, cid_text);
    text_char(p->out, ',');
    text_add(p->out, uid_text);
}

/* Addresses of four bytes each. */
static void print_acpi_address(struct path_printer *p, struct reader *r)
{
    for (bool first = true; reader_left(r) >= 4; first = false) {
        if (!first)
            text_char(p->out, ',');
        path_put_hex(p, reader_u32le(r));
    }
}

static void print_ata(struct path_printer *p, struct reader *r)
{
    text_puts(p->out, reader_u8(r) == 0 ? "Primary," : "Secondary,");
    text_puts(p->out, reader_u8(r) == 0 ? "Master," : "Slave,");
    path_put_hex(p, reader_u16le(r));
}

static void print_mac(struct path_printer *p, struct reader *r)
{
    struct bytes address = reader_take(r, 32);
    uint8_t type = reader_u8(r);

    if (!path_hide_unique(p))
        text_hex(p->out, bytes_slice(address, 0, type <= 1 ? 6 : 32));
    text_char(p->out, ',');
    path_put_hex(p, type);
}

static void print_ipv4(struct path_printer *p, struct reader *r)
{
    struct bytes local = reader_take(r, 4);
    struct bytes remote = reader_take(r, 4);

    reader_take(r, 4); /* ports */
    uint16_t protocol = reader_u16le(r);
    bool fixed = reader_u8(r) != 0;

    if (!path_hide_unique(p))
        put_ipv4(p, remote);
    text_printf(p->out, ",%s,%s,",
                protocol == 6    ? "TCP"
                : protocol == 17 ? "UDP"
                                 : "IP",
                fixed ? "Static" : "DHCP");
    if (path_hide_unique(p))
        return;
    put_ipv4(p, local);
    if (reader_left(r) >= 8) {
        text_char(p->out, ',');
        put_ipv4(p, reader_take(r, 4));
        text_char(p->out, ',');
        put_ipv4(p, reader_take(r, 4));
    }
}

static void print_ipv6(struct path_printer *p, struct reader *r)
{
    struct bytes local = reader_take(r, 16);
    struct bytes remote = reader_take(r, 16);

    reader_take(r, 4); /* ports */
    uint16_t protocol = reader_u16le(r);
    uint8_t origin = reader_u8(r);

    if (!path_hide_unique(p))
        put_ipv6(p, remote);
    text_printf(p->out, ",%s,%s,",
                protocol == 6    ? "TCP"
                : protocol == 17 ? "UDP"
                                 : "IP",
                origin == 0   ? "Static"
                : origin == 1 ? "StatelessAutoConfigure"
                              : "StatefulAutoConfigure");
    if (!path_hide_unique(p))
        put_ipv6(p, local);
}

static void print_uart(struct path_printer *p, struct reader *r)
{
    static const char parities[] = "DNEOMS";
    static const char *const stops[] = {"D", "1", "1.5", "2"};

    reader_take(r, 4);
    uint64_t baud = reader_u64le(r);
    struct bytes mode = reader_take(r, 3);
    uint8_t bits = mode.len > 0 ? mode.data[0] : 0;
    uint8_t parity = mode.len > 0 ? mode.data[1] : 0;
    uint8_t stop = mode.len > 0 ? mode.data[2] : 0;

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
    if (parity < 6)
        text_char(p->out, parities[parity]);
    else
        text_char(p->out, 'x');
    text_char(p->out, ',');
    text_puts(p->out, stop < 4 ? stops[stop] : "x");
}

static void print_usb_wwid(struct path_printer *p, struct reader *r)
{
    uint16_t interface = reader_u16le(r);
    uint16_t vendor = reader_u16le(r);
    uint16_t product = reader_u16le(r);

    path_put_hex(p, vendor);
    text_char(p->out, ',');
    path_put_hex(p, product);
    text_char(p->out, ',');
    path_put_hex(p, interface);
    text_puts(p->out, ",\"");
    if (!path_hide_unique(p))
        path_put_utf16(p, reader_take(r, reader_left(r)));
    text_char(p->out, '"');
}

static void print_iscsi(struct path_printer *p, struct reader *r)
{
    uint16_t protocol = reader_u16le(r);
    uint16_t options = reader_u16le(r);
    struct bytes lun = reader_take(r, 8);
    uint16_t group = reader_u16le(r);

    path_put_ascii(p, reader_take(r, reader_left(r)));
    text_char(p->out, ',');
    path_put_hex(p, group);
    text_puts(p->out, ",0x");
    text_hex(p->out, lun);
    text_printf(p->out, ",%s,%s,%s,%s", (options & 2) != 0 ? "CRC32C" : "None",
                (options & 8) != 0 ? "CRC32C" : "None",
                (options & 0x800) != 0    ? "None"
                : (options & 0x1000) != 0 ? "CHAP_UNI"
                                          : "CHAP_BI",
                protocol == 0 ? "TCP" : "reserved");
}

static void print_sas_ex(struct path_printer *p, struct reader *r)
{
    struct bytes address = reader_take(r, 8);
    struct bytes lun = reader_take(r, 8);
    uint16_t info = reader_u16le(r);
    uint16_t port = reader_u16le(r);

    text_puts(p->out, "0x");
    if (!path_hide_unique(p))
        text_hex(p->out, address);
    text_puts(p->out, ",0x");
    text_hex(p->out, lun);
    text_char(p->out, ',');
    path_put_hex(p, port);
    text_char(p->out, ',');
    path_put_hex(p, info);
}

static void print_nvme(struct path_printer *p, struct reader *r)
{
    path_put_hex(p, reader_u32le(r));
    struct bytes eui = reader_take(r, 8);

    text_char(p->out, ',');
    if (path_hide_unique(p))
        return;
    for (size_t i = 0; i < eui.len; i++) {
        if (i > 0)
            text_char(p->out, '-');
        text_hex(p->out, bytes_slice(eui, eui.len - 1 - i, 1));
    }
}

static void print_dns(struct path_printer *p, struct reader *r)
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

static void print_nvme_of(struct path_printer *p, struct reader *r)
{
    path_put_hex(p, reader_u8(r));
    struct bytes id = reader_take(r, 16);

    text_char(p->out, ',');
    if (!path_hide_unique(p))
        text_hex(p->out, id);
    text_char(p->out, ',');
    path_put_ascii(p, reader_take(r, reader_left(r)));
}

static void print_hard_drive(struct path_printer *p, struct reader *r)
{
    uint32_t partition = reader_u32le(r);
    uint64_t start = reader_u64le(r);
    uint64_t size = reader_u64le(r);
    struct bytes signature = reader_take(r, 16);
    struct bytes kinds = reader_take(r, 2); /* of the table and of the signature */
    uint8_t type = kinds.len > 0 ? kinds.data[1] : 0;

    text_uint(p->out, partition);
    text_puts(p->out, type == 1 ? ",MBR," : type == 2 ? ",GPT," : ",0,");
    if (!path_hide_unique(p)) {
        if (type == 2) {
            text_add(p->out, guid_text(p->arena, signature));
        } else if (type == 1) {
            struct reader s = reader_of(signature, 0, 0);

            path_put_hex(p, reader_u32le(&s));
        } else {
            text_hex(p->out, signature);
        }
    }
    text_char(p->out, ',');
    path_put_hex(p, start);
    text_char(p->out, ',');
    path_put_hex(p, size);
}

static void print_file(struct path_printer *p, struct reader *r)
{
    path_put_utf16(p, reader_take(r, reader_left(r)));
}

static void print_bbs(struct path_printer *p, struct reader *r)
{
    static const char *const names[] = {"0x0",    "Floppy", "HD",     "CDROM",
                                        "PCMCIA", "USB",    "Network"};
    uint16_t type = reader_u16le(r);
    uint16_t status = reader_u16le(r);

    if (type < ARRAY_LEN(names))
        text_puts(p->out, names[type]);
    else
        path_put_hex(p, type);
    text_char(p->out, ',');
    path_put_ascii(p, reader_take(r, reader_left(r)));
    text_char(p->out, ',');
    path_put_hex(p, status);
}

static const struct path_node nodes[] = {
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

const struct path_node *path_node_find(uint8_t type, uint8_t subtype)
{
    for (size_t i = 0; i < ARRAY_LEN(nodes); i++) {
        if (nodes[i].type == type && nodes[i].subtype == subtype)
            return &nodes[i];
    }
    return NULL;
}
