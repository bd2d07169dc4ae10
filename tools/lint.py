# SPDX-License-Identifier: Apache-2.0
"""What the checks of the tree share: finding files, reading C without its comments, reporting."""
import argparse
import os
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


class Report:
    """Remarks, printed as FILE:LINE: words. Any remark makes the check fail."""

    def __init__(self):
        self.count = 0

    def add(self, path, line, words):
        self.count += 1
        print(f"{path}:{line}: {words}" if line else f"{path}: {words}")

    def end(self):
        sys.exit(1 if self.count else 0)


def tree_argument(description):
    """The root of the tree to check, from the command line; becomes the working directory."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("root", nargs="?",
                        default=os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    os.chdir(parser.parse_args().root)


def files_under(folders, endings):
    found = []
    for folder in folders:
        for where, _, names in os.walk(folder):
            found += [os.path.join(where, name) for name in names if name.endswith(endings)]
    return sorted(found)


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def rows(path):
    """NAME: WORDS rows of a table file as (left words, right words)."""
    table = []
    for line in read(path).splitlines():
        line = line.strip()
        if line and not line.startswith("#"):
            left, _, right = line.partition(":")
            table.append((left.split(), right.split()))
    return table


def includes(path):
    """(line, '<' or '"', header) of every include."""
    for number, line in enumerate(read(path).splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1), match.group(2)


TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def _blank(match):
    text = match.group(0)
    if text[0] in "\"'":
        return text[0] + " " * (len(text) - 2) + text[-1]
    return re.sub(r"[^\n]", " ", text)


def code_of(text):
    """C with comments and the insides of literals blanked; every line stays where it was."""
    return TOKEN.sub(_blank, text)
