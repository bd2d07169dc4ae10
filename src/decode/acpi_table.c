/* SPDX-License-Identifier: Apache-2.0 */
/* ACPI 6.5, 5.2: one table of the ACPI system description, whatever its signature. */
#include "decode/acpi.h"

#include <string.h>

static const struct field header[] = {
    {KEY_ACPI_SIGNATURE,        F_TEXT,  4, 0},
    {KEY_ACPI_LENGTH,           F_U32LE, 0, 0},
    {KEY_ACPI_REVISION,         F_U8,    0, 0},
    {KEY_ACPI_CHECKSUM,         F_U8,    0, 0},
    {KEY_ACPI_OEM_ID,           F_TEXT,  6, 0},
    {KEY_ACPI_OEM_TABLE_ID,     F_TEXT,  8, 0},
    {KEY_ACPI_OEM_REVISION,     F_U32LE, 0, 0},
    {KEY_ACPI_CREATOR_ID,       F_TEXT,  4, 0},
    {KEY_ACPI_CREATOR_REVISION, F_U32LE, 0, 0},
};

static const struct field address_structure[] = {
    {KEY_ACPI_GAS_SPACE,  F_U8, 0, 0},
    {KEY_ACPI_GAS_WIDTH,  F_U8, 0, 0},
    {KEY_ACPI_GAS_OFFSET, F_U8, 0, 0},
    {KEY_ACPI_GAS_ACCESS, F_U8, 0, 0},
};

static const struct body {
    const char *signature;
    void (*decode)(struct decode *d);
} bodies[] = {
    {"RSDT", acpi_rsdt  },
    {"XSDT", acpi_xsdt  },
    {"FACP", acpi_fadt  },
    {"APIC", acpi_madt  },
    {"DSDT", acpi_aml   },
    {"SSDT", acpi_aml   },
    {"PSDT", acpi_aml   },
    {"MCFG", acpi_mcfg  },
    {"SRAT", acpi_srat  },
    {"SLIT", acpi_slit  },
    {"HPET", acpi_hpet  },
    {"DMAR", acpi_dmar  },
    {"IVRS", acpi_ivrs  },
    {"TPM2", acpi_tpm2  },
    {"TCPA", acpi_tcpa  },
    {"WPBT", acpi_wpbt  },
    {"BGRT", acpi_bgrt  },
    {"SPCR", acpi_spcr  },
    {"DBG2", acpi_dbg2  },
    {"WAET", acpi_waet  },
    {"WSMT", acpi_wsmt  },
    {"SPMI", acpi_spmi  },
    {"FPDT", acpi_fpdt  },
    {"UEFI", acpi_uefi  },
    {"BERT", acpi_bert  },
    {"HEST", acpi_hest  },
    {"ERST", acpi_erst  },
    {"EINJ", acpi_einj  },
    {"MSDM", acpi_unique},
};

/* Tables with headers of their own, of at least so many bytes. */
static const struct special {
    struct body body;
    size_t least;
} specials[] = {
    {{"RSD PTR ", acpi_rsdp},    20},
    {{"FACS", acpi_facs},        64},
    {{"FBPT", acpi_performance}, 8 },
    {{"S3PT", acpi_performance}, 8 },
};

/* Signatures that the specification reserves and whose layout is not decoded here. */
static const char *const reserved_signatures[] = {
    "AEST", "AGDI", "APMT", "ASF!", "BDAT", "BGRT", "BOOT", "CCEL", "CDIT", "CEDT", "CPEP",
    "CRAT", "CSRT", "DBGP", "DRTM", "ECDT", "ETDT", "FIDT", "GTDT", "HMAT", "IBFT", "IORT",
    "LPIT", "MCHI", "MPAM", "MPST", "MSCT", "NFIT", "NHLT", "PCCT", "PDTT", "PHAT", "PMTT",
    "PPTT", "PRMT", "RASF", "RGRT", "RHCT", "SBST", "SDEI", "SDEV", "SLIC", "STAO", "SVKL",
    "SWFT", "TDEL", "VFCT", "VIOT", "WDAT", "WDDT", "WDRT", "XENV", "OEMB", "PRAD", "NITR",
};

static const struct body *body_find(struct bytes signature)
{
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        if (bytes_equal_text(signature, bodies[i].signature))
            return &bodies[i];
    }
    return NULL;
}

static const struct special *special_find(struct bytes table)
{
    for (size_t i = 0; i < ARRAY_LEN(specials); i++) {
        if (bytes_starts_with(table, specials[i].body.signature))
            return &specials[i];
    }
    return NULL;
}

static bool signature_reserved(struct bytes signature)
{
    for (size_t i = 0; i < ARRAY_LEN(reserved_signatures); i++) {
        if (bytes_equal_text(signature, reserved_signatures[i]))
            return true;
    }
    return body_find(signature) != NULL || special_find(signature) != NULL;
}

