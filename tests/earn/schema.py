"""docs/programme.schema.json accepts the documents that the library accepts, and refuses what it refuses.

    schema.py SCHEMA PROGRAM DOCUMENT...     each key of each document is also misspelt once, for both
"""
import copy
import json
import re
import subprocess
import sys

TYPES = {'object': dict, 'array': list, 'string': str, 'boolean': bool, 'integer': int}


def fits(root, schema, value):
    """The part of JSON Schema 2020-12 that the document uses."""
    if '$ref' in schema:
        return fits(root, root['$defs'][schema['$ref'].rsplit('/', 1)[1]], value)
    names = schema.get('type', [])
    if names and not any(isinstance(value, TYPES[name]) and (name != 'integer' or not isinstance(value, bool))
                         for name in ([names] if isinstance(names, str) else names)):
        return False
    if 'const' in schema and value != schema['const'] or 'enum' in schema and value not in schema['enum']:
        return False
    for key, wanted in (('anyOf', any), ('oneOf', lambda found: sum(found) == 1)):
        if key in schema and not wanted([fits(root, choice, value) for choice in schema[key]]):
            return False
    return {dict: fits_object, list: fits_array, str: fits_text, int: fits_number}.get(
        type(value), lambda *_: True)(root, schema, value)


def fits_object(root, schema, value):
    known, others = schema.get('properties', {}), schema.get('additionalProperties', True)
    if any(name not in value for name in schema.get('required', [])) or len(value) < schema.get('minProperties', 0):
        return False
    return all(fits(root, known[name], item) if name in known else
               others if isinstance(others, bool) else fits(root, others, item) for name, item in value.items())


def fits_array(root, schema, value):
    if not schema.get('minItems', 0) <= len(value) <= schema.get('maxItems', len(value)):
        return False
    if schema.get('uniqueItems') and len({json.dumps(item) for item in value}) < len(value):
        return False
    return all(fits(root, schema.get('items', {}), item) for item in value)


def fits_text(root, schema, value):
    return schema.get('minLength', 0) <= len(value) <= schema.get('maxLength', len(value)) and \
        bool(re.search(schema.get('pattern', ''), value))


def fits_number(root, schema, value):
    return schema.get('minimum', value) <= value <= schema.get('maximum', value)


def misspelt(document, at=()):
    """The document again and again, each time with another key spelt wrong; names of rules and caps are no keys."""
    value = document
    if at[-1:] == ('used',) or at[-2:] == ('expect', 'rules'):
        return
    for step in at:
        value = value[step]
    for name in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from misspelt(document, (*at, name))
        if isinstance(name, str):
            wrong = copy.deepcopy(document)
            place = wrong
            for step in at:
                place = place[step]
            place[name + 'x'] = place.pop(name)
            yield wrong


def accepted(program, document):
    done = subprocess.run([program, 'programme', 'check', '--json', '-'], input=json.dumps(document), text=True,
                          encoding='utf-8', stdout=subprocess.PIPE, check=False)
    return json.loads(done.stdout)['name'] is not None


def main():
    with open(sys.argv[1], encoding='utf-8') as file:
        schema = json.load(file)
    wrong = 0
    for path in sys.argv[3:]:
        with open(path, encoding='utf-8') as file:
            document = json.load(file)
        if not fits(schema, schema, document) or not accepted(sys.argv[2], document):
            print(f'{path}: not accepted by both')
            wrong += 1
        for other in list(misspelt(document))[::7]:
            if fits(schema, schema, other) and not accepted(sys.argv[2], other):
                print(f'{path}: the schema accepts what the library refuses: {json.dumps(other)[:400]}')
                wrong += 1
    sys.exit(1 if wrong else 0)


main()
