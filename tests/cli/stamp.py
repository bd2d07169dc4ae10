#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""assay log stamp: time stamps over checkpoints, by an authority of `openssl ts` on this machine.

usage: tests/cli/stamp.py BUILD
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from logbook import Log, Tap, sha256  # noqa: E402

CONFIG = """[tsa]
default_tsa = authority
[authority]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
signer_key = tsa.pem.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[stamping]
extendedKeyUsage = critical,timeStamping
[web]
extendedKeyUsage = serverAuth
[root]
basicConstraints = critical,CA:TRUE
[req]
distinguished_name = nobody
[nobody]
"""


def openssl(tap, *arguments):
    done = subprocess.run(["openssl", *arguments], check=False, cwd=tap.folder,
                          capture_output=True, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise SystemExit(f"openssl {arguments[0]}: {done.stderr.decode()}")
    return done.stdout


def authority(tap, name, kind="stamping"):
    """A root and a certificate for stamping below it."""
    for who in (name + "-root", name):
        openssl(tap, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out",
                who + ".pem.key")
    openssl(tap, "req", "-x509", "-new", "-key", name + "-root.pem.key", "-subj", "/CN=" + name,
            "-days", "30", "-config", "ts.cnf", "-extensions", "root", "-out", name + "-root.pem")
    openssl(tap, "req", "-new", "-key", name + ".pem.key", "-subj", "/CN=" + name + " stamps",
            "-config", "ts.cnf", "-out", name + ".csr")
    openssl(tap, "x509", "-req", "-in", name + ".csr", "-CA", name + "-root.pem", "-CAkey",
            name + "-root.pem.key", "-days", "20", "-extfile", "ts.cnf", "-extensions", kind,
            "-set_serial", "2", "-out", name + ".pem")


def answer(tap, request, response, name="tsa"):
    openssl(tap, "ts", "-reply", "-config", "ts.cnf", "-queryfile", request, "-inkey",
            name + ".pem.key", "-signer", name + ".pem", "-out", response)


def main():
    if not shutil.which("openssl"):
        print("1..0 # SKIP openssl is not installed")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        tap = Tap(sys.argv[1], folder)
        tap.write("ts.cnf", CONFIG.encode())
        tap.write("serial", b"01\n")
        authority(tap, "tsa")
        authority(tap, "other")
        tap.key("example.com/log", file="log.key")
        tap.run("log", "init", "L", "--origin", "example.com/log", "--key", "log.key")
        tap.run("log", "append", "L", tap.write("e", b"entry"))
        tap.run("log", "checkpoint", "L")
        text = Log(tap.path("L")).checkpoint().text
        tap.expect("a request", 0, "log", "stamp", "L", "--request", "q.tsq")
        shown = openssl(tap, "ts", "-query", "-in", "q.tsq", "-text").decode()
        digits = "".join(line[11:58] for line in shown.splitlines() if line.startswith("    00"))
        tap.say("it is what openssl reads: SHA-256 of the text of the checkpoint",
                digits.replace(" ", "").replace("-", "") == sha256(text).hex() and
                "Certificate required: yes" in shown and
                openssl(tap, "ts", "-query", "-sha256", "-digest", sha256(text).hex(), "-cert",
                        "-no_nonce") == tap.read("q.tsq"), shown)
        answer(tap, "q.tsq", "r.tsr")
        stamp = ["log", "stamp", "L", "--authority", "tsa-root.pem"]
        done = tap.expect("the answer", 0, *stamp, "--response", "r.tsr", "--json")
        moment = json.loads(done.stdout)["stamped"]
        told = openssl(tap, "ts", "-reply", "-in", "r.tsr", "-text").decode()
        tap.say("its time is the one that openssl reads", moment[11:19] in told and
                moment[:4] in told, moment, told)
        tap.say("it is kept beside the log", tap.read("L/stamps/1.tsr") == tap.read("r.tsr") and
                tap.read("L/stamps/1.note") == tap.read("L/checkpoint"))
        tap.expect("another authority", 2, "log", "stamp", "L", "--response", "r.tsr",
                   "--authority", "other-root.pem", says="not by this authority")
        answer(tap, "q.tsq", "other.tsr", "other")
        tap.expect("an answer of another authority", 2, *stamp, "--response", "other.tsr",
                   says="not by this authority")
        openssl(tap, "ts", "-query", "-sha256", "-digest", "00" * 32, "-cert", "-no_nonce", "-out",
                "zero.tsq")
        answer(tap, "zero.tsq", "zero.tsr")
        tap.expect("a stamp over something else", 2, *stamp, "--response", "zero.tsr",
                   says="not over this checkpoint")
        openssl(tap, "ts", "-query", "-sha1", "-digest", "00" * 20, "-out", "sha1.tsq")
        answer(tap, "sha1.tsq", "refused.tsr")
        tap.expect("a request that was refused", 2, *stamp, "--response", "refused.tsr",
                   says="has not granted")
        response = tap.read("r.tsr")
        bad = 0
        for at in range(0, len(response), 7):
            tap.write("bad.tsr", response[:at] + bytes([response[at] ^ 1]) + response[at + 1:])
            bad += tap.run(*stamp, "--response", "bad.tsr").returncode == 2
        # A changed certificate that is not the signer's, or a text beside, may be let through.
        tap.say("changed answers are refused", bad >= len(range(0, len(response), 7)) * 95 // 100,
                bad, len(response))
        for end in (0, 1, 20, len(response) - 1):
            tap.write("bad.tsr", response[:end])
            tap.expect(f"cut at {end}", 2, *stamp, "--response", "bad.tsr")
        tap.write("bad.tsr", response + b"\0")
        tap.expect("something behind it", 2, *stamp, "--response", "bad.tsr", says="follows")
        tap.run("log", "append", "L", "e")
        tap.run("log", "checkpoint", "L")
        tap.expect("the log has grown", 2, *stamp, "--response", "r.tsr")
        tap.expect("the stamp is of the checkpoint of then", 0, *stamp, "--response", "r.tsr",
                   "--old", "1", says=moment)
        tap.expect("no authority", 2, "log", "stamp", "L", "--response", "r.tsr")
        tap.expect("no certificate", 2, "log", "stamp", "L", "--response", "r.tsr", "--old", "1",
                   "--authority", "q.tsq", says="no certificate")
        return tap.end()


sys.exit(main())
