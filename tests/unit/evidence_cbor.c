/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cbor.h"

#include "unit/test.h"

static struct bytes from_hex(struct arena *a, const char *hex)
{
    struct text t;

    text_init(&t, a, 4096);
    for (; hex[0] != '\0'; hex += 2)
        text_char(&t, (char)(hex_digit((uint8_t)hex[0]) * 16 + hex_digit((uint8_t)hex[1])));
    return text_bytes(&t);
}

static void is_hex(struct arena *a, const struct text *t, const char *want)
{
    struct text hex;

    text_init(&hex, a, 4096);
    text_hex(&hex, text_bytes(t));
    test_bytes_are(text_bytes(&hex), want);
}

/* RFC 8949 appendix A, the items of our subset. */
static void integers_are_in_their_shortest_form(void **state)
{
    static const struct {
        uint64_t value;
        const char *hex;
    } vectors[] = {
        {0,             "00"                },
        {23,            "17"                },
        {24,            "1818"              },
        {255,           "18ff"              },
        {256,           "190100"            },
        {1000000,       "1a000f4240"        },
        {1000000000000, "1b000000e8d4a51000"},
        {UINT64_MAX,    "1bffffffffffffffff"},
    };

    for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
        struct text t;

        text_init(&t, *state, 64);
        cbor_uint(&t, vectors[i].value);
        is_hex(*state, &t, vectors[i].hex);
        struct reader r = reader_of(text_bytes(&t), 0, 0);

        assert_true(cbor_read_uint(&r) == vectors[i].value);
        assert_false(r.failed);
    }
}

static void longer_forms_are_refused(void **state)
{
    static const char *const bad[] = {
        "1800", "1817", "190000", "1900ff", "1a0000ffff", "1b00000000ffffffff",
        "1c",   "1f",   "5f",     "9f",     "f90000",     "a0",
        "60",   "c0"};

    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct reader r = reader_of(from_hex(*state, bad[i]), 0, 0);

        (void)cbor_read_value(&r);
        assert_true(r.failed);
    }
}

static void values_come_back(void **state)
{
    const struct value values[] = {
        {.type = TYPE_UINT,  .uint = 300               },
        {.type = TYPE_INT,   .sint = -1                },
        {.type = TYPE_INT,   .sint = 5                 },
        {.type = TYPE_INT,   .sint = INT64_MIN         },
        {.type = TYPE_BOOL,  .uint = 1                 },
        {.type = TYPE_BOOL,  .uint = 0                 },
        {.type = TYPE_TEXT,  .bytes = LITERAL("ab\xff")},
        {.type = TYPE_BYTES, .bytes = LITERAL("ab\xff")},
        {.type = TYPE_BYTES, .bytes = {NULL, 0}        },
    };

    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        struct text t;

        text_init(&t, *state, 64);
        cbor_value(&t, &values[i]);
        struct reader r = reader_of(text_bytes(&t), 0, 0);
        struct value back = cbor_read_value(&r);

        assert_false(r.failed);
        assert_false(reader_more(&r));
        assert_true(value_equal(&back, &values[i]));
        for (size_t cut = 0; cut < t.len; cut++) {
            r = reader_of(bytes_slice(text_bytes(&t), 0, cut), 0, 0);
            (void)cbor_read_value(&r);
            assert_true(r.failed);
        }
    }
}

static void counts_that_cannot_be_are_refused(void **state)
{
    struct reader r = reader_of(from_hex(*state, "9a7fffffff00"), 0, 0);

    assert_int_equal(cbor_read_array(&r), 0);
    assert_true(r.failed);
    r = reader_of(from_hex(*state, "5bffffffffffffffff00"), 0, 0);
    assert_int_equal(cbor_read_bytes(&r).len, 0);
    assert_true(r.failed);
}

/* printf 'assay/test/1\0\x80' | sha256sum */
static void a_node_is_hashed_under_its_kind(void **state)
{
    struct digest d = node_digest("test", 1, LITERAL("\x80"));
    struct digest same = digest_sha256(LITERAL("assay/test/1\0\x80"));

    (void)state;
    assert_true(digest_equal(&d, &same));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(integers_are_in_their_shortest_form),
        TEST(longer_forms_are_refused),
        TEST(values_come_back),
        TEST(counts_that_cannot_be_are_refused),
        TEST(a_node_is_hashed_under_its_kind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
