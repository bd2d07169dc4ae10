#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""References of quality known-bad: what has their bytes is bad, and nothing is good by them.

usage: tests/cli/known_bad.py BUILD
"""
import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "generate"))
import intel  # noqa: E402

MACHINE = os.path.join(ROOT, "demo", "machines", "node-1")


def image(updates):
    unused = [intel.UNUSED] * 5
    regions = [intel.region_word(0, 0), intel.region_word(2, 2), *unused,
               intel.region_word(1, 1)]
    return intel.descriptor(regions) + updates.ljust(0x1000, b"\xff") + b"\xff" * 0x1000


def main():
    program = os.path.join(os.path.abspath(sys.argv[1]), "assay")
    good, bad = intel.microcode(), intel.microcode(0x50654, 0xb7, 0x2007006)
    number = failed = 0

    def say(name, problem):
        nonlocal number, failed
        number += 1
        failed += bool(problem)
        print(f"{'not ok' if problem else 'ok'} {number} - {name}")
        if problem:
            print("#", problem)

    def run(*arguments):
        return subprocess.run([program, *arguments], check=False, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL)

    def judged(name, *references):
        """Exit status, paths of what is known to be bad, and who judged what."""
        done = run("appraise", "--json", name, *(x for r in references for x in ("--reference", r)))
        result = json.loads(done.stdout)
        paths = [f["path"] for f in result["findings"] if f["id"] == "reference.known-bad"
                 and f["severity"] == "critical"]
        other = [f["id"] for f in result["findings"] if f["id"].startswith("reference.")
                 and f["id"] != "reference.known-bad"]
        judges = {j for row in result["coverage"] for j in row["judged_by"]}
        return done.returncode, paths, other, "reference" in judges

    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for name, data in {"good": good, "bad": bad, "good.fd": image(good),
                           "bad.fd": image(good + bad)}.items():
            with open(name, "wb") as file:
                file.write(data)
        run("learn", "--quality", "known-bad", "-o", "update.ref", "bad")
        run("learn", "--quality", "known-bad", "-o", "image.ref", "bad.fd")
        run("learn", "-o", "good.ref", "good.fd")
        inside = "flash@document/microcode/update:50654-b7"
        for title, given, want in (
                ("the very file", ("bad", "update.ref"), (1, ["microcode@document"], [], False)),
                ("another file", ("good", "update.ref"), (3, [], [], False)),
                ("inside an image", ("bad.fd", "update.ref"), (1, [inside], [], False)),
                ("the very image", ("bad.fd", "image.ref"), (1, ["flash@document"], [], False)),
                ("another image is not good by it", ("good.fd", "image.ref"), (3, [], [], False)),
                ("beside a good reference", ("good.fd", "good.ref", "image.ref"),
                 (0, [], [], True))):
            got = judged(*given)
            say(title, "" if got == want else f"{got}, not {want}")
        done = run("learn", "--quality", "known-bad", "-o", "machine.ref", MACHINE)
        say("a machine is not known-bad as a whole",
            "" if done.returncode == 2 and "single files" in done.stderr
            and not os.path.exists("machine.ref") else done)
    print(f"1..{number}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
