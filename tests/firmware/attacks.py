# SPDX-License-Identifier: Apache-2.0
"""Volumes that are small and ask for very much: time, memory or depth. Nothing in them can run."""
import os
import struct
import sys

import compose
from compose import FREEFORM, FV, K, M, S_RAW, File, Volume, compressed, section

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "generate"))
import coreboot  # noqa: E402  pylint: disable=wrong-import-position
import jffs2  # noqa: E402  pylint: disable=wrong-import-position

VOLUME = compose.VOLUME_IMAGE


def volume(files, size=None):
    """The smallest volume that holds the files."""
    need = 72 + 48 + sum(len(f.build()) + 8 for f in files) + 64
    return Volume("attack", size or (need + 4095) // 4096 * 4096, files).build()


def nested_bomb():
    """Under a kilobyte of packed sections in packed sections, 12 GB when all are unpacked."""
    body = section(S_RAW, bytes(M))
    packed = compressed([body])
    for copies in (100, 120):
        packed = compressed([packed] * copies)
    return volume([File("Bomb", FREEFORM, [packed])])


def wide_bomb():
    """Some 38 KB that unpack to 256 MB."""
    return volume([File("Bomb", FREEFORM, [compressed([big_section(256 * M)])])])


def big_section(size):
    """A raw section whose length does not fit into 24 bits."""
    return b"\xff\xff\xff" + bytes([S_RAW]) + struct.pack("<I", size + 8) + bytes(size)


def nested_volumes(depth):
    """A volume in a file in a volume …, all of them uncompressed."""
    body = volume([File("Innermost", FREEFORM, [section(S_RAW, b"marker")])])
    for _ in range(depth):
        body = lean_volume(lean_file(VOLUME, lean_section(FV, body)))
    return body


def lean_section(kind, data):
    if len(data) + 4 < 1 << 24:
        return section(kind, data)
    return b"\xff\xff\xff" + bytes([kind]) + struct.pack("<I", len(data) + 8) + data


def lean_file(kind, body):
    """As small as can be: large files have their size in 64 bits."""
    if len(body) + 24 < 1 << 24:
        return File("Nest", kind, None, raw=body).build()
    head = bytearray(compose.guid(compose.name_guid("Nest")) + bytes([0, 0, kind, 1, 0, 0, 0, 0]))
    head += struct.pack("<Q", 32 + len(body))
    head[16] = compose.efi.checksum8(head)
    head[17] = 0xaa
    head[23] = 0xf8
    return bytes(head) + body


def lean_volume(file):
    """A header, one file, no extended header, no free space."""
    size = 72 + len(file)
    size += -size % 8
    head = bytearray(bytes(16) + compose.guid(compose.FFS2) + struct.pack("<Q", size) + b"_FVH" +
                     struct.pack("<IHHHBB", 0x0004feff, 72, 0, 0, 0, 2) +
                     struct.pack("<IIII", 1, size, 0, 0))
    head[50:52] = struct.pack("<H", -sum(struct.unpack("<36H", head)) & 0xffff)
    return (bytes(head) + file).ljust(size, b"\xff")


def nested_crc(depth):
    """Sections with a checksum in sections with a checksum."""
    chain = section(S_RAW, b"marker")
    for _ in range(depth):
        # The checksum is not filled in: computing it for every level would take hours here.
        chain = compose.guided(compose.CRC32, chain, 2, struct.pack("<I", 0)) \
            if len(chain) < 1 << 24 else chain
    return volume([File("Crc", FREEFORM, [chain])])


def many_files(count):
    one = File("Many", FREEFORM, [section(S_RAW, b"mark")]).build()
    one += b"\xff" * (-len(one) % 8)
    body = one * count
    size = (72 + len(body) + 4095) // 4096 * 4096
    head = bytearray(bytes(16) + compose.guid(compose.FFS2) + struct.pack("<Q", size) + b"_FVH" +
                     struct.pack("<IHHHBB", 0x0004feff, 72, 0, 0, 0, 2) +
                     struct.pack("<IIII", size // 4096, 4096, 0, 0))
    head[50:52] = struct.pack("<H", -sum(struct.unpack("<36H", head)) & 0xffff)
    return (bytes(head) + body).ljust(size, b"\xff")


def other_files(count):
    """Each with a GUID of its own."""
    out = []
    for n in range(count):
        head = bytearray(struct.pack("<QQ", n, 0x1122334455667788) + bytes([0, 0, FREEFORM, 0]) +
                         (32).to_bytes(3, "little") + b"\0")
        head[16] = compose.efi.checksum8(head)
        head[17] = 0xaa
        head[23] = 0xf8
        out.append(bytes(head) + section(S_RAW, b"mark"))
    body = b"".join(out)
    size = (72 + len(body) + 4095) // 4096 * 4096
    head = bytearray(bytes(16) + compose.guid(compose.FFS2) + struct.pack("<Q", size) + b"_FVH" +
                     struct.pack("<IHHHBB", 0x0004feff, 72, 0, 0, 0, 2) +
                     struct.pack("<IIII", size // 4096, 4096, 0, 0))
    head[50:52] = struct.pack("<H", -sum(struct.unpack("<36H", head)) & 0xffff)
    return (bytes(head) + body).ljust(size, b"\xff")


def many_sections(count):
    one = section(S_RAW, b"mark")
    return volume([File("Sections", FREEFORM, None, raw=one * count)])


def program_sections(count):
    """A program with as many section headers as its header can state."""
    image = compose.pe("sections", K)
    at = 0x80 + 24 + 240
    header = struct.pack("<8sIIIIIIHHI", b".text", 512, K, 512, K, 0, 0, 0, 0, 0x60000020)
    image = image[:0x86] + struct.pack("<H", count) + image[0x88:at] + header * count + image[at:]
    return volume([File("Sections", FREEFORM, [section(compose.PE32, image)])])


def program_certificates(count):
    """As many certificates without content behind a program."""
    image = bytearray(compose.align(compose.pe("certificates"), 8))
    table = struct.pack("<IHH", 8, 0x200, 2) * count
    struct.pack_into("<II", image, 0x80 + 24 + 112 + 32, len(image), len(table))
    return bytes(image) + table


def small_updates(count):
    """Updates of microcode whose data are a word."""
    one = struct.pack("<9I12x4s", 1, 1, 0x01152024, 0x50654, 0, 1, 1, 4, 52, b"none")
    total = sum(struct.unpack("<13I", one)) & 0xffffffff
    return (one[:16] + struct.pack("<I", -total & 0xffffffff) + one[20:]) * count


def variables(count):
    return compose.variable_volume([compose.Variable(compose.VENDOR, f"V{i:05}", b"") for i in range(count)],
                                   16 * M)[0]


def coreboot_files(size):
    """The smallest files of coreboot's file system, one behind the other."""
    one = coreboot.file("a", b"x")
    return (one + b"\xff" * (-len(one) % 64)) * (size // 64)


def tree_nodes(count):
    """A device tree of empty nodes."""
    nodes = (struct.pack(">I", 1) + b"a\0\0\0" + struct.pack(">I", 2)) * count
    body = bytes(16) + struct.pack(">II", 1, 0) + nodes + struct.pack(">II", 2, 9) + b"p\0"
    head = struct.pack(">10I", 0xd00dfeed, 40 + len(body), 56, 38 + len(body), 40, 17, 16, 0, 2, len(body) - 18)
    return head + body


def journal_names(count):
    """Names without inodes."""
    return b"".join(jffs2.Log().name(1, i + 1, i + 2, b"n%07d" % i).bytes for i in range(count))


# Name, image, MiB that decoding may take.
def all_attacks():
    return [
        ("nested bomb to 12 GB", nested_bomb()),
        ("bomb to 256 MB", wide_bomb()),
        ("nesting 100 deep", nested_volumes(100)),
        ("500 nested volumes", nested_volumes(500)),
        ("5000 nested volumes", nested_volumes(5000)),
        ("10000 nested checked sections", nested_crc(10000)),
        ("100000 files of one name", many_files(100000)),
        ("100000 files", other_files(100000)),
        ("300000 sections", many_sections(300000)),
        ("65535 sections of a program", program_sections(65535)),
        ("200000 certificates of a program", program_certificates(200000)),
        ("80000 updates of microcode", small_updates(80000)),
        ("50000 variables", variables(50000)),
        ("65536 files of coreboot", coreboot_files(4 * M)),
        ("262144 files of coreboot", coreboot_files(16 * M)),
        ("300000 nodes of a device tree", tree_nodes(300000)),
        ("87000 names in a journal", journal_names(87000)),
    ]


def budget(size):
    """MiB of memory for an image of this size: 64 for 4 MiB, 160 for 32 MiB."""
    return 64 if size <= 4 * M else 64 + 96 * (size - 4 * M) // (28 * M)


__all__ = ["all_attacks", "budget", "K"]
