/* SPDX-License-Identifier: Apache-2.0 */
/* A result node is read once along its layout (docs/formats/result.md), and rendered on the
 * way; the rendering must be, byte for byte, the one that was signed beside it. */
#include "audit/result.h"

#include <inttypes.h>
#include <string.h>

#include "audit/cbor.h"

enum {
    FINDING_TEXTS = 11,
    JUDGES = 5
};

static const char *const verdicts[] = {"clean", "suspect", "incomplete"};
static const char *const judges[] = {"reference", "peers", "history", "witness", "rule"};
static const char *const severities[] = {"info", "low", "medium", "high", "critical"};
static const char *const states[] = {"seen",        "partial", "absent",  "refused",
                                     "unsupported", "failed",  "untried", "excluded"};

/* The trustworthiness vector (AR4SI). */
static const char *const claims[] = {"instance-identity", "configuration", "executables",
                                     "file-system",       "hardware",      "runtime-opaque",
                                     "storage-opaque",    "sourced-data"};

struct rendering {
    struct cursor node;
    struct out out;
    bool grave; /* a critical or high finding by a reference or a rule */
};

static void put_text(struct out *o, const char *key, struct view value)
{
    out_text(o, key);
    json_put_string(o, value);
}

static void put_optional(struct out *o, const char *key, struct view value)
{
    if (value.len > 0)
        put_text(o, key, value);
}

static void put_number(struct out *o, const char *key, uint64_t value)
{
    const char *quote = value >> 53 == 0 ? "" : "\"";

    out_text(o, text_of(o->memory, "%s%s%" PRIu64 "%s", key, quote, value, quote));
}

static void put_digest(struct out *o, const char *key, const struct hash *h)
{
    out_text(o, key);
    out_text(o, "\"sha256:");
    out_hex(o, h->bytes, 32);
    out_text(o, "\"");
}

static struct hash read_digest(struct cursor *c)
{
    struct view v = cbor_bytes(c);
    struct hash h = {{0}};

    if (v.len == sizeof(h.bytes))
        memcpy(h.bytes, v.data, v.len);
    else
        c->failed = true;
    return h;
}

static const char *name_of(struct cursor *c, const char *const names[], size_t count)
{
    return names[cbor_number(c, count)];
}

/* The bytes of the machine behind a finding. */
static void render_span(struct cursor *c, struct out *o)
{
    if (cbor_null(c))
        return;
    if (cbor_array(c) != 4)
        c->failed = true;
    struct hash blob = read_digest(c);

    put_digest(o, ",\"span\":{\"blob\":", &blob);
    put_number(o, ",\"offset\":", cbor_number(c, UINT64_MAX));
    put_number(o, ",\"length\":", cbor_number(c, UINT64_MAX));
    struct view excerpt = cbor_bytes(c);
    bool printable = excerpt.len > 0;

    out_text(o, "},\"bytes\":{\"hex\":\"");
    out_hex(o, excerpt.data, excerpt.len);
    out_text(o, "\"");
    for (size_t i = 0; i < excerpt.len; i++)
        printable = printable && excerpt.data[i] >= 0x20 && excerpt.data[i] < 0x7f;
    if (printable)
        put_text(o, ",\"text\":", excerpt);
    out_text(o, "}");
}

/* How many siblings agree, of how many. */
static void render_votes(struct cursor *c, struct out *o)
{
    uint64_t agree = cbor_number(c, UINT64_MAX);
    uint64_t voters = cbor_number(c, UINT64_MAX);

    if (voters > 0) {
        put_number(o, ",\"agree\":", agree);
        put_number(o, ",\"voters\":", voters);
    }
}

