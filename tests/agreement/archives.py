#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Archives and compressed files as other programs make them, against the files that went in.

usage: tests/agreement/archives.py BUILD DATA

GNU tar, gzip and gcab, and Python's own writers, pack files of sizes around the block sizes; the
SHA-256 of each member that Assay gives must be that of the file. lhasa unpacks LHA members that are
packed here and by jlha. What is not installed is left out and said. Prints agreed/total.
"""
import hashlib
import json
import os
import random
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "firmware"))
import lz  # noqa: E402

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


def digests(build, path, *options):
    """The digest of each member, by name, and the faults."""
    done = subprocess.run([f"{build}/assay", "decode", "--json", *options, path], check=False, capture_output=True)
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


def lha_archive(files):
    """LHA members of level 0 that use the blanks before the first byte, as LHA does."""
    out = b""
    for name, data in files.items():
        packed = lz.stream(data, blanks=True)
        head = b"-lh5-" + struct.pack("<IIIBBB", len(packed), len(data), 0, 0x20, 0, len(name))
        head += name.encode() + struct.pack("<H", lz.crc16(data))
        out += bytes([len(head), sum(head) & 0xff]) + head + packed
    return out


def lha_archives(folder, where):
    """Ours, and what jlha makes if it is installed: a path, and the names that are in it."""
    files = {}
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            files[name] = file.read()
    files.update(blanks=b" " * 5000 + b"end", text=b"    indented\n" * 999, zeros=bytes(9000) + b"end")
    with open(f"{where}/ours.lzh", "wb") as file:
        file.write(lha_archive(files) + b"\xff" * 4096)
    yield f"{where}/ours.lzh", sorted(files)
    if not shutil.which("jlha"):
        print("jlha is not installed: no archives of its own")
        return
    run("jlha", "cq1", f"{where}/jlha.lzh", *sorted(os.listdir(folder)), cwd=folder)
    yield f"{where}/jlha.lzh", sorted(os.listdir(folder))


def lha(build, folder, where):
    """Members of LHA archives, as lhasa unpacks them."""
    if not shutil.which("lha"):
        print("lhasa is not installed: no members of LHA archives")
        return 0, 0
    agreed, total = 0, 0
    paths = list(lha_archives(folder, where))
    paths.append((os.path.join(CASES, "minimal", "in.bin"), ["a.bin"]))
    for path, names in paths:
        want = {}
        with open(path, "rb") as file:
            data = file.read()
        for name in names:
            want[name] = hashlib.sha256(run("lha", "pq", "-", name, input=data)).hexdigest()
        got, _ = digests(build, path, "--as", "legacy-bios")
        a, t = compare(os.path.basename(path), want, got)
        agreed, total = agreed + a, total + t
    return agreed, total


def main(arguments):
    build = arguments[0]
    with tempfile.TemporaryDirectory() as where:
        files = make_files(f"{where}/folder")
        agreed, total = lha(build, f"{where}/folder", where)
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
