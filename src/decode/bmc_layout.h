/* SPDX-License-Identifier: Apache-2.0 */
/* Which bytes of an image are taken by its parts, so that the others can be stated. */
#ifndef ASSAY_DECODE_BMC_LAYOUT_H
#define ASSAY_DECODE_BMC_LAYOUT_H

#include "decode/decode.h"

enum {
    BMC_PARTS_MAX = 1024
};

struct bmc_place {
    size_t at;
    size_t length;
};

/* Parts that do not overlap, in the order of their places. */
struct bmc_layout {
    struct bmc_place parts[BMC_PARTS_MAX];
    size_t count;
};

/*
 * Takes bytes of `d->in.all`. False, with the fault that says why at offset `stated` of the
 * blob, where they do not lie in it (`bad-reference`), another part has some of them
 * (`overlap`) or there are too many parts (`limit`).
 */
bool bmc_take(struct decode *d, struct bmc_layout *l, uint64_t at, uint64_t length,
              uint64_t stated);

/* As bmc_take, without a fault. */
bool bmc_try(const struct decode *d, struct bmc_layout *l, uint64_t at, uint64_t length);

/* States all bytes that no part took, as bmc_gap() does. */
void bmc_gaps(struct decode *d, const struct bmc_layout *l);

#endif
