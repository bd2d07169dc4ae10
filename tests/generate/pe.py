#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the inputs of the golden cases of pe-image and depex.

usage: tests/generate/pe.py [--sign]

All of them are made up here and hold no program: code sections are filled with traps. With --sign
the signed ones are made anew too, with openssl and osslsigncode and keys that are thrown away; their
bytes then differ from those before. `want` is written by tests/golden.py --accept and read by a person.
"""
import os
import struct
import subprocess
import sys
import tempfile
import uuid

ROOT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "decode")
CODE = 0x60000020
DATA = 0x40000040
HEADERS = 0x200
SECURITY = 4
DEBUG = 6


def write(decoder, case, data):
    folder = os.path.join(ROOT, decoder, case)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "in.bin"), "wb") as file:
        file.write(data)


def read(decoder, case):
    with open(os.path.join(ROOT, decoder, case, "in.bin"), "rb") as file:
        return bytearray(file.read())


def section(name, data, flags, address, virtual=None, align=64):
    return {"name": name, "data": data + bytes(-len(data) % align), "flags": flags, "address": address,
            "virtual": len(data) if virtual is None else virtual}


def headers(sections, *, plus=True, directories=(), offset=64, size=HEADERS, machine=0x8664, symbols=(0, 0),
            base=0, entry=0x1000):
    """The headers up to the sections, which stand one after another behind them."""
    head = bytearray(b"MZ" + bytes(58) + struct.pack("<I", offset))
    head += bytes(offset - len(head))
    entries = bytearray(128)
    for index, address, length in directories:
        struct.pack_into("<II", entries, 8 * index, address, length)
    optional = struct.pack("<HBBIIIII", 0x20b if plus else 0x10b, 2, 35, 64, 64, 0, entry, 0x1000)
    optional += struct.pack("<Q", base) if plus else struct.pack("<II", 0x2000, base)
    optional += struct.pack("<IIHHHHHHIIII", 0x1000, 64, 0, 0, 1, 2, 0, 0, 0, 0x4000, size, 0x12345)
    optional += struct.pack("<HH", 10, 0x100)
    optional += (struct.pack("<QQQQ", 0, 0, 0, 0) if plus else bytes(16)) + struct.pack("<II", 0, 16)
    optional += entries
    head += b"PE\0\0" + struct.pack("<HHIIIHH", machine, len(sections), 0x5f000000, *symbols, len(optional), 0x206)
    head += optional
    at = size
    for s in sections:
        head += s["name"].ljust(8, b"\0") + struct.pack("<IIII", s["virtual"], s["address"], len(s["data"]), at)
        head += bytes(12) + struct.pack("<I", s["flags"])
        at += len(s["data"])
    return head + bytes(size - len(head))


def image(sections, **options):
    return bytearray(headers(sections, **options) + b"".join(s["data"] for s in sections))


def codeview(address, path=b"Build/X64/Hello.dll"):
    record = b"RSDS" + uuid.UUID("11223344-5566-7788-99aa-bbccddeeff00").bytes_le + struct.pack("<I", 1) + path + b"\0"
    entry = struct.pack("<IIHHIIII", 0, 0, 0, 0, 2, len(record), address + 28, 0)
    return entry + record


SBAT = (b"sbat,1,SBAT Version,sbat,1,https://example.com/sbat\n"
        b"hello,3,Example,hello,1.2,https://example.com/hello\n")


def common():
    return [section(b".text", b"\xcc" * 100, CODE, 0x1000), section(b".rdata", codeview(0x2000), DATA, 0x2000),
            section(b".sbat", SBAT, DATA, 0x3000)]


def full(**options):
    return image(common(), directories=[(DEBUG, 0x2000, 28)], **options)


def linux_setup(version=b"6.1.0-example (none@example.com) #1"):
    """A kernel's setup header beside the PE header, as far as it is looked at."""
    data = image([section(b".setup", bytes(512), DATA, 0x1000)], size=0x240)
    data[0x202:0x208] = b"HdrS" + struct.pack("<H", 0x020f)
    struct.pack_into("<H", data, 0x20e, 0x100)
    data[0x300:0x300 + len(version)] = version
    return data


def unified():
    inner = image([section(b".text", b"\xcc" * 16, CODE, 0x1000)])
    parts = [(b".text", b"\xcc" * 64, CODE), (b".cmdline", b"root=/dev/sda1 quiet", DATA),
             (b".osrel", b'ID=example\nVERSION="1"\n', DATA), (b".uname", b"6.1.0", DATA),
             (b".initrd", b"an archive", DATA), (b".linux", bytes(inner), CODE)]
    return image([section(name, data, flags, 0x1000 * (i + 1)) for i, (name, data, flags) in enumerate(parts)],
                 size=0x280)


