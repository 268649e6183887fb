#!/usr/bin/env python3
"""Trees, codes, checkpoints and proofs a second time, from docs/evidence.md alone, and the test vectors.

    vectors.py --write FOLDER     writes the vectors
    vectors.py FOLDER             fails unless FOLDER holds exactly them

Only the standard library: BLAKE2b and SHA-256 from hashlib, Ed25519 (RFC 8032) below.
vectors.tsv has tab-separated lines:

    root         size root
    inclusion    leaf size path...
    consistency  older size path...
    code         key number id code
    key          name seed text
"""
import base64
import hashlib
import pathlib
import sys

# --- Ed25519, RFC 8032 5.1, slow and plain ------------------------------------------------

P = 2 ** 255 - 19
L = 2 ** 252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def recover_x(y, sign):
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    return P - x if x & 1 != sign else x


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (recover_x(BASE_Y, 0), BASE_Y)


def add(a, b):
    (x1, y1), (x2, y2) = a, b
    t = D * x1 * x2 * y1 * y2 % P
    return ((x1 * y2 + x2 * y1) * pow(1 + t, P - 2, P) % P, (y1 * y2 + x1 * x2) * pow(1 - t, P - 2, P) % P)


def multiply(point, scalar):
    total = (0, 1)
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point = add(point, point)
        scalar >>= 1
    return total


