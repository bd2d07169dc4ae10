# SPDX-License-Identifier: Apache-2.0
"""IPMI 2.0 and the FRU information storage definition 1.3: inventory, sensors, log, answers.

Answers begin with the completion code, as the collector writes them.
"""
import struct


def closed(data):
    return data + bytes([-sum(data) % 256])


def text(value):
    return bytes([0xc0 | len(value)]) + value.encode()


def area(head, fields):
    body = head + b"".join(text(field) for field in fields) + b"\xc1"
    size = (len(body) + 8) // 8 * 8
    body = body[:1] + bytes([size // 8]) + body[2:]
    return closed(body.ljust(size - 1, b"\0"))


def fru(chassis, board, product, minutes):
    """Chassis, board and product area; each a list of texts in the order of the format."""
    areas = [area(bytes([1, 0, 23]), chassis),
             area(bytes([1, 0, 25]) + minutes.to_bytes(3, "little"), board),
             area(bytes([1, 0, 25]), product)]
    offsets, at = [], 8
    for data in areas:
        offsets.append(at // 8)
        at += len(data)
    return (closed(bytes([1, 0, *offsets, 0, 0])) + b"".join(areas)).ljust(512, b"\0")


def device_id(major, minor, auxiliary):
    minor = minor // 10 << 4 | minor % 10
    head = bytes([0, 0x20, 0x81, major, minor, 2, 0xbf])
    return head + b"\x10\xdc\x00" + struct.pack("<H", 0x2210) + auxiliary


def record(number, kind, body):
    return struct.pack("<HBBB", number, 0x51, kind, len(body)) + body


def sensor(number, entity, kind, reading, units, name):
    body = bytes([0x20, 0, number, entity, 1, 0x7f, 0x68, kind, reading])
    body += struct.pack("<HHH", 0x7a95, 0x7a95, 0x3f3f) + bytes([0, units, 0])
    body += bytes([0, 1, 0, 0, 0, 0, 0]) + bytes([7, 40, 80, 10, 127, 128])
    return body + bytes([95, 90, 85, 0, 5, 10, 2, 2, 0, 0, 0]) + text(name)


def sdr():
    rows = [(0x12, bytes([0x20, 0, 0, 0xbf, 0, 0, 0, 7, 1, 0]) + text("LQ-BMC")),
            (0x11, bytes([0x20, 0, 0x80, 0, 0, 0x10, 1, 7, 1, 0]) + text("Mainboard")),
            (1, sensor(1, 3, 1, 1, 1, "CPU Temp")), (1, sensor(2, 7, 1, 1, 1, "Inlet Temp")),
            (1, sensor(3, 29, 4, 1, 18, "Fan 1")), (1, sensor(4, 29, 4, 1, 18, "Fan 2"))]
    return b"".join(record(i, kind, body) for i, (kind, body) in enumerate(rows))


def sel(moment, boots):
    """Power-on and boot-completed entries, a pair a boot."""
    out = b""
    for i in range(boots):
        for kind, number, event in [(0x1d, 0x60, 0), (0x1f, 0x61, 6)]:
            out += struct.pack("<HBIHBBBB", len(out) // 16 + 1, 2, moment + i * 86400, 0x20, 4,
                               kind, number, 0x6f) + bytes([event, 0xff, 0xff])
    return out
