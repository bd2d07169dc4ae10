/* SPDX-License-Identifier: Apache-2.0 */
/*
 * USB descriptors as the kernel's `descriptors` files hold them: the device descriptor, then
 * each configuration with all that belongs to it. USB 2.0 section 9.6, USB 3.2 section 9.6
 * (companions, binary object store), HID 1.11 section 6.2.1, DFU 1.1 section 4.1.3, hubs as in
 * USB 2.0 11.23.
 */
#include "decode/decode.h"

enum {
    TYPE_DEVICE = 1,
    TYPE_CONFIGURATION = 2,
    TYPE_INTERFACE = 4,
    TYPE_ENDPOINT = 5,
    TYPE_QUALIFIER = 6,
    TYPE_OTHER_SPEED = 7,
    TYPE_ASSOCIATION = 11,
    TYPE_STORE = 15,
    TYPE_CAPABILITY = 16,
    TYPE_FUNCTIONAL = 0x21,
    TYPE_CLASS_ENDPOINT = 0x25,
    TYPE_HUB = 0x29,
    TYPE_SUPERSPEED_HUB = 0x2a,
    TYPE_COMPANION = 0x30,
    TYPE_ISOCHRONOUS_COMPANION = 0x31,
    CLASS_HID = 3,
    CLASS_APPLICATION = 0xfe,
    CAPABILITY_EXTENSION = 2,
    CAPABILITY_SUPERSPEED = 3,
    CAPABILITY_CONTAINER = 4,
    CAPABILITY_PLATFORM = 5,
    HEADER = 2, /* length and type */
};

static const struct field device_fields[] = {
    {KEY_USB_DEVICE_USB_VERSION,         F_U16LE, 0, 0},
    {KEY_USB_DEVICE_CLASS,               F_U8,    0, 0},
    {KEY_USB_DEVICE_SUBCLASS,            F_U8,    0, 0},
    {KEY_USB_DEVICE_PROTOCOL,            F_U8,    0, 0},
    {KEY_USB_DEVICE_CONTROL_PACKET_SIZE, F_U8,    0, 0},
    {KEY_USB_DEVICE_VENDOR,              F_U16LE, 0, 0},
    {KEY_USB_DEVICE_PRODUCT,             F_U16LE, 0, 0},
    {KEY_USB_DEVICE_RELEASE,             F_U16LE, 0, 0},
    {KEY_USB_DEVICE_MANUFACTURER_INDEX,  F_U8,    0, 0},
    {KEY_USB_DEVICE_PRODUCT_INDEX,       F_U8,    0, 0},
    {KEY_USB_DEVICE_SERIAL_INDEX,        F_U8,    0, 0},
    {KEY_USB_DEVICE_CONFIGURATIONS,      F_U8,    0, 0},
};

static const struct field qualifier_fields[] = {
    {KEY_USB_DEVICE_USB_VERSION,         F_U16LE,    0, 0},
    {KEY_USB_DEVICE_CLASS,               F_U8,       0, 0},
    {KEY_USB_DEVICE_SUBCLASS,            F_U8,       0, 0},
    {KEY_USB_DEVICE_PROTOCOL,            F_U8,       0, 0},
    {KEY_USB_DEVICE_CONTROL_PACKET_SIZE, F_U8,       0, 0},
    {KEY_USB_DEVICE_CONFIGURATIONS,      F_U8,       0, 0},
    {KEY_NONE,                           F_RESERVED, 1, 0},
};

static const struct field configuration_fields[] = {
    {KEY_USB_CONFIGURATION_TOTAL_LENGTH, F_U16LE, 0, 0},
    {KEY_USB_CONFIGURATION_INTERFACES,   F_U8,    0, 0},
    {KEY_USB_CONFIGURATION_VALUE,        F_U8,    0, 0},
    {KEY_USB_CONFIGURATION_STRING_INDEX, F_U8,    0, 0},
    {KEY_USB_CONFIGURATION_ATTRIBUTES,   F_U8,    0, 0},
    {KEY_USB_CONFIGURATION_POWER,        F_U8,    0, 0},
};

static const struct field interface_fields[] = {
    {KEY_USB_INTERFACE_NUMBER,       F_U8, 0, 0},
    {KEY_USB_INTERFACE_ALTERNATE,    F_U8, 0, 0},
    {KEY_USB_INTERFACE_ENDPOINTS,    F_U8, 0, 0},
    {KEY_USB_INTERFACE_CLASS,        F_U8, 0, 0},
    {KEY_USB_INTERFACE_SUBCLASS,     F_U8, 0, 0},
    {KEY_USB_INTERFACE_PROTOCOL,     F_U8, 0, 0},
    {KEY_USB_INTERFACE_STRING_INDEX, F_U8, 0, 0},
};

