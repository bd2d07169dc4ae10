/* SPDX-License-Identifier: Apache-2.0 */
/* Values of the text form of SMBIOS tables, taken back to what the binary table holds. */
#include <string.h>

#include "decode/dmidecode.h"

enum {
    FRACTION_MAX = 9
};

/* A unit of the text, in the unit of a key: multiply by `times`. */
struct unit {
    const char *key_unit;
    const char *text;
    int64_t times;
};

static const struct unit units[] = {
    {"bytes",      "bytes", 1               },
    {"bytes",      "byte",  1               },
    {"bytes",      "kB",    INT64_C(1) << 10},
    {"bytes",      "MB",    INT64_C(1) << 20},
    {"bytes",      "GB",    INT64_C(1) << 30},
    {"bytes",      "TB",    INT64_C(1) << 40},
    {"bytes",      "PB",    INT64_C(1) << 50},
    {"MT/s",       "MHz",   1               },
    {"mV",         "V",     1000            },
    {"0.1 mV",     "mV",    10              },
    {"mA",         "A",     1000            },
    {"0.1 mA",     "mA",    10              },
    {"0.1 degC",   "deg C", 10              },
    {"0.001 degC", "deg C", 1000            },
    {"0.01 %",     "%",     100             },
    {"0.01 mm",    "mm",    100             },
};

bool dmi_blanked(struct bytes text)
{
    return bytes_equal_text(text, "--");
}

/* Words of the text for what the specification calls otherwise. */
static struct bytes usual_word(struct bytes text)
{
    static const char *const words[][2] = {
        {"Socket BGA1155",        "Socket LGA1155" },
        {"Not"
         " Implemented", "Not-implemented"},
    };

    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (bytes_equal_text(text, words[i][0]))
            return bytes_of(words[i][1]);
    }
    return text;
}

bool dmi_name_value(enum key_id key, struct bytes text, uint64_t *ret)
{
    const struct value_name *names = key_names(key_get(key));

    if (names == NULL)
        return false;
    text = usual_word(text);
    for (const struct value_name *n = names; n->text != NULL; n++) {
        if (bytes_equal_text(text, n->text)) {
            *ret = n->value;
            return true;
        }
    }
    return false;
}

bool dmi_handle_value(struct bytes text, uint64_t *ret)
{
    return bytes_starts_with(text, "0x") &&
           bytes_number(bytes_slice(text, 2, text.len), 16, ret) && *ret <= 0xffff;
}

/* How much one of the text's unit is in the key's; 0 if they do not go together. */
static int64_t unit_factor(const char *key_unit, struct bytes text)
{
    if (text.len == 0 || bytes_equal_text(text, key_unit))
        return 1;
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (strcmp(units[i].key_unit, key_unit) == 0 && bytes_equal_text(text, units[i].text))
            return units[i].times;
    }
    return 0;
}

/* A number with its unit, in the unit of the key: "1.2 V" is 1200 for a key in mV. */
static bool dmi_quantity(enum key_id key, struct bytes text, int64_t *ret)
{
    bool negative = text.len > 0 && text.data[0] == '-';
    size_t at = negative ? 1 : 0;
    int64_t number = 0;
    int64_t divisor = 1;
    bool fraction = false;
    size_t digits = 0;

    for (; at < text.len && digits < 17; at++) {
        uint8_t c = text.data[at];

        if (c == '.' && !fraction && digits > 0) {
            fraction = true;
            continue;
        }
        if (c < '0' || c > '9')
            break;
        number = number * 10 + (c - '0');
        divisor = fraction ? divisor * 10 : divisor;
        digits++;
    }
    struct bytes unit = bytes_slice(text, at, text.len);
    int64_t product = 0;

    if (unit.len > 0 && unit.data[0] == ' ')
        unit = bytes_slice(unit, 1, unit.len);
    if (digits == 0 ||
        __builtin_mul_overflow(number, unit_factor(key_get(key)->unit, unit), &product))
        return false;
    *ret = negative ? -(product / divisor) : product / divisor;
    return product % divisor == 0 && unit_factor(key_get(key)->unit, unit) != 0;
}

