/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/server_proof.h"

#include "ledger/wire.h"

static void put_salt(struct text *t, const struct attribute_salt *s)
{
    text_add(t, (struct bytes){s->bytes, sizeof(s->bytes)});
}

static void put_identity(struct text *t, const struct identity *i, const struct vrf_proof *p)
{
    wire_put_string(t, i->kind);
    wire_put_string(t, i->id);
    text_add(t, (struct bytes){p->bytes, sizeof(p->bytes)});
}

static void put_openings(struct text *t, const struct server_proof *p)
{
    wire_put_uint(t, p->opening_count, 2);
    for (size_t i = 0; i < p->opening_count; i++) {
        const struct server_opening *o = &p->openings[i];

        put_salt(t, &o->salt);
        wire_put_uint(t, o->attribute.name.len, 1);
        text_add(t, o->attribute.name);
        wire_put_string(t, o->attribute.value);
    }
    wire_put_uint(t, p->hidden_count, 2);
    for (size_t i = 0; i < p->hidden_count; i++)
        wire_put_digest(t, &p->hidden[i]);
}

void server_proof_print(struct text *t, const struct server_proof *p)
{
    text_puts(t, "assay-server-proof/1\n");
    wire_put_uint(t, p->absent, 1);
    put_identity(t, &p->identity, &p->pseudonym);
    wire_put_uint(t, p->envelope.len, 4);
    text_add(t, p->envelope);
    text_add(t, p->proof);
    if (!p->absent)
        put_openings(t, p);
    wire_put_uint(t, p->alias_count, 1);
    for (size_t i = 0; i < p->alias_count; i++) {
        put_identity(t, &p->aliases[i].identity, &p->aliases[i].pseudonym);
        put_salt(t, &p->aliases[i].salt);
        text_add(t, p->aliases[i].proof);
    }
}
