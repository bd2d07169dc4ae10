# SPDX-License-Identifier: Apache-2.0
"""JEDEC Standard 21-C, annex L: the EEPROM of a DDR4 registered module."""
import struct


def crc16(data):
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xffff
    return crc


def ddr4(maker, serial, part, year, week):
    """16 GiB, one rank of 8 Gbit chips four bits wide, 2666 MT/s, with ECC."""
    b = bytearray(512)
    b[0:20] = bytes([0x23, 0x11, 0x0c, 0x01, 0x85, 0x21, 0x00, 0x08, 0x00, 0x60, 0x00, 0x03, 0x00,
                     0x0b, 0x80, 0x00, 0x00, 0x00, 0x06, 0x0d])
    b[20:41] = bytes([0xf8, 0x3f, 0x00, 0x00, 0x6e, 0x6e, 0x6e, 0x11, 0x00, 0x6e, 0xf0, 0x0a, 0x20,
                      0x08, 0x00, 0x05, 0x00, 0xa8, 0x1b, 0x28, 0x28])
    b[126:128] = struct.pack("<H", crc16(b[:126]))
    b[128:136] = bytes([0x11, 0x11, 0x00, 0x05, 0x00, 0x00, 0x00, 0x00])
    b[254:256] = struct.pack("<H", crc16(b[128:254]))
    b[320:322] = maker
    b[322:325] = bytes([1, year // 10 << 4 | year % 10, week // 10 << 4 | week % 10])
    b[325:329] = serial
    b[329:349] = part.encode().ljust(20)
    b[349] = 0
    b[350:353] = maker + b"\x41"
    return bytes(b)
