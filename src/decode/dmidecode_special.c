/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of the text form of SMBIOS tables that state several fields, and lists of groups. */
#include <string.h>

#include "decode/dmidecode.h"

/* Fields that the binary table keeps behind groups, so that no row has them. */
struct plain {
    const char *label;
    enum key_id key;
    uint8_t type;
};

static const struct plain plains[] = {
    {"PCI Express Generation", KEY_SM_SLOT_PCIE_GENERATION,     SMBIOS_SLOT     },
    {"Slot Physical Width",    KEY_SM_SLOT_PHYSICAL_WIDTH,      SMBIOS_SLOT     },
    {"Pitch",                  KEY_SM_SLOT_PITCH,               SMBIOS_SLOT     },
    {"Height",                 KEY_SM_SLOT_HEIGHT,              SMBIOS_SLOT     },
    {"ID",                     KEY_SM_SLOT_ID,                  SMBIOS_SLOT     },
    {"Thread Enabled",         KEY_SM_PROCESSOR_THREAD_ENABLED, SMBIOS_PROCESSOR},
};

/* Cuts the text up to the separator off the front. */
static struct bytes cut(struct bytes *rest, const char *separator)
{
    const uint8_t *at = memmem(rest->data, rest->len, separator, strlen(separator));
    size_t n = at != NULL ? (size_t)(at - rest->data) : rest->len;
    struct bytes part = bytes_slice(*rest, 0, n);

    *rest = at != NULL ? bytes_slice(*rest, n + strlen(separator), rest->len)
                       : bytes_slice(*rest, n, 0);
    return part;
}

/* "Populated, Enabled" */
static bool processor_status(struct dmi_text *t, const struct dmi_line *l)
{
    struct bytes rest = l->value;
    struct bytes first = cut(&rest, ", ");
    bool populated = bytes_equal_text(first, "Populated");

    if (!populated && !bytes_equal_text(first, "Unpopulated"))
        return false;
    dmi_claim(t, KEY_SM_PROCESSOR_POPULATED, value_bool(populated), l->whole);
    /* Of an empty socket the text does not give the state. */
    return !populated || dmi_claim_number(t, KEY_SM_PROCESSOR_STATUS, rest, l->whole);
}

/* "Enabled, Not Socketed, Level 1" */
static bool cache_configuration(struct dmi_text *t, const struct dmi_line *l)
{
    struct bytes rest = l->value;
    struct bytes enabled = cut(&rest, ", ");
    struct bytes socketed = cut(&rest, ", ");
    uint64_t v[3];

    if (!dmi_name_value(KEY_SM_CACHE_ENABLED, enabled, &v[0]) ||
        !dmi_name_value(KEY_SM_CACHE_SOCKETED, socketed, &v[1]) ||
        !dmi_name_value(KEY_SM_CACHE_LEVEL, rest, &v[2]))
        return false;
    dmi_claim(t, KEY_SM_CACHE_ENABLED, value_uint(v[0]), l->whole);
    dmi_claim(t, KEY_SM_CACHE_SOCKETED, value_uint(v[1]), l->whole);
    dmi_claim(t, KEY_SM_CACHE_LEVEL, value_uint(v[2]), l->whole);
    return true;
}

/* "x8 PCI Express 3 x8": the width, unless it is unknown, and the kind. */
static bool slot_type(struct dmi_text *t, const struct dmi_line *l)
{
    struct bytes rest = l->value;
    uint64_t width;
    uint64_t type;

    if (dmi_name_value(KEY_SM_SLOT_TYPE, rest, &type)) {
        dmi_claim(t, KEY_SM_SLOT_TYPE, value_uint(type), l->whole);
        return true;
    }
    if (!dmi_name_value(KEY_SM_SLOT_WIDTH, cut(&rest, " "), &width) ||
        !dmi_name_value(KEY_SM_SLOT_TYPE, rest, &type))
        return false;
    dmi_claim(t, KEY_SM_SLOT_TYPE, value_uint(type), l->whole);
    dmi_claim(t, KEY_SM_SLOT_WIDTH, value_uint(width), l->whole);
    return true;
}

/* "0000:00:1f.2" */
static bool bus_address(struct dmi_text *t, const struct dmi_line *l, const enum key_id keys[3])
{
    struct bytes rest = l->value;
    struct bytes segment = cut(&rest, ":");
    struct bytes bus = cut(&rest, ":");
    struct bytes device = cut(&rest, ".");
    uint64_t v[4];

    if (!bytes_number(segment, 16, &v[0]) || !bytes_number(bus, 16, &v[1]) ||
        !bytes_number(device, 16, &v[2]) || !bytes_number(rest, 16, &v[3]) || v[2] > 31 ||
        v[3] > 7)
        return false;
    dmi_claim(t, keys[0], value_uint(v[0]), l->whole);
    dmi_claim(t, keys[1], value_uint(v[1]), l->whole);
    dmi_claim(t, keys[2], value_uint(v[2] << 3 | v[3]), l->whole);
    return true;
}

