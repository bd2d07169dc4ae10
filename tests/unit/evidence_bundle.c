/* SPDX-License-Identifier: Apache-2.0 */
#include "base/tar.h"
#include "base/text.h"
#include "evidence/bundle.h"
#include "unit/test.h"

/* A sink in memory. */
struct memory {
    uint8_t data[1 << 16];
    size_t high;
};

static bool memory_write(void *user, uint64_t offset, struct bytes b, struct err *e)
{
    struct memory *m = user;

    (void)e;
    assert_true(offset + b.len <= sizeof(m->data));
    memcpy(m->data + offset, b.data, b.len);
    if (offset + b.len > m->high)
        m->high = (size_t)(offset + b.len);
    return true;
}

static struct entry blob_entry(const char *source, const char *origin, struct bytes b)
{
    return (struct entry){.source = bytes_of(source),
                          .origin = bytes_of(origin),
                          .state = COVERAGE_SEEN,
                          .has_blob = true,
                          .digest = digest_sha256(b),
                          .length = b.len,
                          .bytes = b};
}

static void add_nothing(struct evidence *e, struct arena *a, const char *source)
{
    evidence_add(e, a,
                 (struct entry){.source = bytes_of(source),
                                .state = COVERAGE_REFUSED,
                                .reason = bytes_of("Permission denied")});
}

/* Two blobs that differ, one twice there, an empty one, a source that gave nothing, a seal. */
static struct bundle sample(struct arena *a)
{
    struct bundle b = {
        .evidence = {.tool = bytes_of("assay 0.1.0"),
                     .subject = bytes_of("rack-7"),
                     .time = bytes_of("2026-01-31T12:00:00Z")}
    };
    struct seal *seals = ARENA_ARRAY(a, struct seal, 1);

    for (size_t i = 0; i < SALT_SIZE; i++)
        b.evidence.salt[i] = (uint8_t)i;
    evidence_add(&b.evidence, a, blob_entry("cpu", "proc/cpuinfo", bytes_of("processor: 0\n")));
    evidence_add(
        &b.evidence, a,
        blob_entry("net-address", "sys/class/net/a/address", bytes_of("02:00:00:00:00:01\n")));
    evidence_add(
        &b.evidence, a,
        blob_entry("net-address", "sys/class/net/b/address", bytes_of("02:00:00:00:00:01\n")));
    evidence_add(&b.evidence, a, blob_entry("sel", "ipmi/sel.bin", bytes_of("")));
    add_nothing(&b.evidence, a, "smbios-table");
    evidence_sort(&b.evidence);
    seals[0] = (struct seal){bytes_of("operator.ed25519"), bytes_of("signature")};
    b.seals = seals;
    b.seal_count = 1;
    return b;
}

/* The bundle's bytes, in the arena. */
static struct bytes written(const struct bundle *b, struct arena *a)
{
    struct memory *m = ARENA_NEW(a, struct memory);
    uint64_t length = 0;
    struct err e;

    assert_true(bundle_write(b, (struct bundle_sink){m, memory_write}, a, &length, &e));
    assert_true(length <= m->high);
    return arena_copy(a, (struct bytes){m->data, (size_t)length});
}

static void a_bundle_comes_back_as_it_was(void **state)
{
    struct bundle b = sample(*state);
    struct bytes file = written(&b, *state);
    struct bundle back;
    struct err e;

    assert_true(bundle_read(file, *state, &back, &e));
    assert_int_equal(back.evidence.count, 5);
    assert_int_equal(back.redacted, 0);
    test_bytes_are(back.evidence.subject, "rack-7");
    for (size_t i = 0; i < back.evidence.count; i++) {
        const struct entry *was = &b.evidence.entries[i];
        const struct entry *is = &back.evidence.entries[i];

        assert_true(bytes_equal(was->source, is->source));
        assert_true(bytes_equal(was->origin, is->origin));
        assert_true(bytes_equal(was->bytes, is->bytes));
        assert_int_equal(entry_state(is), was->state);
    }
    struct digest d = evidence_digest(&b.evidence, *state);

    assert_true(digest_equal(&d, &back.digest));
    assert_int_equal(back.seal_count, 1);
    test_bytes_are(back.seals[0].name, "operator.ed25519");
    test_bytes_are(back.seals[0].bytes, "signature");
    assert_true(bytes_equal(file, written(&back, *state)));
}

