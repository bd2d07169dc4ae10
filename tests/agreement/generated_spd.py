#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the SPD decoder with decode-dimms on modules made for it.

usage: tests/agreement/generated_spd.py BUILD [DATA [SEED [COUNT]]]

DDR3 and DDR4 modules of every density, width, rank, stacking, bus and cycle, also reserved ones,
of some makers and any dates, with right and wrong checksums. What is compared, and how, is that
of spd.py.
"""
import importlib.util
import os
import random
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def load(folder, name):
    """One of the two files called spd.py, under a name of its own."""
    path = os.path.join(HERE, folder, "spd.py")
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


sys.path.insert(0, os.path.join(HERE, "..", "generate"))
modules = load("../generate", "spd")
agreement = load(".", "agreement_spd")


def made(chance):
    """A module, and whether all of its fields have a meaning."""
    r = chance
    reserved = r.random() < 0.15
    serial, bcd = r.randbytes(4), lambda n: n // 10 << 4 | n % 10
    part = r.choice([b"M393A4K40DB3-CWE", b"KVR16R11D4/8", b"x", b"A" * 18, b"9ASF1G72PZ-2G9E1"])
    maker = r.choice([b"\x80\xce", b"\x80\x2c", b"\x01\x98"])
    bus = r.choice([3, 0x0B, 0, 1, 2, 0x0A, 0x13])
    if r.random() < 0.5:
        organisation = r.choice([0, 1, 2, 3, 4]) << 3 | r.randint(0, 3)
        data = modules.ddr3(maker, part, serial, r.randint(0, 12), r.randint(0, 6), organisation,
                            bus, r.randint(5, 20), 8)
        week_at, close = 120, (0, 117, 126)
    else:
        organisation = r.randint(0, 7) << 3 | r.randint(0, 3)
        package = r.choice([0, 0, 0x80 | r.randint(1, 7) << 4 | r.choice([1, 2]), 0x90])
        data = modules.ddr4(maker, part, serial, r.randint(0, 13), r.randint(0, 9), organisation,
                            bus, r.randint(4, 13), r.choice([0, 0, 0xBC, 0xC1, 0x10]), package)
        week_at, close = 323, (0, 126, 126)
    data = bytearray(data)
    if reserved:
        data[r.choice([4, 7, 8] if data[2] == 11 else [4, 6, 12, 13])] = r.getrandbits(8)
    data[week_at], data[week_at + 1] = bcd(r.randint(0, 99)), bcd(r.randint(1, 53))
    crc = modules.crc16(data[close[0]:close[1]])
    data[close[2]:close[2] + 2] = crc.to_bytes(2, "little")
    if r.random() < 0.2:
        data[close[2]] ^= 1
    return bytes(data), reserved


EXPLAINED = {
    "octal": "of eight ranks of DDR3 decode-dimms says five",
    "dense": "decode-dimms doubles where density codes of DDR4 from 8 on mean 12 and 24 Gb",
    "speed": "decode-dimms computes a speed where Assay names the rating within 2 %",
    "round": "decode-dimms prints 0.9375 ns for a cycle of 0.937",
    "mixed": "bits that contradict each other or are reserved, which decode-dimms reads too",
    "year": "decode-dimms takes years from 80 on for the last century; DDR3 is younger",
}


def why(data, what, want, got):
    """Why the peer says something else, or None."""
    if data[2] == 11 and data[7] >> 3 & 7 == 4 and what in ("Size", "Ranks"):
        return "octal"
    if data[2] == 12 and data[4] & 15 in (8, 9) and what == "Size":
        return "dense"
    if what == "speed" and abs(int(want) - int(got)) * 50 <= int(got):
        return "speed"
    if what.startswith("Minimum Cycle Time") and (want, got) == ("0.938 ns", "0.937 ns"):
        return "round"
    if what == "Manufacturing Date" and want[:2] == "19" and got == "20" + want[2:]:
        return "year"
    return None


def main():
    build = sys.argv[1]
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    count = int(sys.argv[4]) if len(sys.argv) > 4 else 100
    if shutil.which("decode-dimms") is None:
        print("generated spd: SKIP (no decode-dimms)")
        return 77
    agreed = total = refused = 0
    explained = {}
    bad = []
    with tempfile.TemporaryDirectory() as folder:
        raw, text = os.path.join(folder, "module"), os.path.join(folder, "module.hex")
        for one in range(seed, seed + count):
            data, reserved = made(random.Random(one))
            with open(raw, "wb") as file:
                file.write(data)
            agreement.dump(data, text)
            claims, faults = agreement.ours(build, raw)
            refused += "bad-value" in faults
            for what, want, got in agreement.expectations(claims, faults, agreement.peer(text)):
                total += 1
                agreed += want == got
                reason = None if want == got else why(data, what, want, got)
                reason = "mixed" if reserved and not reason and want != got else reason
                if reason:
                    explained[reason] = explained.get(reason, 0) + 1
                elif want != got and "bad-value" not in faults:
                    bad.append(f"{one} {'reserved ' * reserved}{what}: peer {want!r}, "
                               f"here {got!r} {faults} {data[:16].hex()}")
    for line in bad[:60]:
        print(line)
    for reason, times in sorted(explained.items()):
        print(f"    {times} explained: {EXPLAINED[reason]}")
    print(f"    {refused} modules with values that the specification reserves: faults")
    print(f"generated spd: {agreed}/{total}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
