"""What the shared library shows is what the headers promise, no more and no less.

symbols.py prefix ARCHIVE...      every global symbol starts with rewapp_
symbols.py exports LIBRARY MAP    exported == marked REWAPP_API == named in the version script
"""
import re
import subprocess
import sys

import tree

DECLARED = re.compile(r'\bREWAPP_API\b[^;{]*?\b(rewapp_\w+)\s*\(')


def symbols(*options):
    """The defined global names that nm lists, without versions, and without the version nodes themselves."""
    lines = subprocess.run(['nm', '--defined-only', *options], check=True, capture_output=True,
                           text=True).stdout.splitlines()
    rows = (line.split() for line in lines)
    return {row[2].split('@')[0] for row in rows if len(row) == 3 and row[1] in 'TDBRVWCiu'}


def check_prefix(archives):
    return [f'{archive}: {name}: a global symbol without the prefix rewapp_'
            for archive in archives for name in sorted(symbols('-g', archive)) if not name.startswith('rewapp_')]


def promised():
    code = ''.join(tree.code_of(tree.read(path)) for path in tree.files('.h', under='include/'))
    code = re.sub(r'^[ \t]*#.*?(?<!\\)$', '', code, flags=re.M | re.S)
    return set(DECLARED.findall(code))


def check_exports(library, version_map):
    text = tree.code_of(tree.read(version_map))
    named = set(re.findall(r'\b(rewapp_\w+)\s*;', text))
    exported, declared = symbols('-D', library), promised()
    findings = [] if declared else ['include/rewapp: found no function marked REWAPP_API']
    pairs = (('declared in include/rewapp, not exported', declared - exported),
             ('exported, not declared in include/rewapp', exported - declared),
             (f'declared in include/rewapp, not in {version_map}', declared - named),
             (f'in {version_map}, not declared in include/rewapp', named - declared))
    return findings + [f'{name}: {problem}' for problem, names in pairs for name in sorted(names)]


def main():
    if sys.argv[1] == 'prefix':
        tree.report(check_prefix(sys.argv[2:]))
    else:
        tree.report(check_exports(*sys.argv[2:]))


main()
