"""Which key reaches what: every route by every scope, and the objects behind the routes."""

import json
import os
import re
import subprocess
import time
import unittest

from harness import PROGRAM, ServerTest, new_id


class Keys(ServerTest):
    def routes(self):
        listed = subprocess.run([PROGRAM, 'serve', '--routes'], check=True, capture_output=True, text=True).stdout
        return json.loads(listed)

    def as_(self, name):
        connection = self.server.connect(self.keys[name])
        self.addCleanup(connection.close)
        return connection

    def test_matrix(self):
        """Every route refuses who has no key, a wrong one, or one of another scope."""
        scope_of = {'platform': 'platform', 'cafe': 'merchant', 'till': 'terminal'}
        wrong = self.keys['platform'][:-1] + ('0' if self.keys['platform'][-1] != '0' else '1')
        for route in self.routes():
            path = re.sub(r'\{\w+\}', new_id(), route['path'])
            body = {} if route['body_max'] else None
            if not route['scopes']:
                continue
            for key in (None, '', 'nonsense', 'rwk_', wrong, self.keys['platform'] + '0'):
                answer = self.http.request(route['method'], path, body, key=key)
                self.check(answer, 401, 'UNAUTHENTICATED')
                self.assertIn('Bearer', answer.headers['WWW-Authenticate'])
            for name, scope in scope_of.items():
                answer = self.http.request(route['method'], path, body, key=self.keys[name])
                if scope in route['scopes']:
                    self.assertNotIn(answer.status, (401, 403), (route, name))
                else:
                    self.check(answer, 403, 'FORBIDDEN')

    def buy(self, who, **more):
        return self.as_(who).post('/v1/transactions', {'member': '@ben', 'amount': 1000, 'currency': 'EUR', **more})

    def test_purchases_are_of_the_own_merchant(self):
        own = self.as_('cafe').get('/v1/key').json['merchant']
        for who in ('cafe', 'till'):
            self.assertEqual(self.check(self.buy(who), 201).json['merchant'], own)
            self.check(self.buy(who, merchant='@cafe'), 201)
            self.check(self.buy(who, merchant='@books'), 403, 'FORBIDDEN')
            self.check(self.buy(who, descriptor='CB BOOKS & CO PARIS'), 403, 'FORBIDDEN')
        mixed = [{'member': '@ben', 'amount': 100, 'currency': 'EUR', 'merchant': name} for name in ('@cafe', '@books')]
        before = self.balance('@ben')
        self.check(self.as_('cafe').post('/v1/transactions', mixed), 403, 'FORBIDDEN')
        self.assertEqual(self.balance('@ben'), before, 'half of a refused array was stored')

    def test_a_batch_cannot_carry_another_kind(self):
        for kind in ('adjust', 'mint', 'purchase'):
            sneaky = {'kind': kind, 'member': '@ben', 'points': 5000, 'reference': 'x'}
            self.assertIn(self.as_('cafe').post('/v1/transactions', sneaky).status, (400,))
            self.assertIn(self.as_('cafe').post('/v1/transactions', {'commands': [sneaky]}).status, (400,))
        self.check(self.as_('cafe').post('/v1/transactions', [{'kind': 'adjust', 'member': '@ben', 'points': 1,
                                                                'reference': 'x'}]), 400, 'ARGUMENT', 'kind')

    def test_receipts_and_returns(self):
        receipt = self.check(self.buy('cafe'), 201).json['id']
        self.check(self.as_('cafe').get(f'/v1/receipts/{receipt}'), 200)
        self.check(self.as_('books').get(f'/v1/receipts/{receipt}'), 404, 'NOTFOUND')
        self.check(self.as_('till').get(f'/v1/receipts/{receipt}'), 403, 'FORBIDDEN')
        path = f'/v1/transactions/{receipt}/returns'
        self.check(self.as_('books').post(path, {}), 404, 'NOTFOUND')
        self.check(self.as_('till').post(path, {'amount': 100}), 201)
        self.check(self.as_('cafe').post(path, {}), 201)
        unknown = self.check(self.as_('books').get(f'/v1/receipts/{new_id()}'), 404, 'NOTFOUND')
        other = self.as_('books').get(f'/v1/receipts/{receipt}')
        self.assertEqual(unknown.json['detail'], other.json['detail'], 'the answer tells that the receipt exists')

    def mint(self, **more):
        return self.check(self.http.post('/v1/qr', {'member': '@ana', 'points': 10, **more}), 201).json['token']

    def test_codes(self):
        token = self.mint(merchant='@books')
        looked = self.check(self.as_('till').post('/v1/qr/inspect', {'token': token}), 200).json
        self.assertEqual(looked, {'verdict': 'WRONG_MERCHANT', 'token': token})
        self.check(self.as_('till').post('/v1/qr/inspect', {'token': token, 'merchant': '@books'}), 403)
        self.check(self.as_('till').post('/v1/qr/redeem', {'token': token, 'merchant': '@books'}), 403)
        refused = self.check(self.as_('till').post('/v1/qr/redeem', {'token': token}), 200).json
        self.assertEqual(refused['verdict'], 'WRONG_MERCHANT')
        self.check(self.as_('books').post('/v1/qr/redeem', {'token': token}), 201)

    def test_reversals(self):
        token = self.mint()
        spent = self.check(self.as_('till').post('/v1/qr/redeem', {'token': token}), 201).json
        path = f'/v1/redemptions/{spent["id"]}/reverse'
        self.check(self.as_('books').post(path, {'reference': 'x'}), 404, 'NOTFOUND')
        self.check(self.as_('till').post(path, {'reference': 'x'}), 403, 'FORBIDDEN')
        self.check(self.as_('cafe').post(path, {'reference': 'x'}), 201)

    def test_merchants(self):
        self.check(self.as_('cafe').get('/v1/merchants/@cafe'), 200)
        self.check(self.as_('cafe').get('/v1/merchants/@books'), 404, 'NOTFOUND')

    def test_same_ticket_number_at_two_tills(self):
        """An Idempotency-Key that is no id belongs to who sends it."""
        second = self.server.connect(self.server.key('terminal', '@cafe', 'till-2'))
        self.addCleanup(second.close)
        body = {'member': '@ben', 'amount': 700, 'currency': 'EUR'}
        first = self.check(self.as_('till').post('/v1/transactions', body, idempotency='ticket 1'), 201).json
        other = self.check(second.post('/v1/transactions', body, idempotency='ticket 1'), 201).json
        self.assertNotEqual(first['id'], other['id'])
        again = self.check(self.as_('till').post('/v1/transactions', body, idempotency='ticket 1'), 200).json
        self.assertEqual(again['id'], first['id'])

    def test_revoked(self):
        key = self.server.key('merchant', '@cafe')
        self.check(self.http.request('GET', '/v1/key', key=key), 200)
        subprocess.run([PROGRAM, 'key', 'revoke', key, '--store', self.server.store], check=True)
        deadline = time.monotonic() + 5
        while self.http.request('GET', '/v1/key', key=key).status == 200:
            self.assertLess(time.monotonic(), deadline, 'the key still works')
            time.sleep(.1)
        self.assertNotEqual(subprocess.run([PROGRAM, 'key', 'revoke', key, '--store', self.server.store],
                                           capture_output=True, check=False).returncode, 0)

    def test_at_rest(self):
        """No secret is written anywhere."""
        for folder, _, files in os.walk(self.server.folder):
            for file in files:
                with open(os.path.join(folder, file), 'rb') as opened:
                    stored = opened.read()
                for key in self.keys.values():
                    secret = key.rsplit('_', 1)[1]
                    self.assertNotIn(secret.encode(), stored, file)
                    self.assertNotIn(bytes.fromhex(secret), stored, file)

    def test_command(self):
        for wrong in (['create'], ['create', '--scope', 'king'], ['create', '--scope', 'merchant'],
                      ['create', '--scope', 'platform', '--merchant', '@cafe'],
                      ['create', '--scope', 'terminal', '--merchant', '@cafe'],
                      ['create', '--scope', 'merchant', '--merchant', 'nonsense'], ['forge'], [], ['revoke']):
            done = subprocess.run([PROGRAM, 'key', *wrong, '--store', self.server.store], capture_output=True,
                                  text=True, check=False)
            self.assertEqual(done.returncode, 2, wrong)
            self.assertIn('rewapp key:', done.stderr)


if __name__ == '__main__':
    unittest.main()
