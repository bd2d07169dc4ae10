#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the inputs of the cases in this folder."""
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../generate"))
import measured_boot as mb  # noqa: E402

DIGEST = mb.digest("sha256", b"file")


def field(data):
    return struct.pack("<I", len(data)) + data


def entry(template, fields, bank="sha1", digest=None, pcr=10, size=None):
    body = b"".join(field(f) for f in fields)
    digest = mb.digest(bank, body) if digest is None else digest
    return struct.pack("<I", pcr) + digest + field(template.encode()) \
        + struct.pack("<I", len(body) if size is None else size) + body


def old(name, digest=None):
    file = mb.digest("sha1", b"file")
    digest = mb.digest("sha1", file + name.ljust(256, b"\0")) if digest is None else digest
    return struct.pack("<I", 10) + digest + field(b"ima") + file + field(name)


def ng(path, algorithm=b"sha256:\0"):
    return [algorithm + DIGEST, path + b"\0"]


def signature(size=8):
    return b"\3\2\4" + bytes.fromhex("11223344") + struct.pack(">H", size) + b"signed!!"


def main():
    sample = entry("ima-ng", ng(b"/usr/bin/a"))
    mb.case(__file__, "minimal", sample)
    mb.case(__file__, "old", old(b"boot_aggregate") + old(b"/init"))
    mb.case(__file__, "full", entry("ima-ng", ng(b"boot_aggregate")) + sample
            + entry("ima-sig", ng(b"/usr/bin/b") + [signature()])
            + entry("ima-ngv2", ng(b"/usr/bin/c", b"verity:sha256:\0"))
            + entry("ima-sigv2", ng(b"/usr/bin/d", b"ima:sha256:\0") + [b""])
            + entry("ima-buf", ng(b"kexec-cmdline") + [b"quiet"])
            + entry("ima-modsig", ng(b"/kernel") + [b"", b"sha256:\0" + DIGEST, b"pkcs7"])
            + entry("evm-sig", ng(b"/e") + [signature(), b"security.ima", b"\1\0\0\0", b"x",
                                            bytes(4), bytes(4), b"\xa4\x81"])
            + entry("d-ng|n-ng", ng(b"/custom"))
            + entry("ima-ng", ng(b"/violated"), digest=bytes(20)))
    mb.case(__file__, "sha256", entry("ima-ng", ng(b"/a"), "sha256"),
            "binary_runtime_measurements_sha256")
    mb.case(__file__, "fault-truncated", sample + sample[:-1])
    mb.case(__file__, "fault-hash", entry("ima-ng", ng(b"/forged"), digest=b"\1" * 20))
    mb.case(__file__, "fault-template", entry("something", [b"a"]))
    mb.case(__file__, "fault-field-count", entry("ima-ng", ng(b"/a") + [b"more"]))
    mb.case(__file__, "fault-name-length", struct.pack("<I", 10) + bytes(20)
            + struct.pack("<I", 256) + bytes(300))
    mb.case(__file__, "fault-field-length", entry("ima-ng", [b"sha256:\0" + DIGEST], size=None)[:-1]
            .replace(struct.pack("<I", 40), struct.pack("<I", 99)) + b"\0" * 99)
    mb.case(__file__, "fault-digest", entry("ima-ng", [b"no colon", b"/a\0"])
            + entry("ima-ng", [b"sha256:\0" + b"\1" * 31, b"/b\0"]))
    mb.case(__file__, "fault-signature", entry("ima-sig", ng(b"/a") + [signature(99)]))
    mb.case(__file__, "fault-many-fields", entry("|".join(["n"] * 20), [b"a"] * 20))


if __name__ == "__main__":
    main()
