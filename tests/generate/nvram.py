#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the inputs of the cases of stores of variables."""
import struct
import zlib

import cases
import measured_boot as mb

AUTHENTICATED = "aaf32c78-947b-439a-a180-2e144ec37792"
NORMAL = "ddcf3616-3275-4164-98b6-fe85707ffe7d"
EITHER = "ddcf3617-3275-4164-98b6-fe85707ffe7d"
FTW = "9e58292b-7c68-497d-a0ce-6500fd9f1b95"
VENDOR = "99999999-aaaa-bbbb-cccc-dddddddddddd"
MTC = "eb704011-1402-11d3-8e77-00a0c969723b"
TIME = struct.pack("<H14B", 2025, 3, 10, 2, 53, 39, *bytes(9))


def align(data, to=4):
    return data + b"\xff" * (-len(data) % to)


def auth(name, value, owner=VENDOR, state=0x3f, attributes=7, time=bytes(16), count=0, index=0,
         raw=None):
    """A record with the authenticated header."""
    label = mb.utf16(name) if raw is None else raw
    return align(struct.pack("<HBBIQ16sIII", 0x55aa, state, 0, attributes, count, time, index,
                             len(label), len(value)) + mb.guid(owner) + label + value)


def normal(name, value, owner=VENDOR, state=0x3f, attributes=7, checksum=False, to=4):
    label = mb.utf16(name)
    head = struct.pack("<HBBIII", 0x55aa, state, 0, attributes, len(label), len(value))
    crc = struct.pack("<I", zlib.crc32(value)) if checksum else b""
    return align(head + mb.guid(owner) + crc + label + value, to)


def total(name, value, owner=VENDOR, state=0x3f, attributes=7):
    body = mb.guid(owner) + mb.utf16(name) + value
    return struct.pack("<HBBII", 0x55aa, state, 0, attributes, 12 + len(body)) + body


def store(kind, records, free=64, form=0x5a, state=0xfe, size=None, reserved=bytes(6)):
    body = b"".join(records) + b"\xff" * free
    if len(kind) == 4:
        mark = kind.encode()
    else:
        mark = mb.guid(kind)
    size = len(mark) + 12 + len(body) if size is None else size
    return mark + struct.pack("<IBB", size, form, state) + reserved + body


def ftw(queue=64, narrow=False, writes=b"", flags=0xfe, flip=0, stated=None):
    stated = queue if stated is None else stated
    size = struct.pack("<I" if narrow else "<Q", stated)
    crc = zlib.crc32(mb.guid(FTW) + b"\xff" * 8 + size) ^ flip
    head = mb.guid(FTW) + struct.pack("<IB", crc, flags) + b"\xff" * 3 + size
    return head + writes + b"\xff" * (queue - len(writes))


def write_queue(done=0xf8, private=b"private!"):
    """One write of one block, completed unless the flags say otherwise."""
    head = struct.pack("<B3s16s4sQQ", done, b"\xff" * 3, mb.guid(VENDOR), b"\xff" * 4, 1, len(private))
    record = struct.pack("<B7sQQQq", done, b"\xff" * 7, 0, 0x48, 0x1000, -0x1000)
    return head + record + private


def full():
    option = mb.load_option("Boot manager", mb.file_path("\\a.efi") + mb.END)
    keys = mb.siglist(mb.X509, [(mb.OWNER, mb.certificate("Platform Key"))])
    return [
        auth("MTC", struct.pack("<I", 4), MTC, state=0x3c),
        auth("PK", keys, mb.GLOBAL, attributes=0x27, time=TIME, count=3, index=2),
        auth("MTC", struct.pack("<I", 5), MTC),
        auth("Boot0000", option, mb.GLOBAL),
        auth("Driver0000", option, mb.GLOBAL),
        auth("BootOrder", b"\0\0", mb.GLOBAL),
        auth("Setup", b"old value", state=0x3d),
        auth("Setup", b"being replaced", state=0x3e),
        auth("Setup", b"new value"),
        auth("Other", b"about to be replaced", state=0x3e),
        auth("cut off", b"\xff" * 5, state=0x7f, raw=b"\xff" * 16),
    ]


