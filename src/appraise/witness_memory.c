/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory modules as firmware lists them (SMBIOS type 17) against what their SPD EEPROMs say. No
 * table tells which EEPROM sits in which socket, so both sides are multisets: a serial number
 * that firmware states and no EEPROM holds disagrees with an EEPROM that firmware does not
 * state. Where fewer EEPROMs answered than modules are listed, the rest is coverage.
 */
#include <string.h>

#include "appraise/witness_private.h"

enum {
    SPD_SERIAL_DIGITS = 8
};

struct module {
    uint32_t serial; /* node */
    uint32_t part;   /* node or TREE_NONE */
    uint32_t match;  /* index on the other side, or TREE_NONE */
};

struct modules {
    struct module *rows;
    size_t count;
};

static struct bytes strip_zeros(struct bytes b)
{
    while (b.len > 1 && b.data[0] == '0')
        b = bytes_slice(b, 1, SIZE_MAX);
    return b;
}

static struct bytes turned(struct arena *a, struct bytes digits)
{
    uint8_t *out = arena_alloc(a, digits.len);

    for (size_t i = 0; i + 1 < digits.len; i += 2) {
        out[i] = digits.data[digits.len - 2 - i];
        out[i + 1] = digits.data[digits.len - 1 - i];
    }
    return (struct bytes){out, digits.len};
}

/* A serial number of four bytes as eight hexadecimal digits; empty if it is not one. */
static struct bytes spd_digits(const struct claim_index *x, uint32_t node)
{
    const struct value *v = &claim_at(x, node)->value;

    if (v->type == TYPE_UINT)
        return bytes_of(arena_format(x->arena, "%08llX", (unsigned long long)v->uint));
    return witness_squeeze(x->arena, claim_text(x, node));
}

static bool ends_with(struct bytes whole, struct bytes end)
{
    return whole.len >= end.len &&
           bytes_equal(bytes_slice(whole, whole.len - end.len, end.len), end);
}

static bool number_equal(struct bytes decimal, struct bytes digits)
{
    uint64_t a;
    uint64_t b;

    return bytes_number(decimal, 10, &a) && bytes_number(digits, 16, &b) && a == b;
}

/* Firmware writes the four bytes in either order, in hexadecimal or decimal, or after more. */
static bool serial_equal(const struct claim_index *x, uint32_t firmware, uint32_t spd)
{
    struct bytes stated = witness_squeeze(x->arena, claim_text(x, firmware));
    struct bytes held = spd_digits(x, spd);

    if (bytes_equal(strip_zeros(stated), strip_zeros(held)))
        return true;
    if (held.len != SPD_SERIAL_DIGITS)
        return false;
    struct bytes back = turned(x->arena, held);

    if (bytes_starts_with(stated, "0X"))
        stated = bytes_slice(stated, 2, SIZE_MAX);
    return bytes_equal(strip_zeros(stated), strip_zeros(held)) ||
           bytes_equal(strip_zeros(stated), strip_zeros(back)) ||
           (stated.len > SPD_SERIAL_DIGITS &&
            (ends_with(stated, held) || ends_with(stated, back))) ||
           number_equal(stated, held) || number_equal(stated, back);
}

static bool part_equal(const struct claim_index *x, uint32_t a, uint32_t b)
{
    struct bytes left = witness_squeeze(x->arena, claim_text(x, a));
    struct bytes right = witness_squeeze(x->arena, claim_text(x, b));
    size_t shorter = left.len < right.len ? left.len : right.len;

    /* SMBIOS strings are sometimes cut; a common beginning is one part. */
    return shorter > 0 &&
           bytes_equal(bytes_slice(left, 0, shorter), bytes_slice(right, 0, shorter));
}

/* The part number that stands beside a serial number in its container. */
static uint32_t part_of(const struct claim_index *x, uint32_t serial, enum need part)
{
    struct claim_list parts = claims_of(x, part);
    uint32_t parent = x->tree->nodes[serial].parent;

    for (size_t i = 0; i < parts.count; i++) {
        if (x->tree->nodes[parts.nodes[i]].parent == parent &&
            witness_usable(x, parts.nodes[i]))
            return parts.nodes[i];
    }
    return TREE_NONE;
}

