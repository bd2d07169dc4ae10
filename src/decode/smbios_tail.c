/* SPDX-License-Identifier: Apache-2.0 */
/* What rows cannot state of an SMBIOS structure: repeated groups, sums (DSP0134 3.7 chapter 7).
 */
#include "decode/smbios.h"

/* One member of a repeated group: `width` bytes at `at` within it. */
struct member {
    enum key_id key;
    uint8_t at;
    uint8_t width;
};

static void claim_members(struct smbios_structure *s, const struct member *m, size_t count,
                          size_t offset)
{
    uint64_t v;

    for (size_t i = 0; i < count; i++) {
        if (smbios_field(s, offset + m[i].at, m[i].width, &v))
            smbios_claim(s, m[i].key, value_uint(v), offset + m[i].at, m[i].width);
    }
}

static uint64_t byte_at(const struct smbios_structure *s, size_t offset)
{
    uint64_t v;

    (void)smbios_field(s, offset, 1, &v);
    return v;
}

/* How many of `count` groups of `width` bytes from `offset` are there; a fault if not all are.
 */
static size_t groups(struct smbios_structure *s, size_t count, size_t offset, size_t width,
                     size_t count_offset)
{
    size_t room = s->fields.len > offset && width > 0 ? (s->fields.len - offset) / width : 0;
    size_t n = count < room ? count : room;

    if (n < count && width > 0)
        decode_fault(s->d, FAULT_BAD_COUNT, s->d->in.base + count_offset);
    if (offset + n * width > s->known && n > 0)
        s->known = offset + n * width;
    return n;
}

static void handles(struct smbios_structure *s, size_t count_offset, enum key_id key,
                    enum key_id target)
{
    size_t n = groups(s, (size_t)byte_at(s, count_offset), count_offset + 1, 2, count_offset);

    for (size_t i = 0; i < n; i++) {
        decode_open_bytes(s->d, ITEM_MAP, bytes_of("member"));
        smbios_claim_handle(s, key, target, count_offset + 1 + 2 * i);
        decode_close(s->d);
    }
}

static void baseboard(struct smbios_structure *s)
{
    if (s->fields.len > 0x0e)
        handles(s, 0x0e, KEY_SM_BASEBOARD_CONTAINED_HANDLE, KEY_SM_BASEBOARD_CONTAINED);
}

static void chassis(struct smbios_structure *s)
{
    static const struct member element[] = {
        {KEY_SM_CHASSIS_CONTAINED_TYPE,    0, 1},
        {KEY_SM_CHASSIS_CONTAINED_MINIMUM, 1, 1},
        {KEY_SM_CHASSIS_CONTAINED_MAXIMUM, 2, 1},
    };
    size_t width = (size_t)byte_at(s, 0x14);

    if (s->fields.len <= 0x14)
        return;
    size_t n = groups(s, (size_t)byte_at(s, 0x13), 0x15, width, 0x13);

    for (size_t i = 0; i < n; i++) {
        decode_open_bytes(s->d, ITEM_MAP, bytes_of("element"));
        claim_members(s, element, width < 3 ? width : 3, 0x15 + i * width);
        if (width > 3) {
            smbios_claim(s, KEY_RESERVED,
                         value_bytes(bytes_slice(s->fields, 0x18 + i * width, width - 3)),
                         0x18 + i * width, width - 3);
        }
        decode_close(s->d);
    }
    size_t sku = 0x15 + (size_t)byte_at(s, 0x13) * width;

    if (sku < s->fields.len) {
        smbios_claim_string(s, KEY_SM_CHASSIS_SKU, sku);
        s->known = sku + 1;
    }
}

static void memory_controller(struct smbios_structure *s)
{
    size_t n = (size_t)byte_at(s, 0x0e);
    size_t end = 0x0f + 2 * n;
    uint64_t v;

    n = groups(s, n, 0x0f, 2, 0x0e);
    for (size_t i = 0; i < n; i++) {
        (void)smbios_field(s, 0x0f + 2 * i, 2, &v);
        smbios_claim(s, KEY_SM_MEMORY_CONTROLLER_SLOT_HANDLE, value_uint(v), 0x0f + 2 * i, 2);
    }
    if (smbios_field(s, end, 1, &v)) {
        smbios_claim(s, KEY_SM_MEMORY_CONTROLLER_ENABLED_CORRECTING, value_uint(v), end, 1);
        s->known = end + 1;
    }
}

