/* SPDX-License-Identifier: Apache-2.0 */
#include "appraise/witness.h"

#include "unit/subject_case.h"

#define SECURE_BOOT "8be4df61-93ca-11d2-aa0d-00e098032b8c:SecureBoot"
#define DBX         "d719b2cb-3d3a-4596-a3bc-dad00e67656f:dbx"
#define BOARD       "smbios@host-kernel/baseboard"
#define FRU_BOARD   "fru@bmc/board"

static const uint8_t one[32] = {1};
static const uint8_t two[32] = {2};
static const uint8_t zero[32] = {0};

static struct bytes thirty_two(const uint8_t *b)
{
    return (struct bytes){b, 32};
}

static struct findings judged(struct case_subject *c)
{
    struct findings f = {.arena = c->arena};

    witness_judge(case_done(c), &f, NULL);
    return f;
}

static void serials_that_agree_are_quiet(void **state)
{
    struct case_subject *c = case_new(*state);

    case_text(c, BOARD, "smbios.baseboard.serial", "ZM18-AS0001 ");
    case_text(c, FRU_BOARD, "fru.board.serial", "zm18as0001");
    assert_int_equal(judged(c).count, 0);
}

static void serial_changed_in_the_fru_alone(void **state)
{
    struct case_subject *c = case_new(*state);

    case_text(c, BOARD, "smbios.baseboard.serial", "ZM18AS0001");
    case_text(c, FRU_BOARD, "fru.board.serial", "ZM18AS0009");
    struct findings f = judged(c);

    assert_int_equal(f.count, 1);
    assert_string_equal(f.rows[0].id, "witness.board-serial");
    test_bytes_are(f.rows[0].path, FRU_BOARD "/serial");
    test_bytes_are(f.rows[0].other, BOARD "/serial");
    test_bytes_are(f.rows[0].value, "\"ZM18AS0009\"");
    test_bytes_are(f.rows[0].expected, "\"ZM18AS0001\"");
    assert_int_equal(f.rows[0].judge, JUDGE_WITNESS);
}

static void placeholders_and_faults_say_nothing(void **state)
{
    struct case_subject *c = case_new(*state);

    case_text(c, BOARD, "smbios.baseboard.serial", "To be filled by O.E.M.");
    case_text(c, FRU_BOARD, "fru.board.serial", "ZM18AS0009");
    case_text(c, "smbios@host-kernel/chassis", "smbios.chassis.serial", "C813MLG001");
    case_text(c, "fru@bmc/chassis", "fru.chassis.serial", "C813MLG002");
    case_fault(c, "fru@bmc/chassis", FAULT_BAD_CHECKSUM);
    assert_int_equal(judged(c).count, 0);
}

static void makers_are_compared_loosely(void **state)
{
    struct case_subject *c = case_new(*state);

    case_text(c, BOARD, "smbios.baseboard.manufacturer", "Supermicro");
    case_text(c, FRU_BOARD, "fru.board.manufacturer", "Super Micro Computer, Inc.");
    assert_int_equal(judged(c).count, 0);
}

static void guids_agree_in_any_byte_order(void **state)
{
    static const uint8_t turned[] = {0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66,
                                     0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};
    struct case_subject *c = case_new(*state);

    case_text(c, "smbios@host-kernel/system", "smbios.system.uuid",
              "00112233-4455-6677-8899-aabbccddeeff");
    case_bytes(c, "bmc@bmc", "bmc.guid", (struct bytes){turned, 16});
    assert_int_equal(judged(c).count, 0);
}

static void guids_that_differ(void **state)
{
    struct case_subject *c = case_new(*state);

    case_text(c, "smbios@host-kernel/system", "smbios.system.uuid",
              "00112233-4455-6677-8899-aabbccddeeff");
    case_bytes(c, "bmc@bmc", "bmc.guid", (struct bytes){one, 16});
    struct findings f = judged(c);

    assert_int_equal(findings_of(&f, "witness.system-guid"), 1);
}

static void dimm(struct case_subject *c, const char *slot, const char *serial, const char *part)
{
    const char *path = arena_format(c->arena, "smbios@host-kernel/memory-device:%s", slot);

    case_text(c, path, "smbios.memory-device.serial", serial);
    case_text(c, path, "smbios.memory-device.part", part);
}

static void spd(struct case_subject *c, const char *place, const char *serial, const char *part)
{
    const char *path = arena_format(c->arena, "spd@host-kernel/%s", place);

    case_text(c, path, "spd.module.serial", serial);
    case_text(c, path, "spd.module.part", part);
}

