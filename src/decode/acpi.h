/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the files that decode ACPI tables. A body function is called with `in` narrowed to
 * what follows the table's 36-byte header (FACS and RSDP: to the whole table), in the table's
 * container.
 */
#ifndef ASSAY_DECODE_ACPI_H
#define ASSAY_DECODE_ACPI_H

#include "decode/decode.h"

#define ACPI_ROWS(rows) rows, ARRAY_LEN(rows)

enum {
    ACPI_HEADER_SIZE = 36,
    ACPI_REGISTER_SIZE = 12
};

/* A kind of structure in a table of structures. */
struct acpi_entry {
    const char *name;         /* of its container; with an identity, "name:identity" */
    const struct field *rows; /* what follows type and length */
    size_t count;
    uint16_t type;
    uint8_t id_at;    /* offset of the identity in the structure */
    uint8_t id_width; /* bytes of the identity; 0: it has none */
    bool grows;       /* later revisions append fields */
};

/*
 * How a structure states its type and length: bytes of the type, of what stands between, of the
 * length. `unknown` is the key for the digest of what no row reads.
 */
struct acpi_entry_head {
    uint8_t type;
    uint8_t gap;
    uint8_t length;
    enum key_id unknown;
};

/* Called after the rows of each structure, inside it, for what rows cannot say. May be NULL. */
typedef void acpi_entry_tail(struct decode *d, uint32_t type);

/*
 * Reads structures until the bytes end. A structure of a type that `kinds` lacks is claimed by
 * digest. A length that is too small or too large is a fault and ends the reading.
 */
void acpi_entries(struct decode *d, const struct acpi_entry *kinds, size_t count,
                  struct acpi_entry_head head, acpi_entry_tail *tail);

/* A generic address structure (ACPI 6.5, 5.2.3.2) in a container `name`; `address` is the key
 * of its address. */
void acpi_register(struct decode *d, const char *name, enum key_id address);

/* Claims by digest what is left of `in`, if anything. */
void acpi_rest(struct decode *d, enum key_id key);

void acpi_rsdp(struct decode *d);
void acpi_rsdt(struct decode *d);
void acpi_xsdt(struct decode *d);
void acpi_fadt(struct decode *d);
void acpi_facs(struct decode *d);
void acpi_madt(struct decode *d);
void acpi_mcfg(struct decode *d);
void acpi_srat(struct decode *d);
void acpi_slit(struct decode *d);
void acpi_hpet(struct decode *d);
void acpi_dmar(struct decode *d);
void acpi_ivrs(struct decode *d);
void acpi_tpm2(struct decode *d);
void acpi_tcpa(struct decode *d);
void acpi_wpbt(struct decode *d);
void acpi_bgrt(struct decode *d);
void acpi_spcr(struct decode *d);
void acpi_dbg2(struct decode *d);
void acpi_waet(struct decode *d);
void acpi_wsmt(struct decode *d);
void acpi_spmi(struct decode *d);
void acpi_fpdt(struct decode *d);

/* FBPT and S3PT, of which `in` is all. */
void acpi_performance(struct decode *d);

void acpi_uefi(struct decode *d);
void acpi_bert(struct decode *d);
void acpi_hest(struct decode *d);
void acpi_erst(struct decode *d);
void acpi_einj(struct decode *d);

/* DSDT, SSDT, PSDT: the definitions at the top level of the AML code (ACPI 6.5, 20.2). */
void acpi_aml(struct decode *d);

/* A table whose content belongs to one machine (a licence key, for one). */
void acpi_unique(struct decode *d);

#endif