static void render_finding(struct rendering *g)
{
    enum {
        ID,
        FINGERPRINT,
        PATH,
        OTHER,
        WHY,
        NEXT,
        VALUE,
        EXPECTED,
        CAUSE,
        WAIVED,
        NOTE
    };
    struct cursor *c = &g->node;
    struct out *o = &g->out;
    struct view text[FINDING_TEXTS] = {{0}};
    struct view part = {0};
    struct view change = {0};
    uint64_t members = cbor_array(c);

    c->failed |= members != FINDING_TEXTS + 6 && members != FINDING_TEXTS + 8;
    for (size_t i = 0; i < FINDING_TEXTS; i++)
        text[i] = cbor_bytes(c);
    if (members == FINDING_TEXTS + 8) {
        part = cbor_bytes(c);
        change = cbor_bytes(c);
        c->failed |= part.len == 0;
    }
    uint64_t judge = cbor_number(c, JUDGES);
    uint64_t severity = cbor_number(c, 5);

    g->grave |= (judge == 0 || judge == 4) && severity >= 3 && text[WAIVED].len == 0;
    put_text(o, "{\"id\":", text[ID]);
    put_text(o, ",\"fingerprint\":", text[FINGERPRINT]);
    put_text(o, ",\"judge\":", view_of(judges[judge]));
    put_text(o, ",\"severity\":", view_of(severities[severity]));
    put_text(o, ",\"path\":", text[PATH]);
    put_optional(o, ",\"other\":", text[OTHER]);
    put_text(o, ",\"why\":", text[WHY]);
    if (cbor_null(c))
        out_text(o, ",\"centibits\":null");
    else
        put_number(o, ",\"centibits\":", cbor_number(c, UINT64_C(1) << 32));
    put_text(o, ",\"next\":", text[NEXT]);
    put_optional(o, ",\"value\":", text[VALUE]);
    put_optional(o, ",\"expected\":", text[EXPECTED]);
    render_votes(c, o);
    put_optional(o, ",\"consequence_of\":", text[CAUSE]);
    put_optional(o, ",\"waived\":", text[WAIVED]);
    put_optional(o, ",\"note\":", text[NOTE]);
    put_optional(o, ",\"part\":", part);
    put_optional(o, ",\"change\":", change);
    render_span(c, o);
    out_text(o, "}");
}

static void render_coverage(struct rendering *g)
{
    struct cursor *c = &g->node;
    struct out *o = &g->out;
    const char *between = "";

    c->failed |= cbor_array(c) != 5;
    put_text(o, "{\"surface\":", cbor_bytes(c));
    put_text(o, ",\"witness\":", cbor_bytes(c));
    put_text(o, ",\"state\":", view_of(name_of(c, states, 8)));
    struct view reason = cbor_bytes(c);
    uint64_t by = cbor_number(c, 1U << JUDGES);

    out_text(o, ",\"judged_by\":[");
    for (size_t i = 0; i < JUDGES; i++) {
        if ((by >> i & 1) == 0)
            continue;
        put_text(o, between, view_of(judges[i]));
        between = ",";
    }
    out_text(o, "]");
    put_optional(o, ",\"reason\":", reason);
    out_text(o, "}");
}

static void render_sentence(struct rendering *g)
{
    json_put_string(&g->out, cbor_bytes(&g->node));
}

/* What renders one member of a list. */
typedef void (*renderer)(struct rendering *g);

static void render_list(struct rendering *g, const char *key, renderer one)
{
    uint64_t count = cbor_array(&g->node);

    out_text(&g->out, key);
    for (uint64_t i = 0; i < count && !g->node.failed; i++) {
        out_text(&g->out, i > 0 ? "," : "");
        one(g);
    }
    out_text(&g->out, "]");
}

static void render_trust(struct cursor *c, struct out *o)
{
    c->failed |= cbor_array(c) != 8;
    out_text(o, ",\"trust_vector\":{");
    for (size_t i = 0; i < 8; i++) {
        const char *between = i > 0 ? "," : "";

        out_text(o, text_of(o->memory, "%s\"%s\":%d", between, claims[i], cbor_small(c)));
    }
    out_text(o, "}");
}

static void render_references(struct cursor *c, struct out *o)
{
    uint64_t count = cbor_array(c);

    out_text(o, ",\"references\":[");
    for (uint64_t i = 0; i < count && !c->failed; i++) {
        c->failed |= cbor_array(c) != 2;
        struct view name = cbor_bytes(c);
        struct hash digest = read_digest(c);

        out_text(o, i > 0 ? ",{" : "{");
        put_optional(o, "\"name\":", name);
        put_digest(o, name.len > 0 ? ",\"digest\":" : "\"digest\":", &digest);
        out_text(o, "}");
    }
    out_text(o, "]");
}

