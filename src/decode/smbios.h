/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SMBIOS (DSP0134 3.7): what the decoder of the binary table and that of its text form share.
 * The rows of the tables say of each field where it stands and which label the text form gives
 * it, so that both arrive at the same claims.
 */
#ifndef ASSAY_DECODE_SMBIOS_H
#define ASSAY_DECODE_SMBIOS_H

#include "decode/decode.h"

/* How the bytes of a field become a claim. */
enum smbios_form {
    SM_UINT,     /* (value & mask) >> shift */
    SM_FLAG,     /* as SM_UINT, a truth value */
    SM_BITS,     /* value & mask, a set of named bits */
    SM_UINT_SET, /* value & mask, only when not zero: bits without a meaning */
    SM_INT,      /* 16 bits with a sign */
    SM_STRING,   /* index of a string */
    SM_BYTES,    /* the bytes as they are */
    SM_CHARS,    /* characters up to the first NUL */
    SM_RESERVED, /* bytes, only when one is not zero */
    SM_UUID,
    SM_HANDLE,     /* a handle, and under `other` the name of what it refers to */
    SM_PAIR,       /* two bytes, the second under `other` */
    SM_SEGMENT,    /* real mode segment: times 16 */
    SM_ROM_SIZE,   /* 7.1: 64 KiB units, or the extended size */
    SM_FAMILY,     /* 7.5.2: 0xFE means the second field */
    SM_COUNT,      /* 7.5: 0xFF means the field at `extension` */
    SM_VOLTAGE,    /* 7.5.4: tenths of a volt, or legacy capabilities under `other` */
    SM_POWER_MB,   /* 2 to the n megabytes */
    SM_CACHE_SIZE, /* 7.8: 1 or 64 KiB units, or the field at `extension` */
    SM_CAPACITY,   /* 7.17: KiB, or the extended field in bytes */
    SM_DIMM_SIZE,  /* 7.18: MiB or KiB, or the extended field in MiB */
    SM_SPEED,      /* 7.18.4: 0xFFFF means the field at `extension` */
    SM_START,      /* 7.20: KiB, or the field at `extension` in bytes */
    SM_END,        /* as SM_START, of the last byte */
    SM_MULTIPLIED, /* 7.23: times the byte at `extension` */
};

struct smbios_row {
    enum key_id key;
    enum key_id other;
    enum smbios_form form;
    uint8_t offset; /* in the structure */
    uint8_t width;  /* in bytes */
    uint8_t shift;
    uint8_t extension; /* offset of the field that takes over, 0 for none */
    uint64_t mask;
    const char *label; /* in the text form; NULL: not there, or not in this form */
};

struct smbios_type {
    uint8_t number;
    uint8_t minimum;   /* shortest formatted area that the specification knows */
    uint8_t identity;  /* offset of the string that tells structures of this type apart, or 0 */
    const char *name;  /* of the container */
    const char *title; /* in the text form */
    const struct smbios_row *rows;
    size_t row_count;
};

extern const struct smbios_type smbios_types_low[];
extern const size_t smbios_types_low_count;
extern const struct smbios_type smbios_types_high[];
extern const size_t smbios_types_high_count;

enum {
    SMBIOS_HEADER = 4,
    SMBIOS_STRINGS_MAX = 255,
    SMBIOS_BIOS = 0,
    SMBIOS_SYSTEM = 1,
    SMBIOS_BASEBOARD = 2,
    SMBIOS_CHASSIS = 3,
    SMBIOS_PROCESSOR = 4,
    SMBIOS_MEMORY_CONTROLLER = 5,
    SMBIOS_CACHE = 7,
    SMBIOS_PORT = 8,
    SMBIOS_SLOT = 9,
    SMBIOS_ONBOARD_DEVICES = 10,
    SMBIOS_OEM_STRINGS = 11,
    SMBIOS_OPTIONS = 12,
    SMBIOS_LANGUAGE = 13,
    SMBIOS_GROUP = 14,
    SMBIOS_EVENT_LOG = 15,
    SMBIOS_MEMORY_ARRAY = 16,
    SMBIOS_MEMORY_DEVICE = 17,
    SMBIOS_MEMORY_RANGE = 19,
    SMBIOS_DEVICE_RANGE = 20,
    SMBIOS_BATTERY = 22,
    SMBIOS_BOOT_STATUS = 32,
    SMBIOS_MEMORY_CHANNEL = 37,
    SMBIOS_IPMI = 38,
    SMBIOS_POWER_SUPPLY = 39,
    SMBIOS_ADDITIONAL = 40,
    SMBIOS_ONBOARD_DEVICE = 41,
    SMBIOS_HOST_INTERFACE = 42,
    SMBIOS_TPM = 43,
    SMBIOS_PROCESSOR_ADDITIONAL = 44,
    SMBIOS_FIRMWARE = 45,
    SMBIOS_INACTIVE = 126,
    SMBIOS_END = 127,
    SMBIOS_OEM = 128, /* the first of the types that makers define */
};

