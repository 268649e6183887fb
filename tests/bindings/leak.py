"""Opens, uses and drops engines, and submits and fails on one, thousands of times: the memory stays where it is."""
import json
import pathlib
import sys

import rewapp

WORLD = json.loads((pathlib.Path(__file__).parent / 'world.json').read_text(encoding='utf-8'))
ALLOWED_KIB = 4096


def resident_kib():
    pages = int(pathlib.Path('/proc/self/statm').read_text().split()[1])
    return pages * 4


def open_and_drop(number):
    engine = rewapp.Engine(clock_ms=1_772_000_000_000)
    if number % 2:
        engine.close()


def use(engine, number):
    # The same purchase again and again: a store in memory does not grow by it.
    engine.submit({'kind': 'purchase', 'id': '@p', 'member': '@ada', 'merchant': '@bakery', 'amount': 5000,
                   'currency': 'EUR', 'reference': 'é' * 100})
    engine.balance('@ada')
    try:
        engine.member('@nobody')
    except rewapp.StateError:
        pass
    if number % 10 == 0:
        token = engine.submit({'kind': 'mint', 'id': '@m', 'member': '@ada', 'points': 1})['token']
        rewapp.render(token, 'png')
        next(engine.members(page=1))


def main():
    opens, uses = int(sys.argv[1]), int(sys.argv[2])
    with rewapp.Engine(clock_ms=1_772_000_000_000) as engine:
        engine.submit(WORLD)
        for number in range(opens // 5):
            open_and_drop(number)
        for number in range(uses // 5):
            use(engine, number)
        before = resident_kib()
        for number in range(opens):
            open_and_drop(number)
        for number in range(uses):
            use(engine, number)
    grown = resident_kib() - before
    print(f'{opens} opens and {uses} rounds of calls: {before} KiB before, {grown:+} KiB after')
    sys.exit(grown > ALLOWED_KIB)


main()
