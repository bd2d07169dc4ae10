#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""SPD EEPROMs against decode-dimms, on the made-up modules of tests/generate/spd.py.

usage: tests/agreement/spd.py BUILD [DATA]
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "generate"))
import spd  # noqa: E402

# decode-dimms has no DDR5, and names makers at length.
UNSUPPORTED = {"ddr5": "the peer does not decode DDR5"}
MAKERS = {0x80ce: "Samsung", 0x802c: "Micron Technology", 0x0198: "Kingston"}
TYPES = {8: "DDR2 SDRAM", 11: "DDR3 SDRAM", 12: "DDR4 SDRAM"}
SERIAL_BEGIN = "0x"


def dump(data, path):
    with open(path, "w", encoding="ascii") as file:
        for at in range(0, len(data), 16):
            row = data[at:at + 16]
            shown = "".join(chr(c) if 32 <= c < 127 else "." for c in row)
            file.write(f"{at:08x}  {row[:8].hex(' ')}  {row[8:].hex(' ')}  |{shown}|\n")


def peer(path):
    text = subprocess.run(["decode-dimms", "-x", path], check=False, capture_output=True,
                          text=True).stdout
    fields = {}
    for line in text.splitlines():
        if len(line) > 49 and line[48] == " " and not line.startswith("-"):
            fields.setdefault(line[:48].strip(), line[49:].strip())
    return fields


def ours(build, path):
    done = subprocess.run([os.path.join(build, "assay"), "decode", "--json", "--as", "spd", path],
                          check=False, capture_output=True)
    result = json.loads(done.stdout)
    claims = {c["path"].split("/")[-1]: c["value"] for c in result["claims"]}
    return claims, [f["name"] for f in result["faults"]]


def expectations(claims, faults, fields):
    """(what, the peer's value, ours in the peer's words)."""
    for name, value in fields.items():
        if "CRC of bytes" in name:
            yield name, value.startswith("OK"), "bad-checksum" not in faults
        elif name == "EEPROM Checksum of bytes 0-62":
            yield name, value.startswith("OK"), "bad-checksum" not in faults
    week = claims["week"]
    words = {
        "Fundamental Memory type": TYPES.get(claims["type"]),
        "Size": f"{claims.get('capacity')} MB",
        "SDRAM Device Width": f"{claims.get('device-width')} bits",
        "Ranks": str(claims.get("ranks")),
        "Number of Ranks": str(claims.get("ranks")),
        "Primary Bus Width": f"{claims.get('bus-width')} bits",
        "Bus Width Extension": f"{claims.get('bus-extension')} bits",
        "Minimum Cycle Time (tCKmin)": f"{claims.get('cycle-time', 0) / 1000:.3f} ns",
        "Module Manufacturer": MAKERS.get(claims["manufacturer"]),
        "Manufacturer": MAKERS.get(claims["manufacturer"]),
        "Manufacturing Date": f"{week // 100}-W{week % 100:02d}",
        "Assembly Serial Number": "0x" + claims["serial"],
        "Part Number": claims["part"],
    }
    if "dram-manufacturer" in claims:
        words["DRAM Manufacturer"] = MAKERS.get(claims["dram-manufacturer"])
    if claims["type"] == 8:
        words = {k: v for k, v in words.items() if k in (
            "Fundamental Memory type", "Manufacturer", "Manufacturing Date",
            "Assembly Serial Number", "Part Number")}
    for name, value in words.items():
        if name in fields:
            yield name, fields[name], value
    if "Maximum module speed" in fields and "speed" in claims:
        yield "speed", fields["Maximum module speed"].split()[0], str(claims["speed"])


def main():
    build = sys.argv[1]
    if shutil.which("decode-dimms") is None:
        print("spd: SKIP (no decode-dimms)")
        return 77
    agreed = total = 0
    explained = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, data in spd.GOOD.items():
            raw, text = os.path.join(folder, name), os.path.join(folder, name + ".hex")
            with open(raw, "wb") as file:
                file.write(data)
            dump(data, text)
            fields = peer(text)
            if name in UNSUPPORTED and not fields.get("Fundamental Memory type"):
                explained[UNSUPPORTED[name]] = explained.get(UNSUPPORTED[name], 0) + 1
                continue
            for what, want, got in expectations(*ours(build, raw), fields):
                total += 1
                agreed += want == got
                if want != got:
                    print(f"  NOT EXPLAINED {name} {what}: peer {want!r}, here {got!r}")
    print(f"spd: {agreed}/{total}")
    for why, count in explained.items():
        print(f"  left out {count}: {why}")
    return 0 if agreed == total and total else 1


if __name__ == "__main__":
    sys.exit(main())
