#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Inputs of the golden cases of ubifs: eraseblocks of 4,096 bytes, mostly erased.

The blocks: superblock, two of the master, the log, the properties of eraseblocks, orphans, then the main area.
"""
import struct
import zlib

import cases

LEB = 4096
INO, DATA, DENT, XENT, TRUN, PAD, SB, MST, REF, IDX, CS, ORPH = range(12)
DIR, REG, LINK, BLK, CHR, FIFO, SOCK = 1, 0, 2, 3, 4, 5, 6
TEXT = b"the words of a file that repeat, that repeat, that repeat themselves"
# An LZO stream of 20 bytes without a match: their number and 17, then the end.
LZO = bytes([17 + 20]) + TEXT[:20] + b"\x11\0\0"
# One zstd frame with one raw block.
ZSTD = bytes.fromhex("28b52ffd2014a10000") + TEXT[:20]


def crc(data):
    return zlib.crc32(data) ^ 0xffffffff


class Image:
    def __init__(self):
        self.sequence = 0
        self.area = b""   # the nodes of the committed main area
        self.leaves = []  # branches to them
        self.last = None

    def node(self, kind, body, length=None, bad=0):
        self.sequence += 1
        tail = struct.pack("<QIBBxx", self.sequence, 24 + len(body) if length is None else length, kind,
                           0) + body
        return struct.pack("<II", 0x06101831, crc(tail) ^ bad) + tail

    def inode(self, ino, mode, size=0, data=b"", nlink=1, length=None):
        return self.node(INO, struct.pack("<QQQQ", ino, 0, 0, 0)[:16] + struct.pack(
            "<QQQQQIIIIIIIIIII4xIH26x", 1, size, 5, 6, 1000000, 0, 0, 0, nlink, 7, 8, mode, 0,
            len(data) if length is None else length, 0, 0, 0, 1) + data)

    def entry(self, folder, ino, name, kind, node=DENT, length=None):
        return self.node(node, struct.pack("<II8xQxBHI", folder, node << 29 | crc(name) >> 3, ino, kind,
                                           len(name) if length is None else length, 0) + name + b"\0")

    def data(self, ino, block, data, how=0, size=None):
        return self.node(DATA, struct.pack("<II8xIHH", ino, DATA << 29 | block,
                                           len(data) if size is None else size, how, len(data)) + data)

    def put(self, node, leaf=True):
        if leaf:
            self.leaves.append((6, len(self.area), len(node), node[24:32]))
        self.area += node + b"\xff" * (-len(node) % 8)
        return self

    def file(self, ino, name, data=b"", how=0, size=None, folder=1, kind=REG, mode=0o100644, inline=b"",
             total=None):
        size = len(data) if size is None else size
        self.put(self.inode(ino, mode, size if total is None else total, inline))
        self.put(self.entry(folder, ino, name, kind))
        return self.put(self.data(ino, 0, data, how, size)) if data else self

    def index(self, leaves, level=0, count=None):
        body = struct.pack("<HH", len(leaves) if count is None else count, level)
        body += b"".join(struct.pack("<III", *leaf[:3]) + leaf[3] for leaf in leaves)
        return self.node(IDX, body)

    def super(self, leb=LEB, flags=0, bad=0):
        return self.node(SB, struct.pack(
            "<2xBBIIIIIQIIIIIIIH2xIIQI16sI", 0, 0, flags, 8, leb, 8, 16, 65536, 1, 1, 1, 1, 8, 1, 4, 1,
            0, 0, 0, 1000000000, b"0123456789abcdef", 0).ljust(4096 - 24, b"\0"), bad=bad)

    def master(self, root, bad=0):
        return self.node(MST, struct.pack("<QQIIIII", 99, 5, 2, 3, *root).ljust(512 - 24, b"\0"), bad=bad)

    def done(self, journal=(), root=None, master=0, split=True, behind=b"", superblock=None, log=None):
        """`journal`: nodes after the commit."""
        half = len(self.leaves) // 2
        if root is None:
            parts = [self.leaves[:half], self.leaves[half:]] if split and half else [self.leaves]
            roots = []
            for part in parts:
                node = self.index(part)
                roots.append((6, len(self.area), len(node), part[0][3]))
                self.put(node, leaf=False)
            if len(roots) > 1:
                node = self.index(roots, level=1)
                roots = [(6, len(self.area), len(node), roots[0][3])]
                self.put(node, leaf=False)
            root = roots[0][:3]
        else:
            self.sequence += 1
        commit = self.node(CS, struct.pack("<Q", 5))
        bud = self.node(REF, struct.pack("<III28x", 7, 0, 1))
        later = b"".join(n + b"\xff" * (-len(n) % 8) for n in journal)
        blocks = [self.super() if superblock is None else superblock, self.master(root, master),
                  self.master(root, master), (commit + bud) if log is None else log, b"properties",
                  self.node(ORPH, struct.pack("<QQ", 5, 77)), self.area, later + behind]
        assert len(self.area) <= LEB
        image = b"".join(b.ljust(LEB, b"\xff") for b in blocks[:-1]) + blocks[-1]
        return image if blocks[-1] else image.rstrip(b"\xff") + b"\xff" * 8


def write(case, image):
    cases.write("ubifs", case, image, text=True)


def rooted():
    return Image().put(Image.inode(Image(), 1, 0o40755))


def deflated(data):
    c = zlib.compressobj(9, zlib.DEFLATED, -15)
    return c.compress(data) + c.flush()


def good():
    write("minimal", rooted().done())
    image = bytearray(rooted().done())
    image[5 * LEB - 100:5 * LEB - 94] = b"hidden"
    write("hidden", bytes(image))
    i = rooted()
    i.file(2, b"stored", TEXT).file(3, b"tool", deflated(TEXT), 2, len(TEXT), mode=0o104755)
    i.file(4, b"lzo", LZO, 1, 20).file(5, b"zstd", ZSTD, 3, 20).file(6, b"empty")
    i.file(7, b"link", kind=LINK, mode=0o120777, inline=b"stored")
    i.file(8, b"null", kind=CHR, mode=0o20666, inline=struct.pack("<I", 0x103))
    i.file(9, b"disk", kind=BLK, mode=0o60660, inline=struct.pack("<Q", 0x12300845))
    i.file(10, b"folder", kind=DIR, mode=0o40700).file(11, b"inside", b"#!/bin/sh\n", folder=10)
    i.put(i.entry(1, 3, b"other name of tool", REG))
    i.put(i.inode(12, 0o100644, 0, b"value")).put(i.entry(10, 12, b"user.key", REG, XENT))
    write("full", i.done())
    i = rooted().file(2, b"holes", TEXT, total=10000)
    i.put(i.data(2, 2, b"end"))
    write("holes", i.done())
    i = rooted().file(2, b"old", b"old content").file(3, b"removed", b"gone").file(4, b"cut", TEXT)
    i.put(i.data(4, 1, TEXT))
    journal = [i.inode(2, 0o100600, 3), i.data(2, 0, b"new"), i.entry(1, 0, b"removed", REG),
               i.inode(3, 0o100644, 0, nlink=0), i.inode(5, 0o100644, 4), i.entry(1, 5, b"added", REG),
               i.data(5, 0, b"text"), i.node(TRUN, struct.pack("<I12xQQ", 4, 5000, 10)),
               i.inode(4, 0o100644, 5000), i.data(4, 0, TEXT[:10]),
               i.node(PAD, struct.pack("<I", 12)) + b"\xff" * 12, b"\xce" * 8]
    write("journal", i.done(journal))
    i = rooted().file(2, b"f", b"text")
    i.put(i.inode(2, 0o100644, 99), leaf=False)
    write("deleted", i.done())


def bad():
    write("bad-signature", rooted().done()[8:])
    write("bad-crc", rooted().done(superblock=Image().super(bad=1)))
    write("bad-block-size", rooted().done(superblock=Image().super(leb=1000)))
    write("signed", rooted().done(superblock=Image().super(flags=1 << 5)))
    write("no-master", rooted().file(2, b"f", b"text").done(master=1))
    write("bad-root", rooted().file(2, b"f", b"text").done(root=(6, 8, 20)))
    i = rooted()
    i.leaves.append((6, 4000, 160, b"12345678"))
    write("bad-branch", i.done())
    i = rooted()
    node = i.index(i.leaves, count=500)
    at = len(i.area)
    i.put(node, leaf=False)
    write("bad-count", i.done(root=(6, at, len(node))))
    i = rooted()
    at = len(i.area)
    node = i.index([(6, at, 48, b"12345678")], level=1)
    i.put(node, leaf=False)
    write("index-loop", i.done(root=(6, at, len(node))))
    i = rooted().file(2, b"a", b"text", how=2, size=9).file(3, b"b", b"text", how=7)
    i.file(4, b"c", b"text", size=5000)
    write("corrupt", i.done())
    i = rooted().put(i.entry(1, 9, b"missing", REG)).file(2, b"wrong", b"text", kind=DIR)
    i.put(i.entry(1, 1, b"loop", DIR)).put(i.entry(1, 2, b"..", REG)).put(i.entry(2, 9, b"user.x", 0, XENT))
    i.put(i.inode(3, 0o100644, 0, nlink=0)).put(i.entry(1, 3, b"unlinked", REG))
    i.file(5, b"device", kind=CHR, mode=0o20600, inline=b"abc")
    write("bad-entries", i.done())
    i = rooted().put(i.inode(2, 0o100644, length=900)).put(i.entry(1, 2, b"a", REG, length=900))
    i.put(i.node(DATA, b"12345678")).put(i.node(INO, b"")).put(i.node(DENT, b"x"))
    write("bad-lengths", i.done([i.node(TRUN, b"12345678"), i.node(PAD, struct.pack("<I", 9000))]))
    i = rooted()
    broken = bytearray(i.inode(2, 0o100644))
    broken[5] ^= 1
    write("bad-node-crc", i.done([bytes(broken)], behind=b"garbage behind"))
    write("truncated", rooted().done()[:LEB * 4 - 100])
    write("no-root", Image().put(Image().inode(2, 0o100644)).done())


if __name__ == "__main__":
    good()
    bad()
