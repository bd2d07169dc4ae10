/* SPDX-License-Identifier: Apache-2.0 */
/* The node of a result: an array of members in a fixed order, docs/formats/result.md. */
#include "result/result.h"

#include <string.h>

#include "evidence/cbor.h"

enum {
    RESULT_VERSION = 2,
    RESULT_MAX = 256 << 20,
    MEMBERS = 17
};

static const char magic[] = "assay-result/2";

static void put_digest(struct text *t, const struct digest *d)
{
    cbor_bytes(t, (struct bytes){d->bytes, sizeof(d->bytes)});
}

static void put_optional(struct text *t, bool has, const struct digest *d)
{
    if (has)
        put_digest(t, d);
    else
        cbor_null(t);
}

static void put_sentences(struct text *t, const struct sentences *s)
{
    cbor_array(t, s->count);
    for (size_t i = 0; i < s->count; i++)
        cbor_bytes(t, s->rows[i]);
}

static void put_finding(struct text *t, const struct result_finding *f)
{
    const struct bytes texts[] = {
        f->id,    f->fingerprint, f->path,           f->other,  f->why, f->next,
        f->value, f->expected,    f->consequence_of, f->waived, f->note};

    cbor_array(t, ARRAY_LEN(texts) + (f->part.len > 0 ? 8 : 6));
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        cbor_bytes(t, texts[i]);
    if (f->part.len > 0) {
        cbor_bytes(t, f->part);
        cbor_bytes(t, f->change);
    }
    cbor_uint(t, f->judge);
    cbor_uint(t, f->severity);
    if (f->has_centibits)
        cbor_uint(t, f->centibits);
    else
        cbor_null(t);
    cbor_uint(t, f->agree);
    cbor_uint(t, f->voters);
    if (!f->has_span) {
        cbor_null(t);
        return;
    }
    cbor_array(t, 4);
    put_digest(t, &f->blob);
    cbor_uint(t, f->offset);
    cbor_uint(t, f->length);
    cbor_bytes(t, f->excerpt);
}

static void put_coverage(struct text *t, const struct result_coverage *c)
{
    cbor_array(t, 5);
    cbor_bytes(t, c->surface);
    cbor_bytes(t, c->witness);
    cbor_uint(t, c->state);
    cbor_bytes(t, c->reason);
    cbor_uint(t, c->judged_by);
}

static void put_head(struct text *t, const struct result *r)
{
    cbor_bytes(t, r->tool);
    cbor_bytes(t, r->as_of);
    cbor_bytes(t, r->subject);
    cbor_bytes(t, r->collected);
    cbor_uint(t, r->verdict);
    put_digest(t, &r->evidence);
    put_digest(t, &r->decoders);
    cbor_array(t, 2);
    cbor_bytes(t, r->policy_name);
    put_digest(t, &r->policy);
    cbor_array(t, r->reference_count);
    for (size_t i = 0; i < r->reference_count; i++) {
        cbor_array(t, 2);
        cbor_bytes(t, r->references[i].name);
        put_digest(t, &r->references[i].digest);
    }
    put_optional(t, r->has_cohort, &r->cohort);
    cbor_uint(t, r->members);
    put_optional(t, r->has_history, &r->history);
}

static void put_result(struct text *t, const struct result *r)
{
    cbor_array(t, MEMBERS + 1);
    cbor_text(t, magic);
    put_head(t, r);
    cbor_array(t, r->finding_count);
    for (size_t i = 0; i < r->finding_count; i++)
        put_finding(t, &r->findings[i]);
    cbor_array(t, r->coverage_count);
    for (size_t i = 0; i < r->coverage_count; i++)
        put_coverage(t, &r->coverage[i]);
    put_sentences(t, &r->gaps);
    put_sentences(t, &r->residual);
    cbor_array(t, TRUST_CLAIMS);
    for (size_t i = 0; i < TRUST_CLAIMS; i++)
        cbor_int(t, r->trust[i]);
}

struct bytes result_encode(const struct result *r, struct arena *a)
{
    struct text t;

    text_init(&t, a, RESULT_MAX);
    put_result(&t, r);
    return text_bytes(&t);
}

/* Reading fails the reader where something is not what it must be. */
static void refuse(struct reader *r)
{
    r->failed = true;
}

static void get_array(struct reader *r, uint64_t count)
{
    if (cbor_read_array(r) != count)
        refuse(r);
}

static void get_digest(struct reader *r, struct digest *ret)
{
    struct bytes b = cbor_read_bytes(r);

    if (b.len == sizeof(ret->bytes))
        memcpy(ret->bytes, b.data, b.len);
    else
        refuse(r);
}

static bool get_optional(struct reader *r, struct digest *ret)
{
    if (cbor_read_null(r))
        return false;
    get_digest(r, ret);
    return true;
}

static uint64_t get_below(struct reader *r, uint64_t limit)
{
    uint64_t v = cbor_read_uint(r);

    if (v >= limit)
        refuse(r);
    return v < limit ? v : 0;
}

static void get_sentences(struct reader *r, struct arena *a, struct sentences *s)
{
    uint64_t count = cbor_read_array(r);

    *s = (struct sentences){.rows = ARENA_ARRAY(a, struct bytes, count + 1)};
    for (uint64_t i = 0; i < count && !r->failed; i++)
        s->rows[s->count++] = cbor_read_bytes(r);
}

static void get_trust(struct reader *r, int8_t ret[TRUST_CLAIMS])
{
    get_array(r, TRUST_CLAIMS);
    for (size_t i = 0; i < TRUST_CLAIMS; i++) {
        int64_t v = cbor_read_int(r);

        if (v < INT8_MIN || v > INT8_MAX)
            refuse(r);
        else
            ret[i] = (int8_t)v;
    }
}

