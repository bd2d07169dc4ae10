#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Variables in flash images: against UEFIExtract, and against what efivarfs of the same machine says.

usage: tests/agreement/nvram.py BUILD DATA
"""
import glob
import json
import lzma
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.parse

NON_VOLATILE = 1
# What only a store can say.
STORE_ONLY = ("state", "time")


def claims(build, path, *options):
    done = subprocess.run([os.path.join(build, "assay"), "decode", "--json", *options, path],
                          check=False, capture_output=True)
    result = []
    for line in done.stdout.splitlines():
        result += json.loads(line)["claims"]
    return result


def store_variables(found):
    """Claims of each variable in stores by its name, and how many deleted ones there are."""
    variables = {}
    deleted = 0
    for claim in found:
        if "/variables/" not in claim["path"]:
            continue
        rest = claim["path"].split("/variables/", 1)[1]
        if rest.startswith("deleted/"):
            deleted += rest.endswith("/content")
        elif ":" in rest.split("/")[0]:
            name, _, place = rest.partition("/")
            if place not in STORE_ONLY:
                variables.setdefault(urllib.parse.unquote(name), []).append(
                    (place, claim["value"]))
    return variables, deleted


def peer_variables(path):
    subprocess.run([shutil.which("UEFIExtract") or "uefiextract", path, "report"], check=False,
                   capture_output=True)
    names = []
    invalid = 0
    with open(path + ".report.txt", encoding="utf-8", errors="replace") as file:
        for line in file:
            cells = [cell.strip() for cell in line.split("|")]
            if cells[0] != "VSS entry":
                continue
            if cells[1] == "Invalid":
                invalid += 1
            else:
                names.append(cells[5].lstrip("- ").lower() + ":" + cells[6])
    return names, invalid


def compare_peer(build, image, counts):
    with tempfile.TemporaryDirectory() as where:
        path = os.path.join(where, "image.fd")
        shutil.copy(image, path)
        names, invalid = peer_variables(path)
        ours, deleted = store_variables(claims(build, path))
    counts["total"] += len(names) + 1
    counts["agreed"] += sum(name in ours for name in names) + (deleted == invalid)
    for name in sorted(set(names) ^ set(ours)):
        print(f"{image}: {name} is in one list only")
        counts["total"] += name not in names
    if deleted != invalid:
        print(f"{image}: {deleted} deleted variables, the peer has {invalid}")


def compare_machine(build, machine, counts):
    with tempfile.TemporaryDirectory() as where:
        path = os.path.join(where, "flash.bin")
        with lzma.open(os.path.join(machine, "flash/flash.bin.xz")) as packed, \
                open(path, "wb") as file:
            file.write(packed.read())
        ours, _ = store_variables(claims(build, path))
    for file in sorted(glob.glob(os.path.join(machine, "sys/firmware/efi/efivars/*"))):
        with open(file, "rb") as opened:
            first = opened.read(1)
        if not first or not first[0] & NON_VOLATILE:
            continue
        found = claims(build, file, "--as", "efi-variable")
        name = urllib.parse.unquote(found[0]["path"].split("/")[1])
        want = [(c["path"].split("/", 2)[2], c["value"]) for c in found]
        counts["total"] += 1
        if sorted(map(str, want)) == sorted(map(str, ours.get(name, []))):
            counts["agreed"] += 1
        else:
            print(f"{machine}: {name} differs: {want} {ours.get(name)}"[:400])


def main():
    build, data = sys.argv[1], sys.argv[2]
    if shutil.which("UEFIExtract") is None and shutil.which("uefiextract") is None:
        print("nvram: skipped, there is no UEFIExtract")
        return 77
    counts = {"agreed": 0, "total": 0}
    for image in sorted(glob.glob("/usr/share/OVMF/*VARS*.fd") +
                        glob.glob("/usr/share/AAVMF/*VARS.*.fd")):
        compare_peer(build, image, counts)
    print(f"nvram: {counts['agreed']}/{counts['total']} as UEFIExtract has it")
    machines = {"agreed": 0, "total": 0}
    for machine in sorted(glob.glob(os.path.join(data, "lab/srv[0-9]"))):
        if os.path.exists(os.path.join(machine, "flash/flash.bin.xz")):
            compare_machine(build, machine, machines)
    print(f"nvram: {machines['agreed']}/{machines['total']} as efivarfs of the machine has it")
    same = counts["agreed"] == counts["total"] and machines["agreed"] == machines["total"]
    return 0 if same and counts["total"] > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
