/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fleet tree on made-up servers: what it proves, what it refuses, what that costs. Figures
 * are ratios against hashing with the same library in the same run.
 * usage: bench-ledger SERVERS [SAMPLE]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ledger/leaf.h"
#include "ledger/prefix_proof.h"

enum {
    CHANGED_PROOFS = 10000, /* proofs of which one bit is changed */
    FORGERIES = 300,        /* members whose absence is forged at every depth */
    TIMED = 2000,           /* proofs that are timed */
    ROUNDS = 15,            /* of which the fastest counts */
    PROOF_MAX = 3 * 1024,   /* bars, for 1,000,000 servers */
    PROOF_AVERAGE = 2252,   /* 2.2 KB */
    VERIFY_TIMES = 3,
    AUDIT_TIMES = 2,
    INCREMENT_PERCENT = 6
};

struct bench {
    struct arena arena;
    size_t count;
    uint8_t *rows;
    struct prefix_tree tree;
    struct text text; /* for one proof */
    unsigned failed;
    struct digest sink; /* so that no hash is left out */
};

static double now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Whatever else the machine does only adds to a time. */
static double least(const double times[ROUNDS])
{
    double best = times[0];

    for (unsigned i = 1; i < ROUNDS; i++)
        best = times[i] < best ? times[i] : best;
    return best;
}

/* Not a bar: verifiers use libsodium, as assay-audit links nothing else and one proof is too
 * small for libcrypto to be loaded. */
static void info(const char *what)
{
    printf("          %s\n", what);
}

static void bar(struct bench *b, bool met, const char *what)
{
    printf("  %s %s\n", met ? "met:   " : "MISSED:", what);
    b->failed += !met;
}

/* Server `i`, or with another `kind` somebody who is not in the fleet. */
static struct digest index_of(uint32_t i, char kind)
{
    const uint8_t seed[] = {(uint8_t)(i >> 24), (uint8_t)(i >> 16), (uint8_t)(i >> 8),
                            (uint8_t)i, (uint8_t)kind};

    return digest_sha256((struct bytes){seed, sizeof(seed)});
}

static void row_make(uint32_t i, uint32_t since, uint8_t *ret)
{
    struct server_leaf l = {
        .index = index_of(i, 's'),
        .since = since,
        .commitment = index_of(i, 'c'),
        .sum = server_sum(i % 100 == 0 ? SERVER_REVIEW : SERVER_CLEAN, 20000 + i % 90,
                          20000 + i % 90, 0x1f),
    };

    server_leaf_pack(&l, ret);
}

static int row_order(const void *a, const void *b)
{
    return memcmp(a, b, PREFIX_INDEX_SIZE);
}

static struct prefix_leaves leaves_of(struct bench *b)
{
    struct prefix_leaves l;
    struct err e;

    if (!prefix_leaves_take(PREFIX_SERVERS,
                            (struct bytes){b->rows, b->count * SERVER_LEAF_SIZE},
                            SERVER_LEAF_SIZE, &l, &e)) {
        (void)fprintf(stderr, "bench-ledger: %s\n", e.text);
        exit(2);
    }
    return l;
}

static void build(struct bench *b, const struct prefix_tree *before, struct prefix_tree *ret)
{
    struct prefix_leaves l = leaves_of(b);
    struct err e;

    if (!prefix_tree_build(&l, before, &b->arena, ret, &e))
        exit(2);
}

static struct bytes prove(struct bench *b, const uint8_t *index)
{
    struct err e;

    b->text.len = 0;
    if (!prefix_prove(&b->text, &b->tree, index, &e))
        exit(2);
    return text_bytes(&b->text);
}

static bool holds(const struct bench *b, struct bytes proof, const uint8_t *index,
                  enum prefix_terminal *ret)
{
    struct prefix_proof p;
    struct prefix_value root;

    if (!prefix_proof_take(&proof, SERVER_LEAF_SIZE, &p) || proof.len > 0 ||
        !prefix_proof_root(&p, PREFIX_SERVERS, index, &root))
        return false;
    *ret = p.terminal;
    return memcmp(root.bytes, b->tree.root.bytes, sizeof(root.bytes)) == 0;
}

static void completeness(struct bench *b, size_t sample)
{
    size_t members = 0;
    size_t absent = 0;
    uint64_t bytes = 0;
    size_t most = 0;
    char what[160];
    enum prefix_terminal end;

    for (size_t i = 0; i < sample; i++) {
        size_t at = i * b->count / sample;
        const uint8_t *index = b->rows + at * SERVER_LEAF_SIZE;
        struct bytes proof = prove(b, index);

        bytes += proof.len;
        most = proof.len > most ? proof.len : most;
        members += holds(b, proof, index, &end) && end == PREFIX_MEMBER;
        struct digest other = index_of((uint32_t)i, 'a');

        /* Half of the absentees share as many bits with a member as there are before one. */
        if (i % 2 == 0) {
            memcpy(other.bytes, index, sizeof(other.bytes));
            other.bytes[(i / 16) % 32] ^= (uint8_t)(1U << i / 2 % 8);
        }
        absent += holds(b, prove(b, other.bytes), other.bytes, &end) && end != PREFIX_MEMBER;
    }
    (void)snprintf(what, sizeof(what), "%zu of %zu members prove their place", members, sample);
    bar(b, members == sample, what);
    (void)snprintf(what, sizeof(what), "%zu of %zu absentees prove their absence", absent,
                   sample);
    bar(b, absent == sample, what);
    (void)snprintf(what, sizeof(what),
                   "proof of %zu members: %llu bytes on average, %zu at most", sample,
                   (unsigned long long)(bytes / sample), most);
    bar(b, bytes / sample < PROOF_AVERAGE && most <= PROOF_MAX, what);
}

