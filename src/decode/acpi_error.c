/* SPDX-License-Identifier: Apache-2.0 */
/* ACPI 6.5, 18.3.1 (BERT), 18.3.2 (HEST), 18.5 (ERST), 18.6 (EINJ). */
#include "decode/acpi.h"

static const struct field bert[] = {
    {KEY_ACPI_BERT_LENGTH,  F_U32LE, 0, 0},
    {KEY_ACPI_BERT_ADDRESS, F_U64LE, 0, 0},
};

void acpi_bert(struct decode *d)
{
    decode_fields(d, ACPI_ROWS(bert));
}

static const struct field source_head[] = {
    {KEY_ACPI_ENTRY_TYPE,  F_U16LE, 0, 0},
    {KEY_ACPI_HEST_SOURCE, F_U16LE, 0, 0},
};

#define SOURCE_COMMON                                                                          \
    {KEY_NONE, F_RESERVED, 2, 0}, {KEY_ACPI_HEST_FLAGS, F_U8, 0, 0},                           \
        {KEY_ACPI_HEST_ENABLED, F_U8, 0, 0}, {KEY_ACPI_HEST_RECORDS, F_U32LE, 0, 0},           \
    {                                                                                          \
        KEY_ACPI_HEST_SECTIONS, F_U32LE, 0, 0                                                  \
    }

#define NOTIFICATION                                                                           \
    {KEY_ACPI_HEST_NOTIFY, F_U8, 0, 0}, {KEY_ACPI_HEST_NOTIFY_LENGTH, F_U8, 0, 0},             \
        {KEY_ACPI_HEST_NOTIFY_WRITE, F_U16LE, 0, 0}, {KEY_ACPI_HEST_POLL, F_U32LE, 0, 0},      \
        {KEY_ACPI_HEST_VECTOR, F_U32LE, 0, 0},                                                 \
    {                                                                                          \
        KEY_ACPI_HEST_THRESHOLDS, F_BYTES, 16, 0                                               \
    }

static const struct field machine_check[] = {
    SOURCE_COMMON,
    {KEY_ACPI_HEST_CAPABILITY, F_U64LE,    0, 0},
    {KEY_ACPI_HEST_CONTROL,    F_U64LE,    0, 0},
    {KEY_ACPI_HEST_BANKS,      F_U8,       0, 0},
    {KEY_NONE,                 F_RESERVED, 7, 0},
};

static const struct field corrected_check[] = {
    SOURCE_COMMON,
    NOTIFICATION,
    {KEY_ACPI_HEST_BANKS, F_U8,       0, 0},
    {KEY_NONE,            F_RESERVED, 3, 0},
};

static const struct field nmi[] = {
    {KEY_NONE,               F_RESERVED, 4, 0},
    {KEY_ACPI_HEST_RECORDS,  F_U32LE,    0, 0},
    {KEY_ACPI_HEST_SECTIONS, F_U32LE,    0, 0},
    {KEY_ACPI_HEST_RAW,      F_U32LE,    0, 0},
};

#define AER_COMMON                                                                             \
    SOURCE_COMMON, {KEY_ACPI_HEST_BUS, F_U32LE, 0, 0}, {KEY_ACPI_HEST_DEVICE, F_U16LE, 0, 0},  \
        {KEY_ACPI_HEST_FUNCTION, F_U16LE, 0, 0},                                               \
        {KEY_ACPI_HEST_DEVICE_CONTROL, F_U16LE, 0, 0}, {KEY_NONE, F_RESERVED, 2, 0},           \
        {KEY_ACPI_HEST_MASK, F_U32LE, 0, 0}, {KEY_ACPI_HEST_SEVERITY, F_U32LE, 0, 0},          \
        {KEY_ACPI_HEST_CORRECTABLE, F_U32LE, 0, 0},                                            \
    {                                                                                          \
        KEY_ACPI_HEST_ADVANCED, F_U32LE, 0, 0                                                  \
    }

static const struct field aer_root[] = {
    AER_COMMON,
    {KEY_ACPI_HEST_ROOT, F_U32LE, 0, 0},
};

static const struct field aer_endpoint[] = {AER_COMMON};

static const struct field aer_bridge[] = {
    AER_COMMON,
    {KEY_ACPI_HEST_MASK2,     F_U32LE, 0, 0},
    {KEY_ACPI_HEST_SEVERITY2, F_U32LE, 0, 0},
    {KEY_ACPI_HEST_ADVANCED2, F_U32LE, 0, 0},
};

static const struct field generic_first[] = {
    {KEY_ACPI_HEST_RELATED,  F_U16LE, 0, 0},
    {KEY_ACPI_HEST_FLAGS,    F_U8,    0, 0},
    {KEY_ACPI_HEST_ENABLED,  F_U8,    0, 0},
    {KEY_ACPI_HEST_RECORDS,  F_U32LE, 0, 0},
    {KEY_ACPI_HEST_SECTIONS, F_U32LE, 0, 0},
    {KEY_ACPI_HEST_RAW,      F_U32LE, 0, 0},
};

static const struct field generic_second[] = {
    NOTIFICATION,
    {KEY_ACPI_HEST_BLOCK, F_U32LE, 0, 0},
};

static const struct field generic_third[] = {
    {KEY_ACPI_HEST_ACK_PRESERVE, F_U64LE, 0, 0},
    {KEY_ACPI_HEST_ACK_WRITE,    F_U64LE, 0, 0},
};

