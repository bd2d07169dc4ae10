/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PC Client Platform Firmware Profile 1.06, section 10.4 (event types and their data) and 10.2
 * (structures).
 */
#include "decode/tcg_event_data.h"

#include <string.h>

#include "decode/device_path.h"
#include "decode/efi_value.h"
#include "decode/signature_list.h"
#include "decode/x509.h"

enum {
    SHORT_DATA = 32, /* so many bytes are claimed as they are */
    VARIABLE_HEADER = 32,
    BLOB_SIZE = 16,
    OWNER_SIZE = 16,
};

/* EFI_CERT_X509_GUID, in its byte order. */
static const uint8_t x509_guid[16] = {0xa1, 0x59, 0xc0, 0xa5, 0xe4, 0x94, 0xa7, 0x4a,
                                      0x87, 0xb5, 0xab, 0x15, 0x5c, 0x2b, 0xf0, 0x72};

struct bytes tcg_data_rest(const struct decode *d)
{
    return bytes_slice(d->in.all, d->in.pos, reader_left(&d->in));
}

/* Text that one may show: UTF-8 without control characters other than white space. */
static bool is_text(struct bytes b)
{
    for (size_t i = 0; i < b.len; i++) {
        uint8_t c = b.data[i];

        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
            return false;
    }
    return b.len > 0 && bytes_utf8(b);
}

static struct bytes without_end(struct bytes b)
{
    while (b.len > 0 && b.data[b.len - 1] == 0)
        b.len--;
    return b;
}

bool tcg_opaque_decode(struct decode *d)
{
    size_t from = d->in.pos;
    struct bytes b = reader_take(&d->in, reader_left(&d->in));
    struct span s = reader_span(&d->in, from);
    struct bytes text = without_end(b);
    bool wide = b.len >= 4 && b.len % 2 == 0 && b.data[1] == 0 && b.data[0] != 0;

    if (b.len == 0)
        return false;
    if (is_text(text)) {
        decode_value_at(d, KEY_EVENTLOG_TEXT, value_text(text), s);
        return false;
    }
    /* A text stands for all its bytes only if nothing but NULs follow its first NUL. */
    if (wide && utf16_text(d->arena, b, &text) && is_text(text) &&
        without_end(b).len <= text.len * 2)
        decode_value_at(d, KEY_EVENTLOG_TEXT, value_text(text), s);
    else if (b.len <= SHORT_DATA)
        decode_value_at(d, KEY_EVENTLOG_DATA, value_bytes(b), s);
    else
        decode_digest(d, KEY_EVENTLOG_DATA_DIGEST, b, s);
    return false;
}

void tcg_trailing_decode(struct decode *d)
{
    if (!reader_more(&d->in))
        return;
    decode_fault(d, FAULT_TRAILING, reader_offset(&d->in));
    (void)tcg_opaque_decode(d);
}

static void spec_id_decode(struct decode *d)
{
    static const struct field head[] = {
        {KEY_EVENTLOG_SIGNATURE,      F_TEXT,  16, 0},
        {KEY_EVENTLOG_PLATFORM_CLASS, F_U32LE, 0,  0},
        {KEY_EVENTLOG_SPEC_MINOR,     F_U8,    0,  0},
        {KEY_EVENTLOG_SPEC_MAJOR,     F_U8,    0,  0},
        {KEY_EVENTLOG_SPEC_ERRATA,    F_U8,    0,  0},
        {KEY_EVENTLOG_UINTN_SIZE,     F_U8,    0,  0},
    };
    static const struct field count_row[] = {
        {KEY_EVENTLOG_BANK_COUNT, F_U32LE, 0, 0}
    };
    static const struct field size_row[] = {
        {KEY_NONE, F_U8, 0, 0}
    };
    bool agile = tcg_data_is(tcg_data_rest(d), "Spec ID Event03");

    decode_fields(d, head, ARRAY_LEN(head));
    uint64_t count = agile ? decode_fields(d, count_row, 1) : 0;

    decode_open(d, ITEM_MAP, "banks");
    for (uint64_t i = 0; i < count && reader_left(&d->in) >= 4; i++) {
        size_t from = d->in.pos;
        uint16_t tpm_id = reader_u16le(&d->in);
        uint16_t size = reader_u16le(&d->in);
        enum digest_algorithm algorithm;
        const char *name = digest_by_tpm_id(tpm_id, &algorithm)
                               ? digest_info(algorithm)->name
                               : arena_format(d->arena, "0x%04x", tpm_id);

        decode_named_at(d, bytes_of(name), KEY_EVENTLOG_BANK_SIZE, value_uint(size),
                        reader_span(&d->in, from));
    }
    decode_close(d);
    uint64_t vendor = decode_fields(d, size_row, 1);
    size_t from = d->in.pos;

    if (vendor > 0)
        decode_bytes(d, KEY_EVENTLOG_VENDOR_INFO, reader_take(&d->in, (size_t)vendor), from);
    tcg_trailing_decode(d);
}

