# SPDX-License-Identifier: Apache-2.0
"""Volumes that are small and ask for very much: time, memory or depth. Nothing in them can run."""
import struct

import compose
from compose import FREEFORM, FV, K, M, S_RAW, File, Volume, compressed, section

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
    ]


def budget(size):
    """MiB of memory for an image of this size: 64 for 4 MiB, 160 for 32 MiB."""
    return 64 if size <= 4 * M else 64 + 96 * (size - 4 * M) // (28 * M)


__all__ = ["all_attacks", "budget", "K"]
