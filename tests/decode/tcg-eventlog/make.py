#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the inputs of the cases in this folder."""
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../generate"))
import measured_boot as mb  # noqa: E402

ALGORITHMS = {"sha1": (4, 20), "sha256": (11, 32), "sha384": (12, 48), "sha512": (13, 64)}


def record1(pcr, kind, digest, data):
    return struct.pack("<II", pcr, kind) + digest + struct.pack("<I", len(data)) + data


def spec_id(banks, table=None, vendor=b""):
    table = table if table is not None else [ALGORITHMS[b] for b in banks]
    data = b"Spec ID Event03\0" + struct.pack("<IBBBBI", 1, 0, 2, 106, 2, len(table))
    data += b"".join(struct.pack("<HH", *row) for row in table)
    data += bytes([len(vendor)]) + vendor
    return record1(0, 3, bytes(20), data)


def record2(pcr, kind, banks, data, measured=None, zero=False, count=None):
    measured = data if measured is None else measured
    out = struct.pack("<III", pcr, kind, len(banks) if count is None else count)
    for bank in banks:
        number, size = ALGORITHMS[bank]
        value = bytes(size) if zero else mb.digest(bank, measured)
        out += struct.pack("<H", number) + value
    return out + struct.pack("<I", len(data)) + data


def variable(owner, name, value):
    text = name.encode("utf-16-le")
    return mb.guid(owner) + struct.pack("<QQ", len(name), len(value)) + text + value


def image(path, length=0x4000):
    return struct.pack("<QQQQ", 0x1d592018, length, 0, len(path)) + path


def gpt(disk, partitions):
    head = b"EFI PART" + struct.pack("<IIIIQQQQ", 0x10000, 92, 0xabcd, 0, 1, 999, 34, 966)
    head += mb.guid(disk) + struct.pack("<QIII", 2, 128, 128, 0x1234)
    return head + struct.pack("<Q", len(partitions)) + b"".join(
        mb.guid("c12a7328-f81f-11d2-ba4b-00a0c93ec93b") + mb.guid(p)
        + struct.pack("<QQQ", 34, 99, 0) + "EFI".encode("utf-16-le").ljust(72, b"\0")
        for p in partitions)


def spdm(version=1, sub_type=0, state=0):
    path = mb.PCI_ROOT + mb.pci(3, 0) + mb.END
    context = struct.pack("<HHHHB", 0, 16, 0x8086, 0x1234, 2) + b"\0\0\2" \
        + struct.pack("<HH", 0x15d9, 0x0888)
    if version == 1:
        block = struct.pack("<BBH", 1, 1, 8) + b"measured"
        total = 28 + len(block) + 8 + len(path) + len(context)
        return b"SPDM Device Sec\0" + struct.pack("<HHII", 1, total, 2, 1) + block \
            + struct.pack("<Q", len(path)) + path + context
    sub = b"" if state else struct.pack("<HBBI", 0x12, 1, 0, 2) + b"measured"
    total = 44 + 8 + len(path) + len(sub) + len(context)
    return b"SPDM Device Sec2" + struct.pack("<HBBIIIIQ", 2, state, 0, total, 1, sub_type,
                                             len(sub), 77) \
        + struct.pack("<Q", len(path)) + path + sub + context


def nonce(description, data, tail=b""):
    text = description + b"\0"
    return b"NvIndexDynamic \0" + struct.pack("<H6xQ", 1, 77) + struct.pack("<H", len(text)) \
        + text + struct.pack("<H", len(data)) + data + tail


def nv_indices(banks):
    """What goes into indices of non-volatile memory, and devices that proved nothing."""
    chain = b"NvIndexInstance\0" + struct.pack("<H6x", 1) + spdm(2, sub_type=1)
    out = b"".join(record2(2, 0x800000e1, banks, spdm(2, state=state)) for state in (3, 4, 0xff))
    out += record2(0x01c40200, 3, banks, chain)
    out += record2(0x01c40201, 3, banks, nonce(b"SPDM GET_MEASUREMENTS", bytes(range(32))))
    out += record2(0x01c40201, 3, banks, nonce(b"SPDM MEASUREMENTS", bytes(range(32, 64))))
    return out + record2(0x01c40202, 3, banks, b"of a kind that is not known")


