/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The judge of peers on made-up fleets: what it costs, what it misses, how often it cries wolf.
 *
 * usage: bench-peers fleet MACHINES SEED
 *        bench-peers small MACHINES COHORTS SEED
 *
 * A machine has 3,000 claims in 8 surfaces of 25 structures. Of the positions 2 % drift (a
 * value of its own in 1 % of machines), 5 % are split 60/30/10, 400 move together between two
 * firmware versions, of which each is on half of the fleet, 60 tell the three board revisions
 * (70, 28 and 2 %) apart, and in 1 of 200 machines a memory module was swapped for one of four
 * other models. One machine in a hundred is altered once: a value, a device more, or a device
 * less. Values are altered at positions that do not drift: at one that does, an altered machine
 * looks like any other of the hundred that differ there, and no count of values can tell.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "appraise/intern.h"
#include "appraise/peers.h"
#include "evidence/cbor.h"

enum {
    SURFACES = 8,
    PARTS = 25,
    CLAIMS = 15,
    POSITIONS = SURFACES * PARTS * CLAIMS,
    DRIFTING = POSITIONS * 2 / 100,
    SPLIT = POSITIONS * 5 / 100,
    BY_FIRMWARE = 400,
    BY_BOARD = 60,
    MODULES = 16,        /* structures of the first surface, from the third on */
    MODULE_CLAIMS = 5,   /* of them, those that a module's model decides */
    DEVICES = 1,         /* the surface in which devices come and go */
    LAYOUT_SEED = 20240, /* which positions do what: the same in every fleet */
};

enum behaviour {
    FIXED,
    DRIFTS,
    SPLITS,
    FOLLOWS_FIRMWARE,
    FOLLOWS_BOARD,
    FOLLOWS_MODULE,
    NAMES_BOARD,
    NAMES_FIRMWARE,
};

enum alteration {
    NONE,
    VALUE,
    ADDED,
    REMOVED,
};

struct machine {
    enum alteration alteration;
    unsigned position; /* of the value, or of the first of the part */
    unsigned firmware;
    unsigned board;
    unsigned module; /* which slot was changed; MODULES: none */
    unsigned model;
};

struct world {
    enum behaviour behaviour[POSITIONS];
    struct arena arena;
    struct intern known;    /* parts that were made: place and variant … */
    struct digest *digests; /* … and their node */
    size_t digest_cap;
    struct cohort *cohort;
    uint64_t random;
    uint64_t fresh; /* values that nothing had before */
    double generating;
    double judging;
};

static double cpu_now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* splitmix64 */
static uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static unsigned random_below(uint64_t *state, unsigned n)
{
    return (unsigned)(random_next(state) >> 33) % n;
}

static unsigned place(unsigned surface, unsigned part, unsigned claim)
{
    return (surface * PARTS + part) * CLAIMS + claim;
}

static void assign(struct world *w, uint64_t *state, enum behaviour b, unsigned count)
{
    while (count > 0) {
        unsigned at = random_below(state, POSITIONS);

        if (w->behaviour[at] != FIXED)
            continue;
        w->behaviour[at] = b;
        count--;
    }
}

static void lay_out(struct world *w)
{
    uint64_t state = LAYOUT_SEED;

    w->behaviour[place(0, 0, 0)] = NAMES_BOARD;
    w->behaviour[place(0, 1, 0)] = NAMES_FIRMWARE;
    for (unsigned m = 0; m < MODULES; m++) {
        for (unsigned k = 0; k < MODULE_CLAIMS; k++)
            w->behaviour[place(0, 2 + m, k)] = FOLLOWS_MODULE;
    }
    assign(w, &state, DRIFTS, DRIFTING);
    assign(w, &state, SPLITS, SPLIT);
    assign(w, &state, FOLLOWS_FIRMWARE, BY_FIRMWARE);
    assign(w, &state, FOLLOWS_BOARD, BY_BOARD);
}

static void fail(const char *what)
{
    (void)fprintf(stderr, "bench-peers: %s\n", what);
    exit(2);
}

static void machine_make(struct world *w, struct machine *m, bool altered)
{
    unsigned board = random_below(&w->random, 100);

    *m = (struct machine){.module = MODULES};
    m->board = board < 70 ? 0 : board < 98 ? 1 : 2;
    m->firmware = random_below(&w->random, 2);
    if (random_below(&w->random, 200) == 0) {
        m->module = random_below(&w->random, MODULES);
        m->model = 1 + random_below(&w->random, 4);
    }
    if (!altered)
        return;
    m->alteration = (enum alteration)(1 + random_below(&w->random, 3));
    do {
        m->position = random_below(&w->random, POSITIONS);
    } while (w->behaviour[m->position] == DRIFTS);
    if (m->alteration != VALUE)
        m->position = place(DEVICES, random_below(&w->random, PARTS), 0);
}

