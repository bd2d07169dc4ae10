#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""CPU time and memory of reading firmware images, against what cannot be avoided and against peers.

usage: bench/firmware.py BUILD [DATA [ROUNDS]]

DATA is not used: the images are those of Debian packages, and one composed of them.

The floor (bench/firmware_floor.c) LZMA-decodes the compressed sections of an image with liblzma and
SHA-256es input and output. Each figure is the median over ROUNDS (9) of the ratio of a pair of whole
processes run in turn, after a warm-up; CPU time is user and system time as the kernel accounts it. What a
second image costs is the time of both minus that of the first, in turn.
"""
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path.insert(0, os.path.join(ROOT, "tests", "firmware"))
import parts as c  # noqa: E402  pylint: disable=wrong-import-position
import recompress  # noqa: E402  pylint: disable=wrong-import-position

OVMF = "/usr/share/OVMF/OVMF_CODE_4M.fd"
AAVMF = "/usr/share/AAVMF/AAVMF_CODE.fd"
MIB = 1 << 20


def cpu(command, where):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=where, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def memory(command):
    """The largest resident size in MiB, of a child of its own."""
    script = ("import resource, subprocess, sys\n"
              "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=False)\n"
              "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n")
    done = subprocess.run([sys.executable, "-c", script, *command], check=True,
                          capture_output=True, stdin=subprocess.DEVNULL)
    return int(done.stdout) / 1024


def compare(what, ours, theirs, bar, rounds, where):
    cpu(ours, where)
    cpu(theirs, where)
    pairs = [(cpu(ours, where), cpu(theirs, where)) for _ in range(rounds)]
    ratio = statistics.median(a / b for a, b in pairs)
    print(f"{what}: {statistics.median(a for a, _ in pairs) * 1000:.0f} ms against "
          f"{statistics.median(b for _, b in pairs) * 1000:.0f} ms, ratio {ratio:.2f} (bar {bar})")
    return ratio <= bar


def second(what, assay, images, other, bar, rounds, where):
    """What the second of two images adds, against `other`: a command, or None for the first alone."""
    both = [assay, "decode", "--json", *images]
    alone = both[:-1]
    rows = []
    for _ in range(rounds + 1):
        first = cpu(alone, where)
        rows.append((cpu(both, where) - first, first if other is None else cpu(other, where)))
    rows = rows[1:]
    ratio = statistics.median(a / b for a, b in rows)
    print(f"{what}: {statistics.median(a for a, _ in rows) * 1000:.0f} ms against "
          f"{statistics.median(b for _, b in rows) * 1000:.0f} ms, ratio {ratio:.2f} (bar {bar})")
    return ratio <= bar


def neighbours(where):
    """Paths of an image that differs from OVMF in a byte of free space, and of one in a byte of a driver."""
    with open(OVMF, "rb") as file:
        image = file.read()
    outside = bytearray(image)
    outside[recompress.volume_end(image, recompress.find(image)) - 0x400] ^= 1
    paths = [os.path.join(where, name) for name in ("outside.fd", "inside.fd")]
    for path, data in zip(paths, (bytes(outside), recompress.flip_in_driver(image)[1])):
        with open(path, "wb") as file:
            file.write(data)
    return paths


def composed():
    """32 MiB: eight volumes, each with a compressed volume of OVMF's modules, and padding."""
    with open(OVMF, "rb") as file:
        main = file.read()[:0x348000]
    image = b""
    for n in range(8):
        image += main + c.erased(4 * MIB - len(main) - 4096) + bytes([n]) * 4096
    return image


def main():
    build = os.path.abspath(sys.argv[1])
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 9
    assay = os.path.join(build, "assay")
    floor = os.path.join(build, "bench", "firmware-floor")
    if not os.path.exists(OVMF):
        print(f"bench firmware: {OVMF} is not installed")
        return 77
    subprocess.run(["meson", "compile", "-C", build, "firmware-floor"], check=True,
                   stdout=subprocess.DEVNULL)
    good = []
    with tempfile.TemporaryDirectory() as where:
        large = os.path.join(where, "composed.fd")
        with open(large, "wb") as file:
            file.write(composed())
        for name, path, most in (("OVMF", OVMF, 64), ("composed 32 MiB", large, 160),
                                 ("AAVMF 64 MiB", AAVMF, 160)):
            if not os.path.exists(path):
                continue
            ours = [assay, "decode", "--json", path]
            good.append(compare(f"{name} / floor", ours, [floor, path], 1.35, rounds, where))
            used = memory(ours)
            print(f"{name}: {used:.0f} MiB (bar {most})")
            good.append(used <= most)
        outside, inside = neighbours(where)
        good.append(second("OVMF, a second that differs outside / the first", assay, [OVMF, outside],
                           None, 0.15, rounds, where))
        good.append(second("OVMF, a second that differs inside / its floor", assay, [OVMF, inside],
                           [floor, inside], 1.1, rounds, where))
        ours = [assay, "decode", "--json", OVMF]
        if shutil.which("fwupdtool"):
            good.append(compare("OVMF / fwupdtool firmware-parse", ours,
                                ["fwupdtool", "firmware-parse", OVMF, "ifd-bios"], 0.45, rounds,
                                where))
        if shutil.which("UEFIExtract"):
            shutil.copy(OVMF, where)
            good.append(compare("OVMF / UEFIExtract report", ours,
                                ["UEFIExtract", os.path.basename(OVMF), "report"], 0.18, rounds,
                                where))
    print(f"bench firmware: {sum(good)} of {len(good)} within their bars")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
