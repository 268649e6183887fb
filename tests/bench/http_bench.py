#!/usr/bin/env python3
"""The server under load, by wrk, beside a peer in the same minutes.

    REWAPP_PROGRAM=build/server/rewapp tests/bench/http_bench.py [--rounds N] [--seconds S] [--no-peer]

Durable earns (synchronous=FULL, match, rules, ledger, outbox) at 64 connections against
one connection, and against fastify with better-sqlite3 writing one bare transfer; the 95th percentile
of every route at half of its highest rate; resident memory.  Fails when a bar is not reached.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'server'))
from harness import Server, new_id, seed  # noqa: E402

PURCHASE = '{"member":"%M","merchant":"@cafe","amount":1250,"currency":"EUR","terminal":"till-1"}'
CONNECTIONS = 64

# name, method, path, body
ROUTES = [
    ('healthz', 'GET', '/healthz', ''),
    ('readyz', 'GET', '/readyz', ''),
    ('metrics', 'GET', '/metrics', ''),
    ('key', 'GET', '/v1/key', ''),
    ('members', 'GET', '/v1/members?limit=50', ''),
    ('member', 'GET', '/v1/members/%M', ''),
    ('balance', 'GET', '/v1/members/%M/balance', ''),
    ('statement', 'GET', '/v1/members/%M/statement?limit=20', ''),
    ('enrol', 'POST', '/v1/members', '{"target":"%M"}'),
    ('merchants', 'GET', '/v1/merchants', ''),
    ('merchant', 'GET', '/v1/merchants/@cafe', ''),
    ('programmes', 'GET', '/v1/programmes', ''),
    ('programme', 'GET', '/v1/programmes/@programme', ''),
    ('purchase', 'POST', '/v1/transactions', PURCHASE),
    ('receipt', 'GET', '/v1/receipts/@bench-receipt', ''),
    ('hold', 'POST', '/v1/holds', '{"member":"%M","points":1}'),
    ('mint', 'POST', '/v1/qr', '{"member":"%M","points":1}'),
    ('inspect', 'POST', '/v1/qr/inspect', '{"token":"%T","merchant":"@cafe"}'),
    ('image', 'GET', '/v1/qr/%T/image?format=svg', ''),
    ('redeem', 'POST', '/v1/qr/redeem', '{"token":"%T","merchant":"@cafe"}'),
    ('match', 'POST', '/v1/match', '{"descriptor":"CB CAFE LUMIERE PARIS 12/03/26"}'),
    ('totals', 'GET', '/v1/totals', ''),
    ('events', 'GET', '/v1/events?limit=50', ''),
    ('console', 'GET', '/console/console.js', ''),
    ('openapi', 'GET', '/openapi.json', ''),
]

failures = []


def bar(what, value, least=None, most=None, unit=''):
    reached = (least is None or value >= least) and (most is None or value <= most)
    limit = f'>= {least:g}' if least is not None else f'<= {most:g}'
    print(f'{"ok  " if reached else "MISS"}  {what}: {value:.2f}{unit} (bar {limit}{unit})', flush=True)
    if not reached:
        failures.append(what)


class Load:
    def __init__(self, key, tokens, seconds):
        self.key, self.tokens, self.seconds, self.runs = key, tokens, seconds, 0

    def run(self, port, connections, method, path, body, delay_ms=0, may_fail=False):
        self.runs += 1
        environment = {**os.environ, 'BENCH_METHOD': method, 'BENCH_PATH': path, 'BENCH_BODY': body,
                       'BENCH_KEY': self.key, 'BENCH_RUN': f'-{self.runs}-', 'BENCH_DELAY': str(delay_ms),
                       'BENCH_TOKENS': self.tokens}
        done = subprocess.run(['wrk', '-t1', f'-c{connections}', f'-d{self.seconds}s', '-s',
                               os.path.join(HERE, 'http_load.lua'), f'http://127.0.0.1:{port}'],
                              capture_output=True, text=True, check=True, env=environment)
        result = json.loads(done.stdout.strip().splitlines()[-1])
        if result['failed'] and not may_fail:
            raise RuntimeError(f'{method} {path}: {result["failed"]} requests failed')
        return result


def prepare(server):
    """Members with points, receipts and tokens to ask for; the tokens' file."""
    connection = server.connect(server.key('platform'))
    seed(connection)
    commands = []
    for number in range(1000):
        commands.append({'kind': 'member', 'target': f'@m{number}'})
        commands.append({'kind': 'adjust', 'member': f'@m{number}', 'points': 1000000, 'reference': 'bench'})
    commands.append({'kind': 'purchase', 'id': '@bench-receipt', 'member': '@m1', 'merchant': '@cafe', 'amount': 1250,
                     'currency': 'EUR'})
    for command in commands:
        command.setdefault('id', new_id())
    receipts = connection.post('/v1/commands', {'commands': commands}).json['receipts']
    assert all(each['verdict'] == 'ACCEPTED' for each in receipts)
    path = os.path.join(server.folder, 'tokens')
    with open(path, 'w', encoding='ascii') as file:
        for _ in range(5):
            mints = [{'kind': 'mint', 'id': new_id(), 'member': f'@m{number}', 'points': 1} for number in range(1000)]
            for receipt in connection.post('/v1/commands', {'commands': mints}).json['receipts']:
                file.write(receipt['token'] + '\n')
    connection.close()
    return path