/* Which of its values a position has on a machine; 0 is the usual one. */
static uint64_t variant(struct world *w, const struct machine *m, unsigned position)
{
    unsigned hundred;

    if (m->alteration == VALUE && m->position == position)
        return ++w->fresh;
    switch (w->behaviour[position]) {
    case FIXED:
        return 0;
    case DRIFTS:
        return random_below(&w->random, 100) == 0 ? ++w->fresh : 0;
    case SPLITS:
        hundred = random_below(&w->random, 100);
        return hundred < 60 ? 0 : hundred < 90 ? 1 : 2;
    case FOLLOWS_FIRMWARE:
    case NAMES_FIRMWARE:
        return m->firmware;
    case FOLLOWS_BOARD:
    case NAMES_BOARD:
        return m->board;
    case FOLLOWS_MODULE:
        return position / CLAIMS % PARTS - 2 == m->module ? m->model : 0;
    }
    return 0;
}

static void emit(struct world *w, struct bytes encoded, struct digest *ret)
{
    struct err e = {0};
    double before;

    *ret = node_digest("tree", 1, encoded);
    before = cpu_now();
    if (!cohort_node_add(w->cohort, ret, encoded, &e))
        fail(e.text);
    w->judging += cpu_now() - before;
}

static void put_claim(struct text *t, enum behaviour b, unsigned position, uint64_t v)
{
    char name[16];
    char value[32];
    struct value said = {.type = TYPE_UINT, .uint = position * UINT64_C(1000003) + v};
    enum key_id key = KEY_DATA_LENGTH;

    if (b == NAMES_BOARD || b == NAMES_FIRMWARE) {
        key = b == NAMES_BOARD ? KEY_SM_BASEBOARD_VERSION : KEY_SM_BIOS_VERSION;
        (void)snprintf(value, sizeof(value), "%llu", (unsigned long long)v);
        said = (struct value){.type = TYPE_TEXT, .bytes = bytes_of(value)};
    }
    (void)snprintf(name, sizeof(name), "claim%02u", position % CLAIMS);
    cbor_array(t, 3);
    cbor_text(t, name);
    cbor_text(t, key_get(key)->name);
    cbor_value(t, &said);
}

static void put_head(struct text *t, size_t count)
{
    cbor_array(t, 3);
    cbor_uint(t, ITEM_MAP);
    cbor_bool(t, false);
    cbor_array(t, count);
}

/* The node of a part; made only if no machine before had one alike. */
static struct digest part_node(struct world *w, const struct machine *m, unsigned first)
{
    struct {
        uint64_t part;
        uint64_t variants[CLAIMS];
    } key = {.part = first};

    for (unsigned k = 0; k < CLAIMS; k++)
        key.variants[k] = variant(w, m, first + k);
    size_t before = w->known.count;
    uint32_t n = intern_add(&w->known, (struct bytes){(const uint8_t *)&key, sizeof(key)});

    if (n < before)
        return w->digests[n];
    struct arena scratch;
    struct text t;

    arena_init(&scratch);
    text_init(&t, &scratch, 1 << 20);
    put_head(&t, CLAIMS);
    for (unsigned k = 0; k < CLAIMS; k++)
        put_claim(&t, w->behaviour[first + k], first + k, key.variants[k]);
    arena_grow(&w->arena, &w->digests, n, &w->digest_cap, sizeof(*w->digests));
    emit(w, text_bytes(&t), &w->digests[n]);
    arena_done(&scratch);
    return w->digests[n];
}

/* A device that no other machine has. */
static struct digest added_node(struct world *w, struct arena *scratch)
{
    struct digest d;
    struct text t;

    text_init(&t, scratch, 1 << 20);
    put_head(&t, CLAIMS);
    for (unsigned k = 0; k < CLAIMS; k++)
        put_claim(&t, FIXED, k, ++w->fresh);
    emit(w, text_bytes(&t), &d);
    return d;
}

static void put_child(struct text *t, const char *name, const struct digest *d)
{
    cbor_array(t, 2);
    cbor_text(t, name);
    cbor_bytes(t, (struct bytes){d->bytes, sizeof(d->bytes)});
}

static void part_name(char ret[32], unsigned part)
{
    (void)snprintf(ret, 32, "part:%02u", part);
}

