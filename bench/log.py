#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Signing results and logging them: batches of 1,000, each signed, appended, synced and published.

usage: bench/log.py BUILD DATA

Bar: 5,000 results a second of one core's time, with the syncs of each batch; a batch is one run of `assay sign --log`
and one of `assay log checkpoint`. What is measured is the processor time of all processes, since the core may be shared;
the time on the clock is printed beside it. The peer on the same input in the same run: what Ed25519 alone takes
(`openssl speed`).
"""
import os
import re
import resource
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MACHINES = os.path.join(ROOT, "demo", "machines")
BATCH = 1000
ROUNDS = 5
BAR = 5000


def one_core():
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def spent():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def peer():
    """Ed25519 signatures a second by openssl on the same core, or None."""
    done = subprocess.run(["openssl", "speed", "-seconds", "1", "ed25519"], check=False,
                          capture_output=True, text=True, preexec_fn=one_core)
    match = re.search(r"Ed25519\) +\S+ +\S+ +([\d.]+)", done.stdout)
    return float(match.group(1)) if match else None


def main():
    program = os.path.abspath(os.path.join(sys.argv[1], "assay"))
    best = 0.0
    with tempfile.TemporaryDirectory(dir=".") as folder:
        def run(*arguments):
            subprocess.run([program, *arguments], check=True, cwd=folder, preexec_fn=one_core,
                           stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)

        for name in ("log.example", "operator.example"):
            run("key", "make", name + ".key", "--name", name, "--no-passphrase")
        run("log", "init", "L", "--origin", "log.example", "--key", "log.example.key")
        names = sorted(os.listdir(MACHINES))
        for name in names:
            subprocess.run([program, "appraise", os.path.join(MACHINES, name), "-o",
                            os.path.join(folder, name)], check=False, stdout=subprocess.DEVNULL)
        size = sum(os.path.getsize(os.path.join(folder, name)) for name in names) // len(names)
        batch = [names[i % len(names)] for i in range(BATCH)]
        for _ in range(ROUNDS):
            clock, before = time.monotonic(), spent()
            run("sign", "--key", "operator.example.key", "--log", "L", *batch)
            run("log", "checkpoint", "L")
            used, took = spent() - before, time.monotonic() - clock
            best = max(best, BATCH / used)
            print(f"batch of {BATCH}, result nodes of {size} bytes: {used:.3f} s of processor "
                  f"time ({BATCH / used:.0f}/s), {took:.3f} s on the clock "
                  f"({BATCH / took:.0f}/s)")
        run("log", "verify", "L")
        with open(os.path.join(folder, "L", "checkpoint"), "rb") as file:
            if int(file.read().split(b"\n")[1]) != BATCH * ROUNDS:
                print("the log does not have all entries")
                return 1
    signatures = peer()
    if signatures:
        print(f"Ed25519 alone (openssl speed): {signatures:.0f}/s; a result takes the time of "
              f"{signatures / best:.1f} signatures")
    print(f"results a second of one core: {best:.0f}, bar {BAR}: {'met' if best >= BAR else 'missed'}")
    return 0 if best >= BAR else 1


sys.exit(main())
