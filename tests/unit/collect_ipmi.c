/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>

#include "collect/ipmi.h"
#include "unit/test.h"

enum {
    FRU_SIZE = 100,
    PIECE_MAX = 16
};

/* A BMC that gives no more than PIECE_MAX bytes at once and loses a reservation. */
struct bmc {
    unsigned reservation;
    unsigned asked;
    bool loops;   /* each SDR names itself as the next */
    bool silent;  /* answers nothing */
    bool refuses; /* answers every command with a completion code */
};

static const uint8_t record_0[] = {0x00, 0x00, 0x51, 0x02, 0x03, 'a', 'b', 'c'};
static const uint8_t record_1[] = {0x07, 0x00, 0x51, 0x11, 0x0b, 0x20, 200,  0x80,
                                   0,    0,    0,    0,    0,    0,    0xc1, 'F'};
static const uint8_t entry[16] = {1, 0, 2, 0x10, 0x20, 0x30, 0x40, 0x20,
                                  0, 4, 5, 1,    0x6f, 1,    2,    3};

static void answer(struct ipmi_answer *ret, const void *data, size_t n)
{
    memset(ret, 0, sizeof(*ret));
    memcpy(ret->bytes, data, n);
    ret->len = n;
}

static void answer_code(struct ipmi_answer *ret, uint8_t code)
{
    answer(ret, &code, 1);
}

static void get_sdr(struct bmc *b, struct bytes q, struct ipmi_answer *ret)
{
    bool first = q.data[2] == 0;
    const uint8_t *record = first ? record_0 : record_1;
    size_t size = first ? sizeof(record_0) : sizeof(record_1);
    uint8_t next = b->loops ? q.data[2] : first ? 7 : 0xff;
    uint8_t out[40] = {0, next, next == 0xff ? 0xff : 0};

    /* Once, in the middle of the second record. */
    if (!first && b->reservation == 1 && q.data[4] >= 5) {
        answer_code(ret, 0xc5);
        return;
    }
    if (q.data[5] > PIECE_MAX || q.data[0] != b->reservation) {
        answer_code(ret, 0xca);
        return;
    }
    assert_true(q.data[4] + q.data[5] <= size);
    memcpy(out + 3, record + q.data[4], q.data[5]);
    answer(ret, out, 3U + q.data[5]);
}

static void storage(struct bmc *b, uint8_t command, struct bytes q, struct ipmi_answer *ret)
{
    uint8_t out[40] = {0};

    if (command == 0x22) {
        out[1] = (uint8_t)++b->reservation;
        answer(ret, out, 3);
    } else if (command == 0x23) {
        get_sdr(b, q, ret);
    } else if (command == 0x43) {
        out[1] = q.data[2] == 0 ? 9 : 0xff;
        out[2] = q.data[2] == 0 ? 0 : 0xff;
        memcpy(out + 3, entry, sizeof(entry));
        answer(ret, out, 19);
    } else if (command == 0x10 && (q.data[0] == 0 || q.data[0] == 200)) {
        out[1] = FRU_SIZE;
        answer(ret, out, 4);
    } else if (command == 0x11 && q.data[3] <= PIECE_MAX) {
        out[1] = q.data[3];
        for (unsigned i = 0; i < q.data[3]; i++)
            out[2 + i] = (uint8_t)(q.data[1] + i);
        answer(ret, out, 2U + q.data[3]);
    } else {
        answer_code(ret, 0xca);
    }
}

static int exchange(void *user, uint8_t netfn, uint8_t command, struct bytes q,
                    struct ipmi_answer *ret)
{
    struct bmc *b = user;

    b->asked++;
    if (b->silent)
        return ETIMEDOUT;
    answer_code(ret, 0xc1);
    if (b->refuses)
        return 0;
    if (netfn == 0x0a)
        storage(b, command, q, ret);
    else if (netfn == 0x06 && command == 0x01)
        answer(ret, "\x00\x20\x01", 3);
    else if (netfn == 0x06 && command == 0x42 && (q.data[0] == 1 || q.data[0] == 8))
        answer(ret, q.data[0] == 8 ? "\x00\x08\x04\x01" : "\x00\x01\x04\x01", 4);
    else if (netfn == 0x0c)
        answer(ret, "\x00\x11\x02\x00\x00\x00\x00\x01", 8);
    return 0;
}

static struct live run(struct bmc *b, struct arena *a)
{
    struct ipmi_bus bus = {b, exchange};
    struct live l = {.arena = a};

    ipmi_collect(&l, &bus);
    return l;
}

static const struct found *find(const struct live *l, const char *path)
{
    for (size_t i = 0; i < l->count; i++) {
        if (strcmp(l->found[i].path, path) == 0)
            return &l->found[i];
    }
    return NULL;
}

