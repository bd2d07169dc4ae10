#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The checks' own tests: bad samples and the remarks that each must cause. Prints TAP.

usage: tools/tests/run.py CHECK [C COMPILER]

CHECK.txt holds cases. `== words` begins one; `-- PATH` begins a file of its tree; `-- want` begins
the remarks, none for a good sample. Tables that a case does not bring are those of this tree.
What a compiler says is said at length: there each wanted line must occur in what is said.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOOLS = os.path.dirname(HERE)

SAID_AT_LENGTH = ("check-headers", "check-tidy", "check-analyzer")
NEEDED = {"check-tidy": "clang-tidy", "check-analyzer": "gcc"}


def read_cases(path):
    """[(words, {path: text})]"""
    cases = []
    text = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith("== "):
                cases.append((line[3:].strip(), {}))
            elif line.startswith("-- "):
                text = cases[-1][1].setdefault(line[3:].strip(), [])
            elif cases:
                text.append(line)
    return [(words, {name: "".join(lines) for name, lines in files.items()})
            for words, files in cases]


def make_tree(where, files):
    os.mkdir(os.path.join(where, "tools"))
    for table in ("layers", "gates", "words"):
        shutil.copy(os.path.join(TOOLS, table), os.path.join(where, "tools", table))
    shutil.copy(os.path.join(os.path.dirname(TOOLS), ".clang-tidy"), where)
    for name, text in files.items():
        path = os.path.join(where, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace("%BLANK%", " "))


def build_archives(where, compiler):
    """lib FOLDER.a from the C files of each folder, as Meson lays them out."""
    for folder in sorted(os.listdir(os.path.join(where, "src"))):
        out = os.path.join(where, "build", "src", folder)
        os.makedirs(out)
        objects = []
        for name in sorted(os.listdir(os.path.join(where, "src", folder))):
            objects.append(os.path.join(out, name + ".o"))
            subprocess.run([compiler, "-w", "-c", "-o", objects[-1],
                            os.path.join(where, "src", folder, name)], check=True)
        subprocess.run(["ar", "rc", os.path.join(out, f"lib{folder}.a"), *objects], check=True)


def write_commands(where):
    """How each C file is compiled, as Meson writes it down."""
    build = os.path.join(where, "build-clang")
    os.mkdir(build)
    names = [os.path.join("..", os.path.relpath(os.path.join(folder, name), where))
             for folder, _, files in os.walk(where) for name in files if name.endswith(".c")]
    with open(os.path.join(build, "compile_commands.json"), "w", encoding="utf-8") as file:
        json.dump([{"directory": build, "file": name,
                    "command": f"clang -std=c17 -Wall -I../src -c {name}"} for name in names], file)


def run_case(check, files, compiler):
    """None when all is well, else what is wrong."""
    want = files.pop("want").splitlines()
    with tempfile.TemporaryDirectory() as where:
        make_tree(where, files)
        tree = where
        if check == "check-pure":
            build_archives(where, compiler)
            tree = os.path.join(where, "build")
        if check == "check-tidy":
            write_commands(where)
        done = subprocess.run([os.path.join(TOOLS, check), tree], check=False,
                              capture_output=True, text=True)
    got = done.stdout + done.stderr
    if check in SAID_AT_LENGTH:
        missing = [line for line in want if line not in got]
        if missing or bool(want) != (done.returncode != 0):
            return f"wanted {want}, got status {done.returncode} and:\n{got}"
        return None
    if got.splitlines() != want or done.returncode != (1 if want else 0):
        return f"wanted {want}, got status {done.returncode} and:\n{got}"
    return None


def main():
    check = sys.argv[1]
    compiler = sys.argv[2] if len(sys.argv) > 2 else "cc"
    if check in NEEDED and not shutil.which(NEEDED[check]):
        print(f"1..0 # SKIP {NEEDED[check]} is not installed")
        return 0
    cases = read_cases(os.path.join(HERE, check + ".txt"))
    print(f"1..{len(cases)}")
    bad = 0
    for number, (words, files) in enumerate(cases, 1):
        trouble = run_case(check, files, compiler)
        print(f"{'not ok' if trouble else 'ok'} {number} - {check}: {words}")
        if trouble:
            bad += 1
            for line in trouble.splitlines():
                print("#", line)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