static const struct field endpoint_fields[] = {
    {KEY_USB_ENDPOINT_ADDRESS,     F_U8,    0, 0},
    {KEY_USB_ENDPOINT_ATTRIBUTES,  F_U8,    0, 0},
    {KEY_USB_ENDPOINT_TRANSFER,    F_BITS,  2, 0},
    {KEY_USB_ENDPOINT_PACKET_SIZE, F_U16LE, 0, 0},
    {KEY_USB_ENDPOINT_INTERVAL,    F_U8,    0, 0},
};

static const struct field endpoint_more[] = {
    {KEY_USB_ENDPOINT_REFRESH,       F_U8, 0, 0},
    {KEY_USB_ENDPOINT_SYNCH_ADDRESS, F_U8, 0, 0},
};

static const struct field association_fields[] = {
    {KEY_USB_ASSOCIATION_FIRST_INTERFACE, F_U8, 0, 0},
    {KEY_USB_ASSOCIATION_INTERFACES,      F_U8, 0, 0},
    {KEY_USB_ASSOCIATION_CLASS,           F_U8, 0, 0},
    {KEY_USB_ASSOCIATION_SUBCLASS,        F_U8, 0, 0},
    {KEY_USB_ASSOCIATION_PROTOCOL,        F_U8, 0, 0},
    {KEY_USB_ASSOCIATION_STRING_INDEX,    F_U8, 0, 0},
};

static const struct field companion_fields[] = {
    {KEY_USB_COMPANION_BURST,          F_U8,    0, 0},
    {KEY_USB_COMPANION_ATTRIBUTES,     F_U8,    0, 0},
    {KEY_USB_COMPANION_INTERVAL_BYTES, F_U16LE, 0, 0},
};

static const struct field hid_fields[] = {
    {KEY_USB_HID_VERSION,     F_U16LE, 0, 0},
    {KEY_USB_HID_COUNTRY,     F_U8,    0, 0},
    {KEY_USB_HID_DESCRIPTORS, F_U8,    0, 0},
};

static const struct field hid_entry[] = {
    {KEY_USB_HID_DESCRIPTOR_TYPE,   F_U8,    0, 0},
    {KEY_USB_HID_DESCRIPTOR_LENGTH, F_U16LE, 0, 0},
};

static const struct field dfu_fields[] = {
    {KEY_USB_DFU_ATTRIBUTES,     F_U8,    0, 0},
    {KEY_USB_DFU_DETACH_TIMEOUT, F_U16LE, 0, 0},
    {KEY_USB_DFU_TRANSFER_SIZE,  F_U16LE, 0, 0},
    {KEY_USB_DFU_VERSION,        F_U16LE, 0, 0},
};

static const struct field hub_fields[] = {
    {KEY_USB_HUB_PORTS,           F_U8,    0, 0},
    {KEY_USB_HUB_CHARACTERISTICS, F_U16LE, 0, 0},
    {KEY_USB_HUB_POWER_DELAY,     F_U8,    0, 0},
    {KEY_USB_HUB_CURRENT,         F_U8,    0, 0},
};

static const struct field store_fields[] = {
    {KEY_USB_STORE_TOTAL_LENGTH, F_U16LE, 0, 0},
    {KEY_USB_STORE_CAPABILITIES, F_U8,    0, 0},
};

static const struct field extension_fields[] = {
    {KEY_USB_CAPABILITY_ATTRIBUTES, F_U32LE, 0, 0},
};

static const struct field superspeed_fields[] = {
    {KEY_USB_SUPERSPEED_ATTRIBUTES,          F_U8,    0, 0},
    {KEY_USB_SUPERSPEED_SPEEDS,              F_U16LE, 0, 0},
    {KEY_USB_SUPERSPEED_FULL_FUNCTION_SPEED, F_U8,    0, 0},
    {KEY_USB_SUPERSPEED_U1_EXIT_LATENCY,     F_U8,    0, 0},
    {KEY_USB_SUPERSPEED_U2_EXIT_LATENCY,     F_U16LE, 0, 0},
};

static const struct field container_fields[] = {
    {KEY_NONE,                     F_RESERVED, 1, 0},
    {KEY_USB_CAPABILITY_CONTAINER, F_GUID,     0, 0},
};

