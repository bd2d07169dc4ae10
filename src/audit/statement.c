/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/statement.h"

#include <inttypes.h>
#include <string.h>

/* DSSE envelopes: who signed which payload. */

static const char payload_type[] = "application/vnd.in-toto+json";

/* "DSSEv1 " length " " type " " length " " payload */
static struct view signed_bytes(struct memory *m, struct view payload)
{
    struct out o = {.memory = m};

    out_text(&o, text_of(m, "DSSEv1 %zu %s %zu ", sizeof(payload_type) - 1, payload_type,
                         payload.len));
    out_add(&o, payload);
    return out_view(&o);
}

/* Whose signature it is, NULL for nobody's that is known; `*forged` if it is wrong. */
static const struct key *signer(const struct operators *by, const struct hash *id,
                                struct view signature, struct view message, bool *forged)
{
    for (size_t i = 0; i < by->count; i++) {
        const struct key *k = &by->keys[i];

        if (!k->checkable || !hash_equal(sha256((struct view){k->bytes, KEY_SIZE}), *id))
            continue;
        *forged = *forged || signature.len != SIGNATURE_SIZE ||
                  !ed25519_good(k->bytes, message, signature.data);
        return k;
    }
    return NULL;
}

bool envelope_open(struct view file, const struct operators *by, const char *what,
                   struct report *r, struct view *ret_payload, const struct key **ret_key)
{
    struct json j = {r->memory, {.left = file}};
    const struct key *found = NULL;
    struct view message = {0};
    bool forged = false;
    size_t others = 0;

    json_want(&j, "{\"payload\":");
    bool whole = base64_read(r->memory, json_string(&j), ret_payload);