/* "Present, OK" */
static bool power_status(struct dmi_text *t, const struct dmi_line *l)
{
    struct bytes rest = l->value;
    struct bytes first = cut(&rest, ", ");
    uint64_t v;

    if (bytes_equal_text(l->value, "Not Present")) {
        dmi_claim(t, KEY_SM_POWER_SUPPLY_PRESENT, value_bool(false), l->whole);
        return true;
    }
    if (!bytes_equal_text(first, "Present") ||
        !dmi_name_value(KEY_SM_POWER_SUPPLY_STATUS, rest, &v))
        return false;
    dmi_claim(t, KEY_SM_POWER_SUPPLY_PRESENT, value_bool(true), l->whole);
    dmi_claim(t, KEY_SM_POWER_SUPPLY_STATUS, value_uint(v), l->whole);
    return true;
}

/* "Bank 1, Hex 0xCE" */
static bool jedec(struct dmi_text *t, const struct dmi_line *l, enum key_id key)
{
    struct bytes rest = l->value;
    struct bytes bank = cut(&rest, ", Hex 0x");
    uint64_t v[2];

    (void)cut(&bank, "Bank ");
    if (!bytes_number(bank, 10, &v[0]) || !bytes_number(rest, 16, &v[1]) || v[0] == 0 ||
        v[0] > 128 || v[1] > 0xff)
        return dmi_claim_number(t, key, l->value, l->whole);
    dmi_claim(t, key, value_uint(v[1] << 8 | (v[0] - 1)), l->whole);
    return true;
}

static bool memory_device(struct dmi_text *t, const struct dmi_line *l)
{
    static const struct plain makers[] = {
        {"Module Manufacturer ID",                      KEY_SM_MEMORY_DEVICE_MODULE_MANUFACTURER, 0},
        {"Memory Subsystem Controller Manufacturer ID",
         KEY_SM_MEMORY_DEVICE_CONTROLLER_MANUFACTURER,                                            0},
        {"PMIC0 Manufacturer ID",                       KEY_SM_MEMORY_DEVICE_PMIC_MANUFACTURER,   0},
        {"RCD Manufacturer ID",                         KEY_SM_MEMORY_DEVICE_RCD_MANUFACTURER,    0},
    };

    for (size_t i = 0; i < ARRAY_LEN(makers); i++) {
        if (bytes_equal_text(l->label, makers[i].label))
            return jedec(t, l, makers[i].key);
    }
    /* An unknown size is no claim, as in the binary table. */
    return bytes_equal_text(l->label, "Size") && bytes_equal_text(l->value, "Unknown");
}

/* "0x0000000000000CA2 (I/O)"; its lowest bit stands elsewhere in the table. */
static bool ipmi(struct dmi_text *t, const struct dmi_line *l)
{
    struct bytes rest = l->value;
    struct bytes number = cut(&rest, " (");
    struct bytes minor = l->value;
    struct bytes major = cut(&minor, ".");
    uint64_t v;
    uint64_t low;

    if (bytes_equal_text(l->label, "NV Storage Device") &&
        bytes_equal_text(l->value, "Not Present")) {
        dmi_claim(t, KEY_SM_IPMI_NV_ADDRESS, value_uint(0xff), l->whole);
        return true;
    }
    if (bytes_equal_text(l->label, "Specification Version") && bytes_number(major, 10, &v) &&
        bytes_number(minor, 10, &low) && v < 16 && low < 16) {
        dmi_claim(t, KEY_SM_IPMI_VERSION, value_uint(v << 4 | low), l->whole);
        return true;
    }
    if (!bytes_starts_with(number, "0x") ||
        !bytes_number(bytes_slice(number, 2, number.len), 16, &v))
        return false;
    if (bytes_equal_text(l->label, "I2C Slave Address") && v < 0x80) {
        dmi_claim(t, KEY_SM_IPMI_I2C_ADDRESS, value_uint(v << 1), l->whole);
        return true;
    }
    if (!bytes_equal_text(l->label, "Base Address"))
        return false;
    if (bytes_equal_text(rest, "SMBus)")) {
        dmi_claim(t, KEY_SM_IPMI_BASE_ADDRESS, value_uint(v << 1), l->whole);
        return true;
    }
    low = v & 1;
    v = (v & ~UINT64_C(1)) | (bytes_equal_text(rest, "I/O)") ? 1 : 0);
    dmi_claim(t, KEY_SM_IPMI_BASE_ADDRESS, value_uint(v), l->whole);
    if (t->entry->fields > 0x10)
        dmi_claim(t, KEY_SM_IPMI_ADDRESS_BIT_0, value_uint(low), l->whole);
    return true;
}

