#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the inputs of the cases of vendors' stores of variables and maps of flash, and of FSP headers."""
import struct

import cases
import measured_boot as mb
import nvram

VENDOR = nvram.VENDOR


def entry(kind, body, data=b"", flip=0):
    """An EVSA entry. What `data` holds stands behind the entry, and its length does not count it."""
    head = struct.pack("<H", 4 + len(body)) + body
    return bytes([kind, (-sum(head) ^ flip) & 0xff]) + head + data


def guid(number, value, kind=0xed, **more):
    return entry(kind, struct.pack("<H", number) + mb.guid(value), **more)


def name(number, value, kind=0xee):
    return entry(kind, struct.pack("<H", number) + mb.utf16(value))


def value(owner, label, data, kind=0xef, attributes=7):
    return entry(kind, struct.pack("<HHI", owner, label, attributes) + data)


def long_value(owner, label, data, stated=None):
    stated = len(data) if stated is None else stated
    return entry(0xef, struct.pack("<HHII", owner, label, 0x10000007, stated), data)


def store(entries, free=32, size=None, mark=b"EVSA", header=20, flip=0):
    body = b"".join(entries) + b"\xff" * free
    head = struct.pack("<H", header) + mark + struct.pack("<III", 1, 20 + len(body) if size is None else size, 0)
    return bytes([0xec, (-sum(head) ^ flip) & 0xff]) + head + body


def evsa():
    few = [guid(1, VENDOR), name(2, "Setup"), value(1, 2, b"a value")]
    names = {
        "minimal": store([]),
        "full": store([*few, guid(3, mb.GLOBAL, kind=0xe1), name(4, "Lang", kind=0xe2),
                       value(3, 4, b"eng", kind=0xe3), value(1, 2, b"an old value", kind=0x83),
                       name(2, "Later"), long_value(1, 4, b"x" * 300)]),
        "guid-rest": store([entry(0xed, struct.pack("<H", 1) + mb.guid(VENDOR) + b"rest")]),
        "written-free-space": store([*few, b"\xff" * 9 + b"code"]),
        "fault-checksum": store([guid(1, VENDOR, flip=1), *few[1:]]),
        "fault-store-checksum": store(few, flip=1),
        "fault-number": store([value(7, 8, b"whose?")]),
        "fault-signature": store(few, mark=b"EVSB"),
        "fault-header": store(few, header=24),
        "fault-size": store(few, size=8),
        "fault-truncated": store(few, size=4096),
        "fault-long": store([long_value(1, 2, b"x", stated=4000)]),
        "fault-trailing": store(few, size=20 + 22 + 18 + 19 + 32) + b"more",
    }
    for case, data in names.items():
        cases.write("nvram-evsa", case, data)


def volume_header(length):
    head = bytes(16) + mb.guid("fff12b8d-7696-4c8b-a985-2747075b4f50") + struct.pack(
        "<Q4sIHHHBB", length, b"_FVH", 0x4feff, 72, 0, 0, 0, 2)
    return head + struct.pack("<IIII", 1, length, 0, 0)


def factory(body, size=None, header=None):
    header = volume_header(72 + len(body)) if header is None else header
    return b"_FDC" + struct.pack("<I", 80 + len(body) if size is None else size) + header + body


def factory_copy():
    inner = nvram.store("$VSS", [nvram.normal("Lang", b"eng", to=1)])
    names = {
        "minimal": factory(b""),
        "full": factory(inner),
        "fault-signature": factory(inner).replace(b"_FDC", b"_FDD"),
        "fault-size": factory(inner, size=8),
        "fault-truncated": factory(inner, size=4096),
        "fault-trailing": factory(inner) + b"\xff" * 8,
    }
    for case, data in names.items():
        cases.write("nvram-factory-copy", case, data)


def area(number=1):
    return mb.guid(VENDOR) + struct.pack("<HHQII", number, 2, 0xfff00000, 0x1000, 0x2000)


def flash_map(areas, count=None, reserved=0):
    count = len(areas) if count is None else count
    return b"_FLASH_MAP" + struct.pack("<HI", count, reserved) + b"".join(areas)


