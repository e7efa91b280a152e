#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Which lines of the module were reached, and why the others were not.

usage: coverage.py [--excuses FILE] [--least PERCENT] OBJECTS

OBJECTS has the compiler's notes (.gcno) and the kernel's counts (.gcda).

FILE says why lines are not reached. A reason is a paragraph that begins with
"never:" or "seldom:"; it holds for the entries that follow it, one a line:

    FILE:FUNCTION: TEXT     the lines of that function that read TEXT
    FILE:FUNCTION: *        all of its lines
    ~ PATTERN               lines whose text a regular expression matches

Fails on a line without a reason, on an entry for which no line is left (of
"never" also when its line was reached: a function with *, when any was), and
below PERCENT of lines.
"""

import argparse
import collections
import json
import os
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

Line = collections.namedtuple("Line", "file number function text")


def gcov(notes):
    """What the compiler's own tool makes of one object."""
    output = subprocess.run(
        ["gcov-12", "--json-format", "--stdout", notes], check=True,
        cwd=os.path.dirname(notes), stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL).stdout
    return json.loads(output)


def count_runs(objects):
    """How often each line of module/ was run, over all objects."""
    counts = collections.Counter()
    for directory, _, names in os.walk(objects):
        for name in names:
            if not name.endswith(".gcno"):
                continue
            data = gcov(os.path.join(directory, name))
            for file in data["files"]:
                path = os.path.realpath(os.path.join(
                    data["current_working_directory"], file["file"]))
                path = os.path.relpath(path, TOP)
                if not path.startswith("module/"):
                    continue
                for line in file["lines"]:
                    counts[path, line["line_number"]] += line["count"]
    return counts


def read_source(path):
    """The lines of a file. The compiler tells no functions of what it has
    inlined; they begin at the margin, and nothing within them does."""
    lines = []
    function = ""
    with open(os.path.join(TOP, path), encoding="utf-8") as file:
        for number, text in enumerate(file, 1):
            start = re.match(r"\w(?:[^(]*[ *])?(\w+)\(", text)
            if start:
                function = start.group(1)
            lines.append(Line(path, number, function, " ".join(text.split())))
    return lines


def count_lines(objects):
    counts = count_runs(objects)
    source = {path: read_source(path) for path, _ in counts}
    return {source[path][number - 1]: count
            for (path, number), count in sorted(counts.items())}


class Excuse:
    """An entry of the file of reasons."""

    def __init__(self, text, often, where):
        self.text = text
        self.where = where
        self.often = often
        self.unreached = self.reached = 0
        if text.startswith("~ "):
            self.pattern = re.compile(text[2:])
        else:
            self.pattern = None
            self.file, self.function, self.line = text.split(":", 2)
            self.line = self.line.strip()

    def matches(self, line):
        if self.pattern:
            return self.pattern.search(line.text)
        return (self.file == line.file and self.function == line.function
                and self.line in ("*", line.text))

    def is_stale(self):
        if self.often == "seldom":
            return not self.unreached + self.reached
        if self.pattern:
            return not self.unreached
        if self.line == "*":
            return self.reached > 0 or not self.unreached
        return not self.unreached


def read_excuses(path):
    excuses = []
    often = None
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            text = line.strip()
            if not text or text.startswith("#"):
                continue
            where = f"{path}:{number}"
            start = re.match(r"(never|seldom): ", text)
            if start:
                often = start.group(1)
                in_reason = True
            elif re.match(r"~ |module/\S+:\w+: ", text):
                if not often:
                    sys.exit(f"{where}: an entry without a reason")
                in_reason = False
                excuses.append(Excuse(text, often, where))
            elif not often or not in_reason:
                sys.exit(f"{where}: neither a reason nor an entry")
    return excuses


def table(lines):
    """Print reached and all lines of each file; return the sums."""
    files = collections.defaultdict(lambda: [0, 0])
    for line, count in lines.items():
        for name in line.file, "in all":
            files[name][0] += count > 0
            files[name][1] += 1
    width = max(map(len, files))
    print(f"\n{'file':{width}}  reached   lines")
    for name in sorted(files, key=lambda n: (n == "in all", n)):
        reached, total = files[name]
        print(f"{name:{width}} {reached:8} {total:7} "
              f"{100 * reached / total:7.1f} %")
    return files["in all"]


def judge(lines, excuses):
    """Print what is not excused, and excuses that are not needed."""
    bad = 0
    for line, count in lines.items():
        for excuse in excuses:
            if excuse.matches(line):
                if count:
                    excuse.reached += 1
                else:
                    excuse.unreached += 1
                    break
        else:
            if not count:
                bad += 1
                print(f"not reached: {line.file}:{line.number}\n"
                      f"  {line.file}:{line.function}: {line.text}")
    for excuse in excuses:
        if excuse.is_stale():
            bad += 1
            print(f"{excuse.where}: not needed: {excuse.text}")
    return bad


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--excuses")
    parser.add_argument("--least", type=float, default=90)
    parser.add_argument("objects")
    arguments = parser.parse_args()

    lines = count_lines(os.path.abspath(arguments.objects))
    if not lines:
        sys.exit(f"no notes of module/ in {arguments.objects}")
    reached, total = table(lines)
    print()
    if not arguments.excuses:
        for line, count in lines.items():
            if not count:
                print(f"{line.file}:{line.function}: {line.text}")
        return
    bad = judge(lines, read_excuses(arguments.excuses))
    percent = 100 * reached / total
    print(f"\n{percent:.1f} % of {total} lines reached, "
          f"{total - reached} not; {bad} findings")
    if percent < arguments.least:
        print(f"That is less than {arguments.least:g} %.")
    sys.exit(bool(bad) or percent < arguments.least)


if __name__ == "__main__":
    main()
