# SPDX-License-Identifier: Apache-2.0
"""Pieces from which the generators beside the cases of measured boot build their inputs."""
import hashlib
import os
import struct
import uuid

GLOBAL = "8be4df61-93ca-11d2-aa0d-00e098032b8c"
SECURITY = "d719b2cb-3d3a-4596-a3bc-dad00e67656f"
OWNER = "11111111-2222-3333-4444-555555555555"
X509 = "a5c059a1-94e4-4aa7-87b5-ab155c2bf072"
SHA256 = "c1c41626-504c-4092-aca9-41f936934328"
SHA1 = "826ca512-cf10-4ac9-b187-be01496631bd"
X509_SHA256 = "3bd2a492-96c0-4079-b420-fcf98ef103ed"
PKCS7 = "4aafd29d-68df-49ee-8aa9-347d375665a7"
RSA2048 = "3c5766e8-269c-4e34-aa14-ed776e85b3b6"


def guid(text):
    return uuid.UUID(text).bytes_le


def utf16(text):
    return text.encode("utf-16-le") + b"\0\0"


def case(where, name, data, label=None):
    """Writes the input of one case beside the generator `where`."""
    folder = os.path.join(os.path.dirname(os.path.abspath(where)), name)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "in.bin"), "wb") as file:
        file.write(data)
    if label is not None:
        with open(os.path.join(folder, "label"), "w", encoding="utf-8") as file:
            file.write(label + "\n")


def der(tag, *parts):
    body = b"".join(parts)
    if len(body) < 0x80:
        return bytes([tag, len(body)]) + body
    size = (len(body).bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + len(body).to_bytes(size, "big") + body


def attribute(kind, value):
    """An attribute of a name: its type in hexadecimal, its value as an element."""
    return der(0x30, der(6, bytes.fromhex(kind)), value)


def name(common, tag=0x0c):
    if isinstance(common, list):  # sets of attributes
        return der(0x30, *[der(0x31, *row) for row in common])
    text = common.encode("utf-16-be") if tag == 0x1e else common.encode()
    return name([[attribute("550406", der(0x13, b"XX"))], [attribute("550403", der(tag, text))]])


def certificate(common, issuer="Example Root", tag=0x0c, before=b"200102030405Z",
                after=b"20500102030405Z"):
    """The shape of an X.509 certificate; nothing in it is signed."""
    algorithm = der(0x30, der(6, bytes.fromhex("2a864886f70d01010b")), der(5))
    key = der(0x30, algorithm, der(3, b"\0" + bytes(range(1, 65))))
    tbs = der(0x30, der(0xa0, der(2, b"\2")), der(2, b"\x01\x23\x45"), algorithm, name(issuer),
              der(0x30, der(0x17, before), der(0x18, after)), name(common, tag), key)
    return der(0x30, tbs, algorithm, der(3, b"\0" + bytes(32)))


def siglist(kind, entries, header=b"", size=None):
    """EFI_SIGNATURE_LIST of entries (owner GUID, data) of one size."""
    body = b"".join(guid(owner) + data for owner, data in entries)
    one = size if size is not None else (16 + len(entries[0][1]) if entries else 48)
    return guid(kind) + struct.pack("<III", 28 + len(header) + len(body), len(header), one) \
        + header + body


def node(kind, sub, data=b""):
    return struct.pack("<BBH", kind, sub, 4 + len(data)) + data


END = node(0x7f, 0xff)
PCI_ROOT = node(2, 1, struct.pack("<II", 0x0a0341d0, 0))


def pci(device, function):
    return node(1, 1, bytes([function, device]))


def file_path(path):
    return node(4, 4, utf16(path))


def hard_drive(partition=1):
    return node(4, 1, struct.pack("<IQQ", partition, 0x800, 0x100000) + guid(OWNER) + b"\2\2")


def load_option(description, paths, attributes=1, optional=b""):
    return struct.pack("<IH", attributes, len(paths)) + utf16(description) + paths + optional


def digest(bank, data):
    return hashlib.new(bank, data).digest()
