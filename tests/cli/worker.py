#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What becomes of inputs that a decoder does not survive, and how it is held.

usage: tests/cli/worker.py BUILD

The program is the real one: limits and signals come from outside. Prints TAP.
"""
import ctypes
import json
import lzma
import os
import platform
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import time

MIB = 1 << 20
PR_SET_NO_NEW_PRIVS = 38
PR_SET_SECCOMP = 22
PRCTL = {"x86_64": 157, "aarch64": 167}


class Stage:
    def __init__(self, build, folder):
        self.program = os.path.abspath(os.path.join(build, "assay"))
        self.folder = folder
        self.number = 0
        self.failed = 0
        # Little that unpacks to much, and something that any worker survives.
        self.much = self.write("much.xz", lzma.compress(bytes(60 * MIB), preset=0))
        self.small = self.write("small.txt", b"model name\t: x\n")

    def write(self, name, data):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(data)
        return path

    def start(self, *arguments, before=None):
        return subprocess.Popen([self.program, *arguments], stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=before)

    def run(self, *arguments, before=None):
        child = self.start(*arguments, before=before)
        out, err = child.communicate(timeout=120)
        return child.returncode, out, err

    def ok(self, good, name, remark=""):
        self.number += 1
        print(f"{'ok' if good else 'not ok'} {self.number} - {name}")
        if not good:
            self.failed += 1
            print(f"# {remark}")


def little_memory():
    resource.setrlimit(resource.RLIMIT_DATA, (24 * MIB, 24 * MIB))


def no_seccomp():
    """A filter under which there are no filters: prctl(PR_SET_SECCOMP) is an error."""
    rows = [(0x20, 0, 0, 0), (0x15, 0, 3, PRCTL[platform.machine()]),
            (0x20, 0, 0, 16), (0x15, 0, 1, PR_SET_SECCOMP),
            (0x06, 0, 0, 0x00050000 | 22), (0x06, 0, 0, 0x7fff0000)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("<HBBI", *row) for row in rows))
    program = struct.pack("@HP", len(rows), ctypes.addressof(code))
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(PR_SET_SECCOMP, 2, ctypes.create_string_buffer(program), 0, 0)


def worker_of(child):
    """The process id of the worker, once it is confined."""
    tasks = f"/proc/{child.pid}/task/{child.pid}/children"
    until = time.monotonic() + 20
    while time.monotonic() < until and child.poll() is None:
        try:
            with open(tasks, encoding="ascii") as file:
                for pid in file.read().split():
                    if status_of(int(pid)).get("Seccomp") == "2":
                        time.sleep(0.02)  # until it decodes
                        return int(pid)
        except OSError:
            pass
    return None


def status_of(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        return dict(line.split(":\t", 1) for line in file.read().splitlines() if ":\t" in line)


def is_gone(pid):
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            if status_of(pid)["State"].startswith(("Z", "X")):
                return True
        except OSError:
            return True
        time.sleep(0.01)
    return False


def test_confined(stage):
    child = stage.start("decode", stage.much)
    pid = worker_of(child)
    status = status_of(pid) if pid else {}
    stage.ok(status.get("NoNewPrivs") == "1", "the worker cannot gain privileges", status)
    try:
        open_files = os.listdir(f"/proc/{pid}/fd")
    except PermissionError:
        open_files = ["0"]
    stage.ok(open_files == ["0"], "the worker has one descriptor", open_files)
    os.kill(pid, signal.SIGSEGV)
    out, _ = child.communicate()
    stage.ok(child.returncode == 1, "a crash is a finding", child.returncode)
    stage.ok(b"fault decoder-crashed at 0x0" in out, "the crash is a fault of the input", out)
    stage.ok(b'end = "xz: killed by SIGSEGV"' in out, "the signal and the decoder are named", out)


def test_orphan(stage):
    child = stage.start("decode", stage.much)
    pid = worker_of(child)
    child.kill()
    child.communicate()
    stage.ok(pid is not None and is_gone(pid), "a worker does not outlive its parent", pid)


def test_memory(stage):
    _, alone, _ = stage.run("decode", stage.small)
    status, out, err = stage.run("decode", stage.small, stage.much, stage.small,
                                 before=little_memory)
    stage.ok(status == 1 and err == b"", "a limit of memory is a finding", (status, err))
    stage.ok(out.count(b"fault decoder-memory at 0x0") == 1, "and a fault of its input", out)
    stage.ok(out.startswith(alone) and out.endswith(alone), "the other inputs go on", out)


def test_json(stage):
    status, out, _ = stage.run("decode", "--json", stage.small, stage.much, stage.small,
                               before=little_memory)
    rows = [json.loads(line) for line in out.splitlines()]
    stage.ok(status == 1 and len(rows) == 3, "one object a file, also for the dead", out[:500])
    dead = rows[1]
    stage.ok([f["name"] for f in dead["faults"]] == ["decoder-memory"], "its fault", dead)
    stage.ok([r["class"] for r in dead["map"]] == ["unread"] and
             dead["map"][0]["length"] == os.path.getsize(stage.much), "its bytes are unread", dead)


def killed(stage, *arguments):
    child = stage.start(*arguments)
    pid = worker_of(child)
    if pid is not None:
        os.kill(pid, signal.SIGSEGV)
    out, err = child.communicate()
    return child.returncode, out, err


def test_verbs(stage):
    status, out, err = killed(stage, "appraise", "--json", stage.much)
    result = json.loads(out) if out else {}
    found = [f["id"] for f in result.get("findings", [])]
    stage.ok(status == 1 and "rule.decoder-died" in found, "appraise finds a crash",
             (status, found, err))
    status, out, err = killed(stage, "diff", stage.much, stage.small)
    stage.ok(status == 1 and err == b"", "diff is not good after a crash", (status, out, err))


def test_time(stage):
    def little_time():
        resource.setrlimit(resource.RLIMIT_CPU, (2, 2))

    child = stage.start("decode", stage.much, before=little_time)
    pid = worker_of(child)
    os.kill(pid, signal.SIGXCPU)
    out, _ = child.communicate()
    stage.ok(child.returncode == 1 and b"fault decoder-time at 0x0" in out,
             "a limit of time is a finding", out)
    stage.ok(b"stopped at its limit of 1 s of processor time" in out,
             "the limit is not above the one it had before", out)


def test_no_sandbox(stage):
    if platform.machine() not in PRCTL:
        stage.ok(True, "no sandbox # SKIP the number of prctl is not known here")
        return
    for verb in (["decode", stage.small], ["appraise", stage.small]):
        status, out, err = stage.run(*verb, before=no_seccomp)
        stage.ok(status == 2 and out == b"" and err.count(b"sandbox only") == 1,
                 f"without a sandbox {verb[0]} refuses, and says so once", (status, out, err))


def main():
    build = sys.argv[1]
    with open(os.path.join(build, "meson-info", "intro-buildoptions.json"),
              encoding="utf-8") as file:
        options = {o["name"]: o["value"] for o in json.load(file)}
    if options["b_sanitize"] != "none" or options["fuzz"]:
        print("1..0 # SKIP decoding is not confined in this build")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(build, folder)
        for test in (test_confined, test_orphan, test_memory, test_json, test_verbs, test_time,
                     test_no_sandbox):
            test(stage)
    print(f"1..{stage.number}")
    return 1 if stage.failed else 0


sys.exit(main())
