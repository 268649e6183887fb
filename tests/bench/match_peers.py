"""The matcher beside what one would take instead, on the same lines and merchants in one run.

    match_peers.py REWAPP DATA FOLDER [MERCHANTS]

Lines: tests/data/matching/text.tsv.  Merchants: its catalogue and made-up shops up to MERCHANTS (10 000).  Each peer
gets the bank's text twice: raw, and clean, which is what the shop's terminal wrote, with bank operations left out for
it: better than any cleaning could be.  Its threshold is chosen on one half of the lines for the best F1 and measured
on the other; ours has none to choose and reads the raw text.  FOLDER keeps what npm installs.  Inside
tests/pg/with_postgres.sh pg_trgm takes part.
"""
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import unicodedata

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'matching'))
import distort  # noqa: E402  the folder beside

HEADS = 'Bel Car Dor Eli Fer Gal Kal Lun Mar Nor Pra Rom Sol Tri Val Zep'.split()
TAILS = 'adone ambre anor astre axis ello enza etto eval idea issimo ivert oline orama umel urnia'.split()
TRADES = 'Coiffure;Boulangerie;Garage;Optique;Traiteur;Fleurs;Pressing;Auto;Sport;Primeur;Bistro;Couture'.split(';')


def folded(text):
    text = ''.join(c for c in unicodedata.normalize('NFD', text) if not unicodedata.combining(c))
    return re.sub(r'[^A-Z0-9]+', ' ', text.upper()).strip()


def made_up(count):
    draw, names = distort.Draw(7), set()
    while len(names) < count:
        name = f'{draw.one_of(HEADS)}{draw.one_of(TAILS)}{draw.one_of(TAILS) if draw.below(2) else ""}'
        names.add(f'{draw.one_of(TRADES)} {name}' if draw.below(3) else f'{name} {draw.one_of(TRADES)}')
    return sorted(names)


class Catalogue:
    """Every name and alias, folded, and whose it is."""

    def __init__(self, merchants):
        self.owner = {}
        for merchant in merchants:
            for name in [merchant['name'], *filter(None, merchant['aliases'].split('|'))]:
                self.owner.setdefault(folded(name), merchant['name'])
        self.names = sorted(self.owner)


def longest_prefix(catalogue, texts):
    before, found = time.process_time(), []
    for text in texts:
        words = text.split()
        for count in range(len(words), 0, -1):
            name = ' '.join(words[:count])
            if name in catalogue.owner:
                found.append((name, len(name)))
                break
        else:
            found.append(('', 0))
    return found, time.process_time() - before


def fts5_trigram(catalogue, texts):
    store = sqlite3.connect(':memory:')
    store.execute("CREATE VIRTUAL TABLE merchant USING fts5(name, tokenize='trigram')")
    store.executemany('INSERT INTO merchant VALUES (?)', ((name,) for name in catalogue.names))
    before, found = time.process_time(), []
    for text in texts:
        parts = {text[i:i + 3] for i in range(len(text) - 2)}
        question = ' OR '.join(f'"{part}"' for part in sorted(parts))
        row = store.execute('SELECT name, -bm25(merchant) FROM merchant WHERE merchant MATCH ? ORDER BY rank LIMIT 1',
                            (question,)).fetchone() if parts else None
        found.append(row or ('', 0))
    return found, time.process_time() - before


def pg_trgm(catalogue, texts):
    """KNN over a GiST index; the time is the server's for the whole, on the wall."""
    script = ['CREATE EXTENSION IF NOT EXISTS pg_trgm;',
              'CREATE TEMP TABLE m (name text); CREATE TEMP TABLE q (id int, t text);',
              'COPY m FROM stdin;', *catalogue.names, '\\.', 'COPY q FROM stdin;',
              *(f'{i}\t{text}' for i, text in enumerate(texts)), '\\.',
              'CREATE INDEX ON m USING gist (name gist_trgm_ops (siglen=64)); ANALYZE m; SET enable_seqscan = off;',
              '\\timing on',
              'SELECT q.id, b.name, 1 - b.d FROM q CROSS JOIN LATERAL (SELECT name, name <-> q.t AS d FROM m '
              'ORDER BY name <-> q.t LIMIT 1) b ORDER BY q.id;']
    words = ['psql', '-qAtX', '-F', '\t', os.environ['REWAPP_TEST_POSTGRES']]
    done = subprocess.run(words, input='\n'.join(script) + '\n', capture_output=True, text=True,
                          check=True).stdout.splitlines()
    rows = [line.split('\t') for line in done if line.count('\t') == 2]
    spent = next(float(line.split()[1].replace(',', '.')) for line in reversed(done) if line.startswith('Time:'))
    return [(name, float(score)) for _, name, score in rows], spent / 1000


