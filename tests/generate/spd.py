#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Inputs of the golden cases of spd: made-up modules, also used by tests/agreement/spd.py."""
import struct

import cases


def crc16(data):
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021) & 0xffff if crc & 0x8000 else crc << 1
    return crc


def put(data, at, *parts):
    for part in parts:
        part = bytes([part]) if isinstance(part, int) else part
        data[at:at + len(part)] = part
        at += len(part)


def close(data, start, at):
    put(data, at, struct.pack("<H", crc16(data[start:at])))


def ddr3(maker=b"\x80\xce", part=b"M393B1K70DH0-CK0", serial=b"\x12\x34\xab\xcd", module=1,
         density=4, organisation=0x08, bus=0x0b, cycle=10, divisor=8):
    data = bytearray(256)
    put(data, 0, 0x92, 0x12, 0x0b, module, density, 0x21, 0x00, organisation, bus, 0x11, 1,
        divisor, cycle)
    put(data, 14, 0xfe, 0x00, 0x69, 0x78, 0x69, 0x30, 0x69, 0x11, 0x18, 0x81, 0x20, 0x08, 0x3c, 0x3c)
    put(data, 60, 0x0f, 0x11, 0x65)
    put(data, 117, maker, 0x02, 0x13, 0x21, serial)
    put(data, 126, struct.pack("<H", crc16(data[:117])))
    put(data, 128, part.ljust(18), 0x04, 0x4b, b"\x80\xce")
    put(data, 150, b"maker data")
    return bytes(data)


def ddr4(maker=b"\x80\x2c", part=b"18ASF2G72PZ-2G6D1", serial=b"\xde\xad\x00\x01", module=1,
         density=0x85, organisation=0x08, bus=0x0b, cycle=6, fine=0, package=0):
    data = bytearray(512)
    put(data, 0, 0x23, 0x11, 0x0c, module, density, 0x21, package, 0x08, 0, 0, 0, 3, organisation,
        bus, 0x80)
    put(data, 18, cycle, 0x0d, 0xf8, 0x3f, 0, 0, 0x6e, 0x6e, 0x6e, 0x11, 0x00, 0x6e, 0x20, 0x08)
    put(data, 125, fine)
    put(data, 128, 0x11, 0x11, 0x23, 0x05)
    close(data, 0, 126)
    close(data, 128, 254)
    put(data, 320, maker, 0x0f, 0x18, 0x21, serial, part.ljust(20), 0x31, b"\x80\x2c", 0xff)
    put(data, 353, b"maker data")
    return bytes(data)


def ddr5(part=b"MTC20F2085S1RC48BA1", density=4, io_width=0x20, organisation=0x00, bus=0x2a):
    data = bytearray(1024)
    put(data, 0, 0x30, 0x10, 0x12, 0x01, density, 0x00, io_width, 0x62)
    put(data, 20, struct.pack("<HH", 416, 1010))
    put(data, 192, 0x10, 0x00, b"\x86\x32", 0x80, 0x21)
    put(data, 230, 0x11, 0x11, 0x04, 0x05, organisation, bus)
    close(data, 0, 510)
    put(data, 512, b"\x80\x2c", 0x0f, 0x22, 0x17, b"\x33\x44\x55\x66", part.ljust(30), 0x31,
        b"\x80\x2c", 0xff)
    put(data, 640, b"profile")
    return bytes(data)


def ddr2():
    data = bytearray(256)
    put(data, 0, 0x80, 0x08, 0x08, 0x0e, 0x0a, 0x60, 0x48, 0x00, 0x05, 0x30)
    put(data, 62, 0x12)
    put(data, 63, sum(data[:63]) & 0xff)
    put(data, 64, b"\x7f\x98\0\0\0\0\0\0", 0x04, b"KVR667D2D8P5/1G   ", 0x31, 0x20, 0x08, 0x15,
        b"\x01\x02\x03\x04")
    return bytes(data)


def spoil(data, *changes):
    data = bytearray(data)
    for at, value in changes:
        data[at] = value
    return bytes(data)


GOOD = {"minimal": ddr3(), "ddr3-udimm": ddr3(module=2, density=3, organisation=0x01, bus=3,
                                              part=b"KVR1333D3N9/2G", maker=b"\x01\x98", cycle=12),
        "ddr3-fifteenths": ddr3(cycle=20, divisor=15),
        "ddr4": ddr4(), "ddr4-3ds": ddr4(package=0xb2, cycle=5, organisation=0x00),
        "ddr4-2933": ddr4(cycle=6, fine=0xbc, density=0x86, organisation=0x09, bus=3, module=3),
        "ddr5": ddr5(), "ddr2": ddr2()}


def main():
    # Of eight ranks the peer says five.
    cases.write("spd", "ddr3-octal", ddr3(organisation=0x20))
    for case, data in GOOD.items():
        cases.write("spd", case, data, "i2c-0-50" if case == "minimal" else None)
    cases.write("spd", "kernel-name", ddr3(), "i2c-1-0051")
    cases.write("spd", "blank", bytes(256), "i2c-0-53.bin")
    cases.write("spd", "fault-blank-size", bytes(100))
    cases.write("spd", "no-date", spoil(ddr4(), (323, 0), (324, 0)))
    cases.write("spd", "fault-crc-base", spoil(ddr4(), (60, 1)))
    cases.write("spd", "fault-crc-module", spoil(ddr4(), (140, 1)))
    cases.write("spd", "fault-sum", spoil(ddr2(), (20, 1)))
    cases.write("spd", "fault-type", spoil(ddr3(), (2, 0x77)))
    cases.write("spd", "fault-date", spoil(ddr4(), (324, 0x1b)))
    cases.write("spd", "fault-density", ddr3(density=0x0f))
    cases.write("spd", "fault-width", ddr3(organisation=0x0f))
    old = spoil(ddr2(), (2, 4), (93, 0x99), (94, 0x51))
    cases.write("spd", "fault-wide-device", ddr4(organisation=0x02, bus=0))
    cases.write("spd", "old-date", spoil(old, (63, sum(old[:63]) & 0xff)))
    cases.write("spd", "fault-ranks", ddr3(organisation=0x28))
    cases.write("spd", "fault-bus", ddr4(bus=7))
    cases.write("spd", "fault-cycle", ddr3(cycle=0))
    cases.write("spd", "fault-time-base", spoil(ddr4(), (17, 1)))
    cases.write("spd", "fault-truncated", ddr4()[:256])


if __name__ == "__main__":
    main()
