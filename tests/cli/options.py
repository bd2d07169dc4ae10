#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Options: what the program takes, what --help and the manual name, and what the shell completes.

usage: tests/cli/options.py BUILD
"""
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OPTION = r"(?<![\w-])--?[a-z][a-z-]*"
COMPLETE = """
. "$1/completions/assay.bash"
shift
COMP_WORDS=(assay "$@")
COMP_CWORD=$(($# < 1 ? 1 : $#))
_assay
printf '%s\\n' "${COMPREPLY[@]}"
"""


class Checks:
    def __init__(self, build):
        self.program = os.path.join(os.path.abspath(build), "assay")
        self.number = self.failed = 0

    def run(self, *arguments):
        return subprocess.run([self.program, *arguments], check=False, capture_output=True,
                              text=True, stdin=subprocess.DEVNULL, timeout=60)

    def same(self, title, got, want):
        self.number += 1
        self.failed += got != want
        print(f"{'ok' if got == want else 'not ok'} {self.number} - {title}")
        if got != want:
            print("# only here:", *sorted(got - want), "- missing:", *sorted(want - got))


def completed(*words):
    done = subprocess.run(["bash", "-c", COMPLETE, "bash", ROOT, *words], check=True,
                          capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return set(done.stdout.split())


def options_of_help(text):
    """The options that begin a line, with their short forms."""
    found = set()
    for line in text.splitlines():
        if re.match(r" {2}-", line):
            found.update(re.findall(OPTION, re.split(r" {2,}", line.strip())[0]))
    return found


def options_of_page(verb):
    """Those of the section OPTIONS of the manual page."""
    with open(os.path.join(ROOT, "docs", "man", f"assay-{verb}.1"), encoding="utf-8") as file:
        text = file.read().replace("\\-", "-")
    lines = re.search(r"^\.SH OPTIONS\n(.*?)(?=^\.SH)", text, re.S | re.M).group(1).splitlines()
    found = set()
    for before, line in zip(lines, lines[1:]):
        if before == ".TP":
            found.update(re.findall(OPTION, re.sub(r"\\f[A-Z]", "", line)))
    return found


def options_of_sources():
    """Every long option that a row of a verb takes."""
    found = set()
    for folder in ("cli", "collect"):
        where = os.path.join(ROOT, "src", folder)
        for name in os.listdir(where):
            with open(os.path.join(where, name), encoding="utf-8") as file:
                text = file.read()
            found.update(re.findall(r'VERB_ROW\("([a-z-]+)"', text))
            found.update(re.findall(r'\{"([a-z-]+)", +(?:required|no)_argument', text))
    return {"--" + name for name in found}


def main():
    c = Checks(sys.argv[1])
    text = c.run("--help").stdout.split("Verbs:\n", 1)[1].split("\n\n", 1)[0]
    verbs = re.findall(r"^  (\S+) ", text, re.M)
    c.same("every verb is completed", completed(""), {*verbs, "--help", "--version"})
    named = {"--output"}  # of most verbs the long form of -o
    for verb in verbs:
        helped = options_of_help(c.run(verb, "--help").stdout)
        named |= helped
        c.same(f"{verb}: the manual names what --help names", options_of_page(verb), helped)
        c.same(f"{verb}: every option is completed", completed(verb, "-"), helped)
        unknown = {option for option in helped
                   if "unknown or ambiguous" in c.run(verb, option, "x", "--help").stderr}
        c.same(f"{verb}: every option is known", unknown, set())
        actions = re.match(r"Usage: assay \S+ ([a-z]+(?:\|[a-z]+)+) ", c.run(verb, "--help").stdout)
        if actions:
            c.same(f"{verb}: every action is completed", completed(verb, ""),
                   set(actions.group(1).split("|")))
    c.same("what the program takes is in some help", options_of_sources() - named, set())
    print(f"1..{c.number}")
    return 1 if c.failed else 0


if __name__ == "__main__":
    sys.exit(main())
