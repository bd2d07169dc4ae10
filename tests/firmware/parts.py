# SPDX-License-Identifier: Apache-2.0
"""Makes UEFI firmware for tests: sections, files, volumes, padding, whole images.

Everything is bytes. Inner parts are made first and given to what holds them:

    import parts as c
    driver = c.file("11111111-...", c.DRIVER, c.sections(c.pe(code), c.ui("Name"), c.version("1.0")))
    inner = c.volume([driver, ...])
    main = c.file("22222222-...", c.VOLUME_IMAGE, c.sections(c.lzma(c.sections(c.fv(inner)))))
    image = c.image(c.volume([main], length=0x100000, name="33333333-..."), c.erased(0x10000), ...)

guid(text) gives 16 bytes; file(), volume() and the sections take GUIDs as text. volume(length=None) is
as long as its files. Checksums are right unless a keyword says otherwise (checksum=, state=, attributes=).
sections(*parts) joins sections with their alignment; each section maker returns one section without it.
pads: pad(n) is a pad file of n bytes in all, erased(n) is 0xff, zeros(n) is 0x00. pe(code) is a harmless PE
image without imports. Tiano and EFI 1.1 compression store literals only (tiano()), but for lz_stream().
Nothing here runs anywhere: the code of a "driver" is filling or a text.
"""
import lzma as _lzma
import struct
import uuid
import zlib

import lz

RAW, FREEFORM, SEC, PEI_CORE, DXE_CORE, PEIM, DRIVER = 1, 2, 3, 4, 5, 6, 7
APPLICATION, MM, VOLUME_IMAGE, PAD = 9, 10, 11, 0xf0

FFS2 = "8c8ce578-8a3d-4f1c-9935-896185c32dd3"
FFS3 = "5473c07a-3dcb-4dca-bd6f-1e9689e7349a"
FFS1 = "7a9354d9-0468-444a-81ce-0bf617d890df"
NVRAM = "fff12b8d-7696-4c8b-a985-2747075b4f50"
TOP = "1ba0062e-c779-4582-8566-336ae8f78f09"
LZMA = "ee4e5898-3914-4259-9d6e-dc7bd79403cf"
LZMA_X86 = "d42ae6bd-1352-4bfb-909a-ca72a6eae889"
TIANO = "a31280ad-481e-41b6-95e8-127f4c984779"
BROTLI = "3d532050-5cda-4fd0-879e-0f7f630d5afb"
ZLIB_AMD = "ce3233f5-2cd6-4d87-9152-4a238bb6d1c4"
CRC32 = "fc1bcdb0-7d31-49aa-936a-a4600d9dd083"
SIGNED = "a7717414-c616-4977-9420-844712a735bf"

ERASED_IS_ONE = 0x4feff


def guid(text):
    return uuid.UUID(text).bytes_le


def erased(n):
    return b"\xff" * n


def zeros(n):
    return b"\0" * n


def _sum8(data):
    return -sum(data) & 0xff


# Sections

def section(kind, body, size=None):
    size = len(body) + 4 if size is None else size
    if size >= 0xffffff:
        return struct.pack("<I", 0xffffff | kind << 24) + struct.pack("<I", size + 4) + body
    return struct.pack("<I", size | kind << 24) + body


def sections(*parts, blank=b"\0"):
    out = b""
    for part in parts:
        out += blank * (-len(out) % 4) + part
    return out


def raw(data):
    return section(0x19, data)


def freeform(subtype, data):
    return section(0x18, guid(subtype) + data)


def ui(text):
    return section(0x15, text.encode("utf-16-le") + b"\0\0")


def version(text, build=0):
    return section(0x14, struct.pack("<H", build) + text.encode("utf-16-le") + b"\0\0")


def depex(data=b"\x06\x08"):
    return section(0x13, data)


def te(data):
    return section(0x12, data)


def pe(code):
    """A section with a PE32+ image of one section that holds `code`."""
    return section(0x10, pe_image(code))


def pe_image(code):
    size = len(code) + -len(code) % 32
    dos = b"MZ".ljust(60, b"\0") + struct.pack("<I", 64)
    coff = b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, 240, 0x22)
    optional = struct.pack("<HBBIIIIIQIIHHHHHHIIIIHHQQQQII", 0x20b, 0, 0, size, 0, 0, 0x200, 0x200,
                           0, 32, 32, 0, 0, 0, 0, 0, 0, 0, 0x200 + size, 0x200, 0, 11, 0, 0, 0, 0,
                           0, 0, 16) + b"\0" * 128
    text = struct.pack("<8sIIIIIIHHI", b".text", size, 0x200, size, 0x200, 0, 0, 0, 0, 0x60000020)
    return (dos + coff + optional + text).ljust(0x200, b"\0") + code.ljust(size, b"\0")


def fv(volume_bytes):
    return section(0x17, volume_bytes)


def compressed(body, length, kind):
    return section(0x01, struct.pack("<IB", length, kind) + body)


def stored(inner):
    return compressed(inner, len(inner), 0)


