/* SPDX-License-Identifier: Apache-2.0 */
/* Linux 6.1, Documentation/security/IMA-templates.rst: templates, fields and template hash. */
#include "decode/ima_entry.h"

#include <string.h>

enum {
    NAME_PADDED = 256, /* the old template hashes the name in a buffer of this size */
    SIGNATURE_HEADER = 9,
    SIGNATURE_KEY = 3,
};

static const struct {
    const char *name;
    const char *format;
} templates[] = {
    {"ima",        "d|n"                                                                 },
    {"ima-ng",     "d-ng|n-ng"                                                           },
    {"ima-sig",    "d-ng|n-ng|sig"                                                       },
    {"ima-ngv2",   "d-ngv2|n-ng"                                                         },
    {"ima-sigv2",  "d-ngv2|n-ng|sig"                                                     },
    {"ima-buf",    "d-ng|n-ng|buf"                                                       },
    {"ima-modsig", "d-ng|n-ng|sig|d-modsig|modsig"                                       },
    {"evm-sig",    "d-ng|n-ng|evmsig|xattrnames|xattrlengths|xattrvalues|iuid|igid|imode"},
};

static const struct {
    const char *name;
    enum ima_field_kind kind;
} field_names[] = {
    {"d",            IMA_D           },
    {"n",            IMA_N           },
    {"d-ng",         IMA_D_NG        },
    {"d-ngv2",       IMA_D_NGV2      },
    {"n-ng",         IMA_N_NG        },
    {"sig",          IMA_SIG         },
    {"buf",          IMA_BUF         },
    {"d-modsig",     IMA_D_MODSIG    },
    {"modsig",       IMA_MODSIG_FIELD},
    {"evmsig",       IMA_EVMSIG      },
    {"xattrnames",   IMA_OTHER       },
    {"xattrlengths", IMA_OTHER       },
    {"xattrvalues",  IMA_OTHER       },
    {"iuid",         IMA_OTHER       },
    {"igid",         IMA_OTHER       },
    {"imode",        IMA_OTHER       },
};

static enum ima_field_kind field_kind(struct bytes name)
{
    for (size_t i = 0; i < ARRAY_LEN(field_names); i++) {
        if (bytes_equal_text(name, field_names[i].name))
            return field_names[i].kind;
    }
    return IMA_UNKNOWN;
}

/* A template without a name of its own is named by its format. */
size_t ima_template_kinds(struct bytes name, enum ima_field_kind ret[IMA_FIELDS_MAX])
{
    struct bytes format = name;
    struct bytes word;
    size_t count = 0;

    for (size_t i = 0; i < ARRAY_LEN(templates); i++) {
        if (bytes_equal_text(name, templates[i].name))
            format = bytes_of(templates[i].format);
    }
    while (count < IMA_FIELDS_MAX && bytes_word(&format, "|", &word)) {
        ret[count] = field_kind(word);
        if (ret[count++] == IMA_UNKNOWN)
            return 0;
    }
    return format.len == 0 ? count : 0;
}

/* Text up to its NUL. */
static struct bytes up_to_nul(struct bytes b)
{
    const uint8_t *end = b.len > 0 ? memchr(b.data, 0, b.len) : NULL;

    return end != NULL ? bytes_slice(b, 0, (size_t)(end - b.data)) : b;
}

/* A digest with the name of its algorithm in front, and its type before that in version 2. */
static void digest_field(struct decode *d, const struct ima_field *f, bool volatile_digest,
                         const enum key_id keys[2])
{
    struct bytes head = up_to_nul(f->data);
    struct bytes digest = bytes_slice(f->data, head.len + 1, f->data.len);
    struct bytes rest = head;
    struct bytes first = {NULL, 0};
    struct bytes second = {NULL, 0};
    enum digest_algorithm algorithm;

    if (head.len == f->data.len || head.len == 0 || head.data[head.len - 1] != ':' ||
        !bytes_word(&rest, ":", &first)) {
        decode_fault(d, FAULT_BAD_ENCODING, f->span.offset);
        decode_value_at(d, KEY_IMA_FIELD, value_bytes(f->data), f->span);
        return;
    }
    if (bytes_word(&rest, ":", &second))
        decode_value_at(d, KEY_IMA_DIGEST_TYPE, value_text(first), f->span);
    struct bytes name = second.len > 0 ? second : first;

    decode_value_at(d, keys[0], value_text(name), f->span);
    decode_value_at(d, volatile_digest ? KEY_IMA_DIGEST_FREE : keys[1], value_bytes(digest),
                    f->span);
    if (digest_by_name(name, &algorithm) && digest.len != digest_info(algorithm)->size)
        decode_fault(d, FAULT_BAD_LENGTH, f->span.offset);
}

/* A signature attribute: type 3, version, hash, key identifier in four bytes, length. */
static void signature_field(struct decode *d, const struct ima_field *f)
{
    if (f->data.len == 0)
        return;
    decode_digest(d, KEY_IMA_SIGNATURE, f->data, f->span);
    if (f->data.data[0] != 3 || f->data.len < SIGNATURE_HEADER)
        return;
    size_t stated = (size_t)f->data.data[7] << 8 | f->data.data[8];

    decode_value_at(d, KEY_IMA_SIGNATURE_KEY,
                    value_bytes(bytes_slice(f->data, SIGNATURE_KEY, 4)), f->span);
    if (stated != f->data.len - SIGNATURE_HEADER)
        decode_fault(d, FAULT_BAD_LENGTH, f->span.offset);
}

