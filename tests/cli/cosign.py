#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""assay cosign, log checkpoint --witness, log monitor: witnesses, quorums and forks, on loopback.

usage: tests/cli/cosign.py BUILD
"""
import base64
import functools
import http.client
import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from logbook import Checkpoint, Log, Tap, sha256  # noqa: E402

ORIGIN = "example.com/log"
DASH = "\u2014 ".encode()


class Witness:
    """A running assay cosign."""

    def __init__(self, tap, name, policy="witnessed"):
        self.tap, self.name, self.policy = tap, name, policy
        self.key = name + ".key"
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [os.path.join(self.tap.build, "assay"), "cosign", "--key", self.key, "--policy",
             self.policy, "--listen", "127.0.0.1:0", self.name], cwd=self.tap.folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        line = self.process.stdout.readline().decode()
        self.port = int(line.rpartition(":")[2])
        self.url = f"http://127.0.0.1:{self.port}"

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        status = self.process.wait(timeout=30)
        self.process.stdout.close()
        return status

    def request(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, body)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer.status, answer.getheader("Content-Type"), data

    def add(self, body):
        return self.request("POST", "/add-checkpoint", body)

    def shown(self, origin=ORIGIN):
        return self.request("GET", f"/{sha256(origin.encode()).hex()}/checkpoint")

    def policy_line(self, url=True):
        vkey = self.tap.read(self.key + ".pub").decode().strip()
        return f"witness {self.name} {vkey}{' ' + self.url if url else ''}\n"


def log_line(tap, key="log.key"):
    return "log " + tap.read(key + ".pub").decode()


def grow(tap, name, count, mark=b""):
    files = [tap.write(f"entry{i}", mark + b"entry %d %s" % (i, os.urandom(8)))
             for i in range(count)]
    return tap.run("log", "append", name, *files).returncode == 0


def body(tap, old):
    return tap.run("log", "prove", "L", "--old", str(old)).stdout


def protocol(tap):
    """Each answer of tlog-witness.md."""
    witness = Witness(tap, "w.example")
    say = tap.say
    say("nothing is shown before anything was cosigned", witness.shown()[0] == 404)
    empty = body(tap, 0)
    status, _, data = witness.add(empty)
    say("an empty log is cosigned", status == 200 and data.startswith(DASH), status, data)
    grow(tap, "L", 5)
    tap.run("log", "checkpoint", "L")
    good = body(tap, 0)

    answer = witness.add(good)
    say("200 and a cosignature", answer[0] == 200 and answer[2].startswith(DASH + b"w.example ") and
        answer[2].endswith(b"\n"), answer)
    raw = base64.b64decode(answer[2].split(b" ")[2])
    say("of type 0x04, with a time", len(raw) == 4 + 8 + 64 and
        int.from_bytes(raw[4:12], "big") > 1700000000)
    say("409 and the size it has", witness.add(good)[:1] + witness.add(good)[1:] ==
        (409, "text/x.tlog.size", b"5\n"))
    status, kind, shown = witness.shown()
    say("it is shown with both signatures", status == 200 and
        Checkpoint(shown).signatures.count(DASH) == 2 and shown.endswith(answer[2]) and
        Checkpoint(shown).size == 5, shown)
    say("the same tree once more", witness.add(body(tap, 5))[0] == 200)
    grow(tap, "L", 4)
    tap.run("log", "checkpoint", "L")
    proof = body(tap, 5).split(b"\n")
    wrong = list(proof)
    wrong[1] = base64.b64encode(bytes(32))
    say("422 for a proof that does not hold", witness.add(b"\n".join(wrong))[0] == 422)
    say("422 for one that is missing", witness.add(b"\n".join([proof[0]] + proof[proof.index(b""):]))[0] == 422)
    say("400 for an old size that is larger",
        witness.add(b"old 10\n" + b"\n".join(proof[1:]))[0] == 400)
    forged = bytearray(b"\n".join(proof))
    forged[-10] ^= 1
    say("403 for a signature that is wrong", witness.add(bytes(forged))[0] in (400, 403))
    text = b"\n".join(proof[proof.index(b"") + 1:]).split(b"\n\n")[0] + b"\n"
    stranger = subprocess_sign(tap, text, "fork.key", ORIGIN)
    say("403 for one of a stranger", witness.add(b"old 5\n\n" + stranger)[0] == 403)
    say("403 for none of the log's", witness.add(
        b"old 5\n\n" + text + b"\n" + answer[2])[0] == 403)
    other = subprocess_sign(tap, text.replace(ORIGIN.encode(), b"other.example"), "fork.key",
                            "other.example")
    say("404 for an origin it does not know", witness.add(b"old 0\n\n" + other)[0] == 404)
    for title, bad in {
            "nothing": b"", "no old": b"\n".join(proof[1:]), "a leading zero": b"old 05\n\n" + text,
            "no number": b"old x\n\n" + text, "a torn hash": b"old 5\nAAAA\n\n" + text,
            "64 hashes": b"old 5\n" + (base64.b64encode(bytes(32)) + b"\n") * 64 + b"\n" +
                         good.partition(b"\n\n")[2],
            "no checkpoint": b"old 5\n\n", "bytes": os.urandom(2000)}.items():
        say(f"400 for {title}", witness.add(bad)[0] == 400)
    say("400 for too much", witness.add(b"old 5\n" + bytes(2 << 20))[0] == 400)
    say("404 elsewhere", witness.request("GET", "/")[0] == 404 and
        witness.request("POST", "/other", b"x")[0] == 404 and
        witness.request("GET", "/" + "0" * 64 + "/checkpoint")[0] == 404)
    say("405 for other methods", witness.request("PUT", "/add-checkpoint", b"x")[0] == 405)
    say("nothing of this changed what it has", witness.add(good)[2] == b"5\n")
    witness.end(signal.SIGKILL)
    witness.start()
    say("a killed witness remembers", witness.add(good)[2] == b"5\n" and
        witness.shown()[0] == 200)
    say("and goes on", witness.add(b"\n".join(proof))[0] == 200)
    say("422 for another root at the same size", fork_answer(tap, witness) == 422)
    done = tap.run("cosign", "--key", witness.key, "--policy", "witnessed", "--listen",
                   "127.0.0.1:0", witness.name)
    say("one at a time", done.returncode == 2 and b"another process" in done.stderr, done)
    say("it ends when told to", witness.end() == 0)



def subprocess_sign(tap, text, key, origin):
    """A note signed by openssl."""
    tap.write("text", text)
    signature = subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", key, "-in",
                                "text"], check=True, cwd=tap.folder, capture_output=True).stdout
    half = base64.b64decode(tap.read(key + ".pub").split(b"+", 2)[2])
    name = origin.encode()
    number = sha256(name + b"\n" + half)[:4]
    return text + b"\n" + DASH + name + b" " + base64.b64encode(number + signature) + b"\n"


def fork_answer(tap, witness):
    """The log's own key signs a second tree of the size that was cosigned: the witness refuses."""
    last = Checkpoint(witness.shown()[2])
    text = b"%s\n%d\n%s\n" % (ORIGIN.encode(), last.size, base64.b64encode(bytes(32)))
    return witness.add(b"old %d\n\n" % last.size +
                       subprocess_sign(tap, text, "log.key", ORIGIN))[0]


