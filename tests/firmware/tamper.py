#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Flash images that were tampered with: every one is found, at the right place, and a clean one is not.

usage: tests/firmware/tamper.py BUILD [WORD...]

Each case says where a finding must be (a pattern of its path) and what it must be about. A case is caught
when the appraisal against the clean image's reference is suspect, and misplaced when no finding, or one too
many, is where it should be. With WORDs: only cases whose name has one of them, told in full.
"""
import hashlib
import json
import os
import random
import re
import shutil
import struct
import sys
import tempfile

import attacks
import attacks_more
import compose
import limited
import recompress
import tamper_more
from compose import K, name_guid
from tamper_case import INNER, NVRAM, Case, changed, file_in, flip, fv, index_of, inner_file, put, variable

OVMF = "/usr/share/OVMF/OVMF_CODE_4M.fd"
AAVMF = "/usr/share/AAVMF/AAVMF_CODE.fd"


def body_of(machine, name, word):
    """Where in the built image the marker text of a module stands."""
    offset, length = machine.places[name]
    return machine.image.index(f"marker {word} ".encode(), offset, offset + length)


def bit_cases(m):
    image = m.image
    p = m.places
    code = {"code", "malformed"}
    board2 = p["board/Board02"][0]
    yield Case("bit in an uncompressed volume", flip(image, body_of(m, "board/Board01", "Board01")),
               file_in("board", "Board01"), code)
    yield Case("bit in a module that runs in place", flip(image, body_of(m, "pei/Peim02", "Peim02")),
               file_in("pei", "Peim02"), code)
    yield Case("bit in a module with a checksum", flip(image, body_of(m, "pei/Peim03", "Peim03")),
               file_in("pei", "Peim03"), code)
    yield Case("bit in microcode", flip(image, body_of(m, "microcode", "update one")),
               r"/(intel-)?microcode|/bios/data", {"data", "malformed"})
    yield Case("bit in the compressed main volume", flip(image, p["main/" + MAIN_FILE][0] + 40000),
               rf"{fv('main')}/file:{MAIN_FILE}", {"malformed"}, alone=True)
    yield Case("bit in a section header", flip(image, board2 + 24 + 3, 3),
               file_in("board", "Board02"), {"data"})
    yield Case("bit in a section length", flip(image, board2 + 24 + 24, 1),
               file_in("board", "Board02"), {"malformed"})
    yield Case("bit in a file header", flip(image, board2 + 18, 1),
               rf"{fv('board')}", {"malformed"})
    yield Case("bit in the volume header", flip(image, p["board"][0] + 44, 4), fv("board") + "/",
               {"header", "malformed"}, alone=True)
    yield Case("bit in the volume's signature", flip(image, p["board"][0] + 40, 1),
               rf"/bios/({fv('board')}|data|order)", {"removed"})
    yield Case("bit in free space", flip(image, p["board/free"][0] + 0x1000, 2), fv("board") + "/",
               {"free-space"})
    yield Case("bit in the free space of a compressed volume", repack(m, free_bit),
               INNER, {"free-space"})
    yield Case("bit in the free space of the variables", flip(image, p["nvram free"][0] + 512, 5), NVRAM,
               {"free-space"})
    yield Case("bit in the padding between regions", flip(image, p["gap"][0] + 0x800, 7),
               r"flash@document/", {"padding", "unexplained", "unexplained-data", "free-space"})
    yield Case("bit in the padding before the BIOS region", flip(image, p["gap2"][0] + 0x8000, 7),
               r"flash@document/", {"padding", "unexplained", "unexplained-data", "free-space"})
    yield Case("bit in the padding between volumes", flip(image, p["padding2"][0] + 0x800, 7),
               r"/bios/(data|erased)", {"padding", "unexplained", "unexplained-data", "free-space"})
    yield Case("bit in the padding behind microcode", flip(image, p["padding"][0] + 0x800, 7),
               r"/bios/(data|intel-microcode)", {"malformed"})
    yield Case("bit in the descriptor", flip(image, 0x80, 1), r"flash@document/", {"data"})
    yield Case("bit in the management engine", flip(image, body_of(m, "me", "management engine")),
               r"flash@document/me", {"data"})


def free_bit(inner):
    return flip(inner, len(inner) - 0x100, 3)


def repack(m, change):
    return recompress.change_inner(m.image, m.places["main/" + MAIN_FILE][0], change)


MAIN_FILE = "9e21fd93-9c72-4c15-8c4b-e77f1db2d792"


def space_cases(m):
    image = m.image
    p = m.places
    # A program that is none: its bytes are a text in the shape of a PE file.
    program = compose.pe("hidden", 2 * K)[:4 * K].ljust(4 * K, b"\0")
    yield Case("4 KiB of code in free space", put(image, p["board/free"][0] + 0x2000 & ~7, program),
               fv("board") + "/", {"free-space", "loose-program"})
    yield Case("4 KiB of code in padding", put(image, p["padding2"][0] + 0x2000, program),
               r"/bios/(data|erased|pe-image)", {"unexplained-data", "code", "added"})
    yield Case("4 KiB of zeros in free space", put(image, p["board/free"][0] + 0x2000 & ~7, bytes(4 * K)),
               fv("board") + "/", {"free-space"})
    yield Case("16 bytes in the free space of the variables",
               put(image, p["nvram free"][0] + 0x1000, b"sixteen  markers"), NVRAM, {"free-space"})


def file_cases(m):
    image = m.image
    size = len(image)
    noise = random.Random(7).randbytes(size)
    everywhere = r"^[a-z0-9-]+@document"
    yield Case("the first half", image[:size // 2], everywhere, alone=True)
    yield Case("all 0xff", b"\xff" * size, everywhere, alone=True)
    yield Case("all 0x00", bytes(size), everywhere, alone=True)
    yield Case("random", noise, everywhere, alone=True)
    yield Case("nothing but one byte", b"\xff", everywhere, alone=True)
    yield Case("one byte short", image[:-1], everywhere, alone=True)


def swapped(m):
    a, length = m.places["board"]
    b, other = m.places["pei"]
    assert length == other
    image = bytearray(m.image)
    image[a:a + length], image[b:b + length] = image[b:b + length], image[a:a + length]
    return bytes(image)


def module_cases(m):
    def replace(other):
        i = index_of(other.drivers, "Driver07")
        other.drivers[i] = compose.driver("Driver07", 10 * K, text="another one")

    def add(other):
        other.drivers.insert(12, compose.driver("Stranger", 6 * K))

    def remove(other):
        del other.drivers[index_of(other.drivers, "Driver09")]

    def move_within(other):
        one = other.drivers.pop(index_of(other.drivers, "Driver04"))
        other.drivers.insert(20, one)

    def move_across(other):
        one = other.drivers.pop(index_of(other.drivers, "Driver05"))
        other.board.append(one)

    def replace_board(other):
        other.board[2] = compose.driver("Board02", 4 * K, text="another one")

    def add_board(other):
        other.board.append(compose.driver("Stranger", 6 * K))

    def remove_board(other):
        del other.board[1]

    def move_board(other):
        other.board.insert(0, other.board.pop(3))

    def start_other(other):
        i = index_of(other.drivers, "Driver08")
        other.drivers[i] = compose.driver("Driver08", 11 * K, needs=("arch protocol", "another"))

    def rename(other):
        i = index_of(other.drivers, "Driver10")
        other.drivers[i].sections[2] = compose.ui("Driver99")

    def twice(other):
        other.drivers.append(compose.driver("Driver03", 6 * K, text="the second of the name"))

    yield Case("driver replaced", changed(m, replace), inner_file("Driver07"), {"code"})
    yield Case("driver added", changed(m, add), inner_file("Stranger"), {"added"})
    yield Case("driver removed", changed(m, remove), inner_file("Driver09"), {"removed"})
    yield Case("driver moved within its volume", changed(m, move_within),
               rf"{INNER}/", {"moved", "order"})
    yield Case("driver moved to another volume", changed(m, move_across), file_in("board", "Driver05"),
               {"moved"})
    yield Case("uncompressed driver replaced", changed(m, replace_board), file_in("board", "Board02"),
               {"code"})
    yield Case("uncompressed driver added", changed(m, add_board), file_in("board", "Stranger"), {"added"})
    yield Case("uncompressed driver removed", changed(m, remove_board), file_in("board", "Board01"),
               {"removed"})
    yield Case("uncompressed driver moved", changed(m, move_board), fv("board") + "/", {"moved", "order"})
    yield Case("DEPEX changed", changed(m, start_other), inner_file("Driver08"), {"dependency"})
    yield Case("driver renamed", changed(m, rename), inner_file("Driver10"), {"name"})
    yield Case("two files with one GUID", changed(m, twice), inner_file("Driver03"), {"added"})
    yield Case("two volumes swapped", swapped(m), rf"/bios/(order|{fv('board')}|{fv('pei')})",
               {"moved", "order"})


def shape_cases(m):
    def overrun(other):
        one = other.board[1]
        wrong = one.sections[1]
        one.sections[1] = (len(wrong) + 0x4000).to_bytes(3, "little") + wrong[3:]

    def bomb(other):
        other.board[3].sections.append(compose.compressed([attacks.big_section(256 * compose.M)]))

    def nest(other):
        other.board.append(compose.File("Nested", compose.VOLUME_IMAGE, [compose.section(
            compose.FV, attacks.nested_volumes(100))]))

    yield Case("section length that overruns", changed(m, overrun), file_in("board", "Board01"),
               {"malformed"}, alone=True)
    yield Case("decompression bomb", changed(m, bomb), file_in("board", "Board03"), {"malformed"}, alone=True)
    yield Case("nesting 100 deep", changed(m, nest), file_in("board", "Nested"), {"added"}, alone=True)


def variable_cases(m):
    def with_rows(change):
        return changed(m, lambda other: change(other.variables))

    def row(rows, name):
        return next(v for v in rows if v.name == name)

    def change_data(name, data):
        def change(rows):
            row(rows, name).data = data
        return with_rows(change)

    def add(vendor, name, data, attributes=7):
        return with_rows(lambda rows: rows.append(compose.Variable(vendor, name, data, attributes)))

    def attribute(rows):
        row(rows, "Setup").attributes = 7

    def other_vendor(rows):
        row(rows, "Setup").vendor = name_guid("another vendor")

    glob, security = compose.efi.GLOBAL, compose.efi.SECURITY
    option = compose.efi.load_option("marker", compose.efi.path(compose.efi.file_node("\\marker")))
    both = {"variable", "added", "removed", "moved", "data"}
    yield Case("variable with a new name", add(compose.VENDOR, "Stranger", b"marker"),
               variable(compose.VENDOR, "Stranger"), {"added"})
    yield Case("variable with another GUID", with_rows(other_vendor), rf"{NVRAM}/.*:Setup(/|#|$)", both)
    yield Case("variable with another attribute", with_rows(attribute), variable(compose.VENDOR, "Setup"),
               {"variable"})
    yield Case("setting changed", change_data("Setup", compose.marker("other settings", 200)),
               variable(compose.VENDOR, "Setup"), {"variable"})
    yield Case("PK changed", change_data("PK", compose.key_list("Stranger")), variable(glob, "PK"), both)
    yield Case("KEK changed", change_data("KEK", compose.key_list("Stranger")), variable(glob, "KEK"), both)
    yield Case("db changed", change_data("db", compose.key_list("Stranger")), variable(security, "db"), both)
    yield Case("dbx changed", change_data("dbx", compose.digest_list("old one", "other")),
               variable(security, "dbx"), both)
    yield Case("Driver0000 added", add(glob, "Driver0000", option), variable(glob, "Driver0000"), {"added"})
    yield Case("SysPrep0000 added", add(glob, "SysPrep0000", option), variable(glob, "SysPrep0000"),
               {"added"})


def clean_cases(m):
    """Images with which nothing is wrong: no finding."""
    def own(other):
        for v in other.variables:
            if v.name == "MTC":
                v.data = struct.pack("<I", 99)
            if v.name == "LoaderSystemToken":
                v.data = hashlib.sha256(b"machine two").digest()

    def mac(other):
        other.mac = bytes.fromhex("02a1b2c3d4f7")

    yield "the clean image", m.image
    yield "other values of free and own variables", changed(m, own)
    yield "another MAC", changed(m, mac)
    yield "recompressed, equal inside", changed(m, lambda other: setattr(other, "preset", 1))


def ovmf_cases(image):
    """Debian's firmware for virtual machines as the base."""
    main = recompress.find(image)
    size = len(image)
    anywhere = r"^[a-z0-9-]+@document"
    volume = r"/fv:48db5e17-707c-472d-91cd-1613e7ef51b0/"
    yield Case("OVMF: bit in the compressed volume", flip(image, main + size // 3), volume, base="ovmf",
               alone=True)
    yield Case("OVMF: bit in the boot volume", flip(image, size - 0x40, 3),
               r"/fv:763bed0d-de9f-48f5-81f1-3e90e1b1a015/", {"code", "malformed", "data"}, base="ovmf")
    yield Case("OVMF: bit in free space", flip(image, recompress.volume_end(image, main) - 0x400, 3), volume,
               {"free-space", "unexplained", "padding"}, base="ovmf")
    name, other = recompress.flip_in_driver(image)
    yield Case("OVMF: a driver of the compressed volume changed", other, rf"file:{name}/", {"code"},
               base="ovmf")
    yield Case("OVMF: the first half", image[:size // 2], anywhere, base="ovmf", alone=True)


def aavmf_cases(image):
    main = recompress.find(image)
    anywhere = r"^[a-z0-9-]+@document"
    yield Case("AAVMF: bit in the compressed volume", flip(image, main + 0x40000), r"/fv:", base="aavmf",
               alone=True)
    yield Case("AAVMF: bit in the padding", flip(image, len(image) - 0x100000, 3), r"/bios/",
               {"padding", "unexplained", "unexplained-data", "free-space"}, base="aavmf")
    yield Case("AAVMF: the first half", image[:len(image) // 2], anywhere, base="aavmf", alone=True)


class Suite:
    def __init__(self, build, folder, words):
        self.assay = os.path.join(build, "assay")
        self.folder = folder
        self.words = words
        self.runner = limited.Runner()
        self.references = {}
        self.number = 0
        self.bad = 0
        self.caught = self.total = self.misplaced = self.skipped = self.over = self.slow = 0

    def wants(self, name):
        return not self.words or any(w in name for w in self.words)

    def tap(self, good, what, why=""):
        self.number += 1
        self.bad += not good
        print(f"{'ok' if good else 'not ok'} {self.number} - {what}")
        for line in why.splitlines():
            print(f"# {line}")

    def skip(self, what, why):
        self.number += 1
        self.skipped += 1
        print(f"ok {self.number} - {what} # SKIP {why}")

    def write(self, name, data):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(data)
        return path

    def learn(self, base, image):
        path = self.write(base + ".fd", image)
        reference = os.path.join(self.folder, base + ".ref")
        done = self.runner.run([self.assay, "learn", "-o", reference, "--quality", "vendor-image", path])
        if done["status"] != 0:
            sys.exit(f"tamper: assay learn of {base} ends with {done['status']}")
        self.references[base] = reference

    def appraise(self, image, *more):
        path = self.write("suspect.fd", image)
        out = os.path.join(self.folder, "out")
        done = self.runner.run([self.assay, "appraise", "--json", path, *more], out)
        with open(out, "rb") as file:
            text = file.read()
        try:
            done["answer"] = json.loads(text)
        except ValueError:
            done["answer"] = {"findings": [], "text": text[:500].decode("latin-1")}
        return done

    @staticmethod
    def told(answer):
        """What weighs on the verdict and follows from nothing else, of the reference's findings."""
        return [f for f in answer["findings"] if f["severity"] in ("medium", "high", "critical") and
                f["judge"] == "reference" and "consequence_of" not in f]

    def place(self, case, rows):
        """Why a case is misplaced, or nothing."""
        right = [f for f in rows if re.search(case.where, f["path"]) and
                 (case.change is None or {f.get("change"), f.get("part")} & case.change)]
        wrong = [f for f in rows if not re.search(case.where, f["path"])]
        why = ""
        if not right:
            why += f"no finding at {case.where} about {case.change}\n"
        if wrong:
            why += f"{len(wrong)} of {len(rows)} findings stand elsewhere\n"
        if why or self.words:
            for f in rows[:12]:
                why += f"  {f['severity']} {f.get('part')} {f.get('change')} {f['path']}\n"
        return why

    def case(self, case):
        done = self.appraise(case.image, "--reference", self.references[case.base])
        rows = self.told(done["answer"])
        caught = done["status"] == 1 and rows
        why = self.place(case, rows)
        misplaced = bool(why) and not self.words or "no finding" in why or "elsewhere" in why
        self.total += 1
        self.caught += bool(caught)
        self.misplaced += misplaced
        self.tap(caught and not misplaced, case.name,
                 why if caught else f"exit status {done['status']}, verdict "
                 f"{done['answer'].get('verdict', done['answer'].get('text'))}\n{why}")
        if case.alone:
            done = self.appraise(case.image)
            self.tap(done["status"] in (1, 3), case.name + ": not clean without a reference",
                     f"exit status {done['status']}")

    def clean(self, name, image, base="composed"):
        done = self.appraise(image, "--reference", self.references[base])
        rows = [f for f in done["answer"]["findings"]
                if f["severity"] != "info" and f["judge"] == "reference"]
        why = "".join(f"{f['severity']} {f['path']}: {f['why']}\n" for f in rows)
        self.tap(done["status"] in (0, 3) and not rows and "verdict" in done["answer"],
                 f"nothing wrong: {name}",
                 why + ("" if done["status"] == 0 else f"exit status {done['status']}"))

    def attack(self, name, image):
        """Small files that ask for much: told, and within the room that each verb may take.

        The budget of memory is what the design allows. CPU is told; only a hang fails.
        """
        path = self.write("attack.fd", image)
        room = attacks.budget(len(image)) + (attacks_more.OUTPUT if name in attacks_more.STREAMS else 0)
        for verb in (["decode", "--json"], ["appraise", "--json"]):
            done = self.runner.run([self.assay, *verb, path])
            what = f"{done['cpu']:.2f} s of CPU, {done['rss']:.0f} of {room} MiB"
            good = done["status"] in (1, 3) and (not MEASURE or done["rss"] <= room)
            self.over += MEASURE and done["rss"] > room
            self.slow += MEASURE and done["cpu"] > CPU_BUDGET
            self.tap(good, f"{name}: {verb[0]} stays under {room} MiB",
                     what if good else f"exit status {done['status']}, {what}")


CPU_BUDGET = 1.0
# Sanitizers and emulators take their own time and memory.
MEASURE = "ASSAY_SLOW" not in os.environ


def compose_suite(suite):
    m = compose.Machine()
    m.image = m.build()
    suite.learn("composed", m.image)
    for group in (bit_cases, space_cases, file_cases, module_cases, shape_cases, variable_cases,
                  tamper_more.composed):
        for case in group(m):
            if suite.wants(case.name):
                suite.case(case)
    for name, image in [*clean_cases(m), *tamper_more.composed_clean(m)]:
        if suite.wants(name):
            suite.clean(name, image)


def other_suite(suite):
    for base, image, cases, clean in tamper_more.others():
        suite.learn(base, image)
        for case in cases(image):
            if suite.wants(case.name):
                suite.case(case)
        for name, other in clean:
            if suite.wants(name):
                suite.clean(name, other, base)


def debian_suite(suite):
    for base, path, cases in (("ovmf", OVMF, ovmf_cases), ("aavmf", AAVMF, aavmf_cases)):
        if not os.path.exists(path):
            suite.skip(base, f"{path} is not installed")
            continue
        with open(path, "rb") as file:
            image = file.read()
        suite.learn(base, image)
        for case in cases(image):
            if suite.wants(case.name):
                suite.case(case)


def main():
    build, words = sys.argv[1], sys.argv[2:]
    folder = tempfile.mkdtemp()
    suite = Suite(build, folder, words)
    try:
        compose_suite(suite)
        other_suite(suite)
        debian_suite(suite)
        for name, image in [*attacks.all_attacks(), *attacks_more.all_attacks()]:
            if suite.wants(name):
                suite.attack(name, image)
    finally:
        suite.runner.close()
        shutil.rmtree(folder)
    print(f"1..{suite.number}")
    print(f"# tamper: caught {suite.caught}/{suite.total}, misplaced {suite.misplaced}, "
          f"skipped {suite.skipped}, {suite.over} runs over their budget of memory, {suite.slow} over that of time")
    return suite.bad != 0


if __name__ == "__main__":
    sys.exit(main())
