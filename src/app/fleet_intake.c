/* SPDX-License-Identifier: Apache-2.0 */
#include "app/fleet_intake.h"

#include <stdlib.h>
#include <string.h>

#include "app/fleet_days.h"
#include "app/fleet_methods.h"
#include "app/load.h"
#include "app/signed_result.h"
#include "base/file.h"

enum {
    RESULT_FILE_MAX = 256 << 20,
    IDENTITIES_MAX = 64 << 20
};

/* Digests that were met, each once, sorted at the end. */
struct digest_set {
    struct digest *rows;
    size_t count;
    size_t cap;
};

static void set_add(struct digest_set *s, struct arena *a, const struct digest *d)
{
    for (size_t i = 0; i < s->count; i++) {
        if (digest_equal(&s->rows[i], d))
            return;
    }
    arena_grow(a, &s->rows, s->count, &s->cap, sizeof(*s->rows));
    s->rows[s->count++] = *d;
}

static int digest_order(const void *left, const void *right)
{
    return memcmp(left, right, sizeof(struct digest));
}

static struct digest set_digest(struct digest_set *s)
{
    struct digest_stream stream;

    if (s->count > 1)
        qsort(s->rows, s->count, sizeof(*s->rows), digest_order);
    digest_begin(&stream);
    digest_more(&stream, bytes_of("reference/v1"));
    for (size_t i = 0; i < s->count; i++)
        digest_more(&stream, (struct bytes){s->rows[i].bytes, SHA256_SIZE});
    return digest_end(&stream);
}

/* A node, or a signed envelope with one. Whose signature that is matters to whoever audits. */
static bool result_read(const char *path, struct arena *a, struct result *ret, struct err *e)
{
    struct dsse *d = ARENA_NEW(a, struct dsse);
    struct bytes b;

    if (!file_read(path, RESULT_FILE_MAX, a, &b, e))
        return false;
    bool good = signed_result_recognise(b) ? signed_result_read(b, a, d, ret, e)
                                           : result_decode(b, a, ret, e);

    return good || err_wrap(e, "%s", path);
}

/* Suspect is "bad" where something grave is known, and otherwise for a person to weigh. */
static enum server_verdict verdict_of(const struct result *r)
{
    switch (r->verdict) {
    case VERDICT_CLEAN:
        return SERVER_CLEAN;
    case VERDICT_INCOMPLETE:
        return SERVER_UNKNOWN;
    case VERDICT_SUSPECT:
        break;
    }
    for (size_t i = 0; i < r->finding_count; i++) {
        const struct result_finding *f = &r->findings[i];

        if (f->severity >= SEVERITY_HIGH && f->waived.len == 0 &&
            (f->judge == JUDGE_REFERENCE || f->judge == JUDGE_RULE))
            return SERVER_BAD;
    }
    return SERVER_REVIEW;
}

static bool machines_load(const struct fleet_inputs *in, struct arena *a,
                          struct fleet_machine *ret, struct err *e)
{
    for (size_t i = 0; i < in->evidence_count; i++) {
        struct subject *s;
        struct arena own;

        arena_init(&own);
        s = ARENA_NEW(&own, struct subject);
        bool good =
            subject_load(in->evidence[i], &own, s, e) && fleet_machine_of(s, a, &ret[i], e);

        arena_done(&own);
        if (!good)
            return false;
    }
    return true;
}

static struct fleet_machine *machine_find(struct fleet_machine *all, size_t count,
                                          const struct digest *evidence)
{
    for (size_t i = 0; i < count; i++) {
        if (digest_equal(&all[i].evidence, evidence))
            return &all[i];
    }
    return NULL;
}

/* Lines "EVIDENCE KIND=ID". */
static bool identities_read(const struct fleet_inputs *in, struct arena *a,
                            struct fleet_machine *all, struct err *e)
{
    struct bytes rest;
    struct bytes line;

    if (in->identities == NULL)
        return true;
    if (!file_read(in->identities, IDENTITIES_MAX, a, &rest, e))
        return false;
    for (size_t number = 1; bytes_line(&rest, &line); number++) {
        struct fleet_machine *m;
        struct identity i;
        struct digest d;
        struct bytes hex;

        line = bytes_trim(line);
        if (line.len == 0 || line.data[0] == '#')
            continue;
        if (!bytes_cut(&line, ' ', &hex) || !digest_of_hex(hex, &d) ||
            !identity_parse(line, a, &i, e))
            return err_set(e, ERR_INPUT, "%s: line %zu is not \"EVIDENCE KIND=ID\"",
                           in->identities, number);
        m = machine_find(all, in->evidence_count, &d);
        if (m != NULL && !fleet_machine_add(m, i, e))
            return false;
    }
    return true;
}