def guided(which, data, attributes=0, own=b""):
    offset = 4 + 20 + len(own)
    if offset + len(data) >= 0xffffff:
        offset += 4
    return section(0x02, guid(which) + struct.pack("<HH", offset, attributes) + own + data)


def lzma_stream(data, size=None, preset=6, dictionary=1 << 20, lies=None):
    """LZMA as firmware holds it: properties, length, and no end mark. lies: the stated length."""
    packed = _lzma.compress(data, format=_lzma.FORMAT_RAW, filters=[
        {"id": _lzma.FILTER_LZMA1, "preset": preset, "dict_size": dictionary}])
    stated = len(data) if lies is None else lies
    return b"\x5d" + struct.pack("<IQ", dictionary, stated) + packed


def lzma(inner, **how):
    return guided(LZMA, lzma_stream(inner, **how), attributes=1)


def crc32(inner):
    return guided(CRC32, inner, attributes=2, own=struct.pack("<I", zlib.crc32(inner)))


def zlib_amd(inner):
    packed = zlib.compress(inner)
    return guided(ZLIB_AMD, b"\0" * 20 + struct.pack("<I", len(packed)) + b"\0" * 232 + packed, 1)


def _bits(pairs):
    value, count = 0, 0
    for number, width in pairs:
        value = value << width | number
        count += width
    value <<= -count % 8
    return value.to_bytes((count + 7) // 8, "big")


def tiano_stream(data, position_bits=5):
    """EFI 1.1 (position_bits 4) and Tiano: every byte a literal, in blocks of one code each."""
    pairs = []
    for start in range(0, len(data), 32768):
        block = data[start:start + 32768]
        pairs.append((len(block), 16))
        # The code of code lengths: symbol 10 (length 8) alone, with no bits.
        pairs += [(0, 5), (10, 5)]
        # 256 characters of length 8 each: all lengths are symbol 10, so no bits follow the count.
        pairs.append((256, 9))
        # The positions' code is never used: symbol 0 alone.
        pairs += [(0, position_bits), (0, position_bits)]
        pairs += [(byte, 8) for byte in block]
    body = _bits(pairs) + b"\0\0\0\0"
    return struct.pack("<II", len(body), len(data)) + body


def lz_stream(data, position_bits=5):
    """As tiano_stream, with matches."""
    body = lz.stream(data, position_bits, 1 << (13 if position_bits == 4 else 19)) + b"\0\0\0\0"
    return struct.pack("<II", len(body), len(data)) + body


def tiano(inner):
    return guided(TIANO, tiano_stream(inner), attributes=1)


def efi11(inner, position_bits=4):
    return compressed(tiano_stream(inner, position_bits), len(inner), 1)


# Files and volumes

def file(name, kind, body, attributes=0, state=0xf8, checksum=None, size=None, header_sum=None,
         large=None):
    """A file; attributes 0x40 asks for a checksum over the body, 0x01 for a 64-bit size (in volumes
    of revision 1 it means a tail instead: give large=False)."""
    large = attributes & 1 if large is None else large
    header = 32 if large else 24
    size = header + len(body) if size is None else size
    if checksum is None:
        checksum = _sum8(body) if attributes & 0x40 else 0xaa
    small = 0 if large else size
    rest = struct.pack("<BB", kind, attributes) + struct.pack("<I", small)[:3]
    tail = struct.pack("<Q", size) if large else b""
    if header_sum is None:
        header_sum = _sum8(guid(name) + rest + tail)
    return guid(name) + bytes([header_sum, checksum]) + rest + bytes([state]) + tail + body


def pad(n, blank=b"\xff", body=None):
    body = blank * (n - 24) if body is None else body
    return file("ffffffff-ffff-ffff-ffff-ffffffffffff", PAD, body)


def volume_header(length, system=FFS2, name=None, attributes=ERASED_IS_ONE, revision=2, block=None):
    blocks = [(length // block, block)] if block else [(1, length)]
    header_length = 56 + 8 * (len(blocks) + 1)
    ext = header_length if name else 0
    def pack(checksum):
        return (b"\0" * 16 + guid(system) + struct.pack("<Q", length) + b"_FVH" +
                struct.pack("<IHHHBB", attributes, header_length, checksum, ext, 0, revision) +
                b"".join(struct.pack("<II", *run) for run in blocks) + b"\0" * 8)
    words = struct.unpack(f"<{header_length // 2}H", pack(0))
    out = pack(-sum(words) & 0xffff)
    return out + (guid(name) + struct.pack("<I", 20) if name else b"")


def volume(files, length=None, system=FFS2, name=None, free=None, blank=b"\xff", **how):
    """A volume with these files, 8-byte aligned, then `free` (bytes) and erased bytes."""
    header = volume_header(0, system, name, **how)
    out = header
    for one in files:
        out += blank * (-len(out) % 8) + one
    out += blank * (-len(out) % 8) + (free or b"")
    length = len(out) if length is None else length
    out = volume_header(length, system, name, **how) + out[len(header):]
    return out + blank * (length - len(out))


def image(*parts):
    return b"".join(parts)