/* The row of a type, or NULL for one that the specification does not define. */
const struct smbios_type *smbios_type_find(unsigned number);

/*
 * The name of a structure's container: the type's, and the identity after a colon if there is
 * one. `type` NULL: a type that only its maker knows ("oem-221"). In the arena.
 */
struct bytes smbios_name(struct arena *a, const struct smbios_type *type, unsigned number,
                         struct bytes identity);

/* A structure as found before anything in it is read. */
struct smbios_entry {
    uint16_t handle;
    uint8_t type;
    bool duplicate; /* an earlier structure has its handle */
    bool unterminated;
    size_t offset; /* in the table or text */
    size_t fields; /* length of the formatted area; text form: stated length */
    size_t total;  /* with strings and terminator */
    struct bytes name;
};

/* The structures of a table in order, and the way from a handle to one. */
struct smbios_index {
    struct arena *arena;
    struct smbios_entry *entries;
    size_t count;
    size_t capacity;
    uint32_t *slots; /* hash of handles: entry number plus one, 0 free */
    size_t slot_count;
};

void smbios_index_add(struct smbios_index *x, struct smbios_entry e);

/* To be called once, when all entries are there. Marks duplicates. */
void smbios_index_finish(struct smbios_index *x);

/* NULL when no structure has this handle. */
const struct smbios_entry *smbios_index_find(const struct smbios_index *x, uint16_t handle);

/* Names a mapped range (type 20) after the memory device to which it refers. */
void smbios_index_name_range(const struct smbios_index *x, struct smbios_entry *e,
                             uint16_t device);

/* A structure that is being read. `in` of the decode is narrowed to it. */
struct smbios_structure {
    struct decode *d;
    const struct smbios_index *index;
    const struct smbios_entry *entry;
    const struct smbios_type *type;
    struct bytes fields;                          /* the formatted area, with its header */
    struct bytes strings[SMBIOS_STRINGS_MAX + 1]; /* from 1 */
    unsigned string_count;
    bool used[SMBIOS_STRINGS_MAX + 1];
    size_t known;         /* fields before this offset are explained */
    bool uuid_big_endian; /* a table before 2.6 */
};

/* Little-endian integer of `width` bytes at `offset` of the formatted area; false if not there.
 */
bool smbios_field(const struct smbios_structure *s, size_t offset, unsigned width,
                  uint64_t *ret);

/*
 * The address at `offset` of a mapped range, in bytes: in KiB there (the last one to its end),
 * or in the field at `extension`. False when that is not there.
 */
bool smbios_address(const struct smbios_structure *s, size_t offset, size_t extension,
                    bool last, uint64_t *ret);

/* Claims what the rows of the structure's type state. */
void smbios_rows(struct smbios_structure *s);

/* Claims what no row can state: repeated groups, and what depends on other fields. */
void smbios_tail(struct smbios_structure *s);

/* The part of smbios_tail() for type 42, which has records inside records (DSP0270 chapter 8).
 */
void smbios_host_interface(struct smbios_structure *s);

/* A claim over `width` bytes at `offset` of the formatted area. */
void smbios_claim(struct smbios_structure *s, enum key_id key, struct value v, size_t offset,
                  size_t width);

/* A claim of the string whose index stands at `offset`; none for index 0, a fault if it lies.
 */
void smbios_claim_string(struct smbios_structure *s, enum key_id key, size_t offset);

/* The handle at `offset` under `key`, and the name of what it refers to under `target`. */
void smbios_claim_handle(struct smbios_structure *s, enum key_id key, enum key_id target,
                         size_t offset);

#endif
