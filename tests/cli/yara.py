#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""assay appraise --yara: rules of YARA on what is compressed in an image.

usage: tests/cli/yara.py BUILD

The rules look for a harmless text. Prints TAP.
"""
import ctypes.util
import hashlib
import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "firmware"))
sys.path.insert(0, os.path.join(ROOT, "tests", "generate"))
import parts as c  # noqa: E402  pylint: disable=wrong-import-position
import pe  # noqa: E402  pylint: disable=wrong-import-position

MODULE = "aaaaaaaa-0001-4000-8000-000000000001"
MARKER = b"a marker that means nothing"
RULES = 'rule harmless { strings: $marker = "a marker that means nothing" condition: $marker }\n'


def image(text):
    program = bytes(pe.image([pe.section(b".text", text, pe.CODE, 0x1000)]))
    packed = c.lzma(c.sections(c.section(0x10, program), c.ui("Module")))
    return c.volume([c.file(MODULE, c.DRIVER, c.sections(packed))], length=0x4000)


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

    def file(self, name, data):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as out:
            out.write(data)
        return path

    def appraise(self, image_path, rules):
        path = self.file("rules.yar", rules.encode())
        return subprocess.run([self.program, "appraise", "--json", image_path, "--yara", path], check=False,
                              capture_output=True, timeout=120, stdin=subprocess.DEVNULL)


def matches(done):
    return [f for f in json.loads(done.stdout)["findings"] if f["id"] == "rule.yara-match"]


def trials(run):
    marked = image(MARKER)
    bad = run.file("bad.fd", marked)
    good = run.file("good.fd", image(b"a text that means nothing"))
    done = run.appraise(bad, RULES)
    found = matches(done)
    run.check(MARKER not in marked, "the marker is compressed")
    run.check(len(found) == 1 and MODULE in found[0]["path"] and found[0]["severity"] == "high",
              "its module is named, once")
    run.check(bool(found) and "harmless: $marker at 0x204 " in found[0]["value"] and "lzma" in found[0]["value"],
              "rule, string and offset in the decompressed bytes are told")
    run.check(done.returncode == 1, "the image is suspect")
    run.check(done.stdout == run.appraise(bad, RULES).stdout, "twice the same")
    digest = hashlib.sha256(RULES.encode()).hexdigest()
    run.check(digest in done.stdout.decode(), "the result names the rules by their digest")
    run.check(not matches(run.appraise(good, RULES)), "an image without the marker is quiet")
    program = "rule program { condition: uint16(0) == 0x5a4d }\n"
    run.check([f["path"].rsplit("/", 1)[1] for f in matches(run.appraise(good, program))] == ["pe"],
              "a rule on the first bytes sees a program by itself")
    for name, rules in (("a syntax error", "rule x { cond"), ("an include", 'include "/etc/passwd"\n' + RULES)):
        done = run.appraise(bad, rules)
        run.check(done.returncode == 2 and not done.stdout and b"rules.yar" in done.stderr, name + " is trouble of ours")


def main():
    if ctypes.util.find_library("yara") is None:
        print("1..0 # SKIP libyara is not installed")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        run = Run(sys.argv[1], folder)
        trials(run)
        print(f"1..{run.number}")
    return 1 if run.failed else 0


sys.exit(main())
