#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Supermicro images of X11 boards whose regions begin encrypted.

usage: tests/cli/aten.py BUILD

Images of 32 MiB, made here: a file system of cramfs whose first bytes are replaced by noise, as AES-CBC
looks to those who have no key. Prints TAP.
"""
import collections
import hashlib
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
import zlib

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "generate"))
import cramfs  # pylint: disable=wrong-import-position

SIZE = 32 << 20
PLACES = {"rootfs": (0x400000, 0x60), "webfs": (0x1700000, 0x60), "meta": (0x1fc0000, 0xc0)}
TABLE = b"[img]: 400000 1000 12345678 rootfs.bin [end]"


def noise(name, size):
    return random.Random(name).randbytes(size)


def file_system(names):
    """As mkfs.cramfs lays it out: the root folder right behind the superblock."""
    at = 76 + sum(12 + -(-len(name) // 4) * 4 for name in names)
    folder, files = b"", b""
    for name in names:
        packed = zlib.compress(name.encode() * 30)
        folder += cramfs.inode(False, 0o100755, len(name) * 30, name.encode(), at + len(files))
        files += struct.pack("<I", at + len(files) + 4 + len(packed)) + packed + bytes(-len(packed) % 4)
    root = cramfs.inode(False, 0o40755, len(folder), b"", 76)
    head = struct.pack("<4I16s4I16s", 0x28cd3d45, at + len(files), 3, 0, b"Compressed ROMFS", 0, 0, 2,
                       len(names) + 1, b"Compressed")
    head += root + folder + files
    return head[:32] + struct.pack("<I", zlib.crc32(head)) + head[36:]


def image(encrypted=tuple(PLACES), names=("bin", "dev", "etc", "lib", "linuxrc", "mnt", "proc", "usr")):
    data = bytearray(b"\xff" * SIZE)
    content = {"rootfs": file_system(names), "webfs": file_system(["page", "res", "sm"]),
               "meta": TABLE.ljust(0x200, b"\0")}
    for name, (at, length) in PLACES.items():
        part = bytearray(content[name])
        if name in encrypted:
            part[:length] = noise(name, length)
        data[at:at + len(part)] = part
    return bytes(data)


def decode(build, folder, data):
    path = os.path.join(folder, "image.bin")
    with open(path, "wb") as file:
        file.write(data)
    done = subprocess.run([os.path.join(build, "assay"), "decode", "--json", path], check=False,
                          stdin=subprocess.DEVNULL, capture_output=True)
    return json.loads(done.stdout)


def classes(answer):
    """Bytes of each class of the image itself."""
    total = collections.Counter()
    for row in answer["map"]:
        if row["blob"] == answer["blob"]:
            total[row["class"]] += row["length"]
    return total


def headers(answer):
    return {claim["path"].split("/region:")[1].split("/")[0]: claim["value"]["hex"]
            for claim in answer["claims"] if claim["key"] == "aten.region.encrypted-header"}


def digest_of(data, name):
    at, length = PLACES[name]
    return hashlib.sha256(data[at:at + length]).hexdigest()


def main(arguments):
    build, count, bad = arguments[0], 0, 0

    def ok(good, what):
        nonlocal count, bad
        count += 1
        bad += not good
        print(f"{'ok' if good else 'not ok'} {count} - {what}", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        data = image()
        answer = decode(build, folder, data)
        total = classes(answer)
        ok(answer["format"] == "aten-aspeed" and not answer["faults"], "the layout is known")
        ok(headers(answer) == {name: digest_of(data, name) for name in PLACES}, "three regions begin encrypted")
        ok(total["encrypted"] == 0x180 and sum(total.values()) == SIZE, "their bytes are of that class, all add up")
        entropy = [claim["value"] for claim in answer["claims"]
                   if claim["key"] == "bytes.entropy" and claim["path"].count("/") == 3]
        ok(len(entropy) == 3 and min(entropy) > 5000, "with their entropy")
        other = bytearray(data)
        other[0x400000 + 5] ^= 1
        changed = headers(decode(build, folder, bytes(other)))["rootfs"]
        ok(changed == digest_of(other, "rootfs") != digest_of(data, "rootfs"),
           "one bit in an encrypted beginning is a change")
        two = image(("rootfs", "meta"))
        found = headers(decode(build, folder, two))
        ok(found == {name: digest_of(two, name) for name in ("rootfs", "meta")}, "only what is encrypted is said to be")
        plain = decode(build, folder, image(("webfs", "meta")))
        ok(not headers(plain), "a file system that can be read is not this layout")
        few = decode(build, folder, image(names=("bin", "dev")))
        ok(few["format"] is None and not headers(few), "noise before anything else is not this layout")
        short = decode(build, folder, data[:0x400000 + 0x2000])
        ok(list(headers(short)) == ["rootfs"], "an image that ends early has what is there")
    print(f"1..{count}")
    return 1 if bad else 0


sys.exit(main(sys.argv[1:]))
