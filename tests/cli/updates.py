#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Update packages and the management controller's flash, as a user judges them.

usage: tests/cli/updates.py BUILD

An altered capsule, and a flash with a forged table. Inputs are those of the golden cases. Prints TAP.
"""
import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests"))
import golden  # pylint: disable=wrong-import-position


def sample(decoder, case):
    return golden.case_input(os.path.join(ROOT, "tests", "decode", decoder, case))


class Run:
    def __init__(self, build, folder):
        self.program = os.path.abspath(os.path.join(build, "assay"))
        self.folder = folder
        self.number = 0
        self.failed = 0

    def check(self, good, name):
        self.number += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.number} - {name}")

    def judged(self, place):
        done = subprocess.run([self.program, "appraise", "--json", place], check=False, capture_output=True, timeout=60,
                              stdin=subprocess.DEVNULL)
        result = json.loads(done.stdout)
        return done.returncode, {(f["id"], f["severity"]) for f in result["findings"]}, result["coverage"]

    def file(self, name, data):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(data)
        return path


def capsules(run):
    good = run.judged(run.file("good.cap", sample("capsule", "fmp-signed")))
    bad = run.judged(run.file("bad.cap", sample("capsule", "fmp-signed-altered")))
    count = run.judged(run.file("count.cap", sample("capsule", "fmp-signed-count")))
    wanted = ("rule.capsule-signature", "high")
    run.check(not any(i.startswith("rule.capsule") for i, _ in good[1]), "a signed update is quiet")
    run.check(wanted in bad[1] and bad[0] == 1, "an altered one is told")
    run.check(wanted in count[1], "another count than the signed one too")


def controller(run):
    def recording(name, case):
        folder = os.path.join(run.folder, name)
        run.file(os.path.join(name, "bmc", "flash.bin"), sample("aten-aspeed", case))
        return run.judged(folder)
    good = recording("good", "signing-table")
    bad = recording("bad", "fault-second-signing-table")
    second = recording("second", "fault-second-table")
    wanted = ("rule.bmc-table-repeated", "high")
    run.check(not any(i.startswith("rule.bmc") for i, _ in good[1]), "one table of signed parts is quiet")
    run.check(wanted in bad[1] and wanted in second[1], "a second table is told")
    rows = {(c["surface"], c["witness"]): c["state"] for c in good[2]}
    run.check(rows.get(("bmc-flash", "programmer")) == "untried", "what nobody read of the controller has a row")
    run.check(rows.get(("bmc-flash", "bmc")) == "partial", "bytes that nothing explains make the reading partial")


def main():
    with tempfile.TemporaryDirectory() as folder:
        run = Run(sys.argv[1], folder)
        capsules(run)
        controller(run)
        print(f"1..{run.number}")
    return 1 if run.failed else 0


sys.exit(main())
