"""What was acknowledged is there: after a stop under load, and after kill -9 under load."""

import signal
import threading
import time
import unittest

from harness import Server, new_id, seed

BODY = {'member': '@ana', 'merchant': '@cafe', 'amount': 1000, 'currency': 'EUR'}


class Load:
    """Purchases from many connections; remembers what was acknowledged."""

    def __init__(self, server, key, count):
        self.server, self.key = server, key
        self.acknowledged, self.problems, self.lock = {}, [], threading.Lock()
        self.threads = [threading.Thread(target=self.run) for _ in range(count)]
        for thread in self.threads:
            thread.start()

    def run(self):
        connection = self.server.connect(self.key)
        try:
            while True:
                name = new_id()
                answer = connection.post('/v1/transactions', BODY, idempotency=name)
                with self.lock:
                    if answer.status == 201:
                        self.acknowledged[name] = answer.json
                    else:
                        self.problems.append(answer)
                if answer.status == 503:
                    return
        except OSError:
            return
        except Exception as error:  # http.client has many names for a connection that ended
            if type(error).__module__ != 'http.client':
                self.problems.append(error)
        finally:
            connection.close()

    def wait(self):
        for thread in self.threads:
            thread.join()


class Stop(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.close)
        self.key = self.server.key('platform')
        connection = self.server.connect(self.key)
        seed(connection)
        connection.close()

    def check_all_there(self, load):
        self.assertGreater(len(load.acknowledged), 20, 'there was no load to speak of')
        self.server.start()
        connection = self.server.connect(self.key)
        for name, receipt in load.acknowledged.items():
            again = connection.post('/v1/transactions', BODY, idempotency=name)
            self.assertEqual(again.status, 200, f'{name} was acknowledged and is lost: {again}')
            self.assertTrue(again.json['replayed'])
            self.assertEqual(again.json['available'], receipt['available'])
        entries, before = 0, 0
        while before is not None:
            page = connection.get(f'/v1/members/@ana/statement?limit=500&before={before}').json
            entries += sum(each['code'] == 'award' for each in page['entries'])
            before = page['next']
        self.assertGreaterEqual(entries, len(load.acknowledged))
        connection.close()

    def test_graceful(self):
        load = Load(self.server, self.key, 16)
        time.sleep(.6)
        began = time.monotonic()
        self.assertEqual(self.server.stop(signal.SIGTERM), 0)
        self.assertLess(time.monotonic() - began, 8)
        load.wait()
        for problem in load.problems:
            self.assertEqual(problem.status, 503, problem)
        self.check_all_there(load)

    def test_interrupt_when_idle(self):
        connection = self.server.connect(self.key)
        connection.get('/healthz')
        began = time.monotonic()
        self.assertEqual(self.server.stop(signal.SIGINT), 0)
        self.assertLess(time.monotonic() - began, 2)
        connection.close()

    def test_kill(self):
        load = Load(self.server, self.key, 16)
        time.sleep(.6)
        self.assertEqual(self.server.stop(signal.SIGKILL), -signal.SIGKILL)
        load.wait()
        self.assertEqual(load.problems, [])
        self.check_all_there(load)


if __name__ == '__main__':
    unittest.main()