/* Error sources state no length: it follows from the type and the number of banks. */
static const struct source {
    const char *name;
    const struct field *rows;
    size_t count;
    uint16_t type;
    uint16_t size;    /* with type and id, without banks */
    uint16_t bank_at; /* where the number of banks stands, or 0 */
} sources[] = {
    {"machine-check",           ACPI_ROWS(machine_check),   0,  40, 32},
    {"corrected-machine-check", ACPI_ROWS(corrected_check), 1,  48, 44},
    {"nmi",                     ACPI_ROWS(nmi),             2,  20, 0 },
    {"aer-root-port",           ACPI_ROWS(aer_root),        6,  48, 0 },
    {"aer-endpoint",            ACPI_ROWS(aer_endpoint),    7,  44, 0 },
    {"aer-bridge",              ACPI_ROWS(aer_bridge),      8,  56, 0 },
    {"generic",                 ACPI_ROWS(generic_first),   9,  64, 0 },
    {"generic-2",               ACPI_ROWS(generic_first),   10, 92, 0 },
    {"deferred-machine-check",  ACPI_ROWS(corrected_check), 11, 48, 44},
};

enum {
    BANK_SIZE = 28,
    INSTRUCTION_SIZE = 32
};

static void source_read(struct decode *d, const struct source *kind)
{
    decode_open(d, ITEM_MAP, "%s", kind->name);
    decode_fields(d, ACPI_ROWS(source_head));
    decode_fields(d, kind->rows, kind->count);
    if (kind->type == 9 || kind->type == 10) {
        acpi_register(d, "error-status", KEY_ACPI_GAS_POINTER);
        decode_fields(d, ACPI_ROWS(generic_second));
    }
    if (kind->type == 10) {
        acpi_register(d, "read-acknowledge", KEY_ACPI_GAS_POINTER);
        decode_fields(d, ACPI_ROWS(generic_third));
    }
    while (reader_left(&d->in) >= BANK_SIZE) {
        size_t from = d->in.pos;
        struct bytes bank = reader_take(&d->in, BANK_SIZE);

        decode_bytes(d, KEY_ACPI_HEST_BANK, bank, from);
    }
    decode_close(d);
}

void acpi_hest(struct decode *d)
{
    static const struct field rows[] = {
        {KEY_ACPI_HEST_COUNT, F_U32LE, 0, 0}
    };
    uint64_t count = decode_fields(d, ACPI_ROWS(rows));
    uint64_t found = 0;

    while (reader_left(&d->in) >= 4) {
        struct reader peek = d->in;
        unsigned type = reader_u16le(&peek);
        const struct source *kind = NULL;

        for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
            if (sources[i].type == type)
                kind = &sources[i];
        }
        if (kind == NULL) {
            decode_fault(d, FAULT_BAD_VALUE, reader_offset(&d->in));
            return;
        }
        size_t size = kind->size;

        if (kind->bank_at > 0) {
            peek = reader_at(&d->in, d->in.pos + kind->bank_at, 1);
            size += (size_t)reader_u8(&peek) * BANK_SIZE;
        }
        decode_enter(d, size);
        source_read(d, kind);
        decode_leave(d);
        found++;
    }
    if (found != count)
        decode_fault(d, FAULT_BAD_COUNT, d->in.base);
}

static const struct field erst_table[] = {
    {KEY_ACPI_SERIAL_HEADER, F_U32LE,    0, 0},
    {KEY_NONE,               F_RESERVED, 4, 0},
    {KEY_ACPI_SERIAL_COUNT,  F_U32LE,    0, 0},
};

static const struct field einj_table[] = {
    {KEY_ACPI_SERIAL_HEADER, F_U32LE,    0, 0},
    {KEY_ACPI_SERIAL_FLAGS,  F_U8,       0, 0},
    {KEY_NONE,               F_RESERVED, 3, 0},
    {KEY_ACPI_SERIAL_COUNT,  F_U32LE,    0, 0},
};

static const struct field instruction[] = {
    {KEY_ACPI_SERIAL_OPCODE,  F_U8,       0, 0},
    {KEY_ACPI_SERIAL_OPFLAGS, F_U8,       0, 0},
    {KEY_NONE,                F_RESERVED, 1, 0},
};

static const struct field operands[] = {
    {KEY_ACPI_SERIAL_VALUE, F_U64LE, 0, 0},
    {KEY_ACPI_SERIAL_MASK,  F_U64LE, 0, 0},
};

/* The actions run in order. */
static void instructions(struct decode *d, uint64_t count, enum key_id action)
{
    const struct field head[] = {
        {action, F_U8, 0, 0}
    };
    uint64_t found = 0;

    decode_open(d, ITEM_LIST, "instructions");
    while (reader_left(&d->in) >= INSTRUCTION_SIZE) {
        decode_enter(d, INSTRUCTION_SIZE);
        decode_open(d, ITEM_MAP, "instruction");
        decode_fields(d, ACPI_ROWS(head));
        decode_fields(d, ACPI_ROWS(instruction));
        acpi_register(d, "register", KEY_ACPI_GAS_POINTER);
        decode_fields(d, ACPI_ROWS(operands));
        decode_close(d);
        decode_leave(d);
        found++;
    }
    decode_close(d);
    if (found != count)
        decode_fault(d, FAULT_BAD_COUNT, d->in.base + 8);
}

void acpi_erst(struct decode *d)
{
    uint64_t count = decode_fields(d, ACPI_ROWS(erst_table));

    instructions(d, count, KEY_ACPI_ERST_ACTION);
}

void acpi_einj(struct decode *d)
{
    uint64_t count = decode_fields(d, ACPI_ROWS(einj_table));

    instructions(d, count, KEY_ACPI_EINJ_ACTION);
}
