"""The files of the tree, and how a tidy test reports: shared by the tests beside it.

A tidy test collects findings, one line each with the place first, and exits 1 if any.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SKIPPED_FOLDERS = re.compile(r'(^|/)(\.git|node_modules|__pycache__|build[^/]*)(/|$)')


def files(*suffixes, under=''):
    """Paths relative to the root, sorted: what git keeps or would keep, or all when there is no git."""
    try:
        listed = subprocess.run(['git', '-C', ROOT, 'ls-files', '-co', '--exclude-standard'], check=True,
                                capture_output=True, text=True).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        listed = [str(path.relative_to(ROOT)) for path in ROOT.rglob('*')]
    wanted = (name for name in set(listed) if not SKIPPED_FOLDERS.search(name) and name.startswith(under))
    return sorted(name for name in wanted
                  if (not suffixes or name.endswith(suffixes)) and (ROOT / name).is_file())


def read(name):
    return (ROOT / name).read_text(encoding='utf-8')


def code_of(text):
    """C source with comments and the insides of strings blanked, line numbers kept."""
    pattern = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)

    def blank(match):
        piece = match.group(0)
        if piece[0] in '"\'':
            return piece[0] * 2
        return '\n' * piece.count('\n') or ' '
    return pattern.sub(blank, text)


def report(findings):
    """Prints the findings and ends the program."""
    for finding in findings:
        print(finding)
    print(f'{len(findings)} findings')
    sys.exit(1 if findings else 0)
