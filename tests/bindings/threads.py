"""The check `threads` of smoke.py: a second thread in one engine is refused, others run meanwhile."""
import json
import pathlib
import threading

import rewapp

WORLD = json.loads((pathlib.Path(__file__).parent / 'world.json').read_text(encoding='utf-8'))
CALLS = 200


def batch(thread, call):
    return [{'kind': 'purchase', 'id': f'@{thread}-{call}-{number}', 'member': '@ada', 'merchant': '@bakery',
             'amount': 5000, 'currency': 'EUR'} for number in range(5)]


def hammer(engine, thread, done, refused):
    for call in range(CALLS):
        try:
            engine.submit(batch(thread, call))
            done.append(1)
        except rewapp.CallerError as error:
            assert error.field == 'engine', error
            refused.append(1)


def run(engines):
    done, refused = [], []
    threads = [threading.Thread(target=hammer, args=(engine, number, done, refused))
               for number, engine in enumerate(engines)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) + len(refused) == CALLS * len(engines)
    return len(done), len(refused)


def main():
    shared = rewapp.Engine(clock_ms=1_772_000_000_000)
    shared.submit(WORLD)
    done, refused = run([shared] * 4)
    assert shared.balance('@ada')['available'] == done * 500
    assert not shared.verify().get('problems')
    own = [rewapp.Engine(clock_ms=1_772_000_000_000) for _ in range(4)]
    for engine in own:
        engine.submit(WORLD)
    assert run(own) == (CALLS * 4, 0)
    assert all(engine.balance('@ada')['available'] == CALLS * 500 for engine in own)
    print(f'# one engine for 4 threads: {done} calls done, {refused} refused; an engine each: none refused')