def odd():
    """A gap between sections, slack, an overlay, a section without bytes, and long names."""
    names = b"\0\0\0\0.a.long.name\0"
    names = struct.pack("<I", len(names)) + names[4:]
    parts = [section(b".text", b"\xcc" * 96 + b"hidden", CODE, 0x1000, virtual=96),
             section(b"/4", b"x" * 64, DATA, 0x2000), section(b".bss", b"", DATA, 0x3000, virtual=4096)]
    data = headers(parts, symbols=(HEADERS + 128 + 64 + 64, 1))
    at = data.index(b"/4\0") + 20
    struct.pack_into("<I", data, at, HEADERS + 128 + 64)
    return data + parts[0]["data"] + b"gap" + bytes(61) + parts[1]["data"] + bytes(18) + names + b"overlay"


def terse():
    """A TE image: the PE image above with its header taken off."""
    whole = full()
    where = struct.unpack_from("<I", whole, 0x3c)[0]
    table = where + 24 + struct.unpack_from("<H", whole, where + 20)[0]
    debug = struct.unpack_from("<II", whole, where + 24 + 112 + 8 * DEBUG)
    head = b"VZ" + struct.pack("<HBBHIIQ", 0x8664, 3, 11, table, 0x1000, 0x1000, 0xfffc0000 + table - 40)
    return bytearray(head + bytes(8) + struct.pack("<II", *debug) + whole[table:])


def patched(data, *changes):
    data = bytearray(data)
    for at, layout, value in changes:
        struct.pack_into(layout, data, at, value)
    return data


def table_of(data):
    where = struct.unpack_from("<I", data, 0x3c)[0]
    return where + 24 + struct.unpack_from("<H", data, where + 20)[0]


def with_certificates(entries, extra=b""):
    data = full()
    where = 64 + 24 + 112 + 8 * SECURITY
    return patched(data + entries + extra, (where, "<I", len(data)), (where + 4, "<I", len(entries)))


def plain():
    write("pe-image", "minimal", image([section(b".text", b"\xcc" * 64, CODE, 0x1000)]))
    write("pe-image", "full", full())
    write("pe-image", "pe32", full(plus=False, machine=0x14c, base=0x400000))
    write("pe-image", "te", terse())
    write("pe-image", "linux", linux_setup())
    write("pe-image", "unified", unified())
    write("pe-image", "odd", odd())
    write("pe-image", "guid-certificate", with_certificates(struct.pack("<IHH", 40, 0x200, 0xef1) + bytes(32)))


def faults():
    good = full()
    table = table_of(good)
    write("pe-image", "fault-no-header", patched(good, (0x3c, "<I", 0x10000)))
    write("pe-image", "fault-mark", patched(good, (64, "<H", 0x4550 ^ 1)))
    write("pe-image", "fault-magic", patched(good, (64 + 24, "<H", 0x30b)))
    write("pe-image", "fault-truncated", good[:-10])
    write("pe-image", "fault-no-sections", good[:table + 50])
    write("pe-image", "fault-section-reference", patched(good, (table + 20, "<I", 0x100000)))
    write("pe-image", "fault-overlap", patched(good, (table + 40 + 20, "<I", HEADERS + 64)))
    write("pe-image", "fault-headers-size", patched(good, (64 + 24 + 60, "<I", 64)))
    write("pe-image", "fault-debug", patched(good, (64 + 24 + 112 + 8 * DEBUG, "<I", 0x9000)))
    write("pe-image", "fault-debug-entry", patched(good, (HEADERS + 128 + 20, "<I", 0x9000)))
    write("pe-image", "fault-sbat", good.replace(b"hello,3,", b"hello,x,"))
    write("pe-image", "fault-te-stripped", patched(terse(), (6, "<H", 20)))
    write("pe-image", "fault-te-below", patched(terse(), (40 + 20, "<I", 16)))
    write("pe-image", "fault-linux-version", patched(linux_setup(), (0x20e, "<H", 0xfff0)))
    entry = struct.pack("<IHH", 16, 0x200, 2) + b"no DER.."
    write("pe-image", "fault-certificate-content", with_certificates(entry))
    write("pe-image", "fault-certificate-length", with_certificates(patched(entry, (0, "<I", 4))))
    write("pe-image", "fault-certificate-truncated", with_certificates(patched(entry, (0, "<I", 400))))
    write("pe-image", "fault-certificate-revision", with_certificates(patched(entry, (4, "<H", 0x100), (6, "<H", 1))))
    write("pe-image", "fault-certificate-trailing", with_certificates(entry, b"behind"))
    where = 64 + 24 + 112 + 8 * SECURITY
    write("pe-image", "fault-certificates-outside", patched(good, (where, "<I", 0x10000), (where + 4, "<I", 16)))
    write("pe-image", "fault-certificates-cut", with_certificates(entry)[:-3])
    write("pe-image", "fault-certificates-overlap", patched(good, (where, "<I", HEADERS), (where + 4, "<I", 16)))


