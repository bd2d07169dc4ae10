/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/signatures.h"

#include "app/keyring.h"

bool believed_read(struct believed *b, struct arena *a, struct err *e)
{
    b->keys = ARENA_ARRAY(a, struct note_key, b->files.count);
    for (size_t i = 0; i < b->files.count; i++) {
        if (!key_half_read(b->files.rows[i], a, &b->keys[i], e))
            return false;
    }
    return true;
}

/* The believed key that a signature says it is by, or NULL. */
static const struct note_key *signer_of(const struct dsse_signature *s,
                                        const struct believed *b)
{
    for (size_t i = 0; i < b->files.count; i++) {
        struct digest name = public_key_name(&b->keys[i].key);

        if (digest_equal(&name, &s->key))
            return &b->keys[i];
    }
    return NULL;
}

static const char *state_of(const struct dsse *d, const struct note_key *k, struct arena *a)
{
    if (k == NULL)
        return "unchecked";
    return dsse_verify(d, &k->key, a) == DSSE_SIGNED ? "good" : "wrong";
}

/* One believed key at least has signed, and none of them wrongly. */
static bool believable(const struct dsse *d, const struct believed *b, struct arena *a)
{
    bool good = false;

    for (size_t i = 0; i < b->files.count; i++) {
        enum dsse_verdict v = dsse_verify(d, &b->keys[i].key, a);

        if (v == DSSE_FORGED)
            return false;
        good = good || v == DSSE_SIGNED;
    }
    return good;
}

bool signatures_text(struct text *t, const struct dsse *d, const struct believed *b,
                     struct arena *a)
{
    for (size_t i = 0; i < d->count; i++) {
        const struct dsse_signature *s = &d->signatures[i];
        const struct note_key *k = signer_of(s, b);

        text_puts(t, "signed by ");
        if (k != NULL) {
            text_printable(t, k->name);
            text_puts(t, ", key ");
        } else {
            text_puts(t, "an unknown key, ");
        }
        text_hex(t, (struct bytes){s->key.bytes, sizeof(s->key.bytes)});
        text_printf(t, ": %s\n", state_of(d, k, a));
    }
    return believable(d, b, a);
}

bool signatures_json(struct json *j, const struct dsse *d, const struct believed *b,
                     struct arena *a)
{
    json_array_begin(j);
    for (size_t i = 0; i < d->count; i++) {
        const struct dsse_signature *s = &d->signatures[i];
        const struct note_key *k = signer_of(s, b);

        json_object_begin(j);
        json_key(j, "key");
        json_hex(j, (struct bytes){s->key.bytes, sizeof(s->key.bytes)});
        if (k != NULL)
            json_member_string(j, "name", k->name);
        json_member_text(j, "state", state_of(d, k, a));
        json_object_end(j);
    }
    json_array_end(j);
    return believable(d, b, a);
}
