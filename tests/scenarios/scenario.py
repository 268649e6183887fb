"""Reads a scenario (README.md) and plays it through one door.

    scenario.py DOOR... -- FILE.scenario...

A door is a program that answers one JSON line with one JSON line:

    {"clock": MS}                       -> {}
    {"submit": {"commands": [...]}}     -> {"receipts": [...]}  or {"error": NAME}
    {"query": {...}}                    -> the answer           or {"error": NAME}

It starts with an empty store and ends when its input does.
"""

import datetime
import hashlib
import json
import re
import shlex
import subprocess
import sys

SPANS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
NAMES = ("member", "merchant", "programme", "target", "hold", "store", "referrer", "owner", "spender")
PUTS = ("programme", "merchant", "member")


class Failure(Exception):
    pass


def time_ms(text):
    moment = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.timezone.utc)
    return int(moment.timestamp()) * 1000


def span_ms(text):
    return int(text[:-1]) * SPANS[text[-1]]


def amount(text):
    whole, dot, cents = text.partition(".")
    return int(whole) * 100 + int(cents) if dot else int(text)


def derived(name):
    return hashlib.blake2b(b"rewapp.id:" + name.encode(), digest_size=16).hexdigest()


def words_of(line):
    """Splits a line; a document runs to its matching brace."""
    document = None
    at = line.find("document={")
    if at >= 0:
        depth, end = 0, at + len("document=")
        while True:
            depth += {"{": 1, "}": -1}.get(line[end], 0)
            end += 1
            if depth == 0:
                break
        document = json.loads(line[at + len("document="):end])
        line = line[:at] + line[end:]
    return shlex.split(line), document


def ticket(text):
    """SKU:CATEGORY:QUANTITY:AMOUNT[:excluded] with commas between the lines; - stands for an unknown text."""
    lines = []
    for part in text.split(","):
        sku, category, quantity, cost, *excluded = part.split(":")
        line = {"quantity": int(quantity), "amount": amount(cost), "excluded": excluded == ["excluded"]}
        line.update({key: value for key, value in (("sku", sku), ("category", category)) if value != "-"})
        lines.append(line)
    return lines


def came_back(text):
    """SKU:QUANTITY or #PLACE:QUANTITY with commas between the lines."""
    lines = []
    for part in text.split(","):
        name, quantity = part.split(":")
        named = {"line": int(name[1:])} if name.startswith("#") else {"sku": name}
        lines.append({**named, "quantity": int(quantity)})
    return lines


