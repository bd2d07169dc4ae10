/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PC Client Platform Firmware Profile 1.06, section 10: the event log. A list of events a PCR;
 * what the event data says stands under `data` when the data hashes to the event's digest in
 * every bank, and under `descriptive` when it does not or when the digest covers something
 * else.
 */
#include <stdlib.h>
#include <string.h>

#include "decode/tcg_event_data.h"
#include "decode/tcg_replay.h"

enum {
    LOG_MIN = 32,
    LOG_MAX = 16 << 20,
    CANDIDATES_MAX = 4,
};

/* What part of the event data a digest may cover. */
struct candidate {
    enum tcg_covers covers;
    struct bytes bytes;
};

static size_t text_candidates(struct bytes data, struct candidate *ret)
{
    struct bytes text = data;
    size_t count = 0;

    while (text.len > 0 && text.data[text.len - 1] == 0)
        text.len--;
    if (text.len < data.len)
        ret[count++] = (struct candidate){COVERS_TEXT, text};
    const uint8_t *label = text.len > 2 ? memmem(text.data, text.len, ": ", 2) : NULL;

    if (label != NULL) {
        size_t from = (size_t)(label - text.data) + 2;

        ret[count++] =
            (struct candidate){COVERS_AFTER_LABEL, bytes_slice(text, from, text.len)};
    }
    return count;
}

static size_t candidates_of(enum tcg_measure measure, struct bytes data,
                            struct candidate ret[CANDIDATES_MAX])
{
    size_t count = 0;

    if (measure == MEASURE_OTHER || measure == MEASURE_NOTHING)
        return 0;
    ret[count++] = (struct candidate){COVERS_DATA, data};
    if (measure == MEASURE_VARIABLE)
        ret[count++] = (struct candidate){COVERS_VARIABLE, tcg_variable_value(data)};
    if (measure == MEASURE_TEXT)
        count += text_candidates(data, &ret[count]);
    if (measure == MEASURE_TAG && data.len >= 8)
        ret[count++] = (struct candidate){COVERS_TAGGED, bytes_slice(data, 8, data.len)};
    return count;
}

/* In how many banks of known algorithm the digest is over `b`; `*known` counts these banks. */
static size_t banks_matching(const struct tcg_log *log, const struct tcg_event *e,
                             struct bytes b, size_t *known)
{
    size_t matching = 0;

    *known = 0;
    for (size_t i = 0; i < e->digest_count; i++) {
        const struct tcg_digest *d = &log->digests[e->first_digest + i];
        const struct tcg_bank *bank = &log->banks[d->bank];
        uint8_t digest[DIGEST_MAX];

        if (!bank->known)
            continue;
        digest_parts(bank->algorithm, &b, 1, digest);
        (*known)++;
        matching += memcmp(digest, d->value.data, d->value.len) == 0;
    }
    return matching;
}

/* Claims whether and how the digests cover the data. True if they do in every bank. */
static bool verify(struct decode *d, const struct tcg_log *log, const struct tcg_event *e,
                   enum tcg_measure measure)
{
    struct candidate candidates[CANDIDATES_MAX];
    size_t count = candidates_of(measure, e->data, candidates);
    enum tcg_covers covers = COVERS_OTHER;
    bool verified = false;
    bool partly = false;
    bool strict =
        measure == MEASURE_DATA || measure == MEASURE_NONCE || measure == MEASURE_VARIABLE;
    struct span s = {d->in.blob, d->in.base + (e->data_pos - e->pos), e->data.len};

    if (count == 0)
        return false;
    size_t known = 0;

    for (size_t i = 0; i < count && !verified && !partly; i++) {
        size_t matching = banks_matching(log, e, candidates[i].bytes, &known);

        verified = known > 0 && matching == known;
        partly = matching > 0 && matching < known;
        covers = matching > 0 ? candidates[i].covers : COVERS_OTHER;
    }
    decode_value_at(d, KEY_EVENTLOG_VERIFIED, value_bool(verified), s);
    decode_value_at(d, KEY_EVENTLOG_COVERS, value_uint(covers), s);
    if (!verified && ((strict && known > 0) || partly))
        decode_fault(d, FAULT_DIGEST_MISMATCH, s.offset);
    return verified;
}