static const struct field platform_fields[] = {
    {KEY_NONE,                    F_RESERVED, 1, 0},
    {KEY_USB_CAPABILITY_PLATFORM, F_GUID,     0, 0},
};

/* What is open below the configuration, and what must be counted. */
struct parts {
    bool interface;
    bool endpoint;
    unsigned class;
    unsigned subclass;
    uint64_t endpoints_stated;
    uint64_t endpoints;
    uint64_t interfaces;
    bool seen[256]; /* interface numbers */
};

static const struct field header_rows[] = {
    {KEY_NONE,                F_U8, 0, 0},
    {KEY_USB_DESCRIPTOR_TYPE, F_U8, 0, 0},
};

#define ROWS(table) (table), ARRAY_LEN(table)

/* A byte that a name or a count needs before its field is read; 0 if it is not there. */
static uint8_t byte_at(struct bytes b, size_t at)
{
    return at < b.len ? b.data[at] : 0;
}

/* A claim of the digest of what is left of the descriptor. */
static void content(struct decode *d)
{
    size_t from = d->in.pos;
    struct bytes b = reader_take(&d->in, reader_left(&d->in));

    if (b.len > 0)
        decode_digest(d, KEY_USB_DESCRIPTOR_CONTENT, b, reader_span(&d->in, from));
}

static void hid(struct decode *d)
{
    uint8_t count = byte_at(d->in.all, 5);

    (void)decode_fields(d, ROWS(hid_fields));
    for (unsigned i = 0; i < count && !d->in.failed; i++) {
        if (reader_left(&d->in) < 3) {
            decode_fault(d, FAULT_BAD_COUNT, d->in.base + 5);
            return;
        }
        decode_enter(d, 3);
        decode_open(d, ITEM_MAP, "class-descriptor:%02x", byte_at(d->in.all, 0));
        (void)decode_fields(d, ROWS(hid_entry));
        decode_close(d);
        decode_leave(d);
    }
}

static void capability(struct decode *d)
{
    size_t from = d->in.pos;
    uint64_t kind = reader_u8(&d->in);

    decode_uint(d, KEY_USB_CAPABILITY_KIND, kind, from);
    if (kind == CAPABILITY_EXTENSION)
        (void)decode_fields(d, ROWS(extension_fields));
    else if (kind == CAPABILITY_SUPERSPEED)
        (void)decode_fields(d, ROWS(superspeed_fields));
    else if (kind == CAPABILITY_CONTAINER)
        (void)decode_fields(d, ROWS(container_fields));
    else if (kind == CAPABILITY_PLATFORM)
        (void)decode_fields(d, ROWS(platform_fields));
    content(d);
}

/* What the descriptor says after its header. */
static void body(struct decode *d, unsigned type, const struct parts *p)
{
    bool dfu = p->class == CLASS_APPLICATION && p->subclass == 1;

    if (type == TYPE_QUALIFIER)
        (void)decode_fields(d, ROWS(qualifier_fields));
    else if (type == TYPE_ASSOCIATION)
        (void)decode_fields(d, ROWS(association_fields));
    else if (type == TYPE_COMPANION)
        (void)decode_fields(d, ROWS(companion_fields));
    else if (type == TYPE_FUNCTIONAL && p->class == CLASS_HID)
        hid(d);
    else if (type == TYPE_FUNCTIONAL && dfu)
        (void)decode_fields(d, ROWS(dfu_fields));
    else if (type == TYPE_HUB || type == TYPE_SUPERSPEED_HUB)
        (void)decode_fields(d, ROWS(hub_fields));
    else if (type == TYPE_CAPABILITY)
        capability(d);
    content(d);
}

static void name_other(struct decode *d, unsigned type, const struct parts *p)
{
    if (type == TYPE_ASSOCIATION)
        decode_open(d, ITEM_MAP, "function:%u", byte_at(d->in.all, 2));
    else if (type == TYPE_CAPABILITY)
        decode_open(d, ITEM_MAP, "capability:%u", byte_at(d->in.all, 2));
    else if (type == TYPE_COMPANION)
        decode_open(d, ITEM_MAP, "companion");
    else if (type == TYPE_QUALIFIER)
        decode_open(d, ITEM_MAP, "qualifier");
    else if (type == TYPE_FUNCTIONAL && p->class == CLASS_HID)
        decode_open(d, ITEM_MAP, "hid");
    else
        decode_open(d, ITEM_MAP, "descriptor:%02x", type);
}