def all_types(banks):
    """One event of every type of which the data has a form."""
    def add(pcr, kind, data, measured=None, **more):
        return record2(pcr, kind, banks, data, measured, **more)

    path = mb.PCI_ROOT + mb.pci(0x1f, 2) + mb.hard_drive() + mb.file_path("\\EFI\\BOOT\\A.EFI") \
        + mb.END
    cert = mb.certificate("Example DB")
    boot = mb.load_option("Example", path)
    out = add(0, 3, b"StartupLocality\0\3", zero=True)
    out += add(0, 3, b"SP800-155 Event\0" + struct.pack("<I", 10876) + mb.guid(mb.OWNER), zero=True)
    out += add(0, 8, mb.utf16("1.2.3"))
    out += add(0, 1, b"POST CODE", b"code")
    out += add(0, 0x13, b"\4BIOS" + struct.pack("<QQ", 0xff000000, 0x10000), b"code")
    out += add(0, 7, b"Boot Guard Measured S-CRTM\0", b"acm")
    out += add(0, 0x80000008, struct.pack("<QQ", 0xff820000, 0xe0000), b"volume")
    out += add(0, 0x8000000a, b"\3DXE" + struct.pack("<QQ", 0xff900000, 0xc00000), b"volume")
    out += add(1, 9, b"Load microcode revision 0000000A", b"microcode")
    out += add(1, 0xa, b"\1\0\0\0")
    out += add(1, 0xb, b"devices")
    out += add(1, 0x80000009, struct.pack("<Q", 1) + mb.guid(mb.OWNER) + struct.pack("<Q", 0xf0000),
               b"table")
    out += add(1, 0x8000000b, b"\6SMBIOS" + struct.pack("<Q", 1) + mb.guid(mb.OWNER)
               + struct.pack("<Q", 0xf0000), b"table")
    out += add(1, 0x80000002, variable(mb.GLOBAL, "Boot0000", boot), boot)
    out += add(1, 0x8000000c, variable(mb.GLOBAL, "BootOrder", b"\0\0\1\0"))
    out += add(2, 0x80000004, image(mb.PCI_ROOT + mb.pci(2, 0) + mb.END), b"rom")
    out += add(2, 0x80000005, image(b""), b"rom")
    out += add(2, 0x800000e1, spdm(1))
    out += add(3, 0x800000e2, spdm(2))
    out += add(4, 5, b"entering ROM based setup")
    out += add(4, 0x80000007, b"Calling EFI Application from Boot Option")
    out += add(4, 0x80000003, image(path) + b"\0\0\0\0garb", b"image")
    out += add(4, 0xd, b"ipl text")
    out += add(5, 0x80000006, gpt(mb.OWNER, ["22222222-3333-4444-5555-666666666666"]))
    out += add(5, 0x8000000d, gpt("00000000-0000-0000-0000-000000000000", []))
    out += add(7, 0x80000001, variable(mb.GLOBAL, "SecureBoot", b"\1"))
    out += add(7, 0x80000001, variable(mb.GLOBAL, "AuditMode", b""))
    out += add(7, 0x80000001, variable(mb.SECURITY, "db",
                                       mb.siglist(mb.X509, [(mb.OWNER, cert)])))
    out += b"".join(add(pcr, 4, bytes(4)) for pcr in range(8))
    out += add(7, 0x800000e0, variable(mb.SECURITY, "db", mb.guid(mb.OWNER) + cert))
    out += add(7, 0x800000e0, variable(mb.SECURITY, "db", cert), b"something else")
    out += add(8, 0xd, b"grub_cmd: set default=0\0", b"set default=0")
    out += add(9, 0xd, b"/boot/vmlinuz\0", b"kernel")
    out += add(9, 6, struct.pack("<II", 0x8f3b22ec, 13) + b"Linux initrd\0", b"initrd")
    out += add(9, 6, struct.pack("<II", 0x8f3b22ed, 5) + b"quiet")
    out += add(14, 0xf, b"\1\2\3\4", b"code")
    out += add(14, 0x12, b"BOOT ATTEMPTS OMITTED")
    out += add(14, 0x77, bytes(range(48)))
    return out


def write(name, data):
    mb.case(__file__, name, data)


