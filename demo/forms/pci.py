# SPDX-License-Identifier: Apache-2.0
"""PCI configuration spaces, PCI Express Base 6.0, chapter 7, and an expansion ROM."""
import struct

ENDPOINT, ROOT_PORT, TO_PCI = 0, 4, 7
SUBSYSTEM = (0x17aa, 0x2210)


class Function:
    """A configuration space that is filled in step by step."""

    def __init__(self, ids, class_code, revision=1, size=4096, bridge=False):
        self.b = bytearray(size)
        self.last = None  # where the pointer of the last capability stands
        self.last_extended = None
        self.put("<HHHH", 0, ids[0], ids[1], 0x0406, 0x0010)
        self.put("<B", 8, revision)
        self.b[9:12] = class_code.to_bytes(3, "little")
        self.put("<BBB", 12, 0x10, 0, 1 if bridge else 0)
        if not bridge:
            self.put("<HH", 0x2c, *SUBSYSTEM)

    def put(self, form, at, *values):
        data = struct.pack(form, *values)
        self.b[at:at + len(data)] = data
        return self

    def many(self):
        """One of several functions of its device."""
        self.b[14] |= 0x80
        return self

    def pin(self, pin, line):
        return self.put("<BB", 0x3c, line, pin)

    def buses(self, primary, secondary, subordinate, base):
        """Of a bridge: bus numbers and a memory window of 2 MiB."""
        self.put("<BBB", 0x18, primary, secondary, subordinate)
        self.put("<BB", 0x1c, 0xf1, 0x01)
        self.put("<HH", 0x20, base >> 16, (base >> 16) + 0x10)
        return self.put("<HH", 0x24, 0xfff1, 0x0001)

    def capability(self, number, at, form, *values):
        if self.last is None:
            self.b[0x34] = at
        else:
            self.b[self.last] = at
        self.last = at + 1
        return self.put("<BB", at, number, 0).put(form, at + 2, *values)

    def extended(self, number, version, at, form, *values):
        if self.last_extended is not None:
            before, = struct.unpack_from("<I", self.b, self.last_extended)
            self.put("<I", self.last_extended, before | at << 20)
        self.last_extended = at
        return self.put("<I", at, number | version << 16).put(form, at + 4, *values)

    def power(self, at=0x40):
        return self.capability(1, at, "<HHBB", 0x0003, 0x0008, 0, 0)

    def msi(self, at, address):
        return self.capability(5, at, "<HIIH", 0x0081, address, 0, 0x4021)

    def msix(self, at, vectors, table):
        return self.capability(0x11, at, "<HII", 0x8000 | vectors - 1, table, table | 0x2000)

    def express(self, at, kind, slot=0):
        head = 2 | kind << 4 | (0x100 if slot else 0)
        self.capability(0x10, at, "<HIHHIHH", head, 0x8fe1, 0x2810, 0, 0x437c83 | slot << 24,
                        0x40, 0x1043)
        self.put("<IHH", at + 0x14, slot << 19 | 0x60 if slot else 0, 0, 0x0040 if slot else 0)
        return self.put("<IHHIHH", at + 0x24, 0x0000081f, 0, 0, 0x0000000e, 0x0003, 0)

    def errors(self, at=0x100):
        return self.extended(1, 2, at, "<10I", 0, 0, 0x462030, 0, 0x2000, 0xa0, 0, 0, 0, 0)

    def serial(self, at, mac):
        value = mac[:3] + b"\xff\xff" + mac[3:]
        return self.extended(3, 1, at, "<8s", value[::-1])

    def access_control(self, at):
        return self.extended(0x0d, 1, at, "<HH", 0x005f, 0x001d)


def root_port(device, slot, secondary, subordinate, base):
    port = Function((0x8086, 0xa190 + slot), 0x060400, 0xf1, bridge=True).many()
    port.buses(0, secondary, subordinate, base).pin(1 + slot % 4, 16)
    port.express(0x40, ROOT_PORT, slot).msi(0x80, 0xfee00000 + (slot << 12))
    port.capability(0x0d, 0x90, "<HHH", 0, *SUBSYSTEM).power(0xa0)
    return port.errors().access_control(0x140)


