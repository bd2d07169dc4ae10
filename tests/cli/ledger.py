#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The fleet ledger as an operator runs it; lists, roots and statements are computed again here.

usage: tests/cli/ledger.py BUILD
"""
import base64
import hashlib
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    jsonschema = None

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MACHINES = os.path.join(ROOT, "demo", "machines")
ORIGIN = "example.com/fleet"
SEED = "c0ffee" + "00" * 29
NONE_SUM = (0, 0, 0, 0, 0, 0xffff, 0, 0xffffff, 0)


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def pack(total):
    """All but the number without a verdict, which follows from the others."""
    counts = struct.pack(">4I2H", *total[:4], *total[5:7])
    return counts + b"".join(number.to_bytes(3, "big") for number in total[7:])


def unpack(raw):
    n, clean, review, bad, oldest, newest = struct.unpack(">4I2H", raw[:20])
    return (n, clean, review, bad, n - clean - review - bad, oldest, newest,
            int.from_bytes(raw[20:23], "big"), int.from_bytes(raw[23:], "big"))


def add(a, b):
    return (*(x + y for x, y in zip(a[:5], b[:5])), min(a[5], b[5]), max(a[6], b[6]),
            a[7] & b[7], a[8] | b[8])


def tree(leaves, depth=0):
    """Hash and sum of leaves that share the first bits, by the definition."""
    if not leaves:
        return sha(b"\x02"), NONE_SUM
    if len(leaves) == 1:
        return sha(b"\0", leaves[0]), unpack(leaves[0][-26:])

    def bit(leaf):
        return leaf[depth // 8] >> (7 - depth % 8) & 1

    left = tree([n for n in leaves if not bit(n)], depth + 1)
    right = tree([n for n in leaves if bit(n)], depth + 1)
    return (sha(b"\x01", left[0], pack(left[1]), right[0], pack(right[1])),
            add(left[1], right[1]))


def root(domain, epoch, node):
    context = sha(domain, ORIGIN.encode(), struct.pack(">I", epoch))
    return sha(b"\x03", context, node[0], pack(node[1])).hex()


def rows(path, magic, size):
    with open(path, "rb") as file:
        data = file.read()
    assert data.startswith(magic), path
    data = data[len(magic):]
    assert len(data) % size == 0
    return [data[i:i + size] for i in range(0, len(data), size)]


class Ledger:
    """Runs the program in a folder of its own."""

    def __init__(self, build, folder):
        self.program = os.path.join(os.path.abspath(build), "assay")
        self.folder = folder
        self.number = 0
        self.failed = 0

    def run(self, *arguments):
        done = subprocess.run([self.program, *arguments], cwd=self.folder, check=False,
                              capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if "--json" in arguments and arguments[0] in ("ledger", "statement") and done.stdout:
            self.follows(arguments[0], json.loads(done.stdout))
        return done

    def follows(self, verb, said):
        """What --json prints is what the schema of the verb describes."""
        path = os.path.join(ROOT, "data", "schema", verb + ".schema.json")
        with open(path, encoding="utf-8") as file:
            schema = json.load(file)
        if jsonschema is not None:
            jsonschema.Draft202012Validator.check_schema(schema)
            for error in jsonschema.Draft202012Validator(schema).iter_errors(said):
                raise AssertionError(f"{verb}: {error.message[:300]}")

    def good(self, *arguments):
        done = self.run(*arguments)
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        return done.stdout

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def test(self, function):
        self.number += 1
        try:
            function(self)
        except AssertionError as problem:
            self.failed += 1
            print(f"not ok {self.number} - {function.__doc__}")
            print("#", str(problem).replace("\n", "\n# "))
            return
        print(f"ok {self.number} - {function.__doc__}")

    def epoch(self, *arguments, day):
        return self.run("ledger", "epoch", "fleet", "--key", "op.key", "--as-of",
                        f"2026-11-{day:02}T00:00:00Z", "--json", *arguments)

    def statement(self, epoch):
        with open(self.path("fleet", "epochs", str(epoch), "statement.json"),
                  encoding="utf-8") as file:
            envelope = json.load(file)
        return json.loads(base64.b64decode(envelope["payload"]))["predicate"]


def evidence(*numbers):
    return [word for n in numbers for word in ("--evidence", f"node-{n}.assay")]


def prepare(t):
    """Bundles with dates and results of the demo's machines."""
    t.good("key", "make", "op.key", "--name", ORIGIN, "--no-passphrase")
    for n in range(1, 6):
        t.good("collect", "--root", os.path.join(MACHINES, f"node-{n}"), "--time",
               "2026-11-01T00:00:00Z", "-o", f"node-{n}.assay")
    t.good("learn", "-o", "good.reference", "node-1.assay")
    for n in range(1, 6):
        t.run("appraise", f"node-{n}.assay", "--reference", "good.reference", "-o",
              f"node-{n}.result")
    with open(t.path("lax.json"), "w", encoding="utf-8") as file:
        json.dump({"schema": 1, "name": "lax", "required": []}, file)
    for n in (1, 5):
        t.run("appraise", f"node-{n}.assay", "--policy", "lax.json", "-o", f"lax-{n}.result")


