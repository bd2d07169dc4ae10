#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the inputs of the golden cases of pci-config, lspci-text, option-rom, usb-descriptors.

usage: tests/generate/bus.py

All of them are made up here: vendor ffxx and so on exist nowhere. `want` is then written by
tests/golden.py --accept and read by a person.
"""
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "firmware"))
import parts  # noqa: E402

ROOT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "decode")


def write(decoder, case, data, label=None):
    folder = os.path.join(ROOT, decoder, case)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "in.bin"), "wb") as file:
        file.write(data)
    if label:
        with open(os.path.join(folder, "label"), "w", encoding="utf-8") as file:
            file.write(label + "\n")


def put(space, offset, data):
    space[offset:offset + len(data)] = data


def header(size, *, vendor=0x1a00, device=0x0101, status=0x0010, classes=0x020000, layout=0,
           pointer=0):
    space = bytearray(size)
    put(space, 0, struct.pack("<HHHH", vendor, device, 0x0406, status))
    put(space, 8, struct.pack("<I", classes << 8 | 0x02))
    space[0x0e] = layout
    space[0x34] = pointer
    return space


def chain(space, parts):
    """Standard capabilities [(offset, id, bytes after the header)], linked in this order."""
    space[0x34] = parts[0][0]
    for at, (offset, number, body) in enumerate(parts):
        following = parts[at + 1][0] if at + 1 < len(parts) else 0
        put(space, offset, bytes([number, following]) + body)


def extended(space, parts):
    """Extended capabilities [(offset, id, version, bytes after the header)]."""
    for at, (offset, number, version, body) in enumerate(parts):
        following = parts[at + 1][0] if at + 1 < len(parts) else 0
        put(space, offset, struct.pack("<I", number | version << 16 | following << 20) + body)


def words(*values):
    return struct.pack(f"<{len(values)}I", *values)


EXPRESS = struct.pack("<HIHHIHH", 0x0002, 0x10008fc1, 0x2810, 0x0009, 0x0041dc83, 0x0040, 0x1043)
PM = struct.pack("<HHBB", 0xc823, 0x0008, 0, 0)


def endpoint():
    space = header(4096)
    put(space, 0x10, words(0xf000000c, 0x00000021, 0x0000e001, 0xfeb00000))
    put(space, 0x2c, struct.pack("<HH", 0x1a00, 0x0042))
    put(space, 0x3c, bytes([11, 1, 0, 0]))
    chain(space, [
        (0x40, 0x01, PM),
        (0x48, 0x03, struct.pack("<HI", 0x8010, 0x12345678)),
        (0x50, 0x05, struct.pack("<HQHHII", 0x0187, 0xfee00000, 0x4021, 0, 1, 0)),
        (0x68, 0x09, bytes([8]) + b"board"),
        (0x70, 0x10, EXPRESS + bytes(16) + words(0x0000081f, 0x00000009, 0x0000000e, 3, 0, 0)),
        (0xac, 0x11, struct.pack("<HII", 0x8007, 0x00002003, 0x00003003)),
        (0xb8, 0x13, bytes([6, 3, 0, 0])),
    ])
    put(space, 0xe0, b"\x5a\xa5")
    return space


def minimal():
    write("pci-config", "minimal", bytes(header(64, status=0)), "0000:00:03.0")


def full_endpoint():
    space = endpoint()
    aer = words(0, 0x00100000, 0x00462030, 0x2000, 0x2000, 0xaa, 1, 2, 3, 4)
    sriov = words(0) + struct.pack("<HHHHHBBHHHH", 0, 0, 8, 8, 0, 0, 0, 0x80, 2, 0, 0x0102)
    sriov += words(0x553, 1, 0xf400000c, 0, 0xf500000c, 0, 0, 0, 0)
    extended(space, [
        (0x100, 0x01, 2, aer),
        (0x148, 0x03, 1, bytes.fromhex("563412feff001a02")),
        (0x154, 0x0e, 1, words(0x00000100)),
        (0x15c, 0x10, 1, sriov),
        (0x1a0, 0x17, 1, words(0x00030201, 0) + bytes(range(8))),
        (0x1b4, 0x15, 1, words(0x000ff0, 0x00000540, 0x000ff0, 0x00000502)),
        (0x1c8, 0x19, 1, words(0, 0) + bytes.fromhex("7777") * 8),
        (0x1e4, 0x18, 1, words(0x10031003)),
        (0x1ec, 0x0b, 1, words(0x01010001) + b"vendor's"),
        (0x1fc, 0x1b, 1, words(0x00001404)),
        (0x204, 0x0f, 1, words(0x00000020)),
        (0x20c, 0x13, 1, words(0, 32, 0)),
        (0x21c, 0x0d, 1, words(0x00000423, 9)),
        (0x228, 0x23, 1, words(0x03811e98) + struct.pack("<H", 0) + struct.pack("<HHHHHHH", 0x1e, 2, 0, 0, 0, 0, 0) + bytes(32)),
        (0x260, 0x2e, 1, words(1, 0, 0, 0, 0)),
        (0x278, 0x30, 1, words(0x00000103, 0) + words(1, 2) + words(1, 0, 0, 0, 0) + words(3, 4, 5)),
        (0x2b0, 0x16, 1, words(0x00000001, 0) + struct.pack("<HH", 0, 0) + bytes([9, 5])),
        (0x2c8, 0x25, 1, words(0x80000001, 0x80000001)),
        (0x2d4, 0x26, 1, words(0, 0, 0xf, 0, 0, 0, 0) + bytes(8)),
        (0x2fc, 0x27, 1, words(0x00010000) + bytes(32)),
        (0x324, 0x2a, 1, words(1, 0, 0, 0, 0, 0, 0) + bytes(8)),
        (0x34c, 0x04, 1, words(0, 0x00000864, 1)),
        (0x35c, 0x12, 1, words(0x00000003) + bytes(40)),
        (0x388, 0x7f, 1, words(0x01020304)),
    ])
    write("pci-config", "endpoint", bytes(space), "0000:01:00.0")


def full_root_port():
    space = header(4096, classes=0x060400, layout=0x81)
    put(space, 0x10, words(0xfebf1000))
    put(space, 0x18, bytes([0, 3, 4, 0, 0x61, 0x61]) + struct.pack("<HHHHH", 0x2000, 0xc000, 0xc010,
                                                                 0x4001, 0x5ff1))
    put(space, 0x28, words(0xe0, 0xe0, 0))
    put(space, 0x3c, struct.pack("<BBH", 10, 1, 3))
    port = struct.pack("<HIHHIHHIHHHHI", 0x0142, 0x8001, 0x000f, 0, 0x0373dc83, 0, 0x7011,
                       0x0018017b, 0x07c0, 0x0040, 1, 1, 0x00010000)
    chain(space, [
        (0x40, 0x0d, struct.pack("<HHH", 0, 0x1a00, 0x0043)),
        (0x50, 0x10, port + words(0x00300020, 0, 0x1e, 4, 0, 0)),
        (0x90, 0x14, bytes([2, 0]) + bytes([3, 4, 0, 0]) + words(0xc0000002, 0xd0000000, 0xffffc)
         + words(0x80010614, 0xe0000002, 0x00fffffe, 1, 0)),
        (0xc0, 0x15, struct.pack("<H", 0) + words(7, 0, 0, 0, 0, 0, 0, 0)),
    ])
    extended(space, [
        (0x100, 0x02, 1, words(0x00000001, 0x00000001) + struct.pack("<HH", 0, 0)
         + words(1, 0x800000ff, 0) + words(1, 0x01000000, 0)),
        (0x130, 0x05, 1, words(0x02010100, 0, 0) + words(0x00010001, 0, 0xfed19000, 0)),
        (0x150, 0x1d, 1, struct.pack("<HHHH", 0x00a8, 1, 0, 0) + bytes(40)),
        (0x184, 0x1e, 1, words(0x0028281f, 0, 0x28)),
        (0x194, 0x1f, 1, words(0x00000406, 3)),
        (0x1a0, 0x07, 2, words(0x00000003, 0x00ff0000)),
        (0x1ac, 0x21, 1, words(0x00004001, 0, 0)),
        (0x1bc, 0x2f, 1, words(1, 0, 0)),
        (0x1cc, 0x0a, 1, struct.pack("<HHII", 0x1a00, 1, 1, 0)),
        (0x1e0, 0x0b, 1, words(0x00810002)),
    ])
    write("pci-config", "root-port", bytes(space), "0001:00:1c.0")
    write("pci-config", "half-read", bytes(space[:256]), "0001:00:1c.0")


def conventional():
    space = header(256, classes=0x060400, layout=1)
    put(space, 0x18, bytes([0, 1, 1, 64]))
    chain(space, [
        (0x40, 0x07, struct.pack("<HIII", 0x0003, 0x00030008, 0x00100010, 0x00100010)),
        (0x50, 0x04, bytes([0x21, 3])),
        (0x54, 0x0c, bytes([4, 0]) + words(0x1f)),
        (0x5c, 0x08, struct.pack("<H", 0x0280) + struct.pack("<HHHHBBHBBHHHBBBB", 0x20, 0x1111, 0, 0, 0x60,
                                                           0, 0x7f, 0x13, 0, 0, 0, 0, 0, 0, 0, 0)),
        (0x78, 0x08, struct.pack("<H", 0xa801) + struct.pack("<Q", 0xfee00000)),
        (0x84, 0x08, struct.pack("<H", 0x2000) + bytes(20)),
        (0x9c, 0x08, struct.pack("<H", 0xc000)),
        (0xa0, 0x0f, struct.pack("<HQII", 0x000b, 0xfeb80001, 0, 0x40)),
        (0xb4, 0x06, bytes([0x10, 0])),
        (0xb8, 0x02, struct.pack("<BBII", 0x30, 0, 0x1f000217, 0)),
        (0xc4, 0x0a, struct.pack("<H", 0x20a0)),
        (0xc8, 0x12, struct.pack("<HI", 0x0010, 0x48)),
        (0xd0, 0x00, b""),
        (0xd4, 0x0b, b""),
        (0xd8, 0x16, b""),
    ])
    write("pci-config", "conventional", bytes(space), "00:01.0")
    space = header(256, vendor=0x1af4, device=0x1041)
    chain(space, [
        (0x40, 0x09, bytes([16, 1, 4, 0, 0, 0]) + words(0, 0x1000)),
        (0x50, 0x09, bytes([20, 2, 4, 0, 0, 0]) + words(0x3000, 0x1000, 4)),
        (0x64, 0x09, bytes([20, 5, 0, 0, 0, 0]) + words(0, 0, 0)),
        (0x78, 0x05, struct.pack("<HIH", 0x0002, 0, 0)),
        (0x84, 0x07, struct.pack("<HI", 0x0002, 0x01830000)),
    ])
    write("pci-config", "virtio", bytes(space), "00:04.0")
    space = header(256, classes=0x060700, layout=2, status=0x0210)
    put(space, 0x10, words(0xfe000000))
    space[0x14] = 0x80
    put(space, 0x18, bytes([0, 5, 8, 176]))
    put(space, 0x40, struct.pack("<HHI", 0x1a00, 0x0044, 1))
    put(space, 0x80, bytes([0x01, 0]) + PM)
    write("pci-config", "cardbus", bytes(space), "00:0a.0")


def config_faults():
    space = header(256)
    chain(space, [(0x40, 0x01, PM), (0x50, 0x05, struct.pack("<HIH", 0, 0, 0))])
    space[0x51] = 0x40
    write("pci-config", "fault-loop", bytes(space), "00:03.0")
    write("pci-config", "fault-reference", bytes(header(256, pointer=0x20)), "00:03.0")
    space = endpoint()
    put(space, 0x100, words(0x04010018))
    write("pci-config", "fault-extended-reference", bytes(space), "00:03.0")
    space = endpoint()
    put(space, 0x100, words(0x20010018))
    put(space, 0x200, words(0x1001000e))
    write("pci-config", "fault-extended-loop", bytes(space), "00:03.0")
    space = endpoint()
    extended(space, [(0x100, 0x10, 1, words(0)), (0x110, 0x0e, 1, words(0))])
    write("pci-config", "fault-room", bytes(space), "00:03.0")
    write("pci-config", "fault-unread", bytes(header(64, pointer=0x40)), "00:03.0")
    write("pci-config", "fault-length", bytes(header(100, status=0)), "00:03.0")
    write("pci-config", "fault-layout", bytes(header(256, layout=3)), "00:03.0")
    write("pci-config", "fault-absent", b"\xff" * 64, "00:03.0")
    space = header(256)
    chain(space, [(0x40, 0x09, bytes([2])), (0x48, 0x09, bytes([0x80])), (0xf8, 0xff, b"")])
    put(space, 0x10, words(0x00000006))
    put(space, 0x24, words(0x00000004))
    write("pci-config", "fault-values", bytes(space), "00:03.0")
    space = endpoint()
    extended(space, [(0x100, 0x0b, 1, words(0x00400001)), (0x110, 0x05, 1, words(0x00000300, 0, 0)),
                     (0x120, 0x30, 1, words(2, 0)), (0x200, 0xffff, 15, b"")])
    write("pci-config", "fault-extended-values", bytes(space), "00:03.0")


def dump(space, size):
    return "".join(f"{at:02x}: " + " ".join(f"{b:02x}" for b in space[at:at + 16]) + "\n"
                   for at in range(0, size, 16))


def bridge(secondary, subordinate):
    space = header(64, classes=0x060400, layout=1, status=0)
    put(space, 0x18, bytes([0, secondary, subordinate]))
    return space


def texts():
    device = header(64, status=0)
    functions = [("00:1c.0 PCI bridge: Made up", bridge(1, 2)),
                 ("0000:01:00.0 PCI bridge: Made up", bridge(2, 2)),
                 ("02:05.0 Ethernet controller: Made up", device),
                 ("0001:00:00.0 Ethernet controller: Made up", device),
                 ("7f:00.1 Ethernet controller: Made up", device)]
    text = "".join(f"{title}\n\tControl: I/O-\n{dump(space, 64)}\n" for title, space in functions)
    write("lspci-text", "topology", text.encode())
    text = ("00:00.0 Host bridge [0600]: Made [up] [1a00:0001] (rev 02)\n"
            "00:01.0 0604: 1a00:0002 (rev 11)\n00:02.0 0200: 1a00:0003\n00:03.0 Made up\n")
    write("lspci-text", "list", text.encode())
    text = ("00: 01 02\n" f"00:1c.0 Made up\n{dump(bridge(1, 1), 64)}\n"
            f"00:1d.0 Made up\n{dump(bridge(1, 2), 64)}\n01:00.0 Made up\n{dump(device, 64)}\n"
            f"03:00.0 Made up\n{dump(bridge(2, 9), 64)}\n03:00.0 Made up\n{dump(device, 64)}\n"
            f"04:00.0 Made up\n{dump(device, 48)}00: zz\n20: {' '.join(['00'] * 16)}\n")
    write("lspci-text", "faults", text.encode())
    write("lspci-text", "fault-nothing", b"no function\n")
    write("lspci-text", "fault-unterminated", b"00:02.0 0200: 1a00:0003")


def structure(blocks, code, last, revision=3):
    body = b"PCIR" + struct.pack("<HHHHB", 0x1a00, 0x0101, 0, 0x1c, revision) + bytes([0, 0, 2])
    return body + struct.pack("<HHBBHHH", blocks, 1, code, 0x80 if last else 0, blocks, 0, 0)


def legacy(blocks=2, last=True, code=0):
    image = bytearray(blocks * 512)
    put(image, 0, b"\x55\xaa" + bytes([blocks]) + b"\xeb\x40")
    put(image, 0x18, struct.pack("<H", 0x1c))
    put(image, 0x1c, structure(blocks, code, last))
    image[-1] = -sum(image) & 0xff
    return bytes(image)


def bare(blocks=2):
    """Without PCI data structure."""
    image = bytearray(blocks * 512)
    put(image, 0, b"\x55\xaa" + bytes([blocks]) + b"\xeb\x40")
    image[-1] = -sum(image) & 0xff
    return bytes(image)


def efi(signed, last=True, compression=0):
    image = bytearray(1024)
    put(image, 0, struct.pack("<HHIHHH", 0xaa55, 2, 0x0ef1, 11, 0x8664, compression))
    put(image, 0x16, struct.pack("<HH", 0x40, 0x1c))
    put(image, 0x1c, structure(2, 3, last))
    put(image, 0x40, b"MZ")
    put(image, 0x40 + 0x3c, words(0x40))
    put(image, 0x80, b"PE\0\0" + struct.pack("<H", 0x8664))
    put(image, 0x98, struct.pack("<H", 0x20b))
    put(image, 0x98 + 108, words(16) + bytes(32) + words(0x300, 0x80 if signed else 0))
    return bytes(image)


def efi_program(data, compression=0, blocks=None):
    """An EFI image with a program, as it is or packed."""
    data = parts.lz_stream(data, 4) if compression else data
    data = (bytes(0x40) + data).ljust((0x40 + len(data) + 511) // 512 * 512, b"\xff")
    image = bytearray(data)
    size = len(image) // 512
    put(image, 0, struct.pack("<HHIHHH", 0xaa55, blocks or size, 0x0ef1, 11, 0x8664, compression))
    put(image, 0x16, struct.pack("<HH", 0x40, 0x1c))
    put(image, 0x1c, structure(size, 3, True))
    return bytes(image)


def program(case):
    """A program of the golden cases of pe-image."""
    with open(os.path.join(ROOT, "pe-image", case, "in.bin"), "rb") as file:
        return file.read()


def roms():
    write("option-rom", "efi-program", efi_program(program("signed")), "0000:01:00.0")
    write("option-rom", "efi-compressed", efi_program(program("full"), 1))
    write("option-rom", "fault-efi-corrupt", efi_program(program("full"), 1)[:-512].replace(b"\x55\xaa\4", b"\x55\xaa\3"))
    write("option-rom", "fault-efi-blocks", efi_program(program("full"), blocks=99))
    write("option-rom", "minimal", legacy(), "0000:01:00.0")
    chained = (legacy(last=False) + legacy(last=False, code=1) + efi(True, last=False)
               + efi(False, last=False, compression=1) + efi(False))
    write("option-rom", "chain", chained + b"\xff" * 512)
    write("option-rom", "repeated", legacy() * 4)
    write("option-rom", "trailing", legacy() + b"hidden" * 100 + bytes(424))
    write("option-rom", "fault-ragged", legacy() + b"\xff" * 100)
    write("option-rom", "fault-checksum", legacy()[:-1] + b"\x5a")
    write("option-rom", "fault-unterminated", legacy(last=False))
    write("option-rom", "fault-truncated", legacy()[:600])
    write("option-rom", "fault-mark", legacy(last=False) + bytes(512))
    write("option-rom", "bare", bare() + b"\xff" * 512)
    write("option-rom", "fault-bare-device", bare(), "0000:01:00.0")
    write("option-rom", "fault-pointer", legacy()[:0x18] + b"\xff\x03" + legacy()[0x1a:])
    image = bytearray(legacy())
    put(image, 0x1c + 0x10, b"\0\0")
    write("option-rom", "fault-length", bytes(image))
    image = bytearray(legacy())
    image[2] = 9
    put(image, 0x1c + 10, b"\x02\0")
    write("option-rom", "fault-header-length", bytes(image))
    image = bytearray(efi(True))
    image[4] = 0
    put(image, 0x40, b"XX")
    write("option-rom", "fault-efi", bytes(image))
    image = bytearray(efi(True))
    put(image, 0x16, b"\xff\xff")
    write("option-rom", "fault-efi-offset", bytes(image))


def descriptor(kind, body):
    return bytes([len(body) + 2, kind]) + body


def usb_device(configurations=1):
    return descriptor(1, struct.pack("<HBBBBHHHBBBB", 0x0200, 0, 0, 0, 64, 0x1a00, 2, 0x0100, 1, 2, 3,
                                     configurations))


def usb_set(parts, interfaces, value=1, kind=2, length=None):
    total = 9 + len(parts) if length is None else length
    return descriptor(kind, struct.pack("<HBBBBB", total, interfaces, value, 0, 0xa0, 50)) + parts


def usb_interface(number, alternate, endpoints, classes):
    return descriptor(4, bytes([number, alternate, endpoints, *classes, 0]))


def usb_endpoint(address):
    return descriptor(5, struct.pack("<BBHB", address, 3, 8, 7))


HID = descriptor(0x21, struct.pack("<HBBBH", 0x0111, 0, 1, 0x22, 63))


def usb():
    keyboard = usb_interface(0, 0, 1, (3, 1, 1)) + HID + usb_endpoint(0x81)
    write("usb-descriptors", "minimal", usb_device() + usb_set(keyboard, 1), "1-1")
    parts = (descriptor(11, bytes([0, 2, 2, 2, 1, 0])) + usb_interface(0, 0, 1, (2, 2, 1))
             + descriptor(0x24, bytes([0, 0x10, 1])) + usb_endpoint(0x82)
             + descriptor(0x30, bytes([1, 0, 8, 0])) + usb_interface(1, 0, 0, (10, 0, 0))
             + usb_interface(1, 1, 1, (10, 0, 0)) + usb_endpoint(0x83)
             + usb_interface(2, 0, 0, (0xfe, 1, 1)) + descriptor(0x21, struct.pack("<BHHH", 9, 255, 4096, 0x110))
             + usb_interface(3, 0, 1, (1, 2, 0)) + descriptor(5, struct.pack("<BBHBBB", 5, 1, 64, 4, 0, 0))
             + descriptor(0x25, bytes([1, 0])) + usb_interface(4, 0, 0, (9, 0, 0))
             + descriptor(0x29, bytes([4, 9, 0, 50, 100, 0, 0xff])))
    store = (descriptor(16, bytes([2]) + words(6)) + descriptor(16, bytes([3, 0, 14, 0, 1, 10, 32, 0]))
             + descriptor(16, bytes([4, 0]) + bytes(range(16))) + descriptor(16, bytes([5, 0]) + bytes(16) + b"more")
             + descriptor(16, bytes([10, 1, 2])))
    data = usb_device(2) + usb_set(parts, 5) + usb_set(keyboard, 1, value=2)
    write("usb-descriptors", "full", data, "2-1.4")
    data = descriptor(15, struct.pack("<HB", 5 + len(store), 5)) + store
    write("usb-descriptors", "object-store", data, "2-1.4")
    broken = usb_endpoint(0x81) + usb_interface(0, 0, 2, (3, 1, 1)) + descriptor(0x21, struct.pack("<HBB", 0x111, 0, 3)) \
        + descriptor(4, bytes([1])) + usb_device()
    write("usb-descriptors", "faults", usb_device(3) + usb_set(broken, 7), "1-2")
    write("usb-descriptors", "fault-length", usb_device() + usb_set(bytes([1, 4, 0]), 0), "1-2")
    write("usb-descriptors", "fault-truncated", usb_device() + usb_set(keyboard, 1, length=200), "1-2")
    write("usb-descriptors", "fault-order", usb_device() + keyboard, "1-2")
    write("usb-descriptors", "fault-total", usb_device() + usb_set(keyboard, 1, length=3), "1-2")


def main():
    minimal()
    full_endpoint()
    full_root_port()
    conventional()
    config_faults()
    texts()
    roms()
    usb()


if __name__ == "__main__":
    main()
