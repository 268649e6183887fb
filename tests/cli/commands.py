"""Each subcommand: its help, its words, its JSON and its exit code."""
import json
import re

from program import DATA, NOW_MS, ProgramTest, main

COMMANDS = ['init', 'import', 'programme', 'match', 'review', 'earn', 'return', 'explain', 'qr', 'balance', 'tier',
            'voucher', 'gift-card', 'statement', 'settlement', 'end-of-day', 'verify', 'checkpoint', 'proof', 'events',
            'sim', 'submit', 'query']


class Help(ProgramTest):
    def test_the_program_lists_its_commands(self):
        text = self.rewapp('--help').out
        for name in [*COMMANDS, 'serve', 'key']:
            self.assertRegex(text, rf'(?m)^  {name} ')
        self.assertIn('cashback et fidélité', self.rewapp('--help', LC_ALL='fr_FR.UTF-8').out)

    def test_each_command_explains_itself(self):
        for name in COMMANDS:
            with self.subTest(name):
                text = self.rewapp(name, '--help').out
                self.assertIn(f'rewapp {name}', text)
                self.assertIn('--json', text)
                self.assertIn('Examples:', text)
                self.assertIn('Exit code:', text)
                self.assertIn('Code de sortie', self.rewapp(name, '--help', '--lang', 'fr').out)

    def test_versions(self):
        self.assertRegex(self.rewapp('--version').out, r'^rewapp \d+\.\d+\.\d+\n$')

    def test_a_wrong_command_line_is_2(self):
        self.rewapp(code=2)
        self.assertEqual(self.rewapp('dance', code=2).err, 'rewapp: no command "dance"\nTry \'rewapp --help\'.\n')
        for words in (['balance'], ['balance', '@x', '--frobnicate'], ['earn', '--member', '@x'], ['qr'],
                      ['qr', 'eat', '1'], ['import', 'cats', 'x'], ['import', 'members'], ['submit'],
                      ['statement', '@x', '--limit', '0'], ['balance', 'short'],
                      ['settlement'], ['settlement', '--until', 'x'], ['balance', '@x', '--lang', 'de'],
                      ['earn', '--member', '@x', '--amount', 'ten'], ['match'], ['match', '--evaluate', 'x'],
                      ['qr', 'mint', '--member', '@x', '--points', '1', '--ttl', '901']):
            with self.subTest(words):
                self.rewapp('init')
                self.assertTrue(self.rewapp(*words, code=2).err)


