"""The engine: commands go in as dicts, receipts come out as dicts; questions have methods.

The names in commands and answers are those of the C fields, the same in every language.
"""
import json

from . import _native as native
from .errors import CallerError

_WIDE = frozenset(native.wide_fields().split())
_DURABILITY = {'full': native.DURABILITY_FULL, 'normal': native.DURABILITY_NORMAL}
_MODE = {'keep': native.MODE_KEEP, 'shared': native.MODE_SHARED, 'owned': native.MODE_OWNED}
_SAFE = 2 ** 53 - 1
PAGE = 256


def _narrow(value):
    """Integers beyond 2^53 - 1 travel as strings in JSON: made strings here."""
    if isinstance(value, dict):
        return {key: _narrow(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_narrow(item) for item in value]
    if isinstance(value, int) and abs(value) > _SAFE:
        return str(value)
    return value


def _widen(item):
    """... and made integers again here, in fields that hold numbers."""
    for key, value in item.items():
        if key in _WIDE and isinstance(value, str):
            item[key] = int(value)
    return item


def _fraction(value, place=''):
    """Where the first number stands that is not whole, named as the engine names places; None: nowhere."""
    if isinstance(value, float):
        return place
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, (list, tuple)) else ()
    places = (_fraction(value[key], f'{place}[{key}]' if isinstance(key, int) else f'{place}.{key}'.lstrip('.'))
              for key in keys)
    return next((found for found in places if found), None)


def _choose(name, table, word):
    if word not in table:
        raise ValueError(f'{name}: {word!r} is none of {", ".join(table)}')
    return table[word]


