#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the inputs of the cases of management controllers' firmware. All of it is made up here."""
import hashlib
import os
import struct
import sys
import zlib

import cases

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "firmware"))

TEXT = b"firmware of a controller, which is only a text"


# HPM.1

def summed(data, flip=0):
    return data + bytes([-sum(data) & 0xff ^ flip])


def hpm_header(oem=b"", version=0, flip=0, mark=b"PICMGFWU"):
    head = mark + struct.pack("<BB3sHIBBBBB2s6sH", version, 4, (15000).to_bytes(3, "little"), 0xcb06, 0x5b06aa, 7, 2, 12,
                              12, 12, b"\0\0", b"\1\x50\1\0\0\0", len(oem))
    return summed(head + oem, flip)


def upload(data, kind=2, length=None, text=b"A controller", flip=0):
    head = summed(bytes([kind, 2]), flip) + b"\1\x50\1\0\0\0" + text.ljust(21, b"\0")
    return head + struct.pack("<I", len(data) if length is None else length) + data


def hpm(actions, header=None, flip=0):
    data = (hpm_header() if header is None else header) + b"".join(actions)
    md5 = bytearray(hashlib.md5(data).digest())
    md5[0] ^= flip
    return data + bytes(md5)


def hpm_cases():
    prepare = summed(b"\1\2")
    names = {
        "minimal": hpm([]),
        "full": hpm([summed(b"\0\2"), prepare, upload(TEXT), upload(b"\xff" * 64, kind=3)], hpm_header(b"own data")),
        "description-rest": hpm([upload(TEXT, text=b"A\0hidden")]),
        "fault-signature": hpm([prepare], hpm_header(mark=b"PICMGFWX")),
        "fault-version": hpm([prepare], hpm_header(version=1)),
        "fault-header-checksum": hpm([prepare], hpm_header(flip=1)),
        "fault-action-checksum": hpm([upload(TEXT, flip=1)]),
        "fault-action": hpm([summed(b"\x09\2")]),
        "fault-length": hpm([upload(TEXT, length=4096)]),
        "fault-md5": hpm([upload(TEXT)], flip=1),
    }
    for name, data in names.items():
        cases.write("hpm-image", name, data)


# MegaRAC

def fmh(name, offset, length, location=0, kind=0x30, form=0x12, flags=0, crc=0, flip=0, reserved=bytes(8)):
    head = bytearray(b"$MODULE$" + struct.pack("<BBHII3xB", 1, 5, 64, 0x1000, location, 0) + name.ljust(8, b"\0")
                     + struct.pack("<BBBBIIHII", 1, 2, kind, form, offset, length, flags, 0x8000, crc) + reserved
                     + b"\xaa\x55")
    head[23] = -sum(head) & 0xff ^ flip
    return bytes(head)


def link(to, flip=0):
    head = bytearray(b"\xaa\x55\0\0" + struct.pack("<I", to) + b"$MODULE$")
    head[2] = -sum(head) & 0xff ^ flip
    return bytes(head)


def flash(size, parts):
    out = bytearray(b"\xff" * size)
    for at, part in parts:
        out[at:at + len(part)] = part
    return bytes(out)


def megarac():
    crc = zlib.crc32(TEXT)
    config = (0x200, fmh(b"conf", 64, len(TEXT), location=0x200)), (0x240, TEXT)
    names = {
        "minimal": flash(0x200, [(0, fmh(b"conf", 64, len(TEXT))), (64, TEXT)]),
        "full": flash(0x800, [(0x1f0, link(0x100)), (0x100, fmh(b"boot", 0, 0x80, kind=1, form=1)), (0, b"boot loader"),
                              *config, (0x400, fmh(b"kernel", 64, len(TEXT), 0x400, 8, 3, 0x119, crc)), (0x440, TEXT),
                              (0x600, b"what is this?")]),
        "none": flash(0x100, [(0, fmh(b"none", 0, 0))]),
        "fault-missing": b"\xff" * 128,
        "fault-checksum": flash(0x200, [(0, fmh(b"conf", 64, len(TEXT), flip=1)), (64, TEXT)]),
        "fault-link": flash(0x400, [(0x1f0, link(0x200, flip=1)), *config]),
        "fault-crc": flash(0x200, [(0, fmh(b"conf", 64, len(TEXT), flags=0x100, crc=crc ^ 1)), (64, TEXT)]),
        "fault-outside": flash(0x200, [(0, fmh(b"conf", 64, 0x10000))]),
        "fault-overlap": flash(0x400, [(0, fmh(b"one", 64, 0x100)), *config, (0x300, fmh(b"two", 0x80, 0x40)), (64, TEXT)]),
        "reserved": flash(0x200, [(0, fmh(b"conf", 64, len(TEXT), reserved=b"reserved")), (64, TEXT)]),
    }
    for name, data in names.items():
        cases.write("megarac-fmh", name, data)


# Supermicro, X8 and X9

def aten_sum(data):
    total = 0xffffffff
    for i, byte in enumerate(data):
        total -= byte << (i % 4 * 8)
        if total < 0:
            total = (total & 0xffffffff) - 1
    return total & 0xffffffff


