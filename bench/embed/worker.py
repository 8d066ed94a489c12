"""A peer in a process of its own: `python worker.py JOB`, requests and answers in JSON lines.

Loads the peer, answers {"pass_ms": t}, the time of its second run, or {"absent": why}, and then
answers {"runs": n} with {"times_ms": [...]} and {"embed": true} with {"embeddings": [...]}, until
the requests end. Standard output is kept for the answers: what libraries print goes to the errors.
"""

import importlib
import json
import os
import sys
import time

import inputs
from cases import Case


def main():
    job = json.loads(sys.argv[1])
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(**fields):
        print(json.dumps(fields), file=answers, flush=True)

    try:
        run = load(job)
        (pass_ms,) = times_ms(run, 1)
    except Exception as error:
        lines = str(error).strip().splitlines() or [""]
        answer(absent=f"{type(error).__name__}: {lines[0]}")
        raise
    answer(pass_ms=pass_ms)
    for line in sys.stdin:
        request = json.loads(line)
        if "runs" in request:
            answer(times_ms=times_ms(run, request["runs"]))
        else:
            answer(embeddings=run().tolist())


def load(job):
    case = Case(**job["case"])
    module = importlib.import_module(f"contenders.{job['module']}")
    return module.load(case, inputs.of(case), job["threads"], **job["settings"])


def times_ms(run, count):
    # Untimed: it compiles at first, and later others have used the caches since.
    run()
    times = []
    for _ in range(count):
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1e3)
    return times


if __name__ == "__main__":
    main()
