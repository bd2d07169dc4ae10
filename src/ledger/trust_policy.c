/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/trust_policy.h"

#include <string.h>

static const char blanks[] = " \t";

struct policy_reader {
    struct trust_policy *policy;
    struct arena *arena;
    size_t log_cap;
    size_t member_cap;
    size_t line;
    bool quorum_set;
    struct err *err;
};

static bool refuse(struct policy_reader *r, const char *what)
{
    return err_set(r->err, ERR_INPUT, "line %zu of the policy: %s", r->line, what);
}

static size_t find_member(const struct trust_policy *p, struct bytes name)
{
    for (size_t i = 0; i < p->member_count; i++) {
        if (bytes_equal(p->members[i].name, name))
            return i;
    }
    return SIZE_MAX;
}

static bool key_of(struct policy_reader *r, struct bytes word, enum note_type type,
                   struct note_key *ret)
{
    if (!note_key_parse(word, r->arena, ret, r->err))
        return err_wrap(r->err, "line %zu of the policy", r->line);
    return ret->type == type || refuse(r, "the key is of the wrong kind");
}

static bool key_known(const struct trust_policy *p, const struct note_key *k)
{
    for (size_t i = 0; i < p->log_count; i++) {
        if (k->type == NOTE_ED25519 && memcmp(&p->logs[i].key, &k->key, sizeof(k->key)) == 0)
            return true;
    }
    for (size_t i = 0; i < p->member_count; i++) {
        if (k->type == NOTE_COSIGNATURE && !p->members[i].is_group &&
            memcmp(&p->members[i].key.key, &k->key, sizeof(k->key)) == 0)
            return true;
    }
    return false;
}

/* log VKEY [URL] */
static bool read_log(struct policy_reader *r, struct bytes rest)
{
    struct trust_policy *p = r->policy;
    struct note_key key;
    struct bytes word;

    if (!bytes_word(&rest, blanks, &word))
        return refuse(r, "a log needs a key");
    if (!key_of(r, word, NOTE_ED25519, &key))
        return false;
    if (key_known(p, &key))
        return refuse(r, "the key of this log was there before");
    (void)bytes_word(&rest, blanks, &word);
    if (bytes_word(&rest, blanks, &word))
        return refuse(r, "words after the URL");
    if (p->log_count == TRUST_MEMBERS_MAX)
        return refuse(r, "too many logs");
    arena_grow(r->arena, &p->logs, p->log_count, &r->log_cap, sizeof(*p->logs));
    p->logs[p->log_count++] = key;
    return true;
}

static bool add_member(struct policy_reader *r, struct trust_member m)
{
    struct trust_policy *p = r->policy;

    if (bytes_equal_text(m.name, "none") || find_member(p, m.name) != SIZE_MAX)
        return refuse(r, "this name is taken");
    if (p->member_count == TRUST_MEMBERS_MAX)
        return refuse(r, "too many witnesses and groups");
    arena_grow(r->arena, &p->members, p->member_count, &r->member_cap, sizeof(*p->members));
    p->members[p->member_count++] = m;
    return true;
}

/* witness NAME VKEY [URL] */
static bool read_witness(struct policy_reader *r, struct bytes rest)
{
    struct trust_member m = {0};
    struct bytes word;

    if (!bytes_word(&rest, blanks, &m.name) || !bytes_word(&rest, blanks, &word))
        return refuse(r, "a witness needs a name and a key");
    if (!key_of(r, word, NOTE_COSIGNATURE, &m.key))
        return false;
    if (key_known(r->policy, &m.key))
        return refuse(r, "the key of this witness was there before");
    if (bytes_word(&rest, blanks, &m.url) && bytes_word(&rest, blanks, &word))
        return refuse(r, "words after the URL");
    return add_member(r, m);
}

/* The threshold of a group: "any", "all" or a number. 0 if it is none of these. */
static size_t threshold_of(struct bytes word, size_t members)
{
    uint64_t v = 0;

    if (bytes_equal_text(word, "any"))
        return 1;
    if (bytes_equal_text(word, "all"))
        return members;
    return ledger_number(word, &v) && v <= members ? (size_t)v : 0;
}

