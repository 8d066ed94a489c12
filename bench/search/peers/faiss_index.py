"""FAISS: every kind from its index factory.

`params`: `factory`, a factory string; `metric`, `ip` or `l2`, which rank normalised vectors alike;
`ef_construction` for graphs; `shards` to give each thread a part of the vectors, as FAISS scans
them for a single query on one thread only.
"""

import faiss
import numpy as np

from layout import TOP_K

# Queries times dimensions in a call from which it scans by matrix products. The wheel of 1.15.1 has
# 128,000, 333 queries here; they are faster from three queries on, 64 by a factor of ten.
faiss.cvar.distance_compute_blas_threshold = 1_000

# Below this share of ids, a scan of a list of them is faster than one that asks a bitmap.
SPARSE = 0.05


def build(params, vectors, threads, _path):
    faiss.omp_set_num_threads(threads)
    if params.get("shards"):
        return _shards(params, vectors, threads)
    index = _empty(params, vectors.shape[1])
    index.train(vectors)
    index.add(vectors)
    return index


def save(index, path):
    faiss.write_index(index, str(path))


def load(_params, path):
    return faiss.read_index(str(path))


def searcher(index, effort, allowed, threads):
    # Each shard is searched by a thread of its own already.
    faiss.omp_set_num_threads(1 if isinstance(index, faiss.IndexShards) else threads)
    options = _options(index, effort, allowed)
    return lambda queries: index.search(queries, TOP_K, params=options)[1]


def _empty(params, dim):
    metric = faiss.METRIC_L2 if params["metric"] == "l2" else faiss.METRIC_INNER_PRODUCT
    index = faiss.index_factory(dim, params["factory"], metric)
    if "ef_construction" in params:
        index.hnsw.efConstruction = params["ef_construction"]
    return index


def _shards(params, vectors, threads):
    together = faiss.IndexShards(vectors.shape[1], True, True)
    for rows in np.array_split(vectors, threads):
        part = _empty(params, vectors.shape[1])
        part.add(rows)
        together.add_shard(part)
    return together


def _options(index, effort, allowed):
    if isinstance(index, faiss.IndexShards):
        return None
    kinds = {
        "hnsw": (faiss.SearchParametersHNSW, "efSearch"),
        "invlists": (faiss.SearchParametersIVF, "nprobe"),
    }
    options = {} if allowed is None else {"sel": _selector(index, allowed)}
    for attribute, (kind, name) in kinds.items():
        if hasattr(index, attribute):
            return kind(**options, **{name: effort})
    return faiss.SearchParameters(**options)


def _selector(index, allowed):
    if isinstance(index, faiss.IndexFlat) and allowed.mean() < SPARSE:
        return faiss.IDSelectorArray(np.flatnonzero(allowed))
    return faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