static bool no_action_decode(struct decode *d)
{
    static const struct field locality[] = {
        {KEY_EVENTLOG_SIGNATURE, F_TEXT, 16, 0},
        {KEY_EVENTLOG_LOCALITY,  F_U8,   0,  0},
    };
    static const struct field manifest[] = {
        {KEY_EVENTLOG_SIGNATURE,     F_TEXT,  16, 0},
        {KEY_EVENTLOG_VENDOR_ID,     F_U32LE, 0,  0},
        {KEY_EVENTLOG_MANIFEST_GUID, F_GUID,  0,  0},
    };
    static const struct field signature[] = {
        {KEY_EVENTLOG_SIGNATURE, F_TEXT, 16, 0}
    };
    struct bytes data = tcg_data_rest(d);
    size_t start = d->in.pos;

    if (bytes_starts_with(data, "Spec ID Event0")) {
        spec_id_decode(d);
    } else if (tcg_data_is(data, "StartupLocality")) {
        uint64_t value = decode_fields(d, locality, ARRAY_LEN(locality));

        if (value != 0 && value != 3 && value != 4)
            decode_fault(d, FAULT_BAD_VALUE, d->in.base + start + 16);
        tcg_trailing_decode(d);
    } else if (bytes_starts_with(data, "SP800-155 Event")) {
        decode_fields(d, manifest, ARRAY_LEN(manifest));
        (void)tcg_opaque_decode(d);
    } else if (data.len > 16 && bytes_printable(without_end(bytes_slice(data, 0, 16)))) {
        decode_fields(d, signature, ARRAY_LEN(signature));
        (void)tcg_opaque_decode(d);
    } else {
        (void)tcg_opaque_decode(d);
    }
    return false;
}

/* UEFI_VARIABLE_DATA in front of its name and value; false when the sizes do not fit. */
static bool variable_sizes(struct bytes data, uint64_t *name, uint64_t *value)
{
    struct reader r = reader_of(data, 0, 0);

    reader_take(&r, 16);
    *name = reader_u64le(&r);
    *value = reader_u64le(&r);
    size_t left = reader_left(&r);

    return !r.failed && *name <= left / 2 && *value <= left - 2 * *name;
}

struct bytes tcg_variable_value(struct bytes data)
{
    uint64_t name;
    uint64_t value;

    if (!variable_sizes(data, &name, &value))
        return (struct bytes){data.data, 0};
    return bytes_slice(data, VARIABLE_HEADER + 2 * (size_t)name, (size_t)value);
}

/* Takes the header and the name; narrows to the value, which the caller leaves. */
static bool variable_enter(struct decode *d, struct bytes *guid, struct bytes *name)
{
    static const struct field head[] = {
        {KEY_NONE, F_SKIP, VARIABLE_HEADER, 0}
    };
    struct bytes data = tcg_data_rest(d);
    uint64_t name_length = 0;
    uint64_t value_length = 0;

    if (!variable_sizes(data, &name_length, &value_length)) {
        decode_fault(d, data.len < VARIABLE_HEADER ? FAULT_TRUNCATED : FAULT_BAD_LENGTH,
                     reader_offset(&d->in) + (data.len < VARIABLE_HEADER ? 0 : 16));
        (void)tcg_opaque_decode(d);
        return false;
    }
    *guid = guid_text(d->arena, bytes_slice(data, 0, 16));
    decode_fields(d, head, 1);
    struct field name_row[] = {
        {KEY_NONE, F_SKIP, 2 * (unsigned)name_length, 0}
    };
    struct bytes name_bytes = bytes_slice(tcg_data_rest(d), 0, 2 * (size_t)name_length);

    if (!utf16_text(d->arena, name_bytes, name))
        decode_fault(d, FAULT_BAD_ENCODING, reader_offset(&d->in));
    decode_fields(d, name_row, 1);
    decode_enter(d, (size_t)value_length);
    return true;
}

