/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UEFI specification 2.10: section 3.3 (variables), 3.1.3 (load options), 3.1.6 (key options),
 * 8.2 (variable services). The certificate database is that of the open reference firmware,
 * shim's variables are as its documents describe them.
 */
#include "decode/efi_value.h"

#include <string.h>

#include "decode/device_path.h"
#include "decode/signature_list.h"

#define GUID_GLOBAL   "8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define GUID_SECURITY "d719b2cb-3d3a-4596-a3bc-dad00e67656f"
#define GUID_SHIM     "605dab50-e046-4300-abb6-3dd810dd8b23"
#define GUID_CUSTOM   "c076ec0c-7028-4399-a072-71ee5c448b9f"
#define GUID_ENABLE   "f0a30bc7-af08-4556-99c4-001009c93a44"
#define GUID_VENDOR   "9073e4e0-60ec-4b6e-9903-4c223c260f3c"
#define GUID_MTC      "eb704011-1402-11d3-8e77-00a0c969723b"
#define GUID_CERTDB   "d9bee56e-75dc-49d9-b4d7-b534210f637a"
#define GUID_MOR      "e20939be-32d4-41be-a150-897f85d49829"
#define GUID_MOR_LOCK "bb983ccf-151d-40e1-a07b-4a17be168292"
#define GUID_LOADER   "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"

/* What kind of value a variable holds. */
enum value_kind {
    VALUE_NUMBER, /* an integer of `size` bytes under `key` */
    VALUE_SIGNATURES,
    VALUE_LOAD_OPTION,
    VALUE_KEY_OPTION,
    VALUE_ORDER,
    VALUE_PATH,
    VALUE_GUIDS,
    VALUE_ASCII,
    VALUE_UTF16,
    VALUE_CERTDB,
    VALUE_DIGEST, /* nothing but a digest, under `key` */
};

struct variable_row {
    const char *guid;
    const char *name; /* # stands for a hexadecimal digit, a * at the end for anything */
    enum value_kind kind;
    unsigned size;
    enum key_id key;
};

