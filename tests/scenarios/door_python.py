"""The Python door of the scenarios: one JSON line in, one out (scenario.py)."""
import json
import sys

import rewapp


def ask(engine, question):
    name = question.pop('query')
    if name == 'statement':
        # Pages of two lines, so that every story with a statement turns pages.
        return {'entries': list(engine.statement(**question, page=2)), 'next': None}
    return engine.query(name, **question)


def answer(engine, message):
    if 'clock' in message:
        engine.set_clock_ms(message['clock'])
        return {}
    try:
        if 'submit' in message:
            return {'receipts': engine.submit(message['submit']['commands'])}
        return ask(engine, message['query'])
    except rewapp.RewappError as error:
        return {'error': error.name, 'field': None}


def main():
    with rewapp.Engine(clock_ms=0) as engine:
        for line in sys.stdin:
            print(json.dumps(answer(engine, json.loads(line))), flush=True)


main()
