#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Archives and compressed files as other programs make them, against the files that went in.

usage: tests/agreement/archives.py BUILD DATA

GNU tar, gzip and gcab, and Python's own writers, pack files of sizes around the block sizes; the
SHA-256 of each member that Assay gives must be that of the file. lhasa unpacks the LHA members of
which a golden case is made. What is not installed is left out and said. Prints agreed/total.
"""
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile

SIZES = (1, 511, 512, 513, 32767, 32768, 32769, 100000)
CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "decode", "legacy-bios")


def run(*command, **more):
    return subprocess.run(command, check=True, capture_output=True, **more).stdout


def make_files(folder):
    """Names and digests; half of the files can be compressed, half cannot."""
    dice = random.Random(1)
    files = {}
    os.makedirs(folder)
    for i, size in enumerate(SIZES):
        data = dice.randbytes(size) if i % 2 else bytes(dice.choices(b"abc ", k=size))
        name = f"file{size}"
        with open(os.path.join(folder, name), "wb") as file:
            file.write(b"!" + data)
        files[name] = hashlib.sha256(b"!" + data).hexdigest()
    return files


def archives(folder, files, where):
    """Archives that hold exactly these files."""
    names = sorted(files)
    if shutil.which("tar"):
        for kind, form in (("gnu", "gnu"), ("ustar", "ustar"), ("pax", "posix")):
            run("tar", "-C", folder, "--format", form, "-czf", f"{where}/{kind}.tar.gz", *names)
            yield f"{where}/{kind}.tar.gz"
    with tarfile.open(f"{where}/python.tar", "w") as archive:
        for name in names:
            archive.add(os.path.join(folder, name), name)
    yield f"{where}/python.tar"
    for kind, method in (("stored", zipfile.ZIP_STORED), ("deflated", zipfile.ZIP_DEFLATED)):
        with zipfile.ZipFile(f"{where}/{kind}.zip", "w", method) as archive:
            for name in names:
                archive.write(os.path.join(folder, name), name)
        yield f"{where}/{kind}.zip"
    if shutil.which("gcab"):
        for kind, options in (("mszip", ["-z"]), ("stored", [])):
            run("gcab", "-n", *options, "-c", f"{where}/{kind}.cab", *names, cwd=folder)
            yield f"{where}/{kind}.cab"
    else:
        print("gcab is not installed: no cabinets")


def digests(build, path):
    """The digest of each member, by name, and the faults."""
    done = subprocess.run([f"{build}/assay", "decode", "--json", path], check=False, capture_output=True)
    found = {}
    said = json.loads(done.stdout)
    for claim in said["claims"]:
        place, _, key = claim["path"].rpartition("/")
        # Extended headers of pax are members too, but no files.
        if "/file:" in place and "PaxHeader" not in place and key == "digest":
            found[place.rpartition("/file:")[2]] = claim["value"]["hex"]
    return found, said["faults"]


def compare(what, want, got):
    agreed = sum(got.get(name) == digest for name, digest in want.items())
    if got != want:
        print(f"{what}: {agreed} of {len(want)} agree")
    return agreed, max(len(want), len(got))


def lha(build):
    """A member that both unpack."""
    if not shutil.which("lha"):
        print("lhasa is not installed: no members of LHA archives")
        return 0, 0
    path = os.path.join(CASES, "minimal", "in.bin")
    with open(path, "rb") as file:
        data = run("lha", "pq", "-", input=file.read())
    done = subprocess.run([f"{build}/assay", "decode", "--as", "legacy-bios", "--json", path], check=False,
                          capture_output=True)
    got = [c["value"]["hex"] for c in json.loads(done.stdout)["claims"] if c["path"].endswith("/digest")]
    return compare("lha", {"a.bin": hashlib.sha256(data).hexdigest()}, {"a.bin": got[0] if got else ""})


def main(arguments):
    build = arguments[0]
    agreed, total = lha(build)
    with tempfile.TemporaryDirectory() as where:
        files = make_files(f"{where}/folder")
        for path in archives(f"{where}/folder", files, where):
            got, faults = digests(build, path)
            a, t = compare(os.path.basename(path), files, got)
            agreed, total = agreed + a, total + t
            for fault in faults:
                print(os.path.basename(path), fault)
                total += 1
    print(f"{agreed}/{total} agreed")
    return 0 if agreed == total and total > 0 else 1


sys.exit(main(sys.argv[1:]))
