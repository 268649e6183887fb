#!/usr/bin/env python3
"""Which branches and lines of folders the tests went through, of each file, from gcov's notes.

A build folder with -Db_coverage=true in which tests have run is read:

    python3 tests/coverage.py BUILD [--least NAME=PERCENT,...] [--lines] [FOLDER...]

FOLDER is one of the source tree (librewapp/ledger, librewapp/earn and librewapp/flows unless told).
A file that is built more than once counts once: a branch is taken when any of its objects took it.
--lines lists what nobody went through; --least fails when a folder, named by its last part, has fewer percent
of its branches.
docs/coverage.md says what is counted, and why something is not covered.
"""
import argparse
import collections
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ["librewapp/ledger", "librewapp/earn", "librewapp/flows"]


class File:
    """What is known of one source file."""

    def __init__(self, path):
        text = path.read_text(encoding="utf-8").splitlines()
        self.asserts = {at for at, line in enumerate(text, 1) if line.lstrip().startswith("assert(")}
        self.lines = collections.Counter()
        self.branches = collections.Counter()

    def add(self, lines):
        # The lines of a function that is built in many places come more than once in one report.
        for line in lines:
            number = line["line_number"]
            self.lines[number] += line["count"]
            if number in self.asserts:  # its other way ends the program
                continue
            for at, branch in enumerate(b for b in line["branches"] if not b["throw"]):
                self.branches[number, at] += branch["count"]

    def missed_lines(self):
        return sorted(number for number, count in self.lines.items() if not count)

    def half_taken(self):
        return sorted({number for (number, _), count in self.branches.items() if not count and self.lines[number]})


def notes_of(build, folders):
    """The .gcda files of objects whose source may lie in the folders: meson names them after it."""
    for path in sorted(build.rglob("*.gcda")):
        if any(folder.split("/")[-1] in str(path) for folder in folders):
            yield path


def read(build, folders):
    files = {}
    with tempfile.TemporaryDirectory() as folder:
        for note in notes_of(build, folders):
            subprocess.run(["gcov", "--json-format", "--branch-probabilities", str(note)], cwd=folder,
                           check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for report in pathlib.Path(folder).glob("*.gcov.json.gz"):
                with gzip.open(report, "rt", encoding="utf-8") as text:
                    for entry in json.load(text)["files"]:
                        path = (build / entry["file"]).resolve()
                        name = path.relative_to(SOURCE).as_posix() if path.is_relative_to(SOURCE) else ""
                        if name.endswith(".c") and any(name.startswith(f + "/") for f in folders):
                            if name not in files:
                                files[name] = File(path)
                            files[name].add(entry["lines"])
                report.unlink()
    return files


def ranges(numbers):
    out = []
    for number in numbers:
        if out and out[-1][1] == number - 1:
            out[-1][1] = number
        else:
            out.append([number, number])
    return " ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in out)


def percent(counter):
    return 100.0 * sum(1 for count in counter.values() if count) / len(counter) if counter else 100.0


def bars(text):
    return {name: float(least) for name, least in (part.split("=") for part in text.split(","))}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("folders", nargs="*", default=FOLDERS)
    parser.add_argument("--least", type=bars, default={})
    parser.add_argument("--lines", action="store_true")
    options = parser.parse_args()
    files = read(options.build.resolve(), options.folders)
    if not files:
        sys.exit(f"{options.build}: nothing was counted (is it built with -Db_coverage=true, and has a test run?)")
    everything = {folder: (collections.Counter(), collections.Counter()) for folder in [*options.folders, "all"]}
    print(f"{'branches':>8} {'lines':>7}  file")
    for name, file in sorted(files.items()):
        print(f"{percent(file.branches):7.1f}% {percent(file.lines):6.1f}%  {name}")
        if options.lines:
            print(f"                    never: {ranges(file.missed_lines())}")
            print(f"                    one way: {ranges(file.half_taken())}")
        for folder in [next(f for f in options.folders if name.startswith(f + "/")), "all"]:
            everything[folder][0].update({(name, *key): count for key, count in file.branches.items()})
            everything[folder][1].update({(name, key): count for key, count in file.lines.items()})
    for folder, (branches, lines) in everything.items():
        missed = sum(1 for count in branches.values() if not count)
        print(f"{percent(branches):7.1f}% {percent(lines):6.1f}%  {folder}: "
              f"{missed} of {len(branches)} branches never taken")
    low = [f"{folder} below {options.least[name]:g} %" for folder, (branches, _) in everything.items()
           if percent(branches) < options.least.get(name := folder.split("/")[-1], 0.0)]
    if low:
        sys.exit(", ".join(low))


if __name__ == "__main__":
    main()
