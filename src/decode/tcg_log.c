/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PC Client Platform Firmware Profile 1.06, section 10.2: TCG_PCR_EVENT, TCG_PCR_EVENT2 and
 * TCG_EfiSpecIDEvent.
 */
#include "decode/tcg_log.h"

#include <string.h>

enum {
    SHA1_SIZE = 20,
    SHA1_RECORD = 32, /* TCG_PCR_EVENT without its data */
    PADDING_MIN = 12, /* no crypto-agile record starts with so many zeros */
};

static void fault_add(struct tcg_log *log, struct arena *a, enum fault_id id, size_t pos)
{
    arena_grow(a, &log->faults, log->fault_count, &log->fault_cap, sizeof(*log->faults));
    log->faults[log->fault_count++] = (struct tcg_fault){id, pos};
}

bool tcg_data_is(struct bytes data, const char *signature)
{
    size_t length = strlen(signature) + 1;

    return data.len >= length && memcmp(data.data, signature, length) == 0;
}

static struct tcg_bank bank_of(uint16_t tpm_id, uint16_t size)
{
    struct tcg_bank bank = {.tpm_id = tpm_id, .size = size};

    bank.known =
        digest_by_tpm_id(tpm_id, &bank.algorithm) && digest_info(bank.algorithm)->size == size;
    return bank;
}

static bool bank_find(const struct tcg_log *log, uint16_t tpm_id, size_t *ret)
{
    for (size_t i = 0; i < log->bank_count; i++) {
        if (log->banks[i].tpm_id == tpm_id) {
            *ret = i;
            return true;
        }
    }
    return false;
}

static void digest_add(struct tcg_log *log, struct arena *a, struct tcg_digest d)
{
    arena_grow(a, &log->digests, log->digest_count, &log->digest_cap, sizeof(*log->digests));
    log->digests[log->digest_count++] = d;
}

static void event_add(struct tcg_log *log, struct arena *a, struct tcg_event e)
{
    arena_grow(a, &log->events, log->event_count, &log->event_cap, sizeof(*log->events));
    log->events[log->event_count++] = e;
}

/* The event data, after its length; an empty reader fails `r` at the record's end. */
static bool data_read(struct reader *r, struct tcg_event *e)
{
    size_t size = reader_u32le(r);

    e->data_pos = r->pos;
    e->data = reader_take(r, size);
    e->length = r->pos - e->pos;
    return !r->failed;
}

static void event_start(struct reader *r, struct tcg_event *e)
{
    e->pcr = reader_u32le(r);
    e->type = reader_u32le(r);
}

static bool sha1_read(struct tcg_log *log, struct arena *a, struct reader *r)
{
    struct tcg_event e = {.pos = r->pos, .first_digest = log->digest_count, .digest_count = 1};

    event_start(r, &e);
    struct tcg_digest d = {.pos = r->pos};

    d.value = reader_take(r, SHA1_SIZE);

    if (!data_read(r, &e))
        return false;
    digest_add(log, a, d);
    event_add(log, a, e);
    return true;
}

/* The digests of a record. False when one's size is not known: nothing after it can be read. */
static bool digests_read(struct tcg_log *log, struct arena *a, struct reader *r, uint32_t count)
{
    for (uint32_t i = 0; i < count && !r->failed; i++) {
        size_t pos = r->pos;
        uint16_t tpm_id = reader_u16le(r);
        size_t bank = 0;

        if (!r->failed && !bank_find(log, tpm_id, &bank)) {
            fault_add(log, a, FAULT_BAD_VALUE, pos);
            return false;
        }
        struct bytes value = reader_take(r, r->failed ? 0 : log->banks[bank].size);

        if (!r->failed)
            digest_add(log, a, (struct tcg_digest){(uint8_t)bank, value, pos});
    }
    return true;
}

/* Every bank must be there once. */
static bool banks_complete(const struct tcg_log *log, size_t first)
{
    uint32_t seen = 0;

    for (size_t i = first; i < log->digest_count; i++)
        seen |= UINT32_C(1) << log->digests[i].bank;
    return log->digest_count - first == log->bank_count &&
           seen == (UINT32_C(1) << log->bank_count) - 1;
}

