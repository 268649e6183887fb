#!/usr/bin/env python3
"""Makes C tables of `struct stmt` from SQL files.

    sql2c.py OUT.c OUT.h DOMAIN.sql
        Statements, each under a heading line of its own:

            -- STMT_LEDGER_POST
            INSERT INTO transfer (id, points) VALUES ($1, $2);
            -- [postgres]
            (the text for PostgreSQL, only where it must differ)

        In C: #include "DOMAIN/DOMAIN.sql.h", then &STMT_LEDGER_POST; all of a file
        are STMTS_DOMAIN(X).

    sql2c.py --migrations NAME OUT.c OUT.h 0001_first.sql 0002_second.sql ...
        Steps of a schema in the order of their numbers, which count from 1
        without a gap.  In C: rewapp__NAME_steps, rewapp__NAME_step_count.

Lines that start with "--" are comments; they do not reach the database.
"""

import os
import re
import sys

HEADING = re.compile(r"^-- (STMT_[A-Z0-9_]+)\s*$")
VARIANT = re.compile(r"^-- \[(\w+)\]\s*$")


def die(path, line, message):
    sys.exit(f"{path}:{line}: {message}")


class Statement:
    """A name and its lines of text, one list for each database."""

    def __init__(self, name, path, line):
        self.name, self.path, self.line = name, path, line
        self.texts = {"sqlite": []}
        self.current = self.texts["sqlite"]

    def variant(self, database, line):
        if database != "postgres":
            die(self.path, line, f"no variant is called [{database}]")
        if database in self.texts:
            die(self.path, line, f"{self.name}: a second [{database}]")
        self.current = self.texts[database] = []

    def text(self, database):
        lines = self.texts.get(database, self.texts["sqlite"])
        text = "\n".join(lines).strip()
        return text.rstrip(";").rstrip() if text.count(";") == 1 else text

    def check(self):
        for database in self.texts:
            text = self.text(database)
            if not text:
                die(self.path, self.line, f"{self.name}: no text for {database}")
            if "\0" in text:
                die(self.path, self.line, f"{self.name}: a NUL byte")


def read_lines(path, statement):
    """Yields the statements of a file; `statement` collects from the first line on."""
    seen = set()
    with open(path, encoding="utf-8", newline="") as file:
        lines = file.read().replace("\r\n", "\n").split("\n")
    for number, line in enumerate(lines, 1):
        heading, variant = HEADING.match(line), VARIANT.match(line)
        if heading:
            if heading[1] in seen:
                die(path, number, f"{heading[1]} appears twice")
            seen.add(heading[1])
            if statement:
                yield statement
            statement = Statement(heading[1], path, number)
        elif variant:
            if not statement:
                die(path, number, "a variant before the first heading")
            statement.variant(variant[1], number)
        elif line.startswith("--") or not line.strip():
            continue
        elif statement:
            statement.current.append(line.rstrip())
        else:
            die(path, number, "SQL before the first heading")
    if statement:
        yield statement


def quote(text):
    """A C string, one line of it for each line of SQL."""
    lines = []
    for line in text.split("\n"):
        escaped = ""
        for byte in line.encode("utf-8"):
            char = chr(byte)
            if char in '"\\?':
                escaped += "\\" + char
            elif char == "\t":
                escaped += "\\t"
            elif 32 <= byte < 127:
                escaped += char
            else:
                escaped += f"\\{byte:03o}"
        lines.append(f'"{escaped}\\n"')
    lines[-1] = lines[-1].replace('\\n"', '"')
    return "\n\t".join(lines)


def initializer(statement, name):
    texts = [quote(statement.text(database)) for database in ("sqlite", "postgres")]
    return "{\n\t" + f'"{name}",\n\t{texts[0]},\n\t{texts[1]}\n' + "}"


def write(path, text):
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)


def outputs(out_c, out_h, declarations, definitions):
    guard = "REWAPP_MADE_" + re.sub(r"\W", "_", os.path.basename(out_h)).upper()
    note = "/* Made by sql2c.py: edit the .sql file. */\n"
    write(out_h, f'{note}#ifndef {guard}\n#define {guard}\n\n#include "storage/storage.h"\n\n'
                 f"{declarations}\n#endif\n")
    # SQL is longer than the 4095 characters that ISO C asks compilers to take.
    write(out_c, f'{note}#include "{os.path.basename(out_h)}"\n\n'
                 f'#pragma GCC diagnostic ignored "-Woverlength-strings"\n\n{definitions}')


def statements(out_c, out_h, path):
    declarations, definitions, names = "", "", ""
    for statement in read_lines(path, None):
        statement.check()
        symbol = "rewapp__" + statement.name.lower()
        declarations += f"#define {statement.name} {symbol}\nextern const struct stmt {symbol};\n"
        names += f" \\\n\tX({statement.name})"
        definitions += f"const struct stmt {symbol} = {initializer(statement, statement.name)};\n"
    domain = re.sub(r"\W", "_", os.path.splitext(os.path.basename(path))[0]).upper()
    declarations += f"\n#define STMTS_{domain}(X){names}\n"
    outputs(out_c, out_h, declarations, definitions)


def migrations(name, out_c, out_h, paths):
    steps = []
    for number, path in enumerate(sorted(paths, key=os.path.basename), 1):
        base = os.path.splitext(os.path.basename(path))[0]
        if not re.fullmatch(r"\d{4}_[a-z0-9_]+", base) or int(base[:4]) != number:
            die(path, 1, f"this must be called {number:04}_name.sql: steps count from 1 without a gap")
        step = list(read_lines(path, Statement(base, path, 1)))
        if len(step) != 1:
            die(path, step[1].line, "headings have no place in a migration")
        step[0].check()
        steps.append(initializer(step[0], base))
    symbol = f"rewapp__{name}_step"
    outputs(out_c, out_h,
            f"extern const struct stmt {symbol}s[];\nextern const size_t {symbol}_count;\n",
            f"const struct stmt {symbol}s[] = {{ " + ", ".join(steps) + " };\n"
            f"const size_t {symbol}_count = {len(steps)};\n")


def main(arguments):
    if len(arguments) >= 5 and arguments[0] == "--migrations":
        migrations(arguments[1], arguments[2], arguments[3], arguments[4:])
    elif len(arguments) == 3:
        statements(*arguments)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
