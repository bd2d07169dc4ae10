#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Inputs of the golden cases of flash, bios-region, uefi-volume and uefi-section."""
import os
import sys

import amd
import cases
import intel

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "firmware"))
import parts as c  # noqa: E402

A = "aaaaaaaa-0001-4000-8000-000000000001"
B = "bbbbbbbb-0002-4000-8000-000000000002"
C = "cccccccc-0003-4000-8000-000000000003"
NAME = "7cb8bdc9-f8eb-4f34-aaea-3ee4af6516a1"
CODE = b"this is no code, only a text for tests"


def driver(name=A, text="Driver"):
    return c.file(name, c.DRIVER, c.sections(c.depex(), c.te(CODE), c.ui(text), c.version("1.0", 7)))


def volumes():
    small = c.volume([driver()])
    cases.write("uefi-volume", "minimal", small)
    cases.write("uefi-volume", "full", c.volume(
        [driver(), c.pad(40), c.file(B, c.RAW, CODE, attributes=0x40),
         c.file(C, c.FREEFORM, c.sections(c.raw(CODE)), attributes=0x38),
         c.pad(0, body=CODE), c.file(B, c.DRIVER, c.sections(c.lzma(c.sections(c.raw(CODE * 4))))),
         c.file(c.TOP, c.RAW, b"the reset vector")], name=NAME))
    cases.write("uefi-volume", "pad-files", c.volume(
        [c.pad(40), driver(), c.pad(64), c.pad(80, body=CODE),
         c.file(B, c.PAD, c.erased(8)), c.pad(24)], name=NAME))
    cases.write("uefi-volume", "large-file", c.volume(
        [c.file(A, c.RAW, CODE, attributes=0x01)], system=c.FFS3))
    cases.write("uefi-volume", "revision-1", c.volume(
        [c.file(A, c.RAW, CODE + b"\x55\xaa", attributes=0x01, checksum=0x5a,
                large=False)],
        system=c.FFS1, revision=1))
    cases.write("uefi-volume", "erased-is-zero", c.volume(
        [c.file(A, c.RAW, CODE, state=0x07)], length=512, attributes=0x4f6ff, blank=b"\0"))
    cases.write("uefi-volume", "deleted", c.volume(
        [c.file(A, c.RAW, CODE, state=0xe8), driver(B)], length=512))
    cases.write("uefi-volume", "free-space-data", c.volume(
        [driver()], length=1024, free=c.erased(64) + CODE))
    cases.write("uefi-volume", "free-space-zeros", c.volume(
        [driver()], length=1024, free=c.erased(64) + bytes(400)))
    cases.write("uefi-volume", "variables", c.volume([], length=256, system=c.NVRAM, free=CODE))
    cases.write("uefi-volume", "unknown-system", c.volume([], length=256, system=C, free=CODE))
    cases.write("uefi-volume", "bad-file-checksum", c.volume(
        [c.file(A, c.RAW, CODE, attributes=0x40, checksum=0x11)]))
    cases.write("uefi-volume", "bad-file-constant", c.volume([c.file(A, c.RAW, CODE, checksum=0x5a)]))
    cases.write("uefi-volume", "bad-header-checksum", c.volume(
        [c.file(A, c.RAW, CODE, header_sum=0x11), driver(B)]))
    cases.write("uefi-volume", "bad-file-length", c.volume(
        [driver(), c.file(B, c.RAW, CODE, size=4096)]))
    cases.write("uefi-volume", "misplaced-top", c.volume([c.file(c.TOP, c.RAW, CODE), driver()]))
    broken = bytearray(c.volume([driver()], name=NAME))
    broken[52:54] = b"\xff\x7f"
    cases.write("uefi-volume", "bad-extension", bytes(broken))
    short = bytearray(c.volume([driver()], name=NAME))
    short[72 + 16] = 3
    cases.write("uefi-volume", "bad-extension-length", bytes(short))
    open_map = bytearray(small)
    open_map[64:68] = b"\1\0\0\0"
    cases.write("uefi-volume", "open-block-map", bytes(open_map))
    small_map = bytearray(small)
    small_map[60] -= 8
    cases.write("uefi-volume", "short-block-map", bytes(small_map))
    unsigned = bytearray(small)
    unsigned[40] = 0
    cases.write("uefi-volume", "no-signature", bytes(unsigned))


