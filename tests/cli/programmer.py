#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Readings of one flash as witnesses, and the programmer that makes them.

usage: tests/cli/programmer.py BUILD

A recording of the demo with further readings of its flash; `assay collect --programmer` with
flashrom's own simulated part where flashrom is installed, and with a program in its place that
answers as a bad programmer does. Prints TAP.
"""
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MACHINE = os.path.join(ROOT, "demo", "machines", "node-1")

# Takes the place of flashrom: -p MODE -r FILE. It counts how often it was asked.
FAKE = """#!/bin/sh
echo "simulated, asked for $2"
n=$(cat "$COUNT" 2>/dev/null || echo 0)
n=$((n + 1))
echo $n >"$COUNT"
case $2 in
good) cp "$PART" "$4" ;;
pages)
    cp "$PART" "$4"
    [ $((n % 2)) = 1 ] || dd if=/dev/urandom of="$4" bs=4096 seek=5 count=1 conv=notrunc 2>/dev/null
    ;;
nothing) : ;;
dies) kill -9 $$ ;;
second) [ $n = 1 ] && cp "$PART" "$4" || { echo "Error: lost the part."; exit 3; } ;;
esac
"""


class Test:
    def __init__(self, build, where):
        self.program = os.path.abspath(os.path.join(build, "assay"))
        self.where = where
        self.number = 0
        self.failed = 0
        self.environment = dict(os.environ, LC_ALL="C.UTF-8")

    def say(self, title, problems, skip=""):
        self.number += 1
        self.failed += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {self.number} - {title}{skip}")
        for problem in problems:
            print("#", str(problem)[:2000])

    def run(self, *arguments):
        return subprocess.run([self.program, *arguments], check=False, capture_output=True,
                              text=True, stdin=subprocess.DEVNULL, timeout=120,
                              env=self.environment)

    def findings(self, evidence):
        result = json.loads(self.run("appraise", "--json", evidence).stdout)
        return [row for row in result["findings"] if row["id"] == "witness.reads"]


def witnesses(test):
    """What further files of a recording lead to."""
    with open(os.path.join(MACHINE, "flash", "flash.bin"), "rb") as file:
        flash = file.read()
    page = random.Random(1).randbytes(4096)
    served = flash[:0x1000] + page + flash[0x2000:]
    host, bmc, clip = ("flash@host-kernel", "flash@bmc", "flash@programmer")
    cases = [
        ("one reading has nobody to disagree with", {}, []),
        ("equal readings along three paths", {"bmc-read": flash, "programmer": flash}, []),
        ("the BMC sees another page", {"bmc-read": served},
         [(host, bmc, "high", "whole-pages")]),
        ("two outside agree, the host is served another page",
         {"bmc-read": served, "programmer": served}, [(host, bmc, "high", "whole-pages")]),
        ("the programmer's second reading is another", {"programmer": flash,
                                                        "programmer-2": served},
         [(clip + "/read:2", host, "high", "whole-pages")]),
        ("the clip had no contact", {"programmer": b"\xff" * len(flash)},
         [(clip, host, "medium", "blank")]),
        ("a reading that repeats", {"programmer": flash * 2},
         [(clip, host, "medium", "repeats")]),
        ("the host reads once more and one bit fell", {
            "flash-2": flash[:0x7000] + bytes([flash[0x7000] ^ 1]) + flash[0x7001:]},
         [(host + "/read:2", host, "medium", "sparse-bits")]),
    ]
    for number, (title, files, wanted) in enumerate(cases):
        folder = os.path.join(test.where, f"machine-{number}")
        shutil.copytree(MACHINE, folder)
        for name, data in files.items():
            with open(os.path.join(folder, "flash", name + ".bin"), "wb") as file:
                file.write(data)
        rows = test.findings(folder)
        got = [(row["path"], row["other"], row["severity"], row["value"]) for row in rows]
        turned = [(other, path, *rest) for path, other, *rest in wanted]
        test.say(title, [] if got in (wanted, turned) else [got])


def collected(test, title, arguments, wanted):
    """The states of the programmer's readings, and words of their reasons."""
    bundle = os.path.join(test.where, "collected.assay")
    done = test.run("collect", "--json", "--allow", "programmer", *arguments, "-o", bundle)
    problems = [] if done.returncode == 0 else [done.stderr]
    rows = {row["source"]: row for row in json.loads(done.stdout or "{}").get("coverage", [])}
    for source, (state, files, words) in wanted.items():
        row = rows.get(source, {})
        if row.get("state") != state or row.get("files") != files or \
                words not in row.get("reason", ""):
            problems.append(row)
    left = [name for name in os.listdir(test.where) if name.startswith("assay.")]
    if left:
        problems.append(f"left behind: {left}")
    test.say(title, problems)
    return bundle