static bool variable_decode(struct decode *d)
{
    struct bytes guid;
    struct bytes name;

    if (!variable_enter(d, &guid, &name))
        return false;
    bool unique = efi_value_decode(d, guid, name);

    decode_leave(d);
    tcg_trailing_decode(d);
    return unique;
}

static bool starts_certificate(struct bytes b)
{
    return b.len > 4 && b.data[0] == 0x30 && b.data[1] == 0x82;
}

/* The database entry that let an image run: EFI_SIGNATURE_DATA, or a certificate without owner.
 */
static bool authority_decode(struct decode *d)
{
    struct bytes x509 = {x509_guid, sizeof(x509_guid)};
    struct bytes guid;
    struct bytes name;

    if (!variable_enter(d, &guid, &name))
        return false;
    struct bytes value = tcg_data_rest(d);

    if (starts_certificate(bytes_slice(value, OWNER_SIZE, value.len))) {
        signature_data_decode(d, x509);
    } else if (starts_certificate(value)) {
        decode_open(d, ITEM_MAP, "certificate");
        x509_decode(d);
        decode_close(d);
    } else if (bytes_equal_text(name, "db") || bytes_equal_text(name, "dbr")) {
        (void)tcg_opaque_decode(d);
    } else {
        (void)efi_value_decode(d, guid, name);
    }
    decode_leave(d);
    tcg_trailing_decode(d);
    return false;
}

static bool blob_decode(struct decode *d)
{
    static const struct field blob[] = {
        {KEY_EVENTLOG_BLOB_BASE,   F_U64LE, 0, 0},
        {KEY_EVENTLOG_BLOB_LENGTH, F_U64LE, 0, 0},
    };

    decode_fields(d, blob, ARRAY_LEN(blob));
    tcg_trailing_decode(d);
    return false;
}

/* EV_POST_CODE holds a text in some firmware and a blob's place in other. */
static bool post_code_decode(struct decode *d)
{
    struct bytes data = tcg_data_rest(d);

    if (data.len == BLOB_SIZE && !is_text(without_end(data)))
        return blob_decode(d);
    return tcg_opaque_decode(d);
}

/* A text behind its length in one byte. */
static void description_decode(struct decode *d)
{
    static const struct field length_row[] = {
        {KEY_NONE, F_U8, 0, 0}
    };
    size_t length = (size_t)decode_fields(d, length_row, 1);
    size_t from = d->in.pos;
    struct bytes text = reader_take(&d->in, length);

    decode_bytes(d, KEY_EVENTLOG_BLOB_NAME, text, from);
}

static bool blob2_decode(struct decode *d)
{
    description_decode(d);
    return blob_decode(d);
}

static bool handoff_decode(struct decode *d)
{
    static const struct field head[] = {
        {KEY_EVENTLOG_TABLE_COUNT, F_U64LE, 0, 0}
    };
    static const struct field address[] = {
        {KEY_EVENTLOG_TABLE_ADDRESS, F_U64LE, 0, 0}
    };
    uint64_t offset = reader_offset(&d->in);
    uint64_t count = decode_fields(d, head, 1);
    uint64_t i = 0;

    for (; i < count && reader_left(&d->in) >= 24; i++) {
        struct bytes guid = guid_text(d->arena, bytes_slice(tcg_data_rest(d), 0, 16));
        size_t from = d->in.pos;

        decode_open_bytes(d, ITEM_MAP, guid);
        reader_take(&d->in, 16);
        decode_bytes(d, KEY_EVENTLOG_TABLE_GUID, guid, from);
        decode_fields(d, address, 1);
        decode_close(d);
    }
    if (i < count)
        decode_fault(d, FAULT_BAD_COUNT, offset);
    tcg_trailing_decode(d);
    return false;
}

static bool handoff2_decode(struct decode *d)
{
    description_decode(d);
    return handoff_decode(d);
}

static bool image_decode(struct decode *d)
{
    static const struct field head[] = {
        {KEY_EVENTLOG_IMAGE_ADDRESS,     F_U64LE, 0, 0},
        {KEY_EVENTLOG_IMAGE_LENGTH,      F_U64LE, 0, 0},
        {KEY_EVENTLOG_IMAGE_LINK,        F_U64LE, 0, 0},
        {KEY_EVENTLOG_IMAGE_PATH_LENGTH, F_U64LE, 0, 0},
    };
    uint64_t length = decode_fields(d, head, ARRAY_LEN(head));
    bool unique = false;

    if (length > reader_left(&d->in) && !d->in.failed) {
        decode_fault(d, FAULT_TRUNCATED, reader_offset(&d->in) - 8);
        length = reader_left(&d->in);
    }
    decode_enter(d, (size_t)length);
    if (reader_more(&d->in) && (!device_path_decode(d, &unique) || reader_more(&d->in)))
        (void)tcg_opaque_decode(d);
    decode_leave(d);
    size_t from = d->in.pos;
    struct bytes rest = reader_take(&d->in, reader_left(&d->in));

    /*
     * The structure ends in an array of one, which some loaders count on top of the path: what
     * then follows is whatever stood in memory.
     */
    if (rest.len > 0)
        decode_bytes(d, KEY_EVENTLOG_IMAGE_REST, rest, from);
    return false; /* the digest is over the image, whatever its path */
}

