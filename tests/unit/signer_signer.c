/* SPDX-License-Identifier: Apache-2.0 */
/* The process that holds a key signs what is well-formed, and no size of a log twice. */
#include "signer/signer.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/file.h"
#include "ledger/checkpoint.h"
#include "unit/test.h"

static char folder[] = "/tmp/assay-signer-XXXXXX";
static char key_file[sizeof(folder) + 8];
static char memory_file[sizeof(folder) + 16];

static int make_key(void **state)
{
    struct public_key half;
    struct bytes pem;
    struct arena a;
    struct err e;

    (void)state;
    arena_init(&a);
    if (mkdtemp(folder) == NULL)
        return 1;
    (void)bytes_format(key_file, sizeof(key_file), "%s/key", folder);
    (void)bytes_format(memory_file, sizeof(memory_file), "%s/key.signed", folder);
    bool good = secret_key_make((struct bytes){NULL, 0}, &a, &pem, &half, &e) &&
                file_write(key_file, pem, &a, &e) && chmod(key_file, 0600) == 0;

    arena_done(&a);
    return good ? 0 : 1;
}

static int remove_key(void **state)
{
    (void)state;
    (void)unlink(key_file);
    (void)unlink(memory_file);
    return rmdir(folder);
}

static struct signer start(bool checkpoints)
{
    const struct signer_options o = {
        key_file, {NULL, -1},
         checkpoints
    };
    struct signer s;
    struct err e;

    assert_true(signer_start(&o, &s, &e));
    return s;
}

/* The text of a checkpoint with a root of one repeated byte. */
static struct bytes checkpoint_of(struct arena *a, const char *origin, uint64_t size,
                                  uint8_t root)
{
    struct checkpoint c = {.origin = bytes_of(origin), .size = size};
    struct text t;

    memset(c.root.bytes, root, sizeof(c.root.bytes));
    text_init(&t, a, 1000);
    checkpoint_print(&t, &c);
    return text_bytes(&t);
}

static bool signs(struct signer *s, struct bytes text)
{
    struct signature sig;
    struct err e;

    if (!signer_checkpoint(s, text, &sig, &e)) {
        assert_int_equal(e.code, ERR_REFUSED);
        return false;
    }
    assert_true(signature_verify(&s->key, text, &sig));
    return true;
}

static void checkpoints(void **state)
{
    static const char *const bad[] = {
        "",
        "log.example\n",
        "log.example\n5\n",
        "log.example\n05\nAAAA\n",
        "not a checkpoint\n\n",
    };
    struct signer s = start(true);

    assert_true(signs(&s, checkpoint_of(*state, "log.example", 5, 1)));
    assert_true(signs(&s, checkpoint_of(*state, "log.example", 5, 1)));
    assert_false(signs(&s, checkpoint_of(*state, "log.example", 5, 2)));
    assert_false(signs(&s, checkpoint_of(*state, "log.example", 4, 1)));
    assert_false(signs(&s, checkpoint_of(*state, "other.example", 6, 1)));
    assert_true(signs(&s, checkpoint_of(*state, "log.example", 6, 2)));
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(signs(&s, bytes_of(bad[i])));
    signer_end(&s);
    /* The next process remembers. */
    s = start(true);
    assert_false(signs(&s, checkpoint_of(*state, "log.example", 6, 1)));
    assert_false(signs(&s, checkpoint_of(*state, "log.example", 5, 1)));
    assert_true(signs(&s, checkpoint_of(*state, "log.example", 7, 3)));
    /* And there is only one at a time. */
    const struct signer_options o = {
        key_file, {NULL, -1},
         true
    };
    struct signer second;
    struct err e;

    assert_false(signer_start(&o, &second, &e));
    signer_end(&s);
    s = start(false);
    assert_false(signs(&s, checkpoint_of(*state, "log.example", 8, 3)));
    signer_end(&s);
}

