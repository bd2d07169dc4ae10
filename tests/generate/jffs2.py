#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Inputs of the golden cases of jffs2: nodes one behind the other."""
import lzma
import struct
import zlib

import cases

TEXT = b"the words of a file that repeat, that repeat, that repeat themselves"
# "aaaab": a byte and how many bytes to repeat from behind the last one like it.
RTIME = b"a\0a\2b\0"
# An LZO stream of 20 bytes without a match: their number and 17, then the end.
LZO = bytes([17 + 20]) + TEXT[:20] + b"\x11\0\0"


def crc(data):
    return zlib.crc32(data, 0xffffffff) ^ 0xffffffff


class Log:
    def __init__(self, big=False):
        self.order = ">" if big else "<"
        self.bytes = b""

    def pack(self, what, *values):
        return struct.pack(self.order + what, *values)

    def node(self, kind, body, length=None, good=True, keep=None, magic=0x1985):
        """`keep`: what the type is made once the CRC was taken."""
        length = 12 + len(body) if length is None else length
        head = self.pack("HHI", magic, kind, length)
        sum_of = crc(head) ^ (0 if good else 1)
        if keep is not None:
            head = self.pack("HHI", magic, keep, length)
        data = head + self.pack("I", sum_of) + body
        self.bytes += data + b"\xff" * (-len(data) % 4)
        return self

    def name(self, folder, version, ino, name, kind=8, bad=0, size=None, **more):
        head = self.pack("HHIIIIIIBB2x", 0x1985, 0xe001, 40 + len(name), 0, folder, version, ino,
                         1000000, len(name) if size is None else size, kind)
        head = head[:8] + self.pack("I", crc(head[:8])) + head[12:]
        body = head[12:] + self.pack("II", crc(head) ^ (bad & 1), crc(name) ^ (bad >> 1)) + name
        return self.node(0xe001, body, **more)

    def inode(self, ino, version, data=b"", mode=0o100644, size=None, offset=0, how=0, length=None,
              bad=0, packed=None, **more):
        length = len(data) if length is None else length
        size = offset + length if size is None else size
        head = self.pack("HHIIIIIHHIIIIIIIBBH", 0x1985, 0xe002, 68 + len(data), 0, ino, version,
                         mode, 7, 8, size, 1, 1000000, 2, offset,
                         len(data) if packed is None else packed, length, how, 0, 0)
        head = head[:8] + self.pack("I", crc(head[:8])) + head[12:]
        body = head[12:] + self.pack("II", crc(data) ^ (bad >> 1), crc(head) ^ (bad & 1)) + data
        return self.node(0xe002, body, **more)

    def file(self, ino, name, data, folder=1, kind=8, **more):
        return self.name(folder, ino, ino, name, kind).inode(ino, 1, data, **more)

    def marker(self):
        return self.node(0x2003, b"")

    def xattr(self, number, version, prefix, name, value, bad=0, **more):
        data = name + b"\0" + value
        head = self.pack("HHIIIIBBHI", 0x1985, 0xe008, 32 + len(data), 0, number, version, prefix,
                         len(name), len(value), crc(data) ^ (bad >> 1))
        head = head[:8] + self.pack("I", crc(head[:8])) + head[12:]
        return self.node(0xe008, head[12:] + self.pack("I", crc(head) ^ (bad & 1)) + data, **more)

    def reference(self, ino, number, sequence, bad=0, **more):
        head = self.pack("HHIIIII", 0x1985, 0xe009, 28, 0, ino, number, sequence)
        head = head[:8] + self.pack("I", crc(head[:8])) + head[12:]
        return self.node(0xe009, head[12:] + self.pack("I", crc(head) ^ bad), **more)

    def summary(self, entries, bad=0, **more):
        head = self.pack("HHIIIIII", 0x1985, 0x2006, 32 + len(entries), 0, 1, 0, 0,
                         crc(entries) ^ (bad >> 1))
        head = head[:8] + self.pack("I", crc(head[:8])) + head[12:]
        return self.node(0x2006, head[12:] + self.pack("I", crc(head[:24]) ^ (bad & 1)) + entries,
                         **more)

    def raw(self, data):
        self.bytes += data
        return self


def write(case, says, log):
    cases.write("jffs2", case, log.bytes, says=says)


def everything(big):
    log = Log(big).marker().inode(1, 1, mode=0o40755)
    log.file(2, b"stored", TEXT).file(3, b"tool", zlib.compress(TEXT), how=6, length=len(TEXT),
                                      mode=0o104755)
    log.file(4, b"rtime", RTIME, how=2, length=5).file(5, b"lzo", LZO, how=7, length=20)
    log.file(6, b"zeros", b"", how=1, length=100)
    raw = lzma.compress(TEXT, lzma.FORMAT_RAW, filters=[
        {"id": lzma.FILTER_LZMA1, "lc": 0, "lp": 0, "pb": 0, "dict_size": 8192}])
    log.file(7, b"lzma", raw, how=8, length=len(TEXT))
    log.file(8, b"link", b"stored", kind=10, mode=0o120777)
    log.file(9, b"null", log.pack("H", 0x103), kind=2, mode=0o20666)
    log.file(10, b"disk", log.pack("I", 0x12300845), kind=6, mode=0o60660)
    log.file(11, b"pipe", b"", kind=1, mode=0o10600).file(12, b"socket", b"", kind=12, mode=0o140755)
    log.file(13, b"folder", b"", kind=4, mode=0o40700).file(14, b"inside", b"#!/bin/sh\n", folder=13)
    log.name(1, 90, 3, b"other name of tool").name(1, 91, 2, b"other name of stored")
    log.xattr(1, 1, 1, b"key", b"value").xattr(2, 1, 2, b"selinux", b"x" * 5000)
    log.xattr(3, 1, 3, b"", b"acl").reference(2, 1, 2).reference(2, 2, 2).reference(13, 3, 2)
    log.node(0x2004, b"\xff" * 20).summary(b"entries of a summary")
    return log.raw(b"\xff" * 64)


