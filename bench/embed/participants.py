"""Contenders at work on one case: a process that waits for requests, or a command each time.

Both answer `median_ms(runs)`, the median time of a forward pass, and `embeddings()`, float64
[batch, hidden], and know by `pass_ms` about how long a pass takes. Both raise Absent, with the
reason, if the contender cannot do the case.
"""

import dataclasses
import json
import os
import statistics
import subprocess
import sys

import numpy as np

import pictures
import processes
import texts
from cases import ROOT, WORK


class Absent(Exception):
    pass


class Worker:
    def __init__(self, contender, case, threads):
        self.note = ""
        self._log = open(WORK / "workers.log", "a")
        print(f"== {contender.name}: {case}", file=self._log, flush=True)
        job = {
            "module": contender.module,
            "settings": contender.settings,
            "case": dataclasses.asdict(case),
            "threads": threads,
        }
        self._process = processes.start(
            [sys.executable, str(ROOT / "bench" / "embed" / "worker.py"), json.dumps(job)],
            env=os.environ | _quiet(threads) | contender.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        try:
            self.pass_ms = self._answer()["pass_ms"]
        except Absent:
            self.close()
            raise

    def median_ms(self, runs):
        return statistics.median(self._ask({"runs": runs})["times_ms"])

    def embeddings(self):
        return np.array(self._ask({"embed": True})["embeddings"])

    def close(self):
        # The end of its requests; one that does not heed it has had its chance.
        self._process.stdin.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._log.close()

    def _ask(self, request):
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # the missing answer says the same
        return self._answer()

    def _answer(self):
        line = self._process.stdout.readline()
        if not line:
            raise Absent(f"its process ended with status {self._process.wait()}")
        answer = json.loads(line)
        if "absent" in answer:
            raise Absent(answer["absent"])
        return answer


class Command:
    """`lookalike`: every call is a new process that warms up by itself."""

    def __init__(self, contender, case, threads, binary):
        self._case = case
        self._binary = binary
        self._options = ["--precision", contender.settings["precision"]]
        self._options += ["--threads", str(threads), "--data", str(WORK / "data")]
        self._environment = os.environ | contender.environment
        self.pass_ms = self.median_ms(1)

    def median_ms(self, runs):
        how = ["--batch", str(self._case.batch), "--runs", str(runs), "--format", "json"]
        how += ["--texts"] if self._case.is_text else ["--size", str(self._case.size)]
        (line,) = json.loads(self._run("bench", "embed", *how))
        self.precision = line["precision"]
        self.note = f"{line['precision']} on {line['device']} ({line['isa']})"
        return line["ms_per_image_median"] * self._case.batch

    def embeddings(self):
        out = WORK / "embeddings.npy"
        how = ["--format", "npy", "--output", str(out)]
        if self._case.is_text:
            words = [word for text in texts.texts(self._case.batch) for word in ("--text", text)]
            self._run("embed", *how, *words)
            return np.load(out).astype(np.float64)
        files = map(str, pictures.files(self._case.size, self._case.batch))
        # A square picture of the input's size passes through a letterbox unchanged.
        how += ["--preprocess", "letterbox", "--size", str(self._case.size)]
        self._run("embed", *how, *files)
        return np.load(out).astype(np.float64)

    def close(self):
        pass

    def _run(self, *words):
        model = ["--model", str(self._case.folder)]
        try:
            return processes.output(
                [str(self._binary), *words, *model, *self._options], env=self._environment
            )
        except (OSError, RuntimeError) as error:
            raise Absent(str(error).removeprefix("error: ")) from error


def _quiet(threads):
    """As many threads as asked for, no GPU, and nothing from the network."""
    return {
        "OMP_NUM_THREADS": str(threads),
        "MKL_NUM_THREADS": str(threads),
        "CUDA_VISIBLE_DEVICES": "",
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "TORCHINDUCTOR_CACHE_DIR": str(WORK / "inductor"),
        # Compiled in the process itself, which leaves no pool of helpers behind.
        "TORCHINDUCTOR_COMPILE_THREADS": "1",
    }
