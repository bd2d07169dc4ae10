#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""UEFI signature databases against published lists.

usage: tests/agreement/efivar.py BUILD DATA

Prints `efivar: agreed/total` and every disagreement.
"""
import collections
import hashlib
import json
import os
import re
import subprocess
import sys


EXPLAINED = {
    "older-payload": "the payload does not hold the bytes of this published digest anywhere: the "
                     "list is newer than the payload",
}


class Score:
    """Counts of what agreed, and what did not."""

    def __init__(self):
        self.total = self.agreed = 0
        self.explained = collections.Counter()
        self.open = []

    def check(self, what, want, got, reason=None):
        self.total += 1
        if want == got:
            self.agreed += 1
        elif reason in EXPLAINED:
            self.explained[reason] += 1
        else:
            self.open.append(f"{what}: reference {str(want)[:120]}, ours {str(got)[:120]}")


def decode(build, path, decoder=None):
    command = [os.path.join(build, "assay"), "decode", "--json"]
    command += ["--as", decoder] if decoder else []
    done = subprocess.run([*command, path], stdin=subprocess.DEVNULL, capture_output=True,
                          check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"assay decode {path}: status {done.returncode}: {done.stderr.decode()[:400]}")
    return json.loads(done.stdout), done.returncode


def values(row, key):
    return sorted(c["value"]["hex"] for c in row["claims"] if c["key"] == key)


def check_published(score, data, build):
    """All hashes of the published list are in the payload, and no others."""
    base = os.path.join(data, "uefi_var/microsoft+secureboot_objects")
    info = json.load(open(os.path.join(base, "PreSignedObjects/DBX/dbx_info_msft_latest.json"),
                          encoding="utf-8"))
    for name, folder in (("x64", "amd64"), ("ia32", "x86"), ("arm", "arm"), ("arm64", "arm64")):
        published = info["images"].get(name)
        path = os.path.join(base, "PostSignedObjects/DBX", folder, "DBXUpdate.bin")
        if published is None or not os.path.exists(path):
            continue
        row, _ = decode(build, path)
        score.check(f"{folder} format", "efi-auth", row["format"])
        score.check(f"{folder} faults", [], row["faults"])
        ours = values(row, "efivar.signature.sha256")
        want = [entry["authenticodeHash"].lower() for entry in published]
        payload = open(path, "rb").read()
        score.check(f"{folder} entries", count_lists(payload), len(ours))
        for digest in want:
            score.check(f"{folder} {digest}", True, digest in ours,
                        "older-payload" if bytes.fromhex(digest) not in payload else None)


def count_lists(data):
    """SHA-256 entries in a payload, by a plain walk of the lists."""
    at = 16 + int.from_bytes(data[16:20], "little")
    total = 0
    while at + 28 <= len(data):
        size, header, entry = (int.from_bytes(data[at + i:at + i + 4], "little")
                               for i in (16, 20, 24))
        if data[at:at + 4] == bytes.fromhex("2616c4c1"):
            total += (size - 28 - header) // entry
        at += size
    return total


def check_dated(score, data, build):
    base = os.path.join(data, "uefi_var/microsoft+secureboot_objects/history")
    for name in sorted(os.listdir(base)):
        path = os.path.join(base, name)
        row, status = decode(build, path)
        score.check(f"{name} status", 0, status)
        score.check(f"{name} entries", count_lists(open(path, "rb").read()),
                    len(values(row, "efivar.signature.sha256")))
    other = os.path.join(data, "uefi_var")
    for folder, _, names in sorted(os.walk(other)):
        for name in sorted(names):
            path = os.path.join(folder, name)
            if not re.match(r"(?i)(dbx?update|kekupdate|MS-).*\.bin$", name):
                continue
            row, status = decode(build, path)
            where = os.path.relpath(path, other)
            score.check(f"{where} format", "efi-auth", row["format"])
            score.check(f"{where} status", 0, status)


def check_siglists(score, data, build):
    """N.siglist yields exactly the files of N/; invalid ones are refused."""
    base = os.path.join(data, "uefi_var/canonical+go-efilib/sigdbs")
    for name in sorted(os.listdir(base)):
        path = os.path.join(base, name)
        if not name.endswith(".siglist"):
            continue
        row, status = decode(build, path, "efi-siglist")
        if name.startswith(("invalid", "inconsistent")):
            score.check(f"{name} refused", 1, status)
            continue
        score.check(f"{name} status", 0, status)
        folder = path[:-len(".siglist")]
        want_certs, want_hashes = [], []
        for entry in sorted(os.listdir(folder)):
            content = open(os.path.join(folder, entry), "rb").read()
            if entry.endswith(".der"):
                want_certs.append(hashlib.sha256(content).hexdigest())
            else:
                want_hashes.append(content.hex() if len(content) == 32
                                   else content.decode().strip().lower())
        score.check(f"{name} certificates", sorted(want_certs), values(row, "x509.certificate.sha256"))
        score.check(f"{name} hashes", sorted(want_hashes), values(row, "efivar.signature.sha256"))


def openssl(path, *what):
    done = subprocess.run(["openssl", "x509", "-inform", "DER", "-in", path, "-noout", *what],
                          capture_output=True, check=False)
    return done.stdout.decode().strip() if done.returncode == 0 else None


def check_certificates(score, data, build):
    """Serial and dates of certificates as another reader shows them."""
    base = os.path.join(data, "uefi_var/canonical+go-efilib/sigdbs")
    for number in ("1", "2", "3", "4"):
        row, _ = decode(build, os.path.join(base, number + ".siglist"), "efi-siglist")
        ours = {}
        for claim in row["claims"]:
            if claim["key"].startswith("x509."):
                ours.setdefault(claim["path"].rsplit("/", 1)[0], {})[claim["key"].split(".")[-1]] = \
                    claim["value"]
        folder = os.path.join(base, number)
        for entry in sorted(os.listdir(folder)):
            path = os.path.join(folder, entry)
            serial = openssl(path, "-serial") if entry.endswith(".der") else None
            if serial is None:
                continue
            digest = hashlib.sha256(open(path, "rb").read()).hexdigest()
            mine = next((c for c in ours.values() if c["sha256"]["hex"] == digest), None)
            if mine is None:
                score.check(f"{number}/{entry}", digest, None)
                continue
            score.check(f"{number}/{entry} serial", serial.split("=")[1].lower().lstrip("0"),
                        mine["serial"]["hex"].lstrip("0"))
            date = openssl(path, "-enddate", "-dateopt", "iso_8601")
            if date:
                score.check(f"{number}/{entry} end", date.split("=")[1].replace(" ", "T"),
                            mine["not-after"])


def check_efivarfs(score, data, build):
    """Variables as efivarfs gives them decode without a fault under their own names."""
    for folder, _, names in sorted(os.walk(os.path.join(data, "lab"))):
        if not folder.endswith("efivars"):
            continue
        for name in sorted(names):
            row, status = decode(build, os.path.join(folder, name))
            score.check(f"{name} status", 0, status)
            score.check(f"{name} container", f"{name[-36:]}:{name[:-37]}",
                        row["claims"][0]["path"].split("/")[1])


def main():
    build, data = sys.argv[1:3]
    if not os.path.isdir(os.path.join(data, "uefi_var")):
        print("efivar: SKIP (no reference data)")
        sys.exit(77)
    score = Score()
    for check in (check_published, check_dated, check_siglists, check_certificates,
                  check_efivarfs):
        check(score, data, build)
    print(f"efivar: {score.agreed}/{score.total}")
    for reason, count in sorted(score.explained.items()):
        print(f"  explained {count}: {reason}: {EXPLAINED[reason]}")
    for line in score.open:
        print("  NOT EXPLAINED " + line)
    sys.exit(1 if score.open else 0)


if __name__ == "__main__":
    main()
