#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""assay-audit: processor time for the proof of one server, and for a whole epoch.

usage: bench/audit.py BUILD [DATA [SERVERS]]

Bars: a proof under 3 ms, process and all; an epoch in at most twice the time that libsodium needs for SHA-256 over the
bytes that have to be hashed. The documents are those of tests/generate/ledger.py.
"""
import os
import resource
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "generate"))
import ledger  # noqa: E402

RUNS = 100


def used(program, *arguments):
    """Seconds of processor time of one run, which must prove what it is asked."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([program, *arguments], check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure_proof(program, folder):
    fleet, log = ledger.Fleet(), ledger.Log("log.example/bench")
    servers = [ledger.Server(f"S{i}", aliases=[("ek", ledger.sha256(bytes([i])).hex())])
               for i in range(250)]
    epoch = fleet.epoch(servers, "2024-11-01T00:00:00Z")
    for i in range(1000):
        log.append(f"entry {i}".encode())
    index = log.append(epoch.envelope)
    extra = fleet.server_proof(epoch, servers[3])
    paths = [os.path.join(folder, name) for name in ("proof", "policy")]
    for path, data in zip(paths, (log.proof(index, log.checkpoint(1730419300), extra),
                                  log.policy())):
        with open(path, "wb") as file:
            file.write(data)
    total = sum(used(program, "proof", paths[0], "--policy", paths[1], "--operator",
                     fleet.key.vkey()) for _ in range(RUNS))
    size = os.path.getsize(paths[0])
    print(f"proof of one server with an alias, {size} bytes, two witnesses: "
          f"{1000 * total / RUNS:.2f} ms of processor time (bar: 3)")
    return total / RUNS < 0.003


def nodes_of(leaves):
    """How many inner nodes the tree over sorted leaves has."""
    def shared(a, b):
        return 256 - (int.from_bytes(a[:32], "big") ^ int.from_bytes(b[:32], "big")).bit_length()
    bits = [shared(a, b) for a, b in zip(leaves, leaves[1:])]
    # Each depth at which a leaf's path leaves the path of the leaf before is a node.
    return sum(max(0, b - (bits[i - 1] if i else -1)) for i, b in enumerate(bits))


def synthetic(count):
    """An epoch 0 of that many made-up leaves, as files."""
    fleet = ledger.Fleet()
    e = ledger.Epoch()
    e.number, e.nonce_from, e.as_of, e.sampling, e.before = 0, None, "2024-11-01T00:00:00Z", None, None
    e.vrf_before = e.vrf = fleet.vrf
    one = ledger.pack(ledger.sums_of("clean", 19990, 19990, 3))
    e.leaves = sorted(ledger.sha256(b"%d" % i) + bytes(4) + ledger.sha256(b"c%d" % i) + bytes(36)
                      + one for i in range(count))
    e.aliases, e.reasons, e.pairs, e.unidentified = [], {}, [], 0
    fleet.make_delta(e, {}, {}, None)
    fleet.make_statement(e)
    e.payload = ledger.compact(e.statement)
    e.envelope = ledger.envelope(e.payload, fleet.key)
    return fleet, e


def measure_epoch(program, folder, count):
    fleet, e = synthetic(count)
    fleet.write(folder, e)
    spent = min(used(program, "epoch", folder, "--operator", fleet.key.vkey()) for _ in range(3))
    # Leaves are hashed for the tree and once more against the delta list; the files as wholes.
    size = 2 * 131 * count + 117 * nodes_of(e.leaves) + 260 * count
    data, room = bytes(size), bytes(32)
    began = time.process_time()
    ledger.SODIUM.crypto_hash_sha256(room, data, size)
    hashing = time.process_time() - began
    print(f"epoch of {count} servers: {spent:.2f} s of processor time; SHA-256 of the same "
          f"{size >> 20} MiB in one piece: {hashing:.2f} s; ratio {spent / hashing:.2f} (bar: 2)")
    return spent <= 2 * hashing


def main(build, _data="", count="100000"):
    program = os.path.join(os.path.abspath(build), "assay-audit")
    with tempfile.TemporaryDirectory() as folder:
        good = measure_proof(program, folder)
        return 0 if measure_epoch(program, folder, int(count)) and good else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
