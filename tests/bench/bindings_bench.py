"""How near Python comes to C: durable purchases a second, from dicts to receipts.

    bindings_bench.py YARDSTICK [SECONDS]

For each size of batch five runs in turn, the middle one counts: C with structs and C with JSON
text (the program YARDSTICK, bindings_bench.c), then rewapp.Engine.submit() on a store of the
same making. What is compared is the whole way of a host: making the commands, the call, and
receipts that can be looked at.
"""
import statistics
import subprocess
import sys
import tempfile
import time

import rewapp

MEMBERS = 1000
ROUNDS = 5
SIZES = (1, 100, 8190)
WANTED = 0.85
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
    def run(storage, size, seconds, first):
        printed = subprocess.run([program, storage, form, str(size), str(seconds), str(first)], check=True,
                                 capture_output=True, text=True).stdout
        return [int(word) for word in printed.split()]
    return run


def run_python(storage, size, seconds, first):
    number = first
    with rewapp.Engine(storage) as engine:
        started = time.monotonic()
        while time.monotonic() - started < seconds:
            receipts = engine.submit(purchases(number, size))
            assert len(receipts) == size and receipts[-1]['points'] == 100
            number += size
        return (number - first) / (time.monotonic() - started), number


def rates(runs, folder, size, seconds):
    """The middle rate of each run; every run has its own store, so all of them grow alike."""
    found = {name: [] for name in runs}
    first = {name: 0 for name in runs}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            rate, first[name] = run(f'sqlite:{folder}/{name}-{size}.db', size, seconds, first[name])
            found[name].append(rate)
    return {name: statistics.median(list_) for name, list_ in found.items()}


def main():
    program = sys.argv[1]
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    runs = {'struct': run_c(program, 'struct'), 'json': run_c(program, 'json'), 'python': run_python}
    reached = True
    with tempfile.TemporaryDirectory(dir='.') as folder:
        for size in SIZES:
            for name in runs:
                made_store(f'sqlite:{folder}/{name}-{size}.db')
            rate = rates(runs, folder, size, seconds)
            ratio = rate['python'] / rate['json']
            reached = reached and ratio >= WANTED
            print(f"batches of {size:4}: C structs {rate['struct']:7.0f}/s, C JSON {rate['json']:7.0f}/s, "
                  f"Python {rate['python']:7.0f}/s = {ratio:.2f} of C JSON (wanted {WANTED}), "
                  f"{rate['python'] / rate['struct']:.2f} of C structs")
    return 0 if reached else 1


sys.exit(main())
