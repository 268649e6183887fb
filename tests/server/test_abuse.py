"""HTTP as an enemy speaks it: drips, missing and double headers, floods of connections."""

import json
import re
import socket
import time
import unittest

from harness import ServerTest, in_threads


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
                    if self.is_whole(answer):
                        break
            except (TimeoutError, ConnectionError):
                pass
            return answer

    @staticmethod
    def is_whole(answer):
        head, end, body = answer.partition(b'\r\n\r\n')
        length = re.search(rb'(?i)^content-length: (\d+)', head, re.M)
        return bool(end) and len(body) >= int(length.group(1) if length else 0)

    def status(self, *pieces):
        answer = self.raw(*pieces)
        return int(answer.split()[1]) if answer else None

    def test_host(self):
        self.assertEqual(self.status(b'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n'), 200)
        self.assertEqual(self.status(b'GET /healthz HTTP/1.1\r\n\r\n'), 400)
        self.assertEqual(self.status(b'GET /healthz HTTP/1.1\r\nHost:\r\n\r\n'), 400)
        self.assertEqual(self.status(b'GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'), 400)

    def refuse(self, status, code, *pieces):
        """A problem document; or, where a stricter release of the HTTP library was faster, its own 400."""
        head, _, body = self.raw(*pieces).partition(b'\r\n\r\n')
        if status in (400, 501) and b'application/problem+json' not in head:
            self.assertEqual(head.split()[1:2], [b'400'], (pieces[0][:200], head))
            return
        self.assertEqual(head.split()[1:2], [str(status).encode()], (pieces[0][:200], head))
        self.assertIn(b'Content-Type: application/problem+json', head)
        self.assertEqual(json.loads(body)['code'], code)

    def test_bodies_of_doubtful_length(self):
        start = b'POST /v1/members HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n'
        for lengths in (b'Content-Length: 2\r\nContent-Length: 3\r\n', b'Content-Length: 2\r\nContent-Length: 2\r\n',
                        b'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n'):
            self.refuse(400, 'BAD_REQUEST', start + lengths + b'\r\n{}')
        for coding in (b'gzip', b'gzip, chunked', b'chunked, chunked'):
            self.refuse(501, 'TRANSFER_CODING', start + b'Transfer-Encoding: ' + coding + b'\r\n\r\n{}')

    def test_headers_that_two_readers_read_differently(self):
        start = b'GET /healthz HTTP/1.1\r\nHost: a\r\n'
        for header in (b'X : y', b'X: a\x01b', b'X: a\x7fb', b'X: a\rb', b'X(y): z'):
            self.refuse(400, 'BAD_REQUEST', start + header + b'\r\n\r\n')

    def test_a_path_ends_where_it_says(self):
        for path in (b'/healthz%00', b'/healthz%00/x', b'/%00'):
            answer = self.raw(b'GET ' + path + b' HTTP/1.1\r\nHost: a\r\n\r\n')
            self.assertNotIn(answer.split()[1:2], ([b'200'], []), path)

    def test_too_large(self):
        start = b'GET /healthz HTTP/1.1\r\nHost: a\r\nX: '
        self.assertEqual(self.status(start + b'x' * 16000 + b'\r\n\r\n'), 200)
        for size in (17000, 24000):
            self.refuse(431, 'HEADERS_TOO_LARGE', start + b'x' * size + b'\r\n\r\n')
        for size in (4097, 9000, 24000):
            self.refuse(414, 'URI_TOO_LONG', b'GET /' + b'x' * size + b' HTTP/1.1\r\nHost: a\r\n\r\n')

    def test_what_the_library_answers_itself(self):
        """docs/http.md, "Problems": refused, in words that are not ours."""
        start = b'POST /v1/members HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n'
        chunked = start + b'Authorization: Bearer ' + self.keys['platform'].encode() + (
            b'\r\nIdempotency-Key: chunks\r\nTransfer-Encoding: chunked\r\n\r\n')
        for request, statuses in (
                (b'GET /healthz\r\n\r\n', (400,)), (b'GET / HTTP/9\r\nHost: a\r\n\r\n', (400, 505)),
                (b'GET / HTTP/2.0\r\nHost: a\r\n\r\n', (505,)), (b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', (505,)),
                (b'GET / HTTP/1.1\r\nHost: a\r\nnothing\r\n\r\n', (400,)),
                (start + b'Content-Length: -1\r\n\r\n{}', (400,)), (start + b'Content-Length: x\r\n\r\n{}', (400,)),
                (start + b'Content-Length: 99999999999999999999999\r\n\r\n{}', (413,)),
                (chunked + b'zz\r\n{}\r\n0\r\n\r\n', (400,)), (chunked + b'2\r\n{}xx0\r\n\r\n', (400,)),
                (chunked + b'ffffffffffffffffffff\r\n{}', (413,)),
                (b'GET / HTTP/1.1\r\nHost: a\r\nX: ' + b'x' * 100000 + b'\r\n\r\n', (431, None)),
                (b'GET /' + b'x' * 100000 + b' HTTP/1.1\r\nHost: a\r\n\r\n', (414, 431, None))):
            self.assertIn(self.status(request), statuses, request[:200])

    def test_garbage(self):
        garbage = (b'\0' * 100, b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc', b'GET\r\n\r\n', b' \r\n\r\n')
        in_threads(len(garbage), lambda index: self.raw(garbage[index]))

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

    def test_slow_and_silent(self):
        """All at once, for each takes its time; a second request on a kept connection has no more of it."""
        key = f'Authorization: Bearer {self.keys["platform"]}\r\n'.encode()
        post = b'POST /v1/members HTTP/1.1\r\nHost: a\r\n' + key + (
            b'Content-Type: application/json\r\nIdempotency-Key: drip\r\nContent-Length: 10000\r\n\r\n{"target":"')
        head = b'GET /healthz HTTP/1.1\r\nX: '
        drips = [(head, 4), (post, 4), (b'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n' + head, 8)]
        *took, _ = in_threads(len(drips) + 1,
                              lambda i: self.drip(drips[i][0], 12) if i < len(drips) else self.check_idle())
        for seconds, (start, most) in zip(took, drips):
            self.assertIsNotNone(seconds, f'never closed: {start}')
            self.assertLess(seconds, most, start)
        self.assertEqual(self.idle, [True, b''], 'a silent connection is served, then closed')

    def check_idle(self):
        with socket.create_connection(('127.0.0.1', self.server.port), timeout=8) as peer:
            peer.sendall(b'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n')
            self.idle = [b'200 OK' in peer.recv(4096), peer.recv(4096)]

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