/* Members 1 to 12 of the node; returns the verdict. */
static uint64_t render_head(struct rendering *g, struct result *ret)
{
    struct cursor *c = &g->node;
    struct out *o = &g->out;
    struct view tool = cbor_bytes(c);
    struct view as_of = cbor_bytes(c);

    ret->subject = cbor_bytes(c);
    struct view collected = cbor_bytes(c);

    uint64_t verdict = cbor_number(c, 3);

    put_text(o, "{\"schema\":1,\"verdict\":", view_of(verdicts[verdict]));
    put_digest(o, ",\"result\":", &ret->digest);
    put_text(o, ",\"tool\":", tool);
    put_text(o, ",\"subject\":", ret->subject);
    put_optional(o, ",\"as_of\":", as_of);
    ret->evidence = read_digest(c);
    put_digest(o, ",\"evidence\":", &ret->evidence);
    put_optional(o, ",\"collected\":", collected);
    struct hash decoders = read_digest(c);

    put_digest(o, ",\"decoders\":", &decoders);
    c->failed |= cbor_array(c) != 2;
    put_text(o, ",\"policy\":{\"name\":", cbor_bytes(c));
    ret->policy = read_digest(c);
    put_digest(o, ",\"digest\":", &ret->policy);
    out_text(o, "}");
    render_references(c, o);
    bool cohort = !cbor_null(c);
    struct hash digest = {{0}};

    if (cohort)
        digest = read_digest(c);
    uint64_t members = cbor_number(c, UINT64_MAX);

    if (cohort) {
        put_digest(o, ",\"cohort\":{\"digest\":", &digest);
        put_number(o, ",\"members\":", members);
        out_text(o, "}");
    }
    if (!cbor_null(c)) {
        digest = read_digest(c);
        put_digest(o, ",\"since\":", &digest);
    }
    return verdict;
}

/* The JSON rendering of a node, and what ends a payload after it; false if it is not one. */
static bool node_render(struct view node, struct memory *m, struct view *ret,
                        struct result *res)
{
    struct rendering g = {.node = {.left = node}, .out = {.memory = m}};
    struct out o = {.memory = m};

    out_text(&o, "assay/result/2");
    out_number(&o, 0, 1);
    out_add(&o, node);
    res->digest = sha256(out_view(&o));
    g.node.failed =
        cbor_array(&g.node) != 18 || !view_is(cbor_bytes(&g.node), "assay-result/2");
    uint64_t verdict = render_head(&g, res);

    render_list(&g, ",\"findings\":[", render_finding);
    render_list(&g, ",\"coverage\":[", render_coverage);
    render_list(&g, ",\"gaps\":[", render_sentence);
    render_list(&g, ",\"residual\":[", render_sentence);
    render_trust(&g.node, &g.out);
    out_text(&g.out, "}}}");
    *ret = out_view(&g.out);
    res->verdict = verdict == 0   ? SUM_CLEAN
                   : verdict == 2 ? SUM_UNKNOWN
                   : g.grave      ? SUM_BAD
                                  : SUM_REVIEW;
    return !g.node.failed && g.node.left.len == 0;
}

bool result_open(struct view file, const struct operators *by, struct report *r,
                 struct result *ret)
{
    const struct key *k = NULL;
    struct view payload = {0};
    struct view node = {0};
    struct view rendering;

    *ret = (struct result){0};
    if (!envelope_open(file, by, "result", r, &payload, &k) || k == NULL)
        return false;
    struct json j = {r->memory, {.left = payload}};

    struct view subject;
    struct hash digest;
    struct view type = payload_begin(&j, &subject, &digest);

    if (!j.at.failed && !view_is(type, "urn:assay:result:1"))
        return untold(r, "result: a signed %s, which is not known here",
                      view_shown(r->memory, type));
    json_want(&j, ",\"predicate\":{\"node\":");
    bool whole = base64_read(r->memory, json_string(&j), &node);

    json_want(&j, ",\"result\":");
    if (!whole || j.at.failed)
        return disproven(r, "result: not a result in its one form");
    if (!node_render(node, r->memory, &rendering, ret))
        return view_begins(view_after(node, 1), "\x4e\x61ssay-result/2")
                   ? disproven(r, "result: the node is damaged")
                   : untold(r, "result: a node of a version that is not known here");
    if (!hash_equal(digest, ret->digest) || !view_equal(subject, ret->subject))
        return disproven(r, "result: digest or subject are not those of the node");
    if (!view_equal(rendering, j.at.left))
        return disproven(r, "result: the node and its rendering do not agree");
    proven(r, "result: signed by %s; node, digest and rendering agree",
           view_shown(r->memory, k->name));
    fact(r, "subject", "%s", view_shown(r->memory, subject));
    fact(r, "result", "sha256:%s", hex_shown(r->memory, digest.bytes, 32));
    fact(r, "counts as", "%s", verdict_word(ret->verdict));
    return true;
}