static void modules_are_matched_in_any_order(void **state)
{
    struct case_subject *c = case_new(*state);

    dimm(c, "DIMMA1", "1A2B3C4D", "18ASF1G72AZ-2G6D1");
    dimm(c, "DIMMB1", "01020304", "18ASF1G72AZ-2G6D1");
    spd(c, "i2c-0-50", "04030201", "18ASF1G72AZ-2G6D1   ");
    spd(c, "i2c-0-51", "1a2b3c4d", "18ASF1G72AZ-2G6D1");
    assert_int_equal(judged(c).count, 0);
}

static void module_serial_changed_in_smbios_alone(void **state)
{
    struct case_subject *c = case_new(*state);

    dimm(c, "DIMMA1", "1A2B3C4E", "18ASF1G72AZ-2G6D1");
    dimm(c, "DIMMB1", "01020304", "18ASF1G72AZ-2G6D1");
    spd(c, "i2c-0-50", "01020304", "18ASF1G72AZ-2G6D1");
    spd(c, "i2c-0-51", "1a2b3c4d", "18ASF1G72AZ-2G6D1");
    struct findings f = judged(c);

    assert_int_equal(f.count, 1);
    assert_string_equal(f.rows[0].id, "witness.dimm-serial");
    test_bytes_are(f.rows[0].path, "smbios@host-kernel/memory-device:DIMMA1/serial");
    test_bytes_are(f.rows[0].other, "spd@host-kernel/i2c-0-51/serial");
}

static void module_of_another_part(void **state)
{
    struct case_subject *c = case_new(*state);

    dimm(c, "DIMMA1", "1A2B3C4D", "18ASF1G72AZ-2G6D1");
    spd(c, "i2c-0-50", "1A2B3C4D", "M391A1K43BB2-CTD");
    struct findings f = judged(c);

    assert_int_equal(f.count, 1);
    assert_string_equal(f.rows[0].id, "witness.dimm-part");
}

static void silent_or_blank_modules_are_coverage(void **state)
{
    struct case_subject *c = case_new(*state);

    dimm(c, "DIMMA1", "1A2B3C4D", "18ASF1G72AZ-2G6D1");
    dimm(c, "DIMMB1", "01020304", "18ASF1G72AZ-2G6D1");
    spd(c, "i2c-0-50", "00000000", "");
    spd(c, "i2c-0-51", "1a2b3c4d", "18ASF1G72AZ-2G6D1");
    assert_int_equal(judged(c).count, 0);
}

static void secure_boot_variable_changed_alone(void **state)
{
    struct case_subject *c = case_new(*state);

    case_uint(c, "efivar@host-firmware/" SECURE_BOOT, "efivar.variable.value", 1);
    case_uint(c, "eventlog@host-firmware/pcr:7/variable:" SECURE_BOOT "/data",
              "efivar.variable.value", 0);
    struct findings f = judged(c);

    assert_int_equal(f.count, 1);
    assert_string_equal(f.rows[0].id, "witness.secure-boot");
    test_bytes_are(f.rows[0].path, "efivar@host-firmware/" SECURE_BOOT "/value");
    test_bytes_are(f.rows[0].other,
                   "eventlog@host-firmware/pcr:7/variable:" SECURE_BOOT "/data/value");
}

static void unverified_event_data_is_no_fact(void **state)
{
    struct case_subject *c = case_new(*state);

    case_uint(c, "efivar@host-firmware/" SECURE_BOOT, "efivar.variable.value", 1);
    case_uint(c, "eventlog@host-firmware/pcr:7/variable:" SECURE_BOOT "/descriptive",
              "efivar.variable.value", 0);
    assert_int_equal(judged(c).count, 0);
}

static void revoked(struct case_subject *c, const char *path, const uint8_t *digest)
{
    case_named(c, path, digest == one ? "one" : "two", "efivar.signature.sha256",
               thirty_two(digest));
}

static void revocations_added_since_boot_weigh_low(void **state)
{
    struct case_subject *c = case_new(*state);

    revoked(c, "efivar@host-firmware/" DBX "/sha256:x", one);
    revoked(c, "efivar@host-firmware/" DBX "/sha256:x", two);
    revoked(c, "eventlog@host-firmware/pcr:7/variable:" DBX "/data/sha256:x", one);
    struct findings f = judged(c);

    assert_int_equal(f.count, 1);
    assert_string_equal(f.rows[0].id, "witness.key-database");
    assert_int_equal(f.rows[0].severity, SEVERITY_LOW);
    test_bytes_are(f.rows[0].path, "efivar@host-firmware/" DBX);
    test_bytes_are(f.rows[0].other, "eventlog@host-firmware/pcr:7/variable:" DBX);
}

