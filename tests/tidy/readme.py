"""The programs in README.md and bindings/README.md are those of examples/, which are run."""
import textwrap

import tree


def main():
    code = tree.read('examples/ten_lines.c').split('/* README */')[1]
    lines = textwrap.dedent(code.lstrip('\n').rstrip(' \t')).rstrip('\n')
    excerpts = [('README.md', 'ten_lines.c', lines),
                ('README.md', 'shop.py', tree.read('examples/shop.py').split('"""\n', 1)[1]),
                ('bindings/README.md', 'shop.js', tree.read('examples/shop.js').split('\n', 1)[1])]
    tree.report([f'{page}: not what stands in examples/{name}' for page, name, text in excerpts
                 if text not in tree.read(page)])


main()
