/* SPDX-License-Identifier: Apache-2.0 */
#include "appraise/peers.h"

#include <inttypes.h>
#include <string.h>

#include "appraise/peers_private.h"
#include "appraise/placeholder.h"

enum {
    TELL_WEAK = 200,  /* centibits from which a small cohort's dissent is told: 1 in 4 */
    TELL = 500,       /* and a large one's: 1 in 32 */
    NOTABLE = 1000,   /* told as more than information */
    OTHERS_NAMED = 4, /* other places of an event that are named */
};

static const char *const ids[] = {
    [DISSENT_VALUE] = "peers.dissent",
    [DISSENT_ADDED] = "peers.added",
    [DISSENT_REMOVED] = "peers.removed",
};

/* How the cohort in which a vote was judged is told. */
static const char *const level_words[COHORT_LEVELS] = {
    "machines",
    "machines with this board",
    "machines with this board and firmware version",
};

struct judgement {
    const struct cohort *cohort;
    const struct subject *subject;
    const struct peers_policy *policy;
    struct findings *findings;
    struct arena *arena;
};

/* Members that stand out at least this far. */
static size_t as_strong(const struct cohort *c, uint32_t centibits)
{
    size_t low = 0;
    size_t high = c->member_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (c->strengths[middle] < centibits)
            low = middle + 1;
        else
            high = middle;
    }
    return c->member_count - low;
}

/*
 * Whether something this rare alarms: it must be rare by itself, and few may stand out as far.
 * The first keeps the noise of a quiet fleet from alarming just because something is always the
 * rarest; the second keeps a fleet in which everybody stands out from alarming at all.
 */
static bool alarms(const struct cohort *c, uint32_t centibits,
                   const struct peers_policy *policy)
{
    uint32_t rare = surprise_centibits(1, PEERS_RARE);
    uint32_t few = surprise_centibits(PEERS_RARE_FEW, c->member_count);

    return c->member_count >= policy->cohort && centibits >= (few < rare ? few : rare) &&
           (uint64_t)as_strong(c, centibits) * 10000 <= c->member_count * policy->rate;
}

struct peers_result peers_strength(const struct cohort *c, size_t member,
                                   const struct peers_policy *policy)
{
    uint32_t strength = c->groups[c->members[member].group].strength;

    return (struct peers_result){
        .members = c->member_count,
        .strength = strength,
        .as_strong = as_strong(c, strength),
        .weak = c->member_count < policy->cohort,
        .alarm = alarms(c, strength, policy),
    };
}

static struct bytes printed(const struct judgement *j, uint32_t thing)
{
    const struct thing *t = &j->cohort->things[thing];
    static const char *const kinds[] = {"a map", "a bag", "a list"};
    struct bytes key = j->cohort->things_by.keys[thing];
    struct text out;
    uint32_t count = 0;

    text_init(&out, j->arena, SIZE_MAX / 4);
    if (t->kind != THING_CLAIM) {
        text_puts(&out, kinds[t->kind]);
    } else if (key.data[0] == 'x') {
        memcpy(&count, key.data + 1, sizeof(count));
        text_uint(&out, count);
        text_puts(&out, count == 1 ? " member" : " members");
    } else if (key.data[0] == 'o') {
        text_puts(&out, "another order of members");
    } else {
        struct value v = thing_value(j->cohort, thing);

        value_print(&out, &v, key_get(t->key));
    }
    return text_bytes(&out);
}

static bool in_level(const struct cohort *c, uint32_t a, uint32_t b, unsigned level)
{
    if (level == 0)
        return true;
    return level == 2 ? a == b : c->classes[a].board_first == c->classes[b].board_first;
}

/* What most of the others have at the position of a value, and how many of them. */
static uint32_t usual_value(const struct cohort *c, const struct dissent *d, uint64_t *ret)
{
    const struct position *p = &c->positions[d->position];
    const struct group *mine = &c->groups[d->group];
    uint32_t best = COHORT_NONE;

    *ret = 0;
    for (uint32_t i = p->first; i < p->first + p->count; i++) {
        uint32_t thing = c->groups[i].thing;
        uint64_t count = 0;

        if (thing == mine->thing ||
            !in_level(c, c->groups[i].class, mine->class, d->verdict.level))
            continue;
        for (uint32_t k = i; k < p->first + p->count; k++) {
            if (c->groups[k].thing == thing &&
                in_level(c, c->groups[k].class, mine->class, d->verdict.level))
                count += c->groups[k].weight;
        }
        if (count > *ret) {
            *ret = count;
            best = thing;
        }
    }
    return best;
}

static const char *have(uint64_t count)
{
    return count == 1 ? "has" : "have";
}

