"""As much of JSON Schema as the OpenAPI file uses, and the file itself."""

import json
import os
import re

FILE = os.path.join(os.path.dirname(__file__), '..', '..', 'server', 'openapi.json')

with open(FILE, encoding='utf-8') as opened:
    DOCUMENT = json.load(opened)

TYPES = {'number': (int, float), 'object': dict, 'array': list, 'string': str, 'boolean': bool, 'null': type(None)}
KNOWN = {'type', 'properties', 'required', 'additionalProperties', 'items', 'enum', 'pattern', 'oneOf', '$ref',
         'description', 'minItems', 'maxItems', 'minimum', 'maximum', 'minLength', 'maxLength', 'default', 'format'}


def resolve(node):
    while '$ref' in node:
        found = DOCUMENT
        for part in node['$ref'].removeprefix('#/').split('/'):
            found = found[part]
        node = found
    return node


def has_type(value, name):
    if name == 'integer':
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def validate(value, schema, place='$'):
    """A list of what is wrong, empty when nothing is."""
    schema = resolve(schema)
    unknown = set(schema) - KNOWN
    if unknown:
        return [f'{place}: this validator does not know {sorted(unknown)}']
    if 'oneOf' in schema:
        tried = [validate(value, each, place) for each in schema['oneOf']]
        return [] if tried.count([]) == 1 else [f'{place}: fits {tried.count([])} of {len(tried)}: {tried}']
    wanted = schema.get('type')
    if wanted and not any(has_type(value, name) for name in ([wanted] if isinstance(wanted, str) else wanted)):
        return [f'{place}: {value!r} is no {wanted}']
    if 'enum' in schema and value not in schema['enum']:
        return [f'{place}: {value!r} is none of {schema["enum"]}']
    if isinstance(value, str) and not re.search(schema.get('pattern', ''), value):
        return [f'{place}: {value!r} does not fit {schema["pattern"]}']
    return validate_members(value, schema, place)


def validate_members(value, schema, place):
    wrong = []
    if isinstance(value, list):
        for index, item in enumerate(value):
            wrong += validate(item, schema.get('items', {}), f'{place}[{index}]')
    if isinstance(value, dict):
        properties = schema.get('properties', {})
        wrong += [f'{place}: {name} is missing' for name in schema.get('required', ()) if name not in value]
        for name, item in value.items():
            if name in properties:
                wrong += validate(item, properties[name], f'{place}.{name}')
            elif schema.get('additionalProperties') is False:
                wrong.append(f'{place}: {name} is not described')
    return wrong


def operation(method, path):
    """The operation that a path of a request belongs to, and its template."""
    for template, methods in DOCUMENT['paths'].items():
        if re.fullmatch(re.sub(r'\{\w+\}', '[^/]+', template), path) and method.lower() in methods:
            return template, methods[method.lower()]
    raise LookupError(f'{method} {path} is not described')


def check_answer(method, path, answer):
    """What is wrong with an answer, by the OpenAPI file."""
    template, described = operation(method, path.split('?')[0])
    responses = described['responses']
    if str(answer.status) not in responses:
        return [f'{method} {template}: status {answer.status} is not described']
    content = resolve(responses[str(answer.status)])['content']
    kind = answer.headers['Content-Type'].split(';')[0]
    if kind not in content:
        return [f'{method} {template}: {kind} is not described']
    return validate(answer.json, content[kind]['schema']) if kind.endswith('json') else []
