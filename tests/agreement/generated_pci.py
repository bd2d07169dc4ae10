#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the decoder of PCI configuration space with lspci on functions made for it.

usage: tests/agreement/generated_pci.py BUILD [DATA [SEED [COUNT]]]

Headers of types 0 to 2 with chains of every capability and extended capability ID, in any order
and version, with random contents; some chains loop or lead out of the space. What is compared,
and how, is that of pci.py.
"""
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

import pci

# Room for the structure of each ID, with what random counts in it may ask for.
STANDARD = {0x01: 8, 0x02: 12, 0x03: 8, 0x04: 4, 0x05: 24, 0x06: 4, 0x07: 24, 0x08: 28,
            0x09: 16, 0x0A: 4, 0x0B: 4, 0x0C: 8, 0x0D: 8, 0x0E: 12, 0x0F: 24, 0x10: 60, 0x11: 12, 0x12: 8,
            0x13: 6, 0x14: 16, 0x15: 36, 0x00: 4, 0x16: 4, 0xFE: 4}
EXTENDED = {1: 72, 2: 128, 3: 12, 4: 16, 5: 64, 6: 12, 7: 12, 8: 64, 9: 8, 0xA: 16, 0xB: 32,
            0xC: 8, 0xD: 48, 0xE: 8, 0xF: 8, 0x10: 64, 0x11: 64, 0x12: 48, 0x13: 16, 0x14: 8,
            0x15: 52, 0x16: 48, 0x17: 16, 0x18: 8, 0x19: 64, 0x1A: 16, 0x1B: 8, 0x1C: 8,
            0x1D: 64, 0x1E: 16, 0x1F: 12, 0x20: 32, 0x21: 12, 0x22: 12, 0x23: 64, 0x24: 52,
            0x25: 12, 0x26: 48, 0x27: 64, 0x28: 44, 0x29: 16, 0x2A: 48, 0x2B: 32, 0x2C: 16,
            0x2D: 16, 0x2E: 32, 0x2F: 12, 0x33: 16, 0x7FFF: 8}


class Maker:
    """One function's configuration space from a stream of chances."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.broken = False
        self.extended_broken = False

    def integer(self):
        r = self.chance
        return r.choice([0, 0xFFFFFFFF, 0x80000000, 1, r.getrandbits(32), r.getrandbits(32)])

    def header(self, kind):
        r = self.chance
        space = bytearray(b"".join(self.integer().to_bytes(4, "little") for _ in range(16)))
        space[0:4] = bytes([r.randint(1, 254), r.getrandbits(8), r.getrandbits(8),
                            r.getrandbits(8)])
        space[6] |= 0x10
        space[0x0E] = kind | r.choice([0, 0x80])
        # lspci takes the layout from the class, as well as from the type.
        space[0x0A:0x0C] = {0: b"\x00\x02", 1: b"\x04\x06", 2: b"\x07\x06"}[kind]
        if kind == 1:
            space[0x18:0x1B] = bytes([0, r.randint(1, 255), 255])
        return space

    def standard(self, space):
        r = self.chance
        at = 0x40 if space[0x0E] & 0x7F != 2 else 0x80
        pointer = 0x14 if space[0x0E] & 0x7F == 2 else 0x34
        ids = r.sample(sorted(STANDARD), r.randint(0, 8))
        if pointer == 0x14:
            # lspci prints no title of PCI-X behind a CardBus header.
            ids = [number for number in ids if number != 0x07]
        if r.random() < 0.7:
            ids = [0x10] + [i for i in ids if i != 0x10]
        last = pointer
        space[pointer] = 0
        for number in ids:
            room = STANDARD[number] + 3 & ~3
            if at + room > 0x100:
                break
            body = bytearray(r.randbytes(room) if r.random() < 0.8 else bytes(room))
            body[0], body[1] = number, 0
            if number == 0x10:
                body[2] = r.choice([1, 2, 2, 2]) | r.choice([0, 1, 4, 5, 6, 7, 8, 9, 10]) << 4
            if number == 0x09:
                body[2] = room
            space[at:at + room] = body
            space[last] = at | (r.randint(0, 3) if r.random() < 0.1 else 0)
            last = at + 1
            at += room + 4 * r.choice([0, 0, 1])
        if last != pointer and r.random() < 0.1:
            space[last] = r.choice([0x20, last - 1])
            self.broken = True

    def extended(self, space):
        r = self.chance
        at, last = 0x100, None
        for number in r.sample(sorted(EXTENDED), r.randint(1, 10)):
            room = EXTENDED[number]
            if at + room > 0x1000:
                break
            body = bytearray(r.randbytes(room) if r.random() < 0.8 else bytes(room))
            if number in (0x0B, 0x23):
                body[4:8] = (r.getrandbits(20) | room << 20).to_bytes(4, "little")
            space[at:at + room] = body
            word = number | r.choice([1, 1, 1, 2, 15]) << 16
            space[at:at + 4] = word.to_bytes(4, "little")
            if last is not None:
                space[last + 2] = space[last + 2] & 0x0F | (at & 0x0F) << 4
                space[last + 3] = at >> 4
            last = at
            at += room + 4 * r.choice([0, 0, 4])
        if last is not None and r.random() < 0.1:
            space[last + 2] &= 0x0F
            space[last + 3] = r.choice([0x10, 0x08])
            self.extended_broken = True

    def function(self):
        r = self.chance
        space = self.header(r.choice([0, 0, 0, 1, 1, 2]))
        space += bytes(0x1000 - 64)
        self.standard(space)
        self.extended(space)
        size = r.choice([64, 256, 256, 4096, 4096, 4096, 4096])
        self.broken = self.broken and size > 64
        return bytes(space[:size])


