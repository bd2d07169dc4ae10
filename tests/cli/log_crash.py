#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A log whose writer is killed at any moment, on a full disk, on one that cannot be written.

usage: tests/cli/log_crash.py BUILD [KILLS]

After each kill -9 every acknowledged entry must be there, the tree be that of the entries, and no
size ever be signed with two roots. Full and read-only disks need the right to mount; without it
they are skipped.
"""
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from logbook import Checkpoint, Log, Tap, leaf, sha256  # noqa: E402

ORIGIN = "example.com/log"
KILLS = 40


class Tree:
    """A tree that grows, as roots of complete subtrees."""

    def __init__(self):
        self.stack = []
        self.size = 0

    def copy(self):
        other = Tree()
        other.stack, other.size = list(self.stack), self.size
        return other

    def add(self, entry):
        value, level = leaf(entry), 0
        while self.stack and self.stack[-1][0] == level:
            value = sha256(b"\1" + self.stack.pop()[1] + value)
            level += 1
        self.stack.append((level, value))
        self.size += 1

    def root(self):
        if not self.stack:
            return sha256(b"")
        stack = list(self.stack)
        value = stack.pop()[1]
        while stack:
            value = sha256(b"\1" + stack.pop()[1] + value)
        return value


class Signed:
    """Every signed checkpoint that was ever seen."""

    def __init__(self):
        self.roots = {}
        self.forks = []

    def see(self, note):
        said = Checkpoint(note)
        if self.roots.setdefault(said.size, said.root) != said.root:
            self.forks.append(said.size)


class Victim:
    """Runs the program and kills it after a while, alone or with its helpers."""

    def __init__(self, tap, rng):
        self.tap, self.rng = tap, rng
        self.killed = self.finished = 0
        self.took = 0.1

    def run(self, *arguments):
        """Whether the program acknowledged."""
        process = subprocess.Popen([os.path.join(self.tap.build, "assay"), *arguments],
                                   cwd=self.tap.folder, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                   start_new_session=True)
        try:
            process.wait(timeout=self.rng.uniform(0, 1) * self.took)
        except subprocess.TimeoutExpired:
            if self.rng.random() < 0.5:
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
        status = process.wait()
        trouble = process.stderr.read().decode()
        process.stderr.close()
        if status == -signal.SIGKILL:
            self.killed += 1
            # About two of three are killed, at any moment of what they do.
            self.took = min(self.took * 1.1, 10)
            return False
        self.finished += 1
        self.took = max(0.8 * self.took, 0.005)
        if status != 0:
            raise AssertionError(f"{arguments[:3]}: status {status}: {trouble}")
        return True


def collect(tap, signed):
    for name in ("checkpoint", "state/signed"):
        signed.see(tap.read("L/" + name))


def kills(tap, count):
    rng = random.Random(count)
    victim = Victim(tap, rng)
    log = Log(tap.path("L"))
    signed = Signed()
    entries, sure = [], Tree()
    problems = []
    number = 0
    while victim.killed < count and not problems:
        if rng.random() < 0.3:
            victim.run("log", "checkpoint", "L")
            collect(tap, signed)
            continue
        batch = []
        for _ in range(rng.choice((1, 3, 40, 300))):
            number += 1
            batch.append(b"entry %d " % number + rng.randbytes(rng.randrange(600)))
        names = [tap.write(f"e{i}", entry) for i, entry in enumerate(batch)]
        acknowledged = victim.run("log", "append", "L", *names)
        after = sure.copy()
        for entry in batch:
            after.add(entry)
        size, root = log.tree()
        if (size, root) == (after.size, after.root()):
            sure, entries = after, entries + batch
        elif acknowledged or (size, root) != (sure.size, sure.root()):
            problems.append(f"{size} entries after {sure.size} and a batch of {len(batch)}, "
                            f"acknowledged: {acknowledged}")
        if victim.killed % 25 == 0 and log.entries(size) != entries:
            problems.append(f"the entries are not those that were appended, size {size}")
    tap.say(f"{victim.killed} kills, {victim.finished} runs that ended: nothing is lost",
            not problems, *problems)
    tap.expect("the tree is sound", 0, "log", "verify", "L")
    tap.say("all entries are there", log.entries(log.tree()[0]) == entries)
    tap.expect("and can be signed", 0, "log", "checkpoint", "L")
    collect(tap, signed)
    tap.say(f"{len(signed.roots)} sizes were signed, none with two roots", not signed.forks,
            signed.forks)


def limits(tap):
    """A file that may not grow."""
    before = Log(tap.path("L")).tree()
    name = tap.write("large", bytes(5000))
    done = tap.run("log", "append", "L", name, preexec_fn=lambda: resource.setrlimit(
        resource.RLIMIT_FSIZE, (100, 100)))
    tap.say("no room in a file: not acknowledged, nothing lost", done.returncode != 0 and
            Log(tap.path("L")).tree() == before, done)
    tap.expect("afterwards it goes on", 0, "log", "append", "L", name)


class Disk:
    """A small file system of its own, or None."""

    def __init__(self, tap, size):
        self.path = tap.path("disk")
        os.makedirs(self.path)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", self.path],
                              check=False, capture_output=True)
        self.mounted = done.returncode == 0
        self.why = done.stderr.decode().strip()

    def remount(self, how):
        return subprocess.run(["mount", "-o", f"remount,{how}", self.path], check=False,
                              capture_output=True).returncode == 0

    def end(self):
        if self.mounted:
            subprocess.run(["umount", self.path], check=False, capture_output=True)
        os.rmdir(self.path)


def full(tap):
    disk = Disk(tap, "600k")
    try:
        if not disk.mounted:
            tap.skip("a full disk", "no right to mount: " + disk.why)
            tap.skip("a read-only disk", "no right to mount: " + disk.why)
            return
        tap.key("full.example", file="full.key")
        tap.expect("a log on a small disk", 0, "log", "init", "disk/F", "--origin", "full.example",
                   "--key", "full.key")
        log = Log(tap.path("disk/F"))
        entries, trouble = [], None
        for number in range(200):
            entry = b"%d " % number + os.urandom(20000)
            done = tap.run("log", "append", "disk/F", tap.write("e", entry))
            if done.returncode != 0:
                trouble = done.stderr
                break
            entries.append(entry)
        tap.say("the disk is full, and that is said", b"No space left" in (trouble or b""), trouble)
        tap.say("all that was acknowledged is there", log.entries(log.tree()[0]) == entries)
        tap.expect("the tree is sound", 0, "log", "verify", "disk/F")
        # The small files may fit or not; signed twice it must not be.
        signed = Signed()
        tap.run("log", "checkpoint", "disk/F")
        signed.see(log.read("checkpoint"))
        signed.see(log.read("state/signed"))
        disk.remount("size=2m")
        tap.expect("with room again it goes on", 0, "log", "append", "disk/F", "e")
        tap.expect("and is signed", 0, "log", "checkpoint", "disk/F")
        signed.see(log.read("checkpoint"))
        tap.say("no size twice", not signed.forks)
        disk.remount("ro")
        before = log.tree()
        tap.expect("a read-only disk", 2, "log", "append", "disk/F", "e", says="Read-only")
        tap.expect("readers do not mind", 0, "log", "verify", "disk/F")
        disk.remount("rw")
        tap.say("nothing happened", log.tree() == before)
    finally:
        disk.end()


CALL = re.compile(r"^(?:\d+ +)?(\w+)\((.*)\) += (-?\d+)")


def order(tap):
    """The order of writes, as the kernel sees it: what a rename shows is on disk before it, and
    the tree file comes after all that it counts."""
    if not shutil.which("strace"):
        tap.skip("the order of writes", "strace is not installed")
        return
    names = [tap.write(f"e{i}", b"order %d" % i) for i in range(300)]
    done = subprocess.run(["strace", "-y", "-o", "trace", "-e",
                           "trace=openat,write,fsync,renameat,renameat2,unlinkat",
                           os.path.join(tap.build, "assay"), "log", "append", "L", *names],
                          check=False, cwd=tap.folder, capture_output=True)
    if done.returncode != 0:
        tap.skip("the order of writes", "no right to trace")
        return
    dirty, renamed, problems, trees, acknowledged = set(), set(), [], 0, False
    for line in tap.read("trace").decode(errors="replace").splitlines():
        match = CALL.match(line)
        if not match:
            continue
        call, arguments = match.group(1), match.group(2)
        paths = re.findall(r"<([^>]*)>", arguments)
        words = re.findall(r'"([^"]*)"', arguments)
        if call == "write" and arguments.startswith("1<"):
            acknowledged = True
            problems += [f"acknowledged before {name} was synced" for name in renamed]
        elif call == "write":
            dirty.add(paths[0])
        elif call == "fsync":
            dirty.discard(paths[0])
            renamed = {name for name in renamed if os.path.dirname(name) != paths[0]}
        elif call.startswith("renameat"):
            source = os.path.join(paths[0], words[0])
            target = os.path.join(paths[0], words[1])
            if source in dirty:
                problems.append(f"{words[1]} is shown before it is synced")
            if words[1] == "state/tree":
                trees += 1
                problems += [f"the tree counts {name}, which is not synced" for name in renamed]
            renamed.add(target)
    tap.say("files are synced, shown, and their folders synced, before they count",
            not problems and trees == 1 and acknowledged, *problems)


def main():
    count = int(sys.argv[2]) if len(sys.argv) > 2 else KILLS
    with tempfile.TemporaryDirectory() as folder:
        tap = Tap(sys.argv[1], os.path.realpath(folder))
        tap.key(ORIGIN)
        tap.expect("a log", 0, "log", "init", "L", "--origin", ORIGIN, "--key", "log.key")
        kills(tap, count)
        limits(tap)
        full(tap)
        order(tap)
        return tap.end()


sys.exit(main())
