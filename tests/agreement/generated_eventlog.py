#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the decoder of event logs with tpm2_eventlog on logs made for it.

usage: tests/agreement/generated_eventlog.py BUILD [DATA [SEED [COUNT]]]

Crypto-agile logs of one to four banks and SHA-1 logs, with events of every type, of data as the
PC Client Platform Firmware Profile 1.06 lays it out and of other data. What is compared, and how,
is that of eventlog.py.
"""
import hashlib
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile

import eventlog

BANKS = {4: "sha1", 11: "sha256", 12: "sha384", 13: "sha512"}
GLOBAL = bytes.fromhex("61dfe48bca93d211aa0d00e098032b8c")
PATH = bytes.fromhex("02010c00d041030a00000000" "01010600001f" "7fff0400")
# What YAML does not allow; the peer prints texts as they are.
CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xff]")
TEXTS = [b"Calling EFI Application from Boot Option", b"Exit Boot Services Invocation", b"a",
         b"POST CODE\0", b"DMA Protection Disabled", b"BIOS Setup"]


def wide(text):
    return text.encode("utf-16-le")


class Maker:
    """A log from a stream of chances."""

    def __init__(self, seed):
        self.chance = random.Random(seed)

    def variable(self):
        r = self.chance
        name = r.choice(["SecureBoot", "PK", "db", "BootOrder", "Boot0001", "MokList", "x" * 40])
        data = {"SecureBoot": b"\1", "BootOrder": b"\1\0\0\0"}.get(name, r.randbytes(8))
        if name in ("PK", "db"):
            data = b""
        if name == "Boot0001":
            data = struct.pack("<IH", 1, len(PATH)) + wide("disk\0") + PATH
        return GLOBAL + struct.pack("<QQ", len(name), len(data)) + wide(name) + data

    def gpt(self):
        r = self.chance
        count = r.randint(0, 3)
        head = b"EFI PART" + struct.pack("<IIII", 0x10000, 92, r.getrandbits(32), 0)
        head += struct.pack("<QQQQ", 1, 0xFFFF, 34, 0xFFF0) + r.randbytes(16)
        head += struct.pack("<QIII", 2, 128, 128, r.getrandbits(32))
        parts = b"".join(r.randbytes(32) + struct.pack("<QQQ", 34 + i, 40 + i, 0) +
                         wide("part").ljust(72, b"\0") for i in range(count))
        return head + struct.pack("<Q", count) + parts

    def data(self, kind):
        r = self.chance
        number = lambda: r.choice([0, 1, 0xFF800000, r.getrandbits(40)])
        if kind in (0x80000001, 0x80000002, 0x8000000C, 0x800000E0):
            return self.variable()
        if kind in (0x80000003, 0x80000004, 0x80000005):
            path = r.choice([b"", PATH])
            return struct.pack("<QQQQ", number(), number(), 0, len(path)) + path
        if kind == 0x80000006:
            return self.gpt()
        if kind in (1, 7, 0x80000008):
            return struct.pack("<QQ", number(), r.choice([1, 0x1000, 0x800000]))
        if kind == 0x8000000A:
            name = r.choice([b"", b"PEI", b"Fv(8C8CE578-8A3D-4F1C-9935-896185C32DD3)\0"])
            return bytes([len(name)]) + name + struct.pack("<QQ", number(), number())
        if kind in (0x80000009, 0x8000000B):
            name = b"" if kind == 0x80000009 else b"\x04ACPI"
            tables = b"".join(r.randbytes(16) + struct.pack("<Q", number()) for _ in "ab")
            return name + struct.pack("<Q", 2) + tables
        if kind == 4:
            return r.choice([b"\0\0\0\0", b"\xff\xff\xff\xff"])
        if kind in (5, 0x80000007):
            return r.choice(TEXTS)
        if kind == 6:
            return struct.pack("<II", r.getrandbits(32), 4) + b"tag!"
        if kind == 8:
            return r.choice([wide("1.2.3\0"), r.randbytes(16), b"\0\0"])
        if kind == 0x0D:
            return r.choice([b"grub_cmd: ls\0", b"kernel_cmdline: quiet\0"])
        return r.choice([b"", r.randbytes(5), b"text"])

    def event(self, banks, agile):
        r = self.chance
        kind = r.choice([0, 1, 3, 4, 5, 6, 7, 8, 9, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x10, 0x11,
                         0x12, 0x40, 0x80000010, 0x800000E1] +
                        [0x80000000 + i for i in range(1, 13)] * 2 + [0x800000E0] * 2)
        pcr = r.randint(0, 16)
        data = self.data(kind)
        digests = {}
        hashed = data if r.random() < 0.7 else b"x"
        for bank in banks:
            digests[bank] = hashlib.new(BANKS[bank], hashed).digest()
        if kind == 3:
            pcr = 0
            data = b"StartupLocality\0" + bytes([r.choice([0, 3, 4])])
            digests = {bank: bytes(hashlib.new(BANKS[bank]).digest_size) for bank in banks}
        if not agile:
            return struct.pack("<II", pcr, kind) + digests[4] + struct.pack("<I", len(data)) + data
        packed = b"".join(struct.pack("<H", bank) + digest for bank, digest in digests.items())
        return struct.pack("<III", pcr, kind, len(digests)) + packed + \
            struct.pack("<I", len(data)) + data

    def log(self):
        r = self.chance
        agile = r.random() < 0.8
        banks = r.choice([[11], [4, 11], [4, 11, 12], [11, 12, 13], [4, 11, 12, 13]])
        banks = banks if agile else [4]
        events = b""
        if agile:
            spec = b"Spec ID Event03\0" + struct.pack("<IBBBBI", 0, 0, 2, r.choice([0, 105, 106]),
                                                      2, len(banks))
            for bank in banks:
                spec += struct.pack("<HH", bank, hashlib.new(BANKS[bank]).digest_size)
            vendor = r.choice([b"", b"maker"])
            spec += bytes([len(vendor)]) + vendor
            events = struct.pack("<II", 0, 3) + bytes(20) + struct.pack("<I", len(spec)) + spec
        return events + b"".join(self.event(banks, agile) for _ in range(r.randint(1, 40)))


def main():
    build = sys.argv[1]
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    count = int(sys.argv[4]) if len(sys.argv) > 4 else 60
    if shutil.which("tpm2_eventlog") is None:
        print("generated eventlog: SKIP (no tpm2_eventlog)")
        sys.exit(77)
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    score = eventlog.Score()
    types = eventlog.type_numbers(root)
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for one in range(seed, seed + count):
            paths.append(os.path.join(folder, str(one)))
            with open(paths[-1], "wb") as file:
                file.write(Maker(one).log())
        rows = eventlog.decode(build, paths)
        for path in paths:
            done = subprocess.run(["tpm2_eventlog", path], check=False, capture_output=True)
            with open(path + ".yaml", "wb") as file:
                file.write(CONTROL.sub(b".", done.stdout))
            eventlog.check_yaml(score, types, path + ".yaml", path, rows[path])
    for reason, times in sorted(score.explained.items()):
        print(f"    {times} explained: {eventlog.EXPLAINED[reason]}")
    for line in score.open[:60]:
        print("  NOT EXPLAINED " + line)
    print(f"generated eventlog: {score.agreed}/{score.total}")
    sys.exit(1 if score.open else 0)


if __name__ == "__main__":
    main()