static const struct variable_row rows[] = {
    {GUID_GLOBAL,   "SecureBoot",                        VALUE_NUMBER,      1, KEY_EFI_STATE                   },
    {GUID_GLOBAL,   "SetupMode",                         VALUE_NUMBER,      1, KEY_EFI_STATE                   },
    {GUID_GLOBAL,   "AuditMode",                         VALUE_NUMBER,      1, KEY_EFI_STATE                   },
    {GUID_GLOBAL,   "DeployedMode",                      VALUE_NUMBER,      1, KEY_EFI_STATE                   },
    {GUID_GLOBAL,   "VendorKeys",                        VALUE_NUMBER,      1, KEY_EFI_STATE                   },
    {GUID_CUSTOM,   "CustomMode",                        VALUE_NUMBER,      1, KEY_EFI_STATE                   },
    {GUID_ENABLE,   "SecureBootEnable",                  VALUE_NUMBER,      1, KEY_EFI_STATE                   },
    {GUID_VENDOR,   "VendorKeysNv",                      VALUE_NUMBER,      1, KEY_EFI_STATE                   },
    {GUID_SHIM,     "MokListTrusted",                    VALUE_NUMBER,      1, KEY_EFI_STATE                   },
    {GUID_SHIM,     "MokListTrustedRT",                  VALUE_NUMBER,      1, KEY_EFI_STATE                   },
    {GUID_SHIM,     "MokSBState",                        VALUE_NUMBER,      1, KEY_EFI_STATE                   },
    {GUID_SHIM,     "MokSBStateRT",                      VALUE_NUMBER,      1, KEY_EFI_STATE                   },
    {GUID_SHIM,     "MokIgnoreDB",                       VALUE_NUMBER,      1, KEY_EFI_STATE                   },
    {GUID_SHIM,     "MokDBState",                        VALUE_NUMBER,      1, KEY_EFI_STATE                   },
    {GUID_SHIM,     "MokPolicy",                         VALUE_NUMBER,      1, KEY_EFI_STATE                   },
    {GUID_SHIM,     "MokPolicyRT",                       VALUE_NUMBER,      1, KEY_EFI_STATE                   },
    {GUID_GLOBAL,   "PK",                                VALUE_SIGNATURES,  0, KEY_NONE                        },
    {GUID_GLOBAL,   "KEK",                               VALUE_SIGNATURES,  0, KEY_NONE                        },
    {GUID_SECURITY, "db",                                VALUE_SIGNATURES,  0, KEY_NONE                        },
    {GUID_SECURITY, "dbx",                               VALUE_SIGNATURES,  0, KEY_NONE                        },
    {GUID_SECURITY, "dbt",                               VALUE_SIGNATURES,  0, KEY_NONE                        },
    {GUID_SECURITY, "dbr",                               VALUE_SIGNATURES,  0, KEY_NONE                        },
    {GUID_SECURITY, "devdb",                             VALUE_SIGNATURES,  0, KEY_NONE                        },
    {GUID_GLOBAL,   "PKDefault",                         VALUE_SIGNATURES,  0, KEY_NONE                        },
    {GUID_GLOBAL,   "KEKDefault",                        VALUE_SIGNATURES,  0, KEY_NONE                        },
    {GUID_GLOBAL,   "dbDefault",                         VALUE_SIGNATURES,  0, KEY_NONE                        },
    {GUID_GLOBAL,   "dbxDefault",                        VALUE_SIGNATURES,  0, KEY_NONE                        },
    {GUID_GLOBAL,   "dbtDefault",                        VALUE_SIGNATURES,  0, KEY_NONE                        },
    {GUID_GLOBAL,   "dbrDefault",                        VALUE_SIGNATURES,  0, KEY_NONE                        },
    {GUID_SHIM,     "MokList",                           VALUE_SIGNATURES,  0, KEY_NONE                        },
    {GUID_SHIM,     "MokListX",                          VALUE_SIGNATURES,  0, KEY_NONE                        },
    {GUID_SHIM,     "MokListRT*",                        VALUE_SIGNATURES,  0, KEY_NONE                        },
    {GUID_SHIM,     "MokListXRT*",                       VALUE_SIGNATURES,  0, KEY_NONE                        },
    {GUID_SHIM,     "MokNew",                            VALUE_SIGNATURES,  0, KEY_NONE                        },
    {GUID_SHIM,     "MokDel",                            VALUE_SIGNATURES,  0, KEY_NONE                        },
    {GUID_SHIM,     "SbatLevel*",                        VALUE_ASCII,       0, KEY_EFI_TEXT                    },
    {GUID_GLOBAL,   "Boot####",                          VALUE_LOAD_OPTION, 0, KEY_NONE                        },
    {GUID_GLOBAL,   "Driver####",                        VALUE_LOAD_OPTION, 0, KEY_NONE                        },
    {GUID_GLOBAL,   "SysPrep####",                       VALUE_LOAD_OPTION, 0, KEY_NONE                        },
    {GUID_GLOBAL,   "PlatformRecovery####",              VALUE_LOAD_OPTION, 0, KEY_NONE                        },
    {NULL,          "OsRecovery####",                    VALUE_LOAD_OPTION, 0, KEY_NONE                        },
    {GUID_GLOBAL,   "Key####",                           VALUE_KEY_OPTION,  0, KEY_NONE                        },
    {GUID_GLOBAL,   "BootOrder",                         VALUE_ORDER,       0, KEY_EFI_ORDER                   },
    {GUID_GLOBAL,   "DriverOrder",                       VALUE_ORDER,       0, KEY_EFI_ORDER                   },
    {GUID_GLOBAL,   "SysPrepOrder",                      VALUE_ORDER,       0, KEY_EFI_ORDER                   },
    {GUID_GLOBAL,   "ConIn",                             VALUE_PATH,        0, KEY_NONE                        },
    {GUID_GLOBAL,   "ConOut",                            VALUE_PATH,        0, KEY_NONE                        },
    {GUID_GLOBAL,   "ErrOut",                            VALUE_PATH,        0, KEY_NONE                        },
    {GUID_GLOBAL,   "ConInDev",                          VALUE_PATH,        0, KEY_NONE                        },
    {GUID_GLOBAL,   "ConOutDev",                         VALUE_PATH,        0, KEY_NONE                        },
    {GUID_GLOBAL,   "ErrOutDev",                         VALUE_PATH,        0, KEY_NONE                        },
    {GUID_GLOBAL,   "SignatureSupport",                  VALUE_GUIDS,       0, KEY_EFI_GUID                    },
    {GUID_GLOBAL,   "OsRecoveryOrder",                   VALUE_GUIDS,       0, KEY_EFI_GUID                    },
    {GUID_GLOBAL,   "Timeout",                           VALUE_NUMBER,      2, KEY_EFI_NUMBER                  },
    {GUID_GLOBAL,   "HwErrRecSupport",                   VALUE_NUMBER,      2, KEY_EFI_NUMBER                  },
    {GUID_GLOBAL,   "BootCurrent",                       VALUE_NUMBER,      2, KEY_EFI_VOLATILE                },
    {GUID_GLOBAL,   "BootNext",                          VALUE_NUMBER,      2, KEY_EFI_VOLATILE                },
    {GUID_GLOBAL,   "OsIndications",                     VALUE_NUMBER,      8, KEY_EFI_OS_INDICATIONS          },
    {GUID_GLOBAL,   "OsIndicationsSupported",            VALUE_NUMBER,      8, KEY_EFI_OS_INDICATIONS_SUPPORTED},
    {GUID_GLOBAL,   "BootOptionSupport",                 VALUE_NUMBER,      4, KEY_EFI_BOOT_OPTION_SUPPORT     },
    {GUID_GLOBAL,   "Lang",                              VALUE_ASCII,       0, KEY_EFI_TEXT                    },
    {GUID_GLOBAL,   "LangCodes",                         VALUE_ASCII,       0, KEY_EFI_TEXT                    },
    {GUID_GLOBAL,   "PlatformLang",                      VALUE_ASCII,       0, KEY_EFI_TEXT                    },
    {GUID_GLOBAL,   "PlatformLangCodes",                 VALUE_ASCII,       0, KEY_EFI_TEXT                    },
    {GUID_GLOBAL,   "HwErrRec####",                      VALUE_DIGEST,      0, KEY_EFI_OPAQUE_FREE             },
    {GUID_MTC,      "MTC",                               VALUE_NUMBER,      4, KEY_EFI_VOLATILE                },
    {GUID_CERTDB,   "certdb",                            VALUE_CERTDB,      0, KEY_NONE                        },
    {GUID_CERTDB,   "certdbv",                           VALUE_CERTDB,      0, KEY_NONE                        },
    {GUID_MOR,      "MemoryOverwriteRequestControl",     VALUE_NUMBER,      1, KEY_EFI_VOLATILE                },
    {GUID_MOR_LOCK, "MemoryOverwriteRequestControlLock", VALUE_NUMBER,      1, KEY_EFI_VOLATILE                },
    {GUID_LOADER,   "LoaderTime*",                       VALUE_DIGEST,      0, KEY_EFI_OPAQUE_FREE             },
    {GUID_LOADER,   "LoaderRandomSeed",                  VALUE_DIGEST,      0, KEY_EFI_OPAQUE_FREE             },
    {GUID_LOADER,   "LoaderSystemToken",                 VALUE_DIGEST,      0, KEY_DATA_DIGEST_OWN             },
    {GUID_LOADER,   "LoaderDevicePartUUID",              VALUE_DIGEST,      0, KEY_DATA_DIGEST_OWN             },
    {GUID_LOADER,   "StubDevicePartUUID",                VALUE_DIGEST,      0, KEY_DATA_DIGEST_OWN             },
    {GUID_LOADER,   "LoaderFirmwareInfo",                VALUE_UTF16,       0, KEY_EFI_TEXT                    },
    {GUID_LOADER,   "LoaderFirmwareType",                VALUE_UTF16,       0, KEY_EFI_TEXT                    },
    {GUID_LOADER,   "LoaderInfo",                        VALUE_UTF16,       0, KEY_EFI_TEXT                    },
    {GUID_LOADER,   "StubInfo",                          VALUE_UTF16,       0, KEY_EFI_TEXT                    },
    {GUID_LOADER,   "StubKernelImage",                   VALUE_UTF16,       0, KEY_EFI_TEXT                    },
    {GUID_LOADER,   "LoaderEntrySelected",               VALUE_UTF16,       0, KEY_EFI_TEXT                    },
};

