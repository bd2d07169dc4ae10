/* SPDX-License-Identifier: Apache-2.0 */
#include "appraise/placeholder.h"

#include "unit/test.h"

static bool placeholder(struct arena *a, const char *text)
{
    struct value v = {.type = TYPE_TEXT, .bytes = bytes_of(text)};

    return placeholder_is(own_normalise(&v, a));
}

static void placeholders_are_known(void **state)
{
    static const char *const yes[] = {
        "To be filled by O.E.M.",
        "0123456789",
        "  ",
        "Default string",
        "00000000",
        "N/A",
        "Not Specified",
        "1234567890",
        "System Serial Number",
        "FFFFFFFF",
        "xxxxxxx",
        "00000000-0000-0000-0000-000000000000",
        "03000200-0400-0500-0006-000700080009",
    };
    static const char *const no[] = {"OM145S012345", "S4EWNX0R123456", "7C4D1F3A", "123"};

    for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
        if (!placeholder(*state, yes[i]))
            fail_msg("%s is a placeholder", yes[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(no); i++) {
        if (placeholder(*state, no[i]))
            fail_msg("%s is no placeholder", no[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(placeholders_are_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
