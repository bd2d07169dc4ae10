#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Inputs of the golden cases of acpi-table and acpidump. Everything in them is made up."""
import struct

import cases


def u8(*values):
    return bytes(values)


def u16(value):
    return struct.pack("<H", value)


def u32(value):
    return struct.pack("<I", value)


def u64(value):
    return struct.pack("<Q", value)


def finish(data, at=9):
    data = bytearray(data)
    data[at] = 0
    data[at] = -sum(data) % 256
    return bytes(data)


def table(signature, body, revision=1, oem_table=b"EXAMPLE1"):
    header = signature + u32(36 + len(body)) + u8(revision, 0) + b"EXAMPL" + oem_table
    return finish(header + u32(0x20240101) + b"TEST" + u32(1) + body)


def gas(space, width, address):
    return u8(space, width, 0, 1) + u64(address)


def fadt():
    body = u32(0x7f001000) + u32(0x7f002000) + u8(0, 4) + u16(9) + u32(0xb2)
    body += u8(0xa0, 0xa1, 0, 0x80) + b"".join(u32(v) for v in (
        0x1800, 0, 0x1804, 0, 0x1850, 0x1808, 0x1860, 0)) + u8(4, 2, 1, 4, 0x20, 0, 0, 0x81)
    body += u16(0x65) + u16(0x39) + u16(0) + u16(0) + u8(1, 3, 0xd, 0, 0x32) + u16(0x13) + u8(0)
    body += u32(0x846a5) + gas(1, 8, 0xcf9) + u8(6) + u16(0) + u8(5)
    body += u64(0x7f001000) + u64(0x7f002000)
    body += b"".join(gas(1, 32, v) for v in (0x1800, 0, 0x1804, 0, 0x1850, 0x1808, 0x1860, 0))
    return body + gas(0, 0, 0) * 2 + b"HYPERVSR"


def madt():
    body = u32(0xfee00000) + u32(1)
    body += u8(0, 8, 1, 0) + u32(1) + u8(0, 8, 2, 2) + u32(0)
    body += u8(1, 12, 8, 0) + u32(0xfec00000) + u32(0)
    body += u8(2, 10, 0, 9) + u32(9) + u16(0xd) + u8(3, 8) + u16(5) + u32(4)
    body += u8(4, 6, 0xff) + u16(5) + u8(1) + u8(5, 12, 0, 0) + u64(0xfee00000)
    body += u8(6, 16, 1, 0) + u32(16) + u64(0xfec80000)
    body += u8(7, 22, 1, 2, 3, 0, 0, 0) + u32(1) + u32(7) + b"CPU07\0"
    body += u8(8, 16) + u16(0) + u8(1, 2, 3, 4) + u32(5) + u32(1)
    body += u8(9, 16, 0, 0) + u32(0x100) + u32(1) + u32(0x40)
    body += u8(10, 12) + u16(5) + u32(0xffffffff) + u8(1, 0, 0, 0)
    body += u8(11, 80, 0, 0) + b"\x11" * 76 + u8(12, 24, 0, 0) + b"\x22" * 20
    body += u8(13, 24, 0, 0) + u32(1) + u64(0x20000000) + u32(1) + u16(32) + u16(64)
    body += u8(14, 16) + u16(0) + u64(0x21000000) + u32(0x20000)
    body += u8(15, 20) + u16(0) + u32(1) + u64(0x22000000) + u32(0)
    body += u8(16, 16) + u16(0) + u32(0) + u64(0x7e000000)
    body += u8(17, 15, 1) + u32(1) + u32(2) + u32(1)
    body += u8(18, 23, 1) + u64(0x1fe01400) + u16(0x80) + b"\2\3" + b"\xff" * 8
    body += u8(19, 21, 1) + u64(0x1fb00080) + u16(0x100) + b"\1" * 8
    body += u8(20, 13, 1, 3, 0) + u64(1)
    body += u8(21, 19, 1) + u64(0x2ff00000) + u32(64) + u32(192)
    body += u8(22, 17, 1) + u64(0x10000000) + u16(0x400) + u16(0) + u16(64)
    body += u8(23, 14, 1) + u64(0x10002000) + u16(0x1000) + u8(19)
    body += u8(24, 36, 1, 0) + u32(1) + u64(0) + u32(0) + u32(0x1000000) + u64(0x28000000)
    body += u32(0x1000) + u8(25, 16, 1, 0) + u32(0) + u16(255) + u16(0) + u8(0, 1, 0, 24)
    body += u8(26, 36, 1, 0) + u32(0) + b"RSCV0002" + u16(0) + u16(96) + u32(0) + u64(0xd000000)
    body += u32(0x8000) + u8(27, 36, 1, 1) + b"RSCV0001" + u16(53) + u16(7) + u32(0)
    body += u32(0x4000000) + u64(0xc000000) + u32(0)
    return body + u8(0x80, 4, 0xab, 0xcd)


