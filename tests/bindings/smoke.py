"""The checks of checks.txt for Python: smoke.py reads them, runs one function each, prints TAP."""
import json
import pathlib
import re
import sqlite3
import sys
import tempfile
import traceback

import rewapp

import threads as several_threads

HERE = pathlib.Path(__file__).parent
START = 1_772_000_000_000  # 2026-02-25
WORLD = json.loads((HERE / 'world.json').read_text(encoding='utf-8'))


def store(folder):
    return f'sqlite:{folder}/smoke.db'


def world(storage=None, **options):
    engine = rewapp.Engine(storage, **{'clock_ms': START, **options})
    for receipt in engine.submit(WORLD):
        assert receipt['verdict'] == 'ACCEPTED', receipt
    return engine


def purchase(name, **fields):
    return {'kind': 'purchase', 'id': f'@{name}', 'member': '@ada', 'merchant': '@bakery', 'amount': 5000,
            'currency': 'EUR', **fields}


def raises(class_, name, call, field=None):
    try:
        call()
    except rewapp.RewappError as error:
        assert type(error) is class_ and error.name == name, repr(error)
        assert error.code == rewapp.ERRORS[name] and error.message and error.field == field, repr(error)
        return
    raise AssertionError(f'no {name}')


def version():
    header = (HERE / '../../include/rewapp/version.h').read_text()
    assert rewapp.__version__ == '.'.join(re.findall(r'#define REWAPP_VERSION_\w+ (\d+)', header))


def tables():
    header = (HERE / '../../include/rewapp/errors.h').read_text()
    for name, code in rewapp.ERRORS.items():
        assert f'X({name}, {code}, ' in header
    assert len(rewapp.ERRORS) == header.split('enum rewapp_error ')[0].count('\tX(')
    assert rewapp.VERDICTS['EXPIRED'] == "the code's time is over" and rewapp.REASONS['AWARDED']
    assert rewapp.KINDS[0] == 'member' and 'sweep' in rewapp.KINDS
    assert rewapp.strerror(-4) == 'no such object' and rewapp.HOLD_TTL_MS == 900_000
    assert rewapp.evidence_text('alias', 'fr') != rewapp.evidence_text('alias', 'en')
    for name in rewapp.__all__:
        assert hasattr(rewapp, name)
    stray = [name for name in dir(rewapp._native) if name in ('cvar', 'rewapp_free', 'rewapp_engine')]
    assert not stray, stray


def errors():
    with world() as engine, tempfile.TemporaryDirectory() as folder:
        raises(rewapp.CallerError, 'ARGUMENT', lambda: engine.submit({**purchase('x'), 'pionts': 3}),
               'commands[0].pionts')
        raises(rewapp.CallerError, 'JSON', lambda: engine.submit({**purchase('x'), 'amount': 1.5}),
               'commands[0].amount')
        raises(rewapp.CallerError, 'JSON', lambda: engine.submit([purchase('x'), purchase(
            'y', lines=[{'sku': 'a', 'amount': 5000}, {'sku': 'b', 'amount': float('nan')}])]),
            'commands[1].lines[1].amount')
        raises(rewapp.StateError, 'NOTFOUND', lambda: engine.member('@nobody'), 'member')
        raises(rewapp.StateError, 'NOTFOUND', lambda: rewapp.Engine(store(folder), must_exist=True), 'storage')
        world(store(folder), busy_ms=1).close()
        with rewapp.Engine(store(folder), clock_ms=START, busy_ms=1) as second:
            lock = sqlite3.connect(f'{folder}/smoke.db')
            lock.execute('BEGIN IMMEDIATE')
            raises(rewapp.RetryError, 'BUSY', lambda: second.submit(purchase('locked')))
            lock.close()
            assert second.submit(purchase('locked'))['points'] == 100
        (pathlib.Path(folder) / 'broken.db').write_bytes(b'no store at all' * 500)
        raises(rewapp.HostError, 'CORRUPT', lambda: rewapp.Engine(f'sqlite:{folder}/broken.db'), None)
    for class_, call in ((TypeError, lambda: rewapp.fold(3)), (ValueError, lambda: rewapp.Engine(durability='none')),
                         (ValueError, lambda: rewapp.Engine(mode='mine'))):
        try:
            call()
        except class_:
            continue
        raise AssertionError(f'no {class_}')


