"""A layer includes only what stands below it: the walls of docs/architecture.md.

The build makes most walls physical, since a forbidden header is not on the include path.
This test holds the table whole, siblings and all.
"""
import os
import re

import tree

DOMAINS = ('programme', 'purchases', 'matching', 'earn', 'ledger', 'qr', 'events', 'evidence', 'settlement')
CORE = ('base', 'storage')
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)

# Headers that only their own folder may include: a driver's inside is the driver's.
PRIVATE = {'librewapp/core/storage/driver.h': 'librewapp/core/storage/'}

# Files that decide: pure functions, so no storage.
PURE = re.compile(r'^librewapp/(?:[a-z]+/decide\.c|earn/rules/.*|matching/(?:normalise|index|score)\.c)$')

# area -> the areas that it may include, besides itself
TABLE = {
    'include': set(),
    'core/base': {'include'},
    'core/storage': {'include', 'core/base'},
    'flows': {'include', 'core/base', 'core/storage', *DOMAINS},
    'api': {'include', 'core/base', 'core/storage', 'flows', *DOMAINS},
    'server': {'include', 'core/base', 'core/storage'},
    'server/verifier': {'include', 'evidence'},
    'bindings': {'include'},
    'examples': {'include'},
}
TABLE.update({domain: {'include', 'core/base', 'core/storage'} for domain in DOMAINS})


def area_of(path):
    """The row of the table for a file, None for tests (they may include anything), '?' when unknown."""
    parts = path.split('/')
    if parts[0] == 'tests':
        return None
    if parts[0] == 'librewapp':
        area = '/'.join(parts[1:3]) if parts[1] == 'core' else parts[1]
    elif parts[:2] == ['server', 'verifier']:
        area = 'server/verifier'
    else:
        area = parts[0]
    return area if area in TABLE else '?'


def target_of(path, text):
    """The path that an include means; made files count by the folder that they name."""
    beside = os.path.normpath(os.path.join(os.path.dirname(path), text))
    candidates = (beside, 'librewapp/core/' + text, 'librewapp/' + text, 'server/' + text, 'include/' + text)
    for candidate in candidates:
        if (tree.ROOT / candidate).is_file():
            return candidate
    first = text.split('/')[0]
    if first in CORE:
        return 'librewapp/core/' + text
    if first in DOMAINS or first in ('flows', 'api'):
        return 'librewapp/' + text
    return beside


def server_wall(path, target):
    """Inside the program: http and metrics know no route and no service, services not one another."""
    mine, other = path.split('/'), target.split('/')
    if mine[0] != 'server' or other[0] != 'server':
        return False
    if mine[1] in ('http', 'metrics'):
        return other[1] in ('routes', 'services', 'workers')
    return mine[1] == 'services' and other[1] == 'services' and mine[2] != other[2]


def check_include(path, area, quote, text):
    if quote == '<' and not text.startswith('rewapp/') and text != 'rewapp.h':
        return None
    target = 'include/' + text if quote == '<' else target_of(path, text)
    other = area_of(target)
    if other is None or other == '?':
        return f'no layer for {target}: name it in tests/tidy/layers.py'
    if other != area and other not in TABLE[area]:
        return f'{area} must not include {target}'
    if target in PRIVATE and not path.startswith(PRIVATE[target]):
        return f'{target} is private to {PRIVATE[target]}'
    if PURE.match(path) and other == 'core/storage':
        return f'a file that decides must not include {target}'
    if server_wall(path, target):
        return f'a wall inside the program: {target}'
    return None


def check_file(path):
    area = area_of(path)
    if area is None:
        return
    if area == '?':
        yield f'{path}:1: belongs to no layer: name it in tests/tidy/layers.py'
        return
    text = tree.read(path)
    for match in INCLUDE.finditer(text):
        problem = check_include(path, area, *match.groups())
        if problem:
            line = text.count('\n', 0, match.start()) + 1
            yield f'{path}:{line}: {problem}'


def main():
    paths = tree.files('.c', '.h')
    tree.report([finding for path in paths for finding in check_file(path)])


main()
