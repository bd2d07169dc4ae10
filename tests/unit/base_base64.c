/* SPDX-License-Identifier: Apache-2.0 */
/* The examples of RFC 4648 section 10, and texts that are nearly Base 64. */
#include "base/base64.h"

#include "unit/test.h"

static const struct {
    const char *plain;
    const char *text;
} pairs[] = {
    {"",             ""        },
    {"f",            "Zg=="    },
    {"fo",           "Zm8="    },
    {"foo",          "Zm9v"    },
    {"foob",         "Zm9vYg=="},
    {"fooba",        "Zm9vYmE="},
    {"foobar",       "Zm9vYmFy"},
    {"\xfb\xff\xfe", "+//+"    },
};

static void both_ways(void **state)
{
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        struct bytes back;
        struct text t;

        text_init(&t, *state, 100);
        text_base64(&t, bytes_of(pairs[i].plain));
        test_bytes_are(text_bytes(&t), pairs[i].text);
        assert_true(base64_decode(bytes_of(pairs[i].text), *state, &back));
        test_bytes_are(back, pairs[i].plain);
    }
}

static const struct {
    const char *text;
    bool good;
    const char *plain;
} url_pairs[] = {
    {"",      true,  ""            },
    {"-__-",  true,  "\xfb\xff\xfe"},
    {"Zg",    true,  "f"           },
    {"Zm8",   true,  "fo"          },
    {"Zg==",  false, ""            },
    {"Zh",    false, ""            },
    {"Z",     false, ""            },
    {"+//+",  false, ""            },
    {"Zm9v=", false, ""            },
};

/* RFC 4648 section 5: two letters of its own, and nothing to fill up. */
static void for_urls(void **state)
{
    struct bytes back;
    struct text t;

    text_init(&t, *state, 100);
    text_base64url(&t, bytes_of("\xfb\xff\xfe"));
    text_base64url(&t, bytes_of("f"));
    text_base64url(&t, bytes_of("fo"));
    text_base64url(&t, bytes_of(""));
    test_bytes_are(text_bytes(&t), "-__-ZgZm8");
    for (size_t i = 0; i < ARRAY_LEN(url_pairs); i++) {
        assert_int_equal(base64url_decode(bytes_of(url_pairs[i].text), *state, &back),
                         url_pairs[i].good);
        if (url_pairs[i].good)
            test_bytes_are(back, url_pairs[i].plain);
    }
}

static void one_text_for_one_byte_string(void **state)
{
    static const char *const bad[] = {"Z",    "Zg",       "Zg=",   "Zh==",   "Zm9=", "=",
                                      "====", "Zg==Zg==", "Zm 9v", "Zm9v\n", "Z===", "Zm9_"};
    struct bytes back;

    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(base64_decode(bytes_of(bad[i]), *state, &back));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(both_ways),
        TEST(for_urls),
        TEST(one_text_for_one_byte_string),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
