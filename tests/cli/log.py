#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""assay key and assay log: keys, tiles, checkpoints and proofs, read by another implementation.

usage: tests/cli/log.py BUILD
"""
import base64
import json
import os
import pty
import random
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import termios

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from logbook import Log, Proof, Tap, root_of, leaf, sha256, tile_path  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ORIGIN = "example.com/log"


def keys(tap):
    tap.write("pass", b"correct horse\nsecond line\n")
    tap.write("wrong", b"battery staple\n")
    tap.write("nothing", b"\n")
    done = tap.expect("a key with a passphrase", 0, "key", "make", "p.key", "--name", "a.example",
                      "--passphrase-file", "pass", "--json")
    vkey = json.loads(done.stdout)["key"]
    name, number, half = vkey.split("+", 2)
    raw = base64.b64decode(half)
    tap.say("the verifier key is that of the specification",
            name == "a.example" and raw[0] == 1 and len(raw) == 33 and
            number == sha256(b"a.example\n" + raw)[:4].hex(), vkey)
    tap.say("the public half is beside it", tap.read("p.key.pub").decode() == vkey + "\n")
    pem = tap.read("p.key")
    mode = stat.S_IMODE(os.stat(tap.path("p.key")).st_mode)
    tap.say("the private half is encrypted and its owner's",
            pem.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----") and mode == 0o600, oct(mode))
    if shutil.which("openssl"):
        done = subprocess.run(["openssl", "pkey", "-in", tap.path("p.key"), "-passin",
                               "pass:correct horse", "-pubout", "-outform", "DER"], check=False,
                              capture_output=True)
        tap.say("openssl reads it", done.stdout[-32:] == raw[1:], done.stderr)
    else:
        tap.skip("openssl reads it", "openssl is not installed")
    init = ["log", "init", "P", "--origin", "a.example", "--key", "p.key"]
    tap.expect("no passphrase, no terminal", 2, *init, says="no terminal", start_new_session=True)
    tap.expect("a wrong passphrase", 2, *init, "--passphrase-file", "wrong", says="passphrase")
    tap.expect("an empty passphrase", 2, *init, "--passphrase-file", "nothing", says="empty")
    tap.expect("nothing is overwritten", 2, "key", "make", "p.key", "--name", "a.example",
               "--no-passphrase", says="exists")
    tap.expect("a bad name", 2, "key", "make", "q.key", "--name", "a b", "--no-passphrase")
    with open(tap.path("pass"), "rb") as file:
        tap.expect("a passphrase from a descriptor", 0, *init, "--passphrase-fd",
                   str(file.fileno()), pass_fds=[file.fileno()])
    os.chmod(tap.path("p.key"), 0o640)
    tap.expect("a key that others may read", 2, "log", "checkpoint", "P", "--passphrase-file",
               "pass", says="others")
    tap.expect("a token", 2, *init, "--key", "pkcs11:token=x", says="not built in")


def at_terminal(tap, typed, *arguments):
    """Runs the program at a terminal of its own and types lines when asked: status, screen, and
    whether the terminal shows what is typed afterwards."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(tap.folder)
        program = os.path.join(tap.build, "assay")
        os.execv(program, [program, *arguments])
    screen = b""
    typed = list(typed)
    asked = 0
    while True:
        try:
            piece = os.read(terminal, 1000)
        except OSError:
            break
        if not piece:
            break
        screen += piece
        if typed and screen.count(b"assphrase") + screen.count(b"Once more") > asked and \
                screen.endswith(b": "):
            asked += 1
            os.write(terminal, typed.pop(0))
    shown = bool(termios.tcgetattr(terminal)[3] & termios.ECHO)
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), screen.decode(), shown


def terminal(tap):
    make = ["key", "make", "t.key", "--name", "t.example"]
    status, screen, _ = at_terminal(tap, [b"one\n", b"two\n"], *make)
    tap.say("two passphrases that differ", status == 2 and "differ" in screen, screen)
    status, screen, shown = at_terminal(tap, [b"typed secret\n", b"typed secret\n"], *make)
    tap.say("a passphrase that is typed", status == 0 and "typed secret" not in screen and shown,
            status, screen)
    init = ["log", "init", "T", "--origin", "t.example", "--key", "t.key"]
    status, screen, shown = at_terminal(tap, [b"\x03"], *init)
    tap.say("an interrupt leaves the terminal as it was", status == 2 and shown, status, screen)
    status, screen, _ = at_terminal(tap, [b"wrong\n"], *init)
    tap.say("the wrong one", status == 2 and "not that of the key" in screen, screen)
    status, screen, _ = at_terminal(tap, [b"typed secret\n"], *init)
    tap.say("the right one opens the key", status == 0, status, screen)