static void a_blob_is_stored_once(void **state)
{
    struct bundle b = sample(*state);
    struct bytes file = written(&b, *state);
    struct bundle back;
    struct err e;

    assert_true(bundle_read(file, *state, &back, &e));
    assert_ptr_equal(back.evidence.entries[1].bytes.data, back.evidence.entries[2].bytes.data);
}

static void no_prefix_is_a_bundle(void **state)
{
    struct bundle b = sample(*state);
    struct bytes file = written(&b, *state);

    for (size_t n = 0; n < file.len; n++) {
        struct arena a;
        struct bundle back;
        struct err e;
        /* Of exactly this size, so that a sanitizer sees a read past the end. */
        uint8_t *exact = test_malloc(n + 1);

        memcpy(exact, file.data, n);
        arena_init(&a);
        assert_false(bundle_read((struct bytes){exact, n}, &a, &back, &e));
        assert_int_equal(e.code, ERR_INPUT);
        arena_done(&a);
        test_free(exact);
    }
}

static bool seals_differ(const struct bundle *a, const struct bundle *b)
{
    return a->seal_count != b->seal_count || !bytes_equal(a->seals[0].name, b->seals[0].name) ||
           !bytes_equal(a->seals[0].bytes, b->seals[0].bytes);
}

static void every_changed_byte_is_seen(void **state)
{
    struct bundle b = sample(*state);
    struct bytes file = written(&b, *state);
    uint8_t *copy = (uint8_t *)arena_alloc(*state, file.len);

    memcpy(copy, file.data, file.len);
    for (size_t i = 0; i < file.len; i++) {
        for (unsigned flip = 1; flip <= 0xff; flip = flip == 1      ? 0x20
                                                     : flip == 0x20 ? 0xff
                                                                    : 256) {
            struct arena a;
            struct bundle back;
            struct err e;

            arena_init(&a);
            copy[i] = (uint8_t)(file.data[i] ^ flip);
            /* Only a seal can change; its signature is checked elsewhere. */
            if (bundle_read((struct bytes){copy, file.len}, &a, &back, &e))
                assert_true(seals_differ(&b, &back));
            copy[i] = file.data[i];
            arena_done(&a);
        }
    }
}

static void nothing_may_follow_or_be_repeated(void **state)
{
    struct bundle b = sample(*state);
    struct bytes file = written(&b, *state);
    uint8_t *longer = (uint8_t *)arena_alloc(*state, file.len + 2048);
    struct bundle back;
    struct err e;

    memcpy(longer, file.data, file.len);
    for (size_t more = 1; more <= 2048; more += more == 1 ? 511 : 512)
        assert_false(bundle_read((struct bytes){longer, file.len + more}, *state, &back, &e));
    /* The first blob twice. */
    memcpy(longer + 1024, file.data, file.len);
    memcpy(longer, file.data, 1024);
    assert_false(bundle_read((struct bytes){longer, file.len + 1024}, *state, &back, &e));
    assert_non_null(strstr(e.text, "at byte 1024"));
    /* The first blob not at all. */
    assert_false(bundle_read(bytes_slice(file, 1024, SIZE_MAX), *state, &back, &e));
}

