#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A dishonest operator, one trick at a time: who notices, and by which command.

usage: tests/audit/cheats.py BUILD [--table]

Every trick is played on a fleet that is honest otherwise, by the generator, since the program refuses to write such
files. A row is a party that the design names, what that party runs, and what came of it; a row that does not end as it
must fails. Every command is run on the honest fleet first, where it must prove what it is asked. Prints TAP, and the
table as comments; with --table the table alone.
"""
import copy
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "generate"), os.path.join(HERE, "..", "cli")]
import audit  # noqa: E402
import ledger  # noqa: E402

OCTOBER = 1727740800
DAY = 86400
DAY_0 = OCTOBER // DAY  # of the first of October, where every chain begins
PROVEN, DISPROVEN, UNTOLD = range(3)
ALL = ("verdict", "policy", "nonce", "reference")


class World:
    """An operator with 20 servers, of which S2 is bad and S3 in review, and a log. Each epoch takes a date of its own and
    is logged and witnessed half a day later."""

    def __init__(self, bench, name, operator=None, origin="fleet.example/cheat"):
        self.bench = bench
        self.folder = os.path.join(bench.folder, name.replace(" ", "-"))
        self.fleet = operator or ledger.Fleet(origin, "honest")
        self.log = ledger.Log("log.example/cheat")
        self.servers = [self.server(i) for i in range(20)]
        self.servers[2].verdict, self.servers[3].verdict = "bad", "review"
        self.places, self.checkpoints = [], []
        os.makedirs(self.folder, exist_ok=True)
        self.policy = self.put("policy", self.log.policy())

    @staticmethod
    def server(number):
        return ledger.Server(f"S{number}", day=DAY_0 - 10,
                             aliases=[("ek", ledger.sha256(bytes([number])).hex())])

    def put(self, name, data):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(data)
        return path

    def path(self, name):
        return os.path.join(self.folder, name)

    def nonce_from(self):
        """The hash of the last checkpoint's text, for the nonces of the next epoch."""
        return ledger.sha256(self.checkpoints[-1].split(b"\n\n")[0] + b"\n")

    def epoch(self, day, servers=None, **more):
        fleet = self.fleet
        if fleet.epochs and "nonce_from" not in more:
            more["nonce_from"] = self.nonce_from()
        e = fleet.epoch(self.servers if servers is None else servers,
                        f"2024-10-{day:02d}T00:00:00Z", **more)
        self.publish(e, day)
        return e

    def publish(self, e, day):
        self.log.append(f"entry of day {day}".encode())
        self.places.append(self.log.append(e.envelope))
        self.checkpoints.append(self.log.checkpoint(OCTOBER + (day - 1) * DAY + DAY // 2))
        self.fleet.write(self.path(str(len(self.places) - 1)), e)
        self.put(f"checkpoint-{len(self.checkpoints) - 1}", self.checkpoints[-1])

    def examine(self, number, verdict, day, *more):
        self.servers[number].become(verdict, DAY_0 + day - 1, *more)

    def proof(self, number, server, names=ALL, epoch=None, name="proof"):
        e = epoch or self.fleet.epochs[number]
        extra = self.fleet.server_proof(e, server, names)
        return self.put(name, self.log.proof(self.places[number], self.checkpoints[number], extra))

    def operator(self):
        return ["--operator", self.fleet.key.vkey()]

    def all(self):
        return ["--policy", self.policy, *self.operator()]

    def asked(self, number):
        return ["--id", f"board=MAKER\\x1fS{number}", "--alias",
                "ek=" + ledger.sha256(bytes([number])).hex()]

    def statements(self):
        return [self.path(f"{i}/statement.json") for i in range(len(self.places))]

    def audit_epoch(self, number):
        return ["epoch", self.path(str(number)), "--previous", self.path(str(number - 1)),
                *self.operator()]


class Bench:
    def __init__(self, build, folder):
        self.build, self.folder = os.path.abspath(build), folder
        self.program = os.path.join(self.build, "assay-audit")
        self.rows = []

    def run(self, *arguments):
        done = subprocess.run([self.program, *arguments], check=False, capture_output=True,
                              text=True, stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout + done.stderr

    def row(self, trick, who, command, good, told):
        self.rows.append((trick, who, command, good, told))

    def notices(self, trick, who, words, *arguments, want=DISPROVEN):
        """The party `who` runs assay-audit, which must say `words`."""
        status, text = self.run(*arguments)
        lines = [line for line in text.splitlines() if words in line]
        options = [a for a in arguments if a.startswith("--") and a not in ("--policy", "--operator")]
        self.row(trick, who, " ".join(["assay-audit", arguments[0], *dict.fromkeys(options)]),
                 status == want and bool(lines), lines[0] if lines else f"exit {status}: {text}")


def honest(b):
    """The commands of all rows, where there is nothing to notice."""
    w = World(b, "honest")
    w.epoch(1)
    w.examine(4, "clean", 5)
    w.examine(3, "clean", 5, ledger.RESOLVED, ledger.sha256(b"why"))
    w.epoch(5)
    w.epoch(8, rekey=ledger.Vrf("honest, again"))
    w.log.write(w.path("log"), w.checkpoints[-1])
    mark = "nothing (the honest fleet)"
    proof = w.proof(1, w.servers[4])
    for arguments in (
            ["proof", proof, *w.all(), *w.asked(4), "--nonce-checkpoint", w.path("checkpoint-0")],
            ["statement", *w.statements(), *w.operator()],
            w.audit_epoch(1), w.audit_epoch(2),
            ["log", w.path("checkpoint-0"), w.path("checkpoint-2"),
             w.put("more", w.log.consistency(2, w.checkpoints[2])), "--policy", w.policy],
            ["log", w.path("log"), "--old", w.path("checkpoint-0"), *w.all()]):
        b.notices(mark, "everybody", "outcome: proven", *arguments, want=PROVEN)


def omits(b):
    trick = "omits a server"
    w = World(b, trick)
    w.epoch(1)
    w.epoch(5, [s for s in w.servers if s is not w.servers[6]])
    b.notices(trick, "holder of the serial", "is NOT among the 19 servers", "proof",
              w.proof(1, w.servers[6]), *w.all(), want=PROVEN)
    e = copy.copy(w.fleet.epochs[1])
    e.leaves, e.attributes = w.fleet.epochs[0].leaves, w.fleet.epochs[0].attributes
    b.notices(trick + ", and shows a place it had before", "holder of the serial",
              "does not lead to the root", "proof", w.proof(1, w.servers[6], epoch=e), *w.all())
    quiet = World(b, trick + " quietly")
    quiet.epoch(1)

    def hush(stage, e):
        if stage == "delta":
            e.rows = [row for row in e.rows if row[0] != ledger.REMOVED]
    quiet.epoch(5, [s for s in w.servers if s is not w.servers[6]], doctor=hush)
    b.notices(trick + " without saying so", "anyone", "servers are not those before", "statement",
              *quiet.statements(), *quiet.operator())
    number = World(b, trick + " and gives a number only")
    number.epoch(1)

    def one(stage, e):
        hush(stage, e)
        if stage == "statement":
            e.statement["predicate"]["delta"]["removed"] = 1
    number.epoch(5, [s for s in w.servers if s is not w.servers[6]], doctor=one)
    b.notices(trick + ", and gives a number only", "auditor", "it is gone", *number.audit_epoch(1))


def counts_twice(b):
    trick = "counts one server twice"
    w = World(b, trick)

    def double(stage, e):
        if stage != "statement":
            return
        leaf = e.leaves[4]
        e.leaves_file = b"assay-leaves/1\n" + b"".join(sorted([*e.leaves, leaf]))
        said = e.statement["predicate"]
        said["leaves"] = ledger.sha256(e.leaves_file).hex()
        sums = said["aggregate"]
        sums["n"] += 1
        sums["clean"] += 1
        said["delta"]["added"] = said["counters"]["everN"] = sums["n"]
        root = (bytes.fromhex(said["root"]), tuple(sums.values()))
        e.fleet_root = ledger.bound("fleetledger/v1", w.fleet.origin, e.number, root)
        e.statement["subject"][0]["digest"]["sha256"] = e.fleet_root.hex()
    w.epoch(1, doctor=double)
    b.notices(trick, "auditor", "are one idx", "epoch", w.path("0"), *w.operator())
    b.notices(trick, "holder of any serial", "does not lead to the root", "proof",
              w.proof(0, w.servers[9]), *w.all())


def two_on_one_tpm(b):
    trick = "backs two serials by one TPM"
    w = World(b, trick)
    w.servers[8].aliases = list(w.servers[7].aliases)

    def one(stage, e):
        if stage == "leaves":
            e.aliases = sorted({x[:32]: x for x in e.aliases}.values())
    w.epoch(1, doctor=one)
    first = World(b, trick + ", said once")
    first.fleet, first.places, first.checkpoints, first.log = w.fleet, w.places, w.checkpoints, w.log
    files = [w.proof(0, w.servers[i], name=f"p{i}") for i in (7, 8)]
    texts = [b.run("proof", f, *w.all())[1] for f in files]
    ek = "ek=" + ledger.sha256(b"\7").hex()
    wrong = [f for f, text in zip(files, texts) if "another server" in text]
    b.notices(trick, "holder of the second serial", "belongs to another server", "proof",
              (wrong or files)[0], *w.all(), "--alias", ek)
    bare = copy.copy(w.servers[8])
    bare.aliases = []
    b.notices(trick + ", and leaves the TPM out of the proof", "holder of the second serial",
              "does not prove it", "proof", w.proof(0, bare), *w.all(), "--alias", ek, want=UNTOLD)
    both = World(b, trick + ", said twice")
    both.servers[8].aliases = list(both.servers[7].aliases)

    def twice(stage, e):
        if stage == "leaves":
            e.twice, e.aliases = e.aliases, sorted({x[:32]: x for x in e.aliases}.values())
        if stage == "statement":
            e.aliases_file = b"assay-aliases/1\n" + b"".join(e.twice)
            e.statement["predicate"]["aliasLeaves"] = ledger.sha256(e.aliases_file).hex()
    both.epoch(1, doctor=twice)
    b.notices(trick, "auditor", "are one idx", "epoch", both.path("0"), *both.operator())


def lowers(b):
    trick = "lowers everBad"
    w = World(b, trick)

    def lower(stage, e):
        if stage == "delta":
            e.counters[1] -= 1
    w.epoch(1)
    w.examine(2, "clean", 5, ledger.RESOLVED, ledger.sha256(b"why"))
    w.epoch(5, doctor=lower)
    b.notices(trick, "anyone", "everBad fell from 1 to 0", "statement", *w.statements(),
              *w.operator())
    trick = "does not raise everBad"
    w = World(b, trick)
    w.epoch(1)
    w.examine(2, "clean", 5, ledger.RESOLVED, ledger.sha256(b"why"))
    w.examine(5, "bad", 5)
    w.epoch(5, doctor=lower)
    b.notices(trick, "auditor", "everBad is 1 and should be 2", *w.audit_epoch(1))
    trick = "makes bad clean without a resolution"
    w = World(b, trick)
    w.epoch(1)
    w.examine(2, "clean", 5)
    w.epoch(5)
    b.notices(trick, "auditor", "without a resolution", *w.audit_epoch(1))


def drops(b):
    trick = "drops a bad server"
    w = World(b, trick)
    w.epoch(1)

    def quiet(stage, e):
        if stage == "delta":
            e.counters[4] = 0
    w.epoch(5, [s for s in w.servers if s is not w.servers[2]], doctor=quiet)
    b.notices(trick + " as if it were clean", "auditor", "removedWhileNotClean is 0 and should be 1",
              *w.audit_epoch(1))
    w = World(b, trick + " openly")
    w.epoch(1)
    w.epoch(5, [s for s in w.servers if s is not w.servers[2]])
    b.notices(trick + " as sold", "anyone", "1 removed while not clean", "statement",
              *w.statements(), *w.operator(), want=PROVEN)


def overflows(b):
    trick = "claims a method that no node has room for"
    w = World(b, trick)

    def more(stage, e):
        if stage == "statement":
            e.statement["predicate"]["aggregate"]["methodsAny"] |= 1 << 24
    w.epoch(5, doctor=more)
    b.notices(trick, "anyone", "the totals do not add up", "statement", *w.statements(),
              *w.operator())


def back_dates(b):
    trick = "back-dates evidence"
    w = World(b, trick)
    w.epoch(5)
    w.examine(4, "clean", 2)
    w.epoch(9)
    b.notices(trick, "holder of the serial", "dated before the checkpoint", "proof",
              w.proof(1, w.servers[4]), *w.all(), "--nonce-checkpoint", w.path("checkpoint-0"))
    trick = "passes old evidence for new"
    w = World(b, trick)
    w.epoch(1)
    old = w.nonce_from()
    w.epoch(3)
    server = w.servers[4]
    server.attributes["nonce"] = ledger.sha256(b"nonce/v1", old, w.fleet.idx(server))
    w.examine(4, "clean", 5)
    w.epoch(5)
    b.notices(trick, "holder of the serial", "the nonce is not that of this server", "proof",
              w.proof(2, server), *w.all())
    trick = "dates evidence after the statement"
    w = World(b, trick)
    w.examine(4, "clean", 9)
    w.epoch(5)
    b.notices(trick, "anyone", "dated after the statement", "statement", *w.statements(),
              *w.operator())
    trick = "dates a statement before the last one"
    w = World(b, trick)
    w.epoch(5)
    w.epoch(3, doctor=None)
    b.notices(trick, "anyone", "dated before the one that it follows", "statement",
              *w.statements(), *w.operator())
    trick = "dates a statement after it was witnessed"
    w = World(b, trick)
    w.epoch(5)
    w.checkpoints[0] = w.log.checkpoint(OCTOBER)
    b.notices(trick, "holder of any serial", "dated after it was witnessed", "proof",
              w.proof(0, w.servers[4]), *w.all())


def post(url, body):
    """What a witness answers."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=body), timeout=20) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read()


class Witness:
    """The program `assay cosign` on a port of its own."""

    def __init__(self, b, folder, policy):
        assay = os.path.join(b.build, "assay")
        key = os.path.join(folder, "witness.key")
        subprocess.run([assay, "key", "make", "--witness", "--name", "w.example",
                        "--no-passphrase", key], check=True, capture_output=True)
        self.process = subprocess.Popen(
            [assay, "cosign", "--key", key, "--policy", policy, "--listen", "127.0.0.1:0",
             os.path.join(folder, "witness")], stdout=subprocess.PIPE, text=True,
            stdin=subprocess.DEVNULL)
        port = self.process.stdout.readline().rpartition(":")[2].strip()
        self.url = f"http://127.0.0.1:{port}/add-checkpoint"

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


def forks(b):
    trick = "forks the log"
    w = World(b, trick)
    w.epoch(1)
    other = copy.copy(w.log)
    other.entries = list(w.log.entries)
    w.epoch(5)
    other.append(b"entry of day 5")
    other.append(b"another statement")
    fork = other.checkpoint(OCTOBER + 5 * DAY)
    b.notices(trick, "anyone with both checkpoints", "FORK", "log", w.path("checkpoint-1"),
              w.put("fork", fork), "--policy", w.policy)
    longer = copy.copy(other)
    longer.entries = [*other.entries, b"more"]
    b.notices(trick + ", and goes on with it", "anyone with both checkpoints", "does not show",
              "log", w.path("checkpoint-1"), w.put("longer", longer.checkpoint(OCTOBER + 6 * DAY)),
              w.put("c", longer.consistency(4, longer.checkpoint(OCTOBER + 6 * DAY))),
              "--policy", w.policy)
    longer.write(w.path("forked"), longer.checkpoint(OCTOBER + 6 * DAY))
    b.notices(trick + ", and goes on with it", "auditor", "FORK", "log", w.path("forked"),
              "--old", w.path("checkpoint-1"), "--policy", w.policy)
    alone = w.log.proof(3, w.log.checkpoint(OCTOBER, witnesses=0),
                        w.fleet.server_proof(w.fleet.epochs[1], w.servers[4], ALL))
    b.notices(trick + ", which no witness cosigned", "holder of any serial", "too few witnesses",
              "proof", w.put("alone", alone), *w.all())
    witness = Witness(b, w.folder, w.policy)
    try:
        first = post(witness.url, w.log.consistency(0, w.checkpoints[0]))
        second = post(witness.url, w.log.consistency(2, w.checkpoints[1]))
        third = post(witness.url, b"old 4\n\n" + fork)
        fourth = post(witness.url, longer.consistency(4, longer.checkpoint(OCTOBER + 6 * DAY)))
    finally:
        witness.close()
    b.row(trick, "witness", "assay cosign", first[0] == second[0] == 200 and third[0] == 422,
          f"cosigns sizes 2 and 4 ({first[0]}, {second[0]}), refuses the fork ({third[0]})")
    b.row(trick + ", and goes on with it", "witness", "assay cosign", fourth[0] == 422,
          f"refuses what does not continue what it cosigned ({fourth[0]})")


def rewrites(b):
    trick = "rewrites an entry of the log"
    w = World(b, trick)
    w.epoch(1)
    w.epoch(5)
    w.log.entries[0] = b"entry that was never there"
    w.log.write(w.path("log"), w.log.checkpoint(OCTOBER + 6 * DAY))
    b.notices(trick, "anyone with an old checkpoint", "FORK", "log", w.path("log"), "--old",
              w.path("checkpoint-0"), *w.all())
    trick = "rewrites an old result"
    w = World(b, trick)
    w.epoch(1)

    def alter(stage, e):
        if stage == "leaves":
            leaf = e.leaves[4]
            e.leaves[4] = leaf[:36] + ledger.sha256(b"another commitment") + leaf[68:]
        if stage == "delta":
            e.rows = []
    w.epoch(5, doctor=alter)
    b.notices(trick, "auditor", "the delta list does not say so", *w.audit_epoch(1))
    machine = os.path.join(HERE, "..", "..", "demo", "machines", "node-2")
    node = w.path("node-2.result")
    assay = os.path.join(b.build, "assay")
    subprocess.run([assay, "appraise", machine, "-o", node], check=False, capture_output=True)
    shown = subprocess.run([assay, "report", "--json", node], check=False, capture_output=True)
    with open(node, "rb") as file:
        node = file.read()
    key = w.fleet.key
    given = w.put("result.json", audit.signed(node, shown.stdout, key))
    server = w.servers[4]
    server.attributes["result"] = ledger.sha256(b"assay/result/2\0", node)
    w.examine(4, "unknown", 9)
    w.epoch(9)
    names = ("result", "verdict")
    b.notices("nothing (the result of the leaf)", "holder of the result", "counts its verdict",
              "proof", w.proof(2, server, names), *w.all(), "--result", given, want=PROVEN)
    w.examine(4, "clean", 12)
    w.epoch(12)
    b.notices(trick + "'s verdict", "holder of the result", "are not those of its result", "proof",
              w.proof(3, server, names), *w.all(), "--result", given)
    server.attributes["result"] = ledger.sha256(b"another node")
    w.examine(4, "clean", 14)
    w.epoch(14)
    b.notices(trick, "holder of the result", "another result", "proof",
              w.proof(4, server, names), *w.all(), "--result", given)


def reuses(b):
    trick = "reuses another server's nonce"
    w = World(b, trick)
    w.epoch(1)
    server, other = w.servers[4], w.servers[5]
    server.attributes["nonce"] = ledger.sha256(b"nonce/v1", w.nonce_from(), w.fleet.idx(other))
    w.examine(4, "clean", 5)
    w.epoch(5)
    b.notices(trick, "holder of the serial", "the nonce is not that of this server", "proof",
              w.proof(1, server), *w.all())


def swaps(b):
    trick = "swaps policies"
    w = World(b, trick)
    w.epoch(1)
    stated, w.fleet.policy = w.fleet.policy, ledger.sha256(b"a policy that asks for nothing")

    def back(stage, e):
        if stage == "leaves":
            w.fleet.policy = stated
    w.examine(4, "clean", 5)
    w.epoch(5, doctor=back)
    b.notices(trick, "holder of the serial", "the policy is not the one", "proof",
              w.proof(1, w.servers[4]), *w.all())
    w = World(b, trick + " openly")
    w.epoch(1)
    w.fleet.policy = ledger.sha256(b"a policy that asks for nothing")
    w.epoch(5)
    b.notices(trick + " from one epoch to the next", "anyone", "policy: changed at epoch 1",
              "statement", *w.statements(), *w.operator(), want=PROVEN)


def another_fleet(b):
    trick = "presents another fleet's proof"
    w = World(b, trick, operator=ledger.Fleet("fleet.example/other", "other"))
    w.epoch(1)
    mine = ledger.Fleet("fleet.example/cheat", "honest")
    b.notices(trick, "holder of the serial", "not signed by the key", "proof",
              w.proof(0, w.servers[4]), "--policy", w.policy, "--operator", mine.key.vkey())
    same = World(b, trick + ", signed by the same key",
                 operator=ledger.Fleet("fleet.example/other", "honest"))
    same.epoch(1)
    b.notices(trick + ", signed by the same key", "holder of the serial",
              "not of fleet.example/cheat", "proof", same.proof(0, same.servers[4]), "--policy",
              same.policy, "--operator", mine.key.vkey())
    b.notices("presents another server's proof", "holder of the serial", "not about the server",
              "proof", same.proof(0, same.servers[5]), *same.all(), *same.asked(4))


def rotates(b):
    trick = "changes the VRF key to lose a bad server"
    w = World(b, trick)
    w.epoch(1)

    def as_if(stage, e):
        if stage == "delta":
            gone = w.fleet.epochs[0].vrf.server("board", w.servers[2].name)[1]
            e.rows = [row for row in e.rows if row[2] != gone]
    w.epoch(5, [s for s in w.servers if s is not w.servers[2]], rekey=ledger.Vrf("new"),
            doctor=as_if)
    b.notices(trick, "anyone", "disproven", "statement", *w.statements(), *w.operator())
    trick = "changes the VRF key to swap a bad server for a new one"
    w = World(b, trick)
    w.epoch(1)
    clean = World.server(77)
    clean.verdict = "bad"

    def swap(stage, e):
        if stage == "leaves":
            old = next(s for s in w.servers if s.name == b"MAKER\x1fS2")
            e.pairs = [(w.fleet.idx_before(old) if s is clean else was, idx, s)
                       for was, idx, s in e.pairs]
    w.fleet.idx_before = lambda s: w.fleet.epochs[0].vrf.server(s.kind, s.name)[1]
    w.epoch(5, [clean if s is w.servers[2] else s for s in w.servers], rekey=ledger.Vrf("new"),
            doctor=swap)
    b.notices(trick, "auditor", "disproven", *w.audit_epoch(1))
    trick = "changes the VRF key and calls it no rekeying"
    w = World(b, trick)
    w.epoch(1)

    def plain(stage, e):
        if stage == "statement":
            e.statement["predicate"]["delta"]["rekeyed"] = 0
    w.epoch(5, rekey=ledger.Vrf("new"), doctor=plain)
    b.notices(trick, "anyone", "the VRF key changes in a rekey epoch only", "statement",
              *w.statements(), *w.operator())
    trick = "takes a new signing key and begins anew"
    w = World(b, trick)
    w.epoch(1)
    w.epoch(5)
    again = ledger.Fleet("fleet.example/cheat", "reborn")
    e = again.epoch([s for s in w.servers if s is not w.servers[2]], "2024-10-09T00:00:00Z")
    w.publish(e, 9)
    w.log.write(w.path("log"), w.checkpoints[-1])
    both = [*w.operator(), "--operator", again.key.vkey()]
    b.notices(trick, "anyone", "epoch 0 stands after epoch 1", "statement", *w.statements(), *both)
    b.notices(trick, "anyone", "epoch 0 stands after epoch 1", "log", w.path("log"), "--policy",
              w.policy, *both)
    b.notices(trick, "holder of the old key", "not signed by the key", "statement",
              w.path("2/statement.json"), *w.operator())


def table(b):
    rows = [("trick", "who notices", "by", "what is said"),
            *((t, who, by, told.strip().replace("disproven: ", "")[:76])
              for t, who, by, _, told in b.rows)]
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()
            for row in rows]


def main(build, *options):
    with tempfile.TemporaryDirectory() as folder:
        b = Bench(build, folder)
        for part in (honest, omits, counts_twice, two_on_one_tpm, lowers, drops, overflows, back_dates,
                     forks, rewrites, reuses, swaps, another_fleet, rotates):
            part(b)
    lines = table(b)
    failed = [row for row in b.rows if not row[3]]
    if "--table" in options:
        print("\n".join(lines))
    else:
        for number, row in enumerate(b.rows, 1):
            print(f"{'ok' if row[3] else 'not ok'} {number} - {row[0]}: {row[1]}")
        print("\n".join("# " + line for line in lines))
        print(f"1..{len(b.rows)}")
    for row in failed:
        print("# NOT NOTICED:", *row[:3], "\n# " + row[4].replace("\n", "\n# "))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
