/* SPDX-License-Identifier: Apache-2.0 */
/* What is remembered of bytes: found by all of them, wherever they stand, and nothing else. */
#include "decode/memo.h"
#include "unit/test.h"

enum {
    SIZE = 2 * MEMO_AREA_LEAST,
    METHOD = 3,
    FOUND = 5
};

/* `size` bytes that differ from one another. */
static uint8_t *bytes_new(struct arena *a, size_t size)
{
    uint8_t *p = arena_alloc(a, size);

    for (size_t i = 0; i < size; i++)
        p[i] = (uint8_t)(i * 31 + i / 256);
    return p;
}

static struct bytes copy_of(struct arena *a, struct bytes b)
{
    return arena_copy(a, b);
}

static void assert_known(struct memo *m, struct bytes b, bool wanted)
{
    struct digest is = digest_sha256(b);
    struct digest told;

    assert_int_equal(memo_sha256_known(m, b, &told), wanted);
    if (wanted)
        assert_true(digest_equal(&is, &told));
}

static void digest_is_found_by_bytes(void **state)
{
    struct arena *a = *state;
    struct memo *m = memo_new(a);
    struct bytes all = {bytes_new(a, SIZE), SIZE};
    struct bytes part = bytes_slice(all, 1000, 5000);
    struct digest is = digest_sha256(part);

    memo_area(m, all);
    assert_known(m, part, false);
    struct digest told = memo_sha256(m, part);

    assert_true(digest_equal(&is, &told));
    assert_known(m, part, true);
    assert_known(m, copy_of(a, part), true);
    assert_known(m, bytes_slice(part, 0, part.len - 1), false);
}

/* Whichever byte differs: also one that the place in the table does not depend on. */
static void any_other_byte_is_another_question(void **state)
{
    struct arena *a = *state;
    struct memo *m = memo_new(a);
    struct bytes all = {bytes_new(a, SIZE), SIZE};
    struct bytes part = bytes_slice(all, 0, 777);
    uint8_t *other = bytes_new(a, part.len);

    memo_area(m, all);
    (void)memo_sha256(m, part);
    for (size_t i = 0; i < part.len; i++) {
        other[i] ^= 1;
        assert_known(m, (struct bytes){other, part.len}, false);
        other[i] ^= 1;
    }
    assert_known(m, (struct bytes){other, part.len}, true);
}

static void bytes_that_may_end_are_not_kept(void **state)
{
    struct arena *a = *state;
    struct memo *m = memo_new(a);
    struct bytes lasting = {bytes_new(a, SIZE), SIZE};
    struct bytes passing = copy_of(a, lasting);

    memo_area(m, lasting);
    (void)memo_sha256(m, passing);
    assert_known(m, passing, false);
    assert_known(m, lasting, false);
}

static void parts_and_algorithms_differ(void **state)
{
    struct arena *a = *state;
    struct memo *m = memo_new(a);
    struct bytes all = {bytes_new(a, SIZE), SIZE};
    struct bytes two[] = {bytes_slice(all, 0, 400), bytes_slice(all, 500, 400)};
    struct bytes cut[] = {bytes_slice(all, 0, 401), bytes_slice(all, 500, 399)};
    uint8_t is[DIGEST_MAX];
    uint8_t told[DIGEST_MAX];

    memo_area(m, all);
    for (unsigned round = 0; round < 2; round++) {
        for (enum digest_algorithm i = DIGEST_SHA1; i <= DIGEST_SHA512; i++) {
            digest_parts(i, two, 2, is);
            memo_digest_parts(m, i, two, 2, told);
            assert_memory_equal(is, told, digest_info(i)->size);
            digest_parts(i, cut, 2, is);
            memo_digest_parts(m, i, cut, 2, told);
            assert_memory_equal(is, told, digest_info(i)->size);
        }
    }
}

static void content_is_kept_in_its_room_only(void **state)
{
    struct arena *a = *state;
    struct memo *m = memo_new(a);
    struct bytes in = {bytes_new(a, SIZE), SIZE};
    struct memo_method method = {.asked = METHOD, .found = FOUND};
    struct memo_method asked = {.asked = METHOD};
    struct memo_method other = {.asked = METHOD + 1};
    struct bytes out;

    memo_area(m, in);
    memo_unpacked_note(m, method, in, copy_of(a, in));
    assert_false(memo_unpacked_known(m, &asked, in, &out));
    uint8_t *room = memo_room(m, SIZE);

    memset(room, 7, SIZE);
    memo_unpacked_note(m, method, in, (struct bytes){room, SIZE});
    assert_true(memo_unpacked_known(m, &asked, copy_of(a, in), &out));
    assert_ptr_equal(out.data, room);
    assert_int_equal(out.len, SIZE);
    assert_int_equal(asked.found, FOUND);
    assert_false(memo_unpacked_known(m, &other, in, &out));
    /* What it holds lasts, and so what is said of it. */
    (void)memo_sha256(m, out);
    assert_known(m, out, true);
}

static void room_has_an_end(void **state)
{
    struct arena *a = *state;
    struct memo *m = memo_new(a);

    assert_null(memo_room(m, MEMO_ROOM_MAX + (size_t)1));
    assert_non_null(memo_room(m, MEMO_ROOM_MAX / 2));
    assert_null(memo_room(m, MEMO_ROOM_MAX / 2 + 1));
    assert_non_null(memo_room(m, MEMO_ROOM_MAX / 2));
    assert_null(memo_room(m, 1));
}

static void without_a_memo_all_is_computed(void **state)
{
    struct arena *a = *state;
    struct bytes b = {bytes_new(a, SIZE), SIZE};
    struct digest is = digest_sha256(b);
    struct digest told = memo_sha256(NULL, b);
    struct memo_method method = {.asked = METHOD};

    memo_area(NULL, b);
    memo_unpacked_note(NULL, method, b, b);
    assert_true(digest_equal(&is, &told));
    assert_null(memo_room(NULL, 1));
    assert_false(memo_unpacked_known(NULL, &method, b, &b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(digest_is_found_by_bytes),         TEST(any_other_byte_is_another_question),
        TEST(bytes_that_may_end_are_not_kept),  TEST(parts_and_algorithms_differ),
        TEST(content_is_kept_in_its_room_only), TEST(room_has_an_end),
        TEST(without_a_memo_all_is_computed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
