#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Inputs of the golden cases of the decoders intel-*. Everything in them is made up."""
import hashlib
import struct

import cases


def u16(*values):
    return struct.pack(f"<{len(values)}H", *values)


def u32(*values):
    return struct.pack(f"<{len(values)}I", *values)


def u64(*values):
    return struct.pack(f"<{len(values)}Q", *values)


def noise(length, seed=b"x"):
    out = b""
    while len(out) < length:
        out += hashlib.sha256(seed + u32(len(out))).digest()
    return out[:length]


def sum32(data):
    return sum(struct.unpack(f"<{len(data) // 4}I", data[:len(data) & ~3])) & 0xffffffff


def microcode(signature=0x906ea, platforms=0x22, revision=0xf8, data=96, also=(), **more):
    """A microcode update of random data with sound checksums."""
    date = more.get("date", 0x02152024)
    stated = more.get("stated", data)
    total = more.get("total", 48 + data + (20 + 12 * len(also) if also else 0))
    body = noise(data, u32(signature, revision))
    first = signature + platforms
    checksum = -(sum32(u32(1, revision, date, signature, 1, platforms, stated, total,
                           *more.get("meta", (0, 0)), 0)) + sum32(body)) & 0xffffffff
    head = u32(1, revision, date, signature, checksum, 1, platforms, stated, total,
               *more.get("meta", (0, 0)), 0)
    if not also:
        return head + body
    table = b"".join(u32(s, p, first + checksum - s - p & 0xffffffff) for s, p in also)
    fixed = -(len(also) + sum32(table)) & 0xffffffff
    return head + body + u32(len(also), fixed, 0, 0, 0) + table


def changed(data, at, new):
    return data[:at] + new + data[at + len(new):]


def microcodes():
    one = microcode()
    two = microcode(0x50654, 0xb7, 0x2007006, also=((0x50656, 0x10), (0x50657, 0x20)),
                    meta=(16, 0x2007000))
    def write(case, data):
        cases.write("intel-microcode", case, data)

    write("minimal", one)
    write("full", two + b"\xff" * 24 + one + b"\0" * 16)
    write("default-size", microcode(0x6d8, 0x20, 0x20, 2000, stated=0, total=0))
    write("fault-checksum", changed(one, 100, b"\x55"))
    write("fault-version", u32(2) + one[4:16] + u32(struct.unpack("<I", one[16:20])[0] - 1)
          + one[20:])
    write("fault-date", microcode(date=0x13152024))
    write("fault-length", changed(one, 28, u32(4096)))
    write("fault-ragged", microcode(total=145))
    write("fault-truncated", one[:-8])
    write("fault-trailing", one + b"hidden")
    write("fault-extended-count", changed(two, 144, u32(3)))
    write("fault-extended-checksum", changed(two, 148, u32(7)))
    write("fault-extended-entry", changed(two, 144 + 28, u32(7)))
    write("reserved", changed(one, 44, u32(9)))


def sum8(data, at):
    """The byte at `at` makes the sum zero."""
    data = bytearray(data)
    data[at] = 0
    data[at] = -sum(data) & 0xff
    return bytes(data)


def fit_entry(kind, address, size=0, version=0x100, valid=False, first=None):
    data = (first or u64(address)) + size.to_bytes(3, "little") + b"\0"
    data += u16(version) + bytes((kind | (0x80 if valid else 0), 0))
    return sum8(data, 15) if valid else data


def fit(*entries, valid=True, count=None):
    head = fit_entry(0, 0, count or len(entries) + 1, 0x100, first=b"_FIT_   ")
    if not valid:
        return head + b"".join(entries)
    return sum8(changed(head, 14, b"\x80") + b"".join(entries), 15)


def fits():
    def write(case, data):
        cases.write("intel-fit", case, data)

    top = 1 << 32
    write("minimal", fit())
    blank = fit_entry(1, top - 16, 0)
    write("full", fit(
        fit_entry(7, top - 16 * 8, 1), fit_entry(7, top - 16 * 8, 8), fit_entry(7, top - 20, 1),
        fit_entry(8, 0, 0, 0, first=u16(0x70, 0x71) + bytes((1, 4)) + u16(0x2a)),
        fit_entry(10, top - 64, 1, 1), fit_entry(45, 0xfed30000, 2), fit_entry(127, 0, 0)))
    write("no-checksum", fit(blank, valid=False))
    write("unknown-type", fit(fit_entry(99, 5, 5)))
    write("fault-signature", changed(fit(), 0, b"_fit"))
    write("fault-checksum", changed(fit(blank), 20, b"\x01"))
    write("fault-entry-checksum", fit(changed(fit_entry(127, 0, 0, valid=True), 8, b"\1")))
    write("fault-count", fit(blank, count=9))
    write("fault-ragged", fit(blank) + b"\0\0")
    write("fault-order", fit(fit_entry(127, 0), fit_entry(45, 0)))
    write("fault-second-header", fit(fit_entry(0, 0, 2)))
    write("fault-reference", fit(fit_entry(1, 0x1000), fit_entry(7, 0x1000, 1),
                                 fit_entry(11, 0x1000, 16), fit_entry(12, top - 16, 0)))
    write("fault-not-microcode", fit(fit_entry(1, top - 32)))


if __name__ == "__main__":
    fits()
    microcodes()
