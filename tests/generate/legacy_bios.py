#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Inputs of the golden cases of legacy-bios: the smallest images that have each part."""
import os
import struct
import sys

import cases

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "firmware"))
import lz  # noqa: E402
import parts  # noqa: E402

CODE = b"Code of a module, only a text. " * 4
SIZE = 2048


def lh5(data):
    return parts.tiano_stream(data, 4)[8:]


def member(name, data, method=b"-lh5-", level=1, packed=None, length=None, crc=None, sum_off=0,
           extra=b"", lies=0):
    packed = lh5(data) if packed is None else packed
    skip = len(packed) + (len(extra) if level == 1 else 0) + lies
    fixed = method + struct.pack("<II", skip, len(data) if length is None else length)
    fixed += struct.pack("<HHBB", 0, 0x5000, 0x20, level)
    crc = struct.pack("<H", lz.crc16(data) if crc is None else crc)
    if level == 2:
        inner = fixed + crc + b"M" + extra[-2:] + extra[:-2] + b"\0\0" if extra else fixed + crc + b"M\0\0"
        return struct.pack("<H", len(inner) + 2) + inner + packed
    rest = fixed + bytes([len(name)]) + name.encode() + crc
    if level == 1:
        first = extra[-2:] if extra else b"\0\0"
        rest += b" " + first
    head = bytes([len(rest), (sum(rest) + sum_off) & 0xff]) + rest
    return head + (extra[:-2] + b"\0\0" if extra and level == 1 else b"") + packed


def extension(kind, data):
    """An extension, and behind it its own length, which stands before it."""
    return bytes([kind]) + data + struct.pack("<H", len(data) + 3)


def image(pieces, size=SIZE):
    out = bytearray(b"\xff" * size)
    for at, data in pieces.items():
        out[at:at + len(data)] = data
    out[size - 16:size - 11] = b"\xea\x5b\xe0\0\xf0"
    return bytes(out)


def pointer(at, size=SIZE):
    address = at + (1 << 20) - size
    return struct.pack("<HH", address & 0xf, address >> 4)


def ami_record(at, size=SIZE):
    return b"AMIBIOSC0800" + struct.pack("<HI", 0x100, 0x12345678) + pointer(at, size)


END = b"\xff\xff\xff\xff"


def packed_module(kind, data, following=END, length=None, stream=None, parameter=0xf000):
    stream = lh5(data) if stream is None else stream
    return (following + struct.pack("<HBBIII", 20, kind, 0, parameter, len(stream),
                                    len(data) if length is None else length) + stream)


def stored_module(kind, data, following=END, size=None):
    return following + struct.pack("<HBBI", len(data) if size is None else size, kind, 0x80, 0) + data


def write(case, data):
    cases.write("legacy-bios", case, data, text=True)


def main():
    write("minimal", member("a.bin", CODE))
    write("award", image({256: member("awardext.rom", CODE), 640: member("cpucode.bin", b"", b"-lh0-", packed=b""),
                          768: member("logo.bmp", CODE, b"-lh0-", level=0, packed=CODE),
                          1024: member("", CODE, level=2, extra=extension(1, b"new.rom")),
                          1400: member("short", CODE, extra=extension(0x7d, b"x")),
                          1700: member("old.rom", CODE, b"-lh1-")}))
    blank = b"    " + CODE * 9 + bytes(range(256)) + b"  " * 40 + CODE
    write("award-matches", image({256: member("awardext.rom", blank, packed=lz.stream(blank, blanks=True))}))
    write("ami", image({0: packed_module(0x00, CODE, pointer(512)), 512: stored_module(0x20, CODE, pointer(768)),
                        760: struct.pack("<II", len(CODE), 0), 768: stored_module(0x0e, CODE, size=0),
                        1600: ami_record(0)}))
    write("ami-amd", image({0: packed_module(0x40, CODE)[:12] + CODE, 1600: ami_record(0)}))
    write("ami-loop", image({0: packed_module(0x00, CODE, pointer(0)), 1600: ami_record(0)}))
    write("ami-outside", image({0: packed_module(0x00, CODE, struct.pack("<HH", 8, 0)), 1600: ami_record(0)}))
    write("ami-corrupt", image({0: packed_module(0x00, CODE, stream=lh5(CODE)[:40]), 1600: ami_record(0)}))
    write("ami-bomb", image({0: packed_module(0x00, CODE, length=0x7fffffff), 1600: ami_record(0)}))
    write("bad-crc", member("a.bin", CODE, crc=1))
    write("bad-sum", member("a.bin", CODE, sum_off=1))
    write("long", member("a.bin", CODE, lies=1))
    write("corrupt", member("a.bin", CODE, packed=b"\0" * 64))
    write("extensions", member("a.bin", CODE, extra=extension(0x7d, b"x")[:-2] + b"\xff\xff"))


main()