def vss():
    value = struct.pack("<I", 1)
    names = {
        "minimal": store(AUTHENTICATED, []),
        "full": store(AUTHENTICATED, full()),
        "normal": store(NORMAL, [normal("Setup", b"some"), normal("Lang", b"eng", mb.GLOBAL)]),
        "either": store(EITHER, [auth("Setup", b"some"), auth("X", b"1")]),
        "word": store("$VSS", [normal("Setup", b"abc", to=1), normal("Next", b"d", to=1)]),
        "word-authenticated": store("$NSS", [auth("Setup", b"abcd"), auth("Next", b"defg")]),
        "word-checksum": store("$SVS", [normal("boot-args", b"-v", attributes=0x80000007,
                                               checksum=True, to=1),
                                        normal("b", b"more", attributes=0x80000007,
                                               checksum=True, to=1)]),
        "word-total-size": store("$VSS", [total("Setup", b"abc"), total("Next", b"d")]),
        "written-free-space": store(AUTHENTICATED, [auth("A", value), b"\xff" * 8,
                                                    b"sixteen bytes..."]),
        "padding": store(AUTHENTICATED, [auth("A", b"v")[:-1] + b"x", auth("B", value)]),
        "name-tail": store(AUTHENTICATED, [auth("A", value, raw=mb.utf16("A") + b"tail")]),
        "two-of-a-name": store(AUTHENTICATED, [auth("A", value), auth("A", b"other")]),
        "fault-signature": store(VENDOR, []),
        "fault-format": store(AUTHENTICATED, [], form=0xff),
        "fault-state": store(AUTHENTICATED, [], state=0xff),
        "fault-size": store(AUTHENTICATED, [auth("A", value)], size=27),
        "fault-truncated": store(AUTHENTICATED, [auth("A", value)], size=4096),
        "fault-trailing": store(AUTHENTICATED, [auth("A", value)]) + b"more",
        "fault-attributes": store(AUTHENTICATED, [auth("A", value, attributes=0x107)]),
        "fault-time": store(AUTHENTICATED, [auth("A", value, time=b"\xff" * 16)]),
        "fault-encoding": store(AUTHENTICATED, [auth("A", value, raw=b"\x00\xd8A\0\0\0")]),
        "fault-unterminated": store(AUTHENTICATED, [auth("A", value, raw=b"A\0B\0")]),
        "reserved": store(AUTHENTICATED, [], reserved=b"reserv"),
    }
    for name, data in names.items():
        cases.write("nvram-vss", name, data)


def ftw_cases():
    names = {
        "minimal": ftw(),
        "full": ftw(queue=256, writes=write_queue()),
        "narrow": ftw(narrow=True),
        "history": ftw(queue=256, writes=write_queue(private=b"") * 2),
        "pending": ftw(queue=256, writes=write_queue(private=b"") + write_queue(0xfc, b"")),
        "writes-too-many": ftw(queue=128, writes=write_queue()[:24] + b"\xee" * 40),
        "fault-signature": bytes(16) + ftw()[16:],
        "fault-checksum": ftw(flip=1),
        "fault-flags": ftw(flags=0xff),
        "fault-truncated": ftw(stated=4096),
        "fault-trailing": ftw() + b"more",
    }
    for name, data in names.items():
        cases.write("nvram-ftw", name, data)


def area():
    whole = store(AUTHENTICATED, [auth("A", b"value")]) + b"\xff" * 32 + ftw() + b"\xff" * 64
    names = {
        "minimal": store(AUTHENTICATED, []) + b"\xff" * 8,
        "full": whole,
        "two-stores": store("$VSS", [normal("A", b"1", to=1)]) + store(NORMAL, [normal("B", b"2")]),
        "narrow": store(AUTHENTICATED, []) + ftw(narrow=True),
        "unknown-between": store(AUTHENTICATED, []) + b"\xff" * 8 + b"an event log" + ftw() + b"end",
        "fault-store-size": store(AUTHENTICATED, [auth("A", b"value")], size=0x100000),
    }
    for name, data in names.items():
        cases.write("nvram-area", name, data)