static bool battery(struct dmi_text *t, const struct dmi_line *l)
{
    struct bytes rest = l->value;
    struct bytes year = cut(&rest, "-");
    struct bytes month = cut(&rest, "-");
    uint64_t v[3];

    if (bytes_equal_text(l->label, "SBDS Serial Number") && bytes_number(l->value, 16, &v[0])) {
        dmi_claim(t, KEY_SM_BATTERY_SBDS_SERIAL, value_uint(v[0]), l->whole);
        return true;
    }
    if (!bytes_equal_text(l->label, "SBDS Manufacture Date") ||
        !bytes_number(year, 10, &v[0]) || !bytes_number(month, 10, &v[1]) ||
        !bytes_number(rest, 10, &v[2]) || v[0] < 1980 || v[0] > 1980 + 127 || v[1] > 15 ||
        v[2] > 31)
        return false;
    dmi_claim(t, KEY_SM_BATTERY_SBDS_DATE, value_uint((v[0] - 1980) << 9 | v[1] << 5 | v[2]),
              l->whole);
    return true;
}

/* A list of handles, each a group of its own: "0x0012". */
static bool handle_list(struct dmi_text *t, const struct dmi_line *l, enum key_id key,
                        enum key_id target, enum key_id count)
{
    struct bytes rest = l->items;
    struct bytes item;
    uint64_t v;

    if (!dmi_claim_number(t, count, l->value, l->whole))
        return false;
    while (dmi_item(&rest, &item)) {
        decode_open_bytes(t->d, ITEM_MAP, bytes_of("member"));
        if (dmi_handle_value(item, &v))
            dmi_claim_handle(t, key, target, v, item);
        else
            dmi_claim(t, KEY_DMIDECODE_LIST, value_text(item), item);
        decode_close(t->d);
    }
    return true;
}

/* "0x0012 (Processor)": the type is that of the structure with the handle. */
static bool group_items(struct dmi_text *t, const struct dmi_line *l)
{
    struct bytes rest = l->items;
    struct bytes item;

    while (dmi_item(&rest, &item)) {
        struct bytes kind = item;
        struct bytes handle = cut(&kind, " (");
        uint64_t v;

        decode_open_bytes(t->d, ITEM_MAP, bytes_of("member"));
        if (dmi_handle_value(handle, &v)) {
            const struct smbios_entry *e = smbios_index_find(t->index, (uint16_t)v);

            /* Which of the makers' own types it is, the text does not tell. */
            if (e != NULL && e->type < SMBIOS_OEM)
                dmi_claim(t, KEY_SM_GROUP_MEMBER_TYPE, value_uint(e->type), item);
            dmi_claim_handle(t, KEY_SM_GROUP_MEMBER_HANDLE, KEY_SM_GROUP_MEMBER, v, item);
        } else {
            dmi_claim(t, KEY_DMIDECODE_LIST, value_text(item), item);
        }
        decode_close(t->d);
    }
    return true;
}

static bool languages(struct dmi_text *t, const struct dmi_line *l)
{
    struct bytes rest = l->items;
    struct bytes item;

    if (!dmi_claim_number(t, KEY_SM_LANGUAGE_COUNT, l->value, l->whole))
        return false;
    decode_open_bytes(t->d, ITEM_LIST, bytes_of("languages"));
    while (dmi_item(&rest, &item)) {
        if (bytes_starts_with(item, "<BAD"))
            decode_fault(t->d, FAULT_BAD_COUNT,
                         t->d->in.base + (uint64_t)(item.data - t->d->in.all.data));
        else
            dmi_claim(t, KEY_SM_LANGUAGE_INSTALLABLE, value_text(item), item);
    }
    decode_close(t->d);
    return true;
}