def functions(m):
    """By address. Where memory lies follows from what else is there: `m.shift` moves it all."""
    base = 0xdf000000 + m.shift
    out = {}
    out["00:00.0"] = Function((0x8086, 0x191f), 0x060000, 7, 256)
    out["00:00.0"].capability(9, 0xe0, "<BBQ", 0x10, 1, 0x0000000062017061)
    usb = Function((0x8086, 0xa12f), 0x0c0330, 0x31, 256)
    usb.put("<II", 0x10, base + 0x300000 | 4, 0).pin(1, 16)
    out["00:14.0"] = usb.power(0x70).msi(0x80, 0xfee00298)
    out["00:1c.0"] = root_port(0, 1, 1, 1, base)
    out["01:00.0"] = network(m, base)
    out["00:1c.1"] = root_port(1, 2, 2, 2, base + 0x200000)
    drive = Function((0x1b96, 0x2210), 0x010802).put("<II", 0x10, base + 0x200000 | 4, 0).pin(1, 17)
    drive.power().msi(0x50, 0xfee00318).express(0x70, ENDPOINT)
    out["02:00.0"] = drive.msix(0xb0, 33, 0x2000).errors()
    out["00:1c.4"] = root_port(4, 5, 3, 4, base + 0x400000)
    bridge = Function((0x1a03, 0x1150), 0x060400, 3, 256, bridge=True)
    bridge.buses(3, 4, 4, base + 0x400000).power(0x50).express(0x80, TO_PCI)
    out["03:00.0"] = bridge.capability(0x0d, 0xc0, "<HHH", 0, *SUBSYSTEM)
    graphics = Function((0x1a03, 0x2000), 0x030000, 0x30, 256)
    graphics.put("<III", 0x10, base + 0x400000, base + 0x480000, 0xe001).pin(1, 16).power()
    out["04:00.0"] = graphics.msi(0x50, 0xfee00338)
    out["00:1f.0"] = Function((0x8086, 0xa149), 0x060100, 0x31, 256).many()
    smbus = Function((0x8086, 0xa123), 0x0c0500, 0x31, 256).many().pin(1, 16)
    out["00:1f.4"] = smbus.put("<II", 0x10, base + 0x310000 | 4, 0).put("<I", 0x20, 0xf041)
    if m.altered:
        out["00:1c.5"] = root_port(5, 6, 5, 5, base + 0x600000)
        extra = Function((0x10ee, 0x7021), 0x058000).put("<I", 0x10, base + 0x600000).pin(1, 18)
        extra.put("<HH", 0x2c, 0x10ee, 0x0007)
        out["05:00.0"] = extra.power().msi(0x48, 0xfee00358).express(0x60, ENDPOINT).errors()
    return {f"0000:{name}": bytes(function.b) for name, function in out.items()}


def network(m, base):
    card = Function((0x8086, 0x1533), 0x020000, 3)
    card.put("<I", 0x10, base).put("<I", 0x1c, base + 0x80000).put("<I", 0x30, base + 0x90000)
    card.pin(1, 16).power().msi(0x50, 0xfee00278).msix(0x70, 5, 0x3).express(0xa0, ENDPOINT)
    return card.errors().serial(0x140, m.mac(0))


def rom(image):
    """One EFI image behind its headers, padded to blocks of 512 bytes."""
    start = 0x40
    size = (start + len(image) + 511) // 512
    head = b"\x55\xaa" + struct.pack("<HIHHH", size, 0x0ef1, 11, 0x8664, 0) + bytes(8)
    head += struct.pack("<HHH", start, 0x1c, 0)
    structure = b"PCIR" + struct.pack("<HHHHB", 0x8086, 0x1533, 0, 0x1c, 3) + b"\x00\x00\x02"
    structure += struct.pack("<HHBBHH", size, 1, 3, 0x80, size, 0)
    return (head + structure).ljust(start, b"\0") + image + bytes(size * 512 - start - len(image))
