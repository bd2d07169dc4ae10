#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the decoders of ACPI tables with iasl on tables made for it.

usage: tests/agreement/generated_acpi.py BUILD [DATA [SEED [COUNT]]]

Of every table that iasl has a template for: the template, and copies with other values in the
fields and other orders of the substructures; a quarter of them with a wrong checksum. And
definition blocks that have every kind of object at their top level. What is compared, and how,
is that of acpi.py.
"""
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

import acpi

# What decides how the rest is laid out is left as it is.
STRUCTURE = re.compile(r"(?i)signature|length|revision|checksum|type|count|offset|size|number|"
                       r"address space|space id|^\W*guid|name|version|base|method|variable|"
                       r"num |localit")
# Made by blocks(); and S3PT has no header of an ACPI table.
LEFT_OUT = {"dsdt", "ssdt", "osdt", "s3pt"}
# IVRS has bus and function in these, which are claims of their own; the data of entries that are
# padding are a digest.
ADDRESS = re.compile(r"Device ?I[Dd] :|Extended Data :")
# Of these, where substructures begin, and how wide their types and lengths are.
LISTS = {b"APIC": (44, 1, 1), b"SRAT": (48, 1, 1), b"DMAR": (48, 2, 2), b"NFIT": (40, 2, 2),
         b"PPTT": (36, 1, 1), b"FPDT": (36, 2, 1)}
BLOCK = """DefinitionBlock ("", "{kind}", 2, "MADE", "TOPLEVEL", {revision})
{{
{body}
}}
"""
FORMS = [
    'Name ({n}, {v})', 'Name ({n}, "text")', 'Name ({n}, Buffer () {{ 1, 2, 3 }})',
    'Name ({n}, Package () {{ {v}, "a", Package () {{ 2 }} }})',
    'Name ({n}, ResourceTemplate () {{ IRQNoFlags () {{ 5 }} }})',
    'Method ({n}, {a}, NotSerialized) {{ Return ({v}) }}',
    'Method ({n}, 0, Serialized) {{ If (One) {{ Store ({v}, Local0) }} Else {{ Noop }} }}',
    'Device ({n}) {{ Name (_HID, "PNP0A03") Name (_UID, {v}) Method (_STA) {{ Return (1) }} }}',
    'Scope (\\_SB) {{ Name ({n}, {v}) }}', 'Mutex ({n}, {a})', 'Event ({n})',
    'PowerResource ({n}, {a}, {a}) {{ Method (_STA) {{ Return (One) }} }}',
    'ThermalZone ({n}) {{ Name (_TZP, {v}) }}', 'Processor ({n}, {a}, 0x410, 6) {{ }}',
    'OperationRegion ({n}, SystemIO, 0x80, 0x10)\n    '
    'Field ({n}, ByteAcc, NoLock, Preserve) {{ {f}, 8, Offset (4), , 3, {g}, 13 }}',
    'OperationRegion ({n}, SystemMemory, 0xFED00000, 0x100)\n    '
    'Field ({n}, DWordAcc, Lock, WriteAsZeros) {{ {f}, 32, {g}, 32 }}\n    '
    'IndexField ({f}, {g}, DWordAcc, NoLock, Preserve) {{ {h}, 8 }}\n    '
    'BankField ({n}, {f}, 1, DWordAcc, NoLock, Preserve) {{ {i}, 8 }}',
    'Name ({n}, Buffer (0x20) {{ }})\n    CreateDWordField ({n}, 0, {f})\n    '
    'CreateWordField ({n}, 4, {g})\n    CreateByteField ({n}, 6, {h})\n    '
    'CreateBitField ({n}, 56, {i})\n    CreateQWordField ({n}, 8, {j})\n    '
    'CreateField ({n}, 128, 5, {k})',
    'Name ({n}, {v})\n    Alias ({n}, {f})', 'DataTableRegion ({n}, "SSDT", "", "")',
]


def listing(folder, table):
    """The lines of iasl's listing of a table; None if it gives none."""
    path = os.path.join(folder, "one.aml")
    with open(path, "wb") as file:
        file.write(table)
    done = subprocess.run(["iasl", "-d", "one.aml"], cwd=folder, check=False,
                          stdin=subprocess.DEVNULL, capture_output=True)
    text = os.path.join(folder, "one.dsl")
    if done.returncode not in (0, 1) or not os.path.exists(text):
        return None
    with open(text, encoding="utf-8", errors="replace") as file:
        lines = file.read().split("\n")
    os.remove(text)
    return lines


def onward(lines):
    """Without the lines that iasl numbers from somewhere else than the start of the table."""
    last = 0
    for line in lines:
        match = acpi.FIELD.match(line)
        if match and int(match.group(2)) >= last:
            last = int(match.group(2))
            yield line


