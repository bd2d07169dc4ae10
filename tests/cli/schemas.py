#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `--json` prints follows the published schemas, data/schema/VERB.schema.json.

usage: tests/cli/schemas.py BUILD

Runs the verbs over the golden cases of the decoders and the recordings of the demo. Prints TAP.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    print("1..0 # SKIP python3-jsonschema is not installed")
    sys.exit(0)

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MACHINES = os.path.join(ROOT, "demo", "machines")
POLICY = {
    "schema": 1, "name": "test", "comment": "everything that a policy may hold",
    "required": [{"surface": "smbios", "witness": "host-kernel", "judged": True}],
    "severities": [{"id": "rule.secure-boot-off", "severity": "info"}],
    "waivers": [{"id": "rule.*", "path": "efivar@**", "reason": "a test", "by": "tests",
                 "expires": "2030-01-01T00:00:00Z"}],
    "approved": [{"path": "smbios@**", "reason": "a test", "by": "tests",
                  "expires": "2030-01-01T00:00:00Z"}],
    "peers": {"rate": 100, "cohort": 100, "dissent": 3, "enough": 4},
    "revoked": {"name": "a list", "digests": ["00" * 32]},
}


def schema_of(name):
    with open(os.path.join(ROOT, "data", "schema", name + ".schema.json"),
              encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


class Runner:
    def __init__(self, build):
        self.program = os.path.abspath(os.path.join(build, "assay"))
        self.number = 0
        self.failed = 0

    def say(self, title, problems):
        self.number += 1
        self.failed += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {self.number} - {title}")
        for problem in problems[:10]:
            print("#", problem)

    def check(self, name, title, *arguments, statuses=(0, 1, 3)):
        """Every line that the verb prints is an object as its schema describes it."""
        done = subprocess.run([self.program, *arguments], check=False, capture_output=True,
                              text=True, stdin=subprocess.DEVNULL, timeout=300)
        problems = []
        if done.returncode not in statuses:
            problems.append(f"exit status {done.returncode}: {done.stderr}")
        lines = done.stdout.splitlines()
        if not lines:
            problems.append("it printed nothing")
        validator = schema_of(name)
        for line in lines:
            for error in validator.iter_errors(json.loads(line)):
                where = "/".join(str(part) for part in error.absolute_path)
                problems.append(f"{where}: {error.message[:200]}")
        self.say(f"{name}: {title}", problems)


def decoder_cases():
    folder = os.path.join(ROOT, "tests", "decode")
    files = []
    for where, _, names in sorted(os.walk(folder)):
        files += [os.path.join(where, name) for name in sorted(names) if name == "in.bin"]
    return files


def ids_in_sources():
    """Every id of a finding that stands in the sources."""
    found = set()
    for where, _, names in os.walk(os.path.join(ROOT, "src")):
        for name in names:
            with open(os.path.join(where, name), encoding="utf-8") as file:
                found.update(re.findall(r'"((?:reference|history|peers|rule|witness)\.[a-z-]+)"',
                                        file.read()))
    return found


def documented(runner):
    folder = os.path.join(ROOT, "data", "rules")
    runner.say("every finding has a document", sorted(
        f"data/rules/{name}.txt is missing" for name in ids_in_sources()
        if not os.path.exists(os.path.join(folder, name + ".txt"))))


def explained(runner):
    """Every rule, fault, key and format has an explanation."""
    runner.check("explain", "every rule", "explain", "--json", *sorted(
        name[:-4] for name in os.listdir(os.path.join(ROOT, "data", "rules"))))
    names = {"key": set(), "fault": set()}
    for where, _, files in os.walk(os.path.join(ROOT, "src", "evidence")):
        for name in files:
            if name.endswith(".def"):
                with open(os.path.join(where, name), encoding="utf-8") as file:
                    text = file.read()
                names["key"].update(re.findall(r'^KEY\(\w+, "([^"]+)"', text, re.M))
                names["fault"].update(re.findall(r'^FAULT\(\w+, "([^"]+)"', text, re.M))
    names["key"].discard("none")
    for kind, all_of_it in names.items():
        runner.check("explain", f"every {kind}", "explain", "--json", *sorted(all_of_it))


def policy_of_the_manual(runner, where):
    """The example of docs/policy.md is a policy once it names digests and a list."""
    with open(os.path.join(ROOT, "docs", "policy.md"), encoding="utf-8") as file:
        text = re.search(r"```json\n(.*?)```", file.read(), re.S).group(1)
    policy = json.loads(text.replace("…", "00" * 32))
    runner.say("policy: the example of the manual", [
        error.message for error in schema_of("policy").iter_errors(policy)])
    path = os.path.join(where, "manual.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(policy, file)
    with open(os.path.join(where, policy["revoked"]["file"]), "w", encoding="utf-8") as file:
        file.write("11" * 32 + "\n")
    runner.check("appraise", "by the policy of the manual", "appraise", "--json", "--policy", path,
                 "--as-of", "2026-11-24T00:00:00Z", os.path.join(MACHINES, "node-1"))


def keeping(runner, where):
    """Keys, seals, signatures and logs, sound and not."""
    at = {name: os.path.join(where, name) for name in (
        "one.assay", "result", "redacted", "a.key", "b.key", "rotated", "revoked",
        "signed", "cut", "log", "files")}
    for name in ("a", "b"):
        runner.check("key", f"key {name}", "key", "make", "--json", "--name", "example.com/log",
                     "--no-passphrase", at[name + ".key"])
    runner.check("key", "a successor", "key", "rotate", "--json", "-o", at["rotated"],
                 at["a.key"], at["b.key"] + ".pub")
    runner.check("key", "an end", "key", "revoke", "--json", "-o", at["revoked"], "--reason",
                 "lost", at["a.key"])
    runner.check("key", "all of it", "key", "list", "--json", at["a.key"] + ".pub",
                 at["b.key"] + ".pub", at["rotated"], at["revoked"])
    runner.check("bundle", "seal", "bundle", "seal", "--json", "--key", at["a.key"],
                 at["one.assay"])
    runner.check("bundle", "verify by a key", "bundle", "verify", "--json", "--key", at["a.key"],
                 at["one.assay"])
    runner.check("bundle", "verify by another", "bundle", "verify", "--json", "--key",
                 at["b.key"], at["one.assay"], statuses=(1,))
    runner.check("bundle", "redact", "bundle", "redact", "--json", "-o", at["redacted"],
                 at["one.assay"], "identity")
    runner.check("bundle", "list what is redacted", "bundle", "list", "--json", at["redacted"])
    runner.check("bundle", "extract", "bundle", "extract", "--json", "-o", at["files"],
                 at["redacted"])
    with open(at["one.assay"], "rb") as whole, open(at["cut"], "wb") as cut:
        cut.write(whole.read(3000))
    runner.check("bundle", "verify a part", "bundle", "verify", "--json", at["cut"], statuses=(1,))
    runner.check("sign", "a result", "sign", "--json", "--key", at["a.key"], "-o", at["signed"],
                 at["result"])
    for who, status in (("a", 0), ("b", 1)):
        runner.check("sign", f"check by {who}", "sign", "--json", "--check", "--signer",
                     at[who + ".key"] + ".pub", at["signed"], statuses=(status,))
    with open(at["signed"], "rb") as whole, open(at["cut"], "wb") as cut:
        cut.write(whole.read(300))
    runner.check("sign", "check a part", "sign", "--json", "--check", at["cut"], statuses=(1,))
    runner.check("log", "init", "log", "init", "--json", "--origin", "example.com/log", "--key",
                 at["a.key"], at["log"])
    runner.check("log", "append", "log", "append", "--json", at["log"], at["signed"], at["result"])
    runner.check("log", "checkpoint", "log", "checkpoint", "--json", at["log"])
    runner.check("log", "verify", "log", "verify", "--json", at["log"])
    runner.check("report-jsonl", "findings by line", "report", "--format", "jsonl", at["result"])


def judging(runner, where):
    machines = [os.path.join(MACHINES, name) for name in sorted(os.listdir(MACHINES))]
    if len(machines) < 2:
        return
    policy = os.path.join(where, "policy.json")
    with open(policy, "w", encoding="utf-8") as file:
        json.dump(POLICY, file)
    runner.say("policy: the test's own", [error.message for error in
                                          schema_of("policy").iter_errors(POLICY)])
    result = os.path.join(where, "result")
    bundle = os.path.join(where, "one.assay")
    reference = os.path.join(where, "one.reference")
    cohort = os.path.join(where, "all.cohort")
    runner.check("collect", "a recording", "collect", "--json", "--root", machines[0], "-o",
                 bundle)
    runner.check("bundle", "list", "bundle", "list", "--json", bundle)
    runner.check("bundle", "verify", "bundle", "verify", "--json", bundle)
    runner.check("learn", "a reference", "learn", "--json", "-o", reference, machines[0])
    runner.check("cohort", "all machines", "cohort", "--json", "-o", cohort, *machines[:-1])
    runner.check("diff", "two machines", "diff", "--json", "--all", machines[0], machines[-1])
    runner.check("appraise", "alone", "appraise", "--json", machines[0])
    runner.check("appraise", "with everything", "appraise", "--json", "--reference", reference,
                 "--since", machines[0], "--policy", policy, "--as-of", "2026-11-24T00:00:00Z",
                 "-o", result, machines[-1], "--peers", *machines[:-1])
    runner.check("appraise", "a result that was kept", "report", "--json", result)


def main():
    runner = Runner(sys.argv[1])
    documented(runner)
    runner.check("rules", "all", "rules", "--json")
    runner.check("formats", "all", "formats", "--json")
    runner.check("explain", "one of each kind", "explain", "--json", "rule.wpbt-present",
                 "bytes.length", "bad-checksum", "flash")
    runner.check("decode", "golden cases", "decode", "--json", *decoder_cases())
    explained(runner)
    with tempfile.TemporaryDirectory() as where:
        judging(runner, where)
        policy_of_the_manual(runner, where)
        keeping(runner, where)
    print(f"1..{runner.number}")
    return 1 if runner.failed else 0


if __name__ == "__main__":
    sys.exit(main())
