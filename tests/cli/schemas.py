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
    with tempfile.TemporaryDirectory() as where:
        judging(runner, where)
    print(f"1..{runner.number}")
    return 1 if runner.failed else 0


if __name__ == "__main__":
    sys.exit(main())
