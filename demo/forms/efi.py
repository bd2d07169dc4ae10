# SPDX-License-Identifier: Apache-2.0
"""UEFI 2.10: variables as efivarfs shows them, signature lists, load options, device paths;
UEFI PI 1.8, volume 3: firmware volumes."""
import struct
import uuid

GLOBAL = "8be4df61-93ca-11d2-aa0d-00e098032b8c"
SECURITY = "d719b2cb-3d3a-4596-a3bc-dad00e67656f"
OWNER = "3f1c9a52-6b0e-4d77-9a41-2210c0ffee00"
X509 = "a5c059a1-94e4-4aa7-87b5-ab155c2bf072"
SHA256 = "c1c41626-504c-4092-aca9-41f936934328"
FFS2 = "8c8ce578-8a3d-4f1c-9935-896185c32dd3"


def guid(text):
    return uuid.UUID(text).bytes_le


def utf16(text):
    return text.encode("utf-16-le") + b"\0\0"


def signature(data):
    return guid(OWNER) + data


def signature_list(kind, entries):
    size = 16 + len(entries[0])
    body = b"".join(signature(entry) for entry in entries)
    return guid(kind) + struct.pack("<III", 28 + len(body), 0, size) + body


def node(kind, sub, data=b""):
    return struct.pack("<BBH", kind, sub, 4 + len(data)) + data


def path(*nodes):
    return b"".join(nodes) + node(0x7f, 0xff)


def pci_path(*functions):
    """A root bridge, then device and function numbers from the root on."""
    root = node(2, 1, struct.pack("<II", 0x0a0341d0, 0))
    return root + b"".join(node(1, 1, bytes([function, device])) for device, function in functions)


def file_node(name):
    return node(4, 4, utf16(name))


def load_option(name, device_path):
    return struct.pack("<IH", 1, len(device_path)) + utf16(name) + device_path


def checksum8(data):
    return -sum(data) & 0xff


def section(kind, data):
    body = (4 + len(data)).to_bytes(3, "little") + bytes([kind]) + data
    return body + bytes(-len(body) % 4)


def ffs_file(name, kind, data):
    """A file of the firmware file system, version 2, with a checksum over its data."""
    head = bytearray(guid(name) + bytes([0, 0, kind, 0x40]))
    head += (24 + len(data)).to_bytes(3, "little") + b"\0"
    head[16] = checksum8(head)
    head[17] = checksum8(data)
    head[23] = 0xf8  # all of the file is there; erased bits are ones
    return bytes(head) + data


def volume(name, size, files):
    """A volume with an extended header that names it."""
    extended = guid(name) + struct.pack("<I", 20)
    head = bytearray(bytes(16) + guid(FFS2) + struct.pack("<Q", size) + b"_FVH" +
                     struct.pack("<IHHHBB", 0x0004feff, 72, 0, 72 + 24, 0, 2) +
                     struct.pack("<IIII", size // 4096, 4096, 0, 0))
    total = sum(struct.unpack("<36H", head))
    head[50:52] = struct.pack("<H", -total & 0xffff)
    # A pad file holds the extended header, as the specification asks.
    body = bytes(head) + ffs_file("ffffffff-ffff-ffff-ffff-ffffffffffff", 0xf0, extended)
    for data in files:
        body += b"\xff" * (-len(body) % 8) + data
    return body.ljust(size, b"\xff")
