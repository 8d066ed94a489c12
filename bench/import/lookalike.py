"""`lookalike import`, and what it leaves behind."""

import json
import os
import shutil
import sqlite3

import numpy as np

from layout import ROOT


def command(binary, data, folder, arguments, threads):
    how = ["--data", str(data), "--threads", str(threads), "--quiet"]
    return [str(binary), "import", str(folder), *arguments, *how, "--format", "json"]


def outcome(text, folder):
    """The report of an import that took every file in `folder`; RuntimeError for another."""
    report = json.loads(text)
    if report["failed"] or report["imported"] + report["skipped"] != report["total"]:
        raise RuntimeError(f"{report['failed']} of {report['total']} files in {folder} failed")
    return report


def embeddings(data):
    """{md5: vector}, as stored: little-endian f32."""
    catalog = sqlite3.connect(f"file:{data / 'catalog.sqlite'}?mode=ro", uri=True)
    rows = catalog.execute(
        "SELECT md5, vector FROM embeddings JOIN contents ON contents.id = content_id"
    )
    vectors = {md5: np.frombuffer(vector, "<f4") for md5, vector in rows}
    catalog.close()
    return vectors


def sizes(data):
    """What a data directory holds, in bytes: lengths, and for blobs also what they occupy."""
    catalog = sum(file.stat().st_size for file in data.glob("catalog.sqlite*"))
    blobs = [file.stat() for file in (data / "blobs").rglob("*") if file.is_file()]
    return {
        "catalog_bytes": catalog,
        "blobs": len(blobs),
        "blob_bytes": sum(blob.st_size for blob in blobs),
        "blob_bytes_on_disk": sum(blob.st_blocks * 512 for blob in blobs),
    }


def remove(data):
    """With what it cost the file system to write it: the next turn must not pay for it."""
    shutil.rmtree(data, ignore_errors=True)
    os.sync()


def shown(path):
    """A path as reports name it."""
    return str(path).replace(f"{ROOT}/", "")
