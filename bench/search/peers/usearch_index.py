"""usearch. `params`: `m`, `ef_construction`, `metric`, and `dtype`, how vectors are kept."""

import numpy as np
from usearch.index import Index

from layout import TOP_K
from peers import Impossible


def build(params, vectors, threads, _path):
    index = _empty(params, vectors.shape[1])
    index.add(np.arange(len(vectors)), vectors, threads=threads)
    return index


def save(index, path):
    index.save(str(path))


def load(params, path):
    index = _empty(params, params["dim"])
    index.load(str(path))
    return index


def searcher(index, effort, allowed, threads):
    if allowed is not None:
        raise Impossible("no filters in Python")
    index.expansion_search = effort

    def search(queries):
        if len(queries) == 1:
            return index.search(queries[0], TOP_K, threads=threads).keys[None]
        return index.search(queries, TOP_K, threads=threads).keys

    return search


def _empty(params, dim):
    return Index(
        ndim=dim,
        metric={"ip": "ip", "l2": "l2sq"}[params["metric"]],
        dtype=params["dtype"],
        connectivity=params["m"],
        expansion_add=params["ef_construction"],
    )