static void digests_claim(struct decode *d, const struct tcg_log *log,
                          const struct tcg_event *e, enum key_id key)
{
    decode_open(d, ITEM_MAP, "digest");
    for (size_t i = 0; i < e->digest_count; i++) {
        const struct tcg_digest *digest = &log->digests[e->first_digest + i];
        const struct tcg_bank *bank = &log->banks[digest->bank];
        struct span s = {d->in.blob, d->in.base + (digest->pos - e->pos),
                         digest->value.len + (log->agile && e->pos > 0 ? 2 : 0)};
        const char *name = bank->known ? digest_info(bank->algorithm)->name
                                       : arena_format(d->arena, "0x%04x", bank->tpm_id);

        decode_named_at(d, bytes_of(name), bank->known ? key : KEY_EVENTLOG_DIGEST_OTHER,
                        value_bytes(digest->value), s);
    }
    decode_close(d);
}

/* The specification wants the digests of an event that is not extended to be zero. */
static void zero_check(struct decode *d, const struct tcg_log *log, const struct tcg_event *e)
{
    for (size_t i = 0; i < e->digest_count; i++) {
        const struct tcg_digest *digest = &log->digests[e->first_digest + i];

        if (!bytes_all(digest->value, 0))
            decode_fault(d, FAULT_BAD_VALUE, d->in.base + (digest->pos - e->pos));
    }
}

static void event_data_decode(struct decode *d, const struct tcg_log *log,
                              const struct tcg_event *e)
{
    const struct tcg_type *nv = tcg_nv_type_find(e);
    const struct tcg_type *row = nv != NULL ? nv : tcg_type_find(e->type);
    bool verified = verify(d, log, e, row->measure);
    bool unique = false;

    reader_seek(&d->in, e->data_pos - e->pos);
    decode_enter(d, e->data.len);
    if (e->data.len > 0) {
        decode_open(d, ITEM_MAP, "%s", verified ? "data" : "descriptive");
        unique = tcg_data_decode(d, row);
        decode_close(d);
    }
    decode_leave(d);
    digests_claim(d, log, e,
                  row->measure == MEASURE_NONCE ? KEY_EVENTLOG_DIGEST_FREE
                  : unique                      ? KEY_EVENTLOG_DIGEST_OWN
                                                : KEY_EVENTLOG_DIGEST);
    if (row->measure == MEASURE_NOTHING && log->agile)
        zero_check(d, log, e);
}

static void event_decode(struct decode *d, const struct tcg_log *log, size_t index)
{
    static const struct field head[] = {
        {KEY_NONE,          F_SKIP,  4, 0},
        {KEY_EVENTLOG_TYPE, F_U32LE, 0, 0},
    };
    const struct tcg_event *e = &log->events[index];
    const struct tcg_type *nv = tcg_nv_type_find(e);

    reader_seek(&d->in, e->pos);
    decode_enter(d, e->length);
    decode_open_bytes(d, ITEM_MAP,
                      nv != NULL ? bytes_of(nv->name) : tcg_event_name(e, d->arena));
    decode_fields(d, head, ARRAY_LEN(head));
    decode_value_at(d, KEY_EVENTLOG_NUMBER, value_uint(index),
                    (struct span){d->in.blob, d->in.base, e->length});
    struct span size = {d->in.blob, d->in.base + (e->data_pos - e->pos) - 4, 4};

    decode_value_at(d, KEY_EVENTLOG_SIZE, value_uint(e->data.len), size);
    event_data_decode(d, log, e);
    decode_close(d);
    decode_leave(d);
}

static int place_compare(const void *left, const void *right)
{
    const struct tcg_event *a = *(const struct tcg_event *const *)left;
    const struct tcg_event *b = *(const struct tcg_event *const *)right;

    if (a->pcr != b->pcr)
        return a->pcr < b->pcr ? -1 : 1;
    return (a->pos > b->pos) - (a->pos < b->pos);
}