/* Bytes as lines of hexadecimal pairs: the structure whole, with its header. */
static bool opaque_data(struct dmi_text *t, const struct dmi_line *l)
{
    uint8_t *out = arena_alloc(t->d->arena, 256);
    struct bytes rest = l->items;
    struct bytes item;
    struct bytes word;
    size_t n = 0;

    while (dmi_item(&rest, &item)) {
        while (bytes_word(&item, " ", &word)) {
            uint64_t v;

            if (n == 256 || word.len != 2 || !bytes_number(word, 16, &v))
                return false;
            out[n++] = (uint8_t)v;
        }
    }
    if (n != t->entry->fields)
        return false;
    if (n > SMBIOS_HEADER) {
        struct digest digest =
            digest_sha256((struct bytes){out + SMBIOS_HEADER, n - SMBIOS_HEADER});
        struct bytes kept =
            arena_copy(t->d->arena, (struct bytes){digest.bytes, sizeof(digest.bytes)});

        dmi_claim(t, KEY_SM_DATA, value_bytes(kept), l->items);
    }
    return true;
}

static bool opaque_strings(struct dmi_text *t, const struct dmi_line *l)
{
    struct bytes rest = l->items;
    struct bytes item;

    decode_open_bytes(t->d, ITEM_LIST, bytes_of("strings"));
    while (dmi_item(&rest, &item))
        dmi_claim(t, KEY_SM_STRING, value_text(item), item);
    decode_close(t->d);
    return true;
}

static bool opaque(struct dmi_text *t, const struct dmi_line *l)
{
    if (bytes_equal_text(l->label, "Header and Data"))
        return opaque_data(t, l);
    return bytes_equal_text(l->label, "Strings") && opaque_strings(t, l);
}

static bool plain(struct dmi_text *t, const struct dmi_line *l)
{
    for (size_t i = 0; i < ARRAY_LEN(plains); i++) {
        if (plains[i].type == t->type->number && bytes_equal_text(l->label, plains[i].label))
            return dmi_claim_number(t, plains[i].key, l->value, l->whole);
    }
    return false;
}

/* One line for fields that the binary table keeps apart. */
static bool several(struct dmi_text *t, const struct dmi_line *l)
{
    static const enum key_id slot_keys[] = {KEY_SM_SLOT_SEGMENT, KEY_SM_SLOT_BUS,
                                            KEY_SM_SLOT_DEVICE_FUNCTION};

    static const enum key_id onboard_keys[] = {KEY_SM_ONBOARD_DEVICE_SEGMENT,
                                               KEY_SM_ONBOARD_DEVICE_BUS,
                                               KEY_SM_ONBOARD_DEVICE_DEVICE_FUNCTION};

    unsigned type = t->type->number;

    if (type == SMBIOS_PROCESSOR && bytes_equal_text(l->label, "Status"))
        return processor_status(t, l);
    if (type == SMBIOS_CACHE && bytes_equal_text(l->label, "Configuration"))
        return cache_configuration(t, l);
    if (type == SMBIOS_SLOT && bytes_equal_text(l->label, "Type"))
        return slot_type(t, l);
    if (type == SMBIOS_SLOT && bytes_equal_text(l->label, "Bus Address"))
        return bus_address(t, l, slot_keys);
    if (type == SMBIOS_ONBOARD_DEVICE && bytes_equal_text(l->label, "Bus Address"))
        return bus_address(t, l, onboard_keys);
    if (type == SMBIOS_POWER_SUPPLY && bytes_equal_text(l->label, "Status"))
        return power_status(t, l);
    return plain(t, l);
}

static bool chassis(struct dmi_text *t, const struct dmi_line *l)
{
    if (!bytes_equal_text(l->label, "SKU Number"))
        return false;
    dmi_claim_text(t, KEY_SM_CHASSIS_SKU, l->value, l->whole);
    return true;
}

bool dmi_special(struct dmi_text *t, const struct dmi_line *l)
{
    unsigned type = t->type != NULL ? t->type->number : SMBIOS_INACTIVE;

    if (type == SMBIOS_INACTIVE)
        return opaque(t, l);
    if (type == SMBIOS_MEMORY_DEVICE)
        return memory_device(t, l);
    if (type == SMBIOS_IPMI)
        return ipmi(t, l);
    if (type == SMBIOS_BATTERY)
        return battery(t, l);
    if (type == SMBIOS_CHASSIS)
        return chassis(t, l);
    if (type == SMBIOS_BASEBOARD && bytes_equal_text(l->label, "Contained Object Handles"))
        return handle_list(t, l, KEY_SM_BASEBOARD_CONTAINED_HANDLE, KEY_SM_BASEBOARD_CONTAINED,
                           KEY_SM_BASEBOARD_CONTAINED_COUNT);
    if (type == SMBIOS_GROUP && bytes_equal_text(l->label, "Items"))
        return group_items(t, l);
    if (type == SMBIOS_LANGUAGE && bytes_equal_text(l->label, "Installable Languages"))
        return languages(t, l);
    return several(t, l);
}
