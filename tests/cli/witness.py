#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One fact changed on one of its two paths: one witness finding that names both.

usage: tests/cli/witness.py BUILD

Also: a part that answers nothing is coverage and no finding; the same inputs give the same
bytes; references, cohorts and results are verified when they are read.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
MACHINES = HERE.parent.parent / "demo" / "machines"
GLOBAL = "8be4df61-93ca-11d2-aa0d-00e098032b8c"
AS_OF = "2026-06-01T00:00:00Z"
SALT = "000102030405060708090a0b0c0d0e0f"
HEAVY = {"medium", "high", "critical"}


class Tap:
    def __init__(self):
        self.number = 0
        self.failed = 0

    def check(self, name, good, *notes):
        self.number += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.number} - {name}")
        for note in notes if not good else ():
            print("#", str(note).replace("\n", "\n# "))

    def done(self):
        print(f"1..{self.number}")
        return 1 if self.failed else 0


def assay(*arguments):
    return subprocess.run([ASSAY, *map(str, arguments)], check=False, stdin=subprocess.DEVNULL,
                          capture_output=True)


def appraise(*arguments):
    done = assay("appraise", *arguments, "--json", "--as-of", AS_OF)
    if done.returncode == 2:
        sys.exit(f"assay appraise {arguments}: {done.stderr.decode()}")
    return json.loads(done.stdout)


def copied(scratch, name):
    folder = pathlib.Path(scratch) / name
    shutil.copytree(MACHINES / "node-1", folder)
    return folder


def replaced(folder, name, old, new):
    """Exactly one occurrence of `old` is made `new`."""
    data = (folder / name).read_bytes()
    assert data.count(old) == 1 and len(old) == len(new), (name, old, data.count(old))
    (folder / name).write_bytes(data.replace(old, new))


def board_serial(folder):
    """In the FRU alone. The board area's checksum is made right again."""
    path = folder / "ipmi/fru0.bin"
    data = bytearray(path.read_bytes())
    start = data[3] * 8
    end = start + data[start + 1] * 8
    at = data.index(b"LB22Q", start, end)
    data[at + 5] ^= 1
    data[end - 1] = -sum(data[start:end - 1]) & 0xff
    path.write_bytes(bytes(data))


def module_serial(folder):
    spd = (folder / "i2c/i2c-0-50.bin").read_bytes()
    old = spd[325:329].hex().upper().encode()
    new = (b"0" if old[:1] != b"0" else b"1") + old[1:]
    replaced(folder, "sys/firmware/dmi/tables/DMI", old, new)


def pcr_value(folder):
    path = folder / "sys/class/tpm/tpm0/pcr-sha256/4"
    text = path.read_text()
    path.write_text(("0" if text[0] != "0" else "1") + text[1:])


def secure_boot(folder):
    path = folder / f"sys/firmware/efi/efivars/SecureBoot-{GLOBAL}"
    data = path.read_bytes()
    path.write_bytes(data[:4] + b"\0")


# What is changed, how, and between which two paths the one witness finding must stand.
ALONE = [
    ("board serial in the FRU", board_serial, "witness.board-serial",
     {"smbios@host-kernel/baseboard", "fru@bmc/board/serial"}),
    ("module serial in SMBIOS", module_serial, "witness.dimm-serial",
     {"smbios@host-kernel/memory-device", "spd@host-kernel/"}),
    ("value of one PCR", pcr_value, "witness.pcr",
     {"tpm@tpm/pcr/sha256/4", "eventlog@host-firmware/"}),
    ("Secure Boot variable", secure_boot, "witness.secure-boot",
     {f"efivar@host-firmware/{GLOBAL}:SecureBoot", "eventlog@host-firmware/pcr:7/"}),
]


def witnesses(answer):
    return [f for f in answer["findings"] if f["judge"] == "witness" and f["severity"] in HEAVY]


def names_both(finding, wanted):
    places = [finding["path"], finding.get("other", "")]
    return all(any(place.startswith(start) for place in places) for start in wanted)


def check_alone(tap, scratch):
    good = appraise(MACHINES / "node-1")
    tap.check("untouched: no witness disagrees", not witnesses(good), witnesses(good))
    for number, (what, change, identifier, wanted) in enumerate(ALONE):
        folder = copied(scratch, f"alone-{number}")
        change(folder)
        answer = appraise(folder)
        found = witnesses(answer)
        tap.check(f"{what} alone: one witness finding", len(found) == 1, found)
        tap.check(f"{what} alone: it is {identifier} and names both paths",
                  len(found) == 1 and found[0]["id"] == identifier and
                  names_both(found[0], wanted), found)
        tap.check(f"{what} alone: suspect", answer["verdict"] == "suspect", answer["verdict"])


