#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the SMBIOS decoders with dmidecode on tables made for it.

usage: tests/agreement/generated_smbios.py BUILD [DATA [SEED [COUNT]]]

Every type of DSP0134 3.7 in every length that a version gave it, with fields at their least and
greatest, reserved and flagging values, strings that are empty, missing, not ASCII or out of
range; behind both entry points. What is compared, and how, is that of smbios.py.
"""
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile

import smbios

# Of each type, its fields in order (s string, e small enumeration, b, w, d, q integers, u UUID,
# h handle) and the lengths that it had in one version or another.
LAYOUT = {
    0: ("sswsbqbbbbbbw", [0x12, 0x13, 0x14, 0x18, 0x1A]),
    1: ("ssssuess", [0x08, 0x19, 0x1B]),
    2: ("sssssbshe", [0x08, 0x0E]),
    3: ("sesssbbbbdbb", [0x09, 0x0D, 0x11, 0x13]),
    4: ("seesqsbwwwbehhhsssbbbwwwwwws", [0x1A, 0x20, 0x23, 0x28, 0x2A, 0x30, 0x32, 0x33]),
    6: ("sbbwbbb", [0x0C]),
    7: ("swwwwwbeeedd", [0x0F, 0x13, 0x1B]),
    8: ("sesee", [0x09]),
    11: ("b", [0x05]),
    12: ("b", [0x05]),
    16: ("eeedhwq", [0x0F, 0x17]),
    17: ("hhwwwebssewwssssbdwwwwewswwwwqqqqddwwww",
         [0x15, 0x1B, 0x1C, 0x22, 0x28, 0x54, 0x5C, 0x64]),
    18: ("eeedddd", [0x17]),
    19: ("ddhbqq", [0x0F, 0x1F]),
    20: ("ddhhbbbqq", [0x13, 0x23]),
    21: ("eeb", [0x07]),
    22: ("sssssewwsbwwsbd", [0x10, 0x1A]),
    23: ("bwwww", [0x0D]),
    24: ("b", [0x05]),
    25: ("bbbbb", [0x09]),
    26: ("sbwwwwwdw", [0x14, 0x16]),
    27: ("hbbdws", [0x0C, 0x0E, 0x0F]),
    28: ("sbwwwwwdw", [0x14, 0x16]),
    29: ("sbwwwwwdw", [0x14, 0x16]),
    30: ("sb", [0x06]),
    33: ("eeedqqd", [0x1F]),
    34: ("sede", [0x0B]),
    35: ("shhh", [0x0B]),
    36: ("wwwwww", [0x10]),
    38: ("ebbbqbb", [0x10, 0x12]),
    39: ("bssssssswwhhh", [0x10, 0x16]),
    41: ("sebwbb", [0x0B]),
    43: ("dbbddsqd", [0x1F]),
    46: ("wsh", [0x09]),
    126: ("bbbb", [0x04, 0x08]),
}
WIDTH = {"s": 1, "e": 1, "b": 1, "w": 2, "h": 2, "d": 4, "q": 8, "u": 16}
EDGES = {1: [0, 1, 2, 0x7F, 0x80, 0xFE, 0xFF], 2: [0, 1, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF],
         4: [0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF],
         8: [0, 1, 1 << 30, 1 << 40, (1 << 63) - 1, (1 << 64) - 1]}
STRINGS = [b"Maker", b"To Be Filled By O.E.M.", b" lead", b"trail  ", b"a",
           b"\xff\xe9\x80 latin", b"tab\tinside", b"x" * 70, b"1.2/3:4",
           b"Intel Core", b"AMD Opteron", b"0"]


PEERS = "dmidecode prints peer devices in a line of their own, which DSP0134 does not name"
DEVICE = "dmidecode 3.4 wants other lengths of device descriptors than DSP0270 1.3 states"
NEWER = "dmidecode 3.4 does not know bit 7 of the slot characteristics, DSP0134 3.6"
ALONE = "dmidecode stops at 'characteristics not supported'"
OLDER = "dmidecode words a missing cache as the specification did before 2.3"
WRAPS = "dmidecode computes sizes in 32 bits, and of a range that ends before it begins"
RESERVED = "dmidecode has no word for a value that the specification calls reserved"
BYTES = "dmidecode writes k behind extended addresses, which are in bytes (DSP0134 7.20)"
BRANDS = "dmidecode chooses the layout of a signature by families; smbios.py by makers"
SINCE = "dmidecode 3.4 does not name what later revisions of DSP0134 do"
NAMED_SINCE = {(8, "Port Type", "type"): 0x22, (4, "Upgrade", "upgrade"): 0x40,
               (4, "Family", "family"): 0x100, (17, "Form Factor", "form"): 0x10,
               (17, "Memory Technology", "technology"): 0x08, (17, "Type", "type"): 0x24}
ZERO = "dmidecode prints a size of zero in the unit of the field, and multiplies by zero"
LEAST = "dmidecode takes a range of one byte for none"
BIT_31 = "dmidecode takes in the reserved bit 31 of extended speeds (DSP0134 7.18.4)"
SPEEDS = {"Speed": "speed-extended", "Configured Memory Speed": "configured-speed-extended"}
NOTHING = "dmidecode prints nothing where only reserved bits are set"


def unlike(s, kind, label, value):
    """Why dmidecode prints what the specification does not mean, or None."""
    if kind == 9 and label.startswith("Peer Device "):
        return PEERS
    if kind == 9 and s.number("characteristics-2") & 0x80:
        return NEWER
    if kind == 42 and label in ("Device Type", "Vendor ID"):
        return DEVICE
    if kind == 0 and label == "Characteristics" and s.number("characteristics") & 8:
        return ALONE
    if value.startswith("No L"):
        return OLDER
    if value.endswith("k") and label.endswith("Address"):
        return BYTES
    if kind == 4 and label == "Signature":
        return BRANDS
    if value == "<OUT OF SPEC>" and any(
            s.number(leaf) >= first or s.text(leaf) == "Intel"
            for (k, name, leaf), first in NAMED_SINCE.items() if (k, name) == (kind, label)):
        return SINCE
    if value in ("0 kB", "0 MB", "0 TB", "0 mWh"):
        return ZERO
    if kind == 0 and label == "ROM Size" and "rom-size" not in s.claims:
        return RESERVED
    if kind in (19, 20) and label == "Range Size" and s.number("size") == 1:
        return LEAST
    if kind in (19, 20) and label == "Range Size" and "size" not in s.claims:
        return WRAPS
    if kind == 7 and label == "Location" and s.number("location") == 2:
        return RESERVED
    if kind == 17 and label.endswith("Speed") and s.number(SPEEDS[label]) >= 1 << 31:
        return BIT_31
    if kind in (0, 4, 43) and label == "Characteristics" or label.startswith("Memory Op"):
        return NOTHING
    return None


# What the text does not tell of a value, besides what smbios.py lists.
LOSSY = {
    "smbios.bios.characteristics": lambda v: "8" if int(v) & 8 else v,
    "smbios.memory-module.error-status": lambda v: "4" if int(v) & 4 else v,
    "smbios.tpm.characteristics": lambda v: "4" if int(v) & 4 else v,
    "smbios.slot.characteristics-1": lambda v: "1" if int(v) & 1 else v,
    "smbios.memory-device.speed": lambda v: str(int(v) & 0x7FFFFFFF),
    "smbios.memory-device.configured-speed": lambda v: str(int(v) & 0x7FFFFFFF),
    "smbios.slot.id": lambda v: str(int(v) & 0xFF),
    "smbios.slot.characteristics-2": lambda v: str(int(v) & 0x07),
}
# dmidecode shifts by the byte as the processor does, modulo 32; one voltage may be measured or
# one that the socket takes.
DROPPED = {"smbios.memory-controller.maximum-module-size", "smbios.processor.voltage",
           "smbios.processor.voltage-capabilities"}
# A multiplier of zero is none to us; the names of reserved types are all the same; of an SMBus
# address the text has seven bits.
REST = ["ipmi.base-address", "memory-controller.module-voltages", "battery.capacity",
        "memory-device.type"]
ROUNDED = ["cache.installed-size", "cache.maximum-size", "memory-array.maximum-capacity",
           "firmware.image-size", "memory-device.logical-size", "memory-device.volatile-size",
           "memory-device.size", "memory-device.non-volatile-size", "memory-device.cache-size",
           "memory-range.size", "memory-device-range.size"]


class Maker:
    """Structures from a stream of chances."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.handles = 0

    def integer(self, width):
        if self.chance.random() < 0.5:
            return self.chance.choice(EDGES[width]).to_bytes(width, "little")
        return self.chance.getrandbits(8 * width).to_bytes(width, "little")

    def field(self, form, strings):
        r = self.chance
        if form == "s":
            index = r.randint(0, len(strings))
            return bytes([r.choice([0, len(strings) + 1, 0xFF]) if r.random() < 0.2 else index])
        if form == "e":
            return bytes([r.randint(0, 0x50) if r.random() < 0.8 else r.getrandbits(8)])
        if form == "h":
            return struct.pack("<H", r.choice([0, 1, 5, 0xFFFE, 0xFFFF, r.getrandbits(16)]))
        if form == "u":
            return r.choice([bytes(16), b"\xff" * 16, r.randbytes(16)])
        return self.integer(WIDTH[form])

    def range_start(self, kind, length):
        """Both addresses, which either are both in the fields of 32 bits or both are not."""
        low, high = sorted(self.chance.getrandbits(31) for _ in "ab")
        short = length == LAYOUT[kind][1][0]
        extended = not short and self.chance.random() < 0.5
        return b"\xff" * 8 if extended else struct.pack("<II", low, high)

    def repeated(self, kind, strings):
        """The types whose length depends on counts of their own."""
        r = self.chance
        n = r.choice([0, 1, 2, 5])
        f = lambda forms: b"".join(self.field(form, strings) for form in forms)
        if kind == 2:
            return f("sssssbshe") + bytes([n]) + f("h" * n)
        if kind == 3:
            width = 3
            element = [bytes([r.choice([3, 4, 10, 132, 144, 145, 167])]) + f("bb")
                       for _ in range(n)]
            return f("sesssbbbbdbb") + bytes([n, width]) + b"".join(element) + f("s")
        if kind == 5:
            return f("ebeebwwb") + bytes([n]) + f("h" * n) + f("b") * r.randint(0, 1)
        if kind == 9:
            body = f("seeeewbb")
            more = f("wbb") + f("b") + bytes([n]) + f("wbbb" * n) + f("eewb")
            return body + more[:r.choice([0, 4, len(more), len(more) - 5])]
        if kind == 10:
            return b"".join(bytes([r.randint(1, 10) | r.choice([0, 0x80])]) + f("s")
                            for _ in range(n or 1))
        if kind == 13:
            return bytes([len(strings)]) + bytes([r.getrandbits(1)]) + bytes(15) + f("s")
        if kind == 14:
            return f("s") + b"".join(bytes([r.randint(0, 41)]) + struct.pack("<H", 0x100 + i)
                                     for i in range(n))
        if kind == 15:
            return f("wwwbbdd") + r.choice([b"", bytes([r.randint(0, 2), n, 2]) + f("ee" * n)])
        if kind == 32:
            return bytes(6) + f("e") + f("b" * r.choice([0, 0, 9]))
        if kind == 37:
            return f("eb") + bytes([n]) + f("bh" * n)
        if kind == 40:
            body = b""
            for _ in range(n):
                value = r.randbytes(r.choice([1, 2, 4, 7]))
                body += bytes([5 + len(value)]) + f("hbs") + value
            return bytes([n]) + body
        if kind == 42:
            device = r.choice([b"\x02" + f("ww") + b"\x04\x03a\x00", b"\x03" + f("wwww"),
                               b"\x04\x0d" + f("wws") + r.randbytes(6),
                               b"\x05\x14" + f("wwww") + r.randbytes(6) + f("wbb")])
            host = b"redfish.local"
            record = r.randbytes(16) + bytes([r.randint(0, 4), r.choice([1, 2])]) + \
                r.randbytes(32) + bytes([r.randint(0, 4), r.choice([1, 2])]) + \
                r.randbytes(38) + bytes([len(host)]) + host
            return b"\x40" + bytes([len(device)]) + device + b"\x01\x04" + \
                bytes([len(record)]) + record
        if kind == 44:
            return f("h") + bytes([n, r.randint(0, 10)]) + r.randbytes(n)
        return f("ssesesss") + f("qw") + f("e") + bytes([n]) + f("h" * n)

    def structure(self, kind):
        r = self.chance
        strings = r.sample(STRINGS, r.randint(0, 8))
        if kind in LAYOUT and (kind not in (2, 3) or r.random() < 0.3):
            forms, lengths = LAYOUT[kind]
            body = b"".join(self.field(form, strings) for form in forms)
            if kind == 43:
                body = r.choice([b"IFX\0", b"STM ", b"AMD\0", b"A\0\0\0"]) + body[4:]
            length = r.choice(lengths) - 4
            if kind in (19, 20):
                body = self.range_start(kind, length + 4) + body[8:]
            body += r.randbytes(9) if r.random() < 0.05 else b""
            body = body if len(body) > length and len(body) - length == 9 else body[:length]
            if kind in (11, 12):
                body = bytes([len(strings) if r.random() < 0.9 else len(strings) + 2])
        else:
            body = self.repeated(kind, strings)
        head = struct.pack("<BBH", kind, 4 + len(body), self.handles)
        self.handles += 1
        return head + body + (b"".join(s + b"\0" for s in strings) or b"\0") + b"\0"

    def dump(self):
        r = self.chance
        kinds = [k for k in range(0, 47) if k != 31] + [126]
        r.shuffle(kinds)
        table = b"".join(self.structure(kind) for kind in kinds)
        count = len(kinds) + 1
        table += struct.pack("<BBH", 127, 4, self.handles) + b"\0\0"
        version = r.choice([(2, m) for m in (0, 1, 3, 5, 6, 7, 8)] + [(3, m) for m in range(8)])
        if version[0] == 3:
            e = bytearray(b"_SM3_\0\x18" + bytes([*version, 0, 1, 0]) +
                          struct.pack("<IQ", len(table), 32))
            e[5] = -sum(e) & 255
        else:
            dmi = bytearray(b"_DMI_\0" + struct.pack("<HIHB", len(table), 32, count,
                                                    version[0] << 4 | version[1]))
            dmi[5] = -sum(dmi) & 255
            e = bytearray(b"_SM_\0\x1f" + bytes([*version]) + struct.pack("<HB", 256, 0) +
                          bytes(5) + dmi)
            e[4] = -sum(e) & 255
        return bytes(e).ljust(32, b"\0") + table


