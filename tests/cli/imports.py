"""Imports: what a file holds is taken whole or not at all, and once however often it comes."""
import json
import re
import shutil

from program import DATA, ProgramTest, main

STATEMENTS = [('claire-2026-09.ofx', '@claire-morel', 'ofx', '', 20),
              ('karim-2026-09.ofx', '@karim-benali', 'ofx', '', 13),
              ('hugo-2026-09.qif', '@hugo-lefevre', 'qif', '', 12),
              ('ines-boursobank.csv', '@ines-da-silva', 'csv', 'boursobank', 13),
              ('lea-societe-generale.csv', '@lea-fontaine', 'csv', 'societe-generale', 11),
              ('paul-revolut.csv', '@paul-girard', 'csv', 'revolut', 10)]
BOURSO = 'dateOp;dateVal;label;category;categoryParent;supplierFound;amount;comment;accountNum;a;b\n'


def bourso(*lines):
    return BOURSO + ''.join(f'{date};{date};"{label}";;;;{amount};;0004;;\n' for date, label, amount in lines)


class Catalogues(ProgramTest):
    def setUp(self):
        super().setUp()
        self.rewapp('init')

    def counts(self, kind, path, code=0):
        return self.rewapp('import', kind, path, '--json', code=code).json.get(kind)

    def test_what_has_not_changed_is_left_alone(self):
        path = self.path / 'm.json'
        shutil.copy(DATA / 'merchants.json', path)
        self.assertEqual(self.counts('merchants', path), {'read': 65, 'added': 65, 'changed': 0, 'unchanged': 0})
        self.assertEqual(self.counts('merchants', path), {'read': 65, 'added': 0, 'changed': 0, 'unchanged': 65})
        merchants = json.loads(path.read_text(encoding='utf-8'))
        merchants['merchants'][0]['aliases'].append('CRF')
        path.write_text(json.dumps(merchants), encoding='utf-8')
        self.assertEqual(self.counts('merchants', path), {'read': 65, 'added': 0, 'changed': 1, 'unchanged': 64})
        shutil.copy(DATA / 'merchants.json', path)  # and back again
        self.assertEqual(self.counts('merchants', path)['changed'], 1)

    def test_one_bad_object_refuses_the_file(self):
        path = self.write('m.json', '[{"id": "@a", "name": "A"}, {"id": "@b", "name": "B", "hat": 1}]')
        run = self.rewapp('import', 'merchants', path, '--json', code=2)
        self.assertIn('merchants[1]', run.json['error']['message'])
        self.assertEqual(self.rewapp('query', '{"query": "merchants"}').json['objects'], [])

    def test_bad_files_name_their_place(self):
        for text, place in (('[{"name": "A"}]', 'merchants[0]: id'), ('[{"id": "x"}]', 'merchants[0]: id'),
                            ('[1]', 'merchants[0]'), ('[{"id": "@a", "name": "A"', 'm.json'), ('[]]', 'm.json'),
                            ('id;name;hat\n@a;A;1\n', 'm.json:2: hat'), ('name\nA\n', 'line 2: id')):
            with self.subTest(text):
                run = self.rewapp('import', 'merchants', self.write('m.json', text), code=2)
                self.assertIn(place, run.err)
        self.rewapp('import', 'merchants', 'nowhere.json', code=3)

    def test_csv(self):
        text = 'id;name;aliases;mcc\n@a;Épicerie A;EPI A|EPICERIE;5411|5499\n@b;B;;\n'
        path = self.write('m.csv', text.encode('cp1252'))
        self.assertEqual(self.counts('merchants', path)['added'], 2)
        merchant = self.rewapp('query', '{"query": "merchant", "id": "@a"}').json
        self.assertEqual(merchant['document'], {'name': 'Épicerie A', 'aliases': ['EPI A', 'EPICERIE'],
                                                'mcc': ['5411', '5499']})
        path = self.write('p.csv', 'id,name,currency,rule.id,rule.type,rule.basis_points,rule.points,rule.min_amount\n'
                                   '@p,Main,EUR,base,percent,100,,\n@p,,,big,fixed,,50,10000\n')
        self.assertEqual(self.counts('programmes', path)['added'], 1)
        rules = self.rewapp('query', '{"query": "programme", "id": "@p"}').json['document']['rules']
        self.assertEqual([rule['id'] for rule in rules], ['base', 'big'])
        self.assertEqual(rules[1]['when'], {'min_amount': 10000})

    def test_members(self):
        path = self.write('m.csv', 'id;status\n@a;active\n@b;blocked\n')
        self.assertEqual(self.counts('members', path)['added'], 2)
        self.write('m.csv', 'id;status\n@a;active\n@b;active\n')
        self.assertEqual(self.counts('members', path), {'read': 2, 'added': 0, 'changed': 1, 'unchanged': 1})
        self.rewapp('import', 'members', self.write('m.csv', 'id;status\n@a;asleep\n'), code=2)
        self.rewapp('import', 'members', self.write('m.json', '[{"id": "@a", "email": "a@example.org"}]'), code=2)