static bool agile_read(struct tcg_log *log, struct arena *a, struct reader *r)
{
    struct tcg_event e = {.pos = r->pos, .first_digest = log->digest_count};

    event_start(r, &e);
    size_t count_pos = r->pos;
    uint32_t count = reader_u32le(r);

    if (!digests_read(log, a, r, count))
        return false;
    e.digest_count = log->digest_count - e.first_digest;
    if (!data_read(r, &e)) {
        /* A count that no bank explains is the likelier lie than a cut log. */
        if (count > log->bank_count)
            fault_add(log, a, FAULT_BAD_COUNT, count_pos);
        log->digest_count = e.first_digest;
        return false;
    }
    if (!banks_complete(log, e.first_digest))
        fault_add(log, a, FAULT_BAD_COUNT, count_pos);
    event_add(log, a, e);
    return true;
}

/* The algorithm table of the first event; `pos` is where its data stands in the log. */
static void banks_read(struct tcg_log *log, struct arena *a, struct bytes data, size_t pos)
{
    struct reader r = reader_of(data, 0, 0);

    reader_take(&r, 24); /* signature, class, version, errata, UINTN size */
    uint32_t count = reader_u32le(&r);

    log->bank_count = 0;
    if (count == 0 && !r.failed)
        fault_add(log, a, FAULT_BAD_COUNT, pos + 24);
    for (uint32_t i = 0; i < count; i++) {
        size_t at = pos + r.pos;
        uint16_t tpm_id = reader_u16le(&r);
        uint16_t size = reader_u16le(&r);
        size_t known;
        enum digest_algorithm algorithm;

        if (r.failed || log->bank_count == TCG_BANKS_MAX) {
            fault_add(log, a, r.failed ? FAULT_BAD_COUNT : FAULT_LIMIT, pos + 24);
            return;
        }
        if (bank_find(log, tpm_id, &known)) {
            fault_add(log, a, FAULT_DUPLICATE, at);
            continue;
        }
        log->banks[log->bank_count++] = bank_of(tpm_id, size);
        if (digest_by_tpm_id(tpm_id, &algorithm) && digest_info(algorithm)->size != size)
            fault_add(log, a, FAULT_BAD_LENGTH, at + 2);
    }
    if (r.failed)
        fault_add(log, a, FAULT_TRUNCATED, pos + data.len);
}

/* Where the run of zeros or 0xff that ends the log begins. */
static size_t padding_start(struct bytes log)
{
    size_t start = log.len;

    if (start == 0 || (log.data[start - 1] != 0 && log.data[start - 1] != 0xff))
        return log.len;
    while (start > 0 && log.data[start - 1] == log.data[log.len - 1])
        start--;
    return start;
}

/* Firmware hands the log over in an area that it has erased before. */
static bool is_padding(const struct tcg_log *log, size_t length)
{
    return log->event_count > 0 && length >= (log->agile ? PADDING_MIN : SHA1_RECORD);
}

struct tcg_log tcg_log_read(struct bytes bytes, struct arena *a)
{
    struct tcg_log log = {.bank_count = 1};
    struct reader r = reader_of(bytes, 0, 0);
    size_t padding = padding_start(bytes);
    bool going = true;

    log.banks[0] = bank_of(digest_info(DIGEST_SHA1)->tpm_id, SHA1_SIZE);
    while (going && reader_more(&r)) {
        if (r.pos >= padding && is_padding(&log, bytes.len - r.pos))
            break;
        going = log.agile ? agile_read(&log, a, &r) : sha1_read(&log, a, &r);
        if (going)
            log.end = r.pos;
        if (log.event_count == 1 && !log.agile && log.events[0].type == EV_NO_ACTION &&
            tcg_data_is(log.events[0].data, "Spec ID Event03")) {
            log.agile = true;
            log.digests[0].bank = TCG_BANK_FIRST;
            log.banks[TCG_BANK_FIRST] = log.banks[0];
            banks_read(&log, a, log.events[0].data, log.events[0].data_pos);
        }
    }
    if (r.failed && log.fault_count == 0)
        fault_add(&log, a, FAULT_TRUNCATED, (size_t)r.fail_offset);
    log.whole = going;
    return log;
}