static void close_endpoint(struct decode *d, struct parts *p)
{
    if (p->endpoint)
        decode_close(d);
    p->endpoint = false;
}

static void close_interface(struct decode *d, struct parts *p)
{
    close_endpoint(d, p);
    if (!p->interface)
        return;
    if (p->endpoints != p->endpoints_stated)
        decode_fault(d, FAULT_BAD_COUNT, d->out->items[d->item].span.offset + 4);
    decode_close(d);
    p->interface = false;
}

static void interface(struct decode *d, struct parts *p)
{
    struct bytes b = d->in.all;
    uint8_t number = byte_at(b, 2);

    decode_open(d, ITEM_MAP, "interface:%u.%u", number, byte_at(b, 3));
    p->interface = true;
    p->interfaces += !p->seen[number];
    p->seen[number] = true;
    p->endpoints = 0;
    (void)decode_fields(d, ROWS(header_rows));
    (void)decode_fields(d, ROWS(interface_fields));
    p->endpoints_stated = byte_at(b, 4);
    p->class = byte_at(b, 5);
    p->subclass = byte_at(b, 6);
    content(d);
}

static void endpoint(struct decode *d, struct parts *p)
{
    struct bytes b = d->in.all;

    decode_open(d, ITEM_MAP, "endpoint:%02x", byte_at(b, 2));
    p->endpoint = true;
    p->endpoints++;
    if (!p->interface)
        decode_fault(d, FAULT_BAD_ORDER, d->in.base);
    (void)decode_fields(d, ROWS(header_rows));
    (void)decode_fields(d, ROWS(endpoint_fields));
    (void)decode_fields_grow(d, ROWS(endpoint_more));
    content(d);
}

/* One descriptor of a configuration, in a reader of exactly its bytes. */
static void part(struct decode *d, struct parts *p)
{
    unsigned type = d->in.all.data[1];

    switch (type) {
    case TYPE_INTERFACE:
        close_interface(d, p);
        interface(d, p);
        return;
    case TYPE_ENDPOINT:
        close_endpoint(d, p);
        endpoint(d, p);
        return;
    case TYPE_ASSOCIATION:
        close_interface(d, p);
        break;
    case TYPE_COMPANION:
    case TYPE_ISOCHRONOUS_COMPANION:
    case TYPE_CLASS_ENDPOINT:
        break;
    case TYPE_DEVICE:
    case TYPE_CONFIGURATION:
    case TYPE_OTHER_SPEED:
    case TYPE_STORE:
        decode_fault(d, FAULT_BAD_ORDER, d->in.base);
        break;
    default:
        close_endpoint(d, p);
    }
    name_other(d, type, p);
    (void)decode_fields(d, ROWS(header_rows));
    body(d, type, p);
    decode_close(d);
}

/* Narrows to the next descriptor. False, and a fault, when its length is impossible. */
static bool descriptor_enter(struct decode *d)
{
    struct reader peek = d->in;
    size_t length = reader_u8(&peek);

    if (reader_left(&d->in) < HEADER || length > reader_left(&d->in)) {
        decode_fault(d, FAULT_TRUNCATED, reader_offset(&d->in));
        return false;
    }
    if (length < HEADER) {
        decode_fault(d, FAULT_BAD_LENGTH, reader_offset(&d->in));
        return false;
    }
    decode_enter(d, length);
    return true;
}

static void parts_run(struct decode *d, struct parts *p)
{
    while (reader_more(&d->in)) {
        if (!descriptor_enter(d))
            return;
        part(d, p);
        decode_leave(d);
    }
}

/* The total length of a set that begins here, or what is left when that is less, and a fault.
 */
static size_t set_length(struct decode *d)
{
    struct reader peek = d->in;

    (void)reader_take(&peek, HEADER);
    size_t total = reader_u16le(&peek);

    if (peek.failed || total > reader_left(&d->in)) {
        decode_fault(d, FAULT_TRUNCATED, reader_offset(&d->in));
        return reader_left(&d->in);
    }
    if (total < 4) {
        decode_fault(d, FAULT_BAD_LENGTH, reader_offset(&d->in) + HEADER);
        return reader_left(&d->in);
    }
    return total;
}