static void add(struct fleet_examined *x, const char *name, struct bytes value)
{
    if (value.len > 0)
        x->attributes[x->attribute_count++] = (struct attribute){bytes_of(name), value};
}

static struct bytes digest_bytes(const struct digest *d, struct arena *a)
{
    return arena_copy(a, (struct bytes){d->bytes, sizeof(d->bytes)});
}

static struct bytes hex_of(struct bytes b, struct arena *a)
{
    struct text *t = ARENA_NEW(a, struct text);

    text_init(t, a, 2 * b.len + 1);
    text_hex(t, b);
    return text_bytes(t);
}

static void attributes_of(struct fleet_examined *x, const struct fleet_inputs *in,
                          const struct result *r, struct arena *a)
{
    add(x, "result", digest_bytes(&x->result, a));
    add(x, "evidence", digest_bytes(&r->evidence, a));
    add(x, "policy", digest_bytes(&r->policy, a));
    add(x, "decoders", digest_bytes(&r->decoders, a));
    add(x, "verdict", bytes_of(server_verdict_name(server_verdict_of(&x->sum))));
    add(x, "model", x->machine.model);
    add(x, "firmware", x->machine.firmware);
    add(x, "pcr0", hex_of(x->machine.pcr0, a));
    add(x, "site", in->site);
    add(x, "batch", in->batch);
    add(x, "tool", arena_copy(a, r->tool));
    add(x, "trust-vector",
        arena_copy(a, (struct bytes){(const uint8_t *)r->trust, sizeof(r->trust)}));
}

/* The day of the evidence; 0 if it does not say. */
static bool day_of_evidence(const struct result *r, struct bytes as_of, uint32_t *ret,
                            struct err *e)
{
    uint32_t now = 0;

    *ret = 0;
    if (r->collected.len == 0)
        return true;
    if (!day_of_moment(r->collected, ret) || !day_of_moment(as_of, &now))
        return err_set(e, ERR_INPUT, "its evidence has no date that can be read");
    return *ret <= now || err_set(e, ERR_INPUT, "its evidence is of a day after the epoch's");
}

/* What all results of an epoch are read with. */
struct reading {
    const struct fleet_inputs *in;
    struct bytes as_of;
    struct fleet_machine *machines;
    struct arena *arena;
    struct err *err;
};

static bool examine(const struct reading *c, const char *path, struct fleet_examined *ret,
                    struct result *r)
{
    uint32_t day;

    if (!result_read(path, c->arena, r, c->err))
        return false;
    const struct fleet_machine *m =
        machine_find(c->machines, c->in->evidence_count, &r->evidence);

    if (m == NULL)
        return err_set(c->err, ERR_INPUT, "%s: the evidence that it judges is not given", path);
    if (!day_of_evidence(r, c->as_of, &day, c->err))
        return err_wrap(c->err, "%s", path);
    *ret = (struct fleet_examined){.path = path,
                                   .subject = r->subject,
                                   .machine = *m,
                                   .result = result_digest(r, c->arena)};
    ret->primary = fleet_machine_primary(m);
    ret->sum = server_sum(verdict_of(r), day, day, fleet_methods_used(r));
    attributes_of(ret, c->in, r, c->arena);
    return true;
}

bool fleet_intake_read(const struct fleet_inputs *in, struct bytes as_of, struct arena *a,
                       struct fleet_intake *ret, struct err *e)
{
    const struct reading c = {
        in, as_of, ARENA_ARRAY(a, struct fleet_machine, in->evidence_count + 1), a, e};
    struct digest_set references = {0};
    struct result r;

    *ret = (struct fleet_intake){
        .rows = ARENA_ARRAY(a, struct fleet_examined, in->result_count + 1)};
    if (!machines_load(in, a, c.machines, e) || !identities_read(in, a, c.machines, e))
        return false;
    for (size_t i = 0; i < in->result_count; i++) {
        if (!examine(&c, in->results[i], &ret->rows[i], &r))
            return false;
        if (i > 0 && !digest_equal(&ret->policy, &r.policy))
            return err_set(e, ERR_INPUT, "%s: judged by another policy than %s", in->results[i],
                           in->results[0]);
        ret->policy = r.policy;
        for (size_t k = 0; k < r.reference_count; k++)
            set_add(&references, a, &r.references[k].digest);
        ret->count++;
    }
    ret->reference = set_digest(&references);
    for (size_t i = 0; i < ret->count; i++)
        add(&ret->rows[i], "reference", digest_bytes(&ret->reference, a));
    return true;
}
