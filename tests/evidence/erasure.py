"""A member is erased: nothing in the file names the member any more, and the books stand as they were."""
import hashlib
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'cli'))

from program import NOW_MS, ProgramTest, main  # noqa: E402

MEMBER = '@claire-morel'
REFERENCE, TERMINAL = 'ticket of Madame Claire Morel', 'till beside the door'


def identity(name):
    return hashlib.blake2b(b'rewapp.id:' + name.removeprefix('@').encode(), digest_size=16).digest()


class Erasure(ProgramTest):
    def setUp(self):
        super().setUp()
        self.shop()
        self.submit(*(f'{{"kind": "purchase", "id": "@p{i}", "member": "{MEMBER}", "merchant": "@fnac", '
                      f'"amount": 9000, "currency": "EUR", "occurred_ms": {NOW_MS - 1000}, '
                      f'"reference": "{REFERENCE}", "terminal": "{TERMINAL}"}}' for i in range(40)),
                    f'{{"kind": "adjust", "id": "@a", "member": "{MEMBER}", "points": 900, '
                    f'"reference": "{REFERENCE}"}}',
                    f'{{"kind": "hold", "id": "@h", "member": "{MEMBER}", "points": 50}}',
                    f'{{"kind": "mint", "id": "@m", "member": "{MEMBER}", "points": 60}}')

    def submit(self, *commands, code=0):
        text = '{"commands": [' + ', '.join(commands) + ']}'
        return self.rewapp('submit', '-', '--json', text=text, code=code).json['receipts']

    def erase(self, code=0):
        return self.submit(f'{{"kind": "erase", "id": "@erase", "target": "{MEMBER}"}}', code=code)[0]

    def trace(self):
        """What of the member stands in the store's files."""
        data = b''.join(file.read_bytes() for file in sorted(self.path.glob('till.db*')))
        return [word for word in (identity(MEMBER), REFERENCE.encode(), TERMINAL.encode()) if word in data]

    def problems(self):
        return self.rewapp('verify', '--json').json['problems']

    def test_the_log_never_names_a_member_in_clear(self):
        self.assertEqual(self.trace(), [identity(MEMBER)])  # once, in the member's row and its index
        self.assertEqual(self.problems(), 0)

    def test_a_member_gets_everything(self):
        query = f'{{"query": "export", "member": "{MEMBER}"}}'
        found = self.rewapp('query', query).json
        self.assertEqual(bytes.fromhex(found['member']), identity(MEMBER))
        self.assertEqual(len(found['commands']), 44)
        self.assertEqual([each.get('reference') for each in found['commands']].count(REFERENCE), 41)
        self.assertEqual([each.get('terminal') for each in found['commands']].count(TERMINAL), 40)
        self.assertTrue(all(f'member {found["pseudonym"]}\n' in each['ticket'] for each in found['commands']))
        self.erase()
        self.rewapp('query', query, code=3)

    def test_no_byte_is_left(self):
        older = self.rewapp('checkpoint').out
        proof = self.rewapp('proof', 'of', '@p7').out
        before = self.balance()
        receipt = self.erase()
        self.assertEqual(receipt['verdict'], 'ACCEPTED')
        self.assertEqual(receipt['points'], before['available'] + before['pending'] + before['held'])
        self.assertNotEqual(bytes.fromhex(receipt['member']), identity(MEMBER))
        self.assertEqual(self.trace(), [])
        self.assertEqual(self.problems(), 0)
        self.assertEqual(self.rewapp('proof', 'of', '@p7').out, proof)
        self.write('older', older)
        self.rewapp('checkpoint', '--since', 'older')

    def test_the_member_is_unknown_afterwards(self):
        self.erase()
        self.rewapp('balance', MEMBER, code=3)
        again = self.submit(f'{{"kind": "erase", "id": "@again", "target": "{MEMBER}"}}', code=1)[0]
        self.assertEqual(again['verdict'], 'UNKNOWN_MEMBER')
        self.assertEqual(self.erase()['replayed'], True)
        receipts = self.submit(f'{{"kind": "member", "id": "@new", "target": "{MEMBER}"}}',
                               f'{{"kind": "adjust", "id": "@b", "member": "{MEMBER}", "points": 7, '
                               '"reference": "hello"}')
        self.assertEqual([each['verdict'] for each in receipts], ['ACCEPTED', 'ACCEPTED'])
        self.assertEqual(self.balance()['available'], 7)
        self.assertEqual(self.problems(), 0)

    def test_holds_and_returns_of_the_erased(self):
        self.erase()
        receipts = self.submit('{"kind": "void", "id": "@v", "target": "@h"}',
                               '{"kind": "return", "id": "@r", "target": "@p3"}', code=1)
        self.assertEqual(receipts[0]['verdict'], 'HOLD_CLOSED')
        self.assertEqual(receipts[1]['verdict'], 'ACCEPTED')
        self.assertEqual(self.problems(), 0)
        self.assertEqual(self.trace(), [])

    def test_in_one_batch_with_everything_else(self):
        receipts = self.submit(
            '{"kind": "member", "id": "@1", "target": "@dan"}',
            '{"kind": "adjust", "id": "@2", "member": "@dan", "points": 9, "reference": "hello"}',
            '{"kind": "erase", "id": "@3", "target": "@dan"}',
            '{"kind": "adjust", "id": "@4", "member": "@dan", "points": 9, "reference": "hello"}',
            '{"kind": "member", "id": "@5", "target": "@dan"}',
            '{"kind": "erase", "id": "@6", "target": "@nobody"}', code=1)
        self.assertEqual([each['verdict'] for each in receipts],
                         ['ACCEPTED', 'ACCEPTED', 'ACCEPTED', 'UNKNOWN_MEMBER', 'ACCEPTED', 'UNKNOWN_MEMBER'])
        self.assertEqual(receipts[2]['points'], 9)
        self.assertEqual(self.balance('@dan')['available'], 0)
        self.assertEqual(self.problems(), 0)

    def test_in_one_chain_with_words_of_the_member(self):
        """The records of a chain are written when it ends: those before the erasure are covered all the same."""
        self.submit(f'{{"kind": "adjust", "id": "@last", "member": "{MEMBER}", "points": 9, '
                    f'"reference": "{REFERENCE}", "linked": true}}',
                    f'{{"kind": "erase", "id": "@erase", "target": "{MEMBER}"}}')
        self.assertEqual(self.trace(), [])
        again = self.submit('{"kind": "reverse", "id": "@x", "target": "@last"}', '{"kind": "return", "id": "@r", '
                            '"target": "@p3"}', code=1)
        self.assertEqual(again[1]['verdict'], 'ACCEPTED')
        self.assertEqual(self.problems(), 0)


if __name__ == '__main__':
    main()
