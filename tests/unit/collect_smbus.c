/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "collect/smbus.h"
#include "unit/test.h"

/* Which addresses were touched, and what stands at them. */
struct bus {
    unsigned touched[128];
    uint8_t spd_type; /* of the module at 0x50 */
};

static int receive_byte(void *user, uint8_t address)
{
    struct bus *b = user;

    b->touched[address]++;
    switch (address) {
    case 0x2c:
    case 0x50:
    case 0x51:
    case 0x53:
        return 0;
    case 0x52:
        return -EBUSY;
    default:
        return -ENXIO;
    }
}

static int read_byte(void *user, uint8_t address, uint8_t command)
{
    struct bus *b = user;

    b->touched[address]++;
    if (address == 0x51)
        return command == 0 ? 0x51 : command == 1 ? 0x18 : 0;
    if (address == 0x53)
        return command < 100 ? 0x0b : -EIO;
    return command == 2 ? b->spd_type : command;
}

static struct live probe(struct bus *b, struct text *scan, struct arena *a)
{
    struct smbus bus = {.user = b,
                        .number = 3,
                        .byte_data = true,
                        .receive_byte = receive_byte,
                        .read_byte = read_byte};
    struct live l = {.arena = a};

    text_init(scan, a, 1 << 16);
    smbus_collect(&l, &bus, scan);
    return l;
}

static void addresses_that_answer_are_listed(void **state)
{
    struct bus b = {.spd_type = 0x0b};
    struct text scan;

    (void)probe(&b, &scan, *state);
    test_bytes_are(text_bytes(&scan), "bus 3 addr 2c\nbus 3 addr 50\nbus 3 addr 51\n"
                                      "bus 3 addr 52\nbus 3 addr 53\n");
}

static void guarded_addresses_are_not_touched(void **state)
{
    struct bus b = {.spd_type = 0x0b};
    struct text scan;

    (void)probe(&b, &scan, *state);
    for (unsigned i = 0x30; i <= 0x37; i++)
        assert_int_equal(b.touched[i], 0);
    for (unsigned i = 0; i < 8; i++)
        assert_int_equal(b.touched[i], 0);
    for (unsigned i = 0x78; i < 0x80; i++)
        assert_int_equal(b.touched[i], 0);
    assert_int_equal(b.touched[0x2c], 1);
}

static void a_module_is_read_as_far_as_it_goes(void **state)
{
    struct bus b = {.spd_type = 0x0b};
    struct text scan;
    struct live l = probe(&b, &scan, *state);

    assert_int_equal(l.count, 3);
    assert_string_equal(l.found[0].path, "i2c/i2c-3-50.bin");
    assert_int_equal(l.found[0].state, COVERAGE_SEEN);
    assert_int_equal(l.found[0].bytes.len, 256);
    assert_int_equal(l.found[0].bytes.data[255], 255);
    assert_string_equal(l.found[1].path, "i2c/i2c-3-51.bin");
    assert_int_equal(l.found[1].state, COVERAGE_UNSUPPORTED);
    assert_null(l.found[1].bytes.data);
    assert_string_equal(l.found[2].path, "i2c/i2c-3-53.bin");
    assert_int_equal(l.found[2].state, COVERAGE_PARTIAL);
    assert_int_equal(l.found[2].bytes.len, 100);
}

static void a_second_page_is_known_to_be_missing(void **state)
{
    struct bus b = {.spd_type = 0x0c};
    struct text scan;
    struct live l = probe(&b, &scan, *state);

    assert_int_equal(l.found[0].state, COVERAGE_PARTIAL);
    assert_int_equal(l.found[0].bytes.len, 256);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(addresses_that_answer_are_listed),
        TEST(guarded_addresses_are_not_touched),
        TEST(a_module_is_read_as_far_as_it_goes),
        TEST(a_second_page_is_known_to_be_missing),
    };

    return cmocka_run_group_tests_name("collect/smbus", tests, NULL, NULL);
}
