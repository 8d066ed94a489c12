"""Who takes part in a case: every turn is a process that imports a folder into an empty store."""

import json
import os
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import lookalike
import turns
from layout import ROOT, WORK

HERE = ROOT / "bench" / "import"


@dataclass
class Options:
    """What all turns have in common."""

    binary: Path
    stages: Path
    threads: int


class Python:
    def __init__(self, name, variant, case, folder, options):
        self.name = name
        self._job = {
            "variant": variant,
            "size": case.python_size,
            "folder": str(folder),
            "threads": options.threads,
            "out": str(WORK / "turn"),
            "vectors": str(WORK / "turn" / "vectors.npz"),
        }
        self._threads = options.threads
        self.command = f"python bench/import/python_import.py ({variant})"

    def turn(self, log):
        command = [sys.executable, str(HERE / "python_import.py"), json.dumps(self._job)]
        out, used = turns.run(command, os.environ | _quiet(self._threads), log)
        # Libraries print there too. CPU time is taken within the clock's time alone: without
        # loading PyTorch, which takes more than some samples do.
        return used | json.loads(out.splitlines()[-1])

    def embeddings(self):
        stored = np.load(self._job["vectors"])
        return dict(zip(stored["md5"].tolist(), stored["vectors"]))

    def clean(self):
        lookalike.remove(WORK / "turn")


class Lookalike:
    def __init__(self, name, arguments, folder, options):
        self.name = name
        self._folder = folder
        self._data = WORK / "turn"
        self._command = lookalike.command(
            options.binary, self._data, folder, arguments, options.threads
        )
        words = [lookalike.shown(word) for word in self._command[1:]]
        self.command = shlex.join(["lookalike", *words])

    def turn(self, log):
        out, used = turns.run(self._command, os.environ.copy(), log)
        report = lookalike.outcome(out, self._folder)
        return used | {"sheets": report["imported"], "elapsed_sec": report["elapsed_sec"]}

    def embeddings(self):
        return lookalike.embeddings(self._data)

    def clean(self):
        lookalike.remove(self._data)


class Stages:
    """The stages of lookalike's import, each alone on one thread."""

    def __init__(self, arguments, folder, options):
        values = dict(zip(arguments[::2], arguments[1::2]))
        # What an import takes when it is not told.
        how = [values["--model"], values.get("--preprocess", "letterbox"), values.get("--size")]
        self._command = [str(options.stages), str(folder), *filter(None, how)]

    def turn(self, log):
        out, _ = turns.run(self._command, os.environ.copy(), log)
        return json.loads(out)


def _quiet(threads):
    """As many threads as asked for, no GPU, and nothing from the network."""
    return {
        "OMP_NUM_THREADS": str(threads),
        "MKL_NUM_THREADS": str(threads),
        "CUDA_VISIBLE_DEVICES": "",
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }
