"""Runs stories (tests/scenarios/README.md) through Python: scenarios.py FILE..., prints TAP, one result a file."""
import datetime
import json
import pathlib
import re
import sys

import rewapp

PUTS = ('programme', 'merchant', 'member')
NAMES = ('member', 'merchant', 'programme', 'target')
IDS = NAMES + ('id', 'hold', 'command')
NUMBERS = ('points', 'mcc')
SPANS = {'s': 1000, 'm': 60_000, 'h': 3_600_000, 'd': 86_400_000}
WORD = re.compile(r'\s*(?:(=>)|([\w.]+)=|([^\s=]\S*))')
TEXT = re.compile(r'"([^"]*)"|(\S*)')


class Failure(Exception):
    """A step did not answer as the story says."""


def time_ms(text):
    moment = datetime.datetime.fromisoformat(text.replace('Z', '+00:00'))
    return round(moment.timestamp()) * 1000


def span_ms(text):
    return int(text[:-1]) * SPANS[text[-1]]


def minor(text):
    """100.00 is 10000 minor units; without a point they are minor units already."""
    whole, point, cents = text.partition('.')
    return int(whole + (cents + '00')[:2]) if point else int(text)


def read_value(line, at):
    """A quoted text, an object up to its matching brace, or a word: the value and where it ends."""
    if line.startswith('{', at):
        value, end = json.JSONDecoder().raw_decode(line, at)
        return value, end
    match = TEXT.match(line, at)
    return match[1] if match[1] is not None else match[2], match.end()


def read_line(line):
    """The words of a line, its settings, the expected words and the expected settings."""
    sides, at = [([], {}), ([], {})], 0
    side = sides[0]
    while match := WORD.match(line, at):
        at = match.end()
        if match[1]:
            side = sides[1]
        elif match[2]:
            side[1][match[2]], at = read_value(line, at)
        elif match[3].startswith('#'):
            break
        else:
            side[0].append(match[3])
    return *sides[0], *sides[1]


class Story:
    """One file: an engine with a clock set by hand, the commands sent and the tokens minted so far."""

    def __init__(self):
        self.engine = rewapp.Engine(clock_ms=0)
        self.clock = 0
        self.puts = 0
        self.sent, self.tokens = {}, {}
        self.batch = None
        self.steps = 0

    def run(self, lines):
        for number, line in enumerate(lines, 1):
            try:
                self.step(*read_line(line))
            except Failure as failure:
                raise Failure(f'line {number}: {failure}') from None
        self.check_answer(self.engine.verify(), [], {'problems': '0'})

    def step(self, words, settings, wanted_words, wanted):
        if not words:
            return
        self.steps += 1
        verb, *rest = words
        if verb == 'at':
            self.set_clock(time_ms(rest[0]))
        elif verb == 'later':
            self.set_clock(self.clock + span_ms(rest[0]))
        elif verb == 'batch':
            self.batch = []
        elif verb == 'end':
            batch, self.batch = self.batch, None
            self.send(batch)
        elif verb in ('balance', 'statement', 'inspect', 'verify'):
            self.check_answer(self.ask(verb, rest, settings), wanted_words, wanted)
        else:
            self.take(self.command(verb, rest[0], settings), wanted_words, wanted)

    def set_clock(self, clock_ms):
        self.clock = clock_ms
        self.engine.set_clock_ms(clock_ms)

    def command(self, verb, name, settings):
        if verb == 'again':
            return self.sent[name]
        command = {'kind': verb, 'id': f'@{name}'}
        if verb in PUTS:
            self.puts += 1
            command.update(id=f'@put-{name}-{self.puts}', target=f'@{name}')
        elif verb == 'purchase':
            command['currency'] = 'EUR'
        for key, value in settings.items():
            self.set_field(command, key, value)
        self.sent[name] = command
        return command

    def set_field(self, command, key, value):
        if key in NAMES:
            value = f'@{value}'
        elif key == 'amount':
            value = minor(value)
        elif key in NUMBERS:
            value = int(value)
        elif key == 'token':
            value = self.tokens.get(value, value)
        elif key in ('occurred', 'ttl'):
            value = time_ms(value) if key == 'occurred' else span_ms(value)
            key += '_ms'
        command[key] = value

    def take(self, command, wanted_words, wanted):
        if command['kind'] in PUTS and not wanted_words:
            wanted_words = ['ACCEPTED']
        step = (command, wanted_words, wanted)
        if self.batch is None:
            self.send([step])
        else:
            self.batch.append(step)

    def send(self, steps):
        try:
            receipts = self.engine.submit([command for command, _, _ in steps])
        except rewapp.RewappError as error:
            # The text as a whole was refused: what the only command of a call would have been told.
            if len(steps) != 1:
                raise Failure(str(error)) from error
            receipts = [{'error': error.name, 'message': error.message,
                         'field': (error.field or '').removeprefix('commands[0].')}]
        for (command, wanted_words, wanted), receipt in zip(steps, receipts, strict=True):
            if receipt.get('token'):
                self.tokens[command['id'][1:]] = receipt['token']
            self.check_answer(receipt, wanted_words, wanted)

    def ask(self, verb, rest, settings):
        names = {key: f'@{value}' for key, value in settings.items()}
        if verb == 'balance':
            return self.engine.balance(f'@{rest[0]}', **names)
        if verb == 'inspect':
            return self.engine.inspect(self.tokens.get(rest[0], rest[0]), **names)
        if verb == 'verify':
            return self.engine.verify()
        lines = list(self.engine.statement(f'@{rest[0]}', page=2, **names))
        return {'lines': len(lines), **{f'line{number}.{key}': value for number, line in enumerate(lines, 1)
                                        for key, value in line.items()}}

    def check_answer(self, answer, wanted_words, wanted):
        said = answer.get('error') or answer.get('verdict')
        if wanted_words and said != wanted_words[0]:
            raise Failure(f'{said} instead of {wanted_words[0]}: {answer}')
        for key, value in wanted.items():
            if not self.matches(key, self.found(answer, key), value):
                raise Failure(f'{key} is {self.found(answer, key)} instead of {value}: {answer}')

    @staticmethod
    def found(answer, key):
        parts = key.split('.')
        if parts[0] == 'award':
            return next((award[parts[2]] for award in answer.get('awards', ()) if award['rule'] == parts[1]), None)
        return answer.get(key)

    @staticmethod
    def matches(key, found, value):
        if key.rpartition('.')[2] in IDS and found is not None:
            return found == rewapp.parse_id(f'@{value}')
        if isinstance(found, bool) or found is None:
            return {True: 'true', False: 'false', None: 'null'}[found] == value
        if isinstance(found, int):
            return found == minor(value)
        return found == value


def main():
    paths = [pathlib.Path(name) for name in sys.argv[1:]]
    print(f'1..{len(paths)}')
    for number, path in enumerate(paths, 1):
        story = Story()
        try:
            story.run(path.read_text(encoding='utf-8').splitlines())
            print(f'ok {number} {path.stem}: {story.steps} steps')
        except Failure as failure:
            print(f'not ok {number} {path.stem}\n# {path.name}, {failure}')
    return 0 if paths else 1


sys.exit(main())
