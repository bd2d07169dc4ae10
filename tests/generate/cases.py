# SPDX-License-Identifier: Apache-2.0
"""Writes inputs of golden cases: tests/decode/NAME/CASE/{in.hex or in.bin, label}."""
import os

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "decode")


def write(name, case, data, label=None, text=False, says=None):
    folder = os.path.join(ROOT, name, case)
    os.makedirs(folder, exist_ok=True)
    if text:
        with open(os.path.join(folder, "in.bin"), "wb") as file:
            file.write(data)
    else:
        with open(os.path.join(folder, "in.hex"), "w", encoding="ascii") as file:
            if says is not None:
                file.write(f"# {says}\n")
            for start in range(0, len(data), 16):
                file.write(data[start:start + 16].hex(" ") + "\n")
            if not data:
                file.write("# no bytes\n")
    if label is not None:
        with open(os.path.join(folder, "label"), "w", encoding="ascii") as file:
            file.write(label + "\n")
