"""What a search should find, which items a filter keeps, and how much of it was found."""

import numpy as np

import vectors
from layout import TOP_K, WORK

# Items compared with all queries at a time, and how many of them are looked at in float64.
BLOCK, CANDIDATES = 50_000, 50


def kept(count, share):
    """Which of the ids 0..count a filter keeps: boolean. The rule of `lookalike bench search`:
    splitmix64 (Steele, Lea and Flood 2014) of the id is below `share` of its range."""
    if share >= 1:
        return np.ones(count, bool)
    mixed = (np.arange(count, dtype=np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed < np.uint64(int(share * 2.0**64))


def answers(count, share):
    """Ids of the nearest items of each query, best first, int64 [queries, TOP_K]; -1 where fewer
    items are kept. Computed once."""
    path = WORK / f"answers-{count}-{share:g}.npy"
    if not path.exists():
        items = np.load(vectors.items(count), mmap_mode="r")
        queries = np.load(vectors.queries())
        np.save(path, _nearest(items, np.flatnonzero(kept(count, share)), queries))
    return np.load(path)


def recall(found, expected):
    """Share of the expected ids that were found; None where nothing is expected."""
    rows = zip(found, expected, strict=True)
    right = sum(np.isin(row[row >= 0], found_row).sum() for found_row, row in rows)
    total = (expected >= 0).sum()
    return float(right / total) if total else None


def missing(found, expected):
    """Queries that got fewer ids than there are."""
    return int(((found >= 0).sum(1) < (expected >= 0).sum(1)).sum())


def _nearest(items, ids, queries):
    best_ids = np.full((len(queries), 0), -1, np.int64)
    best_scores = np.zeros((len(queries), 0), np.float32)
    for start in range(0, len(ids), BLOCK):
        block = ids[start : start + BLOCK]
        scores = np.hstack([best_scores, queries @ np.asarray(items[block]).T])
        block = np.hstack([best_ids, np.broadcast_to(block, (len(queries), len(block)))])
        first = np.argsort(-scores, axis=1)[:, :CANDIDATES]
        best_ids = np.take_along_axis(block, first, 1)
        best_scores = np.take_along_axis(scores, first, 1)
    answers = np.full((len(queries), TOP_K), -1, np.int64)
    for row, (query, candidates) in enumerate(zip(queries, best_ids, strict=True)):
        if len(candidates):
            scores = items[candidates].astype(np.float64) @ query.astype(np.float64)
            first = candidates[np.lexsort((candidates, -scores))][:TOP_K]
            answers[row, : len(first)] = first
    return answers
