#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the inputs of the cases in this folder."""
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../generate"))
import measured_boot as mb  # noqa: E402

CERTDB = "d9bee56e-75dc-49d9-b4d7-b534210f637a"
LOADER = "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"
MTC = "eb704011-1402-11d3-8e77-00a0c969723b"
VENDOR = "99999999-aaaa-bbbb-cccc-dddddddddddd"


def write(case, name, value, owner=mb.GLOBAL, attributes=7):
    mb.case(__file__, case, struct.pack("<I", attributes) + value, f"{name}-{owner}")


def every_node():
    """A path with every node of which the text is more than its fields in order."""
    nodes = [
        mb.PCI_ROOT, mb.pci(0x1f, 2), mb.node(1, 2, b"\1"),
        mb.node(1, 3, struct.pack("<IQQ", 11, 0x1000, 0x1fff)),
        mb.node(1, 4, mb.guid(VENDOR) + b"\1\2"), mb.node(1, 5, struct.pack("<I", 3)),
        mb.node(1, 6, struct.pack("<BQ", 1, 0xca2)),
        mb.node(2, 1, struct.pack("<II", 0x030341d0, 1)),
        mb.node(2, 2, struct.pack("<III", 0x0a0341d0, 0, 0) + b"HID\0U\0\0"),
        mb.node(2, 3, struct.pack("<II", 0x80010100, 0x80010200)),
        mb.node(3, 1, struct.pack("<BBH", 1, 0, 2)), mb.node(3, 2, struct.pack("<HH", 1, 2)),
        mb.node(3, 3, struct.pack("<IQQ", 0, 0x1122, 3)), mb.node(3, 5, b"\1\2"),
        mb.node(3, 10, mb.guid("e0c14753-f9be-11d2-9a0c-0090273fc14d")),
        mb.node(3, 10, mb.guid(VENDOR) + b"x"),
        mb.node(3, 11, bytes.fromhex("0025900a0b0c").ljust(32, b"\0") + b"\1"),
        mb.node(3, 12, bytes([10, 0, 0, 1, 10, 0, 0, 2]) + struct.pack("<HHHB", 1, 2, 6, 1)
                + bytes([10, 0, 0, 254, 255, 0, 0, 0])),
        mb.node(3, 13, bytes(16) + bytes(15) + b"\1" + struct.pack("<HHHBB", 1, 2, 17, 1, 64)
                + bytes(16)),
        mb.node(3, 14, struct.pack("<IQBBB", 0, 115200, 8, 1, 1)),
        mb.node(3, 15, struct.pack("<HHBBB", 0xffff, 0xffff, 3, 1, 1)),
        mb.node(3, 16, struct.pack("<HHH", 0, 0x1234, 0x5678) + "SN1".encode("utf-16-le")),
        mb.node(3, 18, struct.pack("<HHH", 0, 0xffff, 0)),
        mb.node(3, 19, struct.pack("<HH8sH", 0, 2, bytes(8), 1) + b"iqn.2020-01.org:disk"),
        mb.node(3, 22, bytes(range(16)) + struct.pack("<HH", 1, 2)),
        mb.node(3, 23, struct.pack("<I", 1) + bytes(range(8))), mb.node(3, 24, b"http://a/b"),
        mb.node(3, 31, b"\0" + bytes([10, 0, 0, 3]).ljust(16, b"\0")),
        mb.node(3, 34, b"\1" + bytes(16) + b"nqn.2020\0"),
        mb.hard_drive(), mb.node(4, 1, struct.pack("<IQQ", 1, 1, 2) + b"\1\2\3\4".ljust(16, b"\0")
                                 + b"\1\1"),
        mb.node(4, 2, struct.pack("<IQQ", 1, 2, 3)), mb.node(4, 6, mb.guid(VENDOR)),
        mb.node(4, 8, struct.pack("<IQQ", 0, 1, 2)),
        mb.node(4, 9, struct.pack("<QQ", 1, 2) + mb.guid(VENDOR) + b"\0\0"),
        mb.node(5, 1, struct.pack("<HH", 2, 0) + b"disk\0"), mb.node(9, 9, b"new"),
        mb.file_path("\\EFI\\a.efi"),
    ]
    return b"".join(nodes)


