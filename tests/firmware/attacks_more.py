# SPDX-License-Identifier: Apache-2.0
"""Archives, file systems and trees that are small and ask for very much."""
import gzip
import hashlib
import io
import struct
import zlib


K = 1 << 10
M = 1 << 20
NONE = 0xffffffffffffffff


def raw_deflate(data):
    z = zlib.compressobj(9, zlib.DEFLATED, -15)
    return z.compress(data) + z.flush()


# --- Partition tables in an event log

def gpt_event(count, entries):
    """A partition table as an event; `count` is what it states, `entries` the bytes."""
    header = struct.pack("<8sIIIIQQQQ16sQIIII", b"EFI PART", 0x10000, 92, 1, 0, 1, 99, 34, 90,
                         bytes(range(16)), 2, 0xffffffff, 128, 2, 0)[:92]
    return header + struct.pack("<Q", count) + entries


def event_log(events):
    """A log of TCG 1.2: EV_S_CRTM_VERSION in PCR 0, then EV_EFI_GPT_EVENT in PCR 5."""
    return struct.pack("<II20sI", 0, 8, hashlib.sha1(b"v").digest(), 1) + b"v" + b"".join(struct.pack("<II20sI", 5, 0x80000006, hashlib.sha1(e).digest(), len(e)) + e
                    for e in events)


def gpt_counts():
    """Tables that state 2**64 - 1 partitions and have none."""
    return event_log([gpt_event(NONE, b"")] * 20000)


def gpt_entries(count):
    one = bytes(range(16)) + bytes(range(16, 32)) + struct.pack("<QQQ", 34, 40, 0) + "data".encode("utf-16-le")
    return event_log([gpt_event(count, one.ljust(128, b"\0") * count)])


# --- Cabinets

def cabinet(folders, files, blocks):
    """`folders`: (first block, number of blocks), `files`: (name, length, offset, folder)."""
    head = 36 + 8 * len(folders)
    names = b"".join(struct.pack("<IIHHHH", length, at, folder, 0x5a21, 0, 0x20) + name + b"\0"
                     for name, length, at, folder in files)
    starts = []
    data = b""
    for packed, length in blocks:
        starts.append(head + len(names) + len(data))
        data += struct.pack("<IHH", 0, len(packed), length) + packed
    rows = b"".join(struct.pack("<IHH", starts[first], count, 1) for first, count in folders)
    size = head + len(names) + len(data)
    return struct.pack("<4sIIIIIBBHHHHH", b"MSCF", 0, size, 0, head, 0, 3, 1, len(folders), len(files),
                       0, 1, 0) + rows + names + data


def cabinet_bomb():
    """64 folders that are the same 1,000 blocks: 2 GB, and as many files of all of each."""
    block = (b"CK" + raw_deflate(bytes(32 * K)), 32 * K)
    files = [(b"f%d" % i, 1000 * 32 * K, 0, i % 64) for i in range(640)]
    return cabinet([(0, 1000)] * 64, files, [block] * 1000)


def cabinet_files(count):
    """Files that all are the whole of one folder."""
    block = (b"CK" + raw_deflate(bytes(32 * K)), 32 * K)
    return cabinet([(0, 500)], [(b"%d" % i, 500 * 32 * K, 0, 0) for i in range(count)], [block] * 500)


def cabinet_nested(depth):
    """A stored cabinet in a cabinet …"""
    out = b"innermost"
    for _ in range(depth):
        pieces = [out[i:i + 32 * K] for i in range(0, len(out), 32 * K)]
        blocks = [(b"CK" + b"\1" + struct.pack("<HH", len(p) & 0xffff, ~len(p) & 0xffff) + p, len(p))
                  for p in pieces]
        out = cabinet([(0, len(blocks))], [(b"x.cab", len(out), 0, 0)], blocks)
    return out


# --- squashfs

def metadata(data):
    """Blocks of a table, and where in them each 8 KiB begins."""
    out = b""
    starts = []
    for at in range(0, max(len(data), 1), 8 * K):
        piece = data[at:at + 8 * K]
        packed = zlib.compress(piece, 9)
        starts.append(len(out))
        out += struct.pack("<H", len(packed)) + packed if len(packed) < len(piece) else \
            struct.pack("<H", 0x8000 | len(piece)) + piece
    return out, starts


