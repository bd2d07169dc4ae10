#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A reference of microcode files: an update of the same identity with other bytes is critical.

usage: tests/cli/microcode.py BUILD
"""
import json
import os
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "generate"))
import intel  # noqa: E402


def altered(update):
    """One changed bit, with the checksum made right again."""
    data = bytearray(update)
    data[100] ^= 1
    stated = struct.unpack("<I", data[16:20])[0]
    data[16:20] = struct.pack("<I", stated - intel.sum32(bytes(data)) & 0xffffffff)
    return bytes(data)


def image(updates):
    unused = [intel.UNUSED] * 5
    regions = [intel.region_word(0, 0), intel.region_word(2, 2), *unused,
               intel.region_word(1, 1)]
    return intel.descriptor(regions) + updates.ljust(0x1000, b"\xff") + b"\xff" * 0x1000


def findings(build, folder, name):
    done = subprocess.run([os.path.join(build, "assay"), "appraise", "--json", "--reference",
                           "ref", name], cwd=folder, check=False, capture_output=True,
                          stdin=subprocess.DEVNULL)
    return [(f["severity"], f["path"]) for f in json.loads(done.stdout)["findings"]
            if f["id"].startswith("reference.")]


def main():
    build = os.path.abspath(sys.argv[1])
    one, two = intel.microcode(), intel.microcode(0x50654, 0xb7, 0x2007006)
    files = {"one": one, "two": two, "good.fd": image(one + two),
             "bad.fd": image(altered(one) + two),
             "newer.fd": image(intel.microcode(revision=0xfa) + two)}
    where = "flash@document/microcode/update:906ea-22"
    want = {"good.fd": [], "newer.fd": [], "bad.fd": [("critical", where)]}
    bad = 0
    print(f"1..{len(want)}")
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
        subprocess.run([os.path.join(build, "assay"), "learn", "-o", "ref", "one", "two"],
                       cwd=folder, check=True, capture_output=True, stdin=subprocess.DEVNULL)
        for number, (name, expected) in enumerate(want.items(), 1):
            got = findings(build, folder, name)
            bad += got != expected
            print(f"{'ok' if got == expected else 'not ok'} {number} - {name}")
            if got != expected:
                print("#", got)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
