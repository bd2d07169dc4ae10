#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `assay report --format` prints follows the specifications of its formats.

usage: tests/cli/exports.py BUILD

The schemas below tests/schema were written from the specifications. Results are made by hand, so
that every rule, judge and severity occurs and hostile text stands wherever evidence may put it;
and judged from the recordings of the demo. Prints TAP.
"""
import base64
import hashlib
import html.parser
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import uuid

import result_node

try:
    import jsonschema
except ImportError:
    print("1..0 # SKIP python3-jsonschema is not installed")
    sys.exit(0)

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MACHINES = ROOT / "demo" / "machines"
AS_OF = "2026-11-24T00:00:00Z"
SECONDS = 1795478400
EVIL = b"<script>alert('x')</script>&\"]]>\x01\xff\x00 \xe2\x82\xac"
BLOB = hashlib.sha256(b"a blob").digest()
FILES = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")


class Tap:
    def __init__(self):
        self.number = 0
        self.failed = 0

    def check(self, name, problems):
        self.number += 1
        self.failed += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {self.number} - {name}")
        for problem in (problems if isinstance(problems, list) else [problems])[:10]:
            if problem:
                print("#", str(problem).replace("\n", "\n# "))

    def same(self, name, got, want):
        self.check(name, [] if got == want else [f"got {got!r}, not {want!r}"])


def assay(*arguments):
    return subprocess.run([ASSAY, *map(str, arguments)], check=False, stdin=subprocess.DEVNULL,
                          capture_output=True)


def report(path, form, *more):
    return assay("report", "--format", form, *more, path)


def schema_of(form):
    path = ROOT / "data" / "schema" / "report-jsonl.schema.json" if form == "jsonl" else \
        ROOT / "tests" / "schema" / f"{form}.schema.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def valid(form, values):
    problems = []
    for value in values:
        for error in schema_of(form).iter_errors(value):
            where = "/".join(map(str, error.absolute_path))
            problems.append(f"{where}: {error.message[:300]}")
    return problems


def every_finding():
    """One finding of every document, with judges, severities and spans in turn."""
    findings = []
    for i, path in enumerate(sorted((ROOT / "data" / "rules").glob("*.txt"))):
        kind = path.stem.split(".")[0]
        finding = {"id": path.stem, "judge": kind, "severity": result_node.SEVERITIES[i % 5],
                   "path": ("efivar@host-firmware/x", "pci@host-kernel/00:1c.5", "")[i % 3],
                   "why": EVIL, "next": EVIL if i % 2 else "", "value": EVIL, "expected": EVIL,
                   "other": EVIL, "waived": EVIL if i % 7 == 0 else "", "note": EVIL}
        if i % 2:
            finding["span"] = [hashlib.sha256(b"%d" % (i % 9)).digest(), i, 4, b"made"]
        if kind == "peers":
            finding.update(centibits=232, agree=1, voters=5)
        if i % 5 == 0:
            finding.update(part="module", change="added")
        findings.append(finding)
    findings.append({"id": "rule.no-such", "severity": "high", "path": "flash@document/x",
                     "why": "far", "span": [BLOB, 2 ** 63, 2 ** 60, b""]})
    return findings


class Markup(html.parser.HTMLParser):
    """Every element that is opened is closed."""

    VOID = {"meta", "br", "img", "input", "link", "hr"}

    def __init__(self):
        super().__init__()
        self.open = []
        self.problems = []

    def handle_starttag(self, tag, attrs):
        if tag == "script":
            self.problems.append("a script")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> closes nothing")


def check_html(tap, title, path, where):
    page = os.path.join(where, "page.html")
    done = report(path, "html")
    parser = Markup()
    parser.feed(done.stdout.decode())
    tap.check(f"{title}: html is well-formed", parser.problems + parser.open)
    assay("report", "--html", page, path)
    tap.same(f"{title}: html is what --html writes", done.stdout, pathlib.Path(page).read_bytes())


def check_jsonl(tap, title, path, count):
    lines = [json.loads(line) for line in report(path, "jsonl").stdout.splitlines()]
    whole = json.loads(assay("report", "--json", path).stdout)
    tap.same(f"{title}: jsonl has a line a finding", len(lines), count)
    tap.check(f"{title}: jsonl follows its schema", valid("jsonl", lines))
    tap.same(f"{title}: jsonl holds the findings of --json",
             [{k: v for k, v in line.items() if k in whole["findings"][0]} for line in lines[:1]],
             whole["findings"][:1])
    tap.same(f"{title}: jsonl names the result", {line["result"] for line in lines},
             {whole["result"]} if count else set())


def check_ocsf(tap, title, path, count):
    events = [json.loads(line) for line in report(path, "ocsf").stdout.splitlines()]
    tap.same(f"{title}: ocsf has an event a finding and a gap", len(events), count)
    tap.check(f"{title}: ocsf follows its schema", valid("ocsf", events))
    tap.same(f"{title}: ocsf has the time of judgement", {e["time"] for e in events},
             {SECONDS * 1000} if events else set())
    return events


def sarif_problems(log):
    problems = []
    run = log["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for result in run["results"]:
        if rules[result["ruleIndex"]] != result["ruleId"]:
            problems.append(f"{result['ruleId']}: another rule at its index")
        for location in result.get("locations", []):
            place = location.get("physicalLocation", {}).get("artifactLocation")
            if place and run["artifacts"][place["index"]]["location"]["uri"] != place["uri"]:
                problems.append(f"{place['uri']}: another artifact at its index")
    for artifact in run["artifacts"]:
        raw = base64.urlsafe_b64decode(artifact["location"]["uri"].split(";")[1] + "=")
        if raw.hex() != artifact["hashes"]["sha-256"]:
            problems.append(f"{artifact}: URI and digest differ")
    return problems


def check_sarif(tap, title, path, count):
    log = json.loads(report(path, "sarif").stdout)
    tap.check(f"{title}: sarif follows its schema", valid("sarif", [log]))
    tap.same(f"{title}: sarif has a result a finding", len(log["runs"][0]["results"]), count)
    tap.check(f"{title}: sarif points at rules and artifacts that are there", sarif_problems(log))
    return log["runs"][0]


def stix_problems(bundle):
    problems = []
    ids = [item["id"] for item in bundle["objects"]]
    if len(ids) != len(set(ids)):
        problems.append("an object occurs twice")
    for item in bundle["objects"]:
        for key, value in item.items():
            if not key.endswith(("_ref", "_refs")):
                continue
            problems += [f"{item['id']}: {key} leads nowhere" for name in
                         (value if isinstance(value, list) else [value]) if name not in ids]
        if item["type"] == "file":
            name = json.dumps({"hashes": item["hashes"]}, separators=(",", ":"))
            if item["id"] != f"file--{uuid.uuid5(FILES, name)}":
                problems.append(f"{item['id']} does not follow from the hashes")
    return problems


def check_stix(tap, where):
    known = hashlib.sha256(b"implant").hexdigest()
    findings = [
        {"id": "rule.known-bad-file", "severity": "critical", "path": "flash@document/x",
         "why": EVIL, "value": known, "span": [BLOB, 5, 4, b"made"]},
        {"id": "reference.added", "judge": "reference", "severity": "high", "why": "more",
         "path": "pci@host-kernel/00:1c.5"},
        {"id": "rule.setup-mode", "severity": "medium", "why": "not confirmed", "path": "x"}]
    prints = [result_node.fingerprint(f) for f in findings]
    path = os.path.join(where, "stix.result")
    pathlib.Path(path).write_bytes(result_node.node(EVIL, findings, AS_OF, "2026-11-23T23:00:00Z"))
    confirm = ["--confirm", prints[0], "--confirm", prints[1], "--confirm", prints[0]]
    done = report(path, "stix", *confirm)
    bundle = json.loads(done.stdout)
    tap.check("stix follows its schema", valid("stix", [bundle]))
    tap.check("stix refers to what is there", stix_problems(bundle))
    kinds = sorted(item["type"] for item in bundle["objects"])
    tap.same("stix holds what was confirmed", kinds,
             ["file", "file", "identity", "identity", "indicator", "note", "note",
              "observed-data", "sighting"])
    tap.same("stix holds nothing else", b"not confirmed" in done.stdout, False)
    tap.same("stix has one pattern, of what is known", [
        item["pattern"] for item in bundle["objects"] if item["type"] == "indicator"],
        [f"[file:hashes.'SHA-256' = '{known}']"])
    tap.same("stix: seen when the evidence was collected", {
        item["first_observed"] for item in bundle["objects"] if item["type"] == "observed-data"},
        {"2026-11-23T23:00:00.000Z"})
    tap.same("stix: the same bytes again", report(path, "stix", *confirm).stdout, done.stdout)
    tap.same("stix without a confirmed finding is refused", report(path, "stix").returncode, 2)
    tap.same("stix of a finding that is not there is refused",
             report(path, "stix", "--confirm", "0" * 16).returncode, 2)


def unpadded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def openssl(*arguments):
    return subprocess.run(["openssl", *map(str, arguments)], check=False, capture_output=True,
                          stdin=subprocess.DEVNULL).returncode == 0


def signature_good(where, public, signed, signature):
    pathlib.Path(where, "signed").write_bytes(signed)
    pathlib.Path(where, "signature").write_bytes(signature)
    return openssl("pkeyutl", "-verify", "-pubin", "-inkey", public, "-rawin", "-in",
                   os.path.join(where, "signed"), "-sigfile", os.path.join(where, "signature"))


def tier(value):
    for name, ranges in (("contraindicated", ((96, 127), (-128, -97))),
                         ("warning", ((32, 95), (-96, -33))),
                         ("affirming", ((2, 31), (-32, -2)))):
        if any(first <= value <= last for first, last in ranges):
            return name
    return "none"


def check_ear(tap, where):
    key, public = os.path.join(where, "key.pem"), os.path.join(where, "key.pub")
    openssl("genpkey", "-algorithm", "ed25519", "-out", key)
    os.chmod(key, 0o600)
    openssl("pkey", "-in", key, "-pubout", "-out", public)
    raw = base64.b64decode("".join(pathlib.Path(public).read_text().splitlines()[1:-1]))[-32:]
    for title, verdict, trust, status in (
            ("clean", 0, (0, 2, 3, 0, 2, 0, 0, 0), "affirming"),
            ("incomplete", 2, (0, 2, 0, 0, 0, 0, 0, 0), "none"),
            ("suspect", 1, (0, 2, 3, 0, -33, 0, 0, 0), "warning"),
            ("worst", 1, (97, 96, 99, 0, 97, 0, 0, -128), "contraindicated"),
            ("suspect without a claim", 1, (0,) * 8, "warning")):
        path = os.path.join(where, "ear.result")
        node = result_node.node("node-1", [], AS_OF, verdict=verdict, trust=trust)
        pathlib.Path(path).write_bytes(node)
        done = report(path, "ear", "--key", key)
        head, body, signature = done.stdout.strip().split(b".")
        claims = json.loads(unpadded(body.decode()))
        appraisal = claims["submods"]["node-1"]
        tap.check(f"ear, {title}: follows its schema", valid("ear", [claims]))
        tap.same(f"ear, {title}: header", json.loads(unpadded(head.decode())),
                 {"alg": "EdDSA", "typ": "JWT", "kid": hashlib.sha256(raw).hexdigest()})
        tap.same(f"ear, {title}: status", appraisal["ear_status"], status)
        tap.same(f"ear, {title}: vector", appraisal["ear_trustworthiness_vector"],
                 dict(zip(result_node.CLAIMS, trust)))
        tap.same(f"ear, {title}: result", appraisal["urn:assay:result:2"]["result"],
                 "sha256:" + result_node.digest(node))
        tap.same(f"ear, {title}: time", claims["iat"], SECONDS)
        worst = max((tier(v) for v in trust),
                    key=["none", "affirming", "warning", "contraindicated"].index)
        tap.check(f"ear, {title}: no better than its worst claim", [] if worst in (
            "none", "affirming") or appraisal["ear_status"] == worst else [worst])
        sound = unpadded(signature.decode())
        tap.same(f"ear, {title}: openssl verifies it",
                 signature_good(where, public, head + b"." + body, sound), True)
        tap.same(f"ear, {title}: not with another body", signature_good(
            where, public, head + b"." + body[:-1] + bytes([body[-1] ^ 1]), sound), False)
        tap.same(f"ear, {title}: the same bytes again",
                 report(path, "ear", "--key", key).stdout, done.stdout)
    secret, word = os.path.join(where, "locked.pem"), os.path.join(where, "word")
    pathlib.Path(word).write_text("a passphrase\n", encoding="ascii")
    openssl("pkcs8", "-topk8", "-v2", "aes-256-cbc", "-in", key, "-out", secret, "-passout",
            f"file:{word}")
    os.chmod(secret, 0o600)
    tap.same("ear by a key with a passphrase",
             report(path, "ear", "--key", secret, "--passphrase-file", word).stdout, done.stdout)
    os.chmod(key, 0o644)
    tap.same("ear by a key that others may read is refused",
             report(path, "ear", "--key", key).returncode, 2)
    tap.same("ear without a key is refused", report(path, "ear").returncode, 2)
    tap.same("ear with a public key is refused",
             report(path, "ear", "--key", public).returncode, 2)


def check_times(tap, where):
    path = os.path.join(where, "timeless.result")
    pathlib.Path(path).write_bytes(result_node.node("x", every_finding()))
    for form in ("jsonl", "sarif", "html"):
        tap.same(f"{form} needs no time", report(path, form).returncode, 0)
    tap.same("ocsf needs one", report(path, "ocsf").returncode, 2)
    pathlib.Path(path).write_bytes(result_node.node("x", every_finding()[:1], "2000-02-29T23:59:59Z"))
    event = json.loads(report(path, "ocsf").stdout)
    tap.same("a time in a leap year", event["time"], 951868799000)
    for options in (["--format", "ocsf", "--json"], ["--format", "no-such"],
                    ["--key", "x"], ["--confirm", "0" * 16]):
        tap.same(f"{' '.join(options)} is refused",
                 assay("report", *options, path).returncode, 2)
    tap.same("appraise has no --format",
             assay("appraise", "--format", "jsonl", path).returncode, 2)


def check_made(tap, where):
    path = os.path.join(where, "made.result")
    findings = every_finding()
    pathlib.Path(path).write_bytes(
        result_node.node(EVIL, findings, AS_OF, verdict=1, gaps=[EVIL, "flash was not seen."]))
    check_jsonl(tap, "made", path, len(findings))
    events = check_ocsf(tap, "made", path, len(findings) + 2)
    tap.same("made: ocsf has all three classes", {e["class_uid"] for e in events},
             {2002, 2003, 2004})
    tap.same("made: ocsf names the weakness", sorted(
        e["vulnerabilities"][0]["cve"]["uid"] for e in events if e["class_uid"] == 2002),
        ["CVE-2021-42299", "CVE-2024-8105"])
    tap.same("made: ocsf says what was not seen", [
        e["compliance"]["status_id"] for e in events[-2:]], [2, 2])
    tap.same("made: ocsf suppresses what was waived", sum(e["status_id"] == 3 for e in events),
             sum(bool(f.get("waived")) for f in findings))
    run = check_sarif(tap, "made", path, len(findings))
    tap.check("made: sarif has a help text for every documented rule", [
        rule["id"] for rule in run["tool"]["driver"]["rules"]
        if "help" not in rule and rule["id"] != "rule.no-such"])
    tap.same("made: sarif leaves out a region beyond 2^53", [
        "region" in r["locations"][0]["physicalLocation"] for r in run["results"]
        if r["ruleId"] == "rule.no-such"], [False])
    tap.same("made: sarif says what was not seen",
             len(run["invocations"][0]["toolExecutionNotifications"]), 2)
    check_html(tap, "made", path, where)


def check_judged(tap, where):
    machines = sorted(MACHINES.iterdir())
    path = os.path.join(where, "judged.result")
    done = assay("appraise", machines[-1], "--reference", machines[0], "--as-of", AS_OF, "-o",
                 path, "--json", "--peers", *machines[:-1])
    result = json.loads(done.stdout)
    tap.same("judged: the node is read as it is written down", result["result"],
             "sha256:" + result_node.digest(pathlib.Path(path).read_bytes()))
    count = len(result["findings"])
    check_jsonl(tap, "judged", path, count)
    check_ocsf(tap, "judged", path, count + len(result["gaps"]))
    check_sarif(tap, "judged", path, count)
    check_html(tap, "judged", path, where)
    for form in ("jsonl", "ocsf", "sarif", "html"):
        tap.same(f"judged: {form}, the same bytes again", report(path, form).stdout,
                 report(path, form).stdout)


def check_damaged(tap, where):
    """Results from outside may be anything: every form is written whole, or refused."""
    rng = random.Random(7)
    node = result_node.node("node-1", every_finding()[:12], AS_OF, gaps=["flash was not seen."])
    path = os.path.join(where, "damaged.result")
    odd = []
    read = 0
    for i in range(240):
        damaged = bytearray(node)
        for _ in range(rng.randint(1, 4)):
            damaged[rng.randrange(16, len(node))] = rng.randrange(256)
        pathlib.Path(path).write_bytes(damaged)
        form = ("jsonl", "ocsf", "sarif", "html")[i % 4]
        done = report(path, form)
        read += done.returncode == 0
        if done.returncode not in (0, 2) or (done.returncode == 2) != (not done.stdout):
            odd.append(f"{form}: exit status {done.returncode}, {done.stderr[:300]}")
        if done.returncode == 0 and form in ("jsonl", "ocsf", "sarif"):
            odd += [problem for line in done.stdout.splitlines()
                    for problem in valid(form, [json.loads(line)])]
    tap.check(f"240 damaged results: {read} can be read, all others are refused", odd)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as where:
        check_made(tap, where)
        check_judged(tap, where)
        check_times(tap, where)
        check_stix(tap, where)
        check_ear(tap, where)
        check_damaged(tap, where)
    print(f"1..{tap.number}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    ASSAY = os.path.abspath(os.path.join(sys.argv[1], "assay"))
    sys.exit(main())
