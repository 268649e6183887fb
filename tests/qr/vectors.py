#!/usr/bin/env python3
"""The M token a second time, from docs/qr.md alone, and the test vectors made with it.

    vectors.py            prints the vectors
    vectors.py FILE       fails unless FILE holds exactly them

Only the standard library: BLAKE2b from hashlib, XChaCha20 below.  Lines are tab-separated:

    key     kid master not_before_ms retire_after_ms test_env
    mint    name kind flags kid issued_ms expires_ms jti subject merchant terminal amount currency token
    verify  name token merchant terminal amount currency now_ms skew_ms outcome

A verify line whose merchant is "-" offers no binding; one whose now_ms is "-" asks nothing of the clock.
"""
import hashlib
import random
import struct
import sys

T0 = 1_763_820_000_000
KEYS = {  # kid: (master, not_before_ms, retire_after_ms, test_env)
    1: (bytes(range(32)), 0, 0, 0),
    2: (bytes(range(100, 132)), T0 - 86_400_000, T0 + 86_400_000, 0),
    3: (bytes([7]) * 32, T0 - 10_000, T0, 0),          # retired at T0
    4: (bytes([9]) * 32, T0 + 1000, 0, 0),             # not yet active at T0
    5: (hashlib.sha256(b"test").digest(), 0, 0, 1),    # the test environment's
    6: (bytes([11]) * 32, 0, -1, 0),                   # revoked altogether
    65535: (bytes([255]) * 32, 0, 0, 0),
}


def rotate(x, n):
    return (x << n | x >> (32 - n)) & 0xFFFFFFFF


