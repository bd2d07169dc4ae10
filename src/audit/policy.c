/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/policy.h"

#include <inttypes.h>
#include <string.h>

/* Cuts the next word off; blanks are spaces and tabs. */
static bool word(struct view *rest, struct view *ret)
{
    while (rest->len > 0 && (rest->data[0] == ' ' || rest->data[0] == '\t'))
        *rest = view_after(*rest, 1);
    *ret = (struct view){rest->data, 0};
    while (ret->len < rest->len && rest->data[ret->len] != ' ' && rest->data[ret->len] != '\t')
        ret->len++;
    *rest = view_after(*rest, ret->len);
    return ret->len > 0;
}

static bool no_more(struct view *rest)
{
    struct view w;

    return !word(rest, &w);
}

static size_t member_named(const struct policy *p, struct view name)
{
    size_t i = 0;

    while (i < p->member_count && !view_equal(p->members[i].name, name))
        i++;
    return i;
}

/* Keys that cannot be checked here are of any type but the other role's. */
static bool key_fits(struct memory *m, struct view text, enum key_type type, struct key *ret)
{
    return key_read(m, text, ret) && (ret->type == type || !ret->checkable);
}

static bool read_log(struct policy *p, struct view rest, struct memory *m)
{
    struct key *k = &p->logs[p->log_count];
    struct view w;

    if (p->log_count == POLICY_MEMBERS || !word(&rest, &w) || !key_fits(m, w, KEY_ED25519, k))
        return false;
    for (size_t i = 0; i < p->log_count && k->checkable; i++) {
        if (p->logs[i].checkable && memcmp(p->logs[i].bytes, k->bytes, KEY_SIZE) == 0)
            return false;
    }
    p->log_count++;
    (void)word(&rest, &w); /* a URL */
    return no_more(&rest);
}

static bool read_witness(struct policy *p, struct view rest, struct memory *m)
{
    struct member *w = &p->members[p->member_count];
    struct view text;

    if (!word(&rest, &w->name) || !word(&rest, &text) ||
        !key_fits(m, text, KEY_COSIGNATURE, &w->key))
        return false;
    for (size_t i = 0; i < p->member_count && w->key.checkable; i++) {
        if (!p->members[i].group && p->members[i].key.checkable &&
            memcmp(p->members[i].key.bytes, w->key.bytes, KEY_SIZE) == 0)
            return false;
    }
    (void)word(&rest, &text); /* a URL */
    return no_more(&rest);
}

static bool read_group(struct policy *p, struct view rest)
{
    struct member *g = &p->members[p->member_count];
    struct view how;
    struct view name;
    size_t count = 0;
    uint64_t number = 0;

    g->group = true;
    if (!word(&rest, &g->name) || !word(&rest, &how))
        return false;
    while (word(&rest, &name)) {
        size_t i = member_named(p, name);

        if (i == p->member_count || p->members[i].taken)
            return false;
        p->members[i].taken = true;
        g->of[i / 8] |= (uint8_t)(1U << i % 8);
        count++;
    }
    if (view_is(how, "any"))
        number = 1;
    else if (view_is(how, "all"))
        number = count;
    else if (!view_number(how, &number))
        return false;
    g->threshold = (size_t)number;
    return number >= 1 && number <= count;
}

static bool read_quorum(struct policy *p, struct view rest, bool *quorum)
{
    struct view name;

    if (*quorum || !word(&rest, &name) || !no_more(&rest))
        return false;
    *quorum = true;
    p->quorum = member_named(p, name);
    if (view_is(name, "none"))
        p->quorum = POLICY_MEMBERS;
    return p->quorum != p->member_count;
}

static bool read_line(struct policy *p, struct view line, bool *quorum, struct memory *m)
{
    struct view w;

    for (size_t i = 0; i < line.len; i++) {
        if ((line.data[i] < 0x20 && line.data[i] != '\t') || line.data[i] == 0x7f)
            return false;
    }
    if (!word(&line, &w) || w.data[0] == '#')
        return true;
    if (view_is(w, "log"))
        return read_log(p, line, m);
    if (view_is(w, "quorum"))
        return read_quorum(p, line, quorum);
    struct member *new = &p->members[p->member_count];
    bool witness = view_is(w, "witness");

    if (p->member_count == POLICY_MEMBERS || (!witness && !view_is(w, "group")))
        return false;
    if (!(witness ? read_witness(p, line, m) : read_group(p, line)) ||
        view_is(new->name, "none") || member_named(p, new->name) != p->member_count)
        return false;
    p->member_count++;
    return true;
}