def receipts():
    with world() as engine:
        first = engine.submit(purchase('p1'))
        assert first['verdict'] == 'ACCEPTED' and first['points'] == 100 and not first.get('replayed'), first
        assert first['awards'][0]['rule'] == 'base' and first['awards'][0]['reason'] == 'AWARDED'
        again = engine.submit(purchase('p1'))
        assert again.pop('replayed') and again['points'] == 100
        assert engine.receipt('@p1')['points'] == 100
        other = engine.submit(purchase('p1', amount=9000))
        assert other['error'] == 'CONFLICT' and other['field'] == 'amount', other
        assert engine.balance('@ada')['available'] == 100


def batches():
    with world() as engine:
        good, bad, last = engine.submit([purchase('p1'), purchase('p2', amount=-5), purchase('p3')])
        assert good['points'] == last['points'] == 100
        assert bad['error'] == 'ARGUMENT' and bad['field'] == 'amount', bad
        assert isinstance(engine.submit(purchase('p4')), dict)
        assert engine.balance('@ada')['available'] == 300
        assert engine.submit((purchase('p5'),))[0]['points'] == 100


def unicode():
    with world() as engine:
        names = [merchant['document']['name'] for merchant in engine.merchants()]
        assert names == ['Le Fournil de Ménilmontant', 'Librairie 雨 🌧'], names
        assert engine.submit(purchase('ü-雨-🌧'))['id'] == rewapp.derive_id('ü-雨-🌧')
        raises(rewapp.CallerError, 'JSON', lambda: engine.submit(purchase('p', reference='\ud83c')))


def nul():
    with world() as engine:
        raises(rewapp.CallerError, 'JSON', lambda: engine.submit(purchase('p', reference='a\0b')))
        raises(rewapp.CallerError, 'ARGUMENT', lambda: engine.position('a\0b'))
        raises(rewapp.CallerError, 'ARGUMENT', lambda: rewapp.Engine('sqlite:a\0b'))
        raises(rewapp.CallerError, 'ARGUMENT', lambda: rewapp.render('1\0' + '1' * 100, 'svg'))
        raises(rewapp.CallerError, 'ARGUMENT', lambda: rewapp.render('1' * 101, 'svg\0'))
        raises(rewapp.CallerError, 'ARGUMENT', lambda: rewapp.parse_id('\0' * 32), 'id')


def pages():
    with world() as engine:
        engine.submit([purchase(f'p{number}', amount=500 * number) for number in range(1, 11)])
        lines = [line['points'] for line in engine.statement('@ada', page=3)]
        assert lines == [10 * number for number in range(10, 0, -1)], lines
        engine.submit([{'kind': 'member', 'id': f'@m{number}', 'target': f'@member-{number}'} for number in range(10)])
        members = [member['id'] for member in engine.members(page=4)]
        assert len(members) == 12 == len(set(members)) and members[-1] == rewapp.derive_id('member-9')
        events = [event['number'] for event in engine.events(page=5)]
        assert events == sorted(set(events)) and len(events) >= 10
        assert [event['number'] for event in engine.events(after=events[3], page=5)] == events[4:]
        assert next(iter(engine.statement('@ada', page=1)))['points'] == 100
        assert len(list(engine.programmes())) == 1 and len(list(engine.merchants(page=1))) == 2


def mint(engine):
    engine.submit(purchase('p1'))
    receipt = engine.submit({'kind': 'mint', 'id': '@m1', 'member': '@ada', 'merchant': '@bakery', 'points': 60})
    assert receipt['verdict'] == 'ACCEPTED' and len(receipt['token']) == 101, receipt
    return receipt['token']


def images():
    with world() as engine:
        token = mint(engine)
    png = rewapp.render(token, 'png', 4)
    assert isinstance(png, bytes) and png.startswith(b'\x89PNG\r\n\x1a\n\0\0\0\rIHDR')
    assert png.endswith(b'IEND\xaeB`\x82')
    assert len(rewapp.render(token, 'png', 8)) > len(png)
    assert rewapp.render(token).lstrip().startswith(b'<') and b'</svg>' in rewapp.render(token)
    assert '█' in rewapp.render(token, 'utf8').decode()
    raises(rewapp.CallerError, 'ARGUMENT', lambda: rewapp.render(token, 'gif'), 'format')
    raises(rewapp.CallerError, 'ARGUMENT', lambda: rewapp.render(token, 'png', 99), 'scale')


