/* SPDX-License-Identifier: Apache-2.0 */
/* Nested cohorts: which machines have the same board, and which the same firmware too. */
#include <stdlib.h>
#include <string.h>

#include "appraise/cohort_private.h"

struct walk {
    struct cohort *cohort;
    uint32_t *stack;
    size_t depth;
    size_t cap;
    struct text said[COHORT_LEVELS];
};

/* Notes what a machine says of each level, in the order of its tree. */
static void walk_keys(struct walk *w, uint32_t root)
{
    struct cohort *c = w->cohort;

    for (unsigned level = 1; level < COHORT_LEVELS; level++)
        w->said[level].len = 0;
    w->depth = 0;
    arena_grow(w->said[1].arena, &w->stack, 0, &w->cap, sizeof(*w->stack));
    w->stack[w->depth++] = root;
    while (w->depth > 0) {
        const struct thing *t = &c->things[w->stack[--w->depth]];

        for (uint32_t i = 0; i < t->count; i++) {
            uint32_t id = t->entries[i].thing;
            const struct thing *child = &c->things[id];

            if (child->levels == 0)
                continue;
            if (child->kind == THING_CLAIM) {
                text_add(&w->said[child->levels == 1U << 1 ? 1 : 2],
                         (struct bytes){(const uint8_t *)&id, sizeof(id)});
                continue;
            }
            arena_grow(w->said[1].arena, &w->stack, w->depth, &w->cap, sizeof(*w->stack));
            w->stack[w->depth++] = id;
        }
    }
}

/* What the member says of a level, together with what it says of the level above. */
static void set_keys(struct walk *w, struct member *m)
{
    m->key[0] = 0;
    for (unsigned level = 1; level < COHORT_LEVELS; level++) {
        struct text *said = &w->said[level];

        text_add(said, (struct bytes){(const uint8_t *)&m->key[level - 1], sizeof(uint32_t)});
        text_char(said, (char)level);
        m->key[level] = intern_add(&w->cohort->level_keys, text_bytes(said));
    }
}

struct sorted {
    uint32_t key[COHORT_LEVELS];
    uint32_t member;
};

static int by_keys(const void *left, const void *right)
{
    const struct sorted *a = left;
    const struct sorted *b = right;

    for (unsigned level = 1; level < COHORT_LEVELS; level++) {
        if (a->key[level] != b->key[level])
            return a->key[level] < b->key[level] ? -1 : 1;
    }
    return 0;
}

/*
 * Machines of a cohort too small to judge in stand together: with others of their board, or, if
 * that has too few as well, with all such machines. They are judged one level further out.
 */
static void merge_small(const struct cohort *c, struct sorted *rows, size_t *sizes)
{
    for (unsigned level = COHORT_LEVELS - 1; level > 0; level--) {
        memset(sizes, 0, (c->level_keys.count + 1) * sizeof(*sizes));
        for (size_t i = 0; i < c->member_count; i++)
            sizes[rows[i].key[level]]++;
        for (size_t i = 0; i < c->member_count; i++) {
            if (sizes[rows[i].key[level]] >= COHORT_VOTERS_MIN)
                continue;
            for (unsigned below = level; below < COHORT_LEVELS; below++)
                rows[i].key[below] = COHORT_NONE;
        }
    }
}

static void number_classes(struct cohort *c, const struct sorted *rows)
{
    uint32_t board = 0;

    c->classes = ARENA_ARRAY(c->arena, struct class, c->member_count);
    c->class_count = 0;
    for (size_t i = 0; i < c->member_count; i++) {
        if (i == 0 || rows[i].key[1] != rows[i - 1].key[1])
            board = (uint32_t)c->class_count;
        if (i == 0 || by_keys(&rows[i], &rows[i - 1]) != 0) {
            struct class *k = &c->classes[c->class_count++];

            k->board_first = board;
            k->judged[0] = true;
            k->judged[1] = rows[i].key[1] != COHORT_NONE;
            k->judged[2] = rows[i].key[2] != COHORT_NONE;
        }
        c->members[rows[i].member].class = (uint32_t)c->class_count - 1;
    }
}

void classes_make(struct cohort *c)
{
    struct arena scratch;
    struct walk w = {.cohort = c};

    arena_init(&scratch);
    for (unsigned level = 1; level < COHORT_LEVELS; level++)
        text_init(&w.said[level], &scratch, SIZE_MAX / 4);
    struct sorted *rows = ARENA_ARRAY(&scratch, struct sorted, c->member_count);

    for (uint32_t i = 0; i < c->member_count; i++) {
        walk_keys(&w, c->members[i].root);
        set_keys(&w, &c->members[i]);
        memcpy(rows[i].key, c->members[i].key, sizeof(rows[i].key));
        rows[i].member = i;
    }
    merge_small(c, rows, ARENA_ARRAY(&scratch, size_t, c->level_keys.count + 1));
    qsort(rows, c->member_count, sizeof(*rows), by_keys);
    number_classes(c, rows);
    arena_done(&scratch);
}