def sections():
    inner = c.sections(c.raw(CODE * 3), c.ui("Inside"))
    long = c.sections(c.raw(CODE * 90 + bytes(range(256)) + CODE), c.ui("Inside"))
    cases.write("uefi-section", "minimal", c.raw(CODE))
    cases.write("uefi-section", "full", c.sections(
        c.pe(CODE), c.te(CODE), c.section(0x11, CODE), c.depex(), c.section(0x1b, b"\x06\x08"),
        c.section(0x1c, b"\x06\x08"), c.version("2.1", 9), c.ui("Everything"),
        c.section(0x16, CODE), c.freeform(B, CODE), c.raw(CODE), c.section(0x03, c.raw(CODE)),
        c.fv(c.volume([driver()]))))
    cases.write("uefi-section", "stored", c.stored(inner))
    cases.write("uefi-section", "lzma", c.lzma(inner))
    cases.write("uefi-section", "lzma-kind-2", c.compressed(c.lzma_stream(inner), len(inner), 2))
    cases.write("uefi-section", "tiano", c.tiano(inner))
    cases.write("uefi-section", "efi11", c.efi11(inner))
    cases.write("uefi-section", "efi11-is-tiano", c.efi11(inner, 5))
    cases.write("uefi-section", "tiano-matches", c.guided(c.TIANO, c.lz_stream(long), 1))
    cases.write("uefi-section", "efi11-matches", c.compressed(c.lz_stream(long, 4), len(long), 1))
    cases.write("uefi-section", "zlib", c.zlib_amd(inner))
    cases.write("uefi-section", "crc32", c.crc32(inner))
    cases.write("uefi-section", "signed", c.guided(c.SIGNED, inner, 2, CODE))
    cases.write("uefi-section", "unknown-guid", c.guided(C, CODE))
    cases.write("uefi-section", "unknown-kind", c.compressed(CODE, 99, 7))
    cases.write("uefi-section", "unknown-type", c.sections(c.section(0x44, CODE), c.raw(CODE)))
    cases.write("uefi-section", "large", c.section(0x19, b"", size=0xffffff)[:4] +
                (8 + len(CODE)).to_bytes(4, "little") + CODE)
    cases.write("uefi-section", "raw-volume", c.raw(c.volume([driver()])))
    with open(os.path.join(cases.ROOT, "option-rom", "efi-program", "in.bin"), "rb") as file:
        rom = file.read()
    cases.write("uefi-section", "option-rom", c.sections(c.raw(rom), c.freeform(B, rom), c.raw(CODE)), text=True)
    cases.write("uefi-section", "bad-crc32", c.guided(c.CRC32, inner, 2, b"\1\2\3\4"))
    cases.write("uefi-section", "bad-length", c.sections(c.raw(CODE), c.section(0x19, CODE, size=4096)))
    cases.write("uefi-section", "bad-stored-length", c.compressed(inner, 5, 0))
    cases.write("uefi-section", "bad-guided", c.section(0x02, b"\1\2\3"))
    cases.write("uefi-section", "bad-compressed", c.section(0x01, b"\1"))
    cases.write("uefi-section", "bad-volume", c.fv(CODE))
    cases.write("uefi-section", "bad-text", c.section(0x15, b"\0\xd8A\0\0\0tail"))
    cases.write("uefi-section", "corrupt-lzma", c.guided(
        c.LZMA, c.lzma_stream(inner)[:-12] + b"\x55" * 4, 1))
    cases.write("uefi-section", "corrupt-tiano", c.guided(c.TIANO, c.tiano_stream(inner)[:-40], 1))
    # The code of code lengths is one symbol that this code does not have.
    stream = bytearray(c.tiano_stream(inner))
    stream[10] = 0x07
    stream[11] = 0xc0 | stream[11] & 0x3f
    cases.write("uefi-section", "tiano-symbol", c.guided(c.TIANO, bytes(stream), 1))
    cases.write("uefi-section", "corrupt-zlib", c.guided(c.ZLIB_AMD, CODE, 1))
    cases.write("uefi-section", "bomb", c.guided(c.LZMA, c.lzma_stream(inner, lies=1 << 40), 1))
    cases.write("uefi-section", "nonzero-gap", c.sections(c.raw(CODE[:5]), c.raw(CODE), blank=b"x"))


def regions():
    cases.write("bios-region", "minimal", c.volume([driver()]))
    cases.write("bios-region", "full", c.image(
        c.erased(512), c.volume([driver()]), c.erased(300) + CODE, c.zeros(400),
        c.volume([driver(B)], name=NAME), c.erased(64)))
    cases.write("bios-region", "no-volume", CODE)
    module = intel.code_module(3, intel.Rsa(b"example module"))
    loader = amd.firmware(amd.noise(64, b"loader"), by=amd.ROOT, id=amd.ROOT_ID)
    cases.write("bios-region", "modules-beside", b"".join(
        part + c.erased(-len(part) % 4096 + 4096)
        for part in (c.volume([driver()]), module, CODE, loader, CODE)))
    long = bytearray(c.volume([driver()]))
    long[32:40] = (1 << 20).to_bytes(8, "little")
    cases.write("bios-region", "bad-length", bytes(long) + c.volume([driver(B)], name=NAME))
    cases.write("flash", "descriptor", (c.erased(16) + b"\x5a\xa5\xf0\x0f").ljust(4096, b"\xff") +
                c.volume([driver()]))


volumes()
sections()
regions()