static struct digest surface_node(struct world *w, const struct machine *m, unsigned surface,
                                  struct arena *scratch)
{
    bool here = surface == DEVICES && m->alteration != NONE && m->alteration != VALUE;
    unsigned gone = here && m->alteration == REMOVED ? m->position / CLAIMS % PARTS : PARTS;
    bool more = here && m->alteration == ADDED;
    struct digest d;
    struct text t;
    char name[32];

    text_init(&t, scratch, 1 << 20);
    put_head(&t, (size_t)PARTS - (gone < PARTS) + more);
    for (unsigned part = 0; part < PARTS; part++) {
        d = part_node(w, m, place(surface, part, 0));
        if (part == gone)
            continue;
        part_name(name, part);
        put_child(&t, name, &d);
        if (more && part == m->position / CLAIMS % PARTS) {
            d = added_node(w, scratch);
            (void)snprintf(name, sizeof(name), "part:%02u.1", part);
            put_child(&t, name, &d);
        }
    }
    emit(w, text_bytes(&t), &d);
    return d;
}

static void machine_add(struct world *w, const struct machine *m, size_t number)
{
    struct arena scratch;
    struct err e = {0};
    struct text t;
    char name[32];
    double start = cpu_now();
    double judged = w->judging;

    arena_init(&scratch);
    text_init(&t, &scratch, 1 << 20);
    put_head(&t, SURFACES);
    for (unsigned s = 0; s < SURFACES; s++) {
        struct digest d = surface_node(w, m, s, &scratch);

        (void)snprintf(name, sizeof(name), "surface%u@host-kernel", s);
        put_child(&t, name, &d);
    }
    (void)snprintf(name, sizeof(name), "machine-%zu", number);
    struct cohort_member member = {.subject = bytes_of(name)};

    emit(w, text_bytes(&t), &member.root);
    member.evidence = digest_sha256(bytes_of(name));
    double before = cpu_now();

    if (!cohort_member_add(w->cohort, &member, &e))
        fail(e.text);
    w->judging += cpu_now() - before;
    w->generating += cpu_now() - start - (w->judging - judged);
    arena_done(&scratch);
}

/* The path below which the alteration of a machine stands. */
static void altered_path(const struct machine *m, char ret[64])
{
    unsigned part = m->position / CLAIMS;

    (void)snprintf(ret, 64, "surface%u@host-kernel/part:%02u%s", part / PARTS, part % PARTS,
                   m->alteration == ADDED ? ".1" : "");
}

/* The rank of the alteration among the events of its machine, from 1; 0: not among them. */
static size_t rank_of(const struct machine *m, const struct peers_event *events, size_t count)
{
    char want[64];

    altered_path(m, want);
    for (size_t i = 0; i < count; i++) {
        struct bytes path = events[i].path;

        if (bytes_starts_with(path, want) &&
            (path.len == strlen(want) || path.data[strlen(want)] == '/'))
            return i + 1;
    }
    return 0;
}

struct score {
    size_t altered;
    size_t others;
    size_t ranked;  /* alterations among the first three events */
    size_t noticed; /* altered machines that alarm */
    size_t cried;   /* other machines that alarm … */
    size_t swapped; /* … of which with a swapped module */
    size_t by_kind[4];
    size_t noticed_by_kind[4];
};

static const struct peers_policy policy = PEERS_POLICY_DEFAULT;

/* In a weak cohort: a finding that is medium or worse. */
static bool weak_alarm(const struct peers_event *events, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (events[i].severity >= SEVERITY_MEDIUM)
            return true;
    }
    return false;
}

static void print_miss(const struct machine *m, const struct peers_event *events, size_t count,
                       size_t rank)
{
    static const char *const what[] = {"", "changed", "added", "removed"};
    char path[64];

    altered_path(m, path);
    (void)printf("  missed: %s %s, board %u, event %zu of %zu, %.2f bits\n", path,
                 what[m->alteration], m->board, rank, count,
                 rank > 0 ? events[rank - 1].centibits / 100.0 : 0);
}

static void score_machine(const struct cohort *c, const struct machine *m, size_t number,
                          struct score *s)
{
    struct peers_result r = peers_strength(c, number, &policy);
    struct peers_event *events = NULL;
    struct arena scratch;
    size_t count = 0;
    bool alarm = r.alarm;

    arena_init(&scratch);
    if (r.weak || m->alteration != NONE)
        count = peers_events(c, number, &policy, &scratch, &events);
    if (r.weak)
        alarm = weak_alarm(events, count);
    if (m->alteration == NONE) {
        s->others++;
        s->cried += alarm;
        s->swapped += alarm && m->module < MODULES;
    } else {
        size_t rank = rank_of(m, events, count);

        s->altered++;
        s->by_kind[m->alteration]++;
        s->noticed_by_kind[m->alteration] += alarm;
        s->ranked += rank >= 1 && rank <= 3;
        s->noticed += alarm;
        if (!alarm && !r.weak)
            print_miss(m, events, count, rank);
    }
    arena_done(&scratch);
}

