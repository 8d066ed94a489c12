"""Indexes, built once and kept, with what building took in a file beside each."""

import hashlib
import json
import shutil
import time
from importlib import metadata

import usage
from commands import Absent, Ours, Peer
from layout import WORK

PACKAGES = {
    "faiss_index": "faiss-cpu",
    "hnswlib_index": "hnswlib",
    "usearch_index": "usearch",
    "milvus_server": "milvus",
}
# Cores in use by others, above which the time of a build says little.
LOADED_CORES = 0.1


class Builds:
    def __init__(self, binary, say):
        self._say = say
        self._binary = binary
        self._checksum = hashlib.sha256(binary.read_bytes()).hexdigest()[:12]

    def work(self, contender, size):
        """What runs the contender."""
        if contender.is_ours:
            return Ours(contender, size, self._binary)
        return Peer(contender, size)

    def ensure(self, contender, size, threads, again):
        """Where the index is, and the record of its build; `again`: also when that was loaded."""
        path = WORK / "indexes" / str(size.count) / f"{contender.slug}-t{threads}"
        record = _read(path)
        asked = {"params": contender.params, "version": self._version(contender)}
        valid = record and all(record[name] == value for name, value in asked.items())
        if valid and not (again and record["loaded"]):
            return path, record
        _remove(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._say(f"{size}: building {contender.name} on {threads} thread(s)")
        others = usage.Others()
        built, command = self.work(contender, size).build(path, threads)
        cores = others.cores()
        record = {
            "contender": contender.name,
            "threads": threads,
            **asked,
            **built,
            "other_cores": cores,
            "loaded": cores > LOADED_CORES,
            "date": time.strftime("%Y-%m-%d"),
            "command": command,
        }
        _record(path).write_text(json.dumps(record, indent=1) + "\n")
        return path, record

    def ensure_all(self, contenders, size, threads, again):
        """{name: path of the index that is searched} and the records of all builds. Contenders that
        need none have a path all the same; what cannot be built has none."""
        paths, records = {}, []
        for contender in contenders:
            # The index that is searched is built last: with the most threads.
            for count in sorted(threads) if contender.is_cached else []:
                try:
                    paths[contender.name], record = self.ensure(contender, size, count, again)
                    records.append(record)
                except Absent as reason:
                    records.append({"contender": contender.name, "absent": str(reason)})
            if not contender.is_cached:
                paths[contender.name] = WORK / "indexes" / str(size.count) / contender.slug
        return paths, records

    def _version(self, contender):
        if contender.is_ours:
            return self._checksum
        return metadata.version(PACKAGES[contender.module])


def _record(path):
    return path.with_name(path.name + ".json")


def _read(path):
    try:
        return json.loads(_record(path).read_text()) if path.exists() else None
    except FileNotFoundError:
        return None


def _remove(path):
    _record(path).unlink(missing_ok=True)
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
