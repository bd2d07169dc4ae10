#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Golden cases of decoders: tests/decode/NAME/CASE/{in.bin or in.hex, want, [label]}.

usage: tests/golden.py [--accept] BUILD [NAME...]

Decodes each input with `assay decode --as NAME`, under the name that the file `label` states if
there is one, and compares the text with `want`. in.hex holds hexadecimal digits; blanks and what
follows a # are left out. A decoder without a case fails. --accept writes `want` instead.
Prints TAP.
"""
import argparse
import difflib
import os
import subprocess
import sys
import tempfile

CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "decode")


def case_input(folder):
    path = os.path.join(folder, "in.bin")
    if os.path.exists(path):
        with open(path, "rb") as file:
            return file.read()
    with open(os.path.join(folder, "in.hex"), encoding="utf-8") as file:
        return bytes.fromhex("".join(line.split("#")[0] for line in file))


def case_options(folder):
    path = os.path.join(folder, "label")
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return ["--label", file.read().strip()]


def cases_of(name):
    folder = os.path.join(CASES, name)
    if not os.path.isdir(folder):
        return []
    return [os.path.join(folder, case) for case in sorted(os.listdir(folder))
            if os.path.isdir(os.path.join(folder, case))]


def decode(program, name, folder):
    """What `assay decode` prints; raises ValueError when it does not end as it must."""
    with tempfile.TemporaryDirectory() as where:
        with open(os.path.join(where, "in.bin"), "wb") as file:
            file.write(case_input(folder))
        done = subprocess.run([program, "decode", "--as", name, *case_options(folder), "in.bin"],
                              cwd=where, check=False, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=60)
    if done.returncode not in (0, 1):
        raise ValueError(f"exit status {done.returncode}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def compare(folder, got):
    path = os.path.join(folder, "want")
    if not os.path.exists(path):
        raise ValueError("no file `want`; ./run accept writes it")
    with open(path, "rb") as file:
        want = file.read()
    if want != got:
        raise ValueError("\n".join(difflib.unified_diff(
            want.decode(errors="replace").splitlines(), got.decode(errors="replace").splitlines(),
            "want", "now", n=2, lineterm="")))


def run_case(program, name, folder, accept):
    got = decode(program, name, folder)
    if accept:
        with open(os.path.join(folder, "want"), "wb") as file:
            file.write(got)
    else:
        compare(folder, got)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--accept", action="store_true")
    parser.add_argument("build")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    program = os.path.abspath(os.path.join(arguments.build, "assay"))
    names = arguments.names or sorted(os.listdir(CASES))
    work = [(name, case) for name in names for case in cases_of(name) or [None]]
    print(f"1..{len(work)}")
    bad = 0
    for number, (name, folder) in enumerate(work, 1):
        title = f"{name} {os.path.basename(folder)}" if folder else name
        try:
            if folder is None:
                raise ValueError(f"there is no case below tests/decode/{name}")
            run_case(program, name, folder, arguments.accept)
            print(f"ok {number} - {title}")
        except (ValueError, OSError, subprocess.SubprocessError) as error:
            bad += 1
            print(f"not ok {number} - {title}")
            for line in str(error).splitlines():
                print("#", line)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
