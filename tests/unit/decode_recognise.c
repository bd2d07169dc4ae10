/* SPDX-License-Identifier: Apache-2.0 */
/* Which decoder takes bytes of which nothing else is known. */
#include <string.h>

#include "decode/engine.h"
#include "unit/test.h"

enum {
    FB_DIMM_PROBE = 10,
    DDR4 = 12,
    SIZE = 512
};

static const char *taken_by(const uint8_t *data)
{
    const struct decoder *row =
        decoder_probe((struct bytes){data, SIZE}, (struct bytes){NULL, 0});

    return row != NULL ? row->name : "";
}

static void a_text_is_no_memory_module(void **state)
{
    uint8_t text[SIZE];

    (void)state;
    memset(text, '@', sizeof(text));
    text[2] = FB_DIMM_PROBE; /* a line end */
    assert_string_not_equal(taken_by(text), "spd");
}

static void a_module_with_a_wrong_checksum_is_one(void **state)
{
    uint8_t module[SIZE] = {0x23, 0x11, DDR4, 0x02};

    (void)state;
    module[126] = 1;
    assert_string_equal(taken_by(module), "spd");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_text_is_no_memory_module),
        TEST(a_module_with_a_wrong_checksum_is_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
