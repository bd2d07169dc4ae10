# SPDX-License-Identifier: Apache-2.0
"""DMTF DSP0134 3.7: the structure table and the 3.x entry point."""
import struct


def structure(kind, handle, fields, strings=()):
    body = struct.pack("<BBH", kind, 4 + len(fields), handle) + fields
    texts = b"".join(text.encode() + b"\0" for text in strings)
    return body + (texts or b"\0") + b"\0"


def entry_point(length):
    body = b"_SM3_" + bytes([0, 24, 3, 3, 0, 1, 0]) + struct.pack("<IQ", length, 0x6cdf1000)
    return body[:5] + bytes([-sum(body) % 256]) + body[6:]


def bios(m):
    fields = bytes([1, 2]) + struct.pack("<HBB", 0xf000, 3, 0xff) + struct.pack("<Q", 0x0b099880)
    fields += bytes([0x03, 0x0d, 2, 4, m.bmc[0], m.bmc[1]]) + struct.pack("<H", 16)
    return structure(0, 0, fields, ["Lindqvist Firmware", m.firmware, "03/14/2026"])


def system(m):
    fields = bytes([1, 2, 3, 4]) + m.uuid.bytes_le + bytes([6, 5, 6])
    return structure(1, 1, fields, ["Lindqvist Systems", "LS-2210", "A2", m.system_serial,
                                    "LS-2210-16C", "LS"])


def baseboard(m):
    fields = bytes([1, 2, 3, 4, 5, 0x09, 6]) + struct.pack("<HBB", 3, 10, 0)
    return structure(2, 2, fields, ["Lindqvist Systems", "LB-22", "1.03", m.board_serial,
                                    m.asset, "Base Board"])


def chassis(m):
    fields = bytes([1, 0x17, 2, 3, 4, 3, 3, 3, 2]) + struct.pack("<IBBBBB", 0, 1, 2, 0, 3, 5)
    return structure(3, 3, fields, ["Lindqvist Systems", "1U", m.chassis_serial, m.asset, "LC-1U"])


def processor():
    fields = bytes([1, 3, 1, 2]) + struct.pack("<II", 0x000606a6, 0xbfebfbff)
    fields += bytes([3, 0x89]) + struct.pack("<HHH", 100, 3400, 2400) + bytes([0x41, 0x3c])
    fields += struct.pack("<HHH", 0x10, 0x11, 0x12) + bytes([0, 0, 4, 4, 4, 4])
    fields += struct.pack("<HHHHHH", 0x00fc, 1, 4, 4, 4, 4)
    return structure(4, 0x14, fields, ["CPU1", "Demo Processors", "Demo CPU 2210 @ 2.40GHz",
                                       "LQ2210"])


def cache(handle, level, size, kind, associativity):
    fields = bytes([1]) + struct.pack("<HHHHH", 0x180 | level - 1, size, size, 0x20, 0x20)
    fields += bytes([0, 6, kind, associativity]) + struct.pack("<II", size, size)
    return structure(7, handle, fields, [f"L{level} Cache"])


def slot(handle, number, usage, bus, device):
    fields = bytes([1, 0xb1, 0x0b, usage, 4])
    fields += struct.pack("<HBBHBBBB", number, 0x0c, 1, 0, bus, device, 11, 0)
    return structure(9, handle, fields, [f"PCIe Slot {number}"])


def memory_device(handle, number, module):
    """module: None in an empty socket, or (serial, part, maker)."""
    locator = f"P1-DIMM{chr(65 + number // 2)}{number % 2 + 1}"
    if module:
        size, speed, volts, kind, detail, total, data = 16384, 2666, 1200, 26, 0x2080, 72, 64
        serial, part, maker_id = module[0].hex().upper(), module[1], module[2]
        maker = "Lindqvist Memory"
    else:
        size, speed, volts, kind, detail, total, data = 0, 0, 0, 2, 4, 0xffff, 0xffff
        serial, part, maker, maker_id = "NO DIMM", "NO DIMM", "NO DIMM", b"\0\0"
    fields = struct.pack("<HHHHH", 0x20, 0xfffe, total, data, size) + bytes([9, 0, 1, 2, kind])
    fields += struct.pack("<HH", detail, speed) + bytes([3, 4, 0, 5, 1 if module else 0])
    fields += struct.pack("<IHHHHBHB", 0, speed, volts, volts, volts, 3, 8, 0) + maker_id
    fields += struct.pack("<HHHQQQQII", 0, 0, 0, 0, size << 20, 0, 0, 0, 0)
    return structure(17, handle, fields, [locator, "P0_Node0_Channel0", maker, serial, part])


def memory(m):
    fields = bytes([3, 3, 6]) + struct.pack("<IHHQ", 0x06000000, 0xfffe, len(m.sockets), 0)
    out = structure(16, 0x20, fields)
    for i, module in enumerate(m.sockets):
        out += memory_device(0x21 + i, i, module)
    count = sum(1 for module in m.sockets if module)
    last = count * 16 * 1024 * 1024 - 1
    return out + structure(19, 0x2f, struct.pack("<IIHBQQ", 0, last, 0x20, count, 0, 0))


def power_supply(handle, number, serial):
    fields = bytes([1, 1, 2, 3, 4, 0, 5, 6])
    fields += struct.pack("<HHHHH", 800, 0x22a2, 0xffff, 0xffff, 0xffff)
    return structure(39, handle, fields, [f"PSU{number}", f"PSU {number}", "Lindqvist Power",
                                          serial, "LP-800", "1.1"])


def onboard(handle, name, kind, instance, bus, device):
    fields = bytes([1, 0x80 | kind, instance]) + struct.pack("<HBB", 0, bus, device)
    return structure(41, handle, fields, [name])


def tpm():
    fields = b"LNDQ" + bytes([2, 0]) + struct.pack("<IIBQI", 0x00070055, 0, 1, 0x20, 0)
    return structure(43, 0x43, fields, ["Trusted platform module"])


def table(m):
    out = [bios(m), system(m), baseboard(m), chassis(m), processor(),
           cache(0x10, 1, 384, 5, 7), cache(0x11, 2, 5120, 5, 8), cache(0x12, 3, 6144, 5, 9),
           slot(0x18, 1, 4, 2, 0), slot(0x19, 2, 3, 0xff, 0xff), memory(m),
           structure(32, 0x30, bytes(7)),
           structure(38, 0x31, bytes([1, 0x20, 0x20, 0xff]) + struct.pack("<QBB", 0xca3, 0, 0)),
           power_supply(0x38, 1, m.power_serials[0]), power_supply(0x39, 2, m.power_serials[1]),
           onboard(0x40, "Onboard LAN1", 5, 1, 1, 0), onboard(0x41, "Onboard VGA", 3, 1, 4, 0),
           tpm(), structure(127, 0x7f, b"")]
    return b"".join(out)
