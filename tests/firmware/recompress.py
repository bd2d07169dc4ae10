# SPDX-License-Identifier: Apache-2.0
"""Changes what stands inside a compressed section of an image, and closes the section again."""
import lzma
import struct
import uuid

import compose

LZMA = compose.guid(compose.LZMA)


def find(image):
    """Where the largest compressed section begins."""
    best = (0, 0)
    at = image.find(LZMA)
    while at >= 4:
        if image[at - 1] == compose.GUIDED:
            best = max(best, (int.from_bytes(image[at - 4:at - 1], "little"), at - 4))
        at = image.find(LZMA, at + 1)
    if best[0] == 0:
        raise ValueError("there is no compressed section")
    return best[1]


def volume_end(image, inside):
    start = image.rfind(b"_FVH", 0, inside) - 40
    return start + struct.unpack_from("<Q", image, start + 32)[0]


def unpack(image, section):
    size = int.from_bytes(image[section:section + 3], "little")
    data = struct.unpack_from("<H", image, section + 20)[0]
    packed = image[section + data:section + size]
    length = struct.unpack_from("<Q", packed, 5)[0]
    return lzma.LZMADecompressor(format=lzma.FORMAT_ALONE).decompress(packed, length)


def close(image, file, section, inner):
    """The image with `inner` packed into the section of a file, sizes and checksum made good."""
    old = int.from_bytes(image[section:section + 3], "little")
    body = compose.pack_lzma(inner)
    head = image[section + 4:section + 24]
    new = compose.section(compose.GUIDED, head + body)
    rest = image[section + old:file + int.from_bytes(image[file + 20:file + 23], "little")]
    out = bytearray(image[file:section] + new + rest)
    out[20:23] = len(out).to_bytes(3, "little")
    out[16] = out[17] = 0
    state, out[23] = out[23], 0
    out[16] = compose.efi.checksum8(out[:24])
    out[17] = compose.efi.checksum8(out[24:]) if out[19] & 0x40 else 0xaa
    out[23] = state
    end = volume_end(image, section)
    used = file + int.from_bytes(image[file + 20:file + 23], "little")
    if any(b != 0xff for b in image[used:end][:4096]):
        raise ValueError("something stands behind the file")
    return image[:file] + (bytes(out)).ljust(end - file, b"\xff") + image[end:]


def change_inner(image, file, change):
    section = file + 24
    return close(image, file, section, change(unpack(image, section)))


def flip_in_driver(image):
    """Flips a bit in the code of a driver in the compressed volume: its GUID, and the image."""
    section = find(image)
    inner = bytearray(unpack(image, section))
    # A driver: a sound file header of that type, with code in a section of that name.
    for file in range(0, len(inner) - 24, 4):
        head = inner[file:file + 24]
        size = int.from_bytes(head[20:23], "little")
        if (head[18] == compose.DRIVER and head[23] in (0xf8, 0x07) and size > 4096 and
                sum(head[:17]) + sum(head[18:23]) & 0xff == 0):
            code = inner.find(b".text\0\0\0", file, file + size)
            if code > 0:
                break
    image_at = inner.find(b"MZ", file, file + size)
    where = image_at + struct.unpack_from("<I", inner, code + 20)[0] + 0x40
    inner[where] ^= 1
    return str(uuid.UUID(bytes_le=bytes(inner[file:file + 16]))), close(
        image, section - 24, section, bytes(inner))
