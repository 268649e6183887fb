#!/usr/bin/env python3
"""The program rewapp-verify on the files of tests/data/evidence: exit codes, words, bad input.

    verifier.py PROGRAM FOLDER
"""
import os
import pathlib
import subprocess
import sys
import unittest

PROGRAM, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])
KEYS = str(FOLDER / "key.txt")
KEY = FOLDER.joinpath("key.txt").read_text().split("\n")[1]


def run(*words, text=None, lang="C"):
    environment = {**os.environ, "LC_ALL": lang}
    done = subprocess.run([PROGRAM, *words], input=text, capture_output=True, env=environment, timeout=20)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class Verifier(unittest.TestCase):
    def test_exit_codes(self):
        for name, code in (("purchase", 0), ("handed-over", 0), ("continued", 0), ("forged", 4), ("not-included", 1),
                           ("rewritten", 1)):
            with self.subTest(name):
                got, out, err = run("--key", KEYS, str(FOLDER / f"{name}.proof"))
                self.assertEqual(got, code, err)
                self.assertEqual(bool(out), code == 0)
                self.assertEqual(bool(err), code != 0)

    def test_either_key_of_a_hand_over_will_do(self):
        newer = FOLDER.joinpath('vectors.tsv').read_text().split('\nkey\t')[2].split('\n')[0].split('\t')[2]
        self.assertEqual(run('-q', '-k', newer, str(FOLDER / 'handed-over.proof'))[0], 0)
        self.assertEqual(run('-q', '-k', newer, str(FOLDER / 'purchase.proof'))[0], 4)

    def test_words(self):
        for lang, words in (("C", ("Proven", "purchase, accepted", "42.15 EUR", "47", "2025-11-22 14:00:00 UTC")),
                            ("fr_FR.UTF-8", ("Prouvé", "achat, accepté", "42,15 EUR", "47"))):
            code, out, _ = run("--key", KEY, str(FOLDER / "purchase.proof"), lang=lang)
            self.assertEqual(code, 0)
            for word in words + ("Boulangerie de l'Église", "boulangerie.example/points"):
                self.assertIn(word, out)

    def test_standard_input_and_quiet(self):
        text = (FOLDER / "purchase.proof").read_bytes()
        self.assertEqual(run("-q", "-k", KEY, text=text), (0, "", ""))
        self.assertEqual(run("-q", "-k", KEY, "-", text=text)[0], 0)

    def test_no_proof(self):
        for text in (b"", b"\0" * 100, b"rewapp proof 1\n", b"rewapp proof 1\nleaf 99999999999999999999\n",
                     b"rewapp extension 1\npath 65\n", b"x" * 65536):
            self.assertEqual(run("-k", KEY, text=text)[0], 3, text[:40])

    def test_usage(self):
        proof = str(FOLDER / "purchase.proof")
        for words in ((proof,), ("-k", "nonsense", proof), ("-k", KEY + "A", proof), ("-k", "/dev/null", proof),
                      ("-k", KEY, "/no/such/file"), ("-x", proof), ("-k",), ("-k", KEY, str(FOLDER))):
            code, out, err = run(*words)
            self.assertEqual((code, out), (2, ""), words)
            self.assertTrue(err)
        self.assertEqual(run("-k", KEY, text=b"x" * 70000)[0], 2)

    def test_links_little(self):
        """A member or an auditor can run it without the engine."""
        linked = subprocess.run(["ldd", PROGRAM], capture_output=True, text=True).stdout
        self.assertIn("libsodium", linked)
        for name in ("librewapp", "libsqlite3", "libpq"):
            self.assertNotIn(name, linked)


unittest.main(argv=sys.argv[:1])