def entry(body, flags=0x83, after=0xffffff, size=None):
    """An NVAR entry; `after` is where the newer value stands."""
    size = 10 + len(body) if size is None else size
    return b"NVAR" + struct.pack("<HI", size, after | flags << 24) + body


def extended(body, kind=1, time=None, digest=b"", more=b"", flags=0x93):
    """An entry with an extended header that ends in a checksum."""
    head = bytes([kind]) + (b"" if time is None else struct.pack("<Q", time)) + digest + more
    size = len(head) + (3 if kind & 1 else 2)
    whole = entry(body + head + b"\0" * (kind & 1) + struct.pack("<H", size), flags)
    if kind & 1:
        total_sum = sum(whole[4:6]) + sum(whole[9:])
        at = len(whole) - 3
        whole = whole[:at] + bytes([-total_sum & 0xff]) + whole[at + 1:]
    return whole


def nvar_store(entries, guids, free=64):
    return b"".join(entries) + b"\xff" * free + b"".join(mb.guid(g) for g in reversed(guids))


def nvar():
    guids = [mb.GLOBAL, VENDOR, MTC]
    keys = mb.siglist(mb.X509, [(mb.OWNER, mb.certificate("DO NOT TRUST - Test PK"))])
    option = mb.load_option("Boot manager", mb.file_path("\\a.efi") + mb.END)
    defaults = nvar_store([entry(b"\0PKDefault\0" + keys), entry(b"\0Lang\0eng")], [mb.GLOBAL], 0)
    setup = entry(b"\1Setup\0first")
    second = entry(b"second", 0x88)
    third = entry(b"third", 0x88)
    setup = entry(b"\1Setup\0first", after=len(setup))
    second = entry(b"second", 0x88, after=len(second))
    counter = entry(b"\2MTC\0\1\0\0\0", after=len(entry(b"\2MTC\0\1\0\0\0")))
    full_store = [
        entry(b"\1StdDefaults\0" + defaults),
        setup, second, third,
        counter, entry(b"\2\0\0\0", 0x88),
        entry(b"\0Boot0000\0" + option),
        entry(mb.guid(VENDOR) + mb.utf16("Wide") + b"own GUID", 0x84),
        entry(b"\1Gone\0deleted", 0x03),
        entry(b"\2MTC\0old", 0x03),
        entry(b"orphan", 0x88),
        extended(b"\0PK\0" + keys, kind=0x31, time=0x0001020304050607, digest=bytes(range(32))),
        extended(b"\1Summed\0value"),
        extended(b"\1More\0value", kind=0x21, time=1, digest=bytes(34)),
    ]
    names = {
        "minimal": nvar_store([entry(b"\0Lang\0eng")], [mb.GLOBAL]),
        "full": nvar_store(full_store, guids),
        "erased": b"\xff" * 64,
        "written-free-space": nvar_store([entry(b"\0Lang\0eng"), b"\xff" * 9 + b"code"],
                                         [mb.GLOBAL]),
        "no-own-link": nvar_store([entry(b"\0A\0x", after=0)], [mb.GLOBAL]),
        "fault-signature": b"NVRA" + bytes(32),
        "fault-link": nvar_store([entry(b"\0Lang\0eng", after=7)], [mb.GLOBAL]),
        "fault-guid": entry(b"\3Lang\0eng"),
        "fault-unterminated": nvar_store([entry(b"\0Lang")], [mb.GLOBAL]),
        "fault-extended-size": nvar_store([entry(b"\0Lang\0eng\xff\xff", 0x93)], [mb.GLOBAL]),
        "fault-extended-flags": nvar_store([extended(b"\0Lang\0eng", kind=0x41)], [mb.GLOBAL]),
        "fault-checksum": nvar_store([extended(b"\0Lang\0eng")[:-3] + b"\x77\x04\0"],
                                     [mb.GLOBAL]),
    }
    for name, data in names.items():
        cases.write("nvram-nvar", name, data)


if __name__ == "__main__":
    nvar()
    vss()
    ftw_cases()
    area()