static void events_decode(struct decode *d, const struct tcg_log *log)
{
    const struct tcg_event **order =
        ARENA_ARRAY(d->arena, const struct tcg_event *, log->event_count + 1);

    for (size_t i = 0; i < log->event_count; i++)
        order[i] = &log->events[i];
    if (log->event_count > 1)
        qsort(order, log->event_count, sizeof(*order), place_compare);
    for (size_t i = 0; i < log->event_count; i++) {
        if (i == 0 || order[i]->pcr != order[i - 1]->pcr) {
            if (i > 0)
                decode_close(d);
            decode_open(d, ITEM_LIST, "pcr:%u", order[i]->pcr);
        }
        event_decode(d, log, (size_t)(order[i] - log->events));
        if (order[i]->pcr >= TCG_PCRS && order[i]->type != EV_NO_ACTION)
            decode_fault(d, FAULT_BAD_VALUE, d->in.base + order[i]->pos);
    }
    if (log->event_count > 0)
        decode_close(d);
}

/* 10 is IMA's, 16 for debugging, 23 the applications'. */
static bool pcr_is_volatile(uint32_t pcr)
{
    return pcr == 10 || pcr == 16 || pcr == 23;
}

static void replayed_claim(struct decode *d, const struct tcg_log *log)
{
    struct tcg_pcrs *pcrs = ARENA_NEW(d->arena, struct tcg_pcrs);
    struct span all = {d->in.blob, d->in.base, log->end};

    if (!tcg_replay(log, pcrs))
        return;
    decode_open(d, ITEM_MAP, "replayed");
    for (size_t i = 0; i < pcrs->bank_count; i++) {
        const struct tcg_pcr_bank *bank = &pcrs->banks[i];

        if (!bank->valid)
            continue;
        decode_open(d, ITEM_MAP, "%s", digest_info(bank->algorithm)->name);
        for (uint32_t pcr = 0; pcr < TCG_PCRS; pcr++) {
            struct bytes value = {bank->value[pcr], digest_info(bank->algorithm)->size};

            if ((pcrs->extended >> pcr & 1) == 0)
                continue;
            decode_named_at(d, bytes_of(arena_format(d->arena, "%u", pcr)),
                            pcr_is_volatile(pcr) ? KEY_EVENTLOG_REPLAYED_FREE
                                                 : KEY_EVENTLOG_REPLAYED,
                            value_bytes(value), all);
        }
        decode_close(d);
    }
    decode_close(d);
}

static void decode(struct decode *d)
{
    struct bytes all = bytes_slice(d->in.all, d->in.pos, reader_left(&d->in));
    struct tcg_log log = tcg_log_read(all, d->arena);
    struct span first = {d->in.blob, d->in.base, log.agile ? 48 : 0};
    struct span rest = {d->in.blob, d->in.base + log.end, all.len - log.end};

    decode_value_at(d, KEY_EVENTLOG_FORMAT,
                    value_text(bytes_of(log.agile ? "crypto-agile" : "sha1")), first);
    for (size_t i = 0; i < log.fault_count; i++)
        decode_fault(d, log.faults[i].id, d->in.base + log.faults[i].pos);
    events_decode(d, &log);
    replayed_claim(d, &log);
    if (log.whole)
        decode_claimed_region(d, rest, CLASS_PADDING);
}

/* A SHA-1 record that could be one: a PCR, a known type, zeros or a digest, data that fits. */
static bool record_plausible(struct bytes b)
{
    struct reader r = reader_of(b, 0, 0);
    uint32_t pcr = reader_u32le(&r);
    uint32_t type = reader_u32le(&r);

    reader_take(&r, 20);
    uint32_t size = reader_u32le(&r);

    return !r.failed && pcr < TCG_PCRS && size <= reader_left(&r) && size > 0 &&
           (type == EV_NO_ACTION || type == EV_S_CRTM_VERSION || type == EV_S_CRTM_CONTENTS ||
            type == EV_SEPARATOR || type == EV_POST_CODE || type == EV_EFI_ACTION ||
            type == EV_EFI_PLATFORM_FIRMWARE_BLOB || type == EV_EFI_VARIABLE_DRIVER_CONFIG);
}

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    if (bytes_starts_with(bytes_slice(b, 32, b.len), "Spec ID Event0"))
        return 95;
    return record_plausible(b) ? 40 : 0;
}

const struct decoder decoder_tcg_eventlog = {
    .name = "tcg-eventlog",
    .title = "TCG event log of measured boot",
    .spec = "tcg-pfp-1.06",
    .surface = "eventlog",
    .min = LOG_MIN,
    .max = LOG_MAX,
    .probe = probe,
    .decode = decode,
};