def statements(tap):
    first = tap.key("op.example", file="first.key")
    second = tap.key("op.example", file="second.key")
    other = tap.key("other.example", file="other.key")
    tap.expect("a rotation", 0, "key", "rotate", first, second + ".pub", "-o", "rotation",
               "--at", "2026-01-31T12:00:00Z")
    envelope = json.loads(tap.read("rotation"))
    statement = json.loads(base64.b64decode(envelope["payload"]))
    tap.say("it names both", statement["predicateType"] == "urn:assay:key-rotation:1" and
            statement["predicate"]["next"] == tap.read(second + ".pub").decode().strip() and
            statement["predicate"]["key"] == envelope["signatures"][0]["keyid"], statement)
    tap.expect("a revocation by itself", 0, "key", "revoke", second, "-o", "revoked",
               "--reason", "lost", "--at", "2026-02-01T12:00:00Z")
    tap.expect("a revocation by another", 0, "key", "revoke", other + ".pub", "--by", first,
               "-o", "revoked2", "--at", "2026-02-01T12:00:00Z")
    done = tap.expect("the list", 0, "key", "list", first + ".pub", second + ".pub",
                      other + ".pub", "rotation", "revoked", "revoked2", "--json")
    states = [key["state"] for key in json.loads(done.stdout)["keys"]]
    tap.say("states of keys", states == ["rotated", "revoked", "revoked"], done.stdout)
    tap.expect("a statement of a stranger", 2, "key", "list", other + ".pub", "rotation",
               says="not signed by any")
    tap.expect("not a time", 2, "key", "revoke", second, "-o", "x", "--at", "today")
    tap.expect("rotate without a successor", 2, "key", "rotate", first, "-o", "x")


class Writer:
    """A log beside the list of what it must hold."""

    def __init__(self, tap, name, key):
        self.tap, self.name = tap, name
        self.log = Log(tap.path(name))
        self.entries = []
        tap.expect(f"{name}: init", 0, "log", "init", name, "--origin", ORIGIN, "--key", key)

    def append(self, batch):
        names = []
        for i, entry in enumerate(batch):
            names.append(self.tap.write(f"entry{i}", entry))
        done = self.tap.run("log", "append", self.name, *names, "--json")
        answer = json.loads(done.stdout) if done.returncode == 0 else {}
        good = done.returncode == 0 and answer["first"] == len(self.entries)
        self.entries += batch
        return good and answer["size"] == len(self.entries) and \
            answer["root"] == "sha256:" + root_of([leaf(e) for e in self.entries]).hex()

    def sound(self):
        size, root = self.log.tree()
        return size == len(self.entries) and self.log.entries(size) == self.entries and \
            root == root_of([leaf(e) for e in self.entries])


def growth(tap, key):
    rng = random.Random(7)
    writer = Writer(tap, "L", key)
    tap.say("an empty log has a checkpoint", writer.log.checkpoint().size == 0 and
            writer.log.checkpoint().root == sha256(b""))
    good = True
    for count in (1, 1, 2, 100, 151, 1, 1, 254, 1, 300, 700):
        batch = [rng.randbytes(rng.choice((0, 1, 40, 900))) for _ in range(count)]
        good = writer.append(batch) and writer.sound() and good
        done = tap.run("log", "checkpoint", "L")
        published = writer.log.checkpoint()
        good = good and done.returncode == 0 and published.size == len(writer.entries)
        good = good and published.root == root_of([leaf(e) for e in writer.entries])
    tap.say("tiles, entries and checkpoints of a growing log", good)
    tap.say("partial tiles end when the full one is there",
            not os.path.exists(tap.path("L", "tile/0/000.p")) and
            os.path.exists(tap.path("L", tile_path(0, 5, len(writer.entries) % 256))))
    good = True
    for index in (0, 1, 255, 256, 511, 700, len(writer.entries) - 1):
        proof = Proof(tap.run("log", "prove", "L", str(index)).stdout)
        good = good and proof.index == index and proof.holds(writer.entries[index]) and \
            not proof.holds(writer.entries[index] + b"x")
    tap.say("proofs hold for another verifier", good)
    name = tap.write("found", writer.entries[900])
    tap.expect("a proof by content", 0, "log", "prove", "L", name, "-o", "proof")
    tap.say("it is of the first such entry",
            Proof(tap.read("proof")).index == writer.entries.index(writer.entries[900]))
    tap.expect("no such entry", 2, "log", "prove", "L", tap.write("other", b"never logged"),
               says="no such entry")
    tap.expect("no such index", 2, "log", "prove", "L", str(len(writer.entries)))
    tap.expect("the whole log is sound", 0, "log", "verify", "L")
    big = tap.write("big", bytes(65536))
    tap.expect("what is too large for an entry is logged by its digest", 0, "log", "append", "L",
               big)
    writer.entries.append(b"assay-digest/1\nsha256:" + sha256(bytes(65536)).hex().encode() + b"\n")
    tap.say("and so it stands there", writer.sound())
    edge = tap.write("edge", bytes(65535))
    tap.expect("the largest entry", 0, "log", "append", "L", edge)
    writer.entries.append(bytes(65535))
    tap.say("it is there whole", writer.sound())
    return writer