/* A write that power cuts short leaves the other slot; without both nothing is signed. */
static void torn_memory(void **state)
{
    const struct signer_options o = {
        key_file, {NULL, -1},
         true
    };
    struct signer s = start(true);
    uint8_t zero[100] = {0};
    struct bytes before;
    struct err e;

    assert_true(signs(&s, checkpoint_of(*state, "log.example", 10, 1)));
    assert_true(file_read(memory_file, 1 << 20, *state, &before, &e));
    assert_true(signs(&s, checkpoint_of(*state, "log.example", 11, 1)));
    signer_end(&s);
    struct bytes after;

    assert_true(file_read(memory_file, 1 << 20, *state, &after, &e));
    size_t slot = memcmp(before.data, after.data, 4096) != 0 ? 0 : 4096;
    int fd = open(memory_file, O_RDWR | O_CLOEXEC);

    assert_true(fd >= 0 && pwrite(fd, zero, sizeof(zero), (off_t)slot + 20) == sizeof(zero));
    s = start(true);
    assert_false(signs(&s, checkpoint_of(*state, "log.example", 10, 2)));
    assert_true(signs(&s, checkpoint_of(*state, "log.example", 10, 1)));
    signer_end(&s);
    assert_true(pwrite(fd, zero, sizeof(zero), (off_t)(4096 - slot) + 20) == sizeof(zero));
    assert_false(signer_start(&o, &s, &e));
    assert_non_null(strstr(e.text, "damaged"));
    assert_int_equal(ftruncate(fd, 0), 0);
    assert_false(signer_start(&o, &s, &e));
    (void)close(fd);
    assert_int_equal(unlink(memory_file), 0);
}

static bool signs_statement(struct signer *s, struct arena *a, const char *payload)
{
    struct signature sig;
    struct text t;
    struct err e;

    text_init(&t, a, 1 << 20);
    dsse_message(&t, bytes_of(DSSE_STATEMENT), bytes_of(payload));
    if (!signer_statement(s, text_bytes(&t), &sig, &e)) {
        assert_true(e.code == ERR_REFUSED || e.code == ERR_INPUT);
        return false;
    }
    assert_true(signature_verify(&s->key, text_bytes(&t), &sig));
    return true;
}

#define HEX64       "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define HEAD        "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"name\":\"x\","
#define DIGEST(hex) "\"digest\":{\"sha256\":\"" hex "\"}}],"
/* The node 0x82, a byte string "assay-result/1", 1; and the SHA-256 of its name and it. */
#define NODE        "gk5hc3NheS1yZXN1bHQvMQE="

static void statements(void **state)
{
    static const char *const bad[] = {
        "",
        "{}",
        "[]",
        "{",
        "null",
        HEAD DIGEST(HEX64) "\"predicateType\":\"urn:other\",\"predicate\":{}}",
        HEAD DIGEST(HEX64) "\"predicateType\":\"urn:assay:result:1\",\"predicate\":{}}",
        HEAD DIGEST(
            HEX64) "\"predicateType\":\"urn:assay:result:1\",\"predicate\":{\"node\":\"" NODE
                   "\",\"result\":{}}}",
        HEAD DIGEST(HEX64) "\"predicateType\":\"urn:assay:fleet-integrity:1\",\"predicate\":{"
                           "\"origin\":\"o\",\"epoch\":-1,\"root\":\"" HEX64
                           "\",\"aliasRoot\":\"" HEX64 "\"}}",
        HEAD DIGEST("00") "\"predicateType\":\"urn:assay:fleet-integrity:1\",\"predicate\":{"
                          "\"origin\":\"o\",\"epoch\":1,\"root\":\"" HEX64
                          "\",\"aliasRoot\":\"" HEX64 "\"}}",
        HEAD DIGEST(HEX64) "\"predicateType\":\"urn:assay:key-revocation:1\",\"predicate\":{"
                           "\"key\":\"00\",\"at\":\"2026-01-31T12:00:00Z\"}}",
    };
    struct signer s = start(false);

    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(signs_statement(&s, *state, bad[i]));
    assert_true(signs_statement(
        &s, *state,
        HEAD DIGEST(HEX64) "\"predicateType\":\"urn:assay:fleet-integrity:1\",\"predicate\":{"
                           "\"origin\":\"o\",\"epoch\":1,\"root\":\"" HEX64
                           "\",\"aliasRoot\":\"" HEX64 "\"}}"));
    assert_true(signs_statement(
        &s, *state,
        HEAD DIGEST(HEX64) "\"predicateType\":\"urn:assay:key-revocation:1\",\"predicate\":{"
                           "\"key\":\"" HEX64 "\",\"at\":\"2026-01-31T12:00:00Z\"}}"));
    struct signature sig;
    struct err e;

    /* No envelope, and lengths that lie. */
    assert_false(signer_statement(&s, LITERAL("anything"), &sig, &e));
    assert_false(
        signer_statement(&s, LITERAL("DSSEv1 28 application/vnd.in-toto+json 3 {}"), &sig, &e));
    assert_false(signer_statement(&s, LITERAL("DSSEv1 10 text/plain 2 {}"), &sig, &e));
    signer_end(&s);
}

