# SPDX-License-Identifier: Apache-2.0
"""More cases of tampering: headers and tables whose checksums were made good, what firmware writes itself,
and images of other kinds. `composed()` alters the image of compose.py, `others()` brings images of its own.
"""
import os
import struct
import sys

import compose
import recompress
from compose import K, M, name_guid
from tamper_case import INNER, NVRAM, Case, changed, file_in, flip, fv, put, variable

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "generate"))
import amd  # noqa: E402  pylint: disable=wrong-import-position
import jffs2  # noqa: E402  pylint: disable=wrong-import-position

BOARD = fv("board") + "/"
MICROCODE = r"/intel-microcode(/|#|$)|/intel-fit(/|#|$)|file:" + name_guid("Table")
FIT = r"/intel-fit(/|#|$)|file:" + name_guid("Table")


def volume_sum(image, at):
    """The image with the checksum of the volume header at an offset made good."""
    out = bytearray(put(image, at + 50, b"\0\0"))
    struct.pack_into("<H", out, at + 50, -sum(struct.unpack_from("<36H", out, at)) & 0xffff)
    return bytes(out)


def file_sum(image, at):
    """The same for the header of a file."""
    out = bytearray(image)
    out[at + 16] = -sum(out[at:at + 16] + out[at + 18:at + 23]) & 0xff
    return bytes(out)


def microcode_sum(image, at, size=2048):
    out = bytearray(put(image, at + 16, bytes(4)))
    total = sum(struct.unpack_from(f"<{size // 4}I", out, at)) & 0xffffffff
    struct.pack_into("<I", out, at + 16, -total & 0xffffffff)
    return bytes(out)


def volume_cases(m):
    image = m.image
    at = m.places["board"][0]
    yield Case("zero vector of a volume", put(image, at + 3, b"\x90"), BOARD)
    for name, offset, data, about in (
            ("attributes", 44, bytes([image[at + 44] ^ 4]), {"header"}),
            ("reserved byte", 54, b"\1", {"header", "malformed", "unexplained"}),
            ("revision", 55, b"\1", None),
            ("number of blocks", 56, struct.pack("<I", 32), {"header", "malformed"}),
            ("length of a block", 60, struct.pack("<I", 8192), {"header", "malformed"})):
        yield Case(f"{name} of a volume, checksum made good", volume_sum(put(image, at + offset, data), at),
                   BOARD, about)
    yield Case("length of a volume, checksum made good",
               volume_sum(put(image, at + 32, struct.pack("<Q", 260 * K)), at), r"/bios/")
    yield Case("name of a volume", flip(image, at + 96), r"/bios/(fv:|order)")
    yield Case("length of the extended header", put(image, at + 112, struct.pack("<I", 28)), BOARD)
    yield Case("the pad file with the extended header deleted", put(image, at + 72 + 23, b"\xe8"), BOARD)


def file_header_cases(m):
    image = m.image
    at, length = m.places["board/Board01"]
    place = file_in("board", "Board01")
    yield Case("file marked for update", put(image, at + 23, b"\xf0"), place)
    yield Case("file marked as deleted", put(image, at + 23, b"\xe8"), BOARD)
    yield Case("file with an invalid header", put(image, at + 23, b"\xd8"), BOARD)
    yield Case("file whose data are not valid", put(image, at + 23, b"\xfc"), BOARD)
    for name, offset, data in (("fixed", 19, b"\4"), ("aligned", 19, b"\x10"), ("of another type", 18, b"\x09")):
        yield Case(f"file {name}, checksum made good", file_sum(put(image, at + offset, data), at), place)
    yield Case("file as a pad file, checksum made good", file_sum(put(image, at + 18, b"\xf0"), at), BOARD)
    yield Case("GUID of a file, checksum made good", file_sum(flip(image, at), at), BOARD)
    first, size = m.places["board/Board00"]
    yield Case("padding between files", put(image, first + size, b"\0"), BOARD)
    yield Case("padding between sections", put(image, at + 24 + int.from_bytes(image[at + 24:at + 27], "little"),
                                               b"\x55"), place)
    version = image.index("1.0".encode("utf-16-le"), at, at + length)
    yield Case("text of a version", put(image, version, b"2"), place, {"name"})
    yield Case("build number", put(image, version - 2, b"\2"), place, {"name", "header"})


