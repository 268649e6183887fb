"""What banks and terminals are known to do to a shop's name, done on purpose.

    distort.py TRUTH OUT [SEED]    writes OUT/<distortion>.tsv for each distortion and prints the seed

TRUTH is a table like tests/data/matching/text.tsv: the column `shop` holds the part of `raw` that the shop's
terminal wrote, and that part is distorted.  The same seed gives the same files on every machine: the numbers
are drawn by the generator below, not by Python's.
"""
import os
import sys
import unicodedata

SEED = 20260312
FIELD = 22  # characters of the merchant's name in card messages (ISO 8583, field 43 has 22 + town + country)
CONFUSED = {'O': '0', '0': 'O', 'I': '1', '1': 'I', 'L': '1', 'S': '5', '5': 'S', 'B': '8', '8': 'B', 'Z': '2',
            'M': 'RN', 'W': 'VV', 'G': '6', 'E': 'F', 'C': 'G', 'U': 'V', 'N': 'H'}


class Draw:
    """xorshift: small, and the same everywhere."""

    def __init__(self, seed):
        self.state = (seed * 2654435761 + 88172645463325252) & (2 ** 64 - 1) or 1

    def below(self, limit):
        self.state ^= self.state << 13 & (2 ** 64 - 1)
        self.state ^= self.state >> 7
        self.state ^= self.state << 17 & (2 ** 64 - 1)
        return (self.state >> 11) % limit

    def one_of(self, items):
        return items[self.below(len(items))]


def truncated(line, draw):
    """The terminal's field is full: name, number and town, cut at its end."""
    if line['shop'] not in line['raw']:
        return None
    before, after = line['raw'].split(line['shop'], 1)
    town = after.strip().split('  ')[0].split(' CARTE')[0]
    field = f"{line['shop']} {draw.below(9000) + 1000} {town}" if len(line['shop']) < FIELD else line['shop']
    return None if len(field) <= FIELD else before + field[:FIELD].rstrip() + after


def glued(line, draw):
    """All words of the name in one."""
    name = line['shop'].replace(' ', '')
    return None if name == line['shop'] else line['raw'].replace(line['shop'], name, 1)


def store_number(line, draw):
    """A number behind the name, in one of the ways in which chains write it."""
    number = draw.below(9000) + 100
    tail = draw.one_of([f' {number}', f' #{number:05}', f' N{number % 100}', f'-{number:04}', f' F{number}',
                        f' MAG {number:04}'])
    return line['raw'].replace(line['shop'], line['shop'] + tail, 1)


def missing_space(line, draw):
    """One space beside or in the name is gone."""
    at = line['raw'].find(line['shop'])
    end = at + len(line['shop'])
    spaces = [i for i in range(at, min(end + 1, len(line['raw']))) if line['raw'][i] == ' ']
    if at < 0 or not spaces:
        return None
    gone = draw.one_of(spaces)
    return line['raw'][:gone] + line['raw'][gone + 1:]


def accents_lost(line, draw):
    """The name as the merchant writes it, its accents dropped, replaced or read as Latin-1."""
    name = line['expected'].upper()
    if name.isascii():
        return None
    plain = ''.join(c for c in unicodedata.normalize('NFD', name) if not unicodedata.combining(c))
    dropped = ''.join(c if c.isascii() else '' for c in name)
    asked = ''.join(c if c.isascii() else '?' for c in name)
    twice = name.encode('utf-8').decode('latin-1')
    return line['raw'].replace(line['shop'], draw.one_of([plain, plain, dropped, asked, twice]), 1).replace('\x89', '')


def ocr(line, draw):
    """One letter of the name read wrongly, as from a scanned statement."""
    places = [i for i, c in enumerate(line['shop']) if c.upper() in CONFUSED]
    if len(line['shop']) < 5 or not places:
        return None
    at = draw.one_of(places)
    wrong = line['shop'][:at] + CONFUSED[line['shop'][at].upper()] + line['shop'][at + 1:]
    return line['raw'].replace(line['shop'], wrong, 1)


DISTORTIONS = [truncated, glued, store_number, missing_space, accents_lost, ocr]


def read(path):
    with open(path, encoding='utf-8') as file:
        names = file.readline().rstrip('\n').split('\t')
        return names, [dict(zip(names, row.rstrip('\n').split('\t'))) for row in file]


def distorted(lines, distortion, seed=SEED):
    """The lines that name a shop, those that the distortion changes."""
    draw = Draw(seed)
    for line in lines:
        raw = distortion(line, draw) if line.get('shop') else None
        if raw and raw != line['raw']:
            yield {**line, 'raw': raw}


def write(path, names, lines):
    with open(path, 'w', encoding='utf-8') as file:
        file.write('\t'.join(names) + '\n')
        count = 0
        for line in lines:
            file.write('\t'.join(line.get(name, '') for name in names) + '\n')
            count += 1
        return count


def main(truth, out, seed=SEED):
    names, lines = read(truth)
    print(f'seed {seed}')
    for distortion in DISTORTIONS:
        count = write(os.path.join(out, distortion.__name__ + '.tsv'), names, distorted(lines, distortion, int(seed)))
        print(f'{count:5} {distortion.__name__}: {distortion.__doc__}')


if __name__ == '__main__':
    main(*sys.argv[1:])