/* An unsigned number: a name of the key's, hexadecimal with 0x, or decimal with a unit. */
static bool number_value(enum key_id key, struct bytes text, uint64_t *ret)
{
    int64_t v;

    if (dmi_name_value(key, text, ret))
        return true;
    if (bytes_starts_with(text, "0x"))
        return bytes_number(bytes_slice(text, 2, text.len), 16, ret);
    if (!dmi_quantity(key, text, &v) || v < 0)
        return false;
    *ret = (uint64_t)v;
    return true;
}

bool dmi_claim_number(struct dmi_text *t, enum key_id key, struct bytes text,
                      struct bytes where)
{
    uint64_t v;

    if (!number_value(key, text, &v))
        return false;
    dmi_claim(t, key, value_uint(v), where);
    return true;
}

void dmi_claim_text(struct dmi_text *t, enum key_id key, struct bytes text, struct bytes where)
{
    /* An empty text was blanks, or is not there: who cut them off does not tell. */
    if (text.len > 0 && !dmi_blanked(text) && !bytes_equal_text(text, "Not Specified"))
        dmi_claim(t, key, value_text(text), where);
}

void dmi_claim_handle(struct dmi_text *t, enum key_id key, enum key_id target, uint64_t handle,
                      struct bytes where)
{
    const struct smbios_entry *e = smbios_index_find(t->index, (uint16_t)handle);

    dmi_claim(t, key, value_uint(handle), where);
    if (e != NULL && handle < 0xfffe)
        dmi_claim(t, target, value_text(e->name), where);
}

static bool claim_handle(struct dmi_text *t, const struct smbios_row *row,
                         const struct dmi_line *l)
{
    uint64_t handle;

    if (!dmi_handle_value(l->value, &handle) && !dmi_name_value(row->key, l->value, &handle))
        return false;
    dmi_claim_handle(t, row->key, row->other, handle, l->whole);
    return true;
}

/* "Type 1 Type 2" in one line: the longest name that fits, again and again. */
static bool inline_bits(enum key_id key, struct bytes text, uint64_t *ret)
{
    const struct value_name *names = key_names(key_get(key));

    *ret = 0;
    while (text.len > 0) {
        const struct value_name *best = NULL;

        for (const struct value_name *n = names; n->text != NULL; n++) {
            size_t len = strlen(n->text);

            if (bytes_starts_with(text, n->text) &&
                (text.len == len || text.data[len] == ' ') &&
                (best == NULL || len > strlen(best->text)))
                best = n;
        }
        if (best == NULL)
            return false;
        *ret |= UINT64_C(1) << best->value;
        size_t used = strlen(best->text);

        text = bytes_slice(text, used < text.len ? used + 1 : used, text.len);
    }
    return true;
}

/* The bits that a list names. `*unknown` is set when an item is none of the rows' names. */
static uint64_t list_bits(const struct dmi_text *t, enum key_id key, struct bytes label,
                          struct bytes items, bool *unknown)
{
    struct bytes item;
    uint64_t bits = 0;

    while (dmi_item(&items, &item)) {
        bool known = false;
        uint64_t v;

        for (size_t i = 0; i < t->type->row_count; i++) {
            const struct smbios_row *row = &t->type->rows[i];

            if (row->label == NULL || !bytes_equal_text(label, row->label) ||
                !dmi_name_value(row->key, item, &v))
                continue;
            known = true;
            if (row->key == key)
                bits |= UINT64_C(1) << v;
        }
        *unknown = *unknown || !known;
    }
    return bits;
}

static bool claim_bits(struct dmi_text *t, const struct smbios_row *row,
                       const struct dmi_line *l)
{
    uint64_t bits = 0;
    bool unknown = false;

    if (bytes_equal_text(l->value, "None"))
        /* Of a processor, the text does not tell bit 1 ("Unknown") from none. */
        unknown = row->key == KEY_SM_PROCESSOR_CHARACTERISTICS;
    else if (l->value.len > 0)
        unknown = !inline_bits(row->key, l->value, &bits);
    else
        bits = list_bits(t, row->key, l->label, l->items, &unknown);
    if (unknown)
        return false;
    dmi_claim(t, row->key, value_uint(bits), l->whole);
    return true;
}

