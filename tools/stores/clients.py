"""Many clients beside an import: answers equal to the embedded store's, and how long they take."""

import statistics
import threading
import time

from program import Program, api, check, hits, images, same, search
from servers import wait

CLIENTS = 64
SECONDS = 30
PATENTS = 60


def clients(lookalike, s3, folder):
    """64 clients search beside an import, over Milvus and S3 and then embedded in the same
    directory; what is asked again when both are at rest has the same answers."""
    program = Program(lookalike, folder / "clients", s3.environment())
    for name, seed in [("held", 11), ("coming", 12), ("coming-too", 13)]:
        program.run("synth", "--out", folder / name, "--patents", PATENTS, "--seed", seed)
    program.run("import", folder / "held", "--originals", "s3")
    figures, answers = {}, {}
    for store, coming in [("Milvus", "coming"), ("embedded", "coming-too")]:
        program.serve(milvus=store == "Milvus")
        try:
            if store == "Milvus":
                wait("Milvus to follow", lambda: not program.is_behind())
            items = [one["id"] for one in images()]
            asked = items[:: max(1, len(items) // 40)]
            figures[store] = load(asked, folder / coming)
            wait("the import", lambda: api("/api/batch/status")[1]["data"]["status"] == "completed", 600)
            if store == "Milvus":
                wait("Milvus to follow", lambda: not program.is_behind(), 120)
                answers = {item: asked_again(item) for item in asked}
        finally:
            program.end()
        if store == "Milvus":
            # Over the same items, before more come.
            program.serve(milvus=False)
            try:
                for item, found in answers.items():
                    same(found, asked_again(item), item)
            finally:
                program.end()
    print(f"{CLIENTS} clients beside an import: answers of {len(answers)} searches are those of the embedded store")
    for store, (count, refused, median, late) in figures.items():
        print(f"  {store}: {count / SECONDS:.0f} answers a second, median {median * 1000:.0f} ms, "
              f"p99 {late * 1000:.0f} ms, {refused} refused for now")


def asked_again(item):
    status, answer, _ = search(item)
    check(status == 200, f"search by {item}: {status} {answer}")
    return hits(answer["data"])


def load(items, coming):
    """Answers, refusals, and the median and the 99th percentile of their times in seconds."""
    status, answer, _ = api("/api/batch/start", "POST", {"path": str(coming), "originals": "s3"})
    check(status in (200, 202), f"an import starts: {status} {answer}")
    end = time.time() + SECONDS
    times, others = [], []

    def client(number):
        at = number
        while time.time() < end:
            began = time.time()
            status = search(items[at % len(items)])[0]
            (times if status == 200 else others).append(time.time() - began if status == 200 else status)
            at += 7

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check(times and set(others) <= {429, 503}, f"answers: {len(times)}, others {set(others)}")
    times.sort()
    return len(times), len(others), statistics.median(times), times[int(len(times) * 0.99)]
