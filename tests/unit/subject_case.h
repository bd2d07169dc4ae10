/* SPDX-License-Identifier: Apache-2.0 */
/* Subjects made by hand: claims at paths, faults, what sources gave. */
#ifndef ASSAY_TESTS_UNIT_SUBJECT_CASE_H
#define ASSAY_TESTS_UNIT_SUBJECT_CASE_H

#include "unit/test.h"

#include "appraise/finding.h"
#include "appraise/path_match.h"

struct case_subject {
    struct arena *arena;
    struct subject subject;
};

static inline struct case_subject *case_new(struct arena *a)
{
    struct case_subject *c = ARENA_NEW(a, struct case_subject);

    c->arena = a;
    c->subject.name = bytes_of("case");
    decoded_init(&c->subject.decoded, a);
    (void)decoded_blob(&c->subject.decoded, bytes_of("made by hand"), NULL, 0,
                       (struct span){0, 0, 0}, NULL);
    return c;
}

/* The child of `parent` with this name, or 0 (the root is nobody's child). Linear. */
static inline uint32_t item_child(const struct decoded *d, uint32_t parent, const char *name)
{
    for (uint32_t i = 1; i < d->item_count; i++) {
        if (d->items[i].parent == parent && bytes_equal_text(d->items[i].name, name))
            return i;
    }
    return 0;
}

/* The container at a path, made as it is needed; below "surface@witness". */
static inline uint32_t case_open(struct case_subject *c, const char *path)
{
    struct decoded *d = &c->subject.decoded;
    struct bytes rest = bytes_of(path);
    struct bytes word;
    uint32_t item = 0;

    while (bytes_word(&rest, "/", &word)) {
        uint32_t child = item_child(d, item, arena_text(c->arena, word));

        item = child != 0 ? child : decoded_open(d, item, ITEM_MAP, word);
    }
    return item;
}

/* A claim of a key at the container `path`, under the key's own leaf. */
static inline void case_claim(struct case_subject *c, const char *path, const char *key,
                              struct value v)
{
    enum key_id id = key_find(bytes_of(key));

    if (id == KEY_NONE)
        fail_msg("the vocabulary has no key %s", key);
    (void)decoded_claim(&c->subject.decoded, case_open(c, path), (struct bytes){NULL, 0}, id, v,
                        (struct span){0, 0, 4});
}

static inline void case_text(struct case_subject *c, const char *path, const char *key,
                             const char *text)
{
    case_claim(c, path, key, (struct value){.type = TYPE_TEXT, .bytes = bytes_of(text)});
}

static inline void case_uint(struct case_subject *c, const char *path, const char *key,
                             uint64_t v)
{
    case_claim(c, path, key, (struct value){.type = TYPE_UINT, .uint = v});
}

static inline void case_bool(struct case_subject *c, const char *path, const char *key, bool v)
{
    case_claim(c, path, key, (struct value){.type = TYPE_BOOL, .uint = v});
}

static inline void case_bytes(struct case_subject *c, const char *path, const char *key,
                              struct bytes b)
{
    case_claim(c, path, key, (struct value){.type = TYPE_BYTES, .bytes = b});
}

/* As case_bytes under a name of its own: a register of a bank. */
static inline void case_named(struct case_subject *c, const char *path, const char *name,
                              const char *key, struct bytes b)
{
    enum key_id id = key_find(bytes_of(key));

    assert_int_not_equal(id, KEY_NONE);
    (void)decoded_claim(&c->subject.decoded, case_open(c, path), bytes_of(name), id,
                        (struct value){.type = TYPE_BYTES, .bytes = b}, (struct span){0, 0, 4});
}

/* A fault, and the claim that says so. */
static inline void case_fault(struct case_subject *c, const char *path, enum fault_id fault)
{
    uint32_t item = case_open(c, path);
    struct value v = {.type = TYPE_TEXT, .bytes = bytes_of(fault_name(fault))};

    decoded_fault(&c->subject.decoded, fault, item, 0, 3);
    (void)decoded_claim(&c->subject.decoded, item,
                        bytes_of(arena_format(c->arena, "fault:%s", fault_name(fault))),
                        KEY_FAULT, v, (struct span){0, 3, 0});
}

static inline void case_entry(struct case_subject *c, const char *source, const char *origin,
                              enum coverage_state state, struct bytes b)
{
    evidence_add(&c->subject.evidence, c->arena,
                 (struct entry){.source = bytes_of(source),
                                .origin = bytes_of(origin),
                                .state = state,
                                .has_blob = b.data != NULL,
                                .length = b.len,
                                .bytes = b});
}

/* The subject, ready to be judged. */
static inline const struct subject *case_done(struct case_subject *c)
{
    evidence_sort(&c->subject.evidence);
    tree_build(&c->subject.tree, &c->subject.decoded, NULL, NULL);
    return &c->subject;
}

static inline const struct finding *finding_of(const struct findings *f, const char *id)
{
    for (size_t i = 0; i < f->count; i++) {
        if (strcmp(f->rows[i].id, id) == 0)
            return &f->rows[i];
    }
    return NULL;
}

static inline size_t findings_of(const struct findings *f, const char *id)
{
    size_t n = 0;

    for (size_t i = 0; i < f->count; i++)
        n += strcmp(f->rows[i].id, id) == 0;
    return n;
}

#endif
