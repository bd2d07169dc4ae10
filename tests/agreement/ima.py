#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lists of measured files against the policies made from them, and binary against text.

usage: tests/agreement/ima.py BUILD DATA

Prints `ima: agreed/total` and every disagreement.
"""
import json
import os
import struct
import subprocess
import sys

# Inputs that a fault is right about.
REFUSED = {
    "bad_signatures.txt": "the signature's stated length is wrong",
    "ima-log-unknown": "the template hash is made up",
}


class Score:
    """Counts of what agreed, and what did not."""

    def __init__(self):
        self.total = self.agreed = 0
        self.open = []

    def check(self, what, want, got):
        self.total += 1
        if want == got:
            self.agreed += 1
        else:
            self.open.append(f"{what}: reference {str(want)[:120]}, ours {str(got)[:120]}")


def decode(build, path, decoder):
    done = subprocess.run([os.path.join(build, "assay"), "decode", "--json", "--as", decoder, path],
                          stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"assay decode {path}: status {done.returncode}: {done.stderr.decode()[:400]}")
    return json.loads(done.stdout), done.returncode


def entries(row):
    """(path, digest, template hash, verified) of every entry."""
    out = []
    for claim in row["claims"]:
        key = claim["key"]
        if key == "ima.entry.pcr":
            out.append({})
        if not key.startswith("ima.entry."):
            continue
        out[-1][key.split(".")[-1].replace("digest-volatile", "digest")] = claim["value"]
    return [(e.get("path"), e.get("digest", {}).get("hex"), e["template-hash"]["hex"],
             e.get("hash-verified", e["violation"])) for e in out]


def check_policies(score, base, build):
    folder = os.path.join(base, "keylime+keylime/create-runtime-policy")
    for name in sorted(os.listdir(folder)):
        if not name.startswith("ima-log-"):
            continue
        row, status = decode(build, os.path.join(folder, name), "ima-ascii")
        ours = entries(row)
        score.check(f"{name} status", 1 if name in REFUSED else 0, status)
        policy = json.load(open(os.path.join(folder, name.replace("ima-log", "policy")),
                                encoding="utf-8"))
        allowed = {path: digests for path, digests in policy["digests"].items()
                   if path != "boot_aggregate"}
        for path, digest, _, _ in ours:
            if path in allowed:
                score.check(f"{name} {path}", True, digest in allowed[path])
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            for line, mine in zip(file, ours):
                words = line.split()
                score.check(f"{name} {words[4]}", (words[4], words[3].split(":")[1], words[1]),
                            mine[:3])


def check_verification(score, base, build):
    folder = os.path.join(base, "keylime+keylime/test_ima_verification")
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".txt"):
            continue
        row, status = decode(build, os.path.join(folder, name), "ima-ascii")
        score.check(f"{name} status", 1 if name in REFUSED else 0, status)
        ours = entries(row)
        lines = [l for l in open(os.path.join(folder, name), encoding="utf-8") if l.strip()]
        score.check(f"{name} entries", len(lines), len(ours))
        for line, mine in zip(lines, ours):
            words = line.split()
            score.check(f"{name} {words[4]}", (words[4], words[3].split(":")[1], words[1]), mine[:3])


def walk(data):
    """Template hashes and names of a binary list, by a plain walk; what is cut off is left out."""
    at, out = 0, []
    while at + 28 <= len(data):
        digest = data[at + 4:at + 24].hex()
        size = struct.unpack_from("<I", data, at + 24)[0]
        name = data[at + 28:at + 28 + size]
        at += 28 + size
        if name == b"ima":
            at += 20
        end = at + 4 + struct.unpack_from("<I", data, at)[0]
        if end > len(data):
            break
        out.append(digest)
        at = end
    return out, at == len(data)


def check_binary(score, data, build):
    files = []
    for folder, _, names in sorted(os.walk(os.path.join(data, "ima"))):
        files += [os.path.join(folder, n) for n in sorted(names) if n.endswith(".bin")]
    for folder, _, names in sorted(os.walk(os.path.join(data, "lab"))):
        files += [os.path.join(folder, n) for n in names if n == "binary_runtime_measurements"]
    for path in files:
        row, status = decode(build, path, "ima-log")
        ours = entries(row)
        want, whole = walk(open(path, "rb").read())
        where = os.path.relpath(path, data)
        score.check(f"{where} status", 0 if whole else 1, status)
        score.check(f"{where} hashes", want, [e[2] for e in ours])
        for path_name, _, digest, verified in ours:
            score.check(f"{where} {path_name} {digest}", True, verified)
        text = os.path.join(os.path.dirname(path), "ascii_runtime_measurements")
        if os.path.exists(text):
            score.check(f"{where} as text", entries(decode(build, text, "ima-ascii")[0]), ours)


def main():
    build, data = sys.argv[1:3]
    base = os.path.join(data, "ima")
    if not os.path.isdir(base):
        print("ima: SKIP (no reference data)")
        sys.exit(77)
    score = Score()
    check_policies(score, base, build)
    check_verification(score, base, build)
    check_binary(score, data, build)
    print(f"ima: {score.agreed}/{score.total}")
    for line in score.open:
        print("  NOT EXPLAINED " + line)
    sys.exit(1 if score.open else 0)


if __name__ == "__main__":
    main()
