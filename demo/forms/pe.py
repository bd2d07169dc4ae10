# SPDX-License-Identifier: Apache-2.0
"""PE images without any code: headers, one section of text, and a signature (PE/COFF)."""
import hashlib
import struct

from . import der

PE_AT = 0x80
SECTION_AT = 0x200
CHECKSUM_AT = PE_AT + 24 + 64
SECURITY_AT = PE_AT + 24 + 112 + 4 * 8


def bare(text, subsystem=11):
    data = text.encode()
    data += bytes(-len(data) % 512)
    optional = struct.pack("<HBBIIIII", 0x20b, 1, 0, 0, len(data), 0, 0, 0x1000)
    optional += struct.pack("<QIIHHHHHHIIII", 0, 0x1000, 0x200, 0, 0, 1, 0, 0, 0, 0, 0x2000,
                            SECTION_AT, 0)
    optional += struct.pack("<HHQQQQII", subsystem, 0, 0, 0, 0, 0, 0, 16) + bytes(128)
    coff = struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, len(optional), 0x2022)
    section = struct.pack("<8sIIIIIIHHI", b".rdata", len(data), 0x1000, len(data), SECTION_AT,
                          0, 0, 0, 0, 0x40000040)
    head = (b"MZ" + bytes(58) + struct.pack("<I", PE_AT)).ljust(PE_AT, b"\0")
    return (head + b"PE\0\0" + coff + optional + section).ljust(SECTION_AT, b"\0") + data


def digest(image):
    """The Authenticode digest of an image without a signature at its end."""
    parts = [image[:CHECKSUM_AT], image[CHECKSUM_AT + 4:SECURITY_AT], image[SECURITY_AT + 8:]]
    return hashlib.sha256(b"".join(parts)).digest()


def signed(text, certificate, subsystem=11):
    """The image with its signature, and its Authenticode digest."""
    image = bare(text, subsystem)
    value = digest(image)
    pkcs7 = der.authenticode(certificate, value)
    entry = struct.pack("<IHH", 8 + len(pkcs7), 0x200, 2) + pkcs7
    entry += bytes(-len(entry) % 8)
    directory = struct.pack("<II", len(image), len(entry))
    return image[:SECURITY_AT] + directory + image[SECURITY_AT + 8:] + entry, value
