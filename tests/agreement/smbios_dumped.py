#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""SMBIOS tables against the dumps that `dmidecode -u` makes of them: the claims are the same.

usage: tests/agreement/smbios_dumped.py BUILD DATA

Prints `smbios dumped: agreed/total` and every disagreement. What stands only in one of the two is left
out: the entry point, of which a dump has the version, and bytes outside of all structures.
"""
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile


def claims(build, path):
    """(path, key) to value, and the names of the faults."""
    done = subprocess.run([os.path.join(build, "assay"), "decode", "--json", path],
                          stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"assay decode {path}: status {done.returncode}: {done.stderr.decode()[:400]}")
    said = json.loads(done.stdout)
    found = [(c["path"], c["key"], json.dumps(c["value"])) for c in said["claims"]]
    return ({c for c in found if c[0].split("/")[1] not in ("entry-point", "unclaimed", "digest-volatile")},
            sorted(f["name"] for f in said["faults"]))


def main():
    build, data = sys.argv[1:3]
    tables = sorted(glob.glob(os.path.join(data, "smbios", "*", "*.bin")))
    if not tables or shutil.which("dmidecode") is None:
        print("smbios dumped: no data, or no dmidecode")
        return 77
    agreed = total = 0
    for table in tables:
        dump = subprocess.run(["dmidecode", "-u", "--from-dump", table], capture_output=True, check=False)
        if dump.returncode != 0 or b"Header and Data" not in dump.stdout:
            continue
        with tempfile.NamedTemporaryFile(suffix=".txt") as text:
            text.write(dump.stdout)
            text.flush()
            (want, faults), (got, text_faults) = claims(build, table), claims(build, text.name)
        total += len(want | got) + 1
        agreed += len(want & got) + (faults == text_faults)
        for claim in sorted(want ^ got):
            print(f"  {os.path.basename(table)}: only {'binary' if claim in want else 'dump'}: {claim}")
        if faults != text_faults:
            print(f"  {os.path.basename(table)}: faults {faults}, of the dump {text_faults}")
    print(f"smbios dumped: {agreed}/{total}")
    return 0 if total > 0 and agreed == total else 1


sys.exit(main())
