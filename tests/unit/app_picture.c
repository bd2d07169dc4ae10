/* SPDX-License-Identifier: Apache-2.0 */
/* Rectangles by weight tile their canvas, and each has its share of it. */
#include "app/picture.h"

#include <stdlib.h>

#include "unit/test.h"

enum {
    MOST = 200
};

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

static uint64_t area(const struct rectangle *r)
{
    return (uint64_t)r->width * r->height;
}

static bool overlap(const struct rectangle *a, const struct rectangle *b)
{
    return area(a) > 0 && area(b) > 0 && a->x < b->x + b->width && b->x < a->x + a->width &&
           a->y < b->y + b->height && b->y < a->y + a->height;
}

static void check(const uint64_t *weights, size_t count, struct rectangle canvas)
{
    struct rectangle at[MOST];
    uint64_t all = 0;
    uint64_t sum = 0;

    picture_divide(weights, count, canvas, at);
    for (size_t i = 0; i < count; i++)
        all += weights[i];
    for (size_t i = 0; i < count; i++) {
        uint64_t share = weights[i] * area(&canvas) / all;
        uint64_t edge = (uint64_t)canvas.width + canvas.height;

        sum += area(&at[i]);
        assert_true(at[i].x >= canvas.x && at[i].y >= canvas.y);
        assert_true(at[i].x + at[i].width <= canvas.x + canvas.width);
        assert_true(at[i].y + at[i].height <= canvas.y + canvas.height);
        /* Edges lie on whole units: a unit more or less along both sides. */
        assert_true(area(&at[i]) <= share + 2 * edge && share <= area(&at[i]) + 2 * edge);
        for (size_t k = 0; k < i; k++)
            assert_false(overlap(&at[i], &at[k]));
    }
    assert_int_equal(sum, area(&canvas));
}

static int heavier(const void *left, const void *right)
{
    const uint64_t *a = left;
    const uint64_t *b = right;

    return *a > *b ? -1 : *a < *b;
}

static void pieces_tile_the_canvas(void **state)
{
    uint64_t weights[MOST];
    uint32_t random = 1;

    (void)state;
    for (unsigned round = 0; round < 500; round++) {
        size_t count = 1 + next_random(&random) % MOST;
        uint32_t size = 1 + next_random(&random) % (1U << (1 + round % 22));

        for (size_t i = 0; i < count; i++)
            weights[i] = 1 + (uint64_t)next_random(&random) % size;
        qsort(weights, count, sizeof(*weights), heavier);
        check(weights, count,
              (struct rectangle){next_random(&random) % 100, next_random(&random) % 100,
                                 1 + next_random(&random) % PICTURE_WIDTH,
                                 1 + next_random(&random) % PICTURE_HEIGHT});
    }
}

static void extremes_tile_too(void **state)
{
    static const uint64_t huge[] = {UINT64_C(1) << 33, 1, 1, 1};
    static const uint64_t none[] = {5, 0, 0};
    const struct rectangle canvas = {0, 0, PICTURE_WIDTH, PICTURE_HEIGHT};

    (void)state;
    check(huge, ARRAY_LEN(huge), canvas);
    check(none, ARRAY_LEN(none), canvas);
    check(huge, ARRAY_LEN(huge), (struct rectangle){3, 4, 1, 1});
    check(huge, 1, canvas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pieces_tile_the_canvas),
        TEST(extremes_tile_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