bool efi_name_matches(struct bytes name, const char *pattern)
{
    size_t i = 0;

    for (; pattern[i] != '\0' && pattern[i] != '*'; i++) {
        if (i >= name.len)
            return false;
        bool good = pattern[i] == '#' ? hex_digit(name.data[i]) >= 0
                                      : name.data[i] == (uint8_t)pattern[i];

        if (!good)
            return false;
    }
    return pattern[i] == '*' || i == name.len;
}

static const struct variable_row *find_row(struct bytes guid, struct bytes name)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if ((rows[i].guid == NULL || bytes_equal_text(guid, rows[i].guid)) &&
            efi_name_matches(name, rows[i].name))
            return &rows[i];
    }
    return NULL;
}

static void digest_decode(struct decode *d, enum key_id key)
{
    size_t from = d->in.pos;
    struct bytes b = reader_take(&d->in, reader_left(&d->in));
    bool volatile_value = key == KEY_EFI_OPAQUE_FREE;

    decode_uint(d, volatile_value ? KEY_EFI_LENGTH_FREE : KEY_EFI_LENGTH, b.len, from);
    decode_digest(d, key, b, reader_span(&d->in, from));
}

static void number_decode(struct decode *d, const struct variable_row *row)
{
    size_t from = d->in.pos;

    if (reader_left(&d->in) != row->size) {
        decode_fault(d, FAULT_BAD_LENGTH, reader_offset(&d->in));
        digest_decode(d, row->key == KEY_EFI_VOLATILE ? KEY_EFI_OPAQUE_FREE : KEY_EFI_OPAQUE);
        return;
    }
    uint64_t value = reader_uint(&d->in, row->size, false);

    decode_uint(d, row->key, value, from);
    if (row->key == KEY_EFI_STATE && value > 1)
        decode_fault(d, FAULT_BAD_VALUE, d->in.base + from);
}

