#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Microcode updates against their checksums and the revisions of the vendor's release notes.

usage: tests/agreement/microcode.py BUILD DATA
"""
import datetime
import glob
import json
import os
import re
import struct
import subprocess
import sys

RELEASE = re.compile(r"^## \[microcode-(\d{8})")
ROW = re.compile(r"^\|[^|]*\|[^|]*\| *(\w\w-\w\w-\w\w)/(\w\w) *\|[^|]*\| *(\w{8}) *\|")
# The notes never name the update of 06-3e-06.
FLOOR = (52, 51)


def release_notes(path):
    """(release date, family-model-stepping, platforms, revision), the newest first."""
    rows = []
    date = ""
    with open(path, encoding="utf-8") as file:
        for line in file:
            release = RELEASE.match(line)
            row = ROW.match(line)
            date = release.group(1) if release else date
            if row:
                rows.append((date, row.group(1), int(row.group(2), 16), int(row.group(3), 16)))
    return rows


def name_of(signature):
    family = (signature >> 8 & 15) + (signature >> 20 & 0xff)
    model = (signature >> 4 & 15) | (signature >> 12 & 0xf0)
    return f"{family:02x}-{model:02x}-{signature & 15:02x}"


def stated(rows, update, until):
    """The revision of the newest release up to a date that names processor and platforms."""
    for date, name, platforms, revision in rows:
        if date <= until and name == name_of(update["signature"]) \
                and platforms == update["platforms"]:
            return revision
    return None


def release_of(path):
    """Up to which release a file is named: an older one carries the day before its release."""
    day = path.partition("@")[2]
    if not day:
        return "99999999"
    return f"{datetime.date.fromisoformat(day) + datetime.timedelta(days=1):%Y%m%d}"


def ours(build, path):
    done = subprocess.run([os.path.join(build, "assay"), "decode", "--json", path], check=False,
                          capture_output=True)
    result = json.loads(done.stdout)
    updates = {}
    for claim in result["claims"]:
        parts = claim["path"].split("/")
        if len(parts) == 3:
            updates.setdefault(parts[1], {}).setdefault(parts[2], claim["value"])
    return [u for u in updates.values() if "revision" in u], \
        [fault["name"] for fault in result["faults"]]


def word_sum_is_zero(path):
    with open(path, "rb") as file:
        data = file.read()
    # Every update sums to zero, so all of a file do.
    return sum(struct.unpack(f"<{len(data) // 4}I", data)) & 0xffffffff == 0


def main():
    build, data = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""
    found = glob.glob(os.path.join(data, "microcode", "*", "releasenote.md"))
    if not found:
        print("no microcode files at hand")
        return 77
    root = os.path.dirname(found[0])
    rows = release_notes(found[0])
    files = sorted(glob.glob(os.path.join(root, "intel-ucode", "*"))
                   + glob.glob(os.path.join(root, "history", "*")))
    total = sums = revisions = 0
    for path in files:
        updates, faults = ours(build, path)
        good = not faults and word_sum_is_zero(path)
        until = release_of(path)
        for update in updates:
            total += 1
            sums += good
            revision = stated(rows, update, until)
            revisions += revision == update["revision"]
            if revision != update["revision"] or not good:
                print(f"{os.path.basename(path)}: {name_of(update['signature'])}/"
                      f"{update['platforms']:02x} revision {update['revision']:08x}, notes "
                      f"{revision if revision is None else format(revision, '08x')}, {faults}")
    print(f"microcode: checksums {sums}/{total}, revisions of the release notes "
          f"{revisions}/{total}, {len(files)} files")
    return 0 if total >= FLOOR[0] and sums == total and revisions >= FLOOR[1] else 1


if __name__ == "__main__":
    sys.exit(main())
