/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The test vectors of docs/formats/ledger.md, one line each: "NAME HEX". They are made here
 * from fixed secrets and compared with the document, so that a third implementation can rely on
 * them.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "ledger/attributes.h"
#include "ledger/delta.h"
#include "ledger/dsse.h"
#include "ledger/fleet_statement.h"
#include "ledger/prefix_proof.h"
#include "ledger/pseudonym.h"
#include "ledger/sample.h"
#include "ledger/server_proof.h"
#include "unit/test.h"

enum {
    SERVERS = 5,
    DOCUMENT_MAX = 1 << 20
};

static const char origin[] = "example.com/fleet";

/* RFC 8032 section 7.1, test 2. */
static const char pem[] = "-----BEGIN PRIVATE "
                          "KEY-----\nMC4CAQAwBQYDK2VwBCIEIEzNCJso/"
                          "5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n-----END PRIVATE KEY-----\n";

/* Vectors in the making. */
struct vectors {
    struct arena *arena;
    struct text out;
    struct vrf_secret secret;
    struct vrf_public key;
    struct salt_master salts;
    struct digest servers[SERVERS];
    struct prefix_tree fleet;
    struct prefix_tree aliases;
};

static void vector(struct vectors *v, const char *name, struct bytes b)
{
    text_printf(&v->out, "%s ", name);
    text_hex(&v->out, b);
    text_char(&v->out, '\n');
}

static void vector_digest(struct vectors *v, const char *name, const struct digest *d)
{
    vector(v, name, (struct bytes){d->bytes, sizeof(d->bytes)});
}

static struct identity board(struct vectors *v, unsigned number)
{
    struct identity i;

    assert_true(identity_canonical(bytes_of("board"), bytes_of("Example  Inc."),
                                   bytes_of(arena_format(v->arena, "sn-%u", number)), v->arena,
                                   &i));
    return i;
}

static void identities(struct vectors *v)
{
    const uint8_t seed[64] = {1, 2, 3};
    struct identity first = board(v, 0);
    struct vrf_proof proof;

    v->secret = vrf_secret_of(seed);
    memset(v->salts.bytes, 0x5a, sizeof(v->salts.bytes));
    assert_true(vrf_public_of(&v->secret, &v->key));
    vector(v, "vrf-secret", (struct bytes){v->secret.bytes, sizeof(v->secret.bytes)});
    vector(v, "vrf-key", (struct bytes){v->key.bytes, sizeof(v->key.bytes)});
    vector(v, "salt-master", (struct bytes){v->salts.bytes, sizeof(v->salts.bytes)});
    vector(v, "board-0", first.id);
    vector(v, "alpha-0", pseudonym_input(PREFIX_SERVERS, &first, v->arena));
    for (unsigned i = 0; i < SERVERS; i++) {
        struct identity who = board(v, i);

        assert_true(pseudonym_make(&v->secret, PREFIX_SERVERS, &who, &v->servers[i], &proof));
        vector_digest(v, arena_format(v->arena, "index-%u", i), &v->servers[i]);
        if (i == 0)
            vector(v, "vrf-proof-0", (struct bytes){proof.bytes, sizeof(proof.bytes)});
    }
}

static struct digest commitment(struct vectors *v, unsigned i)
{
    const struct attribute all[] = {
        {bytes_of("verdict"), bytes_of(i == 2 ? "bad" : "clean")},
        {bytes_of("model"),   bytes_of("Example 1")             },
    };
    struct attribute_salt salt = attribute_salt_of(&v->salts, 0, &v->servers[i], all[0].name);
    struct digest digests[ARRAY_LEN(all)];

    assert_true(attributes_digest(&v->salts, 0, &v->servers[i], all, ARRAY_LEN(all), digests));
    if (i == 0) {
        vector(v, "salt-0-verdict", (struct bytes){salt.bytes, sizeof(salt.bytes)});
        vector_digest(v, "attribute-0-verdict", &digests[0]);
    }
    return attributes_commit(digests, ARRAY_LEN(all));
}

static int row_order(const void *a, const void *b)
{
    return memcmp(a, b, PREFIX_INDEX_SIZE);
}

static void fleet(struct vectors *v)
{
    uint8_t *rows = arena_alloc(v->arena, (size_t)SERVERS * SERVER_LEAF_SIZE);
    struct prefix_leaves l;
    struct err e;

    for (unsigned i = 0; i < SERVERS; i++) {
        struct server_leaf leaf = {
            .index = v->servers[i],
            .commitment = commitment(v, i),
            .sum = server_sum(i == 2 ? SERVER_BAD : SERVER_CLEAN, 20000 + i, 20100 + i, 0x11),
        };

        server_leaf_pack(&leaf, rows + (size_t)i * SERVER_LEAF_SIZE);
        if (i == 0)
            vector(v, "leaf-0", (struct bytes){rows, SERVER_LEAF_SIZE});
    }
    qsort(rows, SERVERS, SERVER_LEAF_SIZE, row_order);
    assert_true(prefix_leaves_take(PREFIX_SERVERS,
                                   (struct bytes){rows, (size_t)SERVERS * SERVER_LEAF_SIZE},
                                   SERVER_LEAF_SIZE, &l, &e));
    assert_true(prefix_tree_build(&l, NULL, v->arena, &v->fleet, &e));
    vector(v, "fleet-root-value", (struct bytes){v->fleet.root.bytes, PREFIX_VALUE_SIZE});
    struct digest root = prefix_root(PREFIX_SERVERS, bytes_of(origin), 7, &v->fleet.root);

    vector_digest(v, "fleet-root-epoch-7", &root);
}