const struct policy *policy_read(struct view file, struct report *r)
{
    struct policy *p = memory_take(r->memory, 1, sizeof(*p));
    struct view line;
    bool quorum = false;
    size_t number = 0;

    while (file.len <= POLICY_SIZE && view_cut(&file, '\n', &line)) {
        number++;
        if (!read_line(p, line, &quorum, r->memory)) {
            (void)untold(r, "line %zu of the policy is malformed", number);
            return NULL;
        }
    }
    if (file.len > 0 || !quorum) {
        (void)untold(r, "the policy is cut off, too long, or has no quorum line");
        return NULL;
    }
    return p;
}

/* By which logs the note is signed: SIGNED by one that is called as the origin is best. */
static enum signing log_signing(const struct policy *p, const struct note *n,
                                struct view origin, struct memory *m)
{
    enum signing best = NOT_SIGNED;

    for (size_t i = 0; i < p->log_count; i++) {
        enum signing s = note_signing(m, n, &p->logs[i], NULL);

        if (s == FORGED)
            return FORGED;
        if (s == NOT_SIGNED || !view_equal(p->logs[i].name, origin))
            continue;
        best = best == SIGNED ? best : s;
    }
    return best;
}

/* Counts members as signed (`sure`) and as signed if opaque lines are good (`maybe`). */
static bool members_judge(const struct policy *p, const struct note *n, struct memory *m,
                          bool sure[], bool maybe[], struct witnessed *ret)
{
    for (size_t i = 0; i < p->member_count; i++) {
        const struct member *w = &p->members[i];
        uint64_t time = 0;
        size_t low = 0;
        size_t high = 0;

        for (size_t k = 0; w->group && k < i; k++) {
            bool in = (w->of[k / 8] >> k % 8 & 1) != 0;

            low += in && sure[k];
            high += in && maybe[k];
        }
        sure[i] = w->group && low >= w->threshold;
        maybe[i] = w->group && high >= w->threshold;
        if (w->group)
            continue;
        enum signing s = note_signing(m, n, &w->key, &time);

        if (s == FORGED)
            return false;
        sure[i] = s == SIGNED;
        maybe[i] = s == SIGNED || s == OPAQUE_LINE;
        if (s != SIGNED)
            continue;
        ret->first = ret->first == 0 || time < ret->first ? time : ret->first;
        ret->last = time > ret->last ? time : ret->last;
    }
    return true;
}

bool policy_judge(const struct policy *p, struct view note, const char *what, struct report *r,
                  struct witnessed *ret)
{
    struct note *n = memory_take(r->memory, 1, sizeof(*n));
    bool sure[POLICY_MEMBERS + 1] = {false};
    bool maybe[POLICY_MEMBERS + 1] = {false};

    *ret = (struct witnessed){0};
    if (!note_read(r->memory, note, n) ||
        !checkpoint_read(r->memory, n->text, &ret->checkpoint))
        return disproven(r, "%s: not a signed checkpoint", what);
    ret->text = n->text;
    ret->hash = sha256(n->text);
    if (p == NULL) {
        return untold(r, "%s: who signed it, since no usable --policy was given", what);
    }
    enum signing log = log_signing(p, n, ret->checkpoint.origin, r->memory);

    if (log == FORGED || !members_judge(p, n, r->memory, sure, maybe, ret))
        return disproven(r, "%s: a signature of a known key is wrong", what);
    if (log == NOT_SIGNED)
        return disproven(r, "%s: no log of the policy has signed it", what);
    if (log == OPAQUE_LINE)
        return untold(r, "%s: the log's signature is of a type not verified here", what);
    sure[POLICY_MEMBERS] = true;
    maybe[POLICY_MEMBERS] = true;
    if (!maybe[p->quorum])
        return disproven(r, "%s: too few witnesses of the policy have cosigned it", what);
    if (!sure[p->quorum])
        return untold(r, "%s: the quorum hangs on cosignatures of a type not verified here",
                      what);
    proven(r, "%s: signed by %s at size %" PRIu64 "%s", what,
           view_shown(r->memory, ret->checkpoint.origin), ret->checkpoint.size,
           p->quorum == POLICY_MEMBERS ? "; the policy asks for no witness"
                                       : ", and cosigned as the policy asks");
    return true;
}