static void slot(struct smbios_structure *s)
{
    static const struct member peer[] = {
        {KEY_SM_SLOT_PEER_SEGMENT,         0, 2},
        {KEY_SM_SLOT_PEER_BUS,             2, 1},
        {KEY_SM_SLOT_PEER_DEVICE_FUNCTION, 3, 1},
        {KEY_SM_SLOT_PEER_WIDTH,           4, 1},
    };
    static const struct member rest[] = {
        {KEY_SM_SLOT_PCIE_GENERATION, 0, 1},
        {KEY_SM_SLOT_PHYSICAL_WIDTH,  1, 1},
        {KEY_SM_SLOT_PITCH,           2, 2},
        {KEY_SM_SLOT_HEIGHT,          4, 1},
    };
    size_t count = (size_t)byte_at(s, 0x12);
    size_t end = 0x13 + 5 * count;

    if (s->fields.len <= 0x12)
        return;
    count = groups(s, count, 0x13, 5, 0x12);
    for (size_t i = 0; i < count; i++) {
        decode_open_bytes(s->d, ITEM_MAP, bytes_of("peer"));
        claim_members(s, peer, ARRAY_LEN(peer), 0x13 + 5 * i);
        decode_close(s->d);
    }
    for (size_t i = 0; i < ARRAY_LEN(rest); i++) {
        if (end + rest[i].at + rest[i].width <= s->fields.len)
            s->known = end + rest[i].at + rest[i].width;
    }
    claim_members(s, rest, ARRAY_LEN(rest), end);
}

/* 7.11: pairs of a type byte with an enabled bit, and a description. */
static void onboard_devices(struct smbios_structure *s)
{
    size_t n = (s->fields.len - SMBIOS_HEADER) / 2;

    for (size_t i = 0; i < n; i++) {
        size_t at = SMBIOS_HEADER + 2 * i;
        uint64_t v = byte_at(s, at);
        unsigned index = s->fields.data[at + 1];
        struct bytes what = {NULL, 0};

        if (index > 0 && index <= s->string_count)
            what = bytes_trim(s->strings[index]);
        struct text name;

        text_init(&name, s->d->arena, what.len + 16);
        text_puts(&name, "device");
        if (what.len > 0)
            text_char(&name, ':');
        text_add(&name, what);
        decode_open_bytes(s->d, ITEM_MAP, text_bytes(&name));
        smbios_claim(s, KEY_SM_ONBOARD_DEVICES_TYPE, value_uint(v & 0x7f), at, 1);
        smbios_claim(s, KEY_SM_ONBOARD_DEVICES_ENABLED, value_uint(v >> 7), at, 1);
        smbios_claim_string(s, KEY_SM_ONBOARD_DEVICES_DESCRIPTION, at + 1);
        decode_close(s->d);
        s->known = at + 2;
    }
}

/* Strings that no field numbers one by one, in their order. */
static void string_list(struct smbios_structure *s, enum key_id key, const char *name,
                        unsigned count)
{
    if (count > s->string_count) {
        decode_fault(s->d, FAULT_BAD_COUNT, s->d->in.base + SMBIOS_HEADER);
        count = s->string_count;
    }
    decode_open_bytes(s->d, ITEM_LIST, bytes_of(name));
    for (unsigned i = 1; i <= count; i++) {
        struct bytes b = s->strings[i];

        s->used[i] = true;
        smbios_claim(s, key, value_text(b), (size_t)(b.data - s->d->in.all.data), b.len);
    }
    decode_close(s->d);
}

static void group(struct smbios_structure *s)
{
    size_t n = s->fields.len > 5 ? (s->fields.len - 5) / 3 : 0;

    for (size_t i = 0; i < n; i++) {
        size_t at = 5 + 3 * i;

        decode_open_bytes(s->d, ITEM_MAP, bytes_of("member"));
        smbios_claim(s, KEY_SM_GROUP_MEMBER_TYPE, value_uint(byte_at(s, at)), at, 1);
        smbios_claim_handle(s, KEY_SM_GROUP_MEMBER_HANDLE, KEY_SM_GROUP_MEMBER, at + 1);
        decode_close(s->d);
        s->known = at + 3;
    }
}

/* The bytes from `offset` to `end` (at most the end of the fields) under one key. */
static void rest_as_bytes(struct smbios_structure *s, enum key_id key, size_t offset,
                          size_t end)
{
    if (end > s->fields.len)
        end = s->fields.len;
    if (offset >= end)
        return;
    smbios_claim(s, key, value_bytes(bytes_slice(s->fields, offset, end - offset)), offset,
                 end - offset);
    if (s->known < end)
        s->known = end;
}

static void event_log(struct smbios_structure *s)
{
    size_t width = (size_t)byte_at(s, 0x16);

    if (s->fields.len <= 0x16)
        return;
    size_t n = groups(s, (size_t)byte_at(s, 0x15), 0x17, width, 0x15);

    rest_as_bytes(s, KEY_SM_EVENT_LOG_DESCRIPTORS, 0x17, 0x17 + n * width);
}

static void range(struct smbios_structure *s, size_t extension, enum key_id size)
{
    uint64_t first;
    uint64_t last;

    if (!smbios_address(s, 4, extension, false, &first) ||
        !smbios_address(s, 8, extension + 8, true, &last))
        return;
    if (last >= first && last - first < UINT64_MAX)
        smbios_claim(s, size, value_uint(last - first + 1), 4, 8);
    else
        decode_fault(s->d, FAULT_BAD_VALUE, s->d->in.base + 8);
}