static void revocations_gone_since_boot_weigh_high(void **state)
{
    struct case_subject *c = case_new(*state);

    revoked(c, "efivar@host-firmware/" DBX "/sha256:x", one);
    revoked(c, "eventlog@host-firmware/pcr:7/variable:" DBX "/data/sha256:x", one);
    revoked(c, "eventlog@host-firmware/pcr:7/variable:" DBX "/data/sha256:x", two);
    struct findings f = judged(c);

    assert_int_equal(f.count, 1);
    assert_int_equal(f.rows[0].severity, SEVERITY_HIGH);
}

static void pcr(struct case_subject *c, const char *bank, const char *number, const uint8_t *b)
{
    case_named(c, arena_format(c->arena, "tpm@tpm/pcr/%s", bank), number, "tpm.pcr.value",
               thirty_two(b));
}

static void replayed(struct case_subject *c, const char *bank, const char *number,
                     const uint8_t *b)
{
    case_named(c, arena_format(c->arena, "eventlog@host-firmware/replayed/%s", bank), number,
               "eventlog.replayed.value", thirty_two(b));
}

static void pcr_changed_alone(void **state)
{
    struct case_subject *c = case_new(*state);

    pcr(c, "sha256", "0", one);
    pcr(c, "sha256", "2", two);
    replayed(c, "sha256", "0", one);
    replayed(c, "sha256", "2", one);
    struct findings f = judged(c);

    assert_int_equal(f.count, 1);
    assert_string_equal(f.rows[0].id, "witness.pcr");
    test_bytes_are(f.rows[0].path, "tpm@tpm/pcr/sha256/2");
    test_bytes_are(f.rows[0].other, "eventlog@host-firmware/replayed/sha256/2");
}

static void pcr_wrong_in_two_banks_is_one_finding(void **state)
{
    struct case_subject *c = case_new(*state);

    pcr(c, "sha1", "2", two);
    pcr(c, "sha256", "2", two);
    replayed(c, "sha1", "2", one);
    replayed(c, "sha256", "2", one);
    struct findings f = judged(c);

    assert_int_equal(f.count, 1);
    test_bytes_are(f.rows[0].path, "tpm@tpm/pcr/sha256/2");
}

static void registers_of_the_running_system_are_left_out(void **state)
{
    struct case_subject *c = case_new(*state);

    pcr(c, "sha256", "0", one);
    pcr(c, "sha256", "11", two);
    pcr(c, "sha256", "17", two);
    replayed(c, "sha256", "0", one);
    replayed(c, "sha256", "11", one);
    assert_int_equal(judged(c).count, 0);
}

static void extended_register_that_the_log_does_not_tell(void **state)
{
    struct case_subject *c = case_new(*state);

    pcr(c, "sha256", "0", one);
    pcr(c, "sha256", "3", two);
    replayed(c, "sha256", "0", one);
    struct findings f = judged(c);

    assert_int_equal(f.count, 1);
    test_bytes_are(f.rows[0].path, "tpm@tpm/pcr/sha256/3");
    test_bytes_are(f.rows[0].other, "eventlog@host-firmware/replayed/sha256");
}

static void unused_bank_is_not_a_contradiction(void **state)
{
    struct case_subject *c = case_new(*state);

    pcr(c, "sha384", "0", zero);
    pcr(c, "sha384", "1", zero);
    replayed(c, "sha384", "0", one);
    replayed(c, "sha384", "1", one);
    assert_int_equal(judged(c).count, 0);
}

static void network_card(struct case_subject *c, const uint8_t *mac)
{
    case_uint(c, "pci@host-kernel/00:1c.0/00.0", "pci.function.vendor", 0x8086);
    case_uint(c, "pci@host-kernel/00:1c.0/00.0", "pci.function.class", 0x0200);
    case_bytes(c, "pci@host-kernel/00:1c.0/00.0/ecap:dsn", "pci.dsn.mac",
               (struct bytes){mac, 6});
}

static void card_and_interface_agree(void **state)
{
    static const uint8_t mac[] = {0x0c, 0xc4, 0x7a, 1, 2, 3};
    struct case_subject *c = case_new(*state);

    network_card(c, mac);
    case_text(c, "net@host-kernel/eno1", "net.interface.address", "0c:c4:7a:01:02:03");
    case_text(c, "net@host-kernel/eno2", "net.interface.address", "0c:c4:7a:01:02:04");
    assert_int_equal(judged(c).count, 0);
}

static void card_and_interface_differ(void **state)
{
    static const uint8_t mac[] = {0x0c, 0xc4, 0x7a, 1, 2, 3};
    struct case_subject *c = case_new(*state);

    network_card(c, mac);
    case_text(c, "net@host-kernel/eno1", "net.interface.address", "0c:c4:7a:01:02:99");
    struct findings f = judged(c);

    assert_int_equal(f.count, 1);
    assert_string_equal(f.rows[0].id, "witness.network-address");
}