def pad_cases(m):
    def insert(body, guid=compose.PAD):
        pad = compose.File(guid, 0xf0, None, raw=body)
        return changed(m, lambda other: other.board.insert(2, pad))

    yield Case("blank pad file inserted", insert(b"\xff" * 200), BOARD, {"padding"})
    yield Case("blank pad file with a GUID inserted", insert(b"\xff" * 200, name_guid("hidden")), BOARD)
    yield Case("pad file with content inserted", insert(compose.marker("hidden", 200)), BOARD)
    gap = m.image.index(b"\xff" * 4096, m.places["boot"][0])
    yield Case("bytes in the pad file of the boot volume", put(m.image, gap + 512, b"marker"),
               fv("boot") + "/")


def program_cases(m):
    image = m.image
    start, length = m.places["board/Board01"]
    at = image.index(b"MZ", start, start + length) + 0x80
    place = file_in("board", "Board01")
    section = at + 24 + 240
    for name, offset, data, about in (
            ("checksum", at + 88, b"\1\2\3\4", {"header"}), ("time", at + 8, b"\1\2\3\4", {"header", "code"}),
            ("entry point", at + 40, struct.pack("<I", 0x1100), {"code"}), ("machine", at + 4, b"\x4c\1", None),
            ("subsystem", at + 92, b"\x0a", None), ("old program", at - 0x30, b"\x90\x90", {"header", "code"}),
            ("image base", at + 48, struct.pack("<Q", 0x10000000), None),
            ("relocations", at + 24 + 112 + 40, struct.pack("<II", 0x1000, 64), None),
            ("writable code", section + 39, b"\xe0", None), ("address of code", section + 13, b"\x30", None)):
        yield Case(f"PE: {name}", put(image, offset, data), place, about)
    start, length = m.places["pei/Peim02"]
    at = image.index(b"VZ", start, start + length)
    for name, offset, data in (
            ("subsystem", 5, b"\x0a"), ("stripped size", 6, b"\0"), ("entry point", 8, struct.pack("<I", 0x1200)),
            ("base of code", 13, b"\x11"), ("image base", 17, b"\1"),
            ("relocations", 24, struct.pack("<II", 0x1000, 16)), ("place of code", 60, b"\x20")):
        yield Case(f"TE: {name}", put(image, at + offset, data), file_in("pei", "Peim02"))


