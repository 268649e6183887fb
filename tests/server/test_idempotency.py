"""The same id and body: the first receipt again.  The same id, another body: a conflict that names the field."""

import unittest
import uuid

from harness import ServerTest, in_threads, new_id

PURCHASE = {'member': '@ana', 'merchant': '@cafe', 'amount': 2000, 'currency': 'EUR'}


class Idempotency(ServerTest):
    def buy(self, key, status, **changes):
        answer = self.http.post('/v1/transactions', {**PURCHASE, **changes}, idempotency=key)
        return self.check(answer, status)

    def test_replay(self):
        for key in (new_id(), str(uuid.uuid4()), 'ticket 42', 'x', 'é' * 100, 'k' * 255):
            key = key.encode().decode('latin-1')  # header bytes, as http.client sends them
            before = self.balance('@ana')
            first = self.buy(key, 201).json
            again = self.buy(key, 200).json
            self.assertTrue(again.pop('replayed'))
            first.pop('replayed', None)
            self.assertEqual(first, again)
            self.assertEqual(self.balance('@ana'), before + int(first['points']))

    def test_conflict(self):
        key = new_id()
        self.buy(key, 201)
        for field, value in (('amount', 2001), ('member', '@ben'), ('merchant', '@books'), ('mcc', 5411),
                             ('terminal', 'other'), ('reference', 'other')):
            answer = self.buy(key, 409, **{field: value})
            self.check(answer, 409, 'CONFLICT', field)
        self.buy(key, 200)

    def test_an_id_is_taken_as_it_is(self):
        key = new_id()
        self.assertEqual(self.buy(key, 201).json['id'], key)
        self.check(self.http.get(f'/v1/receipts/{key}'), 200)

    def test_id_in_the_body(self):
        key = new_id()
        self.check(self.http.post('/v1/transactions', {**PURCHASE, 'id': key}, idempotency=None), 201)
        again = self.check(self.http.post('/v1/transactions', {**PURCHASE, 'id': key}, idempotency='other'), 200)
        self.assertEqual(again.json['id'], key)

    def test_missing(self):
        for path, body in (('/v1/transactions', PURCHASE), ('/v1/transactions', [PURCHASE]),
                           ('/v1/commands', {'kind': 'sweep'}), ('/v1/members', {'target': '@x'}),
                           ('/v1/qr', {'member': '@ana', 'points': 1})):
            self.check(self.http.post(path, body, idempotency=None), 400, 'IDEMPOTENCY_KEY')
        for key in ('', 'k' * 256, '0' * 32):
            self.check(self.http.post('/v1/transactions', PURCHASE, idempotency=key), 400, 'IDEMPOTENCY_KEY')

    def test_array_under_one_key(self):
        before = self.balance('@ana')
        body = [PURCHASE, {**PURCHASE, 'amount': 500}]
        first = self.check(self.http.post('/v1/transactions', body, idempotency='batch 1'), 200).json['receipts']
        again = self.check(self.http.post('/v1/transactions', body, idempotency='batch 1'), 200).json['receipts']
        self.assertEqual([each['id'] for each in first], [each['id'] for each in again])
        self.assertEqual(len({each['id'] for each in first}), 2)
        self.assertEqual(self.balance('@ana'), before + sum(int(each['points']) for each in first))

    def test_refusal_stays_refused(self):
        key, body = new_id(), {'member': '@late', 'merchant': '@cafe', 'amount': 100, 'currency': 'EUR'}
        refused = self.check(self.http.post('/v1/transactions', body, idempotency=key), 200).json
        self.assertEqual(refused['verdict'], 'UNKNOWN_MEMBER')
        self.check(self.http.post('/v1/members', {'target': '@late'}), 201)
        again = self.check(self.http.post('/v1/transactions', body, idempotency=key), 200).json
        self.assertEqual(again['verdict'], 'UNKNOWN_MEMBER')

    def test_one_key_from_many_connections(self):
        key, before = new_id(), self.balance('@ben')

        def send(_):
            connection = self.server.connect(self.keys['platform'])
            answer = connection.post('/v1/transactions', {**PURCHASE, 'member': '@ben'}, idempotency=key)
            connection.close()
            return answer.status, int(answer.json['points'])

        answers = in_threads(24, send)
        self.assertEqual(sorted(status for status, _ in answers), [200] * 23 + [201])
        self.assertEqual(self.balance('@ben'), before + answers[0][1])


if __name__ == '__main__':
    unittest.main()
