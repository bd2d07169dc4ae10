/* SPDX-License-Identifier: Apache-2.0 */
#include "app/fleet_record.h"

#include <string.h>

#include "ledger/wire.h"

static const char magic[] = "assay-records/1\n";

static void put_identity(struct text *t, const struct identity *i)
{
    wire_put_string(t, i->kind);
    wire_put_string(t, i->id);
}

static struct identity get_identity(struct reader *r)
{
    struct identity i = {.kind = wire_string(r)};

    i.id = wire_string(r);
    return i;
}

void fleet_records_print(struct text *t, const struct fleet_records *r)
{
    text_puts(t, magic);
    for (size_t i = 0; i < r->count; i++) {
        const struct fleet_record *s = &r->rows[i];

        wire_put_digest(t, &s->index);
        put_identity(t, &s->identity);
        wire_put_uint(t, s->attribute_count, 1);
        for (size_t k = 0; k < s->attribute_count; k++) {
            wire_put_string(t, s->attributes[k].name);
            wire_put_string(t, s->attributes[k].value);
        }
        wire_put_uint(t, s->alias_count, 1);
        for (size_t k = 0; k < s->alias_count; k++) {
            put_identity(t, &s->aliases[k].identity);
            wire_put_digest(t, &s->aliases[k].index);
        }
    }
}

static void get_record(struct reader *r, struct arena *a, struct fleet_record *ret)
{
    ret->index = wire_digest(r);
    ret->identity = get_identity(r);
    size_t attributes = reader_u8(r);

    ret->attributes = ARENA_ARRAY(a, struct attribute, attributes);
    for (size_t i = 0; i < attributes && !r->failed; i++) {
        struct attribute *now = &ret->attributes[ret->attribute_count++];

        now->name = wire_string(r);
        now->value = wire_string(r);
    }
    size_t aliases = reader_u8(r);

    ret->aliases = ARENA_ARRAY(a, struct fleet_alias, aliases);
    for (size_t i = 0; i < aliases && !r->failed; i++) {
        struct fleet_alias *now = &ret->aliases[ret->alias_count++];

        now->identity = get_identity(r);
        now->index = wire_digest(r);
    }
}

bool fleet_records_parse(struct bytes file, struct arena *a, struct fleet_records *ret,
                         struct err *e)
{
    struct reader r = reader_of(bytes_slice(file, sizeof(magic) - 1, SIZE_MAX), 0, 0);
    size_t cap = 0;

    *ret = (struct fleet_records){0};
    if (!bytes_starts_with(file, magic))
        return err_set(e, ERR_INPUT, "these are no records of a fleet");
    while (reader_more(&r)) {
        arena_grow(a, &ret->rows, ret->count, &cap, sizeof(*ret->rows));
        ret->rows[ret->count] = (struct fleet_record){0};
        get_record(&r, a, &ret->rows[ret->count]);
        if (r.failed)
            return err_set(e, ERR_INPUT, "record %zu is cut off", ret->count);
        ret->count++;
    }
    return true;
}

const struct fleet_record *fleet_record_find(const struct fleet_records *r,
                                             const struct digest *index)
{
    size_t low = 0;
    size_t high = r->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (memcmp(r->rows[middle].index.bytes, index->bytes, sizeof(index->bytes)) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < r->count && digest_equal(&r->rows[low].index, index) ? &r->rows[low] : NULL;
}

struct bytes fleet_record_value(const struct fleet_record *r, const char *name)
{
    for (size_t i = 0; i < r->attribute_count; i++) {
        if (bytes_equal_text(r->attributes[i].name, name))
            return r->attributes[i].value;
    }
    return (struct bytes){NULL, 0};
}
