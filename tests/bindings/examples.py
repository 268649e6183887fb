"""An example in another language, run twice in an empty folder: it says what README.md lets expect.

    examples.py INTERPRETER FILE OUTPUT
"""
import os
import subprocess
import sys
import tempfile


def main():
    interpreter, path, expected = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(2):
            done = subprocess.run([interpreter, os.path.abspath(path)], cwd=folder, check=False, timeout=60,
                                  stdout=subprocess.PIPE, encoding='utf-8')
            if done.returncode or done.stdout != expected + '\n':
                sys.exit(f'{path}: {done.returncode}, {done.stdout!r} instead of {expected!r}')


main()