    json_want(&j, ",\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":[");
    if (whole && !j.at.failed)
        message = signed_bytes(r->memory, *ret_payload);
    for (size_t i = 0; i < OPERATORS && !j.at.failed && (i == 0 || json_next(&j, ",")); i++) {
        struct view signature = {0};

        json_want(&j, "{\"keyid\":");
        struct hash id = json_hash(&j);

        json_want(&j, ",\"sig\":");
        whole = base64_read(r->memory, json_string(&j), &signature) && whole;
        json_want(&j, "}");
        const struct key *k =
            whole && !j.at.failed ? signer(by, &id, signature, message, &forged) : NULL;

        others += k == NULL;
        found = found == NULL ? k : found;
    }
    json_want(&j, "]}\n");
    if (!json_done(&j) || !whole)
        return disproven(r, "%s: not an envelope in its one form", what);
    if (forged)
        return disproven(r, "%s: the signature is wrong", what);
    if (ret_key != NULL)
        *ret_key = found;
    if (by->count == 0)
        return untold(r, "%s: who signed it, since no key was given", what);
    if (found == NULL)
        return disproven(r, "%s: it is not signed by the key that was given", what);
    if (others > 0)
        unchecked(r, "%s: %zu more signatures, of keys that were not given", what, others);
    return true;
}

/* Statements. */

static const uint64_t number_max = (UINT64_C(1) << 53) - 1;

const char *const counter_names[COUNTERS] = {"everN", "everBad", "everReview", "resolved",
                                             "removedWhileNotClean"};

static uint32_t member_u32(struct json *j, const char *name)
{
    json_want(j, name);
    return (uint32_t)json_number(j, UINT32_MAX);
}

static struct hash member_hash(struct json *j, const char *name)
{
    json_want(j, name);
    return json_hash(j);
}

static void read_sums(struct json *j, struct sums *s)
{
    static const char *const names[SUMS] = {
        "{\"n\":",      ",\"clean\":",  ",\"review\":",     ",\"bad\":",       ",\"unknown\":",
        ",\"oldest\":", ",\"newest\":", ",\"methodsAll\":", ",\"methodsAny\":"};

    for (size_t i = 0; i < SUMS; i++)
        s->of[i] = member_u32(j, names[i]);
    json_want(j, "}");
}

static void read_counters(struct json *j, struct statement *s)
{
    json_want(j, ",\"counters\":{");
    for (size_t i = 0; i < COUNTERS; i++) {
        json_want(j, text_of(j->memory, "%s\"%s\":", i > 0 ? "," : "", counter_names[i]));
        s->counters[i] = json_number(j, number_max);
    }
    json_want(j, "}");
}

static void read_delta(struct json *j, struct statement *s)
{
    static const char *const names[CHANGES] = {
        "{\"added\":", ",\"removed\":", ",\"changed\":", ",\"rekeyed\":"};

    json_want(j, ",\"delta\":");
    for (size_t i = 0; i < CHANGES; i++)
        s->changes[i] = member_u32(j, names[i]);
    s->delta = member_hash(j, ",\"digest\":");
    json_want(j, "}");
}

static void read_previous(struct json *j, struct statement *s)
{
    json_want(j, ",\"previous\":");
    if (json_next(j, "null"))
        return;
    s->has_previous = true;
    s->previous = member_hash(j, "{\"payload\":");
    s->previous_root = member_hash(j, ",\"root\":");
    json_want(j, "}");
}

/* One row of the table of methods; bits ascend. */
static void read_method(struct json *j, struct statement *s)
{
    uint32_t bit = member_u32(j, "{\"bit\":");

    json_want(j, ",\"id\":");
    (void)json_string(j);
    json_want(j, ",\"what\":");
    (void)json_string(j);
    (void)member_hash(j, ",\"specification\":");
    uint32_t caught = member_u32(j, ",\"caught\":");
    uint32_t of = member_u32(j, ",\"of\":");
    uint32_t alarms = member_u32(j, ",\"falseAlarms\":");
    uint32_t false_of = member_u32(j, ",\"falseOf\":");

    (void)member_hash(j, ",\"record\":");
    json_want(j, "}");
    if (bit >= METHODS || s->method_bits >> bit != 0 || caught > of || alarms > false_of) {
        j->at.failed = true;
        return;
    }
    s->method_bits |= 1U << bit;
}

static void read_methods(struct json *j, struct statement *s)
{
    json_want(j, ",\"methods\":[");
    if (!json_next(j, "]")) {
        read_method(j, s);
        while (json_next(j, ","))
            read_method(j, s);
        json_want(j, "]");
    }
}

static void read_sampling(struct json *j, struct statement *s)
{
    struct sampling *p = &s->sampling;

    json_want(j, ",\"sampling\":");
    if (json_next(j, "null"))
        return;
    s->has_sampling = true;
    p->method = member_u32(j, "{\"method\":");
    p->k = member_u32(j, ",\"k\":");
    json_want(j, ",\"source\":");
    p->source = json_string(j);
    json_want(j, ",\"notBefore\":");
    p->not_before = json_time(j);
    json_want(j, ",\"seed\":");
    p->has_seed = !json_next(j, "null");
    if (p->has_seed)
        p->seed = json_hash(j);
    p->epoch = member_u32(j, ",\"epoch\":");
    json_want(j, "}");
    j->at.failed |= p->method >= METHODS || p->k == 0;
}

struct view payload_begin(struct json *j, struct view *ret_subject, struct hash *ret_digest)
{
    json_want(j, "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"name\":");
    *ret_subject = json_string(j);
    *ret_digest = member_hash(j, ",\"digest\":{\"sha256\":");
    json_want(j, "}}],\"predicateType\":");
    return json_string(j);
}

bool payload_claims(struct view payload)
{
    struct view part;

    while (view_cut(&payload, ',', &part)) {
        if (view_is(part, "\"predicateType\":\"urn:assay:fleet-integrity:1\""))
            return true;
    }
    return false;
}

static bool payload_read(struct json *j, struct statement *s)
{
    struct view subject;
    struct view type = payload_begin(j, &subject, &s->fleet_root);

    json_want(j, ",\"predicate\":{\"origin\":");
    s->origin = json_string(j);
    s->epoch = member_u32(j, ",\"epoch\":");
    json_want(j, ",\"asOf\":");
    s->as_of = json_time(j);
    s->root.hash = member_hash(j, ",\"root\":");
    json_want(j, ",\"aggregate\":");
    read_sums(j, &s->root.sums);
    s->alias_root = member_hash(j, ",\"aliasRoot\":");
    s->aliases = branch_empty();
    s->aliases.hash = member_hash(j, ",\"aliasTree\":");
    s->aliases.sums.of[SUM_N] = member_u32(j, ",\"aliases\":");
    s->aliases.sums.of[SUM_UNKNOWN] = s->aliases.sums.of[SUM_N];
    s->unidentified = member_u32(j, ",\"unidentified\":");
    read_counters(j, s);
    read_delta(j, s);
    s->leaves = member_hash(j, ",\"leaves\":");
    s->alias_leaves = member_hash(j, ",\"aliasLeaves\":");
    read_previous(j, s);
    s->vrf_key = member_hash(j, ",\"vrfKey\":");
    read_methods(j, s);
    s->policy = member_hash(j, ",\"policy\":");
    s->reference = member_hash(j, ",\"reference\":");
    json_want(j, ",\"tool\":{\"name\":");
    (void)json_string(j);
    (void)member_hash(j, ",\"digest\":");
    json_want(j, "},\"nonceFrom\":");
    s->has_nonce = !json_next(j, "null");
    if (s->has_nonce)
        s->nonce_from = json_hash(j);
    read_sampling(j, s);
    json_want(j, "}}");
    return json_done(j) && view_is(type, "urn:assay:fleet-integrity:1") &&
           view_equal(subject, s->origin);
}

/* What a statement says must fit together by itself. */
static bool consistent(const struct statement *s, const char *what, struct report *r)
{
    const uint32_t *of = s->root.sums.of;
    const struct branch empty = branch_empty();
    bool none = of[SUM_N] == 0;

    if (!hash_equal(s->fleet_root,
                    root_bound(r->memory, "fleetledger/v1", s->origin, s->epoch, &s->root)) ||
        !hash_equal(s->alias_root,
                    root_bound(r->memory, "alias/v1", s->origin, s->epoch, &s->aliases)))
        return disproven(r, "%s: the roots are not bound to origin, epoch and sums", what);
    if (!sums_good(&s->root.sums, TREE_FLEET) || none != hash_equal(s->root.hash, empty.hash) ||
        (s->aliases.sums.of[SUM_N] == 0) != hash_equal(s->aliases.hash, empty.hash))
        return disproven(r, "%s: the totals do not add up", what);
    if (of[SUM_NEWEST] > s->as_of / 86400)
        return disproven(r, "%s: evidence is dated after the statement", what);
    if ((of[SUM_ANY] & ~s->method_bits) != 0)
        return disproven(r, "%s: a method was used that the table does not list", what);
    if (of[SUM_BAD] > s->counters[EVER_BAD] || of[SUM_REVIEW] > s->counters[EVER_REVIEW] ||
        of[SUM_N] > s->counters[EVER_N])
        return disproven(r, "%s: there are more now than there ever were", what);
    if (s->has_previous != (s->epoch > 0))
        return disproven(r, "%s: epoch 0 alone has no previous statement", what);
    if (s->epoch == 0 &&
        (s->changes[ADDED] != of[SUM_N] || s->changes[REMOVED] != 0 ||
         s->changes[CHANGED] != 0 || s->changes[REKEYED] != 0 ||
         s->counters[EVER_N] != of[SUM_N] || s->counters[EVER_BAD] != of[SUM_BAD] ||
         s->counters[EVER_REVIEW] != of[SUM_REVIEW] || s->counters[RESOLVED] != 0 ||
         s->counters[REMOVED_NOT_CLEAN] != 0))
        return disproven(r, "%s: epoch 0 does not begin with what it counts", what);
    return true;
}

bool statement_open(struct view file, const struct operators *by, const char *what,
                    struct report *r, struct statement *ret)
{
    const struct key *k = NULL;
    struct view payload = {0};
    bool is_signed = file.len <= STATEMENT_SIZE
                         ? envelope_open(file, by, what, r, &payload, &k)
                         : disproven(r, "%s: longer than an entry of a log can be", what);

    *ret = (struct statement){0};
    if (!is_signed)
        return false;
    struct json j = {r->memory, {.left = payload}};

    ret->payload = sha256(payload);
    /* What signs other things too may sign one of a kind that is not known here. */
    if (!payload_read(&j, ret))
        return payload_claims(payload)
                   ? disproven(r, "%s: not a statement in its one form", what)
                   : untold(r, "%s: it holds something else than a statement", what);
    if (k == NULL || !view_equal(k->name, ret->origin))
        return disproven(r, "%s: of %s, not of %s whose key was given", what,
                         view_shown(r->memory, ret->origin),
                         k == NULL ? "nobody" : view_shown(r->memory, k->name));
    if (!consistent(ret, what, r))
        return false;
    proven(r, "%s: epoch %u, signed by %s, and in itself consistent", what, ret->epoch,
           view_shown(r->memory, k->name));
    return true;
}

/* The counters grow as the changes of the epoch allow, and never fall. */
static bool counters_follow(const struct statement *a, const struct statement *b,
                            struct report *r)
{
    uint64_t grown[COUNTERS];
    uint64_t entries = (uint64_t)b->changes[ADDED] + b->changes[CHANGED];

    for (size_t i = 0; i < COUNTERS; i++) {
        if (b->counters[i] < a->counters[i])
            return disproven(r, "epoch %u: the counter %s fell from %" PRIu64 " to %" PRIu64,
                             b->epoch, counter_names[i], a->counters[i], b->counters[i]);
        grown[i] = b->counters[i] - a->counters[i];
    }
    if (grown[EVER_N] != b->changes[ADDED] || grown[EVER_BAD] + grown[EVER_REVIEW] > entries ||
        grown[RESOLVED] > b->changes[CHANGED] || grown[REMOVED_NOT_CLEAN] > b->changes[REMOVED])
        return disproven(r, "epoch %u: the counters grew by what its changes cannot give",
                         b->epoch);
    for (enum sum v = SUM_REVIEW; v <= SUM_BAD; v++) {
        enum counter c = v == SUM_BAD ? EVER_BAD : EVER_REVIEW;

        if (b->root.sums.of[v] > a->root.sums.of[v] + grown[c])
            return disproven(r, "epoch %u: more are %s than %s counted", b->epoch,
                             verdict_word(v), counter_names[c]);
    }
    return true;
}

bool statement_follows(const struct statement *a, const struct statement *b, struct report *r)
{
    uint64_t left = (uint64_t)a->root.sums.of[SUM_N] + b->changes[ADDED];
    bool rekey = !hash_equal(a->vrf_key, b->vrf_key);

    if (!view_equal(a->origin, b->origin))
        return disproven(r, "epochs %u and %u are of two origins", a->epoch, b->epoch);
    if ((uint64_t)a->epoch + 1 != b->epoch)
        return disproven(r, "epoch %u stands after epoch %u", b->epoch, a->epoch);
    if (!hash_equal(b->previous, a->payload) || !hash_equal(b->previous_root, a->fleet_root))
        return disproven(r, "epoch %u follows another epoch %u than this one", b->epoch,
                         a->epoch);
    if (b->as_of < a->as_of)
        return disproven(r, "epoch %u is dated before the one that it follows", b->epoch);
    if (left < b->changes[REMOVED] || left - b->changes[REMOVED] != b->root.sums.of[SUM_N])
        return disproven(r, "epoch %u: servers are not those before, plus added, less removed",
                         b->epoch);
    if ((b->root.sums.of[SUM_N] > 0 && rekey != (b->changes[REKEYED] > 0)) ||
        (rekey && (b->changes[REKEYED] != b->root.sums.of[SUM_N] || b->changes[ADDED] != 0 ||
                   b->changes[REMOVED] != 0 || b->changes[CHANGED] != 0 ||
                   memcmp(&a->root.sums, &b->root.sums, sizeof(b->root.sums)) != 0)))
        return disproven(r,
                         "epoch %u: the VRF key changes in a rekey epoch only, which changes "
                         "nothing else",
                         b->epoch);
    if (!counters_follow(a, b, r))
        return false;
    if (!hash_equal(a->policy, b->policy))
        fact(r, "policy", "changed at epoch %u", b->epoch);
    if (!hash_equal(a->reference, b->reference))
        fact(r, "reference", "changed at epoch %u", b->epoch);
    return true;
}

bool statements_chain(const struct statement *s, size_t count, struct report *r)
{
    for (size_t i = 1; i < count; i++) {
        if (!statement_follows(&s[i - 1], &s[i], r))
            return false;
    }
    const struct statement *last = &s[count - 1];

    if (count > 1)
        proven(r, "epochs %u to %u are one chain, counters never fell", s[0].epoch,
               last->epoch);
    if (s[0].epoch > 0)
        unchecked(r, "the %u epochs before epoch %u: give their statements too", s[0].epoch,
                  s[0].epoch);
    else if (last->counters[EVER_BAD] == 0)
        proven(r, "in no epoch to %u was any server stated to be bad", last->epoch);
    return true;
}

void statement_facts(const struct statement *s, struct report *r)
{
    const uint32_t *of = s->root.sums.of;

    fact(r, "origin", "%s", view_shown(r->memory, s->origin));
    fact(r, "epoch", "%u", s->epoch);
    fact(r, "servers", "%u: %u clean, %u review, %u bad, %u unknown; %u unidentified",
         of[SUM_N], of[SUM_CLEAN], of[SUM_REVIEW], of[SUM_BAD], of[SUM_UNKNOWN],
         s->unidentified);
    fact(r, "ever",
         "%" PRIu64 " servers, %" PRIu64 " times bad, %" PRIu64 " times review, %" PRIu64
         " resolved, %" PRIu64 " removed while not clean",
         s->counters[EVER_N], s->counters[EVER_BAD], s->counters[EVER_REVIEW],
         s->counters[RESOLVED], s->counters[REMOVED_NOT_CLEAN]);
    fact(r, "fleet root", "%s", hex_shown(r->memory, s->fleet_root.bytes, 32));
    unchecked(r,
              "servers that were never inventoried; parts swapped after the examination; what "
              "the methods cannot see");
    unchecked(r, "anchors other than Ed25519 signatures and cosignatures (RFC 3161, ML-DSA)");
}