class Statements(ProgramTest):
    def setUp(self):
        super().setUp()
        self.shop()

    def statement(self, path, member='@claire-morel', *words, code=0):
        return self.rewapp('import', 'statement', path, '--member', member, '--json', *words, code=code).json

    def test_six_banks(self):
        for name, member, form, preset, lines in STATEMENTS:
            with self.subTest(name):
                found = self.statement(DATA / name, member)
                self.assertEqual((found['format'], found['preset'], len(found['lines'])), (form, preset, lines))
                self.assertGreaterEqual(found['counts']['earned'], 4)
                self.assertEqual(found['counts']['refused'] + found['counts']['failed'], 0)
                for line in found['lines']:
                    self.assertEqual('earned' == line['outcome'], line['points'] > 0, line)
                    self.assertFalse(line['outcome'] == 'earned' and line['amount'] >= 0)
                    self.assertEqual('refunded' == line['outcome'], line['points'] < 0, line)
                balance = self.balance(member)
                self.assertEqual(balance['available'] + balance['pending'], found['points'])
        self.assertEqual(self.rewapp('verify', '--json').json['problems'], 0)

    def test_a_statement_that_comes_again_gives_nothing(self):
        for name, member, *_ in STATEMENTS:
            with self.subTest(name):
                first = self.statement(DATA / name, member)
                again = self.statement(DATA / name, member)
                self.assertEqual((again['points'], again['counts']['earned']), (0, 0))
                self.assertEqual(again['counts']['known'], first['counts']['earned'] + first['counts']['refunded'])

    def test_statements_that_overlap(self):
        a, b, c = (('2026-09-01', 'CARTE 01/09 FNAC PARIS', '-50,00'),
                   ('2026-09-02', 'CARTE 02/09 FNAC PARIS', '-20,00'),
                   ('2026-09-03', 'CARTE 03/09 FNAC PARIS', '-30,00'))
        first = self.statement(self.write('1.csv', bourso(a, b)))
        second = self.statement(self.write('2.csv', bourso(b, c)))
        self.assertEqual((first['counts']['earned'], second['counts']['earned'], second['counts']['known']), (2, 1, 1))

    def test_what_earned_twice_earns_once(self):
        # A file with the bank's ids and one without, a corrected amount, a till's ticket, money that comes back.
        text = (DATA / 'claire-2026-09.ofx').read_bytes()
        earned = self.statement(self.write('1.ofx', text))
        plain = self.write('2.csv', ''.join(f"{line['date']}|{line['descriptor']}|{line['amount'] / 100:.2f}\n"
                                            for line in earned['lines'] if line['outcome'] == 'earned').encode())
        account = re.search(rb'<ACCTID>([^<\r\n]+)', text).group(1).decode()
        again = self.statement(plain, '@claire-morel', '--account', account, '--map', 'date=0,text=1,amount=2',
                               '--date-format', 'yyyy-mm-dd', '--decimal', 'dot', '--delimiter', 'pipe')
        self.assertEqual((again['points'], again['counts']['known']), (0, earned['counts']['earned']))
        first = next(line for line in earned['lines'] if line['outcome'] == 'earned')
        old = f"{first['amount'] / 100:.2f}".encode()
        new = f"{(first['amount'] - 1000) / 100:.2f}".encode()
        fixed = self.statement(self.write('3.ofx', text.replace(old, new, 1)))
        self.assertEqual((fixed['counts']['earned'], fixed['counts']['failed']), (1, 0))
        balance = self.balance('@claire-morel')
        self.assertEqual(balance['available'] + balance['pending'],
                         earned['points'] - first['points'] + fixed['points'])

    def test_two_equal_purchases_are_two(self):
        line = ('2026-09-01', 'CARTE 01/09 FNAC PARIS', '-50,00')
        self.assertEqual(self.statement(self.write('1.csv', bourso(line, line)))['counts']['earned'], 2)
        again = self.statement(self.write('2.csv', bourso(line, line, line)))
        self.assertEqual((again['counts']['known'], again['counts']['earned']), (2, 1))

    def test_a_line_of_another_member_is_a_conflict(self):
        self.statement(DATA / 'claire-2026-09.ofx')
        other = self.statement(DATA / 'claire-2026-09.ofx', '@karim-benali', code=3)
        self.assertEqual((other['points'], other['counts']['failed']), (0, 11))
        self.assertEqual(self.balance('@karim-benali')['pending'], 0)

    def test_a_misspelt_member_leaves_nothing(self):
        self.rewapp('import', 'statement', DATA / 'claire-2026-09.ofx', '--member', '@claire-moral', code=3)
        self.assertEqual(self.statement(DATA / 'claire-2026-09.ofx')['counts']['earned'], 10)

    def test_a_bank_that_rewords_a_line(self):
        text = (DATA / 'claire-2026-09.ofx').read_bytes()
        self.statement(self.write('1.ofx', text))
        again = self.statement(self.write('2.ofx', text.replace(b'FNAC PARIS 12', b'FNAC   NATION')))
        self.assertEqual((again['points'], again['counts']['failed']), (0, 0))

    def test_what_the_catalogue_learns_later_earns_later(self):
        path = self.write('1.csv', bourso(('2026-09-01', 'CARTE 01/09 ZANZIBOU PARIS', '-50,00')))
        self.assertEqual(self.statement(path)['counts']['no_match'], 1)
        self.rewapp('import', 'merchants', self.write('m.json', '[{"id": "@z", "name": "Zanzibou"}]'))
        self.assertEqual(self.statement(path)['counts']['earned'], 1)

    def test_a_dry_run_changes_nothing(self):
        found = self.statement(DATA / 'claire-2026-09.ofx', '@claire-morel', '--dry-run')
        self.assertEqual((found['points'], found['counts']['sure']), (0, 10))
        self.assertEqual(self.balance()['pending'] + self.balance()['available'], 0)

    def test_a_broken_statement_changes_nothing(self):
        good = ('2026-09-01', 'CARTE 01/09 FNAC PARIS', '-50,00')
        for text, place in ((bourso(good, ('2026-02-30', 'X', '-1,00')), '1.csv:3: date'),
                            (bourso(good, ('2026-09-02', 'X', 'un')), '1.csv:3: amount'),
                            (bourso(good, ('2026-09-02', 'X', '92233720368547758,08')), '1.csv:3: amount'),
                            (bourso(good) + '2026-09-02;;"X', '1.csv:3: CSV'),
                            (bourso(good).encode() + b'2026-09-02;;\x00;;;;-1,00;;1;;\n', '1.csv:3: byte 0x00'),
                            ((DATA / 'claire-2026-09.ofx').read_bytes()[:2000], '1.csv:')):
            with self.subTest(place):
                run = self.rewapp('import', 'statement', self.write('1.csv', text), '--member', '@claire-morel', code=2)
                self.assertIn(place, run.err)
                self.assertEqual(self.balance()['pending'] + self.balance()['available'], 0)

    def test_a_card_number_is_masked(self):
        path = self.write('1.csv', bourso(('2026-09-01', 'CARTE 4970100000000154 FNAC PARIS', '-50,00')))
        run = self.rewapp('import', 'statement', path, '--member', '@claire-morel', '--json')
        self.assertEqual(run.json['masked'], 1)
        self.assertNotIn('497010', run.out + run.err)
        for file in self.path.glob('till.db*'):
            self.assertNotIn(b'4970100000000154', file.read_bytes())

    def test_declared_columns(self):
        path = self.write('1.csv', 'x|03.09.2026|FNAC PARIS|-50,00\n'.encode())
        words = ['--map', 'date=1,text=2,amount=3', '--date-format', 'dd.mm.yyyy', '--decimal', 'comma', '--delimiter',
                 'pipe']
        self.assertEqual(self.statement(path, '@claire-morel', *words)['lines'][0]['amount'], -5000)
        self.statement(path, code=2)
        self.assertIn('boursobank', self.rewapp('earn', '--preset', 'list').out)

    def test_earn_takes_a_statement_too(self):
        found = self.rewapp('earn', DATA / 'claire-2026-09.ofx', '--member', '@claire-morel', '--explain').out
        self.assertIn('Carrefour City', found)
        self.assertIn('points given', found)
        self.assertEqual(self.statement(DATA / 'claire-2026-09.ofx')['counts']['known'], 11)


if __name__ == '__main__':
    main()
