/* SPDX-License-Identifier: Apache-2.0 */
/* What the data of a TCG event says, by its type. PC Client Platform Firmware
 * Profile 1.06, 10.4. */
#ifndef ASSAY_DECODE_TCG_EVENT_DATA_H
#define ASSAY_DECODE_TCG_EVENT_DATA_H

#include "decode/decode.h"
#include "decode/tcg_log.h"

/* What the digest of an event covers by its specification. */
enum tcg_measure {
    MEASURE_OTHER, /* something else: a PE image, firmware, a table; the data only describes it
                    */
    MEASURE_NOTHING,  /* the event is not extended and its digest is zero */
    MEASURE_DATA,     /* the event data; anything else is a fault */
    MEASURE_NONCE,    /* as MEASURE_DATA; the data and so the digest differ at every boot */
    MEASURE_VARIABLE, /* the event data, or the variable's value alone; anything else is a fault
                       */
    MEASURE_MAYBE,    /* the event data, with many producers that measure something else */
    MEASURE_TEXT,     /* the event data, a text without its end, or what follows its label */
    MEASURE_TAG,      /* the event data, the tagged data, or something that the tag names */
};

/* What the digest was found to cover: names in eventlog.def. */
enum tcg_covers {
    COVERS_OTHER,
    COVERS_DATA,
    COVERS_VARIABLE,
    COVERS_AFTER_LABEL,
    COVERS_TEXT,
    COVERS_TAGGED,
};

/* An event type; rows for all that the specification defines. */
struct tcg_type {
    uint32_t type;
    const char *name; /* of the container */
    enum tcg_measure measure;
    bool (*decode)(struct decode *d); /* see tcg_data_decode() */
};

/* The row of a type; for an unknown one a row named "event". Never NULL. */
const struct tcg_type *tcg_type_find(uint32_t type);

/* The row of an event that extended an index of non-volatile memory; else NULL (tcg_nv.c). */
const struct tcg_type *tcg_nv_type_find(const struct tcg_event *e);

/*
 * The name of an event's container: its type, and the identity of what it measures where that
 * has one ("variable:8be4df61-…:SecureBoot"). In the arena.
 */
struct bytes tcg_event_name(const struct tcg_event *e, struct arena *a);

/* The value of the variable in UEFI_VARIABLE_DATA, empty if the sizes do not fit. */
struct bytes tcg_variable_value(struct bytes data);

/*
 * Claims what the event data says; it takes all of d->in. Returns whether it holds something
 * unique to one machine, so that its digest is unique too.
 */
bool tcg_data_decode(struct decode *d, const struct tcg_type *row);

/* EV_EFI_SPDM_FIRMWARE_BLOB and _CONFIG (tcg_spdm.c). */
bool tcg_spdm_decode(struct decode *d);

/* EV_EFI_GPT_EVENT and EV_EFI_GPT_EVENT2 (tcg_event_gpt.c). */
bool tcg_gpt_decode(struct decode *d);

/* What is left of the event data, not taken. */
struct bytes tcg_data_rest(const struct decode *d);

/* Takes what should not be there after a structure: a fault. */
void tcg_trailing_decode(struct decode *d);

/* Event data of no known form: text, a few bytes, or a digest. Takes all that is left. */
bool tcg_opaque_decode(struct decode *d);

#endif
