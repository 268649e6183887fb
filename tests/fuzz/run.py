"""Runs one libFuzzer target on seeds made of the project's own data.

    run.py PROGRAM TARGET                     a few seconds, always the same: what ./dev test does
    run.py PROGRAM TARGET --runs N [--corpus FOLDER]    N executions; FOLDER keeps what was found

What stops a run is left beside the program as crash-*, leak-* or timeout-*, to be given to the program again.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ROOT / 'tests/data/matching'
SECONDS = 4
LENGTH = {'match': 700, 'catalogue': 600, 'evaluate': 3000, 'token': 160}

QUESTIONS = ['{"query":"balance","member":"@ana"}', '{"query":"merchants","after":0,"limit":2}',
             '{"query":"match","descriptor":"CB FNAC PARIS","amount":"-1250","currency":"EUR","mcc":5732}',
             '{"query":"settlement","from_ms":0,"until_ms":9}',
             '{"query":"totals","from_ms":0,"until_ms":86400000}', '{"query":"inspect","token":"971"}',
             '{"query":"statement","member":"@ana","before":9,"limit":3}', '{"query":"receipt","id":"@ana"}',
             '{"commands":[{"kind":"purchase","id":"@t","member":"@ana","merchant":"@fnac","amount":4210,'
             '"currency":"EUR"}]}',
             '{"kind":"return","id":"@r","target":"@t","amount":"100"}',
             '{"kind":"merchant","id":"@m","document":{"name":"Caf\\u00e9 \\ud83d\\ude00","mcc":[5812]}}']


def column(path, name):
    with open(path, encoding='utf-8') as file:
        at = file.readline().rstrip('\n').split('\t').index(name)
        return [row.rstrip('\n').split('\t')[at] for row in file]


def head(path, lines):
    return b''.join(path.read_bytes().splitlines(keepends=True)[:lines])


def seeds_match():
    for i, raw in enumerate(column(DATA / 'text.tsv', 'raw')):
        yield bytes([i % 64]) + raw.encode()


def seeds_catalogue():
    names = column(DATA / 'catalogue.tsv', 'name')
    for i in range(0, len(names), 6):
        yield b'\n'.join(bytes([(i * 37 + at * 29) % 255 + 1]) + name.encode()
                         for at, name in enumerate(names[i:i + 6]))


def seeds_evaluate():
    yield head(DATA / 'text.tsv', 8) + b'\0' + head(DATA / 'catalogue.tsv', 8)
    yield head(DATA / 'feed.tsv', 4) + b'\0' + head(DATA / 'catalogue.tsv', 4)


def seeds_merchant():
    for merchant in json.loads((ROOT / 'examples/data/merchants.json').read_text())['merchants']:
        yield json.dumps({key: value for key, value in merchant.items() if key != 'id'}).encode()


def seeds_programme():
    text = json.loads((ROOT / 'examples/data/programme.json').read_text())
    for programme in text.get('programmes', [text]):
        yield json.dumps({key: value for key, value in programme.items() if key != 'id'}).encode()


def seeds_json():
    return (question.encode() for question in QUESTIONS)


def seeds_token():
    yield b'\xff'
    yield b'\xff\x03\x39\x61\x30'
    for token in re.findall(r'\b97\d{99}\b', (ROOT / 'tests/data/qr/vectors.tsv').read_text())[:40]:
        yield token.encode()
        yield b']Q1' + token.encode() + b'\r\n'


def seeds_bank():
    for path in sorted((ROOT / 'examples/data').glob('*-20*')) + sorted((ROOT / 'examples/data').glob('*.csv')):
        yield b'\0' + path.read_bytes()[:6000]


def words(texts):
    """A dictionary of the words in the seeds, so that the fuzzer need not find them letter by letter."""
    found = sorted({word for text in texts for word in re.findall(rb'[A-Za-z0-9*/_<>"]{3,18}', text)})[:1500]
    return '\n'.join('"' + word.decode().replace('"', '\\"') + '"' for word in found)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('program')
    parser.add_argument('target')
    parser.add_argument('--runs', type=int)
    parser.add_argument('--corpus')
    given = parser.parse_args()
    seeds = list(globals()['seeds_' + given.target]())
    with tempfile.TemporaryDirectory() as folder:
        corpus = given.corpus or os.path.join(folder, 'found')
        made = os.path.join(folder, 'seeds')
        os.makedirs(corpus, exist_ok=True)
        os.makedirs(made)
        for i, seed in enumerate(seeds):
            pathlib.Path(made, f'{i:04}').write_bytes(seed)
        dictionary = pathlib.Path(folder, 'words')
        dictionary.write_text(words(seeds) + '\n')
        limit = [f'-runs={given.runs}'] if given.runs else [f'-max_total_time={SECONDS}']
        command = [given.program, '-seed=1', *limit, f'-dict={dictionary}', '-timeout=60', '-rss_limit_mb=1500',
                   f'-max_len={LENGTH.get(given.target, 8192)}', '-print_final_stats=1',
                   f'-artifact_prefix={os.path.dirname(os.path.abspath(given.program))}/', corpus, made]
        sys.exit(subprocess.run(command).returncode)


if __name__ == '__main__':
    main()