def section_cases(m):
    def board(number, change):
        def apply(other):
            sections = other.board[number].sections
            at = 1 if number == 1 else 0
            sections[at] = change(sections[at])
        return changed(m, apply)

    def append(data):
        return changed(m, lambda other: other.board[1].sections.append(data))

    def long_form(s):
        return b"\xff\xff\xff" + s[3:4] + struct.pack("<I", len(s) + 4) + s[4:]

    def certified(s):
        body = bytearray(compose.align(s[4:], 8))
        table = struct.pack("<IHH", 32, 0x200, 2) + b"marker certificate......"
        struct.pack_into("<II", body, 0x80 + 24 + 112 + 32, len(body), len(table))
        return compose.section(compose.PE32, bytes(body) + table)

    def longer_head(s):
        return ((len(s) + 4).to_bytes(3, "little") + s[3:20] + struct.pack("<H", 32) + s[22:28] + b"more" + s[28:])

    driver, data = file_in("board", "Board01"), file_in("board", "BoardData")
    yield Case("section with its length in 32 bits", board(1, long_form), driver)
    yield Case("section of another type", board(1, lambda s: s[:3] + b"\x11" + s[4:]), driver)
    yield Case("raw section added to a file", append(compose.section(compose.S_RAW, b"marker")), driver)
    yield Case("section of a vendor's type added", append(compose.section(0xc5, b"marker")), driver)
    yield Case("three bytes behind the sections", append(b"\1\2\3"), driver)
    yield Case("bytes behind a program", board(1, lambda s: compose.section(compose.PE32, s[4:] + b"marker")),
               driver)
    yield Case("certificate added to a program", board(1, certified), driver)
    yield Case("guided section without its attribute", board(4, lambda s: s[:22] + b"\0\0" + s[24:]), data)
    yield Case("guided section with a wrong checksum", board(4, lambda s: s[:24] + bytes(4) + s[28:]), data,
               {"malformed"})
    yield Case("guided section with a longer header", board(4, longer_head), data)
    yield Case("guided section of an unknown GUID",
               board(4, lambda s: s[:4] + compose.guid(name_guid("unknown")) + s[20:]), data)
    whole = m.places["main/9e21fd93-9c72-4c15-8c4b-e77f1db2d792"][0]
    yield Case("free space of a packed volume written", recompress.change_inner(
        m.image, whole, lambda inner: inner[:-64] + b"marker" + inner[-58:]), INNER, {"free-space"})
    yield Case("zeros in front of a packed volume", recompress.change_inner(
        m.image, whole, lambda inner: put(inner, 7, b"\x55")), fv("main"))


def record(m, name):
    """Where the record of a variable begins."""
    return m.image.index(name.encode("utf-16-le") + b"\0\0", m.places["nvram"][0]) - 60


def value(m, name, data):
    def change(other):
        next(v for v in other.variables if v.name == name).data = data
    return changed(m, change)


def stored_cases(m):
    image = m.image
    setup, key = record(m, "Setup"), record(m, "PK")
    pk, own = variable(compose.efi.GLOBAL, "PK"), variable(compose.VENDOR, "Setup")
    yield Case("time of PK", put(image, key + 16, struct.pack("<H", 2031)), pk, {"variable"})
    yield Case("monotonic count of PK", put(image, key + 8, b"\1"), pk)
    yield Case("key index of a variable", put(image, setup + 32, b"\3"), own)
    yield Case("reserved byte of a variable", put(image, setup + 3, b"\1"), NVRAM)
    for name, state in (("deleted", 0x3d), ("about to be replaced", 0x3e), ("whose header is all", 0x7f)):
        yield Case(f"variable {name}", put(image, setup + 2, bytes([state])), NVRAM)
    yield Case("variable there twice", changed(m, lambda other: other.variables.append(
        compose.Variable(compose.VENDOR, "Setup", compose.marker("second", 200), 3))), NVRAM)
    yield Case("counter of 900 bytes", value(m, "MTC", compose.marker("hidden", 900)),
               variable(compose.MTC, "MTC"))
    yield Case("token of 900 bytes", value(m, "LoaderSystemToken", compose.marker("hidden", 900)),
               variable(compose.SEED, "LoaderSystemToken"), {"variable"})
    store = m.places["nvram"][0] + 72
    for name, offset, data in (("size", 16, struct.pack("<I", 0x1000)), ("format", 20, b"\x5b"),
                               ("state", 21, b"\xfc"), ("reserved bytes", 22, b"\1")):
        yield Case(f"{name} of the store", put(image, store + offset, data), NVRAM)