def main():
    two = ["sha1", "sha256"]
    one = ["sha256"]
    separators = b"".join(record2(pcr, 4, one, bytes(4)) for pcr in range(8))
    write("minimal", spec_id(one) + record2(0, 4, one, bytes(4)))
    write("full", spec_id(two, vendor=b"vendor") + all_types(two))
    write("sha1", record1(0, 8, mb.digest("sha1", b"1.0\0"), b"1.0\0")
          + record1(7, 0x80000001, mb.digest("sha1", variable(mb.GLOBAL, "SetupMode", b"\0")),
                    variable(mb.GLOBAL, "SetupMode", b"\0"))
          + record1(0, 4, mb.digest("sha1", bytes(4)), bytes(4)))
    write("hcrtm", spec_id(one) + record2(0, 0x80000010, one, b"HCRTM", b"firmware")
          + record2(0, 3, one, b"StartupLocality\0\4", zero=True) + separators)
    write("nv-index", spec_id(two) + nv_indices(two))
    write("fault-nv-digest", spec_id(one)
          + record2(0x01c40201, 3, one, nonce(b"SPDM CHALLENGE", bytes(32)), b"another nonce")
          + record2(0x01c40201, 3, one, nonce(b"SPDM CHALLENGE", bytes(32), b"more")))
    write("padding", spec_id(one) + separators + bytes(40))
    write("unknown-bank", spec_id(one, table=[(0x55, 4)])
          + struct.pack("<IIIH", 0, 4, 1, 0x55) + b"abcd" + struct.pack("<I", 4) + bytes(4))
    write("fault-truncated", spec_id(one) + separators[:-3])
    write("fault-bank-unlisted", spec_id(one) + record2(0, 4, two, bytes(4)))
    write("fault-digest-missing", spec_id(two) + record2(0, 4, two, bytes(4))
          + record2(1, 4, one, bytes(4)))
    write("fault-digest-count", spec_id(one) + record2(0, 4, one, bytes(4), count=0x1000000))
    write("fault-bank-twice", spec_id(one, table=[(11, 32), (11, 32)]) + separators)
    write("fault-bank-size", spec_id(one, table=[(11, 30)]))
    write("fault-bank-count", spec_id(one, table=[])
          + record1(0, 4, bytes(20), b""))
    write("fault-too-many-banks", spec_id(one, table=[(n, 8) for n in range(0x100, 0x120)]))
    write("fault-data-forged", spec_id(two)
          + record2(7, 0x80000001, two, variable(mb.GLOBAL, "SecureBoot", b"\1"),
                    variable(mb.GLOBAL, "SecureBoot", b"\0")))
    write("fault-no-action-digest", spec_id(one) + record2(0, 3, one, b"StartupLocality\0\0"))
    write("fault-locality", spec_id(one) + record2(0, 3, one, b"StartupLocality\0\7", zero=True))
    write("fault-pcr", spec_id(one) + record2(24, 4, one, bytes(4)))
    write("fault-variable-short", spec_id(one) + record2(7, 0x80000001, one, bytes(20)))
    bad = bytearray(variable(mb.GLOBAL, "PK", b"\0\0\0\0"))
    bad[16] = 0xff
    write("fault-variable-length", spec_id(one) + record2(7, 0x80000001, one, bytes(bad)))
    write("fault-variable-trailing", spec_id(one)
          + record2(7, 0x80000001, one, variable(mb.GLOBAL, "SetupMode", b"\0") + b"more"))
    write("fault-tables", spec_id(one) + record2(1, 0x80000009, one, struct.pack("<Q", 2)
                                                 + bytes(24), b"table"))
    write("fault-image-path", spec_id(one) + record2(2, 0x80000004, one, struct.pack(
        "<QQQQ", 1, 2, 3, 99) + mb.END, b"rom"))
    write("fault-image-node", spec_id(one) + record2(2, 0x80000004, one, image(
        mb.node(1, 1, b"\0")), b"rom"))
    write("fault-gpt", spec_id(one) + record2(5, 0x80000006, one,
                                              b"X" + gpt(mb.OWNER, [])[1:-8] + bytes([2] + [0] * 7)))
    write("fault-spdm", spec_id(one) + record2(2, 0x800000e1, one, b"none of that")
          + record2(2, 0x800000e1, one, spdm(1)[:-3]) + record2(3, 0x800000e2, one, spdm(2) + b"x"))
    write("fault-tag", spec_id(one) + record2(9, 6, one, struct.pack("<II", 1, 99) + b"\1\2"))


if __name__ == "__main__":
    main()