def first(t):
    """init makes secrets for the owner only; the first epoch adds every server"""
    t.good("ledger", "init", "fleet", "--origin", ORIGIN)
    assert t.run("ledger", "init", "fleet", "--origin", ORIGIN).returncode == 2
    for name in ("vrf", "salt"):
        assert os.stat(t.path("fleet", "private", name)).st_mode & 0o777 == 0o600
    assert os.stat(t.path("fleet", "private")).st_mode & 0o777 == 0o700
    done = t.epoch("node-1.result", "node-2.result", *evidence(1, 2), day=2)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["n"], said["added"], said["epoch"]) == (2, 2, 0), said
    assert t.statement(0)["aggregate"]["oldest"] == 20758, t.statement(0)
    assert t.statement(0)["previous"] is None


def check_epoch(t, epoch):
    folder = t.path("fleet", "epochs", str(epoch))
    said = t.statement(epoch)
    leaves = rows(os.path.join(folder, "leaves"), b"assay-leaves/1\n", 130)
    aliases = rows(os.path.join(folder, "aliases"), b"assay-aliases/1\n", 90)
    assert leaves == sorted(leaves) and aliases == sorted(aliases)
    fleet, names = tree(leaves), tree(aliases)
    assert said["root"] == fleet[0].hex()
    assert tuple(said["aggregate"].values()) == fleet[1], said["aggregate"]
    assert said["aliasRoot"] == root(b"alias/v1", epoch, names)
    assert said["aliases"] == len(aliases)
    for name, member in (("leaves", "leaves"), ("aliases", "aliasLeaves")):
        with open(os.path.join(folder, name), "rb") as file:
            assert said[member] == hashlib.sha256(file.read()).hexdigest(), name
    with open(os.path.join(folder, "delta"), "rb") as file:
        assert said["delta"]["digest"] == hashlib.sha256(file.read()).hexdigest()
    return leaves


def recomputed(t):
    """roots, sums and digests of the first epoch are what its lists give"""
    check_epoch(t, 0)


def grows(t):
    """a later epoch adds, keeps the others' leaves, and names the one before"""
    before = check_epoch(t, 0)
    done = t.epoch("node-3.result", "node-5.result", *evidence(3, 5), day=3)
    assert done.returncode == 0, done.stderr
    after = check_epoch(t, 1)
    assert set(before) < set(after) and len(after) == 4
    said = t.statement(1)
    with open(t.path("fleet", "epochs", "0", "statement.json"), encoding="utf-8") as file:
        payload = base64.b64decode(json.load(file)["payload"])
    assert said["previous"]["payload"] == hashlib.sha256(payload).hexdigest()
    assert said["counters"]["everN"] == 4, said["counters"]
    assert said["aggregate"]["bad"] >= 1, said["aggregate"]


