#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The examples in the texts of the C2SP specifications: notes, checkpoints, policies, proofs, tiles.

usage: tests/agreement/c2sp.py BUILD DATA

Prints `c2sp: agreed/total` and every disagreement.
"""
import os
import re
import subprocess
import sys
import tempfile

VKEY = re.compile(r"^ +(\S+\+[0-9a-f]{8}\+\S+)$", re.M)


class Cases:
    def __init__(self, build, folder):
        self.program = os.path.join(build, "tests", "unit", "note-cases")
        self.assay = os.path.join(build, "assay")
        self.folder = folder
        self.total = self.agreed = 0

    def say(self, title, good, told):
        self.total += 1
        self.agreed += good
        if not good:
            print(f"{title}: {told}")

    def ask(self, kind, what, *more):
        if kind not in ("tiles", "name"):
            path = os.path.join(self.folder, "case")
            with open(path, "w", encoding="utf-8") as file:
                file.write(what)
            what = path
        return subprocess.run([self.program, kind, str(what), *more], check=True,
                              capture_output=True, text=True).stdout

    def expect(self, title, want, kind, what, *more):
        told = self.ask(kind, what, *more)
        self.say(title, told == want + "\n", told)

    def key(self, *options):
        """A verifier key of a fresh key."""
        name = os.path.join(self.folder, f"key{len(os.listdir(self.folder))}")
        return subprocess.run([self.assay, "key", "make", name, "--name", "example.com",
                               "--no-passphrase", *options], check=True, capture_output=True,
                              text=True).stdout.strip()


def fences(text):
    return re.findall(r"^```[a-z]*\n(.*?)^```", text, re.M | re.S)


def notes(cases, texts):
    text = texts["signed-note"]
    key = VKEY.search(text).group(1)
    poem, example = fences(text)
    cases.expect("the signed note", "signed, signatures 1", "note", example, key)
    cases.expect("another note", "unsigned, signatures 1", "note", poem, key)
    cases.expect("the note, changed", "forged, signatures 1", "note",
                 example.replace("message", "Message"), key)
    cases.expect("the key, changed", "refused: the ID of the verifier key is not that of its bytes",
                 "note", example, key.replace("+5", "+4", 1))


def checkpoints(cases, texts):
    want = "example.com/behind-the-sofa 20852163, same"
    cases.expect("the checkpoint", want, "checkpoint", fences(texts["tlog-checkpoint"])[0])
    cases.expect("the cosigned one", want, "checkpoint", fences(texts["tlog-cosignature"])[0])
    # The example of a request is indented: what follows its first empty line is a checkpoint.
    body = re.search(r"^    old 20852014\n.*?(?=^\S)", texts["tlog-witness"], re.M | re.S).group(0)
    body = re.sub(r"^    ", "", body, flags=re.M).strip() + "\n"
    cases.expect("the one that is submitted", want, "checkpoint", body.partition("\n\n")[2])


def policies(cases, texts):
    example = fences(texts["tlog-policy"])[0]
    filled = re.sub(r"(log|witness \S+) <vkey>", lambda m: m.group(1) + " " + cases.key(
        *(["--witness"] if m.group(1) != "log" else [])), example)
    cases.expect("the policy", "logs 1, members 9", "policy", filled)
    told = cases.ask("policy", filled.replace("group X-and-Y all", "group X-and-Y 3"))
    cases.say("a threshold beyond its members", told.startswith("refused: line 13"), told)
    told = cases.ask("policy", filled + "quorum none\n")
    cases.say("a second quorum", told.startswith("refused"), told)


def proofs(cases, texts):
    """Signatures and extra data are cut short in the text: filled up here."""
    def whole(match):
        letters = match.group(1) + match.group(2)
        return match.group(1) + "A" * (-len(letters) % 4) + match.group(2)

    example = next(t for t in fences(texts["tlog-proof"]) if t.startswith("c2sp.org/tlog-proof"))
    example = re.sub(r"(\S*)\[\.\.\.\](\S*)", whole, example)
    example = re.sub(r"^extra .*$", "extra AAAA", example, flags=re.M)
    cases.expect("the proof", "index 73894, hashes 5, size 109482, signatures 4", "proof", example)
    cases.expect("the proof without extra data",
                 "index 73894, hashes 5, size 109482, signatures 4", "proof",
                 example.replace("extra AAAA\n", ""))
    told = cases.ask("proof", example.replace("index 73894", "index 073894"))
    cases.say("a leading zero", told.startswith("refused"), told)


def tiles(cases, texts):
    text = " ".join(texts["tlog-tiles"].split())
    index, path = re.search(r"index (\d+) will be encoded as `([^`]+)`", text).groups()
    cases.expect("the name of a tile", "tile/0/" + path, "name", index)
    found = re.search(r"a tree of size ([\d,]+) will be represented by (\d+) full level 0 tiles, "
                      r"one partial level 0 tile of width (\d+), one full level 1 tile, one partial "
                      r"level 1 tile of width (\d+), and one partial level 2 tile of width (\d+)",
                      text)
    size, full, first, second, third = (n.replace(",", "") for n in found.groups())
    cases.expect("the tiles of a tree", f"level 0: full {full}, partial {first}\n"
                 f"level 1: full 1, partial {second}\nlevel 2: full 0, partial {third}", "tiles",
                 size)
    size = re.search(r"a tree of size (\d+) will be represented by a full level 0 tile and a "
                     r"partial level 1 tile of width 1", text).group(1)
    cases.expect("the tiles of a full one", "level 0: full 1, partial 0\n"
                 "level 1: full 0, partial 1", "tiles", size)


def main():
    build, data = sys.argv[1:3]
    texts = {}
    for name in ("signed-note", "tlog-checkpoint", "tlog-cosignature", "tlog-policy", "tlog-proof",
                 "tlog-tiles", "tlog-witness"):
        path = os.path.join(data, "c2sp", name + ".md")
        if not os.path.exists(path):
            print("c2sp: no data")
            return 77
        with open(path, encoding="utf-8") as file:
            texts[name] = file.read()
    with tempfile.TemporaryDirectory() as folder:
        cases = Cases(build, folder)
        for part in (notes, checkpoints, policies, proofs, tiles):
            part(cases, texts)
    print(f"c2sp: {cases.agreed}/{cases.total} agree")
    return 0 if cases.agreed == cases.total else 1


sys.exit(main())
