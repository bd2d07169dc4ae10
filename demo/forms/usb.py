# SPDX-License-Identifier: Apache-2.0
"""USB descriptors as the kernel hands them out: USB 2.0 and 3.2, chapter 9; HID 1.11."""
import struct


def device(version, class_, protocol, packet, vendor, product, release, texts=(3, 2, 1)):
    return struct.pack("<BBHBBBBHHHBBBB", 18, 1, version, class_, 0, protocol, packet, vendor,
                       product, release, *texts, 1)


def configuration(interfaces, body, attributes, power):
    return struct.pack("<BBHBBBBB", 9, 2, 9 + len(body), interfaces, 1, 0, attributes, power) + body


def interface(number, endpoints, class_, subclass, protocol):
    return bytes([9, 4, number, 0, endpoints, class_, subclass, protocol, 0])


def endpoint(address, attributes, packet, interval):
    return struct.pack("<BBBBHB", 7, 5, address, attributes, packet, interval)


def hub2():
    body = interface(0, 1, 9, 0, 0) + endpoint(0x81, 3, 4, 12)
    return device(0x0200, 9, 1, 64, 0x1d6b, 2, 0x0601) + configuration(1, body, 0xe0, 0)


def hub3():
    body = interface(0, 1, 9, 0, 0) + endpoint(0x81, 3, 4, 12) + bytes([6, 0x30, 0, 0, 2, 0])
    return device(0x0300, 9, 3, 9, 0x1d6b, 3, 0x0601) + configuration(1, body, 0xe0, 0)


def keyboard():
    """The keyboard and mouse that the management controller emulates."""
    def hid(number, protocol, report):
        return interface(number, 1, 3, 1, protocol) + struct.pack(
            "<BBHBBBH", 9, 0x21, 0x0110, 0, 1, 0x22, report) + endpoint(0x81 + number, 3, 8, 1)
    body = hid(0, 1, 65) + hid(1, 2, 63)
    head = device(0x0110, 0, 0, 64, 0x0557, 0x2419, 0x0100, (1, 2, 0))
    return head + configuration(2, body, 0xe0, 0)


def devices():
    return {"usb1": hub2(), "usb2": hub3(), "1-4": keyboard()}
