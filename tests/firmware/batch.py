#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Files that are decoded together say what each says alone: what is remembered changes nothing but the time.

usage: tests/firmware/batch.py BUILD
"""
import os
import shutil
import subprocess
import sys
import tempfile

import attacks
import compose
import recompress
from compose import FREEFORM, M, S_RAW, File, section

OVMF = "/usr/share/OVMF/OVMF_CODE_4M.fd"


def flip(image, offset):
    return image[:offset] + bytes([image[offset] ^ 1]) + image[offset + 1:]


def bulky(packed, copies):
    """A volume with so many copies of one packed section, each in a file of its own."""
    return attacks.volume([File(f"Bulky{n}", FREEFORM, [packed]) for n in range(copies)])


def composed_images():
    m = compose.Machine()
    image = m.build()
    place = m.places["main/9e21fd93-9c72-4c15-8c4b-e77f1db2d792"][0]
    size = int.from_bytes(image[place + 44:place + 47], "little")
    inside = recompress.change_inner(image, place, lambda inner: flip(inner, len(inner) // 3))
    return {
        "composed": image,
        "outside": flip(image, m.places["padding2"][0] + 0x800),
        "inside": inside,
        # The stream breaks off in the middle, at its head, and is nothing but its head.
        "broken": flip(image, place + 24 + size // 2),
        "headless": flip(image, place + 48),
        "half": image[:place + 4096],
    }


def hostile_images():
    """The same stream where the budget allows it, and where it does not any more."""
    packed = compose.compressed([section(S_RAW, bytes(8 * M))])
    return {
        "one": bulky(packed, 1),
        "few": bulky(packed, 4),
        "many": bulky(packed, 9),
        "nested": attacks.nested_bomb(),
        "wide": attacks.wide_bomb(),
    }


def debian_images():
    with open(OVMF, "rb") as file:
        image = file.read()
    end = recompress.volume_end(image, recompress.find(image))
    return {
        "ovmf": image,
        "outside": flip(image, end - 0x400),
        "inside": recompress.flip_in_driver(image)[1],
        "broken": flip(image, recompress.find(image) + len(image) // 3),
    }


class Suite:
    def __init__(self, build, folder):
        self.assay = os.path.join(build, "assay")
        self.folder = folder
        self.number = 0
        self.bad = 0

    def decode(self, how, names):
        done = subprocess.run([self.assay, "decode", *how, *names], cwd=self.folder,
                              stdin=subprocess.DEVNULL, capture_output=True, check=False)
        return done.stdout + done.stderr, done.returncode

    def tap(self, good, what, why=""):
        self.number += 1
        self.bad += not good
        print(f"{'ok' if good else 'not ok'} {self.number} - {what}{why}")

    def check(self, kind, images):
        for name, image in images.items():
            with open(os.path.join(self.folder, name), "wb") as file:
                file.write(image)
        names = list(images)
        orders = [names, names[::-1], [n for n in names for _ in range(2)], names[1:] + names[:1]]
        for how in (["--json"], ["--map"]):
            alone = {n: self.decode(how, [n]) for n in names}
            for order in orders if how == ["--json"] else orders[:1]:
                out, status = self.decode(how, order)
                good = (out == b"".join(alone[n][0] for n in order) and
                        status == max(alone[n][1] for n in order))
                self.tap(good, f"{kind} {how[0]}: {' '.join(order)}")
        return {n: self.decode([], [n])[0] for n in names}


def main():
    build = os.path.abspath(sys.argv[1])
    folder = tempfile.mkdtemp()
    suite = Suite(build, folder)
    try:
        suite.check("composed", composed_images())
        told = suite.check("hostile", hostile_images())
        limits = {name: text.count(b"fault limit") for name, text in told.items()}
        suite.tap(limits["one"] == 0 and limits["few"] == 0 and limits["many"] > 0,
                  "what fits alone is beyond the budget where there is more of it", f" # {limits}")
        if os.path.exists(OVMF):
            suite.check("OVMF", debian_images())
        else:
            suite.tap(True, "OVMF", " # SKIP not installed")
    finally:
        shutil.rmtree(folder)
    print(f"1..{suite.number}")
    return suite.bad != 0


if __name__ == "__main__":
    sys.exit(main())
