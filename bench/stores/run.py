#!/usr/bin/env python3
"""A million figures in Milvus, and the same embedded: rates, times of searches, recall, memory.

    bench/stores/run.py --milvus MILVUS-SERVER --lookalike LOOKALIKE --work DIR [--figures 1000000]

Needs NumPy. Results are printed as Markdown and written to DIR/results.json as they come.
"""

import argparse
import json
import os
import statistics
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools/stores"))
from program import Program, api, check, hits, search  # noqa: E402
from servers import Milvus, wait  # noqa: E402

DIM, TRUE_DIM, CLUSTERS = 192, 32, 200
CHUNK = 50_000
QUERIES = 200
# Shares of the rows that filters leave: one in ten, one in a thousand.
FILTERS = {"none": {}, "1 in 10": {"attributes": "tenth=3"}, "1 in 1,000": {"attributes": "thousandth=7"}}


def write_bank(path, count):
    """Overlapping clusters of 32 true dimensions in 192, with noise, as bench/search has them."""
    law = np.random.default_rng(1)
    centres = 0.8 * law.standard_normal((CLUSTERS, TRUE_DIM), np.float32)
    spread = law.standard_normal((TRUE_DIM, DIM), np.float32)
    rows = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(count, DIM))
    for chunk, start in enumerate(range(0, count, CHUNK)):
        drawn = np.random.default_rng([2, chunk])
        inner = centres[drawn.integers(CLUSTERS, size=CHUNK)] + drawn.standard_normal((CHUNK, TRUE_DIM), np.float32)
        vectors = inner @ spread + drawn.standard_normal((CHUNK, DIM), np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        rows[start:start + CHUNK] = vectors[: min(CHUNK, count - start)]
    rows.flush()
    with open(path.with_suffix(".jsonl"), "w") as lines:
        for index in range(count):
            attributes = {"tenth": index % 10, "thousandth": index % 1000}
            lines.write(json.dumps({"file_name": f"{index}.jpg", "attributes": attributes}) + "\n")


def truth(bank, asked, holds):
    """The ten nearest of each asked row, among the rows that hold; ids count from 1."""
    rows = np.load(bank, mmap_mode="r")
    queries = rows[asked]
    best = [[] for _ in asked]
    for start in range(0, len(rows), CHUNK):
        scores = queries @ np.asarray(rows[start:start + CHUNK]).T
        ids = np.arange(start, start + scores.shape[1])
        scores[:, ~holds(ids)] = -2
        for number, row in enumerate(scores):
            for at in np.argpartition(-row, 10)[:10]:
                best[number].append((-row[at], start + at + 1))
    return [{one for _, one in sorted(found)[:10]} for found in best]


def memory(process):
    """MB resident of a process with all that it started."""
    total = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if os.getpgid(int(entry.name)) == os.getpgid(process.pid):
                status = (entry / "status").read_text()
                total += next(int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon"))
        except (OSError, StopIteration):
            pass
    return total / 1024


class Results:
    def __init__(self, path):
        self.path, self.rows = path, {}

    def add(self, name, value):
        self.rows[name] = value
        self.path.write_text(json.dumps(self.rows, indent=1) + "\n")
        print(f"| {name} | {value} |", flush=True)


def measure(store, program, bank, results, asked):
    for name, filters in FILTERS.items():
        times, right = [], 0
        holds = {
            "none": lambda ids: np.ones(len(ids), bool),
            "1 in 10": lambda ids: ids % 10 == 3,
            "1 in 1,000": lambda ids: ids % 1000 == 7,
        }[name]
        expected = truth(bank, asked, holds)
        for row, nearest in zip(asked, expected):
            began = time.time()
            status, answer, _ = search(int(row) + 1, timeout=120, top_k=10, **filters)
            times.append((time.time() - began) * 1000)
            check(status == 200, f"search: {status} {answer}")
            right += len(nearest & set(hits(answer["data"])))
        times = sorted(times[5:])
        median, late = statistics.median(times), times[int(len(times) * 0.99)]
        found = right / 10 / len(asked)
        results.add(f"{store}, filter {name}: median, p99 ms, recall@10", f"{median:.1f}, {late:.1f}, {found:.4f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--milvus", required=True)
    parser.add_argument("--lookalike", required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--figures", type=int, default=1_000_000)
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    results = Results(arguments.work / "results.json")
    bank = arguments.work / "bank.npy"
    write_bank(bank, arguments.figures)
    asked = np.random.default_rng(3).choice(arguments.figures, QUERIES, replace=False)
    program = Program(arguments.lookalike, arguments.work / "data")
    milvus = Milvus(arguments.milvus, arguments.work / "milvus-data")
    try:
        began = time.time()
        program.run("features", "import", bank, "--index", "ivf_flat", "--normalize", "true", milvus=False)
        seconds = time.time() - began
        results.add("into the catalogue, figures a second", round(arguments.figures / seconds))
        milvus.start()
        began = time.time()
        program.serve()
        wait("Milvus to follow", lambda: not program.is_behind(), 7200)
        seconds = time.time() - began
        results.add("from the catalogue into Milvus with its index, figures a second", round(arguments.figures / seconds))
        measure("Milvus", program, bank, results, asked)
        results.add("memory of Milvus, MB", round(memory(milvus.process)))
        results.add("memory of lookalike beside it, MB", round(memory(program.server)))
        program.end()
        began = time.time()
        program.serve(milvus=False)
        wait("the index", lambda: api("/health", timeout=600)[1]["status"] == "ok", 7200)
        wait("searches", lambda: search(1, timeout=600)[0] == 200, 7200)
        wait("the index", is_built, 7200)
        results.add("embedded: ready after s", round(time.time() - began, 1))
        measure("embedded", program, bank, results, asked)
        results.add("memory of lookalike alone, MB", round(memory(program.server)))
    finally:
        program.end()
        milvus.kill()


def is_built():
    state = api("/api/collection/stats?collection=default")[1]["data"]["index"]["state"]
    return state == "ready"


if __name__ == "__main__":
    main()
