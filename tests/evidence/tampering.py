"""Every kind of byte in every table of a store is changed behind the engine's back, rows are deleted,
inserted, swapped and cut off: rewapp verify finds each, and of the log at or before the spot."""
import json
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'cli'))

from program import NOW_MS, REWAPP, ProgramTest, main  # noqa: E402

# What no record tells, with the reason why a change of it is no forgery.
FREE = {
    ('consumer', 'name'), ('consumer', 'position'),        # the hosts' own cursors
    ('qr_key', 'key'), ('qr_key', 'secret'),               # what seals the codes of fifteen minutes
    ('qr_key', 'not_before_ms'), ('qr_key', 'retire_ms'),
    ('account', 'base'), ('tally', 'base'),                # which batch wrote the row last: a guard between writers
    ('store', 'catalogue'),                                # tells readers when to look for new documents
}
STRIDE = 7  # bytes of a record between two that are changed


class Tampering(ProgramTest):
    maxDiff = None

    def setUp(self):
        super().setUp()
        self.shop()
        self.rewapp('checkpoint', '--name', 'shop.example/points')
        self.trade(0)
        self.rewapp('checkpoint')
        self.rewapp('checkpoint', '--new-key')
        self.trade(300)
        self.rewapp('checkpoint')
        self.assertEqual(self.verify()['problems'], 0)
        shutil.copy(self.path / 'till.db', self.path / 'kept.db')

    def trade(self, first):
        """Something of everything; more than a tile of commands."""
        lines = [f'{{"kind": "purchase", "id": "@p{first + i}", "member": "@claire-morel", "merchant": "@fnac", '
                 f'"amount": {5000 + i}, "currency": "EUR", "occurred_ms": {NOW_MS - 5000}, "reference": "n{i}"}}'
                 for i in range(240)]
        lines += [f'{{"kind": "adjust", "id": "@a{first}", "member": "@claire-morel", "points": 500, '
                  '"reference": "gift"}',
                  f'{{"kind": "hold", "id": "@h{first}", "member": "@claire-morel", "points": 20}}',
                  f'{{"kind": "hold", "id": "@i{first}", "member": "@claire-morel", "points": 30}}',
                  f'{{"kind": "post", "id": "@q{first}", "target": "@h{first}", "merchant": "@fnac"}}',
                  f'{{"kind": "reverse", "id": "@r{first}", "target": "@q{first}", "points": 5, "reference": "back"}}',
                  f'{{"kind": "return", "id": "@b{first}", "target": "@p{first}", "amount": 100}}']
        self.rewapp('submit', '-', '--json', text='{"commands": [' + ', '.join(lines) + ']}')

    def verify(self):
        done = subprocess.run([REWAPP, 'verify', '--json'], cwd=self.path, env=self.environment, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding='utf-8', check=False)
        self.assertGreaterEqual(done.returncode, 0, done.stderr)  # no crash
        if done.returncode not in (0, 6):  # the store's opening found it already
            return {'problems': 1, 'first': done.stdout + done.stderr}
        return json.loads(done.stdout)

    def edit(self, *statements):
        """A fresh copy with these edits; the answer of verify."""
        for file in self.path.glob('till.db*'):
            file.unlink()
        shutil.copy(self.path / 'kept.db', self.path / 'till.db')
        with sqlite3.connect(self.path / 'till.db') as db:
            for text, values in statements:
                db.execute(text, values)
        db.close()
        return self.verify()

    def rows(self, text, values=()):
        db = sqlite3.connect(self.path / 'kept.db')
        found = db.execute(text, values).fetchall()
        db.close()
        return found

    def tables(self):
        return [name for name, in self.rows(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
            "AND name <> 'rewapp_schema'")]

    def columns(self, table):
        return [(row[1], row[2], row[5] > 0) for row in self.rows(f'PRAGMA table_info({table})')]

    def keys(self, table):
        return [name for name, _, key in self.columns(table) if key]

    def sample(self, table):
        """The first row, one in the middle and the last, by their keys."""
        keys = self.keys(table)
        rows = self.rows(f'SELECT {", ".join(keys)} FROM {table} ORDER BY {", ".join(keys)}')
        picked = {rows[0], rows[len(rows) // 2], rows[-1]} if rows else set()
        return ' AND '.join(f'{key} = ?' for key in keys), sorted(picked)

    @staticmethod
    def others(value):
        """Values that differ from one by as little as can be, at the start, the middle and the end."""
        if isinstance(value, int):
            return [value + 1, value - 1]
        data = value.encode() if isinstance(value, str) else value
        out = []
        for at in sorted({0, len(data) // 2, len(data) - 1} if data else ()):
            changed = bytearray(data)
            changed[at] ^= 1
            out.append(changed.decode('utf-8', 'replace') if isinstance(value, str) else bytes(changed))
        return out

    def test_every_column_of_every_table(self):
        missed, tried = [], 0
        for table in self.tables():
            where, rows = self.sample(table)
            for key in rows:
                for column, _, _ in self.columns(table):
                    if (table, column) in FREE:
                        continue
                    (value,), = self.rows(f'SELECT {column} FROM {table} WHERE {where}', key)
                    for other in self.others(value):
                        tried += 1
                        try:
                            found = self.edit((f'UPDATE {table} SET {column} = ? WHERE {where}', (other, *key)))
                        except sqlite3.IntegrityError:
                            continue  # the table itself refuses it
                        if not found['problems']:
                            missed.append((table, column, key, other))
        self.assertGreater(tried, 150)
        self.assertEqual(missed, [])

    def test_an_index_without_a_row(self):
        """The row stands in its table, but who looks for it by the index does not find it."""
        (root,), = self.rows("SELECT rootpage FROM sqlite_master WHERE name = 'wallet_due'")
        (size,), = self.rows('PRAGMA page_size')
        for file in self.path.glob('till.db*'):
            file.unlink()
        store = bytearray((self.path / 'kept.db').read_bytes())
        store[root * size - 1] ^= 1  # the end of its first cell
        (self.path / 'till.db').write_bytes(store)
        found = self.verify()
        self.assertGreater(found['problems'], 0)
        self.assertIn('index wallet_due', found['first'])

    def test_rows_that_are_gone(self):
        for table in self.tables():
            if (table, self.columns(table)[0][0]) in FREE:
                continue
            where, rows = self.sample(table)
            if table == 'checkpoint':
                rows.pop()  # the newest is missed by whom it was given to, see below
            for key in rows:
                with self.subTest(table=table, key=key):
                    self.assertGreater(self.edit((f'DELETE FROM {table} WHERE {where}', key))['problems'], 0)

    def spot(self, found):
        """The row of the log that the first problem names."""
        return int(re.search(r'(?:log row|command) (\d+)', found['first']).group(1))

    def test_the_log_is_found_out_at_or_before_the_spot(self):
        rows = self.rows('SELECT seq, record FROM log ORDER BY seq')
        for seq, record in (rows[0], rows[len(rows) // 2], rows[-1]):
            for at in range(0, len(record), STRIDE if len(record) < 600 else len(record) // 20):
                changed = bytearray(record)
                changed[at] ^= 1 << at % 8
                with self.subTest(seq=seq, byte=at):
                    found = self.edit(('UPDATE log SET record = ? WHERE seq = ?', (bytes(changed), seq)))
                    self.assertLessEqual(self.spot(found), seq)

    def test_the_logs_rows_are_moved(self):
        seqs = [seq for seq, in self.rows('SELECT seq FROM log ORDER BY seq')]
        one, two, last = seqs[3], seqs[len(seqs) // 2], seqs[-1]
        swap = [('UPDATE log SET seq = -1 WHERE seq = ?', (one,)), ('UPDATE log SET seq = ? WHERE seq = ?', (one, two)),
                ('UPDATE log SET seq = ? WHERE seq = -1', (two,))]
        self.assertLessEqual(self.spot(self.edit(*swap)), one)
        twice = ('INSERT INTO log SELECT seq + 1, next, at_ms, record, hash FROM log WHERE seq = ?', (two,))
        self.assertLessEqual(self.spot(self.edit(twice)), two + 1)
        self.assertLessEqual(self.spot(self.edit(('DELETE FROM log WHERE seq = ?', (two,)))), seqs[len(seqs) // 2 + 1])
        self.assertIn('cut short', self.edit(('DELETE FROM log WHERE seq > ?', (two,)))['first'])
        self.assertGreater(self.edit(('DELETE FROM log WHERE seq = ?', (last,)))['problems'], 0)

    def test_a_store_of_yesterday_is_found_by_what_was_signed_today(self):
        """The whole store is put back to what it was, so that it is right in itself; only a checkpoint that
        got out knows better."""
        older = (self.path / 'kept.db').read_bytes()
        published = self.rewapp('checkpoint').out
        self.write('published', published)
        self.trade(900)
        self.write('later', self.rewapp('checkpoint').out)
        for file in self.path.glob('till.db*'):
            file.unlink()
        (self.path / 'till.db').write_bytes(older)
        self.rewapp('checkpoint', '--since', 'published')
        self.assertIn('cut short', self.rewapp('checkpoint', '--since', 'later', code=6).err)


if __name__ == '__main__':
    main()
