/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From an event log to the PCR values that the TPM must hold. PC Client Platform Firmware
 * Profile 1.06, section 10.4.5.3 (start value of PCR 0); TPM 2.0 Library, part 1, section 11
 * (extending).
 */
#ifndef ASSAY_DECODE_TCG_REPLAY_H
#define ASSAY_DECODE_TCG_REPLAY_H

#include "decode/tcg_log.h"

struct tcg_pcr_bank {
    enum digest_algorithm algorithm;
    bool valid; /* false for an unknown algorithm, or when an event lacks a digest for the bank
                 */
    uint8_t value[TCG_PCRS][DIGEST_MAX];
};

struct tcg_pcrs {
    struct tcg_pcr_bank banks[TCG_BANKS_MAX]; /* as in the log */
    size_t bank_count;
    uint32_t extended; /* bit n: the log holds an event for PCR n */
    uint8_t locality;  /* start value of PCR 0: 0, 3, or 4 after an H-CRTM */
};

/*
 * Replays a log. EV_NO_ACTION events are never extended. PCRs without an event hold their start
 * value. False, and no value in `ret`, unless the log is whole: a value that leaves out an
 * event would be a lie.
 */
bool tcg_replay(const struct tcg_log *log, struct tcg_pcrs *ret);

#endif