class Story:
    def __init__(self, path, door):
        self.path, self.door = path, door
        self.now_ms, self.puts, self.steps = 0, 0, 0
        self.sent, self.receipts = {}, {}
        self.batch = None

    # --- commands ------------------------------------------------------------------------

    def value(self, kind, key, text):
        if key in NAMES:
            return key, "@" + text
        if key in ("amount", "unpaid", "foreign_amount"):
            return key, amount(text)
        if key == "lines":
            return key, came_back(text) if kind == "return" else ticket(text)
        if key in ("referred", "linked", "up_to", "open_period", "nobody", "pending", "refund", "forfeit"):
            return key, text == "true"
        if key in ("points", "mcc", "day_limit", "month_limit", "total_limit"):
            return key, int(text)
        if key == "occurred":
            return "occurred_ms", time_ms(text)
        if key == "ttl":
            return "ttl_ms", span_ms(text)
        if key == "token" and text in self.receipts:
            return key, self.receipts[text]["token"]
        return key, text

    def command(self, kind, words, document):
        name = words[0]
        command = {"kind": kind}
        if kind in PUTS:
            self.puts += 1
            command.update(id=f"@put-{name}-{self.puts}", target="@" + name)
        else:
            command["id"] = "@" + name
        for word in words[1:]:
            key, _, text = word.partition("=")
            key, value = self.value(kind, key, text)
            command[key] = value
        if document is not None:
            command["document"] = document
        if kind in ("purchase", "bank_line"):
            command.setdefault("currency", "EUR")
        return command

    def send(self, commands):
        numbers = [{key: str(value) if isinstance(value, int) and abs(value) > 2 ** 53 - 1 else value
                    for key, value in command.items()} for command in commands]
        answer = self.door({"submit": {"commands": numbers}})
        if "receipts" in answer:
            return answer["receipts"]
        return [answer] * len(commands)

    def judge(self, name, command, expected):
        if self.batch is not None:
            self.batch.append((name, command, expected))
            return
        self.check_receipt(name, self.send([command])[0], expected or ["ACCEPTED"])

    def check_receipt(self, name, receipt, expected):
        self.receipts.setdefault(name, receipt)
        said = receipt.get("error") or receipt.get("verdict")
        if said != expected[0]:
            raise Failure(f"{said} instead of {expected[0]}: {receipt}")
        for word in expected[1:]:
            self.check_field(receipt, *word.split("=", 1))

    @staticmethod
    def rows(answer):
        """The list of an answer that is one."""
        names = ("entries", "periods", "lines", "learnt", "vouchers", "achievements", "accounts", "members")
        return next(answer[name] for name in names if name in answer)

    def check_field(self, answer, key, wanted):
        if key.startswith("award."):
            _, rule, field = key.split(".")
            answer = next((award for award in answer.get("awards", []) if award["rule"] == rule), {})
            key = field
        elif re.fullmatch(r"line\d+\..*", key):
            number, key = key[4:].split(".")
            answer = self.rows(answer)[int(number) - 1]
        if key == "best":
            key, answer = "merchant", answer["candidates"][0]
        found = len(self.rows(answer)) if key in ("lines", "periods") else answer.get(key)
        found = {True: "true", False: "false", None: "none"}.get(found, found) if not isinstance(found, int) or \
            isinstance(found, bool) else found
        if key in NAMES and wanted != "none":
            wanted = derived(wanted)
        if str(found) != wanted:
            raise Failure(f"{key} is {found} instead of {wanted}: {answer}")

    # --- steps ---------------------------------------------------------------------------

    def ask(self, kind, words):
        question = {"query": kind}
        if kind in ("balance", "statement", "tier", "vouchers", "achievements", "household"):
            question["member"] = "@" + words[0]
        if kind == "inspect":
            question["token"] = words[0] if words[0].isdigit() else self.receipts[words[0]]["token"]
        for word in words if kind in ("periods", "review", "learnt", "accounts", "trial_balance") else words[1:]:
            key, _, text = word.partition("=")
            if key in ("at", "occurred"):
                question["recorded_ms" if key == "at" else "occurred_ms"] = time_ms(text)
                continue
            question[key] = "@" + text if key in NAMES else text
        return self.door({"query": question})

    def clock(self, now_ms):
        self.now_ms = now_ms
        self.door({"clock": now_ms})

    def flush(self):
        batch, self.batch = self.batch, None
        for (name, _, expected), receipt in zip(batch, self.send([command for _, command, _ in batch])):
            self.check_receipt(name, receipt, expected or ["ACCEPTED"])

    def step(self, line):
        left, _, right = line.partition("=>")
        (kind, *words), document = words_of(left)
        expected = shlex.split(right)
        if kind == "at":
            self.clock(time_ms(words[0]))
        elif kind == "later":
            self.clock(self.now_ms + span_ms(words[0]))
        elif kind == "batch":
            self.batch = []
        elif kind == "end":
            self.flush()
        elif kind in ("balance", "statement", "tier", "vouchers", "achievements", "household", "inspect", "verify",
                      "periods", "review", "learnt", "accounts", "trial_balance"):
            answer = self.ask(kind, words)
            for word in expected:
                self.check_field(answer, *word.split("=", 1))
        elif kind == "again":
            self.judge(words[0], self.sent[words[0]], expected)
        else:
            command = self.command(kind, words, document)
            self.sent[words[0]] = command
            self.judge(words[0], command, expected)

    def play(self):
        with open(self.path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                line = line.strip()
                if not line or line.startswith("#"):
                    continue
                self.steps += 1
                try:
                    self.step(line)
                except Failure as failure:
                    raise Failure(f"{self.path}:{number}: {line}\n    {failure}") from None
        problems = self.door({"query": {"query": "verify"}})
        if problems.get("problems") != 0:
            raise Failure(f"{self.path}: verify: {problems}")


class Door:
    """A door as a process, one for each story."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        encoding="utf-8")

    def __call__(self, message):
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise Failure("the door has closed")
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        if self.process.wait() != 0:
            raise Failure(f"the door ended with {self.process.returncode}")


def main(arguments):
    split = arguments.index("--")
    command, paths = arguments[:split], arguments[split + 1:]
    failed = 0
    for path in paths:
        door = Door(command)
        story = Story(path, door)
        try:
            story.play()
            door.close()
            print(f"ok      {path} ({story.steps} steps)")
        except Failure as failure:
            failed += 1
            door.process.kill()
            print(f"FAILED  {failure}")
    print(f"{len(paths) - failed} passed, {failed} failed")
    return 1 if failed or not paths else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