static void get_span(struct reader *r, struct result_finding *f)
{
    if (cbor_read_null(r))
        return;
    get_array(r, 4);
    get_digest(r, &f->blob);
    f->offset = cbor_read_uint(r);
    f->length = cbor_read_uint(r);
    f->excerpt = cbor_read_bytes(r);
    f->has_span = true;
}

/* 16 lower-case hexadecimal digits, see finding_fingerprint(). */
static bool fingerprint_formed(struct bytes b)
{
    for (size_t i = 0; i < b.len; i++) {
        uint8_t c = b.data[i];

        if ((c < '0' || c > '9') && (c < 'a' || c > 'f'))
            return false;
    }
    return b.len == 16;
}

static void get_finding(struct reader *r, struct result_finding *f)
{
    struct bytes *const texts[] = {
        &f->id,    &f->fingerprint, &f->path,           &f->other,  &f->why, &f->next,
        &f->value, &f->expected,    &f->consequence_of, &f->waived, &f->note};

    uint64_t members = cbor_read_array(r);

    if (members != ARRAY_LEN(texts) + 6 && members != ARRAY_LEN(texts) + 8)
        refuse(r);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        *texts[i] = cbor_read_bytes(r);
    if (!fingerprint_formed(f->fingerprint))
        refuse(r);
    if (members == ARRAY_LEN(texts) + 8) {
        f->part = cbor_read_bytes(r);
        f->change = cbor_read_bytes(r);
    }
    f->judge = (enum judge)get_below(r, JUDGE_RULE + 1);
    f->severity = (enum severity)get_below(r, SEVERITY_CRITICAL + 1);
    f->has_centibits = !cbor_read_null(r);
    if (f->has_centibits)
        f->centibits = (uint32_t)get_below(r, UINT64_C(1) << 32);
    f->agree = cbor_read_uint(r);
    f->voters = cbor_read_uint(r);
    get_span(r, f);
}

static void get_coverage(struct reader *r, struct result_coverage *c)
{
    get_array(r, 5);
    c->surface = cbor_read_bytes(r);
    c->witness = cbor_read_bytes(r);
    c->state = (enum coverage_state)get_below(r, COVERAGE_EXCLUDED + 1);
    c->reason = cbor_read_bytes(r);
    c->judged_by = (unsigned)get_below(r, 1U << (JUDGE_RULE + 1));
}

static void get_head(struct reader *r, struct arena *a, struct result *ret)
{
    ret->tool = cbor_read_bytes(r);
    ret->as_of = cbor_read_bytes(r);
    ret->subject = cbor_read_bytes(r);
    ret->collected = cbor_read_bytes(r);
    ret->verdict = (enum verdict)get_below(r, VERDICT_INCOMPLETE + 1);
    get_digest(r, &ret->evidence);
    get_digest(r, &ret->decoders);
    get_array(r, 2);
    ret->policy_name = cbor_read_bytes(r);
    get_digest(r, &ret->policy);
    uint64_t count = cbor_read_array(r);

    ret->references = ARENA_ARRAY(a, struct result_source, count + 1);
    for (uint64_t i = 0; i < count && !r->failed; i++) {
        struct result_source *s = &ret->references[ret->reference_count++];

        get_array(r, 2);
        s->name = cbor_read_bytes(r);
        get_digest(r, &s->digest);
    }
    ret->has_cohort = get_optional(r, &ret->cohort);
    ret->members = cbor_read_uint(r);
    ret->has_history = get_optional(r, &ret->history);
}

bool result_recognise(struct bytes file)
{
    struct reader r = reader_of(file, 0, 0);

    return cbor_read_array(&r) == MEMBERS + 1 && bytes_equal_text(cbor_read_bytes(&r), magic);
}

bool result_decode(struct bytes node, struct arena *a, struct result *ret, struct err *e)
{
    struct reader r = reader_of(node, 0, 0);
    struct result out = {0};

    if (!result_recognise(node))
        return err_set(e, ERR_INPUT, "it is not a result");
    (void)cbor_read_array(&r);
    (void)cbor_read_bytes(&r);
    get_head(&r, a, &out);
    uint64_t count = cbor_read_array(&r);

    out.findings = ARENA_ARRAY(a, struct result_finding, count + 1);
    for (uint64_t i = 0; i < count && !r.failed; i++)
        get_finding(&r, &out.findings[out.finding_count++]);
    count = cbor_read_array(&r);
    out.coverage = ARENA_ARRAY(a, struct result_coverage, count + 1);
    for (uint64_t i = 0; i < count && !r.failed; i++)
        get_coverage(&r, &out.coverage[out.coverage_count++]);
    get_sentences(&r, a, &out.gaps);
    get_sentences(&r, a, &out.residual);
    get_trust(&r, out.trust);
    if (r.failed || reader_more(&r) || !bytes_equal(result_encode(&out, a), node))
        return err_set(e, ERR_INPUT, "the result is damaged near byte %zu", r.pos);
    *ret = out;
    return true;
}

struct digest result_node_digest(struct bytes node)
{
    return node_digest("result", RESULT_VERSION, node);
}

static void digest_piece(void *user, struct bytes piece)
{
    digest_more(user, piece);
}

/* Piece by piece: of very many findings the encoding would be as large as all else. */
struct digest result_digest(const struct result *r, struct arena *a)
{
    struct digest_stream stream;
    struct text t;

    node_digest_begin(&stream, "result", RESULT_VERSION);
    text_init(&t, a, RESULT_MAX);
    text_drain(&t, digest_piece, &stream);
    put_result(&t, r);
    text_drain_rest(&t);
    return digest_end(&stream);
}