/* TCG_PCClientTaggedEvent, one or several. Some write a bare text instead. */
static bool tag_decode(struct decode *d)
{
    static const struct field head[] = {
        {KEY_EVENTLOG_TAG_ID, F_U32LE, 0, 0},
        {KEY_NONE,            F_U32LE, 0, 0},
    };

    if (is_text(without_end(tcg_data_rest(d))))
        return tcg_opaque_decode(d);
    while (reader_more(&d->in)) {
        uint64_t offset = reader_offset(&d->in);

        decode_open(d, ITEM_MAP, "tag");
        size_t size = (size_t)decode_fields(d, head, ARRAY_LEN(head));
        size_t from = d->in.pos;
        bool fits = size <= reader_left(&d->in);

        if (!fits && !d->in.failed)
            decode_fault(d, FAULT_BAD_LENGTH, offset + 4);
        struct bytes data = reader_take(&d->in, fits ? size : reader_left(&d->in));
        struct span s = reader_span(&d->in, from);

        if (is_text(without_end(data)))
            decode_value_at(d, KEY_EVENTLOG_TAG_TEXT, value_text(without_end(data)), s);
        else if (data.len > 0)
            decode_digest(d, KEY_EVENTLOG_TAG_DATA, data, s);
        decode_close(d);
    }
    return false;
}

static const struct tcg_type types[] = {
    {EV_PREBOOT_CERT,                  "preboot-cert",              MEASURE_OTHER,    tcg_opaque_decode},
    {EV_POST_CODE,                     "post-code",                 MEASURE_OTHER,    post_code_decode },
    {EV_NO_ACTION,                     "no-action",                 MEASURE_NOTHING,  no_action_decode },
    {EV_SEPARATOR,                     "separator",                 MEASURE_DATA,     tcg_opaque_decode},
    {EV_ACTION,                        "action",                    MEASURE_DATA,     tcg_opaque_decode},
    {EV_EVENT_TAG,                     "event-tag",                 MEASURE_TAG,      tag_decode       },
    {EV_S_CRTM_CONTENTS,               "crtm-contents",             MEASURE_OTHER,    post_code_decode },
    {EV_S_CRTM_VERSION,                "crtm-version",              MEASURE_DATA,     tcg_opaque_decode},
    {EV_CPU_MICROCODE,                 "cpu-microcode",             MEASURE_OTHER,    tcg_opaque_decode},
    {EV_PLATFORM_CONFIG_FLAGS,         "platform-config-flags",     MEASURE_MAYBE,    tcg_opaque_decode},
    {EV_TABLE_OF_DEVICES,              "table-of-devices",          MEASURE_MAYBE,    tcg_opaque_decode},
    {EV_COMPACT_HASH,                  "compact-hash",              MEASURE_MAYBE,    tcg_opaque_decode},
    {EV_IPL,                           "ipl",                       MEASURE_TEXT,     tcg_opaque_decode},
    {EV_IPL_PARTITION_DATA,            "ipl-partition-data",        MEASURE_MAYBE,    tcg_opaque_decode},
    {EV_NONHOST_CODE,                  "nonhost-code",              MEASURE_OTHER,    tcg_opaque_decode},
    {EV_NONHOST_CONFIG,                "nonhost-config",            MEASURE_MAYBE,    tcg_opaque_decode},
    {EV_NONHOST_INFO,                  "nonhost-info",              MEASURE_MAYBE,    tcg_opaque_decode},
    {EV_OMIT_BOOT_DEVICE_EVENTS,       "omit-boot-device-events",   MEASURE_DATA,     tcg_opaque_decode},
    {EV_POST_CODE2,                    "post-code2",                MEASURE_OTHER,    blob2_decode     },
    {EV_EFI_VARIABLE_DRIVER_CONFIG,    "variable",                  MEASURE_DATA,     variable_decode  },
    {EV_EFI_VARIABLE_BOOT,             "variable",                  MEASURE_VARIABLE, variable_decode  },
    {EV_EFI_BOOT_SERVICES_APPLICATION, "boot-services-application", MEASURE_OTHER,
     image_decode                                                                                      },
    {EV_EFI_BOOT_SERVICES_DRIVER,      "boot-services-driver",      MEASURE_OTHER,    image_decode     },
    {EV_EFI_RUNTIME_SERVICES_DRIVER,   "runtime-services-driver",   MEASURE_OTHER,    image_decode     },
    {EV_EFI_GPT_EVENT,                 "gpt",                       MEASURE_DATA,     tcg_gpt_decode   },
    {EV_EFI_ACTION,                    "efi-action",                MEASURE_DATA,     tcg_opaque_decode},
    {EV_EFI_PLATFORM_FIRMWARE_BLOB,    "firmware-blob",             MEASURE_OTHER,    post_code_decode },
    {EV_EFI_HANDOFF_TABLES,            "handoff-tables",            MEASURE_OTHER,    handoff_decode   },
    {EV_EFI_PLATFORM_FIRMWARE_BLOB2,   "firmware-blob",             MEASURE_OTHER,    blob2_decode     },
    {EV_EFI_HANDOFF_TABLES2,           "handoff-tables",            MEASURE_OTHER,    handoff2_decode  },
    {EV_EFI_VARIABLE_BOOT2,            "variable",                  MEASURE_VARIABLE, variable_decode  },
    {EV_EFI_GPT_EVENT2,                "gpt",                       MEASURE_DATA,     tcg_gpt_decode   },
    {EV_EFI_HCRTM_EVENT,               "hcrtm-event",               MEASURE_OTHER,    tcg_opaque_decode},
    {EV_EFI_VARIABLE_AUTHORITY,        "authority",                 MEASURE_MAYBE,    authority_decode },
    {EV_EFI_SPDM_FIRMWARE_BLOB,        "spdm-firmware-blob",        MEASURE_DATA,     tcg_spdm_decode  },
    {EV_EFI_SPDM_FIRMWARE_CONFIG,      "spdm-firmware-config",      MEASURE_DATA,     tcg_spdm_decode  },
    {EV_EFI_SPDM_DEVICE_POLICY,        "spdm-device-policy",        MEASURE_DATA,     variable_decode  },
    {EV_EFI_SPDM_DEVICE_AUTHORITY,     "spdm-device-authority",     MEASURE_MAYBE,    authority_decode },
};