def good():
    write("minimal", "A marker of an erased block", Log().marker())
    write("full", "Files of all types, all compressions, attributes", everything(False))
    write("big-endian", "The same with the most significant byte first", everything(True))
    write("erased-first", "A block that was never written before the first node",
          Log().raw(b"\xff" * 256).file(2, b"f", b"text"))
    log = Log().name(1, 1, 2, b"f").inode(2, 1, b"a" * 40).inode(2, 3, b"ccc", offset=10, size=40)
    log.inode(2, 2, b"bbbbbbbbb", offset=8, size=40).inode(2, 4, b"dd", offset=50, size=52)
    write("pieces", "Pieces that lie over one another, and a hole", log)
    log = Log().name(1, 1, 2, b"f").inode(2, 1, b"0123456789").inode(2, 2, size=4)
    log.inode(2, 3, how=1, offset=4, length=4)
    write("shortened", "Made shorter, then longer again", log)
    log = Log().file(2, b"gone", b"old").file(3, b"old name", b"text")
    log.name(1, 10, 0, b"gone", 8).name(1, 11, 0, b"old name", 8).name(1, 12, 3, b"new name")
    write("deleted", "A name that was removed, and one that was replaced", log)
    log = Log().name(1, 1, 2, b"f", keep=0xc001).inode(2, 1, b"obsolete", keep=0xc002)
    write("obsolete", "Nodes that were marked as obsolete", log.file(3, b"g", b"text"))
    log = Log().file(2, b"f", b"text").xattr(1, 1, 5, b"k", b"old").xattr(1, 2, 5, b"k", b"new")
    log.reference(2, 1, 2).xattr(2, 1, 1, b"gone", b"v").reference(2, 2, 2).reference(2, 2, 5)
    write("attributes", "An attribute that was replaced and one that was removed", log)
    write("between", "Bytes between nodes", Log().file(2, b"f", b"text").raw(
        b"\0" * 16).marker().raw(b"what is this" + b"\xff" * 20).marker())


def bad():
    write("bad-signature", "No node", Log().raw(b"what is this?"))
    write("bad-header-crc", "A header with a wrong CRC", Log().marker().node(0x2003, b"", good=False))
    write("bad-length", "A node shorter than its header", Log().marker().node(0x2003, b"", length=8))
    write("truncated", "A node longer than the input", Log().marker().node(0x2003, b"", length=80))
    write("unknown-node", "A node of a type that is not known", Log().node(0xe123, b"what?"))
    log = Log().name(1, 1, 2, b"a", bad=1).name(1, 1, 2, b"b", bad=2).inode(2, 1, b"x", bad=1)
    log.inode(2, 2, b"x", bad=2).xattr(1, 1, 1, b"k", b"v", bad=1).xattr(1, 1, 1, b"k", b"v", bad=2)
    write("bad-crc", "Every CRC once wrong", log.reference(1, 1, 2, bad=1).summary(b"x", 1)
          .summary(b"x", 2))
    log = Log().name(1, 1, 2, b"a", size=9).inode(2, 1, b"x", packed=99)
    log.xattr(1, 1, 1, b"k", b"v" * 300, length=60)
    for kind in (0xe001, 0xe002, 0xe008, 0xe009, 0x2006):
        log.node(kind, b"abcd")
    write("bad-lengths", "Names and pieces that leave their nodes, nodes too short for their type", log)
    write("missing", "A name without an inode", Log().name(1, 1, 2, b"f"))
    write("wrong-type", "A name that states another type", Log().file(2, b"f", b"text", kind=4))
    write("bad-name", "A name that is two dots", Log().file(2, b"..", b"text"))
    log = Log().inode(2, 1, mode=0o40755).name(1, 1, 2, b"a", 4).name(2, 1, 2, b"b", 4)
    write("loop", "A folder in itself", log)
    log = Log().file(2, b"a", b"text", how=6, length=4).file(3, b"b", b"text", how=5, length=4)
    log.file(4, b"c", b"text", length=9).file(5, b"d", b"a\0a\xff", how=2, length=4)
    write("corrupt", "Pieces that cannot be decompressed, one way that nobody uses", log)
    write("rubin", "Pieces in the two compressions that are not read",
          Log().file(2, b"f", b"packed", how=3, length=9).file(3, b"g", b"packed", how=5, length=9))
    write("large-piece", "A piece larger than any that is written",
          Log().file(2, b"f", zlib.compress(b"x" * 2000000), how=6, length=2000000))
    write("bad-offset", "A piece behind 4 GiB",
          Log().name(1, 1, 2, b"f").inode(2, 1, b"text", offset=0xffffffff, size=4))
    write("bad-device", "A device without a number", Log().file(2, b"d", b"abc", kind=2, mode=0o20600))
    log = Log().file(2, b"f", b"text").reference(2, 9, 2).xattr(1, 1, 9, b"k", b"v")
    write("bad-attributes", "An attribute that is not there, one of an unknown kind",
          log.reference(2, 1, 2))


if __name__ == "__main__":
    good()
    bad()
