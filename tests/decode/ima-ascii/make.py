#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the inputs of the cases in this folder."""
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../generate"))
import measured_boot as mb  # noqa: E402

DIGEST = mb.digest("sha256", b"file")


def line(template, path, rest=(), prefix="sha256:", digest=None):
    fields = [prefix.encode() + b"\0" + DIGEST, path.encode() + b"\0"] + list(rest)
    body = b"".join(struct.pack("<I", len(f)) + f for f in fields)
    digest = mb.digest("sha1", body) if digest is None else digest
    words = [f"10 {digest.hex()} {template} {prefix}{DIGEST.hex()} {path}"]
    return " ".join(words + [f.hex() for f in rest]) + "\n"


def main():
    signature = b"\3\2\4" + bytes.fromhex("11223344") + struct.pack(">H", 4) + b"sign"
    good = line("ima-ng", "boot_aggregate") + line("ima-sig", "/usr/bin/b", [b""]) \
        + line("ima-sig", "/path with blanks", [signature]) \
        + line("ima-ngv2", "/c", (), "verity:sha256:") + line("ima-buf", ".ima", [b"key"]) \
        + line("ima-ng", "/violated", digest=bytes(20))
    file = mb.digest("sha1", b"file")
    old = mb.digest("sha1", file + b"/init".ljust(256, b"\0"))
    mb.case(__file__, "minimal", line("ima-ng", "/usr/bin/a").encode())
    mb.case(__file__, "full", good.encode() + f"10 {old.hex()} ima {file.hex()} /init\n".encode())
    mb.case(__file__, "fault-hash", line("ima-ng", "/forged", digest=b"\1" * 20).encode())
    mb.case(__file__, "fault-line", (good + "nonsense\n\n10 zz ima-ng x y\n").encode())


if __name__ == "__main__":
    main()
