#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Files and PE and TE sections of UEFI images: the same as UEFIExtract finds.

usage: tests/agreement/uefi.py BUILD DATA

Of every image the multiset of (GUID, type, size, SHA-256 of the body) of all files, and of (GUID of the
file, "pe" or "te", size, SHA-256) of their code sections. Decompressed bytes are made here from what
`derived` of assay's answer says. Pad files that hold nothing but erased bytes are padding to assay, and
are only counted.
"""
import collections
import glob
import hashlib
import json
import lzma
import os
import re
import shutil
import subprocess
import sys
import tempfile

DEBIAN = ["/usr/share/OVMF/*.fd", "/usr/share/ovmf/*.fd", "/usr/share/AAVMF/*.fd",
          "/usr/share/qemu-efi-aarch64/*.fd"]
PAD = "ffffffff-ffff-ffff-ffff-ffffffffffff"


def unpack(method, data):
    if method == "lzma":
        return lzma.LZMADecompressor(format=lzma.FORMAT_ALONE).decompress(
            data, int.from_bytes(data[5:13], "little"))
    if method == "lzma-x86":
        size = int.from_bytes(data[5:13], "little")
        filters = [{"id": lzma.FILTER_X86}, {"id": lzma.FILTER_LZMA1, "dict_size": 1 << 24}]
        return lzma.LZMADecompressor(format=lzma.FORMAT_RAW, filters=filters).decompress(
            data[13:], size)
    return None  # not of a UEFI section: a payload of coreboot


def blobs_of(answer, data):
    blobs = {answer["blob"]: data}
    for row in answer["derived"]:
        if row["parent"] not in blobs:
            continue
        source = blobs[row["parent"]][row["offset"]:row["offset"] + row["length"]]
        made = unpack(row["method"], source)
        if made is None:
            continue
        if "sha256:" + hashlib.sha256(made).hexdigest() != row["blob"]:
            raise ValueError("a derived blob is not what its digest says")
        blobs[row["blob"]] = made
    return blobs


def ours(build, path):
    """Files and code sections as assay states them."""
    done = subprocess.run([os.path.join(build, "assay"), "decode", "--json", path], check=False,
                          stdin=subprocess.DEVNULL, capture_output=True)
    answer = json.loads(done.stdout)
    with open(path, "rb") as file:
        blobs = blobs_of(answer, file.read())
    files, code = collections.Counter(), collections.Counter()
    for claim in answer["claims"]:
        span = claim["span"]
        if claim["key"] in ("flash.file.size", "flash.file.packed-size"):
            data = blobs[span["blob"]]
            start = span["offset"] - 20
            guid = data[start:start + 16]
            header = 32 if data[start + 19] & 1 and claim["value"] > 0xffffff else 24
            body = data[start + header:start + claim["value"]]
            files[(text_of(guid), data[start + 18], claim["value"],
                   hashlib.sha256(body).hexdigest())] += 1
        found = re.search(r"file:([0-9a-f-]{36})/(?:[^/]*/)*?(pe|te)/digest$", claim["path"])
        if found and claim["key"] == "flash.program.digest":
            owner = re.findall(r"file:([0-9a-f-]{36})", claim["path"])[-1]
            code[(owner, found[2], span["length"], claim["value"]["hex"])] += 1
    return files, code


def text_of(guid):
    import uuid  # pylint: disable=import-outside-toplevel
    return str(uuid.UUID(bytes_le=guid))


def field(info, name):
    found = re.findall(rf"^{name}: ([0-9A-Fa-f-]+)h?(?: |$)", info, flags=re.M)
    return found[-1].lower() if found else None


def body_of(folder):
    path = os.path.join(folder, "body.bin")
    if not os.path.exists(path):
        return b""
    with open(path, "rb") as file:
        return file.read()


def theirs(image):
    """The same from UEFIExtract's dump, and how many blank pad files it lists."""
    files, code, pads = collections.Counter(), collections.Counter(), 0
    with tempfile.TemporaryDirectory() as where:
        shutil.copyfile(image, os.path.join(where, "i"))
        subprocess.run(["UEFIExtract", "i", "all"], cwd=where, check=False,
                       stdin=subprocess.DEVNULL, capture_output=True)
        owners = {}
        for folder, _, names in sorted(os.walk(os.path.join(where, "i.dump"))):
            if "info.txt" not in names:
                continue
            with open(os.path.join(folder, "info.txt"), encoding="utf-8", errors="replace") as file:
                info = file.read()
            owners[folder] = owners.get(os.path.dirname(folder))
            body = body_of(folder)
            digest = hashlib.sha256(body).hexdigest()
            if info.startswith("Type: File"):
                guid = field(info, "File GUID")
                owners[folder] = guid
                kind = int(field(info, "Type"), 16)
                size = int(field(info, "Full size"), 16)
                if guid == PAD and (set(body) <= {0xff} or set(body) <= {0}):
                    pads += 1
                else:
                    files[(guid, kind, size, digest)] += 1
            elif info.startswith("Type: Section") and field(info, "Type") in ("10", "12"):
                code[(owners[folder], "pe" if field(info, "Type") == "10" else "te", len(body),
                      digest)] += 1
    return files, code, pads


def compare(what, mine, other):
    """Prints what only one of the two has. Returns agreed and total."""
    for row in sorted((mine - other).elements()):
        print(f"uefi: {what}: only assay has {row[:3]}")
    for row in sorted((other - mine).elements()):
        print(f"uefi: {what}: only UEFIExtract has {row[:3]}")
    return sum((mine & other).values()), sum((mine | other).values())


def images(data):
    found = [p for pattern in DEBIAN for p in sorted(glob.glob(pattern))]
    for folder, _, names in sorted(os.walk(os.path.join(data, "uefi_fw"), followlinks=True)):
        found += [os.path.join(folder, n) for n in sorted(names)
                  if n.endswith((".fd", ".fv", ".rom", ".flash"))]
    unique = {}
    for path in found:
        with open(path, "rb") as file:
            unique.setdefault(hashlib.sha256(file.read()).digest(), path)
    return list(unique.values())


def main():
    build, data = sys.argv[1:3]
    found = images(data)
    if shutil.which("UEFIExtract") is None or not found:
        print("uefi: SKIP (no UEFIExtract, or no image)")
        return 77
    agreed = total = blank = 0
    for path in found:
        files, code = ours(build, path)
        their_files, their_code, pads = theirs(path)
        name = os.path.basename(path)
        blank += pads
        for kind, mine, other in (("files", files, their_files), ("code", code, their_code)):
            same, both = compare(f"{name} {kind}", mine, other)
            agreed += same
            total += both
    print(f"uefi: {agreed}/{total} files and code sections of {len(found)} images; {blank} blank "
          "pad files")
    return 0 if agreed == total else 1


sys.exit(main())
