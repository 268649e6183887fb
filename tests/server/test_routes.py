"""Every route, in one story, with each answer held against the OpenAPI file."""

import unittest

from harness import ServerTest, new_id
from schema import DOCUMENT, check_answer, operation


class Routes(ServerTest):
    seen = set()

    def ask(self, method, path, body=None, status=200, **more):
        if method == 'POST':
            answer = self.http.post(path, body, **more)
        else:
            answer = self.http.request(method, path, **more)
        self.check(answer, status)
        self.assertEqual(check_answer(method, path, answer), [])
        self.seen.add((method, operation(method, path.split('?')[0])[0]))
        return answer

    def test_story(self):
        self.catalogue()
        self.members()
        purchase = self.purchases()
        self.qr()
        self.holds()
        self.reports(purchase)
        self.review()
        self.evidence(purchase)
        self.programmes()
        self.signals()
        self.templates()
        self.operations()
        described = {(method.upper(), path) for path, methods in DOCUMENT['paths'].items() for method in methods}
        self.assertEqual(described - self.seen, set(), 'routes that the story forgot')

    def catalogue(self):
        document = {'name': 'Flowers', 'aliases': ['FLEURS DU COIN'], 'mcc': ['5992']}
        self.ask('POST', '/v1/merchants', {'target': '@flowers', 'document': document}, 201)
        self.ask('POST', '/v1/merchants/@flowers', {'document': {**document, 'name': 'Fleurs'}}, 201)
        self.assertEqual(self.ask('GET', '/v1/merchants/@flowers').json['name'], 'Fleurs')
        names = {each['name'] for each in self.ask('GET', '/v1/merchants').json['objects']}
        self.assertLessEqual({'Fleurs', 'Café Lumière', 'Books & Co'}, names)
        programme = self.ask('GET', '/v1/programmes/@programme').json
        self.assertEqual(programme['document']['currency'], 'EUR')
        self.ask('POST', '/v1/programmes/@programme', {'document': programme['document']}, 201)
        self.ask('POST', '/v1/programmes', {'target': '@programme', 'document': programme['document']}, 201)
        self.assertEqual(len(self.ask('GET', '/v1/programmes').json['objects']), 1)

    def members(self):
        self.ask('POST', '/v1/members', {'target': '@cleo'}, 201)
        two = self.ask('POST', '/v1/members', [{'target': '@dan'}, {'target': '@eve'}]).json['receipts']
        self.assertEqual([each['verdict'] for each in two], ['ACCEPTED', 'ACCEPTED'])
        self.ask('GET', '/v1/members/@cleo')
        first = self.ask('GET', '/v1/members?limit=2').json
        self.assertEqual(len(first['objects']), 2)
        rest = self.ask('GET', f'/v1/members?after={first["next"]}').json
        self.assertEqual(len(rest['objects']), 3)
        self.ask('GET', '/v1/members/@nobody', status=404)
        self.ask('POST', '/v1/members/@eve/close', {'reference': 'left'}, 201)
        self.assertGreater(int(self.ask('GET', '/v1/members/@eve/balance').json['closed_ms']), 0)
        refused = self.ask('POST', '/v1/members/@eve/close', {'reference': 'left'}).json
        self.assertEqual(refused['verdict'], 'ACCOUNT_CLOSED')
        self.ask('POST', '/v1/members/@eve/reopen', {'reference': 'is back'}, 201)
        self.ask('POST', '/v1/members/@eve/close', {}, 422)
        refused = self.ask('POST', '/v1/transfers', {'member': '@cleo', 'target': '@dan', 'points': 5}).json
        self.assertEqual(refused['verdict'], 'NOT_TRANSFERABLE')
        self.ask('POST', '/v1/transfers', {'member': '@dan', 'target': '@dan', 'points': 5}, 422)

        self.ask('POST', '/v1/members/@dan/join', {'member': '@cleo', 'day_limit': 7}, 201)
        one, = self.ask('GET', '/v1/members/@dan/household').json['members']
        self.assertEqual((int(one['day_limit']), int(one['left']), int(one['month_limit'])), (7, 7, 0))
        refused = self.ask('POST', '/v1/holds', {'member': '@dan', 'points': 1}).json
        self.assertEqual(refused['verdict'], 'SPENDER_NEEDED')
        refused = self.ask('POST', '/v1/holds', {'member': '@dan', 'spender': '@cleo', 'points': 9}).json
        self.assertEqual((refused['verdict'], int(refused['shortfall'])), ('HOUSEHOLD_LIMIT', 2))
        self.ask('POST', '/v1/members/@dan/limit', {'member': '@cleo'}, 201)
        self.ask('POST', '/v1/members/@dan/join', {'member': '@dan'}, 422)
        self.ask('POST', '/v1/members/@dan/leave', {'member': '@cleo'}, 201)
        self.assertEqual(self.ask('GET', '/v1/members/@dan/household').json['members'], [])
        self.ask('GET', '/v1/members/@nobody/household', status=404)

    def purchases(self):
        receipt = self.ask('POST', '/v1/transactions', {
            'member': '@cleo', 'merchant': '@cafe', 'amount': 5000, 'currency': 'EUR'}, 201).json
        self.assertEqual(int(receipt['points']), 500)
        two = self.ask('POST', '/v1/transactions', [
            {'member': '@cleo', 'merchant': '@cafe', 'amount': 12000, 'currency': 'EUR'},
            {'member': '@nobody', 'merchant': '@cafe', 'amount': 1000, 'currency': 'EUR'}]).json['receipts']
        self.assertEqual([each['verdict'] for each in two], ['ACCEPTED', 'UNKNOWN_MEMBER'])
        back = self.ask('POST', f'/v1/transactions/{receipt["id"]}/returns', {'amount': 2000}, 201).json
        self.assertEqual(abs(int(back['points'])), 200)
        self.ask('POST', f'/v1/transactions/{receipt["id"]}/returns', None, 201)
        self.ask('POST', f'/v1/transactions/{new_id()}/returns')
        line = {'member': '@dan', 'amount': 3000, 'currency': 'EUR', 'descriptor': 'CB CAFE LUMIERE PARIS',
                'feed': 'bank', 'bank_id': '1'}
        told = self.ask('POST', '/v1/bank-lines', line, 201).json
        self.assertEqual((told['outcome'], int(told['points'])), ('matched', 300))
        again = self.ask('POST', '/v1/bank-lines', line, 201).json
        self.assertEqual((again['outcome'], int(again['points'])), ('repeated', 0))
        lines = self.ask('GET', '/v1/bank-lines?member=@dan&outcome=matched').json['lines']
        self.assertEqual([(each['id'], each['descriptor']) for each in lines], [(told['id'], line['descriptor'])])
        self.assertEqual(self.ask('GET', '/v1/bank-lines?outcome=orphan').json['lines'], [])
        self.ask('GET', '/v1/bank-lines?member=@nobody', status=404)
        explained = self.ask('GET', f'/v1/receipts/{receipt["id"]}').json
        self.assertEqual({each['rule']: each['reason'] for each in explained['awards']},
                         {'base': 'AWARDED', 'large': 'BELOW_MINIMUM'})
        words = {each['rule']: each['words'] for each in self.ask(
            'GET', f'/v1/receipts/{receipt["id"]}/explanation?language=fr').json['awards']}
        self.assertEqual(words['base'], 'points accordés')
        self.assertRegex(words['large'], r"^minimum d'achat non atteint : il manque \d+,\d\d EUR$")
        self.ask('GET', f'/v1/receipts/{receipt["id"]}/explanation?language=de', status=400)
        self.ask('POST', '/v1/commands', {'commands': [
            {'kind': 'purchase', 'member': '@cleo', 'merchant': '@books', 'amount': 100, 'currency': 'EUR'}]})
        entries = self.ask('GET', '/v1/members/@cleo/statement').json['entries']
        self.assertIn('clawback', {each['code'] for each in entries})
        page = self.ask('GET', '/v1/members/@cleo/statement?limit=1').json
        older = self.ask('GET', f'/v1/members/@cleo/statement?limit=1&before={page["next"]}').json
        self.assertEqual([each['number'] for each in page['entries'] + older['entries']],
                         [each['number'] for each in entries[:2]])
        self.assertEqual(self.balance('@cleo'), 1260)
        self.ask('GET', '/v1/members/@cleo/balance')
        tier = self.ask('GET', '/v1/members/@cleo/tier').json
        self.assertEqual((tier['tier'], int(tier['counted']), tier['next']), ('silver', 12100, None))
        self.assertFalse(self.ask('POST', '/v1/end-of-day', {'points': 10}, 201).json['more'])
        return receipt

    def templates(self):
        self.ask('POST', '/v1/members', {'target': '@tess'}, 201)
        bought = {'member': '@tess', 'merchant': '@cafe', 'amount': 10000, 'currency': 'EUR'}
        self.ask('POST', '/v1/transactions', bought, 201)
        made = self.ask('POST', '/v1/vouchers', {'member': '@tess', 'offer': 'coffee'}, 201).json
        listed = self.ask('GET', '/v1/members/@tess/vouchers').json['vouchers']
        self.assertEqual([(each['code'], int(each['points'])) for each in listed], [(made['token'], 5)])
        self.ask('POST', '/v1/qr/redeem', {'token': made['token'].lower(), 'merchant': '@cafe'}, 201)
        far = self.ask('GET', '/v1/members/@tess/achievements').json['achievements']
        self.assertEqual([(each['id'], int(each['missing'])) for each in far], [('faithful', 11)])
        sale = {'id': '@sale', 'target': '@plastic', 'merchant': '@cafe', 'offer': 'card', 'amount': 1000,
                'currency': 'EUR'}
        self.ask('POST', '/v1/gift-cards', sale, 201)
        self.ask('POST', '/v1/gift-cards/@sale/void', {}, 201)
        self.assertEqual(self.balance('@plastic'), 0)

    def signals(self):
        self.ask('POST', '/v1/transactions', [
            {'member': member, 'merchant': '@cafe', 'amount': 100, 'currency': 'EUR', 'card': 'tok_shared'}
            for member in ('@ana', '@cleo', '@cleo')])
        cards = self.ask('GET', '/v1/signals?card_members=2&returns=0&manual_credits=0&velocity=0').json['signals']
        self.assertEqual([(each['signal'], int(each['count']), len(each['card'])) for each in cards],
                         [('card_members', 2, 8)])
        returns = self.ask('GET', '/v1/signals?card_members=0&returns=2&manual_credits=0&velocity=0').json['signals']
        self.assertEqual([(each['signal'], int(each['count'])) for each in returns], [('returns', 2)])
        self.assertEqual(returns[0]['member'], cards[0]['member'])
        fast = self.ask('GET', '/v1/signals?card_members=0&returns=0&manual_credits=0&velocity=4').json['signals']
        self.assertIn('velocity', {each['signal'] for each in fast})
        for n in range(2):
            self.ask('POST', '/v1/transactions', {
                'id': f'@cycle-{n}', 'member': '@cleo', 'merchant': '@cafe', 'amount': 100, 'currency': 'EUR',
                'terminal': 'till 3', 'cashier': 'Max'}, 201)
            self.ask('POST', f'/v1/transactions/@cycle-{n}/returns', {'id': f'@cycle-back-{n}', 'cashier': 'Max'}, 201)
        seen = {each['signal']: each for each in self.ask(
            'GET', '/v1/signals?cycles=2&terminal_velocity=2&cashier_velocity=2&cashier_returns=2').json['signals']}
        self.assertEqual((int(seen['cycles']['count']), seen['terminal_velocity']['name']), (3, 'till 3'))
        self.assertEqual((seen['cashier_velocity']['name'], int(seen['cashier_returns']['count'])), ('Max', 2))
        some = self.ask('GET', '/v1/signals?velocity=1&limit=1&returns=1').json
        self.assertEqual([each['signal'] for each in some['signals']].count('velocity'), 1)
        every = self.ask('GET', '/v1/signals?velocity=1&limit=500&returns=1').json
        strongest = [int(each['count']) for each in every['signals'] if each['signal'] == 'velocity']
        self.assertEqual(strongest, sorted(strongest, reverse=True))
        self.assertEqual((int(every['left_off']), len(every['signals'])),
                         (0, int(some['left_off']) + len(some['signals'])))
        self.assertGreater(int(some['left_off']), 0)
        self.assertEqual(self.ask('GET', '/v1/signals?until_ms=1').json['signals'], [])
        self.ask('GET', '/v1/signals?velocity=-1', status=400)

    def programmes(self):
        document = self.ask('GET', '/v1/programmes/@programme').json['document']
        purchase = {'kind': 'purchase', 'id': '@quoted', 'member': '@cleo', 'merchant': '@cafe', 'amount': 5000,
                    'currency': 'EUR'}
        quoted = self.ask('POST', '/v1/quote', {'commands': [purchase]}, idempotency=None).json['receipts']
        self.assertEqual((quoted[0]['verdict'], int(quoted[0]['points'])), ('ACCEPTED', 500))
        self.ask('GET', f'/v1/receipts/{quoted[0]["id"]}', status=404)
        for wrong in ({}, {'commands': []}, {'commands': [purchase] * 101}, [], {'commands': [{'kind': 'x'}]}):
            self.ask('POST', '/v1/quote', wrong, 400, idempotency=None)
        at = {'amount': 100, 'at': '2026-01-10T10:00'}
        tested = {**document, 'tests': [
            {'name': 'ten', 'purchase': at, 'expect': {'points': 10}},
            {'name': 'wrong', 'purchase': at, 'expect': {'points': 11}}]}
        report = self.ask('POST', '/v1/programme/check', tested, idempotency=None).json
        self.assertEqual(report['name'], document['name'])
        self.assertEqual([each['passed'] for each in report['tests']], [True, False])
        self.assertIn('UNBOUNDED_COST', {each['problem'] for each in report['problems']})
        broken = self.ask('POST', '/v1/programme/check', {'name': 'X', 'rulez': []}, idempotency=None).json
        self.assertEqual([(each['problem'], each['path']) for each in broken['problems']], [('UNKNOWN_KEY', 'rulez')])
        tests = self.ask('POST', '/v1/programme/test', tested, idempotency=None).json
        self.assertEqual((tests['failed'], len(tests['tests'])), (1, 2))
        twice = {**document, 'rules': [{'id': 'base', 'type': 'percent', 'basis_points': 2000}]}
        played = self.ask('POST', '/v1/programme/replay', {'document': twice}, idempotency=None).json
        self.assertTrue(played['complete'])
        self.assertGreater(int(played['after']), int(played['before']))
        one = self.ask('POST', '/v1/programme/replay', {'document': twice, 'limit': 1}, idempotency=None).json
        self.assertEqual((one['complete'], int(one['purchases'])), (False, 1))
        for wrong in ({'document': twice, 'limit': 0}, {'document': twice, 'limit': 200001}, {'limit': 5}, [],
                      {'document': {'name': 'X'}}, {'document': twice, 'programme': 'x'}):
            self.ask('POST', '/v1/programme/replay', wrong, 400, idempotency=None)
        self.ask('POST', '/v1/programme/replay', {'document': twice, 'programme': '@no'}, 404, idempotency=None)

    def qr(self):
        minted = self.ask('POST', '/v1/qr', {'member': '@ana', 'points': 300}, 201).json
        for form, start in (('svg', b'<'), ('png', b'\x89PNG'), ('utf8', b''), ('escpos', b'\x1b')):
            image = self.ask('GET', f'/v1/qr/{minted["token"]}/image?format={form}&scale=4')
            self.assertTrue(image.body.lstrip().startswith(start), form)
        typed = minted['token'].translate(str.maketrans('1234567890', '&é"\'(-è_çà'))
        found = self.ask('POST', '/v1/qr/inspect', {'token': typed, 'merchant': '@cafe'}, idempotency=None).json
        self.assertEqual((found['verdict'], found['token']), ('ACCEPTED', minted['token']))
        spent = self.ask('POST', '/v1/qr/redeem', {'token': typed, 'merchant': '@cafe'}, 201).json
        self.assertEqual(abs(int(spent['points'])), 300)
        again = self.ask('POST', '/v1/qr/redeem', {'token': minted['token'], 'merchant': '@cafe'}).json
        self.assertEqual(again['verdict'], 'SPENT')
        self.ask('POST', f'/v1/redemptions/{spent["id"]}/reverse', {'points': 100, 'reference': 'goodwill'}, 201)
        origins = self.ask('GET', f'/v1/redemptions/{spent["id"]}/origins').json['origins']
        self.assertEqual(sum(int(each['points']) for each in origins), int(spent['points']))
        self.assertEqual(sum(int(each['reversed']) for each in origins), 100)
        forged = self.ask('POST', '/v1/qr/inspect', {'token': '1' * 101}, idempotency=None).json
        self.assertEqual(forged['verdict'], 'FORGED')

    def holds(self):
        hold = self.ask('POST', '/v1/holds', {'member': '@ana', 'points': 50}, 201).json
        self.ask('POST', f'/v1/holds/{hold["id"]}/post', {'merchant': '@cafe', 'points': 20}, 201)
        other = self.ask('POST', '/v1/holds', {'member': '@ana', 'points': 50}, 201).json
        self.ask('POST', f'/v1/holds/{other["id"]}/void', None, 201)
        self.assertEqual(self.ask('POST', f'/v1/holds/{other["id"]}/void').json['verdict'], 'HOLD_CLOSED')

    def reports(self, purchase):
        match = self.ask('POST', '/v1/match', {'descriptor': 'CB CAFE LUMIERE 12/03/26'}, idempotency=None).json
        self.assertIn('outcome', match)
        tables = {'truth': 'raw\texpected\nCB FNAC LYON\tFnac\nCB FNAC NICE\tNONE\n', 'catalogue': 'name\nFnac\n'}
        found = self.ask('POST', '/v1/match/evaluate', tables, idempotency=None).json
        self.assertEqual((found['lines'], found['precision'], found['recall']), (2, 0.5, 1))
        self.ask('POST', '/v1/match/evaluate', {**tables, 'catalogue': 'a\nb\n'}, 400, idempotency=None)
        days = self.ask('GET', '/v1/totals').json['days']
        self.assertGreater(sum(int(each['issued']) for each in days), 0)
        settlement = self.ask('GET', '/v1/settlement').json
        self.assertGreater(sum(int(each['accepted']) for each in settlement['parties']), 0)
        self.assertEqual(sum(int(each['owes']) for each in settlement['parties']),
                         sum(int(each['is_owed']) for each in settlement['parties']))
        mine, every = (sum(int(each['points']) for each in self.ask('GET', path).json['expiries'])
                       for path in ('/v1/members/@cleo/expiries', '/v1/expiries'))
        self.assertGreater(every, 0)
        self.assertGreaterEqual(every, mine)
        self.ask('GET', f'/v1/redemptions/{purchase["id"]}/origins', status=404)
        events = self.ask('GET', '/v1/events?limit=500').json
        self.assertIn(purchase['id'], {each['command'] for each in events['events']})
        self.assertEqual(self.ask('GET', f'/v1/events?after={events["next"]}').json['events'], [])
        accounts = self.ask('GET', '/v1/accounts?limit=2').json
        self.assertEqual(len(accounts['accounts']), 2)
        self.ask('GET', f'/v1/accounts?after={accounts["next"]}')
        trial = self.ask('GET', '/v1/trial-balance').json
        self.assertEqual((len(trial['lines']), int(trial['sum']), int(trial['pending'])), (7, 0, 0))
        closed = self.ask('POST', '/v1/periods', {'occurred_ms': 86400000}, 201).json
        self.assertEqual(closed['verdict'], 'ACCEPTED')
        self.assertEqual([each['until_ms'] for each in self.ask('GET', '/v1/periods').json['periods']], [86400000])

    def review(self):
        for name in ('@rose', '@thorn'):  # two of one name: a person must say which
            self.ask('POST', '/v1/merchants', {'target': name, 'document': {'name': 'Quirigua Rosiers'}}, 201)
        purchase = {'member': '@cleo', 'descriptor': 'CB QUIRIGUA ROSIERS LYON', 'amount': 5000, 'currency': 'EUR'}
        line = self.ask('POST', '/v1/transactions', purchase).json
        self.assertEqual(line['verdict'], 'NEEDS_REVIEW')
        waiting = self.ask('GET', '/v1/review?language=fr').json
        self.assertEqual([each['id'] for each in waiting['lines']], [line['id']])
        self.assertEqual(len(waiting['lines'][0]['candidates']), 2)
        self.assertIn('plusieurs commerçants', str(waiting['lines'][0]['candidates'][0]['evidence']))
        self.ask('GET', '/v1/review?language=de', status=400)
        path = f'/v1/review/{line["id"]}'
        self.ask('POST', path + '/confirm', {'reference': 'Claire'}, 400)
        self.ask('POST', path + '/confirm', {'merchant': '@rose'}, 422)
        self.ask('POST', path + '/refuse', {'merchant': '@rose', 'reference': 'Claire'}, 422)
        answer = self.ask('POST', path + '/confirm', {'merchant': '@rose', 'reference': 'Claire'}, 201).json
        self.assertEqual(int(answer['points']), 500)
        learnt = self.ask('GET', '/v1/learnt?merchant=@rose').json['learnt']
        self.assertEqual([(each['id'], each['line'], each['who'], each['taken_back']) for each in learnt],
                         [(answer['id'], line['id'], 'Claire', None)])
        self.ask('GET', '/v1/learnt?merchant=@nobody', status=404)
        back = self.ask('POST', f'/v1/review/{answer["id"]}/take-back', {'reference': 'Ali'}, 201).json
        self.assertEqual(int(back['points']), 500)
        self.assertEqual(self.ask('GET', '/v1/learnt').json['learnt'][0]['taken_back'], back['id'])
        self.ask('POST', path + '/refuse', {'reference': 'Claire'}, 201)
        self.assertEqual(self.ask('GET', '/v1/review').json['lines'], [])

    def evidence(self, purchase):
        self.assertIn('+', self.ask('GET', '/v1/books').json['key'])
        self.ask('GET', '/v1/checkpoint', status=404)
        code = self.ask('GET', f'/v1/receipts/{purchase["id"]}/code').json['code']
        proof = self.ask('GET', f'/v1/proofs/{code}').json['proof']
        self.assertIn(f'command {purchase["id"]}\n', proof)
        self.assertEqual(self.ask('GET', f'/v1/proofs/{code.lower().replace("-", "")}').json['proof'], proof)
        wrong = code[:-1] + ('1' if code[-1] == '0' else '0')
        self.ask('GET', f'/v1/proofs/{wrong}', status=400)
        self.ask('GET', f'/v1/receipts/{new_id()}/code', status=404)
        older = self.ask('GET', '/v1/checkpoint').json
        self.ask('POST', '/v1/members', {'target': '@fay'}, 201)
        newer = self.ask('POST', '/v1/checkpoint', idempotency=None).json
        self.assertNotEqual(newer, older)
        joined = self.ask('POST', '/v1/extension', older, idempotency=None).json['extension']
        self.assertIn(newer['checkpoint'], joined)
        self.ask('POST', '/v1/extension', {'checkpoint': 'nonsense'}, 400, idempotency=None)

    def operations(self):
        self.assertEqual(self.ask('GET', '/v1/key').json, {'scope': 'platform'})
        self.ask('GET', '/healthz')
        self.ask('GET', '/readyz')
        self.ask('GET', '/metrics')
        self.ask('GET', '/openapi.json')
        page = self.ask('GET', '/')
        self.assertIn("default-src 'none'", page.headers['Content-Security-Policy'])
        for file in ('api.js', 'chart.js', 'console.css', 'console.js', 'icon.svg', 'refunds.js', 'review.js',
                     'texts.js'):
            self.ask('GET', f'/console/{file}')
        self.ask('GET', '/console/none.js', status=404)

    def test_head_and_methods(self):
        head = self.http.request('HEAD', '/healthz')
        self.assertEqual((head.status, head.body), (200, b''))
        refused = self.check(self.http.request('DELETE', '/v1/members'), 405, 'METHOD_NOT_ALLOWED')
        self.assertEqual(sorted(refused.headers['Allow'].split(', ')), ['GET', 'HEAD', 'POST'])
        self.check(self.http.get('/v1/nothing'), 404, 'NOT_FOUND')
        self.check(self.http.get('/v1/members/'), 404, 'NOT_FOUND')
        self.check(self.http.get('/v1/members//balance'), 404, 'NOT_FOUND')


if __name__ == '__main__':
    unittest.main()
