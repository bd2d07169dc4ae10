#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the inputs of the cases in this folder."""
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../generate"))
import measured_boot as mb  # noqa: E402

OTHER = "77777777-8888-9999-aaaa-bbbbbbbbbbbb"


def write(name, data):
    mb.case(__file__, name, data)


def patched(data, at, value):
    return data[:at] + struct.pack("<I", value) + data[at + 4:]


def time(year=2024, month=2, day=3):
    return struct.pack("<HBBBBB", year, month, day, 4, 5, 6) + bytes(9)


def main():
    hashes = [(mb.OWNER, bytes([n]) * 32) for n in (3, 1, 2)]
    cert = mb.certificate("Example CA")
    lists = mb.siglist(mb.SHA256, hashes)
    write("minimal", mb.siglist(mb.SHA256, hashes[:1]))
    write("full", lists
          + mb.siglist(mb.SHA256, [(OTHER, b"\7" * 32), (mb.OWNER, b"\1" * 32)])
          + mb.siglist(mb.SHA1, [(mb.OWNER, b"\1" * 20)])
          + mb.siglist("0b6e5233-a65c-44c9-9407-d9ab83bfc8bd", [(mb.OWNER, b"\2" * 28)])
          + mb.siglist("ff3e5307-9fd0-48c9-85f1-8ad56c701e01", [(mb.OWNER, b"\3" * 48)])
          + mb.siglist("093e0fae-a6c4-4f50-9f1b-d41e2b89c19a", [(mb.OWNER, b"\4" * 64)])
          + mb.siglist(mb.RSA2048, [(mb.OWNER, b"\5" * 256)])
          + mb.siglist(mb.X509, [(mb.OWNER, cert)])
          + mb.siglist(mb.X509, [(mb.OWNER, mb.certificate("Wide name", tag=0x1e))])
          + mb.siglist(mb.X509_SHA256, [(mb.OWNER, b"\6" * 32 + time()),
                                        (mb.OWNER, b"\7" * 32 + bytes(16))])
          + mb.siglist(mb.PKCS7, [(mb.OWNER, b"signed data")])
          + mb.siglist(OTHER, [(mb.OWNER, b"vendor's own")], header=b"head"))
    issuer = [[mb.attribute("550406", mb.der(0x13, b"XX"))],
              [mb.attribute("55040a", mb.der(0x0c, b"VeriSign, Inc.")),
               mb.attribute("55040b", mb.der(0x16, b"=a+b"))],
              [mb.attribute("550403", mb.der(0x0c, b" #<x>; \"y\"\\ "))]]
    subject = [[mb.attribute("550403", mb.der(0x0c, b"#1, O=Other\0 "))],
               [mb.attribute("55042d", mb.der(3, b"\0\x80"))],
               [mb.attribute("550461", mb.der(0x13, b" "))]]
    write("names", mb.siglist(mb.X509, [(mb.OWNER, mb.certificate(subject, issuer))]))
    write("empty-list", mb.siglist(mb.SHA256, []))
    write("fault-truncated", lists[:-1])
    write("fault-header-cut", lists + b"\1\2\3")
    write("fault-list-size", patched(lists, 16, 27))
    write("fault-header-size", mb.siglist(mb.SHA256, hashes, header=b"head"))
    write("fault-entry-size", mb.siglist(mb.SHA256, hashes, size=36))
    write("fault-entry-size-zero", mb.siglist(OTHER, hashes, size=0))
    write("fault-entries-uneven", mb.siglist(OTHER, hashes, size=47))
    write("fault-certificate", mb.siglist(mb.X509, [(mb.OWNER, cert[:-1])]))
    write("fault-certificate-trailing", mb.siglist(mb.X509, [(mb.OWNER, cert + b"\0")]))
    write("fault-certificate-time", mb.siglist(mb.X509, [
        (mb.OWNER, mb.certificate("Bad time", before=b"2001020304Z"))]))
    write("fault-revocation-time", mb.siglist(mb.X509_SHA256, [(mb.OWNER, bytes(32)
                                                               + time(month=13))]))


if __name__ == "__main__":
    main()
