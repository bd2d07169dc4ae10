/* SPDX-License-Identifier: Apache-2.0 */
#include "appraise/placeholder.h"

#include <inttypes.h>

/* Normalised. The whole value must be one of these. */
static const char *const whole[] = {
    "NA",
    "NONE",
    "NULL",
    "NIL",
    "UNKNOWN",
    "UNKNOW",
    "OEM",
    "OEMSERIAL",
    "TBD",
    "TEST",
    "DEFAULT",
    "DEFAULTSTRING",
    "EMPTY",
    "EVAL",
    "INVALID",
    "NOTAVAILABLE",
    "NOTAPPLICABLE",
    "NOTSPECIFIED",
    "NOTPROVIDED",
    "NOTPRESENT",
    "NOTSET",
    "NOTDEFINED",
    "NOSERIAL",
    "NOSERIALNUMBER",
    "NOASSETTAG",
    "NOASSETINFORMATION",
    "NODIMM",
    "NODIMMINSTALLED",
    "NOMODULEINSTALLED",
    "NOMODULE",
    "SERIAL",
    "SERIALNUMBER",
    "SERNUM",
    "SN",
    "SYSTEMSERIALNUMBER",
    "SYSTEMSERIAL",
    "BASEBOARDSERIALNUMBER",
    "BOARDSERIALNUMBER",
    "CHASSISSERIALNUMBER",
    "ASSETTAG",
    "ASSETTAGNUM",
    "ASSET1234567890",
    "MODULESERIALNUMBER",
    "PARTNUM",
    "MBSERIAL",
    "XXXX",
    "ABCDEF",
    "12345678900987654321",
    "03000200040005000006000700080009", /* a UUID left by a firmware tool kit */
    "00020003000400050006000700080009", /* the same in the other byte order */
    "FEEDFACEDEADBEEF",
    "DEADBEEF",
};

/* Normalised. The value begins with one of these, whatever follows. */
static const char *const beginnings[] = {
    "TOBEFILLED", "FILLEDBY", "DEFAULTSTRING", "NOTAVAILABLE", "NOTSPECIFIED",
    "SERNUM",     "ASSETTAG", "ARRAYSERNUM",   "SERIALNUMXX",
};

static void add_upper(struct text *t, struct bytes s)
{
    for (size_t i = 0; i < s.len; i++) {
        uint8_t c = s.data[i];

        if (c >= 'a' && c <= 'z')
            text_char(t, (char)(c - 'a' + 'A'));
        else if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c >= 0x80)
            text_char(t, (char)c);
    }
}

struct bytes own_normalise(const struct value *v, struct arena *a)
{
    struct text hex;
    struct text t;

    text_init(&t, a, SIZE_MAX / 4);
    switch (v->type) {
    case TYPE_UINT:
    case TYPE_BOOL:
        text_uint(&t, v->uint);
        break;
    case TYPE_INT:
        text_printf(&t, "%" PRId64, v->sint);
        break;
    case TYPE_TEXT:
        add_upper(&t, v->bytes);
        break;
    case TYPE_BYTES:
        text_init(&hex, a, SIZE_MAX / 4);
        text_hex(&hex, v->bytes);
        add_upper(&t, text_bytes(&hex));
        break;
    }
    return text_bytes(&t);
}

/* "0123456789", "123456", "987654321": each digit one more (or less) than the one before. */
static bool is_counting(struct bytes s)
{
    if (s.len < 4)
        return false;
    int step = s.data[1] - s.data[0];

    for (size_t i = 0; i < s.len; i++) {
        uint8_t c = s.data[i];

        if (c < '0' || c > '9')
            return false;
        if (i == 0)
            continue;
        int from = s.data[i - 1] - '0';

        if ((step != 1 && step != -1) || c - '0' != (from + step + 10) % 10)
            return false;
    }
    return true;
}

bool placeholder_is(struct bytes normalised)
{
    if (normalised.len == 0 || bytes_all(normalised, normalised.data[0]) ||
        is_counting(normalised))
        return true;
    for (size_t i = 0; i < ARRAY_LEN(whole); i++) {
        if (bytes_equal_text(normalised, whole[i]))
            return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(beginnings); i++) {
        if (bytes_starts_with(normalised, beginnings[i]))
            return true;
    }
    return false;
}
