#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `assay ledger`, `assay log` and `assay sign` write, `assay-audit` proves: two implementations of one format.

usage: tests/cli/audit_ledger.py BUILD
"""
import json
import os
import subprocess
import sys
import tempfile

import ledger as producer

ORIGIN = producer.ORIGIN


class Bench(producer.Ledger):
    """The ledger's bench, and the verifier beside it."""

    def audit(self, *arguments):
        done = subprocess.run([self.program + "-audit", *arguments], cwd=self.folder, check=False,
                              capture_output=True, text=True, stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout + done.stderr

    def proves(self, *arguments):
        status, text = self.audit(*arguments)
        assert status == 0, (arguments, status, text)
        return text

    def disproves(self, *arguments):
        status, text = self.audit(*arguments)
        assert status == 1, (arguments, status, text)
        return text

    def operator(self):
        return ["--operator", "op.key.pub"]


def publish(t):
    """Makes the fleet of tests/cli/ledger.py, eight epochs, each in a log."""
    producer.prepare(t)
    for part in (producer.first, producer.grows, producer.resolves, producer.removes,
                 producer.rekeys, producer.samples):
        part(t)
    t.good("key", "make", "log.key", "--name", "example.com/log", "--no-passphrase")
    t.good("log", "init", "log", "--origin", "example.com/log", "--key", "log.key")
    for n in range(8):
        t.good("log", "append", "log", f"fleet/epochs/{n}/statement.json")
        t.good("log", "checkpoint", "log")
    with open(t.path("log.key.pub"), encoding="utf-8") as file:
        line = f"log {file.read().strip()}\nquorum none\n"
    with open(t.path("policy"), "w", encoding="utf-8") as file:
        file.write(line)


def chain(t):
    """the statements of a ledger are one chain"""
    files = [f"fleet/epochs/{n}/statement.json" for n in range(8)]
    assert "epochs 0 to 7 are one chain" in t.proves("statement", *files, *t.operator())


def epochs(t):
    """every epoch follows from the one before: lists, sums, reasons, counters, a rekeying"""
    for n in range(8):
        more = ["--previous", f"fleet/epochs/{n - 1}"] if n > 0 else []
        text = t.proves("epoch", f"fleet/epochs/{n}", *more, *t.operator())
        assert "counters count them" in text
        assert ("one new pseudonym" in text) == (n == 4), (n, text)


def place(t):
    """the proof of a server, by its board, with its attributes and all its names"""
    here = producer.node_id(t, 1)
    canonical = here.upper().replace("BOARD=", "board=").replace("/", "\\x1f", 1)
    t.good("ledger", "prove", "fleet", "--id", here, "--open", "verdict", "--open", "model",
           "--open", "policy", "--open", "reference", "--open", "result", "--log", "log", "-o", "p")
    text = t.proves("proof", "p", "--policy", "policy", *t.operator(), "--id", canonical)
    assert "exactly once" in text and "verdict: clean" in text, text
    assert "opened: model = Lindqvist Systems LS-2210" in text, text
    t.good("ledger", "prove", "fleet", "--id", here, "--alias", "nic-mac", "--alias", "bmc-mac",
           "--log", "log", "-o", "p")
    text = t.proves("proof", "p", "--policy", "policy", *t.operator())
    assert "belongs to this server and to no other" in text, text
    with open(t.path("p"), "rb") as file:
        data = file.read()
    for at in range(0, len(data), 211):
        with open(t.path("changed"), "wb") as file:
            file.write(data[:at] + bytes([data[at] ^ 1]) + data[at + 1:])
        status, text = t.audit("proof", "changed", "--policy", "policy", *t.operator())
        assert status != 0, (at, text)


def absence(t):
    """the proof that a server is gone; one without a log is not enough"""
    gone = producer.node_id(t, 5)
    t.good("ledger", "prove", "fleet", "--id", gone, "--log", "log", "-o", "p")
    text = t.proves("proof", "p", "--policy", "policy", *t.operator())
    assert "is NOT among" in text and "as an alias either" in text, text
    t.good("ledger", "prove", "fleet", "--id", gone, "-o", "p")
    status, text = t.audit("proof", "p", "--policy", "policy", *t.operator())
    assert status == 2 and "whether a log has the statement" in text, text


def results(t):
    """a signed result is the one that its server's leaf commits to"""
    t.good("sign", "--key", "op.key", "-o", "node-1.signed", "node-1.result")
    text = t.proves("result", "node-1.signed", "--key", "op.key.pub")
    assert "counts as: clean" in text, text
    t.good("ledger", "prove", "fleet", "--id", producer.node_id(t, 1), "--open", "result",
           "--open", "evidence", "--open", "policy", "--log", "log", "-o", "p")
    text = t.proves("proof", "p", "--policy", "policy", *t.operator(), "--result", "node-1.signed")
    assert "counts its verdict" in text, text
    t.good("sign", "--key", "op.key", "-o", "node-2.signed", "node-2.result")
    text = t.disproves("proof", "p", "--policy", "policy", *t.operator(), "--result",
                       "node-2.signed")
    assert "another result" in text, text


def sample(t):
    """the sample that the ledger drew"""
    drawn = json.loads(t.good("ledger", "sample", "fleet", "--seed", producer.SEED, "--json"))
    text = t.proves("sample", "fleet/epochs/6", "fleet/epochs/7/statement.json", *t.operator())
    told = [line.split()[1] for line in text.splitlines() if line.startswith("  sampled: ")]
    assert sorted(told) == sorted(d["index"] for d in drawn["drawn"]), text


def log(t):
    """the log, its statements, and that it only grew"""
    text = t.proves("log", "log", "--policy", "policy", *t.operator())
    assert "all 8 entries" in text and "epochs 0 to 7 are one chain" in text, text


def swapped(t):
    """files of another epoch are not those of this one"""
    for name in ("leaves", "aliases", "delta"):
        os.rename(t.path(f"fleet/epochs/3/{name}"), t.path("kept"))
        with open(t.path(f"fleet/epochs/2/{name}"), "rb") as source, \
                open(t.path(f"fleet/epochs/3/{name}"), "wb") as file:
            file.write(source.read())
        text = t.disproves("epoch", "fleet/epochs/3", "--previous", "fleet/epochs/2",
                           *t.operator())
        assert "not the list that the statement names" in text, text
        os.replace(t.path("kept"), t.path(f"fleet/epochs/3/{name}"))


def main(arguments):
    with tempfile.TemporaryDirectory() as folder:
        t = Bench(arguments[0], folder)
        publish(t)
        for function in (chain, epochs, place, absence, results, sample, log, swapped):
            t.test(function)
        print(f"1..{t.number}")
        return 1 if t.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
