"""How near Python comes to C: durable purchases a second, from dicts to receipts.

    bindings_bench.py YARDSTICK

For each size of batch short runs in turn: C with structs and C with JSON text (the program
YARDSTICK, bindings_bench.c), then rewapp.Engine.submit() on a store of the same making.  Each
run is held against C's of the same moment, and the middle ratio counts, since a busy machine
slows all three.  What is compared is the whole way of a host: making the commands, the call,
and receipts that can be looked at.
"""
import statistics
import subprocess
import sys
import tempfile
import time

import rewapp

MEMBERS = 1000
ROUNDS = 11
SLICE_MS = 200
# The wanted part of C's rate by size of batch.  In the largest the disk is waited for once in 8190
# commands, and what remains is mostly JSON becoming dicts.
WANTED = {1: 0.85, 100: 0.85, 8190: 0.7}
WORLD = [
    {'kind': 'programme', 'id': '@put-programme', 'target': '@main', 'document': {
        'name': 'Main', 'currency': 'EUR', 'rules': [{'id': 'base', 'type': 'percent', 'basis_points': 200}]}},
    {'kind': 'merchant', 'id': '@put-shop0', 'target': '@shop0', 'document': {'name': 'Shop'}},
    *({'kind': 'member', 'id': f'@put-m{number}', 'target': f'@m{number}'} for number in range(MEMBERS)),
]


def made_store(storage):
    with rewapp.Engine(storage) as engine:
        assert all(receipt['verdict'] == 'ACCEPTED' for receipt in engine.submit(WORLD))
    return storage


def purchases(first, count):
    return [{'kind': 'purchase', 'id': f'{number + 1:032x}', 'member': f'@m{number % MEMBERS}', 'merchant': '@shop0',
             'amount': 5000, 'currency': 'EUR'} for number in range(first, first + count)]


def run_c(program, form):
    def run(storage, size, first):
        printed = subprocess.run([program, storage, form, str(size), str(SLICE_MS), str(first)], check=True,
                                 capture_output=True, text=True).stdout
        return [int(word) for word in printed.split()]
    return run


def run_python(storage, size, first):
    number = first
    with rewapp.Engine(storage) as engine:
        started = time.monotonic()
        while (time.monotonic() - started) * 1000 < SLICE_MS:
            receipts = engine.submit(purchases(number, size))
            assert len(receipts) == size and receipts[-1]['points'] == 100
            number += size
        return (number - first) / (time.monotonic() - started), number


def rates(runs, folder, size):
    """Rates by round; every run has its own store, so all of them grow alike."""
    first = {name: 0 for name in runs}
    for _ in range(ROUNDS):
        rate = {}
        for name, run in runs.items():
            rate[name], first[name] = run(f'sqlite:{folder}/{name}-{size}.db', size, first[name])
        yield rate


def main():
    program = sys.argv[1]
    runs = {'struct': run_c(program, 'struct'), 'json': run_c(program, 'json'), 'python': run_python}
    reached = True
    with tempfile.TemporaryDirectory(dir='.') as folder:
        for size, wanted in WANTED.items():
            for name in runs:
                made_store(f'sqlite:{folder}/{name}-{size}.db')
            found = list(rates(runs, folder, size))
            middle = {name: statistics.median(rate[name] for rate in found) for name in runs}
            ratio = {name: statistics.median(rate['python'] / rate[name] for rate in found) for name in runs}
            reached = reached and ratio['json'] >= wanted
            print(f"batches of {size:4}: C structs {middle['struct']:6.0f}/s, C JSON {middle['json']:6.0f}/s, "
                  f"Python {middle['python']:6.0f}/s, {ratio['struct']:.2f} of C structs")
            word = 'reached' if ratio['json'] >= wanted else 'MISSED '
            print(f"{word}  Python, batches of {size}, of the rate of C JSON: {ratio['json']:.2f} "
                  f"(at least {wanted:.2f})", flush=True)
    return 0 if reached else 1


sys.exit(main())