/* Hexadecimal pairs with blanks between them. */
static bool claim_hex(struct dmi_text *t, const struct smbios_row *row,
                      const struct dmi_line *l)
{
    uint8_t *out = arena_alloc(t->d->arena, row->width);
    struct bytes rest = l->value;
    struct bytes word;
    size_t n = 0;

    while (bytes_word(&rest, " ", &word)) {
        uint64_t v;

        if (n == row->width || word.len != 2 || !bytes_number(word, 16, &v))
            return false;
        out[n++] = (uint8_t)v;
    }
    if (n != row->width)
        return false;
    dmi_claim(t, row->key, value_bytes((struct bytes){out, n}), l->whole);
    return true;
}

static bool claim_uuid(struct dmi_text *t, const struct smbios_row *row,
                       const struct dmi_line *l)
{
    struct bytes text = l->value;

    if (dmi_blanked(text))
        return true;
    if (bytes_equal_text(text, "Not Present"))
        text = bytes_of("ffffffff-ffff-ffff-ffff-ffffffffffff");
    else if (bytes_equal_text(text, "Not Settable"))
        text = bytes_of("00000000-0000-0000-0000-000000000000");
    else if (text.len != 36)
        return false;
    struct text lower;

    text_init(&lower, t->d->arena, 64);
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];

        text_char(&lower, (char)(c >= 'A' && c <= 'F' ? c + ('a' - 'A') : c));
    }
    dmi_claim(t, row->key, value_text(text_bytes(&lower)), l->whole);
    return true;
}

static bool claim_pair(struct dmi_text *t, const struct smbios_row *row,
                       const struct dmi_line *l)
{
    struct bytes rest = l->value;
    struct bytes major;
    uint64_t a;
    uint64_t b;

    if (!bytes_word(&rest, ".", &major) || !bytes_number(major, 10, &a) || rest.len < 2 ||
        !bytes_number(bytes_slice(rest, 1, rest.len), 10, &b) || a > 255 || b > 255)
        return false;
    dmi_claim(t, row->key, value_uint(a), l->whole);
    dmi_claim(t, row->other, value_uint(b), l->whole);
    return true;
}

/* 7.5.4: what the old form can say ("5.0 V 3.3 V") is said in its words. */
static bool claim_voltage(struct dmi_text *t, const struct smbios_row *row,
                          const struct dmi_line *l)
{
    uint64_t bits = 0;
    int64_t v;

    if (bytes_equal_text(l->value, "Unknown") || inline_bits(row->other, l->value, &bits)) {
        dmi_claim(t, row->other, value_uint(bits), l->whole);
        return true;
    }
    if (!dmi_quantity(row->key, l->value, &v) || v < 0)
        return false;
    dmi_claim(t, row->key, value_uint((uint64_t)v), l->whole);
    return true;
}

/* Addresses are hexadecimal; a "k" behind those of extended fields stands for nothing. */
static bool claim_address(struct dmi_text *t, const struct smbios_row *row,
                          const struct dmi_line *l)
{
    struct bytes text = l->value;
    uint64_t v;

    if (text.len > 0 && text.data[text.len - 1] == 'k')
        text.len--;
    if (!bytes_starts_with(text, "0x") || !bytes_number(bytes_slice(text, 2, text.len), 16, &v))
        return false;
    dmi_claim(t, row->key, value_uint(v), l->whole);
    return true;
}

static bool claim_signed(struct dmi_text *t, const struct smbios_row *row,
                         const struct dmi_line *l)
{
    int64_t v = -0x8000;

    if (!bytes_equal_text(l->value, "Unknown") && !dmi_quantity(row->key, l->value, &v))
        return false;
    dmi_claim(t, row->key, value_int(v), l->whole);
    return true;
}

