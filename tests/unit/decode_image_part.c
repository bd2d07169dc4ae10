/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that a decoder cannot explain: who may try next. */
#include "decode/bmc_part.h"
#include "decode/engine_private.h"
#include "unit/test.h"

enum {
    BEFORE = 4
};

/* A device tree with nothing in it, behind some bytes that are none of it. */
static const uint8_t image[] = {
    'e',  'v',  'i',  'l',  0xd0, 0x0d, 0xfe, 0xed, 0x00, 0x00, 0x00, 0x48, 0x00,
    0x00, 0x00, 0x38, 0x00, 0x00, 0x00, 0x48, 0x00, 0x00, 0x00, 0x28, 0x00, 0x00,
    0x00, 0x11, 0x00, 0x00, 0x00, 0x10, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x09};

/* How many decoders a gap of all bytes from `at` is handed to, of those given from `at`. */
static size_t handed_on(struct arena *a, size_t given, size_t at)
{
    struct decoded *out = ARENA_NEW(a, struct decoded);
    struct bytes all = {image, sizeof(image)};
    struct span s = {0, at, sizeof(image) - at};
    struct placement placement = {s, s};

    decoded_init(out, a);
    (void)decoded_blob(out, all, NULL, 0, (struct span){0, 0, all.len}, NULL);
    struct decode d = {
        .in = reader_of(bytes_slice(all, given, all.len), 0, given),
        .arena = a,
        .out = out,
        .engine = engine_new(out),
        .items_stop = ENGINE_ITEMS_MAX,
        .placement = &placement,
    };

    bmc_gap(&d, s);
    return d.engine->job_count;
}

static void part_of_the_input_is_handed_on(void **state)
{
    assert_int_equal(handed_on(*state, 0, BEFORE), 1);
}

static void the_whole_input_is_not_handed_on(void **state)
{
    assert_int_equal(handed_on(*state, BEFORE, BEFORE), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(part_of_the_input_is_handed_on),
        TEST(the_whole_input_is_not_handed_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
