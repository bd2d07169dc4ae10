#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The recorded machines of the lab: what was changed shows, and nothing else does.

usage: tests/agreement/lab.py BUILD DATA

srv1 to srv4 are alike but for identity; srv4-reboot is srv4 again; t-hw is srv4 with six changes;
t-fw-implant is srv4 with one driver more in its firmware.
"""
import json
import lzma
import os
import re
import subprocess
import sys
import tempfile

SIX = {
    "function in the empty slot": r"pci@host-kernel/00:1c\.2/00\.0$",
    "function behind a new root port": r"pci@host-kernel/00:1d\.0$",
    "USB keyboard": r"usb@host-kernel/.*1-1(/|$)",
    "SMBus device at 0x2c": r"smbus@host-kernel/bus:0/(0x)?2c(/|$)",
    "BMC firmware": r"bmc@bmc/firmware",
    "board in the FRU": r"fru@bmc/board/(part-number|product)$",
}


class Count:
    def __init__(self):
        self.agreed = 0
        self.total = 0

    def check(self, what, good):
        self.total += 1
        self.agreed += bool(good)
        if not good:
            print(f"lab: NOT {what}")


def assay(build, *arguments):
    done = subprocess.run([os.path.join(build, "assay"), *arguments], check=False,
                          stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode not in (0, 1, 3):
        sys.exit(f"lab: assay {' '.join(arguments)}: {done.stderr.decode()}")
    return done.returncode, json.loads(done.stdout)


def which(path):
    return [name for name, pattern in SIX.items() if re.search(pattern, path)]


def check_six(count, changes):
    first = [c for c in changes if c["consequence_of"] is None and
             c["kind"] != "unseen" and c["expectation"] != "own"]
    for name, pattern in SIX.items():
        count.check(f"shown: {name}", any(re.search(pattern, c["path"]) for c in first))
    for change in first:
        count.check(f"one of the six: {change['path']}", which(change["path"]))
    for change in changes:
        if change["consequence_of"] is not None:
            count.check(f"consequence of one of the six: {change['path']} of "
                        f"{change['consequence_of']}",
                        which(change["consequence_of"]) or
                        any(c["path"] == change["consequence_of"] for c in changes))


def check_firmware(count, changes):
    paths = [c["path"] for c in changes if c["kind"] != "unseen"]
    for pattern in (r"^tpm@tpm/pcr/sha256/0$", r"^eventlog@host-firmware/pcr:0/firmware-blob",
                    r"^flash@host-kernel/bios/fv:"):
        count.check(f"named: {pattern}", any(re.search(pattern, p) for p in paths))
    for path in paths:
        count.check(f"part of the firmware change: {path}",
                    re.search(r"^(tpm@tpm/pcr/sha256/(0|10)$|eventlog@|flash@|ima@)", path))


def check_flash(count, build, machine):
    """The one driver that was added, by name, place and size, and nothing else in code."""
    with tempfile.TemporaryDirectory() as folder:
        images = []
        for name in ("srv4", "t-fw-implant"):
            with lzma.open(os.path.join(machine[name], "flash", "flash.bin.xz")) as file:
                image = file.read()
            images.append(os.path.join(folder, name + ".fd"))
            with open(images[-1], "wb") as file:
                file.write(image)
        status, answer = assay(build, "diff", "--json", *images)
    places = [p for p in answer["places"] if p["consequence_of"] is None and
              p["meaning"] != "recompressed"]
    count.check("the images differ", status == 1)
    count.check("one place differs", len(places) == 1)
    for place in places:
        count.check(f"an added module: {place['kind']} {place['part']}",
                    place["kind"] == "added" and place["part"] == "module")
        count.check("its name and GUID", place["name"] == "LabImplantDxe" and
                    place["path"].endswith("/file:1ab00002-1ab0-1ab0-1ab0-000000000002"))
        count.check("it stands in the DXE volume",
                    place["volume"] == "fv:7cb8bdc9-f8eb-4f34-aaea-3ee4af6516a1")
        count.check("its size", place["to"]["length"] > 0)
        print(f"lab: {place['name']}, {place['to']['length']} bytes")


def check_peers(count, verdict):
    top = [f for f in verdict["findings"]
           if f["judge"] == "peers" and f["severity"] in ("medium", "high", "critical")]
    for name, pattern in SIX.items():
        rows = [f for f in top if re.search(pattern, f["path"])]
        count.check(f"peers name: {name}", rows)
        for row in rows:
            count.check(f"1 of 5: {row['why']}", "1 of 5" in row["why"])
    for finding in top:
        count.check(f"peers, one of the six: {finding['path']}", which(finding["path"]))
    ranked = [f for f in verdict["findings"] if f["judge"] == "peers"]
    count.check("the weak cohort is told", any("weak" in f["why"] or "weak" in f["id"]
                                               for f in ranked))
    head = verdict["findings"][:len(top)]
    count.check("the six stand on top", all(which(f["path"]) for f in head))


def main():
    build, data = sys.argv[1:3]
    lab = os.path.join(data, "lab")
    if not os.path.isdir(lab):
        print("lab: SKIP (no reference data)")
        return 77
    count = Count()
    machine = {name: os.path.join(lab, name) for name in
               ("srv1", "srv2", "srv3", "srv4", "srv4-reboot", "t-hw", "t-fw-implant")}

    status, answer = assay(build, "diff", "--json", machine["srv4"], machine["srv4-reboot"])
    count.check("nothing differs after a reboot", status == 0 and not answer["changes"])
    for a, b in (("srv1", "srv2"), ("srv1", "srv3"), ("srv3", "srv4")):
        status, answer = assay(build, "diff", "--json", machine[a], machine[b])
        count.check(f"{a} against {b}: only own values", status == 0 and answer["changes"] and
                    all(c["expectation"] == "own" for c in answer["changes"]))
    status, answer = assay(build, "diff", "--json", machine["srv4"], machine["t-hw"])
    count.check("t-hw differs", status == 1)
    check_six(count, answer["changes"])
    status, answer = assay(build, "diff", "--json", machine["srv4"], machine["t-fw-implant"])
    count.check("t-fw-implant differs", status == 1)
    check_firmware(count, answer["changes"])
    check_flash(count, build, machine)
    peers = [machine[f"srv{n}"] for n in (1, 2, 3, 4)]
    status, answer = assay(build, "appraise", machine["t-hw"], "--json", "--peers", *peers)
    count.check("t-hw is suspect", status == 1 and answer["verdict"] == "suspect")
    check_peers(count, answer)
    status, answer = assay(build, "appraise", peers[0], "--json", "--peers", *peers[1:])
    count.check("a good machine has no finding of its peers that is medium or worse", all(
        f["severity"] in ("info", "low") for f in answer["findings"] if f["judge"] == "peers"))
    count.check("a good machine is not suspect", answer["verdict"] != "suspect")
    print(f"lab: {count.agreed}/{count.total}")
    return 0 if count.agreed == count.total else 1


sys.exit(main())
