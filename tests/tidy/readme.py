"""The ten lines of README.md are those of examples/ten_lines.c, which is compiled and run."""
import textwrap

import tree


def main():
    code = tree.read('examples/ten_lines.c').split('/* README */')[1]
    lines = textwrap.dedent(code.lstrip('\n').rstrip(' \t')).rstrip('\n')
    tree.report([] if lines in tree.read('README.md') else ['README.md: its C is not that of examples/ten_lines.c'])


main()
