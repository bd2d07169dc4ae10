#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the decoder of FRU inventories with ipmi-fru on inventories made for it.

usage: tests/agreement/generated_fru.py BUILD [DATA [SEED [COUNT]]]

Areas in every combination, fields in all encodings and lengths, custom fields, languages,
multirecords of all kinds, and some wrong checksums.
"""
import json
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile

FIELDS = {"chassis": ["part-number", "serial"],
          "board": ["manufacturer", "product", "serial", "part-number", "file-id"],
          "product": ["manufacturer", "name", "part-number", "version", "serial", "asset",
                      "file-id"]}
LABELS = {"FRU Chassis Part Number": "chassis/part-number",
          "FRU Chassis Serial Number": "chassis/serial",
          "FRU Board Manufacturer": "board/manufacturer",
          "FRU Board Product Name": "board/product", "FRU Board Serial Number": "board/serial",
          "FRU Board Part Number": "board/part-number",
          "FRU FRU File ID": "FILE", "FRU Product Manufacturer Name": "product/manufacturer",
          "FRU Product Name": "product/name",
          "FRU Product Part/Model Number": "product/part-number",
          "FRU Product Version": "product/version",
          "FRU Product Serial Number": "product/serial",
          "FRU Product Asset Tag": "product/asset-tag"}


class Maker:
    """An inventory from a stream of chances."""

    def __init__(self, seed):
        self.chance = random.Random(seed)

    def field(self):
        """Type, length and data of one field."""
        r = self.chance
        kind = r.choice([0, 1, 2, 3, 3, 3])
        if kind == 0:
            data = r.randbytes(r.choice([0, 1, 2, 8, 63]))
        elif kind == 1:
            least, most = r.choice([(1, 9), (1, 9), (1, 9), (0, 12)])
            data = bytes(r.randint(least, most) << 4 | r.randint(least, most)
                         for _ in range(r.choice([1, 2, 5, 20])))
        elif kind == 2:
            data = r.randbytes(r.choice([3, 6, 9, 30, 1, 2, 4]))
        else:
            data = bytes(r.randint(33, 126) for _ in range(r.choice([0, 2, 3, 10, 63])))
            data = r.choice([data, data + b"  ", data.replace(b"a", b" ")])[:63]
            data = b"" if len(data) == 1 else data
        return bytes([kind << 6 | len(data)]) + data

    def area(self, name):
        r = self.chance
        body = {"chassis": bytes([1, 0, r.randint(0, 0x24)]),
                "board": bytes([1, 0, r.choice([0, 25, 25])]) + r.choice(
                    [b"\0\0\0", b"\xff\xff\xff", b"\1\0\0", r.randbytes(3)]),
                "product": bytes([1, 0, r.choice([0, 25])])}[name]
        body += b"".join(self.field() for _ in FIELDS[name])
        body += b"".join(self.field() for _ in range(r.choice([0, 0, 1, 3])))
        body += b"\xc1"
        body += bytes(-(len(body) + 1) % 8 + r.choice([0, 8]))
        body = bytearray(body + b"\0")
        body[1] = len(body) // 8
        body[-1] = -sum(body) & 0xFF
        return bytes(body)

    def record(self, last):
        r = self.chance
        kind = r.choice([0, 1, 2, 3, 0xC0, 0xFF])
        volts = r.choice([3000, 3000, 0x7FFF])
        output = r.randbytes(1) + b"".join(struct.pack("<h", r.randint(-volts, volts))
                                           for _ in "abc")
        data = {0: r.randbytes(24), 1: output + r.randbytes(6), 2: output + r.randbytes(6),
                3: bytes([r.randint(1, 9)]) + b"https://example.org"[:r.randint(3, 19)],
                0xC0: b"\x5a\x31\0\x14" + r.randbytes(9),
                0xFF: b"\x01\x02\x03" + r.randbytes(r.choice([0, 3, 200]))}[kind]
        head = bytes([kind, 2 | (0x80 if last else 0), len(data), -sum(data) & 0xFF])
        return head + bytes([-sum(head) & 0xFF]) + data

    def inventory(self):
        r = self.chance
        offsets, areas = [0] * 5, b""
        if r.random() < 0.3:
            offsets[0] = 1
            areas = b"\x01" + r.randbytes(15)
        for at, name in enumerate(("chassis", "board", "product")):
            if r.random() < 0.8:
                offsets[at + 1] = 1 + len(areas) // 8
                areas += self.area(name)
        if r.random() < 0.6:
            offsets[4] = 1 + len(areas) // 8
            count = r.randint(1, 4)
            areas += b"".join(self.record(i == count - 1) for i in range(count))
        head = bytes([1, *offsets, 0])
        return head + bytes([-sum(head) & 0xFF]) + areas


def peer(path):
    """(label, value) of what ipmi-fru prints, and whether it finds a checksum bad."""
    done = subprocess.run(["ipmi-fru", "--fru-file", path], check=False, capture_output=True)
    text = done.stdout.decode("latin-1") + done.stderr.decode("latin-1")
    pairs = [line[2:].split(": ", 1) for line in text.split("\n") if ": " in line[2:]]
    return pairs, "checksum" in text.lower()


def ours(build, paths):
    done = subprocess.run([os.path.join(build, "assay"), "decode", "--json", "--as", "ipmi-fru",
                           *paths], check=False, capture_output=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def spelled(value):
    """A value of ipmi-fru as Assay writes it: binary fields in plain hexadecimal."""
    if re.fullmatch(r"([0-9A-F]{2}h ?)+", value + " " if value.endswith("h") else value):
        value = value.replace("h", "").replace(" ", "").lower()
    return value.strip()


def number(claims, leaf, scale=1):
    found = [int(c["value"]) for c in claims if c["path"].endswith("/" + leaf)]
    return [value * scale for value in found]


# Labels of records: the claim, its unit, and whether ipmi-fru reads the sign that it has not.
NUMBERS = {
    "FRU Power Supply Overall Capacity": ("capacity", 1),
    "FRU Power Supply Peak VA": ("peak-va", 1),
    "FRU Power Supply Max Inrush Current": ("inrush", 1),
    "FRU Power Supply Inrush Interval": ("inrush-time", 1),
    "FRU Power Supply Low End Input Voltage 1": ("input-low-1", 10),
    "FRU Power Supply High End Input Voltage 1": ("input-high-1", 10),
    "FRU Power Supply Low End Input Voltage 2": ("input-low-2", 10),
    "FRU Power Supply High End Input Voltage 2": ("input-high-2", 10),
    "FRU Power Supply Low End Acceptable Frequency": ("frequency-low", 1),
    "FRU Power Supply High End Acceptable Frequency": ("frequency-high", 1),
    "FRU Power Supply A/C Dropout Tolerance": ("dropout", 1),
    "FRU Power Supply Peak Capacity": ("peak-capacity", 1),
    "FRU Power Supply Hold Up Time": ("hold-up", 1),
    "FRU Power Supply Total Combined Wattage": ("combined-wattage", 1),
}
DC = {"Nominal Voltage": ("nominal-voltage", 10),
      "Maximum Negative Voltage Deviation": ("low-voltage", 10),
      "Maximum Positive Voltage Deviation": ("high-voltage", 10),
      "Ripple and Noise pk-pk": ("ripple", 1), "Minimum Current Draw": ("minimum-current", 1),
      "Maximum Current Draw": ("maximum-current", 1)}


class Tally:
    def __init__(self):
        self.agreed = self.total = 0
        self.explained = {}
        self.bad = []

    def same(self, what, want, got, reason=None):
        self.total += 1
        if want == got:
            self.agreed += 1
        elif reason:
            self.explained[reason] = self.explained.get(reason, 0) + 1
        else:
            self.bad.append(f"{what}: peer {want!r}, here {got!r}")


BCD = "ipmi-fru takes packed decimals for one digit a byte; 13 of the specification has two"
WRAPS = "ipmi-fru multiplies by ten in 16 bits"
SIGNS = "ipmi-fru reads input voltages as signed; the specification gives them no sign"


def texts(tally, name, pairs, claims):
    """Fields and custom fields of the areas of texts, in order."""
    found = {}
    for claim in claims:
        parts = claim["path"].split("/")[1:]
        if len(parts) == 2 and parts[0] in FIELDS and isinstance(claim["value"], str):
            found.setdefault("/".join(parts), []).append(claim["value"])
    area = None
    for label, value in pairs:
        for word in FIELDS:
            area = word if label.lower().startswith("fru " + word) else area
        path = LABELS.get(label)
        if path == "FILE":
            path = f"{area}/{'fru-file' if area else ''}"
        elif label.endswith("Custom Info"):
            path = f"{area}/custom"
        if path is None or not spelled(value):
            continue
        got = found.get(path, [None])
        here = got.pop(0) if got else None
        reason = BCD if value.startswith("Error 'FRU invalid BCD") else \
            BCD if here and here.replace("0", "") == value.replace("0", "") else None
        tally.same(f"{name} {path}", spelled(value), here and here.strip(), reason)


def records(tally, name, pairs, claims):
    for label, value in pairs:
        wanted = NUMBERS.get(label)
        for kind in ("FRU DC Output ", "FRU DC Load "):
            if label.startswith(kind):
                wanted = DC.get(label[len(kind):], wanted)
        if wanted is None:
            continue
        want = int(value.split()[0])
        got = number(claims, *wanted)
        narrow = [(value + 0x8000) % 0x10000 - 0x8000 for value in got]
        reason = SIGNS if want < 0 and want + 655360 in got else \
            WRAPS if want in narrow else None
        tally.same(f"{name} {label}", True, want in got, reason)


def main():
    build = sys.argv[1]
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    count = int(sys.argv[4]) if len(sys.argv) > 4 else 200
    if shutil.which("ipmi-fru", path=os.environ["PATH"] + ":/usr/sbin") is None:
        print("generated fru: SKIP (no ipmi-fru)")
        return 77
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for one in range(seed, seed + count):
            maker = Maker(one)
            image = bytearray(maker.inventory())
            if maker.chance.random() < 0.1:
                image[-1] ^= 0x10
            paths.append(os.path.join(folder, f"{one}.bin"))
            with open(paths[-1], "wb") as file:
                file.write(image)
        for path, result in zip(paths, ours(build, paths), strict=True):
            pairs, bad = peer(path)
            name = os.path.basename(path)
            faults = [fault["name"] for fault in result["faults"]]
            tally.same(f"{name} checksum", bad, "bad-checksum" in faults)
            texts(tally, name, pairs, result["claims"])
            records(tally, name, pairs, result["claims"])
            tally.same(f"{name} other faults", [], [f for f in faults if f != "bad-checksum"])
    for line in tally.bad[:40]:
        print(" ", line)
    for reason, times in sorted(tally.explained.items()):
        print(f"    {times} explained: {reason}")
    print(f"generated fru: {tally.agreed}/{tally.total}")
    return 1 if tally.bad else 0


if __name__ == "__main__":
    sys.exit(main())
