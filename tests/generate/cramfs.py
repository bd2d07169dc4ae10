#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Inputs of the golden cases of cramfs."""
import struct
import zlib

import cases

PAGE = 4096
STORED, DIRECT = 1 << 31, 1 << 30


def inode(big, mode, size=0, name=b"", offset=0, uid=0, gid=0):
    length = (len(name) + 3) // 4
    if big:
        words = (mode << 16 | uid, size << 8 | gid, length << 26 | offset // 4)
    else:
        words = (uid << 16 | mode, gid << 24 | size, offset // 4 << 6 | length)
    return struct.pack(">III" if big else "<III", *words) + name.ljust(length * 4, b"\0")


class Image:
    """Files are placed first, so that folders can name their places."""

    def __init__(self, big=False, start=0, flags=0x403):
        self.big, self.start, self.flags = big, start, flags
        self.body = bytearray(start + 76)
        self.root = inode(big, 0o40755)

    def word(self, value):
        return struct.pack(">I" if self.big else "<I", value)

    def place(self, data):
        at = len(self.body)
        self.body += data + b"\0" * (-len(data) % 4)
        return at

    def blocks(self, data, hole=(), garbage=b""):
        pages = [data[i:i + PAGE] for i in range(0, len(data), PAGE)]
        packed = [b"" if n in hole else zlib.compress(p, 9) + garbage for n, p in enumerate(pages)]
        end = len(self.body) + 4 * len(pages)
        table = b""
        for block in packed:
            end += len(block)
            table += self.word(end)
        return self.place(table + b"".join(packed))

    def file(self, name, data, mode=0o100644, **more):
        return inode(self.big, mode, len(data), name, self.blocks(data, **more), 1, 2)

    def at(self, name, mode, size=0, offset=0):
        return inode(self.big, mode, size, name, offset)

    def folder(self, name, *entries):
        data = b"".join(entries)
        return inode(self.big, 0o40755, len(data), name, self.place(data) if data else 0)

    def done(self, *entries, pad=16, crc=None, size=None, magic=None):
        self.root = self.folder(b"", *entries)
        image = self.body + b"\0" * pad
        s = self.start
        image[s:s + 76] = ((self.word(0x28cd3d45) if magic is None else magic) +
                           self.word(len(image) if size is None else size) +
                           self.word(self.flags) + self.word(0) + b"Compressed ROMFS" +
                           self.word(0) + self.word(7) + self.word(3) + self.word(4) +
                           b"test".ljust(16, b"\0") + self.root)
        image[s + 32:s + 36] = self.word(zlib.crc32(bytes(image[s:])) if crc is None else crc)
        return bytes(image)


def write(case, says, data):
    cases.write("cramfs", case, data, says=says)


def everything(i):
    text = bytes(range(64)) * 70
    return [i.file(b"block", text), i.at(b"disk", 0o60660, 8 << 8 | 17),
            i.folder(b"folder", i.folder(b"empty"), i.file(b"tool", b"\x7fELF tool", 0o104755)),
            i.file(b"hole", b"\0" * PAGE + b"end", hole=(0,)), i.file(b"link", b"folder/tool", 0o120777),
            i.at(b"none", 0o100600), i.at(b"null", 0o20666, 1 << 8 | 3), i.at(b"pipe", 0o10600)]


def good():
    write("minimal", "No file", Image().done())
    i = Image()
    write("full", "Files of all types, a hole, a folder in a folder", i.done(*everything(i)))
    i = Image(big=True)
    write("big-endian", "The same with the most significant byte first", i.done(*everything(i)))
    i = Image(start=512)
    write("boot-loader", "512 bytes of zeros before the superblock", i.done(i.file(b"f", b"text")))
    i = Image(start=512)
    image = bytearray(i.done(i.file(b"f", b"text")))
    image[8:18] = b"boot code!"
    write("boot-code", "Bytes before the superblock", bytes(image))
    i = Image(flags=0x400)
    write("first-version", "Without CRC and with a length that means nothing",
          i.done(i.file(b"f", b"text"), size=65536, crc=0))
    i = Image()
    write("behind", "Bytes behind the end", i.done(i.file(b"f", b"text")) + b"\xff" * 16 + b"what?")
    i = Image(flags=0xc03)
    page = bytes(range(256)) * 16
    raw = i.place(page)
    packed = zlib.compress(page)
    near = i.place(struct.pack("<H", len(packed)) + packed)
    last = i.place(b"tail" * 5)
    table = i.place(b"".join(map(i.word, [STORED | DIRECT | raw >> 2, DIRECT | near >> 2,
                                          STORED | DIRECT | last >> 2])))
    write("direct", "Extended block pointers: stored, packed, stored",
          i.done(i.at(b"direct", 0o100644, 2 * PAGE + 20, table)))
    i = Image(flags=0xc03)
    near = i.place(struct.pack("<H", len(packed)) + packed + b"rest")
    table = i.place(i.word(DIRECT | near >> 2) + i.word(STORED | near + 2 + len(packed) + 4))
    write("after-direct", "A block that begins where one that is pointed at ends",
          i.done(i.at(b"f", 0o100644, PAGE + 4, table)))


def bad():
    write("bad-signature", "No magic number", Image().done(magic=b"abcd"))
    i = Image()
    write("bad-crc", "A wrong CRC", i.done(i.file(b"f", b"text"), crc=1))
    write("bad-size", "Shorter than its superblock", Image().done(size=20))
    i = Image()
    write("truncated", "Longer than the input", i.done(i.file(b"f", b"text"), size=4096))
    i = Image()
    i.folder = lambda name, *e: inode(False, 0o40755, 64, name, 4000)
    write("bad-folder", "The listing stands outside", i.done())
    i = Image()
    i.folder = lambda name, *e: inode(False, 0o40755, 12, name, i.place(b"".join(e)))
    write("bad-name-length", "A name that leaves its listing", i.done(i.file(b"name", b"")))
    i = Image()
    at = len(i.body)
    loop = i.at(b"self", 0o40755, 16, at)
    write("loop", "A folder that is in itself", i.done(loop))
    i = Image()
    write("bad-name", "A name with a slash", i.done(i.file(b"a/b", b"text")))
    i = Image()
    write("duplicate", "One name twice", i.done(i.file(b"a", b"x"), i.file(b"a", b"y")))
    i = Image()
    write("bad-order", "Names in the wrong order", i.done(i.file(b"b", b"x"), i.file(b"a", b"y")))
    i = Image()
    write("bad-type", "A mode without a type", i.done(i.at(b"f", 0o644)))
    i = Image()
    write("bad-offset", "A file outside", i.done(i.at(b"f", 0o100644, 9, 1 << 20)))
    i = Image()
    table = i.place(i.word(9))
    write("bad-pointer", "A block that ends before it begins",
          i.done(i.at(b"f", 0o100644, 9, table), i.at(b"l", 0o120777, 9, table)))
    i = Image()
    at = i.blocks(b"text")
    i.body[at + 8] ^= 0xff
    write("corrupt", "A block that cannot be decompressed",
          i.done(i.at(b"f", 0o100644, 4, at), i.at(b"l", 0o120777, 4, at)))
    i = Image()
    write("trailing", "A block with bytes behind its stream",
          i.done(i.file(b"f", b"text", garbage=b"more")))
    i = Image()
    write("short-block", "A block of fewer bytes than the file has",
          i.done(i.at(b"f", 0o100644, 9, i.blocks(b"text"))))
    i = Image()
    at = i.place(i.word(STORED | DIRECT | 19) + i.word(STORED | 200))
    write("short-stored", "A stored block of another length",
          i.done(i.at(b"f", 0o100644, 5000, at)))
    i = Image()
    write("bad-link", "Links without and with too long a target",
          i.done(i.at(b"a", 0o120777, 0, 76), i.at(b"b", 0o120777, 5000, 76)))
    i = Image(flags=3)
    write("bad-root-offset", "The root's listing is not behind it", i.done(i.file(b"f", b"text")))
    i = Image()
    i.folder = lambda name, *e: inode(False, 0o100755, 0, name, 80)
    write("bad-root", "The root is no folder", i.done())


if __name__ == "__main__":
    good()
    bad()