def footer(number, base, data, name, kind=8, flip=0, image_flip=0, pad=b"\xff" * 12):
    body = struct.pack("<5I16s3I", number, 0x40000000 + base, len(data), 0xd00000, 0xd00000, name, aten_sum(data) ^ image_flip,
                       0xa0ffff9f, kind)
    return pad + body + struct.pack("<I", aten_sum(body) ^ flip)


def version_2(images, flip=0):
    crcs = b"".join(struct.pack("<I", zlib.crc32(i)) for i in images)
    return b"ATENs_FW\x03\x13\x71" + struct.pack("<I", zlib.crc32(crcs) ^ flip) + b"\x17"


def winbond():
    one, two = TEXT * 2, TEXT + b"!"
    images = [(0x80, one), (0x140, footer(2, 0x80, one, b"1stFS")), (0x180, two), (0x200, footer(3, 0x180, two, b"kernel", 0x17))]
    names = {
        "minimal": flash(0x140, [(0x80, TEXT), (0x100, footer(1, 0x80, TEXT, b"one"))]),
        "full": flash(0x300, [(0, b"a boot loader"), *images, (0x280, version_2([one, two]))]),
        "version-1": flash(0x300, [*images, (0x280, b"ATENs_FW\x02\x07")]),
        "padding": flash(0x140, [(0x80, TEXT), (0x100, footer(1, 0x80, TEXT, b"one", pad=b"twelve bytes"))]),
        "name-rest": flash(0x140, [(0x80, TEXT), (0x100, footer(1, 0x80, TEXT, b"one\0hidden"))]),
        "fault-missing": b"\xff" * 128,
        "fault-footer": flash(0x140, [(0x80, TEXT), (0x100, footer(1, 0x80, TEXT, b"one", flip=1))]),
        "fault-image": flash(0x140, [(0x80, TEXT), (0x100, footer(1, 0x80, TEXT, b"one", image_flip=1))]),
        "fault-outside": flash(0x140, [(0x100, footer(1, 0x8000, TEXT, b"one"))]),
        "fault-overlap": flash(0x240, [(0x80, TEXT), (0x100, footer(1, 0x80, TEXT, b"one")),
                                       (0x200, footer(2, 0x90, TEXT, b"two"))]),
        "fault-version": flash(0x300, [*images, (0x280, version_2([one, two], 1))]),
        "fault-two-versions": flash(0x300, [*images, (0x280, version_2([one, two])), (0x2a0, version_2([one, two]))]),
    }
    for name, data in names.items():
        cases.write("aten-winbond", name, data)


# Supermicro, X10 and later

def table(rows, end=b"[end]"):
    return b"".join(b"[img]: %x %x %x %s" % (at, len(data), zlib.crc32(data) ^ flip, name)
                    for at, data, name, flip in rows) + end


def aspeed():
    rows = [(0, TEXT, b"u-boot.bin", 0), (0x40, TEXT * 2, b"out_rootfs_img.bin", 0)]
    parts = [(0, TEXT), (0x40, TEXT * 2)]
    tail = b"ATENs_FW\1\x2392f89430qde601d40\x17"
    signed = [*parts, (0x180, table(rows))]
    counted = TEXT * 2 + tail[:10]
    names = {
        "minimal": flash(0x100, [(0, TEXT), (0x80, table(rows[:1]))]),
        "full": flash(0x300, [*signed, (0x240, tail), (0x280, b"what is this?")]),
        "version-counted": flash(0x300, [(0, TEXT), (0x40, TEXT * 2 + tail), (0x180, table(
            [rows[0], (0x40, counted, b"out_rootfs_img.bin", 0)]))]),
        "signing-table": flash(0x300, [*signed, (0x240, b"fwmap\0 rows"), (0x280, b"sig_table\0 rows")]),
        "text-is-no-table": flash(0x300, [*signed, (0x241, b"fwmap\0"), (0x260, b"fwmap_offset_check"), (0x281, b"sig_table")]),
        "fault-missing": b"\xff" * 128,
        "fault-second-table": flash(0x400, [*signed, (0x300, table(rows))]),
        "fault-second-signing-table": flash(0x400, [*signed, (0x240, b"fwmap\0 forged"), (0x300, b"fwmap\0 true"),
                                                    (0x340, b"sig_table\0 one"), (0x380, b"sig_table\0 two")]),
        "fault-crc": flash(0x300, [*parts, (0x180, table([(0, TEXT, b"u-boot.bin", 1)]))]),
        "fault-outside": flash(0x300, [(0x180, table([(0x8000, TEXT, b"u-boot.bin", 0)]))]),
        "fault-overlap": flash(0x300, [*parts, (0x180, table([*rows, (0x10, TEXT, b"third.bin", 0)]))]),
        "fault-no-end": flash(0x300, [*parts, (0x180, table(rows, b""))]),
    }
    for name, data in names.items():
        cases.write("aten-aspeed", name, data)
    cases.write("bmc-flash", "minimal", b"\xff" * 64)
    cases.write("bmc-flash", "full", names["full"])
    cases.write("bmc-flash", "unknown", bytes(300) + TEXT + b"\xff" * 300)
    cases.write("bmc-flash", "signing-tables", flash(0x100, [(0, b"fwmap\0 one"), (0x80, b"fwmap\0 two")]))


if __name__ == "__main__":
    hpm_cases()
    megarac()
    winbond()
    aspeed()