def quorums(tap):
    """Two of three."""
    witnesses = []
    for name in ("w1.example", "w2.example", "w3.example"):
        tap.key(name, "--witness")
        witnesses.append(Witness(tap, name))
    policy = log_line(tap) + "".join(w.policy_line() for w in witnesses) + \
        "group two 2 w1.example w2.example w3.example\nquorum two\n"
    tap.write("policy", policy.encode())
    grow(tap, "L", 300)
    done = tap.expect("all three cosign", 0, "log", "checkpoint", "L", "--policy", "policy",
                      "--json")
    answer = json.loads(done.stdout)
    published = Log(tap.path("L")).checkpoint()
    tap.say("and it is published with their signatures", answer["cosigned"] == 3 and
            answer["quorum"] and published.size == answer["size"] and
            published.signatures.count(DASH) == 4, answer)
    witnesses[0].end()
    grow(tap, "L", 3)
    tap.expect("two of three are enough", 0, "log", "checkpoint", "L", "--policy", "policy")
    witnesses[1].end()
    before = tap.read("L/checkpoint")
    grow(tap, "L", 3)
    done = tap.expect("one is not", 3, "log", "checkpoint", "L", "--policy", "policy", "--json")
    tap.say("then nothing is published", tap.read("L/checkpoint") == before and
            not json.loads(done.stdout)["published"])
    witnesses[1].start()
    tap.write("policy", policy.replace(policy.split("\n")[2],
                                       witnesses[1].policy_line().strip()).encode())
    tap.expect("until the second is there again", 0, "log", "checkpoint", "L", "--policy", "policy")
    tap.write("bare", (log_line(tap) + witnesses[1].policy_line(False) +
                       "quorum w2.example\n").encode())
    grow(tap, "L", 1)
    tap.expect("a witness that is named by URL", 0, "log", "checkpoint", "L", "--policy", "bare",
               "--witness", witnesses[1].url + "/")
    done = tap.expect("a cosignature of a stranger does not count", 3, "log", "checkpoint", "L",
                      "--policy", "bare", "--witness", witnesses[2].url, "--json") \
        if grow(tap, "L", 1) else None
    tap.say("and is told", "no new cosignature" in
            json.loads(done.stdout)["witnesses"][0].get("reason", ""), done.stdout)
    tap.expect("--witness without a policy", 2, "log", "checkpoint", "L", "--witness", "http://x")
    tap.expect("the quorum of before", 0, "log", "checkpoint", "L", "--policy", "policy")
    return witnesses


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