class Peer:
    def __init__(self, folder, mode):
        self.file = os.path.join(folder, f'peer-{mode}.db')
        self.process = subprocess.Popen(['node', 'server.js', self.file, mode], cwd=folder, stdout=subprocess.PIPE,
                                        text=True)
        self.port = int(self.process.stdout.readline().split()[-1])

    def close(self):
        self.process.terminate()
        self.process.wait()


def install_peer(folder):
    """The folder of the installed peer, or None with the reason said."""
    if not shutil.which('npm'):
        print('skip  the peer: no npm')
        return None
    shutil.copytree(os.path.join(HERE, 'peer'), folder)
    done = subprocess.run(['npm', 'install', '--no-audit', '--no-fund', '--silent'], cwd=folder, capture_output=True,
                          text=True, check=False, timeout=600)
    if done.returncode:
        print('skip  the peer: npm install: ' + done.stderr.strip().replace('\n', ' | ')[-300:])
        return None
    return folder


def bench_earn(server, load, rounds, peers):
    """Interleaved rounds, so that a noisy minute is everybody's."""
    earn = ('POST', '/v1/transactions', PURCHASE)
    rates = {}
    for _ in range(rounds):
        rates.setdefault('one', []).append(load.run(server.port, 1, *earn)['rate'])
        rates.setdefault('many', []).append(load.run(server.port, CONNECTIONS, *earn)['rate'])
        for mode, peer in peers.items():
            rates.setdefault(mode, []).append(load.run(peer.port, CONNECTIONS, *earn, may_fail=True)['rate'])
    median = {name: statistics.median(values) for name, values in rates.items()}
    for name, values in rates.items():
        print(f'      {name}: {median[name]:.0f}/s, median of {[round(value) for value in values]}')
    bar(f'durable earns, {CONNECTIONS} connections to one', median['many'] / median['one'], least=5, unit='x')
    if 'single' in peers:
        bar('durable earns to the peer', median['many'] / median['single'], least=1, unit='x')
    if 'group' in peers:
        # The peer with our own idea: what it writes is a tenth of an earn.  A goal, not yet a bar.
        print(f'      durable earns to the peer with group commit: {median["many"] / median["group"]:.2f}x')


def bench_routes(server, load):
    for name, method, path, body in ROUTES:
        highest = load.run(server.port, CONNECTIONS, method, path, body)
        # At half of it: 128 connections that pause as long as makes half.
        period_ms = 128 / (highest['rate'] / 2) * 1000
        half = load.run(server.port, 128, method, path, body, max(1, round(period_ms - highest['p50_ms'] / 2)))
        print(f'      {name}: highest {highest["rate"]:.0f}/s; at {half["rate"]:.0f}/s p50 {half["p50_ms"]:.2f} ms, '
              f'p99 {half["p99_ms"]:.2f} ms')
        bar(f'{name}: 95th percentile', half['p95_ms'], most=50, unit=' ms')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--seconds', type=int, default=3)
    parser.add_argument('--no-peer', action='store_true')
    asked = parser.parse_args()
    if not shutil.which('wrk'):
        print('skip  no wrk (Debian package wrk)')
        return 77
    folder = tempfile.mkdtemp(prefix='rewapp-bench-', dir=os.environ.get('REWAPP_BENCH_FOLDER'))
    server = Server('--connections-per-address', '512', folder=os.path.join(folder, 'server'))
    peers = {}
    try:
        load = Load(server.key('platform'), prepare(server), asked.seconds)
        installed = None if asked.no_peer else install_peer(os.path.join(folder, 'peer'))
        if installed:
            peers = {mode: Peer(installed, mode) for mode in ('single', 'group')}
        bench_earn(server, load, asked.rounds, peers)
        bench_routes(server, load)
        bar('resident memory', server.resident_mib(), most=64, unit=' MiB')
    finally:
        for peer in peers.values():
            peer.close()
        server.close()
        shutil.rmtree(folder, ignore_errors=True)
    print(f'{len(failures)} bars missed' + (': ' + ', '.join(failures) if failures else ''))
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