static void aliases(struct vectors *v)
{
    uint8_t *row = arena_alloc(v->arena, ALIAS_LEAF_SIZE);
    struct identity i;
    struct prefix_leaves l;
    struct alias_leaf leaf;
    struct vrf_proof proof;
    struct err e;

    assert_true(identity_parse(bytes_of("nic-mac=52:54:00:AB:cd:01"), v->arena, &i, &e));
    assert_true(pseudonym_make(&v->secret, PREFIX_ALIASES, &i, &leaf.index, &proof));
    struct attribute_salt salt = alias_salt_of(&v->salts, &leaf.index);

    leaf.value = alias_value(&salt, &v->servers[0]);
    alias_leaf_pack(&leaf, row);
    vector(v, "alias-salt", (struct bytes){salt.bytes, sizeof(salt.bytes)});
    vector(v, "alias-leaf", (struct bytes){row, ALIAS_LEAF_SIZE});
    assert_true(prefix_leaves_take(PREFIX_ALIASES, (struct bytes){row, ALIAS_LEAF_SIZE},
                                   ALIAS_LEAF_SIZE, &l, &e));
    assert_true(prefix_tree_build(&l, NULL, v->arena, &v->aliases, &e));
    struct digest root = prefix_root(PREFIX_ALIASES, bytes_of(origin), 7, &v->aliases.root);

    vector_digest(v, "alias-root-epoch-7", &root);
}

static void paths(struct vectors *v)
{
    struct prefix_value none = prefix_value_none();
    struct identity stranger = board(v, 99);
    struct vrf_proof proof;
    struct digest index;
    struct text t;
    struct err e;

    vector(v, "no-leaf", (struct bytes){none.bytes, sizeof(none.bytes)});
    text_init(&t, v->arena, 1 << 16);
    assert_true(prefix_prove(&t, &v->fleet, v->servers[0].bytes, &e));
    vector(v, "member-proof-0", text_bytes(&t));
    assert_true(pseudonym_make(&v->secret, PREFIX_SERVERS, &stranger, &index, &proof));
    vector_digest(v, "index-99", &index);
    t.len = 0;
    assert_true(prefix_prove(&t, &v->fleet, index.bytes, &e));
    vector(v, "absence-proof-99", text_bytes(&t));
}

static void changes(struct vectors *v)
{
    struct counters c = {0};
    struct delta d;
    struct text t;
    struct err e;

    assert_true(delta_make(&(struct delta_between){.after = &v->fleet}, v->arena, &d, &c, &e));
    text_init(&t, v->arena, 1 << 16);
    delta_print(&t, &d);
    struct digest digest = digest_sha256(text_bytes(&t));

    vector_digest(v, "delta-sha256", &digest);
    digest = digest_sha256(LITERAL("checkpoint"));
    struct digest nonce = nonce_of(&digest, &v->servers[0]);

    vector_digest(v, "nonce-0", &nonce);
}

static bool sign(void *user, struct bytes message, struct signature *ret,
                 struct public_key *ret_key, struct err *e)
{
    (void)user;
    return sign_message(bytes_of(pem), message, ret, ret_key, e);
}

static void statement(struct vectors *v)
{
    struct fleet_statement s = {
        .origin = bytes_of(origin),
        .epoch = 7,
        .as_of = bytes_of("2026-01-02T03:04:05Z"),
        .fleet_root = prefix_root(PREFIX_SERVERS, bytes_of(origin), 7, &v->fleet.root),
        .root = prefix_value_hash(&v->fleet.root),
        .sum = prefix_value_sum(&v->fleet.root),
        .vrf_key = v->key,
        .tool = bytes_of("assay"),
    };
    struct text t;
    struct dsse d;
    struct err e;

    text_init(&t, v->arena, 1 << 20);
    fleet_statement_print(&t, &s);
    struct bytes payload = arena_copy(v->arena, text_bytes(&t));
    struct digest digest = digest_sha256(payload);

    vector_digest(v, "payload-sha256", &digest);
    dsse_begin(&d, bytes_of(DSSE_STATEMENT), payload);
    assert_true(dsse_sign(&d, (struct dsse_signer){sign, NULL}, v->arena, &e));
    vector(v, "signature", (struct bytes){d.signatures[0].signature.bytes, SIGNATURE_SIZE});
    t.len = 0;
    dsse_print(&t, &d);
    digest = digest_sha256(text_bytes(&t));
    vector_digest(v, "envelope-sha256", &digest);
}

static void draws(struct vectors *v)
{
    const struct digest seed = {
        {0xc0, 0xff, 0xee}
    };
    size_t count;
    size_t *drawn = sample_draw(
        &v->fleet.leaves, (struct bytes){seed.bytes, sizeof(seed.bytes)}, 2, v->arena, &count);

    for (size_t i = 0; i < count; i++)
        vector(v, arena_format(v->arena, "drawn-%zu", i),
               bytes_slice(prefix_leaf(&v->fleet.leaves, drawn[i]), 0, PREFIX_INDEX_SIZE));
}

static void the_document_has_these_vectors(void **state)
{
    struct vectors *v = arena_alloc(*state, sizeof(*v));
    struct bytes document;
    struct err e;

    v->arena = *state;
    text_init(&v->out, *state, DOCUMENT_MAX);
    identities(v);
    fleet(v);
    aliases(v);
    paths(v);
    changes(v);
    statement(v);
    draws(v);
    assert_true(
        file_read(SOURCE_ROOT "/docs/formats/ledger.md", DOCUMENT_MAX, *state, &document, &e));
    if (memmem(document.data, document.len, v->out.data, v->out.len) == NULL) {
        (void)fwrite(v->out.data, 1, v->out.len, stderr);
        fail_msg("docs/formats/ledger.md has other vectors than those above");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_document_has_these_vectors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
