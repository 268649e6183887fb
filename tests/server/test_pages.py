"""The commands of docs/http.md do what the page says."""

import json
import os
import pathlib
import re
import socket
import subprocess
import tempfile
import unittest

from harness import PROGRAM

PAGE = pathlib.Path(__file__).resolve().parent.parent.parent / 'docs' / 'http.md'


def free_port():
    with socket.socket() as found:
        found.bind(('127.0.0.1', 0))
        return found.getsockname()[1]


class Pages(unittest.TestCase):
    def test_from_nothing_to_the_first_points(self):
        port = free_port()
        script = re.search(r'```sh\n(.*?)```', PAGE.read_text(encoding='utf-8'), re.DOTALL)[1]
        script = script.replace('rewapp serve', f'rewapp serve --listen 127.0.0.1:{port}')
        script = script.replace('localhost:8080', f'127.0.0.1:{port}').replace('&\n', '&\ntrap "kill $!" EXIT\n', 1)
        path = f'{os.path.dirname(os.path.abspath(PROGRAM))}:{os.environ["PATH"]}'
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(['bash', '-euc', script], cwd=folder, env={**os.environ, 'PATH': path}, check=True,
                                  timeout=60, stdout=subprocess.PIPE, encoding='utf-8')
        *receipts, balance = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{')]
        self.assertEqual([each['verdict'] for each in receipts], ['ACCEPTED'] * 4)
        self.assertEqual((receipts[3]['points'], balance['available']), (84, 84))


if __name__ == '__main__':
    unittest.main()
