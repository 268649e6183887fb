"""The program under test in a folder of its own, and checks that say what they saw."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

REWAPP = os.path.abspath(os.environ['REWAPP'])
DATA = pathlib.Path(__file__).resolve().parent.parent.parent / 'examples' / 'data'
NOW_MS = 1791187200000  # 2026-10-05 08:00 UTC


class Run:
    """What one run of the program gave."""

    def __init__(self, done):
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr

    @property
    def json(self):
        return json.loads(self.out)


class ProgramTest(unittest.TestCase):
    """Each test has an empty folder with a store of its own, at a fixed time, in English."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name)
        self.environment = {'PATH': os.environ['PATH'], 'LANG': 'C.UTF-8', 'REWAPP_STORE': 'sqlite:till.db',
                            'REWAPP_NOW_MS': str(NOW_MS)}
        for name in ('ASAN_OPTIONS', 'UBSAN_OPTIONS', 'LD_LIBRARY_PATH'):
            if name in os.environ:
                self.environment[name] = os.environ[name]

    def rewapp(self, *words, code=0, text=None, **environment):
        """Runs the program and checks its exit code."""
        done = subprocess.run([REWAPP, *map(str, words)], input=text, cwd=self.path, check=False, timeout=120,
                              env={**self.environment, **environment}, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, encoding='utf-8')
        self.assertEqual(done.returncode, code, f'{words}\n{done.stdout}\n{done.stderr}')
        return Run(done)

    def write(self, name, content):
        path = self.path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content, encoding='utf-8')
        return path

    def shop(self):
        """A store with the example's merchants, programme and members."""
        self.rewapp('init')
        self.rewapp('import', 'merchants', DATA / 'merchants.json')
        self.rewapp('import', 'programmes', DATA / 'programme.json')
        self.rewapp('import', 'members', DATA / 'members.json')

    def balance(self, member='@claire-morel'):
        return self.rewapp('balance', member, '--json').json


def main():
    unittest.main(argv=[sys.argv[0]], verbosity=1)
