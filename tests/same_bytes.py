#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The same inputs give the same bytes, whichever compiler built the program and however often.

usage: tests/same_bytes.py BUILD [BUILD...]

Decodes every golden input to JSON, and appraises the machines of the demo against each other where
they are, with each build and twice with the first.
"""
import os
import subprocess
import sys
import tempfile

import golden

ROOT = os.path.dirname(golden.CASES)


def output(program, *arguments, cwd=None):
    done = subprocess.run([program, *arguments], check=False, stdin=subprocess.DEVNULL,
                          capture_output=True, cwd=cwd)
    return done.returncode, done.stdout


def decode_runs(where):
    """The arguments of one decode a golden case; inputs are written below `where`."""
    for name in sorted(os.listdir(golden.CASES)):
        for case in golden.cases_of(name):
            path = os.path.join(where, f"{name}-{os.path.basename(case)}")
            with open(path, "wb") as file:
                file.write(golden.case_input(case))
            yield ["decode", "--json", "--as", name, *golden.case_options(case), path]


def appraise_runs():
    machines = os.path.join(ROOT, "..", "demo", "machines")
    if not os.path.isdir(machines):
        return
    paths = [os.path.join(machines, name) for name in sorted(os.listdir(machines))]
    for path in paths:
        yield ["appraise", path, "--peers", *(other for other in paths if other != path),
               "--as-of", "2025-01-01T00:00:00Z", "--json"]


def main(builds):
    programs = [os.path.join(os.path.abspath(build), "assay") for build in builds]
    count = bad = 0
    with tempfile.TemporaryDirectory() as where:
        for arguments in [*decode_runs(where), *appraise_runs()]:
            first = output(programs[0], *arguments)
            count += 1
            if first[0] not in (0, 1, 3) or not first[1]:
                bad += 1
                print("no result:", " ".join(arguments))
            for program in programs:
                if output(program, *arguments) != first:
                    bad += 1
                    print("differs:", program, " ".join(arguments))
    print(f"{count} runs of {len(programs)} builds and the first again, {bad} differ")
    return 1 if bad or not count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