/* A fault when bytes follow what was decoded. They get a digest as well. */
static void trailing_decode(struct decode *d)
{
    if (!reader_more(&d->in))
        return;
    decode_fault(d, FAULT_TRAILING, reader_offset(&d->in));
    digest_decode(d, KEY_EFI_OPAQUE);
}

static bool path_decode(struct decode *d)
{
    bool unique = false;

    if (device_path_decode(d, &unique))
        trailing_decode(d);
    else
        digest_decode(d, KEY_EFI_OPAQUE);
    return unique;
}

static void order_decode(struct decode *d)
{
    decode_open(d, ITEM_LIST, "order");
    while (reader_left(&d->in) >= 2) {
        size_t from = d->in.pos;

        decode_uint(d, KEY_EFI_ORDER, reader_u16le(&d->in), from);
    }
    decode_close(d);
    trailing_decode(d);
}

static void guids_decode(struct decode *d)
{
    decode_open(d, ITEM_BAG, "guids");
    while (reader_left(&d->in) >= 16) {
        size_t from = d->in.pos;

        decode_bytes(d, KEY_EFI_GUID, guid_text(d->arena, reader_take(&d->in, 16)), from);
    }
    decode_close(d);
    trailing_decode(d);
}

/* Text up to an optional NUL at the end. */
static void ascii_decode(struct decode *d, enum key_id key)
{
    size_t from = d->in.pos;
    struct bytes b = reader_take(&d->in, reader_left(&d->in));

    if (b.len > 0 && b.data[b.len - 1] == 0)
        b.len--;
    if (!bytes_utf8(b) || (b.len > 0 && memchr(b.data, 0, b.len) != NULL))
        decode_fault(d, FAULT_BAD_ENCODING, d->in.base + from);
    decode_bytes(d, key, b, from);
}

