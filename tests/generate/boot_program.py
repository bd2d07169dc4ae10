#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Inputs of the golden cases of uboot-program and opensbi.

Nothing here is a program: first instructions as the published start-up code has them, and texts.
"""
import struct

import cases

DATE = b" (Jan  2 2024 - 03:04:05 +0000)"
CODE = b"a program, only a text for tests\0"
VECTORS = struct.pack("<8I", 0xea0000b8, *[0xe59ff014] * 7)
RISCV = bytes.fromhex("732540f12a82ae84")
MIPS = bytes.fromhex("3f01001000000000")
X86 = bytes.fromhex("fafc0f20c00d000000600f22c0")
X86_64 = bytes.fromhex("4889e7e86d7601004889c4e8717601004831ffe8359e0100")
POWERPC = bytes.fromhex("382002007c2001247c781b7838000002")
OPENSBI = bytes.fromhex("33040500b384050033090600ef004055")
LOGO = b"\nOpenSBI v%d.%d\n\0"


def word(text):
    return text + bytes(-len(text) % 4)


def tree(name=b"model", value=b"Example\0", compatible=16, size=None):
    """A root with one property."""
    structure = struct.pack(">II", 1, 0) + struct.pack(">III", 3, len(value), 0) + word(value)
    structure += struct.pack(">II", 2, 9)
    strings = name + b"\0"
    head = 40 + 16
    total = head + len(structure) + len(strings)
    return struct.pack(">10I", 0xd00dfeed, total if size is None else size, head, head + len(structure), 40, 17,
                       compatible, 0, len(strings), len(structure)) + bytes(16) + structure + strings


def banner(version=b"2023.01", date=DATE, stage=b"", ident=b"", end=b"\0"):
    return b"\0U-Boot " + stage + version + date + ident + end


def padded(data, size, fill=b"\0"):
    return data + fill * (size - len(data))


def arm64(body, end=None, base=0x80000, bss=(0x2000, 0x3000)):
    body = b"\x1f\x20\x03\xd5" + b"@" * 32 + body
    size = 4 + len(body)
    head = struct.pack("<QQQQ", base, size if end is None else end, *bss)
    return struct.pack("<I", 0x1400000a) + body.replace(b"@" * 32, head, 1)


def platform(version=0x10001, name=b"Example", harts=128, stack=8192):
    return struct.pack("<II64sQII", version, 1, name, 2, harts, stack)


def u(case, data, says):
    cases.write("uboot-program", case, data, says=says)


def o(case, data, says, text=False):
    cases.write("opensbi", case, data, says=says, text=text)


def uboot():
    even = word(CODE + banner())
    u("minimal", VECTORS + CODE + banner(), "Vectors of 32-bit ARM, and a banner")
    u("arm64", arm64(word(even)) + tree() + b"\xff" * 300, "64-bit ARM, whose start states its length; a tree behind it")
    u("arm64-alone", arm64(word(even)), "64-bit ARM without a tree")
    u("arm64-more", arm64(word(even)) + CODE * 9, "64-bit ARM, with bytes behind its stated end")
    u("allwinner", struct.pack("<II", 0xea00001f, 0x14000041) + bytes(40) + even, "64-bit ARM that starts as 32-bit")
    u("egon", struct.pack("<I", 0xea000016) + b"eGON.BT0" + bytes(40) + even, "The first stage of an Allwinner board")
    u("spl", padded(VECTORS + CODE + banner(stage=b"SPL ", end=b"\n\0"), 512) + tree(compatible=2) + bytes(400),
      "A first stage with its device tree, and zeros")
    u("trees", padded(VECTORS + CODE, 128) + tree() + padded(b"", 4) + tree(value=b"Other\0") + even,
      "Two device trees amid the program")
    u("ident", VECTORS + banner(b"2019.04-00012-gabcdef-dirty", b" ( Oct 12 2015 - 16:34:46)", ident=b" Example BMC"),
      "A version with additions, an old form of the date, and an identification")
    u("riscv", RISCV + CODE + banner(), "RISC-V, machine mode")
    u("riscv-supervisor", RISCV[4:] + b"\x93\1\0\0" + CODE + banner(), "RISC-V, supervisor mode")
    u("mips", MIPS + bytes(8) + CODE + banner(), "MIPS, little-endian")
    u("mips-big", b"\x10\0\1\x3f" + bytes(12) + CODE + banner(), "MIPS, big-endian")
    u("x86", X86 + CODE + banner(), "x86")
    u("x86-64", X86_64 + CODE + banner(), "x86, 64 bit")
    u("powerpc", POWERPC + CODE + banner(), "PowerPC, e500")
    u("two-banners", VECTORS + banner(stage=b"TPL ") + CODE + banner(), "A first stage and what it starts")
    u("no-banner", VECTORS + CODE + b"U-Boot is a program, 2023.01 (today)", "No version with a date")
    u("no-date", VECTORS + CODE + b"U-Boot 2023.01 (yesterday)\0" + b"U-Boot 2023.01", "A version without a date")
    u("unknown-start", bytes(64) + CODE + banner(), "Instructions of no known start")
    u("truncated", arm64(even, end=4096), "64-bit ARM, less than its start states")
    u("broken-tree", padded(VECTORS + CODE + banner(), 128) + tree(size=4096), "A tree longer than the file is code")
    cases.write("uboot-program", "erased", padded(VECTORS + CODE + banner(), 5000, b"\xff") + b"\xff" * 8000, text=True)


def opensbi():
    body = padded(OPENSBI + CODE + LOGO, 128)
    o("minimal", body, "The first instructions and the banner")
    o("platform", body + platform() + CODE, "With the description of its platform")
    o("build", body + b"\0v1.3-54-g1a2b3c4-dirty\0" + b"v1.10\0", "Built from a source between releases")
    o("git-banner", padded(OPENSBI.replace(b"\xef\0\x40\x55", b"\x97\0\0\0") + b"\nOpenSBI %s\n\0", 128) + CODE,
      "The banner of such a build, and a far call")
    o("tree", body + tree() + bytes(300), "With a device tree in it, and zeros")
    payload = RISCV[4:] + b"\x93\1\0\0" + CODE + banner()
    o("payload", padded(body + platform(), 12288) + payload, "With U-Boot as payload", text=True)
    o("payload-unknown", padded(body, 12288) + CODE, "With a payload that nobody knows", text=True)
    o("two-platforms", body + platform() + platform(name=b"Other"), "Two descriptions: neither counts")
    o("no-banner", padded(OPENSBI + CODE, 160), "The first instructions alone")
    o("bad-start", b"\0" + body[1:], "Other first instructions")


if __name__ == "__main__":
    uboot()
    opensbi()