static void field_decode(struct decode *d, const struct ima_field *f, enum ima_field_kind kind,
                         bool aggregate)
{
    static const enum key_id plain[2] = {KEY_IMA_ALGORITHM, KEY_IMA_DIGEST};

    static const enum key_id signed_part[2] = {KEY_IMA_MODSIG_ALGORITHM, KEY_IMA_MODSIG_DIGEST};

    switch (kind) {
    case IMA_D:
        decode_value_at(d, aggregate ? KEY_IMA_DIGEST_FREE : KEY_IMA_DIGEST,
                        value_bytes(f->data), f->span);
        break;
    case IMA_N:
    case IMA_N_NG:
        decode_value_at(d, KEY_IMA_PATH, value_text(up_to_nul(f->data)), f->span);
        break;
    case IMA_D_NG:
    case IMA_D_NGV2:
        digest_field(d, f, aggregate, plain);
        break;
    case IMA_D_MODSIG:
        if (f->data.len > 0)
            digest_field(d, f, false, signed_part);
        break;
    case IMA_SIG:
    case IMA_EVMSIG:
        signature_field(d, f);
        break;
    case IMA_BUF:
        decode_digest(d, KEY_IMA_BUFFER, f->data, f->span);
        break;
    case IMA_MODSIG_FIELD:
        if (f->data.len > 0)
            decode_digest(d, KEY_IMA_MODSIG, f->data, f->span);
        break;
    case IMA_OTHER:
    case IMA_UNKNOWN:
        decode_value_at(d, KEY_IMA_FIELD, value_bytes(f->data), f->span);
        break;
    }
}

/* Whether the fields hash to the template hash. */
static bool hash_matches(const struct ima_entry *e)
{
    static const uint8_t zeros[NAME_PADDED];
    struct bytes parts[2 * IMA_FIELDS_MAX];
    uint8_t lengths[IMA_FIELDS_MAX][4];
    size_t count = 0;
    bool old = bytes_equal_text(e->template_name, "ima");
    bool matches = false;

    for (size_t i = 0; i < e->count; i++) {
        struct bytes b = e->fields[i].data;

        for (size_t j = 0; j < 4; j++)
            lengths[i][j] = (uint8_t)(b.len >> (8 * j));
        if (!old)
            parts[count++] = (struct bytes){lengths[i], 4};
        parts[count++] = b;
    }
    if (old && e->count == 2 && e->fields[1].data.len < NAME_PADDED)
        parts[count++] = (struct bytes){zeros, NAME_PADDED - e->fields[1].data.len};
    /* The list does not say which bank it is for: the size narrows it down. */
    for (unsigned i = 0; i < DIGEST_ALGORITHMS && !matches; i++) {
        uint8_t digest[DIGEST_MAX];

        if (digest_info((enum digest_algorithm)i)->size != e->hash.len)
            continue;
        digest_parts((enum digest_algorithm)i, parts, count, digest);
        matches = bytes_equal((struct bytes){digest, e->hash.len}, e->hash);
    }
    return matches;
}

/* The name in the entry; empty if it has none. */
static struct bytes entry_name(const struct ima_entry *e, const enum ima_field_kind *kinds)
{
    for (size_t i = 0; i < e->count; i++) {
        if (kinds[i] == IMA_N || kinds[i] == IMA_N_NG)
            return up_to_nul(e->fields[i].data);
    }
    return (struct bytes){NULL, 0};
}

static void hash_check(struct decode *d, const struct ima_entry *e)
{
    bool violation = e->hash.len > 0 && bytes_all(e->hash, 0);

    decode_value_at(d, KEY_IMA_VIOLATION, value_bool(violation), e->hash_span);
    if (violation)
        return;
    bool verified = hash_matches(e);

    decode_value_at(d, KEY_IMA_VERIFIED, value_bool(verified), e->hash_span);
    if (!verified)
        decode_fault(d, FAULT_DIGEST_MISMATCH, e->span.offset);
}

void ima_entry_decode(struct decode *d, const struct ima_entry *e)
{
    enum ima_field_kind kinds[IMA_FIELDS_MAX];
    size_t known = ima_template_kinds(e->template_name, kinds);

    for (size_t i = known; i < IMA_FIELDS_MAX; i++)
        kinds[i] = IMA_UNKNOWN;
    struct bytes name = entry_name(e, kinds);
    bool aggregate = bytes_equal_text(name, "boot_aggregate");

    decode_open_bytes(d, ITEM_MAP, name.len > 0 ? name : bytes_of("unnamed"));
    decode_value_at(d, KEY_IMA_PCR, value_uint(e->pcr), e->pcr_span);
    decode_value_at(d, KEY_IMA_TEMPLATE, value_text(e->template_name), e->name_span);
    decode_value_at(d, KEY_IMA_TEMPLATE_HASH, value_bytes(e->hash), e->hash_span);
    if (known == 0)
        decode_fault(d, FAULT_BAD_VALUE, e->span.offset);
    else if (known != e->count)
        decode_fault(d, FAULT_BAD_COUNT, e->span.offset);
    hash_check(d, e);
    for (size_t i = 0; i < e->count; i++)
        field_decode(d, &e->fields[i], kinds[i], aggregate);
    decode_close(d);
}
