#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Inputs of the golden cases of the decoders amd-*. Everything in them is made up, the keys too."""
import hashlib
import struct
import zlib

import cases

ROOT_ID = bytes(range(16))
SIGNER_ID = bytes(range(0x10, 0x20))
NO_ID = b"\x77" * 16


def u32(*values):
    return struct.pack(f"<{len(values)}I", *values)


def noise(length, seed):
    out = b""
    while len(out) < length:
        out += hashlib.sha256(seed + u32(len(out))).digest()
    return out[:length]


def is_prime(n):
    if any(n % p == 0 for p in (3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)):
        return False
    d, s = n - 1, 0
    while d % 2 == 0:
        d, s = d // 2, s + 1
    for base in (2, 3, 5, 7, 11, 13, 17, 19, 23):
        x = pow(base, d, n)
        if x in (1, n - 1):
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def prime(seed, bits):
    n = int.from_bytes(noise(bits // 8, seed), "big") | 3 << bits - 2 | 1
    while not is_prime(n) or n % 65537 == 1:
        n += 2
    return n


class Key:
    """An RSA key of 2048 bits that follows from its name."""

    def __init__(self, name):
        p, q = prime(name + b"p", 1024), prime(name + b"q", 1024)
        self.n = p * q
        self.d = pow(65537, -1, (p - 1) * (q - 1))

    def sign(self, message):
        """RSASSA-PSS with SHA-256, big-endian."""
        salt = noise(32, b"salt")
        h = hashlib.sha256(bytes(8) + hashlib.sha256(message).digest() + salt).digest()
        block = bytes(256 - 32 - 32 - 2) + b"\1" + salt
        mask = b"".join(hashlib.sha256(h + struct.pack(">I", i)).digest() for i in range(7))
        masked = bytearray(x ^ y for x, y in zip(block, mask))
        masked[0] &= 0x7f
        number = int.from_bytes(bytes(masked) + h + b"\xbc", "big")
        return pow(number, self.d, self.n).to_bytes(256, "big")

    def structure(self, own, certifier, usage=0, by=None):
        head = u32(1) + own + certifier + u32(usage) + bytes(16) + u32(2048, 2048)
        data = head + (65537).to_bytes(256, "little") + self.n.to_bytes(256, "little")
        return data if by is None else data + by.sign(data)[::-1]


ROOT = Key(b"root")
SIGNER = Key(b"signer")


def firmware(body, **more):
    """Firmware with its header; `by` signs, `packed` compresses, `encrypted` is noise."""
    key = more.get("by")
    stored = zlib.compress(body, 9) if more.get("packed") else body
    tail = 256 if key or more.get("fake") else 0
    head = bytearray(0x100)
    head[0x10:0x1c] = b"$PS1" + u32(len(body), int("encrypted" in more))
    if "encrypted" in more:
        head[0x20:0x30] = noise(16, b"iv")
        head[0x80:0x90] = noise(16, b"wrapped")
    head[0x30:0x38] = u32(int(tail > 0), more.get("kind", 0))
    head[0x38:0x48] = more.get("id", SIGNER_ID) if tail else bytes(16)
    if more.get("packed"):
        head[0x48:0x4c] = u32(1)
        head[0x50:0x58] = u32(more.get("full", len(body)), len(stored))
    head[0x60:0x64] = bytes((0x74, 1, 8, 0))
    head[0x68:0x70] = u32(0x100, more.get("size", 0x100 + len(stored) + tail))
    head[0x7c] = more.get("type", 1)
    out = bytes(head) + stored
    if key:
        return out + key.sign(bytes(head) + body)
    return out + (noise(256, b"fake") if tail else b"")


def fletcher32(data):
    low = high = 0xffff
    for word, in struct.iter_unpack("<H", data):
        low = (low + word - 1) % 65535 + 1
        high = (high + low - 1) % 65535 + 1
    return high << 16 | low


def directory(cookie, rows, mode=1, info=0, count=None):
    rest = u32(len(rows) if count is None else count, mode << 29 | info) + b"".join(rows)
    return cookie + u32(fletcher32(rest)) + rest


def combo(cookie, rows):
    rest = u32(len(rows), 0) + bytes(16) + b"".join(struct.pack("<IIQ", *row) for row in rows)
    return cookie + u32(fletcher32(rest)) + rest


def psp(kind, size, address, sub=0, flags=0):
    return struct.pack("<BBHIQ", kind, sub, flags, size, address)


def bios(kind, size, address, **more):
    return struct.pack("<BBBBIQQ", kind, more.get("region", 0), more.get("flags", 0),
                       more.get("sub", 0), size, address, more.get("to", 0))


def patch(date=0x07152024, size=96):
    head = u32(date, 0x0a0011d5) + struct.pack("<HBB", 0x8004, 0x20, 0)
    head += u32(0, 0, 0) + struct.pack("<HBBB3x", 0xa011, 0, 0, 0) + noise(32, b"match")
    return head + noise(size, b"patch")


class Image:
    """A little image: the structure at 0, whatever is placed behind it."""

    def __init__(self):
        self.data = bytearray(b"\xff" * 0x60)

    def place(self, data):
        while len(self.data) % 16:
            self.data.append(0xff)
        self.data += data
        return len(self.data) - len(data)

    def row(self, kind, data, **more):
        return psp(kind, len(data), self.place(data), **more)

    def efs(self, **pointers):
        words = {"psp": 0x14, "legacy": 0x10, "bios0": 0x18, "bios1": 0x1c, "bios2": 0x20,
                 "bios3": 0x28, "backup": 0x2c}
        head = bytearray(u32(0x55aa55aa) + b"\xff" * 12 + bytes(64))
        head[0x24:0x28] = u32(0xfffffffe)
        head[0x40:0x4a] = bytes((7, 0, 0, 3, 1, 0, 0, 5, 2, 0x55))
        for name, at in words.items():
            head[at:at + 4] = u32(pointers.get(name, 0))
        self.data[:80] = head
        return bytes(self.data)


def full():
    """Both levels, keys, firmware of each kind, recovery slots, a combo, a BIOS directory."""
    image = Image()
    signer = SIGNER.structure(SIGNER_ID, ROOT_ID, 0, ROOT)
    two = directory(b"$PL2", [
        image.row(0x0a, signer),
        image.row(0x01, firmware(noise(64, b"loader"), by=SIGNER)),
        image.row(0x08, firmware(b"management " * 30, by=SIGNER, packed=True), sub=1),
        image.row(0x02, firmware(noise(64, b"secret"), encrypted=True, fake=True)),
        image.row(0x12, firmware(noise(48, b"plain"))),
        image.row(0x04, noise(32, b"nvram")),
        image.row(0x24, firmware(noise(32, b"other"), fake=True, id=NO_ID)),
        image.row(0xee, noise(40, b"unknown type")),
    ])
    level2 = image.place(two)
    slot = image.place(u32(0, 0xffffffff, 3) + bytes((1, 0, 0, 0)) +
                       u32(level2, 0xbc0b0500, 0x300000, 0))
    one = directory(b"$PSP", [
        image.row(0x00, ROOT.structure(ROOT_ID, ROOT_ID)),
        psp(0x0b, 0xffffffff, 1 << 29 | 1),
        psp(0x40, len(two), level2),
        psp(0x48, 32, slot),
    ])
    first = image.place(one)
    both = image.place(combo(b"2PSP", [(0, 0xbc0b0500, first), (0, 0xbc0c0100, first)]))
    apcb = b"APCB" + noise(60, b"apcb")
    second = image.place(directory(b"$BL2", [bios(0x66, 160, image.place(patch()), sub=1)]))
    table = image.place(directory(b"$BHD", [
        bios(0x60, len(apcb), image.place(apcb), flags=0x10),
        bios(0x61, 0, 0, to=0xa200000),
        bios(0x62, 64, image.place(noise(64, b"reset")), flags=3, to=0x9000000),
        bios(0x63, 32, image.place(noise(32, b"apob")), sub=0x20),
        bios(0x70, 40, second),
    ]))
    return image.efs(psp=both, bios1=table)


def structures():
    def write(case, data):
        cases.write("amd-efs", case, data)
    image = Image()
    write("minimal", image.efs())
    write("full", full())
    write("fault-signature", b"\xaa\x55\xaa\x56" + image.efs()[4:])
    write("fault-reference", image.efs(psp=0x50, bios0=0x7ffffff))
    write("fault-truncated", image.efs()[:79])


def directories():
    def write(case, data):
        cases.write("amd-psp-directory", case, data)
    body = noise(32, b"body")
    fuse = psp(0x0b, 0xffffffff, 0)
    write("minimal", directory(b"$PSP", [fuse]))
    write("offset-from-directory",
          directory(b"$PL2", [psp(0x25, 32, 2 << 62 | 48), psp(0x76, 32, 3 << 62 | 64)], 2) +
          body)
    write("value", directory(b"$PSP", [psp(0x99, 0xffffffff, 0x1234)]))
    write("bios", directory(b"$BHD", [bios(0x64, 32, 40, flags=0x10, sub=1)]) + body)
    write("combo", combo(b"2BHD", [(0, 1, 48)]) + directory(b"$BHD", [bios(0x61, 0, 0)]))
    good = directory(b"$PSP", [fuse])
    write("fault-checksum", good[:4] + b"\0" + good[5:])
    write("fault-count", directory(b"$PSP", [fuse], count=3))
    write("fault-cookie", b"$XSP" + good[4:])
    write("fault-address", directory(b"$PSP", [psp(0x01, 16, 0x800000)]))
    write("fault-length", directory(b"$PSP", [psp(0x01, 64, 16)]))
    write("fault-level", directory(b"$PSP", [psp(0x40, 64, 16)]))
    write("fault-combo", combo(b"2PSP", [(0, 1, 16)]))
    write("fault-truncated", good[:31])


def slots():
    two = directory(b"$PL2", [psp(0x0b, 0xffffffff, 0)])
    head = u32(0, 0xffffffff, 3) + bytes((1, 0, 0, 0)) + u32(32, 0xbc0b0500, 0x300000, 0)
    cases.write("amd-image-slot", "minimal", head + two)
    cases.write("amd-image-slot", "fault-reference", head + b"\xff" * 32)
    cases.write("amd-image-slot", "fault-truncated", head[:31])


def entries():
    def write(case, data, label=None):
        cases.write("amd-psp-entry", case, data, label)
    write("minimal", firmware(noise(16, b"m")))
    write("padded", firmware(noise(16, b"m")) + b"\xff" * 16)
    write("compressed", firmware(b"again " * 40, packed=True))
    write("encrypted", firmware(noise(32, b"e"), encrypted=True, fake=True))
    write("signed", firmware(noise(16, b"s"), by=SIGNER))
    write("signature-unknown", firmware(noise(16, b"s"), fake=True, kind=9))
    write("root-key", ROOT.structure(ROOT_ID, ROOT_ID))
    write("key", SIGNER.structure(SIGNER_ID, ROOT_ID, 8, ROOT))
    write("bytes", noise(24, b"bytes"))
    write("volatile", noise(24, b"nv"), "volatile")
    write("fault-size", firmware(noise(16, b"m"), size=0x1000))
    write("fault-signature-size", firmware(noise(16, b"m"), fake=True, kind=2))
    write("fault-stream", firmware(b"again " * 40, packed=True, full=16))


def tampered():
    """The full image with one byte of signed firmware changed."""
    data = bytearray(full())
    at = bytes(data).index(noise(64, b"loader"))
    data[at + 5] ^= 1
    cases.write("amd-efs", "fault-signed-byte", bytes(data))


def microcodes():
    cases.write("amd-microcode", "minimal", patch())
    cases.write("amd-microcode", "fault-date", patch(0x13452024))
    cases.write("amd-microcode", "fault-truncated", patch()[:64])


if __name__ == "__main__":
    structures()
    directories()
    slots()
    entries()
    tampered()
    microcodes()
