#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes flash images for tests: descriptor, network and management regions, variables, volumes.

usage: tests/firmware/compose.py OUTPUT [MIB]

UEFI PI 1.8 volume 3 (volumes, files, sections), UEFI 2.10 (PE, variables). Modules are made-up PE
files whose code is a text: nothing here can run. The same arguments give the same bytes.
"""
import copy
import hashlib
import lzma
import os
import struct
import sys
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "demo"))
from forms import der, efi  # noqa: E402  pylint: disable=wrong-import-position

guid = efi.guid
K = 1024
M = 1024 * K

LZMA = "ee4e5898-3914-4259-9d6e-dc7bd79403cf"
CRC32 = "fc1bcdb0-7d31-49aa-936a-a4600d9dd083"
FFS2 = efi.FFS2
NV_DATA = "fff12b8d-7696-4c8b-a985-2747075b4f50"
VARIABLES = "aaf32c78-947b-439a-a180-2e144ec37792"
WORKING = "9e58292b-7c68-497d-a0ce-6500fd9f1b95"
TOP_FILE = "1ba0062e-c779-4582-8566-336ae8f78f09"
PAD = "ffffffff-ffff-ffff-ffff-ffffffffffff"

RAW, FREEFORM, SEC, PEI_CORE, DXE_CORE, PEIM, DRIVER = 1, 2, 3, 4, 5, 6, 7
VOLUME_IMAGE = 0x0b
COMPRESSION, GUIDED, PE32, TE, DXE_DEPEX, VERSION, UI, FV, S_RAW, PEI_DEPEX = (
    1, 2, 0x10, 0x12, 0x13, 0x14, 0x15, 0x17, 0x19, 0x1b)


def name_guid(word):
    """A GUID that follows from a word."""
    return "-".join(
        hashlib.sha256(word.encode()).hexdigest()[a:b] for a, b in
        ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32)))


def marker(word, size):
    """Text that says what it is, as long as it is wanted: compressible, and never code."""
    out = []
    have = 0
    while have < size:
        line = f"marker {word} {hashlib.sha256(f'{word}{have}'.encode()).hexdigest()[:24]}\n"
        out.append(line)
        have += len(line)
    return "".join(out).encode()[:size]


def align(data, to, fill=b"\0"):
    return data + fill * (-len(data) % to)


def pe(word, size=4 * K, machine=0x8664):
    """PE32+ (PE/COFF 11.0): one section of "code" and one of data, both of them text."""
    text = align(marker(word, size), 0x200)
    data = align(marker(word + " data", size // 4), 0x200)
    head = 0x400
    dos = b"MZ" + bytes(58) + struct.pack("<I", 0x80)
    coff = struct.pack("<4sHHIIIHH", b"PE\0\0", machine, 2, 0, 0, 0, 240, 0x2022)
    optional = struct.pack("<HBBIIIIIQIIHHHHHHIIIIHHQQQQII", 0x20b, 14, 0, len(text), len(data), 0,
                           0x1000, 0x1000, 0, 0x1000, 0x200, 0, 0, 0, 0, 0, 0, 0,
                           0x1000 + (len(text) + len(data) + 0x2000 & ~0xfff), head, 0, 11, 0,
                           0, 0, 0, 0, 0, 16)
    optional += bytes(128)
    first = 0x1000
    second = first + (len(text) + 0xfff & ~0xfff)
    sections = (struct.pack("<8sIIIIIIHHI", b".text", len(text), first, len(text), head, 0, 0, 0,
                            0, 0x60000020) +
                struct.pack("<8sIIIIIIHHI", b".data", len(data), second, len(data),
                            head + len(text), 0, 0, 0, 0, 0xc0000040))
    size_of_image = second + (len(data) + 0xfff & ~0xfff)
    optional = optional[:56] + struct.pack("<I", size_of_image) + optional[60:]
    return align(dos.ljust(0x80, b"\0") + coff + optional + sections, head) + text + data


def te(image):
    """The terse form of a PE file (UEFI PI 1.8, volume 1): its headers stripped."""
    machine, sections = struct.unpack_from("<HH", image, 0x84)
    entry, base = struct.unpack_from("<II", image, 0x98 + 16)
    stripped = 0x98 + 240
    head = struct.pack("<2sHBBHIIQIIII", b"VZ", machine, sections, 11, stripped, entry, base, 0,
                       0, 0, 0, 0)
    return head + image[stripped:]


def section(kind, data):
    body = (4 + len(data)).to_bytes(3, "little") + bytes([kind]) + data
    return body


def join_sections(sections):
    out = b""
    for one in sections:
        out = align(out, 4) + one
    return out


def guided(name, body, attributes=1, head=b""):
    data = 4 + 16 + 4 + len(head)
    return section(GUIDED, guid(name) + struct.pack("<HH", data, attributes) + head + body)


def pack_lzma(data, preset=6):
    packed = lzma.compress(data, format=lzma.FORMAT_ALONE,
                           filters=[{"id": lzma.FILTER_LZMA1, "preset": preset}])
    return packed[:5] + struct.pack("<Q", len(data)) + packed[13:]


def compressed(sections, preset=6):
    return guided(LZMA, pack_lzma(join_sections(sections), preset))


def crc_section(sections):
    body = join_sections(sections)
    return guided(CRC32, body, 2, struct.pack("<I", zlib.crc32(body)))


class File:
    """A file of the firmware file system."""

    def __init__(self, name, kind, sections, raw=None, checksum=False):
        self.guid = name if "-" in name else name_guid(name)
        self.name = name
        self.kind = kind
        self.sections = sections
        self.raw = raw
        self.checksum = checksum

    def body(self):
        return self.raw if self.raw is not None else join_sections(self.sections)

    def build(self):
        body = self.body()
        head = bytearray(guid(self.guid) + bytes([0, 0, self.kind, 0x40 if self.checksum else 0]))
        head += (24 + len(body)).to_bytes(3, "little") + b"\0"
        head[16] = efi.checksum8(head)
        head[17] = efi.checksum8(body) if self.checksum else 0xaa
        head[23] = 0xf8
        return bytes(head) + body


def ui(text):
    return section(UI, efi.utf16(text))


def version(text):
    return section(VERSION, struct.pack("<H", 1) + efi.utf16(text))


def depex(*names):
    """All of the named protocols, or simply true."""
    code = b"".join(b"\x02" + guid(n) for n in names) or b"\x06"
    code += b"\x03" * max(0, len(names) - 1) + b"\x08"
    return code


def driver(word, size=4 * K, needs=("arch protocol",), text=None):
    code = depex(*(name_guid(n) for n in needs))
    return File(word, DRIVER, [section(DXE_DEPEX, code), section(PE32, pe(text or word, size)),
                               ui(word), version("1.0")])


def peim(word, size=2 * K, terse=True, checksum=False):
    image = pe(word, size)
    body = section(TE, te(image)) if terse else section(PE32, image)
    return File(word, PEIM, [section(PEI_DEPEX, depex(name_guid("ppi"))), body, ui(word)],
                checksum=checksum)


class Volume:
    """A firmware volume. `places` of a build: offset and length of each file by GUID."""

    def __init__(self, name, size, files, top=None, system=FFS2):
        self.guid = name if "-" in name else name_guid(name)
        self.name = name
        self.size = size
        self.files = files
        self.top = top  # a file that ends where the volume ends
        self.system = system
        self.places = {}

    def head(self):
        head = bytearray(bytes(16) + guid(self.system) + struct.pack("<Q", self.size) + b"_FVH" +
                         struct.pack("<IHHHBB", 0x0004feff, 72, 0, 72 + 24, 0, 2) +
                         struct.pack("<IIII", self.size // 4096, 4096, 0, 0))
        head[50:52] = struct.pack("<H", -sum(struct.unpack("<36H", head)) & 0xffff)
        return bytes(head)

    def build(self):
        extended = File(PAD, 0xf0, None, raw=guid(self.guid) + struct.pack("<I", 20))
        out = self.head() + extended.build()
        self.places = {}
        for one in self.files:
            out = align(out, 8, b"\xff")
            data = one.build()
            self.places.setdefault(one.name, (len(out), len(data)))
            out += data
        self.places["free"] = (len(align(out, 8, b"\xff")), 0)
        if self.top is not None:
            data = self.top.build()
            free = self.size - len(data) - len(align(out, 8))
            if free % 8 or free < 24:
                raise ValueError("the last file does not end the volume")
            # A pad file fills what lies between, as the specification asks.
            pad = File(PAD, 0xf0, None, raw=b"\xff" * (free - 24))
            out = align(out, 8, b"\xff") + pad.build()
            self.places[self.top.name] = (len(out), len(data))
            out += data
        if len(out) > self.size:
            raise ValueError(f"{self.name}: {len(out)} bytes do not fit into {self.size}")
        self.places["free"] = (self.places["free"][0], self.size - self.places["free"][0])
        return out.ljust(self.size, b"\xff")


class Variable:
    """A variable of the authenticated store of EDK II."""

    def __init__(self, vendor, name, data, attributes=7, time=bytes(16), state=0x3f):
        self.vendor = vendor
        self.name = name
        self.data = data
        self.attributes = attributes
        self.time = time
        self.state = state

    def build(self):
        name = efi.utf16(self.name)
        head = struct.pack("<HBBIQ16sIII16s", 0x55aa, self.state, 0, self.attributes, 0,
                           self.time, 0, len(name), len(self.data), guid(self.vendor))
        return align(head + name + self.data, 4, b"\xff")


KEY_TIME = struct.pack("<HBBBBBBIhBB", 2024, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0)
_certificates = {}


def certificate(common):
    if common not in _certificates:
        _certificates[common] = der.Certificate(common).der
    return _certificates[common]


def key_list(common):
    return efi.signature_list(efi.X509, [certificate(common)])


def digest_list(*words):
    return efi.signature_list(efi.SHA256, [hashlib.sha256(w.encode()).digest() for w in words])


VENDOR = name_guid("settings")
MTC = "eb704011-1402-11d3-8e77-00a0c969723b"
SEED = "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"


def variables():
    boot = efi.load_option("Disk", efi.path(efi.node(2, 1, struct.pack("<II", 0x0a0341d0, 0)),
                                            efi.node(1, 1, bytes([0, 31]))))
    return [
        Variable(efi.GLOBAL, "PK", key_list("Platform Key"), 0x27, KEY_TIME),
        Variable(efi.GLOBAL, "KEK", key_list("Exchange Key"), 0x27, KEY_TIME),
        Variable(efi.SECURITY, "db", key_list("Boot Signer"), 0x27, KEY_TIME),
        Variable(efi.SECURITY, "dbx", digest_list("old one", "old two"), 0x27, KEY_TIME),
        Variable(efi.GLOBAL, "Boot0001", boot),
        Variable(efi.GLOBAL, "BootOrder", struct.pack("<H", 1)),
        Variable(efi.GLOBAL, "Timeout", struct.pack("<H", 5)),
        Variable(VENDOR, "Setup", marker("settings", 200), 3),
        Variable(MTC, "MTC", struct.pack("<I", 17), 7),
        Variable(SEED, "LoaderSystemToken", hashlib.sha256(b"machine one").digest(), 7),
    ]


def variable_volume(rows, size=256 * K):
    """Store, working block and spare block (UEFI PI variables of EDK II)."""
    third = size // 2 - 4 * K
    head = bytearray(bytes(16) + guid(NV_DATA) + struct.pack("<Q", size) + b"_FVH" +
                     struct.pack("<IHHHBB", 0x0004feff, 72, 0, 0, 0, 2) +
                     struct.pack("<IIII", size // 4096, 4096, 0, 0))
    head[50:52] = struct.pack("<H", -sum(struct.unpack("<36H", head)) & 0xffff)
    store = guid(VARIABLES) + struct.pack("<IBBHI", third - len(head), 0x5a, 0xfe, 0, 0)
    store += b"".join(v.build() for v in rows)
    used = len(head) + len(store)
    working = guid(WORKING) + b"\xff\xff\xff\xff\xff\xff\xff\xff" + struct.pack("<Q", 4 * K - 32)
    crc = zlib.crc32(working[:16] + b"\xff" * 8 + working[24:])
    working = working[:16] + struct.pack("<I", crc) + b"\xfe\xff\xff\xff" + working[24:]
    out = (bytes(head) + store).ljust(third, b"\xff") + working.ljust(4 * K, b"\xff")
    return out.ljust(size, b"\xff"), used


def microcode(word, revision, size=2048, signature=0x50654, flags=1):
    """A made-up update with a good checksum (Intel SDM volume 3, 9.11)."""
    data = marker(word, size - 48)
    head = struct.pack("<IIIIIIIII12x", 1, revision, 0x01152024, signature, 0, 1, flags, size - 48,
                       size)
    total = sum(struct.unpack(f"<{size // 4}I", head + data)) & 0xffffffff
    return head[:16] + struct.pack("<I", -total & 0xffffffff) + head[20:] + data


def fit(rows):
    """Firmware interface table: address, size in 16 bytes, type (Intel FIT BIOS specification)."""
    out = struct.pack("<8sI", b"_FIT_   ", len(rows) + 1) + struct.pack("<HBB", 0x100, 0x80, 0)
    for address, size, kind in rows:
        out += struct.pack("<QIHBB", address, size, 0x100, kind, 0)
    return out[:15] + bytes([efi.checksum8(out)]) + out[16:]


def descriptor(regions, size):
    """Intel flash descriptor, version 2: regions by number as (offset, length)."""
    out = bytearray(b"\xff" * 4096)
    density = {8 * M: 4, 16 * M: 5, 32 * M: 6}[size]
    struct.pack_into("<IIII", out, 0x10, 0x0ff0a55a, 0x00040003, 0x12100208, 0x00210030)
    struct.pack_into("<III", out, 0x30, density | 0x00240000 | 0xf0, 0, 0)
    for number in range(16):
        offset, length = regions.get(number, (None, None))
        value = 0x00007fff if offset is None else (offset + length - 1 >> 12) << 16 | offset >> 12
        struct.pack_into("<I", out, 0x40 + 4 * number, value)
    struct.pack_into("<IIIII", out, 0x80, 0x00a00f00, 0x00400d00, 0x00800900, 0xffffffff, 0xffffffff)
    struct.pack_into("<16I", out, 0x100, *(0x01020304 * n & 0xffffffff for n in range(16)))
    struct.pack_into("<I", out, 0xefc, 0x000000df)  # no table of flash parts
    return bytes(out)


def gbe(mac):
    """8 KiB of a network controller's memory: two equal banks, their words sum to 0xbaba."""
    bank = bytearray(b"\xff" * 4096)
    words = [0] * 64
    words[0:3] = struct.unpack("<3H", mac)
    words[3:16] = [0x0800, 0xffff, 0x0070, 0, 0, 0x026a, 0x0000, 0x8086, 0x15b7, 0x8086, 0, 0,
                   0x1234]
    words[0x13] = 0x8000  # this bank counts
    words[63] = 0xbaba - sum(words[:63]) & 0xffff
    bank[:128] = struct.pack("<64H", *words)
    return bytes(bank) * 2