def states(answer, surface):
    return {row["witness"]: row["state"] for row in answer["coverage"]
            if row["surface"] == surface}


def heavy(answer):
    return [f for f in answer["findings"] if f["severity"] in HEAVY]


def check_coverage(tap, scratch):
    """What does not answer is no part that was changed."""
    before = len(heavy(appraise(MACHINES / "node-1")))
    folder = copied(scratch, "blank")
    for path in folder.glob("i2c/i2c-0-5?.bin"):
        path.write_bytes(bytes(path.stat().st_size))
    answer = appraise(folder)
    tap.check("zeroed SPD is no finding", len(heavy(answer)) == before, heavy(answer))
    tap.check("zeroed SPD is coverage", states(answer, "spd")["host-kernel"] in
              ("partial", "refused", "failed"), states(answer, "spd"))

    folder = copied(scratch, "refused")
    (folder / "ipmi/get_system_guid.bin").write_bytes(b"\xc1")
    answer = appraise(folder)
    tap.check("an error in place of the GUID is no finding", len(heavy(answer)) == before,
              heavy(answer))
    tap.check("an error in place of the GUID is coverage", states(answer, "bmc")["bmc"] in
              ("partial", "refused"), states(answer, "bmc"))


def collected(scratch, folder, name):
    path = pathlib.Path(scratch) / name
    done = assay("collect", "--root", folder, "--salt", SALT, "--json", "-o", path)
    return json.loads(done.stdout)["evidence"], path


def reversed_copy(scratch):
    """The same machine, whose files were made in the opposite order."""
    source, folder = MACHINES / "node-1", pathlib.Path(scratch) / "reversed"
    for path in sorted((p for p in source.rglob("*") if p.is_file()), reverse=True):
        target = folder / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    return folder


def check_same(tap, scratch):
    first, one = collected(scratch, MACHINES / "node-1", "one.assay")
    again, two = collected(scratch, MACHINES / "node-1", "two.assay")
    other, three = collected(scratch, reversed_copy(scratch), "three.assay")
    tap.check("the evidence digest does not depend on when", first == again)
    tap.check("the evidence digest does not depend on the order", first == other)
    tap.check("bundles of the same evidence are equal",
              one.read_bytes() == two.read_bytes() == three.read_bytes())

    peers = [MACHINES / f"node-{n}" for n in (2, 3, 4, 5)]
    command = ("appraise", one, "--peers", *peers, "--json", "--as-of", AS_OF)
    tap.check("the same judgement has the same bytes",
              assay(*command).stdout == assay(*command).stdout)
    turned = ("appraise", one, "--peers", *reversed(peers), "--json", "--as-of", AS_OF)
    tap.check("the order of peers leaves no trace",
              assay(*command).stdout == assay(*turned).stdout)


def spoiled(path):
    """A copy with one byte changed in the middle of what it holds."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    other = path.with_name(path.name + ".spoiled")
    other.write_bytes(bytes(data))
    return other


def check_round_trip(tap, scratch):
    folder = pathlib.Path(scratch)
    reference, cohort, result = folder / "ref", folder / "cohort", folder / "result"
    assay("learn", "-o", reference, MACHINES / "node-1")
    assay("cohort", "-o", cohort, *(MACHINES / f"node-{n}" for n in range(1, 6)))
    done = assay("appraise", MACHINES / "node-5", "--reference", reference, "--peers", cohort,
                 "--as-of", AS_OF, "-o", result, "--json")
    tap.check("a reference and a cohort are read again", done.returncode == 1, done.stderr.decode())
    shown = assay("report", "--json", result)
    tap.check("a result is read again",
              shown.returncode == 0 and json.loads(shown.stdout)["result"] ==
              json.loads(done.stdout)["result"], shown.stderr.decode())
    for what, command in [
            ("reference", ("appraise", MACHINES / "node-2", "--reference", spoiled(reference))),
            ("cohort", ("appraise", MACHINES / "node-2", "--peers", spoiled(cohort)))]:
        tap.check(f"a spoiled {what} is refused", assay(*command).returncode == 2)
    # A result is one node: its digest, which others keep, is all that tells it from another.
    other = assay("report", "--json", spoiled(result))
    tap.check("a spoiled result is refused or is another result", other.returncode == 2 or
              json.loads(other.stdout)["result"] != json.loads(done.stdout)["result"])


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as scratch:
        check_alone(tap, scratch)
        check_coverage(tap, scratch)
        check_same(tap, scratch)
        check_round_trip(tap, scratch)
    return tap.done()


if __name__ == "__main__":
    ASSAY = os.path.join(os.path.abspath(sys.argv[1]), "assay")
    sys.exit(main())
