#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""assay-audit refuses documents that were changed.

usage: tests/audit/mutants.py BUILD [COUNT [SEED]]

`./run check mutants` does the same under ASan, UBSan and MSan. What may be accepted, and is counted: another digest of
the evidence by which something was resolved, signed by the operator; and a checkpoint with one more signature line, of a key
that the policy does not name, which c2sp.org/signed-note says is to be ignored. Nothing else is known.
"""
import os
import subprocess
import sys
import tempfile


def main(build, count="10000", seed="1"):
    here = os.path.dirname(os.path.abspath(__file__))
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, os.path.join(here, "corpus.py"), folder], check=True)
        done = subprocess.run([os.path.join(build, "tests", "audit", "mutants"), folder, seed, count],
                              check=False)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