def flash_maps():
    names = {
        "minimal": flash_map([]),
        "full": flash_map([area(1), area(2)]) + b"\xff" * 100,
        "reserved": flash_map([area()], reserved=7),
        "fault-signature": flash_map([area()]).replace(b"MAP", b"map"),
        "fault-count": flash_map([area()], count=200),
        "fault-truncated": flash_map([area()], count=2),
    }
    for case, data in names.items():
        cases.write("nvram-flash-map", case, data)


def region(digest=b"\xaa" * 32):
    return mb.guid(VENDOR) + mb.guid(mb.GLOBAL) + struct.pack("<QQI", 0x1000, 0x2000, 1) + digest


def device_map(regions, extra=b"", size=None, width=None, data=None, revision=2):
    body = b"".join(regions)
    at = 28 + len(extra) if data is None else data
    width = len(regions[0]) if regions and width is None else width or 84
    size = 28 + len(extra) + len(body) if size is None else size
    return b"HFDM" + struct.pack("<IIIBBBBQ", size, at, width, 1, revision, 0, 0, 0xff000000) + extra + body


def device_maps():
    names = {
        "minimal": device_map([]),
        "full": device_map([region(), region(b"\xbb" * 32)], extra=b"extension!", revision=3) + b"\xff" * 300,
        "no-digest": device_map([region(b"")]),
        "fault-signature": device_map([region()]).replace(b"HFDM", b"HFDN"),
        "fault-entry-size": device_map([region()], width=10),
        "fault-data-offset": device_map([region()], data=9999),
        "fault-rest": device_map([region()], width=60),
        "fault-truncated": device_map([region()], size=9999),
    }
    for case, data in names.items():
        cases.write("insyde-fdm", case, data)


def information(length=0x48, more=b"", revision=3):
    body = struct.pack("<4sI2xBBI8sIIHHIIIIIIIII", b"FSPH", length, 0x20, revision, 0x01040301, b"$TEST$  ", 0x2a000,
                       0xfff00000, 1, 0x3003, 0x124, 0x3b0, 0, 0, 0, 0x580, 0, 0, 0x58a)
    return body + more


def extended(data=b"", stated=None, length=None):
    return struct.pack("<4sIBB6sII", b"FSPE", 24 + len(data) if length is None else length, 1, 0, b"TESTER", 5,
                       len(data) if stated is None else stated) + data


def patches(places, length=None, rest=b""):
    length = 12 + 4 * len(places) if length is None else length
    return struct.pack("<4sHBBI", b"FSPP", length, 1, 0, len(places)) + b"".join(
        struct.pack("<I", p) for p in places) + rest


def fsp():
    section = struct.pack("<I", 0x19000074)
    multi = struct.pack("<IHHII", 0x600, 0x0102, 0, 0x700, 0x800)
    names = {
        "minimal": information(),
        "full": section + information() + extended() + patches([0xfffffffc, 0x18], length=12),
        "newest": information(0x58, multi, revision=7) + extended(b"own data") + patches([4]),
        "longer": information(0x5c, multi + b"more", revision=8),
        "fault-length": information(0x20),
        "fault-signature": information().replace(b"FSPH", b"FSPX"),
        "fault-truncated": information(0x80),
        "fault-data-size": information() + extended(b"own data", stated=3),
        "fault-patches": information() + patches([1, 2], length=10),
        "fault-patches-long": information() + patches([1], length=400),
        "fault-patches-rest": information() + patches([1], length=20, rest=b"what"),
        "fault-trailing": information() + b"something else",
    }
    for case, data in names.items():
        cases.write("fsp-info", case, data)


def areas():
    """The area of variables with all of these in it."""
    data = store([guid(1, VENDOR), name(2, "Setup"), value(1, 2, b"a value")])
    data += b"\xff" * 12 + factory(nvram.store("$VSS", [nvram.normal("Lang", b"eng", to=1)]))
    data += b"\xff" * (-len(data) % 4)
    cases.write("nvram-area", "vendors", data + flash_map([area()]))


if __name__ == "__main__":
    evsa()
    factory_copy()
    flash_maps()
    device_maps()
    fsp()
    areas()
