#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""FRU inventories against the field values that are stated for them.

usage: tests/agreement/ipmi.py BUILD DATA
"""
import json
import os
import subprocess
import sys
import tempfile

STATED = {
    "kontron_am4010.bin": {
        "board/manufacturer": "Kontron", "board/product": "AM4010", "board/serial": "0023721003",
        "board/part-number": "35943", "product/manufacturer": "Kontron",
        "product/name": "AM4010", "product/serial": "0" * 25, "product/part-number": "0012",
        "multirecord": True, "chassis": False},
    "vadatech_utc017.bin": {
        "multirecord records": 1, "multirecord/picmg:39/maximum-current": 420},
}
NAMES = {"manufacturer": "manufacturer", "product_name": "product", "serial_number": "serial",
         "part_number": "part-number"}


def decode(build, path):
    done = subprocess.run([os.path.join(build, "assay"), "decode", "--json", "--as", "ipmi-fru",
                           path], check=False, capture_output=True)
    result = json.loads(done.stdout)
    claims = {c["path"].split("/", 1)[1]: c["value"] for c in result["claims"]}
    return claims, result["faults"]


def decode_bytes(build, data):
    with tempfile.NamedTemporaryFile(suffix=".bin") as file:
        file.write(data)
        file.flush()
        return decode(build, file.name)


def value_of(claims, path):
    if path == "multirecord records":
        return len({p.split("/")[1] for p in claims if p.startswith("multirecord/")})
    if path in claims:
        return claims[path]
    return any(p.startswith(path + "/") for p in claims)


def board_image(area):
    """The area behind a common header that points to it."""
    head = bytes([1, 0, 0, 1, 0, 0, 0])
    return head + bytes([-sum(head) % 256]) + area


def stated(build, folder, check):
    for name, fields in STATED.items():
        claims, faults = decode(build, os.path.join(folder, name))
        check(f"{name} no fault", [], [f["name"] for f in faults])
        for path, want in fields.items():
            check(f"{name} {path}", want, value_of(claims, path))
    _, faults = decode(build, os.path.join(folder, "kontron_am4904.bin"))
    check("kontron_am4904.bin no fault", [], [f["name"] for f in faults])


def vectors(build, folder, check):
    with open(os.path.join(folder, "extra_vectors.json"), encoding="utf-8") as file:
        entries = json.load(file)["vectors"]
    for vector in entries:
        data = bytes.fromhex(vector["hex"])
        if vector["area"] == "board":
            claims, _ = decode_bytes(build, board_image(data))
            for key, want in vector["expect"].items():
                # The vector's note on the encoding is no part of the value; blanks at the end
                # of a field are filling.
                want = want.split(" (")[0].rstrip()
                check(f"{vector['name']} {key}", want, claims.get("board/" + NAMES[key]))
        else:
            claims, faults = decode_bytes(build, data.ljust(256, b"\0"))
            check(f"{vector['name']} checksum fault", True,
                  any(f["name"] == "bad-checksum" for f in faults))
            for area in ("board", "product"):
                check(f"{vector['name']} {area}", "ASRockRack",
                      claims.get(f"{area}/manufacturer"))


def main():
    build, data = sys.argv[1], sys.argv[2]
    folder = os.path.join(data, "ipmi_fru", "kontron+python-ipmi")
    if not os.path.isdir(folder):
        print("ipmi: SKIP (no reference data)")
        return 77
    results = []

    def check(what, want, got):
        results.append(want == got)
        if want != got:
            print(f"  NOT EXPLAINED {what}: stated {want!r}, here {got!r}")

    stated(build, folder, check)
    vectors(build, folder, check)
    print(f"ipmi: {sum(results)}/{len(results)}")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
