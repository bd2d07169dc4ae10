/* SPDX-License-Identifier: Apache-2.0 */
/* Trees and their difference, over hand-made items. */
#include "evidence/tree.h"

#include <stdio.h>

#include "evidence/difference.h"
#include "unit/test.h"

#define VECTOR                                                                                 \
    "8300f48283f64c62797465732e6c656e67746819012c8348726f6d2d73697a654c62797465732e6c"         \
    "656e67746805 "                                                                            \
    "b7920e747412066618fb1d2f198f2c02810c939a34fa1fb8a3ada2e62ab09d35\n"                       \
    "8300f481824462696f735820b7920e747412066618fb1d2f198f2c02810c939a34fa1fb8a3ada2e6"         \
    "2ab09d35 "                                                                                \
    "e29ac09ba7573931c700f0a6856294ab937bc5f9a609cd82b407828de5f9d116\n"                       \
    "8300f4818252736d62696f7340686f73742d6b65726e656c5820e29ac09ba7573931c700f0a68562"         \
    "94ab937bc5f9a609cd82b407828de5f9d116 "                                                    \
    "738e12890333a64f708d72ff3ace6b8b5e3fe1540071f3e19bf6ecc7b6fbd157\n"

static const struct span nowhere = {0, 0, 0};

static struct decoded *empty(struct arena *a)
{
    struct decoded *d = ARENA_NEW(a, struct decoded);

    decoded_init(d, a);
    return d;
}

static uint32_t map(struct decoded *d, uint32_t parent, const char *name)
{
    return decoded_open(d, parent, ITEM_MAP, bytes_of(name));
}

static uint32_t same(struct decoded *d, uint32_t parent, const char *name, uint64_t v)
{
    return decoded_claim(d, parent, bytes_of(name), KEY_DATA_LENGTH,
                         (struct value){.type = TYPE_UINT, .uint = v}, nowhere);
}

static uint32_t own(struct decoded *d, uint32_t parent, const char *name, const char *v)
{
    return decoded_claim(d, parent, bytes_of(name), KEY_DATA_DIGEST_OWN,
                         (struct value){.type = TYPE_BYTES, .bytes = bytes_of(v)}, nowhere);
}

static uint32_t freely(struct decoded *d, uint32_t parent, const char *name, const char *v)
{
    return decoded_claim(d, parent, bytes_of(name), KEY_DATA_DIGEST_FREE,
                         (struct value){.type = TYPE_BYTES, .bytes = bytes_of(v)}, nowhere);
}

static struct tree built(struct decoded *d)
{
    struct tree t;

    tree_build(&t, d, NULL, NULL);
    return t;
}

static void path_is(const struct tree *t, uint32_t node, const char *want)
{
    struct text path;

    text_init(&path, t->arena, 4096);
    tree_path(t, node, &path);
    test_bytes_are(text_bytes(&path), want);
}

static void order_leaves_no_trace_in_the_digest(void **state)
{
    struct decoded *x = empty(*state);
    struct decoded *y = empty(*state);
    uint32_t p = map(x, 0, "p");

    same(x, p, "one", 1);
    same(x, p, "two", 2);
    same(x, map(x, 0, "q"), "three", 3);
    uint32_t q = map(y, 0, "q");
    uint32_t p2 = map(y, 0, "p");

    same(y, q, "three", 3);
    same(y, p2, "two", 2);
    same(y, p2, "one", 1);
    struct tree a = built(x);
    struct tree b = built(y);

    assert_true(digest_equal(&a.nodes[0].model, &b.nodes[0].model));
}

static void what_belongs_to_one_machine_is_not_in_the_model(void **state)
{
    struct decoded *x = empty(*state);
    struct decoded *y = empty(*state);

    own(x, map(x, 0, "p"), "serial", "A");
    uint32_t p = map(y, 0, "p");

    own(y, p, "serial", "B");
    freely(y, p, "bar", "B");
    struct tree a = built(x);
    struct tree b = built(y);

    assert_true(digest_equal(&a.nodes[0].model, &b.nodes[0].model));
    assert_true(a.nodes[0].has_own);
    assert_false(a.nodes[0].has_free);
    assert_true(b.nodes[0].has_free);
    assert_false(b.nodes[0].has_model);
}

static void one_more_entry_of_a_log_is_no_difference(void **state)
{
    struct decoded *x = empty(*state);
    struct decoded *y = empty(*state);
    struct changes changes;

    freely(x, map(x, 0, "entry"), "bar", "1");
    freely(y, map(y, 0, "entry"), "bar", "1");
    freely(y, map(y, 0, "entry"), "bar", "2");
    struct tree a = built(x);
    struct tree b = built(y);

    assert_true(digest_equal(&a.nodes[0].model, &b.nodes[0].model));
    trees_differ(&a, &b, false, *state, &changes);
    assert_int_equal(changes.count, 0);
    trees_differ(&a, &b, true, *state, &changes);
    assert_int_equal(changes.count, 1);
}