static void slot(struct case_subject *c, uint64_t usage, uint64_t bus, uint64_t place)
{
    case_uint(c, "smbios@host-kernel/slot:PCIE1", "smbios.slot.usage", usage);
    case_uint(c, "smbios@host-kernel/slot:PCIE1", "smbios.slot.segment", 0);
    case_uint(c, "smbios@host-kernel/slot:PCIE1", "smbios.slot.bus", bus);
    case_uint(c, "smbios@host-kernel/slot:PCIE1", "smbios.slot.device-function", place);
}

static void root_port(struct case_subject *c)
{
    case_uint(c, "pci@host-kernel/00:1c.0", "pci.function.vendor", 0x8086);
    case_uint(c, "pci@host-kernel/00:1c.0", "pci.bridge.secondary", 2);
}

static void free_slot_with_a_device(void **state)
{
    struct case_subject *c = case_new(*state);

    slot(c, 3, 0, 0x1c << 3);
    root_port(c);
    case_uint(c, "pci@host-kernel/00:1c.0/00.0", "pci.function.vendor", 0x1234);
    struct findings f = judged(c);

    assert_int_equal(f.count, 1);
    assert_string_equal(f.rows[0].id, "witness.pci-slot");
    test_bytes_are(f.rows[0].other, "pci@host-kernel/00:1c.0/00.0");
}

static void free_slot_with_its_port_alone(void **state)
{
    struct case_subject *c = case_new(*state);

    slot(c, 3, 0, 0x1c << 3);
    root_port(c);
    assert_int_equal(judged(c).count, 0);
}

static void used_slot_without_a_device(void **state)
{
    struct case_subject *c = case_new(*state);

    slot(c, 4, 5, 0);
    root_port(c);
    struct findings f = judged(c);

    assert_int_equal(f.count, 1);
    assert_string_equal(f.rows[0].id, "witness.pci-slot");
}

static void flash_read_along_two_paths(void **state)
{
    struct case_subject *c = case_new(*state);

    case_named(c, "flash@host-kernel/bios/fv:a", "content", "flash.fv.content",
               thirty_two(one));
    case_named(c, "flash@bmc/bios/fv:a", "content", "flash.fv.content", thirty_two(two));
    case_named(c, "flash@bmc/bios/fv:b", "content", "flash.fv.content", thirty_two(two));
    struct findings f = judged(c);

    assert_int_equal(f.count, 2);
    assert_int_equal(findings_of(&f, "witness.two-readings"), 2);
}

static void equal_readings_are_quiet(void **state)
{
    struct case_subject *c = case_new(*state);

    case_named(c, "flash@host-kernel/bios/fv:a", "content", "flash.fv.content",
               thirty_two(one));
    case_named(c, "flash@bmc/bios/fv:a", "content", "flash.fv.content", thirty_two(one));
    assert_int_equal(judged(c).count, 0);
}

static void announced_tpm_that_is_not_there(void **state)
{
    struct case_subject *c = case_new(*state);

    case_text(c, "acpi@host-kernel/TPM2", "acpi.table.signature", "TPM2");
    case_entry(c, "tpm-pcr", "", COVERAGE_ABSENT, (struct bytes){NULL, 0});
    struct findings f = judged(c);

    assert_int_equal(f.count, 1);
    assert_string_equal(f.rows[0].id, "witness.tpm-table");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(serials_that_agree_are_quiet),
        TEST(serial_changed_in_the_fru_alone),
        TEST(placeholders_and_faults_say_nothing),
        TEST(makers_are_compared_loosely),
        TEST(guids_agree_in_any_byte_order),
        TEST(guids_that_differ),
        TEST(modules_are_matched_in_any_order),
        TEST(module_serial_changed_in_smbios_alone),
        TEST(module_of_another_part),
        TEST(silent_or_blank_modules_are_coverage),
        TEST(secure_boot_variable_changed_alone),
        TEST(unverified_event_data_is_no_fact),
        TEST(revocations_added_since_boot_weigh_low),
        TEST(revocations_gone_since_boot_weigh_high),
        TEST(pcr_changed_alone),
        TEST(pcr_wrong_in_two_banks_is_one_finding),
        TEST(registers_of_the_running_system_are_left_out),
        TEST(extended_register_that_the_log_does_not_tell),
        TEST(unused_bank_is_not_a_contradiction),
        TEST(card_and_interface_agree),
        TEST(card_and_interface_differ),
        TEST(free_slot_with_a_device),
        TEST(free_slot_with_its_port_alone),
        TEST(used_slot_without_a_device),
        TEST(flash_read_along_two_paths),
        TEST(equal_readings_are_quiet),
        TEST(announced_tpm_that_is_not_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
