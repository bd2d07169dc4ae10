/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every decoder owes to hostile bytes, tried on all its golden inputs.
 *
 * usage: property DECODER FOLDER [FILE...]
 *
 * FOLDER holds golden cases; each FILE is one more sample. Large samples are tried at positions
 * spread over them, so that a run ends in seconds. Prints TAP.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "property/cases.h"
#include "property/invariants.h"

enum {
    WORK_BYTES = 4 << 20, /* decoded for one property of one sample, about */
    POSITIONS_MIN = 64,
    MUTATIONS = 150,
    REMARKS_MAX = 10,
    HANG_SECONDS = 30,
};

/* A decode may take a second; the slow builds of sanitizers and valgrind get more. */
#if defined(__SANITIZE_ADDRESS__) || !defined(__OPTIMIZE__)
static const double seconds_max = 10;
#else
static const double seconds_max = 1;
#endif

enum cut {
    CUT_NOWHERE,
    CUT_ANYWHERE,
    CUT_AT_LINE,
    CUT_AT_POWER_OF_TWO,
};

struct prefix_rule {
    const char *decoder;
    enum cut cut;
    const char *why;
};

static const struct prefix_rule prefix_rules[] = {
#define PREFIX(decoder, cut, why) {decoder, cut, why},
#include "property/valid_prefixes.def"
#undef PREFIX
};

/* What is being tried now, for the last words of a program that dies. */
static char now[256];

struct property {
    const struct decoder *row;
    struct samples samples;
    uint64_t random;
    unsigned number;  /* of the TAP line */
    unsigned remarks; /* of the property that runs */
    unsigned failed;
};

static uint64_t random_next(struct property *p)
{
    p->random ^= p->random << 13;
    p->random ^= p->random >> 7;
    p->random ^= p->random << 17;
    return p->random;
}

static size_t random_below(struct property *p, size_t n)
{
    return n == 0 ? 0 : (size_t)(random_next(p) % n);
}

static void last_words(int signal_number)
{
    ssize_t ignored = write(STDERR_FILENO, now, strlen(now));

    (void)ignored;
    (void)signal(signal_number, SIG_DFL);
    (void)raise(signal_number);
}

static void remark(struct property *p, const struct sample *s, size_t at, const char *what)
{
    p->remarks++;
    if (p->remarks <= REMARKS_MAX)
        (void)printf("# %s, %s %zu: %s\n", s->name, "position", at, what);
}

/* Ends a property: one line of TAP. */
static void verdict(struct property *p, const char *name, const char *words)
{
    bool good = p->remarks == 0;

    if (p->remarks > REMARKS_MAX)
        (void)printf("# and %u more\n", p->remarks - REMARKS_MAX);
    (void)printf("%s %u - %s %s%s%s\n", good ? "ok" : "not ok", ++p->number, p->row->name, name,
                 words[0] != 0 ? ": " : "", words);
    (void)fflush(stdout);
    p->failed += good ? 0 : 1;
    p->remarks = 0;
}

/* Decodes once; remarks on a broken invariant or a slow decode. */
static struct outcome try_bytes(struct property *p, const struct sample *s, struct bytes b,
                                size_t at)
{
    const struct itimerval limit = {.it_value = {.tv_sec = HANG_SECONDS}};

    (void)snprintf(now, sizeof(now), "died in %s, sample %.100s, position %zu, length %zu\n",
                   p->row->name, s->name, at, b.len);
    (void)setitimer(ITIMER_VIRTUAL, &limit, NULL);
    struct outcome o = decode_outcome(p->row, b, s->label);

    if (o.broken != NULL)
        remark(p, s, at, o.broken);
    if (o.seconds > seconds_max)
        remark(p, s, at, "takes too long");
    return o;
}

/* The distance between positions to try in a sample of n bytes, each try costing n bytes. */
static size_t stride(size_t n, size_t cost)
{
    size_t positions = WORK_BYTES / (cost + 64);

    if (positions < POSITIONS_MIN)
        positions = POSITIONS_MIN;
    return n <= positions ? 1 : n / positions;
}

static void try_hostile(struct property *p)
{
    static const size_t sizes[] = {2, 3, 4, 7, 16, 31, 64, 100, 256, 511, 1000, 4096, 70000};
    uint8_t *room = calloc(1, 70000);
    struct sample s = {.name = "hostile"};

    (void)try_bytes(p, &s, (struct bytes){room, 0}, 0);
    for (unsigned value = 0; value < 256; value++) {
        room[0] = (uint8_t)value;
        (void)try_bytes(p, &s, (struct bytes){room, 1}, value);
    }
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        memset(room, 0xff, sizes[i]);
        (void)try_bytes(p, &s, (struct bytes){room, sizes[i]}, i);
        memset(room, 0, sizes[i]);
        (void)try_bytes(p, &s, (struct bytes){room, sizes[i]}, i);
        for (size_t k = 0; k < sizes[i]; k++)
            room[k] = (uint8_t)random_next(p);
        (void)try_bytes(p, &s, (struct bytes){room, sizes[i]}, i);
    }
    free(room);
    verdict(p, "hostile", "empty, one byte, all zero, all ones, random");
}

static void try_twice(struct property *p)
{
    for (size_t i = 0; i < p->samples.count; i++) {
        const struct sample *s = &p->samples.rows[i];
        struct outcome one = try_bytes(p, s, s->bytes, 0);
        struct outcome two = try_bytes(p, s, s->bytes, 0);

        if (!digest_equal(&one.whole, &two.whole))
            remark(p, s, 0, "decoding twice gives two results");
    }
    verdict(p, "samples", "invariants hold, twice the same");
}

