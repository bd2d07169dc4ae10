#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Inputs of the golden cases of openbmc-update. The signatures are made with openssl and a key that is
made anew: cases that are there stay as they are."""
import os
import subprocess
import tempfile

import cases
import openbmc

BLOCK = 512
MANIFEST = (b"purpose=xyz.openbmc_project.Software.Version.VersionPurpose.BMC\n"
            b"version=2.9.0-dev\nExtendedVersion=\nKeyType=OpenBMC\nHashType=RSA-SHA256\n"
            b"MachineName=romulus\n")
ORDER = ["image-bmc", "image-hostfw", "image-kernel", "image-rofs", "image-rwfs", "image-u-boot",
         "MANIFEST", "publickey"]


def member(name, data, kind=b"0", bad=0, size=None):
    head = bytearray(BLOCK)
    head[0:len(name)] = name.encode()
    head[100:136] = b"0000644\0" + b"0001750\0" * 2 + b"%011o\0" % (len(data) if size is None else size)
    head[136:148] = b"00003641100\0"
    head[156:157] = kind
    head[257:265] = b"ustar\x0000"
    head[148:156] = b"%06o\0 " % (sum(head) + 8 * 32 + bad)
    return bytes(head) + data + b"\0" * (-len(data) % BLOCK)


class Key:
    def __init__(self, where, name="key"):
        self.path = f"{where}/{name}"
        subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024",
                        "-out", self.path], check=True, capture_output=True)
        self.public = subprocess.run(["openssl", "pkey", "-in", self.path, "-pubout"], check=True,
                                     capture_output=True).stdout

    def sign(self, data, digest="sha256"):
        return subprocess.run(["openssl", "dgst", "-" + digest, "-sign", self.path], input=data,
                              check=True, capture_output=True).stdout


def signed(key, files, digest="sha256"):
    files = dict(files)
    for name in list(files):
        files[name + ".sig"] = key.sign(files[name], digest)
    full = b"".join(files[n + ".sig"] for n in ORDER if n + ".sig" in files)
    files["image-full.sig"] = key.sign(full, digest)
    return files


def archive(files, end=b"\0" * 2 * BLOCK):
    return b"".join(member(n, d) for n, d in files.items()) + end


def write(case, data):
    cases.write("openbmc-update", case, data, text=True)


def main():
    with tempfile.TemporaryDirectory() as where:
        key, other = Key(where), Key(where, "other")
        parts = {"image-kernel": openbmc.uimage(b"a kernel, only a text"), "image-rofs": openbmc.rofs(),
                 "image-rwfs": openbmc.rwfs(), "image-u-boot": openbmc.LOADER, "MANIFEST": MANIFEST,
                 "publickey": key.public}
        good = signed(key, parts)
        write("full", archive(good))
        write("minimal", archive({"MANIFEST": b"version=1\n"}))
        write("one-image", archive(signed(key, {"image-bmc": openbmc.LOADER, "MANIFEST": MANIFEST,
                                                "publickey": key.public})))
        write("sha512", archive(signed(key, {
            "image-bmc": openbmc.LOADER, "publickey": key.public,
            "MANIFEST": MANIFEST.replace(b"SHA256", b"SHA512")}, "sha512")))
        write("unsigned", archive({n: parts[n] for n in ("image-u-boot", "MANIFEST")}))
        write("altered", archive({**good, "image-u-boot": openbmc.LOADER + b"!"}))
        write("other-key", archive({**good, "image-rofs.sig": other.sign(parts["image-rofs"])}))
        write("no-key", archive({n: d for n, d in good.items() if n != "publickey"}))
        write("bad-key", archive({**good, "publickey": b"-----BEGIN PUBLIC KEY-----\nAAAA\n"}))
        write("folder", b"".join([member("./", b"", b"5"), member("./MANIFEST", MANIFEST),
                                  member("link", b"what?", b"2")]) + b"\0" * 2 * BLOCK)
    write("no-manifest", archive({"image-u-boot": openbmc.LOADER}))
    write("bad-sum", member("MANIFEST", MANIFEST, bad=1) + b"\0" * 2 * BLOCK)
    write("bad-line", archive({"MANIFEST": b"# comment\nno equals sign\nversion=1\n"}))
    write("twice", member("MANIFEST", MANIFEST) * 2 + b"\0" * 2 * BLOCK)
    write("truncated", member("MANIFEST", MANIFEST) + member("image-rofs", b"x" * 100, size=5000))
    write("no-end", archive({"MANIFEST": MANIFEST, "orphan.sig": b"signature"}, end=b"garbage"))


if __name__ == "__main__":
    if not os.path.isdir(os.path.join(cases.ROOT, "openbmc-update", "full")):
        main()
