#!/usr/bin/env python3
"""Runs the suite of vector stores, and a journey through the program, over a Milvus that it starts,
kills and ends.

    tools/store_journey.py --milvus MILVUS-SERVER --suite TEST --lookalike LOOKALIKE [--kills 3] [--no-suite]

The journey: synthetic patents are imported and searched over the API; answers must be those of the
embedded store over the same data (ids equal, scores within 1e-5); an image is deleted; Milvus is
killed (-9), which searches say with 503 and Retry-After and /health with `degraded`; images are
imported meanwhile; Milvus is started again, and nobody does anything: everything is found again, and
`doctor` finds nothing wrong. Then an emptied Milvus is filled by `rebuild-index`.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

MILVUS_PORT = 29530
PORT = 28080
TOLERANCE = 1e-5


class Milvus:
    """A server with its data in a folder."""

    def __init__(self, program, folder):
        self.program, self.folder, self.process = program, folder, None

    def start(self):
        """Starts it, and again where it hangs: after kills, one start in some does."""
        for _ in range(3):
            self.launch()
            began = time.time()
            while time.time() - began < 150:
                if self.answers():
                    return
                time.sleep(0.2)
            print("Milvus does not come up: it is started again")
            self.kill()
        with open(f"{self.folder}.log", errors="replace") as log:
            sys.exit("Milvus does not come up; its log ends:\n" + log.read()[-4000:])

    def launch(self):
        log = open(f"{self.folder}.log", "ab")
        command = [self.program, "--data", str(self.folder), "--proxy-port", str(MILVUS_PORT)]
        # A session of its own: the program is a wrapper, whose child would survive it.
        self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)

    def answers(self):
        # After a kill it may end once more, while the leases of its former life last; what looks
        # after it in production (systemd, a container's restart policy) starts it again.
        if self.process.poll() is not None:
            self.launch()
        return get(f"http://127.0.0.1:{MILVUS_PORT}/v1/vector/collections")[0] == 200

    def kill(self, how=signal.SIGKILL):
        if self.process:
            os.killpg(self.process.pid, how)
            self.process.wait()
            self.process = None


def wait(what, is_done, seconds=60):
    began = time.time()
    while not is_done():
        if time.time() - began > seconds:
            sys.exit(f"waited {seconds} s for {what}")
        time.sleep(0.2)
    return time.time() - began


def get(url, method="GET", body=None):
    """Status, JSON and headers of an answer; status 0 without one."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read() or b"null"), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null"), error.headers
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return 0, None, {}


def api(path, method="GET", body=None):
    return get(f"http://127.0.0.1:{PORT}{path}", method, body)


def check(is_right, what):
    if not is_right:
        raise AssertionError(what)


class Program:
    """The program over one data directory, with vectors in Milvus or embedded."""

    def __init__(self, lookalike, data):
        self.lookalike, self.data = lookalike, data

    def environment(self, milvus):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("LOOKALIKE_")}
        address = {"LOOKALIKE_MILVUS_ADDRESS": f"127.0.0.1:{MILVUS_PORT}"}
        return {**kept, **(address if milvus else {})}

    def run(self, *arguments, milvus=True, may_fail=False):
        command = [self.lookalike, "--data", str(self.data), *map(str, arguments)]
        done = subprocess.run(command, env=self.environment(milvus), capture_output=True, text=True)
        if done.returncode and not may_fail:
            sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}{done.stdout}")
        return done

    def serve(self):
        command = [self.lookalike, "--data", str(self.data), "serve", "--listen", f"127.0.0.1:{PORT}"]
        log = open(f"{self.data}.log", "ab")
        server = subprocess.Popen(command, env=self.environment(True), stdout=log, stderr=log)
        wait("the server", lambda: api("/health/live")[0] == 200)
        return server


def hits(answer):
    pages = [page for group in answer["results"] for page in group["pages"]]
    return {page["id"]: page["score"] for page in pages}


def images():
    return api("/api/images?page_size=500")[1]["data"]["items"]


def search(item, **more):
    filters = {name: [value] for name, value in more.items() if isinstance(value, str)}
    body = {"top_k": 20, "min_score": 0, **more, **filters}
    return api(f"/api/search/item/{item}", "POST", body)