static const struct tcg_type unknown_type = {0, "event", MEASURE_MAYBE, tcg_opaque_decode};

const struct tcg_type *tcg_type_find(uint32_t type)
{
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (types[i].type == type)
            return &types[i];
    }
    return &unknown_type;
}

static struct bytes variable_name(const struct tcg_type *row, struct bytes data,
                                  struct arena *a)
{
    uint64_t name_length;
    uint64_t value_length;
    struct bytes name;

    if (!variable_sizes(data, &name_length, &value_length) ||
        !utf16_text(a, bytes_slice(data, VARIABLE_HEADER, 2 * (size_t)name_length), &name))
        return bytes_of(row->name);
    struct bytes guid = guid_text(a, bytes_slice(data, 0, 16));

    return bytes_of(arena_format(a, "%s:%.*s:%.*s", row->name, (int)guid.len,
                                 (const char *)guid.data, (int)name.len,
                                 (const char *)name.data));
}

struct bytes tcg_event_name(const struct tcg_event *e, struct arena *a)
{
    const struct tcg_type *row = tcg_type_find(e->type);

    if (row->decode == variable_decode || row->decode == authority_decode)
        return variable_name(row, e->data, a);
    if (row == &unknown_type)
        return bytes_of(arena_format(a, "event:0x%08x", e->type));
    if (row->type == EV_EVENT_TAG && e->data.len >= 8 && !is_text(without_end(e->data))) {
        struct reader r = reader_of(e->data, 0, 0);

        return bytes_of(arena_format(a, "event-tag:0x%08x", reader_u32le(&r)));
    }
    if (row->type == EV_NO_ACTION && tcg_data_is(e->data, "StartupLocality"))
        return bytes_of("startup-locality");
    if (row->type == EV_NO_ACTION && bytes_starts_with(e->data, "Spec ID Event0"))
        return bytes_of("spec-id");
    return bytes_of(row->name);
}

bool tcg_data_decode(struct decode *d, const struct tcg_type *row)
{
    return row->decode(d);
}
