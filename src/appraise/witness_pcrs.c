/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PCR values of the TPM against what the event log replays to. The log is only text; the values
 * are what the TPM holds. Registers that the running system extends after firmware closed its
 * log are left out: 10 (IMA), 11, 12, 13 and 15 (system manager), 16 and 23 (free use), 17 to
 * 22 (dynamic launch).
 */
#include <string.h>

#include "appraise/witness_private.h"

enum {
    FIRMWARE_LAST = 7 /* registers that firmware extends on every boot */
};

/* One register of one bank. */
struct pcr {
    uint32_t node;
    struct bytes bank;
    uint64_t number;
};

static bool log_covers(uint64_t pcr)
{
    return pcr <= 9 || pcr == 14;
}

/* Banks by preference, so that a register wrong in several is reported where it counts most. */
static unsigned bank_rank(struct bytes bank)
{
    static const char *const banks[] = {"sha256", "sha384", "sha512", "sm3_256", "sha1"};

    for (unsigned i = 0; i < ARRAY_LEN(banks); i++) {
        if (bytes_equal_text(bank, banks[i]))
            return i;
    }
    return ARRAY_LEN(banks);
}

static bool pcr_of(const struct claim_index *x, uint32_t node, struct pcr *ret)
{
    const struct tree_node *n = &x->tree->nodes[node];

    *ret = (struct pcr){.node = node, .bank = x->tree->nodes[n->parent].name};
    return !x->doubted[node] && bytes_number(n->name, 10, &ret->number);
}

static uint32_t replayed_find(const struct claim_index *x, const struct pcr *p)
{
    struct claim_list all = claims_of(x, NEED_REPLAYED);

    for (size_t i = 0; i < all.count; i++) {
        struct pcr other;

        if (pcr_of(x, all.nodes[i], &other) && other.number == p->number &&
            bytes_equal(other.bank, p->bank))
            return all.nodes[i];
    }
    return TREE_NONE;
}

/* Any register of a bank that the log replays, to point at when one is missing there. */
static uint32_t replayed_bank(const struct claim_index *x, struct bytes bank)
{
    struct claim_list all = claims_of(x, NEED_REPLAYED);

    for (size_t i = 0; i < all.count; i++) {
        uint32_t parent = x->tree->nodes[all.nodes[i]].parent;

        if (!x->doubted[all.nodes[i]] && bytes_equal(x->tree->nodes[parent].name, bank))
            return parent;
    }
    return TREE_NONE;
}

static bool blank(struct bytes b)
{
    return bytes_all(b, 0) || bytes_all(b, 0xff);
}

/* A bank that the TPM has and firmware does not extend: the rule of unused banks says so. */
static bool bank_unused(const struct claim_index *x, struct bytes bank)
{
    struct claim_list all = claims_of(x, NEED_PCR);

    for (size_t i = 0; i < all.count; i++) {
        struct pcr p;

        if (pcr_of(x, all.nodes[i], &p) && bytes_equal(p.bank, bank) &&
            p.number <= FIRMWARE_LAST && !blank(claim_at(x, all.nodes[i])->value.bytes))
            return false;
    }
    return true;
}

/* The register against the log: what it disagrees with, or TREE_NONE. */
static uint32_t contradicts(struct witness_run *w, const struct pcr *p)
{
    const struct claim_index *x = w->x;
    uint32_t log = replayed_find(x, p);

    if (!log_covers(p->number) || bank_unused(x, p->bank))
        return TREE_NONE;
    if (log != TREE_NONE) {
        witness_compared(w, p->node, log);
        return value_equal(&claim_at(x, p->node)->value, &claim_at(x, log)->value) ? TREE_NONE
                                                                                   : log;
    }
    if (p->number > FIRMWARE_LAST || blank(claim_at(x, p->node)->value.bytes))
        return TREE_NONE;
    /* Extended, and the log tells nothing of it; only its start value may differ from zero. */
    struct bytes value = claim_at(x, p->node)->value.bytes;

    if (bytes_all(bytes_slice(value, 0, value.len - 1), 0))
        return TREE_NONE;
    return replayed_bank(x, p->bank);
}

static void report(struct witness_run *w, const struct pcr *p, uint32_t log, unsigned banks)
{
    bool missing = claim_at(w->x, log) == NULL;
    struct disagreement d = {
        "witness.pcr",
        SEVERITY_HIGH,
        p->node,
        log,
        "value of a PCR",
        "Boot the machine again and collect again. If they still disagree, what ran is not "
        "what the log tells: compare the log with a sibling's and take the firmware's flash "
        "out for a reading from outside.",
    };

    witness_says(w, &d,
                 finding_words(w->f,
                               "PCR %u of the TPM holds a value that %s%s: something was "
                               "measured that the log does not tell, or the log was changed.",
                               (unsigned)p->number,
                               missing ? "the event log tells nothing of"
                                       : "the event log does not lead to",
                               banks > 1 ? ", in more than one bank" : ""));
}

void witness_pcrs(struct witness_run *w)
{
    struct claim_list all = claims_of(w->x, NEED_PCR);

    for (uint64_t number = 0; number <= 23; number++) {
        struct pcr worst = {.node = TREE_NONE};
        uint32_t log = TREE_NONE;
        unsigned banks = 0;

        for (size_t i = 0; i < all.count; i++) {
            struct pcr p;

            if (!pcr_of(w->x, all.nodes[i], &p) || p.number != number)
                continue;
            uint32_t against = contradicts(w, &p);

            if (against == TREE_NONE)
                continue;
            banks++;
            if (worst.node == TREE_NONE || bank_rank(p.bank) < bank_rank(worst.bank)) {
                worst = p;
                log = against;
            }
        }
        if (banks > 0)
            report(w, &worst, log, banks);
    }
}