def refused(t):
    """what no ledger may hold is refused, and leaves no epoch"""
    cases = {
        "the evidence that it judges is not given": ["node-4.result"],
        "of one server": ["node-4.result", "node-4.result", *evidence(4)],
        "judged by another policy": ["node-4.result", "lax-1.result", *evidence(4, 1)],
        "time does not go back": [],
        "no server of the ledger": ["--remove", "board=Nobody/1=sold"],
        "none of the reasons": ["--remove", node_id(t, 1) + "=lost"],
        "has no new result": ["--resolve", node_id(t, 1) + "=" + "0" * 64],
    }
    for words, arguments in cases.items():
        day = 1 if words.startswith("time") else 4
        done = t.epoch(*arguments, day=day)
        assert done.returncode == 2 and words in done.stderr, (words, done.stderr)
        assert sorted(os.listdir(t.path("fleet", "epochs"))) == ["0", "1"]


def node_id(t, number):
    """The board of a machine, as the command line has it."""
    done = t.good("decode", "--json", os.path.join(
        MACHINES, f"node-{number}/sys/firmware/dmi/tables/DMI"))
    claims = {c["key"]: c["value"] for c in json.loads(done)["claims"]
              if c["key"].startswith("smbios.baseboard.")}
    return f"board={claims['smbios.baseboard.manufacturer']}/{claims['smbios.baseboard.serial']}"


def one_tpm(t):
    """one TPM behind two servers is refused, and so is one address"""
    digests = []
    for n in (3, 4):
        done = json.loads(t.good("bundle", "list", "--json", f"node-{n}.assay"))
        digests.append(done["evidence"].removeprefix("sha256:"))
    with open(t.path("who"), "w", encoding="utf-8") as file:
        file.write("".join(f"{d} ek={'ab' * 32}\n" for d in digests))
    done = t.epoch("node-3.result", "node-4.result", "--identities", "who", *evidence(3, 4),
                   day=4)
    assert done.returncode == 2 and "of one server, which counts once" in done.stderr, done
    with open(t.path("who"), "w", encoding="utf-8") as file:
        file.write("".join(f"{d} disk=1234\n" for d in digests))
    done = t.epoch("node-3.result", "node-4.result", "--identities", "who", *evidence(3, 4),
                   day=4)
    assert done.returncode == 2 and "can be in one server only" in done.stderr, done


def resolves(t):
    """an incomplete look at a bad server changes nothing, a clean one needs a reason"""
    bad = node_id(t, 5)
    before = t.statement(1)
    t.run("appraise", "node-5.assay", "-o", "again.result")
    done = t.epoch("again.result", *evidence(5), day=4)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["carried"] == 1
    assert t.statement(2)["aggregate"] == before["aggregate"]
    done = t.epoch("lax-5.result", *evidence(5), day=4)
    assert done.returncode == 2 and "say what resolved it" in done.stderr, done
    shutil.copytree(t.path("fleet"), t.path("fork"))
    why = f"{bad}={'5' * 64}"
    done = t.run("ledger", "epoch", "fork", "lax-5.result", *evidence(5), "--key", "op.key",
                 "--resolve", why, "--as-of", "2026-11-04T00:00:00Z", "--json")
    assert done.returncode == 0 and json.loads(done.stdout)["bad"] == 0, done
    with open(t.path("fork/epochs/3/statement.json"), encoding="utf-8") as file:
        said = json.loads(base64.b64decode(json.load(file)["payload"]))["predicate"]
    assert (said["counters"]["resolved"], said["counters"]["everBad"]) == (1, 1), said


def removes(t):
    """a server leaves with a reason, and leaving while not clean is counted"""
    before = t.statement(2)
    done = t.epoch("--remove", node_id(t, 5) + "=held-as-evidence", day=5)
    assert done.returncode == 0, done.stderr
    said = t.statement(3)
    assert said["aggregate"]["n"] == before["aggregate"]["n"] - 1
    assert said["counters"]["removedWhileNotClean"] == 1
    assert said["aliases"] < before["aliases"]
    check_epoch(t, 3)