def refused(test, title, *arguments):
    done = test.run("collect", *arguments, "-o", os.path.join(test.where, "no.assay"))
    test.say(title, [] if done.returncode == 2 and "rogrammer" in done.stderr or
             "reads" in done.stderr else [done])


def fake(test):
    """A program in the place of flashrom."""
    folder = os.path.join(test.where, "bin")
    os.mkdir(folder)
    path = os.path.join(folder, "flashrom")
    with open(path, "w", encoding="utf-8") as file:
        file.write(FAKE)
    os.chmod(path, 0o755)
    part = os.path.join(test.where, "part.bin")
    with open(part, "wb") as file:
        file.write(random.Random(2).randbytes(1 << 18))
    count = os.path.join(test.where, "count")
    kept = test.environment
    test.environment = dict(kept, PATH=folder + ":" + kept["PATH"], PART=part, COUNT=count,
                            TMPDIR=test.where)
    first, more = "flash-programmer", "flash-programmer-again"
    cases = [
        ("read twice", ["--programmer", "good"], {first: ("seen", 1, ""), more: ("seen", 1, "")},
         []),
        ("read as often as asked", ["--programmer", "good", "--reads", "4"],
         {more: ("seen", 3, "")}, []),
        ("another page on every second read", ["--programmer", "pages", "--reads", "3"],
         {first: ("seen", 1, ""), more: ("seen", 2, "")}, ["whole-pages"]),
        ("what it says when it fails is kept", ["--programmer", "second"],
         {first: ("seen", 1, ""),
          more: ("failed", 0, "status 3: simulated, asked for second\nError: lost the part.")},
         []),
        ("no image at all", ["--programmer", "nothing"],
         {first: ("failed", 0, "wrote no image")}, []),
        ("ended by a signal", ["--programmer", "dies", "--reads", "1"],
         {first: ("failed", 0, "signal 9")}, []),
    ]
    for title, arguments, wanted, found in cases:
        if os.path.exists(count):
            os.unlink(count)
        bundle = collected(test, title, arguments, wanted)
        rows = [row["value"] for row in test.findings(bundle)]
        test.say(title + ": the judgement", [] if rows == found else [rows])
    test.environment = kept


def real(test):
    """flashrom itself, with the part that it simulates."""
    titles = ["flashrom reads its simulated part", "its image is the part's",
              "flashrom's own words are kept"]
    if shutil.which("flashrom", path=os.environ.get("PATH", "") + ":/usr/sbin") is None:
        for title in titles:
            test.say(title, [], " # SKIP flashrom is not installed")
        return
    part = os.path.join(test.where, "w25.bin")
    with open(part, "wb") as file:
        file.write(random.Random(3).randbytes(16 << 20))
    bundle = collected(test, titles[0],
                       ["--programmer", f"dummy:emulate=W25Q128FV,image={part}"],
                       {"flash-programmer": ("seen", 1, ""),
                        "flash-programmer-again": ("seen", 1, "")})
    out = os.path.join(test.where, "out")
    test.run("bundle", "extract", bundle, "-o", out)
    done = test.run("reads", part, os.path.join(out, "flash", "programmer.bin"),
                    os.path.join(out, "flash", "programmer-2.bin"))
    test.say(titles[1], [] if done.returncode == 0 else [done])
    collected(test, titles[2], ["--programmer", "dummy:nonsense=1"],
              {"flash-programmer": ("failed", 0, "Unhandled programmer parameters: nonsense=1")})


def main():
    with tempfile.TemporaryDirectory() as where:
        test = Test(sys.argv[1], where)
        witnesses(test)
        refused(test, "a programmer needs to be allowed", "--programmer", "dummy:emulate=x")
        refused(test, "the host's own path is no programmer", "--allow", "programmer",
                "--programmer", "internal")
        refused(test, "a recording has no programmer", "--allow", "programmer", "--root", MACHINE,
                "--programmer", "dummy:emulate=x")
        refused(test, "no readings are too few", "--allow", "programmer", "--reads", "0")
        fake(test)
        real(test)
    print(f"1..{test.number}")
    return 1 if test.failed else 0


sys.exit(main())
