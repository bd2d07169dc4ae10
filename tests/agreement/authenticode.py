#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Authenticode digests and signatures against pesign, sbverify and openssl.

usage: tests/agreement/authenticode.py BUILD DATA

Reads the boot programs that Debian packages install (shim, grub, fwupd, systemd-boot, the kernel) and
those below DATA. Per image: its digest is pesign's, its signers are sbverify's, every signature that
it holds verifies here and there, and after a change of any one byte, at places all over the image and
its signature, a fault says so; where the change is under the digest, sbverify refuses the image too.

Where certificates come from: sbverify is given one that it shall trust. For what Debian signed it is
"Debian Secure Boot CA" out of the .vendor_cert section of Debian's shim; for shim itself and the test
images of DATA it is a certificate beside the signature ("Microsoft Corporation UEFI CA 2011" and
"Microsoft UEFI CA 2023", whose own roots no file here holds). Debian's systemd-boot is not signed: its
digest is all there is to compare.

Prints `authenticode: agreed/total` and every disagreement.
"""
import glob
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

IMAGES = ("/usr/lib/shim/*.efi", "/usr/lib/shim/*.signed", "/usr/lib/grub/*/*.signed",
          "/usr/libexec/fwupd/efi/*", "/usr/lib/systemd/boot/efi/*.efi*", "/boot/vmlinuz*")
DATA_IMAGES = "uefi_var/*/efiimages/*"
CHANGES = 12


class Score:
    def __init__(self):
        self.total = self.agreed = self.explained = 0
        self.open = []

    def check(self, what, want, got, explained=False):
        self.total += 1
        if want == got:
            self.agreed += 1
        elif explained:
            self.explained += 1
        else:
            self.open.append(f"{what}: wanted {str(want)[:200]}, got {str(got)[:200]}")


def run(*words, data=None):
    return subprocess.run(words, input=data, capture_output=True, check=False,
                          stdin=subprocess.DEVNULL if data is None else None)


def decode(build, path):
    done = run(os.path.join(build, "assay"), "decode", "--json", "--as", "pe-image", path)
    if done.returncode not in (0, 1):
        sys.exit(f"assay decode {path}: status {done.returncode}: {done.stderr.decode()[:400]}")
    return json.loads(done.stdout)


def claims(row, key):
    return [c["value"] for c in row["claims"] if c["key"] == key]


def certificate_table(data):
    """Offset and size of the certificate table, and the DER of each entry: a walk of our own."""
    where = struct.unpack_from("<I", data, 0x3c)[0] + 24
    plus = struct.unpack_from("<H", data, where)[0] == 0x20b
    start, size = struct.unpack_from("<II", data, where + (112 if plus else 96) + 32)
    entries = []
    at = start
    while at + 8 <= start + size:
        length = struct.unpack_from("<I", data, at)[0]
        entries.append((at, data[at + 8:at + length]))
        at += (length + 7) & ~7
    return start, size, entries


def pem_list(der, where):
    """The certificates beside a signature, as files."""
    done = run("openssl", "pkcs7", "-inform", "DER", "-print_certs", data=der)
    blocks = re.findall(r"-----BEGIN.*?-----END CERTIFICATE-----", done.stdout.decode(), re.S)
    paths = []
    for i, block in enumerate(blocks):
        paths.append(os.path.join(where, f"beside-{i}.pem"))
        with open(paths[-1], "w", encoding="ascii") as file:
            file.write(block + "\n")
    return paths


def vendor_certificate(where):
    """Debian's CA, which stands in its shim as the only DER certificate of that subject's length."""
    paths = glob.glob("/usr/lib/shim/shim*.efi")
    if not paths:
        return None
    with open(paths[0], "rb") as file:
        data = file.read()
    for match in re.finditer(rb"\x30\x82(..)\x30\x82", data, re.S):
        der = data[match.start():match.start() + 4 + int.from_bytes(match.group(1), "big")]
        done = run("openssl", "x509", "-inform", "DER", data=der)
        if done.returncode == 0 and b"Debian Secure Boot CA" in der:
            path = os.path.join(where, "vendor.pem")
            with open(path, "wb") as file:
                file.write(done.stdout)
            return path
    return None


def pesign_digest(path):
    done = run("pesign", "-h", "-i", path)
    match = re.search(rb"[0-9a-f]{64}", done.stdout)
    return match.group().decode() if match else None


def sbverify_signers(path):
    """Issuers of signers, by sbverify, in order: the common name of each."""
    text = run("sbverify", "--list", path).stdout.decode()
    return re.findall(r"image signature issuers:\n - .*?CN=([^/\n]*)", text)


def verifies(path, certificate):
    return run("sbverify", "--cert", certificate, path).returncode == 0


def check_signatures(score, name, path, row, vendor):
    with open(path, "rb") as file:
        data = file.read()
    _, _, entries = certificate_table(data)
    ours = [c["value"] for c in row["claims"]
            if re.search(r"/win-certificate[^/]*/signer[^/]*/verification$", c["path"])]
    score.check(f"{name} signatures verify", [0] * len(entries), ours)
    issuers = [re.search("CN=([^,]*)", c["value"]).group(1) for c in row["claims"]
               if re.search(r"/win-certificate[^/]*/signer[^/]*/issuer$", c["path"])]
    score.check(f"{name} signers", sbverify_signers(path), issuers)
    with tempfile.TemporaryDirectory() as where:
        trusted = [vendor] if vendor else []
        for _, der in entries:
            trusted += pem_list(der, where)
        good = [t for t in trusted if verifies(path, t)]
    score.check(f"{name} verifies with sbverify", True, bool(good))


def spread(start, end, count):
    return sorted({start + (end - start) * i // count for i in range(count) if end > start})


def check_changes(score, build, name, path):
    """One changed byte: in what is digested, and in the signature."""
    with open(path, "rb") as file:
        good = bytearray(file.read())
    start, _, entries = certificate_table(good)
    header = struct.unpack_from("<I", good, 0x3c)[0]
    places = spread(header + 24 + 240, start, CHANGES)
    inside = []
    for at, der in entries:
        inside += spread(at + 8, at + 8 + len(der), CHANGES)
    with tempfile.TemporaryDirectory() as where:
        changed = os.path.join(where, "changed.efi")
        vendor = vendor_certificate(where)
        trusted = ([vendor] if vendor else []) + [p for _, der in entries for p in pem_list(der, where)]
        for at in places + inside:
            good[at] ^= 0x10
            with open(changed, "wb") as file:
                file.write(good)
            row = decode(build, changed)
            valid = claims(row, "pkcs7.signer.verification")
            faults = [f["name"] for f in row["faults"]]
            if at in places:
                score.check(f"{name} changed at {at:#x}", True, "digest-mismatch" in faults)
                score.check(f"{name} changed at {at:#x}: sbverify", False,
                            any(verifies(changed, t) for t in trusted))
            else:
                whole = decode(build, path)
                score.check(f"{name} signature changed at {at:#x}", True,
                            claims(row, "pkcs7.signed-data.digest") != claims(whole, "pkcs7.signed-data.digest"))
                told = bool(faults) or any(v != 0 for v in valid)
                score.check(f"{name} signature changed at {at:#x}: told or verified by both", True,
                            told or any(verifies(changed, t) for t in trusted),
                            claims(row, "x509.certificate.sha256") != claims(whole, "x509.certificate.sha256"))
            good[at] ^= 0x10


def main():
    build, data = sys.argv[1:3]
    paths = sorted({p for pattern in IMAGES for p in glob.glob(pattern)})
    paths += sorted(glob.glob(os.path.join(data, DATA_IMAGES)))
    lacking = [tool for tool in ("pesign", "sbverify", "openssl") if shutil.which(tool) is None]
    if not paths or lacking:
        print(f"authenticode: SKIP (no images, or not installed: {' '.join(lacking)})")
        return 77
    score = Score()
    signed = 0
    with tempfile.TemporaryDirectory() as where:
        vendor = vendor_certificate(where)
        for path in paths:
            name = os.path.basename(path)
            row = decode(build, path)
            score.check(f"{name} digest", [pesign_digest(path)],
                        [v["hex"] for v in claims(row, "pe.image.authenticode")])
            score.check(f"{name} faults", [], row["faults"])
            with open(path, "rb") as file:
                if certificate_table(file.read())[1] == 0:
                    continue
            signed += 1
            check_signatures(score, name, path, row, vendor)
            check_changes(score, build, name, path)
    print(f"authenticode: {score.agreed}/{score.total} ({len(paths)} images, {signed} signed)")
    if score.explained:
        print(f"  explained {score.explained}: the changed byte is in a signer's certificate whose issuer is not "
              "in the image: its fingerprint is another one, and only who has the issuer can say more")
    for line in score.open:
        print("  NOT EXPLAINED " + line)
    return 1 if score.open else 0


if __name__ == "__main__":
    sys.exit(main())
