/* SPDX-License-Identifier: Apache-2.0 */
#include "app/fleet_plan.h"

#include <stdlib.h>

#include "base/file.h"
#include "ledger/dsse.h"
#include "ledger/wire.h"

enum {
    PLAN_MAX = 1 << 16,
    NAMELESS_MAX = 256 << 20
};

static const char magic[] = "assay-plan/1\n";

static const char *plan_path(struct fleet_folder *f, uint32_t epoch)
{
    return arena_format(f->arena, "%s/private/plan-%u", f->path, epoch);
}

static uint32_t next_epoch(const struct fleet_folder *f)
{
    return f->has_epoch ? f->last + 1 : 0;
}

static bool plan_write(struct fleet_folder *f, const struct fleet_sampling *p, struct err *e)
{
    struct text t;

    text_init(&t, f->arena, PLAN_MAX);
    text_puts(&t, magic);
    wire_put_uint(&t, p->method, 4);
    wire_put_uint(&t, p->size, 8);
    wire_put_string(&t, p->source);
    wire_put_string(&t, p->not_before);
    wire_put_string(&t, p->seed);
    wire_put_uint(&t, p->epoch, 4);
    return file_write(plan_path(f, next_epoch(f)), text_bytes(&t), f->arena, e);
}

bool fleet_plan_commit(struct fleet_folder *f, struct fleet_sampling plan, struct err *e)
{
    plan.epoch = next_epoch(f);
    return plan_write(f, &plan, e);
}

/* The plan in the statement of an epoch, if there is one. */
static bool published_plan(struct fleet_folder *f, uint32_t epoch, struct fleet_sampling *ret)
{
    struct dsse *d = ARENA_NEW(f->arena, struct dsse);
    struct fleet_statement *s = ARENA_NEW(f->arena, struct fleet_statement);
    struct bytes b;
    struct err e;

    if (!file_read(arena_format(f->arena, "%s/epochs/%u/statement.json", f->path, epoch),
                   DSSE_SIZE_MAX, f->arena, &b, &e) ||
        !dsse_parse(b, f->arena, d, &e) || !fleet_statement_parse(d->payload, f->arena, s, &e))
        return false;
    *ret = s->sampling;
    return s->has_sampling;
}

bool fleet_plan_reveal(struct fleet_folder *f, struct bytes seed, struct fleet_sampling *ret,
                       struct err *e)
{
    for (uint32_t i = next_epoch(f); i > 0; i--) {
        if (!published_plan(f, i - 1, ret))
            continue;
        if (ret->seed.len > 0 && !bytes_equal(ret->seed, seed))
            return err_set(e, ERR_INPUT, "epoch %u has another seed", i - 1);
        bool known = ret->seed.len > 0;

        ret->seed = seed;
        return known || plan_write(f, ret, e);
    }
    return err_set(e, ERR_ABSENT, "no epoch has committed to a sample");
}

bool fleet_plan_take(struct fleet_folder *f, uint32_t epoch, struct bytes as_of,
                     struct fleet_statement *s, struct err *e)
{
    struct bytes b;

    if (!file_read(plan_path(f, epoch), PLAN_MAX, f->arena, &b, e))
        return e->code == ERR_ABSENT;
    struct reader r = reader_of(bytes_slice(b, sizeof(magic) - 1, SIZE_MAX), 0, 0);
    struct fleet_sampling *p = &s->sampling;

    p->method = reader_u32be(&r);
    p->size = reader_uint(&r, 8, true);
    p->source = wire_string(&r);
    p->not_before = wire_string(&r);
    p->seed = wire_string(&r);
    p->epoch = reader_u32be(&r);
    if (r.failed || reader_more(&r) || !bytes_starts_with(b, magic))
        return err_set(e, ERR_INPUT, "%s is damaged", plan_path(f, epoch));
    s->has_sampling = true;
    bool early = bytes_compare(as_of, p->not_before) < 0;

    if (p->seed.len == 0 && !early)
        return err_set(e, ERR_INPUT,
                       "the seed of the sample may be known at the time of this epoch");
    if (p->seed.len > 0 && early)
        return err_set(e, ERR_INPUT, "the seed of the sample is not known before %.*s",
                       (int)p->not_before.len, (const char *)p->not_before.data);
    return true;
}

/* Whether a machine of this epoch is called so, and whether it has an identity. */
static bool examined_as(const struct fleet_intake *in, struct bytes subject, bool named)
{
    for (size_t i = 0; in != NULL && i < in->count; i++) {
        if ((in->rows[i].primary != NULL) == named && bytes_equal(in->rows[i].subject, subject))
            return true;
    }
    return false;
}

bool fleet_nameless_read(struct fleet_folder *f, const struct fleet_intake *in,
                         struct bytes *ret_file, uint64_t *ret_count, struct err *e)
{
    struct bytes old = {NULL, 0};
    struct text *t = ARENA_NEW(f->arena, struct text);

    if (f->has_epoch &&
        !file_read(arena_format(f->arena, "%s/private/%u/nameless", f->path, f->last),
                   NAMELESS_MAX, f->arena, &old, e) &&
        e->code != ERR_ABSENT)
        return false;
    struct reader r = reader_of(old, 0, 0);

    text_init(t, f->arena, NAMELESS_MAX);
    *ret_count = 0;
    while (reader_more(&r)) {
        struct bytes subject = wire_string(&r);

        if (r.failed || examined_as(in, subject, true) || examined_as(in, subject, false))
            continue;
        wire_put_string(t, subject);
        ++*ret_count;
    }
    for (size_t i = 0; in != NULL && i < in->count; i++) {
        if (in->rows[i].primary != NULL)
            continue;
        wire_put_string(t, bytes_slice(in->rows[i].subject, 0, UINT16_MAX));
        ++*ret_count;
    }
    *ret_file = text_bytes(t);
    return true;
}
