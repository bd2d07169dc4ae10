#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""ACPI tables against iasl listings of the same tables.

usage: tests/agreement/acpi.py BUILD DATA

Three bars: the checksum verdict of every table equals the sum of its bytes; every field that a
listing prints with its offset is a claim with the same bytes and value; the objects at the top
level of every DSDT and SSDT are those of the listing.
"""
import collections
import json
import os
import re
import subprocess
import sys

FIELD = re.compile(r"^\[([0-9A-F]{3,4})h (\d{4,5})\s+(\d+)\]\s+(.+?) : (\S.*)$")
DEFINITION = re.compile(
    r"^    (Alias|Name|Scope|Method|CreateDWordField|CreateWordField|CreateByteField|"
    r"CreateBitField|CreateField|CreateQWordField|Mutex|Event|OperationRegion|Field|Device|"
    r"Processor|PowerResource|ThermalZone|IndexField|BankField|DataTableRegion) \((.*)$")
SPECIAL = {b"FACS", b"RSD "}


def tables(data):
    root = os.path.join(data, "acpi", "linuxhw+ACPI-tables")
    for where, _, names in sorted(os.walk(root)):
        for name in sorted(names):
            if name.endswith(".dat"):
                path = os.path.join(where, name)
                yield path, os.path.join(data, "acpi", "linuxhw+ACPI",
                                         os.path.relpath(where, root)), name[:-4]


def decode(build, paths):
    done = subprocess.run([os.path.join(build, "assay"), "decode", "--json", "--as", "acpi-table",
                           *paths], check=False, capture_output=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def sections(path):
    """The listing cut at its headings: a name alone, underlined with as many dashes."""
    found, name = {}, None
    with open(path, encoding="utf-8", errors="replace") as file:
        lines = file.read().split("\n")
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        if line and following == "-" * len(line) and len(line) <= 6:
            name = line
            found[name] = []
        elif name:
            found[name].append(line)
    return found


def expected_objects(lines):
    """(kind, name) of what stands one level inside the definition block."""
    found = collections.Counter()
    for line in lines:
        match = DEFINITION.match(line)
        if not match:
            continue
        kind, rest = match.groups()
        arguments = [a.strip() for a in re.split(r",|\)", re.sub(r"/\*.*?\*/", "", rest))]
        if kind == "Alias":
            name = arguments[1]
        elif kind == "CreateField":
            name = arguments[3]
        elif kind.startswith("Create"):
            name = arguments[2]
        else:
            name = arguments[0]
        found[(kind, name)] += 1
    return found


def claimed_objects(result):
    found = collections.Counter()
    for claim in result["claims"]:
        if claim["key"] == "acpi.aml.object":
            name = claim["path"].split("/")[-1].split("#")[0].replace("%5C", "\\")
            found[(OBJECTS[claim["value"]], name)] += 1
    return found


OBJECTS = {0x06: "Alias", 0x08: "Name", 0x10: "Scope", 0x14: "Method", 0x15: "External",
           0x8a: "CreateDWordField", 0x8b: "CreateWordField", 0x8c: "CreateByteField",
           0x8d: "CreateBitField", 0x8f: "CreateQWordField", 0x5b01: "Mutex", 0x5b02: "Event",
           0x5b13: "CreateField", 0x5b80: "OperationRegion", 0x5b81: "Field", 0x5b82: "Device",
           0x5b83: "Processor", 0x5b84: "PowerResource", 0x5b85: "ThermalZone",
           0x5b86: "IndexField", 0x5b87: "BankField", 0x5b88: "DataTableRegion"}


class Score:
    def __init__(self, name):
        self.name, self.good, self.total = name, 0, 0
        self.explained = collections.Counter()
        self.open = []

    def add(self, agreed, why, what):
        self.total += 1
        if agreed:
            self.good += 1
        elif why:
            self.explained[why] += 1
        else:
            self.open.append(what)

    def show(self):
        print(f"acpi {self.name}: {self.good}/{self.total}")
        for why, count in sorted(self.explained.items()):
            print(f"  explained {count}: {why}")
        for what in self.open[:40]:
            print(f"  NOT EXPLAINED {what}")
        return not self.open


def check_checksum(score, data, result, path):
    if data[:4] == b"FACS":
        return
    length = int.from_bytes(data[4:8], "little")
    covered = data[:20] if data[:8] == b"RSD PTR " else data[:length]
    bad = any(f["name"] == "bad-checksum" for f in result["faults"])
    score.add(bad == (sum(covered) % 256 != 0), None, path)


def claim_value(claim):
    value = claim["value"]
    if isinstance(value, dict):
        return bytes.fromhex(value["hex"])
    return value


def field_why(data, label, offset, length):
    """Why a field of a listing need not be a claim of its own."""
    if not any(data[offset:offset + length]) and "eserved" in label:
        return "reserved bytes that are zero are no claim"
    if "Length" in label or "Subtable Type" in label or label in ("Entry Type", "Table Length"):
        return "type and length of a substructure are its name and its extent"
    if label == "Hardware Block ID":
        return "the parts of the timer block id are claims"
    if label in ("Base Address Offset", "Address Size Offset"):
        return "offsets of DBG2 show by the registers found there"
    if label in ("Software Licensing Structure", "OEM Data"):
        return "the body is a digest"
    if "eserved" in label:
        return "reserved bytes are one claim, the listing splits them"
    return None


def check_fields(score, data, result, lines, path):
    claims = collections.defaultdict(list)
    covered = []
    for claim in result["claims"]:
        if not claim["key"].endswith(("digest", "digest-fixed")):
            claims[(claim["span"]["offset"], claim["span"]["length"])].append(claim_value(claim))
            covered.append((claim["span"]["offset"], claim["span"]["length"], claim["key"]))
    for line in lines:
        match = FIELD.match(line)
        if not match:
            continue
        offset, length = int(match.group(2)), int(match.group(3))
        label, text = match.group(4).strip(), match.group(5)
        values = claims.get((offset, length), [])
        heading = length > 8 and text.startswith("[")
        if offset + length > len(data) or heading:
            continue
        if text.startswith('"'):
            agreed = any(isinstance(v, str) for v in values) or any(
                isinstance(v, bytes) for v in values)
        else:
            raw = int.from_bytes(data[offset:offset + length], "little")
            agreed = any(v == raw or v == text.lower() or v == str(raw) or
                         (isinstance(v, bool) and length == 1) for v in values)
            agreed = agreed or any(isinstance(v, bytes) and v == data[offset:offset + length]
                                   for v in values)
        why = None
        if not agreed:
            why = field_why(data, label, offset, length)
        if not agreed and not why:
            for start, size, key in covered:
                if start <= offset and offset + length <= start + size and (
                        size != length or key == "acpi.table.body"):
                    why = f"part of the claim {key}"
        score.add(agreed, why, f"{os.path.basename(path)} {line}")


def check_objects(score, result, lines, path):
    want, got = expected_objects(lines), claimed_objects(result)
    externals = [k for k in got if k[0] == "External"]
    for key in externals:
        del got[key]
    for key in sorted(set(want) | set(got)):
        score.add(want[key] == got[key], None, f"{path} {key} {want[key]} here {got[key]}")


def main():
    build, root = sys.argv[1], sys.argv[2]
    work = list(tables(root))
    if not work:
        print("acpi: SKIP (no reference data)")
        return 77
    results = decode(build, [path for path, _, _ in work])
    scores = [Score("checksums"), Score("fields"), Score("top-level objects")]
    listings = {}
    for (path, listing, stem), result in zip(work, results, strict=True):
        with open(path, "rb") as file:
            data = file.read()
        check_checksum(scores[0], data, result, path)
        if not os.path.exists(listing):
            continue
        if listing not in listings:
            listings[listing] = sections(listing)
        found = listings[listing]
        name = {"RSD 1": "RSDP"}.get(stem.upper(), stem.upper())
        lines = found.get(name) or found.get(name.rstrip("1"))
        if lines is None:
            continue
        if data[:4] in (b"DSDT", b"SSDT"):
            check_objects(scores[2], result, lines, path)
        else:
            check_fields(scores[1], data, result, lines, path)
    good = [score.show() for score in scores]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