UPPER = "lspci shows upper halves of 64-bit addresses"
CHANNEL = "calls ID 9 as ID 2"


def explained(line):
    return re.search(r"bar:\d/(kind|address): lspci 0, Assay (None|-1)$", line) or \
        re.search(r"capability: lspci \((\d+), 2, (\d+)\), Assay \(\1, 9, \2\)$", line)


def dump(space):
    rows = [f"{at:02x}: {space[at:at + 16].hex(' ')}\n" for at in range(0, len(space), 16)]
    return "00:00.0 Made: function\n" + "".join(rows) + "\n"


def main():
    build = sys.argv[1]
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    count = int(sys.argv[4]) if len(sys.argv) > 4 else 150
    if shutil.which("lspci") is None:
        print("generated pci: SKIP (no lspci)")
        return 77
    tally = pci.Tally()
    died = 0
    with tempfile.TemporaryDirectory() as folder:
        names = []
        makers = []
        for one in range(seed, seed + count):
            names.append(os.path.join(folder, str(one)))
            with open(names[-1], "w", encoding="ascii") as file:
                makers.append(Maker(one))
                file.write(dump(makers[-1].function()))
        for name, maker, document in zip(names, makers, pci.documents(build, names)):
            functions = pci.functions_of(document)
            done = subprocess.run(["lspci", "-vvvnn", "-F", name], check=False,
                                  capture_output=True, encoding="utf-8", errors="replace")
            if done.returncode != 0:
                died += 1
                continue
            wanted = pci.reference_functions(done.stdout)
            where = os.path.basename(name)
            faults = {fault["name"] for fault in document["faults"]}
            # Without PCI Express or PCI-X nothing is read from 0x100 on.
            extended = any(p.startswith("ecap:") for f in functions.values() for p, _ in f)
            if maker.broken or maker.extended_broken and extended:
                # lspci follows a pointer into the header, where no capability may be.
                tally.compare((where, "chain"), "fault", True,
                              bool(faults & {"loop", "bad-reference"}))
                continue
            tally.compare((where, "chain"), "loops", "<chain looped>" in done.stdout,
                          "loop" in faults)
            tally.compare((where, "all"), "functions", sorted(f[0] for f in wanted),
                          sorted(functions))
            for address, header, lines in wanted:
                pci.Function(tally, (where, address),
                             functions.get(address, [])).run(header, lines)
    strange = [line for line in tally.bad if not explained(line)]
    for line in strange[:40]:
        print(line)
    print(f"    {len(tally.bad) - len(strange)} explained: {UPPER} or {CHANNEL}")
    print(f"    {died} left out: lspci ends with 'internal bug'")
    print(f"generated pci: {tally.agreed}/{tally.total}, {tally.capabilities} capabilities")
    return 1 if strange else 0


if __name__ == "__main__":
    sys.exit(main())
