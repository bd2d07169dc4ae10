#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the inputs of the cases in this folder."""
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../generate"))
import measured_boot as mb  # noqa: E402

RSA = "a7717414-c616-4977-9420-844712a735bf"
TIME = struct.pack("<HBBBBB", 2024, 7, 17, 1, 2, 3) + bytes(9)
SIGNED = mb.der(0x30, mb.der(6, bytes.fromhex("2a864886f70d010702")), mb.der(0xa0, b""))


def header(body, kind=mb.PKCS7, length=None, revision=0x200, cert_type=0xef1):
    return struct.pack("<IHH", 24 + len(body) if length is None else length, revision,
                       cert_type) + mb.guid(kind) + body


def write(name, data):
    mb.case(__file__, name, data)


def main():
    lists = mb.siglist(mb.SHA256, [(mb.OWNER, b"\1" * 32)])
    write("minimal", TIME + header(SIGNED))
    write("full", TIME + header(SIGNED) + lists)
    write("count", struct.pack("<Q", 5) + header(mb.guid(mb.SHA256) + b"\1" * 256 + b"\2" * 256,
                                                 RSA) + lists)
    write("fault-time", struct.pack("<HBBBBB", 2024, 13, 17, 1, 2, 3) + bytes(9) + header(SIGNED)
          + lists)
    write("fault-length", TIME + header(SIGNED, length=23) + lists)
    write("fault-truncated", TIME + header(SIGNED, length=9999))
    write("fault-revision", TIME + header(SIGNED, revision=0x100) + lists)
    write("fault-type", TIME + header(SIGNED, cert_type=2) + lists)
    write("fault-kind", TIME + header(SIGNED, kind=mb.OWNER) + lists)
    write("fault-pkcs7", TIME + header(b"\1\2\3") + lists)
    write("fault-pkcs7-trailing", TIME + header(SIGNED + b"\0") + lists)
    write("fault-rsa-trailing", struct.pack("<Q", 5) + header(bytes(16 + 512 + 1), RSA))
    write("fault-list", TIME + header(SIGNED) + lists[:-1])


if __name__ == "__main__":
    main()
