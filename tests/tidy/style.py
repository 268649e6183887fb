"""What a machine can hold of docs/conventions.md: line length, opening comments, banned calls.

Lay-out is clang-format's business and deeper faults are clang-tidy's; see ./dev lint.
"""
import re

import tree

COLUMNS = 120
SOURCES = ('.c', '.h', '.i', '.sql', '.py', '.js', '.mjs', '.ts', '.sh', '.css', 'meson.build', 'meson_options.txt')
SCRIPTS = ('dev', '.ci/run')
DATA = ('examples/data/', 'tests/data/')

# Split, or this file would find itself.
MARKS = re.compile(r'\b(' + '|'.join(('TO' 'DO', 'FIX' 'ME', 'X' 'XX', 'HA' 'CK')) + r')\b')

COMMENT_STARTS = {'.c': ('/*',), '.h': ('/*',), '.i': ('/*', '//'), '.sql': ('--',), '.py': ('"""', '#'),
                  '.js': ('//', '/*', "'use strict'"), '.mjs': ('//', '/*'), '.ts': ('//', '/*'), '.css': ('/*',),
                  '.sh': ('#',), 'meson.build': ('#',), '.scenario': ('#',)}

# name -> what to do instead; everywhere in our C
BANNED = {
    'strcpy': 'no bound: memcpy with a checked length, or base/buffer.h',
    'strcat': 'no bound: base/buffer.h',
    'stpcpy': 'no bound: base/buffer.h',
    'sprintf': 'no bound: snprintf',
    'vsprintf': 'no bound: vsnprintf',
    'gets': 'no bound',
    'strtok': 'hidden state: strcspn, or strtok_r',
    'atoi': 'no errors: strtoll with its end checked',
    'atol': 'no errors: strtoll with its end checked',
    'atoll': 'no errors: strtoll with its end checked',
    'atof': 'no errors, and no floating point',
    'system': 'a shell in between: posix_spawn',
    'popen': 'a shell in between: posix_spawn',
    'localtime': 'hidden state and the machine\'s zone: localtime_r',
    'gmtime': 'hidden state: gmtime_r',
    'asctime': 'hidden state: strftime',
    'ctime': 'hidden state: strftime',
    'rand': 'randomness comes through rewapp_env',
    'random': 'randomness comes through rewapp_env',
    'srand': 'randomness comes through rewapp_env',
    'tmpnam': 'a race: mkstemp',
    'mktemp': 'a race: mkstemp',
    'alloca': 'unbounded stack',
    'setjmp': 'leaps over clean-up',
    'longjmp': 'leaps over clean-up',
}

# The library has no output, no end of the process, no locale and no signals of its own.
BANNED_IN_LIBRARY = {name: 'the library has no output of its own: rewapp_env.log' for name in
                     ('printf', 'vprintf', 'puts', 'putchar', 'perror', 'fprintf', 'fputs')}
BANNED_IN_LIBRARY.update({name: 'the library never ends the process' for name in
                          ('exit', '_exit', 'abort', 'quick_exit')})
BANNED_IN_LIBRARY.update({name: 'the library leaves the process as it is' for name in
                          ('signal', 'sigaction', 'setlocale', 'setenv', 'putenv', 'chdir', 'umask', 'fork')})
LIBRARY_WORDS = re.compile(r'\b(stdout|stderr|stdin)\b')
FLOATING = re.compile(r'\b(float|double)\b')

# cJSON keeps numbers as doubles, and who reads them must say the word.
MAY_FLOAT = ('librewapp/core/base/json.c',)


def numbered(pattern, text):
    for match in pattern.finditer(text):
        yield text.count('\n', 0, match.start()) + 1, match


def check_calls(path, code):
    banned = dict(BANNED)
    if path.startswith('librewapp/'):
        banned.update(BANNED_IN_LIBRARY)
    pattern = re.compile(r'(?<![\w>.])(' + '|'.join(banned) + r')[ \t]*\(')
    for line, match in numbered(pattern, code):
        yield f'{path}:{line}: {match.group(1)}: {banned[match.group(1)]}'


def check_library(path, code):
    for line, match in numbered(LIBRARY_WORDS, code):
        yield f'{path}:{line}: {match.group(1)}: the library has no output of its own'
    if path not in MAY_FLOAT:
        for line, match in numbered(FLOATING, code):
            yield f'{path}:{line}: {match.group(1)}: no floating point in any decision'


def check_lines(path, text):
    for number, line in enumerate(text.split('\n'), 1):
        if len(line.expandtabs(8)) > COLUMNS:
            yield f'{path}:{number}: longer than {COLUMNS} columns'
        if line != line.rstrip():
            yield f'{path}:{number}: spaces at the end'
        if MARKS.search(line):
            yield f'{path}:{number}: a leftover mark: do it or file it'
    if text and not text.endswith('\n'):
        yield f'{path}: no line end at the end'
    if '\r' in text:
        yield f'{path}: carriage returns'


def check_opening(path, text):
    lines = text.split('\n')
    first = lines[1] if lines[0].startswith('#!') and len(lines) > 1 else lines[0]
    for suffix, starts in COMMENT_STARTS.items():
        if path.endswith(suffix) and not first.startswith(starts):
            yield f'{path}:1: open with a comment that says what the file is for'


def check_file(path):
    text = tree.read(path)
    if path.endswith(SOURCES) or path in SCRIPTS:
        yield from check_lines(path, text)
    yield from check_opening(path, text)
    if path.endswith(('.c', '.h')):
        code = tree.code_of(text)
        yield from check_calls(path, code)
        if path.startswith('librewapp/'):
            yield from check_library(path, code)


def main():
    suffixes = SOURCES + SCRIPTS + ('.scenario',)
    paths = [path for path in tree.files(*suffixes) if not path.startswith(DATA)]
    tree.report([finding for path in paths for finding in check_file(path)])


main()