def monitors(tap):
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=tap.folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/L"
    look = ["log", "monitor", url, "--state", "seen", "--json"]
    done = tap.expect("the first look, over HTTP", 0, *look, "--policy", "policy")
    first = json.loads(done.stdout)
    tap.say("it says what it saw", first["verdict"] == "good" and first["before"] == 0 and
            first["size"] == Log(tap.path("L")).checkpoint().size and first["cosigned"] >= 2, first)
    tap.say("and keeps it", tap.read("seen") == tap.read("L/checkpoint"))
    grow(tap, "L", 260)
    tap.run("log", "checkpoint", "L", "--policy", "policy")
    done = tap.expect("the next look", 0, *look, "--policy", "policy")
    tap.say("finds what is new", json.loads(done.stdout)["before"] == first["size"])
    key = ["--key", "log.key.pub"]
    tap.expect("a folder, by the key alone", 0, "log", "monitor", "L", "--state", "seen2", *key)
    tap.expect("the wrong key", 1, "log", "monitor", "L", "--state", "seen3", "--key",
               "fork.key.pub", says="untrusted")
    tap.expect("no trust at all", 2, "log", "monitor", "L", "--state", "seen3")
    tap.expect("no log there", 2, "log", "monitor", url + "x", "--state", "seen3", *key)
    tap.expect("no server there", 2, "log", "monitor", "http://127.0.0.1:1/L", "--state", "seen3",
               *key)
    tap.write("strict", tap.read("policy").replace(b"group two 2", b"group two 3"))
    tap.expect("not enough witnesses", 1, *look, "--policy", "strict", says="no quorum")
    damaged(tap, url, key)
    forked(tap, key)
    server.shutdown()


