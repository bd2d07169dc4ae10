#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""CPU time of whole processes: assay against the peer that reads the same files.

usage: bench/decode.py BUILD DATA [ROUNDS]

Each figure is the median over ROUNDS (15) of the ratio of one pair, run in turn, after a warm-up.
CPU time is user and system time of the finished processes as the kernel accounts them.
"""
import glob
import os
import resource
import statistics
import subprocess
import sys


def cpu(commands):
    """CPU seconds of running each command once."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for command in commands:
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def compare(what, ours, theirs, bar, rounds):
    """Prints the ratio of ours to theirs."""
    cpu(ours)
    cpu(theirs)
    pairs = [(cpu(ours), cpu(theirs)) for _ in range(rounds)]
    ratio = statistics.median(a / b for a, b in pairs)
    print(f"{what}: {statistics.median(a for a, _ in pairs) * 1000:.1f} ms against "
          f"{statistics.median(b for _, b in pairs) * 1000:.1f} ms, ratio {ratio:.2f} "
          f"(bar {bar})")
    return ratio <= bar


def readable_by_dmidecode(path):
    done = subprocess.run(["dmidecode", "--from-dump", path], capture_output=True, check=False)
    return done.returncode == 0 and b"No SMBIOS" not in done.stdout and len(done.stdout) > 200


def main():
    build, data = sys.argv[1:3]
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 15
    assay = os.path.join(build, "assay")
    if not os.path.isdir(data):
        print("bench decode: no data")
        return 77
    dumps = sorted(p for p in glob.glob(os.path.join(data, "smbios/*/*.bin"))
                   if readable_by_dmidecode(p))
    logs = sorted(glob.glob(os.path.join(data, "tpm_eventlog/tpm2-software+tpm2-tools/*.bin")),
                  key=os.path.getsize)
    pci = sorted(glob.glob(os.path.join(data, "pci_config/pciutils+pciutils/*")))
    one = sorted(dumps, key=os.path.getsize)[len(dumps) // 2]
    good = [
        compare(f"{len(dumps)} SMBIOS dumps in one call / dmidecode once a dump",
                [[assay, "decode", *dumps]],
                [["dmidecode", "--from-dump", p] for p in dumps], 0.2, rounds),
        compare(f"one SMBIOS dump ({os.path.getsize(one)} bytes) / dmidecode",
                [[assay, "decode", one]], [["dmidecode", "--from-dump", one]], 1.6, rounds * 2),
        compare(f"one event log ({os.path.getsize(logs[-1])} bytes) / tpm2_eventlog",
                [[assay, "decode", logs[-1]]], [["tpm2_eventlog", logs[-1]]], 0.6, rounds),
        compare(f"one event log ({os.path.getsize(logs[len(logs) // 2])} bytes) / tpm2_eventlog",
                [[assay, "decode", logs[len(logs) // 2]]],
                [["tpm2_eventlog", logs[len(logs) // 2]]], 0.6, rounds),
        compare(f"{len(pci)} PCI dumps in one call / lspci -vvv -F once a file",
                [[assay, "decode", *pci]], [["lspci", "-vvv", "-F", p] for p in pci], 0.2,
                rounds),
    ]
    print(f"bench decode: {sum(good)} of {len(good)} within their bar")
    return 0 if all(good) else 1


sys.exit(main())
