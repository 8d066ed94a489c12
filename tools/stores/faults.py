"""Faults while images are imported and searched: nothing lost, nothing twice, recovery without hands."""

import signal
import threading
import time

from program import Program, api, check, compare, images, search
from servers import wait

PATENTS_AT_A_TIME = 6


def faults(lookalike, milvus, s3, folder, events, instants):
    """Kills Milvus, the bucket's server and our own process (-9), and holds the first two still as a
    network that is cut does, one after the other, while folders are imported with their originals
    into the bucket and a client searches all the time. In the end everything is there once, as from an
    import that nobody disturbed."""
    program = Program(lookalike, folder / "faults", s3.environment())
    folders = []
    for number in range(events):
        # Some come twice, as where somebody repeats an import.
        seed = 100 + number - number % 5 // 4
        path = folder / f"designs-{seed}"
        if not path.exists():
            program.run("synth", "--out", path, "--patents", PATENTS_AT_A_TIME, "--seed", seed)
        folders.append(path)
    program.run("import", folders[0], "--originals", "s3")
    program.serve()
    client = Client()
    kinds = {
        "Milvus is killed": lambda: (milvus.kill(), milvus.start()),
        "the bucket's server is killed": lambda: (s3.kill(), s3.start()),
        "the program is killed": lambda: (program.end(signal.SIGKILL), program.serve()),
        "Milvus does not answer": lambda: held(milvus, instants),
        "the bucket does not answer": lambda: held(s3, instants),
    }
    counts = dict.fromkeys(kinds, 0)
    try:
        for number in range(events):
            start(folders[number])
            time.sleep(instants.uniform(0, 3))
            kind = instants.choice(list(kinds))
            counts[kind] += 1
            began = time.time()
            kinds[kind]()
            done = time.time()
            # Not always: jobs queue up, and faults meet what is still behind from the last one.
            if instants.random() < 0.5:
                wait("health", lambda: api("/health")[1]["status"] == "ok", 200)
            print(f"{number + 1}: {kind}, {done - began:.0f} s; then {time.time() - done:.0f} s", flush=True)
        wait("the imports", is_idle, 900)
        wait("health", lambda: api("/health")[1]["status"] == "ok", 200)
        wait("Milvus to follow", lambda: not program.is_behind(), 200)
        client.end()
        found = images()
        compare(program, instants.sample([one["id"] for one in found], 5))
        check_originals(found)
    finally:
        client.end()
        program.end()
    program.doctor()
    whole = undisturbed(lookalike, folder, folders)
    check(sorted(names(found)) == sorted(names(whole)), "items are those of an undisturbed import, each once")
    what = ", ".join(f"{kind} {count}" for kind, count in counts.items())
    print(f"{events} events ({what}): {len(found)} images, each once; answers to the client: {client.seen}")
    check(set(client.seen) <= {200, 503, 0}, f"answers: {client.seen}")


def start(path):
    """Queues an import, as a script would that has to go on."""
    def is_taken():
        status = api("/api/batch/start", "POST", {"path": str(path), "originals": "s3"})[0]
        check(status in (200, 202, 503, 0), f"an import is queued or refused for now: {status}")
        return status in (200, 202)
    wait("an import to be taken", is_taken, 120)


def is_idle():
    status, answer, _ = api("/api/batch/jobs?limit=1000")
    if status != 200:
        return False
    jobs = answer["data"]["jobs"]
    for job in jobs:
        if job["status"] == "failed":
            # It says so, and goes on when it is asked to.
            api("/api/batch/retry", "POST", {"job_id": job["job_id"]})
    return not any(job["status"] in ("queued", "running", "cancelling") for job in jobs)


def held(server, instants):
    server.hold()
    time.sleep(instants.uniform(1, 12))
    server.let_go()


def undisturbed(lookalike, folder, folders):
    """The items of an import into a directory of its own, embedded."""
    plain = Program(lookalike, folder / "plain")
    for path in dict.fromkeys(folders):
        plain.run("import", path, milvus=False)
    plain.serve(milvus=False)
    try:
        return images()
    finally:
        plain.end()


def names(items):
    return [f"{one['patent_id']} {one['file_name']} {one['md5']}" for one in items]


def check_originals(items):
    for one in items[::20]:
        status = api(one["image_url"])[0]
        check(status == 200, f"the original of {one['id']}: {status}")


class Client:
    """Searches all the time, by the first item."""

    def __init__(self):
        self.seen, self.is_over = {}, False
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        while not self.is_over:
            status = search(1, timeout=90)[0]
            self.seen[status] = self.seen.get(status, 0) + 1
            time.sleep(0.2)

    def end(self):
        self.is_over = True
        self.thread.join()