def compare(program, items, **filters):
    """The answers of both stores over the same data."""
    for item in items:
        status, answer, _ = search(item, **filters)
        check(status == 200, f"search by {item}: {status} {answer}")
        found = hits(answer["data"])
        flags = [part for name, value in filters.items() for part in (f"--{name.replace('_', '-')}", value)]
        embedded = program.run("search", "--item", item, "--top-k", 20, "--min-score", 0, *flags,
                               "--format", "json", milvus=False)
        expected = hits(json.loads(embedded.stdout))
        check(found.keys() == expected.keys(), f"{item}: {found} and embedded {expected}")
        far = {one for one in found if abs(found[one] - expected[one]) > TOLERANCE}
        check(not far, f"{item}: scores of {far} differ")


def journey(program, milvus, folder, kills, instants):
    for name, seed in [("first", 1), ("second", 2)]:
        program.run("synth", "--out", folder / name, "--patents", 12, "--seed", seed)
    report = json.loads(program.run("import", folder / "first", "--format", "json").stdout)
    print(f"imported {report['imported']}")
    stats = json.loads(program.run("collections", "stats", "--format", "json").stdout)
    stats = stats[0] if isinstance(stats, list) else stats
    check(stats["index"]["kind"] == "ivf_flat", f"index {stats['index']}")
    server = program.serve()
    try:
        items = [one["id"] for one in images()]
        patents = [one["patent_id"] for one in images()]
        sample = instants.sample(items, min(5, len(items)))
        compare(program, sample)
        compare(program, sample[:2], exclude_patent_id=patents[0])
        compare(program, sample[:2], country="US")
        print("answers are those of the embedded store, with filters and without")

        gone = sample.pop()
        check(api(f"/api/images/{gone}", "DELETE")[0] == 200, "an image can be deleted")
        check(gone not in hits(search(sample[0], top_k=500)[1]["data"]), "the deleted one is gone at once")
        wait("Milvus to follow", lambda: not behind(program))

        for number in range(kills):
            time.sleep(instants.uniform(0, 2))
            milvus.kill()
            status, answer, headers = search(sample[0])
            check(status == 503 and headers.get("retry-after"), f"{status} {answer}: 503 with Retry-After")
            health = api("/health")[1]
            check(health["status"] == "degraded", f"health {health}")
            check(health["components"]["milvus"]["status"] == "error", f"health {health}")
            status, answer, _ = api("/api/batch/start", "POST", {"path": str(folder / "second")})
            check(status in (200, 202), f"an import starts without Milvus: {status} {answer}")
            wait("the import", lambda: api("/api/batch/status")[1]["data"]["status"] == "completed", 300)
            milvus.start()
            seconds = wait("health", lambda: api("/health")[1]["status"] == "ok", 120)
            seconds += wait("searches", lambda: search(sample[0])[0] == 200, 120)
            print(f"kill {number + 1}: answers again {seconds:.1f} s after Milvus does")
            compare(program, sample)
        check(len(images()) > len(items), "what was imported without Milvus is there")
        wait("Milvus to follow", lambda: not behind(program))
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()
    doctor(program)


def behind(program):
    """Whether Milvus lacks something, by what the program notes."""
    notes = list((program.data / "milvus").glob("*.json"))
    current = [json.loads(note.read_text())["current"] for note in notes]
    return not current or any(one is None or one["is_dirty"] or one["rows"] is None for one in current)


def doctor(program):
    checks = json.loads(program.run("doctor", "--format", "json").stdout)
    wrong = [one for one in checks if one["state"] != "ok" and one["check"] != "originals"]
    check(not wrong, f"doctor: {wrong}")
    print("doctor:", next(one["detail"] for one in checks if one["check"] == "milvus"))


def refill(program, milvus):
    """Milvus loses everything, and is filled again."""
    milvus.kill()
    shutil.rmtree(milvus.folder)
    milvus.start()
    program.run("collections", "rebuild-index", "default")
    doctor(program)
    print("an emptied Milvus was filled again")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--milvus", required=True)
    parser.add_argument("--suite", required=True)
    parser.add_argument("--lookalike", required=True)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--no-suite", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        milvus = Milvus(arguments.milvus, folder / "milvus-data")
        try:
            milvus.start()
            if not arguments.no_suite:
                address = {"LOOKALIKE_TEST_MILVUS": f"127.0.0.1:{MILVUS_PORT}"}
                subprocess.run([arguments.suite, "--nocapture"], env={**os.environ, **address}, check=True)
            program = Program(arguments.lookalike, folder / "data")
            journey(program, milvus, folder, arguments.kills, random.Random(1))
            refill(program, milvus)
        finally:
            milvus.kill(signal.SIGTERM)


if __name__ == "__main__":
    main()
