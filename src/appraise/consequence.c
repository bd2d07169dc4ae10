/* SPDX-License-Identifier: Apache-2.0 */
#include "appraise/consequence.h"

#include "appraise/path_match.h"

enum cause_kind {
    ADDED_OR_REMOVED,
    ANY
};

struct rule {
    const char *effect;
    const char *cause;
    enum cause_kind kind;
    const char *why;
};

static const struct rule rules[] = {
#define CONSEQUENCE(effect, cause, kind, why) {effect, cause, kind, why},
#include "appraise/consequence.def"
#undef CONSEQUENCE
};

/* The first two rows that can be a cause by a rule: a row is not its own cause. */
struct candidates {
    uint32_t first;
    uint32_t second;
};

static struct candidates causes_by(const struct rule *rule, const struct consequence *rows,
                                   size_t count)
{
    struct candidates c = {CONSEQUENCE_NONE, CONSEQUENCE_NONE};

    for (uint32_t i = 0; i < count && c.second == CONSEQUENCE_NONE; i++) {
        if (rule->kind == ADDED_OR_REMOVED && !rows[i].came_or_went)
            continue;
        if (!path_match(rule->cause, rows[i].path))
            continue;
        if (c.first == CONSEQUENCE_NONE)
            c.first = i;
        else
            c.second = i;
    }
    return c;
}

static void apply(const struct rule *rule, struct consequence *rows, size_t count)
{
    struct candidates c = causes_by(rule, rows, count);

    for (uint32_t i = 0; i < count && c.first != CONSEQUENCE_NONE; i++) {
        uint32_t cause = c.first != i ? c.first : c.second;

        if (rows[i].cause != CONSEQUENCE_NONE || cause == CONSEQUENCE_NONE ||
            !path_match(rule->effect, rows[i].path))
            continue;
        rows[i].cause = cause;
        rows[i].why = rule->why;
    }
}

/* Whether following causes from `from` comes back to it. */
static bool circular(const struct consequence *rows, size_t count, uint32_t from)
{
    uint32_t at = rows[from].cause;

    for (size_t steps = 0; at != CONSEQUENCE_NONE && steps < count; steps++) {
        if (at == from)
            return true;
        at = rows[at].cause;
    }
    return false;
}

void consequences_find(struct consequence *rows, size_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        rows[i].cause = CONSEQUENCE_NONE;
        rows[i].why = NULL;
    }
    for (size_t k = 0; k < ARRAY_LEN(rules); k++)
        apply(&rules[k], rows, count);
    for (uint32_t i = 0; i < count; i++) {
        if (circular(rows, count, i))
            rows[i].cause = CONSEQUENCE_NONE;
    }
}
