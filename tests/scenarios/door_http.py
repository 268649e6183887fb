"""The HTTP door of the scenarios: `rewapp serve` on a store of its own, one route for each kind of command.

    door_http.py PROGRAM
"""

import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
from urllib.parse import quote, urlencode

# Where a lone command goes; {target} is the object that the path names, then not in the body.
ROUTES = {
    "member": "/v1/members",
    "merchant": "/v1/merchants",
    "programme": "/v1/programmes",
    "close": "/v1/periods",
    "transfer": "/v1/transfers",
    "join": "/v1/members/{target}/join",
    "limit": "/v1/members/{target}/limit",
    "leave": "/v1/members/{target}/leave",
    "close_account": "/v1/members/{target}/close",
    "reopen_account": "/v1/members/{target}/reopen",
    "purchase": "/v1/transactions",
    "return": "/v1/transactions/{target}/returns",
    "hold": "/v1/holds",
    "post": "/v1/holds/{target}/post",
    "void": "/v1/holds/{target}/void",
    "mint": "/v1/qr",
    "gift_card": "/v1/gift-cards",
    "voucher": "/v1/vouchers",
    "redeem": "/v1/qr/redeem",
    "reverse": "/v1/redemptions/{target}/reverse",
    "confirm": "/v1/review/{target}/confirm",
    "take_back": "/v1/review/{target}/take-back",
}


class Door:
    def __init__(self, program):
        self.program = program
        self.folder = tempfile.mkdtemp(prefix="rewapp-door-")
        self.store = f"sqlite:{self.folder}/store.db"
        self.clock = f"{self.folder}/clock"
        self.set_clock(0)
        self.environment = {**os.environ, "REWAPP_CLOCK_FILE": self.clock}
        self.server = self.run(["serve", "--store", self.store, "--create", "--listen", "127.0.0.1:0",
                                "--report-seconds", "0"])
        port = int(self.server.stdout.readline().split()[-1])
        key = self.run(["key", "create", "--store", self.store, "--scope", "platform"]).communicate()[0].strip()
        self.headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def run(self, arguments):
        return subprocess.Popen([self.program, *arguments], env=self.environment, text=True, encoding="utf-8",
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def set_clock(self, now_ms):
        with open(self.clock + ".new", "w", encoding="ascii") as file:
            file.write(f"{now_ms}\n")
        os.rename(self.clock + ".new", self.clock)

    def request(self, method, path, body=None):
        self.http.request(method, path, None if body is None else json.dumps(body), self.headers)
        response = self.http.getresponse()
        answer = json.loads(response.read())
        if response.status >= 400:
            return {"error": answer["code"], "field": answer.get("field")}
        return answer

    def submit(self, commands):
        kind = commands[0]["kind"]
        if len(commands) > 1 or kind not in ROUTES:
            return self.request("POST", "/v1/commands", {"commands": commands})
        body = {key: value for key, value in commands[0].items() if key != "kind"}
        path = ROUTES[kind]
        if body.pop("nobody", False):
            path = "/v1/review/{target}/refuse"
        if "{target}" in path:
            path = path.format(target=quote(body.pop("target"), safe=""))
        return {"receipts": [self.request("POST", path, body)]}

    def query(self, question):
        name = question["query"]
        if name in ("balance", "statement", "tier", "vouchers", "achievements", "household"):
            more = urlencode({key: value for key, value in question.items() if key not in ("query", "member")})
            return self.request("GET", f"/v1/members/{quote(question['member'], safe='')}/{name}?{more}")
        if name == "trial_balance":
            rest = {key: value for key, value in question.items() if key != "query"}
            return self.request("GET", "/v1/trial-balance?" + urlencode(rest))
        if name in ("periods", "review", "learnt", "accounts"):
            return self.request("GET", f"/v1/{name}?" + urlencode({k: v for k, v in question.items() if k != "query"}))
        if name == "inspect":
            return self.request("POST", "/v1/qr/inspect", {k: v for k, v in question.items() if k != "query"})
        # The proof is the operator's, not a route.
        return json.loads(self.run(["query", "--store", self.store, json.dumps(question)]).communicate()[0])

    def answer(self, message):
        if "clock" in message:
            self.set_clock(message["clock"])
            return {}
        return self.submit(message["submit"]["commands"]) if "submit" in message else self.query(message["query"])

    def close(self):
        self.server.terminate()
        self.server.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)


def main():
    door = Door(sys.argv[1])
    try:
        for line in sys.stdin:
            print(json.dumps(door.answer(json.loads(line))), flush=True)
    finally:
        door.close()


main()
