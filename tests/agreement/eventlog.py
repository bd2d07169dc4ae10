#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Event logs against reference decodes: every event, every digest, every stated PCR value.

usage: tests/agreement/eventlog.py BUILD DATA

Prints `eventlog: agreed/total` and every disagreement with its category. A disagreement is
explained when the specification (TCG PC Client Platform Firmware Profile 1.06) decides against the
peer; any other fails.
"""
import collections
import json
import os
import re
import subprocess
import sys

import yaml

LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

# Why a disagreement is not ours.
EXPLAINED = {
    "start-locality": "the peer starts PCR 0 at zero although the log states a start locality or "
                      "an H-CRTM (10.4.5.3)",
    "no-action": "the peer extends an EV_NO_ACTION event, which is never extended (10.4.1)",
    "bank-incomplete": "the peer states a PCR for a bank in which an event has no digest: no TPM "
                       "can hold that value (10.2.2)",
    "text-as-address": "the peer shows the first 16 bytes of a text as an address and a length",
    "peer-stopped": "the peer gave up inside the log and printed what it had",
}


def decode(build, files):
    """The decoded JSON object of every file, by file name."""
    done = subprocess.run([os.path.join(build, "assay"), "decode", "--json", "--as",
                           "tcg-eventlog", *files], stdin=subprocess.DEVNULL,
                          capture_output=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"assay decode: status {done.returncode}: {done.stderr.decode()[:400]}")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {row["file"]: row for row in rows}


def events_of(row):
    """Our events in the order of the log, and the replayed PCRs by bank and number."""
    events, pcrs = {}, collections.defaultdict(dict)
    event = None
    for claim in row["claims"]:
        parts = claim["path"].split("/")
        key = claim["key"]
        if key == "eventlog.event.type":
            event = {"type": claim["value"], "pcr": int(parts[1].split(":")[1]),
                     "name": parts[2], "digests": {}, "claims": {}}
        elif key == "eventlog.event.number":
            events[claim["value"]] = event
        elif key == "eventlog.event.size":
            event["size"] = claim["value"]
        elif key.startswith("eventlog.event.digest") and parts[-2:-1] == ["digest"]:
            event["digests"][parts[-1]] = claim["value"]["hex"]
        elif key.startswith("eventlog.replayed"):
            pcrs[parts[-2]][int(parts[-1])] = claim["value"]["hex"]
        elif event is not None:
            event["claims"].setdefault(key, claim["value"])
    return [events[n] for n in sorted(events)], pcrs


def type_numbers(root):
    """Event type names from the vocabulary."""
    text = open(os.path.join(root, "src/evidence/vocabulary/eventlog.def"), encoding="utf-8").read()
    table = text.split("NAMES(tcg_event_type,")[1].split("NAMES(")[0]
    return {name: int(number, 16)
            for number, name in re.findall(r"\{(0x[0-9a-f]+), \"(EV_\w+)\"\}", table)}


class Score:
    """Counts of what agreed, and the disagreements by category."""

    def __init__(self):
        self.total = self.agreed = 0
        self.by_kind = collections.Counter()
        self.explained = collections.Counter()
        self.open = []

    def check(self, kind, where, want, got, reason=None):
        self.total += 1
        self.by_kind[kind] += 1
        if want == got:
            self.agreed += 1
        elif reason in EXPLAINED:
            self.explained[reason] += 1
        else:
            self.open.append(f"{kind}: {where}: reference {str(want)[:100]}, ours {str(got)[:100]}")


def sources(data):
    """Pairs of a reference decode and the log that it decodes."""
    base = os.path.join(data, "tpm_eventlog")
    for folder, _, names in os.walk(base):
        for name in sorted(names):
            path = os.path.join(folder, name)
            if not name.endswith(".yaml") or os.path.getsize(path) == 0:
                continue
            if os.path.basename(folder).startswith("reference-"):
                source = os.path.join(data, name[:-5].replace("__", "/"))
            else:
                source = os.path.join(base, os.path.relpath(folder, base).split("/")[0],
                                      name[:-5].replace("-hex", ".bin"))
            if os.path.exists(source) and not source.endswith(".yaml"):
                yield path, source


def reference_digests(event):
    if "Digests" in event:
        return {d["AlgorithmId"]: d["Digest"].lower() for d in event["Digests"] or []}
    return {"sha1": event["Digest"].lower()} if "Digest" in event else {}


def check_event(score, where, types, event, ours):
    number = types.get(event["EventType"])
    if number is None:
        number = int(event["EventType"].split()[-1].strip("()"), 0) \
            if "0x" in event["EventType"] else ours["type"]
    score.check("type", where, number, ours["type"])
    score.check("pcr", where, int(event["PCRIndex"]), ours["pcr"] & 0xffffffff)
    score.check("size", where, int(event["EventSize"]), ours["size"])
    for bank, digest in reference_digests(event).items():
        score.check("digest", f"{where} {bank}", digest, ours["digests"].get(bank))
    content = event.get("Event")
    if not isinstance(content, (dict, list)):
        return
    content = content[0] if isinstance(content, list) else content
    if "UnicodeName" in content:
        name = f"{content['VariableName'].lower()}:{content['UnicodeName']}"
        score.check("variable", where, name, ours["name"].split(":", 1)[1])
    if "BlobBase" in content:
        want = (int(content["BlobBase"], 0), int(content["BlobLength"], 0))
        text = ours["claims"].get("eventlog.event.text", "").encode()[:16]
        score.check("blob", where, want, (ours["claims"].get("eventlog.blob.base"),
                                          ours["claims"].get("eventlog.blob.length")),
                    "text-as-address" if b"".join(n.to_bytes(8, "little") for n in want) == text
                    else None)
    if "ImageLengthInMemory" in content:
        score.check("image", where, int(content["ImageLengthInMemory"], 0),
                    ours["claims"].get("eventlog.image.length"))


def extended_no_action(events, bank, pcr):
    zero = set("0")
    return any(e["type"] == 3 and e["pcr"] == pcr and set(e["digests"].get(bank, "0")) != zero
               for e in events)


def pcr_reason(events, bank, pcr):
    """Why a reference PCR may differ from ours by the specification."""
    if pcr == 0 and any(e["name"] == "startup-locality" or e["type"] == 0x80000010
                        for e in events):
        return "start-locality"
    if any(bank not in e["digests"] for e in events if e["type"] != 3):
        return "bank-incomplete"
    if extended_no_action(events, bank, pcr):
        return "no-action"
    return None


def check_yaml(score, types, path, source, row):
    where = os.path.relpath(path, os.path.dirname(os.path.dirname(path)))
    text = open(path, encoding="utf-8", errors="replace").read()
    # The peer leaves the list's dashes out in SHA-1 logs.
    text = re.sub(r"(?m)^  PCRIndex:", "- PCRIndex:", text) if "- EventNum:" not in text else text
    try:
        reference = yaml.load(text, Loader=LOADER)
    except yaml.YAMLError:
        # A tool that broke off leaves text that is no YAML any more: what stands before counts.
        cut = text.rfind("\n- EventNum:")
        reference = yaml.load(text[:cut], Loader=LOADER) if cut > 0 else {}
    ours, pcrs = events_of(row)
    reference = reference if isinstance(reference, dict) else {}
    theirs = [e for e in reference.get("events") or [] if isinstance(e, dict) and "EventSize" in e]
    stopped = "pcrs" not in reference
    score.check("events", where, len(theirs), len(ours), "peer-stopped" if stopped else None)
    for number, (event, mine) in enumerate(zip(theirs, ours)):
        check_event(score, f"{where} event {number}", types, event, mine)
    for bank, values in (reference.get("pcrs") or {}).items():
        for pcr, value in (values or {}).items():
            number = int(pcr)
            want = value[2:].lower()
            score.check("pcr-value", f"{where} {bank} {number}", want,
                        pcrs.get(bank, {}).get(number), pcr_reason(ours, bank, number))


def check_expected(score, data, build):
    """Values that the makers of the logs state."""
    for maker in ("google+go-eventlog", "google+go-tpm-tools"):
        stated = json.load(open(os.path.join(data, "tpm_eventlog", maker, "expected_pcrs.json"),
                                encoding="utf-8"))
        for name, want in sorted(stated.items()):
            path = os.path.join(data, "tpm_eventlog/google+go-eventlog/tpm", name)
            if not os.path.exists(path):
                continue
            _, pcrs = events_of(decode(build, [path])[path])
            for bank, values in want["pcrs"].items():
                for pcr, value in values.items():
                    score.check("stated-pcr", f"{maker} {name} {bank} {pcr}", value,
                                pcrs[bank].get(int(pcr)))
    base = os.path.join(data, "attestation_bundle/nsacyber+HIRS/profiles/laptop/default")
    path = os.path.join(base, "laptop_default_binary_bios_measurements")
    _, pcrs = events_of(decode(build, [path])[path])
    stated = json.load(open(os.path.join(base, "expected_pcrs_sha256.json"), encoding="utf-8"))
    for pcr, value in stated.items():
        if int(pcr) in pcrs["sha256"]:
            score.check("stated-pcr", f"laptop sha256 {pcr}", value, pcrs["sha256"][int(pcr)])


def check_lab(score, data, build):
    """The TPM's own values beside the log of the same boot; 10 holds what the log does not."""
    lab = os.path.join(data, "lab")
    for name in sorted(os.listdir(lab)):
        path = os.path.join(lab, name, "sys/kernel/security/tpm0/binary_bios_measurements")
        if not os.path.exists(path):
            continue
        _, pcrs = events_of(decode(build, [path])[path])
        for pcr, value in pcrs["sha256"].items():
            file = os.path.join(lab, name, "sys/class/tpm/tpm0/pcr-sha256", str(pcr))
            want = open(file, encoding="utf-8").read().strip().lower()
            score.check("tpm-pcr", f"lab {name} {pcr}", want, value)


def main():
    build, data = sys.argv[1:3]
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    if not os.path.isdir(os.path.join(data, "tpm_eventlog")):
        print("eventlog: SKIP (no reference data)")
        sys.exit(77)
    score = Score()
    types = type_numbers(root)
    pairs = list(sources(data))
    rows = decode(build, sorted({source for _, source in pairs}))
    for path, source in pairs:
        check_yaml(score, types, path, source, rows[source])
    check_expected(score, data, build)
    check_lab(score, data, build)
    print(f"eventlog: {score.agreed}/{score.total} ({len(pairs)} reference decodes; "
          + ", ".join(f"{n} {k}" for k, n in sorted(score.by_kind.items())) + ")")
    for reason, count in sorted(score.explained.items()):
        print(f"  explained {count}: {reason}: {EXPLAINED[reason]}")
    for line in score.open:
        print("  NOT EXPLAINED " + line)
    sys.exit(1 if score.open else 0)


if __name__ == "__main__":
    main()
