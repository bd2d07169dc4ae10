#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""assay-audit: what it proves, what it disproves, and what it cannot tell.

usage: tests/cli/audit.py BUILD

The documents come from tests/generate/ledger.py, which shares no code with the verifier. Each bad one differs from
a good one in one thing. Prints TAP.
"""
import base64
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "generate"))
import ledger  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROVEN, DISPROVEN, UNTOLD = range(3)
DAY = 20000
JANUARY = 1704067200


def at(day):
    """A day of October 2024 as statements write it."""
    return f"2024-10-{day:02d}T00:00:00Z"


class Bench:
    """The programs, a folder, and one honest fleet of three epochs in a log."""

    def __init__(self, build, folder):
        self.program = os.path.join(os.path.abspath(build), "assay-audit")
        self.folder = folder
        self.number = 0
        self.failed = 0
        self.fleet = ledger.Fleet()
        self.log = ledger.Log("log.example/1")
        self.make()

    def make(self):
        fleet, log = self.fleet, self.log
        self.servers = [ledger.Server(f"S{i}", day=DAY - 30, aliases=[
            ("ek", ledger.sha256(bytes([i])).hex()), ("bmc-mac", f"0200000000{i:02x}")])
                        for i in range(24)]
        self.servers[2].verdict = "review"
        self.servers[3].verdict = "bad"
        self.servers[4].verdict = "unknown"
        self.gone = self.servers[7]
        self.places, self.checkpoints = [], []
        fleet.epoch(self.servers[:20], at(1))
        self.publish(JANUARY + 275 * 86400)
        nonce = ledger.sha256(self.checkpoints[0].split(b"\n\n")[0] + b"\n")
        self.servers[2].become("clean", DAY, ledger.RESOLVED, ledger.sha256(b"report"))
        self.servers[5].become("bad", DAY)
        fleet.epoch([s for s in self.servers if s is not self.gone], at(10), nonce_from=nonce)
        self.publish(JANUARY + 284 * 86400)
        fleet.epoch([s for s in self.servers if s is not self.gone], at(12),
                    rekey=ledger.Vrf("another"))
        self.publish(JANUARY + 286 * 86400)
        self.policy = self.put("policy", log.policy())
        log.write(os.path.join(self.folder, "log"), self.checkpoints[-1])

    def publish(self, time):
        """Logs the last epoch, with other entries before it, and writes its files."""
        epoch = self.fleet.epochs[-1]
        for i in range(130):
            self.log.append(f"entry {epoch.number} {i}".encode())
        self.places.append(self.log.append(epoch.envelope))
        self.checkpoints.append(self.log.checkpoint(time))
        self.fleet.write(self.path(str(epoch.number)), epoch)

    def path(self, name):
        return os.path.join(self.folder, name)

    def put(self, name, data):
        with open(self.path(name), "wb") as file:
            file.write(data)
        return self.path(name)

    def proof(self, number, server, **more):
        """The proof file of a server in an epoch."""
        epoch = self.fleet.epochs[number]
        extra = self.fleet.server_proof(epoch, server, **more)
        return self.log.proof(self.places[number], self.checkpoints[number], extra)

    def audit(self, *arguments):
        done = subprocess.run([self.program, *arguments], check=False, capture_output=True,
                              text=True, stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout + done.stderr

    def assay(self, *arguments):
        """What the producer prints; 1 and 3 are verdicts."""
        done = subprocess.run([os.path.join(os.path.dirname(self.program), "assay"), *arguments],
                              check=False, capture_output=True, stdin=subprocess.DEVNULL)
        if done.returncode not in (0, 1, 3):
            raise SystemExit(f"assay {arguments[0]}: {done.stderr.decode()}")
        return done.stdout

    def ok(self, name, good, more=""):
        self.number += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.number} - {name}", flush=True)
        if not good:
            print("\n".join("# " + line for line in str(more).splitlines()))

    def case(self, name, want, words, *arguments):
        """One run: its exit status, and words that its report must have."""
        status, text = self.audit(*arguments)
        self.ok(name, status == want and words in text, f"{status}\n{text}")

    def operator(self):
        return ["--operator", self.fleet.key.vkey()]

    def all(self):
        return ["--policy", self.policy, *self.operator()]


def proofs(b):
    server, operator = b.servers[5], b.all()
    good = b.put("good", b.proof(1, server, names=("verdict", "policy", "nonce", "reference")))
    first = b.put("checkpoint-0", b.checkpoints[0])
    b.case("a server's place", PROVEN, "exactly once", "proof", good, *operator, "--id",
           "board=MAKER\\x1fS5", "--alias", "ek=" + ledger.sha256(b"\5").hex(),
           "--nonce-checkpoint", first)
    status, text = b.audit("proof", good, *operator, "--json")
    stated = [(x["name"], x["value"]) for x in json.loads(text)["stated"]]
    b.ok("its verdict as JSON", status == 0 and ("verdict", "bad") in stated, text)
    b.case("an absent server", PROVEN, "NOT among", "proof", b.put("p", b.proof(1, b.gone)),
           *operator)
    other = ledger.Server(ledger.sha256(b"nobody").hex(), kind="ek")
    b.case("an absent TPM", PROVEN, "as an alias either", "proof", b.put("p", b.proof(1, other)),
           *operator)
    alias = ledger.Server(ledger.sha256(b"\5").hex(), kind="ek")
    b.case("absent, but the alias of another", DISPROVEN, "does not hold", "proof",
           b.put("p", b.proof(1, alias)), *operator)
    bare = b.fleet.server_proof(b.fleet.epochs[1], b.servers[5])
    b.case("a proof without a log", UNTOLD, "whether a log has", "proof", b.put("p", bare),
           *operator)
    b.case("an unchanged leaf", PROVEN, "unchanged since epoch: 0", "proof",
           b.put("p", b.proof(1, b.servers[6], names=("policy",))), *operator)
    b.case("with the statement of its own epoch", PROVEN, "outcome: proven", "proof",
           b.put("p", b.proof(1, b.servers[6], names=("policy",))), *operator, "--since",
           b.path("0/statement.json"))
    b.case("after a rekeying", PROVEN, "exactly once", "proof",
           b.put("p", b.proof(2, b.servers[6])), *operator)
    b.case("another server than asked for", DISPROVEN, "not about the server", "proof", good,
           *operator, "--id", "board=MAKER\\x1fS6")
    b.case("an alias that the file does not prove", UNTOLD, "does not prove it", "proof", good,
           *operator, "--alias", "ek=" + ledger.sha256(b"\6").hex())
    b.case("no policy", UNTOLD, "no usable --policy", "proof", good, *b.operator())
    b.case("no key", UNTOLD, "no key was given", "proof", good, "--policy", b.policy)
    b.case("another anchor", UNTOLD, "not checked", "proof", good, *operator, "--anchor", "x.tsr")
    other = ledger.Fleet("other.example/dc", "2")
    b.case("another operator's key", DISPROVEN, "not signed by the key", "proof", good,
           "--policy", b.policy, "--operator", other.key.vkey())
    stranger = b.put("stranger", ledger.Log("log.example/2").policy())
    b.case("a log that is not known", DISPROVEN, "no log of the policy", "proof", good,
           "--policy", stranger, *b.operator())
    more = ledger.Log("log.example/1", witnesses=3)
    b.case("too few witnesses", DISPROVEN, "too few witnesses", "proof", good, "--policy",
           b.put("three", more.policy()), *b.operator())
    b.case("two of three witnesses", PROVEN, "cosigned", "proof", good, "--policy",
           b.put("two", more.policy("2")), *b.operator())


def forged_proofs(b):
    """The pieces of a proof file, each changed for one that belongs elsewhere."""
    fleet, epoch, server = b.fleet, b.fleet.epochs[1], b.servers[5]
    extra = fleet.server_proof(epoch, server)
    cases = {
        "cut off": extra[:-1],
        "with a byte more": extra + b"\0",
        "of another version": extra.replace(b"proof/1", b"proof/2"),
        "absent, by a path of the right prefix": extra.replace(b"proof/1\n\0", b"proof/1\n\1"),
        "another id": extra.replace(b"MAKER\x1fS5", b"MAKER\x1fS6", 1),
        "an attribute changed": extra.replace(b"verdict\0\3bad", b"verdict\0\3sad"),
        "a verdict of another length": extra.replace(b"verdict\0\3bad", b"verdict\0\5clean"),
        "an id in lower case": fleet.server_proof(epoch, lower(server)),
    }
    for name, changed in cases.items():
        path = b.put("p", b.log.proof(b.places[1], b.checkpoints[1], changed))
        b.case("a proof " + name, DISPROVEN, "disproven", "proof", path, *b.all())
    old = fleet.server_proof(fleet.epochs[0], server)
    path = b.put("p", b.log.proof(b.places[1], b.checkpoints[1], old))
    b.case("a proof of another entry", DISPROVEN, "does not have the statement", "proof", path,
           *b.all())
    path = b.put("p", b.proof(1, server).replace(b"index ", b"index 0"))
    b.case("an index with a leading zero", DISPROVEN, "not a proof file", "proof", path, *b.all())
    stolen = ledger.Server("S5", aliases=[("ek", ledger.sha256(b"\6").hex())])
    path = b.put("p", b.log.proof(b.places[1], b.checkpoints[1],
                                  fleet.server_proof(epoch, stolen)))
    b.case("another server's TPM", DISPROVEN, "belongs to another server", "proof", path, *b.all())


def lower(server):
    other = ledger.Server("x")
    other.name = server.name.lower()
    return other


def statements(b):
    files = [b.path(f"{i}/statement.json") for i in range(3)]
    b.case("a chain", PROVEN, "one chain", "statement", *files, *b.operator())
    b.case("one that is not the first", PROVEN, "not checked: the 1 epochs before", "statement",
           files[1], files[2], *b.operator())
    b.case("in the wrong order", DISPROVEN, "stands after", "statement", files[1], files[0],
           *b.operator())
    b.case("with one left out", DISPROVEN, "stands after", "statement", files[0], files[2],
           *b.operator())
    envelope = b.fleet.epochs[0].envelope
    for name, changed in (
            ("white space", envelope.replace(b'{"payload"', b'{ "payload"')),
            ("no line end", envelope[:-1]),
            ("another payload type", envelope.replace(b"in-toto+json", b"in-tato+json")),
            ("a byte of the payload", envelope.replace(b"payload\":\"ey", b"payload\":\"ez"))):
        b.case("an envelope with " + name, DISPROVEN, "disproven", "statement",
               b.put("s", changed), *b.operator())
    forms = {
        "white space": lambda p: p.replace(b'"epoch":', b'"epoch": '),
        "a member twice": lambda p: p.replace(b'"epoch":0', b'"epoch":0,"epoch":0'),
        "totals that do not add up": lambda p: p.replace(b'"n":20', b'"n":21'),
        "a number of another form": lambda p: p.replace(b'"epoch":0', b'"epoch":00'),
        "a date that is none": lambda p: p.replace(b"2024-10-01", b"2024-02-30"),
    }
    for name, change in forms.items():
        payload = change(b.fleet.epochs[0].payload)
        b.case("a signed statement with " + name, DISPROVEN, "disproven", "statement",
               b.put("s", ledger.envelope(payload, b.fleet.key)), *b.operator())
    unknown = b.fleet.epochs[0].payload.replace(b"fleet-integrity:1", b"fleet-integrity:2")
    b.case("a signed statement of another version", UNTOLD, "something else", "statement",
           b.put("s", ledger.envelope(unknown, b.fleet.key)), *b.operator())
    b.case("a second signature", PROVEN, "1 more signatures", "statement",
           b.put("s", ledger.envelope(b.fleet.epochs[0].payload, b.fleet.key,
                                      ledger.Key("auditor.example", "a"))), *b.operator())


def epochs(b):
    b.case("epoch 0", PROVEN, "each once", "epoch", b.path("0"), *b.operator())
    b.case("epoch 1", PROVEN, "counters count them", "epoch", b.path("1"), "--previous",
           b.path("0"), *b.operator())
    b.case("a rekey epoch", PROVEN, "one new pseudonym", "epoch", b.path("2"), "--previous",
           b.path("1"), *b.operator())
    b.case("without the epoch before", UNTOLD, "--previous", "epoch", b.path("1"), *b.operator())
    b.case("with another epoch before", DISPROVEN, "stands after", "epoch", b.path("2"),
           "--previous", b.path("0"), *b.operator())
    for name in ("leaves", "aliases", "delta"):
        whole = os.path.join(b.path("1"), name)
        with open(whole, "rb") as file:
            data = file.read()
        b.put(f"1/{name}", data[:-1] + bytes([data[-1] ^ 1]))
        b.case(f"one bit of the {name}", DISPROVEN, "not the list", "epoch", b.path("1"),
               "--previous", b.path("0"), *b.operator())
        b.put(f"1/{name}", data)
    with open(b.path("2/rekey"), "rb") as file:
        pairs = file.read()
    b.put("2/rekey", pairs.replace(b"S6", b"S7"))
    b.case("a rekeying under another id", DISPROVEN, "not of one id", "epoch", b.path("2"),
           "--previous", b.path("1"), *b.operator())
    os.remove(b.path("2/rekey"))
    b.case("a rekeying without its pairs", UNTOLD, "no file 'rekey'", "epoch", b.path("2"),
           "--previous", b.path("1"), *b.operator())
    b.put("2/rekey", pairs)


def logs(b):
    size = b.places[1] + 1
    old = b.put("old", b.checkpoints[1])
    new = b.put("new", b.checkpoints[2])
    proof = b.put("consistency", b.log.consistency(size, b.checkpoints[2]))
    policy = ["--policy", b.policy]
    b.case("an extended log", PROVEN, "is the beginning", "log", old, new, proof, *policy)
    b.case("the same checkpoint", PROVEN, "of one tree", "log", old, old, *policy)
    b.case("no proof", UNTOLD, "no PROOF", "log", old, new, *policy)
    b.case("the wrong way round", UNTOLD, "earlier first", "log", new, old, *policy)
    b.case("the proof of other sizes", DISPROVEN, "does not show", "log", old, new,
           b.put("c", b.log.consistency(size - 1, b.checkpoints[2])), *policy)
    b.case("all tiles of a log", PROVEN, "one chain", "log", b.path("log"), *b.all(), "--old", old)
    b.case("its statements without a key", PROVEN, "no key was given", "log", b.path("log"),
           *policy)
    whole = b.path("log/tile/entries/000")
    with open(whole, "rb") as file:
        data = file.read()
    b.put("log/tile/entries/000", data.replace(b"entry 0 9", b"entry 0 8"))
    b.case("an entry rewritten", DISPROVEN, "do not give the root", "log", b.path("log"), *b.all())
    b.put("log/tile/entries/000", data[:100])
    b.case("a bundle cut off", DISPROVEN, "cut off", "log", b.path("log"), *b.all())
    os.remove(whole)
    b.case("a bundle that is not there", UNTOLD, "is not there", "log", b.path("log"), *b.all())
    b.put("log/tile/entries/000", data)
    with open(b.path("log/tile/0/000"), "r+b") as file:
        file.write(b"\0")
    b.case("a tile rewritten", DISPROVEN, "tile 0 of level 0", "log", b.path("log"), *b.all())


def samples(b):
    fleet = ledger.Fleet("sampled.example", "2")
    servers = [ledger.Server(f"T{i}", day=DAY - 30) for i in range(60)]
    plan = {"method": 5, "k": 10, "source": "beacon.example pulse 1234",
            "notBefore": at(5), "seed": None, "epoch": 0}
    fleet.epoch(servers, at(1), sampling=plan)
    seed = ledger.sha256(b"pulse")
    chosen = sorted(servers, key=lambda s: ledger.sha256(seed, fleet.idx(s)))[:10]
    fleet.epoch(servers, at(6), sampling=dict(plan, seed=seed.hex()))
    for server in chosen:
        server.become("clean", DAY)
        server.methods = 0x21
    fleet.epoch(servers, at(9))
    for epoch in fleet.epochs:
        fleet.write(b.path(f"sampled-{epoch.number}"), epoch)
    key = ["--operator", fleet.key.vkey()]
    folders = [b.path(f"sampled-{i}") for i in range(3)]
    status, text = b.audit("sample", folders[0], folders[1] + "/statement.json", folders[2], *key)
    want = [fleet.idx(s).hex() for s in chosen]
    told = [line.split()[1] for line in text.splitlines() if line.startswith("  sampled: ")]
    b.ok("the sample of a plan", status == 0 and told == want, text)
    b.case("a sample that was not examined", DISPROVEN, "10 of the sample", "sample", folders[0],
           folders[1] + "/statement.json", folders[1], *key)
    b.case("a seed that is not revealed", DISPROVEN, "before its seed", "sample", folders[1],
           folders[1] + "/statement.json", *key)


def signed(node, rendering, key, digest=None, subject=None):
    """The envelope of a result, as `assay` would sign it."""
    shown = json.loads(rendering)
    digest = digest or ledger.sha256(b"assay/result/2\0", node)
    head = ledger.compact({"_type": "https://in-toto.io/Statement/v1",
                           "subject": [{"name": subject or shown["subject"],
                                        "digest": {"sha256": digest.hex()}}],
                           "predicateType": "urn:assay:result:1",
                           "predicate": {"node": base64.b64encode(node).decode()}})
    return ledger.envelope(head[:-2] + b',"result":' + rendering.rstrip() + b"}}", key)


def results(b):
    """Results of the program itself, in envelopes of the generator."""
    key = ledger.Key("judge.example", "judge")
    options = ["--key", key.vkey()]
    reference = b.path("reference")
    machines = os.path.join(ROOT, "demo", "machines")
    b.assay("learn", "-o", reference, "--authority", "test", os.path.join(machines, "node-1"))
    for name, counted in (("node-2", "clean"), ("node-5", "bad"), ("alone", "unknown")):
        path = b.path(name)
        more = [] if name == "alone" else ["--reference", reference]
        b.assay("appraise", os.path.join(machines, name.replace("alone", "node-3")), "-o", path,
                *more)
        with open(path, "rb") as file:
            node = file.read()
        rendering = b.assay("report", "--json", path)
        b.case(f"the result of {name}", PROVEN, f"counts as: {counted}", "result",
               b.put("r", signed(node, rendering, key)), *options)
    b.case("without a key", UNTOLD, "no key", "result", b.path("r"))
    stranger = ledger.Key("judge.example", "another")
    other = rendering.replace(b'"verdict":"incomplete"', b'"verdict":"clean"')
    for name, envelope, words in (
            ("signed by another", signed(node, rendering, stranger), "not signed"),
            ("with another rendering", signed(node, other, key), "do not agree"),
            ("with another digest", signed(node, rendering, key, digest=bytes(32)), "digest or"),
            ("of another subject", signed(node, rendering, key, subject="x"), "digest or"),
            ("with a node cut off", signed(node[:-1], rendering, key), "damaged")):
        b.case("a result " + name, DISPROVEN, words, "result", b.put("r", envelope), *options)
    newer = node.replace(b"assay-result/2", b"assay-result/9")
    b.case("a result of another version", UNTOLD, "not known", "result",
           b.put("r", signed(newer, rendering, key)), *options)


def produced_log(b):
    """A log that the program keeps."""
    folder, key = b.path("kept"), b.path("log.key")
    b.assay("key", "make", "--name", "kept.example/log", "--no-passphrase", key)
    b.assay("log", "init", "--origin", "kept.example/log", "--key", key, folder)
    entries = [b.put(f"entry-{i}", f"entry {i}".encode()) for i in range(300)]
    with open(key + ".pub", encoding="utf-8") as file:
        policy = b.put("kept-policy", f"log {file.read().strip()}\nquorum none\n".encode())
    for part in (entries[:100], entries[100:]):
        b.assay("log", "append", folder, *part)
        b.assay("log", "checkpoint", folder)
        with open(os.path.join(folder, "checkpoint"), "rb") as file:
            name = "kept-new" if os.path.exists(b.path("kept-old")) else "kept-old"
            b.put(name, file.read())
    proof = b.path("kept-proof")
    b.assay("log", "prove", "--old", "100", "-o", proof, folder)
    b.case("a proof of the program that a log was extended", PROVEN, "is the beginning", "log",
           b.path("kept-old"), b.path("kept-new"), proof, "--policy", policy)
    b.case("a log of the program", PROVEN, "all 300 entries", "log", folder, "--policy", policy,
           "--old", b.path("kept-old"))


def main(build):
    with tempfile.TemporaryDirectory() as folder:
        b = Bench(build, folder)
        parts = (proofs, forged_proofs, statements, epochs, logs, samples, results,
                 produced_log)
        for part in parts:
            part(b)
        b.case("no command", UNTOLD, "Usage", "nothing")
        b.ok("the help", b.audit("--help")[0] == 0)
        print(f"1..{b.number}")
        return 1 if b.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
