/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/bmc_layout.h"

#include "decode/bmc_part.h"

/* Where a part at `at` belongs in the order. */
static size_t order_of(const struct bmc_layout *l, uint64_t at)
{
    size_t i = l->count;

    while (i > 0 && l->parts[i - 1].at >= at)
        i--;
    return i;
}

static bool inside(const struct decode *d, uint64_t at, uint64_t length)
{
    size_t all = d->in.all.len;

    return length > 0 && at <= all && length <= all - at;
}

static bool is_free(const struct bmc_layout *l, size_t i, uint64_t at, uint64_t length)
{
    bool behind = i == 0 || l->parts[i - 1].at + l->parts[i - 1].length <= at;
    bool before = i == l->count || at + length <= l->parts[i].at;

    return behind && before;
}

bool bmc_try(const struct decode *d, struct bmc_layout *l, uint64_t at, uint64_t length)
{
    if (!inside(d, at, length) || l->count == BMC_PARTS_MAX)
        return false;
    size_t i = order_of(l, at);

    if (!is_free(l, i, at, length))
        return false;
    for (size_t k = l->count; k > i; k--)
        l->parts[k] = l->parts[k - 1];
    l->parts[i] = (struct bmc_place){(size_t)at, (size_t)length};
    l->count++;
    return true;
}

bool bmc_take(struct decode *d, struct bmc_layout *l, uint64_t at, uint64_t length,
              uint64_t stated)
{
    if (bmc_try(d, l, at, length))
        return true;
    if (!inside(d, at, length))
        decode_fault(d, FAULT_BAD_REFERENCE, stated);
    else
        decode_fault(d, l->count == BMC_PARTS_MAX ? FAULT_LIMIT : FAULT_OVERLAP, stated);
    return false;
}

void bmc_gaps(struct decode *d, const struct bmc_layout *l)
{
    size_t at = 0;

    for (size_t i = 0; i < l->count; i++) {
        bmc_gap(d, bmc_span(d, at, l->parts[i].at - at));
        at = l->parts[i].at + l->parts[i].length;
    }
    bmc_gap(d, bmc_span(d, at, d->in.all.len - at));
}
