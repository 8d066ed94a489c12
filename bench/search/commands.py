"""The processes that do the work: rows of `lookalike bench search`, and the same of a peer."""

import json
import os
import sys

import numpy as np

import exact
import processes
import usage
import vectors
from layout import ROOT, TOP_K, WORK

WORKER = ROOT / "bench" / "search" / "worker.py"


class Absent(Exception):
    """This contender cannot do this, and why."""


class Ours:
    """`lookalike bench search`."""

    def __init__(self, contender, size, binary):
        self._contender, self._size, self._binary = contender, size, binary

    def build(self, cache, threads):
        """What it took to fill the empty folder `cache`, and the command."""
        rows, command = self._run(cache, threads, 1, 0, batches=(1,), shares=(1.0,), efforts=(1,))
        names = ("build_seconds", "file_bytes", "memory_bytes", "anonymous_bytes")
        return {name: rows[0][name] for name in names}, command

    def search(self, cache, section, shares, queries, seconds):
        """Rows, and the command."""
        efforts = section.efforts if self._contender.params["index"] != "flat" else ()
        rows, command = self._run(
            cache, section.threads, queries, seconds, section.batches, shares, efforts
        )
        for row in rows:
            (row["effort"],) = row["setting"].values() or (None,)
            row["answers_agree"] = self._agree(cache, row["keep"], queries)
        return rows, command

    def _agree(self, cache, share, queries):
        """Recall of the answers that `lookalike` takes for exact and counts its own recall by; it
        keeps them beside its index."""
        kept = cache.glob(f"exact-cosine-top{TOP_K}-keep{share:g}-*.json")
        found = [json.loads(file.read_text()) for file in kept]
        (found,) = [answers for answers in found if len(answers) == queries]
        rows = np.full((queries, TOP_K), -1)
        for row, ids in zip(rows, found, strict=True):
            row[: len(ids)] = ids
        return exact.recall(rows, exact.answers(self._size.count, share)[:queries])

    def _run(self, cache, threads, queries, seconds, batches, shares, efforts):
        params = dict(self._contender.params)
        kind = params.pop("index")
        options = {
            "--vectors": vectors.items(self._size.count),
            "--queries": vectors.queries(queries),
            "--metric": "cosine",
            "--index": kind,
            "--top-k": TOP_K,
            **{f"--{name.replace('_', '-')}": value for name, value in params.items()},
            "--batch": _listed(batches),
            "--keep": _listed(shares),
            "--seconds": seconds,
            "--cache": cache,
            "--threads": threads,
            "--data": WORK / "data",
            "--format": "jsonl",
        }
        if efforts and kind != "flat":
            options["--ef-search" if kind == "hnsw" else "--nprobe"] = _listed(efforts)
        command = [str(self._binary), "bench", "search"]
        command += [str(word) for option in options.items() for word in option]
        return _rows(command, os.environ), shown(command)


class Peer:
    """A library, in a process of its own."""

    def __init__(self, contender, size):
        self._contender, self._size = contender, size

    def build(self, path, threads):
        (row,), command = self._run({"task": "build", "path": str(path), "threads": threads})
        return row, command

    def search(self, path, section, shares, queries, seconds):
        job = {
            "task": "search",
            "path": str(path),
            "is_cached": self._contender.is_cached,
            "threads": section.threads,
            "batches": section.batches,
            "shares": shares,
            "efforts": section.efforts,
            "queries": queries,
            "seconds": seconds,
        }
        return self._run(job)

    def _run(self, job):
        threads = str(job["threads"])
        job |= {
            "module": self._contender.module,
            "params": self._contender.params,
            "count": self._size.count,
        }
        command = [sys.executable, str(WORKER), json.dumps(job)]
        limits = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), threads)
        limits |= usage.openblas()
        return _rows(command, os.environ | limits | self._contender.environment), shown(command)


def _rows(command, environment):
    with open(WORK / "workers.log", "a") as log:
        print("==", *command, file=log, flush=True)
        try:
            text = processes.output(command, env=environment)
        except (OSError, RuntimeError) as error:
            print(error, file=log)
            raise Absent(str(error).removeprefix("error: ").rstrip(".")) from error
    rows = [json.loads(line) for line in text.splitlines()]
    for row in rows:
        if "impossible" in row:
            raise Absent(row["impossible"])
    if not rows:
        raise Absent("it measured nothing")
    return rows


def shown(command):
    """A command as reports name it."""
    words = [word.replace(f"{WORK}/lookalike", "lookalike", 1) for word in command[:1]]
    return " ".join([*words, *command[1:]]).replace(f"{ROOT}/", "")


def _listed(values):
    return ",".join(f"{value:g}" for value in values)