static bool claim_family(struct dmi_text *t, const struct smbios_row *row,
                         const struct dmi_line *l)
{
    enum {
        CORE_2_OR_K7 = 0xbe
    };

    if (!bytes_equal_text(l->value, "Core 2") && !bytes_equal_text(l->value, "K7"))
        return dmi_claim_number(t, row->key, l->value, l->whole);
    dmi_claim(t, row->key, value_uint(CORE_2_OR_K7), l->whole);
    return true;
}

/* Widths of 0 and of 0xFFFF, and unknown sizes, have one word. */
static bool ambiguous(const struct smbios_row *row, struct bytes text)
{
    return (row->key == KEY_SM_MEMORY_DEVICE_TOTAL_WIDTH ||
            row->key == KEY_SM_MEMORY_DEVICE_DATA_WIDTH) &&
           bytes_equal_text(text, "Unknown");
}

static bool claim_row(struct dmi_text *t, const struct smbios_row *row,
                      const struct dmi_line *l)
{
    switch (row->form) {
    case SM_STRING:
    case SM_CHARS:
        dmi_claim_text(t, row->key, l->value, l->whole);
        return true;
    case SM_BITS:
        return claim_bits(t, row, l);
    case SM_INT:
        return claim_signed(t, row, l);
    case SM_BYTES:
        return claim_hex(t, row, l);
    case SM_UUID:
        return claim_uuid(t, row, l);
    case SM_HANDLE:
        return claim_handle(t, row, l);
    case SM_PAIR:
        return claim_pair(t, row, l);
    case SM_VOLTAGE:
        return claim_voltage(t, row, l);
    case SM_START:
    case SM_END:
        return claim_address(t, row, l);
    case SM_FAMILY:
        return claim_family(t, row, l);
    case SM_UINT:
    case SM_SEGMENT:
    case SM_ROM_SIZE:
    case SM_COUNT:
    case SM_POWER_MB:
    case SM_CACHE_SIZE:
    case SM_CAPACITY:
    case SM_DIMM_SIZE:
    case SM_SPEED:
    case SM_MULTIPLIED:
        return !ambiguous(row, l->value) && dmi_claim_number(t, row->key, l->value, l->whole);
    case SM_FLAG:
    case SM_UINT_SET:
    case SM_RESERVED:
        break;
    }
    return false;
}

/* Labels that other versions of the text give the same field. */
static struct bytes usual_label(struct bytes label)
{
    static const char *const labels[][2] = {
        {"Configured Clock Speed", "Configured Memory Speed"},
        {"Data Bus Width (Base)",  "Data Bus Width"         },
        {"Interface Type",         "Host Interface Type"    },
        {"Minimum voltage",        "Minimum Voltage"        },
        {"Maximum voltage",        "Maximum Voltage"        },
        {"Configured voltage",     "Configured Voltage"     },
    };

    for (size_t i = 0; i < ARRAY_LEN(labels); i++) {
        if (bytes_equal_text(label, labels[i][0]))
            return bytes_of(labels[i][1]);
    }
    return label;
}

static bool rows_of_label(struct dmi_text *t, const struct dmi_line *l)
{
    bool done = false;

    for (size_t i = 0; i < t->type->row_count; i++) {
        const struct smbios_row *row = &t->type->rows[i];

        if (row->label == NULL || !bytes_equal_text(l->label, row->label))
            continue;
        /* A field past the structure's end is absent, whatever its label says. */
        if ((size_t)row->offset + row->width > t->entry->fields)
            continue;
        if (!claim_row(t, row, l))
            return false;
        done = true;
    }
    return done;
}

bool dmi_rows(struct dmi_text *t, const struct dmi_line *l)
{
    struct dmi_line line = *l;

    if (t->type == NULL)
        return false;
    if (dmi_blanked(l->value) || rows_of_label(t, l))
        return true;
    line.label = usual_label(l->label);
    /* Some of these labels have two blanks before the value. */
    line.value = bytes_trim(l->value);
    return line.label.data != l->label.data && rows_of_label(t, &line);
}