def split_view(tap, witness):
    """The operator shows one tree to a witness and another, signed by the same key, to us."""
    shown = Checkpoint(witness.shown()[2])
    shutil.copytree(tap.path("L"), tap.path("S"))
    tap.write("asking", (log_line(tap) + witness.policy_line() + "quorum none\n").encode())
    look = ["log", "monitor", "L", "--state", "seen6", "--policy", "asking", "--json"]
    done = tap.expect("a witness is asked", 0, *look)
    tap.say("and agrees", json.loads(done.stdout)["agreed"] == 1, done.stdout)
    shutil.rmtree(tap.path("L"))
    os.rename(tap.path("log.key.signed"), tap.path("log.key.aside"))
    tap.run("log", "init", "L", "--origin", ORIGIN, "--key", "log.key")
    grow(tap, "L", shown.size + 2, b"for you only ")
    tap.run("log", "checkpoint", "L")
    look[look.index("seen6")] = "seen7"
    done = tap.expect("a tree that no witness has seen", 1, *look)
    answer = json.loads(done.stdout)
    kept = tap.read(answer["evidence"]) if "evidence" in answer else b""
    tap.say("is a fork, and both are kept", answer["verdict"] == "fork" and
            witness.shown()[2] in kept and tap.read("L/checkpoint") in kept, answer)
    shutil.rmtree(tap.path("L"))
    os.rename(tap.path("S"), tap.path("L"))
    os.rename(tap.path("log.key.aside"), tap.path("log.key.signed"))


def damaged(tap, url, key):
    for title, name in (("a missing tile", "tile/0/001"), ("a missing bundle", "tile/entries/000")):
        os.rename(tap.path("L", name), tap.path("aside"))
        tap.expect(title, 1, "log", "monitor", url, "--state", "seen4", *key, says="damaged")
        os.rename(tap.path("aside"), tap.path("L", name))
    with open(tap.path("L", "tile/entries/001"), "r+b") as file:
        file.seek(5)
        byte = file.read(1)
        file.seek(5)
        file.write(bytes([byte[0] ^ 1]))
        file.flush()
        tap.expect("a changed entry", 1, "log", "monitor", url, "--state", "seen4", *key,
                   says="tile/entries/001: entry 0")
        file.seek(5)
        file.write(byte)
    tap.say("nothing of it was kept", not os.path.exists(tap.path("seen4")))


def forked(tap, key):
    """The operator shows another log, signed by the same key: KEY.signed is put aside for that."""
    tap.expect("the log as it is", 0, "log", "monitor", "L", "--state", "seen5", *key)
    shutil.copytree(tap.path("L"), tap.path("true"))
    size = Log(tap.path("L")).checkpoint().size
    for title, count, verdict in (("a fork at the same size", size, "fork"),
                                  ("a fork that is larger", size + 5, "fork"),
                                  ("a log that shrank", size - 5, "smaller")):
        shutil.rmtree(tap.path("L"))
        os.unlink(tap.path("log.key.signed"))
        tap.run("log", "init", "L", "--origin", ORIGIN, "--key", "log.key")
        grow(tap, "L", count, b"false ")
        tap.run("log", "checkpoint", "L")
        done = tap.expect(title, 1, "log", "monitor", "L", "--state", "seen5", *key, "--json")
        answer = json.loads(done.stdout)
        tap.say(f"{title}: is named", answer["verdict"] == verdict, answer)
        if verdict == "fork":
            kept = tap.read(answer["evidence"])
            tap.say(f"{title}: both checkpoints are kept", tap.read("seen5") in kept and
                    tap.read("L/checkpoint") in kept)
    shutil.rmtree(tap.path("L"))
    os.rename(tap.path("true"), tap.path("L"))
    tap.expect("the true one is still good", 0, "log", "monitor", "L", "--state", "seen5", *key)


def main():
    if not shutil.which("openssl"):
        print("1..0 # SKIP openssl is not installed")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        tap = Tap(sys.argv[1], folder)
        tap.key(ORIGIN)
        tap.key(ORIGIN, file="fork.key")
        tap.key("w.example", "--witness", file="w.example.key")
        tap.write("witnessed", (log_line(tap) + "quorum none\n").encode())
        tap.expect("a log", 0, "log", "init", "L", "--origin", ORIGIN, "--key", "log.key")
        protocol(tap)
        witnesses = quorums(tap)
        monitors(tap)
        split_view(tap, witnesses[1])
        for witness in witnesses:
            if witness.process.poll() is None:
                witness.end()
        tap.expect("a witness needs a key of a witness", 2, "cosign", "--key", "log.key",
                   "--policy", "witnessed", "elsewhere", says="not the key of a witness")
        return tap.end()


sys.exit(main())
