"""Imports a folder in Python and prints how long it took.

The clock starts when the model, the store and the processes are there and have been used once.
"""

import importlib
import json
import os
import sys
import time
from pathlib import Path

import numpy as np
import torch

import grants
from store import Store


def main():
    job = json.loads(sys.argv[1])
    out = Path(job["out"])
    thumbnails = out / "thumbnails"
    thumbnails.mkdir(parents=True)
    torch.set_num_threads(job["threads"])
    variant = importlib.import_module(f"variants.{job['variant']}")
    pipeline = variant.Pipeline(job["size"], thumbnails)
    store = Store(out / "milvus.db", pipeline.model.config.hidden_size)
    sheets = list_sheets(Path(job["folder"]))
    pipeline.warm_up(next(iter(sheets)))

    start, start_cpu = time.perf_counter(), cpu_seconds(pipeline.processes)
    fields, patent = {}, None
    for file, md5, embedding in pipeline.embeddings(list(sheets)):
        if file.parent != patent:
            patent = file.parent
            fields = grants.read(patent)
        store.add(file, fields, md5, sheets[file], embedding)
    store.finish()
    elapsed, cpu = time.perf_counter() - start, cpu_seconds(pipeline.processes) - start_cpu

    stored = store.embeddings()
    np.savez(job["vectors"], md5=list(stored), vectors=np.array(list(stored.values())))
    pipeline.close()
    print(json.dumps({"sheets": len(sheets), "elapsed_sec": elapsed, "cpu_sec": cpu}))


def list_sheets(folder):
    """{file: its number within the patent}, by patent."""
    return {
        file: number
        for patent in sorted(folder.iterdir())
        for number, file in enumerate(sorted(patent.glob("*.TIF")))
    }


def cpu_seconds(others):
    """Of this process and those others, as far as they are now."""
    ticks = 0
    for pid in (os.getpid(), *others):
        # The name in parentheses may hold blanks.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