def scope(kind, enumeration, bus, *path):
    return u8(kind, 6 + len(path), 0, 0, enumeration, bus, *path)


def dmar(limit=0x7b7fffff):
    unit = scope(1, 0, 0, 2, 0) + scope(3, 8, 0xf0, 0x1f, 7)
    body = u8(38, 5) + bytes(10)
    body += u16(0) + u16(16 + len(unit)) + u8(1, 0) + u16(0) + u64(0xfed91000) + unit
    usb = scope(1, 0, 0, 0x14, 0)
    body += u16(1) + u16(24 + len(usb)) + u16(0) * 2 + u64(0x7b000000) + u64(limit) + usb
    port = scope(2, 0, 0, 1, 0, 3, 0)
    body += u16(2) + u16(8 + len(port)) + u8(1, 0) + u16(0) + port
    body += u16(3) + u16(20) + u32(0) + u64(0xfed91000) + u32(1)
    body += u16(4) + u16(20) + u8(0, 0, 0, 2) + b"\\_SB.PCI0.I2C\0"[:12]
    body += u16(5) + u16(8 + len(usb)) + u8(1, 0) + u16(0) + usb
    body += u16(6) + u16(8 + len(usb)) + u16(0) * 2 + usb
    return body + u16(99) + u16(6) + b"??"


def ivrs(entry=b""):
    entries = u8(3) + u16(8) + u8(0) + u8(4) + u16(0xfffe) + u8(0)
    entries += u8(66) + u16(0x0400) + u8(0, 0) + u16(0x00a4) + u8(0)
    entries += u8(70) + u16(0x0208) + u8(0xd7) + u32(0x80000000)
    entries += u8(72) + u16(0) + u8(0, 0x80) + u16(0x00a0) + u8(1)
    entries += u8(240) + u16(0x00a5) + u8(0) + b"AMDI0020" + bytes(8) + u8(2, 5) + b"\\_SB."
    entries += u8(1) + u16(0) + u8(1) + entry
    body = u32(0x00203043) + bytes(8)
    body += u8(0x10, 0xb0) + u16(24 + len(entries)) + u16(2) + u16(0x40) + u64(0xfeb80000)
    body += u16(0) + u16(0) + u32(0x80048f6e) + entries
    body += u8(0x11, 0xb0) + u16(40 + 4) + u16(2) + u16(0x40) + u64(0xfeb80000) + u16(0) * 2
    body += u32(0x2048f) + u64(0x246577efa2254afa) + u64(0x10) + u8(2) + u16(0x10) + u8(0)
    body += u8(0x21, 8) + u16(32) + u16(0x14) + u16(0) + bytes(8) + u64(0x7b000000) + u64(0x10000)
    return body + u8(0x55, 0) + u16(6) + b"xy"


def srat():
    body = u32(1) + bytes(8)
    body += u8(0, 16, 0, 2) + u32(1) + u8(0, 0, 0, 0) + u32(0)
    body += u8(1, 40) + u32(1) + u16(0) + u64(1 << 32) + u64(1 << 34) + u32(0) + u32(1) + u64(0)
    body += u8(2, 24) + u16(0) + u32(1) + u32(0x110) + u32(1) + u32(0) + u32(0)
    body += u8(3, 18) + u32(0) + u32(5) + u32(1) + u32(0) + u8(4, 12) + u32(0) + u16(0) + u32(3)
    body += u8(5, 32, 0, 1) + u32(2) + bytes(16) + u32(1) + u32(0)
    body += u8(6, 32, 0, 0) + u32(2) + b"ACPI0016\0\0\0\0\0\0\0\0" + u32(1) + u32(0)
    return body + u8(7, 20) + u16(0) + u32(0) + u32(9) + u32(1) + u32(0)


