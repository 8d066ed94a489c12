"""Leave-one-out retrieval: average precision and first places, with intervals over patents."""

import numpy as np


def each(scores, labels):
    """Scores (n, n) to (average precision (n), first place right (n)); NaN for a patent's only sheet."""
    count = len(labels)
    precision, first = np.full(count, np.nan), np.full(count, np.nan)
    for query in range(count):
        others = np.delete(np.arange(count), query)
        order = others[np.argsort(-scores[query, others], kind="stable")]
        hits = labels[order] == labels[query]
        places = np.where(hits)[0]
        if len(places):
            precision[query] = np.mean((np.arange(len(places)) + 1) / (places + 1))
            first[query] = hits[0]
    return precision, first


def interval(values, labels, draws=1000):
    """Mean and 95 % bootstrap interval, patents drawn with replacement."""
    random, kept = np.random.default_rng(0), ~np.isnan(values)
    patents = np.unique(labels[kept])
    sums = np.array([values[kept & (labels == patent)].sum() for patent in patents])
    counts = np.array([(kept & (labels == patent)).sum() for patent in patents])
    drawn = random.integers(0, len(patents), (draws, len(patents)))
    means = sums[drawn].sum(1) / counts[drawn].sum(1)
    return values[kept].mean(), *np.percentile(means, [2.5, 97.5])


def best_of_figures(scores, sheet_of):
    """Figure by figure scores to sheet by sheet: the best pair of figures."""
    count = max(sheet_of) + 1
    out = np.full((count, count), -1.0)
    np.maximum.at(out, (sheet_of[:, None], sheet_of[None]), scores)
    return out