void acpi_register(struct decode *d, const char *name, enum key_id address)
{
    size_t left = reader_left(&d->in);

    decode_enter(d, left < ACPI_REGISTER_SIZE ? left : ACPI_REGISTER_SIZE);
    decode_open(d, ITEM_MAP, "%s", name);
    decode_fields(d, ACPI_ROWS(address_structure));
    size_t from = d->in.pos;
    uint64_t value = reader_u64le(&d->in);

    decode_uint(d, address, value, from);
    decode_leave(d);
    decode_close(d);
}

void acpi_rest(struct decode *d, enum key_id key)
{
    size_t from = d->in.pos;
    struct bytes rest = reader_take(&d->in, reader_left(&d->in));

    if (rest.len > 0)
        decode_digest(d, key, rest, reader_span(&d->in, from));
}

static const struct acpi_entry *entry_find(const struct acpi_entry *kinds, size_t count,
                                           uint32_t type)
{
    for (size_t i = 0; i < count; i++) {
        if (kinds[i].type == type)
            return &kinds[i];
    }
    return NULL;
}

static unsigned head_length(struct acpi_entry_head head)
{
    return (unsigned)head.type + head.gap + head.length;
}

/* One structure; `in` is narrowed to it and stands at its start. */
static void entry_read(struct decode *d, const struct acpi_entry *kind, uint32_t type,
                       struct acpi_entry_head head, acpi_entry_tail *tail)
{
    if (kind == NULL) {
        decode_open(d, ITEM_MAP, "type-%u", type);
        acpi_rest(d, head.unknown);
        decode_close(d);
        return;
    }
    struct reader id = reader_at(&d->in, kind->id_at, kind->id_width);
    uint64_t identity = reader_uint(&id, kind->id_width, false);

    if (kind->id_width > 0)
        decode_open(d, ITEM_MAP, "%s:%llu", kind->name, (unsigned long long)identity);
    else
        decode_open(d, ITEM_MAP, "%s", kind->name);
    const struct field skip_head[] = {
        {KEY_NONE, F_SKIP, head_length(head), 0}
    };

    decode_fields(d, ACPI_ROWS(skip_head));
    if (kind->grows)
        decode_fields_grow(d, kind->rows, kind->count);
    else
        decode_fields(d, kind->rows, kind->count);
    if (tail != NULL)
        tail(d, type);
    acpi_rest(d, head.unknown);
    decode_close(d);
}

void acpi_entries(struct decode *d, const struct acpi_entry *kinds, size_t count,
                  struct acpi_entry_head head, acpi_entry_tail *tail)
{
    while (reader_more(&d->in)) {
        struct reader peek = d->in;
        uint32_t type = (uint32_t)reader_uint(&peek, head.type, false);

        (void)reader_take(&peek, head.gap);
        size_t length = (size_t)reader_uint(&peek, head.length, false);

        if (length < head_length(head) || length > reader_left(&d->in)) {
            decode_fault(d, FAULT_BAD_LENGTH, reader_offset(&d->in) + head.type + head.gap);
            return;
        }
        decode_enter(d, length);
        entry_read(d, entry_find(kinds, count, type), type, head, tail);
        decode_leave(d);
    }
}

void acpi_unique(struct decode *d)
{
    size_t from = d->in.pos;
    struct bytes body = reader_take(&d->in, reader_left(&d->in));

    decode_digest(d, KEY_ACPI_UNIQUE_BODY, body, reader_span(&d->in, from));
}

static void opaque(struct decode *d)
{
    size_t from = d->in.pos;
    struct bytes body = reader_take(&d->in, reader_left(&d->in));

    if (body.len > 0)
        decode_digest(d, KEY_ACPI_BODY, body, reader_span(&d->in, from));
}

/*
 * The digest over the table as found, and the one that like machines share: every claim of a
 * free or unique key made so far gives the bytes to blank.
 */
static void table_digests(struct decode *d, struct bytes table, struct span whole)
{
    uint8_t *copy = arena_alloc(d->arena, table.len + 1);

    for (size_t i = 0; i < table.len; i++)
        copy[i] = table.data[i];
    for (size_t i = d->first_item; i < d->out->item_count; i++) {
        const struct item *item = &d->out->items[i];

        if (item->kind != ITEM_CLAIM || item->span.blob != whole.blob ||
            item->span.offset < whole.offset ||
            item->span.offset + item->span.length > whole.offset + table.len)
            continue;
        enum expectation e = key_get(item->key)->expectation;

        if (e == EXPECT_FREE || e == EXPECT_OWN)
            memset(copy + (item->span.offset - whole.offset), 0, (size_t)item->span.length);
    }
    decode_digest(d, KEY_ACPI_DIGEST, table, whole);
    decode_digest(d, KEY_ACPI_DIGEST_FIXED, (struct bytes){copy, table.len}, whole);
}

