"""What the clerk does beside the connections: reports and checkpoints that many ask for at once, and the
checkpoints that the server signs by itself."""

import time
import unittest

from harness import ServerTest, in_threads

PURCHASE = {'member': '@ana', 'merchant': '@cafe', 'amount': 1000, 'currency': 'EUR'}
MANY = 24


class Clerk(ServerTest):
    def ask(self, method, path, body=None):
        connection = self.server.connect(self.keys['platform'])
        try:
            return connection.request(method, path, body)
        finally:
            connection.close()

    def buy(self, count=1):
        for _ in range(count):
            self.check(self.http.post('/v1/transactions', PURCHASE), 201)

    def size(self):
        """Commands that the newest checkpoint covers; None: there is none."""
        answer = self.http.get('/v1/checkpoint', key=None)
        return int(answer.json['checkpoint'].split('\n')[1]) if answer.status == 200 else None

    def wait_for(self, what):
        end = time.monotonic() + 20
        while not what() and time.monotonic() < end:
            time.sleep(.1)
        self.assertTrue(what())


class Reports(Clerk):
    options = ('--checkpoint-commands', '0', '--checkpoint-seconds', '0')

    def issued(self, answer):
        return sum(int(party.get('issued', 0)) for party in self.check(answer, 200).json['parties'])

    def test_a_report_knows_what_was_answered_before_it(self):
        before = self.issued(self.ask('GET', '/v1/settlement'))
        for bought in range(1, 6):
            self.buy()
            answers = in_threads(MANY, lambda _: self.ask('GET', '/v1/settlement'))
            self.assertEqual({self.issued(answer) for answer in answers}, {before + 100 * bought})

    def test_other_questions_get_their_own_answers(self):
        def ask(index):
            return self.ask('GET', f'/v1/settlement?until_ms={index + 1}' if index % 2 else '/v1/settlement')

        for index, answer in enumerate(in_threads(MANY, ask)):
            self.assertEqual(int(self.check(answer, 200).json['until_ms']) == index + 1, bool(index % 2))

    def test_a_question_that_fails_fails_alone(self):
        def ask(index):
            return self.ask('GET', '/v1/settlement?programme=@none' if index % 2 else '/v1/settlement')

        for index, answer in enumerate(in_threads(MANY, ask)):
            self.check(answer, 404 if index % 2 else 200, 'NOTFOUND' if index % 2 else None)

    def test_many_sign_at_once(self):
        notes = set()
        for _ in range(3):
            self.buy()
            answers = in_threads(MANY, lambda _: self.ask('POST', '/v1/checkpoint'))
            found = {self.check(answer, 200).json['checkpoint'] for answer in answers}
            self.assertEqual(len(found), 1)
            notes |= found
        self.assertEqual(len(notes), 3)
        extensions = in_threads(MANY, lambda index: self.ask('POST', '/v1/extension',
                                                             {'checkpoint': sorted(notes)[index % 3]}))
        self.assertEqual(len({self.check(answer, 200).json['extension'] for answer in extensions}), 3)


class KeptReports(Clerk):
    options = ('--report-seconds', '600', '--sweep-seconds', '0')
    SIGNALS = '/v1/signals?velocity=1&limit=1'

    def count(self, **headers):
        answer = self.check(self.http.get(self.SIGNALS, headers=headers), 200)
        return int(answer.json['signals'][0]['count']), answer.headers.get('Age')

    def until_kept(self):
        """Purchases until a report over them takes so long that it is kept; how many it knows."""
        for _ in range(40):
            for _ in range(10):
                self.check(self.http.post('/v1/commands', {'commands': [{'kind': 'purchase', **PURCHASE}] * 100}), 200)
            known, _ = self.count(**{'Cache-Control': 'no-cache'})
            again, age = self.count()
            if age is not None and again == known:
                return known
        self.fail('no report took long')

    def test_a_long_report_is_given_again_and_written_anew(self):
        known = self.until_kept()
        self.buy()
        again, age = self.count()
        self.assertEqual((again, age.isdigit()), (known, True))
        self.assertEqual(self.count(**{'Cache-Control': 'no-cache'}), (known + 1, None))
        self.assertEqual(self.ask('GET', self.SIGNALS + '&cycles=0').headers.get('Age'), None)
        self.buy()
        self.wait_for(lambda: self.count()[0] == known + 2)


class AfterCommands(Clerk):
    options = ('--checkpoint-commands', '5', '--checkpoint-seconds', '0')

    def test_books_are_signed_anew_but_not_for_the_first_time(self):
        self.buy(6)
        time.sleep(2.5)  # two turns of the clerk
        self.assertIsNone(self.size())
        self.check(self.http.post('/v1/checkpoint', idempotency=None), 200)
        first = self.size()
        self.buy(5)
        self.wait_for(lambda: self.size() >= first + 5)
        second = self.size()
        self.buy(4)
        time.sleep(2.5)
        self.assertEqual(self.size(), second)


class AfterSeconds(Clerk):
    options = ('--checkpoint-commands', '0', '--checkpoint-seconds', '1')

    def test_books_are_signed_when_something_happened(self):
        self.check(self.http.post('/v1/checkpoint', idempotency=None), 200)
        first = self.size()
        self.buy()
        self.wait_for(lambda: self.size() > first)
        second = self.size()
        time.sleep(2.5)
        self.assertEqual(self.size(), second)


if __name__ == '__main__':
    unittest.main()
