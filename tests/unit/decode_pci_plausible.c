/* SPDX-License-Identifier: Apache-2.0 */
/* What is taken for a configuration space without a name that says so. */
#include "decode/pci.h"
#include "unit/test.h"

enum {
    STATUS = 6,
    CLASS = 10,
    LAYOUT = 14,
    BAR = 16,
    SUBSYSTEM = 0x2c,
    POINTER = 0x34,
    PIN = 0x3d
};

/* A network controller with one capability. */
static void function(uint8_t b[PCI_CONVENTIONAL_SIZE])
{
    memset(b, 0, PCI_CONVENTIONAL_SIZE);
    memcpy(b, (const uint8_t[]){0x86, 0x80, 0x0e, 0x10, 0x06, 0, 0x10, 0}, 8);
    b[CLASS + 1] = 2;
    b[BAR] = 0x04;
    b[BAR + 3] = 0xfe;
    b[BAR + 4] = 0x03; /* the upper half of an address */
    b[SUBSYSTEM] = 0xd9;
    b[POINTER] = 0x40;
    b[PIN] = 1;
    b[0x40] = 1;
}

static bool plausible(const uint8_t b[PCI_CONVENTIONAL_SIZE], size_t size)
{
    return pci_plausible((struct bytes){b, size});
}

static void a_function_is_one(void **state)
{
    uint8_t b[PCI_CONVENTIONAL_SIZE];

    (void)state;
    function(b);
    assert_true(plausible(b, PCI_CONVENTIONAL_SIZE));
    assert_true(plausible(b, PCI_HEADER_SIZE));
    b[STATUS] |= 1;
    assert_true(plausible(b, PCI_CONVENTIONAL_SIZE));
}

static void each_rule_is_needed(void **state)
{
    static const struct {
        uint8_t at;
        uint8_t value;
    } broken[] = {
        {0,       0   }, /* with the next row: a vendor of 0x8000 is one */
        {5,       0x80},
        {STATUS,  0x14},
        {11,      0x20},
        {LAYOUT,  3   },
        {BAR,     0x07},
        {BAR + 8, 0x06},
        {POINTER, 0x10},
        {0x35,    1   },
        {0x39,    1   },
        {PIN,     5   },
        {0x40,    0x70},
        {0x41,    0x40},
        {0x31,    4   },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
        uint8_t b[PCI_CONVENTIONAL_SIZE];

        function(b);
        b[broken[i].at] = broken[i].value;
        if (i == 0)
            b[1] = 0;
        assert_false(plausible(b, PCI_CONVENTIONAL_SIZE));
    }
}

static void a_bridge_has_buses(void **state)
{
    uint8_t b[PCI_CONVENTIONAL_SIZE] = {0x86, 0x80, 0x0e, 0x10};

    (void)state;
    b[CLASS] = 4;
    b[CLASS + 1] = 6;
    b[LAYOUT] = 1;
    assert_false(plausible(b, PCI_HEADER_SIZE));
    b[0x19] = 1;
    assert_true(plausible(b, PCI_HEADER_SIZE));
}

/* A sound file behind a header of 128 bytes, which has a name and little else. */
static void an_identity_is_not_enough(void **state)
{
    uint8_t b[PCI_CONVENTIONAL_SIZE] = {0, 1, 'A'};

    (void)state;
    memcpy(b + 0x41, (const uint8_t[]){'F', 'S', 'S', 'D'}, 4);
    memcpy(b + 0x80, (const uint8_t[]){'H', 'C', 'O', 'M'}, 4);
    assert_false(plausible(b, PCI_CONVENTIONAL_SIZE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_function_is_one),
        TEST(each_rule_is_needed),
        TEST(a_bridge_has_buses),
        TEST(an_identity_is_not_enough),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