class Squash:
    """Tables that may refer to anything. The data come first."""

    def __init__(self, data=b"", block=M):
        self.data = data
        self.block = block
        self.inodes = b""
        self.folders = b""
        self.fragments = []
        self.count = 0

    def inode(self, kind, body, mode=0o644):
        at = len(self.inodes)
        self.count += 1
        self.inodes += struct.pack("<HHHHII", kind, mode, 0, 0, 0, self.count) + body
        return at

    def file(self, size, start, blocks, fragment=0xffffffff, offset=0):
        body = struct.pack("<QQQIIII", start, size, 0, 1, fragment, offset, 0xffffffff)
        return self.inode(9, body + struct.pack(f"<{len(blocks)}I", *blocks))

    def folder(self, entries, size=None):
        """Entries (name, place of the inode, type), of at most 256 a header."""
        at = len(self.folders)
        starts = metadata(self.inodes + bytes(64))[1]
        for first in range(0, len(entries), 256):
            group = entries[first:first + 256]
            block = group[0][1] // (8 * K)
            self.folders += struct.pack("<III", len(group) - 1, starts[block], 1)
            for name, place, kind in group:
                self.folders += struct.pack("<HhHH", place - block * 8 * K, 0, kind, len(name) - 1) + name
        length = len(self.folders) - at + 3 if size is None else size
        start = metadata(self.folders)[1][at // (8 * K)]
        body = struct.pack("<IIIIHHI", 2, length, start, 1, 0, at % (8 * K), 0xffffffff)
        return self.inode(8, body, 0o755)

    def build(self, root):
        inodes, starts = metadata(self.inodes)
        folders, _ = metadata(self.folders)
        rows, rows_at = metadata(b"".join(struct.pack("<QII", *f, 0) for f in self.fragments))
        ids, _ = metadata(struct.pack("<I", 0))
        out = bytes(96) + self.data
        inode_at = len(out)
        folder_at = inode_at + len(inodes)
        at = folder_at + len(folders)
        tables = inodes + folders
        fragment_at = NONE
        if self.fragments:
            fragment_at = at + len(rows)
            tables += rows + b"".join(struct.pack("<Q", at + n) for n in rows_at)
            at = fragment_at + 8 * len(rows_at)
        id_at = at + len(ids)
        out += tables + ids + struct.pack("<Q", at)
        reference = starts[root // (8 * K)] << 16 | root % (8 * K)
        head = struct.pack("<4sIIIIHHHHHHQQQQQQQQ", b"hsqs", self.count, 0, self.block,
                           len(self.fragments), 1, self.block.bit_length() - 1, 0, 1, 4, 0, reference,
                           len(out), id_at, NONE, inode_at, folder_at, fragment_at, NONE)
        return head + out[96:]


def listed(fs, files):
    """A root that holds these inodes, 256 of a block of the table at most."""
    groups = {}
    for i, place in enumerate(files):
        groups.setdefault(place // (8 * K), []).append((b"f%06d" % i, place, 2))
    at = len(fs.folders)
    starts = metadata(fs.inodes + bytes(64))[1]
    for block, entries in groups.items():
        for first in range(0, len(entries), 256):
            group = entries[first:first + 256]
            fs.folders += struct.pack("<III", len(group) - 1, starts[block], 1)
            for name, place, kind in group:
                fs.folders += struct.pack("<HhHH", place - block * 8 * K, 0, kind, len(name) - 1) + name
    body = struct.pack("<IIIIHHI", 2, len(fs.folders) - at + 3, 0, 1, 0, at, 0xffffffff)
    return fs.build(fs.inode(8, body, 0o755))


def squash_shared_block(count):
    """Files that are all one block, which a kilobyte unpacks to a megabyte."""
    packed = zlib.compress(bytes(M), 9)
    fs = Squash(packed)
    return listed(fs, [fs.file(64 * M, 96, [len(packed)] + [0] * 63) for _ in range(count)])


def squash_holes():
    """A file of a terabyte that is one hole: 4 MB of zeros in the table of inodes."""
    fs = Squash()
    return listed(fs, [fs.file(1 << 40, 0, [0] * (1 << 20))])


def squash_fragments(count):
    """Files that end in one of two fragments in turn."""
    one, other = (zlib.compress(bytes([n]) * M, 9) for n in (1, 2))
    fs = Squash(one + other)
    fs.fragments = [(96, len(one)), (96 + len(one), len(other))]
    return listed(fs, [fs.file(M - 1, 0, [], fragment=i % 2) for i in range(count)])


def squash_loop(count):
    """A root whose entries are all the root itself."""
    fs = Squash()
    return fs.build(fs.folder([(b"loop%06d" % i, 0, 1) for i in range(count)]))


def squash_chain(count):
    """A folder in a folder …"""
    fs = Squash()
    place = fs.folder([])
    for _ in range(count):
        place = fs.folder([(b"d", place, 1)])
    return fs.build(place)


# --- Device trees

def tree(structure, strings, behind=b""):
    body = bytes(16) + structure
    size = 40 + len(body) + len(strings)
    head = struct.pack(">10I", 0xd00dfeed, size, 56, 40 + len(body), 40, 17, 16, 0, len(strings),
                       len(structure))
    return head + body + strings + behind


def tree_deep(count):
    return tree((struct.pack(">I", 1) + b"a\0\0\0") * count, b"p\0")


def tree_long_names(count):
    """Properties whose names begin in one text of a megabyte, and each end with it."""
    rows = b"".join(struct.pack(">III", 3, 0, i) for i in range(count))
    return tree(struct.pack(">II", 1, 0) + rows + struct.pack(">II", 2, 9), b"n" * M + b"\0")


def tree_long_node():
    name = b"n" * (3 * M) + b"\0"
    name += b"\0" * (-len(name) % 4)
    return tree(struct.pack(">I", 1) + name + struct.pack(">II", 2, 9), b"p\0")


def prop(strings, name, value):
    if name not in strings:
        strings[name] = sum(len(n) + 1 for n in strings)
    return struct.pack(">III", 3, len(value), strings[name]) + value + b"\0" * (-len(value) % 4)


def begin(name):
    return struct.pack(">I", 1) + name + b"\0" * (4 - len(name) % 4)


def fit_hashes(images, hashes):
    """Images that are all the same 2 MB, each with hashes of all of it."""
    s = {}
    end = struct.pack(">I", 2)
    body = begin(b"") + begin(b"images")
    for i in range(images):
        body += begin(b"image-%d" % i) + prop(s, b"data-position", struct.pack(">I", 0)) + \
            prop(s, b"data-size", struct.pack(">I", 2 * M)) + prop(s, b"compression", b"none\0")
        for n in range(hashes):
            body += begin(b"hash-%d" % n) + prop(s, b"algo", b"sha512\0") + prop(s, b"value", bytes(64)) + end
        body += end
    body += end + end + struct.pack(">I", 9)
    return tree(body, b"".join(n + b"\0" for n in s), bytes(2 * M))


# --- Archives with names

def tar_member(name, kind, data=b"", size=None):
    size = len(data) if size is None else size
    head = bytearray(struct.pack("100s8s8s8s12s12s8sc100s6s2s32s32s8s8s155s12x", name[:100], b"0000644\0",
                                 b"0000000\0", b"0000000\0", b"%011o\0" % size, b"%011o\0" % 0, b" " * 8, kind,
                                 b"", b"ustar\0", b"00", b"", b"", b"", b"", b""))
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head) + data + bytes(-len(data) % 512)


def packed_tar(members):
    """With a member at the end whose checksum is wrong."""
    return gzip.compress(members + b"X" + tar_member(b"bad", b"0")[1:] + bytes(1024), mtime=0)


def tar_long_names(count):
    """Names of 64 KiB, each for a file that is empty."""
    long = tar_member(b"././@LongLink", b"L", b"n" * (64 * K) + b"\0")
    return packed_tar((long + tar_member(b"n", b"0")) * count)


def tar_stacked_names(count):
    """Names for names: which one counts?"""
    return packed_tar(tar_member(b"././@LongLink", b"L", b"name\0") * count + tar_member(b"n", b"0"))


def zip_overlaps(count):
    """Entries of a directory that all are one file, which unpacks to 4 MB."""
    data = raw_deflate(bytes(4 * M))
    crc = zlib.crc32(bytes(4 * M))
    local = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 8, 0, 0, crc, len(data), 4 * M, 1, 0) + b"a" + data
    out = io.BytesIO()
    for _ in range(count):
        out.write(struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\1\2", 20, 20, 0, 8, 0, 0, crc, len(data), 4 * M, 1, 0,
                              0, 0, 0, 0, 0) + b"a")
    rows = out.getvalue()
    return local + rows + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count & 0xffff, count & 0xffff, len(rows),
                                      len(local), 0)


