#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""AMD's structures in a whole flash image, at the places where the processor looks.

usage: tests/cli/amd.py BUILD

Images of several sizes, made here: no image of a real machine is part of this tree. Prints TAP.
"""
import json
import lzma
import os
import struct
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "generate"))
import amd  # pylint: disable=wrong-import-position

MIB = 1 << 20


def volume(size):
    """An empty firmware volume, so that the image is known as one."""
    header = bytearray(struct.pack("<16s16sQ4sIHHHBBIIII", bytes(16), bytes(range(16)), size,
                                   b"_FVH", 0x4feff, 72, 0, 0, 0, 2, size // 4096, 4096, 0, 0))
    total = sum(struct.unpack("<36H", header)) & 0xffff
    struct.pack_into("<H", header, 50, -total & 0xffff)
    return bytes(header) + b"\xff" * (size - len(header))


def image(size, at, physical):
    """An image with the structure at an offset, addresses physical or offsets in the flash."""
    data = bytearray(b"\xff" * size)
    loader = amd.firmware(amd.noise(64, b"loader"), by=amd.ROOT, id=amd.ROOT_ID)
    key = amd.ROOT.structure(amd.ROOT_ID, amd.ROOT_ID)
    place = at + 0x1000

    def address(offset):
        return (offset % (16 * MIB) | 0xff000000 if size >= 16 * MIB
                else offset - size & 0xffffffff) if physical else offset
    data[place + 0x1000:place + 0x1000 + len(key)] = key
    data[place + 0x2000:place + 0x2000 + len(loader)] = loader
    table = amd.directory(b"$PSP", [amd.psp(0, len(key), address(place + 0x1000)),
                                    amd.psp(1, len(loader), address(place + 0x2000))],
                          0 if physical else 1)
    data[place:place + len(table)] = table
    efs = bytearray(80)
    efs[:4] = amd.u32(0x55aa55aa)
    efs[0x14:0x18] = amd.u32(address(place))
    data[at:at + 80] = efs
    data[size - 0x20000:size - 0x10000] = volume(0x10000)
    return bytes(data)


def verified(program, path, decoder="flash"):
    done = subprocess.run([program, "decode", "--as", decoder, "--json", path], check=False,
                          capture_output=True, text=True, timeout=60)
    result = json.loads(done.stdout)
    return ([claim["value"] for claim in result["claims"]
             if claim["key"] == "amd.firmware.verified" and "psp-boot-loader" in claim["path"]],
            [fault["name"] if "name" in fault else fault for fault in result["faults"]])


def main():
    program = os.path.abspath(os.path.join(sys.argv[1], "assay"))
    failed = 0
    cases = [(16 * MIB, 0x20000, True), (16 * MIB, 0x20000, False), (16 * MIB, 0xfa0000, True),
             (8 * MIB, 0x20000, True), (32 * MIB, 0x820000, True), (32 * MIB, 0x20000, False)]
    print(f"1..{len(cases) + 2}")
    with tempfile.TemporaryDirectory() as where:
        path = os.path.join(where, "image.bin")
        for number, (size, at, physical) in enumerate(cases, 1):
            with open(path, "wb") as file:
                file.write(image(size, at, physical))
            got, faults = verified(program, path)
            good = got == [1]
            failed += not good
            print(f"{'ok' if good else 'not ok'} {number} - {size // MIB} MiB, structure at "
                  f"0x{at:x}, {'addresses' if physical else 'offsets'}")
            if not good:
                print("#", got, faults)
        data = bytearray(image(16 * MIB, 0x20000, True))
        data[0x20000 + 0x3000 + 0x105] ^= 1
        with open(path, "wb") as file:
            file.write(data)
        got, faults = verified(program, path)
        good = got == [2] and "digest-mismatch" in json.dumps(faults)
        failed += not good
        print(f"{'ok' if good else 'not ok'} {len(cases) + 1} - a changed byte of signed firmware")
        if not good:
            print("#", got, faults)
        # Addresses count from where the image lies, not from the file that it is packed in.
        with open(path, "wb") as file:
            file.write(lzma.compress(image(8 * MIB, 0x20000, True), preset=0))
        got, faults = verified(program, path, "xz")
        good = got == [1]
        failed += not good
        print(f"{'ok' if good else 'not ok'} {len(cases) + 2} - the same in a compressed image")
        if not good:
            print("#", got, faults)
    return 1 if failed else 0


sys.exit(main())
