"""Milvus 2.3.5, the standalone server as a Python package has it, by its Python client.

Its searches use as many of the server's threads as Milvus thinks right, whatever is asked for. All
indexes are collections of one server, which runs while this process does.
"""

import atexit
import subprocess
import time

import numpy as np
from milvus import MilvusServer
from pymilvus import DataType, MilvusClient, MilvusException

import exact
from layout import SHARES, TOP_K, WORK
from peers import Impossible

ROWS_IN_AN_INSERT = 5_000
# Of building and loading: minutes for a million vectors.
PATIENCE_SECONDS = 3600
STOP_SECONDS = 30
# Milvus' names for the effort of a search.
EFFORTS = {"HNSW": "ef", "IVF_FLAT": "nprobe", "FLAT": None}


class Collection:
    """One index, in the server."""

    def __init__(self, params, path):
        self.server = _running()
        self.client = MilvusClient(f"http://127.0.0.1:{self.server.listen_port}")
        self.name = "c_" + "".join(letter if letter.isalnum() else "_" for letter in path.stem)
        self.effort = EFFORTS[params["index_type"]]
        self.count = 0


def build(params, vectors, _threads, path):
    collection = Collection(params, path)
    client, name = collection.client, collection.name
    client.drop_collection(name)
    client.create_collection(name, schema=_schema(client, vectors.shape[1]))
    kept = {share: exact.kept(len(vectors), share) for share in SHARES}
    for start in range(0, len(vectors), ROWS_IN_AN_INSERT):
        rows = range(start, min(len(vectors), start + ROWS_IN_AN_INSERT))
        client.insert(
            name,
            [
                {"id": row, "vector": vectors[row]}
                | {_field(share): bool(kept[share][row]) for share in SHARES}
                for row in rows
            ],
        )
    client.flush(name)
    how = client.prepare_index_params()
    how.add_index("vector", index_type=params["index_type"], metric_type="IP", params=_how(params))
    client.create_index(name, how)
    _wait(lambda: client.describe_index(name, "vector").get("pending_index_rows", 0) == 0)
    return collection


def save(collection, path):
    """What there is to keep is in the server's folder; the file says that it is complete."""
    path.write_text(collection.name)


def load(params, path):
    collection = Collection(params, path)
    # A server that has just started may not have found all its parts yet.
    _wait(lambda: _loaded(collection))
    return collection


def searcher(collection, effort, allowed, _threads):
    search, name = collection.client.search, collection.name
    share = None if allowed is None else _share(allowed)
    how = {"metric_type": "IP", "params": {collection.effort: effort} if effort else {}}
    keep = "" if share is None else f"{_field(share)} == true"

    def run(queries):
        found = np.full((len(queries), TOP_K), -1, np.int64)
        answers = search(name, data=list(queries), limit=TOP_K, filter=keep, search_params=how)
        for row, hits in zip(found, answers, strict=True):
            row[: len(hits)] = [hit["id"] for hit in hits]
        return found

    return run


def server_pid():
    """The process that holds the vectors."""
    return _running().server_proc.pid


def _schema(client, dim):
    schema = client.create_schema(auto_id=False)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dim)
    for share in SHARES:
        schema.add_field(_field(share), DataType.BOOL)
    return schema


def _how(params):
    names = {"m": "M", "ef_construction": "efConstruction"}
    return {names[name]: value for name, value in params.items() if name in names}


def _field(share):
    return f"kept_{SHARES.index(share)}"


def _share(allowed):
    for share in SHARES:
        if np.array_equal(allowed, exact.kept(len(allowed), share)):
            return share
    raise Impossible("a filter that the collection has no field for")


def _loaded(collection):
    try:
        collection.client.load_collection(collection.name)
    except MilvusException:
        return False
    return True


def _wait(ready):
    end = time.monotonic() + PATIENCE_SECONDS
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError(f"Milvus was not ready within {PATIENCE_SECONDS} s")
        time.sleep(0.5)


_SERVERS = []


def _running():
    """The server, started when first asked for and stopped when this process ends."""
    if not _SERVERS:
        server = MilvusServer()
        server.set_base_dir(str(WORK / "milvus"))
        server.start()
        _SERVERS.append(server)
        atexit.register(_stop)
    return _SERVERS[0]


def _stop():
    (server,) = _SERVERS
    server.server_proc.terminate()
    try:
        # Its own `stop` kills after a second, in the middle of writing.
        server.server_proc.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        pass
    server.stop()
