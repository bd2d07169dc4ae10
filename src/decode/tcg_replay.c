/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/tcg_replay.h"

enum {
    DYNAMIC_FIRST =
        17, /* PCRs that start at all ones until a dynamic launch sets them to zero */
    DYNAMIC_LAST = 22,
    LOCALITY_HCRTM = 4,
};

static const char locality_signature[] = "StartupLocality";

/* An H-CRTM event overrides the locality of TPM2_Startup: the PCR was started before it. */
static uint8_t start_locality(const struct tcg_log *log)
{
    uint8_t locality = 0;

    for (size_t i = 0; i < log->event_count; i++) {
        const struct tcg_event *e = &log->events[i];

        if (e->type == EV_EFI_HCRTM_EVENT && e->pcr == 0)
            return LOCALITY_HCRTM;
        if (e->type == EV_NO_ACTION && e->data.len > sizeof(locality_signature) &&
            tcg_data_is(e->data, locality_signature))
            locality = e->data.data[sizeof(locality_signature)];
    }
    return locality;
}

static void extend(struct tcg_pcr_bank *bank, uint32_t pcr, struct bytes digest)
{
    struct bytes parts[2] = {
        {bank->value[pcr], digest_info(bank->algorithm)->size},
        digest
    };

    /* The old value is used up before the new one is written. */
    digest_parts(bank->algorithm, parts, 2, bank->value[pcr]);
}

static void event_replay(const struct tcg_log *log, const struct tcg_event *e,
                         struct tcg_pcrs *pcrs)
{
    uint32_t seen = 0;

    pcrs->extended |= UINT32_C(1) << e->pcr;
    for (size_t i = 0; i < e->digest_count; i++) {
        const struct tcg_digest *d = &log->digests[e->first_digest + i];
        struct tcg_pcr_bank *bank = &pcrs->banks[d->bank];

        bank->valid = bank->valid && (seen >> d->bank & 1) == 0;
        seen |= UINT32_C(1) << d->bank;
        if (bank->valid)
            extend(bank, e->pcr, d->value);
    }
    for (size_t i = 0; i < pcrs->bank_count; i++)
        pcrs->banks[i].valid = pcrs->banks[i].valid && (seen >> i & 1) != 0;
}

bool tcg_replay(const struct tcg_log *log, struct tcg_pcrs *ret)
{
    *ret = (struct tcg_pcrs){.bank_count = log->bank_count};
    if (!log->whole)
        return false;
    ret->locality = start_locality(log);
    for (size_t i = 0; i < log->bank_count; i++) {
        struct tcg_pcr_bank *bank = &ret->banks[i];

        bank->valid = log->banks[i].known;
        bank->algorithm = log->banks[i].algorithm;
        if (bank->valid)
            bank->value[0][digest_info(bank->algorithm)->size - 1] = ret->locality;
    }
    for (size_t i = 0; i < log->event_count; i++) {
        const struct tcg_event *e = &log->events[i];

        if (e->type != EV_NO_ACTION && e->pcr < TCG_PCRS)
            event_replay(log, e, ret);
    }
    for (uint32_t pcr = DYNAMIC_FIRST; pcr <= DYNAMIC_LAST; pcr++) {
        for (size_t i = 0; i < ret->bank_count && (ret->extended >> pcr & 1) == 0; i++) {
            struct tcg_pcr_bank *bank = &ret->banks[i];

            for (size_t j = 0; j < digest_info(bank->algorithm)->size; j++)
                bank->value[pcr][j] = 0xff;
        }
    }
    return true;
}
