"""Who takes part, with what parameters."""

from dataclasses import dataclass, field

from layout import GRAPH

OURS = "lookalike"
# Beyond, it takes more than ten gigabytes of disk and the better part of an hour to fill.
MOST_FOR_MILVUS = 200_000


@dataclass(frozen=True)
class Contender:
    name: str
    # Who is compared with each other: `flat`, `graph` or `lists`.
    kind: str
    # A module of `peers`, or None: a command of `lookalike`.
    module: str | None
    params: dict
    environment: dict = field(default_factory=dict)
    # Numbers of threads with which it is worth a row.
    threads: tuple = (1, 2)
    # Whether its filtered searches are worth rows.
    filters: bool = True

    @property
    def is_ours(self):
        return self.module is None

    @property
    def is_cached(self):
        """What takes no time to build is built in each turn."""
        return self.kind != "flat" or self.module == "milvus_server"

    @property
    def slug(self):
        return "".join(letter if letter.isalnum() else "-" for letter in self.name.lower())


def all_of_them(size):
    """For that number of vectors; the first of each kind is the one that others are compared to."""
    lists = {"nlist": size.lists}
    everyone = [
        Contender(f"{OURS} flat", "flat", None, {"index": "flat"}),
        _faiss("FAISS FlatIP", "flat", "Flat", "ip"),
        _faiss("FAISS FlatL2", "flat", "Flat", "l2"),
        Contender(
            "FAISS FlatIP, 2 shards",
            "flat",
            "faiss_index",
            {"factory": "Flat", "metric": "ip", "shards": True},
            # A shard's thread must not start another team of threads.
            {"OMP_NUM_THREADS": "1"},
            (2,),
        ),
        Contender("Milvus FLAT", "flat", "milvus_server", {"index_type": "FLAT"}, threads=(2,)),
        Contender(f"{OURS} hnsw", "graph", None, {"index": "hnsw"} | GRAPH),
        _faiss("FAISS HNSW", "graph", f"HNSW{GRAPH['m']},Flat", "ip"),
        _faiss("FAISS HNSW bf16", "graph", f"HNSW{GRAPH['m']},SQbf16", "ip"),
        # It asks a function of Python about each vector: 0.9 s a query where few match.
        Contender("hnswlib", "graph", "hnswlib_index", {"metric": "ip"} | GRAPH, filters=False),
        _usearch("usearch", "f32"),
        _usearch("usearch bf16", "bf16"),
        Contender("Milvus HNSW", "graph", "milvus_server", {"index_type": "HNSW"} | GRAPH),
        Contender(f"{OURS} ivf_flat", "lists", None, {"index": "ivf_flat"} | lists),
        Contender(f"{OURS} ivf_sq8", "lists", None, {"index": "ivf_sq8"} | lists),
        _faiss("FAISS IVFFlat", "lists", f"IVF{size.lists},Flat", "ip"),
        _faiss("FAISS IVF SQ8", "lists", f"IVF{size.lists},SQ8", "ip"),
    ]
    is_small = size.count <= MOST_FOR_MILVUS
    return [one for one in everyone if is_small or one.module != "milvus_server"]


def _faiss(name, kind, factory, metric):
    graph = {"ef_construction": GRAPH["ef_construction"]} if kind == "graph" else {}
    params = {"factory": factory, "metric": metric} | graph
    return Contender(name, kind, "faiss_index", params)


def _usearch(name, dtype):
    params = {"metric": "ip", "dtype": dtype} | GRAPH
    return Contender(name, "graph", "usearch_index", params)
