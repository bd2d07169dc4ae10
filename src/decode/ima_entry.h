/* SPDX-License-Identifier: Apache-2.0 */
/* What an entry of the kernel's measurement list says, whether it came as bytes or as text. */
#ifndef ASSAY_DECODE_IMA_ENTRY_H
#define ASSAY_DECODE_IMA_ENTRY_H

#include "decode/decode.h"

enum {
    IMA_FIELDS_MAX = 16,
};

/* Kinds of template field (Documentation/security/IMA-templates.rst). */
enum ima_field_kind {
    IMA_D,      /* SHA-1 or MD5 digest */
    IMA_N,      /* name, at most 255 bytes */
    IMA_D_NG,   /* "sha256:" NUL digest */
    IMA_D_NGV2, /* "ima:sha256:" NUL digest */
    IMA_N_NG,   /* name NUL */
    IMA_SIG,
    IMA_BUF,
    IMA_D_MODSIG,
    IMA_MODSIG_FIELD,
    IMA_EVMSIG,
    IMA_OTHER, /* owner, mode, extended attributes */
    IMA_UNKNOWN,
};

struct ima_field {
    struct bytes data;
    struct span span;
};

struct ima_entry {
    uint32_t pcr;
    struct bytes template_name;
    struct bytes hash; /* template hash; all zero for a violation */
    struct ima_field fields[IMA_FIELDS_MAX];
    size_t count;
    struct span pcr_span;
    struct span hash_span;
    struct span name_span;
    struct span span; /* the whole entry */
};

/* The kinds of the fields of a template; 0 for a template that is not known. */
size_t ima_template_kinds(struct bytes name, enum ima_field_kind ret[IMA_FIELDS_MAX]);

/*
 * Opens a container named by the entry's path, claims the fields, checks the template hash, and
 * closes it again.
 */
void ima_entry_decode(struct decode *d, const struct ima_entry *e);

#endif