def hest(count=8):
    notify = u8(3, 28) + u16(0) + u32(1000) + u32(9) + bytes(16)
    common = u16(0) + u8(1, 1) + u32(1) + u32(1)
    aer = common + u32(0) + u16(1) + u16(0) + u16(7) + u16(0) + b"".join(map(u32, (1, 2, 3, 4)))
    body = u32(count)
    body += u16(0) + u16(0) + common + u64(0x1c09) + u64(~0 & (1 << 64) - 1) + u8(1) + bytes(7)
    body += u8(0, 1, 0, 0) + u32(0x400) + u64(1) + u32(0x401) + u32(0x402) + u32(0x403)
    body += u16(1) + u16(1) + common + notify + u8(0, 0, 0, 0)
    body += u16(2) + u16(2) + u32(0) + u32(1) + u32(1) + u32(0)
    body += u16(6) + u16(3) + aer + u32(7) + u16(7) + u16(4) + aer
    body += u16(8) + u16(5) + aer + b"".join(map(u32, (5, 6, 7)))
    generic = u16(0xffff) + u8(0, 1) + u32(1) + u32(1) + u32(0x1000)
    generic += gas(0, 64, 0x7b3cc018) + notify + u32(0x1000)
    body += u16(9) + u16(6) + generic
    return body + u16(10) + u16(7) + generic + gas(0, 64, 0x7b3cc020) + u64(2) + u64(1)


def instructions(flags=False):
    body = u32(0x30) + (u8(1, 0, 0, 0) if flags else u32(0)) + u32(2)
    body += u8(0, 3, 0, 0) + gas(0, 64, 0x7b3cb018) + u64(0) + u64(0xff)
    return body + u8(3, 4, 1, 0) + gas(1, 8, 0xb2) + u64(0x9d) + u64(0xff)


def spcr():
    body = u8(0, 0, 0, 0) + gas(1, 8, 0x3f8) + u8(3, 4) + u32(4) + u8(7, 0, 1, 3, 2, 0)
    body += u16(0xffff) * 2 + u8(0, 0, 0) + u32(0) + u8(0) + u32(0)
    name = b"\\_SB.UAR1\0"
    return body + u32(115200) + u16(len(name)) + u16(88) + name


def dbg2(offset=44, data=b"", beyond=0):
    name = b"\\_SB.UAR1\0"
    device = u8(1) + u16(22 + 12 + 4 + len(name) + len(data)) + u8(1) + u16(len(name)) + u16(38)
    device += u16(len(data)) + u16(38 + len(name) + beyond if data else 0)
    device += u16(0x8000) + u16(0x12) + u16(0) + u16(22) + u16(34) + gas(0, 32, 0xfe032000)
    return u32(offset) + u32(1) + device + u32(0x1000) + name + data


def package(*parts):
    data = b"".join(parts)
    size = len(data) + 1
    if size < 0x40:
        return u8(size) + data
    size += 1
    return u8(0x40 | size & 15, size >> 4) + data


def dsdt():
    device = b"\x5b\x82" + package(b"PCI0", b"\x08_HID\x0c\x41\xd0\x0a\x03")
    scope_sb = b"\x10" + package(b"\\_SB_", device, b"\x14" + package(b"FOO_", b"\0", b"\xa4\x01"))
    method = b"\x14" + package(b"MTHD", b"\x02", b"\xa4\x72\x68\x69\x00")
    aml = scope_sb + method
    aml += b"\x08ABCD\x12" + package(b"\x02", b"\x01", b"\x0a\x05")
    aml += b"\x08BUF0\x11" + package(b"\x0a\x04", b"\1\2\3\4")
    aml += b"\x8aBUF0\x00DW00" + b"\x8bBUF0\x00WO00" + b"\x8cBUF0\x00BY00" + b"\x8dBUF0\x00BI00"
    aml += b"\x8fBUF0\x00QW00" + b"\x5b\x13BUF0\x00\x0a\x05FLD0"
    aml += b"\x5b\x80GNVS\x00\x72\x0c\0\0\0\x7b\x0a\x10\x00\x0b\x00\x01"
    aml += b"\x5b\x81" + package(b"GNVS", b"\x00", b"AAAA\x08")
    aml += b"\x5b\x80MREG\x00MTHD\x01\x0a\x02\x0a\x20"
    aml += b"\x5b\x86" + package(b"AAAA", b"BBBB", b"\x01", b"CCCC\x08")
    aml += b"\x5b\x87" + package(b"GNVS", b"AAAA", b"\x01", b"\x01", b"DDDD\x08")
    aml += b"\x5b\x01MUTX\x00" + b"\x5b\x02EVNT" + b"\x06ABCDALIA"
    aml += b"\x5b\x83" + package(b"CPU0", b"\x01", u32(0x1810), b"\x06")
    aml += b"\x5b\x84" + package(b"PWRR", b"\x00", u16(0)) + b"\x5b\x85" + package(b"THRM")
    aml += b"\x5b\x88DTRG\x0dSSDT\x00\x0d\x00\x0d\x00" + b"\x15\x5cEXT0\x08\x01"
    aml += b"\xa0" + package(b"\x93\x68\x01", b"\x70\x01ABCD") + b"\xa1" + package(b"\xa3")
    aml += b"\x70MTHD\x01EXT0\x0a\x07BUF0" + b"MTHD\x01\x0d text\x00"
    aml += b"\x08STR0\x0dtext\x00" + b"\x08QUAD\x0e" + u64(1) + b"\x5b\x82" + package(b"^^\x2eAB_0C___")
    return aml + b"\x5b\x82" + package(b"\x2f\x03\x5f\x53\x42\x5fPCI0LPCB")


