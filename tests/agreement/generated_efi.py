#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the decoders of signature lists with efitools and openssl on lists made for it.

usage: tests/agreement/generated_efi.py BUILD [DATA [SEED [COUNT]]]

Lists of hashes and certificates in any order and number, of keys of several kinds, of names in
several encodings, of dates on both sides of 2050; and the payloads that sign-efi-sig-list and
sbvarsign make of them.
"""
import hashlib
import json
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import uuid

TYPES = {"sha256": uuid.UUID("c1c41626-504c-4092-aca9-41f936934328"),
         "x509": uuid.UUID("a5c059a1-94e4-4aa7-87b5-ab155c2bf072")}
SUBJECTS = ["/CN=made", "/C=DE/O=Maker GmbH/CN=Key exchange", "/CN=B\u00e4r/O=\u6771\u4eac",
            "/CN=a/CN=b/OU=x+serialNumber=7", "/O=no common name", "/CN=comma, \\\"quote\\\""]
KEYS = ["rsa:2048", "rsa:3072", "ec", "ed25519"]


def run(*command, **more):
    return subprocess.run(command, check=False, stdin=subprocess.DEVNULL, capture_output=True,
                          **more)


class Maker:
    def __init__(self, folder, seed):
        self.folder = folder
        self.chance = random.Random(seed)

    def path(self, name):
        return os.path.join(self.folder, name)

    def certificate(self, number):
        """A self-signed certificate and its key."""
        kind = KEYS[number % len(KEYS)]
        key = [kind] if kind.startswith("rsa") else \
            ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"] if kind == "ec" else [kind]
        days = [3650, 365 * 40, 1, 20000][number % 4]
        serial = ["1", "0xff00000000000000000000000000000000000001", "128", "0x7f"][number % 4]
        done = run("openssl", "req", "-new", "-x509", "-newkey", *key, "-nodes", "-utf8",
                   "-keyout", self.path(f"{number}.key"), "-out", self.path(f"{number}.crt"),
                   "-subj", SUBJECTS[number % len(SUBJECTS)], "-days", str(days),
                   "-set_serial", serial)
        if done.returncode != 0:
            sys.exit(done.stderr.decode())
        der = run("openssl", "x509", "-in", self.path(f"{number}.crt"), "-outform", "DER").stdout
        return der

    def lists(self, certificates):
        """Bytes, and what is in them: [(type, owner, data)]."""
        r = self.chance
        out, want = b"", []
        for _ in range(r.randint(1, 5)):
            kind = r.choice(["sha256", "x509"])
            entries = [r.randbytes(32) for _ in range(r.randint(1, 6))] if kind == "sha256" else \
                [r.choice(certificates)]
            owner = uuid.UUID(bytes=r.randbytes(16))
            size = 16 + len(entries[0])
            out += TYPES[kind].bytes_le + struct.pack("<III", 28 + size * len(entries), 0, size)
            for data in entries:
                out += owner.bytes_le + data
                want.append((kind, str(owner), data))
        return out, want


def decode(build, path, decoder):
    done = run(os.path.join(build, "assay"), "decode", "--json", "--as", decoder, path)
    return json.loads(done.stdout)


def ours(row):
    """[(type, owner, digest)] in a fixed order."""
    found = []
    for claim in row["claims"]:
        parts = claim["path"].split("/")
        if claim["key"] in ("efivar.signature.sha256", "x509.certificate.sha256"):
            place = next(p for p in parts if re.match(r"(x509|sha256):", p))
            found.append((*place.split(":", 1), claim["value"]["hex"]))
    return sorted(found)


def wanted(entries):
    """As `ours`: of a certificate its digest. Equal entries count once in a map."""
    return sorted((kind, owner, data.hex() if kind == "sha256" else
                   hashlib.sha256(data).hexdigest()) for kind, owner, data in entries)


def peer(maker, path):
    """The same from sig-list-to-certs, which writes a file for each entry."""
    base = maker.path("entry")
    text = run("sig-list-to-certs", path, base).stdout.decode()
    found = []
    for name, owner in re.findall(r"file (\S+): Guid (\S+)", text):
        with open(name, "rb") as file:
            found.append(("x509" if name.endswith(".der") else "sha256", owner, file.read()))
        os.remove(name)
    return wanted(found)


class Score:
    def __init__(self):
        self.total = self.agreed = 0
        self.bad = []

    def check(self, what, want, got):
        self.total += 1
        self.agreed += want == got
        if want != got:
            self.bad.append(f"{what}: {str(want)[:200]}, here {str(got)[:200]}")


def check_certificate(score, maker, build, der, number):
    path = maker.path("one.esl")
    with open(path, "wb") as file:
        file.write(TYPES["x509"].bytes_le + struct.pack("<III", 44 + len(der), 0, 16 + len(der)) +
                   bytes(16) + der)
    claims = {c["key"]: c["value"] for c in decode(build, path, "efi-siglist")["claims"]}
    text = run("openssl", "x509", "-in", maker.path(f"{number}.crt"), "-noout", "-serial",
               "-startdate", "-enddate", "-dateopt", "iso_8601", "-fingerprint",
               "-sha1").stdout.decode()
    fields = dict(line.split("=", 1) for line in text.strip().split("\n"))
    score.check(f"certificate {number} serial", fields["serial"].lower().lstrip("0"),
                claims["x509.certificate.serial"]["hex"].lstrip("0"))
    for label, key in (("notBefore", "not-before"), ("notAfter", "not-after")):
        score.check(f"certificate {number} {label}", fields[label].replace(" ", "T"),
                    claims[f"x509.certificate.{key}"])
    digest = next(v for k, v in fields.items() if "ingerprint" in k)
    score.check(f"certificate {number} sha1", digest.replace(":", "").lower(),
                claims["x509.certificate.sha1"]["hex"])
    names = run("openssl", "x509", "-in", maker.path(f"{number}.crt"), "-noout", "-subject",
                "-nameopt", "sep_comma_plus_space,utf8,sname,esc_2253").stdout.decode()
    score.check(f"certificate {number} subject",
                names.strip().split("=", 1)[1].replace(" + ", "+"),
                claims["x509.certificate.subject"])


def check_signed(score, maker, build, path, want):
    """The lists in the payloads of two signing programs."""
    for name, command in (
            ("sign-efi-sig-list", ["-t", "2021-02-03 04:05:06", "-k", maker.path("0.key"), "-c",
                                   maker.path("0.crt"), "db"]),
            ("sbvarsign", ["--key", maker.path("0.key"), "--cert", maker.path("0.crt"), "--output",
                           maker.path("signed"), "db"])):
        signed = maker.path("signed")
        done = run(name, *command, path, *([signed] if name[1] == "i" else []))
        if done.returncode != 0:
            sys.exit(f"{name}: {done.stderr.decode()}")
        row = decode(build, signed, "efi-auth")
        score.check(f"{path} {name}", want, ours(row))
        score.check(f"{path} {name} faults", [], row["faults"])
        times = [c["value"] for c in row["claims"] if c["path"].endswith("authentication/time")]
        if name[1] == "i":
            score.check(f"{path} {name} time", ["2021-02-03T04:05:06Z"], times)


def main():
    build = sys.argv[1]
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    count = int(sys.argv[4]) if len(sys.argv) > 4 else 20
    for tool in ("sig-list-to-certs", "sign-efi-sig-list", "sbvarsign", "openssl"):
        if shutil.which(tool) is None:
            print(f"generated efi: SKIP (no {tool})")
            return 77
    score = Score()
    with tempfile.TemporaryDirectory() as folder:
        maker = Maker(folder, seed)
        certificates = [maker.certificate(number) for number in range(12)]
        for number, der in enumerate(certificates):
            check_certificate(score, maker, build, der, number)
        for one in range(count):
            data, entries = maker.lists(certificates)
            path = maker.path(f"{one}.esl")
            with open(path, "wb") as file:
                file.write(data)
            row = decode(build, path, "efi-siglist")
            score.check(f"{one} entries", peer(maker, path), ours(row))
            score.check(f"{one} made", wanted(entries), ours(row))
            score.check(f"{one} faults", [], row["faults"])
            if one < 6:
                check_signed(score, maker, build, path, wanted(entries))
    for line in score.bad[:40]:
        print("  NOT EXPLAINED " + line)
    print(f"generated efi: {score.agreed}/{score.total}")
    return 1 if score.bad else 0


if __name__ == "__main__":
    sys.exit(main())
