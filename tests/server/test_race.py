"""Many tills, one code; many codes, one balance."""

import unittest

from harness import ServerTest, in_threads


class Race(ServerTest):
    def at_once(self, count, key, path, body):
        def send(index):
            connection = self.server.connect(self.keys[key])
            answer = connection.post(path, body(index) if callable(body) else body)
            connection.close()
            return answer

        return [self.check(answer, answer.status).json for answer in in_threads(count, send)]

    def test_one_code_is_redeemed_once(self):
        token = self.check(self.http.post('/v1/qr', {'member': '@ana', 'points': 500}), 201).json['token']
        before = self.balance('@ana')
        receipts = self.at_once(64, 'till', '/v1/qr/redeem', {'token': token})
        verdicts = sorted(each['verdict'] for each in receipts)
        self.assertEqual(verdicts, ['ACCEPTED'] + ['SPENT'] * 63)
        self.assertEqual((self.balance('@ana'), self.balance('@ana', 'held')), (before, 0))

    def test_holds_never_exceed_the_balance(self):
        receipts = self.at_once(64, 'platform', '/v1/holds', {'member': '@ben', 'points': 300})
        accepted = [each for each in receipts if each['verdict'] == 'ACCEPTED']
        self.assertEqual({each['verdict'] for each in receipts}, {'ACCEPTED', 'INSUFFICIENT_POINTS'})
        self.assertEqual(len(accepted), 33)
        self.assertEqual((self.balance('@ben'), self.balance('@ben', 'held')), (100, 9900))


if __name__ == '__main__':
    unittest.main()
