"""Bodies and parameters that are not acceptable: each gets its problem, nothing is stored, the server lives."""

import json
import unittest

from harness import ServerTest, new_id

GOOD = {'member': '@ana', 'merchant': '@cafe', 'amount': 100, 'currency': 'EUR'}
TEXT = json.dumps(GOOD)


def with_(**changes):
    return {**GOOD, **changes}


class BadInput(ServerTest):
    def setUp(self):
        super().setUp()
        before = self.balance('@ana')
        self.addCleanup(lambda: self.assertEqual(self.balance('@ana'), before, 'something was stored'))

    def send(self, body, status, code=None, field=None, path='/v1/transactions', **more):
        return self.check(self.http.post(path, body, **more), status, code, field)

    def test_not_json(self):
        for end in range(1, len(TEXT)):
            self.send(TEXT[:end], 400)
        for body in ('x', '"text"', '12', 'null', '[1]', '[[]]', TEXT + 'x', TEXT + TEXT, "{'a':1}", '{"a":1,}', '\0'):
            self.assertEqual(self.http.post('/v1/transactions', body).status, 400, body)

    def test_place_is_named(self):
        answer = self.send('{\n  "member": "@ana",\n  "amount": 1.5}', 400, 'JSON')
        self.assertIn('line 3', answer.json['detail'])
        answer = self.send([GOOD, with_(amount='much')], 400)
        self.assertIn('1', answer.json['detail'])
        self.assertIn('amount', answer.json['detail'])

    def test_encoding(self):
        for bad in (b'\xe9', b'\xc3', b'\xed\xa0\x80', b'\xc0\xaf', b'\xff'):
            self.send(b'{"reference":"' + bad + b'",' + TEXT[1:].encode(), 400, 'JSON')

    def test_duplicate_keys(self):
        self.send('{"amount":1,' + TEXT[1:], 400, 'JSON')
        self.send('{"kind":"adjust",' + TEXT[1:], 400)

    def test_depth_and_width(self):
        self.send('[' * 100000, 400, 'JSON')
        self.send('{"a":' * 5000 + '1' + '}' * 5000, 400, 'JSON')
        self.send({f'key{i}': i for i in range(300)}, 400)

    def test_types(self):
        for field, value in (('amount', 'ten'), ('amount', None), ('amount', True), ('amount', [1]), ('member', 5),
                             ('member', {}), ('merchant', '@'), ('merchant', 'zz'), ('currency', 5), ('mcc', 'x'),
                             ('unknown', 1), ('Amount', 1)):
            answer = self.http.post('/v1/transactions', with_(**{field: value}))
            self.assertIn(answer.status, (400, 422), (field, value))
            self.assertIn(field, answer.json['detail'] + answer.json.get('field', ''), (field, value))

    def test_numbers(self):
        for number in ('1e3', '1.0', '01', '-', '9007199254740993', '99999999999999999999', '1e999', 'NaN'):
            self.send(TEXT.replace('100', number), 400, 'JSON')
        for amount in (0, -1, -100, str(-2**63)):
            answer = self.http.post('/v1/transactions', with_(amount=amount))
            self.assertIn(answer.status, (400, 422), (amount, answer))
            self.assertIn('amount', answer.json.get('field', '') + answer.json['detail'])
        self.assertIn(self.http.post('/v1/transactions', with_(amount=str(2**63))).status, (400, 422))

    def test_card_numbers(self):
        for card in ('4970101234567890', '4970 1012 3456 7890', '5555-5555-5555-4444', '4111111111111111'):
            digits = card.replace(' ', '').replace('-', '')
            total = sum(int(c) if i % 2 == 0 else sum(divmod(2 * int(c), 10))
                        for i, c in enumerate(reversed(digits)))
            if total % 10:
                continue
            for field in ('reference', 'terminal'):
                self.send(with_(**{field: f'paid by {card}'}), 422, 'CARDNUMBER', field)
            body = {key: value for key, value in GOOD.items() if key != 'merchant'}
            answer = self.http.post('/v1/transactions', {**body, 'descriptor': f'CB CAFE {card}', 'id': f'@m{digits}'})
            self.assertEqual((answer.status, answer.json.get('verdict')), (200, 'NO_MATCH'))
            self.assertNotIn(digits[:12], answer.body.decode().replace(' ', '').replace('-', ''))

    def test_sizes(self):
        answer = self.http.post('/v1/members', b'x' * 20000)
        self.check(answer, 413, 'BODY_TOO_LARGE')
        self.http.close()
        self.send(with_(reference='x' * 5000), 422, None, 'reference')
        self.send([GOOD] * 9000, 400)

    def test_too_large_without_length(self):
        def chunks():
            for _ in range(40):
                yield b'x' * 1000

        self.http.http.request('POST', '/v1/members', chunks(), encode_chunked=True, headers={
            'Authorization': f'Bearer {self.keys["platform"]}', 'Content-Type': 'application/json',
            'Transfer-Encoding': 'chunked', 'Idempotency-Key': new_id()})
        self.assertEqual(self.http.http.getresponse().status, 413)
        self.http.close()

    def test_media_type(self):
        for kind in ('text/plain', 'application/jsonp', 'application/x-www-form-urlencoded', ''):
            self.send(TEXT, 415, 'MEDIA_TYPE', headers={'Content-Type': kind})
        self.http.post('/v1/members', {'target': '@ok'}, headers={'Content-Type': 'application/json; charset=utf-8'})

    def test_parameters(self):
        for path in ('/v1/members?limit=0', '/v1/members?limit=501', '/v1/members?limit=x', '/v1/members?after=-1',
                     '/v1/members?after=99999999999999999999', '/v1/members/@ana/statement?before=x',
                     '/v1/members/zzz', '/v1/members/@ana/balance?programme=zz', '/v1/totals?from_ms=x',
                     '/v1/settlement?from_ms=5&until_ms=5',
                     '/v1/receipts/123', '/v1/qr/12/image?format=gif', '/v1/qr/12/image?scale=99', '/v1/qr/x/image'):
            self.check(self.http.get(path), 400, 'ARGUMENT')
        self.assertIn(self.http.get('/v1/members/%00').status, (400, 404))
        self.check(self.http.get('/v1/members/%ff%fe'), 400, 'BAD_REQUEST')

    def test_tokens(self):
        for token in ('', 'x', '1', '1' * 300, '9' * 101, 'é' * 50):
            answer = self.http.post('/v1/qr/redeem', {'token': token, 'merchant': '@cafe'})
            if answer.status == 200:
                self.assertEqual(answer.json['verdict'], 'FORGED', token)
            else:
                self.check(answer, 422, None, 'token')
        self.check(self.http.post('/v1/qr/inspect', {'token': 5}), 400, 'ARGUMENT', 'token')
        self.check(self.http.post('/v1/qr/inspect', {}), 400, 'ARGUMENT', 'token')
        self.check(self.http.post('/v1/qr/inspect', {'token': '1', 'other': 1}), 400, 'ARGUMENT', 'other')

    def test_a_bad_command_does_not_spoil_its_batch(self):
        answer = self.check(self.http.post('/v1/commands', {'commands': [
            {'kind': 'member', 'target': '@fine'}, {'kind': 'purchase', **with_(reference='4111111111111111')}]}), 200)
        receipts = answer.json['receipts']
        self.assertEqual(receipts[0]['verdict'], 'ACCEPTED')
        self.assertEqual((receipts[1]['error'], receipts[1]['field']), ('CARDNUMBER', 'reference'))


if __name__ == '__main__':
    unittest.main()
