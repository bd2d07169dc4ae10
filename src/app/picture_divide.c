/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Squarified treemaps (Bruls, Huizing, van Wijk 2000) in whole numbers: rows along the shorter
 * side, each as long as that makes its rectangles squarer.
 */
#include "app/picture.h"

/* Rectangles of one row. */
struct row {
    uint64_t sum;
    uint64_t most;
    uint64_t least;
};

static uint64_t at_least_one(uint64_t v)
{
    return v > 0 ? v : 1;
}

/* 256 times the worst ratio of sides in a row of these areas along a side. */
static uint64_t row_worst(const struct row *r, uint64_t side)
{
    uint64_t square = side * side;
    uint64_t sums = r->sum * r->sum;
    uint64_t wide = square * r->most / at_least_one(sums / 256);
    uint64_t high = sums / at_least_one(square * at_least_one(r->least) / 256);

    return wide > high ? wide : high;
}

static struct row row_with(const struct row *r, uint64_t area)
{
    return (struct row){
        .sum = r->sum + area,
        .most = area > r->most ? area : r->most,
        .least = r->sum == 0 || area < r->least ? area : r->least,
    };
}

/* Places areas[0..count) side by side in a row of `thick` along the shorter side of `at`. */
static void row_place(const uint64_t *areas, size_t count, uint64_t sum, uint32_t thick,
                      const struct rectangle *at, struct rectangle *ret)
{
    bool upright = at->width >= at->height; /* the row is a column */
    uint32_t side = upright ? at->height : at->width;
    uint64_t before = 0;
    uint32_t from = 0;

    for (size_t i = 0; i < count; i++) {
        before += areas[i];
        uint32_t to = (uint32_t)(before * side / sum);

        ret[i] = upright ? (struct rectangle){at->x, at->y + from, thick, to - from}
                         : (struct rectangle){at->x + from, at->y, to - from, thick};
        from = to;
    }
}

void picture_divide(const uint64_t *weights, size_t count, struct rectangle at,
                    struct rectangle *ret)
{
    uint64_t left = 0;

    for (size_t i = 0; i < count; i++)
        left += weights[i];
    for (size_t i = 0; i < count;) {
        uint64_t room = (uint64_t)at.width * at.height;
        uint32_t side = at.width < at.height ? at.width : at.height;
        struct row row = {0};
        uint64_t sum = 0;
        size_t n = 0;

        while (i + n < count) {
            struct row more = row_with(&row, weights[i + n] * room / at_least_one(left));

            if (n > 0 && row_worst(&more, side) > row_worst(&row, side))
                break;
            row = more;
            sum += weights[i + n++];
        }
        uint32_t whole = at.width >= at.height ? at.width : at.height;
        uint32_t thick = i + n == count ? whole : (uint32_t)(sum * whole / at_least_one(left));

        row_place(&weights[i], n, at_least_one(sum), thick, &at, &ret[i]);
        if (at.width >= at.height) {
            at.x += thick;
            at.width -= thick;
        } else {
            at.y += thick;
            at.height -= thick;
        }
        left -= sum;
        i += n;
    }
}