static void soundness(struct bench *b)
{
    uint64_t seed = 7;
    size_t refused = 0;
    char what[160];
    enum prefix_terminal end;

    for (size_t i = 0; i < CHANGED_PROOFS; i++) {
        seed = seed * UINT64_C(6364136223846793005) + 1;
        struct digest index =
            index_of((uint32_t)(seed >> 33) % (uint32_t)b->count, i % 4 == 3 ? 'a' : 's');
        struct bytes proof = prove(b, index.bytes);
        uint8_t *bytes = (uint8_t *)b->text.data;

        seed = seed * UINT64_C(6364136223846793005) + 1;
        size_t bit = (size_t)(seed >> 20) % (proof.len * 8);

        bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        refused += !holds(b, proof, index.bytes, &end);
    }
    (void)snprintf(what, sizeof(what), "%zu of %d proofs with one changed bit are refused",
                   refused, CHANGED_PROOFS);
    bar(b, refused == CHANGED_PROOFS, what);
}

/* Absence of a member, from the upper part of its path and each leaf at hand. */
static size_t forge(struct bench *b, size_t at, size_t *ret_tried)
{
    const uint8_t *index = b->rows + at * SERVER_LEAF_SIZE;
    struct bytes proof = arena_copy(&b->arena, prove(b, index));
    struct bytes path = bytes_slice(proof, 3 + SERVER_LEAF_SIZE, SIZE_MAX);
    size_t depth = path.len / PREFIX_VALUE_SIZE;
    size_t accepted = 0;
    enum prefix_terminal end;

    for (size_t cut = 0; cut <= depth; cut++) {
        for (int leaf = -3; leaf <= 2; leaf++) {
            size_t other = (at + (size_t)(leaf + (int)b->count)) % b->count;

            b->text.len = 0;
            text_char(&b->text, leaf == -3 ? PREFIX_EMPTY : PREFIX_OTHER);
            text_char(&b->text, 0);
            text_char(&b->text, (char)cut);
            if (leaf > -3)
                text_add(&b->text,
                         (struct bytes){b->rows + other * SERVER_LEAF_SIZE, SERVER_LEAF_SIZE});
            text_add(&b->text, bytes_slice(path, (depth - cut) * PREFIX_VALUE_SIZE, SIZE_MAX));
            accepted += holds(b, text_bytes(&b->text), index, &end);
            ++*ret_tried;
        }
    }
    return accepted;
}

static void forgeries(struct bench *b)
{
    size_t tried = 0;
    size_t accepted = 0;
    char what[160];

    for (size_t i = 0; i < FORGERIES; i++)
        accepted += forge(b, i * b->count / FORGERIES, &tried);
    (void)snprintf(what, sizeof(what),
                   "%zu of %zu forged absences (every depth of %d members) accepted", accepted,
                   tried, FORGERIES);
    bar(b, accepted == 0, what);
}

/* Time of verifying proofs against that of hashing their bytes once. */
static void verification(struct bench *b, const char *library, bool counts)
{
    struct bytes *proofs = ARENA_ARRAY(&b->arena, struct bytes, TIMED);
    double verified[ROUNDS];
    double hashed[ROUNDS];
    char what[160];
    enum prefix_terminal end;
    size_t good = 0;

    for (size_t i = 0; i < TIMED; i++)
        proofs[i] =
            arena_copy(&b->arena, prove(b, b->rows + i * b->count / TIMED * SERVER_LEAF_SIZE));
    for (unsigned round = 0; round < ROUNDS; round++) {
        double start = now();

        for (size_t i = 0; i < TIMED; i++)
            good +=
                holds(b, proofs[i], b->rows + i * b->count / TIMED * SERVER_LEAF_SIZE, &end);
        double between = now();

        for (size_t i = 0; i < TIMED; i++)
            b->sink.bytes[i % 32] ^= digest_sha256(proofs[i]).bytes[0];
        hashed[round] = now() - between;
        verified[round] = between - start;
    }
    double ratio = least(verified) / least(hashed);

    (void)snprintf(what, sizeof(what),
                   "verifying a proof: %.2f us, %.2f times hashing its bytes (%s), bar %d",
                   least(verified) / TIMED * 1e6, ratio, library, VERIFY_TIMES);
    if (counts)
        bar(b, good == (size_t)TIMED * ROUNDS && ratio <= VERIFY_TIMES, what);
    else
        info(what);
}

