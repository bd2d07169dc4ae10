#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Alterations of one machine: who notices, where, and how bad it is said to be.

usage: tests/cli/alterations.py BUILD

Each alters a copy of a machine of the demo, which is judged against a reference, its peers and
itself before. What is expected must be there, and nothing else of weight. Prints TAP.
"""
import hashlib
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MACHINES = os.path.join(ROOT, "demo", "machines")
GOOD = [os.path.join(MACHINES, f"node-{n}") for n in range(1, 5)]
PCI = "sys/bus/pci/devices/0000:"
LOG = "sys/kernel/security/tpm0/binary_bios_measurements"
DB = "sys/firmware/efi/efivars/db-d719b2cb-3d3a-4596-a3bc-dad00e67656f"
BANKS = {4: "sha1", 11: "sha256"}
DRIVER = 0x80000004
WEIGHT = ("medium", "high", "critical")


def read(folder, name):
    with open(os.path.join(folder, name), "rb") as file:
        return bytearray(file.read())


def write(folder, name, content):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)


def edit(folder, name, *changes):
    data = read(folder, name)
    for at, value in changes:
        data[at:at + len(value)] = value
    write(folder, name, data)


def hidden_bridge(folder):
    """One more bridge, and a device behind it."""
    bridge = read(folder, PCI + "00:1c.4/config")
    bridge[0x19:0x1b] = b"\x05\x05"
    write(folder, PCI + "00:1c.5/config", bridge)
    device = read(folder, PCI + "04:00.0/config")
    device[0:4] = b"\x34\x12\xef\xbe"
    write(folder, PCI + "05:00.0/config", device)


def function_behind_bridge(folder):
    """One more function of a device behind a bridge of which half was read."""
    device = read(folder, PCI + "04:00.0/config")
    device[2:4] = b"\x77\x77"
    write(folder, PCI + "04:00.1/config", device)


def capability(folder):
    pointer = read(folder, PCI + "03:00.0/config")[0x34]
    edit(folder, PCI + "03:00.0/config", (0xf0, bytes([9, pointer, 8, 1, 2, 3, 4, 5])),
         (0x34, b"\xf0"))


def subsystem(folder):
    data = read(folder, PCI + "02:00.0/config")
    edit(folder, PCI + "02:00.0/config", (0x2c, data[0x2e:0x30] + data[0x2c:0x2e]))


def prefetchable(folder):
    data = read(folder, PCI + "02:00.0/config")
    edit(folder, PCI + "02:00.0/config", (0x10, bytes([data[0x10] ^ 8])))


def events_of(data):
    """The first record, and (PCR, type, digests, data) of each that follows."""
    size = struct.unpack_from("<I", data, 28)[0]
    at = 32 + size
    events = []
    while at < len(data):
        pcr, kind, count = struct.unpack_from("<III", data, at)
        at += 12
        digests = []
        for _ in range(count):
            number = struct.unpack_from("<H", data, at)[0]
            end = at + 2 + hashlib.new(BANKS[number]).digest_size
            digests.append((number, bytes(data[at + 2:end])))
            at = end
        length = struct.unpack_from("<I", data, at)[0]
        events.append((pcr, kind, digests, bytes(data[at + 4:at + 4 + length])))
        at += 4 + length
    return bytes(data[:32 + size]), events


def added_driver(folder):
    """A driver was measured that siblings do not have, and the TPM holds it: all is consistent."""
    head, events = events_of(read(folder, LOG))
    last = max(i for i, event in enumerate(events) if event[0] == 2 and event[1] != 4)
    digests = [(n, hashlib.new(name, b"driver").digest()) for n, name in BANKS.items()
               if n in dict(events[last][2])]
    path = b"\2\1\x0c\0\xd0\x41\3\x0a\0\0\0\0\1\1\6\0\0\2\x7f\xff\4\0"
    data = struct.pack("<QQQQ", 0x7000, 0x9000, 0, len(path)) + path
    events.insert(last + 1, (2, DRIVER, digests, data))
    out = head
    for pcr, kind, values, content in events:
        out += struct.pack("<III", pcr, kind, len(values))
        out += b"".join(struct.pack("<H", n) + value for n, value in values)
        out += struct.pack("<I", len(content)) + content
    write(folder, LOG, out)
    for number, _ in digests:
        name = BANKS[number]
        value = bytes(hashlib.new(name).digest_size)
        for pcr, kind, values, _ in events:
            if pcr == 2 and kind != 3:
                value = hashlib.new(name, value + dict(values)[number]).digest()
        write(folder, f"sys/class/tpm/tpm0/pcr-{name}/2", value.hex().upper().encode() + b"\n")


def key_database(folder):
    """One more program that may start."""
    entry = struct.pack("<III", 76, 0, 48) + bytes(16) + hashlib.sha256(b"program").digest()
    kind = bytes.fromhex("2616c4c14c509240aca941f936934328")
    write(folder, DB, read(folder, DB) + kind + entry)


def microcode(folder):
    text = read(folder, "proc/cpuinfo").decode()
    number = next(line.split(":")[1].strip() for line in text.splitlines()
                  if line.startswith("microcode"))
    write(folder, "proc/cpuinfo", text.replace(number, hex(int(number, 16) - 1)).encode())


def module(folder):
    text = read(folder, "proc/modules")
    write(folder, "proc/modules", text + b"sneaky 16384 0 - Live 0xffffffffc0999000 (E)\n")


def usb_device(folder):
    data = read(folder, "sys/bus/usb/devices/1-4/descriptors")
    data[8:10] = b"\xad\xde"
    write(folder, "sys/bus/usb/devices/1-6/descriptors", data)


def smbus_device(folder):
    text = read(folder, "i2c/scan.txt")
    write(folder, "i2c/scan.txt", text.replace(b"bus 0 addr 50", b"bus 0 addr 42\nbus 0 addr 50"))


def product_name(folder):
    """The name in the FRU, with a checksum that fits."""
    data = read(folder, "ipmi/fru0.bin")
    area = data[4] * 8
    name = area + 4 + (data[area + 3] & 0x3f)
    end = area + data[area + 1] * 8 - 1
    before = data[name + 1]
    data[name + 1] = ord("Z")
    data[end] = (data[end] + before - ord("Z")) % 256
    write(folder, "ipmi/fru0.bin", data)


def empty_log(folder):
    write(folder, "ipmi/sel.bin", b"")


# What was done, what must be found (judge, severity, end of the path, part of the words), and
# below which paths further findings of weight are of the same alteration.
BEHIND = "pci@host-kernel/00:1c.4/00.0"
THREE = ("reference", "history", "peers")
CASES = [
    (hidden_bridge, [(judge, "high", "pci@host-kernel/00:1c.5", "") for judge in THREE], []),
    (function_behind_bridge, [(judge, "high", BEHIND + "/00.1", "") for judge in THREE], []),
    (capability, [(judge, "high", BEHIND + "/cap:vendor", "") for judge in THREE], [BEHIND]),
    (subsystem, [(judge, "high", "00:1c.1/00.0/subsystem-device", "0x17aa here")
                 for judge in ("reference", "history")], ["pci@host-kernel/00:1c.1/00.0"]),
    (prefetchable, [("reference", "high", "00:1c.1/00.0/bar:0/prefetchable", "true here"),
                    ("peers", "medium", "00:1c.1/00.0/bar:0/prefetchable", "1 of 4")],
     ["pci@host-kernel/00:1c.1/00.0/bar:0"]),
    (added_driver, [("reference", "high", "pcr:2/boot-services-driver#2", ""),
                    ("peers", "medium", "eventlog@host-firmware/pcr:2", "1 of 4"),
                    ("peers", "info", "tpm@tpm/pcr/sha256/2", "can follow"),
                    ("reference", "info", "replayed/sha256/2", "can follow")],
     ["eventlog@host-firmware/pcr:2"]),
    (key_database, [("reference", "high", "db/sha256:00000000-0000-0000-0000-000000000000",
                     "(sha256 "), ("witness", "high", ":db", "1 are new")],
     ["efivar@host-firmware/d719b2cb-3d3a-4596-a3bc-dad00e67656f:db"]),
    (microcode, [("history", "medium", "processor/microcode", " 0x")], ["cpu@host-kernel"]),
    (module, [("rule", "medium", "module:sneaky/taint", ""),
              ("reference", "medium", "module:sneaky", "")], ["modules@host-kernel/module:sneaky"]),
    (usb_device, [(judge, "high", "usb@host-kernel/1-6", "") for judge in THREE], []),
    (smbus_device, [("reference", "high", "smbus@host-kernel/bus:0/0x42", ""),
                    ("rule", "low", "smbus@host-kernel/bus:0/0x42", "")],
     ["smbus@host-kernel/bus:0"]),
    (product_name, [("witness", "medium", "fru@bmc/product/name", "one of the two is wrong"),
                    ("reference", "high", "fru@bmc/product/name", "")], ["fru@bmc/product"]),
    (empty_log, [("rule", "low", "sel@bmc/entries", "fewer entries")], []),
]


# What the other side did not see: files to take from it, and the surface that nobody judged.
BLIND = [("sys/bus/pci", "pci", hidden_bridge), ("sys/bus/usb", "usb", usb_device),
         ("sys/kernel/security/tpm0", "eventlog", added_driver)]


def run(program, *arguments):
    done = subprocess.run([program, *arguments], check=False, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=120)
    if done.returncode not in (0, 1, 3):
        raise SystemExit(done.stderr)
    return done.stdout


def remarks(findings, wanted, around):
    """What was expected and is not there, and what is there and was not expected."""
    for judge, severity, end, words in wanted:
        if not any(f["judge"] == judge and f["severity"] == severity and f["path"].endswith(end)
                   and words in f["why"] for f in findings):
            yield f"no {severity} finding of {judge} at {end} with '{words}'"
    places = tuple(end for _, _, end, _ in wanted) + tuple(around)
    for f in findings:
        if f["severity"] in WEIGHT and not f["path"].endswith(places) \
                and not f["path"].startswith(tuple(around) or ("-",)):
            yield f"also {f['severity']} of {f['judge']} at {f['path']}: {f['why']}"


def blind_remarks(program, top, hidden, surface, alter):
    """An alteration that the other side cannot tell is not called clean."""
    subject = os.path.join(top, "subject-" + surface)
    other = os.path.join(top, "other-" + surface)
    reference = os.path.join(top, "reference-" + surface)
    shutil.copytree(GOOD[0], subject)
    alter(subject)
    shutil.copytree(GOOD[0], other)
    shutil.rmtree(os.path.join(other, hidden))
    run(program, "learn", "-o", reference, other)
    for judge, options in (("reference", ["--reference", reference]), ("history", ["--since", other])):
        result = json.loads(run(program, "appraise", "--json", subject, *options))
        if result["verdict"] == "clean":
            yield f"clean by {judge}, which saw nothing of {surface}"
        for row in result["coverage"]:
            if row["surface"] == surface and judge in row["judged_by"]:
                yield f"{surface}@{row['witness']} is said to be judged by {judge}"


def own_bytes(program, top):
    """The bytes behind an added bridge are its own, not those of the device behind it."""
    folder = os.path.join(top, "hidden_bridge")
    config = bytes(read(folder, PCI + "00:1c.5/config"))
    result = json.loads(run(program, "appraise", "--json", folder, "--since", GOOD[0]))
    digest = "sha256:" + hashlib.sha256(config).hexdigest()
    found = [f["span"]["blob"] for f in result["findings"] if f["path"].endswith("/00:1c.5")]
    return [] if found == [digest] else [f"bytes of {found}, not of {digest}"]


def main():
    program = os.path.join(sys.argv[1], "assay")
    failed = 0
    print(f"1..{len(CASES) + len(BLIND) + 1}")

    def tell(number, name, bad):
        print(f"{'not ok' if bad else 'ok'} {number} - {name}")
        for line in bad:
            print("# " + line)
        return bool(bad)

    with tempfile.TemporaryDirectory() as top:
        reference = os.path.join(top, "reference")
        run(program, "learn", "-o", reference, *GOOD)
        for number, (alter, wanted, around) in enumerate(CASES, 1):
            folder = os.path.join(top, alter.__name__)
            shutil.copytree(GOOD[0], folder)
            alter(folder)
            result = json.loads(run(program, "appraise", "--json", folder, "--reference", reference,
                                    "--since", GOOD[0], "--peers", *GOOD[1:]))
            failed += tell(number, alter.__name__.replace("_", " "),
                           list(remarks(result["findings"], wanted, around)))
        for number, (hidden, surface, alter) in enumerate(BLIND, len(CASES) + 1):
            failed += tell(number, f"{surface} that the other side did not see",
                           list(blind_remarks(program, top, hidden, surface, alter)))
        failed += tell(len(CASES) + len(BLIND) + 1, "bytes behind a bridge",
                       own_bytes(program, top))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
