#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the good documents that mutants and fuzzers start from.

usage: tests/audit/corpus.py FOLDER

One fleet of three epochs, the last a rekeying, in a log with two witnesses; the operator's secret key too, so that a
changed list can be signed anew, as a dishonest operator would.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "generate"))
import ledger  # noqa: E402

OCTOBER = 1727740800
DAY = 86400


def server(number):
    return ledger.Server(f"S{number}", day=19990, aliases=[
        ("ek", ledger.sha256(bytes([number])).hex()), ("bmc-mac", f"0200000000{number:02x}")])


def main(folder):
    os.makedirs(folder, exist_ok=True)

    def put(name, data):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)
    fleet, log = ledger.Fleet("fleet.example/mutants", "mutants"), ledger.Log("log.example/mutants")
    servers = [server(i) for i in range(14)]
    servers[1].verdict, servers[2].verdict, servers[3].verdict = "review", "bad", "unknown"
    epochs, checkpoints, places = [], [], []

    def publish(day, entries, **more):
        epochs.append(fleet.epoch(entries, f"2024-10-{day:02d}T00:00:00Z", **more))
        log.append(f"before {day}".encode())
        places.append(log.append(epochs[-1].envelope))
        checkpoints.append(log.checkpoint(OCTOBER + day * DAY))
        fleet.write(os.path.join(folder, f"epoch-{len(epochs) - 1}"), epochs[-1])
    publish(1, servers[:12])
    nonce = ledger.sha256(checkpoints[0].split(b"\n\n")[0] + b"\n")
    servers[1].become("clean", 20000, ledger.RESOLVED, ledger.sha256(b"report"))
    servers[4].become("bad", 20000)
    publish(5, servers[:5] + servers[6:], nonce_from=nonce)
    publish(9, servers[:5] + servers[6:], rekey=ledger.Vrf("mutants, again"))
    names = ("verdict", "policy", "nonce", "model")
    proofs = [(1, servers[4]), (1, servers[0]), (1, servers[5]), (2, servers[6]), (0, servers[5]),
              (1, server(77))]
    for i, (number, one) in enumerate(proofs):
        extra = fleet.server_proof(epochs[number], one, names)
        put(f"proof-{i}", log.proof(places[number], checkpoints[number], extra))
    for i, epoch in enumerate(epochs):
        put(f"statement-{i}", epoch.envelope)
        put(f"checkpoint-{i}", checkpoints[i])
    put("consistency", log.consistency(2, checkpoints[2]))
    put("policy", log.policy())
    put("vkey", fleet.key.vkey().encode())
    put("secret", fleet.key.secret)


if __name__ == "__main__":
    main(sys.argv[1])
