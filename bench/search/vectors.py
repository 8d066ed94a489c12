"""Vectors and queries: the same for all, made once, always the same.

Overlapping Gaussian clusters of 48 true dimensions in 384, with noise in all of them, normalised.
Hard enough to tell indexes apart: among separated blobs every one of them finds everything.
"""

import numpy as np

from layout import QUERIES, WORK

DIM, TRUE_DIM = 384, 48
CLUSTERS, CENTRE_SIGMA, SPREAD, NOISE = 200, 0.8, 1.0, 1.0
# Rows with a seed of their own: a smaller set is the beginning of a larger one.
CHUNK = 50_000
# First numbers of the seeds.
LAW, ITEMS, ASKED = 1, 2, 3


def items(count):
    """The .npy file with `count` vectors, float32; an item's id is its row."""
    path = WORK / f"vectors-{count}.npy"
    if not path.exists():
        _write(path, count, ITEMS)
    return path


def queries(count=QUERIES):
    """The .npy file with the first `count` queries, float32."""
    path = WORK / f"queries-{count}.npy"
    if not path.exists():
        _write(path, count, ASKED)
    return path


def _write(path, count, seed):
    WORK.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    shape = (count, DIM)
    rows = np.lib.format.open_memmap(unfinished, mode="w+", dtype=np.float32, shape=shape)
    for chunk, start in enumerate(range(0, count, CHUNK)):
        end = min(count, start + CHUNK)
        rows[start:end] = _drawn([seed, chunk])[: end - start]
    rows.flush()
    unfinished.rename(path)


def _drawn(seed):
    """CHUNK vectors of the law."""
    law = np.random.default_rng(LAW)
    centres = CENTRE_SIGMA * law.standard_normal((CLUSTERS, TRUE_DIM), np.float32)
    spread = law.standard_normal((TRUE_DIM, DIM), np.float32)
    rng = np.random.default_rng(seed)
    inner = centres[rng.integers(CLUSTERS, size=CHUNK)]
    inner += SPREAD * rng.standard_normal((CHUNK, TRUE_DIM), np.float32)
    vectors = inner @ spread
    vectors += NOISE * rng.standard_normal((CHUNK, DIM), np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
