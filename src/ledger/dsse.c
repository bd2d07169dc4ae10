/* SPDX-License-Identifier: Apache-2.0 */
/* DSSE 1.0.2: protocol.md (pre-authentication encoding) and envelope.md. */
#include "ledger/dsse.h"

#include <string.h>

#include "base/base64.h"
#include "base/json_read.h"

void dsse_message(struct text *t, struct bytes type, struct bytes payload)
{
    text_puts(t, "DSSEv1 ");
    text_uint(t, type.len);
    text_char(t, ' ');
    text_add(t, type);
    text_char(t, ' ');
    text_uint(t, payload.len);
    text_char(t, ' ');
    text_add(t, payload);
}

void dsse_begin(struct dsse *d, struct bytes type, struct bytes payload)
{
    *d = (struct dsse){.payload = payload, .type = type};
}

static bool message_of(const struct dsse *d, struct arena *a, struct bytes *ret)
{
    struct text t;

    text_init(&t, a, DSSE_SIZE_MAX);
    dsse_message(&t, d->type, d->payload);
    *ret = text_bytes(&t);
    return !t.overflow;
}

static bool has_signed(const struct dsse *d, const struct digest *key)
{
    for (size_t i = 0; i < d->count; i++) {
        if (digest_equal(&d->signatures[i].key, key))
            return true;
    }
    return false;
}

bool dsse_sign(struct dsse *d, struct dsse_signer signer, struct arena *a, struct err *e)
{
    struct dsse_signature s;
    struct public_key key;
    struct bytes message;

    if (d->count == DSSE_SIGNATURES_MAX || !message_of(d, a, &message))
        return err_set(e, ERR_LIMIT, "an envelope has no room for this signature");
    if (!signer.sign(signer.user, message, &s.signature, &key, e))
        return false;
    s.key = public_key_name(&key);
    if (has_signed(d, &s.key))
        return err_set(e, ERR_INPUT, "this key has signed already");
    d->signatures[d->count++] = s;
    return true;
}

void dsse_print(struct text *t, const struct dsse *d)
{
    text_puts(t, "{\"payload\":\"");
    text_base64(t, d->payload);
    text_puts(t, "\",\"payloadType\":\"");
    text_add(t, d->type);
    text_puts(t, "\",\"signatures\":[");
    for (size_t i = 0; i < d->count; i++) {
        const struct dsse_signature *s = &d->signatures[i];

        text_puts(t, i > 0 ? ",{\"keyid\":\"" : "{\"keyid\":\"");
        text_hex(t, (struct bytes){s->key.bytes, sizeof(s->key.bytes)});
        text_puts(t, "\",\"sig\":\"");
        text_base64(t, (struct bytes){s->signature.bytes, sizeof(s->signature.bytes)});
        text_puts(t, "\"}");
    }
    text_puts(t, "]}\n");
}

static bool signature_parse(const struct json_node *n, struct arena *a, struct dsse *ret)
{
    struct dsse_signature s;
    struct bytes b;

    if (ret->count == DSSE_SIGNATURES_MAX ||
        !digest_of_hex(json_member_bytes(n, "keyid"), &s.key))
        return false;
    if (!base64_decode(json_member_bytes(n, "sig"), a, &b) ||
        b.len != sizeof(s.signature.bytes) || has_signed(ret, &s.key))
        return false;
    memcpy(s.signature.bytes, b.data, sizeof(s.signature.bytes));
    ret->signatures[ret->count++] = s;
    return true;
}

bool dsse_parse(struct bytes envelope, struct arena *a, struct dsse *ret, struct err *e)
{
    struct json_node *root;
    struct text again;

    *ret = (struct dsse){.count = 0};
    if (envelope.len > DSSE_SIZE_MAX)
        return err_set(e, ERR_LIMIT, "the envelope is too large");
    if (!json_parse(envelope, a, &root, e))
        return false;
    ret->type = json_member_bytes(root, "payloadType");
    if (!base64_decode(json_member_bytes(root, "payload"), a, &ret->payload))
        return err_set(e, ERR_INPUT, "the payload of the envelope is not Base 64");
    const struct json_node *all = json_member(root, "signatures");

    for (size_t i = 0; all != NULL && i < all->count; i++) {
        if (!signature_parse(&all->children[i], a, ret))
            return err_set(e, ERR_INPUT, "signature %zu of the envelope is malformed", i);
    }
    text_init(&again, a, envelope.len);
    dsse_print(&again, ret);
    if (again.overflow || !bytes_equal(text_bytes(&again), envelope))
        return err_set(e, ERR_INPUT, "this is no signed envelope in its only form");
    return true;
}

enum dsse_verdict dsse_verify(const struct dsse *d, const struct public_key *key,
                              struct arena *a)
{
    struct digest name = public_key_name(key);
    struct bytes message;

    for (size_t i = 0; i < d->count; i++) {
        const struct dsse_signature *s = &d->signatures[i];

        if (!digest_equal(&s->key, &name))
            continue;
        return message_of(d, a, &message) && signature_verify(key, message, &s->signature)
                   ? DSSE_SIGNED
                   : DSSE_FORGED;
    }
    return DSSE_UNSIGNED;
}
