"""Writes a C program that prints the size of each public struct and the place of each field.

layout.py OUT HEADER...     Its output is compared with the table that is checked in,
so that a change of the ABI is always seen, and always meant.
"""
import re
import sys

STRUCT = re.compile(r'^struct (rewapp_\w+) \{\n(.*?)^\};', re.M | re.S)


def fields_of(body):
    """Names in the order of their declarations: arrays, pointers, functions and lists of names alike."""
    body = re.sub(r'/\*.*?\*/', '', body, flags=re.S)
    for declaration in body.split(';'):
        function = re.search(r'\(\*(\w+)\)\s*\(', declaration)
        if function:
            yield function.group(1)
            continue
        for piece in declaration.split(','):
            name = re.search(r'(\w+)\s*(?:\[[^\]]*\]\s*)*$', piece.strip())
            if name:
                yield name.group(1)


def program(headers):
    yield '/* Made by layout.py: prints the layout of the public structs. */'
    yield '#include <rewapp/rewapp.h>\n#include <stdio.h>\n\nint main(void)\n{'
    for header in headers:
        with open(header, encoding='utf-8') as file:
            text = file.read()
        for name, body in STRUCT.findall(text):
            yield f'\tprintf("struct {name} %zu\\n", sizeof(struct {name}));'
            for field in fields_of(body):
                place = f'offsetof(struct {name}, {field}), sizeof(((struct {name} *)0)->{field})'
                yield f'\tprintf("\\t{field} %zu %zu\\n", {place});'
    yield '\treturn 0;\n}'


def main():
    with open(sys.argv[1], 'w', encoding='utf-8') as out:
        out.write('\n'.join(program(sys.argv[2:])) + '\n')


main()
