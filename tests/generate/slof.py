#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Inputs of the golden cases of slof: files one behind the other, and two CRCs."""
import struct

import cases

TEXT = b"code, only a text for tests"
DATE = 0x202401020304


def crc(data):
    value = 0
    for byte in data:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ (0x04c11db7 if value >> 31 else 0)) & 0xffffffff
    return value


def file(name, data, last=False, flags=0, gap=None):
    field = name + bytes(8 - len(name) % 8)
    start = 32 + len(field)
    gap = bytes(-len(data) % 8) + b"\xff" * 8 if gap is None else gap
    length = start + len(data) + len(gap)
    return struct.pack(">QQQQ", 0 if last else length, len(data), flags, start) + field + data + gap


def image(*files, mark=b"magic123", size=None, flip=0, head_flip=0):
    body = b"".join(files)
    description = mark + struct.pack(">Q16s32sQQ8sQQ", 0, b"v1.0", b"example", DATE, 0, b"1", 0, (1 << 64) - 1)
    head = bytearray(file(b"header", description.ljust(0x88, b"\0"), gap=bytes(0x28)))
    length = len(head) + len(body) + 8
    struct.pack_into(">Q", head, 0x30, length if size is None else size)
    struct.pack_into(">Q", head, 0x80, crc(head[:0x84]) ^ head_flip)
    data = bytes(head) + body
    return data + struct.pack(">Q", crc(data + bytes(4)) ^ flip)


def write(case, data, says):
    cases.write("slof", case, data, says=says)


def main():
    files = [file(b"stage1", TEXT, flags=1), file(b"ofw_main", TEXT * 2), file(b"boot.fs", b": boot ;\n", last=True)]
    whole = image(*files)
    write("minimal", image(file(b"stage1", TEXT, last=True)), "One file")
    write("full", whole, "Three files")
    write("trailing", whole + b"\xff" * 300 + b"what is this", "Bytes behind the image")
    write("between", image(file(b"stage1", TEXT, gap=b"hidden bytes" + b"\xff" * 8), files[2]), "Bytes between files")
    write("bad-crc", image(*files, flip=1), "Another CRC over all")
    write("bad-header-crc", image(*files, head_flip=1), "Another CRC over the description")
    write("bad-mark", image(*files, mark=b"magic124"), "Another mark")
    write("no-last", image(*files[:2]), "The last file is not the last")
    write("long", image(*files, size=4096), "A length beyond the end")
    write("short", image(*files, size=64), "A length that ends amid the files")
    write("no-files", bytes(160), "Nothing")
    far = bytearray(whole)
    struct.pack_into(">Q", far, 0xd8, 1 << 40)
    write("next-outside", bytes(far), "A next file far away")
    huge = bytearray(whole)
    struct.pack_into(">Q", huge, 0xd8 + 8, (1 << 64) - 8)
    write("size-outside", bytes(huge), "A file longer than all")


if __name__ == "__main__":
    main()