/* Words for the leading dissent; fills in the values too. */
static void tell(const struct judgement *j, const struct dissent *d, struct finding *row)
{
    const struct verdict *v = &d->verdict;
    const char *who = level_words[v->level];
    uint64_t others = v->voters - v->agree;

    row->agree = v->agree;
    row->voters = v->voters;
    if (d->kind == DISSENT_ADDED) {
        row->why =
            finding_words(j->findings, "%u of %u %s %s this; %llu %s not", v->agree, v->voters,
                          who, have(v->agree), (unsigned long long)others, have(others));
        return;
    }
    if (d->kind == DISSENT_REMOVED) {
        row->why = finding_words(j->findings, "%u of %u %s %s not got this; %llu %s", v->agree,
                                 v->voters, who, have(v->agree), (unsigned long long)others,
                                 have(others));
        return;
    }
    uint64_t usual = 0;
    uint32_t thing = usual_value(j->cohort, d, &usual);

    row->value = printed(j, j->cohort->groups[d->group].thing);
    if (thing == COHORT_NONE)
        return;
    row->expected = printed(j, thing);
    row->why =
        finding_words(j->findings, "%u of %u %s %s this value; %llu %s %.*s", v->agree,
                      v->voters, who, have(v->agree), (unsigned long long)usual, have(usual),
                      (int)row->expected.len, (const char *)row->expected.data);
}

/* Where else the same machines stand out in the same way. */
static void tell_others(const struct judgement *j, const struct dissents *d, size_t from,
                        size_t end, struct finding *row)
{
    struct text t;
    size_t named = 0;

    if (end - from < 2)
        return;
    text_init(&t, j->arena, SIZE_MAX / 4);
    text_add(&t, row->why);
    text_puts(&t, d->rows[from].verdict.agree > 1 ? "; the same machines also differ at "
                                                  : "; it also differs at ");
    for (size_t i = from + 1; i < end && named < OTHERS_NAMED; i++) {
        if (named++ > 0)
            text_puts(&t, ", ");
        text_add(&t, d->rows[i].path);
    }
    if (end - from - 1 > named)
        text_printf(&t, " and %zu more", end - from - 1 - named);
    row->why = text_bytes(&t);
}

static bool is_range(const struct cohort *c, const struct dissent *d)
{
    const struct thing *t = &c->things[c->groups[d->group].thing];

    return d->kind == DISSENT_VALUE && t->kind == THING_CLAIM &&
           key_get(t->key)->expectation == EXPECT_RANGE;
}

static bool is_weak(const struct cohort *c, const struct peers_policy *policy)
{
    return c->member_count < policy->cohort;
}

static enum severity severity_of(const struct cohort *c, const struct peers_policy *policy,
                                 const struct dissent *d, uint32_t centibits)
{
    bool device = d->kind != DISSENT_VALUE && dissent_is_container(c, d);
    bool lone =
        d->verdict.lone_against_all && d->verdict.voters > policy->dissent && !is_range(c, d);

    if (is_weak(c, policy) ? lone : alarms(c, centibits, policy))
        return device ? SEVERITY_HIGH : SEVERITY_MEDIUM;
    return lone || centibits >= NOTABLE ? SEVERITY_LOW : SEVERITY_INFO;
}

static uint32_t event_centibits(const struct dissents *d, size_t from, size_t end)
{
    uint32_t most = 0;

    for (size_t i = from; i < end; i++) {
        if (d->rows[i].verdict.centibits > most)
            most = d->rows[i].verdict.centibits;
    }
    return most;
}

size_t peers_events(const struct cohort *c, size_t member, const struct peers_policy *policy,
                    struct arena *a, struct peers_event **ret)
{
    struct dissents d;
    size_t count = 0;

    dissents_find(c, &c->members[member], TELL_WEAK, a, &d);
    *ret = ARENA_ARRAY(a, struct peers_event, d.count);
    for (size_t i = 0; i < d.count;) {
        struct peers_event *e = &(*ret)[count++];
        size_t end = dissents_event_end(&d, i);

        e->path = d.rows[i].path;
        e->id = ids[d.rows[i].kind];
        e->centibits = event_centibits(&d, i, end);
        e->severity = severity_of(c, policy, &d.rows[i], e->centibits);
        i = end;
    }
    return count;
}

static void add_event(const struct judgement *j, const struct dissents *d, size_t from,
                      size_t end)
{
    const struct dissent *leader = &d->rows[from];
    struct finding row = {
        .id = ids[leader->kind],
        .judge = JUDGE_PEERS,
        .path = arena_copy(j->arena, leader->path),
        .next = bytes_of("Look at this part here and on a sibling, and find out who changed it "
                         "and when"),
        .has_centibits = true,
        .centibits = event_centibits(d, from, end),
        .node = TREE_NONE,
    };

    row.severity = severity_of(j->cohort, j->policy, leader, row.centibits);
    tell(j, leader, &row);
    tell_others(j, d, from, end, &row);
    if (leader->kind != DISSENT_REMOVED)
        row.node = tree_find(&j->subject->tree, arena_text(j->arena, row.path));
    findings_add(j->findings, row);
}

