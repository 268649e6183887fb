"""The OpenAPI file is well formed by a linter, and says what the table of routes says."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from harness import PROGRAM
from schema import DOCUMENT, FILE, resolve

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'bench'))
import http_bench  # noqa: E402

LINTER = '@redocly/cli@2'


class OpenApi(unittest.TestCase):
    def setUp(self):
        listed = subprocess.run([PROGRAM, 'serve', '--routes'], check=True, capture_output=True, text=True).stdout
        self.routes = {(each['method'], each['path']): each for each in json.loads(listed)}
        self.described = {(method.upper(), path): each for path, methods in DOCUMENT['paths'].items()
                          for method, each in methods.items()}

    def test_same_routes(self):
        self.assertEqual(set(self.routes) - set(self.described), set(), 'routes without description')
        self.assertEqual(set(self.described) - set(self.routes), set(), 'descriptions without route')

    def test_every_route_has_a_benchmark(self):
        self.assertEqual({tuple(each[0].split()) for each in http_bench.ROUTES}, set(self.described),
                         'the table ROUTES of tests/bench/http_bench.py')

    def test_same_scopes_bodies_and_keys(self):
        for name, route in self.routes.items():
            described = self.described[name]
            scopes = f'Scopes: {", ".join(route["scopes"])}.' if route['scopes'] else None
            self.assertEqual(described.get('description'), scopes, name)
            self.assertEqual(bool(described['security']), bool(route['scopes']), name)
            self.assertEqual('requestBody' in described, route['body_max'] > 0, name)
            headers = [resolve(each)['name'] for each in described.get('parameters', ())
                       if resolve(each)['in'] == 'header']
            self.assertEqual(headers, ['Idempotency-Key'] if route['changes'] else [], name)

    def test_parameters_of_paths(self):
        for (method, path), described in self.described.items():
            named = {part[1:-1] for part in path.split('/') if part.startswith('{')}
            given = {resolve(each)['name'] for each in described.get('parameters', ())
                     if resolve(each)['in'] == 'path'}
            self.assertEqual(named, given, f'{method} {path}')

    def test_linter(self):
        npm = shutil.which('npx')
        if not npm:
            self.skipTest('no npx: the linter cannot be fetched')
        with tempfile.TemporaryDirectory() as folder:
            rules = os.path.join(folder, 'redocly.yaml')
            with open(rules, 'w', encoding='utf-8') as file:
                # Public routes have no failures to describe, and the server is where the file is.
                file.write('extends: [recommended]\nrules:\n  operation-4xx-response: off\n')
            try:
                done = subprocess.run(
                    [npm, '--yes', LINTER, 'lint', '--config', rules, FILE], cwd=folder, capture_output=True,
                    text=True, timeout=240, env={**os.environ, 'REDOCLY_TELEMETRY': 'off'})
            except subprocess.TimeoutExpired:
                self.skipTest('the linter did not arrive in time')
        if 'npm ERR!' in done.stderr or 'npm error' in done.stderr:
            self.skipTest('npm could not fetch the linter: ' + done.stderr.strip().splitlines()[-1])
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == '__main__':
    unittest.main()
