# SPDX-License-Identifier: Apache-2.0
"""Writes result nodes from their description, docs/formats/result.md: a second implementation."""
import hashlib

CLAIMS = ("instance-identity", "configuration", "executables", "file-system", "hardware",
          "runtime-opaque", "storage-opaque", "sourced-data")
JUDGES = ("reference", "peers", "history", "witness", "rule")
SEVERITIES = ("info", "low", "medium", "high", "critical")
TEXTS = ("id", "fingerprint", "path", "other", "why", "next", "value", "expected",
         "consequence_of", "waived", "note")


def head(major, number):
    if number < 24:
        return bytes([major << 5 | number])
    for info, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << 8 * size:
            return bytes([major << 5 | info]) + number.to_bytes(size, "big")
    raise OverflowError


def encode(value):
    if value is None:
        return b"\xf6"
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    return head(4, len(value)) + b"".join(map(encode, value))


def fingerprint(finding):
    text = b"".join((part if isinstance(part, bytes) else part.encode()) + b"\0" for part in
                    (finding.get(key, "") for key in ("id", "path", "other", "value")))
    return hashlib.sha256(text).digest()[:8].hex()


def finding_row(finding):
    row = [finding.get(key, "") for key in TEXTS]
    row[1] = row[1] or fingerprint(finding)
    if finding.get("part"):
        row += [finding["part"], finding.get("change", "")]
    row += [JUDGES.index(finding.get("judge", "rule")),
            SEVERITIES.index(finding.get("severity", "info")), finding.get("centibits"),
            finding.get("agree", 0), finding.get("voters", 0), finding.get("span")]
    return row


def node(subject, findings, as_of="", collected="", verdict=1, gaps=(), trust=(0,) * 8,
         policy="assay-default-1"):
    zero = bytes(32)
    return encode(["assay-result/2", "assay 0.1.0", as_of, subject, collected, verdict, zero,
                   zero, [policy, zero], [], None, 0, None, [finding_row(f) for f in findings],
                   [], list(gaps), [], list(trust)])


def digest(encoded):
    return hashlib.sha256(b"assay/result/2\0" + encoded).hexdigest()