static void add_events(const struct judgement *j, const struct member *m,
                       struct peers_result *ret)
{
    struct arena scratch;
    struct dissents d;

    arena_init(&scratch);
    dissents_find(j->cohort, m, is_weak(j->cohort, j->policy) ? TELL_WEAK : TELL, &scratch, &d);
    if (d.count > 0)
        ret->event = arena_copy(j->arena, d.rows[0].path);
    for (size_t i = 0; i < d.count;) {
        size_t end = dissents_event_end(&d, i);

        add_event(j, &d, i, end);
        i = end;
    }
    arena_done(&scratch);
}

static struct bytes member_name(const struct judgement *j, uint32_t member)
{
    const struct member *m = &j->cohort->members[member];
    struct text t;

    text_init(&t, j->arena, SIZE_MAX / 4);
    if (bytes_utf8(m->subject)) {
        text_printable(&t, m->subject);
    } else {
        text_puts(&t, "evidence sha256:");
        text_hex(&t, m->subject);
    }
    return text_bytes(&t);
}

/* How a value that should be one machine's own can be that of several. */
enum sharing {
    SHARED,  /* a copied identity or part */
    DEFAULT, /* most machines have it: the maker never set it */
};

static void add_duplicate(const struct judgement *j, uint32_t item, uint32_t number,
                          uint32_t self, enum sharing how)
{
    const struct cohort *c = j->cohort;
    const struct item *claim = &j->subject->decoded.items[item];
    const uint32_t *holders = c->own_holders[number];
    struct bytes other = member_name(j, holders[0] == self ? holders[1] : holders[0]);
    struct text path;
    struct text value;
    struct finding row = {
        .judge = JUDGE_PEERS,
        .agree = c->own_count[number],
        .voters = c->member_count,
    };

    text_init(&path, j->arena, SIZE_MAX / 4);
    item_path(&j->subject->decoded, item, &path);
    text_init(&value, j->arena, SIZE_MAX / 4);
    value_print(&value, &claim->value, key_get(claim->key));
    row.path = text_bytes(&path);
    row.value = text_bytes(&value);
    row.node = tree_find(&j->subject->tree, arena_text(j->arena, row.path));
    if (how == DEFAULT) {
        row.id = "peers.default-value";
        row.severity = SEVERITY_INFO;
        row.why =
            finding_words(j->findings,
                          "%u of %zu machines have this value, which should belong to one "
                          "machine only: the maker seems never to have set it.",
                          c->own_count[number], c->member_count);
        row.next = bytes_of("Do not identify machines by it.");
    } else {
        row.id = "peers.duplicate";
        row.severity = SEVERITY_HIGH;
        row.why = finding_words(j->findings,
                                "%u machines have this value, which belongs to one machine "
                                "only; another is %.*s.",
                                c->own_count[number], (int)other.len, (const char *)other.data);
        row.next =
            bytes_of("Find out which of the machines carries a copied identity or part.");
    }
    findings_add(j->findings, row);
}

/* How many of the own values of two members are the same; both are sorted. */
static size_t own_in_common(const struct member *a, const struct member *b)
{
    size_t common = 0;
    size_t i = 0;
    size_t k = 0;

    while (i < a->salted_count && k < b->salted_count) {
        int c = memcmp(a->salted[i].bytes, b->salted[k].bytes, SHA256_SIZE);

        common += c == 0;
        i += c <= 0;
        k += c >= 0;
    }
    return common;
}

/* The member that has nearly all own values of this one: itself at another time, or a copy. */
static uint32_t twin_of(const struct cohort *c, uint32_t self)
{
    enum {
        ENOUGH = 4
    }; /* own values, so that sharing them is no accident */
    const struct member *me = &c->members[self];

    for (uint32_t i = 0; i < c->member_count && me->salted_count >= ENOUGH; i++) {
        const struct member *other = &c->members[i];
        size_t most =
            me->salted_count > other->salted_count ? me->salted_count : other->salted_count;

        if (i != self && own_in_common(me, other) * 4 >= most * 3)
            return i;
    }
    return COHORT_NONE;
}

/* Whether somebody has said which machine this is, or the evidence stands for itself. */
static bool is_named(const struct member *m)
{
    return !bytes_equal(m->subject,
                        (struct bytes){m->evidence.bytes, sizeof(m->evidence.bytes)});
}