def proofs(t):
    """proofs of a member by both its names, of attributes, and of an absentee"""
    here, gone = node_id(t, 1), node_id(t, 5)
    t.good("ledger", "prove", "fleet", "--id", here, "--open", "verdict", "--open", "model",
           "-o", "here.proof")
    with open(t.path("here.proof"), "rb") as file:
        data = file.read()
    assert data.startswith(b"assay-server-proof/1\n\0"), data[:40]
    assert b"verdict" in data and b"Lindqvist Systems LS-2210" in data
    assert b"trust-vector" not in data
    said = json.loads(t.good("ledger", "prove", "fleet", "--id", gone, "-o", "gone.proof",
                             "--json"))
    assert said["absent"] is True
    assert t.run("ledger", "prove", "fleet", "--id", here, "--open", "colour", "-o",
                 "x").returncode == 2
    assert t.run("ledger", "prove", "fleet", "--id", "nic-mac=001122334455", "-o",
                 "x").returncode == 2
    assert not os.path.exists(t.path("x"))


def rekeys(t):
    """a rekey changes every pseudonym, keeps every sum, and old servers are still found"""
    before = check_epoch(t, 3)
    done = t.run("ledger", "rekey", "fleet", "--key", "op.key", "--as-of",
                 "2026-11-06T00:00:00Z")
    assert done.returncode == 0, done.stderr
    after = check_epoch(t, 4)
    assert not {n[:32] for n in before} & {n[:32] for n in after}
    assert sorted(n[-26:] for n in before) == sorted(n[-26:] for n in after)
    assert {n[68:100] for n in after} == {sha(b"\0", n) for n in before}
    old, new = t.statement(3), t.statement(4)
    assert old["vrfKey"] != new["vrfKey"] and old["counters"] == new["counters"]
    assert new["delta"]["rekeyed"] == len(before)
    assert os.stat(t.path("fleet/epochs/4/rekey")).st_mode & 0o777 == 0o600
    t.good("ledger", "prove", "fleet", "--id", node_id(t, 1), "-o", "here.proof")
    done = t.epoch("node-4.result", *evidence(4), day=7)
    assert done.returncode == 0, done.stderr
    check_epoch(t, 5)


def samples(t):
    """a sample is committed to, drawn by the seed, and drawn again here"""
    t.good("ledger", "sample", "fleet", "--method", "photograph", "--count", "2", "--source",
           "a beacon", "--not-before", "2026-11-09T00:00:00Z")
    done = t.epoch(day=9)
    assert done.returncode == 2 and "may be known" in done.stderr, done.stderr
    done = t.epoch(day=8)
    assert done.returncode == 0, done.stderr
    assert t.statement(6)["sampling"] == {
        "method": 17, "k": 2, "source": "a beacon", "notBefore": "2026-11-09T00:00:00Z",
        "seed": None, "epoch": 6}
    drawn = json.loads(t.good("ledger", "sample", "fleet", "--seed", SEED, "--json"))
    indexes = [n[:32] for n in check_epoch(t, 6)]
    want = sorted(sorted(indexes, key=lambda i: sha(bytes.fromhex(SEED), i))[:2])
    assert [d["index"] for d in drawn["drawn"]] == [i.hex() for i in want]
    done = t.epoch(day=8)
    assert done.returncode == 2 and "is not known before" in done.stderr, done.stderr
    done = t.epoch(day=9)
    assert done.returncode == 0, done.stderr
    assert t.statement(7)["sampling"]["seed"] == SEED


def words(t):
    """the words of a statement follow its numbers"""
    text = t.good("statement", "fleet/epochs/3/statement.json")
    for part in ("each counted once", "Left while not clean: 1", "never measured",
                 "one targeted board", "2026-11-01", "assay-audit"):
        assert part in text, part
    said = json.loads(t.good("statement", "--json", "fleet/epochs/7/statement.json"))
    assert any("were drawn for photograph" in s for s in said["limits"]), said["limits"]
    assert t.run("statement", "node-1.result").returncode == 2


