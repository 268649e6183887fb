#!/usr/bin/env python3
"""The server under load, by wrk, beside a peer in the same minutes.

    REWAPP_PROGRAM=build/server/rewapp tests/bench/http_bench.py [--rounds N] [--seconds S] [--no-peer] [--only TEXT]

Durable earns (synchronous=FULL, match, rules, ledger, outbox) at 64 connections against
one connection, and against fastify with better-sqlite3 writing one bare transfer; the 95th percentile
of every route of openapi.json at half of its highest rate; resident memory.  Fails when a bar is not
reached.  $REWAPP_BENCH_PEER names a folder where the peer is installed already.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'server'))
from harness import PROGRAMME, Server, new_id, seed  # noqa: E402

PURCHASE = '{"member":"%M","merchant":"@cafe","amount":1250,"currency":"EUR","terminal":"till-1"}'
BATCH = '{"commands":[' + ','.join(['{"kind":"purchase",' + PURCHASE[1:]] * 100) + ']}'
SALE = '{"target":"@card","merchant":"@cafe","offer":"card","amount":1000,"currency":"EUR"}'
DOCUMENT = json.dumps(PROGRAMME)
CONNECTIONS = 64
MEMBERS = 20000
ANSWERS, LONGEST = 200, 10  # that make a 95th percentile, and the seconds that they may take
# What a route uses up: holds, redemptions, tokens; whoever comes later gets one that is used, and is refused.
POOL = 20000

# The route as openapi.json names it, the path, the body, and what it uses up.  %M is a member, %N the
# next number of the pool, %T the token of that number.
ROUTES = [
    ('GET /healthz', '/healthz'),
    ('GET /readyz', '/readyz'),
    ('GET /metrics', '/metrics'),
    ('GET /', '/'),
    ('GET /console/{file}', '/console/console.js'),
    ('GET /openapi.json', '/openapi.json'),
    ('GET /v1/key', '/v1/key'),
    ('GET /v1/members', '/v1/members?limit=50'),
    ('GET /v1/members/{id}', '/v1/members/%M'),
    ('GET /v1/members/{id}/balance', '/v1/members/%M/balance'),
    ('GET /v1/members/{id}/tier', '/v1/members/%M/tier'),
    ('GET /v1/members/{id}/household', '/v1/members/%M/household'),
    ('GET /v1/members/{id}/vouchers', '/v1/members/%M/vouchers'),
    ('GET /v1/members/{id}/achievements', '/v1/members/%M/achievements'),
    ('GET /v1/members/{id}/statement', '/v1/members/%M/statement?limit=20'),
    ('GET /v1/members/{id}/expiries', '/v1/members/%M/expiries'),
    ('GET /v1/merchants', '/v1/merchants'),
    ('GET /v1/merchants/{id}', '/v1/merchants/@cafe'),
    ('GET /v1/programmes', '/v1/programmes'),
    ('GET /v1/programmes/{id}', '/v1/programmes/@programme'),
    ('GET /v1/receipts/{id}', '/v1/receipts/@bench-receipt'),
    ('GET /v1/receipts/{id}/explanation', '/v1/receipts/@bench-receipt/explanation'),
    ('GET /v1/totals', '/v1/totals'),
    ('GET /v1/accounts', '/v1/accounts?limit=50'),
    ('GET /v1/trial-balance', '/v1/trial-balance'),
    ('GET /v1/settlement', '/v1/settlement'),
    ('GET /v1/expiries', '/v1/expiries'),
    ('GET /v1/redemptions/{id}/origins', '/v1/redemptions/@used-%N/origins', '', 'redemption'),
    ('GET /v1/signals', '/v1/signals'),
    ('GET /v1/periods', '/v1/periods'),
    ('GET /v1/events', '/v1/events?limit=50'),
    ('GET /v1/qr/{token}/image', '/v1/qr/%T/image?format=svg', '', 'token'),
    ('POST /v1/qr/inspect', '/v1/qr/inspect', '{"token":"%T","merchant":"@cafe"}', 'token'),
    ('POST /v1/match', '/v1/match', '{"descriptor":"CB CAFE LUMIERE PARIS 12/03/26"}'),
    ('POST /v1/match/evaluate', '/v1/match/evaluate',
     '{"truth":"raw\\texpected\\nCB CAFE\\tCafe\\n","catalogue":"name\\nCafe\\n"}'),
    ('GET /v1/review', '/v1/review?limit=20'),
    ('GET /v1/learnt', '/v1/learnt?limit=50'),
    ('POST /v1/review/{id}/confirm', '/v1/review/@used-%N/confirm', '{"merchant":"@cafe","reference":"bench"}'),
    ('POST /v1/review/{id}/refuse', '/v1/review/@used-%N/refuse', '{"reference":"bench"}'),
    ('POST /v1/review/{id}/take-back', '/v1/review/@used-%N/take-back', '{"reference":"bench"}'),
    ('POST /v1/quote', '/v1/quote', '{"commands":[{"kind":"purchase","id":"@quote-%N","member":"%M","merchant":"@cafe",'
     '"amount":4200,"currency":"EUR"}]}'),
    ('POST /v1/programme/check', '/v1/programme/check', DOCUMENT),
    ('POST /v1/programme/test', '/v1/programme/test', DOCUMENT),
    ('POST /v1/programme/replay', '/v1/programme/replay',
     '{"limit":1000,"programme":"@programme","document":' + DOCUMENT + '}'),
    ('POST /v1/transactions', '/v1/transactions', PURCHASE),
    ('GET /v1/bank-lines', '/v1/bank-lines?member=%M'),
    ('POST /v1/bank-lines', '/v1/bank-lines', '{"member":"%M","amount":1250,"currency":"EUR","feed":"bank",'
     '"descriptor":"CB CAFE LUMIERE PARIS 12/03/26"}'),
    ('POST /v1/transactions/{id}/returns', '/v1/transactions/@used-%N/returns', '{}', 'purchase'),
    ('POST /v1/commands', '/v1/commands', BATCH),
    ('POST /v1/end-of-day', '/v1/end-of-day', '{}'),
    ('POST /v1/periods', '/v1/periods', '{"programme":"@programme","occurred_ms":1}'),
    ('POST /v1/members', '/v1/members', '{"target":"%M"}'),
    ('POST /v1/members/{id}/close', '/v1/members/@leaver/close', '{"reference":"bench"}'),
    ('POST /v1/members/{id}/join', '/v1/members/@leaver/join', '{"member":"@taker"}'),
    ('POST /v1/members/{id}/limit', '/v1/members/@leaver/limit', '{"member":"@taker","day_limit":5}'),
    ('POST /v1/members/{id}/leave', '/v1/members/@leaver/leave', '{"member":"@taker"}'),
    ('POST /v1/members/{id}/reopen', '/v1/members/@leaver/reopen', '{"reference":"bench"}'),
    ('POST /v1/transfers', '/v1/transfers', '{"member":"%M","target":"@taker","points":1}'),
    ('POST /v1/holds', '/v1/holds', '{"member":"%M","points":1}'),
    ('POST /v1/holds/{id}/post', '/v1/holds/@used-%N/post', '{"merchant":"@cafe"}', 'hold'),
    ('POST /v1/holds/{id}/void', '/v1/holds/@used-%N/void', '{}', 'hold'),
    ('POST /v1/vouchers', '/v1/vouchers', '{"member":"%M","offer":"coffee"}'),
    ('POST /v1/gift-cards', '/v1/gift-cards', SALE),
    ('POST /v1/gift-cards/{id}/void', '/v1/gift-cards/@used-%N/void', '{}', 'sale'),
    ('POST /v1/redemptions/{id}/reverse', '/v1/redemptions/@used-%N/reverse', '{}', 'redemption'),
    ('POST /v1/qr', '/v1/qr', '{"member":"%M","points":1}'),
    ('POST /v1/qr/redeem', '/v1/qr/redeem', '{"token":"%T","merchant":"@cafe"}', 'token'),
    ('POST /v1/merchants', '/v1/merchants', '{"target":"@books","document":{"name":"Books & Co"}}'),
    ('POST /v1/merchants/{id}', '/v1/merchants/@books', '{"document":{"name":"Books & Co"}}'),
    ('POST /v1/programmes', '/v1/programmes', '{"target":"@other","document":' + DOCUMENT + '}'),
    ('POST /v1/programmes/{id}', '/v1/programmes/@other', '{"document":' + DOCUMENT + '}'),
    ('GET /v1/books', '/v1/books'),
    ('POST /v1/checkpoint', '/v1/checkpoint'),
    ('GET /v1/checkpoint', '/v1/checkpoint'),
    ('GET /v1/receipts/{id}/code', '/v1/receipts/@bench-receipt/code'),
    ('GET /v1/proofs/{code}', '/v1/proofs/{code}', '', 'code'),
    ('POST /v1/extension', '/v1/extension', '{checkpoint}', 'checkpoint'),
]

failures = []


def bar(what, value, least=None, most=None):
    """One line in the form of bar.h, which ./dev bench gathers."""
    reached = (least is None or value >= least) and (most is None or value <= most)
    limit = f'at least {least:.2f}' if least is not None else f'at most {most:.2f}'
    print(f'{"reached" if reached else "MISSED "}  {what}: {value:.2f} ({limit})', flush=True)
    if not reached:
        failures.append(what)


class Load:
    def __init__(self, key, folder, seconds):
        self.key, self.tokens, self.seconds, self.runs = key, os.path.join(folder, 'tokens'), seconds, 0
        self.used = 0  # of the pool

    def run(self, port, connections, method, path, body, delay_ms=0, may_fail=False, seconds=None):
        self.runs += 1
        environment = {**os.environ, 'BENCH_METHOD': method, 'BENCH_PATH': path, 'BENCH_BODY': body,
                       'BENCH_KEY': self.key, 'BENCH_RUN': f'-{self.runs}-', 'BENCH_DELAY': str(delay_ms),
                       'BENCH_TOKENS': self.tokens, 'BENCH_USED': str(self.used),
                       'BENCH_MEMBERS': str(MEMBERS), 'BENCH_POOL': str(POOL)}
        done = subprocess.run(['wrk', '-t1', f'-c{connections}', f'-d{seconds or self.seconds}s', '-s',
                               os.path.join(HERE, 'http_load.lua'), f'http://127.0.0.1:{port}'],
                              capture_output=True, text=True, check=True, env=environment)
        result = json.loads(done.stdout.strip().splitlines()[-1])
        if result['failed'] and not may_fail:
            raise RuntimeError(f'{method} {path}: {result["failed"]} requests failed')
        self.used += result['sent']
        return result


def submit(connection, commands):
    """All of them, accepted; the receipts."""
    receipts = []
    for first in range(0, len(commands), 5000):
        part = commands[first:first + 5000]
        for command in part:
            command.setdefault('id', new_id())
        receipts += connection.post('/v1/commands', {'commands': part}).json['receipts']
    refused = [each for each in receipts if each.get('verdict') != 'ACCEPTED']
    assert not refused, refused[0]
    return receipts


def prepare(server):
    """Members with points, and a receipt to ask for."""
    connection = server.connect(server.key('platform'))
    seed(connection)
    commands = []
    for number in range(MEMBERS):
        commands.append({'kind': 'member', 'target': f'@m{number}'})
        commands.append({'kind': 'adjust', 'member': f'@m{number}', 'points': 10000000, 'reference': 'bench',
                         'programme': '@programme'})
    commands.append({'kind': 'purchase', 'id': '@bench-receipt', 'member': '@m1', 'merchant': '@cafe', 'amount': 1250,
                     'currency': 'EUR'})
    submit(connection, commands)
    open(os.path.join(server.folder, 'tokens'), 'w', encoding='ascii').close()
    connection.close()


def prepare_pool(server, load, what):
    """What a route uses up: numbered, and of tokens the file too.  Every route has a pool of its own."""
    connection = server.connect(load.key)
    load.used, name = 0, f'@{new_id()[:8]}'
    commands = []
    for number in range(POOL):
        who = {'id': f'{name}-{number}', 'member': f'@m{number % MEMBERS}', 'programme': '@programme'}
        if what == 'purchase':
            commands.append({**who, 'kind': 'purchase', 'merchant': '@cafe', 'amount': 100, 'currency': 'EUR'})
        elif what == 'sale':
            commands.append({'id': who['id'], 'kind': 'gift_card', 'target': f'{name}-card-{number}',
                             'merchant': '@cafe', 'offer': 'card', 'amount': 1000,
                             'currency': 'EUR', 'programme': '@programme'})
        elif what == 'redemption':
            commands.append({**who, 'kind': 'hold', 'points': 1, 'id': f'{name}-held-{number}'})
            commands.append({'kind': 'post', 'id': who['id'], 'target': f'{name}-held-{number}', 'merchant': '@cafe'})
        else:
            commands.append({**who, 'kind': 'mint' if what == 'token' else 'hold', 'points': 1})
    receipts = submit(connection, commands)
    if what == 'token':
        with open(load.tokens, 'w', encoding='ascii') as file:
            file.writelines(receipt['token'] + '\n' for receipt in receipts)
    connection.close()
    return name


def evidence(server, load, what):
    """The code of the receipt, or the newest checkpoint, as JSON, which is signed if there is none."""
    connection = server.connect(load.key)
    if what == 'code':
        text = connection.get('/v1/receipts/@bench-receipt/code').json['code']
    else:
        text = json.dumps(connection.post('/v1/checkpoint', None, idempotency=None).json)
    connection.close()
    return text


def missing_routes(server):
    """What openapi.json has and ROUTES has not, and the other way round."""
    connection = server.connect()
    paths = connection.get('/openapi.json').json['paths']
    connection.close()
    promised = {f'{method.upper()} {path}' for path, methods in paths.items() for method in methods
                if method in ('get', 'post', 'put', 'patch', 'delete')}
    return sorted(promised ^ {route[0] for route in ROUTES})


class Peer:
    def __init__(self, folder, mode, data):
        self.file = os.path.join(data, f'peer-{mode}.db')
        self.process = subprocess.Popen(['node', 'server.js', self.file, mode], cwd=folder, stdout=subprocess.PIPE,
                                        text=True)
        self.port = int(self.process.stdout.readline().split()[-1])

    def close(self):
        self.process.terminate()
        self.process.wait()


def install_peer(folder):
    """The folder of the installed peer, or None with the reason said."""
    if os.environ.get('REWAPP_BENCH_PEER'):
        return os.environ['REWAPP_BENCH_PEER']
    if not shutil.which('npm'):
        print('skipped  the peer fastify and better-sqlite3: there is no npm')
        return None
    shutil.copytree(os.path.join(HERE, 'peer'), folder)
    try:
        done = subprocess.run(['npm', 'install', '--no-audit', '--no-fund', '--silent'], cwd=folder,
                              capture_output=True, text=True, check=False, timeout=600)
        reason = done.stderr.strip().replace('\n', ' | ')[-300:] if done.returncode else None
    except subprocess.TimeoutExpired:
        reason = 'not there after ten minutes'
    if reason is not None:
        print(f'skipped  the peer fastify and better-sqlite3: npm install: {reason or "failed"}')
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
    bar(f'durable earns, {CONNECTIONS} connections to one', median['many'] / median['one'], least=5)
    if 'single' in peers:
        bar('durable earns to the peer', median['many'] / median['single'], least=1)
    if 'group' in peers:
        # The peer with our own idea: what it writes is a tenth of an earn.  A goal, not yet a bar.
        print(f'      durable earns to the peer with group commit: {median["many"] / median["group"]:.2f}x')


def verdicts(server, load):
    """Commands that were answered so far, and those of them that were accepted."""
    connection = server.connect(load.key)
    rows = [line for line in connection.get('/metrics').body.decode().splitlines()
            if line.startswith('rewapp_commands_total{') and 'kind="sweep"' not in line]
    connection.close()
    return [sum(int(row.split()[-1]) for row in rows if word in row) for word in ('', 'verdict="ACCEPTED"')]


def bench_route(server, load, route, path, body='', pool=None):
    method = route.split()[0]
    if pool in ('code', 'checkpoint'):
        text = evidence(server, load, pool)
        path, body = path.replace('{code}', text), body.replace('{checkpoint}', text)
    elif pool:
        path = path.replace('@used', prepare_pool(server, load, pool))
    before = verdicts(server, load)
    highest = load.run(server.port, CONNECTIONS, method, path, body)
    if not highest['rate']:
        bar(f'{route}: answers within {load.seconds} s', 0, least=1)
        return
    time.sleep(1)  # until what was queued in the last moment is answered
    # At half of it: 128 connections that pause as long as makes half.
    period_ms = 128 / (highest['rate'] / 2) * 1000
    half = load.run(server.port, 128, method, path, body, max(1, round(period_ms - highest['p50_ms'] / 2)),
                    seconds=max(load.seconds, min(LONGEST, round(2 * ANSWERS / highest['rate']))))
    if half['rate'] * LONGEST < ANSWERS / 4:
        bar(f'{route}: answers at half of its highest rate', half['rate'] * LONGEST, least=ANSWERS / 4)
    answered, accepted = (after - first for after, first in zip(verdicts(server, load), before))
    print(f'      {route}: highest {highest["rate"]:.0f}/s; at {half["rate"]:.0f}/s p50 {half["p50_ms"]:.2f} ms, '
          f'p99 {half["p99_ms"]:.2f} ms' + (f'; {100 * accepted / answered:.0f} % accepted' if answered else '')
          + f'; {server.resident_mib():.0f} MiB')
    bar(f'{route}: P95 in ms at half of the highest rate', half['p95_ms'], most=50)


def raise_priority():
    """As the ledger's: on a busy machine a turn of the processor is waited for longer than the disk.  Where sessions
    share the processor as groups, it is the group that has the priority."""
    try:
        os.setpriority(os.PRIO_PROCESS, 0, -20)
        if os.path.exists('/proc/self/autogroup'):
            with open('/proc/self/autogroup', 'w', encoding='ascii') as file:
                file.write('-20')
    except OSError:
        print('note: at ordinary priority; a busy machine is measured, not the server')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--seconds', type=int, default=3)
    parser.add_argument('--no-peer', action='store_true')
    parser.add_argument('--only', metavar='TEXT', help='only the routes that hold it, and no earns')
    asked = parser.parse_args()
    if not shutil.which('wrk'):
        print('skipped  the server: there is no wrk (Debian package wrk)')
        return 77
    raise_priority()
    folder = tempfile.mkdtemp(prefix='rewapp-bench-', dir=os.environ.get('REWAPP_BENCH_FOLDER'))
    server = Server('--connections-per-address', '512', '--report-seconds', '10', folder=os.path.join(folder, 'server'))
    peers = {}
    try:
        if missing := missing_routes(server):
            print('MISSED   every route is measured: not ' + ', '.join(missing))
            return 1
        prepare(server)
        load = Load(server.key('platform'), server.folder, asked.seconds)
        if not asked.only:
            installed = None if asked.no_peer else install_peer(os.path.join(folder, 'peer'))
            if installed:
                peers = {mode: Peer(installed, mode, folder) for mode in ('single', 'group')}
            bench_earn(server, load, asked.rounds, peers)
        for route in ROUTES:
            if not asked.only or asked.only in route[0]:
                bench_route(server, load, *route)
        bar('resident memory in MiB', server.resident_mib(), most=64)
    finally:
        for peer in peers.values():
            peer.close()
        server.close()
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
