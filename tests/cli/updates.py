#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Update packages and the management controller's flash, as a user judges them.

usage: tests/cli/updates.py BUILD

An altered capsule, a flash with a forged table, and images in their packages as reference. Inputs are those of
the golden cases, and made here. Prints TAP.
"""
import gzip
import io
import json
import lzma
import os
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests"))
sys.path.insert(0, os.path.join(ROOT, "tests", "firmware"))
import golden  # noqa: E402  pylint: disable=wrong-import-position
import parts  # noqa: E402  pylint: disable=wrong-import-position


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

    def call(self, *words):
        return subprocess.run([self.program, *words], check=False, capture_output=True, timeout=60,
                              stdin=subprocess.DEVNULL)

    def judged(self, place, *more):
        done = self.call("appraise", "--json", place, *more)
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


def image(code):
    """A flash image with two drivers; the code of the second is given."""
    drivers = [parts.file(name, 7, parts.sections(parts.pe(what), parts.ui(text)))
               for name, what, text in (("5b446ed1-e30b-4faa-871a-3654eca36080", b"first " * 200, "First"),
                                        ("6b38f7b4-ad98-40e9-9093-aca2b5a253c4", code * 200, "Second"))]
    return parts.volume(drivers, length=0x20000) + parts.erased(0x10000)


def zipped(data, method):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as package:
        package.writestr("readme.txt", "Flash it with care.\n")
        package.writestr("board/bios.fd", data)
    return out.getvalue()


def tarred(data):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as package:
        row = tarfile.TarInfo("bios.fd")
        row.size = len(data)
        package.addfile(row, io.BytesIO(data))
    return out.getvalue()


def packages_of(data):
    """The image in the packages that vendors give it in."""
    header = parts.guid("4a3ca68b-7723-48fb-803d-578cc1fec44d") + struct.pack("<III", 0x800, 0, 0x800 + len(data))
    return {
        "package.zip": zipped(data, zipfile.ZIP_DEFLATED),
        "stored.zip": zipped(data, zipfile.ZIP_STORED),
        "package.tar": tarred(data),
        "package.gz": gzip.compress(data, mtime=0),
        "package.xz": lzma.compress(data),
        "package.cap": header.ljust(0x800, b"\0") + data,
        "package.exe": parts.pe_image(b"installs " * 100) + data,
    }


def references(run):
    good, bad = image(b"second"), image(b"SECOND")
    alone = run.file("bios.fd", good)
    altered = run.file("altered.fd", bad)
    for name, data in packages_of(good).items():
        package = run.file(name, data)
        reference = os.path.join(run.folder, name + ".reference")
        learned = run.call("learn", "--quality", "vendor-image", "-o", reference, package)
        same = run.judged(alone, "--reference", reference)
        other = run.judged(altered, "--reference", reference)
        differ = run.call("diff", package, alone)
        run.check(learned.returncode == 0 and same[0] == 0 and not same[1], f"{name}: the image that it carries is clean")
        run.check(other[0] == 1 and ("reference.changed", "high") in other[1], f"{name}: an altered driver is told")
        run.check(differ.returncode == 0, f"{name}: it does not differ from its image")
        inner = run.judged(run.file("bad-" + name, packages_of(bad)[name]), "--reference", alone)
        run.check(inner[0] == 1, f"{name}: an altered one is told by the image")
    several = io.BytesIO()
    with zipfile.ZipFile(several, "w") as package:
        package.writestr("one.fd", good)
        package.writestr("two.fd", bad)
    reference = os.path.join(run.folder, "several.reference")
    learned = run.call("learn", "-o", reference, run.file("several.zip", several.getvalue()))
    run.check(learned.returncode == 0 and run.judged(alone, "--reference", reference)[0] == 1,
              "of a package with two images none speaks for the machine")


def main():
    with tempfile.TemporaryDirectory() as folder:
        run = Run(sys.argv[1], folder)
        capsules(run)
        controller(run)
        references(run)
        print(f"1..{run.number}")
    return 1 if run.failed else 0


sys.exit(main())
