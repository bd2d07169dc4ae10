# SPDX-License-Identifier: Apache-2.0
"""What the tests of logs share: TAP, the program, and a reader of logs that is not Assay's."""
import base64
import functools
import hashlib
import json
import os
import struct
import subprocess

try:
    import jsonschema
except ImportError:
    jsonschema = None

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WIDTH = 256


def sha256(data):
    return hashlib.sha256(data).digest()


def leaf(entry):
    return sha256(b"\0" + entry)


def root_of(hashes):
    """RFC 6962 section 2.1, on hashes of leaves."""
    if not hashes:
        return sha256(b"")
    # Complete subtrees from the left, as a binary counter.
    stack = []
    for value in hashes:
        level = 0
        while stack and stack[-1][0] == level:
            value = sha256(b"\1" + stack.pop()[1] + value)
            level += 1
        stack.append((level, value))
    value = stack.pop()[1]
    while stack:
        value = sha256(b"\1" + stack.pop()[1] + value)
    return value


def inclusion_root(index, size, leaf_hash, proof):
    """The root that a proof of inclusion leads to (RFC 9162 section 2.1.3.2), or None."""
    if index >= size:
        return None
    at, last, value = index, size - 1, leaf_hash
    for sibling in proof:
        if last == 0:
            return None
        if at & 1 or at == last:
            value = sha256(b"\1" + sibling + value)
            while not at & 1 and at:
                at >>= 1
                last >>= 1
        else:
            value = sha256(b"\1" + value + sibling)
        at >>= 1
        last >>= 1
    return value if last == 0 else None


def tile_path(level, index, width):
    digits = f"{index:0{(len(str(index)) + 2) // 3 * 3}}"
    groups = [digits[i:i + 3] for i in range(0, len(digits), 3)]
    name = "/".join(["x" + group for group in groups[:-1]] + groups[-1:])
    return f"tile/{level}/{name}" + (f".p/{width}" if width < WIDTH else "")


class Checkpoint:
    def __init__(self, note):
        text, _, self.signatures = note.partition(b"\n\n")
        self.text = text + b"\n"
        lines = text.split(b"\n")
        self.origin, self.size = lines[0].decode(), int(lines[1])
        self.root = base64.b64decode(lines[2])


class Log:
    """A log in a folder, read as the specification of tiles says and nothing else."""

    def __init__(self, folder):
        self.folder = folder

    def read(self, name):
        with open(os.path.join(self.folder, name), "rb") as file:
            return file.read()

    def checkpoint(self):
        return Checkpoint(self.read("checkpoint"))

    def tree(self):
        """(size, root) that counts for the writer."""
        lines = self.read("state/tree").split(b"\n")
        assert lines[0] == b"assay-log-tree/1"
        return int(lines[1]), base64.b64decode(lines[2])

    def tile(self, level, index, size):
        count = size if level == "entries" else size >> 8 * level
        width = min(WIDTH, count - index * WIDTH)
        try:
            return self.read(tile_path(level, index, width)), width
        except FileNotFoundError:
            return self.read(tile_path(level, index, WIDTH)), width

    def entries(self, size):
        """All entries, each compared with its leaf; every level of tiles with the one below."""
        found = []
        for index in range((size + WIDTH - 1) // WIDTH):
            bundle, width = self.tile("entries", index, size)
            leaves, _ = self.tile(0, index, size)
            at = 0
            for i in range(width):
                length = struct.unpack_from(">H", bundle, at)[0]
                entry = bundle[at + 2:at + 2 + length]
                assert len(entry) == length, "a bundle is torn"
                assert leaves[32 * i:32 * i + 32] == leaf(entry), "an entry is not its leaf"
                found.append(entry)
                at += 2 + length
        level = 0
        while size >> 8 * (level + 1):
            for index in range(size >> 8 * (level + 1)):
                below, _ = self.tile(level, index, size)
                above, _ = self.tile(level + 1, index // WIDTH, size)
                want = root_of([below[i:i + 32] for i in range(0, 32 * WIDTH, 32)])
                at = 32 * (index % WIDTH)
                assert above[at:at + 32] == want, "a tile is not the hash of those below"
            level += 1
        return found


class Proof:
    def __init__(self, text):
        head, _, note = text.partition(b"\n\n")
        lines = head.split(b"\n")
        assert lines.pop(0) == b"c2sp.org/tlog-proof@v1"
        if lines[0].startswith(b"extra "):
            lines.pop(0)
        self.index = int(lines.pop(0).removeprefix(b"index "))
        self.hashes = [base64.b64decode(line) for line in lines]
        self.checkpoint = Checkpoint(note)

    def holds(self, entry):
        return inclusion_root(self.index, self.checkpoint.size, leaf(entry),
                              self.hashes) == self.checkpoint.root


@functools.cache
def schema_of(verb):
    with open(os.path.join(ROOT, "data", "schema", verb + ".schema.json"),
              encoding="utf-8") as file:
        return jsonschema.Draft202012Validator(json.load(file))


class Tap:
    """The program in a folder of its own, and what is said about it."""

    def __init__(self, build, folder):
        self.build = os.path.abspath(build)
        self.folder = folder
        self.number = 0
        self.failed = 0

    def run(self, *arguments, **options):
        """What the program says in JSON must follow the schema of its verb."""
        done = subprocess.run([os.path.join(self.build, "assay"), *arguments], check=False,
                              cwd=self.folder, capture_output=True,
                              stdin=subprocess.DEVNULL, **options)
        if jsonschema and "--json" in arguments and done.stdout and arguments[0] != "report":
            for problem in schema_of(arguments[0]).iter_errors(json.loads(done.stdout)):
                self.say(f"{arguments}: the schema", False, problem.message, done.stdout)
        return done

    def say(self, title, good, *details):
        self.number += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.number} - {title}", flush=True)
        for detail in details if not good else ():
            print("#", str(detail)[:2000].replace("\n", "\n# "))

    def skip(self, title, why):
        self.number += 1
        print(f"ok {self.number} - {title} # SKIP {why}")

    def expect(self, title, status, *arguments, says=None, **options):
        """The program ends so, and says that (on standard error if it failed by our fault)."""
        done = self.run(*arguments, **options)
        told = (done.stdout + done.stderr).decode(errors="replace")
        self.say(title, done.returncode == status and (says is None or says in told),
                 arguments, f"status {done.returncode}, not {status}", told)
        return done

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def write(self, name, data):
        with open(self.path(name), "wb") as file:
            file.write(data)
        return name

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def key(self, name, *options, file=None):
        """A key without a passphrase; the path of its private half."""
        file = file or name.rpartition("/")[2] + ".key"
        self.expect(f"a key for {name}", 0, "key", "make", file, "--name", name,
                    "--no-passphrase", *options)
        return file

    def end(self):
        print(f"1..{self.number}")
        return 1 if self.failed else 0