static const struct prefix_rule *prefix_rule_of(const struct decoder *row)
{
    static const struct prefix_rule none = {NULL, CUT_NOWHERE, "every prefix has a fault"};

    for (size_t i = 0; i < ARRAY_LEN(prefix_rules); i++) {
        if (strcmp(prefix_rules[i].decoder, row->name) == 0)
            return &prefix_rules[i];
    }
    return &none;
}

static bool may_end(enum cut cut, struct bytes all, size_t n)
{
    switch (cut) {
    case CUT_NOWHERE:
        return false;
    case CUT_ANYWHERE:
        return true;
    case CUT_AT_LINE:
        return n == 0 || all.data[n - 1] == '\n' || all.data[n] == '\n';
    case CUT_AT_POWER_OF_TWO:
        return (n & (n - 1)) == 0;
    }
    return false;
}

static void try_prefixes(struct property *p)
{
    const struct prefix_rule *rule = prefix_rule_of(p->row);
    size_t tried = 0;
    size_t valid = 0;
    char words[200];

    for (size_t i = 0; i < p->samples.count; i++) {
        const struct sample *s = &p->samples.rows[i];
        size_t step = stride(s->bytes.len, s->bytes.len / 2);
        /* What precedes the fault of a faulty sample may be whole. */
        bool good = try_bytes(p, s, s->bytes, s->bytes.len).faults == 0;

        for (size_t n = 0; n < s->bytes.len; n += step, tried++) {
            struct outcome o = try_bytes(p, s, bytes_slice(s->bytes, 0, n), n);

            if (o.faults > 0 || !good)
                continue;
            valid++;
            if (!may_end(rule->cut, s->bytes, n))
                remark(p, s, n, "this prefix has no fault");
        }
    }
    (void)snprintf(words, sizeof(words), "%zu tried, %zu without a fault (%s)", tried, valid,
                   rule->why);
    verdict(p, "prefixes", words);
}

/* A copy of `b` with one to four changes of the kinds that break parsers. */
static struct bytes mutate(struct property *p, struct bytes b, uint8_t *room)
{
    static const uint8_t edges[] = {0, 1, 0x7f, 0x80, 0xfe, 0xff};
    size_t len = b.len;

    memcpy(room, b.data, b.len);
    for (size_t changes = 1 + random_below(p, 4); changes > 0 && len > 0; changes--) {
        size_t at = random_below(p, len);

        switch (random_below(p, 5)) {
        case 0:
            room[at] = (uint8_t)random_next(p);
            break;
        case 1:
            room[at] = edges[random_below(p, ARRAY_LEN(edges))];
            break;
        case 2:
            room[at] ^= (uint8_t)(1U << random_below(p, 8));
            break;
        case 3: /* a hole */
            len -= 1 + random_below(p, len - at);
            memmove(room + at, b.data + (b.len - (len - at)), len - at);
            break;
        default: /* the beginning once more */
            memmove(room + at, room, len - at < at ? len - at : at);
            break;
        }
    }
    return (struct bytes){room, len};
}

static void try_mutations(struct property *p)
{
    size_t tried = 0;
    char words[64];

    for (size_t i = 0; i < p->samples.count; i++) {
        const struct sample *s = &p->samples.rows[i];
        size_t rounds = WORK_BYTES / (s->bytes.len + 64);
        uint8_t *room = malloc(s->bytes.len + 1);

        for (size_t n = 0; n < rounds && n < MUTATIONS && s->bytes.len > 0; n++, tried++)
            (void)try_bytes(p, s, mutate(p, s->bytes, room), n);
        free(room);
    }
    (void)snprintf(words, sizeof(words), "%zu tried", tried);
    verdict(p, "mutations", words);
}

static void try_one_byte_changes(struct property *p)
{
    size_t tried = 0;
    char words[64];

    for (size_t i = 0; i < p->samples.count; i++) {
        const struct sample *s = &p->samples.rows[i];
        struct outcome before = try_bytes(p, s, s->bytes, 0);
        size_t step = stride(s->bytes.len, s->bytes.len);
        uint8_t *room = malloc(s->bytes.len + 1);

        if (s->bytes.len > 0)
            memcpy(room, s->bytes.data, s->bytes.len);
        for (size_t at = 0; at < s->bytes.len; at += step, tried++) {
            room[at] ^= (uint8_t)(1U << (at % 8));
            struct outcome o = try_bytes(p, s, (struct bytes){room, s->bytes.len}, at);

            room[at] = s->bytes.data[at];
            if (digest_equal(&before.claims, &o.claims))
                remark(p, s, at, "a changed byte changes no claim and no fault");
        }
        free(room);
    }
    (void)snprintf(words, sizeof(words), "%zu tried", tried);
    verdict(p, "one-byte changes", words);
}

int main(int argc, char **argv)
{
    struct property p = {.random = 0x9e3779b97f4a7c15};
    struct arena a;

    if (argc < 3 || (p.row = decoder_find(bytes_of(argv[1]))) == NULL) {
        (void)fprintf(stderr, "usage: property DECODER FOLDER [FILE...]\n");
        return 2;
    }
    (void)signal(SIGSEGV, last_words);
    (void)signal(SIGBUS, last_words);
    (void)signal(SIGABRT, last_words);
    (void)signal(SIGVTALRM, last_words);
    arena_init(&a);
    samples_read(&p.samples, argv[2], &a);
    for (int i = 3; i < argc; i++)
        samples_file(&p.samples, argv[i], &a);
    (void)printf("1..5\n");
    try_hostile(&p);
    try_twice(&p);
    try_prefixes(&p);
    try_mutations(&p);
    try_one_byte_changes(&p);
    arena_done(&a);
    return p.failed > 0 ? 1 : 0;
}
