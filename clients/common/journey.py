"""What Python journeys share: the running mock as `skyproof up --json` told it, its admin API, and steps
that are told one line each, `ok …` or `FAIL …`. The first step that fails ends the journey.
"""

import json
import os
import queue
import traceback
import urllib.error
import urllib.request
from contextlib import contextmanager

# How long anything may take, in seconds of real time.
WAIT_S = 20

# A proxy has no business on a loopback address.
_web = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Mock:
    """The mock that SKYPROOF_FACTS, a file with one line of JSON, tells about."""

    def __init__(self):
        with open(os.environ["SKYPROOF_FACTS"], encoding="utf-8") as file:
            self.facts = json.load(file)
        self.host = self.facts["host"]
        self.hub = next(iter(self.facts["hubs"]), None)
        self.instance = next(iter(self.facts["instances"]), None)
        with open(self.facts["ca_file"], encoding="utf-8") as file:
            self.ca_pem = file.read()
        self._since = 0

    def device(self, device_id):
        """What the mock says of a device: keys, names, token."""
        return next(it for it in self.hub["devices"] if it["id"] == device_id)

    def thing(self, device_name):
        """What the mock says of a device of an Alibaba product: names, secret, signature."""
        devices = self.instance["products"][0]["devices"]
        return next(it for it in devices if it["device_name"] == device_name)

    def api(self, operation, **parameters):
        """An operation of the vendor's API; gives what a call that was served is answered with."""
        answer = self.ask("POST", f"tenants/{self.instance['id']}/{operation}", parameters)
        assert answer["Success"], f"{operation} {parameters}: {answer}"
        return answer

    def certificate(self, name):
        """The files of a certificate that was made for this run, and of its key."""
        folder = os.environ["SKYPROOF_CERTS"]
        return f"{folder}/{name}.pem", f"{folder}/{name}.key.pem"

    def ask(self, method, path, body=None):
        """One request to the admin API; gives the answer's JSON."""
        request = urllib.request.Request(
            f"{self.facts['admin_url']}/_skyproof/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
        )
        try:
            with _web.open(request, timeout=2 * WAIT_S) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            told = json.load(error)
            near = [f"{it['misses']}: {it['step']['text']}" for it in told.pop("near_misses", [])]
            raise AssertionError("\n".join([f"{method} {path} {body}: {told}", *near[:2]])) from None

    def expect(self, **criteria):
        """Waits for something in the journal that came since the step began; gives the entry."""
        wanted = {"within_s": WAIT_S, "since": self._since, **criteria}
        return self.ask("POST", "expect", wanted)["matched"][-1]

    def pass_s(self, span_s):
        """Lets so much time pass, where the clock is held."""
        self.ask("POST", "advance", {"by_s": span_s})

    def broken(self):
        """The rules that the journal saw broken, sorted, each once."""
        judged = [it for entry in self.ask("GET", "journal") for it in entry["judged"]]
        return sorted({it["rule"] for it in judged if not it["holds"]})

    @contextmanager
    def step(self, name):
        """Tells whether what is done inside went well."""
        try:
            self._since = self.ask("GET", "health")["steps"]
            yield
        except Exception as error:
            lines = f"{type(error).__name__}: {error}".splitlines()
            print(f"FAIL {name}: {lines[0]}", flush=True)
            traceback.print_exc()
            # A client's threads may hang on to a connection: they are not waited for.
            os._exit(1)
        print(f"ok {name}", flush=True)


class Inbox(queue.Queue):
    """What a client's callbacks bring, to be taken with a bound."""

    def take(self):
        return self.get(timeout=WAIT_S)


def same(found, expected):
    """Fails unless both are equal."""
    assert found == expected, f"found {found!r}, expected {expected!r}"


def has(found, part):
    """Fails unless the text contains the part."""
    assert part in found, f"found {found!r}, expected {part!r} in it"


def refused(entry):
    """The rule by which the mock turned something away."""
    return entry["refusal"]["rule"]
