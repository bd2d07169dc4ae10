#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Pages that draw an image: `assay decode --html`, `assay diff --html`.

usage: tests/cli/pictures.py BUILD

Each page is well-formed and stands by itself; strips cover every byte once; the rectangles of a
tree tile their canvas, by size; what differs is drawn in its colour; size is bounded. Prints TAP.
"""
import html.parser
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "firmware"))
import attacks  # noqa: E402  pylint: disable=wrong-import-position
import compose  # noqa: E402  pylint: disable=wrong-import-position

WIDTH, HEIGHT = 16000, 8000
RUNS = 2001  # of a strip at most
LEAVES = 8000  # of a tree at most
PAGE = 3 << 20  # bytes of a page at most
DEBIAN = ("/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/AAVMF/AAVMF_CODE.fd")


class Tap:
    def __init__(self):
        self.number = 0
        self.failed = 0

    def check(self, name, good, *notes):
        self.number += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.number} - {name}")
        for note in notes if not good else ():
            print("#", str(note)[:500].replace("\n", "\n# "))

    def skip(self, name, why):
        self.number += 1
        print(f"ok {self.number} - {name} # SKIP {why}")


class Page(html.parser.HTMLParser):
    """Every element that is opened is closed, and nothing comes from elsewhere."""

    VOID = {"meta", "br", "hr"}

    def __init__(self, text):
        super().__init__()
        self.text = text
        self.open = []
        self.problems = []
        self.feed(text)
        self.problems += [f"<{tag}> stays open" for tag in self.open]

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        if tag in ("script", "link", "img", "iframe", "object") or "href" in names or \
                "src" in names or any(name.startswith("on") for name in names):
            self.problems.append(f"<{tag} {names}>")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> closes nothing")

    def drawings(self, kind):
        """The drawings of one kind, read as XML."""
        found = re.findall(rf'<svg class="{kind}[ "].*?</svg>', self.text, re.S)
        return [ElementTree.fromstring(one) for one in found]


def assay(*arguments):
    return subprocess.run([ASSAY, *map(str, arguments)], check=False, stdin=subprocess.DEVNULL,
                          capture_output=True)


def rects(svg, *classes):
    """(class words, x, y, width, height, title) of rectangles with one of these words."""
    found = []
    for one in svg.iter("rect"):
        words = one.get("class").split()
        if set(words) & set(classes):
            found.append((words, *(int(one.get(k)) for k in ("x", "y", "width", "height")),
                          one.findtext("title")))
    return found


def strip_problems(svg, size):
    problems = []
    at = x = runs = 0
    for one in svg.iter("rect"):
        if one.get("data-offset") is None:
            continue
        runs += 1
        if int(one.get("data-offset")) != at or int(one.get("x")) != x:
            problems.append(f"a gap or overlap at {at:#x}")
        at += int(one.get("data-length"))
        x += int(one.get("width"))
        if abs(x - at * 100000 // size) > 1:
            problems.append(f"the width before {at:#x} is not its share")
    if at != size or x != 100000:
        problems.append(f"{at} of {size} bytes are drawn, {x} of 100000 wide")
    if runs > RUNS:
        problems.append(f"{runs} runs")
    return problems


def tree_problems(svg):
    """Leaves tile the canvas: their areas sum to it, and no two overlap."""
    leaves = rects(svg, "part", "marked")
    problems = []
    area = sum(w * h for _, _, _, w, h, _ in leaves)
    if area != WIDTH * HEIGHT:
        problems.append(f"areas sum to {area}, not {WIDTH * HEIGHT}")
    if len(leaves) > LEAVES:
        problems.append(f"{len(leaves)} leaves")
    edges = sorted((edge, kind, y, y + h) for _, x, y, w, h, _ in leaves
                   for edge, kind in ((x, 1), (x + w, 0)))
    standing = []
    for _, begins, low, high in edges:
        if not begins:
            standing.remove((low, high))
            continue
        if any(low < other_high and other_low < high for other_low, other_high in standing):
            problems.append("two leaves overlap")
            break
        standing.append((low, high))
    return problems


def table_sum(page):
    """Bytes of the classes of what was read, and their sum as the page has it."""
    table = re.search(r"of what was read.*?</table>", page.text, re.S).group()
    numbers = [int(n) for n in re.findall(r'<td class="n">(\d+)</td>', table)]
    return sum(numbers[:-1]), numbers[-1]


def check_page(tap, name, path, where):
    target = pathlib.Path(where, "page.html")
    done = assay("decode", "--html", target, path)
    text = target.read_text(encoding="utf-8")
    size = os.path.getsize(path)
    page = Page(text)
    strips = page.drawings("strip")
    tap.check(f"{name}: well-formed, and by itself",
              done.returncode in (0, 1) and not page.problems and "://" not in text,
              done.stderr, page.problems[:5])
    first = strip_problems(strips[0], size)
    for one in strips[1:]:
        first += strip_problems(one, int(one.get("data-bytes")))
    tap.check(f"{name}: {len(strips)} strips cover every byte once", not first, first[:5])
    trees = page.drawings("tree")
    problems = tree_problems(trees[0])
    tap.check(f"{name}: the tree tiles its canvas", len(trees) == 1 and not problems, problems)
    tap.check(f"{name}: the classes sum to the file", table_sum(page) == (size, size),
              table_sum(page), size)
    tap.check(f"{name}: {len(text)} bytes of page", len(text) < PAGE)
    return trees[0]


def marked(page, side):
    """Titles of what is marked in the tree of one side, by class."""
    found = {}
    for words, _, _, width, height, title in rects(page.drawings("tree")[side], "marked"):
        if width and height:
            found.setdefault(words[1], []).append(title)
    return found


def differ(before, after, where):
    paths = [pathlib.Path(where, name) for name in ("before.fd", "after.fd", "diff.html")]
    paths[0].write_bytes(before)
    paths[1].write_bytes(after)
    done = assay("diff", "--html", paths[2], *paths[:2])
    return done, Page(paths[2].read_text(encoding="utf-8"))


def check_differences(tap, where):
    machine = compose.Machine()
    image = machine.build()

    def change(other):
        other.drivers[8] = compose.driver("Driver07", 10 * compose.K, text="another one")

    def add(other):
        other.drivers.insert(12, compose.driver("Stranger", 6 * compose.K))

    def remove(other):
        del other.drivers[10]

    for name, alter, side, color, part in (
            ("a changed driver", change, 1, "c-changed", "Driver07"),
            ("an added driver", add, 1, "c-added", "Stranger"),
            ("a removed driver", remove, 0, "c-removed", "Driver09")):
        other = machine.copy()
        alter(other)
        done, page = differ(image, other.build(), where)
        found = marked(page, side)
        tap.check(f"{name}: the page is well-formed", done.returncode == 1 and not page.problems,
                  page.problems[:5], done.stderr)
        tap.check(f"{name} is drawn as such, and nothing else is",
                  list(found) == [color] and all(compose.name_guid(part) in one
                                                 for one in found[color]), found)
        strips = page.drawings("strip")
        count = sum(bool(rects(svg, "marked")) for svg in strips)
        tap.check(f"{name} is drawn in strips of what was read and of what was unpacked",
                  count >= 2, count)
        tap.check(f"{name}: the page says so in words", part in page.text)
        for side in (0, 1):
            problems = tree_problems(page.drawings("tree")[side])
            tap.check(f"{name}: tree {side} tiles its canvas", not problems, problems)
    done, page = differ(image, image, where)
    tap.check("equal images have nothing marked", done.returncode == 0 and
              not marked(page, 0) and not marked(page, 1) and
              not any(rects(svg, "marked") for svg in page.drawings("strip")), done.stdout[:300])


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as where:
        image = pathlib.Path(where, "<b onclick=x>&\"'.fd")
        image.write_bytes(compose.Machine().build())
        tree = check_page(tap, "composed", image, where)
        titles = " ".join(title for *_, title in rects(tree, "part"))
        tap.check("composed: every driver is drawn",
                  all(compose.name_guid(f"Driver{n:02}") in titles for n in range(24)))
        for path in DEBIAN:
            name = os.path.basename(path)
            if os.path.exists(path):
                check_page(tap, name, path, where)
            else:
                tap.skip(name, f"{path} is not installed")
        for name, data in attacks.all_attacks():
            image.write_bytes(data)
            check_page(tap, name, image, where)
        for name, data in (("nothing", b"x"), ("erased", b"\xff" * 4096),
                           ("random", bytes(i * i % 251 for i in range(5000)))):
            image.write_bytes(data)
            check_page(tap, name, image, where)
        check_differences(tap, where)
        tap.check("one page shows one file",
                  assay("decode", "--html", where + "/page.html", image, image).returncode == 2)
    print(f"1..{tap.number}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    ASSAY = os.path.abspath(os.path.join(sys.argv[1], "assay"))
    sys.exit(main())