def write_cases(m):
    image = m.image
    work = image.index(compose.guid(compose.WORKING), m.places["nvram"][0])

    def write(done, private=b""):
        """A write of one block whose record says how far it went."""
        head = struct.pack("<B3s16s4sQQ", done, b"\xff" * 3, compose.guid(name_guid("caller")), b"\xff" * 4, 1,
                           len(private))
        return head + struct.pack("<B7sQQQq", done, b"\xff" * 7, 0, 0, 64 * K, 0) + private

    yield Case("a write that the firmware is to finish", put(image, work + 32, write(0xfc)), NVRAM, {"data"})
    yield Case("bytes hidden in a write", put(image, work + 32, write(0xf8, compose.marker("hidden", 400))), NVRAM)
    yield Case("bytes in the queue of writes", put(image, work + 32, compose.marker("hidden", 400)), NVRAM)
    yield Case("flags of the work space", put(image, work + 20, b"\xfc"), NVRAM)
    yield Case("behind the queue of writes", put(image, work + 4 * K - 16, b"marker"), NVRAM)
    spare = work + 4 * K
    yield Case("16 bytes in the spare block", put(image, spare + 256, b"sixteen  markers"), NVRAM)
    start, used = m.places["nvram"][0], m.places["nvram free"][0]
    other = value(m, "PK", compose.key_list("Stranger"))
    yield Case("another store in the spare block", put(image, spare, other[start:used]), NVRAM)


def table_cases(m):
    image = m.image
    at = m.places["microcode"][0]
    for name, offset, data in (("revision", 4, b"\x99"), ("date", 8, b"\x16"), ("platforms", 24, b"\3"),
                               ("reserved bytes", 44, b"\3"), ("data", 100, b"\x99")):
        yield Case(f"microcode: {name}, checksum made good", microcode_sum(put(image, at + offset, data), at),
                   MICROCODE, {"microcode"})
    yield Case("microcode added", changed(m, lambda other: other.microcode.append(
        compose.microcode("update three", 1, signature=0x506e3))), MICROCODE, {"microcode"})
    yield Case("microcode removed", changed(m, lambda other: other.microcode.pop()), MICROCODE, {"microcode"})
    yield Case("microcode swapped", changed(m, lambda other: other.microcode.reverse()), r"/intel-microcode",
               {"order"})
    table = image.index(b"_FIT_   ", m.places["boot"][0])
    yield Case("FIT: entries swapped", put(image, table + 16, image[table + 32:table + 48] + image[table + 16:table + 32]),
               FIT)
    for name, offset, data in (("type", 30, b"\2"), ("version", 28, b"\0\2"), ("reserved byte", 27, b"\1"),
                               ("address", 16, image[table + 32:table + 40]), ("checksum flag", 14, b"\0")):
        yield Case(f"FIT: {name}", put(image, table + offset, data), FIT)


def region_cases(m):
    image = m.image
    for name, offset, data in (("a master's rights", 0x83, b"\xff"), ("a strap", 0x100, b"\1"),
                               ("density", 0x30, b"\x55"), ("reserved bytes", 0, b"\x90" * 16),
                               ("the maker's section", 0xf00, b"marker"), ("unused bytes", 0xe00, b"marker")):
        yield Case(f"descriptor: {name}", put(image, offset, data), r"/descriptor")
    for name, offset, data in (("a setting", 0x20, b"\1"), ("behind the settings", 0x800, b"marker"),
                               ("the second bank", 0x100c, b"\1")):
        yield Case(f"network: {name}", put(image, 4 * K + offset, data), r"/gbe")
    for name, offset, data in (("version of the table", 24, b"\x21"), ("version of the manifest", 0x1024, b"\x0c"),
                               ("vector", 0, b"\x90" * 16), ("behind the partitions", 200 * K, b"marker"),
                               ("a partition's type", 16 + 32 + 28, b"\1")):
        yield Case(f"management engine: {name}", put(image, 64 * K + offset, data), r"/me")


def composed(m):
    for group in (volume_cases, file_header_cases, pad_cases, program_cases, section_cases, stored_cases,
                  write_cases, table_cases, region_cases):
        yield from group(m)


def composed_clean(m):
    def deleted(other):
        other.variables.insert(0, compose.Variable(compose.MTC, "MTC", struct.pack("<I", 16), 7, state=0x3c))

    yield "variables in another order", changed(m, lambda other: other.variables.reverse())
    yield "a former value of the counter", changed(m, deleted)