/* Wilson's interval at 95 %. */
static void print_rate(const char *what, size_t k, size_t n)
{
    double z = 1.959964;
    double count = n > 0 ? (double)n : 1;
    double p = (double)k / count;
    double middle = (p + z * z / (2 * count)) / (1 + z * z / count);
    double half =
        z * sqrt(p * (1 - p) / count + z * z / (4 * count * count)) / (1 + z * z / count);

    (void)printf("  %-34s %zu of %zu: %.3f %% (95 %%: %.3f to %.3f)\n", what, k, n, p * 100,
                 fmax(0, middle - half) * 100, fmin(1, middle + half) * 100);
}

static void print_score(const struct score *s)
{
    static const char *const kinds[] = {"", "value", "device added", "device removed"};

    print_rate("alteration in the first three", s->ranked, s->altered);
    print_rate("misses", s->altered - s->noticed, s->altered);
    print_rate("false alarms", s->cried, s->others);
    (void)printf("  %-34s %zu of %zu\n", "of these, a swapped module", s->swapped, s->cried);
    for (unsigned k = VALUE; k <= REMOVED; k++)
        (void)printf("  %-34s %zu of %zu\n", kinds[k], s->noticed_by_kind[k], s->by_kind[k]);
}

static void world_begin(struct world *w, uint64_t seed)
{
    static const struct cohort_options options = {0};

    arena_init(&w->arena);
    intern_init(&w->known, &w->arena);
    w->random = seed;
    w->cohort = cohort_new(&w->arena, &options);
}

/* Makes, adds and judges a cohort; `altered` of its machines at random are altered. */
static void run(struct world *w, size_t machines, size_t altered, struct score *s)
{
    struct machine *all = ARENA_ARRAY(&w->arena, struct machine, machines);
    struct err e = {0};
    size_t left = altered;

    for (size_t i = 0; i < machines; i++) {
        bool pick = random_next(&w->random) % (machines - i) < left;

        left -= pick;
        machine_make(w, &all[i], pick);
        machine_add(w, &all[i], i);
    }
    double before = cpu_now();

    if (!cohort_freeze(w->cohort, &e))
        fail(e.text);
    for (size_t i = 0; i < machines; i++)
        score_machine(w->cohort, &all[i], i, s);
    w->judging += cpu_now() - before;
}

static int run_fleet(struct world *w, size_t machines, uint64_t seed)
{
    struct score s = {0};
    struct rusage usage;

    world_begin(w, seed);
    run(w, machines, machines / 100, &s);
    (void)getrusage(RUSAGE_SELF, &usage);
    (void)printf(
        "fleet of %zu, seed %llu: appraised in %.2f s, generated in %.2f s, %.0f MiB\n",
        machines, (unsigned long long)seed, w->judging, w->generating,
        (double)usage.ru_maxrss / 1024);
    print_score(&s);
    bool good =
        s.ranked == s.altered && s.noticed * 100 >= s.altered * 99 && s.cried * 100 <= s.others;

    arena_done(&w->arena);
    return good ? 0 : 1;
}

static int run_small(struct world *w, size_t machines, size_t cohorts, uint64_t seed)
{
    struct score s = {0};

    for (size_t i = 0; i < cohorts; i++) {
        world_begin(w, seed * UINT64_C(1000003) + i);
        run(w, machines, 1, &s);
        arena_done(&w->arena);
        w->digests = NULL;
        w->digest_cap = 0;
    }
    (void)printf("%zu cohorts of %zu, one altered machine in each, seed %llu\n", cohorts,
                 machines, (unsigned long long)seed);
    print_score(&s);
    return 0;
}

int main(int argc, char **argv)
{
    struct world *w = calloc(1, sizeof(*w));

    if (w == NULL)
        return 2;
    lay_out(w);
    int status = 2;

    if (argc == 4 && strcmp(argv[1], "fleet") == 0)
        status = run_fleet(w, strtoul(argv[2], NULL, 10), strtoull(argv[3], NULL, 10));
    else if (argc == 5 && strcmp(argv[1], "small") == 0)
        status = run_small(w, strtoul(argv[2], NULL, 10), strtoul(argv[3], NULL, 10),
                           strtoull(argv[4], NULL, 10));
    else
        (void)fprintf(stderr, "usage: bench-peers fleet MACHINES SEED\n"
                              "       bench-peers small MACHINES COHORTS SEED\n");
    free(w);
    return status;
}
