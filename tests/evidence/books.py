"""Checkpoints and proofs from the program to the verifier, as a member and an auditor use them."""
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'cli'))

from program import NOW_MS, ProgramTest, main  # noqa: E402

VERIFIER = os.path.abspath(os.environ['REWAPP_VERIFY'])
TILE = 32


class BooksTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.shop()

    def buy(self, first, count):
        commands = [{'kind': 'purchase', 'id': f'@t{i}', 'member': '@claire-morel', 'merchant': '@fnac',
                     'amount': 1000 + i, 'currency': 'EUR', 'occurred_ms': NOW_MS - 1000, 'reference': f'ticket {i}'}
                    for i in range(first, first + count)]
        self.rewapp('submit', '-', '--json', text=str({'commands': commands}).replace("'", '"'))

    def key(self):
        return self.rewapp('checkpoint', '--key').out.strip()

    def judge(self, text, *keys, code=0):
        words = [word for key in keys or (self.key(),) for word in ('--key', key)]
        done = subprocess.run([VERIFIER, *words], input=text.encode(), capture_output=True, check=False, timeout=20,
                              env={'LANG': 'C.UTF-8', **{name: value for name, value in os.environ.items()
                                                         if name.endswith('SAN_OPTIONS')}})
        self.assertEqual(done.returncode, code, done.stderr.decode())
        return done.stdout.decode()

    def proof(self, name):
        return self.rewapp('proof', 'of', name).out


class Members(BooksTest):
    def test_the_code_on_the_receipt_brings_the_proof(self):
        self.buy(1, 3)
        code = self.rewapp('proof', 'code', '@t2').out.strip()
        self.assertRegex(code, r'^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$')
        proof = self.rewapp('proof', 'show', code.lower()).out
        self.assertEqual(proof, self.proof('@t2'))
        words = self.judge(proof)
        for word in ('purchase, accepted', '10.02 EUR', 'Fnac', '2026-10-05 07:59:59 UTC'):
            self.assertIn(word, words)
        self.assertNotIn('claire', proof)

    def test_every_command_is_proven_across_tiles(self):
        self.buy(0, 35 * TILE)  # more than a tile of tiles
        note = self.rewapp('checkpoint').out
        self.assertEqual(note.split('\n')[1], str(35 * TILE + 72))
        for i in (0, 1, 23, 24, 25, TILE * TILE - 73, TILE * TILE - 72, 35 * TILE - 1):
            self.assertIn(f'{10 + i // 100}.{i % 100:02} EUR', self.judge(self.proof(f'@t{i}')))
        self.assertEqual(self.rewapp('verify', '--json').json['problems'], 0)

    def test_a_proof_signs_only_when_it_must(self):
        self.buy(1, 1)
        self.proof('@t1')
        first = self.rewapp('checkpoint').out
        self.buy(2, 1)
        self.assertIn(first, self.proof('@t1'))
        self.assertNotIn(first, self.proof('@t2'))

    def test_refused_and_odd_commands_have_proofs_too(self):
        self.rewapp('submit', '-', text='{"kind": "purchase", "id": "@no", "member": "@nobody", "merchant": "@fnac", '
                    '"amount": 100, "currency": "EUR"}', code=1)
        self.assertIn('UNKNOWN_MEMBER', self.judge(self.proof('@no')))
        self.rewapp('submit', '-', text='{"kind": "sweep", "id": "@sweep"}')
        self.assertIn('sweep', self.judge(self.proof('@sweep')))

    def test_what_is_no_code(self):
        self.buy(1, 1)
        code = self.rewapp('proof', 'code', '@t1').out.strip()
        wrong = code[:-1] + ('2' if code[-1] != '2' else '3')
        self.assertIn('wrong', self.rewapp('proof', 'show', wrong, code=2).err)
        self.rewapp('proof', 'show', '0000-0000-0000-0000', code=3)
        self.rewapp('proof', 'of', '@never', code=3)
        self.rewapp('proof', 'code', '@never', code=3)
        for words in ((), ('show',), ('of',), ('sing', 'x')):
            self.rewapp('proof', *words, code=2)


class Auditors(BooksTest):
    def test_the_books_continue_an_older_checkpoint(self):
        older = self.rewapp('checkpoint').out
        self.assertEqual(self.rewapp('checkpoint').out, older)
        self.buy(0, TILE)
        self.write('older', older)
        self.assertIn('continue', self.judge(self.rewapp('checkpoint', '--since', 'older').out))
        self.write('older', self.rewapp('checkpoint').out)
        self.judge(self.rewapp('checkpoint', '--since', 'older').out)

    def test_an_empty_store_can_be_signed(self):
        self.rewapp('init', 'sqlite:empty.db')
        store = {'REWAPP_STORE': 'sqlite:empty.db'}
        older = self.rewapp('checkpoint', **store).out
        self.assertEqual(older.split('\n')[1], '0')
        self.write('older', older)
        self.rewapp('submit', '-', text='{"kind": "member", "id": "@m", "target": "@ana"}', **store)
        key = self.rewapp('checkpoint', '--key', **store).out.strip()
        self.judge(self.rewapp('checkpoint', '--since', 'older', **store).out, key)
        self.assertEqual(self.rewapp('verify', '--json', **store).json['problems'], 0)

    def test_books_are_named_once(self):
        self.rewapp('checkpoint', '--name', 'has space', code=2)
        self.assertIn('shop.example/points\n', self.rewapp('checkpoint', '--name', 'shop.example/points').out)
        self.rewapp('checkpoint', '--name', 'other.example', code=3)
        self.assertEqual(self.rewapp('verify', '--json').json['problems'], 0)

    def test_keys_change(self):
        self.buy(1, 1)
        first, note = self.key(), self.rewapp('checkpoint').out
        self.write('older', note)
        keys = [first]
        for i in range(3):
            self.rewapp('checkpoint', '--new-key')
            keys.append(self.key())
        self.assertEqual(len(set(keys)), 4)
        self.buy(2, 1)
        for key in keys:
            self.judge(self.proof('@t2'), key)
        self.judge(self.rewapp('checkpoint', '--since', 'older').out, first)
        self.judge(self.proof('@t2'), *keys)
        self.assertEqual(self.rewapp('verify', '--json').json['problems'], 0)
        for i in range(10):
            self.rewapp('checkpoint', '--new-key')
        self.rewapp('checkpoint', '--new-key', code=2)
        self.judge(self.proof('@t2'), first)

    def test_a_checkpoint_of_others_is_refused(self):
        self.rewapp('init', 'sqlite:other.db')
        self.write('other', self.rewapp('checkpoint', REWAPP_STORE='sqlite:other.db').out)
        self.rewapp('checkpoint', '--since', 'other', code=2)
        self.write('other', 'nonsense')
        self.rewapp('checkpoint', '--since', 'other', code=2)
        self.rewapp('checkpoint', '--since', 'missing', code=3)

    def test_a_store_that_was_cut_back_contradicts_what_was_signed(self):
        self.buy(1, 2)
        self.rewapp('checkpoint')
        self.assertFalse((self.path / 'till.db-wal').exists())
        backup = (self.path / 'till.db').read_bytes()
        self.buy(3, 1)
        self.write('published', self.rewapp('checkpoint').out)
        (self.path / 'till.db').write_bytes(backup)
        self.assertIn('cut short', self.rewapp('checkpoint', '--since', 'published', code=6).err)
        self.buy(4, 2)
        self.assertIn('rewritten', self.rewapp('checkpoint', '--since', 'published', code=6).err)


if __name__ == '__main__':
    main()
