/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/seal.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "evidence/cbor.h"

#define SUFFIX ".ed25519"

enum {
    SEAL_VERSION = 1
};

static struct digest message_of(const struct bundle *b)
{
    return node_digest("seal", SEAL_VERSION,
                       (struct bytes){b->digest.bytes, sizeof(b->digest.bytes)});
}

static struct bytes name_of(const struct public_key *key, struct arena *a)
{
    struct digest d = public_key_name(key);
    struct text t;

    text_init(&t, a, 100);
    text_hex(&t, (struct bytes){d.bytes, sizeof(d.bytes)});
    text_puts(&t, SUFFIX);
    return text_bytes(&t);
}

static int seal_order(const void *left, const void *right)
{
    return bytes_compare(((const struct seal *)left)->name, ((const struct seal *)right)->name);
}

bool bundle_seal(struct bundle *b, struct bytes pem, struct arena *a, struct err *e)
{
    struct digest message = message_of(b);
    struct seal *seals = ARENA_ARRAY(a, struct seal, b->seal_count + 1);
    struct signature signature;
    struct public_key key;
    size_t n = 0;

    if (!sign_message(pem, (struct bytes){message.bytes, sizeof(message.bytes)}, &signature,
                      &key, e))
        return false;
    struct bytes name = name_of(&key, a);

    for (size_t i = 0; i < b->seal_count; i++) {
        if (!bytes_equal(b->seals[i].name, name))
            seals[n++] = b->seals[i];
    }
    seals[n++] = (struct seal){
        name, arena_copy(a, (struct bytes){signature.bytes, sizeof(signature.bytes)})};
    qsort(seals, n, sizeof(*seals), seal_order);
    b->seals = seals;
    b->seal_count = n;
    return true;
}

const char *seal_state_name(enum seal_state s)
{
    switch (s) {
    case SEAL_GOOD:
        return "good";
    case SEAL_BAD:
        return "bad";
    case SEAL_OTHER_KEY:
        return "other-key";
    case SEAL_UNKNOWN_KIND:
        return "unknown-kind";
    }
    return "";
}

enum seal_state bundle_seal_check(const struct bundle *b, const struct seal *s,
                                  const struct public_key *key)
{
    struct digest message = message_of(b);
    struct signature signature;
    struct digest name = public_key_name(key);
    size_t digits = 2 * sizeof(name.bytes);

    if (s->name.len != digits + strlen(SUFFIX) ||
        !bytes_equal_text(bytes_slice(s->name, digits, SIZE_MAX), SUFFIX))
        return SEAL_UNKNOWN_KIND;
    for (size_t i = 0; i < digits; i++) {
        unsigned half = (unsigned)name.bytes[i / 2] >> (i % 2 == 0 ? 4U : 0U) & 15U;

        if (s->name.data[i] != (uint8_t) "0123456789abcdef"[half])
            return SEAL_OTHER_KEY;
    }
    if (s->bytes.len != sizeof(signature.bytes))
        return SEAL_BAD;
    memcpy(signature.bytes, s->bytes.data, sizeof(signature.bytes));
    return signature_verify(key, (struct bytes){message.bytes, sizeof(message.bytes)},
                            &signature)
               ? SEAL_GOOD
               : SEAL_BAD;
}
