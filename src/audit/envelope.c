/* SPDX-License-Identifier: Apache-2.0 */
/* DSSE envelopes: who signed which payload. */
#include <string.h>

#include "audit/statement.h"

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
