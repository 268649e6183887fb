"""The command line's door of the scenarios: one JSON line in, one out (scenario.py).

    door_cli.py REWAPP

Each command is a run of the program of its own, by the subcommand that people use where
there is one and by `rewapp submit` otherwise; so every step opens and closes the store.
"""
import json
import os
import subprocess
import sys
import tempfile


def money(minor):
    minor = int(minor)
    return f'{"-" if minor < 0 else ""}{abs(minor) // 100}.{abs(minor) % 100:02d}'


# KIND: its subcommand, and the option (None: an argument) of each of its keys.
SUBCOMMANDS = {
    'purchase': (['earn'], {'id': '--id', 'member': '--member', 'amount': '--amount', 'currency': '--currency',
                            'merchant': '--merchant', 'descriptor': '--descriptor', 'programme': '--programme',
                            'mcc': '--mcc', 'occurred_ms': '--at', 'terminal': '--terminal',
                            'reference': '--reference'}),
    'return': (['return'], {'id': '--id', 'target': None, 'amount': '--amount', 'occurred_ms': '--at',
                            'reference': '--reference'}),
    'confirm': (['review', 'confirm'], {'id': '--id', 'target': None, 'merchant': '--merchant', 'reference': '--who'}),
    'refuse': (['review', 'refuse'], {'id': '--id', 'target': None, 'reference': '--who'}),
    'take_back': (['review', 'take-back'], {'id': '--id', 'target': None, 'reference': '--who'}),
    'mint': (['qr', 'mint'], {'id': '--id', 'member': '--member', 'points': '--points', 'programme': '--programme',
                              'merchant': '--merchant', 'spender': '--spender'}),
    'gift_card': (['gift-card', 'load'], {'id': '--id', 'target': None, 'offer': '--offer', 'amount': '--amount',
                                          'currency': '--currency', 'merchant': '--merchant',
                                          'programme': '--programme'}),
    'voucher': (['voucher', 'make'], {'id': '--id', 'member': '--member', 'offer': '--offer',
                                      'programme': '--programme', 'merchant': '--merchant',
                                      'spender': '--spender'}),
    'close_account': (['account', 'close'], {'id': '--id', 'target': None, 'reference': '--reason',
                                             'programme': '--programme'}),
    'reopen_account': (['account', 'reopen'], {'id': '--id', 'target': None, 'reference': '--reason',
                                               'programme': '--programme'}),
    'transfer': (['transfer'], {'id': '--id', 'member': None, 'target': None, 'points': '--points',
                                'programme': '--programme', 'reference': '--reference', 'spender': '--spender'}),
    'join': (['household', 'join'], {'id': '--id', 'target': None, 'member': None, 'programme': '--programme',
                                     'day_limit': '--day', 'month_limit': '--month', 'total_limit': '--total'}),
    'limit': (['household', 'limit'], {'id': '--id', 'target': None, 'member': None, 'programme': '--programme',
                                       'day_limit': '--day', 'month_limit': '--month', 'total_limit': '--total'}),
    'leave': (['household', 'leave'], {'id': '--id', 'target': None, 'member': None, 'programme': '--programme'}),
    'redeem': (['qr', 'redeem'], {'id': '--id', 'token': None, 'merchant': '--merchant', 'terminal': '--terminal',
                                  'reference': '--reference'}),
}
QUERIES = {
    'balance': (['balance'], {'member': None, 'programme': '--programme', 'recorded_ms': '--at',
                              'occurred_ms': '--occurred-at'}),
    'statement': (['statement'], {'member': None, 'programme': '--programme', 'before': '--before',
                                  'recorded_ms': '--at', 'occurred_ms': '--occurred-at',
                                  'limit': '--limit'}),
    'tier': (['tier'], {'member': None, 'programme': '--programme'}),
    'achievements': (['achievements'], {'member': None, 'programme': '--programme'}),
    'household': (['household', 'show'], {'member': None, 'programme': '--programme'}),
    'vouchers': (['voucher', 'list'], {'member': None, 'programme': '--programme'}),
    'inspect': (['qr', 'inspect'], {'token': None, 'merchant': '--merchant'}),
    'review': (['review', 'list'], {'after': '--after', 'limit': '--limit'}),
    'learnt': (['review', 'learnt'], {'merchant': '--merchant', 'after': '--after', 'limit': '--limit'}),
    'accounts': (['accounts', '--list'], {'programme': '--programme', 'after': '--after', 'limit': '--limit'}),
    'trial_balance': (['accounts'], {'programme': '--programme'}),
    'verify': (['verify'], {}),
}


def arguments(table, content):
    """The command line that says `content`, or None when a key has no option."""
    words, options = list(table[0]), table[1]
    for key, value in content.items():
        if key not in options:
            return None
        text = money(value) if key == 'amount' else str(value)
        words.append(text if options[key] is None else f'{options[key]}={text}')
    return words


class Program:
    def __init__(self, path, folder):
        self.path = path
        self.environment = dict(os.environ, LC_ALL='C.UTF-8', REWAPP_STORE=f'sqlite:{folder}/story.db')
        self.call(['init'])

    def call(self, words, text=None):
        """What the program printed, as JSON; the exit code must fit it."""
        done = subprocess.run([self.path, *words, '--json'], input=text, env=self.environment, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding='utf-8')
        answer = json.loads(done.stdout)
        self.check_exit(words, done.returncode, answer)
        if isinstance(answer.get('error'), dict):
            return {'error': answer['error']['name']}
        return answer

    @staticmethod
    def check_exit(words, code, answer):
        refused = 'error' in answer or answer.get('problems', 0) != 0 or \
            answer.get('verdict', 'ACCEPTED') != 'ACCEPTED' or \
            any('error' in receipt or receipt['verdict'] != 'ACCEPTED' for receipt in answer.get('receipts', []))
        if (code != 0) != refused:
            raise AssertionError(f'{words}: exit code {code} with {answer}')

    def submit(self, commands):
        if len(commands) == 1:
            content = dict(commands[0])
            kind = content.pop('kind')
            table = SUBCOMMANDS.get('refuse' if content.pop('nobody', False) else kind)
            words = arguments(table, content) if table else None
            if words:
                answer = self.call(words)
                return answer if set(answer) == {'error'} else {'receipts': [answer]}
        return self.call(['submit', '-'], json.dumps({'commands': commands}))

    def query(self, question):
        content = dict(question)
        table = QUERIES.get(content.pop('query'))
        words = arguments(table, content) if table else None
        return self.call(words or ['query', json.dumps(question)])

    def answer(self, message):
        if 'clock' in message:
            self.environment['REWAPP_NOW_MS'] = str(message['clock'])
            return {}
        return self.submit(message['submit']['commands']) if 'submit' in message else self.query(message['query'])


def main():
    with tempfile.TemporaryDirectory() as folder:
        program = Program(sys.argv[1], folder)
        for line in sys.stdin:
            print(json.dumps(program.answer(json.loads(line))), flush=True)


main()