/* Tables of which a machine may have several are told apart by what their maker calls them. */
static void table_open(struct decode *d, struct bytes table)
{
    struct bytes signature = bytes_slice(table, 0, 4);
    struct bytes oem_table = bytes_trim(bytes_slice(table, 16, 8));
    struct text name;

    text_init(&name, d->arena, 64);
    if (bytes_starts_with(table, "RSD PTR ")) {
        text_puts(&name, "RSDP");
    } else {
        text_add(&name, bytes_trim(signature));
        if (bytes_equal_text(signature, "SSDT") || bytes_equal_text(signature, "PSDT") ||
            bytes_starts_with(signature, "OEM") || bytes_equal_text(signature, "UEFI")) {
            text_char(&name, ':');
            text_add(&name, oem_table);
        }
    }
    decode_open_bytes(d, ITEM_MAP, text_bytes(&name));
}

/* A table with the common header; `length` is what it states and what is there of it. */
static void table_common(struct decode *d, struct bytes table, size_t from)
{
    const struct body *body = body_find(bytes_slice(table, 0, 4));

    decode_fields(d, ACPI_ROWS(header));
    if (sum8(table) != 0)
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + from + 9);
    decode_enter(d, table.len - ACPI_HEADER_SIZE);
    if (body != NULL)
        body->decode(d);
    else
        opaque(d);
    acpi_rest(d, KEY_ACPI_ENTRY_DATA);
    decode_leave(d);
}

/* The length that the bytes state, or 0 if they do not reach so far. */
static size_t stated_length(struct bytes b)
{
    bool root = bytes_starts_with(b, "RSD PTR ");
    struct reader r = reader_of(b, 0, 0);

    if (!root) {
        reader_seek(&r, 4);
        return reader_u32le(&r);
    }
    reader_seek(&r, 15);
    if (reader_u8(&r) < 2)
        return 20;
    (void)reader_u32le(&r);
    return reader_u32le(&r);
}

static void decode(struct decode *d)
{
    size_t from = d->in.pos;
    struct bytes all = bytes_slice(d->in.all, from, reader_left(&d->in));
    bool root = bytes_starts_with(all, "RSD PTR ");
    const struct special *special = special_find(all);
    size_t length = stated_length(all);
    size_t least = special != NULL ? special->least : ACPI_HEADER_SIZE;

    table_open(d, all);
    if (length < least) {
        if (all.len < 24 && root)
            decode_fault(d, FAULT_TRUNCATED, d->in.base + from + all.len);
        else
            decode_fault(d, FAULT_BAD_LENGTH, d->in.base + from + (root ? 20 : 4));
        acpi_rest(d, KEY_ACPI_ENTRY_DATA);
        decode_close(d);
        return;
    }
    if (length > all.len)
        decode_fault(d, FAULT_TRUNCATED, d->in.base + from + all.len);
    struct bytes table = bytes_slice(all, 0, length);

    if (special != NULL) {
        decode_enter(d, table.len);
        special->body.decode(d);
        acpi_rest(d, KEY_ACPI_ENTRY_DATA);
        decode_leave(d);
    } else if (length <= all.len) {
        table_common(d, table, from);
    } else {
        decode_fields(d, ACPI_ROWS(header));
    }
    if (d->in.failed) {
        decode_close(d);
        return;
    }
    table_digests(d, table, (struct span){d->in.blob, d->in.base + from, table.len});
    if (table.len < all.len) {
        decode_fault(d, FAULT_TRAILING, d->in.base + from + table.len);
        reader_seek(&d->in, from + table.len);
        acpi_rest(d, KEY_ACPI_ENTRY_DATA);
    }
    decode_close(d);
}

static bool signature_like(struct bytes b)
{
    for (size_t i = 0; i < 4 && i < b.len; i++) {
        uint8_t c = b.data[i];

        if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '!' ||
              (c == ' ' && i > 0)))
            return false;
    }
    return b.len >= 4;
}

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    if (bytes_starts_with(b, "RSD PTR "))
        return 95;
    if (!signature_like(b))
        return 0;
    bool known = signature_reserved(bytes_slice(b, 0, 4));
    size_t length = stated_length(b);

    const struct special *special = special_find(b);

    if (length == b.len && length >= (special != NULL ? special->least : ACPI_HEADER_SIZE))
        return known || sum8(b) == 0 ? 92 : 60;
    return known && b.len >= 8 && length < (16 << 20) ? 50 : 0;
}

const struct decoder decoder_acpi_table = {
    .name = "acpi-table",
    .title = "ACPI table",
    .spec = "acpi-6.5",
    .min = 8,
    .max = 16 << 20,
    .probe = probe,
    .decode = decode,
};
