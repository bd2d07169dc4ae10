#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""assay sign, appraise --sign, report: signed results, checked by openssl too.

usage: tests/cli/sign.py BUILD
"""
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from logbook import Log, Tap, sha256  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MACHINE = os.path.join(ROOT, "demo", "machines", "node-1")
TYPE = b"application/vnd.in-toto+json"


def message(payload):
    """The pre-authentication encoding of DSSE."""
    return b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE, len(payload), payload)


def openssl(tap, *arguments):
    return subprocess.run(["openssl", *arguments], check=False, cwd=tap.folder,
                          capture_output=True)


def envelope_of(tap, payload, key):
    """An envelope around any payload, signed by openssl with the key's file."""
    tap.write("message", message(payload))
    signature = openssl(tap, "pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", "message").stdout
    half = openssl(tap, "pkey", "-in", key, "-pubout", "-outform", "DER").stdout[-32:]
    return json.dumps({"payload": base64.b64encode(payload).decode(),
                       "payloadType": TYPE.decode(),
                       "signatures": [{"keyid": sha256(half).hex(),
                                       "sig": base64.b64encode(signature).decode()}]},
                      separators=(",", ":")).encode() + b"\n"


def content(tap, statement, envelope):
    shown = json.loads(tap.run("report", "r.node", "--json").stdout)
    node = tap.read("r.node")
    version = node[node.index(b"assay-result/") + 13:].split(b"\0")[0][:1]
    digest = sha256(b"assay/result/" + version + b"\0" + node).hex()
    tap.say("the subject is the digest of the node", statement["subject"] ==
            [{"name": shown["subject"], "digest": {"sha256": digest}}], statement["subject"])
    tap.say("the node is in it", base64.b64decode(statement["predicate"]["node"]) == node)
    tap.say("and what report shows", statement["predicate"]["result"] == shown)
    tap.say("the key is named by its digest", envelope["signatures"][0]["keyid"] == sha256(
        base64.b64decode(tap.read("op.key.pub").split(b"+", 2)[2])[1:]).hex())


def tampered(tap, statement, key):
    """Payloads that only look right, signed by the key itself, outside of Assay."""
    def case(title, change, says):
        copy = json.loads(json.dumps(statement))
        change(copy)
        payload = json.dumps(copy, separators=(",", ":"), ensure_ascii=False).encode()
        tap.write("bad", envelope_of(tap, payload, key))
        tap.expect(title, 1, "sign", "--check", "bad", "--signer", "op.key.pub", says=says)

    payload = json.dumps(statement, separators=(",", ":"), ensure_ascii=False).encode()
    tap.write("same", envelope_of(tap, payload, key))
    tap.expect("an envelope that openssl signs is the same", 0, "sign", "--check", "same",
               "--signer", "op.key.pub")
    tap.say("byte by byte", tap.read("same") == tap.read("r.signed"))
    case("a rendering that flatters", lambda s: s["predicate"]["result"].update(verdict="clean")
         if s["predicate"]["result"]["verdict"] != "clean" else
         s["predicate"]["result"].update(verdict="suspect"), "not what its result node says")
    case("a finding left out", lambda s: s["predicate"]["result"].update(residual=[]),
         "not what its result node says")
    case("another subject", lambda s: s["subject"][0].update(name="other"), "not what")
    case("another digest", lambda s: s["subject"][0]["digest"].update(sha256="00" * 32), "not what")
    case("no node", lambda s: s["predicate"].update(node=""), "no sound result node")
    case("another kind of statement", lambda s: s.update(predicateType="urn:other"), "no result")
    # A changed payload under the old signature.
    envelope = json.loads(tap.read("r.signed"))
    good = bytearray(base64.b64decode(envelope["signatures"][0]["sig"]))
    good[5] ^= 1
    envelope["signatures"][0]["sig"] = base64.b64encode(good).decode()
    tap.write("bad", json.dumps(envelope, separators=(",", ":")).encode() + b"\n")
    tap.expect("a signature that is wrong", 1, "sign", "--check", "bad", "--signer",
               "op.key.pub", says=": wrong")
    for cut in (0, 1, 100, len(tap.read("r.signed")) - 1):
        tap.write("bad", tap.read("r.signed")[:cut])
        tap.expect(f"cut at {cut}", 1, "sign", "--check", "bad")


def main():
    with tempfile.TemporaryDirectory() as folder:
        tap = Tap(sys.argv[1], folder)
        if not shutil.which("openssl"):
            print("1..0 # SKIP openssl is not installed")
            return 0
        key = tap.key("op.example", file="op.key")
        tap.key("other.example", file="other.key")
        tap.run("appraise", MACHINE, "-o", "r.node")
        tap.expect("sign", 0, "sign", "r.node", "--key", key, "-o", "r.signed")
        envelope = json.loads(tap.read("r.signed"))
        payload = base64.b64decode(envelope["payload"])
        statement = json.loads(payload)
        content(tap, statement, envelope)
        done = tap.run("appraise", MACHINE, "--sign", key, "-o", "direct.signed")
        tap.say("appraise --sign writes the same, and its verdict",
                tap.read("direct.signed") == tap.read("r.signed") and
                done.returncode == tap.run("appraise", MACHINE).returncode, done.stderr)
        tap.expect("by whom", 0, "sign", "--check", "r.signed", "--signer", "op.key.pub",
                   says="signed by op.example")
        tap.expect("by nobody who is known", 0, "sign", "--check", "r.signed", says="unchecked")
        tap.expect("not by another", 1, "sign", "--check", "r.signed", "--signer",
                   "other.key.pub")
        tap.expect("report says by whom", 0, "report", "r.signed", "--signer", "op.key.pub",
                   says="signed by op.example")
        tap.expect("report, of another signer", 1, "report", "r.signed", "--signer",
                   "other.key.pub")
        tap.expect("report, of what nobody signed", 1, "report", "r.node", "--signer",
                   "other.key.pub")
        tap.say("report shows the same", tap.run("report", "r.signed", "--json").stdout ==
                tap.run("report", "r.node", "--json").stdout)
        tampered(tap, statement, key)
        tap.key("example.com/log", file="log.key")
        tap.run("log", "init", "L", "--origin", "example.com/log", "--key", "log.key")
        tap.expect("a batch into a log", 0, "sign", "r.node", "r.node", "--key", key, "--log", "L")
        tap.say("is there", Log(tap.path("L")).entries(2) == [tap.read("r.signed")] * 2)
        tap.expect("what is no result is not signed", 2, "sign", "--key", key, "-o", "x",
                   "op.key.pub")
        tap.expect("no key", 2, "sign", "r.node", "-o", "x")
        tap.expect("--sign without -o", 2, "appraise", MACHINE, "--sign", key)
        tap.write("word", b"correct horse\n")
        tap.run("key", "make", "locked.key", "--name", "op.example", "--passphrase-file", "word")
        done = tap.run("appraise", MACHINE, "--sign", "locked.key", "--passphrase-file", "word",
                       "-o", "locked.signed")
        tap.say("appraise --sign by a key with a passphrase",
                done.returncode == tap.run("appraise", MACHINE).returncode, done.stderr)
        tap.expect("is signed by it", 0, "sign", "--check", "locked.signed", "--signer",
                   "locked.key.pub", says="signed by op.example")
        for option in ("--format", "--key", "--confirm", "--signer"):
            tap.expect(f"{option} is no option of appraise", 2, "appraise", MACHINE, option, "x")
        return tap.end()


sys.exit(main())