static struct modules modules_of(const struct claim_index *x, enum need serial, enum need part)
{
    struct claim_list all = claims_of(x, serial);
    struct modules m = {.rows = ARENA_ARRAY(x->arena, struct module, all.count + 1)};

    for (size_t i = 0; i < all.count; i++) {
        if (witness_usable(x, all.nodes[i]))
            m.rows[m.count++] =
                (struct module){all.nodes[i], part_of(x, all.nodes[i], part), TREE_NONE};
    }
    return m;
}

/* Each module of one side with the first free one of the other that has its serial number. */
static void match_serials(const struct claim_index *x, struct modules *firmware,
                          struct modules *spd)
{
    for (uint32_t i = 0; i < firmware->count; i++) {
        for (uint32_t k = 0; k < spd->count; k++) {
            if (spd->rows[k].match == TREE_NONE &&
                serial_equal(x, firmware->rows[i].serial, spd->rows[k].serial)) {
                firmware->rows[i].match = k;
                spd->rows[k].match = i;
                break;
            }
        }
    }
}

static bool parts_agree(const struct claim_index *x, const struct module *a,
                        const struct module *b)
{
    return a->part != TREE_NONE && b->part != TREE_NONE && part_equal(x, a->part, b->part);
}

/* A free module of the other side, rather one of the same part. */
static uint32_t free_module(const struct claim_index *x, const struct module *m,
                            const struct modules *other, const bool *taken)
{
    uint32_t found = TREE_NONE;

    for (uint32_t k = 0; k < other->count; k++) {
        if (other->rows[k].match != TREE_NONE || taken[k])
            continue;
        if (parts_agree(x, m, &other->rows[k]))
            return k;
        if (found == TREE_NONE)
            found = k;
    }
    return found;
}

static void report_serials(struct witness_run *w, const struct modules *firmware,
                           const struct modules *spd)
{
    bool *taken = ARENA_ARRAY(w->x->arena, bool, spd->count + 1);

    for (size_t i = 0; i < firmware->count; i++) {
        if (firmware->rows[i].match != TREE_NONE)
            continue;
        uint32_t k = free_module(w->x, &firmware->rows[i], spd, taken);

        if (k == TREE_NONE)
            continue;
        taken[k] = true;
        witness_disagrees(
            w, &(struct disagreement){
                   "witness.dimm-serial", SEVERITY_HIGH, firmware->rows[i].serial,
                   spd->rows[k].serial, "serial number of a memory module",
                   "Read the labels of the memory modules and compare them with both."});
    }
}

static void report_parts(struct witness_run *w, const struct modules *firmware,
                         const struct modules *spd)
{
    for (size_t i = 0; i < firmware->count; i++) {
        const struct module *m = &firmware->rows[i];
        const struct module *other = m->match != TREE_NONE ? &spd->rows[m->match] : NULL;

        if (other == NULL || m->part == TREE_NONE || other->part == TREE_NONE ||
            part_equal(w->x, m->part, other->part))
            continue;
        witness_disagrees(
            w, &(struct disagreement){
                   "witness.dimm-part", SEVERITY_MEDIUM, m->part, other->part,
                   "part number of a memory module",
                   "Read the label of this memory module and compare it with both."});
    }
}

void witness_memory(struct witness_run *w)
{
    struct modules firmware = modules_of(w->x, NEED_DIMM_SERIAL, NEED_DIMM_PART);
    struct modules spd = modules_of(w->x, NEED_SPD_SERIAL, NEED_SPD_PART);

    if (firmware.count == 0 || spd.count == 0)
        return;
    witness_compared(w, firmware.rows[0].serial, spd.rows[0].serial);
    match_serials(w->x, &firmware, &spd);
    report_serials(w, &firmware, &spd);
    report_parts(w, &firmware, &spd);
}
