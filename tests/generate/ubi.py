#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Inputs of the golden cases of ubi."""
import struct
import zlib

import cases
import jffs2

BLOCK, HEADER, DATA = 2048, 64, 128
LEB = BLOCK - DATA
TABLE, FASTMAP, FASTMAP_DATA = 0x7fffefff, 0x7ffff000, 0x7ffff001
DYNAMIC, STATIC = 1, 2
TEXT = b"what a volume holds "


def crc(data):
    return zlib.crc32(data) ^ 0xffffffff


def erase(count=3, header=HEADER, data=DATA, image=0x1234, version=1, bad=0):
    head = struct.pack(">4sB3xQIII32x", b"UBI#", version, count, header, data, image)
    return head + struct.pack(">I", crc(head) ^ bad)


def volume(number, lnum, kind=DYNAMIC, sequence=1, size=0, used=0, pad=0, data=b"", copied=0,
           version=1, bad=0, bad_data=0):
    head = struct.pack(">4sBBBBII4xIIII4xQ12x", b"UBI!", version, kind, copied, 0, number, lnum,
                       size, used, pad, crc(data[:size]) ^ bad_data if size else 0, sequence)
    return head + struct.pack(">I", crc(head) ^ bad)


def block(second=b"\xff" * 64, data=b"", first=None):
    return ((erase() if first is None else first) + second + data).ljust(BLOCK, b"\xff")


def dynamic(number, lnum, data, **more):
    return block(volume(number, lnum, data=data, **more), data)


def static(number, lnum, data, used, **more):
    return block(volume(number, lnum, STATIC, size=len(data), used=used, data=data, **more), data)


def record(name=b"", reserved=0, kind=DYNAMIC, pad=0, flags=0, bad=0, length=None):
    head = struct.pack(">IIIBBH128sB23x", reserved, 1 if reserved else 0, pad, kind if reserved else 0,
                       0, len(name) if length is None else length, name, flags)
    return head + struct.pack(">I", crc(head) ^ bad)


def table(*records, second=None):
    rows = b"".join(records)
    rows += record() * (LEB // 172 - len(records))
    return (block(volume(TABLE, 0, sequence=0), rows) +
            block(volume(TABLE, 1, sequence=0), rows if second is None else second))


def write(case, says, *blocks):
    cases.write("ubi", case, b"".join(blocks), says=says)


def good():
    write("minimal", "Two copies of an empty volume table", table())
    part = (TEXT * 96)[:LEB]
    write("full", "A static and a dynamic volume, a free and an erased eraseblock",
          table(record(b"rofs", 2, STATIC), record(b"rwfs", 4, flags=1)),
          static(0, 1, TEXT, 2), static(0, 0, part, 2), block(), b"\xff" * BLOCK,
          dynamic(1, 0, TEXT * 5), dynamic(1, 2, TEXT * 7))
    write("newest", "Three times the same eraseblock", table(record(b"v", 1)),
          dynamic(0, 0, b"newest", sequence=9), dynamic(0, 0, b"oldest", sequence=2),
          dynamic(0, 0, b"older", sequence=5))
    write("moved", "A newer copy that was not written to its end", table(record(b"v", 1)),
          dynamic(0, 0, b"whole", sequence=2),
          dynamic(0, 0, b"part", sequence=5, copied=1, size=20, bad_data=1))
    write("padding", "A volume with unused bytes in each eraseblock", table(record(b"v", 2, pad=896)),
          dynamic(0, 0, b"a" * 1024 + b"never", pad=896), dynamic(0, 1, b"b" * 20, pad=896))
    log = jffs2.Log().name(1, 1, 2, b"name").bytes
    write("unexplained", "A file system in a volume, with bytes in it that are nothing of its",
          table(record(b"rwfs", 1)), dynamic(0, 0, log.ljust(128, b"\xff") + b"hidden text"))
    write("fastmap", "With a map of the headers", table(),
          block(volume(FASTMAP, 0, sequence=7), b"map"), block(volume(FASTMAP_DATA, 1, sequence=7)))
    write("tail", "Erased bytes behind the last eraseblock", table(), b"\xff" * 512)
    write("pages", "Headers in pages of their own", b"".join(
        (erase(header=512, data=1024).ljust(512, b"\xff") + volume(TABLE, i, sequence=0)
         .ljust(512, b"\0") + record(b"v", 1) + record() * 4).ljust(BLOCK, b"\xff") for i in (0, 1)))


def bad():
    write("bad-signature", "No header", b"abcd" * 32)
    write("bad-offsets", "The data stands before the header", block(first=erase(header=200)))
    write("bad-header-crc", "A first header with a wrong CRC, and none", table(),
          block(first=erase(bad=1)), b"junk" * (BLOCK // 4), block())
    write("bad-volume-header", "A second header with a wrong CRC, and none", table(),
          block(volume(0, 0, bad=1)), block(b"junk" * 16))
    write("bad-version", "Other versions, other offsets", table(),
          block(first=erase(version=2)), block(first=erase(data=192)), dynamic(0, 0, b"", version=9))
    write("bad-table", "One copy is broken", table(record(b"v", 1, bad=1), second=record(b"v", 1)
                                                   + record() * 10))
    write("no-table", "Both are", table(record(b"v", 1, bad=1)), dynamic(0, 0, b"data"))
    write("two-tables", "Both are sound, but not the same",
          table(record(b"v", 1), second=record(b"w", 1) + record() * 10))
    write("bad-data-crc", "Static data with a wrong CRC", table(record(b"v", 1, STATIC)),
          static(0, 0, TEXT, 1, bad_data=1))
    write("bad-static", "An eraseblock is missing, and another number is stated",
          table(record(b"v", 4, STATIC)), static(0, 1, TEXT, 4))
    write("outside", "An eraseblock behind the volume's end", table(record(b"v", 1)),
          dynamic(0, 0, b"first"), dynamic(0, 7, b"outside"))
    write("unnamed", "Volumes that the table does not name", table(), dynamic(3, 0, b"three"),
          dynamic(500, 0, b"many"))
    write("bad-name", "A name longer than its field", table(record(b"v", 1, length=500)))
    write("truncated", "The last eraseblock is cut", table(), block(b"x" * 64)[:700])


if __name__ == "__main__":
    good()
    bad()