def main():
    path = mb.PCI_ROOT + mb.pci(0x1f, 2) + mb.hard_drive() + mb.file_path("\\EFI\\A.EFI") + mb.END
    cert = mb.certificate("Example PK")
    write("secure-boot", "SecureBoot", b"\1", attributes=6)
    write("pk", "PK", mb.siglist(mb.X509, [(mb.OWNER, cert)]), attributes=0x27)
    write("dbx", "dbx", mb.siglist(mb.SHA256, [(mb.OWNER, b"\2" * 32), (mb.OWNER, b"\1" * 32)]),
          mb.SECURITY, 0x27)
    write("boot-option", "Boot0001", mb.load_option("Example", path + mb.pci(1, 1) + mb.END,
                                                    optional=mb.utf16("quiet splash")))
    write("boot-option-binary", "Boot0002", mb.load_option("Example", path, optional=b"\1\2\3"))
    write("boot-order", "BootOrder", b"\1\0\0\0\2\0")
    write("boot-current", "BootCurrent", b"\1\0", attributes=6)
    write("con-in", "ConIn", mb.PCI_ROOT + mb.node(0x7f, 1) + mb.PCI_ROOT + mb.pci(1, 0) + mb.END)
    write("every-node", "ErrOut", every_node() + mb.END)
    write("lang", "PlatformLang", b"en\0")
    write("timeout", "Timeout", b"\3\0")
    write("os-indications", "OsIndications", struct.pack("<Q", 5))
    write("signature-support", "SignatureSupport", mb.guid(mb.SHA256) + mb.guid(mb.X509))
    write("key", "Key0000", struct.pack("<IIH", 0x40000000, 0x1234, 1) + struct.pack("<HH", 12, 0))
    write("certdb", "certdb", struct.pack("<I", 4 + 28 + 4 + 3) + mb.guid(VENDOR)
          + struct.pack("<III", 28 + 4 + 3, 2, 3) + "ab".encode("utf-16-le") + b"\1\2\3", CERTDB)
    write("mtc", "MTC", struct.pack("<I", 7), MTC)
    write("loader-info", "LoaderInfo", mb.utf16("example 1"), LOADER)
    write("vendor", "Setup", bytes(range(40)), VENDOR)
    mb.case(__file__, "unnamed", struct.pack("<I", 7) + b"value")
    write("fault-truncated", "SecureBoot", b"")
    mb.case(__file__, "fault-attributes-cut", b"\7\0", f"SecureBoot-{mb.GLOBAL}")
    write("fault-attributes", "SecureBoot", b"\1", attributes=0x1000006)
    write("fault-state", "SecureBoot", b"\2")
    write("fault-number-size", "Timeout", b"\3")
    write("fault-order-odd", "BootOrder", b"\1\0\0")
    write("fault-path-length", "ConIn", mb.node(1, 1, b"\0") + mb.END)
    write("fault-path-header", "ConIn", b"\1\1\3\0")
    write("fault-path-cut", "ConIn", mb.PCI_ROOT[:-1])
    write("fault-path-endless", "ConIn", mb.PCI_ROOT)
    write("fault-path-trailing", "ConIn", mb.PCI_ROOT + mb.END + b"more")
    write("fault-option-description", "Boot0000", struct.pack("<IH", 1, 4) + b"A\0B\0")
    write("fault-option-encoding", "Boot0000", struct.pack("<IH", 1, 4) + b"\0\xd8A\0\0\0" + mb.END)
    write("fault-option-paths", "Boot0000", mb.load_option("A", path)[:-4])
    write("fault-text", "PlatformLang", b"\xff\xfe")
    write("fault-utf16", "LoaderInfo", b"A\0B", LOADER)
    write("fault-guids", "SignatureSupport", mb.guid(mb.SHA256) + b"\1")
    write("fault-key", "Key0000", struct.pack("<IIH", 0x80000000, 0, 1) + b"\0\0\0\0")
    write("fault-certdb", "certdb", struct.pack("<I", 99) + mb.guid(VENDOR) + bytes(12), CERTDB)


if __name__ == "__main__":
    main()
