#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The same inputs give the same bytes; references, cohorts and results survive a round trip.

usage: tests/cli/repeat.py BUILD
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
MACHINES = HERE.parent.parent / "demo" / "machines"
AS_OF = "2026-06-01T00:00:00Z"
SALT = "000102030405060708090a0b0c0d0e0f"


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
        check_same(tap, scratch)
        check_round_trip(tap, scratch)
    return tap.done()


if __name__ == "__main__":
    ASSAY = os.path.join(os.path.abspath(sys.argv[1]), "assay")
    sys.exit(main())
