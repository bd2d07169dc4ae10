/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stores of UEFI variables have in common: a store is a map of the variables that count,
 * by GUID and name, whatever their order and place; beside it a bag of deleted ones, and free
 * space.
 */
#ifndef ASSAY_DECODE_NVRAM_H
#define ASSAY_DECODE_NVRAM_H

#include "decode/decode.h"

struct nvram_name {
    struct bytes guid; /* canonical text */
    struct bytes name; /* UTF-8 */
};

/*
 * The name of a variable from its 16 bytes of GUID and its UTF-16 name, in the arena. Where the
 * name cannot be read, *ret_fault says why; it stays as it was otherwise.
 */
struct nvram_name nvram_name_of(struct arena *a, struct bytes guid, struct bytes utf16,
                                enum fault_id *ret_fault);

/* Opens the container of a variable that counts. decode_close() closes it. */
void nvram_open(struct decode *d, const struct nvram_name *n);

/* The value of the variable, which is all that is left of d->in, into its container. */
void nvram_value(struct decode *d, const struct nvram_name *n);

/*
 * A deleted variable (its whole record is all of d->in) into the bag "deleted", which the
 * caller has opened.
 */
void nvram_deleted(struct decode *d, const struct nvram_name *n);

/* What is left of d->in as free space: erased, or written where nothing should be. */
void nvram_free_space(struct decode *d);

/*
 * Filling between variables: `n` bytes of padding, which is claimed when it is not erased.
 * Takes what there is when there is less.
 */
void nvram_filling(struct decode *d, size_t n);

/* EFI_TIME of 16 bytes; nothing is stated when it is zero. */
void nvram_time(struct decode *d);

#endif
