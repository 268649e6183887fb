"""A server of its own for each test: a store, keys, a few partners and members, and requests."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import unittest
import urllib.parse
import uuid

PROGRAM = os.environ['REWAPP_PROGRAM']

PROGRAMME = {
    'name': 'Test', 'currency': 'EUR',
    'tiers': {'by': 'spend', 'period': 'year', 'levels': [{'id': 'silver', 'from': 10000}]},
    'vouchers': [{'id': 'coffee', 'points': 5, 'days': 30}],
    'gift_cards': [{'id': 'card', 'min_amount': 100, 'max_amount': 10000, 'days': 365, 'reload': True}],
    'achievements': [{'id': 'faithful', 'count': 'streak', 'target': 12, 'points': 100}],
    'rules': [
        {'id': 'base', 'type': 'percent', 'basis_points': 1000},
        {'id': 'large', 'type': 'fixed', 'points': 50, 'when': {'min_amount': 10000}},
    ],
}


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f'{self.status} {self.body[:400]!r}'


def new_id():
    return uuid.uuid4().hex


class Connection:
    """One connection, kept alive; not for several threads."""

    def __init__(self, port, key=None):
        self.port, self.key = port, key
        self.http = http.client.HTTPConnection('127.0.0.1', port, timeout=30)

    def request(self, method, path, body=None, headers=None, key=...):
        sent = dict(headers or {})
        key = self.key if key is ... else key
        if key:
            sent['Authorization'] = f'Bearer {key}'
        if body is not None:
            sent.setdefault('Content-Type', 'application/json')
            if not isinstance(body, (bytes, str)):
                body = json.dumps(body)
        self.http.request(method, path, body, sent)
        response = self.http.getresponse()
        return Answer(response.status, response.headers, response.read())

    def get(self, path, **more):
        return self.request('GET', path, **more)

    def post(self, path, body=None, idempotency=..., **more):
        headers = more.pop('headers', {})
        if idempotency is ...:
            idempotency = new_id()
        if idempotency is not None:
            headers = {**headers, 'Idempotency-Key': idempotency}
        return self.request('POST', path, body, headers=headers, **more)

    def close(self):
        self.http.close()


def fresh_database():
    """Where REWAPP_TEST_POSTGRES names a server: the URI of a new database there."""
    server = os.environ.get('REWAPP_TEST_POSTGRES')
    if not server:
        return None
    name = f'server_{new_id()}'
    subprocess.run(['psql', '-q', server, '-c', f'CREATE DATABASE {name}'], check=True)
    parts = urllib.parse.urlsplit(server)
    return urllib.parse.urlunsplit(parts._replace(path='/' + name))


class Server:
    def __init__(self, *options, folder=None):
        self.folder = folder or tempfile.mkdtemp(prefix='rewapp-server-')
        os.makedirs(self.folder, exist_ok=True)
        self.store = fresh_database() or f'sqlite:{self.folder}/store.db'
        self.options = options
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [PROGRAM, 'serve', '--store', self.store, '--create', '--listen', '127.0.0.1:0',
             '--report-seconds', '0', *self.options],
            stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if 'port' not in line:
            raise RuntimeError(f'the server did not start: {line!r}, {self.process.wait()}')
        self.port = int(line.split()[-1])

    def key(self, scope, merchant=None, terminal=None):
        command = [PROGRAM, 'key', 'create', '--store', self.store, '--scope', scope]
        command += ['--merchant', merchant] if merchant else []
        command += ['--terminal', terminal] if terminal else []
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def connect(self, key=None):
        return Connection(self.port, key)

    def stop(self, number=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(timeout=60)
        self.process.stdout.close()
        return code

    def close(self):
        """Stops it, if it runs, and removes its store; the exit code says whether it was well, and
        under a sanitizer whether that has anything to say."""
        code = self.stop() if self.process.poll() is None else 0
        shutil.rmtree(self.folder, ignore_errors=True)
        if code:
            raise RuntimeError(f'the server ended with {code}')

    def resident_mib(self):
        with open(f'/proc/{self.process.pid}/status', encoding='ascii') as file:
            return next(int(line.split()[1]) for line in file if line.startswith('VmRSS')) / 1024


def seed(connection):
    """A programme, two merchants, two members with 10 000 points each."""
    commands = [
        {'kind': 'programme', 'id': new_id(), 'target': '@programme', 'document': PROGRAMME},
        {'kind': 'merchant', 'id': new_id(), 'target': '@cafe',
         'document': {'name': 'Café Lumière', 'aliases': ['CAFE LUMIERE']}},
        {'kind': 'merchant', 'id': new_id(), 'target': '@books', 'document': {'name': 'Books & Co'}},
    ]
    for member in ('@ana', '@ben'):
        commands.append({'kind': 'member', 'id': new_id(), 'target': member})
        commands.append({'kind': 'adjust', 'id': new_id(), 'member': member, 'points': 10000, 'reference': 'welcome'})
    answer = connection.post('/v1/commands', {'commands': commands}, idempotency=None)
    assert answer.status == 200, answer
    for receipt in answer.json['receipts']:
        assert receipt.get('verdict') == 'ACCEPTED', receipt


class ServerTest(unittest.TestCase):
    """Each test class has one server, seeded, with a key of each scope."""

    options = ()

    @classmethod
    def setUpClass(cls):
        cls.server = Server(*cls.options)
        cls.addClassCleanup(cls.server.close)
        cls.keys = {
            'platform': cls.server.key('platform'),
            'cafe': cls.server.key('merchant', '@cafe'),
            'books': cls.server.key('merchant', '@books'),
            'till': cls.server.key('terminal', '@cafe', 'till-1'),
        }
        connection = cls.server.connect(cls.keys['platform'])
        seed(connection)
        connection.close()

    def setUp(self):
        self.http = self.server.connect(self.keys['platform'])
        self.addCleanup(self.http.close)

    def check(self, answer, status, code=None, field=None):
        """The status and, for problems, the code and the field; and that problems have their form."""
        self.assertEqual(answer.status, status, answer)
        if status >= 400:
            self.assertEqual(answer.headers['Content-Type'], 'application/problem+json', answer)
            self.assertEqual(answer.json['status'], status)
            self.assertTrue(answer.json['type'].endswith(answer.json['code']), answer)
        if code:
            self.assertEqual(answer.json['code'], code, answer)
        if field:
            self.assertEqual(answer.json.get('field'), field, answer)
        return answer

    def balance(self, member, what='available'):
        return int(self.check(self.http.get(f'/v1/members/{member}/balance'), 200).json.get(what, 0))


def in_threads(count, work):
    """Runs work(0), …, work(count - 1) at once; returns the results in order."""
    results, gate = [None] * count, threading.Barrier(count)

    def run(index):
        gate.wait()
        results[index] = work(index)

    threads = [threading.Thread(target=run, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
