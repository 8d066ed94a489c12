"""hnswlib. `params`: `m`, `ef_construction`, `metric`: `ip` or `l2`, which rank alike here."""

import hnswlib
import numpy as np

from layout import TOP_K


def build(params, vectors, threads, _path):
    index = hnswlib.Index(space=params["metric"], dim=vectors.shape[1])
    index.init_index(len(vectors), M=params["m"], ef_construction=params["ef_construction"])
    index.add_items(vectors, num_threads=threads)
    return index


def save(index, path):
    index.save_index(str(path))


def load(params, path):
    index = hnswlib.Index(space=params["metric"], dim=params["dim"])
    index.load_index(str(path))
    return index


def searcher(index, effort, allowed, threads):
    index.set_ef(effort)
    if allowed is None:
        return lambda queries: index.knn_query(queries, TOP_K, num_threads=threads)[0]
    # A filter is a Python function, called for every item that is seen: this is the fastest that
    # there is. It holds Python's lock, so that more threads would gain nothing.
    is_kept = allowed.tobytes().__getitem__

    def search(queries):
        try:
            return index.knn_query(queries, TOP_K, num_threads=1, filter=is_kept)[0]
        except RuntimeError:
            # It returns TOP_K ids for every query or none at all.
            return np.full((len(queries), TOP_K), -1, np.int64)

    return search
