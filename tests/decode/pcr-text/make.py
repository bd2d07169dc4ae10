#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the inputs of the cases in this folder."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../generate"))
import measured_boot as mb  # noqa: E402


def line(pcr, size=20):
    return f"PCR-{pcr:02}: " + " ".join(f"{pcr:02X}" for _ in range(size)) + " \n"


def main():
    mb.case(__file__, "bank-file", b"AB" * 32 + b"\n", "pcr-sha256/7")
    mb.case(__file__, "volatile", b"00" * 32 + b"\n", "pcr-sha256/10")
    mb.case(__file__, "all", "".join(line(pcr) for pcr in range(24)).encode(), "pcrs")
    mb.case(__file__, "fault-short", b"AB" * 31 + b"\n", "pcr-sha256/7")
    mb.case(__file__, "fault-digits", b"XY" * 32 + b"\n", "pcr-sha256/7")
    mb.case(__file__, "fault-line", (line(0) + "nonsense\n" + line(2, 19)).encode(), "pcrs")
    mb.case(__file__, "fault-twice", (line(0) + line(0)).encode(), "pcrs")


if __name__ == "__main__":
    main()