static void the_identity_digest_depends_on_the_salt(void **state)
{
    struct decoded *x = empty(*state);

    own(x, map(x, 0, "p"), "serial", "A");
    struct tree t = built(x);
    struct digest one = tree_identity_digest(&t, LITERAL("0123456789abcdef"));
    struct digest two = tree_identity_digest(&t, LITERAL("0123456789abcdeg"));
    struct digest again = tree_identity_digest(&t, LITERAL("0123456789abcdef"));

    assert_false(digest_equal(&one, &two));
    assert_true(digest_equal(&one, &again));
}

static void equal_names_become_a_bag(void **state)
{
    struct decoded *x = empty(*state);
    struct decoded *y = empty(*state);

    same(x, map(x, 0, "dimm"), "size", 8);
    same(x, map(x, 0, "dimm"), "size", 16);
    same(y, map(y, 0, "dimm"), "size", 16);
    same(y, map(y, 0, "dimm"), "size", 8);
    struct tree a = built(x);
    struct tree b = built(y);

    assert_true(digest_equal(&a.nodes[0].model, &b.nodes[0].model));
    uint32_t bag = tree_child(&a, 0, bytes_of("dimm"));

    assert_int_equal(a.nodes[bag].kind, ITEM_BAG);
    assert_int_equal(a.nodes[bag].count, 2);
    assert_true(a.nodes[a.nodes[bag].first].parent == bag);
}

static void paths_go_both_ways(void **state)
{
    struct decoded *x = empty(*state);
    uint32_t p = map(x, map(x, 0, "s@w"), "a/b %");
    uint32_t item = same(x, p, "v", 1);

    (void)item;
    struct tree t = built(x);
    uint32_t node = tree_find(&t, "s@w/a%2fb%20%25/v");

    assert_int_not_equal(node, TREE_NONE);
    path_is(&t, node, "s@w/a%2fb%20%25/v");
    assert_int_equal(tree_find(&t, "s@w/nothing"), TREE_NONE);
}

static void a_wide_node_is_split_and_still_one_digest(void **state)
{
    struct decoded *x = empty(*state);
    struct decoded *y = empty(*state);
    uint32_t p = map(x, 0, "p");
    uint32_t q = map(y, 0, "p");
    char name[32];

    for (unsigned i = 0; i < 5000; i++) {
        (void)snprintf(name, sizeof(name), "member-%u", i);
        same(x, p, arena_text(*state, bytes_of(name)), i);
        (void)snprintf(name, sizeof(name), "member-%u", 4999 - i);
        same(y, q, arena_text(*state, bytes_of(name)), 4999 - i);
    }
    struct tree a = built(x);
    struct tree b = built(y);

    assert_true(digest_equal(&a.nodes[0].model, &b.nodes[0].model));
    same(y, q, "one-more", 1);
    b = built(y);
    assert_false(digest_equal(&a.nodes[0].model, &b.nodes[0].model));
}

static struct changes differ(struct arena *a, struct decoded *x, struct decoded *y, bool all)
{
    struct tree *s = ARENA_NEW(a, struct tree);
    struct tree *t = ARENA_NEW(a, struct tree);
    struct changes c;

    tree_build(s, x, NULL, NULL);
    tree_build(t, y, NULL, NULL);
    trees_differ(s, t, all, a, &c);
    return c;
}

static void one_added_container_is_one_change(void **state)
{
    struct decoded *x = empty(*state);
    struct decoded *y = empty(*state);
    uint32_t fresh;

    same(x, map(x, 0, "p"), "v", 1);
    same(y, map(y, 0, "p"), "v", 1);
    fresh = map(y, 0, "new");
    same(y, fresh, "a", 1);
    same(y, map(y, fresh, "below"), "b", 2);
    struct changes c = differ(*state, x, y, false);

    assert_int_equal(c.count, 1);
    assert_int_equal(c.rows[0].kind, CHANGE_ADDED);
    c = differ(*state, y, x, false);
    assert_int_equal(c.count, 1);
    assert_int_equal(c.rows[0].kind, CHANGE_REMOVED);
}

static void own_values_are_marked_and_free_ones_left_out(void **state)
{
    struct decoded *x = empty(*state);
    struct decoded *y = empty(*state);
    uint32_t p = map(x, 0, "p");
    uint32_t q = map(y, 0, "p");

    own(x, p, "serial", "A");
    own(y, q, "serial", "B");
    freely(x, p, "bar", "1");
    freely(y, q, "bar", "2");
    struct changes c = differ(*state, x, y, false);

    assert_int_equal(c.count, 1);
    assert_int_equal(c.rows[0].expectation, EXPECT_OWN);
    c = differ(*state, x, y, true);
    assert_int_equal(c.count, 2);
}

