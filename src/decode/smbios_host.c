/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SMBIOS type 42, the management controller host interface: DSP0134 3.7 section 7.43, the
 * device descriptors of network interfaces and the Redfish protocol record of DSP0270 1.3
 * chapters 8, 9.
 */
#include "decode/smbios.h"

enum {
    NETWORK = 0x40,
    DATA_LENGTH_AT = 5,
    DATA_AT = 6,
    DEVICE_USB = 2,
    DEVICE_PCI = 3,
    DEVICE_USB_V2 = 4,
    DEVICE_PCI_V2 = 5,
    PROTOCOL_REDFISH = 4,
    REDFISH_MIN = 91,
    MAC_LENGTH = 6
};

/* A field at a fixed place: `integer`, or bytes as they are. */
struct piece {
    enum key_id key;
    uint8_t at;
    uint8_t width;
    bool integer;
};

static const struct piece usb[] = {
    {KEY_SM_HOST_INTERFACE_VENDOR_ID,  0, 2, true},
    {KEY_SM_HOST_INTERFACE_PRODUCT_ID, 2, 2, true},
};

static const struct piece pci[] = {
    {KEY_SM_HOST_INTERFACE_VENDOR_ID,           0, 2, true},
    {KEY_SM_HOST_INTERFACE_PRODUCT_ID,          2, 2, true},
    {KEY_SM_HOST_INTERFACE_SUBSYSTEM_VENDOR_ID, 4, 2, true},
    {KEY_SM_HOST_INTERFACE_SUBSYSTEM_ID,        6, 2, true},
};

static const struct piece redfish[] = {
    {KEY_SM_HOST_INTERFACE_HOST_ASSIGNMENT,    16, 1,  true },
    {KEY_SM_HOST_INTERFACE_HOST_FORMAT,        17, 1,  true },
    {KEY_SM_HOST_INTERFACE_HOST_ADDRESS,       18, 16, false},
    {KEY_SM_HOST_INTERFACE_HOST_MASK,          34, 16, false},
    {KEY_SM_HOST_INTERFACE_SERVICE_ASSIGNMENT, 50, 1,  true },
    {KEY_SM_HOST_INTERFACE_SERVICE_FORMAT,     51, 1,  true },
    {KEY_SM_HOST_INTERFACE_SERVICE_ADDRESS,    52, 16, false},
    {KEY_SM_HOST_INTERFACE_SERVICE_MASK,       68, 16, false},
    {KEY_SM_HOST_INTERFACE_SERVICE_PORT,       84, 2,  true },
    {KEY_SM_HOST_INTERFACE_SERVICE_VLAN,       86, 4,  true },
};

static uint64_t byte_at(const struct smbios_structure *s, size_t offset)
{
    uint64_t v;

    (void)smbios_field(s, offset, 1, &v);
    return v;
}

static void bytes_claim(struct smbios_structure *s, enum key_id key, size_t from, size_t end)
{
    if (from < end)
        smbios_claim(s, key, value_bytes(bytes_slice(s->fields, from, end - from)), from,
                     end - from);
}

/* Claims the pieces that lie before `end`; returns where they end. */
static size_t pieces(struct smbios_structure *s, const struct piece *p, size_t count,
                     size_t from, size_t end)
{
    size_t done = from;

    for (size_t i = 0; i < count; i++) {
        size_t at = from + p[i].at;
        uint64_t v;

        if (at + p[i].width > end)
            break;
        if (!p[i].integer)
            bytes_claim(s, p[i].key, at, at + p[i].width);
        else if (smbios_field(s, at, p[i].width, &v))
            smbios_claim(s, p[i].key, value_uint(v), at, p[i].width);
        done = at + p[i].width;
    }
    return done;
}