def rounds(state):
    s = list(state)
    for _ in range(10):
        for a, b, c, d in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
                           (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            s[a] = (s[a] + s[b]) & 0xFFFFFFFF
            s[d] = rotate(s[d] ^ s[a], 16)
            s[c] = (s[c] + s[d]) & 0xFFFFFFFF
            s[b] = rotate(s[b] ^ s[c], 12)
            s[a] = (s[a] + s[b]) & 0xFFFFFFFF
            s[d] = rotate(s[d] ^ s[a], 8)
            s[c] = (s[c] + s[d]) & 0xFFFFFFFF
            s[b] = rotate(s[b] ^ s[c], 7)
    return s


CONSTANTS = struct.unpack("<4I", b"expand 32-byte k")


def xchacha20_first8(key, nonce):
    """The first 8 bytes of the XChaCha20 key stream."""
    s = rounds(CONSTANTS + struct.unpack("<8I", key) + struct.unpack("<4I", nonce[:16]))
    start = CONSTANTS + tuple(s[0:4] + s[12:16]) + (0, 0) + struct.unpack("<2I", nonce[16:])
    end = rounds(start)
    return struct.pack("<2I", *((a + b) & 0xFFFFFFFF for a, b in zip(start[:2], end[:2])))


def subkey(master, context):
    return hashlib.blake2b(key=master, digest_size=32, salt=struct.pack("<QQ", 1, 0),
                           person=context + bytes(8)).digest()


def seal(kid_master, head, word):
    stream = xchacha20_first8(subkey(kid_master, b"RWT1seal"), head + b"RWT1seal")
    return bytes(a ^ b for a, b in zip(word, stream))


def implicit(flags, binding):
    if binding is None:
        return b""
    merchant, terminal, amount, currency = binding
    return ((struct.pack(">Q", merchant) if flags & 2 else b"") +
            (struct.pack(">Q", terminal) if flags & 4 else b"") +
            (struct.pack(">QH", amount, currency) if flags & 8 else b""))


def mac(kid_master, head, flags, binding):
    parts = (b"RWT1.m", head, implicit(flags, binding))
    message = b"".join(struct.pack("<Q", len(p)) + p for p in parts)
    return hashlib.blake2b(message, key=subkey(kid_master, b"RWT1mac_"), digest_size=16).digest()


def to_digits(raw, prefix="971"):
    blocks = [raw[i:i + 7] for i in range(0, len(raw), 7)]
    return prefix + "".join(str(int.from_bytes(b, "big")).zfill(17 if len(b) == 7 else 13) for b in blocks)


def from_digits(text):
    raw = b""
    for i, size in zip(range(0, 98, 17), (7, 7, 7, 7, 7, 5)):
        value = int(text[i:i + (17 if size == 7 else 13)])
        if value >= 256 ** size:
            return None
        raw += value.to_bytes(size, "big")
    return raw


def make(kind=2, flags=0, kid=1, issued=T0 // 1000, ttl=90, jti=b"\1\2\3\4\5\6\7", subject=42, binding=None,
         version=1, master=None):
    """Any token, also a wrong one, with a valid MAC."""
    master = master or KEYS[kid][0]
    head = struct.pack(">BBHIB", version << 4 | kind, flags, kid, issued, ttl) + jti
    head += seal(master, head, struct.pack(">Q", subject))
    return head + mac(master, head, flags, binding)


def verify(text, offered, now, skew):
    if not (text.isascii() and text.isdigit()):
        return "NOT_REWAPP"
    if (text[:3], len(text)) in (("972", 254), ("973", 101), ("974", 101)):
        return "UNSUPPORTED_VERSION"
    if text[:3] != "971" or len(text) != 101:
        return "NOT_REWAPP"
    raw = from_digits(text[3:])
    if raw is None:
        return "MALFORMED"
    first, flags, kid, issued, ttl = struct.unpack(">BBHIB", raw[:9])
    if first & 15 not in (1, 2, 3, 4) or flags > 63 or ttl == 0 or (flags & 32 and first & 15 != 1):
        return "MALFORMED"
    if first >> 4 != 1:
        return "UNSUPPORTED_VERSION"
    if kid not in KEYS:
        return "UNKNOWN_KEY"
    master, not_before, retire_after, test_env = KEYS[kid]
    if retire_after and issued * 1000 >= retire_after:
        return "KEY_REVOKED"
    if issued * 1000 < not_before:
        return "KEY_NOT_ACTIVE"
    if mac(master, raw[:24], flags, offered) != raw[24:]:
        return "BAD_AUTH"
    if test_env or flags & 1:  # this ring is live
        return "WRONG_ENVIRONMENT"
    if now is None:
        return "OK"
    if issued * 1000 > now + min(max(skew, 0), 300_000):
        return "NOT_YET_VALID"
    if now >= issued * 1000 + ttl * 10_000:
        return "EXPIRED"
    return "TTL_TOO_LONG" if ttl > 90 else "OK"


class Vectors:
    def __init__(self):
        self.lines, self.names = [], set()

    def put(self, *fields):
        self.lines.append("\t".join(str(f) for f in fields))

    def check(self, name, token, outcome, binding=None, now=None, skew=5000):
        assert name not in self.names, name
        self.names.add(name)
        token = token if isinstance(token, str) else to_digits(token)
        found = verify(token, binding, now, skew)
        assert found == outcome, (name, found, outcome)
        self.put("verify", name, token, *(binding or "----"), "-" if now is None else now, skew, outcome)

    def mint(self, name, binding=None, expires_ms=None, issued_ms=None, **claims):
        c = dict(kind=2, flags=0, kid=1, jti=b"\1\2\3\4\5\6\7", subject=42) | claims
        issued_ms = T0 if issued_ms is None else issued_ms
        expires_ms = issued_ms + 900_000 if expires_ms is None else expires_ms
        token = to_digits(make(issued=issued_ms // 1000, ttl=(expires_ms - issued_ms) // 10_000,
                               binding=binding, **c))
        self.put("mint", name, c["kind"], c["flags"], c["kid"], issued_ms, expires_ms, c["jti"].hex(),
                 c["subject"], *(binding or "----"), token)
        self.check("minted: " + name, token, "OK", binding, issued_ms)


def mints(v):
    v.mint("plain")
    for kind in (1, 2, 3, 4):
        v.mint(f"kind {kind}", kind=kind)
    for bound in range(0, 16, 2):
        v.mint(f"bound flags {bound}", flags=bound, binding=(77, 5, 1234, 978))
    v.mint("confirm", flags=16)
    v.mint("multi-use", kind=1, flags=32)
    v.mint("largest binding", flags=14, binding=(2**64 - 1, 2**64 - 1, 2**64 - 1, 65535))
    v.mint("zero binding", flags=14, binding=(0, 0, 0, 0))
    for subject in (0, 1, 2**32, 2**63, 2**64 - 1):
        v.mint(f"subject {subject}", subject=subject)
    v.mint("jti of zeros", jti=bytes(7))
    v.mint("jti of ones", jti=b"\xff" * 7)
    v.mint("issued within a second", issued_ms=T0 + 999)
    v.mint("life rounded down", expires_ms=T0 + 29_999)
    v.mint("shortest life", expires_ms=T0 + 10_000)
    v.mint("first second", issued_ms=0)
    v.mint("last second", issued_ms=(2**32 - 1) * 1000)
    v.mint("second key", kid=2)
    v.mint("largest kid", kid=65535)
    source = random.Random(1)
    for i in range(40):
        v.mint(f"random {i}", kind=source.randint(1, 4), flags=source.choice((0, 2, 4, 6, 8, 10, 12, 14, 16, 18)),
               kid=source.choice((1, 2)), jti=source.randbytes(7), subject=source.getrandbits(64),
               binding=(source.getrandbits(64), source.getrandbits(64), source.getrandbits(63),
                        source.getrandbits(16)))


def wrong_shapes(v):
    good = to_digits(make())
    v.check("empty", "", "NOT_REWAPP")
    for name, text in (("a word", "hello"), ("EAN-13", "3017620422003"), ("one digit short", good[:-1]),
                       ("one digit long", good + "0"), ("twice", good + good), ("prefix alone", "971"),
                       ("a letter inside", good[:50] + "x" + good[51:]), ("a space behind", good + " "),
                       ("a sign in front", "+" + good[1:]), ("the prefix of none", "970" + good[3:]),
                       ("975", "975" + good[3:]), ("a signed prefix too short", "972" + good[3:]),
                       ("other digits", good[:3] + "\u0661" + good[4:])):
        v.check(name, text, "NOT_REWAPP")
    v.check("carrier R", "974" + good[3:], "UNSUPPORTED_VERSION")
    v.check("carrier T", "973" + good[3:], "UNSUPPORTED_VERSION")
    v.check("carrier S", "972" + "0" * 251, "UNSUPPORTED_VERSION")
    for i in range(6):
        digits, size = (17, 7) if i < 5 else (13, 5)
        at = 3 + 17 * i
        v.check(f"block {i} one too large", good[:at] + str(256**size).zfill(digits) + good[at + digits:],
                "MALFORMED")
        v.check(f"block {i} all nines", good[:at] + "9" * digits + good[at + digits:], "MALFORMED")
    for kind in (0, 5, 9, 15):
        v.check(f"kind {kind} unknown", make(kind=kind), "MALFORMED")
    for flags in (64, 128, 192, 255):
        v.check(f"flags {flags} reserved", make(flags=flags), "MALFORMED")
    for kind in (2, 3, 4):
        v.check(f"multi-use of kind {kind}", make(kind=kind, flags=32), "MALFORMED")
    v.check("no life", make(ttl=0), "MALFORMED")
    for version in (0, 2, 15):
        v.check(f"version {version}", make(version=version), "UNSUPPORTED_VERSION")
    v.check("malformed before version", make(version=2, flags=64), "MALFORMED")
    v.check("version before key", make(version=2, kid=99, master=bytes(32)), "UNSUPPORTED_VERSION")


def wrong_keys(v):
    for kid in (0, 7, 256, 65534):
        v.check(f"kid {kid} unknown", make(kid=kid, master=KEYS[1][0]), "UNKNOWN_KEY")
    v.check("kid unknown, key of zeros", make(kid=99, master=bytes(32)), "UNKNOWN_KEY")
    v.check("retired at its second", make(kid=3), "KEY_REVOKED")
    v.check("retired later", make(kid=3, issued=T0 // 1000 + 60), "KEY_REVOKED")
    v.check("one second before retirement", make(kid=3, issued=T0 // 1000 - 1), "OK")
    v.check("before it was valid", make(kid=3, issued=T0 // 1000 - 11), "KEY_NOT_ACTIVE")
    v.check("not active yet", make(kid=4), "KEY_NOT_ACTIVE")
    v.check("active since this second", make(kid=4, issued=T0 // 1000 + 1), "OK")
    v.check("revoked altogether", make(kid=6), "KEY_REVOKED")
    v.check("revoked altogether, from the past", make(kid=6, issued=0), "KEY_REVOKED")
    v.check("revoked before forged", make(kid=6, master=bytes(32)), "KEY_REVOKED")
    v.check("inactive before forged", make(kid=4, master=bytes(32)), "KEY_NOT_ACTIVE")
    v.check("key 1 under kid 2", make(kid=2, master=KEYS[1][0]), "BAD_AUTH")
    v.check("test token", make(kid=5, flags=1), "WRONG_ENVIRONMENT")
    v.check("test key, live flag", make(kid=5), "WRONG_ENVIRONMENT")
    v.check("live key, test flag", make(flags=1), "WRONG_ENVIRONMENT")
    v.check("forged before environment", make(kid=5, flags=1, master=bytes(32)), "BAD_AUTH")


def wrong_macs(v):
    raw = make()
    for at in range(40):
        for bit in (0, 7):
            changed = bytearray(raw)
            changed[at] ^= 1 << bit
            text = to_digits(bytes(changed))
            v.check(f"byte {at} bit {bit}", text, verify(text, None, None, 0))
            assert verify(text, None, None, 0) != "OK"
    v.check("MAC of zeros", raw[:24] + bytes(16), "BAD_AUTH")
    v.check("MAC of ones", raw[:24] + b"\xff" * 16, "BAD_AUTH")
    v.check("unkeyed MAC", raw[:24] + hashlib.blake2b(raw[:24], digest_size=16).digest(), "BAD_AUTH")
    bare = hashlib.blake2b(raw[:24], key=subkey(KEYS[1][0], b"RWT1mac_"), digest_size=16).digest()
    v.check("MAC without length prefixes", raw[:24] + bare, "BAD_AUTH")
    with_master = hashlib.blake2b(raw[:24], key=KEYS[1][0], digest_size=16).digest()
    v.check("MAC with the master key", raw[:24] + with_master, "BAD_AUTH")
    v.check("parts of two tokens", raw[:24] + make(jti=bytes(7))[24:], "BAD_AUTH")
    v.check("subject of another token", raw[:16] + make(jti=bytes(7))[16:24] + raw[24:], "BAD_AUTH")


def bindings(v):
    mine = (77, 5, 1234, 978)
    for flags in range(2, 16, 2):
        token = make(flags=flags, binding=mine)
        v.check(f"flags {flags}, nothing offered", token, "BAD_AUTH")
        for i, name in enumerate(("merchant", "terminal", "amount", "currency")):
            other = tuple(x + (j == i) for j, x in enumerate(mine))
            bound = flags & (2, 4, 8, 8)[i]
            v.check(f"flags {flags}, another {name}", token, "BAD_AUTH" if bound else "OK", other)
    v.check("unbound, something offered", make(), "OK", mine)
    v.check("bound to nothing at all", make(flags=2, binding=None), "BAD_AUTH", mine)
    v.check("bound to zero, nothing offered", make(flags=2, binding=(0, 0, 0, 0)), "BAD_AUTH")
    v.check("merchant and terminal exchanged", make(flags=6, binding=(5, 77, 0, 0)), "BAD_AUTH", mine)
    v.check("terminal offered as merchant", make(flags=2, binding=(5, 0, 0, 0)), "BAD_AUTH", mine)


def times(v):
    token, long, longest = make(), make(ttl=91), make(ttl=255)
    for name, offset, outcome in (
            ("at once", 0, "OK"), ("5 s early", -5000, "OK"), ("5.001 s early", -5001, "NOT_YET_VALID"),
            ("an hour early", -3_600_000, "NOT_YET_VALID"), ("1 ms before the end", 899_999, "OK"),
            ("at the end", 900_000, "EXPIRED"), ("1 ms after the end", 900_001, "EXPIRED"),
            ("an hour late", 3_600_000, "EXPIRED"), ("a year late", 31_536_000_000, "EXPIRED")):
        v.check(name, token, outcome, now=T0 + offset)
    v.check("no tolerance, 1 ms early", token, "NOT_YET_VALID", now=T0 - 1, skew=0)
    v.check("no tolerance, at once", token, "OK", now=T0, skew=0)
    v.check("negative tolerance is none", token, "NOT_YET_VALID", now=T0 - 1, skew=-5000)
    v.check("tolerance at its ceiling", token, "OK", now=T0 - 300_000, skew=300_000)
    v.check("tolerance beyond its ceiling", token, "NOT_YET_VALID", now=T0 - 300_001, skew=2**62)
    v.check("a clock at the start of time", token, "NOT_YET_VALID", now=-(2**63))
    v.check("a clock at the end of time", token, "EXPIRED", now=2**63 - 1)
    v.check("a clock in 1970", token, "NOT_YET_VALID", now=0)
    v.check("too long a life", long, "TTL_TOO_LONG", now=T0)
    v.check("too long a life, in its last second", long, "TTL_TOO_LONG", now=T0 + 909_999)
    v.check("too long a life, over", long, "EXPIRED", now=T0 + 910_000)
    v.check("the longest life", longest, "TTL_TOO_LONG", now=T0 + 1000)
    v.check("the longest life, early", longest, "NOT_YET_VALID", now=T0 - 60_000)
    v.check("ten seconds of life, last", make(ttl=1), "OK", now=T0 + 9_999)
    v.check("ten seconds of life, over", make(ttl=1), "EXPIRED", now=T0 + 10_000)
    v.check("2106, alive", make(issued=2**32 - 1), "OK", now=2**32 * 1000)
    v.check("2106, over", make(issued=2**32 - 1), "EXPIRED", now=(2**32 - 1) * 1000 + 900_000)
    v.check("1970, alive", make(issued=0), "OK", now=0)
    v.check("forged and expired is forged", make(master=bytes(32)), "BAD_AUTH", now=T0 + 10**9)


def main():
    v = Vectors()
    v.put("# Made by tests/qr/vectors.py; docs/qr.md says what the columns hold.")
    for kid, (master, *rest) in KEYS.items():
        v.put("key", kid, master.hex(), *rest)
    for part in (mints, wrong_shapes, wrong_keys, wrong_macs, bindings, times):
        part(v)
    # draft-irtf-cfrg-xchacha-03, 2.2.1 proves the one primitive that hashlib does not have.
    s = rounds(CONSTANTS + struct.unpack("<8I", bytes(range(32))) +
               struct.unpack("<4I", bytes.fromhex("000000090000004a0000000031415927")))
    assert struct.pack("<8I", *(s[0:4] + s[12:16])).hex().startswith("82413b4227b27bfed30e42508a877d73")
    verdicts = [line.rsplit("\t", 1)[1] for line in v.lines if line.startswith("verify")]
    negative = sum(x != "OK" for x in verdicts)
    assert len(verdicts) >= 200 and negative * 2 >= len(verdicts), (len(verdicts), negative)
    text = "\n".join(v.lines) + "\n"
    if len(sys.argv) == 1:
        sys.stdout.write(text)
    elif open(sys.argv[1], encoding="utf-8").read() != text:
        sys.exit(f"{sys.argv[1]}: not what vectors.py makes")


main()