def main():
    build = sys.argv[1]
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    count = int(sys.argv[4]) if len(sys.argv) > 4 else 200
    if shutil.which("dmidecode", path=os.environ["PATH"] + ":/usr/sbin") is None:
        print("generated smbios: SKIP (no dmidecode)")
        return 77
    tally = smbios.Tally()
    smbios.LOSSY.update(LOSSY)
    smbios.LOSSY.update({"smbios." + key: lambda v: smbios.size_words(int(v.strip('"')))
                         for key in ROUNDED})
    smbios.LOSSY.update({"smbios." + key: lambda v: "" for key in REST})
    with tempfile.TemporaryDirectory() as folder:
        pairs = []
        for i in range(count):
            binary = os.path.join(folder, f"{seed + i}.bin")
            with open(binary, "wb") as file:
                file.write(Maker(seed + i).dump())
            done = subprocess.run(["/usr/sbin/dmidecode", "--from-dump", binary], check=True,
                                  capture_output=True)
            with open(binary[:-4] + ".txt", "wb") as file:
                file.write(done.stdout)
            pairs.append((binary[:-4] + ".txt", binary))
        rows = smbios.decode(build, [p for pair in pairs for p in pair])
        for text, binary in pairs:
            name = os.path.basename(binary)
            smbios.compare_text(tally, name, text, rows[binary], unlike)
            rows[text]["claims"] = [c for c in rows[text]["claims"] if c["key"] not in DROPPED]
            smbios.compare_import(tally, name, rows[text], rows[binary])
    for reason, times in sorted(tally.explained.items()):
        print(f"    {times} explained: {reason}")
    print(f"generated smbios: {tally.agreed}/{tally.total}")
    return 1 if tally.remarks else 0


if __name__ == "__main__":
    sys.exit(main())