# What unpacks to much without saying so before: the budget for output (decode/engine.h) goes on top.
STREAMS = {"a cabinet that unpacks to 2 GB", "60000 files of a cabinet", "a gzip of 256 MB"}
OUTPUT = 64


def all_attacks():
    return [
        ("20000 tables of 2**64 partitions", gpt_counts()),
        ("32000 partitions", gpt_entries(32000)),
        ("a cabinet that unpacks to 2 GB", cabinet_bomb()),
        ("60000 files of a cabinet", cabinet_files(60000)),
        ("1000 nested cabinets", cabinet_nested(1000)),
        ("a block of a squashfs in 20000 files", squash_shared_block(20000)),
        ("a hole of a terabyte in a squashfs", squash_holes()),
        ("20000 ends in two fragments of a squashfs", squash_fragments(20000)),
        ("50000 loops in a squashfs", squash_loop(50000)),
        ("500 nested folders in a squashfs", squash_chain(500)),
        ("500000 nodes that are never closed", tree_deep(500000)),
        ("80000 properties with names of a megabyte", tree_long_names(80000)),
        ("a node with a name of 3 MB", tree_long_node()),
        ("10000 hashes of 2 MB", fit_hashes(100, 100)),
        ("60 names of 64 KB in a tar", tar_long_names(60)),
        ("4000 names for one file of a tar", tar_stacked_names(4000)),
        ("a gzip of 256 MB", gzip.compress(bytes(256 * M), mtime=0)),
        ("60000 times one file in a ZIP", zip_overlaps(60000)),
    ]


__all__ = ["OUTPUT", "STREAMS", "all_attacks"]