static void utf16_decode(struct decode *d, enum key_id key)
{
    size_t from = d->in.pos;
    struct bytes b = bytes_slice(d->in.all, from, reader_left(&d->in));
    struct bytes text;
    bool ends = b.len >= 2 && b.data[b.len - 1] == 0 && b.data[b.len - 2] == 0;

    if (b.len % 2 != 0 || !utf16_text(d->arena, b, &text)) {
        decode_fault(d, FAULT_BAD_ENCODING, reader_offset(&d->in));
        digest_decode(d, KEY_EFI_OPAQUE);
        return;
    }
    /* What stands behind an inner NUL would not show in the text. */
    for (size_t i = 0; ends && i + 2 < b.len; i += 2) {
        if (b.data[i] == 0 && b.data[i + 1] == 0) {
            digest_decode(d, KEY_EFI_OPAQUE);
            return;
        }
    }
    reader_take(&d->in, b.len);
    decode_bytes(d, key, text, from);
}

/* The bytes of a UTF-16 string at the reader, with its NUL; empty if the NUL is missing. */
static struct bytes utf16_take(struct reader *r)
{
    struct bytes rest = bytes_slice(r->all, r->pos, reader_left(r));

    for (size_t i = 0; i + 1 < rest.len; i += 2) {
        if (rest.data[i] == 0 && rest.data[i + 1] == 0)
            return reader_take(r, i + 2);
    }
    return (struct bytes){rest.data, 0};
}

static void optional_decode(struct decode *d)
{
    size_t from = d->in.pos;
    struct bytes b = reader_take(&d->in, reader_left(&d->in));
    struct span s = reader_span(&d->in, from);
    struct bytes text;

    if (b.len == 0)
        return;
    decode_digest(d, KEY_EFI_LOAD_OPTIONAL, b, s);
    if (b.len % 2 == 0 && utf16_text(d->arena, b, &text) && bytes_printable(text))
        decode_value_at(d, KEY_EFI_LOAD_OPTIONAL_TEXT, value_text(text), s);
    else if (bytes_printable(b))
        decode_value_at(d, KEY_EFI_LOAD_OPTIONAL_TEXT, value_text(b), s);
}

/* EFI_LOAD_OPTION's paths: the first is the image's, the others are up to its maker. */
static bool load_paths_decode(struct decode *d, size_t length)
{
    bool unique = false;

    decode_enter(d, length);
    decode_open(d, ITEM_LIST, "paths");
    while (reader_more(&d->in)) {
        decode_open(d, ITEM_MAP, "path");
        if (!device_path_decode(d, &unique))
            digest_decode(d, KEY_EFI_OPAQUE);
        decode_close(d);
    }
    decode_close(d);
    decode_leave(d);
    return unique;
}

static bool load_option_decode(struct decode *d)
{
    static const struct field head[] = {
        {KEY_EFI_LOAD_ATTRIBUTES,   F_U32LE, 0, 0},
        {KEY_EFI_LOAD_PATHS_LENGTH, F_U16LE, 0, 0},
    };
    size_t length = (size_t)decode_fields(d, head, ARRAY_LEN(head));
    size_t from = d->in.pos;
    struct bytes description = utf16_take(&d->in);
    struct bytes text;

    if (d->in.failed)
        return false;
    if (description.len == 0) {
        decode_fault(d, FAULT_UNTERMINATED, reader_offset(&d->in));
        digest_decode(d, KEY_EFI_OPAQUE);
        return false;
    }
    if (utf16_text(d->arena, description, &text))
        decode_bytes(d, KEY_EFI_LOAD_DESCRIPTION, text, from);
    else
        decode_fault(d, FAULT_BAD_ENCODING, d->in.base + from);
    if (length > reader_left(&d->in)) {
        decode_fault(d, FAULT_TRUNCATED, d->in.base + from - 2);
        length = reader_left(&d->in);
    }
    bool unique = load_paths_decode(d, length);

    optional_decode(d);
    return unique;
}

static void key_option_decode(struct decode *d)
{
    static const struct field head[] = {
        {KEY_EFI_KEY_DATA,        F_U32LE, 0, 0},
        {KEY_EFI_KEY_BOOT_CRC,    F_U32LE, 0, 0},
        {KEY_EFI_KEY_BOOT_OPTION, F_U16LE, 0, 0},
    };
    static const struct field input_key[] = {
        {KEY_EFI_KEY_SCAN, F_U16LE, 0, 0},
        {KEY_EFI_KEY_CHAR, F_U16LE, 0, 0},
    };

    decode_fields(d, head, ARRAY_LEN(head));
    /* Bits 30 and 31 of the key data count the keys that follow. */
    uint64_t keys = decode_value(d, KEY_EFI_KEY_DATA) >> 30;

    decode_enter(d, reader_left(&d->in));
    decode_open(d, ITEM_LIST, "keys");
    for (uint64_t i = 0; i < keys && !d->in.failed; i++) {
        decode_open(d, ITEM_MAP, "key");
        decode_fields(d, input_key, ARRAY_LEN(input_key));
        decode_close(d);
    }
    decode_close(d);
    trailing_decode(d);
    decode_leave(d);
}

