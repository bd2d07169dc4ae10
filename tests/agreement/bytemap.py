#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The byte map of firmware images: every byte has one class, and few are unknown.

usage: tests/agreement/bytemap.py BUILD DATA

The regions of every collected image follow on one another from its first byte to its last. Of OVMF, AAVMF,
the FSP and coreboot images less than 1 % is unknown.
"""
import collections
import glob
import json
import os
import subprocess
import sys

DEBIAN = ["/usr/share/OVMF/*.fd", "/usr/share/ovmf/*.fd", "/usr/share/AAVMF/*.fd",
          "/usr/share/qemu-efi-aarch64/*.fd", "/usr/share/seabios/*.bin", "/usr/lib/ipxe/*.rom",
          "/usr/lib/ipxe/qemu/*.rom"]
WELL_KNOWN = ("OVMF", "AAVMF_CODE", "QEMU_EFI", "Fsp.fd", "coreboot.rom")
LEAVE = (".json", ".md", ".txt", ".its", ".pub", ".dtb", ".dts")


def images(data):
    found = {os.path.realpath(p) for pattern in DEBIAN for p in glob.glob(pattern)}
    for part in ("uefi_fw", "bmc_fw"):
        for folder, _, names in os.walk(os.path.join(data, part), followlinks=True):
            found |= {os.path.join(folder, n) for n in names if not n.endswith(LEAVE)}
    return sorted(p for p in found if os.path.getsize(p) > 0)


def classes(build, path):
    """Bytes by class of the image itself; None when its regions do not follow on one another."""
    done = subprocess.run([os.path.join(build, "assay"), "decode", "--json", path], check=False,
                          stdin=subprocess.DEVNULL, capture_output=True)
    answer = json.loads(done.stdout)
    sums = collections.Counter()
    at = 0
    for region in answer["map"]:
        if region["blob"] != answer["blob"]:
            continue
        if region["offset"] != at or region["length"] <= 0:
            return None
        at += region["length"]
        sums[region["class"]] += region["length"]
    return sums if at == os.path.getsize(path) else None


def main():
    build, data = sys.argv[1:3]
    found = images(data)
    if not found:
        print("bytemap: SKIP (no image)")
        return 77
    good = known = wanted = 0
    for path in found:
        name = os.path.basename(path)
        sums = classes(build, path)
        if sums is None:
            print(f"bytemap: NOT {name}: its regions do not add up")
            continue
        good += 1
        size = os.path.getsize(path)
        unknown = sums["unknown"] / size
        print(f"bytemap: {name}: {size} bytes, {unknown:.3%} unknown")
        if name.startswith(WELL_KNOWN):
            wanted += 1
            known += unknown < 0.01
            if unknown >= 0.01:
                print(f"bytemap: NOT {name}: too much is unknown")
    print(f"bytemap: {good}/{len(found)} add up to 100 %, {known}/{wanted} have less than 1 % unknown")
    return 0 if good == len(found) and known == wanted else 1


sys.exit(main())
