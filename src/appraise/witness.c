/* SPDX-License-Identifier: Apache-2.0 */
#include "appraise/witness.h"

#include <string.h>

#include "appraise/path_match.h"
#include "appraise/placeholder.h"
#include "appraise/witness_private.h"

enum fact_compare {
    COMPARE_SERIAL,
    COMPARE_NAME,
    COMPARE_GUID,
};

struct fact {
    const char *id;
    enum severity severity;
    enum fact_compare compare;
    const char *left_key;
    const char *left_path;
    const char *right_key;
    const char *right_path;
    const char *what;
    const char *next;
};

static const struct fact facts[] = {
#define FACT(id, severity, compare, left_key, left_path, right_key, right_path, what, next)    \
    {id,        SEVERITY_##severity, COMPARE_##compare, left_key,                              \
     left_path, right_key,           right_path,        what,                                  \
     next},
#include "appraise/facts.def"
#undef FACT
};

bool witness_usable(const struct claim_index *x, uint32_t node)
{
    struct bytes text = claim_text(x, node);
    struct bytes raw = claim_at(x, node)->value.type == TYPE_BYTES
                           ? claim_at(x, node)->value.bytes
                           : (struct bytes){NULL, 0};

    if (x->doubted[node] || text.len == 0)
        return false;
    if (raw.len > 0 && (bytes_all(raw, 0) || bytes_all(raw, 0xff)))
        return false;
    return !placeholder_is(own_normalise(&claim_at(x, node)->value, x->arena));
}

void witness_compared(struct witness_run *w, uint32_t left, uint32_t right)
{
    const struct tree_node *nodes = w->x->tree->nodes;

    if (w->coverage == NULL)
        return;
    coverage_judged(w->coverage, nodes[claim_surface(w->x, left)].name, JUDGE_WITNESS);
    coverage_judged(w->coverage, nodes[claim_surface(w->x, right)].name, JUDGE_WITNESS);
}

void witness_says(struct witness_run *w, const struct disagreement *d, struct bytes why)
{
    findings_add(w->f,
                 (struct finding){
                     .id = d->id,
                     .judge = JUDGE_WITNESS,
                     .severity = d->severity,
                     .path = claim_path(w->x, d->left),
                     .other = claim_path(w->x, d->right),
                     .why = why,
                     .next = bytes_of(d->next),
                     .value = claim_at(w->x, d->left) != NULL ? claim_words(w->x, d->left)
                                                              : (struct bytes){NULL, 0},
                     .expected = claim_at(w->x, d->right) != NULL ? claim_words(w->x, d->right)
                                                                  : (struct bytes){NULL, 0},
                     .node = d->left,
    });
}

void witness_disagrees(struct witness_run *w, const struct disagreement *d)
{
    struct bytes left = claim_words(w->x, d->left);
    struct bytes right = claim_words(w->x, d->right);
    struct bytes left_surface = w->x->tree->nodes[claim_surface(w->x, d->left)].name;
    struct bytes right_surface = w->x->tree->nodes[claim_surface(w->x, d->right)].name;

    witness_says(
        w, d,
        finding_words(w->f, "The %s is %.*s by %.*s and %.*s by %.*s: one of the two is wrong.",
                      d->what, (int)left.len, (const char *)left.data, (int)left_surface.len,
                      (const char *)left_surface.data, (int)right.len, (const char *)right.data,
                      (int)right_surface.len, (const char *)right_surface.data));
}

struct bytes witness_squeeze(struct arena *a, struct bytes b)
{
    uint8_t *out = arena_alloc(a, b.len + 1);
    size_t n = 0;

    for (size_t i = 0; i < b.len; i++) {
        uint8_t c = b.data[i];

        if (c >= 'a' && c <= 'z')
            c = (uint8_t)(c - 'a' + 'A');
        if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c >= 0x80)
            out[n++] = c;
    }
    return (struct bytes){out, n};
}

static bool holds(struct bytes whole, struct bytes part)
{
    return part.len > 0 && memmem(whole.data, whole.len, part.data, part.len) != NULL;
}

/* The 32 digits of a GUID with its first three fields turned (`fields`), or all bytes (`all`).
 */
static struct bytes guid_turned(struct arena *a, struct bytes digits, bool all)
{
    static const uint8_t fields[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    uint8_t *out = arena_alloc(a, 32);

    for (size_t i = 0; i < 16; i++) {
        size_t from = all ? 15 - i : fields[i];

        out[2 * i] = digits.data[2 * from];
        out[2 * i + 1] = digits.data[2 * from + 1];
    }
    return (struct bytes){out, 32};
}

static bool guid_equal(struct arena *a, struct bytes x, struct bytes y)
{
    if (x.len != 32 || y.len != 32)
        return bytes_equal(x, y);
    struct bytes back = guid_turned(a, y, true);

    return bytes_equal(x, y) || bytes_equal(x, guid_turned(a, y, false)) ||
           bytes_equal(x, back) || bytes_equal(x, guid_turned(a, back, false));
}

static bool fact_equal(struct arena *a, enum fact_compare c, struct bytes left,
                       struct bytes right)
{
    struct bytes x = witness_squeeze(a, left);
    struct bytes y = witness_squeeze(a, right);

    switch (c) {
    case COMPARE_SERIAL:
        return bytes_equal(x, y);
    case COMPARE_NAME:
        return holds(x, y) || holds(y, x);
    case COMPARE_GUID:
        return guid_equal(a, x, y);
    }
    return false;
}

/* The claims of one side that may speak. */
static struct claim_list side(const struct claim_index *x, const char *key, const char *path)
{
    struct claim_list all = claims_of_key(x, key_find(bytes_of(key)));
    uint32_t *kept = ARENA_ARRAY(x->arena, uint32_t, all.count + 1);
    size_t count = 0;

    for (size_t i = 0; i < all.count; i++) {
        if (witness_usable(x, all.nodes[i]) && path_match(path, claim_path(x, all.nodes[i])))
            kept[count++] = all.nodes[i];
    }
    return (struct claim_list){kept, count};
}

static void fact_judge(struct witness_run *w, const struct fact *fact)
{
    struct claim_list left = side(w->x, fact->left_key, fact->left_path);
    struct claim_list right = side(w->x, fact->right_key, fact->right_path);

    if (left.count == 0 || right.count == 0)
        return;
    witness_compared(w, left.nodes[0], right.nodes[0]);
    for (size_t i = 0; i < left.count; i++) {
        for (size_t k = 0; k < right.count; k++) {
            if (fact_equal(w->x->arena, fact->compare, claim_text(w->x, left.nodes[i]),
                           claim_text(w->x, right.nodes[k])))
                return;
        }
    }
    witness_disagrees(w, &(struct disagreement){fact->id, fact->severity, left.nodes[0],
                                                right.nodes[0], fact->what, fact->next});
}

void witness_judge(const struct subject *s, struct findings *f, struct coverage *c)
{
    struct claim_index x;
    struct witness_run w = {&x, f, c};

    claim_index_init(&x, s, f->arena);
    for (size_t i = 0; i < ARRAY_LEN(facts); i++)
        fact_judge(&w, &facts[i]);
    witness_memory(&w);
    witness_boot(&w);
    witness_pcrs(&w);
    witness_devices(&w);
    witness_processors(&w);
    witness_twins(&w);
    witness_reads(&w);
    claim_index_done(&x);
}