def sealed(table):
    """The table with its length and checksum right."""
    if bytes(table[:4]) in (b"FACS", b"RSD "):
        return bytes(table)
    table[4:8] = len(table).to_bytes(4, "little")
    table[9] = 0
    table[9] = -sum(table) & 0xFF
    return bytes(table)


def reordered(table, chance):
    """Substructures shuffled, one of them twice, one left out."""
    start, type_width, length_width = LISTS[bytes(table[:4])]
    parts, at = [], start
    while at < len(table):
        width = int.from_bytes(table[at + type_width:at + type_width + length_width], "little")
        parts.append(table[at:at + width])
        at += width
    chance.shuffle(parts)
    parts = parts[chance.randint(0, 1):]
    parts += parts[:chance.randint(0, 1)]
    return bytearray(table[:start] + b"".join(parts))


def changed(table, lines, chance):
    """Other values in fields that decide nothing."""
    table = bytearray(table)
    for line in lines:
        match = acpi.FIELD.match(line)
        if not match or STRUCTURE.search(match.group(4)) or match.group(5)[0] in '"[':
            continue
        offset, width = int(match.group(2)), int(match.group(3))
        if offset < 36 or offset + width > len(table) or chance.random() < 0.3:
            continue
        table[offset:offset + width] = chance.choice(
            [bytes(width), b"\xff" * width, chance.randbytes(width)])
    return table


def templates(folder):
    subprocess.run(["iasl", "-T", "ALL"], cwd=folder, check=True, stdin=subprocess.DEVNULL,
                   capture_output=True)
    for name in sorted(os.listdir(folder)):
        if name.endswith(".asl") and name[:4] not in LEFT_OUT:
            subprocess.run(["iasl", name], cwd=folder, check=False, stdin=subprocess.DEVNULL,
                           capture_output=True)
            path = os.path.join(folder, name[:-4] + ".aml")
            if os.path.exists(path):
                with open(path, "rb") as file:
                    yield name[:-4], file.read()


def blocks(folder, chance, count):
    """Compiled definition blocks."""
    for i in range(count):
        body, used = [], 0
        for form in chance.sample(FORMS, chance.randint(1, len(FORMS))):
            names = {key: f"A{used + at:03X}" for at, key in enumerate("nfghijk")}
            used += 7
            value = chance.choice(["Zero", "One", "Ones", "0x12", "0x1234", "0x12345678"])
            body.append("    " + form.format(v=value, a=chance.randint(0, 7), **names))
        source = BLOCK.format(kind=chance.choice(["DSDT", "SSDT"]), revision=i,
                              body="\n".join(["    External (\\_SB, DeviceObj)", *body]))
        with open(os.path.join(folder, "block.asl"), "w", encoding="ascii") as file:
            file.write(source)
        done = subprocess.run(["iasl", "-f", "block.asl"], cwd=folder, check=False,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        path = os.path.join(folder, "block.aml")
        if not os.path.exists(path):
            sys.exit(done.stdout + done.stderr)
        with open(path, "rb") as file:
            yield f"block{i}", file.read()
        os.remove(path)


def tables(folder, chance, count):
    """(name, table, listing)"""
    for name, table in list(templates(folder)):
        lines = listing(folder, table) or []
        yield name, table, lines
        for i in range(count):
            copy = changed(table, lines, chance)
            if table[:4] in LISTS:
                copy = reordered(copy, chance)
            copy = bytearray(sealed(copy))
            if chance.random() < 0.25:
                copy[9] ^= 0x40
            yield f"{name}-{i}", bytes(copy), listing(folder, copy) or []
    for name, table in list(blocks(folder, chance, 4 * count)):
        yield name, table, listing(folder, table) or []


def main():
    build = os.path.abspath(sys.argv[1])
    chance = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    count = int(sys.argv[4]) if len(sys.argv) > 4 else 6
    if shutil.which("iasl") is None:
        print("generated acpi: SKIP (no iasl)")
        return 77
    scores = [acpi.Score("checksums"), acpi.Score("fields"), acpi.Score("top-level objects")]
    with tempfile.TemporaryDirectory() as folder:
        made = list(tables(folder, chance, count))
        paths = []
        for name, table, _ in made:
            paths.append(os.path.join(folder, name + ".bin"))
            with open(paths[-1], "wb") as file:
                file.write(table)
        results = acpi.decode(build, paths)
    for (name, table, lines), result in zip(made, results, strict=True):
        acpi.check_checksum(scores[0], table, result, name)
        if table[:4] in (b"DSDT", b"SSDT"):
            acpi.check_objects(scores[2], result, lines, name)
        elif table[:4] == b"IVRS":
            lines = [line for line in lines if not ADDRESS.search(line)]
            acpi.check_fields(scores[1], table, result, lines, name)
        else:
            acpi.check_fields(scores[1], table, result, onward(lines), name)
    good = [score.show() for score in scores]
    print(f"generated acpi: {sum(s.good for s in scores)}/{sum(s.total for s in scores)}")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
