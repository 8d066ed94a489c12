"""A peer in a process of its own: `python worker.py JOB`, JSON lines on standard output.

Builds an index and answers with what that took, or opens it and answers with rows as those of
`lookalike bench search`; {"impossible": why} for what the library lacks. What libraries print goes
to the errors.
"""

import gc
import importlib
import json
import os
import sys
import time
from pathlib import Path

import numpy as np

import exact
import usage
import vectors
from peers import Impossible

# Of the first pass: what takes longer is asked fewer queries, which recall counts then.
MOST_SECONDS = 10


def main():
    job = json.loads(sys.argv[1])
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    module = importlib.import_module(f"peers.{job['module']}")
    try:
        for answer in {"build": build, "search": search}[job["task"]](job, module):
            print(json.dumps(answer), file=answers, flush=True)
    except Impossible as reason:
        print(json.dumps({"impossible": str(reason)}), file=answers, flush=True)


def build(job, module):
    rows = in_memory(job["count"])
    memory = Memory(module)
    index, seconds = built(job, module, rows)
    grown = memory.grown()
    module.save(index, Path(job["path"]))
    yield {
        "build_seconds": seconds,
        "anonymous_bytes": grown,
        "file_bytes": None if memory.is_of_server else Path(job["path"]).stat().st_size,
    }


def search(job, module):
    rows = None if job["is_cached"] else in_memory(job["count"])
    queries = np.load(vectors.queries())[: job["queries"]]
    memory = Memory(module)
    started = time.perf_counter()
    if job["is_cached"]:
        index = module.load(with_dim(job), Path(job["path"]))
    else:
        index, _ = built(job, module, rows)
    open_seconds = time.perf_counter() - started
    for share in job["shares"]:
        expected = exact.answers(job["count"], share)[: job["queries"]]
        allowed = None if share == 1 else exact.kept(job["count"], share)
        for effort in job["efforts"] or [None]:
            run = module.searcher(index, effort, allowed, job["threads"])
            for batch in job["batches"]:
                found, times = timed(run, queries, batch, job["seconds"])
                asked = expected[: len(found)]
                yield {
                    "effort": effort,
                    "keep": share,
                    "queries": len(found),
                    "batch": batch,
                    "recall_at_k": exact.recall(found, asked),
                    "hits_missing": exact.missing(found, asked),
                    **summary(times, batch),
                    "open_seconds": open_seconds,
                    # With what the searches hold.
                    "anonymous_bytes": memory.grown(),
                }


def timed(run, queries, batch, seconds):
    """Ids of the first pass over the queries, and the seconds of each call, as `lookalike` takes
    them: whole passes until the time is over, of which the first counts only if it is alone."""
    # From the start again where they end, so that every call has as many.
    order = np.resize(np.arange(len(queries)), -(-len(queries) // batch) * batch)
    calls = [queries[rows] for rows in order.reshape(-1, batch)]
    found, times, passes = [], [], 0
    gc.disable()
    started = time.perf_counter()
    while not passes or time.perf_counter() - started < min(seconds, MOST_SECONDS):
        for call in calls:
            if not passes and found and time.perf_counter() - started > MOST_SECONDS:
                break
            start = time.perf_counter()
            ids = run(call)
            times.append(time.perf_counter() - start)
            if not passes:
                found.append(ids)
        passes += 1
    gc.enable()
    counted = times[len(calls) :] if passes > 1 else times
    return np.concatenate(found)[: len(queries)].astype(np.int64), counted


def summary(seconds, batch):
    p50, p90, p99 = (1e3 * np.percentile(seconds, [50, 90, 99])).tolist()
    mean_ms = 1e3 * float(np.mean(seconds))
    qps = batch * 1e3 / mean_ms
    return {"p50_ms": p50, "p90_ms": p90, "p99_ms": p99, "mean_ms": mean_ms, "qps": qps}


def built(job, module, rows):
    started = time.perf_counter()
    index = module.build(with_dim(job), rows, job["threads"], Path(job["path"]))
    return index, time.perf_counter() - started


def with_dim(job):
    return job["params"] | {"dim": vectors.DIM}


def in_memory(count):
    """Mapped, hence not anonymous, and read once."""
    rows = np.load(vectors.items(count), mmap_mode="r")
    rows.max()
    return rows


class Memory:
    """Anonymous memory since now: of this process, or all that a server has which it starts."""

    def __init__(self, module):
        self.is_of_server = hasattr(module, "server_pid")
        self._pid = module.server_pid if self.is_of_server else lambda: "self"
        self._before = 0 if self.is_of_server else usage.anonymous_bytes()

    def grown(self):
        return usage.anonymous_bytes(self._pid()) - self._before


if __name__ == "__main__":
    main()
