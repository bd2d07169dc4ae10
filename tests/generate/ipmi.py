#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Inputs of the golden cases of the IPMI decoders. Everything in them is made up."""
import struct

import cases


def closed(data):
    return data + bytes([-sum(data) % 256])


def text(value, kind=3):
    return bytes([kind << 6 | len(value)]) + value


def area(head, fields, end=b"\xc1"):
    body = head + b"".join(fields) + end
    size = (len(body) + 1 + 7) // 8 * 8
    body = body[:1] + bytes([size // 8]) + body[2:]
    return closed(body.ljust(size - 1, b"\0"))


def image(areas):
    """areas: bytes or None for internal, chassis, board, product, multirecord."""
    offsets, body, at = [], b"", 8
    for data in areas:
        offsets.append(at // 8 if data else 0)
        if data:
            data = data.ljust((len(data) + 7) // 8 * 8, b"\0")
            body += data
            at += len(data)
    return closed(bytes([1, *offsets, 0])) + body


CHASSIS = area(bytes([1, 0, 23]), [text(b"CSE-EXAMPLE"), text(b"C0FFEE01"), text(b"rack 7")])
BOARD = area(bytes([1, 0, 25, 0x80, 0x5b, 0xb8]),
             [text(b"Example"), text(b"X99"), text(bytes([0x12, 0x34, 0xab]), 1),
              text(bytes([0x64, 0xc9, 0xb2]), 2), text(b"\x01\x02", 0)])
PRODUCT = area(bytes([1, 0, 1]),
               [text("Müller".encode("utf-16-le")), text(b"Server"), text(b"P-1"), text(b""),
                text(b"SN000001"), text(b"TAG 7"), text(b""), text(b"extra")])


def record(kind, data, last=False):
    total = -sum(data) % 256
    return closed(bytes([kind, 0x82 if last else 2, len(data), total])) + data


RECORDS = b"".join([
    record(0, struct.pack("<HHBBHHHHBBBBHBHB", 750, 800, 30, 5, 9000, 14000, 18000, 26400, 47, 63,
                          12, 0x1d, 0x5000 | 900, 0x21, 100, 20)),
    record(1, struct.pack("<BhhhHHH", 1, 1200, -60, 60, 120, 100, 50000)),
    record(2, struct.pack("<BhhhHHH", 2, 330, 310, 350, 50, 0, 4000)),
    record(3, b"\x01https://bmc.example/"), record(3, b"\x07" + bytes(range(16))),
    record(4, b"\x01\x02\x03"), record(0xc0, b"\x01\x02\x03maker"),
    record(0xc0, b"\x5a\x31\x00\x27\x00\xa4\x01"),
    record(0xc1, b"\x5a\x31\x00\x16\x00" + bytes(70), True)])


def spoil(data, at):
    data = bytearray(data)
    data[at] ^= 0x10
    return bytes(data)


def fru():
    good = image([b"\x01internal", CHASSIS, BOARD, PRODUCT, RECORDS])
    write = lambda case, data, label=None: cases.write("ipmi-fru", case, data, label)
    write("minimal", image([None] * 5))
    write("full", good.ljust(len(good) + 16, b"\xff"))
    write("second-inventory", image([None, None, BOARD, None, None]), "fru2")
    write("blank", bytes(64))
    write("blank-erased", b"\xff" * 64)
    write("refused", b"\xc1")
    write("something-behind", image([None, CHASSIS, None, None, None]) + b"hidden")
    write("fault-header-checksum", spoil(good, 7))
    write("fault-version", closed(bytes([2, 0, 0, 0, 0, 0, 0])))
    write("fault-area-checksum", spoil(image([None, CHASSIS, None, None, None]), 14))
    write("fault-area-version", image([None, None, area(b"\x02" + BOARD[1:6], [text(b"x")] * 5),
                                       None, None]))
    write("fault-reference", closed(bytes([1, 0, 0, 200, 0, 0, 0])) + bytes(8))
    write("fault-length", closed(bytes([1, 0, 1, 0, 0, 0, 0])) + bytes([1, 9]) + bytes(6))
    write("fault-overlap", closed(bytes([1, 0, 1, 2, 0, 0, 0])) + CHASSIS.ljust(96, b"\0"))
    write("fault-missing", image([None, area(bytes([1, 0, 23]), [text(b"one")]), None, None, None]))
    write("fault-unterminated", image([None, area(bytes([1, 0, 23]), [text(b"a"), text(b"b")],
                                                  text(b"c" * 6)), None, None, None]))
    write("fault-record-checksum", image([None] * 4 + [record(4, b"abc")[:-1] + b"d"
                                                       + record(4, b"", True)]))
    write("fault-record-head", image([None] * 4 + [spoil(record(4, b"abc", True), 4)]))
    write("fault-record-truncated", image([None] * 4 + [record(4, b"abcdefghij", True)[:8]]))
    write("fault-records-unterminated", image([None] * 4 + [record(4, b"abc")]))
    write("fault-truncated", good[:4])


def sdr_record(number, kind, body):
    return struct.pack("<HBBB", number, 0x51, kind, len(body)) + body


def sdr():
    sensor = bytes([0x20, 0, 1, 3, 1, 0x7f, 0x68, 1, 1]) + struct.pack("<HHH", 0x7a95, 0x7a95, 0x3f3f)
    full = sensor + bytes([0, 1, 0]) + bytes([0, 1, 0, 0, 0, 0, 0]) + bytes([7, 40, 80, 10, 127, 128])
    full += bytes([95, 90, 85, 0, 5, 10, 2, 2, 0, 0, 0]) + text(b"CPU Temp")
    compact = sensor + bytes(3) + struct.pack("<H", 1) + bytes(2) + bytes(3) + b"\0" + text(b"Chassis Intru")
    event = bytes([0x20, 0, 9, 7, 1, 0x12, 0x6f, 0, 0, 0, 0]) + text(b"Event")
    records = [(1, full), (2, compact), (3, event), (8, bytes([7, 1, 0]) + bytes(8)),
               (9, bytes([7, 1, 0x20, 0, 0]) + bytes(22)),
               (0x10, bytes([0x20, 0xa0, 0x2a, 0, 0, 8, 1, 32, 1, 0]) + text(b"DIMM A1")),
               (0x11, bytes([0x20, 0, 0x80, 0, 0, 0x10, 1, 7, 1, 0]) + text(b"Mainboard")),
               (0x12, bytes([0x20, 0, 0, 0xbf, 0, 0, 0, 7, 1, 0]) + text(b"BMC")),
               (0x13, bytes([0x20, 0x20, 0, 1, 0x56, 2, 0x7c, 0x2a, 0, 0x84, 8]) + bytes(range(16))),
               (0x14, bytes(11)), (0xc0, b"\x57\x01\x00data")]
    data = b"".join(sdr_record(i, k, b) for i, (k, b) in enumerate(records))
    cases.write("ipmi-sdr", "minimal", b"")
    cases.write("ipmi-sdr", "full", data)
    cases.write("ipmi-sdr", "unknown-type", sdr_record(1, 0x77, b"abc"))
    named = bytes([0x20, 0, 0, 0xbf, 0, 0, 0, 7, 1, 0])
    cases.write("ipmi-sdr", "unicode-name",
                sdr_record(1, 0x12, named + b"\x06" + "B\u00c4C".encode("utf-16-le")) +
                sdr_record(2, 0x12, named + b"\x02\0\xd8"))
    cases.write("ipmi-sdr", "refused", b"\xc9")
    cases.write("ipmi-sdr", "fault-truncated", data[:50])
    cases.write("ipmi-sdr", "fault-short-record", sdr_record(1, 2, compact[:12]))


def sel():
    def event(number, sensor, kind, data):
        return struct.pack("<HBIHBBBB", number, 2, 1700000000 + number, 0x20, 4, sensor, 0x51, kind) + data
    data = event(1, 5, 0x6f, b"\x00\xff\xff") + event(2, 1, 0x01, b"\x59\x5a\x5a")
    data += event(3, 0x0c, 0x6f, b"\xa1\xff\x12") + event(4, 8, 0x80 | 0x0b, b"\x01\xff\xff")
    data += event(5, 0x30, 0x70, b"\x01\x02\x03")
    data += struct.pack("<HBI", 6, 0xc1, 1700000006) + b"\x57\x01\x00abcdef"
    data += struct.pack("<HB", 7, 0xe2) + b"no time here!"
    cases.write("ipmi-sel", "minimal", b"")
    cases.write("ipmi-sel", "full", data)
    # Each state of the sensor types whose states are seldom seen: IPMI 2.0, table 42-3.
    states = {0x0d: range(9), 0x11: range(8), 0x1d: range(8), 0x1f: range(11), 0x21: range(10),
              0x22: range(15), 0x24: range(4)}
    cases.write("ipmi-sel", "sensor-states", b"".join(
        event(1, kind, 0x6f, bytes([state, 0xff, 0xff]))
        for kind, every in states.items() for state in every))
    cases.write("ipmi-sel", "refused", b"\xcb")
    cases.write("ipmi-sel", "fault-truncated", data[:20])
    cases.write("ipmi-sel", "fault-type", struct.pack("<HB", 1, 5) + bytes(13))


def commands():
    device = bytes([0x20, 0x81, 1, 0x56, 2, 0xbf, 0x7c, 0x2a, 0, 0x84, 8])
    for name, sizes in {
            "ipmi-device-id": {"minimal": device, "with-code": b"\0" + device,
                               "auxiliary": b"\0" + device + b"\1\2\3\4",
                               "fault-length": b"\0" + device[:9],
                               "fault-truncated": b"\0" + device[:4],
                               "fault-trailing": b"\xc1more"},
            "ipmi-guid": {"minimal": bytes(range(16)), "with-code": b"\0" + bytes(range(16)),
                          "fault-length": b"\0" + bytes(13)},
            "ipmi-chassis-status": {"minimal": b"\x61\x10\x01", "with-code": b"\0\x61\0\x40\x0f",
                                    "fault-length": b"\0\x61"},
            "ipmi-lan-mac": {"minimal": b"\x11\x02\x00\x00\x00\x00\x01",
                             "with-code": b"\0\x11\x02\x00\x00\x00\x00\x01",
                             "fault-length": b"\0\x11\x02\x00"},
            "ipmi-selftest": {"minimal": b"\x55\0", "with-code": b"\0\x57\x80",
                              "fault-length": b"\0\x55\0\0"}}.items():
        label = "lan3" if name == "ipmi-lan-mac" else None
        for case, data in {**sizes, "refused": b"\xc1", "fault-nothing": b"\0"}.items():
            cases.write(name, case, data, label)


if __name__ == "__main__":
    fru()
    sdr()
    sel()
    commands()
