#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One fact changed along one path is one finding that names both paths; what says nothing is none.

usage: tests/cli/witness.py BUILD

Alters a recording of the demo, one place at a time. Prints TAP.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MACHINE = os.path.join(ROOT, "demo", "machines", "node-1")
GLOBAL = "8be4df61-93ca-11d2-aa0d-00e098032b8c"
SECURE_BOOT = f"sys/firmware/efi/efivars/SecureBoot-{GLOBAL}"


class Recording:
    """A copy of the recording that may be written to."""

    def __init__(self, program, folder):
        self.program = program
        self.folder = folder
        shutil.copytree(MACHINE, folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def write(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content)

    def appraise(self):
        done = subprocess.run([self.program, "appraise", "--json", self.folder], check=False,
                              capture_output=True, text=True, stdin=subprocess.DEVNULL,
                              timeout=60)
        return json.loads(done.stdout)


def text_of(recording, path_end):
    """The text claimed at a path of a file of the recording, in bytes."""
    done = subprocess.run([recording.program, "decode", "--json", recording.path(path_end[0])],
                          check=False, capture_output=True, text=True, timeout=60)
    claims = json.loads(done.stdout)["claims"]
    return [claim["value"] for claim in claims if claim["key"] == path_end[1]]


def fru_serial(recording):
    """Changes the board's serial number in the FRU inventory, and its checksum with it."""
    name = "ipmi/fru0.bin"
    data = bytearray(recording.read(name))
    serial = text_of(recording, (name, "fru.board.serial"))[0].encode()
    at = data.index(serial)
    before = data[at]
    data[at] = ord("Z") if before != ord("Z") else ord("Y")
    area = data[3] * 8
    last = area + data[area + 1] * 8 - 1
    data[last] = (data[last] + before - data[at]) % 256
    recording.write(name, bytes(data))


def dimm_serial(recording):
    name = "sys/firmware/dmi/tables/DMI"
    data = recording.read(name)
    serials = text_of(recording, (name, "smbios.memory-device.serial"))
    serial = next(serial for serial in serials if len(serial) == 8 and
                  serial.strip("0123456789ABCDEFabcdef") == "")
    other = ("1" if serial[0] != "1" else "2") + serial[1:]
    recording.write(name, data.replace(serial.encode(), other.encode(), 1))


def pcr_value(recording):
    name = "sys/class/tpm/tpm0/pcr-sha256/2"
    text = recording.read(name).decode()
    recording.write(name, (("0" if text[0] != "0" else "1") + text[1:]).encode())


def secure_boot(recording):
    data = recording.read(SECURE_BOOT)
    recording.write(SECURE_BOOT, data[:4] + bytes([1 - data[4]]))


def zeroed_spd(recording):
    for name in os.listdir(recording.path("i2c")):
        if name.startswith("i2c-") and name[-6:-4] in ("50", "51", "52", "53"):
            recording.write(os.path.join("i2c", name), bytes(512))


def guid_error(recording):
    recording.write("ipmi/get_system_guid.bin", b"\xc1")


CASES = [
    (fru_serial, "witness.board-serial", "fru@bmc/", "smbios@host-kernel/"),
    (dimm_serial, "witness.dimm-serial", "smbios@host-kernel/memory-device:", "spd@host-kernel/"),
    (pcr_value, "witness.pcr", "tpm@tpm/pcr/sha256/2", "eventlog@host-firmware/replayed/sha256/2"),
    (secure_boot, "witness.secure-boot", f"efivar@host-firmware/{GLOBAL}:SecureBoot/",
     "eventlog@host-firmware/pcr:7/"),
    (zeroed_spd, None, "spd", "failed"),
    (guid_error, None, "bmc", "partial"),
]


def judge(program, case, where):
    alter, finding, first, second = case
    recording = Recording(program, os.path.join(where, alter.__name__))
    alter(recording)
    result = recording.appraise()
    found = [row for row in result["findings"] if row["judge"] == "witness"]
    if finding is None:
        if found:
            return [json.dumps(found)]
        states = {row["surface"]: row["state"] for row in result["coverage"]
                  if row["witness"] in ("host-kernel", "bmc")}
        return [] if states[first] in (second, "partial") else [f"{first} is {states[first]}"]
    if [row["id"] for row in found] != [finding]:
        return [json.dumps(found)]
    if not found[0]["path"].startswith(first) or not found[0]["other"].startswith(second):
        return [json.dumps(found)]
    return [] if result["verdict"] == "suspect" else [result["verdict"]]


def main():
    program = os.path.abspath(os.path.join(sys.argv[1], "assay"))
    failed = 0
    print(f"1..{len(CASES) + 1}")
    with tempfile.TemporaryDirectory() as where:
        result = Recording(program, os.path.join(where, "as-it-is")).appraise()
        found = [row for row in result["findings"] if row["judge"] == "witness"]
        print("not ok 1 - unaltered" if found else "ok 1 - unaltered")
        failed += bool(found)
        for number, case in enumerate(CASES, 2):
            problems = judge(program, case, where)
            print(f"{'not ok' if problems else 'ok'} {number} - {case[0].__name__}")
            for problem in problems:
                print("#", problem[:2000])
            failed += bool(problems)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
