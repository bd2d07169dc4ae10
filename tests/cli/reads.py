#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""assay reads: what went wrong on the way from a part to a file has its own explanation.

usage: tests/cli/reads.py BUILD

A simulated part and programmer, with one thing wrong at a time. Prints TAP.
"""
import json
import os
import random
import struct
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    print("1..0 # SKIP python3-jsonschema is not installed")
    sys.exit(0)

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MIB = 1 << 20
SIZE = MIB
VOLUME_AT = 0x40000
VOLUME_SIZE = 0x80000


def volume(rng):
    """A firmware volume of a file system that nobody knows, full of random bytes."""
    header = bytearray(struct.pack("<16s16sQ4sIHHHBB", bytes(16), bytes(range(16)), VOLUME_SIZE,
                                   b"_FVH", 0x4feff, 72, 0, 0, 0, 2))
    header += struct.pack("<IIII", VOLUME_SIZE // 4096, 4096, 0, 0)
    total = sum(struct.unpack("<36H", header)) & 0xffff
    struct.pack_into("<H", header, 50, -total & 0xffff)
    return bytes(header) + rng.randbytes(VOLUME_SIZE - len(header))


def make_image(rng):
    return (rng.randbytes(0x20000) + b"\xff" * 0x20000 + volume(rng) +
            rng.randbytes(SIZE - VOLUME_AT - VOLUME_SIZE))


class Programmer:
    """Reads the part as often as it is asked; `alter(number, bytes)` is what goes wrong."""

    def __init__(self, image, alter=lambda number, data: data):
        self.image = image
        self.alter = alter
        self.number = 0

    def read(self):
        self.number += 1
        return bytes(self.alter(self.number, bytearray(self.image)))


class Bench:
    def __init__(self, build, folder):
        self.program = os.path.abspath(os.path.join(build, "assay"))
        self.folder = folder
        self.number = 0
        self.failed = 0
        path = os.path.join(ROOT, "data", "schema", "reads.schema.json")
        with open(path, encoding="utf-8") as file:
            self.schema = jsonschema.Draft202012Validator(json.load(file))

    def say(self, title, problems):
        self.number += 1
        self.failed += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {self.number} - {title}")
        for problem in problems:
            print("#", str(problem)[:1000])

    def run(self, *arguments):
        return subprocess.run([self.program, "reads", *arguments], check=False,
                              capture_output=True, text=True, stdin=subprocess.DEVNULL,
                              timeout=60)

    def compare(self, readings):
        names = []
        for number, data in enumerate(readings, 1):
            names.append(os.path.join(self.folder, f"read-{number}.bin"))
            with open(names[-1], "wb") as file:
                file.write(data)
        done = self.run("--json", *names)
        result = json.loads(done.stdout)
        problems = [error.message for error in self.schema.iter_errors(result)]
        text = self.run(*names)
        if text.returncode != done.returncode or result["why"] not in text.stdout:
            problems.append("the text says something else")
        return result, done.returncode, problems

    def expect(self, title, readings, kind, **wanted):
        """`wanted`: members of the result; `says`: words that its explanation must hold."""
        result, status, problems = self.compare(readings)
        if result["kind"] != kind:
            problems.append(f"{result['kind']}: {result['why']}")
        if status != (0 if kind == "equal" else 1):
            problems.append(f"exit status {status}")
        for word in wanted.pop("says", []):
            if word not in result["why"]:
                problems.append(f"'{word}' is not in: {result['why']}")
        rows = wanted.pop("rows", {})
        for number, members in rows.items():
            for name, value in members.items():
                if result["readings"][number - 1][name] != value:
                    problems.append(f"reading {number}: {name}: "
                                    f"{result['readings'][number - 1][name]}")
        for name, value in wanted.items():
            if result[name] != value:
                problems.append(f"{name}: {result[name]}")
        self.say(title, problems)
        return result


def flip(data, rng, count, only=None):
    """Flips single bits; `only` 1 or 0: those that become it."""
    flipped = 0
    while flipped < count:
        at = rng.randrange(len(data))
        bit = 1 << rng.randrange(8)
        if only is None or bool(data[at] & bit) != bool(only):
            data[at] ^= bit
            flipped += 1
    return data


def cell_stuck(image):
    data = bytearray(image)
    at = next(at for at in range(0x45678, SIZE) if not data[at] & 0x10)
    data[at] |= 0x10
    return bytes(data)


def interposer(image):
    other = random.Random(7).randbytes(4096)

    def alter(number, data):
        if number % 2 == 0:
            data[0x53000:0x54000] = other
        return data
    return Programmer(image, alter)


def the_three(bench, image):
    """The bar: three mechanisms, three explanations."""
    serves = interposer(image)
    bench.expect("a page is another one on every second read", [serves.read() for _ in range(4)],
                 "whole-pages", says=["1 whole block of 4 KiB", "0x53000", "every 2", "stable"],
                 stability="stable", alternates=2, groups=2, cluster_count=1,
                 rows={2: {"aligned": 4096, "group": 2}, 3: {"kind": "equal", "group": 1}})
    serves = interposer(image)
    bench.expect("the same with two readings", [serves.read() for _ in range(2)], "whole-pages",
                 stability="unknown", says=["do not tell which is right"])

    stuck = Programmer(image, lambda number, data: bytes(b | 0x08 for b in data))
    sound = Programmer(image)
    bench.expect("a bit is stuck at 1", [sound.read(), stuck.read(), stuck.read()],
                 "stuck-data-line", says=["bit 3 of every byte reads as 1"],
                 base=1, stability="once", rows={2: {"kind": "equal"}})
    bench.expect("a cell is stuck", [image, image] + [cell_stuck(image)] * 2, "sparse-bits",
                 stability="stable", differing=1, says=["1 byte, its 1 bit from 0 to 1"])
    bench.expect("a bit is stuck at 0 in the first reading",
                 [bytes(b & ~0x80 for b in image), image], "stuck-data-line",
                 says=["Reading 1", "bit 7 of every byte reads as 0"])
    bench.expect("a quad line is stuck at 1", [image, bytes(b | 0x44 for b in image)],
                 "stuck-data-line", says=["Reading 2", "bits 2, 6 (IO2 of a quad bus)"])

    rng = random.Random(3)
    rot = Programmer(image, lambda number, data: flip(data, rng, 40, 1))
    bench.expect("bits fade at random", [rot.read() for _ in range(3)], "sparse-bits",
                 stability="unstable", groups=3, says=["all of their 40 bits from 0 to 1"],
                 rows={1: {"bits_cleared": 0, "bits_set": 40, "aligned": 0},
                       2: {"bits_cleared": 0, "bits_set": 40}})
    noise = Programmer(image, lambda number, data: flip(data, rng, 300))
    result = bench.expect("noise flips bits both ways", [noise.read() for _ in range(3)],
                          "sparse-bits", stability="unstable")
    bench.say("noise has both directions", [] if all(
        row["bits_set"] > 0 and row["bits_cleared"] > 0 for row in result["readings"])
        else [result["readings"]])


def wires(bench, image):
    half = SIZE // 2
    bench.expect("halves are exchanged", [image, image[half:] + image[:half]],
                 "exchanged-blocks", says=["halves of 512 KiB"])
    pairs = b"".join(image[at + 4096:at + 8192] + image[at:at + 4096]
                     for at in range(0, SIZE, 8192))
    bench.expect("an address line is inverted", [image, pairs], "exchanged-blocks",
                 says=["neighbouring blocks of 4 KiB"])
    stuck = b"".join(image[at:at + 0x10000] * 2 for at in range(0, SIZE, 0x20000))
    bench.expect("an address line is stuck at 0", [image, stuck], "stuck-address-line",
                 says=["each block of 64 KiB", "bit 16",
                       "always 0"])
    stuck = b"".join(image[at + 1:at + 2] * 2 for at in range(0, SIZE, 2))
    bench.expect("the lowest address line is stuck at 1", [image, stuck, image],
                 "stuck-address-line", says=["each block of 1 byte", "bit 0", "always 1"])
    bench.expect("the upper half is the lower one", [image[:half] * 2, image],
                 "stuck-address-line", says=["Reading 1", "512 KiB", "bit 19"])
    bench.expect("a byte is lost", [image, image[:0x61234] + image[0x61235:] + b"\0"],
                 "slipped", says=["1 byte was lost", "0x6123"])
    bench.expect("bytes are doubled", [image, image[:0x61234] + image[0x61200:-0x34]],
                 "slipped", says=["52 bytes too many"])


def sizes(bench, image):
    bench.expect("a read that broke off", [image, image[:0x34567]], "short-read",
                 says=["Reading 2", "ends after 214375 bytes of 1 MiB"])
    bench.expect("the first of the files is the short one", [image[:SIZE // 2], image],
                 "short-read", says=["Reading 1", "half is missing"])
    bench.expect("the first half is missing", [image, image[SIZE // 2:]], "missing-start",
                 says=["Reading 2", "lacks the first 512 KiB", "half is missing"])
    bench.expect("an image that repeats", [image, image * 4, image], "repeats",
                 says=["Reading 2", "holds the other 4 times"])
    bench.expect("an empty file", [image, b""], "short-read", says=["ends after 0 bytes"])
    other = random.Random(11).randbytes(SIZE + 4096)
    bench.expect("another part of another size", [image, other], "other-image",
                 says=["its length is 1028 KiB in place of 1 MiB"])
    long = bytearray(image[:-4096])
    long[77] ^= 1
    bench.expect("short and damaged", [image, bytes(long)], "other-length")


def blanks(bench, image):
    bench.expect("nothing answers: all FF", [image, b"\xff" * SIZE, image], "blank",
                 says=["Reading 2", "every byte is 0xff"], base=0)
    bench.expect("nothing answers in the first reading: all 00", [bytes(SIZE), image], "blank",
                 says=["Reading 1", "0x00"], base=1)
    bench.expect("equal readings that are blank are no good readings",
                 [b"\xff" * SIZE, b"\xff" * SIZE], "blank")
    locked = image[:0x90000] + b"\xff" * 0x8000 + image[0x98000:]
    bench.expect("a range is locked for one path", [image, locked], "blank-range",
                 says=["all of which are 0xff in reading 2", "locked"])
    bench.expect("the reading ends early and is filled up", [image[:0x90000] +
                                                             bytes(SIZE - 0x90000), image],
                 "blank-range", says=["0x00 in reading 1"])


def contents(bench, image):
    bench.expect("equal readings", [image] * 3, "equal", groups=1, clusters=[], differing=0)
    changed = bytearray(image)
    changed[0x50123:0x50133] = bytes(b ^ 0x5a for b in changed[0x50123:0x50133])
    result = bench.expect("sixteen bytes are changed", [image, image, changed, changed],
                          "clustered", stability="stable", alternates=0, cluster_count=1,
                          differing=16)
    bench.say("and the place has a name", [] if result["clusters"][0]["offset"] == 0x50123 and
              "fv:" in (result["clusters"][0]["path"] or "") else [result["clusters"]])
    changed = bytearray(image)
    changed[0x50000:0x50100] = random.Random(1).randbytes(256)
    changed[0x70300:0x70400] = random.Random(2).randbytes(256)
    bench.expect("two pages of 256 bytes", [image, changed], "whole-pages", cluster_count=2,
                 says=["2 whole blocks of 256 bytes"])
    changed = bytearray(image)
    changed[0x50000:0x60000] = random.Random(1).randbytes(0x10000)
    bench.expect("a block of 64 KiB", [image, image, changed], "whole-pages", stability="once",
                 says=["1 whole block of 64 KiB", "read once only"])
    changed = bytearray(image)
    changed[0x50040:0x58080] = random.Random(1).randbytes(0x8040)
    bench.expect("a module that ends where no page ends", [image, changed], "clustered")
    bench.expect("another image", [image, random.Random(5).randbytes(SIZE)], "other-image")
    case = bytearray(image)
    case[0x50000:0x50020] = bytes(b ^ 0x20 for b in case[0x50000:0x50020])
    bench.expect("one bit in each of many neighbours is no rot", [image, case], "clustered")


def troubles(bench):
    empty = os.path.join(bench.folder, "empty")
    with open(empty, "wb"):
        pass
    for title, arguments in (("one file", [empty]), ("a file that is not there",
                                                     [empty, empty + "-not"]),
                             ("empty files only", [empty, empty])):
        done = bench.run(*arguments)
        bench.say(f"trouble: {title}", [] if done.returncode == 2 and done.stderr and
                  not done.stdout else [done])


def main():
    image = make_image(random.Random(1))
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(sys.argv[1], folder)
        the_three(bench, image)
        wires(bench, image)
        sizes(bench, image)
        blanks(bench, image)
        contents(bench, image)
        troubles(bench)
    print(f"1..{bench.number}")
    return 1 if bench.failed else 0


sys.exit(main())
