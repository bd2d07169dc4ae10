/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text form of SMBIOS tables, as inventories keep it: a line "Handle 0x…, DMI type …, …
 * bytes" for each structure, a title, and fields indented by a tab; what belongs to a field is
 * indented by two.
 */
#ifndef ASSAY_DECODE_DMIDECODE_H
#define ASSAY_DECODE_DMIDECODE_H

#include "decode/smbios.h"

/* A structure of the text that is being read. `in` of the decode is narrowed to it. */
struct dmi_text {
    struct decode *d;
    const struct smbios_index *index;
    const struct smbios_entry *entry;
    const struct smbios_type *type; /* NULL: known to its maker only */
};

/* A field: one line, and the lines that belong to it. */
struct dmi_line {
    struct bytes whole; /* without the line end */
    struct bytes label; /* before the colon */
    struct bytes value; /* after the colon and its blank, as found */
    struct bytes items; /* the lines of the list below, or empty */
};

/* Cuts the next line of a list off the front of `rest`, without its indentation. */
bool dmi_item(struct bytes *rest, struct bytes *ret);

/* The field at the front of `rest`; false at the end or at a line that is none. */
bool dmi_line(struct bytes *rest, struct dmi_line *ret);

/* A claim whose bytes are those of `where`, a part of the structure's text. */
void dmi_claim(struct dmi_text *t, enum key_id key, struct value v, struct bytes where);

/* Claims a handle, and the name of what it refers to. */
void dmi_claim_handle(struct dmi_text *t, enum key_id key, enum key_id target, uint64_t handle,
                      struct bytes where);

/* The number that a key's names give this text; false if none does. */
bool dmi_name_value(enum key_id key, struct bytes text, uint64_t *ret);

/* A handle written as 0x0012. */
bool dmi_handle_value(struct bytes text, uint64_t *ret);

/* Claims an unsigned number, or its name; false if the text is neither. */
bool dmi_claim_number(struct dmi_text *t, enum key_id key, struct bytes text,
                      struct bytes where);

/* Claims a text unless it stands for none or was blanked out. */
void dmi_claim_text(struct dmi_text *t, enum key_id key, struct bytes text, struct bytes where);

/* Claims what the rows with the line's label state. False if the text cannot be taken back. */
bool dmi_rows(struct dmi_text *t, const struct dmi_line *l);

/* As dmi_rows, for lines that state several fields or repeated groups. */
bool dmi_special(struct dmi_text *t, const struct dmi_line *l);

/* Whether a structure's text is a dump of its bytes instead of fields. */
bool dmi_hex_is(struct bytes structure);

/*
 * Puts a table together from the dumps of all structures and hands it to the decoder of binary
 * ones; a structure of which the text does not hold every byte is a fault and left out.
 */
void dmi_hex_table(struct decode *d, const struct smbios_index *x);

/* Whether a value was blanked out before the text was given away. */
bool dmi_blanked(struct bytes text);

#endif
