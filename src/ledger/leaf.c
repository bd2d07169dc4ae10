/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/leaf.h"

#include <string.h>

#include "ledger/wire.h"

const char *server_verdict_name(enum server_verdict v)
{
    switch (v) {
    case SERVER_CLEAN:
        return "clean";
    case SERVER_REVIEW:
        return "review";
    case SERVER_BAD:
        return "bad";
    case SERVER_UNKNOWN:
        break;
    }
    return "unknown";
}

enum server_verdict server_verdict_of(const struct aggregate *sum)
{
    if (sum->clean > 0)
        return SERVER_CLEAN;
    if (sum->review > 0)
        return SERVER_REVIEW;
    return sum->bad > 0 ? SERVER_BAD : SERVER_UNKNOWN;
}

static uint32_t day(uint32_t d)
{
    return d < AGGREGATE_DAY_MAX ? d : AGGREGATE_DAY_MAX;
}

struct aggregate server_sum(enum server_verdict v, uint32_t oldest, uint32_t newest,
                            uint32_t methods)
{
    return (struct aggregate){
        .n = 1,
        .clean = v == SERVER_CLEAN,
        .review = v == SERVER_REVIEW,
        .bad = v == SERVER_BAD,
        .unknown = v == SERVER_UNKNOWN,
        .oldest = day(oldest),
        .newest = day(newest),
        .all = methods,
        .any = methods,
    };
}

/* Where the next member goes. */
static uint8_t *put_digest(uint8_t *at, const struct digest *d)
{
    memcpy(at, d->bytes, sizeof(d->bytes));
    return at + sizeof(d->bytes);
}

static uint8_t *put_number(uint8_t *at, uint32_t v)
{
    for (unsigned i = 0; i < 4; i++)
        at[i] = (uint8_t)(v >> (24 - 8 * i));
    return at + 4;
}

static struct aggregate get_sum(struct reader *r)
{
    struct bytes b = reader_take(r, AGGREGATE_SIZE);

    return b.len == AGGREGATE_SIZE ? aggregate_unpack(b.data) : aggregate_none();
}

void server_leaf_pack(const struct server_leaf *l, uint8_t ret[SERVER_LEAF_SIZE])
{
    uint8_t *at = put_digest(ret, &l->index);

    at = put_number(at, l->since);
    at = put_digest(at, &l->commitment);
    at = put_digest(at, &l->previous);
    at = put_number(at, l->previous_since);
    aggregate_pack(&l->sum, at);
}

struct server_leaf server_leaf_unpack(struct bytes bytes)
{
    struct reader r = reader_of(bytes, 0, 0);
    struct server_leaf l = {.index = wire_digest(&r)};

    l.since = reader_u32be(&r);
    l.commitment = wire_digest(&r);
    l.previous = wire_digest(&r);
    l.previous_since = reader_u32be(&r);
    l.sum = get_sum(&r);
    return l;
}

void alias_leaf_pack(const struct alias_leaf *l, uint8_t ret[ALIAS_LEAF_SIZE])
{
    struct aggregate sum = aggregate_none();
    uint8_t *at = put_digest(put_digest(ret, &l->index), &l->value);

    sum.n = 1;
    sum.unknown = 1;
    aggregate_pack(&sum, at);
}

struct alias_leaf alias_leaf_unpack(struct bytes bytes)
{
    struct reader r = reader_of(bytes, 0, 0);
    struct alias_leaf l = {.index = wire_digest(&r)};

    l.value = wire_digest(&r);
    return l;
}

const char *leaves_magic(enum prefix_kind kind)
{
    return kind == PREFIX_SERVERS ? "assay-leaves/1\n" : "assay-aliases/1\n";
}

bool leaves_parse(enum prefix_kind kind, struct bytes file, struct prefix_leaves *ret,
                  struct err *e)
{
    const char *magic = leaves_magic(kind);

    if (!bytes_starts_with(file, magic))
        return err_set(e, ERR_INPUT, "not a list of %s",
                       kind == PREFIX_SERVERS ? "servers" : "aliases");
    return prefix_leaves_take(kind, bytes_slice(file, strlen(magic), SIZE_MAX),
                              kind == PREFIX_SERVERS ? SERVER_LEAF_SIZE : ALIAS_LEAF_SIZE, ret,
                              e);
}