def from_npm(engine, folder):
    def search(catalogue, texts):
        done = subprocess.run(['node', HERE / 'matchers/search.mjs', engine, folder], text=True, capture_output=True,
                              input=json.dumps({'names': catalogue.names, 'texts': texts}), check=True)
        answer = json.loads(done.stdout)
        return answer['found'], answer['seconds']
    return search


def score(lines, found, owner, threshold):
    named = right = expected = false = 0
    for line, (name, certainty) in zip(lines, found):
        said = owner.get(name, 'NONE') if name and certainty >= threshold else 'NONE'
        expected += line['expected'] != 'NONE'
        named += said != 'NONE'
        right += said != 'NONE' and said == line['expected']
        false += said != 'NONE' and said != line['expected']
    precision, recall = right / named if named else 0, right / expected if expected else 0
    return (2 * precision * recall / (precision + recall) if right else 0), precision, recall, false


def measure(name, search, catalogue, lines, texts):
    found, seconds = search(catalogue, texts)
    halves = [[pair for i, pair in enumerate(zip(lines, found)) if i % 2 == half] for half in (0, 1)]
    chosen = [[*zip(*half)] for half in halves]
    candidates = sorted({row[1] for row in found})
    steps = candidates[::max(1, len(candidates) // 200)]
    threshold = max(steps, key=lambda step: score(*chosen[0], catalogue.owner, step)[0])
    tell(name, *score(*chosen[1], catalogue.owner, threshold), len(chosen[1][0]), len(texts) / max(seconds, 1e-9))


def tell(name, f1, precision, recall, false, lines, speed):
    print(f'{name:28} precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}  false credits {false:3} of {lines}  '
          f'{speed:10.0f} texts/s', flush=True)


def ours(program, lines, columns, merchants):
    with tempfile.TemporaryDirectory() as folder:
        truth, catalogue = os.path.join(folder, 'truth.tsv'), os.path.join(folder, 'catalogue.tsv')
        distort.write(truth, columns, [line for i, line in enumerate(lines) if i % 2 == 1])
        distort.write(catalogue, ['name', 'aliases'], merchants)
        done = subprocess.run([program, 'match', '--evaluate', truth, '--catalogue', catalogue, '--json'],
                              capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    tell('rewapp, raw', found['f1'], found['precision'], found['recall'], found['false_credits'], found['lines'],
         found['descriptors_per_second'])


def npm_engines(folder):
    if not shutil.which('npm'):
        print('minisearch, fuzzysort: left out, no npm here')
        return {}
    os.makedirs(folder, exist_ok=True)
    shutil.copy(HERE / 'matchers/package.json', folder)
    words = ['npm', 'install', '--silent', '--no-audit', '--no-fund']
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        print('minisearch, fuzzysort: left out, npm could not fetch them')
        return {}
    return {name: from_npm(name, folder) for name in ('minisearch', 'fuzzysort')}


def main(program, data, folder, count='10000'):
    columns, lines = distort.read(os.path.join(data, 'text.tsv'))
    merchants = distort.read(os.path.join(data, 'catalogue.tsv'))[1]
    merchants += [{'name': name, 'aliases': ''} for name in made_up(int(count) - len(merchants))]
    catalogue = Catalogue(merchants)
    print(f'{len(lines)} lines, {len(merchants)} merchants, {len(catalogue.names)} names')
    ours(program, lines, columns, merchants)
    peers = {'longest prefix': longest_prefix, 'SQLite FTS5 trigram, bm25': fts5_trigram, **npm_engines(folder)}
    if os.environ.get('REWAPP_TEST_POSTGRES'):
        peers['pg_trgm, KNN'] = pg_trgm
    else:
        print('pg_trgm: left out, no PostgreSQL (run this within tests/pg/with_postgres.sh)')
    clean = [line for line in lines if line['kind'] != 'bank_operation']
    for name, search in peers.items():
        measure(f'{name}, raw', search, catalogue, lines, [folded(line['raw']) for line in lines])
        measure(f'{name}, clean', search, catalogue, clean, [folded(line['shop'] or line['raw']) for line in clean])


main(*sys.argv[1:])
