#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Merkle proofs against published cases: inclusion, consistency, and both for subtrees.

usage: tests/agreement/merkle.py BUILD DATA

Prints `merkle: agreed/total` and every disagreement.
"""
import glob
import json
import os
import subprocess
import sys
import tempfile


def main():
    build, data = sys.argv[1:3]
    files = sorted(glob.glob(os.path.join(data, "merkle", "**", "*.json"), recursive=True))
    if not files:
        print("merkle: no data")
        return 77
    cases = []
    for path in files:
        with open(path, encoding="utf-8") as file:
            cases.append(json.load(file))
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for i, case in enumerate(cases):
            names.append(os.path.join(folder, f"{i:05}.json"))
            with open(names[-1], "w", encoding="utf-8") as file:
                # Numbers as texts: some are beyond 2^63.
                json.dump({k: str(v) if type(v) is int else v for k, v in case.items()}, file)
        said = subprocess.run([os.path.join(build, "tests", "unit", "merkle-cases"), *names],
                              capture_output=True, text=True, check=True).stdout.split()
    agreed = 0
    for path, case, verdict in zip(files, cases, said, strict=True):
        want = "refused" if case["wantErr"] else "accepted"
        agreed += verdict == want
        if verdict != want:
            print(f"{os.path.relpath(path, data)}: {verdict}, should be {want}: {case['desc']}")
    print(f"merkle: {agreed}/{len(files)} agree")
    return 0 if agreed == len(files) else 1


sys.exit(main())
