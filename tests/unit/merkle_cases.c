/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Published cases of Merkle proofs: prints "FILE accepted" or "FILE refused" for each JSON
 * file, by what src/ledger/merkle.c says of it. tests/agreement/merkle.py compares.
 */
#include "ledger/merkle.h"

#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/file.h"
#include "base/json_read.h"

static bool hash_of(const struct json_node *n, struct arena *a, struct digest *ret)
{
    struct bytes b;

    if (n == NULL || n->kind != JSON_KIND_TEXT || !base64_decode(n->text, a, &b) || b.len == 0)
        return false;
    /* Some cases hold a text in place of a hash whose value does not matter. */
    if (b.len != SHA256_SIZE)
        *ret = digest_sha256(b);
    else
        memcpy(ret->bytes, b.data, SHA256_SIZE);
    return true;
}

/* A decimal text, since the published cases hold numbers beyond 2^63. */
static uint64_t number(const struct json_node *n, const char *name)
{
    struct bytes digits = json_member_bytes(n, name);
    uint64_t v = 0;

    for (size_t i = 0; i < digits.len; i++)
        v = v * 10 + (uint64_t)(digits.data[i] - '0');
    return v;
}

static bool accepted(const struct json_node *n, struct arena *a)
{
    const struct json_node *list = json_member(n, "proof");
    bool subtree = json_member(n, "start") != NULL;
    struct merkle_range r = {number(n, "start"), number(n, "end")};
    size_t count = list != NULL ? list->count : 0;
    struct digest *proof = ARENA_ARRAY(a, struct digest, count + 1);
    struct digest one;
    struct digest two;

    for (size_t i = 0; i < count; i++) {
        if (!hash_of(&list->children[i], a, &proof[i]))
            return false;
    }
    if (json_member(n, "leafIdx") != NULL) {
        if (!subtree)
            r.end = number(n, "treeSize");
        return hash_of(json_member(n, "leafHash"), a, &one) &&
               hash_of(json_member(n, "root"), a, &two) &&
               merkle_inclusion_verify(number(n, "leafIdx"), r, &one, proof, count, &two);
    }
    if (!hash_of(json_member(n, "root1"), a, &one) ||
        !hash_of(json_member(n, "root2"), a, &two))
        return false;
    if (!subtree)
        return merkle_prefix_verify(number(n, "size1"), number(n, "size2"), &one, &two, proof,
                                    count);
    return merkle_consistency_verify(r, number(n, "size"), &one, &two, proof, count);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct arena a;
        struct bytes b;
        struct json_node *n;
        struct err e;

        arena_init(&a);
        if (!file_read(argv[i], 1 << 20, &a, &b, &e) || !json_parse(b, &a, &n, &e)) {
            (void)fprintf(stderr, "%s\n", e.text);
            return 2;
        }
        (void)printf("%s\n", accepted(n, &a) ? "accepted" : "refused");
        arena_done(&a);
    }
    return 0;
}