class Settlement(ProgramTest):
    def test_a_journal_balances(self):
        self.rewapp('init')
        rule = {'id': 'shop', 'type': 'percent', 'basis_points': 1000, 'funder': 'merchant'}
        commands = [
            {'kind': 'programme', 'target': '@p', 'document': {'name': 'P', 'currency': 'EUR', 'rules': [rule]}},
            *({'kind': 'merchant', 'target': f'@{name}', 'document': {'name': name}} for name in ('bakery', 'books')),
            {'kind': 'member', 'target': '@ada'},
            {'kind': 'purchase', 'member': '@ada', 'merchant': '@bakery', 'amount': 5000, 'currency': 'EUR'},
            {'kind': 'hold', 'member': '@ada', 'points': 321},
            {'kind': 'post', 'target': '@c5', 'merchant': '@books'}]
        for number, command in enumerate(commands):
            command['id'] = f'@c{number}'
        self.rewapp('submit', '-', text=json.dumps({'commands': commands}))
        words = ['settlement', '--until', '2026-11-01T00:00:00Z']
        self.assertIn('bakery -> books', self.rewapp(*words).out)
        self.assertIn('doit 3,21 EUR', self.rewapp(*words, '--lang', 'fr').out)
        found = self.rewapp(*words, '--json').json
        self.assertEqual([(each['code'], each['amount']) for each in found['charges']], [('redemption', 321)])
        rows = [line.split('\t') for line in self.rewapp(*words, '--journal').out.splitlines()]
        self.assertEqual([len(row) for row in rows], [18, 18, 18])
        self.assertEqual([row[11:13] for row in rows[1:]], [['3,21', '0,00'], ['0,00', '3,21']])
        self.assertEqual([row[7] for row in rows[1:]], ['bakery', 'books'])
        self.assertEqual(rows[1][3], '20261031')
        self.check_columns(rows)

    def check_columns(self, rows):
        """Names, order and forms as article A47 A-1 of the Livre des procédures fiscales has them."""
        day, money = r'\d{8}', r'\d+,\d\d'
        forms = {'JournalCode': r'\w+', 'JournalLib': '.+', 'EcritureNum': r'\d+', 'EcritureDate': day,
                 'CompteNum': r'\d{3}\w*', 'CompteLib': '.+', 'CompAuxNum': '.*', 'CompAuxLib': '.*', 'PieceRef': '.+',
                 'PieceDate': day, 'EcritureLib': '.+', 'Debit': money, 'Credit': money, 'EcritureLet': '',
                 'DateLet': '', 'ValidDate': f'({day})?', 'Montantdevise': f'({money})?', 'Idevise': '([A-Z]{3})?'}
        self.assertEqual(rows[0], list(forms))
        for row in rows[1:]:
            for form, value in zip(forms.values(), row):
                self.assertRegex(value, f'^{form}$')
            '\t'.join(row).encode('iso8859-15')  # one of its character sets
        self.assertEqual([row[2] for row in rows[1:]], [str(1 + line // 2) for line in range(len(rows) - 1)])

    def test_a_day_begins_a_period_at_midnight(self):
        self.rewapp('init')
        programme = {'name': 'P', 'currency': 'EUR', 'rules': [{'id': 'a', 'type': 'fixed', 'points': 1}]}
        self.rewapp('submit', '-', text=json.dumps({'kind': 'programme', 'id': '@1', 'target': '@p',
                                                    'document': programme}))
        found = self.rewapp('settlement', '--from', '2026-09-01', '--until', '2026-10-01', '--json').json
        self.assertEqual((found['from_ms'], found['until_ms']), (1788220800000, 1790812800000))
        self.assertIn('--until is missing', self.rewapp('settlement', code=2).err)

    def test_accounts_are_those_of_the_chart(self):
        self.rewapp('init')
        words = ['settlement', '--until', '2026-11-01T00:00:00Z', '--journal']
        for account in ('46', 'A67', '467\t000', '467-1', ''):
            for option in ('--merchants-account', '--programme-account'):
                with self.subTest(option=option, account=account):
                    self.rewapp(*words, option, account, code=2)


class Review(ProgramTest):
    def doubt(self):
        """A store with a bank line that waits for a person: two merchants of one name."""
        self.rewapp('init')
        commands = [
            {'kind': 'programme', 'target': '@p', 'document': {
                'name': 'P', 'currency': 'EUR', 'rules': [{'id': 'a', 'type': 'percent', 'basis_points': 100}]}},
            *({'kind': 'merchant', 'target': name, 'document': {'name': 'Quirigua Rosiers'}} for name in ('@a', '@b')),
            {'kind': 'member', 'target': '@ada'}]
        for number, command in enumerate(commands):
            command['id'] = f'@c{number}'
        self.rewapp('submit', '-', text=json.dumps({'commands': commands}))
        self.rewapp('earn', '--member', '@ada', '--amount', '42', '--descriptor', 'CB QUIRIGUA ROSIERS LYON',
                    '--id', '@line', code=1)

    def test_a_line_is_answered_in_words(self):
        self.doubt()
        told = self.rewapp('review', 'list').out
        self.assertIn('CB QUIRIGUA ROSIERS LYON', told)
        self.assertIn('several merchants bear this name', told)
        self.assertIn('plusieurs commerçants portent ce nom', self.rewapp('review', 'list', '--lang', 'fr').out)
        self.rewapp('review', 'confirm', '@line', '--merchant', '@a', code=2)
        said = self.rewapp('review', 'confirm', '@line', '--merchant', '@a', '--who', 'Claire', '--id', '@yes').out
        self.assertIn('42 points', said)
        self.assertIn('nothing waits', self.rewapp('review', 'list').out)
        late = self.rewapp('review', 'refuse', '@line', '--who', 'Ali', '--lang', 'fr', code=1).out
        self.assertIn('a déjà répondu', late)
        self.assertRegex(self.rewapp('review', 'learnt').out, 'QUIRIGUA ROSIERS LYON += Quirigua Rosiers +Claire')
        self.assertIn('taken back', self.rewapp('review', 'take-back', '@yes', '--who', 'Ali').out)
        self.assertIn('(repris)', self.rewapp('review', 'learnt', '--lang', 'fr').out)
        self.assertIn('CB QUIRIGUA', self.rewapp('review', 'list').out)
        self.rewapp('verify')

    def test_a_wrong_command_line_is_2(self):
        self.doubt()
        for words in ((), ('eat',), ('confirm',), ('confirm', '@line', '--who', 'Ali'), ('list', '--limit', '0'),
                      ('list', '--limit', '501'), ('take-back',)):
            with self.subTest(words):
                self.rewapp('review', *words, code=2)
        self.rewapp('review', 'learnt', '--merchant', '@nobody', code=3)


class Store(ProgramTest):
    def test_init_makes_a_store_once(self):
        self.assertEqual(self.rewapp('init', '--json').json, {'store': 'sqlite:till.db', 'created': True})
        self.assertEqual(self.rewapp('init', '--json').json, {'store': 'sqlite:till.db', 'created': False})
        self.assertTrue((self.path / 'till.db').exists())

    def test_a_missing_store_is_3_and_is_not_made(self):
        run = self.rewapp('balance', '@x', '--json', code=3)
        self.assertEqual(run.json['error']['name'], 'NOTFOUND')
        self.assertIn("'rewapp init sqlite:till.db'", self.rewapp('balance', '@x', code=3).err)
        self.assertFalse((self.path / 'till.db').exists())

    def test_what_is_no_store_is_5(self):
        self.write('till.db', b'this is no database, but it is long enough to look like one' * 20)
        self.rewapp('verify', code=5)
        self.assertEqual(self.rewapp('verify', '--json', code=5).json['error']['name'], 'CORRUPT')

    def test_no_driver_is_2(self):
        self.rewapp('init', 'oracle:x', code=2)

    def test_an_empty_ledger_adds_up(self):
        self.rewapp('init')
        self.assertEqual(self.rewapp('verify', '--json').json['problems'], 0)


class Programmes(ProgramTest):
    def test_the_file_of_an_import_is_checked_as_it_is(self):
        self.rewapp('programme', 'check', DATA / 'programme.json')
        self.assertIn('0 failed', self.rewapp('programme', 'test', DATA / 'programme.json').out)
        self.write('bad.json', '{"id": "@p", "name": "P", "currency": "EUR", "rules": [], "colour": 1}')
        self.assertIn('colour: unknown key', self.rewapp('programme', 'check', 'bad.json', code=2).out)
        self.shop()
        self.rewapp('programme', 'replay', DATA / 'programme.json')


class Purchases(ProgramTest):
    def setUp(self):
        super().setUp()
        self.shop()

    def earn(self, *words, code=0):
        return self.rewapp('earn', '--member', '@claire-morel', '--json', *words, code=code).json

    def test_a_purchase_earns_once(self):
        first = self.earn('--merchant', '@fnac', '--amount', '80.00', '--id', '@t1')
        self.assertEqual((first['verdict'], first['points'], first.get('replayed', False)), ('ACCEPTED', 380, False))
        again = self.earn('--merchant', '@fnac', '--amount', '80.00', '--id', '@t1')
        self.assertEqual((again['points'], again['replayed'], again['pending']), (380, True, 380))
        other = self.earn('--merchant', '@fnac', '--amount', '81.00', '--id', '@t1', code=3)
        self.assertEqual((other['error'], other['field']), ('CONFLICT', 'amount'))

    def test_a_day_is_the_noon_of_a_purchase_and_the_midnight_of_a_question(self):
        self.earn('--merchant', '@fnac', '--amount', '80.00', '--id', '@t1', '--at', '2026-10-01')
        for day, points in (('2026-10-01', 0), ('2026-10-02', 380)):
            words = ['@claire-morel', '--occurred-at', day, '--json']
            self.assertEqual(bool(self.rewapp('statement', *words).json['entries']), points > 0)
            self.assertEqual(self.rewapp('balance', *words).json['pending'], points)
        self.environment['REWAPP_NOW_MS'] = str(NOW_MS + 86400000)
        for day, points in (('2026-10-05', 0), ('2026-10-06', 380)):
            words = ['balance', '@claire-morel', '--at', day, '--json']
            self.assertEqual(self.rewapp(*words).json['pending'], points)

    def test_what_a_till_knows_reaches_the_rules(self):
        rules = [{'id': 'online', 'type': 'fixed', 'points': 7,
                  'when': {'channels': ['online'], 'payments': ['card'], 'segments': ['vip']}},
                 {'id': 'base', 'type': 'percent', 'basis_points': 100}]
        path = self.write('p.json', json.dumps({
            'id': '@till', 'name': 'Till', 'currency': 'EUR', 'rules': rules,
            'referral': {'referrer_points': 50, 'points': 20}}))
        self.rewapp('import', 'programmes', path)
        words = ['--programme', '@till', '--merchant', '@fnac', '--amount', '80']
        self.assertEqual(self.earn(*words, '--unpaid', '30', '--channel', 'online')['points'], 50)
        self.assertEqual(self.earn(*words, '--channel', 'online', '--payment', 'card', '--segments', 'vip,new',
                                   '--branch', '@fnac-1', '--card', 'tok_1', '--cashier', 'Max')['points'], 87)
        self.assertEqual(self.rewapp('earn', '--member', '@karim-benali', '--json', *words, '--referrer',
                                     '@claire-morel').json['points'], 100)
        self.assertIn('Max', self.rewapp('signals', '--cashier-velocity', '1').out)

    def test_a_descriptor_is_recognised(self):
        receipt = self.earn('--descriptor', 'CARTE 03/10 CARREFOUR CITY PARIS 12', '--amount', '12,50')
        self.assertEqual(receipt['verdict'], 'ACCEPTED')
        self.assertGreater(receipt['certainty'], 9000)
        self.earn('--descriptor', 'CARTE 03/10 CHEZ PERSONNE', '--amount', '12.50', code=1)

    def test_a_candidate_is_no_merchant_of_the_purchase(self):
        words = ['earn', '--member', '@claire-morel', '--amount', '20', '--descriptor', 'CB BOOKING']
        self.assertRegex(self.rewapp(*words, code=1).out, r'perhaps +Booking.com\n')

    def test_words_explain_each_rule(self):
        words = ['earn', '--merchant', '@fnac', '--amount', '80', '--explain', '--member']
        text = self.rewapp(*words, '@claire-morel').out
        self.assertRegex(text, r'base +\+80  points given')
        self.assertIn('earned          380 points = 3.80 EUR', text)
        french = self.rewapp(*words, '@karim-benali', '--lang', 'fr').out
        self.assertRegex(french, r'base +\+80  points accordés')
        self.assertIn('3,80 EUR', french)

    def test_refusals_are_1(self):
        self.assertEqual(self.rewapp('earn', '--member', '@nobody', '--merchant', '@fnac', '--amount', '1', '--json',
                                     code=1).json['verdict'], 'UNKNOWN_MEMBER')
        self.assertEqual(self.earn('--merchant', '@fnac', '--amount', '5', '--currency', 'USD', code=1)['verdict'],
                         'WRONG_CURRENCY')

    def test_amounts_that_are_none_are_2(self):
        for amount in ('0', '-1', '1.234', '1e3', '92233720368547758.08', '99999999999999999999'):
            with self.subTest(amount):
                self.earn('--merchant', '@fnac', f'--amount={amount}', code=2)

    def test_a_card_number_is_refused_and_not_repeated(self):
        run = self.rewapp('earn', '--member', '@claire-morel', '--merchant', '@fnac', '--amount', '5', '--reference',
                          '4970 1000 0000 0154', '--json', code=2)
        self.assertEqual(run.json['error'], 'CARDNUMBER')
        self.assertNotIn('4970', run.out + run.err)

    def test_a_return_takes_its_part_back(self):
        self.earn('--merchant', '@fnac', '--amount', '80.00', '--id', '@t1')
        part = self.rewapp('return', '@t1', '--amount', '40.00', '--json').json
        # the welcome stays: what is left is above its minimum
        self.assertEqual((part['verdict'], part['points']), ('ACCEPTED', 40))
        self.rewapp('return', '@t1', '--amount', '41.00', code=1)
        self.assertEqual(self.rewapp('return', '@t1', '--json').json['pending'], 0)
        self.rewapp('return', '@unknown', code=1)

    def test_statement_turns_pages(self):
        # the first gives two lines: the merchant pays for one rule, the programme for the welcome
        for i in range(5):
            self.earn('--merchant', '@fnac', '--amount', '10.00', '--id', f'@t{i}')
        page = self.rewapp('statement', '@claire-morel', '--limit', '3', '--json').json
        self.assertEqual(len(page['entries']), 3)
        rest = self.rewapp('statement', '@claire-morel', '--before', page['next'], '--json').json
        self.assertEqual((len(rest['entries']), rest['next']), (3, None))
        text = self.rewapp('statement', '@claire-morel', '--limit', '3').out
        before = re.search(r'--before (\d+)', text).group(1)
        self.assertEqual(text.count('Fnac'), 3)
        self.assertEqual(self.rewapp('statement', '@claire-morel', '--before', before).out.count('Fnac'), 3)
        self.assertIn('points given', self.rewapp('statement', '@claire-morel', '--explain').out)


class Codes(ProgramTest):
    def setUp(self):
        super().setUp()
        self.shop()
        self.rewapp('submit', '-', text='{"kind": "adjust", "id": "@gift", "member": "@claire-morel", "points": 500,'
                                        ' "reference": "a gift"}')

    def mint(self, *words):
        return self.rewapp('qr', 'mint', '--member', '@claire-morel', '--points', '200', '--json', *words).json

    def test_a_code_is_spent_once(self):
        minted = self.mint()
        token = minted['token']
        self.assertEqual((len(token), minted['held'], minted['available']), (101, 200, 300))
        for _ in range(2):
            seen = self.rewapp('qr', 'inspect', token, '--json').json
            self.assertEqual((seen['verdict'], seen['points'], seen['amount']), ('ACCEPTED', 200, 200))
        spent = self.rewapp('qr', 'redeem', token, '--merchant', '@fnac', '--id', '@r1', '--json').json
        self.assertEqual((spent['verdict'], spent['points']), ('ACCEPTED', 200))
        again = self.rewapp('qr', 'redeem', token, '--merchant', '@fnac', '--id', '@r1', '--json')
        self.assertTrue(again.json['replayed'])
        self.assertIn('SPENT', self.rewapp('qr', 'redeem', token, '--merchant', '@fnac', code=1).out)
        self.assertIn('SPENT', self.rewapp('qr', 'inspect', token, code=1).out)

    def test_a_code_ends_after_a_quarter_of_an_hour(self):
        token = self.mint()['token']
        late = str(NOW_MS + 900000)
        run = self.rewapp('qr', 'redeem', token, '--merchant', '@fnac', '--json', code=1, REWAPP_NOW_MS=late)
        self.assertEqual(run.json['verdict'], 'EXPIRED')
        self.assertEqual(self.rewapp('balance', '@claire-morel', '--json', REWAPP_NOW_MS=late).json['available'], 500)

    def test_a_code_for_one_merchant(self):
        token = self.mint('--merchant', '@fnac')['token']
        self.assertIn('WRONG_MERCHANT', self.rewapp('qr', 'inspect', token, '--merchant', '@ikea', code=1).out)

    def test_what_is_no_code_is_forged(self):
        for text in ('1' * 101, '"', '{}', 'é' * 50, '9' * 300, 'x; drop table'):
            with self.subTest(text):
                run = self.rewapp('qr', 'inspect', text, '--json', code=1)
                self.assertEqual(run.json['verdict'], 'FORGED')

    def test_images(self):
        token = self.mint()['token']
        for kind, start in (('png', b'\x89PNG'), ('svg', b'<'), ('escpos', b'\x1b')):
            self.rewapp('qr', 'show', token, '--format', kind, '-o', f'code.{kind}')
            self.assertTrue((self.path / f'code.{kind}').read_bytes().startswith(start))
        self.assertIn('█', self.rewapp('qr', 'show', token).out)
        self.rewapp('qr', 'show', token, '--format', 'hologram', code=2)
        self.rewapp('qr', 'show', token, '--scale', '33', code=2)
        self.rewapp('qr', 'show', token, '--format', 'png', '-o', 'no/such/folder.png', code=5)

    def test_too_few_points(self):
        self.assertEqual(self.rewapp('qr', 'mint', '--member', '@claire-morel', '--points', '501', '--json',
                                     code=1).json['verdict'], 'INSUFFICIENT_POINTS')


class Doors(ProgramTest):
    def setUp(self):
        super().setUp()
        self.shop()

    def test_submit_gives_a_receipt_each(self):
        text = ('{"commands": [{"kind": "purchase", "id": "@a", "member": "@claire-morel", "merchant": "@fnac",'
                ' "amount": 2000, "currency": "EUR"}, {"kind": "mint", "id": "@b", "member": "@claire-morel",'
                ' "points": 9999}]}')
        receipts = self.rewapp('submit', self.write('c.json', text), '--json', code=1).json['receipts']
        self.assertEqual([receipt['verdict'] for receipt in receipts], ['ACCEPTED', 'INSUFFICIENT_POINTS'])
        self.assertIn('INSUFFICIENT_POINTS', self.rewapp('submit', '-', text=text, code=1).out)

    def test_bad_json_changes_nothing(self):
        for text in ('', '{', '[1,2', '{"kind": "member", "id": "@x", "id": "@y", "target": "@z"}', '\udc80', '"x"',
                     '{"kind": "member", "id": "@x", "target": "@z", "hat": 1}', '[' * 100 + ']' * 100):
            with self.subTest(text[:20]):
                path = self.write('bad.json', text.encode('utf-8', 'surrogateescape'))
                self.assertIn('error', self.rewapp('submit', path, '--json', code=2).json)
        self.assertEqual(self.rewapp('verify', '--json').json['commands'], 72)

    def test_query(self):
        answer = self.rewapp('query', '{"query": "balance", "member": "@claire-morel"}').json
        self.assertEqual(answer['available'], 0)
        self.assertEqual(answer, self.balance())
        self.write('q.json', '{"query": "merchants", "limit": 3}')
        self.assertEqual(len(self.rewapp('query', 'q.json').json['objects']), 3)
        self.rewapp('query', '{"query": "meaning of life"}', code=2)
        self.rewapp('query', 'nowhere.json', code=3)

    def test_events_are_acknowledged(self):
        everything = self.rewapp('events', '--json').out.splitlines()
        self.assertEqual(len(everything), 72)
        self.assertEqual(len(self.rewapp('events', '--consumer', 'mailer', '--limit', '70').out.splitlines()), 70)
        self.assertEqual(len(self.rewapp('events', '--consumer', 'mailer').out.splitlines()), 2)
        self.assertEqual(self.rewapp('events', '--consumer', 'mailer').out, '')
        self.assertEqual(self.rewapp('events', '--json').out.splitlines(), everything)

    def test_match(self):
        run = self.rewapp('match', 'CARTE 03/10 CARREFOUR CITY PARIS 12', '--amount=-12.50', '--json')
        self.assertEqual(run.json['candidates'][0]['name'], 'Carrefour City')
        text = self.rewapp('match', 'CARTE 03/10 CARREFOUR CITY PARIS 12', '--explain').out
        self.assertIn('"CARREFOUR CITY"', text)
        self.rewapp('match', 'VIR SEPA LOYER', code=1)

    def test_match_a_statement(self):
        statement = DATA / 'claire-2026-09.ofx'
        text = self.rewapp('match', statement, '--explain').out
        self.assertRegex(text.splitlines()[-1],
                         r'^20 lines in \d+ ms: \d+ sure, \d+ to be reviewed, \d+ without a partner')
        self.assertEqual(sum(line.startswith('  sure ') for line in text.splitlines()),
                         int(text.splitlines()[-1].split(': ')[1].split()[0]))
        self.assertIn("the merchant's name stands in the text", text)
        self.assertIn('20 lignes en', self.rewapp('match', '--file', statement, '--lang', 'fr').out)
        self.assertEqual(len(self.rewapp('match', statement, '--json').out.splitlines()), 20)
        self.assertIn('septembre.ofx: no such file', self.rewapp('match', 'septembre.ofx', code=3).err)

    def test_evaluate(self):
        truth = self.write('truth.tsv', 'raw\texpected\tkind\tsurface\n'
                                        'CARTE 03/10 ACME PARIS\tAcme\tmerchant\texact\n'
                                        'CARTE 03/10 NOBODY\tNONE\tother_party\t\n')
        catalogue = self.write('catalogue.tsv', 'id\tname\taliases\tmcc_guess\nN1\tAcme\t\t5411\n')
        found = self.rewapp('match', '--evaluate', truth, '--catalogue', catalogue, '--json').json
        for key in ('precision', 'recall', 'f1', 'false_credits_per_1000', 'accept_precision', 'accept_recall',
                    'descriptors_per_second', 'lines'):
            self.assertIn(key, found)
        self.assertEqual((found['lines'], found['precision'], found['recall']), (2, 1.0, 1.0))
        self.assertIn('F1', self.rewapp('match', '--evaluate', truth, '--catalogue', catalogue).out)
        self.rewapp('match', '--evaluate', self.write('x.tsv', 'a\tb\n1\t2\n'), '--catalogue', catalogue, code=2)


if __name__ == '__main__':
    main()
