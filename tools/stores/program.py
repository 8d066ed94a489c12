"""Our program over one data directory, with vectors in Milvus or embedded."""

import json
import os
import signal
import subprocess
import sys

from servers import MILVUS_PORT, get, wait

PORT = 28080
TOLERANCE = 1e-5


def check(is_right, what):
    if not is_right:
        raise AssertionError(what)


def api(path, method="GET", body=None, timeout=60):
    return get(f"http://127.0.0.1:{PORT}{path}", method, body, timeout)


class Program:
    """The program over a data directory."""

    def __init__(self, lookalike, data, environment=None):
        self.lookalike, self.data, self.more = lookalike, data, environment or {}
        self.server = None

    def environment(self, milvus):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("LOOKALIKE_")}
        address = {"LOOKALIKE_MILVUS_ADDRESS": f"127.0.0.1:{MILVUS_PORT}"}
        return {**kept, **self.more, **(address if milvus else {})}

    def run(self, *arguments, milvus=True):
        command = [self.lookalike, "--data", str(self.data), *map(str, arguments)]
        done = subprocess.run(command, env=self.environment(milvus), capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}{done.stdout}")
        return done.stdout

    def json(self, *arguments, milvus=True):
        return json.loads(self.run(*arguments, "--format", "json", milvus=milvus))

    def serve(self, milvus=True):
        command = [self.lookalike, "--data", str(self.data), "serve", "--listen", f"127.0.0.1:{PORT}"]
        log = open(f"{self.data}.log", "ab")
        self.server = subprocess.Popen(command, env=self.environment(milvus), stdout=log, stderr=log)
        wait("the server", lambda: api("/health/live")[0] == 200)

    def end(self, how=signal.SIGTERM):
        if self.server:
            self.server.send_signal(how)
            self.server.wait()
            self.server = None

    def is_behind(self):
        """Whether Milvus lacks something, by what the program notes."""
        notes = list((self.data / "milvus").glob("*.json"))
        current = [json.loads(note.read_text())["current"] for note in notes]
        return not current or any(one is None or one["is_dirty"] or one["rows"] is None for one in current)

    def doctor(self):
        checks = self.json("doctor")
        wrong = [one for one in checks if one["state"] != "ok" and one["check"] != "originals"]
        check(not wrong, f"doctor: {wrong}")
        print("doctor:", next(one["detail"] for one in checks if one["check"] == "milvus"))


def images():
    """All items of the default collection, as the API lists them."""
    found, page = [], 1
    while True:
        status, answer, _ = api(f"/api/images?page_size=500&page={page}")
        check(status == 200, f"images: {status} {answer}")
        found += answer["data"]["items"]
        if len(found) >= answer["data"]["total"] or not answer["data"]["items"]:
            return found
        page += 1


def hits(answer):
    pages = [page for group in answer["results"] for page in group["pages"]]
    return {page["id"]: page["score"] for page in pages}


def search(item, timeout=60, is_distance=False, **more):
    """A search by an item, of any score or distance."""
    filters = {name: [value] for name, value in more.items() if isinstance(value, str)}
    any_score = {} if is_distance else {"min_score": 0}
    body = {"top_k": 20, **any_score, **more, **filters}
    return api(f"/api/search/item/{item}", "POST", body, timeout)


def same(found, expected, what):
    check(found.keys() == expected.keys(), f"{what}: {found} and embedded {expected}")
    far = {one for one in found if abs(found[one] - expected[one]) > TOLERANCE}
    check(not far, f"{what}: scores of {far} differ")


def embedded(program, item, is_distance=False, **filters):
    """What the embedded store finds over the same data."""
    flags = [part for name, value in filters.items() for part in (f"--{name.replace('_', '-')}", value)]
    any_score = [] if is_distance else ["--min-score", 0]
    return hits(program.json("search", "--item", item, "--top-k", 20, *any_score, *flags, milvus=False))


def compare(program, items, **filters):
    """Compares the answers of both stores over the same data."""
    for item in items:
        status, answer, _ = search(item, **filters)
        check(status == 200, f"search by {item}: {status} {answer}")
        same(hits(answer["data"]), embedded(program, item, **filters), item)