/* The device that a network interface describes, in bytes `from` to `end`. */
static void device(struct smbios_structure *s, size_t from, size_t end)
{
    uint64_t type = byte_at(s, from);
    bool second = type == DEVICE_USB_V2 || type == DEVICE_PCI_V2;
    size_t at = from + 1;

    smbios_claim(s, KEY_SM_HOST_INTERFACE_DEVICE_TYPE, value_uint(type), from, 1);
    if (second && at < end) {
        smbios_claim(s, KEY_SM_HOST_INTERFACE_DESCRIPTOR_LENGTH, value_uint(byte_at(s, at)), at,
                     1);
        at++;
    }
    if (type == DEVICE_USB || type == DEVICE_USB_V2)
        at = pieces(s, usb, ARRAY_LEN(usb), at, end);
    else if (type == DEVICE_PCI || type == DEVICE_PCI_V2)
        at = pieces(s, pci, ARRAY_LEN(pci), at, end);
    if (type == DEVICE_USB_V2 && at < end) {
        smbios_claim_string(s, KEY_SM_HOST_INTERFACE_SERIAL, at);
        at++;
    }
    if (second && at + MAC_LENGTH <= end) {
        bytes_claim(s, KEY_SM_HOST_INTERFACE_MAC, at, at + MAC_LENGTH);
        at += MAC_LENGTH;
    }
    /* What follows in a first-version USB descriptor is the serial number. */
    bytes_claim(s,
                type == DEVICE_USB ? KEY_SM_HOST_INTERFACE_SERIAL_DESCRIPTOR
                                   : KEY_SM_HOST_INTERFACE_INTERFACE_DATA,
                at, end);
}

static void redfish_record(struct smbios_structure *s, size_t from, size_t end)
{
    size_t length = (size_t)byte_at(s, from + REDFISH_MIN - 1);
    size_t name = from + REDFISH_MIN;

    if (end - from < REDFISH_MIN) {
        decode_fault(s->d, FAULT_BAD_LENGTH, s->d->in.base + from - 1);
        bytes_claim(s, KEY_SM_HOST_INTERFACE_PROTOCOL_DATA, from, end);
        return;
    }
    smbios_claim(s, KEY_SM_HOST_INTERFACE_SERVICE_UUID,
                 value_text(guid_text(s->d->arena, bytes_slice(s->fields, from, 16))), from,
                 16);
    (void)pieces(s, redfish, ARRAY_LEN(redfish), from, end);
    smbios_claim(s, KEY_SM_HOST_INTERFACE_SERVICE_HOSTNAME_LENGTH, value_uint(length), name - 1,
                 1);
    if (length > end - name) {
        decode_fault(s->d, FAULT_BAD_LENGTH, s->d->in.base + name - 1);
        length = end - name;
    }
    struct bytes text = bytes_slice(s->fields, name, length);

    if (length > 0)
        smbios_claim(s, KEY_SM_HOST_INTERFACE_SERVICE_HOSTNAME, value_text(text), name, length);
    bytes_claim(s, KEY_SM_HOST_INTERFACE_PROTOCOL_DATA, name + length, end);
}

static size_t protocol(struct smbios_structure *s, size_t at)
{
    uint64_t type = byte_at(s, at);
    size_t length = (size_t)byte_at(s, at + 1);
    size_t from = at + 2;

    if (from > s->fields.len || length > s->fields.len - from) {
        decode_fault(s->d, FAULT_BAD_LENGTH, s->d->in.base + at);
        return s->fields.len + 1;
    }
    decode_open_bytes(s->d, ITEM_MAP, bytes_of("protocol"));
    smbios_claim(s, KEY_SM_HOST_INTERFACE_PROTOCOL, value_uint(type), at, 1);
    if (type == PROTOCOL_REDFISH)
        redfish_record(s, from, from + length);
    else
        bytes_claim(s, KEY_SM_HOST_INTERFACE_PROTOCOL_DATA, from, from + length);
    decode_close(s->d);
    s->known = from + length;
    return from + length;
}

void smbios_host_interface(struct smbios_structure *s)
{
    size_t length = (size_t)byte_at(s, DATA_LENGTH_AT);
    size_t end = DATA_AT + length;

    if (s->fields.len <= DATA_LENGTH_AT)
        return;
    if (end > s->fields.len) {
        decode_fault(s->d, FAULT_BAD_LENGTH, s->d->in.base + DATA_LENGTH_AT);
        return;
    }
    if (byte_at(s, 4) == NETWORK && length > 0)
        device(s, DATA_AT, end);
    else
        bytes_claim(s, KEY_SM_HOST_INTERFACE_INTERFACE_DATA, DATA_AT, end);
    s->known = end;
    if (end >= s->fields.len)
        return;
    size_t at = end + 1;
    uint64_t count = byte_at(s, end);

    s->known = at;
    smbios_claim(s, KEY_SM_HOST_INTERFACE_PROTOCOL_COUNT, value_uint(count), end, 1);
    for (uint64_t i = 0; i < count && at <= s->fields.len; i++)
        at = protocol(s, at);
}
