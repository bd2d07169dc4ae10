#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the inputs of the cases of capsules and other update packages.

usage: tests/generate/capsule.py [--sign]

With --sign the signed ones are made anew too, by openssl and with a key that is thrown away; their
bytes then differ from those before.
"""
import os
import struct
import subprocess
import sys
import tempfile

import cases
import pe

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "firmware"))
import parts as c  # noqa: E402

FMP = "6dcbd5ed-e82d-4c44-bda1-7194199ad92a"
EFI = "3b6686bd-0d76-4030-b70e-b5519e2fc5a0"
APTIO_SIGNED = "4a3ca68b-7723-48fb-803d-578cc1fec44d"
APTIO = "14eebb90-890a-43db-aed1-5d3c4588a418"
TOSHIBA = "3be07062-1d51-45d2-832b-f093257ed461"
INTEL = "539182b9-abb5-4391-b69a-e3a943f72fcc"
RSA_2048 = "a7717414-c616-4977-9420-844712a735bf"
SHA_256 = "51aa59de-fdf2-4ea3-bc63-875fb7842ee9"
PKCS7 = "4aafd29d-68df-49ee-8aa9-347d375665a7"
DEVICE = "dddddddd-0004-4000-8000-000000000004"
COUNT = struct.pack("<Q", 3)
TEXT = b"firmware of a device, which is only a text"


def capsule(guid, body, header=28, flags=0x50000, size=None, extra=b""):
    size = header + len(body) if size is None else size
    return c.guid(guid) + struct.pack("<III", header, flags, size) + extra + body


def toshiba(body):
    return c.guid(TOSHIBA) + struct.pack("<III", 28, 28 + len(body), 0x10000) + body


def aptio(guid, body, certificate, offset=None, layout=32):
    extra = struct.pack("<HH", 32 + len(certificate) if offset is None else offset, layout) + certificate
    return capsule(guid, body, header=28 + len(extra), extra=extra)


def win_certificate(kind, data):
    return struct.pack("<IHH", 24 + len(data), 0x200, 0xef1) + c.guid(kind) + data


def volume():
    return c.volume([c.file("aaaaaaaa-0001-4000-8000-000000000001", c.RAW, TEXT)])


def payload(data, version=3, vendor=b"", support=0, instance=1, index=1, size=None):
    head = struct.pack("<I16sB3xII", version, c.guid(DEVICE), index, len(data) if size is None else size, len(vendor))
    head += struct.pack("<Q", instance) if version >= 2 else b""
    head += struct.pack("<Q", support) if version >= 3 else b""
    return head + data + vendor


def fmp(drivers, payloads, version=1, offsets=None, counts=None):
    items = drivers + payloads
    at = 8 + 8 * len(items)
    table = []
    body = b""
    for item in items:
        table.append(at + len(body))
        body += item
    table = table if offsets is None else offsets
    head = struct.pack("<IHH", version, *((len(drivers), len(payloads)) if counts is None else counts))
    return head + b"".join(struct.pack("<Q", o) for o in table) + body


def authentication(signature, guid=PKCS7, length=None, revision=0x200, kind=0xef1, count=COUNT):
    return count + struct.pack("<IHH", 24 + len(signature) if length is None else length, revision, kind) \
        + c.guid(guid) + signature


def versioned(data, header=16, extra=b""):
    return b"MSS1" + struct.pack("<III", header, 0x0102, 0x0100) + extra + data


def sign(content):
    with tempfile.TemporaryDirectory() as folder:
        def path(name):
            return os.path.join(folder, name)
        with open(path("content"), "wb") as file:
            file.write(content)
        for command in (["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", path("key"), "-out",
                         path("certificate"), "-days", "3650", "-subj", "/CN=A key for tests"],
                        ["smime", "-sign", "-binary", "-in", path("content"), "-signer", path("certificate"),
                         "-inkey", path("key"), "-outform", "DER", "-md", "sha256", "-out", path("signature")]):
            subprocess.run(["openssl", *command], check=True, capture_output=True)
        with open(path("signature"), "rb") as file:
            return file.read()


def written(case):
    with open(os.path.join(cases.ROOT, "capsule", case, "in.bin"), "rb") as file:
        return file.read()


def signatures():
    """The signed ones; without --sign from what stands there already."""
    image = versioned(TEXT)
    if "--sign" in sys.argv:
        cases.write("capsule", "fmp-signed", capsule(FMP, fmp([], [payload(
            authentication(sign(image + COUNT)) + image, support=1)])), text=True)
    good = written("fmp-signed")
    cases.write("capsule", "fmp-signed-altered", good.replace(b"only a text", b"only a TEXT"), text=True)
    cases.write("capsule", "fmp-signed-count", good.replace(COUNT + struct.pack("<I", len(good) - good.index(
        COUNT) - 8 - len(image)), struct.pack("<Q", 4) + struct.pack("<I", len(good) - good.index(COUNT) - 8
                                                                     - len(image))), text=True)


def main():
    program = bytes(pe.image(pe.common()))
    depends = b"\0" + c.guid(DEVICE) + b"\1" + struct.pack("<I", 5) + b"\x02v1\0\x09\x06\x03\x0d"
    names = {
        "minimal": capsule(EFI, TEXT),
        "device": capsule(DEVICE, TEXT),
        "intel-volume": capsule(INTEL, volume(), flags=0),
        "toshiba": toshiba(volume()),
        "extension": capsule(EFI, TEXT, header=36, extra=b"\0\0\0\1abcd"),
        "extension-zero": capsule(EFI, TEXT, header=36, extra=bytes(8)),
        "aptio": aptio(APTIO, volume(), b""),
        "aptio-rsa": aptio(APTIO_SIGNED, volume(), win_certificate(
            RSA_2048, c.guid(SHA_256) + b"m" * 256 + b"s" * 256) + b"a table of areas"),
        "aptio-rsa-short": aptio(APTIO_SIGNED, volume(), win_certificate(
            RSA_2048, c.guid(SHA_256) + b"m" * 256 + b"s" * 9)),
        "aptio-certificate": aptio(APTIO_SIGNED, volume(), win_certificate(DEVICE, b"of a kind unknown")),
        "aptio-signed": aptio(APTIO_SIGNED, volume(), b"a certificate and a table of areas"),
        "fmp-version-1": capsule(FMP, fmp([], [payload(TEXT, version=1)])),
        "fmp-version-2": capsule(FMP, fmp([], [payload(TEXT, version=2, vendor=b"of the vendor")])),
        "fmp-driver": capsule(FMP, fmp([program], [payload(versioned(volume()), index=2)])),
        "fmp-no-program": capsule(FMP, fmp([TEXT], [])),
        "fmp-two": capsule(FMP, fmp([], [payload(TEXT) + b"what is this?", payload(TEXT, instance=2)])),
        "fmp-dependencies": capsule(FMP, fmp([], [payload(depends + versioned(
            TEXT, 20, b"more"), support=2)])),
        "fmp-other-certificate": capsule(FMP, fmp([], [payload(authentication(b"opaque", guid=DEVICE) + TEXT)])),
        "fault-header-size": capsule(EFI, TEXT, header=20),
        "fault-truncated": capsule(EFI, TEXT, size=4096),
        "fault-trailing": capsule(EFI, TEXT) + b"more",
        "fault-aptio-offset": aptio(APTIO, TEXT, b"", offset=0xffff, layout=0xffff),
        "fault-fmp-version": capsule(FMP, fmp([], [payload(TEXT)], version=2)),
        "fault-fmp-limit": capsule(FMP, fmp([], [], counts=(200, 200)) + bytes(3200)),
        "fault-item-version": capsule(FMP, fmp([], [payload(TEXT, version=4)])),
        "fault-item-offset": capsule(FMP, fmp([], [payload(TEXT)], offsets=[9999])),
        "fault-item-overlap": capsule(FMP, fmp([], [payload(TEXT), payload(TEXT)], offsets=[24, 24])),
        "fault-item-size": capsule(FMP, fmp([], [payload(TEXT, size=4096)])),
        "fault-certificate-length": capsule(FMP, fmp([], [payload(authentication(b"x", length=9999) + TEXT)])),
        "fault-certificate-short": capsule(FMP, fmp([], [payload(authentication(b"x", length=4) + TEXT)])),
        "fault-no-pkcs7": capsule(FMP, fmp([], [payload(authentication(b"no DER at all") + TEXT)])),
        "fault-dependencies": capsule(FMP, fmp([], [payload(b"\1\1\0\0\0", support=2)])),
        "fault-payload-header": capsule(FMP, fmp([], [payload(versioned(TEXT, header=9999))])),
    }
    for name, data in names.items():
        cases.write("capsule", name, data, text=len(data) > 2000)
    signatures()


def block(data, script=b"\1" + bytes(7) + b"\xff" + bytes(7), signed=0, kind=1):
    head = struct.pack("<HH16sIHHIIIII", 2, 0, b"A platform".ljust(16, b"\0"), signed, 2, 0, len(script), len(data), 5, 0, 0)
    size = 256 if kind == 1 else 384
    tail = struct.pack("<II", kind, 1) + b"m" * size + struct.pack("<I", 65537) + b"s" * size
    return head + script + data + (tail if signed else b"")


def pfat(lines, blocks, title="AMI_BIOS_GUARD_FLASH_CONFIGURATIONS", size=None):
    text = "\r\n".join([title, *lines, ""]).encode()
    size = 17 + len(text) if size is None else size
    return struct.pack("<II8sB", size, 0x1234, b"_AMIPFAT", 2) + text + b"".join(blocks)


def guarded():
    data = volume()
    names = {
        "minimal": pfat(["1 /B 1;bios.bin"], [block(TEXT)]),
        "full": pfat(["1 /B 2;bios.bin", "2 /N 1;nvram.bin", "0 /X 0;none.bin"],
                     [block(data[:100], signed=1), block(data[100:], signed=1, kind=2), block(TEXT)],
                     title="AMI_BIOS_GUARD_FLASH_CONFIGURATIONSII000100000002"),
        "rest": pfat(["1 /B 1;bios.bin"], [block(TEXT), data]),
        "fault-signature": pfat(["1 /B 1;bios.bin"], [block(TEXT)]).replace(b"_AMI", b"_AMJ"),
        "fault-line": pfat(["one line", "1 /B 1;bios.bin"], [block(TEXT)]),
        "fault-flags": pfat(["x /B 1;bios.bin"], [block(TEXT)]),
        "fault-blocks": pfat(["1 /B 3;bios.bin"], [block(TEXT)]),
        "fault-kind": pfat(["1 /B 1;bios.bin"], [block(TEXT, signed=1, kind=7)]),
        "fault-size": pfat(["1 /B 1;bios.bin"], [block(TEXT)], size=9999),
    }
    for name, whole in names.items():
        cases.write("ami-pfat", name, whole)


def part(tag, data, filling=0, size=None, total=None):
    size = len(data) if size is None else size
    total = len(data) + filling if total is None else total
    return b"$_IFLASH" + tag + struct.pack("<II", total, size) + data + b"\xff" * filling


def iflash():
    names = {
        "minimal": part(b"_OEM_ID_", TEXT),
        "full": part(b"_DRV_IMG", bytes(pe.image(pe.common()))) + part(b"_BIOSIMG", volume(), 64)
        + b"what is this?" + part(b"_INI_IMG", b"[Platform]\r\n"),
        "filling": part(b"_BIOSCER", TEXT, size=20),
        "before": b"\xff" * 300 + part(b"_EC_IMG_", TEXT),
        "fault-signature": TEXT,
        "fault-truncated": part(b"_EC_IMG_", TEXT, total=4096),
    }
    for name, data in names.items():
        cases.write("insyde-iflash", name, data)


main()
guarded()
iflash()