static void redaction_keeps_the_digest(void **state)
{
    struct bundle b = sample(*state);
    struct digest d = evidence_digest(&b.evidence, *state);
    struct bundle back;
    struct err e;

    b.evidence.entries[1].redacted = true;
    b.evidence.entries[2].redacted = true;
    assert_true(bundle_read(written(&b, *state), *state, &back, &e));
    assert_int_equal(back.redacted, 2);
    assert_true(digest_equal(&d, &back.digest));
    assert_int_equal(entry_state(&back.evidence.entries[1]), COVERAGE_EXCLUDED);
    assert_int_equal(entry_state(&back.evidence.entries[0]), COVERAGE_SEEN);
    assert_int_equal(back.evidence.entries[1].length, 18);
}

/* The vector of docs/formats/evidence.md. */
static void the_node_is_as_documented(void **state)
{
    struct bundle b = sample(*state);
    struct digest d = evidence_digest(&b.evidence, *state);
    struct text t;

    text_init(&t, *state, 1 << 16);
    text_hex(&t, evidence_encode(&b.evidence, *state));
    test_bytes_are(text_bytes(&t),
                   "854b617373617920302e312e30467261636b2d3754323032362d30312d33315431323a30"
                   "303a30305a50000102030405060708090a0b0c0d0e0f8586436370754c70726f632f6370"
                   "75696e666f004058202c2ff48a705d727a0fe8807321c8fc448169fa9206aecb8860121e"
                   "63e793db5e0d864b6e65742d61646472657373577379732f636c6173732f6e65742f612f"
                   "6164647265737300405820df90ed6893a6b4b0cdf20ccd2b99cca62d74ee5615c684f415"
                   "9f88dace87740512864b6e65742d61646472657373577379732f636c6173732f6e65742f"
                   "622f6164647265737300405820df90ed6893a6b4b0cdf20ccd2b99cca62d74ee5615c684"
                   "f4159f88dace87740512864373656c4c69706d692f73656c2e62696e00405820e3b0c442"
                   "98fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85500864c736d62696f"
                   "732d7461626c654003515065726d697373696f6e2064656e696564f600");
    t.len = 0;
    text_hex(&t, (struct bytes){d.bytes, sizeof(d.bytes)});
    test_bytes_are(text_bytes(&t),
                   "65976e85d1b08dde0f46c6da48a8a5c1907e42cc7c8ef0e453cf43ea337ac467");
    t.len = 0;
    d = digest_sha256(written(&b, *state));
    text_hex(&t, (struct bytes){d.bytes, sizeof(d.bytes)});
    test_bytes_are(text_bytes(&t),
                   "0eeb295f9254c78958d9c6b42c05f2e8bc957a7c888580dc8ac54823e3bc341c");
}

static void a_node_has_one_encoding(void **state)
{
    struct bundle b = sample(*state);
    struct bytes node = evidence_encode(&b.evidence, *state);
    uint8_t *copy = (uint8_t *)arena_alloc(*state, node.len);
    struct err e;

    for (size_t n = 0; n < node.len; n++) {
        struct evidence back;

        assert_false(evidence_decode(bytes_slice(node, 0, n), *state, &back, &e));
    }
    memcpy(copy, node.data, node.len);
    for (size_t i = 0; i < node.len * 255; i++) {
        struct arena a;
        struct evidence back;

        arena_init(&a);
        copy[i / 255] = (uint8_t)(node.data[i / 255] ^ (i % 255 + 1));
        /* What still is a node must be another one. */
        if (evidence_decode((struct bytes){copy, node.len}, &a, &back, &e)) {
            struct bytes again = evidence_encode(&back, &a);

            assert_true(bytes_equal(again, (struct bytes){copy, node.len}));
        }
        copy[i / 255] = node.data[i / 255];
        arena_done(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_bundle_comes_back_as_it_was),
        TEST(a_blob_is_stored_once),
        TEST(no_prefix_is_a_bundle),
        TEST(every_changed_byte_is_seen),
        TEST(nothing_may_follow_or_be_repeated),
        TEST(redaction_keeps_the_digest),
        TEST(the_node_is_as_documented),
        TEST(a_node_has_one_encoding),
    };

    return cmocka_run_group_tests_name("evidence/bundle", tests, NULL, NULL);
}