/* One AUTH_CERT_DB_DATA: GUID, sizes of node, name and certificate data, then these. */
static bool certificate_node_decode(struct decode *d)
{
    struct reader peek = d->in;
    struct bytes guid = reader_take(&peek, 16);
    uint64_t node = reader_u32le(&peek);
    uint64_t name = reader_u32le(&peek);
    uint64_t data = reader_u32le(&peek);
    static const struct field skip[] = {
        {KEY_NONE, F_SKIP, 28, 0}
    };
    struct bytes text;

    if (peek.failed || name > node / 2 || 28 + 2 * name + data != node ||
        node > reader_left(&d->in)) {
        decode_fault(d, FAULT_BAD_LENGTH, reader_offset(&d->in));
        digest_decode(d, KEY_EFI_OPAQUE);
        return false;
    }
    struct bytes name_bytes = reader_take(&peek, 2 * (size_t)name);
    struct bytes vendor = guid_text(d->arena, guid);
    bool readable = utf16_text(d->arena, name_bytes, &text);

    if (!readable)
        decode_fault(d, FAULT_BAD_ENCODING, reader_offset(&d->in) + 28);
    text = readable ? text : name_bytes;
    decode_open(d, ITEM_MAP, "%.*s:%.*s", (int)vendor.len, (const char *)vendor.data,
                (int)text.len, (const char *)text.data);
    decode_fields(d, skip, 1);
    size_t from = d->in.pos;

    reader_take(&d->in, name_bytes.len);
    struct bytes certificate = reader_take(&d->in, (size_t)data);

    decode_digest(d, KEY_EFI_CERTDB_DATA, certificate, reader_span(&d->in, from));
    decode_close(d);
    return true;
}

static void certdb_decode(struct decode *d)
{
    static const struct field head[] = {
        {KEY_EFI_CERTDB_SIZE, F_U32LE, 0, 0}
    };
    size_t length = reader_left(&d->in);
    uint64_t stated = decode_fields(d, head, 1);

    if (!d->in.failed && stated != length)
        decode_fault(d, FAULT_BAD_LENGTH, reader_offset(&d->in) - 4);
    while (reader_more(&d->in) && certificate_node_decode(d))
        ;
}

static bool row_decode(struct decode *d, const struct variable_row *row)
{
    switch (row->kind) {
    case VALUE_NUMBER:
        number_decode(d, row);
        break;
    case VALUE_SIGNATURES:
        signature_lists_decode(d);
        break;
    case VALUE_LOAD_OPTION:
        return load_option_decode(d);
    case VALUE_KEY_OPTION:
        key_option_decode(d);
        break;
    case VALUE_ORDER:
        order_decode(d);
        break;
    case VALUE_PATH:
        return path_decode(d);
    case VALUE_GUIDS:
        guids_decode(d);
        break;
    case VALUE_ASCII:
        ascii_decode(d, row->key);
        break;
    case VALUE_UTF16:
        utf16_decode(d, row->key);
        break;
    case VALUE_CERTDB:
        certdb_decode(d);
        break;
    case VALUE_DIGEST:
        digest_decode(d, row->key);
        return row->key == KEY_DATA_DIGEST_OWN;
    }
    return false;
}

bool efi_value_decode(struct decode *d, struct bytes guid, struct bytes name)
{
    const struct variable_row *row = find_row(guid, name);

    /* A variable that does not exist is measured with an empty value. */
    if (!reader_more(&d->in)) {
        decode_uint(d, KEY_EFI_LENGTH, 0, d->in.pos);
        return false;
    }
    if (row != NULL)
        return row_decode(d, row);
    digest_decode(d, KEY_EFI_OPAQUE);
    return false;
}