def wpbt(arguments):
    return u32(0x20000) + u64(0x7a000000) + u8(1, 1) + u16(len(arguments)) + arguments


def tpm2():
    return u16(0) * 2 + u64(0xfed40040) + u32(7) + bytes(12) + u32(0x10000) + u64(0x7a5b0000)


def rsdp(extended=True):
    first = finish(b"RSD PTR \0EXAMPL" + u8(2 if extended else 0) + u32(0x7a800000), 8)
    if not extended:
        return first
    return finish(first + u32(36) + u64(0x7a800100) + u8(0) + bytes(3), 32)


def facs():
    return b"FACS" + u32(64) + u32(0x1234) + u32(0) + u32(0) + u32(1) + u64(0) + u8(2) + bytes(31)


def spoil(data, at):
    data = bytearray(data)
    data[at] ^= 0x40
    return bytes(data)


def main():
    good = {
        "minimal": table(b"XYZW", b""),
        "unknown-body": table(b"XYZW", b"some bytes"),
        "rsdp-1": rsdp(False),
        "rsdp-2": rsdp(),
        "rsdt": table(b"RSDT", u32(0x7a801000) + u32(0x7a802000)),
        "xsdt": table(b"XSDT", u64(0x7a801000) + u64(0x7a802000)),
        "fadt": table(b"FACP", fadt(), 6),
        "fadt-revision-1": table(b"FACP", fadt()[:80], 1),
        "facs": facs(),
        "madt": table(b"APIC", madt(), 5),
        "mcfg": table(b"MCFG", bytes(8) + u64(0xe0000000) + u16(0) + u8(0, 255) + u32(0)),
        "srat": table(b"SRAT", srat(), 3),
        "slit": table(b"SLIT", u64(2) + u8(10, 21, 21, 10)),
        "hpet": table(b"HPET", u32(0x8086a701) + gas(0, 64, 0xfed00000) + u8(0) + u16(0x37ee) +
                      u8(0)),
        "dmar": table(b"DMAR", dmar()),
        "ivrs": table(b"IVRS", ivrs(), 2),
        "tpm2": table(b"TPM2", tpm2(), 4),
        "tcpa-client": table(b"TCPA", u16(0) + u32(0x10000) + u64(0x7a000000), 2),
        "tcpa-server": table(b"TCPA", u16(1) + u16(0) + u64(0x10000) + u64(0x7a000000), 2),
        "wpbt": table(b"WPBT", wpbt("/silent\0".encode("utf-16-le"))),
        "bgrt": table(b"BGRT", u16(1) + u8(1, 0) + u64(0x7a000000) + u32(100) + u32(200)),
        "spcr": table(b"SPCR", spcr(), 4),
        "dbg2": table(b"DBG2", dbg2(), 0),
        "dbg2-maker-data": table(b"DBG2", dbg2(data=b"\x01port"), 0),
        "waet": table(b"WAET", u32(2)),
        "wsmt": table(b"WSMT", u32(7)),
        "spmi": table(b"SPMI", u8(1, 1) + u16(0x200) + u8(0, 0, 0, 0) + u32(0) +
                      gas(1, 8, 0xca2) + u8(0, 0, 0, 0) + u8(0), 5),
        "fpdt": table(b"FPDT", u16(0) + u8(16, 1) + u32(0) + u64(0x7a000000) + u16(1) +
                      u8(16, 1) + u32(0) + u64(0x7a000100)),
        "uefi": table(b"UEFI", bytes(range(16)) + u16(54) + u64(0x7a000000)),
        "bert": table(b"BERT", u32(0x1000) + u64(0x7a000000)),
        "hest": table(b"HEST", hest()),
        "erst": table(b"ERST", instructions()),
        "einj": table(b"EINJ", instructions(True)),
        "msdm": table(b"MSDM", u32(1) + u32(0) + u32(1) + u32(0) + u32(29) +
                      b"AAAAA-BBBBB-CCCCC-DDDDD-EEEEE", 3),
        "dsdt": table(b"DSDT", dsdt(), 2),
        "ssdt": table(b"SSDT", b"\x14" + package(b"\\_GPE\x2e"[:5], b"\x00"), 2, b"CpuPm\0\0\0"),
    }
    bad = {
        "fault-checksum": spoil(table(b"WAET", u32(2)), 36),
        "fault-rsdp-checksum": spoil(rsdp(False), 10),
        "fault-rsdp-extended-checksum": spoil(rsdp(), 25),
        "fault-length": finish(b"WAET" + u32(12) + bytes(40)),
        "fault-truncated": table(b"WAET", u32(2))[:38],
        "fault-short-body": table(b"TPM2", tpm2()[:6]),
        "fault-trailing": table(b"WAET", u32(2)) + b"more",
        "fault-root-length": table(b"XSDT", u64(0x7a801000) + b"xyz"),
        "fault-mcfg-length": table(b"MCFG", bytes(8) + b"abc"),
        "fault-entry-length": table(b"APIC", u32(0xfee00000) + u32(1) + u8(0, 1, 1, 1)),
        "fault-entry-short": table(b"APIC", u32(0xfee00000) + u32(1) + u8(0, 6, 1, 1, 1, 0)),
        "fault-slit-count": table(b"SLIT", u64(3) + u8(10, 21, 21, 10)),
        "fault-slit-value": table(b"SLIT", u64(2) + u8(10, 9, 21, 10)),
        "fault-dmar-region": table(b"DMAR", dmar(0x1000)),
        "fault-dmar-scope": table(b"DMAR", u8(38, 1) + bytes(10) + u16(0) + u16(24) + u8(1, 0) +
                                  u16(0) + u64(0xfed91000) + u8(1, 30, 0, 0, 0, 0, 2, 0)),
        "fault-ivrs-entry": table(b"IVRS", ivrs(u8(0xc5, 0, 0, 0)), 2),
        "fault-ivrs-length": table(b"IVRS", u32(0) + bytes(8) + u8(0x10, 0) + u16(2), 2),
        "fault-wpbt-encoding": table(b"WPBT", wpbt(b"\0\xdcA\0")),
        "fault-dbg2-offset": table(b"DBG2", dbg2(9)),
        "fault-dbg2-name": table(b"DBG2", spoil(dbg2(), 15)),
        "fault-dbg2-data": table(b"DBG2", dbg2(data=b"\x01port", beyond=1)),
        "fault-dbg2-length": table(b"DBG2", u32(44) + u32(1) + u8(0) + u16(21) + bytes(19)),
        "fault-dbg2-register": table(b"DBG2", spoil(dbg2(), 8 + 18)),
        "fault-hest-count": table(b"HEST", hest(3)),
        "fault-hest-type": table(b"HEST", u32(1) + u16(77) + u16(0)),
        "fault-erst-count": table(b"ERST", spoil(instructions(), 8)),
        "fault-aml-opcode": table(b"DSDT", dsdt() + b"\x5b\xff", 2),
        "fault-aml-package": table(b"SSDT", b"\x10" + package(b"\\_SB_", b"\x5b\x82\x3fPCI0") +
                                   b"\x08AFTR\x00", 2),
        "fault-aml-name": table(b"SSDT", b"\x08ab\x00\x00\x00"),
    }
    for case, data in {**good, **bad}.items():
        cases.write("acpi-table", case, data)
    dump_cases()


def dump(name, data):
    lines = [f"{name} @ 0x000000007A801000"]
    for start in range(0, len(data), 16):
        row = data[start:start + 16]
        shown = "".join(chr(c) if 32 <= c < 127 else "." for c in row)
        lines.append(f"    {start:04X}: {row.hex(' ').upper():<47}  {shown}")
    return "\n".join(lines) + "\n\n"


def dump_cases():
    waet, wsmt = table(b"WAET", u32(2)), table(b"WSMT", u32(7))
    text = dump("WAET", waet) + dump("WSMT", wsmt)
    cases.write("acpidump", "text", text.encode(), text=True)
    cases.write("acpidump", "joined", waet + wsmt)
    cases.write("acpidump", "minimal", waet)
    cases.write("acpidump", "fault-missing", b"WAET @ 0x0000000000000000\n\n", text=True)
    cases.write("acpidump", "fault-encoding", (text + "WAET: what\n").encode(), text=True)
    cases.write("acpidump", "fault-length", waet + wsmt[:20])


if __name__ == "__main__":
    main()
