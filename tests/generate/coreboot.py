#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the inputs of the cases of flash maps and of coreboot's file system."""
import lzma
import struct

import cases

TEXT = b"text that is compressed, text that is compressed, text"


def attribute(tag, body):
    return struct.pack(">II", tag, 8 + len(body)) + body


def file(name, data, kind=0x50, attributes=b"", pad=0, length=None):
    label = name.encode() + b"\0"
    label += b"\0" * (-len(label) % 16 + pad)
    at = 24 + len(label) if attributes else 0
    head = struct.pack(">8sIIII", b"LARCHIVE", len(data) if length is None else length, kind, at,
                       24 + len(label) + len(attributes))
    return head + label + attributes + data


def free(size=36, fill=b"\xff"):
    return struct.pack(">8sIIII", b"LARCHIVE", size, 0xffffffff, 0, 28) + b"\0\0\0\0" + fill * size


def join(files):
    out = b""
    for one in files:
        out += b"\xff" * (-len(out) % 64) + one
    return out


def packed(data):
    return lzma.compress(data, format=lzma.FORMAT_ALONE)[:5] + struct.pack("<Q", len(data)) \
        + lzma.compress(data, format=lzma.FORMAT_ALONE)[13:]


def lz4(data):
    """A frame with one block that is not compressed, as its highest bit says."""
    return bytes.fromhex("04224d18") + b"\x60\x40\x82" \
        + struct.pack("<I", len(data) | 0x80000000) + data + bytes(4)


def stage(data, method=0):
    return struct.pack("<IQQII", method, 0x1000, 0x800, len(data), 0x4000) + data


def payload():
    code = b"code of a payload"
    parts = [(b"CODE", 0, code), (b"DATA", 1, packed(TEXT)), (b"PARA", 0, b"parameters"),
             (b"BSS ", 0, b""), (b"ENTR", 0, b"")]
    at = 28 * len(parts)
    heads = b""
    body = b""
    for kind, method, data in parts:
        size = len(TEXT) if method else len(data)
        heads += struct.pack(">4sIIQII", kind, method, at + len(body), 0x100000, len(data), size)
        body += data
    return heads + body


def master():
    return struct.pack(">8I", 0x4f524243, 0x31313132, 0x1000, 4, 64, 0, 0xffffffff, 0)


def compression(method, size):
    return attribute(0x42435a4c, struct.pack(">II", method, size))


def full():
    many = attribute(0x68736148, b"\2" + bytes(31)) + attribute(0x42435350, b"\0\0\1\0") \
        + attribute(0x42434c41, b"\0\0\0\x40") + attribute(0x32494242, b"") \
        + attribute(0x53746748, struct.pack(">QII", 0x1000, 4, 0x2000)) + b"\xff" * 16
    return [
        file("cbfs master header", master(), 0x02), file("config", b"CONFIG_X=y"),
        file("packed", packed(TEXT), attributes=compression(1, len(TEXT))),
        file("frames", lz4(TEXT), attributes=compression(2, len(TEXT))),
        file("old", stage(b"old code"), 0x10), file("old-packed", stage(packed(TEXT), 1), 0x10),
        file("stage", b"new code", 0x11, attributes=many), file("fallback/payload", payload(), 0x20),
        free(), file("bootblock", b"\xea\x5b\xe0\0\xf0", 0x01),
    ]


def cbfs():
    names = {
        "minimal": join([file("config", b"CONFIG_X=y")]),
        "full": join(full()),
        "written-free-space": join([free(fill=b"x"), file("a", b"b")]),
        "between": file("a", b"b") + b"what is this?".ljust(100, b"\xff") + file("c", b"d"),
        "name-padding": file("a", b"b").replace(b"a\0\0\0", b"a\0zz"),
        "payload-rest": file("p", struct.pack(">4sIIQII", b"ENTR", 0, 0, 1, 0, 0) + b"rest", 0x20),
        "fault-missing": b"\xff" * 64,
        "fault-attribute": file("a", b"b", attributes=struct.pack(">II", 0x42435a4c, 100)),
        "fault-compression": file("a", b"b", attributes=compression(7, 1)),
        "fault-stream": file("a", b"no stream", attributes=compression(1, 100)),
        "fault-frames": file("a", b"no frames", attributes=compression(2, 100)),
        "fault-limit": file("a", b"x", attributes=compression(1, 0xffffffff)),
        "fault-segment": file("p", struct.pack(">4sIIQII", b"CODE", 0, 4000, 1, 9, 9)
                              + struct.pack(">4sIIQII", b"ENTR", 0, 0, 1, 0, 0), 0x20),
        "fault-master": file("m", master() + b"more", 0x02),
    }
    for name, data in names.items():
        cases.write("cbfs", name, data)


def area(name, offset, size, flags=0):
    return struct.pack("<II32sH", offset, size, name.encode(), flags)


def fmap_header(areas, size=0x400, count=None):
    return b"__FMAP__" + struct.pack("<BBQI32sH", 1, 1, 0xffff0000, size, b"FLASH",
                                     len(areas) if count is None else count) + b"".join(areas)


def image(areas, parts, size=0x400):
    """Parts at their offsets in erased flash."""
    out = bytearray(b"\xff" * size)
    for at, part in [*parts, (0x200, fmap_header(areas, size))]:
        out[at:at + len(part)] = part
    return bytes(out)


def fmap():
    names = {
        "minimal": image([area("FMAP", 0x200, 0x200)], []),
        "full": image([area("ALL", 0, 0x400), area("FMAP", 0x200, 0x180), area("RW", 0, 0x180),
                       area("COREBOOT", 0x80, 0x80), area("DATA", 0x100, 0x40, 4),
                       area("ZERO", 0x140, 0x20)],
                      [(0x80, file("config", b"CONFIG_X=y")), (0x100, b"some data"),
                       (0x140, bytes(0x20)), (0x1c0, b"no area")]),
        "map-in-the-middle": image([area("FMAP", 0x1c0, 0x240)], [(0x1c0, b"before")]),
        "region-of-a-flash": image([area("FMAP", 0x1200, 0x200), area("BIOS", 0x1000, 0x400),
                                    area("DESC", 0, 0x1000)], []),
        "overlap": image([area("FMAP", 0x200, 0x200), area("A", 0, 0x100), area("B", 0x80, 0x100)],
                         [(0x20, b"bytes")]),
        "no-area-of-its-own": image([area("RW", 0, 0x100)], []),
        "fault-missing": b"\xff" * 64,
        "fault-truncated": fmap_header([area("FMAP", 0, 0x400)], count=3),
    }
    for name, data in names.items():
        cases.write("fmap", name, data)


if __name__ == "__main__":
    cbfs()
    fmap()