static double hash_time(struct bench *b, uint64_t bytes)
{
    size_t most = b->count * SERVER_LEAF_SIZE;
    double start = now();

    while (bytes > 0) {
        size_t n = bytes < most ? (size_t)bytes : most;

        b->sink.bytes[0] ^= digest_sha256((struct bytes){b->rows, n}).bytes[0];
        bytes -= n;
    }
    return now() - start;
}

/* A whole list audited: order, every leaf, every node, the sums, the root. */
static void audit(struct bench *b, const char *library, bool counts)
{
    struct prefix_tree again;
    uint64_t inner = b->tree.total - b->count;
    uint64_t bytes = b->count * (1 + SERVER_LEAF_SIZE) + inner * (1 + 2 * PREFIX_VALUE_SIZE);
    double audited[ROUNDS];
    double hashed[ROUNDS];
    char what[200];
    bool same = true;
    unsigned rounds = b->count > 200000 ? 3 : ROUNDS;

    for (unsigned round = 0; round < ROUNDS; round++) {
        if (round >= rounds) {
            audited[round] = audited[round % rounds];
            hashed[round] = hashed[round % rounds];
            continue;
        }
        double start = now();

        build(b, NULL, &again);
        audited[round] = now() - start;
        same = same && memcmp(again.root.bytes, b->tree.root.bytes, PREFIX_VALUE_SIZE) == 0;
        hashed[round] = hash_time(b, bytes);
    }
    double list = hash_time(b, b->count * SERVER_LEAF_SIZE);
    double ratio = least(audited) / least(hashed);

    (void)snprintf(what, sizeof(what),
                   "full audit: %.3f s, %.2f times hashing the same %llu bytes (%s), bar %d",
                   least(audited), ratio, (unsigned long long)bytes, library, AUDIT_TIMES);
    if (counts)
        bar(b, same && ratio <= AUDIT_TIMES, what);
    else
        info(what);
    printf("          (%.2f times hashing the list of leaves as it stands)\n",
           least(audited) / list);
}

/* The next epoch, in which every hundredth server was examined again. */
static void increment(struct bench *b)
{
    struct prefix_tree next;
    struct prefix_tree whole;
    char what[160];
    size_t changed = 0;

    for (size_t i = 0; i < b->count; i++) {
        uint8_t *row = b->rows + i * SERVER_LEAF_SIZE;

        /* By the index, which is as good as random. */
        if ((row[8] << 8 | row[9]) % 100 != 0)
            continue;
        uint8_t *copy = row + PREFIX_INDEX_SIZE + 3;

        *copy = 1;
        changed++;
    }
    /* The tree before has views of the rows, which must not change under it. */
    build(b, NULL, &whole);
    build(b, &b->tree, &next);
    (void)snprintf(what, sizeof(what),
                   "an epoch with %zu changes hashes %llu of %llu nodes, %.2f %%, bar %d %%",
                   changed, (unsigned long long)next.hashed, (unsigned long long)next.total,
                   100.0 * (double)next.hashed / (double)next.total, INCREMENT_PERCENT);
    bar(b,
        memcmp(next.root.bytes, whole.root.bytes, PREFIX_VALUE_SIZE) == 0 &&
            next.hashed * 100 <= next.total * INCREMENT_PERCENT,
        what);
}

int main(int argc, char **argv)
{
    struct bench *b = calloc(1, sizeof(*b));
    uint64_t sample = 0;
    uint64_t count = 0;

    if (b == NULL || argc < 2 || !bytes_number(bytes_of(argv[1]), 10, &count) ||
        count < 2000 / 2 || count > 100000000 ||
        (argc > 2 && !bytes_number(bytes_of(argv[2]), 10, &sample))) {
        (void)fprintf(stderr, "usage: bench-ledger SERVERS [SAMPLE]\n");
        free(b);
        return 2;
    }
    arena_init(&b->arena);
    text_init(&b->text, &b->arena, 1 << 20);
    b->count = (size_t)count;
    b->rows = arena_alloc(&b->arena, b->count * SERVER_LEAF_SIZE);
    for (size_t i = 0; i < b->count; i++)
        row_make((uint32_t)i, 0, b->rows + i * SERVER_LEAF_SIZE);
    qsort(b->rows, b->count, SERVER_LEAF_SIZE, row_order);
    printf("%zu servers\n", b->count);
    build(b, NULL, &b->tree);
    verification(b, "libsodium", true);
    audit(b, "libsodium", true);
    digest_expect(UINT64_MAX);
    verification(b, "libcrypto", false);
    audit(b, "libcrypto", false);
    completeness(b, (size_t)(sample > 0 && sample < count ? sample : count));
    soundness(b);
    forgeries(b);
    /* The tree keeps its own copy of what is changed now. */
    b->tree.leaves.data = arena_copy(&b->arena, b->tree.leaves.data);
    increment(b);
    arena_done(&b->arena);
    unsigned failed = b->failed;

    free(b);
    return failed > 0;
}