static void memory_channel(struct smbios_structure *s)
{
    size_t n = groups(s, (size_t)byte_at(s, 6), 7, 3, 6);

    for (size_t i = 0; i < n; i++) {
        decode_open_bytes(s->d, ITEM_MAP, bytes_of("member"));
        smbios_claim(s, KEY_SM_MEMORY_CHANNEL_DEVICE_LOAD, value_uint(byte_at(s, 7 + 3 * i)),
                     7 + 3 * i, 1);
        smbios_claim_handle(s, KEY_SM_MEMORY_CHANNEL_DEVICE_HANDLE,
                            KEY_SM_MEMORY_CHANNEL_DEVICE, 8 + 3 * i);
        decode_close(s->d);
    }
}

/* 7.41: entries of their own length that complete fields of other structures. */
static void additional(struct smbios_structure *s)
{
    size_t at = 5;
    uint64_t count = byte_at(s, 4);
    uint64_t v;

    for (uint64_t i = 0; i < count; i++) {
        size_t length = (size_t)byte_at(s, at);

        if (length < 5 || at >= s->fields.len || length > s->fields.len - at) {
            decode_fault(s->d, FAULT_BAD_COUNT, s->d->in.base + 4);
            return;
        }
        decode_open_bytes(s->d, ITEM_MAP, bytes_of("entry"));
        smbios_claim_handle(s, KEY_SM_ADDITIONAL_REFERENCE_HANDLE, KEY_SM_ADDITIONAL_REFERENCE,
                            at + 1);
        (void)smbios_field(s, at + 3, 1, &v);
        smbios_claim(s, KEY_SM_ADDITIONAL_REFERENCE_OFFSET, value_uint(v), at + 3, 1);
        smbios_claim_string(s, KEY_SM_ADDITIONAL_TEXT, at + 4);
        rest_as_bytes(s, KEY_SM_ADDITIONAL_VALUE, at + 5, at + length);
        decode_close(s->d);
        at += length;
        s->known = at;
    }
}

static void firmware(struct smbios_structure *s)
{
    if (s->fields.len > 0x17)
        handles(s, 0x17, KEY_SM_FIRMWARE_COMPONENT_HANDLE, KEY_SM_FIRMWARE_ASSOCIATED);
}

static void processor_additional(struct smbios_structure *s)
{
    size_t length = (size_t)byte_at(s, 6);

    rest_as_bytes(s, KEY_SM_PROCESSOR_ADDITIONAL_DATA, 8, 8 + length);
}

void smbios_tail(struct smbios_structure *s)
{
    unsigned count = (unsigned)byte_at(s, SMBIOS_HEADER);
    unsigned type = s->type->number;

    if (type == SMBIOS_BASEBOARD)
        baseboard(s);
    else if (type == SMBIOS_CHASSIS)
        chassis(s);
    else if (type == SMBIOS_MEMORY_CONTROLLER && s->fields.len > 0x0e)
        memory_controller(s);
    else if (type == SMBIOS_SLOT)
        slot(s);
    else if (type == SMBIOS_ONBOARD_DEVICES)
        onboard_devices(s);
    else if (type == SMBIOS_OEM_STRINGS)
        string_list(s, KEY_SM_OEM_STRINGS_TEXT, "strings", count);
    else if (type == SMBIOS_OPTIONS)
        string_list(s, KEY_SM_CONFIGURATION_OPTIONS_TEXT, "strings", count);
    else if (type == SMBIOS_LANGUAGE)
        string_list(s, KEY_SM_LANGUAGE_INSTALLABLE, "languages", count);
    else if (type == SMBIOS_GROUP)
        group(s);
    else if (type == SMBIOS_EVENT_LOG)
        event_log(s);
    else if (type == SMBIOS_MEMORY_RANGE)
        range(s, 0x0f, KEY_SM_MEMORY_RANGE_SIZE);
    else if (type == SMBIOS_DEVICE_RANGE)
        range(s, 0x13, KEY_SM_MEMORY_DEVICE_RANGE_SIZE);
    else if (type == SMBIOS_BOOT_STATUS)
        rest_as_bytes(s, KEY_SM_BOOT_STATUS_DATA, 0x0b, s->fields.len);
    else if (type == SMBIOS_MEMORY_CHANNEL && s->fields.len > 6)
        memory_channel(s);
    else if (type == SMBIOS_ADDITIONAL)
        additional(s);
    else if (type == SMBIOS_HOST_INTERFACE)
        smbios_host_interface(s);
    else if (type == SMBIOS_PROCESSOR_ADDITIONAL)
        processor_additional(s);
    else if (type == SMBIOS_FIRMWARE)
        firmware(s);
}
