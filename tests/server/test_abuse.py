"""HTTP as an enemy speaks it: drips, missing and double headers, floods of connections."""

import socket
import time
import unittest

from harness import ServerTest


class Abuse(ServerTest):
    options = ('--request-seconds', '2', '--idle-seconds', '3', '--connections-per-address', '40')

    def tearDown(self):
        connection = self.server.connect()
        self.check(connection.get('/healthz'), 200)
        connection.close()

    def raw(self, *pieces):
        """Sends bytes and returns all that comes back until the end, or until nothing more comes."""
        with socket.create_connection(('127.0.0.1', self.server.port), timeout=5) as peer:
            for piece in pieces:
                peer.sendall(piece)
            answer = b''
            try:
                while chunk := peer.recv(65536):
                    answer += chunk
                    if b'\r\n\r\n' in answer:
                        break
            except (TimeoutError, ConnectionError):
                pass
            return answer

    def status(self, *pieces):
        answer = self.raw(*pieces)
        return int(answer.split()[1]) if answer else None

    def test_host(self):
        self.assertEqual(self.status(b'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n'), 200)
        self.assertEqual(self.status(b'GET /healthz HTTP/1.1\r\n\r\n'), 400)
        self.assertEqual(self.status(b'GET /healthz HTTP/1.1\r\nHost:\r\n\r\n'), 400)
        self.assertEqual(self.status(b'GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'), 400)

    def test_lengths(self):
        start = b'POST /v1/members HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n'
        for lengths in (b'Content-Length: 2\r\nContent-Length: 3\r\n', b'Content-Length: -1\r\n',
                        b'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n', b'Content-Length: x\r\n',
                        b'Content-Length: 99999999999999999999999\r\n'):
            self.assertIn(self.status(start + lengths + b'\r\n{}'), (400, 413, None), lengths)

    def test_large_header(self):
        start = b'GET /healthz HTTP/1.1\r\nHost: a\r\nX: '
        self.assertIn(self.status(start + b'x' * 100000 + b'\r\n\r\n'), (431, None))
        self.assertIn(self.status(b'GET /' + b'x' * 100000 + b' HTTP/1.1\r\nHost: a\r\n\r\n'), (414, 431, None))

    def test_garbage(self):
        for garbage in (b'\0' * 100, b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc', b'GET\r\n\r\n', b'GET / HTTP/9\r\n\r\n',
                        b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', b' \r\n\r\n'):
            self.raw(garbage)

    def drip(self, start, seconds):
        """How long the server stands a byte every 0.2 s."""
        with socket.create_connection(('127.0.0.1', self.server.port), timeout=5) as peer:
            began = time.monotonic()
            peer.sendall(start)
            peer.settimeout(.2)
            while time.monotonic() - began < seconds:
                try:
                    peer.sendall(b'x')
                    if peer.recv(4096) == b'':
                        return time.monotonic() - began
                except TimeoutError:
                    continue
                except ConnectionError:
                    return time.monotonic() - began
        return None

    def test_slow_drip(self):
        key = f'Authorization: Bearer {self.keys["platform"]}\r\n'.encode()
        for start in (b'GET /healthz HTTP/1.1\r\nX: ',
                      b'POST /v1/members HTTP/1.1\r\nHost: a\r\n' + key + b'Content-Type: application/json\r\n'
                      b'Idempotency-Key: drip\r\nContent-Length: 10000\r\n\r\n{"target":"'):
            took = self.drip(start, 8)
            self.assertIsNotNone(took, 'the drip was never closed')
            self.assertLess(took, 4)

    def test_drip_behind_an_answer(self):
        """A second request on a kept connection has no more time than the first."""
        took = self.drip(b'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /healthz HTTP/1.1\r\nX: ', 12)
        self.assertIsNotNone(took)
        self.assertLess(took, 8)

    def test_idle(self):
        with socket.create_connection(('127.0.0.1', self.server.port), timeout=8) as peer:
            peer.sendall(b'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n')
            self.assertIn(b'200 OK', peer.recv(4096))
            self.assertEqual(peer.recv(4096), b'', 'a silent connection is not closed')

    def test_connections_of_one_address(self):
        peers = [socket.create_connection(('127.0.0.1', self.server.port), timeout=3) for _ in range(60)]
        served = 0
        for peer in peers:
            try:
                peer.sendall(b'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n')
                served += b'200 OK' in peer.recv(4096)
            except OSError:
                pass
        for peer in peers:
            peer.close()
        self.assertGreater(served, 20)
        self.assertLessEqual(served, 40)
        time.sleep(.5)

    def test_pipelined(self):
        with socket.create_connection(('127.0.0.1', self.server.port), timeout=5) as peer:
            peer.sendall(b'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n' * 3)
            answer = b''
            while answer.count(b'{"status":"ok"}') < 3:
                chunk = peer.recv(4096)
                self.assertNotEqual(chunk, b'')
                answer += chunk

    def test_expect(self):
        key = f'Authorization: Bearer {self.keys["platform"]}\r\n'.encode()
        answer = self.raw(b'POST /v1/members HTTP/1.1\r\nHost: a\r\n' + key + b'Content-Type: application/json\r\n'
                          b'Idempotency-Key: expect\r\nExpect: 100-continue\r\nContent-Length: 16\r\n\r\n')
        self.assertTrue(answer.startswith(b'HTTP/1.1 100'))


if __name__ == '__main__':
    unittest.main()