# AMD: a directory in bytes that nothing else explains.

SECURITY = 0x20000


def amd_image(nv=b"one"):
    """A flash image with a PSP directory: a key, a signed loader, data that the processor writes."""
    out = bytearray(b"\xff" * (16 * M))
    loader = amd.firmware(amd.noise(64, b"loader"), by=amd.ROOT, id=amd.ROOT_ID)
    parts = [(0, amd.ROOT.structure(amd.ROOT_ID, amd.ROOT_ID)), (1, loader), (4, amd.noise(0x2000, nv))]
    place = SECURITY + 0x1000
    rows = []
    for number, (kind, data) in enumerate(parts):
        at = place + 0x1000 + 0x2000 * number
        out[at:at + len(data)] = data
        rows.append(amd.psp(kind, len(data), at | 0xff000000))
    table = amd.directory(b"$PSP", rows, 0)
    out[place:place + len(table)] = table
    out[place + 0x8000:place + 0x8100] = compose.marker("beside", 256)
    out[SECURITY:SECURITY + 80] = amd.u32(0x55aa55aa) + bytes(16) + amd.u32(place | 0xff000000) + bytes(56)
    out[-128 * K:] = compose.Volume("boot", 128 * K, [compose.driver("Only")]).build()
    return bytes(out)


def directory_sum(image):
    at = SECURITY + 0x1000
    length = 16 + 16 * struct.unpack_from("<I", image, at + 8)[0]
    return put(image, at + 4, amd.u32(amd.fletcher32(image[at + 8:at + length])))


def amd_cases(image):
    at = SECURITY + 0x1000
    entry = at + 32
    for name, offset, data in (("type", 0, b"\3"), ("subprogram", 1, b"\1"), ("flash part", 2, b"\2")):
        yield Case(f"AMD: {name} of an entry, checksum made good", directory_sum(put(image, entry + offset, data)),
                   r"/amd-efs/psp", base="amd")
    yield Case("AMD: kind of directory", put(image, at, b"$PL2"), r"/amd-efs/psp", base="amd")
    yield Case("AMD: bit in the loader", flip(image, at + 0x3000 + 0x104), r"/amd-efs/psp", base="amd")
    moved = put(image, at + 0xa000, flip(image[at + 0x3000:at + 0x5000], 0x104))
    address, = struct.unpack_from("<Q", image, entry + 8)
    yield Case("AMD: entry that leads to another loader", directory_sum(
        put(moved, entry + 8, struct.pack("<Q", address + 0x7000))), r"/amd-efs/psp|/bios/(data|erased)", base="amd")
    yield Case("AMD: bytes beside the entries", put(image, at + 0x8010, b"M"), r"/bios/data", {"unexplained"},
               base="amd")


# A management controller's file system.

FILES = [(b"passwd", b"root:x:0:0::/root:/bin/sh\n"), (b"ld.so.preload", b"#none"), (b"lease", b"marker one"),
         (b"network.service", b"ExecStart=/bin/true\n")]


def controller_image(**other):
    log = jffs2.Log()
    for number, (name, data) in enumerate(FILES):
        data = other.get(name.decode().replace(".", "_"), data)
        log.file(number + 2, name, data)
    return log.bytes.ljust(64 * K, b"\xff")


def controller_cases(_):
    for name in ("passwd", "ld_so_preload", "network_service"):
        yield Case(f"controller: {name} changed", controller_image(**{name: b"marker of a stranger"}), r"/jffs2",
                   base="controller")


def others():
    """Base, image, its cases, and images in which only what may differ does."""
    yield "amd", amd_image(), amd_cases, [("AMD: data that the processor writes", amd_image(b"two"))]
    yield ("controller", controller_image(), controller_cases,
           [("controller: a file that it writes", controller_image(lease=b"marker two"))])