/* Evidence under two names with one identity is a copy; without names it may be one machine. */
static void add_twin(const struct judgement *j, uint32_t self, uint32_t twin)
{
    const struct cohort *c = j->cohort;
    bool copied = is_named(&c->members[self]) && is_named(&c->members[twin]);
    struct bytes name = member_name(j, twin);

    findings_add(
        j->findings,
        (struct finding){
            .id = "peers.same-identity",
            .judge = JUDGE_PEERS,
            .severity = copied ? SEVERITY_HIGH : SEVERITY_LOW,
            .path = bytes_of("subject"),
            .value = name,
            .why = finding_words(
                j->findings, "%.*s states the serial numbers of this machine: %s.",
                (int)name.len, (const char *)name.data,
                copied ? "the identity of one of them was copied"
                       : "it is this machine at another time, or a copy of it"),
            .next = bytes_of("Give each machine's asset id at collection (--subject), and find "
                             "out whether both are one machine."),
            .agree = 2,
            .voters = c->member_count,
            .node = TREE_NONE,
        });
}

/* Whether value `number` is shared by this machine and its twin only. */
static bool is_twins_only(const struct cohort *c, uint32_t number, uint32_t self, uint32_t twin)
{
    const uint32_t *holders = c->own_holders[number];

    return twin != COHORT_NONE && c->own_count[number] == 2 &&
           (holders[0] == self || holders[0] == twin) &&
           (holders[1] == self || holders[1] == twin);
}

/* The number of an own value that another member has too, or INTERN_NONE. */
static uint32_t shared_number(const struct cohort *c, const struct item *it,
                              struct arena *scratch)
{
    if (it->kind != ITEM_CLAIM || key_get(it->key)->expectation != EXPECT_OWN)
        return INTERN_NONE;
    struct cohort_own own = {bytes_of(key_get(it->key)->name),
                             own_normalise(&it->value, scratch)};

    if (placeholder_is(own.value))
        return INTERN_NONE;
    struct digest salted = cohort_salt(c, &own);
    uint32_t n = intern_find(&c->own, (struct bytes){salted.bytes, SHA256_SIZE});

    return n != INTERN_NONE && c->own_count[n] >= 2 ? n : INTERN_NONE;
}

/* Values that should be this machine's own and are another's too. */
static void add_duplicates(const struct judgement *j, uint32_t self)
{
    const struct cohort *c = j->cohort;
    const struct decoded *d = &j->subject->decoded;
    uint32_t twin = twin_of(c, self);
    struct arena scratch;

    arena_init(&scratch);
    bool *told = ARENA_ARRAY(&scratch, bool, c->own.count);

    if (twin != COHORT_NONE)
        add_twin(j, self, twin);
    for (uint32_t i = 0; i < d->item_count; i++) {
        uint32_t n = shared_number(c, &d->items[i], &scratch);

        if (n == INTERN_NONE || told[n] || is_twins_only(c, n, self, twin))
            continue;
        told[n] = true;
        add_duplicate(j, i, n, self,
                      c->own_count[n] >= 3 && (size_t)c->own_count[n] * 2 > c->member_count
                          ? DEFAULT
                          : SHARED);
    }
    arena_done(&scratch);
}

static void add_weak(const struct judgement *j)
{
    size_t n = j->cohort->member_count;

    findings_add(j->findings,
                 (struct finding){
                     .id = "peers.weak",
                     .judge = JUDGE_PEERS,
                     .severity = SEVERITY_INFO,
                     .why = finding_words(j->findings,
                                          "a cohort of %zu is weak: with fewer than %" PRIu64
                                          " machines surprise is "
                                          "counted but does not alarm by itself",
                                          n, j->policy->cohort),
                     .next = bytes_of("Add evidence of more machines of this model"),
                     .agree = n,
                     .voters = n,
                     .node = TREE_NONE,
                 });
}

/* The member that was added to be judged, with this evidence. */
static uint32_t judged_member(const struct cohort *c, const struct digest *evidence)
{
    for (uint32_t i = 0; i < c->member_count; i++) {
        if (c->members[i].judged && digest_equal(&c->members[i].evidence, evidence))
            return i;
    }
    return COHORT_NONE;
}

bool peers_judge(const struct cohort *c, const struct subject *s,
                 const struct peers_policy *policy, struct findings *f,
                 struct peers_result *ret, struct err *e)
{
    uint32_t self = judged_member(c, &s->digest);

    if (!c->frozen)
        BUG("a cohort is judged by before it is frozen");
    if (self == COHORT_NONE)
        return err_set(e, ERR_INPUT, "the machine under judgement is not in its cohort");
    struct judgement j = {
        .cohort = c,
        .subject = s,
        .policy = policy,
        .findings = f,
        .arena = f->arena,
    };

    *ret = peers_strength(c, self, policy);
    if (ret->weak)
        add_weak(&j);
    add_events(&j, &c->members[self], ret);
    add_duplicates(&j, self);
    return true;
}