def evaluation():
    with world() as engine:
        found = engine.evaluate('raw\texpected\nCB FNAC LYON\tFnac\nCB FNAC NICE\tNONE\n', 'name\nFnac\n')
        assert (found['lines'], found['merchants'], found['precision'], found['recall']) == (2, 1, 0.5, 1), found
        raises(rewapp.CallerError, 'ARGUMENT', lambda: engine.evaluate('raw\nCB FNAC\n', 'name\nFnac\n'))


def tokens():
    with world() as engine:
        token = mint(engine)
        for _ in range(2):
            seen = engine.inspect(token, '@bakery')
            assert seen['verdict'] == 'ACCEPTED' and seen['points'] == 60, seen
        assert engine.inspect(token, '@books')['verdict'] == 'WRONG_MERCHANT'
        assert rewapp.fold(token.translate(str.maketrans('1234567890', '&é"\'(-è_çà'))) == token
        redeem = {'kind': 'redeem', 'id': '@r1', 'token': token, 'merchant': '@bakery'}
        assert engine.submit(redeem)['verdict'] == 'ACCEPTED'
        assert engine.submit({**redeem, 'id': '@r2'})['verdict'] == 'SPENT'
        assert engine.balance('@ada')['available'] == 40


def wide():
    with world() as engine:
        big = 2 ** 53 + 1
        adjust = {'kind': 'adjust', 'id': '@a1', 'member': '@ada', 'points': big, 'reference': 'wide'}
        receipt = engine.submit([adjust])[0]
        assert receipt['points'] == big and receipt['available'] == big, receipt
        assert engine.balance('@ada')['available'] == big
        assert next(engine.statement('@ada'))['balance'] == big
        assert engine.submit({**adjust, 'points': str(big)})['replayed']
        raises(rewapp.CallerError, 'ARGUMENT', lambda: engine.submit({**adjust, 'points': 2 ** 63}),
               'commands[0].points')


def clock():
    with world() as engine:
        assert engine.now_ms() == START == engine.now_ms()
        engine.set_clock_ms(START + 5000)
        assert engine.now_ms() == START + 5000 == engine.submit(purchase('p1'))['recorded_ms']
    times = iter(range(START, START + 100))
    with world(clock_ms=lambda: next(times)) as engine:
        assert engine.submit(purchase('p1'))['recorded_ms'] < engine.submit(purchase('p2'))['recorded_ms']
    with rewapp.Engine() as engine:
        assert engine.now_ms() > 1_700_000_000_000
        raises(rewapp.CallerError, 'ARGUMENT', lambda: engine.set_clock_ms(1), 'clock_ms')


def closed():
    engine = world()
    pages_left = engine.members(page=1)
    assert next(pages_left) and not engine.closed
    engine.close()
    engine.close()
    assert engine.closed
    calls = (lambda: engine.submit(purchase('p')), lambda: engine.balance('@ada'), engine.now_ms, engine.new_id,
             engine.verify, lambda: engine.set_clock_ms(START), lambda: engine.position('x'),
             lambda: engine.acknowledge('x', 1), lambda: next(pages_left))
    for call in calls:
        raises(rewapp.CallerError, 'ARGUMENT', call, 'engine')


def threads():
    several_threads.main()


def forgotten():
    with tempfile.TemporaryDirectory() as folder:
        world(store(folder)).submit(purchase('p1'))
        with rewapp.Engine(store(folder), clock_ms=START, must_exist=True) as engine:
            assert engine.receipt('@p1')['points'] == 100


def outbox():
    with world() as engine:
        engine.submit([purchase('p1'), purchase('p2')])
        last = list(engine.events())[-1]
        assert last['kind'] == 'purchase' and last['points'] == 100 and engine.position('mail') == 0
        engine.acknowledge('mail', last['number'])
        engine.acknowledge('mail', 1)
        assert engine.position('mail') == last['number'] and engine.position('push') == 0


def verified():
    with world() as engine:
        mint(engine)
        engine.submit({'kind': 'return', 'id': '@ret', 'target': '@p1', 'amount': 2500})
        proof = engine.verify()
        assert not proof.get('problems') and proof['transfers'] >= 3, proof


def main():
    lines = (HERE / 'checks.txt').read_text(encoding='utf-8').splitlines()
    names = [line.split()[0] for line in lines if line and not line.startswith('#')]
    print(f'1..{len(names)}')
    for number, name in enumerate(names, 1):
        try:
            globals()[name]()
            print(f'ok {number} {name}')
        except Exception:
            print(f'not ok {number} {name}')
            print('# ' + traceback.format_exc().replace('\n', '\n# '))
        sys.stdout.flush()


main()
