#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Inputs of the golden cases of gzip, tar, zip and cab: written from the specifications, with zlib for
the streams. A flash image, compressed by xz, is what is recognised inside."""
import io
import os
import struct
import tarfile
import zlib
import zipfile

import cases

TEXT = b"An update, only a text. " * 20
TIME = (2024, 1, 2, 3, 4, 6)


def inner():
    path = os.path.join(cases.ROOT, "xz", "full", "in.hex")
    with open(path, encoding="ascii") as file:
        return bytes.fromhex("".join(line for line in file if not line.startswith("#")))


def deflate(data, before=b""):
    if before:
        c = zlib.compressobj(9, zlib.DEFLATED, -15, 8, zlib.Z_DEFAULT_STRATEGY, before[-32768:])
    else:
        c = zlib.compressobj(9, zlib.DEFLATED, -15)
    return c.compress(data) + c.flush()


def gzip(data, flags=0, fields=b"", crc=None, length=None, method=8, header_crc=False):
    head = b"\x1f\x8b" + bytes([method, flags]) + struct.pack("<I", 1700000000) + b"\2\3" + fields
    if header_crc:
        head += struct.pack("<H", zlib.crc32(head) & 0xffff)
    return head + deflate(data) + struct.pack("<II", zlib.crc32(data) if crc is None else crc,
                                              len(data) if length is None else length)


def gzip_cases():
    def write(case, data, says):
        cases.write("gzip", case, data, says=says)
    full = gzip(inner(), 0x1f, struct.pack("<H", 3) + b"abc" + b"flash.bin\0" + b"a comment\0",
                header_crc=True)
    write("minimal", gzip(b""), "A member that holds nothing")
    write("full", full, "All fields; a compressed flash image inside")
    write("two-members", gzip(inner()[:50]) + gzip(inner()[50:]), "One file in two members")
    write("padding", gzip(TEXT) + b"\xff" * 300, "Erased flash behind it")
    write("trailing", gzip(TEXT) + b"more", "Bytes behind the last member")
    write("bad-crc", gzip(TEXT, crc=1), "The CRC is another one")
    write("bad-length", gzip(TEXT, length=1), "The length is another one")
    write("bad-header-checksum", gzip(TEXT, 2, b"\0\0"), "The header's checksum is wrong")
    write("bad-flags", gzip(TEXT, 0x80), "A reserved flag")
    write("corrupt", gzip(TEXT)[:10] + b"\7" + gzip(TEXT)[11:], "No block of this type exists")
    with open(os.path.join(cases.ROOT, "openbmc-update", "one-image", "in.bin"), "rb") as file:
        update = file.read()
    write("update", gzip(update), "An update of OpenBMC")
    write("truncated", gzip(TEXT)[:30], "The stream ends early")
    write("no-name-end", gzip(TEXT, 8)[:10] + b"name" * 3, "The name does not end")


def tar_member(name, data=b"", **fields):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    info.mtime = 1700000000
    for key, value in fields.items():
        setattr(info, key, value)
    return info, data


def tar(members, form=tarfile.USTAR_FORMAT):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for info, data in members:
            archive.addfile(info, io.BytesIO(data))
    data = out.getvalue()
    return data[:len(data.rstrip(b"\0")) // 512 * 512 + 1536]


def tar_cases():
    def write(case, data):
        cases.write("tar", case, data, text=True)
    one = tar([tar_member("readme", b"text")])
    long = "folder/" + "n" * 120
    write("minimal", one)
    write("full", tar([tar_member("fw", type=tarfile.DIRTYPE, mode=0o755), tar_member("fw/flash.xz", inner()),
                       tar_member("fw/notes", b"\0" * 64), tar_member("fw/empty"),
                       tar_member("fw/newest", type=tarfile.SYMTYPE, linkname="flash.xz"),
                       tar_member("fw/same", type=tarfile.LNKTYPE, linkname="fw/notes")]))
    write("prefix", tar([tar_member("p" * 60 + "/" + "n" * 80, b"x")]))
    write("gnu-long-name", tar([tar_member(long, b"x"),
                                tar_member("l", type=tarfile.SYMTYPE, linkname=long)], tarfile.GNU_FORMAT))
    write("pax-long-name", tar([tar_member(long, b"x")], tarfile.PAX_FORMAT))
    write("bad-checksum", one + one[:512].replace(b"readme", b"readyy") + one[512:])
    write("bad-mode", tar([tar_member("a", b"x")]).replace(b"0000644", b"rw-r--r"))
    write("no-end", one[:1024])
    write("truncated", tar([tar_member("a", TEXT * 3)])[:1000])
    write("pax-nonsense", tar([tar_member(long, b"x")], tarfile.PAX_FORMAT).replace(b" path=", b"9path:"))


def zip_archive(files, comment=b"", method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, TIME), data, method)
        archive.comment = comment
    return out.getvalue()


class Unseekable(io.RawIOBase):
    def __init__(self):
        super().__init__()
        self.data = b""

    def writable(self):
        return True

    def write(self, b):
        self.data += bytes(b)
        return len(b)


def changed(data, at, new):
    return data[:at] + new + data[at + len(new):]


def zip_cases():
    def write(case, data):
        cases.write("zip", case, data, text=True)
    one = zip_archive({"readme": TEXT})
    stored = zip_archive({"readme": b"text"}, method=zipfile.ZIP_STORED)
    entry = one.index(b"PK\1\2")
    end = one.index(b"PK\5\6")
    later = Unseekable()
    with zipfile.ZipFile(later, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("flash.xz", TIME), inner(), zipfile.ZIP_DEFLATED)
    write("minimal", zip_archive({}))
    write("full", zip_archive({"fw/": b"", "fw/flash.xz": inner(), "fw/readme": TEXT}, b"a comment"))
    write("stored", stored)
    write("lengths-behind", later.data)
    write("lengths-missing", later.data.replace(b"PK\7\x08", b"PK\7\x09"))
    write("self-extracting", stored[:0] + b"MZ, only a text" + zip_shift(stored, 15))
    write("bad-crc", changed(changed(one, entry + 16, b"1234"), 14, b"1234"))
    write("stored-bad-crc", stored.replace(b"text", b"test"))
    write("stored-two-lengths", changed(changed(stored, stored.index(b"PK\1\2") + 24, b"\5"), 22, b"\5"))
    write("corrupt", changed(one, 36, b"\7"))
    write("local-differs", changed(one, 30, b"README"))
    write("local-missing", changed(one, 0, b"PK\3\5"))
    write("encrypted", changed(changed(one, entry + 8, b"\1"), 6, b"\1"))
    write("method-unknown", changed(changed(one, entry + 10, b"\x0c"), 8, b"\x0c"))
    write("overlap", overlapping(one, entry, end))
    write("count-too-large", changed(one, end + 8, b"\2\0\2\0"))
    write("counts-differ", changed(one, end + 8, b"\2\0"))
    write("directory-outside", changed(one, end + 16, b"\xff\xff\0\0"))
    write("directory-length", changed(one, end + 12, b"\1\0"))
    write("no-end", one[:end])
    write("trailing", one + b"more")
    write("unlisted", one[:entry] + zip_shift(stored, entry))
    write("bomb", changed(changed(one, entry + 24, b"\xff\xff\xff\x7f"), 22, b"\xff\xff\xff\x7f"))


def zip_shift(data, by):
    """All offsets of an archive with one file that does not begin at its start."""
    entry, end = data.index(b"PK\1\2"), data.index(b"PK\5\6")
    data = changed(data, entry + 42, struct.pack("<I", by))
    return changed(data, end + 16, struct.pack("<I", entry + by))


def overlapping(one, entry, end):
    """Two entries that name one file."""
    data = one[:entry] + 2 * one[entry:end] + one[end:]
    end += end - entry
    return changed(data, end + 8, struct.pack("<HHI", 2, 2, 2 * (one.index(b"PK\5\6") - entry)))


def cab_sum(data, value=0):
    for at in range(0, len(data) // 4 * 4, 4):
        value ^= struct.unpack_from("<I", data, at)[0]
    return value ^ int.from_bytes(data[len(data) // 4 * 4:], "big")


def cab_blocks(data, method, bad=0, reserve=b""):
    blocks, size = [], 32768
    for at in range(0, len(data), size):
        piece = data[at:at + size]
        packed = b"CK" + deflate(piece, data[:at]) if method == 1 else piece
        head = struct.pack("<HH", len(packed), len(piece)) + reserve
        blocks.append(struct.pack("<I", cab_sum(head, cab_sum(packed)) ^ bad) + head + packed)
    return blocks


def cabinet(files, method=1, flags=0, extra=b"", folder_extra=b"", block_extra=b"", bad=0, tweak=None):
    """One folder that holds all files, one behind the other."""
    blocks = cab_blocks(b"".join(files.values()), method, bad, block_extra)
    entries, at = b"", 0
    for name, data in files.items():
        entry = [len(data), at, 0, 0x5822, 0x1883, 0x20]
        if tweak:
            tweak(name, entry)
        entries += struct.pack("<IIHHHH", *entry) + name.encode() + b"\0"
        at += len(data)
    files_at = 36 + len(extra) + 8 + len(folder_extra)
    data_at = files_at + len(entries)
    length = data_at + sum(map(len, blocks))
    return (struct.pack("<4sIIIIIBBHHHHH", b"MSCF", 0, length, 0, files_at, 0, 3, 1, 1, len(files), flags, 7, 0)
            + extra + struct.pack("<IHH", data_at, len(blocks), method) + folder_extra + entries
            + b"".join(blocks))


def cab_cases():
    def write(case, data):
        cases.write("cab", case, data, text=True)

    def outside(name, entry):
        entry[1] += 100000 if name == "b" else 0

    def folder(name, entry):
        entry[2] = 1 if name == "b" else 0xffff

    def overlap(_, entry):
        entry[1] = 0
    two = {"a": b"first", "b": b"other"}
    noise = b"".join(zlib.crc32(struct.pack("<I", i)).to_bytes(4, "little") for i in range(1024))
    write("minimal", cabinet({"a": b"first"}))
    write("full", cabinet({"fw\\flash.xz": inner(), "readme": TEXT, "empty": b""}, flags=7,
                          extra=b"\3\0\2\1" + b"abc" + b"before\0disk\0" + b"after\0disk 2\0",
                          folder_extra=b"de", block_extra=b"f"))
    write("stored", cabinet(two, 0))
    write("two-blocks", cabinet({"a": noise + bytes(32768 - 4096) + noise}))
    write("lzx", cabinet(two, 0x1503))
    write("bad-checksum", cabinet(two, bad=1))
    write("corrupt", cabinet(two).replace(b"CK", b"CL"))
    write("file-outside", cabinet(two, tweak=outside))
    write("file-other-folder", cabinet(two, tweak=folder))
    write("files-overlap", cabinet(two, tweak=overlap))
    write("version", changed(cabinet(two), 25, b"\2"))
    write("signature", changed(cabinet(two), 0, b"MSCG"))
    write("files-at", changed(cabinet(two), 16, b"\xff\xff"))
    write("count", changed(cabinet(two), 28, b"\3"))
    write("folders", changed(cabinet(two), 26, b"\xff\xff"))
    write("truncated", cabinet(two)[:-5])
    write("block-length", changed(cabinet({"a": b"first"}, 0), 36 + 8 + 18 + 6, b"\6"))
    write("trailing", cabinet(two) + b"more")


gzip_cases()
tar_cases()
zip_cases()
cab_cases()
