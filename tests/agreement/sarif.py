#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `assay report --format sarif` prints against the public JSON Schema of SARIF 2.1.0.

usage: tests/agreement/sarif.py BUILD DATA

tools/fetch-peers puts the schema below BUILD/peers; without it the test is skipped. Every machine
of the demo is judged by another, with a reference and without, and a result made by hand has a
finding of every kind; each log must follow the schema, and one with a member taken away must not.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "cli"))


def assay(build, *arguments):
    return subprocess.run([os.path.join(build, "assay"), *map(str, arguments)], check=False,
                          stdin=subprocess.DEVNULL, capture_output=True).stdout


def logs(build, scratch):
    import result_node  # pylint: disable=import-outside-toplevel

    machines = sorted((ROOT / "demo" / "machines").iterdir())
    for machine in machines:
        yield assay(build, "report", "--format", "sarif", machine)
        yield assay(build, "report", "--format", "sarif", "--reference", machines[0], machine)
    made = pathlib.Path(scratch, "made.result")
    rules = sorted((ROOT / "data" / "rules").glob("*.txt"))
    made.write_bytes(result_node.node("made", [
        {"id": path.stem, "severity": result_node.SEVERITIES[i % 5], "path": "pci@host-kernel/x",
         "why": b"\xff<&", "waived": "a reason" if i % 3 == 0 else "",
         "span": [bytes([i % 7]) * 32, i, 4, b"made"] if i % 2 else None}
        for i, path in enumerate(rules)], gaps=["flash was not seen."]))
    yield assay(build, "report", "--format", "sarif", made)


def main():
    build = sys.argv[1]
    path = pathlib.Path(build, "peers", "sarif-2.1.0.json")
    try:
        import jsonschema  # pylint: disable=import-outside-toplevel
    except ImportError:
        print("python3-jsonschema is not installed")
        return 77
    if not path.exists():
        print("the schema is not there: tools/fetch-peers", os.path.join(build, "peers"))
        return 77
    validator = jsonschema.Draft4Validator(json.loads(path.read_text(encoding="utf-8")))
    total = results = bad = 0
    with tempfile.TemporaryDirectory() as scratch:
        for text in logs(build, scratch):
            log = json.loads(text)
            errors = [f"{list(e.absolute_path)}: {e.message[:200]}"
                      for e in validator.iter_errors(log)]
            print("\n".join(errors[:5]), end="\n" if errors else "")
            total += 1
            results += len(log["runs"][0]["results"])
            bad += bool(errors)
            del log["runs"][0]["tool"]
            if validator.is_valid(log):
                print("the schema takes a run without its tool: it checks nothing")
                bad += 1
    print(f"{total} logs with {results} results, {bad} against the schema")
    return 1 if bad or not results else 0


if __name__ == "__main__":
    sys.exit(main())