def run(*words, where):
    subprocess.run(words, cwd=where, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def sign():
    """A root, a signer below it, a time stamp authority; one signature, one stamped and nested."""
    with tempfile.TemporaryDirectory() as where:
        with open(os.path.join(where, "in.efi"), "wb") as file:
            file.write(full())
        subject = "/O=Example/CN=Example "
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "root.key", "-out", "root.pem",
            "-subj", subject + "root", "-days", "3650", where=where)
        run("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-keyout", "signer.key", "-out", "signer.csr",
            "-subj", subject + "signer", where=where)
        run("openssl", "x509", "-req", "-in", "signer.csr", "-CA", "root.pem", "-CAkey", "root.key", "-days", "3650",
            "-set_serial", "77", "-out", "signer.pem", where=where)
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
            "other.key", "-out", "other.pem", "-subj", subject + "elliptic", "-days", "3650", where=where)
        common_options = ("osslsigncode", "sign", "-h", "sha256", "-certs")
        run(*common_options, "signer.pem", "-key", "signer.key", "-ac", "root.pem", "-in", "in.efi", "-out", "signed.efi",
            where=where)
        run(*common_options, "other.pem", "-key", "other.key", "-nest", "-in", "signed.efi", "-out", "nested.efi",
            where=where)
        with open(os.path.join(where, "purpose"), "w", encoding="ascii") as file:
            file.write("extendedKeyUsage=critical,timeStamping\n")
        run("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-keyout", "stamp.key", "-out", "stamp.csr",
            "-subj", subject + "time stamps", where=where)
        run("openssl", "x509", "-req", "-in", "stamp.csr", "-CA", "root.pem", "-CAkey", "root.key", "-days", "3650",
            "-set_serial", "78", "-extfile", "purpose", "-out", "stamp.pem", where=where)
        run(*common_options, "signer.pem", "-key", "signer.key", "-TSA-certs", "stamp.pem", "-TSA-key", "stamp.key",
            "-TSA-time", "1800000000", "-in", "in.efi", "-out", "stamped.efi", where=where)
        for case in ("signed", "nested", "stamped"):
            with open(os.path.join(where, case + ".efi"), "rb") as file:
                write("pe-image", case, file.read())


def changed():
    """The signed image with a byte changed in the code, in the signature, in the signed attributes."""
    good = read("pe-image", "signed")
    data = bytearray(good)
    data[HEADERS + 5] ^= 1
    write("pe-image", "fault-digest", data)
    data = bytearray(good)
    at = data.rindex(bytes.fromhex("2a864886f70d0101"))
    data[at + 40] ^= 1
    write("pe-image", "fault-signature", data)
    data = bytearray(good)
    at = data.rindex(bytes.fromhex("2a864886f70d010904"))
    data[at + 20] ^= 1
    write("pe-image", "fault-attributes", data)
    at = good.index(b"Example root")
    data = bytearray(good)
    data[at] ^= 1
    write("pe-image", "fault-certificate", data)


STEP = {"BEFORE": 0, "AFTER": 1, "PUSH": 2, "AND": 3, "OR": 4, "NOT": 5, "TRUE": 6, "FALSE": 7, "END": 8, "SOR": 9}
PROTOCOL = uuid.UUID("f0000000-1111-2222-3333-444444444444").bytes_le


def expression(*words):
    return b"".join(bytes([STEP[w]]) + (PROTOCOL if STEP[w] < 3 else b"") for w in words)


def expressions():
    write("depex", "minimal", expression("TRUE", "END"))
    write("depex", "full", expression("SOR", "PUSH", "PUSH", "AND", "NOT", "FALSE", "OR", "END"))
    write("depex", "before", expression("BEFORE", "END"))
    write("depex", "fault-opcode", expression("PUSH") + b"\x0a" + expression("END"))
    write("depex", "fault-no-end", expression("PUSH", "PUSH", "AND"))
    write("depex", "fault-trailing", expression("TRUE", "END") + b"\0\0")
    write("depex", "fault-order", expression("PUSH", "AFTER", "END"))
    write("depex", "fault-stack", expression("TRUE", "AND", "TRUE", "TRUE", "END"))
    write("depex", "fault-truncated", expression("PUSH")[:9])


def main():
    plain()
    faults()
    if "--sign" in sys.argv[1:]:
        sign()
    changed()
    expressions()


if __name__ == "__main__":
    main()
