/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processors: the identification word that firmware wrote into SMBIOS type 4 against what the
 * kernel read from the processor, and processors of one machine against each other.
 */
#include "appraise/witness_private.h"

/* CPUID leaf 1, EAX: family, model and stepping as the kernel computes them from it. */
struct signature {
    uint64_t family;
    uint64_t model;
    uint64_t stepping;
};

static struct signature signature_of(uint32_t eax)
{
    uint64_t family = eax >> 8 & 0xf;
    uint64_t model = eax >> 4 & 0xf;

    if (family == 0x6 || family == 0xf)
        model |= (uint64_t)(eax >> 16 & 0xf) << 4;
    if (family == 0xf)
        family += eax >> 20 & 0xff;
    return (struct signature){family, model, eax & 0xf};
}

static bool id_word(struct bytes id, uint32_t *ret)
{
    if (id.len < 4)
        return false;
    *ret = (uint32_t)id.data[0] | (uint32_t)id.data[1] << 8 | (uint32_t)id.data[2] << 16 |
           (uint32_t)id.data[3] << 24;
    return *ret != 0;
}

static bool number_beside(const struct claim_index *x, uint32_t node, const char *name,
                          uint64_t *ret)
{
    uint32_t leaf = claim_sibling(x, node, name);
    const struct item *claim = leaf != TREE_NONE ? claim_at(x, leaf) : NULL;

    *ret = claim != NULL ? claim->value.uint : 0;
    return claim != NULL && claim->value.type == TYPE_UINT;
}

static bool kernel_signature(const struct claim_index *x, uint32_t family,
                             struct signature *ret)
{
    ret->family = claim_at(x, family)->value.uint;
    return claim_at(x, family)->value.type == TYPE_UINT &&
           number_beside(x, family, "model", &ret->model) &&
           number_beside(x, family, "stepping", &ret->stepping);
}

static void judge_signature(struct witness_run *w)
{
    const struct claim_index *x = w->x;
    struct claim_list firmware = claims_of(x, NEED_PROCESSOR_ID);
    struct claim_list kernel = claims_of(x, NEED_CPU_FAMILY);
    uint32_t first = TREE_NONE;

    for (size_t i = 0; i < firmware.count; i++) {
        uint32_t eax;

        if (x->doubted[firmware.nodes[i]] ||
            !id_word(claim_at(x, firmware.nodes[i])->value.bytes, &eax))
            continue;
        first = first == TREE_NONE ? firmware.nodes[i] : first;
        for (size_t k = 0; k < kernel.count; k++) {
            struct signature own = signature_of(eax);
            struct signature seen;

            if (x->doubted[kernel.nodes[k]] || !kernel_signature(x, kernel.nodes[k], &seen))
                continue;
            witness_compared(w, firmware.nodes[i], kernel.nodes[k]);
            if (own.family == seen.family && own.model == seen.model &&
                own.stepping == seen.stepping)
                return;
        }
    }
    if (first == TREE_NONE || kernel.count == 0 || x->doubted[kernel.nodes[0]])
        return;
    witness_says(w,
                 &(struct disagreement){"witness.cpu-signature", SEVERITY_MEDIUM, first,
                                        kernel.nodes[0], "identity of the processor",
                                        "Look which processor is in the socket, and update "
                                        "the firmware if it does not know it."},
                 bytes_of("No processor that the kernel sees has the family, model and "
                          "stepping that firmware states for the sockets."));
}

/* One package never runs two revisions; a machine of several should not either. */
static void judge_microcode(struct witness_run *w)
{
    const struct claim_index *x = w->x;
    struct claim_list all = claims_of(x, NEED_CPU_MICROCODE);

    for (size_t i = 1; i < all.count; i++) {
        if (x->doubted[all.nodes[0]] || x->doubted[all.nodes[i]])
            return;
        witness_compared(w, all.nodes[0], all.nodes[i]);
        if (value_equal(&claim_at(x, all.nodes[0])->value, &claim_at(x, all.nodes[i])->value))
            continue;
        witness_disagrees(
            w, &(struct disagreement){"witness.microcode", SEVERITY_MEDIUM, all.nodes[0],
                                      all.nodes[i], "microcode revision of the processors",
                                      "Restart the machine with the system's microcode package "
                                      "installed; if they still differ, update the firmware."});
        return;
    }
}

void witness_processors(struct witness_run *w)
{
    judge_signature(w);
    judge_microcode(w);
}