static void what_was_not_seen_whole_is_unseen(void **state)
{
    struct decoded *x = empty(*state);
    struct decoded *y = empty(*state);
    uint32_t p = map(x, 0, "p");
    uint32_t q = map(y, 0, "p");

    same(x, p, "v", 1);
    same(x, map(x, p, "dev"), "v", 1);
    same(y, q, "v", 2);
    y->items[q].faulty = true;
    struct changes c = differ(*state, x, y, false);

    assert_int_equal(c.count, 2);
    assert_int_equal(c.rows[0].kind, CHANGE_UNSEEN);
    assert_int_equal(c.rows[1].kind, CHANGE_CHANGED);
}

static void a_device_in_another_slot_has_moved(void **state)
{
    struct decoded *x = empty(*state);
    struct decoded *y = empty(*state);
    uint32_t p = map(x, map(x, 0, "port-1"), "00.0");
    uint32_t q;

    (void)map(x, 0, "port-2");
    (void)map(y, 0, "port-1");
    q = map(y, map(y, 0, "port-2"), "00.0");
    same(x, p, "vendor", 7);
    same(y, q, "vendor", 7);
    struct changes c = differ(*state, x, y, false);

    assert_int_equal(c.count, 1);
    assert_int_equal(c.rows[0].kind, CHANGE_MOVED);
}

static void bags_are_matched_by_content_then_by_nearness(void **state)
{
    struct decoded *x = empty(*state);
    struct decoded *y = empty(*state);
    static const uint64_t sizes[] = {1, 2, 3};

    for (size_t i = 0; i < 3; i++) {
        uint32_t p = map(x, 0, "dimm");
        uint32_t q = map(y, 0, "dimm");

        same(x, p, "size", sizes[i]);
        same(x, p, "part", sizes[i] + 10);
        same(y, q, "size", sizes[2 - i] == 2 ? 99 : sizes[2 - i]);
        same(y, q, "part", sizes[2 - i] + 10);
    }
    struct changes c = differ(*state, x, y, false);

    assert_int_equal(c.count, 1);
    assert_int_equal(c.rows[0].kind, CHANGE_CHANGED);
}

static void one_and_two_of_a_name_differ_by_one(void **state)
{
    struct decoded *x = empty(*state);
    struct decoded *y = empty(*state);

    same(x, map(x, 0, "dimm"), "size", 8);
    same(y, map(y, 0, "dimm"), "size", 8);
    same(y, map(y, 0, "dimm"), "size", 16);
    struct changes c = differ(*state, x, y, false);

    assert_int_equal(c.count, 1);
    assert_int_equal(c.rows[0].kind, CHANGE_ADDED);
}

static void lists_shift_without_noise(void **state)
{
    struct decoded *x = empty(*state);
    struct decoded *y = empty(*state);
    uint32_t p = decoded_open(x, 0, ITEM_LIST, bytes_of("events"));
    uint32_t q = decoded_open(y, 0, ITEM_LIST, bytes_of("events"));

    same(y, q, "event", 1000);
    for (uint64_t i = 0; i < 50; i++) {
        same(x, p, "event", i);
        if (i != 25)
            same(y, q, "event", i);
    }
    struct changes c = differ(*state, x, y, false);

    assert_int_equal(c.count, 2);
}

/* The nodes that a tree hands out, as hexadecimal lines. */
static void note_node(void *user, const struct digest *d, struct bytes encoded)
{
    struct text *t = user;

    text_hex(t, encoded);
    text_char(t, ' ');
    text_hex(t, (struct bytes){d->bytes, sizeof(d->bytes)});
    text_char(t, '\n');
}

/* The vector of docs/formats/tree.md. */
static void nodes_are_written_as_documented(void **state)
{
    struct decoded *x = empty(*state);
    uint32_t p = map(x, 0, "smbios@host-kernel");
    uint32_t q = map(x, p, "bios");
    struct text told;
    struct tree t;

    same(x, q, "length", 300);
    own(x, q, "serial", "A");
    same(x, q, "rom-size", 5);
    text_init(&told, *state, 4096);
    tree_build(&t, x, note_node, &told);
    test_bytes_are(text_bytes(&told), VECTOR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(order_leaves_no_trace_in_the_digest),
        TEST(what_belongs_to_one_machine_is_not_in_the_model),
        TEST(the_identity_digest_depends_on_the_salt),
        TEST(equal_names_become_a_bag),
        TEST(paths_go_both_ways),
        TEST(a_wide_node_is_split_and_still_one_digest),
        TEST(one_added_container_is_one_change),
        TEST(one_more_entry_of_a_log_is_no_difference),
        TEST(own_values_are_marked_and_free_ones_left_out),
        TEST(what_was_not_seen_whole_is_unseen),
        TEST(a_device_in_another_slot_has_moved),
        TEST(bags_are_matched_by_content_then_by_nearness),
        TEST(one_and_two_of_a_name_differ_by_one),
        TEST(lists_shift_without_noise),
        TEST(nodes_are_written_as_documented),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