static struct found get(const struct live *l, const char *path)
{
    const struct found *f = find(l, path);

    if (f == NULL) {
        fail_msg("%s was not found", path);
        abort();
    }
    return *f;
}

static void a_bmc_is_read_whole(void **state)
{
    struct bmc b = {0};
    struct live l = run(&b, *state);
    struct found f = get(&l, "ipmi/sdr.bin");

    assert_int_equal(f.state, COVERAGE_SEEN);
    assert_int_equal(f.bytes.len, sizeof(record_0) + sizeof(record_1));
    assert_memory_equal(f.bytes.data + sizeof(record_0), record_1, sizeof(record_1));
    assert_int_equal(b.reservation, 2);
    f = get(&l, "ipmi/sel.bin");
    assert_int_equal(f.state, COVERAGE_SEEN);
    assert_int_equal(f.bytes.len, 32);
    f = get(&l, "ipmi/get_device_id.bin");
    assert_int_equal(f.bytes.len, 3);
    f = get(&l, "ipmi/get_system_guid.bin");
    assert_int_equal(f.bytes.len, 1);
    assert_int_equal(f.bytes.data[0], 0xc1);
    assert_non_null(find(&l, "ipmi/lan1_mac.bin"));
    assert_non_null(find(&l, "ipmi/lan8_mac.bin"));
    assert_null(find(&l, "ipmi/lan2_mac.bin"));
}

static void inventories_that_records_name_are_read_too(void **state)
{
    struct bmc b = {0};
    struct live l = run(&b, *state);
    struct found f = get(&l, "ipmi/fru200.bin");

    assert_non_null(find(&l, "ipmi/fru0.bin"));
    assert_null(find(&l, "ipmi/fru1.bin"));
    assert_int_equal(f.state, COVERAGE_SEEN);
    assert_int_equal(f.bytes.len, FRU_SIZE);
    for (unsigned i = 0; i < FRU_SIZE; i++)
        assert_int_equal(f.bytes.data[i], i);
}

static void a_chain_of_records_that_loops_ends(void **state)
{
    struct bmc b = {.loops = true};
    struct live l = run(&b, *state);
    struct found f = get(&l, "ipmi/sdr.bin");

    assert_int_equal(f.state, COVERAGE_PARTIAL);
    assert_int_equal(f.bytes.len, sizeof(record_0));
}

static void a_silent_bmc_is_asked_once(void **state)
{
    struct bmc b = {.silent = true};
    struct live l = run(&b, *state);

    assert_int_equal(b.asked, 1);
    assert_int_equal(l.state, COVERAGE_FAILED);
    assert_non_null(strstr(l.reason, "does not answer"));
}

static void a_refusal_is_kept_as_its_code(void **state)
{
    struct bmc b = {.refuses = true};
    struct live l = run(&b, *state);
    static const char *const paths[] = {"ipmi/get_device_id.bin", "ipmi/sdr.bin",
                                        "ipmi/sel.bin", "ipmi/fru0.bin", "ipmi/lan1_mac.bin"};

    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        struct found f = get(&l, paths[i]);

        assert_int_equal(f.bytes.len, 1);
        assert_int_equal(f.bytes.data[0], 0xc1);
    }
}

/* Answers of random length and content, often good codes. */
static int babble(void *user, uint8_t netfn, uint8_t command, struct bytes q,
                  struct ipmi_answer *ret)
{
    uint32_t *seed = user;
    static const uint8_t codes[] = {0, 0, 0, 0, 0, 0, 0xc5, 0xca, 0xcb};

    (void)netfn;
    (void)command;
    (void)q;
    *seed = *seed * 1664525 + 1013904223;
    ret->len = *seed >> 8 & 0x3f;
    for (size_t i = 0; i < ret->len; i++) {
        *seed = *seed * 1664525 + 1013904223;
        ret->bytes[i] = (uint8_t)(*seed >> 24);
    }
    ret->bytes[0] = codes[(*seed >> 16) % ARRAY_LEN(codes)];
    if (ret->len == 0 && (*seed >> 30) != 0)
        ret->len = 1;
    return 0;
}

static void nonsense_ends(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 200; i++) {
        struct arena a;
        uint32_t seed = i;
        struct ipmi_bus bus = {&seed, babble};

        arena_init(&a);
        struct live l = {.arena = &a};

        ipmi_collect(&l, &bus);
        arena_done(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_bmc_is_read_whole),
        TEST(inventories_that_records_name_are_read_too),
        TEST(a_chain_of_records_that_loops_ends),
        TEST(a_silent_bmc_is_asked_once),
        TEST(a_refusal_is_kept_as_its_code),
        TEST(nonsense_ends),
    };

    return cmocka_run_group_tests_name("collect/ipmi", tests, NULL, NULL);
}