static void configuration(struct decode *d, size_t length)
{
    struct parts *p = ARENA_NEW(d->arena, struct parts);
    uint64_t start = reader_offset(&d->in);

    decode_enter(d, length);
    decode_open(d, ITEM_MAP, "configuration:%u", byte_at(d->in.all, 5));
    if (descriptor_enter(d)) {
        (void)decode_fields(d, ROWS(header_rows));
        (void)decode_fields(d, ROWS(configuration_fields));
        content(d);
        decode_leave(d);
        parts_run(d, p);
        close_interface(d, p);
        if (p->interfaces != byte_at(d->in.all, 4))
            decode_fault(d, FAULT_BAD_COUNT, start + 4);
    }
    decode_leave(d);
    decode_close(d);
}

static void store(struct decode *d, size_t length)
{
    struct parts *p = ARENA_NEW(d->arena, struct parts);
    uint64_t start = reader_offset(&d->in);
    size_t first = d->out->item_count;
    uint64_t found = 0;

    decode_enter(d, length);
    decode_open(d, ITEM_MAP, "object-store");
    uint32_t here = d->item;

    if (descriptor_enter(d)) {
        (void)decode_fields(d, ROWS(header_rows));
        (void)decode_fields(d, ROWS(store_fields));
        content(d);
        decode_leave(d);
        parts_run(d, p);
        close_interface(d, p);
        for (size_t i = first; i < d->out->item_count; i++)
            found += d->out->items[i].parent == here && d->out->items[i].kind == ITEM_MAP;
        if (found != byte_at(d->in.all, 4))
            decode_fault(d, FAULT_BAD_COUNT, start + 4);
    }
    decode_leave(d);
    decode_close(d);
}

/* The sets after the device descriptor. Returns the number of configurations. */
static uint64_t sets(struct decode *d)
{
    uint64_t count = 0;

    while (reader_more(&d->in)) {
        struct bytes rest = bytes_slice(d->in.all, d->in.pos, d->in.all.len);
        unsigned type = rest.len > 1 ? rest.data[1] : 0;

        if (type == TYPE_CONFIGURATION || type == TYPE_OTHER_SPEED) {
            configuration(d, set_length(d));
            count += type == TYPE_CONFIGURATION;
        } else if (type == TYPE_STORE) {
            store(d, set_length(d));
        } else {
            decode_fault(d, rest.len < HEADER ? FAULT_TRUNCATED : FAULT_BAD_ORDER,
                         reader_offset(&d->in));
            return count;
        }
    }
    return count;
}

static void device(struct decode *d)
{
    if (!descriptor_enter(d))
        return;
    (void)decode_fields(d, ROWS(header_rows));
    (void)decode_fields(d, ROWS(device_fields));
    content(d);
    decode_leave(d);

    if (sets(d) != byte_at(d->in.all, 17))
        decode_fault(d, FAULT_BAD_COUNT, d->in.base + 17);
}

/* "usb1", "1-1", "1-1.4.2": where the kernel says that a device is plugged in. */
static bool is_position(struct bytes label)
{
    size_t i = bytes_starts_with(label, "usb") ? 3 : 0;
    bool dash = i == 3;

    if (i == label.len)
        return false;
    for (; i < label.len; i++) {
        uint8_t c = label.data[i];

        dash = dash || c == '-';
        if ((c < '0' || c > '9') && c != '-' && c != '.')
            return false;
    }
    return dash;
}

static void decode(struct decode *d)
{
    bool named = is_position(d->label) && !bytes_equal(d->out->items[d->item].name, d->label);

    if (named)
        decode_open_shared(d, d->label);
    if (d->in.all.data[1] == TYPE_DEVICE)
        device(d);
    else
        (void)sets(d);
    if (named)
        decode_close(d);
}

static unsigned probe(struct bytes b, struct bytes label)
{
    bool told = is_position(label) || bytes_equal_text(label, "descriptors");

    if (b.len < HEADER)
        return 0;
    if (b.len >= 18 && b.data[0] == 18 && b.data[1] == TYPE_DEVICE && b.data[3] <= 4)
        return told ? 95 : 75;
    if (b.len >= 5 && b.data[0] == 5 && b.data[1] == TYPE_STORE)
        return told || bytes_equal_text(label, "bos_descriptors") ? 90 : 30;
    return told ? 40 : 0;
}

const struct decoder decoder_usb_descriptors = {
    .name = "usb-descriptors",
    .title = "Descriptors of a USB device",
    .surface = "usb",
    .spec = "usb-3.2",
    .min = HEADER,
    .max = 1 << 17,
    .probe = probe,
    .decode = decode,
};
