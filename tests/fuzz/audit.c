/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The independent verifier as a libFuzzer target; without -DFUZZING a program that replays
 * files. The first byte chooses what the rest is taken for. Where a signature would end it, the
 * rest is signed first: here the attacker is the operator.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "audit/epoch.h"
#include "audit/json.h"
#include "audit/log.h"
#include "audit/proof.h"
#include "audit/result.h"

enum {
    INPUT_MAX = 1 << 22
};

static void operator_make(struct operators *by, uint8_t secret[crypto_sign_SECRETKEYBYTES])
{
    static const uint8_t seed[crypto_sign_SEEDBYTES] = {1};
    struct key *k = &by->keys[0];

    *k = (struct key){
        .name = {(const uint8_t *)"o", 1},
          .type = KEY_ED25519, .checkable = true
    };
    (void)crypto_sign_seed_keypair(k->bytes, secret, seed);
    by->count = 1;
}

static void put_base64(struct out *o, struct view v)
{
    size_t size = sodium_base64_ENCODED_LEN(v.len, sodium_base64_VARIANT_ORIGINAL);
    char *text = memory_take(o->memory, size, 1);

    out_text(o, sodium_bin2base64(text, size, v.data, v.len, sodium_base64_VARIANT_ORIGINAL));
}

static struct view signed_payload(struct memory *m, struct view payload,
                                  const struct operators *by, const uint8_t *secret)
{
    static const char type[] = "application/vnd.in-toto+json";
    uint8_t signature[crypto_sign_BYTES];
    struct hash id = sha256((struct view){by->keys[0].bytes, KEY_SIZE});
    struct out message = {.memory = m};
    struct out o = {.memory = m};

    out_text(&message, text_of(m, "DSSEv1 28 %s %zu ", type, payload.len));
    out_add(&message, payload);
    (void)crypto_sign_detached(signature, NULL, message.data, message.len, secret);
    out_text(&o, "{\"payload\":\"");
    put_base64(&o, payload);
    out_text(&o, "\",\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":[");
    out_text(&o, "{\"keyid\":\"");
    out_hex(&o, id.bytes, sizeof(id.bytes));
    out_text(&o, "\",\"sig\":\"");
    put_base64(&o, (struct view){signature, sizeof(signature)});
    out_text(&o, "\"}]}\n");
    return out_view(&o);
}

/* A list of leaves, and its first leaf against a path that follows it. */
static void as_tree(struct view v, enum tree t, struct report *r)
{
    struct cursor c = {.left = v};
    struct hash idx = {{0}};
    struct prefix_proof p;
    struct branch root;

    (void)prefix_root(v, t, "list", r, &root);
    cursor_copy(&c, idx.bytes, sizeof(idx.bytes));
    if (prefix_read(&c, t, &p))
        (void)prefix_climb(&p, t, p.terminal == TERMINAL_LEAF ? &p.leaf.idx : &idx, &root);
}

static void as_text(struct view v, struct report *r)
{
    const struct policy *p = policy_read(v, r);
    struct witnessed w;

    (void)policy_judge(p, v, "note", r, &w);
    checkpoints_audit(v, v, v, p, r);
}

static void one(struct view input)
{
    struct memory m = {0};
    struct report r = {.memory = &m};
    struct operators by = {.count = 0};
    struct proof_question q = {.operators = &by};
    struct view rest = view_after(input, 1);
    struct statement s;
    struct result result;
    uint8_t secret[crypto_sign_SECRETKEYBYTES];

    operator_make(&by, secret);
    switch (input.len == 0 ? 0 : input.data[0] % 7) {
    case 0:
        proof_audit(rest, &q, &r);
        break;
    case 1:
        (void)statement_open(signed_payload(&m, rest, &by, secret), &by, "s", &r, &s);
        break;
    case 2:
        (void)result_open(signed_payload(&m, rest, &by, secret), &by, &r, &result);
        break;
    case 3:
        as_tree(rest, TREE_FLEET, &r);
        break;
    case 4:
        as_tree(rest, TREE_ALIAS, &r);
        break;
    case 5:
        as_text(rest, &r);
        break;
    default:
        (void)statement_open(rest, &by, "s", &r, &s);
        break;
    }
    if (report_print(&r, "fuzz", (input.len & 1) != 0).len == 0)
        abort();
    memory_done(&m);
}

#ifdef FUZZING

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    one((struct view){data, size});
    return 0;
}

#else

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct memory m = {0};
        uint8_t *data = memory_take(&m, INPUT_MAX, 1);
        FILE *f = fopen(argv[i], "rb");

        if (f == NULL) {
            (void)fprintf(stderr, "replay-audit: cannot open %s\n", argv[i]);
            return 2;
        }
        one((struct view){data, fread(data, 1, INPUT_MAX, f)});
        (void)fclose(f);
        memory_done(&m);
    }
    (void)printf("%d replayed\n", argc - 1);
    return 0;
}

#endif
