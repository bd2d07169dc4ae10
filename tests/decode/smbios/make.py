#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the inputs of the golden cases of the SMBIOS decoders, from nothing but this file.

usage: tests/decode/smbios/make.py
"""
import os
import struct

HERE = os.path.dirname(os.path.abspath(__file__))


def record(kind, handle, fields, *strings):
    """A structure: header, fields, strings, terminator."""
    raw = bytes([kind, 4 + len(fields)]) + struct.pack("<H", handle) + fields
    return raw + (b"".join(s.encode("latin-1") + b"\0" for s in strings) or b"\0") + b"\0"


def end(handle=0x7F00):
    return record(127, handle, b"")


def zero_sum(raw, at):
    raw = bytearray(raw)
    raw[at] = 0
    raw[at] = -sum(raw) & 0xFF
    return bytes(raw)


def entry_3(table, address=32, length=None):
    size = len(table) if length is None else length
    raw = struct.pack("<5sBBBBBBBIQ", b"_SM3_", 0, 24, 3, 7, 0, 1, 0, size, address)
    return zero_sum(raw, 5) + bytes(8)


def entry_2(table, count, minor=8, length=None, address=32):
    size = len(table) if length is None else length
    dmi = struct.pack("<5sBHIHB", b"_DMI_", 0, size, address, count, 0x20 + minor)
    dmi = zero_sum(dmi, 5)
    raw = struct.pack("<4sBBBBHB5s", b"_SM_", 0, 31, 2, minor, 128, 0, bytes(5)) + dmi
    return zero_sum(raw, 4) + b"\0"


UUID = bytes(range(0x10, 0x20))


def bios():
    return record(0, 0, struct.pack("<BBHBBQBBBBBBH", 1, 2, 0xF000, 3, 0xFF, 0x1C0F8B9880, 0x03,
                                    0x0D, 5, 14, 1, 20, 0x4001),
                  "Example Firmware Co.", "3.2a", "01/02/2024")


def system():
    return record(1, 1, struct.pack("<BBBB16sBBB", 1, 2, 3, 4, UUID, 6, 5, 6), "Example Inc.",
                  "Server 1U", "A", "S123456X7890", "SKU-1", "Rack")


def board(handle=2):
    return record(2, handle, struct.pack("<BBBBBBBHBBHH", 1, 2, 3, 4, 5, 0x29, 6, 3, 10, 2, 4, 5),
                  "Example Inc.", "BOARD-1", "1.01", "VM12S00042", "Asset-9", "Bay 0")


def chassis():
    return record(3, 3, struct.pack("<BBBBBBBBBIBBBB", 1, 0x80 | 23, 2, 3, 4, 3, 3, 3, 3, 0x1234,
                                    1, 2, 2, 3) + bytes([0x8A, 1, 2, 17, 0, 4, 5]),
                  "Example Inc.", "B", "C0000007", "Asset-10", "SKU-2")


def processor():
    return record(4, 4, struct.pack(
        "<BBBB8sBBHHHBBHHHBBBBBBHHHHHHB", 1, 3, 0xFE, 2, bytes.fromhex("f10604 00fffbebbf"), 3,
        0x8C, 100, 4000, 2400, 0x41, 0x3F, 6, 0xFFFF, 0x4444, 4, 5, 6, 0xFF, 0xFF, 0xFF, 0x00FC,
        0xB3, 300, 288, 600, 576, 7),
                  "CPU1", "Example CPUs", "Example(R) CPU @ 2.40GHz", "CPUSER1", "CPUASSET",
                  "CPUPART", "LGA-X")


def processor_old():
    return record(4, 5, struct.pack("<BBBB8sBBHHHBBHHH", 1, 3, 0xB2, 2, bytes(8), 0, 0x06, 0, 0, 0,
                                    0x40, 4, 0xFFFF, 0xFFFF, 0xFFFF), "CPU2", "Example CPUs")


def cache():
    return record(7, 6, struct.pack("<BHHHHHBBBBII", 1, 0x0181, 0xFFFF, 0x8010, 0x20, 0x20, 1, 5, 5,
                                    7, 0x80010000, 0x80000010), "L2-Cache")


def ports():
    return (record(8, 7, bytes([1, 0, 2, 0x12, 0x10]), "J3A1", "USB1") +
            record(8, 8, bytes([0, 0, 1, 0x0B, 0x1F]), "LAN1"))


def slots():
    return (record(9, 9, struct.pack("<BBBBBHBBHBBBBHBBBBBHB", 1, 0xB6, 0x0D, 4, 4, 1, 0x0C, 0x0A,
                                     0, 1, 0x08, 16, 1, 0, 2, 0x10, 8, 4, 13, 2032, 3),
                   "CPU1 SLOT1") +
            record(9, 10, struct.pack("<BBBBBHBB", 1, 6, 5, 3, 4, 2, 4, 1), "PCI2"))


def onboard():
    return (record(10, 11, bytes([0x83, 1, 0x05, 2]), "Example Video", "Example LAN") +
            record(41, 12, struct.pack("<BBBHBB", 1, 0x85, 1, 0, 3, 0xA1), "Onboard LAN 1"))


def words():
    return (record(11, 13, b"\x02", "Example Server", "5[0000]") +
            record(12, 14, b"\x01", "JP1: 1-2 normal") +
            record(13, 15, bytes([2, 1]) + bytes(15) + b"\x02", "en-US", "de-DE") +
            record(14, 16, struct.pack("<BBHBH", 1, 4, 4, 7, 6), "Group 1"))


def memory():
    array = record(16, 17, struct.pack("<BBBIHHQ", 3, 3, 6, 0x80000000, 0xFFFE, 2, 4 << 40))
    dimm = struct.pack("<HHHHHBBBBBHHBBBBBIHHHHBHBHHHHQQQQIIHHHH", 17, 0xFFFE, 80, 64, 0x7FFF, 9, 0,
                       1, 2, 34, 0x2080, 0xFFFF, 3, 4, 5, 6, 2, 131072, 4800, 1100, 1100, 1100, 3,
                       8, 7, 0xCE80, 0, 0, 0, 0, 128 << 30, 0, 0, 70000, 0, 0x3280, 0x10, 0xB386, 2)
    one = record(17, 18, dimm, "P1-DIMMA1", "P0_Node0_Channel0_Dimm0", "Example DRAM", "0A1B2C3D",
                 "P1-DIMMA1_AssetTag", "EX128G48-4800  ", "FW 1")
    two = record(17, 19, struct.pack("<HHHHHBBBBBHHBBBBBIH", 17, 0xFFFE, 0xFFFF, 0xFFFF, 0, 2, 0, 1,
                                     2, 2, 4, 0, 3, 3, 3, 3, 0, 0, 0), "P1-DIMMA2",
                 "P0_Node0_Channel0_Dimm1", "NO DIMM")
    old = record(17, 20, struct.pack("<HHHHHBBBBBH", 17, 0xFFFF, 72, 64, 0x8200, 9, 0, 1, 0, 19,
                                     0x80), "OLD1")
    ranges = (record(19, 21, struct.pack("<IIHB", 0, 0x1FFFFF, 17, 1)) +
              record(19, 22, struct.pack("<IIHBQQ", 0xFFFFFFFF, 0xFFFFFFFF, 17, 1, 4 << 40,
                                         (5 << 40) - 1)) +
              record(20, 23, struct.pack("<IIHHBBB", 0, 0x1FFFFF, 18, 21, 1, 0, 0)))
    return array + one + two + old + ranges


def environment():
    probe = struct.pack("<BBHHHHHIH", 1, 0x67, 0x8000, 100, 10, 5, 0xFFFF, 0, 20)
    return (record(22, 24, struct.pack("<BBBBBBHHBBHHBBI", 1, 2, 0, 0, 3, 2, 5700, 11580, 4, 255,
                                       0x070B, 0x4E49, 5, 10, 0), "Front", "LGC", "BAT1", "03.01",
                   "LiP") +
            record(24, 25, b"\xA6") +
            record(26, 26, probe, "VCORE") +
            record(27, 27, struct.pack("<HBBIHB", 28, 0x67, 1, 0, 0x8000, 1), "FAN1") +
            record(28, 28, probe, "CPU Temp") +
            record(32, 29, bytes(6) + b"\0\xAA\xBB") +
            record(38, 30, struct.pack("<BBBBQBB", 1, 0x20, 0x20, 0xFF, 0xCA3, 0x0A, 5)) +
            record(39, 31, struct.pack("<BBBBBBBBHHHHH", 1, 1, 2, 3, 4, 5, 6, 7, 750, 0x11A3, 26,
                                       27, 0xFFFF), "PSU1", "PWR", "Example Power", "PS0001",
                   "PSA", "PN-1", "R1"))


def redfish():
    data = (bytes(range(16)) + b"\x01\x01" + bytes([169, 254, 0, 2]) + bytes(12) +
            bytes([255, 255, 0, 0]) + bytes(12) + b"\x01\x01" + bytes([169, 254, 0, 1]) + bytes(12)
            + bytes([255, 255, 0, 0]) + bytes(12) + struct.pack("<HI", 443, 0) + b"\x03bmc")
    device = b"\x04\x10" + struct.pack("<HHB", 0x046B, 0xFFB0, 1) + bytes.fromhex("02a1b2c3d4e5")
    device += struct.pack("<HH", 0, 0)
    usb = b"\x02" + struct.pack("<HH", 0x046B, 0xFFB0) + b"\x06\x03A\0B\0"
    pci = b"\x05\x12" + struct.pack("<HHHH", 0x8086, 0x1521, 0x15D9, 1) + bytes(6) + bytes(4)
    return (record(42, 32, bytes([0x40, len(device)]) + device + bytes([1, 4, len(data)]) + data,
                   "USBSER1") +
            record(42, 33, bytes([0x40, len(usb)]) + usb + b"\0") +
            record(42, 34, bytes([0x40, len(pci)]) + pci + b"\1\2\1\x99") +
            record(42, 35, b"\x02\x02\x11\x22\x00"))


def rest():
    return (record(43, 36, struct.pack("<4sBBIIBQI", b"EXA\0", 2, 0, 0x70055, 0x11, 1, 0x10, 0),
                   "TPM 2.0") +
            record(44, 37, struct.pack("<HBB", 4, 2, 2) + b"\x01\x02") +
            record(45, 38, struct.pack("<BBBBBBBBQHBBH", 1, 2, 1, 3, 0, 4, 5, 6, 1 << 20, 1, 4, 1,
                                       0), "BMC", "1.2", "BMC-ID", "2024-01-02", "Example",
                   "1.0") +
            record(46, 39, struct.pack("<HBH", 1, 1, 12), "PciRoot(0x0)/Pci(0x1C,0x0)") +
            record(40, 40, struct.pack("<BBHBBBB", 1, 6, 9, 5, 1, 0xB6, 0)[:7], "PCIe Gen3") +
            record(37, 41, struct.pack("<BBBBHBH", 3, 2, 2, 1, 18, 1, 19)) +
            record(34, 42, struct.pack("<BBIB", 1, 4, 0x290, 3), "HWM") +
            record(35, 43, struct.pack("<BHHH", 1, 42, 26, 44), "HWM VCORE") +
            record(36, 44, struct.pack("<6h", 1, 2, 3, 4, -5, -32768)) +
            record(15, 45, struct.pack("<HHHBBIIBBB4s", 64, 0, 16, 3, 1, 7, 0xFFF00000, 1, 2, 2,
                                       b"\x01\x00\x02\x03")) +
            record(5, 46, struct.pack("<BBBBBHHBBHB", 6, 0x0C, 3, 3, 9, 4, 0x500, 2, 1, 47, 4)) +
            record(6, 47, struct.pack("<BBBHBBB", 1, 0x12, 60, 0x500, 7, 7, 0), "BANK0") +
            record(18, 48, struct.pack("<BBBIIII", 3, 2, 2, 0, 0x80000000, 0x80000000,
                                       0x80000000)) +
            record(21, 49, bytes([7, 4, 2])) +
            record(23, 50, struct.pack("<BHHHH", 0x2B, 0xFFFF, 3, 1, 2)) +
            record(25, 51, bytes([0x12, 0x31, 0x23, 0x59, 0x59])) +
            record(29, 52, struct.pack("<BBHHHHHI", 1, 0x67, 10, 0, 1, 1, 1, 0), "ICC") +
            record(30, 53, bytes([1, 3]), "Example Remote") +
            record(31, 54, struct.pack("<BBHIIQI", 1, 0, 0, 0xF0000, 0xFFF00000, 0, 0)) +
            record(33, 55, struct.pack("<BBBIQQI", 3, 2, 2, 0, 1 << 63, 1 << 63, 0x80000000)) +
            record(126, 56, b"\x01\x02\x03", "was here") +
            record(221, 57, b"\x09\x08\x07", "maker", "own") +
            record(50, 58, b"\x01"))


def full():
    return (bios() + system() + board() + chassis() + processor() + processor_old() + cache() +
            ports() + slots() + onboard() + words() + memory() + environment() + redfish() +
            rest() + end())


def small():
    return system() + end()


def smbios_cases():
    table = small()
    yield "minimal", end()
    yield "entry-3", entry_3(full()) + full()
    yield "entry-2", entry_2(system() + cache() + end(), 3) + system() + cache() + end()
    yield "entry-2-old", entry_2(table, 2, 4) + table
    yield "entry-legacy", (zero_sum(struct.pack("<5sBHIHB", b"_DMI_", 0, len(table), 16, 2, 0x20),
                                    5) + b"\0" + table)
    yield "full", full()
    yield "longer-structure", record(24, 1, b"\x00\x01\x02") + end()
    yield "unused-string", record(24, 1, b"\x00", "nobody refers to me") + end()
    yield "same-locators", (record(7, 1, cache()[4:27], "L1") + record(7, 2, cache()[4:27], "L1") +
                            end())
    yield "padding", entry_3(table, 32, len(table) + 16) + table + bytes(16)
    yield "fault-bad-checksum", (entry_2(table, 2)[:4] + b"\x00" + entry_2(table, 2)[5:21] + b"\0" +
                                 entry_2(table, 2)[22:] + table)
    yield "fault-entry-length", entry_3(table)[:6] + b"\x10" + entry_3(table)[7:] + table
    yield "fault-version", entry_3(table)[:7] + b"\x00" + entry_3(table)[8:] + table
    yield "fault-address", entry_3(table, 0x7FFF0000) + table
    yield "fault-intermediate", entry_2(table, 2)[:16] + b"XDMI_" + entry_2(table, 2)[21:] + table
    yield "fault-table-length", entry_2(table, 2, 8, len(table) + 5) + table + bytes(5)
    yield "fault-table-cut", entry_2(table, 2, 8, len(table) + 5) + table
    yield "fault-count", entry_2(table, 3) + table
    yield "fault-no-end", system()
    yield "fault-too-short", record(1, 1, b"\1\2\0", "A", "B") + end()
    yield "fault-string-index", record(24, 1, b"\0") + record(30, 2, b"\5\0", "A") + end()
    yield "fault-duplicate-handle", record(24, 1, b"\0") + record(24, 1, b"\1") + end()
    yield "fault-header", system() + b"\x01\x02\x00\x00" + end()
    yield "fault-truncated-fields", system()[:20]
    yield "fault-unterminated", system()[:-1]
    yield "fault-trailing", table + b"more"
    yield "fault-range", record(19, 1, struct.pack("<IIHB", 9, 3, 2, 1)) + end()
    yield "fault-range-whole", record(19, 1, struct.pack("<IIHBQQ", 0xFFFFFFFF, 0xFFFFFFFF, 2, 1,
                                                        0, 0xFFFFFFFFFFFFFFFF)) + end()
    # No size, no speed and no such place: 7.6, 7.18.4, 7.27.1.
    yield "states-nothing", (
        record(5, 1, bytes([3, 4, 3, 3, 44, 1, 0, 4, 0, 1, 0, 4])) +
        record(17, 2, struct.pack("<HHHHHBBBBBHHBBBB", 3, 0xFFFE, 64, 64, 0xFFFF, 9, 0, 0, 0, 26, 2,
                                  0xFFFF, 0, 0, 0, 0)) +
        record(26, 3, struct.pack("<BBHHHHHI", 0, 0x60 | 12, 0x8000, 0x8000, 0x8000, 0x8000, 0x8000,
                                  0)) + end())
    yield "fault-group-count", record(2, 1, board()[4:14] + b"\x05\0\0", "A", "B", "C", "D", "E",
                                      "F") + end()
    yield "fault-strings-count", record(11, 1, b"\x05", "one") + end()
    yield "fault-additional", record(40, 1, b"\x02\x06\x01\x00\x04\x00\x07\x03") + end()
    yield "fault-host-interface", record(42, 1, b"\x40\xF0\x02") + end()
    yield "fault-host-protocol", record(42, 1, b"\x02\x00\x01\x04\x05\x01") + end()
    yield "fault-host-redfish", (record(42, 1, b"\x02\x00\x01\x04\x05\x01\x02\x03\x04\x05") +
                                 record(42, 2, b"\x02\x00\x01\x04\x5b" + bytes(90) + b"\x09") +
                                 end())


def entry_cases():
    table = small()
    yield "minimal", zero_sum(struct.pack("<5sBHIHB", b"_DMI_", 0, 64, 0xF0000, 2, 0x24), 5)
    yield "full", entry_3(table, 0x6F000000)[:24]
    yield "entry-2", entry_2(table, 2, 8, None, 0xE0000)[:31]
    yield "entry-2-mistaken-length", zero_sum(entry_2(table, 2)[:5] + b"\x1e" +
                                              entry_2(table, 2)[6:31], 4)
    yield "fault-signature", b"_SMX" + entry_2(table, 2)[4:31]
    yield "fault-intermediate", entry_2(table, 2)[:16] + b"XDMI_" + entry_2(table, 2)[21:31]
    yield "fault-checksum", entry_3(table)[:5] + b"\x00" + entry_3(table)[6:24]
    yield "fault-length", zero_sum(entry_3(table)[:6] + b"\x10" + entry_3(table)[7:24], 5)
    yield "fault-version", zero_sum(entry_3(table)[:7] + b"\x01" + entry_3(table)[8:24], 5)
    yield "fault-truncated", entry_3(table)[:20]
    yield "fault-trailing", entry_3(table)[:24] + b"\x01"


def write(name, cases):
    for case, raw in cases:
        folder = os.path.join(os.path.dirname(HERE), name, case)
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "in.hex"), "w", encoding="utf-8") as file:
            file.write("# made by tests/decode/smbios/make.py\n")
            for at in range(0, len(raw), 32):
                file.write(raw[at:at + 32].hex() + "\n")


def main():
    write("smbios", smbios_cases())
    write("smbios-entry", entry_cases())


if __name__ == "__main__":
    main()
