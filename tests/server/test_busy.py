"""Another process writes to the same store: a short wait is waited out, a long one is said, nothing is done twice."""

import sqlite3
import threading
import time
import unittest

from harness import ServerTest, new_id

BODY = {'member': '@ana', 'merchant': '@cafe', 'amount': 1000, 'currency': 'EUR'}


class Busy(ServerTest):
    options = ('--sweep-seconds', '2')

    def ready(self, status):
        """Ready or not; and ready again without a request that writes."""
        connection, end = self.server.connect(), time.monotonic() + 10
        self.addCleanup(connection.close)
        while (answer := connection.get('/readyz')).status != status and time.monotonic() < end:
            time.sleep(.2)
        self.check(answer, status)

    def hold_the_store(self, seconds):
        """Another writer's transaction, for so long; returns its thread once it has begun."""
        begun = threading.Event()

        def hold():
            store = sqlite3.connect(self.server.store.removeprefix('sqlite:'), isolation_level=None)
            store.execute('BEGIN IMMEDIATE')
            begun.set()
            time.sleep(seconds)
            store.execute('ROLLBACK')
            store.close()

        thread = threading.Thread(target=hold)
        thread.start()
        begun.wait()
        self.addCleanup(thread.join)
        return thread

    def test_short_wait(self):
        thread = self.hold_the_store(2)
        began = time.monotonic()
        self.check(self.http.post('/v1/transactions', BODY), 201)
        self.assertGreater(time.monotonic() - began, 1)
        thread.join()

    def test_long_wait(self):
        thread, key, before = self.hold_the_store(12), new_id(), self.balance('@ana')
        refused = self.check(self.http.post('/v1/transactions', BODY, idempotency=key), 503, 'BUSY')
        self.assertGreater(int(refused.headers['Retry-After']), 0)
        self.ready(503)
        self.assertEqual(self.balance('@ana'), before, 'reading must go on')
        thread.join()
        self.ready(200)
        receipt = self.check(self.http.post('/v1/transactions', BODY, idempotency=key), 201).json
        self.check(self.http.post('/v1/transactions', BODY, idempotency=key), 200)
        self.assertEqual(self.balance('@ana'), before + int(receipt['points']))


if __name__ == '__main__':
    unittest.main()
