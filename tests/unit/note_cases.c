/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Published examples of notes, checkpoints, policies, proofs and tiles; prints what src/ledger
 * makes of a file or a number. tests/agreement/c2sp.py compares.
 */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "ledger/log_proof.h"
#include "ledger/tile.h"

static int note(struct bytes b, const char *vkey, struct arena *a)
{
    static const char *const words[] = {"unsigned", "signed", "forged"};
    struct note_key key;
    struct note n;
    struct err e;

    if (!note_key_parse(bytes_of(vkey), a, &key, &e) || !note_parse(b, a, &n, &e))
        return printf("refused: %s\n", e.text);
    return printf("%s, signatures %zu\n", words[note_verify(&n, &key, NULL)], n.count);
}

static int checkpoint(struct bytes b, struct arena *a)
{
    struct checkpoint c;
    struct note n;
    struct text t;
    struct err e;

    if (!note_parse(b, a, &n, &e) || !checkpoint_parse(n.text, a, &c, &e))
        return printf("refused: %s\n", e.text);
    text_init(&t, a, NOTE_SIZE_MAX);
    checkpoint_print(&t, &c);
    return printf("%.*s %llu, %s\n", (int)c.origin.len, (const char *)c.origin.data,
                  (unsigned long long)c.size,
                  bytes_equal(text_bytes(&t), n.text) ? "same" : "other");
}

static int policy(struct bytes b, struct arena *a)
{
    struct trust_policy p;
    struct err e;

    if (!trust_policy_parse(b, a, &p, &e))
        return printf("refused: %s\n", e.text);
    return printf("logs %zu, members %zu\n", p.log_count, p.member_count);
}

static int proof(struct bytes b, struct arena *a)
{
    struct log_proof p;
    struct err e;

    if (!log_proof_parse(b, a, &p, &e))
        return printf("refused: %s\n", e.text);
    return printf("index %llu, hashes %zu, size %llu, signatures %zu\n",
                  (unsigned long long)p.index, p.count, (unsigned long long)p.said.size,
                  p.note.count);
}

/* The tiles of a tree: of each level, how many are full and how wide the last is. */
static int tiles(uint64_t size)
{
    for (unsigned level = 0; tile_width(level, 0, size) > 0; level++) {
        uint64_t full = 0;

        while (tile_width(level, full, size) == TILE_WIDTH)
            full++;
        (void)printf("level %u: full %llu, partial %u\n", level, (unsigned long long)full,
                     tile_width(level, full, size));
    }
    return 0;
}

static int name(uint64_t index)
{
    char room[TILE_NAME_SIZE];

    tile_name((struct tile){0, index, TILE_WIDTH}, room);
    return printf("%s\n", room);
}

static int file(int argc, char **argv, struct arena *a)
{
    struct bytes b;
    struct err e;

    if (!file_read(argv[2], 1 << 20, a, &b, &e))
        return -1;
    if (strcmp(argv[1], "note") == 0 && argc == 4)
        return note(b, argv[3], a);
    if (strcmp(argv[1], "checkpoint") == 0)
        return checkpoint(b, a);
    if (strcmp(argv[1], "policy") == 0)
        return policy(b, a);
    return strcmp(argv[1], "proof") == 0 ? proof(b, a) : -1;
}

int main(int argc, char **argv)
{
    struct arena a;
    uint64_t n = 0;
    int done;

    if (argc < 3)
        return 2;
    arena_init(&a);
    bool number = bytes_number(bytes_of(argv[2]), 10, &n);

    if (number && strcmp(argv[1], "tiles") == 0)
        done = tiles(n);
    else if (number && strcmp(argv[1], "name") == 0)
        done = name(n);
    else
        done = file(argc, argv, &a);
    arena_done(&a);
    return done < 0 ? 2 : 0;
}