/* group NAME all|any|K NAME... */
static bool read_group(struct policy_reader *r, struct bytes rest)
{
    struct trust_policy *p = r->policy;
    struct trust_member m = {.is_group = true};
    struct bytes how;
    struct bytes word;
    size_t cap = 0;

    if (!bytes_word(&rest, blanks, &m.name) || !bytes_word(&rest, blanks, &how))
        return refuse(r, "a group needs a name and a threshold");
    while (bytes_word(&rest, blanks, &word)) {
        size_t i = find_member(p, word);

        if (i == SIZE_MAX)
            return refuse(r, "a member of the group is not defined above");
        if (p->members[i].taken)
            return refuse(r, "a member of the group is a member of a group already");
        p->members[i].taken = true;
        arena_grow(r->arena, &m.members, m.member_count, &cap, sizeof(*m.members));
        m.members[m.member_count++] = i;
    }
    m.threshold = threshold_of(how, m.member_count);
    if (m.threshold == 0)
        return refuse(r, "the threshold is not 'any', 'all' or a number of its members");
    return add_member(r, m);
}

/* quorum NAME|none */
static bool read_quorum(struct policy_reader *r, struct bytes rest)
{
    struct bytes word;
    struct bytes more;

    if (r->quorum_set)
        return refuse(r, "a second quorum");
    if (!bytes_word(&rest, blanks, &word) || bytes_word(&rest, blanks, &more))
        return refuse(r, "a quorum is one name");
    r->quorum_set = true;
    r->policy->quorum = SIZE_MAX;
    if (bytes_equal_text(word, "none"))
        return true;
    r->policy->quorum = find_member(r->policy, word);
    return r->policy->quorum != SIZE_MAX || refuse(r, "the quorum is not defined above");
}

static bool read_line(struct policy_reader *r, struct bytes line)
{
    struct bytes word;

    if (!bytes_word(&line, blanks, &word) || word.data[0] == '#')
        return true;
    if (bytes_equal_text(word, "log"))
        return read_log(r, line);
    if (bytes_equal_text(word, "witness"))
        return read_witness(r, line);
    if (bytes_equal_text(word, "group"))
        return read_group(r, line);
    if (bytes_equal_text(word, "quorum"))
        return read_quorum(r, line);
    return refuse(r, "it begins with none of 'log', 'witness', 'group', 'quorum'");
}

bool trust_policy_parse(struct bytes b, struct arena *a, struct trust_policy *ret,
                        struct err *e)
{
    struct policy_reader r = {.policy = ret, .arena = a, .err = e};

    *ret = (struct trust_policy){0};
    if (b.len > TRUST_POLICY_MAX)
        return err_set(e, ERR_LIMIT, "the policy is larger than %d bytes", TRUST_POLICY_MAX);
    while (b.len > 0) {
        struct bytes line;

        r.line++;
        if (!bytes_cut(&b, '\n', &line))
            return refuse(&r, "the line does not end");
        for (size_t i = 0; i < line.len; i++) {
            if ((line.data[i] < 0x20 && line.data[i] != '\t') || line.data[i] == 0x7f)
                return refuse(&r, "a control character");
        }
        if (!read_line(&r, line))
            return false;
    }
    return r.quorum_set || err_set(e, ERR_INPUT, "the policy has no quorum line");
}

/* Notes what one witness has done. */
static bool witness_signed(const struct trust_member *m, const struct note *n,
                           struct trust_verdict *v)
{
    uint64_t time = 0;
    enum note_verdict said = note_verify(n, &m->key, &time);

    v->forged = v->forged || said == NOTE_FORGED;
    if (said != NOTE_SIGNED)
        return false;
    v->time_low = v->cosigned == 0 || time < v->time_low ? time : v->time_low;
    v->time_high = time > v->time_high ? time : v->time_high;
    v->cosigned++;
    return true;
}

struct trust_verdict trust_policy_judge(const struct trust_policy *p, const struct note *n,
                                        const struct checkpoint *c, struct arena *a)
{
    bool *good = ARENA_ARRAY(a, bool, p->member_count + 1);
    struct trust_verdict v = {0};

    for (size_t i = 0; i < p->log_count; i++) {
        enum note_verdict said = note_verify(n, &p->logs[i], NULL);

        v.forged = v.forged || said == NOTE_FORGED;
        v.log_signed =
            v.log_signed || (said == NOTE_SIGNED && bytes_equal(p->logs[i].name, c->origin));
    }
    /* Members of a group stand before it. */
    for (size_t i = 0; i < p->member_count; i++) {
        const struct trust_member *m = &p->members[i];
        size_t count = 0;

        if (!m->is_group) {
            good[i] = witness_signed(m, n, &v);
            continue;
        }
        for (size_t k = 0; k < m->member_count; k++)
            count += good[m->members[k]];
        good[i] = count >= m->threshold;
    }
    v.quorum = !v.forged && (p->quorum == SIZE_MAX || good[p->quorum]);
    v.log_signed = v.log_signed && !v.forged;
    return v;
}
