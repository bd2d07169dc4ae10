# SPDX-License-Identifier: Apache-2.0
"""ACPI 6.5 tables, and the AML of a definition block with a few devices."""
import struct


def table(signature, revision, body):
    head = signature.encode() + struct.pack("<IBB", 36 + len(body), revision, 0)
    head += b"LNDQVS" + b"LS-2210 " + struct.pack("<I4sI", 0x20260314, b"LNDQ", 1)
    data = head + body
    return data[:9] + bytes([-sum(data) % 256]) + data[10:]


def address(space, width, access, where):
    return struct.pack("<BBBBQ", space, width, 0, access, where)


def fadt():
    body = struct.pack("<II", 0x6f2e1000, 0x6f2b0000) + bytes([0, 4]) + struct.pack("<HI", 9, 0xb2)
    body += bytes([0xf2, 0xf3, 0, 0])
    body += struct.pack("<8I", 0x500, 0, 0x504, 0, 0x550, 0x508, 0x580, 0)
    body += bytes([4, 2, 1, 4, 0x20, 0, 0x10, 0])
    body += struct.pack("<HHHHBBBBBHBI", 101, 1001, 0, 0, 1, 3, 0x0d, 0, 0x32, 0x0012, 0, 0x84a5)
    body += address(1, 8, 1, 0xcf9) + bytes([6]) + struct.pack("<HB", 0, 5)
    body += struct.pack("<QQ", 0, 0x6f2b0000)
    body += address(1, 32, 3, 0x500) + address(0, 0, 0, 0) + address(1, 16, 2, 0x504)
    body += address(0, 0, 0, 0) + address(1, 8, 1, 0x550) + address(1, 32, 3, 0x508)
    body += address(1, 0, 1, 0x580) + 3 * address(0, 0, 0, 0)
    return table("FACP", 6, body + bytes(8))


def madt():
    body = struct.pack("<II", 0xfee00000, 1)
    for i in range(4):
        body += bytes([0, 8, i, i * 2]) + struct.pack("<I", 1)
    body += bytes([1, 12, 8, 0]) + struct.pack("<II", 0xfec00000, 0)
    body += bytes([2, 10, 0, 0]) + struct.pack("<IH", 2, 0)
    body += bytes([2, 10, 0, 9]) + struct.pack("<IH", 9, 0x0d)
    return table("APIC", 4, body + bytes([4, 6, 0xff, 5, 0, 1]))


def mcfg():
    return table("MCFG", 1, bytes(8) + struct.pack("<QHBBI", 0x80000000, 0, 0, 255, 0))


def dmar():
    """One remapping unit for everything; interrupts too; firmware opts in to protection."""
    unit = struct.pack("<HHBBHQ", 0, 24, 1, 0, 0, 0xfed90000)
    unit += bytes([3, 8, 0, 0, 8, 0xf0, 0x1f, 0])
    return table("DMAR", 1, bytes([45, 5]) + bytes(10) + unit)


def tpm2():
    return table("TPM2", 4, struct.pack("<HHQI", 1, 0, 0xfed40040, 7) + bytes(12) +
                 struct.pack("<IQ", 0x10000, 0x6f1c0000))


def package(op, body):
    size = len(body) + 1
    if size > 63:
        size += 1
        return op + bytes([0x40 | size & 15, size >> 4]) + body
    return op + bytes([size]) + body


def named(name, value):
    return b"\x08" + name.encode() + value


def dword(value):
    return b"\x0c" + struct.pack("<I", value)


def device(name, *parts):
    return package(b"\x5b\x82", name.encode() + b"".join(parts))


def scope(name, *parts):
    return package(b"\x10", b"\\" + name.encode() + b"".join(parts))


def dsdt():
    host = device("PCI0", named("_HID", dword(0x080ad041)), named("_CID", dword(0x030ad041)),
                  named("_UID", b"\0"), device("LPC0", named("_ADR", dword(0x001f0000))),
                  device("SBUS", named("_ADR", dword(0x001f0004))))
    button = device("PWRB", named("_HID", dword(0x0c0cd041)))
    sleep = package(b"\x12", b"\x04" + b"\x0a\x05" + b"\0\0\0")
    return table("DSDT", 2, scope("_SB_", host, button) + named("_S5_", sleep))


def ssdt():
    method = package(b"\x14", b"_STA\0" + b"\xa4\x0a\x0f")
    return table("SSDT", 2, scope("_SB_", device("TPM0", named("_HID", b"\x0dMSFT0101\0"),
                                                 named("_UID", b"\0"), method)))


def tables():
    return {"FACP": fadt(), "APIC": madt(), "MCFG": mcfg(), "DMAR": dmar(), "TPM2": tpm2(),
            "DSDT": dsdt(), "SSDT1": ssdt()}