def damage(tap, writer):
    """One thing wrong at a time: verify says which, and append refuses where it touches the end."""
    size = len(writer.entries)
    tap.run("log", "checkpoint", "L")

    def case(title, name, change, says, append_fails=False):
        folder = tap.path("D")
        shutil.copytree(tap.path("L"), folder)
        path = os.path.join(folder, name)
        with open(path, "rb") as file:
            data = file.read()
        os.unlink(path)
        data = change(data)
        if data is not None:
            with open(path, "wb") as file:
                file.write(data)
        tap.expect(title, 1, "log", "verify", "D", says=says)
        if append_fails:
            tap.expect(title + ": nothing is appended", 2, "log", "append", "D", "edge",
                       says=says)
        shutil.rmtree(folder)

    edge = tile_path(0, size // 256, size % 256)
    bundle = tile_path("entries", size // 256, size % 256)
    case("a torn tile", "tile/0/001", lambda d: d[:4096], "tile/0/001 is torn: 4096 bytes")
    case("a missing tile", "tile/0/002", lambda d: None, "tile/0/002 is missing")
    case("a changed tile", "tile/0/003", lambda d: bytes([d[0] ^ 1]) + d[1:],
         "entry 0 does not hash")
    case("a torn tile at the end", edge, lambda d: d[:-1], edge + " is torn", True)
    case("an empty tile at the end", edge, lambda d: b"", edge + " is torn", True)
    case("a missing tile at the end", edge, lambda d: None, edge + " is missing", True)
    case("a torn bundle at the end", bundle, lambda d: d[:-1], bundle + " is torn", True)
    case("a missing bundle", "tile/entries/000", lambda d: None, "tile/entries/000 is missing")
    case("a changed entry", "tile/entries/001", lambda d: d[:-1] + bytes([d[-1] ^ 1]),
         "tile/entries/001: entry 255")
    case("a changed inner tile", tile_path(1, 0, size // 256),
         lambda d: bytes([d[0] ^ 1]) + d[1:], "tile/0/000 does not hash", False)
    case("a checkpoint of another root", "checkpoint",
         lambda d: d.replace(d.split(b"\n")[2], base64.b64encode(bytes(32))), "signature")


def forks(tap, key):
    """A log that was restored from an old copy is not signed again."""
    writer = Writer(tap, "F", tap.key(ORIGIN, file="fork.key"))
    writer.append([b"one", b"two"])
    tap.expect("the first checkpoint", 0, "log", "checkpoint", "F")
    shutil.copytree(tap.path("F"), tap.path("old"))
    writer.append([b"three"])
    tap.expect("the second", 0, "log", "checkpoint", "F")
    tap.expect("the same once more", 0, "log", "checkpoint", "F")
    shutil.rmtree(tap.path("F"))
    os.rename(tap.path("old"), tap.path("F"))
    tap.expect("a smaller tree", 2, "log", "checkpoint", "F", says="not signed any more")
    tap.expect("another entry in the same place", 0, "log", "append", "F",
               tap.write("x", b"another"))
    tap.expect("another root at the same size", 2, "log", "checkpoint", "F", says="fork")
    tap.expect("nor as another log", 2, "log", "init", "G", "--origin", "other.example",
               "--key", "fork.key", says="and no other")
    tap.expect("nor by another key", 2, "log", "checkpoint", "F", "--key", key,
               says="not the key of the log")


def one_writer(tap):
    import fcntl
    with open(tap.path("L", "state/lock"), "rb+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        tap.expect("a second writer is refused", 2, "log", "append", "L", "edge",
                   says="another process")
        tap.expect("readers are not", 0, "log", "verify", "L")


def troubles(tap):
    tap.expect("no action", 2, "log", "L")
    tap.expect("an unknown action", 2, "log", "burn", "L")
    tap.expect("no log", 2, "log", "append", "nowhere", "edge")
    tap.expect("a log that is there already", 2, "log", "init", "L", "--origin", ORIGIN, "--key",
               "log.key", says="already")
    tap.expect("a file that is not there", 2, "log", "append", "L", "absent")
    before = Log(tap.path("L")).tree()
    tap.expect("one of several is not there", 2, "log", "append", "L", "edge", "absent")
    tap.say("then none is appended", Log(tap.path("L")).tree() == before)


def pem_of(seed):
    """RFC 8410: a private key from its 32 bytes."""
    body = base64.b64encode(bytes.fromhex("302e020100300506032b657004220420") + seed).decode()
    return f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n".encode()


def vectors(tap):
    """docs/formats/log.md says what the program writes."""
    with open(os.path.join(ROOT, "docs", "formats", "log.md"), encoding="utf-8") as file:
        text = file.read().partition("## Vectors")[2]
    blocks = [re.sub(r"^    ", "", block, flags=re.M).strip("\n") + "\n"
              for block in re.findall(r"(?:^    .*\n|^\n(?=    ))+", text, re.M)]
    keys_, bundle, tile, note, cosigned, proof, old, request, revoked = blocks
    old_umask = os.umask(0o077)
    tap.write("v.key", pem_of(bytes(range(32))))
    os.umask(old_umask)
    tap.write("v.key.pub", keys_.split("\n")[0].encode() + b"\n")
    tap.expect("vectors: a log", 0, "log", "init", "V", "--origin", "example.com/log", "--key", "v.key")
    tap.run("log", "append", "V", tap.write("v1", b"one"), tap.write("v2", b"two"),
            tap.write("v3", b""))
    tap.run("log", "checkpoint", "V")
    tap.run("log", "stamp", "V", "--request", "v.tsq")
    tap.run("key", "revoke", "v.key", "--at", "2026-01-31T12:00:00Z", "--reason", "lost", "-o",
            "v.json")
    tap.say("vectors: tiles", tap.read("V/tile/entries/000.p/3").hex() == bundle.strip() and
            tap.read("V/tile/0/000.p/3").hex() == "".join(tile.split()))
    tap.say("vectors: checkpoint", tap.read("V/checkpoint").decode() == note,
            tap.read("V/checkpoint"), note)
    tap.say("vectors: proof", tap.run("log", "prove", "V", "2").stdout.decode() ==
            proof + "\n" + note)
    tap.say("vectors: request to a witness", tap.run("log", "prove", "V", "--old",
                                                     "1").stdout.decode() == old + "\n" + note)
    tap.say("vectors: time stamp request", tap.read("v.tsq").hex() == request.strip())
    tap.say("vectors: revocation", tap.read("v.json").decode() == revoked)
    # The cosignature counts under a policy that has the witness.
    tap.write("v.policy", f"log {keys_.split(chr(10))[0]}\nwitness w {keys_.split(chr(10))[1]}\n"
              "quorum w\n".encode())
    monitor = ["log", "monitor", "V", "--state", "v.seen", "--policy", "v.policy"]
    tap.expect("vectors: not cosigned", 1, *monitor)
    tap.write("V/checkpoint", (note + cosigned).encode())
    tap.expect("vectors: cosigned", 0, *monitor)


def main():
    with tempfile.TemporaryDirectory() as folder:
        tap = Tap(sys.argv[1], folder)
        keys(tap)
        terminal(tap)
        statements(tap)
        key = tap.key(ORIGIN)
        writer = growth(tap, key)
        damage(tap, writer)
        forks(tap, key)
        one_writer(tap)
        troubles(tap)
        vectors(tap)
        return tap.end()


sys.exit(main())