def audited(t):
    """assay-audit proves every epoch, the sample, and proofs with and without a log"""
    audit = os.path.join(os.path.dirname(t.program), "assay-audit")
    operator = ("--operator", "op.key.pub")

    def proves(*arguments):
        done = subprocess.run([audit, *arguments], cwd=t.folder, check=False,
                              capture_output=True, text=True, stdin=subprocess.DEVNULL)
        assert done.returncode == 0, (arguments, done.stdout)
        return done.stdout

    for epoch in range(8):
        before = ("--previous", f"fleet/epochs/{epoch - 1}") if epoch > 0 else ()
        proves("epoch", f"fleet/epochs/{epoch}", *before, *operator)
    proves("statement", *(f"fleet/epochs/{n}/statement.json" for n in range(8)), *operator)
    proves("sample", "fleet/epochs/6", "fleet/epochs/7/statement.json", *operator)
    t.good("key", "make", "log.key", "--name", "example.com/log", "--no-passphrase")
    t.good("log", "init", "log", "--origin", "example.com/log", "--key", "log.key")
    assert t.run("ledger", "prove", "fleet", "--id", node_id(t, 1), "--log", "log", "-o",
                 "x").returncode == 2
    t.good("log", "append", "log", "fleet/epochs/7/statement.json")
    t.good("log", "checkpoint", "log")
    with open(t.path("log.key.pub"), encoding="utf-8") as key, \
            open(t.path("policy"), "w", encoding="utf-8") as policy:
        policy.write(f"log {key.read().strip()}\nquorum none\n")
    for who, words in ((1, "exactly once"), (5, "NOT among")):
        t.good("ledger", "prove", "fleet", "--id", node_id(t, who), "--alias", "nic-mac",
               "--open", "verdict", "--log", "log", "-o", "one.proof")
        assert words in proves("proof", "one.proof", "--policy", "policy", *operator)


def interrupted(t):
    """what an interrupted epoch left behind is no epoch and in nobody's way"""
    for folder in ("epochs/new", "private/new", "private/8"):
        os.mkdir(t.path("fleet", folder))
        with open(t.path("fleet", folder, "leaves"), "w", encoding="utf-8") as file:
            file.write("half")
    assert json.loads(t.good("ledger", "status", "fleet", "--json"))["epoch"] == 7
    done = t.epoch(day=10)
    assert done.returncode == 0, done.stderr
    check_epoch(t, 8)
    assert "new" not in os.listdir(t.path("fleet", "epochs"))


def killed(t):
    """killed at any time, the ledger has its last epoch whole and goes on"""
    for wait in range(12):
        last = json.loads(t.good("ledger", "status", "fleet", "--json"))["epoch"]
        process = subprocess.Popen(
            [t.program, "ledger", "epoch", "fleet", "--key", "op.key", "--as-of",
             "2026-11-11T00:00:00Z"], cwd=t.folder, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        try:
            process.wait(0.002 * wait)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        now = json.loads(t.good("ledger", "status", "fleet", "--json"))["epoch"]
        assert now in (last, last + 1)
        check_epoch(t, now)


def damaged(t):
    """a list that is not the statement's is refused; values of nodes are computed again"""
    last = json.loads(t.good("ledger", "status", "fleet", "--json"))["epoch"]
    nodes = t.path("fleet", "private", str(last), "leaves.nodes")
    with open(nodes, "r+b") as file:
        file.write(b"\xff")
    t.good("ledger", "status", "fleet")
    os.remove(nodes)
    t.good("ledger", "status", "fleet")
    with open(t.path("fleet", "epochs", str(last), "leaves"), "r+b") as file:
        file.seek(100)
        file.write(b"\xff")
    assert t.run("ledger", "status", "fleet").returncode == 2


def main():
    tests = [first, recomputed, grows, refused, one_tpm, resolves, removes, proofs, rekeys,
             samples, words, audited, interrupted, killed, damaged]
    print(f"1..{len(tests)}")
    with tempfile.TemporaryDirectory() as folder:
        t = Ledger(sys.argv[1], folder)
        prepare(t)
        for test in tests:
            t.test(test)
    return 1 if t.failed else 0


if __name__ == "__main__":
    sys.exit(main())
