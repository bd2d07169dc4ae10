#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Mutated copies of flash images: no crash, no hang, no hunger, and none is clean against the reference.

usage: tests/firmware/mutants.py BUILD [COPIES [DATA [WORD...]]]

COPIES (10) of each image are made, the same ones each time. With DATA, the images below it are taken too; with WORDs
only images whose name has one of them. A copy that is clean must differ in nothing but bytes that the decoder
claims with an expectation that lets them differ (a checksum's partner, a variable declared free): those
are counted and listed.
"""
import glob
import json
import os
import random
import shutil
import sys
import tempfile

import compose
import limited

CPU_MAX = 2.0
IMAGES = ("/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.ms.fd",
          "/usr/share/AAVMF/AAVMF_CODE.fd", "/usr/share/seabios/bios-256k.bin")
SMALLEST = 256
# Sanitizers and emulators take their own time and memory.
MEASURE = "ASSAY_SLOW" not in os.environ


def memory_room(size):
    """MiB: 64 for an image of 4 MiB, 160 for one of 32."""
    return max(64, 64 + (size / 2**20 - 4) * 96 / 28)


def spot(rng, image, length):
    """Where to change something: mostly where something stands."""
    for _ in range(8):
        at = rng.randrange(max(1, len(image) - length))
        if rng.random() < 0.1 or image[at] not in (0, 0xff):
            break
    return at


def flip_bits(rng, image):
    for _ in range(rng.choice((1, 1, 1, 2, 8))):
        image[spot(rng, image, 1)] ^= 1 << rng.randrange(8)


def set_bytes(rng, image):
    for _ in range(rng.choice((1, 2, 4))):
        image[spot(rng, image, 1)] = rng.choice((0, 1, 0x7f, 0x80, 0xff, rng.randrange(256)))


def number(rng, image):
    """A number as lengths and offsets like it least."""
    size = rng.choice((2, 3, 4, 8))
    at = spot(rng, image, size)
    value = rng.choice((0, 1, len(image), len(image) - at, 2**31, 2**(8 * size) - 1, 2**(8 * size - 1)))
    image[at:at + size] = (value % 2**(8 * size)).to_bytes(size, rng.choice(("little", "big")))


def block(rng, image):
    length = min(len(image), rng.choice((16, 256, 4096)))
    at = spot(rng, image, length)
    image[at:at + length] = rng.choice((bytes(length), b"\xff" * length, rng.randbytes(length)))


def copy_block(rng, image):
    length = min(len(image), rng.choice((16, 256, 4096)))
    start, at = spot(rng, image, length), spot(rng, image, length)
    image[at:at + length] = image[start:start + length]


def cut(rng, image):
    del image[spot(rng, image, 1):]


def remove(rng, image):
    at = spot(rng, image, 1)
    del image[at:at + rng.choice((1, 8, 512))]


def insert(rng, image):
    at = spot(rng, image, 1)
    image[at:at] = rng.randbytes(rng.choice((1, 8, 512)))


MUTATIONS = (flip_bits, flip_bits, set_bytes, number, number, block, copy_block, cut, remove, insert)


def mutants(name, image, copies):
    rng = random.Random(name)
    while copies:
        change = rng.choice(MUTATIONS)
        other = bytearray(image)
        change(rng, other)
        if other != image:
            copies -= 1
            yield change.__name__, bytes(other)


class Suite:
    def __init__(self, build, folder, copies):
        self.assay = os.path.join(build, "assay")
        self.folder = folder
        self.copies = copies
        self.runner = limited.Runner()
        self.number = self.bad = self.clean = self.runs = self.incomplete = self.declared = 0

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, data):
        with open(self.path(name), "wb") as file:
            file.write(data)
        return self.path(name)

    def run(self, *argv):
        done = self.runner.run([self.assay, *argv], self.path("out"))
        with open(self.path("out"), "rb") as file:
            done["out"] = file.read()
        return done

    def loose(self, image):
        """Which bytes of an image may differ: those of claims that are free or a machine's own."""
        answer = json.loads(self.run("decode", "--json", self.write("whole", image))["out"])
        may = bytearray(len(image))
        for claim in answer["claims"]:
            span = claim.get("span")
            if span and span["blob"] == answer["blob"] and claim["expectation"] in ("free", "own", "group"):
                may[span["offset"]:span["offset"] + span["length"]] = b"\1" * span["length"]
        return may

    def wrong(self, image, other, may):
        """What is wrong with the judgement of a mutant, or nothing."""
        done = self.run("appraise", "--json", self.write("mutant", other), "--reference", self.path("ref"))
        room = memory_room(max(len(image), len(other)))
        if done["status"] not in (0, 1, 3):
            return f"exit status {done['status']}: {done['out'][-300:].decode('latin-1')}"
        self.incomplete += done["status"] == 3
        if MEASURE and done["cpu"] > CPU_MAX:
            return f"{done['cpu']:.2f} s of CPU"
        if MEASURE and done["rss"] > room:
            return f"{done['rss']:.0f} of {room:.0f} MiB"
        if done["status"] == 0 or json.loads(done["out"])["verdict"] == "clean":
            places = [i for i, (a, b) in enumerate(zip(image, other)) if a != b]
            if len(image) != len(other) or not all(may[i] for i in places):
                return f"clean, although it differs from {places[0] if places else len(other):#x} on"
            self.declared += 1
        return ""

    def image(self, name, image):
        self.number += 1
        whole = self.write("image", image)
        learned = self.run("learn", "--quality", "vendor-image", "-o", self.path("ref"), whole)
        if learned["status"] != 0:
            print(f"ok {self.number} - {name} # SKIP no reference: {learned['out'][:100].decode('latin-1').strip()}")
            return
        may = self.loose(image)
        same = self.run("appraise", "--json", whole, "--reference", self.path("ref"))
        failed = []
        self.clean += same["status"] == 0
        for count, (how, other) in enumerate(mutants(name, image, self.copies)):
            why = self.wrong(image, other, may)
            self.runs += 1
            if why:
                failed.append(f"# copy {count} ({how}): {why}")
        self.bad += bool(failed)
        print(f"{'not ok' if failed else 'ok'} {self.number} - {self.copies} copies of {name}"
              f" (unchanged: {same['status']})")
        print("\n".join(failed[:20]), end="\n" if failed else "", flush=True)


def images(data):
    machine = compose.Machine()
    yield "the composed image", machine.build()
    paths = list(IMAGES)
    for kind in ("uefi_fw", "bmc_fw"):
        paths += sorted(glob.glob(os.path.join(data, kind, "**"), recursive=True)) if data else []
    for path in paths:
        if os.path.isfile(path) and os.path.getsize(path) >= SMALLEST:
            with open(path, "rb") as file:
                image = file.read()
            if b"\0" in image:
                yield os.path.basename(path), image
        elif path in IMAGES:
            yield os.path.basename(path), None


def main():
    build = sys.argv[1]
    copies = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    data = sys.argv[3] if len(sys.argv) > 3 else None
    words = sys.argv[4:]
    folder = tempfile.mkdtemp()
    suite = Suite(build, folder, copies)
    try:
        for name, image in images(data):
            if words and not any(w in name for w in words):
                continue
            if image is None:
                suite.number += 1
                print(f"ok {suite.number} - {name} # SKIP not installed")
            else:
                suite.image(name, image)
    finally:
        suite.runner.close()
        shutil.rmtree(folder)
    print(f"1..{suite.number}")
    print(f"# mutants: {suite.clean} of {suite.number} images are clean themselves; of {suite.runs} copies "
          f"{suite.incomplete} incomplete, {suite.declared} clean in what may differ; {suite.bad} images failed")
    return suite.bad != 0


if __name__ == "__main__":
    sys.exit(main())
