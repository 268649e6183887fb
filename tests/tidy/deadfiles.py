"""No dead files: every source is named in a build list, every header is included by someone."""
import os
import re

import tree


def lists_above(path):
    """The text of each meson.build from the file's folder up to the root."""
    folder = os.path.dirname(path)
    while True:
        build = os.path.join(folder, 'meson.build')
        if (tree.ROOT / build).is_file():
            yield tree.read(build)
        if not folder:
            return
        folder = os.path.dirname(folder)


def is_listed(path):
    """Named as 'dir/name.c', or as 'name' in a list of variants (of test_name.c too), in some meson.build above."""
    name = os.path.basename(path)
    stem = name[:name.rindex('.')].removeprefix('test_')
    pattern = re.compile(rf"'(?:[\w./-]*/)?(?:{re.escape(name)}|{re.escape(stem)})'")
    return any(pattern.search(text) for text in lists_above(path))


def included_names():
    names = set()
    for path in tree.files('.c', '.h', '.i', '.py', '.cc', '.cpp', 'meson.build'):
        names.update(os.path.basename(text) for text in re.findall(r'[<"\']([\w./-]+\.h)[>"\']', tree.read(path)))
    return names


def main():
    findings = []
    for path in tree.files('.c', '.sql'):
        if not is_listed(path):
            findings.append(f'{path}: in no meson.build')
    included = included_names()
    for path in tree.files('.h'):
        if os.path.basename(path) not in included:
            findings.append(f'{path}: included by nobody')
    tree.report(findings)


main()