class Engine:
    """One open store.  Serves one thread at a time: open one engine per thread.

    storage     "sqlite:till.db", "postgres://…"; None: in memory
    clock_ms    None: the machine's clock; a number: a clock that stands still until
                set_clock_ms(); a callable: asked once before every call
    durability  "full" or "normal", see include/rewapp/engine.h
    busy_ms     how long to wait for another process's write; 0: the engine's own
    must_exist  True: a missing SQLite file is an error instead of a new store
    mode        "keep", "shared" or "owned", see include/rewapp/engine.h
    cache_kib   KiB of SQLite's pages that stay in memory; 0: the engine's own

    Use it with `with`, or close() it; a forgotten engine is closed when it is collected.
    Other threads of the interpreter run while it works.
    """

    def __init__(self, storage=None, *, clock_ms=None, durability='full', busy_ms=0, must_exist=False,
                 mode='keep', cache_kib=0):
        self._clock = clock_ms if callable(clock_ms) else None
        start = -1 if clock_ms is None else self._clock() if self._clock else clock_ms
        self._session = native.Session()
        self._session.open_store(storage or '', start, _choose('durability', _DURABILITY, durability), busy_ms,
                                 must_exist, _choose('mode', _MODE, mode), cache_kib)

    def __enter__(self):
        return self

    def __exit__(self, *reason):
        self.close()

    def close(self):
        """Closes the store.  Closing twice is fine; any other call afterwards is a CallerError."""
        self._session.close()

    @property
    def closed(self):
        return not self._session.is_open()

    def set_clock_ms(self, clock_ms):
        """Moves the clock of an engine that was opened with a number for `clock_ms`."""
        self._session.set_clock(clock_ms)

    def now_ms(self):
        self._tick()
        return self._session.now()

    def new_id(self):
        """A new id that grows with time, 32 hexadecimal digits."""
        self._tick()
        return self._session.new_id()

    def submit(self, commands):
        """Carries out a list of commands in one durable transaction: a list of receipts.

        One command alone (a dict) gives one receipt alone.
        """
        alone = isinstance(commands, dict)
        answer = self._call(self._session.submit, {'commands': [commands] if alone else list(commands)})
        return answer['receipts'][0] if alone else answer['receipts']

    def query(self, name, /, **fields):
        """Any question of include/rewapp/json.h, as a dict; fields that are None are left out."""
        question = {'query': name}
        question.update((key, value) for key, value in fields.items() if value is not None)
        return self._call(self._session.query, question)

    def tier(self, member, programme=None):
        """A member's tier, and what is missing to the next one."""
        return self.query('tier', member=member, programme=programme)

    def achievements(self, member, programme=None):
        """How far a member is with each achievement of the programme."""
        return self.query('achievements', member=member, programme=programme)['achievements']

    def vouchers(self, member, programme=None):
        """A member's vouchers that can be spent, with their codes."""
        return self.query('vouchers', member=member, programme=programme)['vouchers']

    def balance(self, member, programme=None, recorded_ms=None, occurred_ms=None):
        """A member's points, now or as they were recorded or had occurred at a past instant."""
        return self.query('balance', member=member, programme=programme, recorded_ms=recorded_ms,
                          occurred_ms=occurred_ms)

    def statement(self, member, programme=None, page=PAGE, recorded_ms=None, occurred_ms=None):
        """Iterates over all lines of a member's statement, the newest first; the instants as of a balance."""
        return self._pages('entries', 'before', page, 'statement', member=member, programme=programme,
                           recorded_ms=recorded_ms, occurred_ms=occurred_ms)

    def members(self, page=PAGE):
        return self._pages('objects', 'after', page, 'members')

    def merchants(self, page=PAGE):
        return self._pages('objects', 'after', page, 'merchants')

    def programmes(self, page=PAGE):
        return self._pages('objects', 'after', page, 'programmes')

    def member(self, id):
        return self.query('member', id=id)

    def merchant(self, id):
        return self.query('merchant', id=id)

    def programme(self, id):
        return self.query('programme', id=id)

    def receipt(self, id):
        """The receipt that command `id` once got, awards explained."""
        return self.query('receipt', id=id)

    def totals(self, from_ms, until_ms, programme=None):
        """The points of each UTC day: a list of dicts."""
        return self.query('totals', from_ms=from_ms, until_ms=until_ms, programme=programme)['days']

    def settlement(self, from_ms, until_ms, programme=None):
        """Who owes whom for the points of a period: a dict of parties, charges and what is outstanding."""
        return self.query('settlement', from_ms=from_ms, until_ms=until_ms, programme=programme)

    def match(self, descriptor, amount=None, currency=None, mcc=None, **told):
        """Which partner merchant does this line of a bank statement name, and why?

        `told` is what its feed tells beside the text, by the names of include/rewapp/json.h: booked_ms, country,
        city, postcode, merchant_id, terminal_id, siret, creditor_id, history, programme, sure_bp, review_bp.
        """
        return self.query('match', descriptor=descriptor, amount=amount, currency=currency, mcc=mcc, **told)

    def evaluate(self, truth, catalogue):
        """How good the matcher is on labelled lines: two tab-separated tables as text, see docs/matching.md."""
        return self.query('evaluate', truth=truth, catalogue=catalogue)

    def inspect(self, token, merchant=None):
        """What a QR token promises; uses nothing up."""
        return self.query('inspect', token=token, merchant=merchant)

    def events(self, after=0, page=PAGE):
        """Iterates over the events after a cursor, the oldest first, until there are no more."""
        return self._pages('events', 'after', page, 'events', start=after)

    def position(self, consumer):
        """Where a named reader of the events stands."""
        return self._session.position(consumer)

    def acknowledge(self, consumer, number):
        """Moves a named reader of the events on to event `number`."""
        self._tick()
        self._session.acknowledge(consumer, number)

    def verify(self):
        """Adds the whole ledger up again: {"problems": 0, …} when it is sound."""
        return self.query('verify')

    def _tick(self):
        if self._clock and self._session.is_open():
            self._session.set_clock(self._clock())

    def _call(self, door, value):
        self._tick()
        try:
            text = door(json.dumps(value))
        except CallerError as error:
            narrowed = _narrow(value)
            place = _fraction(value) if error.name == 'JSON' else None
            if place:
                raise CallerError(error.code, error.name, f'{place}: not a whole number', place) from None
            if error.name != 'JSON' or narrowed == value:
                raise
            text = door(json.dumps(narrowed))
        return json.loads(text, object_hook=_widen if self._session.is_wide() else None)

    def _pages(self, key, cursor, page, name, start=None, **fields):
        while True:
            answer = self.query(name, limit=page, **{cursor: start}, **fields)
            yield from answer[key]
            start = answer.get('next')
            if start is None or not answer[key]:
                return