/* A result is signed when the subject is the digest of its node. */
static void results(void **state)
{
    static const uint8_t named[] = "assay/result/1\0\x82\x4e"
                                   "assay-result/1\x01";
    struct digest d = digest_sha256((struct bytes){named, sizeof(named) - 1});
    struct signer s = start(false);
    struct text t;

    text_init(&t, *state, 10000);
    text_puts(&t, HEAD "\"digest\":{\"sha256\":\"");
    text_hex(&t, (struct bytes){d.bytes, sizeof(d.bytes)});
    text_puts(&t,
              "\"}}],\"predicateType\":\"urn:assay:result:1\",\"predicate\":{\"node\":\"" NODE
              "\",\"result\":{\"schema\":1}}}");
    text_char(&t, '\0');
    assert_true(signs_statement(&s, *state, t.data));
    signer_end(&s);
}

/* Header and claims of a token; `key` NULL: of another key. */
static struct bytes token_of(struct arena *a, const struct public_key *key, const char *claims)
{
    static const struct public_key other = {{1}};
    struct digest name = public_key_name(key != NULL ? key : &other);
    struct text head;
    struct text t;

    text_init(&head, a, 1000);
    text_puts(&head, "{\"alg\":\"EdDSA\",\"kid\":\"");
    text_hex(&head, (struct bytes){name.bytes, sizeof(name.bytes)});
    text_puts(&head, "\",\"typ\":\"JWT\"}");
    text_init(&t, a, 4000);
    text_base64url(&t, text_bytes(&head));
    text_char(&t, '.');
    text_base64url(&t, bytes_of(claims));
    return text_bytes(&t);
}

#define TOKEN_CLAIMS(profile, submods)                                                         \
    "{\"eat_profile\":\"" profile "\",\"iat\":1,\"ear_verifier_id\":{},\"submods\":" submods "}"

static void tokens(void **state)
{
    static const char good[] = TOKEN_CLAIMS(SIGNER_TOKEN_PROFILE, "{\"m\":{}}");
    static const char *const bad[] = {
        "",
        "{}",
        "[]",
        TOKEN_CLAIMS("tag:example.com,2026:other", "{\"m\":{}}"),
        TOKEN_CLAIMS(SIGNER_TOKEN_PROFILE, "{}"),
        TOKEN_CLAIMS(SIGNER_TOKEN_PROFILE, "{\"m\":{}},\"sub\":\"root\""),
    };
    struct signer s = start(false);
    struct signature sig;
    struct err e;
    struct bytes token = token_of(*state, &s.key, good);

    assert_true(signer_token(&s, token, &sig, &e));
    assert_true(signature_verify(&s.key, token, &sig));
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(signer_token(&s, token_of(*state, &s.key, bad[i]), &sig, &e));
    assert_false(signer_token(&s, token_of(*state, NULL, good), &sig, &e));
    for (size_t n = 0; n < token.len; n++)
        assert_false(signer_token(&s, bytes_slice(token, 0, n), &sig, &e));
    /* What is one thing is never signed as another. */
    assert_false(signer_token(&s, checkpoint_of(*state, "log.example", 5, 1), &sig, &e));
    assert_false(signer_statement(&s, token, &sig, &e));
    assert_false(signer_cosign(&s, token, 1, &sig, &e));
    signer_end(&s);
}

static void cosignatures(void **state)
{
    struct bytes text = checkpoint_of(*state, "log.example", 5, 1);
    struct signer s = start(false);
    struct signature sig;
    struct text message;
    struct err e;

    assert_true(signer_cosign(&s, text, 1700000000, &sig, &e));
    text_init(&message, *state, 10000);
    note_cosigned_message(&message, text, 1700000000);
    assert_true(signature_verify(&s.key, text_bytes(&message), &sig));
    assert_false(signer_cosign(&s, LITERAL("no checkpoint\n"), 1700000000, &sig, &e));
    assert_false(signer_cosign(&s, text, UINT64_MAX, &sig, &e));
    signer_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(checkpoints), TEST(torn_memory),  TEST(statements),
        TEST(results),     TEST(cosignatures), TEST(tokens),
    };

    return cmocka_run_group_tests(tests, make_key, remove_key);
}