def management(size):
    """A management engine's partition table and one partition with a manifest."""
    code = marker("management engine", 64 * K)
    manifest = struct.pack("<IIIIIIII4sI", 4, 161, 0x10000, 0, 0x8086, 0x20240115,
                           161 + len(code) // 4, 0, b"$MN2", 0) + struct.pack("<HHHH", 11, 8, 50, 3434)
    manifest = manifest.ljust(644, b"\0")
    entry = struct.pack("<4s4sIIIIII", b"FTPR", b"", 0x1000, len(manifest) + len(code), 1, 1, 0, 0)
    table = struct.pack("<4sIBBBBHHII4H", b"$FPT", 1, 0x20, 0x10, 0x20, 0, 0, 0, 0x20, 0, 11, 8,
                        50, 3434)[:32] + entry
    table = table[:11] + bytes([efi.checksum8(table[:32])]) + table[12:]
    out = bytes(16) + table
    return (out.ljust(0x1000, b"\xff") + manifest + code).ljust(size, b"\xff")


class Machine:
    """A flash image in parts that a test may change before it is built."""

    def __init__(self, size=8 * M):
        self.size = size
        self.mac = bytes.fromhex("02a1b2c3d4e5")
        self.variables = variables()
        self.microcode = [microcode("update one", 0x2006e05), microcode("update two", 0x2006e06,
                                                                        signature=0x50657)]
        self.peims = [File("PeiCore", PEI_CORE, [section(TE, te(pe("PeiCore", 8 * K))),
                                                 ui("PeiCore")], checksum=True)]
        self.peims += [peim(f"Peim{n:02}", (2 + n) * K, n % 2 == 0, n % 3 == 0) for n in range(8)]
        self.drivers = [File("DxeCore", DXE_CORE, [section(PE32, pe("DxeCore", 32 * K)),
                                                   ui("DxeCore")])]
        self.drivers += [driver(f"Driver{n:02}", (3 + n) * K) for n in range(24)]
        self.board = [driver(f"Board{n:02}", (2 + n) * K) for n in range(4)]
        self.board.append(File("BoardData", FREEFORM, [crc_section(
            [section(S_RAW, marker("board data", 3 * K)), ui("BoardData")])]))
        self.preset = 6
        self.places = {}

    def copy(self):
        return copy.deepcopy(self)

    def dxe_volume(self):
        """The main volume: one file with a compressed section that holds the inner volume."""
        inner = Volume("inner", 640 * K, self.drivers)
        body = inner.build()
        whole = File("9e21fd93-9c72-4c15-8c4b-e77f1db2d792", VOLUME_IMAGE,
                     [compressed([section(S_RAW, bytes(12)), section(FV, body)], self.preset)])
        return Volume("main", 512 * K, [whole]), inner

    def top_volume(self, base):
        """The boot volume: its last file ends at 4 GiB and points to the table of updates."""
        rows = [(base + self.places["microcode"][0] + sum(map(len, self.microcode[:n])), 0, 1)
                for n in range(len(self.microcode))]
        # The volume lies at the end; the table stands in its first file, at a known place.
        at = 2 ** 32 - 128 * K
        table_file = File("Table", RAW, None, raw=fit(rows))
        first = at + 72 + 48 + 24
        reset = marker("reset", 4 * K - 28)
        reset = reset[:-64] + struct.pack("<Q", first) + reset[-56:]  # 4 GiB - 0x40
        top = File(TOP_FILE, SEC, [section(S_RAW, reset)])
        return Volume("boot", 128 * K, [table_file], top)

    def build(self):
        out = bytearray(b"\xff" * self.size)
        bios = self.size // 4
        base = 2 ** 32 - self.size

        def put(name, offset, data):
            out[offset:offset + len(data)] = data
            self.places[name] = (offset, len(data))

        me = 256 * K
        put("descriptor", 0, descriptor({0: (0, 4 * K), 1: (bios, self.size - bios),
                                         2: (64 * K, me), 3: (4 * K, 8 * K)}, self.size))
        put("gbe", 4 * K, gbe(self.mac))
        put("gap", 12 * K, b"\xff" * 52 * K)
        put("me", 64 * K, management(me))
        put("gap2", 64 * K + me, b"\xff" * (bios - 64 * K - me))
        nvram, used = variable_volume(self.variables)
        put("nvram", bios, nvram)
        put("nvram free", bios + used, b"\xff" * (120 * K - used))
        put("microcode", bios + 256 * K, b"".join(self.microcode))
        put("padding", bios + 320 * K, b"\xff" * (bios + 512 * K - bios - 320 * K))
        main, inner = self.dxe_volume()
        volumes = [("main", bios + 512 * K, main),
                   ("board", bios + M, Volume("board", 256 * K, self.board)),
                   ("pei", bios + M + 256 * K, Volume("pei", 256 * K, self.peims))]
        for name, offset, volume in volumes:
            put(name, offset, volume.build())
            for file, (at, length) in volume.places.items():
                self.places[f"{name}/{file}"] = (offset + at, length)
        for file, (at, length) in inner.places.items():
            self.places[f"inner/{file}"] = (at, length)
        end = bios + M + 512 * K
        put("padding2", end, b"\xff" * (self.size - 128 * K - end))
        top = self.top_volume(base)
        put("boot", self.size - 128 * K, top.build())
        return bytes(out)


def main():
    size = int(sys.argv[2]) * M if len(sys.argv) > 2 else 8 * M
    machine = Machine(size)
    with open(sys.argv[1], "wb") as file:
        file.write(machine.build())
    for name, (offset, length) in sorted(machine.places.items(), key=lambda p: p[1]):
        print(f"{offset:#010x} {length:#9x} {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