def pack(point):
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def number_of(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little")


def secret_of(seed):
    hashed = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(hashed[:32], "little") & (1 << 254) - 8 | 1 << 254
    return scalar, hashed[32:]


def public_of(seed):
    return pack(multiply(BASE, secret_of(seed)[0]))


def sign(seed, message):
    scalar, prefix = secret_of(seed)
    nonce = number_of(prefix, message) % L
    r = pack(multiply(BASE, nonce))
    k = number_of(r, public_of(seed), message) % L
    return r + ((nonce + k * scalar) % L).to_bytes(32, "little")


# --- the tree, by RFC 9162's recursive definitions ------------------------------------------

def h(*parts):
    return hashlib.blake2b(b"".join(parts), digest_size=32).digest()


def split(count):
    return 1 << (count - 1).bit_length() - 1


def root(leaves):
    if len(leaves) < 2:
        return leaves[0] if leaves else h()
    k = split(len(leaves))
    return h(b"\1", root(leaves[:k]), root(leaves[k:]))


def inclusion(leaf, leaves):
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if leaf < k:
        return inclusion(leaf, leaves[:k]) + [root(leaves[k:])]
    return inclusion(leaf - k, leaves[k:]) + [root(leaves[:k])]


def consistency(older, leaves, whole=True):
    if older == len(leaves):
        return [] if whole else [root(leaves)]
    k = split(len(leaves))
    if older <= k:
        return consistency(older, leaves[:k], whole) + [root(leaves[k:])]
    return consistency(older - k, leaves[k:], False) + [root(leaves[:k])]


def numbered_leaf(i):
    return h(b"\0", i.to_bytes(8, "little"))


# --- codes ----------------------------------------------------------------------------------

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def keyed(key, label, number, identity=bytes(16)):
    data = label + number.to_bytes(8, "little") + identity
    return int.from_bytes(hashlib.blake2b(data, key=key, digest_size=32).digest()[:8], "little")


def code(key, number, identity):
    tag = keyed(key, b"code.tag", number, identity) % 2 ** 35
    bits = tag << 40 | number ^ keyed(key, b"code.num", tag) % 2 ** 40
    values = [bits >> 5 * (14 - i) & 31 for i in range(15)]
    check = 0
    for value in values + [0]:
        check = (check << 1 ^ (0x25 if check & 16 else 0)) & 31 ^ value
    text = "".join(ALPHABET[value] for value in values + [check])
    return "-".join(text[i:i + 4] for i in range(0, 16, 4))


# --- notes and files --------------------------------------------------------------------------

def b64(data):
    return base64.b64encode(data).decode()


def key_id(name, seed):
    return hashlib.sha256(name.encode() + b"\n\1" + public_of(seed)).digest()[:4]


def key_text(name, seed):
    return f"{name}+{key_id(name, seed).hex()}+{b64(bytes([1]) + public_of(seed))}"


def note(origin, size, tree, time_ms, seq, head, seeds, following=None):
    text = f"{origin}\n{size}\n{b64(tree)}\ntime {time_ms}\nchain {seq} {b64(head)}\n"
    text += f"next {key_text(origin, following)}\n" if following else ""
    signatures = "".join(f"\u2014 {origin} {b64(key_id(origin, seed) + sign(seed, text.encode()))}\n"
                         for seed in seeds)
    return (text + "\n" + signatures).encode()


def path_text(path):
    return f"path {len(path)}\n" + "".join(b64(item) + "\n" for item in path)


def note_text(data):
    return f"note {len(data)}\n".encode() + data


def proof_text(leaves, entries, notes):
    out = b"rewapp proof 1\n"
    for index, (digest, ticket) in entries:
        out += f"leaf {index}\ndigest {b64(digest)}\nticket {len(ticket)}\n".encode() + ticket
        out += path_text(inclusion(index, leaves)).encode()
    return out + b"".join(map(note_text, notes))


def extension_text(path, notes):
    return b"rewapp extension 1\n" + path_text(path).encode() + b"".join(map(note_text, notes))


# --- the vectors ------------------------------------------------------------------------------

ORIGIN = "boulangerie.example/points"
SEED, SEED_2, STRANGER = bytes(range(32)), bytes(range(32, 64)), bytes([7]) * 32
T0 = 1_763_820_000_000


def ticket(**fields):
    return ("rewapp ticket 1\n" + "".join(f"{name} {value}\n" for name, value in fields.items())).encode()


def books(count):
    """Commands of a small shop: (digest, ticket) each.  Entry 1 names the merchant of entry 5."""
    merchant, rows = bytes(15) + b"\7", []
    for i in range(count):
        identity = i.to_bytes(16, "big").hex()
        fields = {"kind": "purchase", "verdict": "ACCEPTED", "command": identity, "member": f"{i * 977:032x}",
                  "merchant": merchant.hex(), "amount": 4210 + i, "currency": "EUR", "points": 42 + i,
                  "available": 100 + i, "occurred_ms": T0 + i, "recorded_ms": T0 + 1000 + i}
        if i == 1:
            fields = {"kind": "merchant", "verdict": "ACCEPTED", "command": identity, "merchant": merchant.hex(),
                      "name": "Boulangerie de l'\u00c9glise", "recorded_ms": T0 + 1}
        rows.append((h(b"record %d" % i), ticket(**fields)))
    return rows


def files():
    rows = books(23)
    leaves = [h(b"\0", digest, text) for digest, text in rows]
    head = h(b"chain")
    older = note(ORIGIN, 13, root(leaves[:13]), T0 + 50_000, 6, head, [SEED])
    newer = note(ORIGIN, 23, root(leaves), T0 + 90_000, 9, head, [SEED])
    handed = note(ORIGIN, 13, root(leaves[:13]), T0 + 60_000, 6, head, [SEED, SEED_2], SEED_2)
    newest = note(ORIGIN, 23, root(leaves), T0 + 95_000, 9, head, [SEED_2])
    forged = note(ORIGIN, 23, root(leaves), T0 + 90_000, 9, head, [STRANGER])
    rewritten = list(leaves)
    rewritten[4] = numbered_leaf(4)
    richer = rows[5][1].replace(b"points 47", b"points 97")
    entries = [(5, rows[5]), (1, rows[1])]
    return {
        "key.txt": f"# the books of the vectors\n{key_text(ORIGIN, SEED)}\n".encode(),
        "purchase.proof": proof_text(leaves, entries, [newer]),
        "handed-over.proof": proof_text(leaves, entries[:1], [handed, newest]),
        "forged.proof": proof_text(leaves, entries[:1], [forged]),
        "not-included.proof": proof_text(leaves, [(5, (rows[5][0], richer))], [newer]),
        "continued.proof": extension_text(consistency(13, leaves), [older, newer]),
        "rewritten.proof": extension_text(
            consistency(13, rewritten), [older, note(ORIGIN, 23, root(rewritten), T0 + 90_000, 9, head, [SEED])]),
    }


def lines():
    leaves = [numbered_leaf(i) for i in range(300)]
    for size in (0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 255, 256, 257, 300):
        yield "root", size, root(leaves[:size]).hex()
    for leaf, size in ((0, 1), (0, 2), (1, 2), (2, 3), (5, 7), (6, 7), (0, 8), (7, 8), (100, 257), (256, 257),
                       (299, 300)):
        yield ("inclusion", leaf, size, *(item.hex() for item in inclusion(leaf, leaves[:size])))
    for older, size in ((1, 2), (1, 3), (2, 3), (3, 7), (4, 7), (6, 8), (7, 8), (100, 257), (256, 300), (299, 300)):
        yield ("consistency", older, size, *(item.hex() for item in consistency(older, leaves[:size])))
    for i in range(12):
        key, identity = h(b"code key %d" % (i % 3)), h(b"id %d" % i)[:16]
        number = (0, 1, 41, 2 ** 32, 2 ** 40 - 1)[i % 5] - (i > 9 and i % 5 != 0)
        yield "code", key.hex(), number, identity.hex(), code(key, number, identity)
    for name, seed in ((ORIGIN, SEED), (ORIGIN, SEED_2), ("a", STRANGER)):
        yield "key", name, seed.hex(), key_text(name, seed)


def vectors():
    table = "".join("\t".join(map(str, line)) + "\n" for line in lines()).encode()
    return {"vectors.tsv": table, **files()}


def main():
    if sys.argv[1] == "--write":
        for name, data in vectors().items():
            (pathlib.Path(sys.argv[2]) / name).write_bytes(data)
        return
    wrong = [name for name, data in vectors().items() if (pathlib.Path(sys.argv[1]) / name).read_bytes() != data]
    for name in wrong:
        print(f"{name}: not what this program makes")
    sys.exit(1 if wrong else 0)


main()
