#!/usr/bin/env python3
"""Kills an import at random instants until it is through, then counts and hashes.

    tools/crash_import.py LOOKALIKE FOLDER [--kills 20] [--seed 1]

Every image file below FOLDER must be an item exactly once afterwards: as many items as files,
each file's path recorded once, its MD5 that of the item's content, each content with one
embedding of the right length and with a thumbnail that is whole. The instants are spread over
the time of the import as it goes on; an import that ends before its kill is reported.
"""

import argparse
import hashlib
import json
import random
import signal
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

ENDINGS = {".tif", ".tiff", ".png", ".jpg", ".jpeg"}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lookalike")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    files = sorted(
        path for path in arguments.folder.resolve().rglob("*") if path.suffix.lower() in ENDINGS
    )
    print(f"{len(files)} files")
    instants = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as data:
        command = [arguments.lookalike, "--data", data, "import", str(arguments.folder)]
        expected = float(len(files)) / 150
        killed = []
        for kill in range(arguments.kills):
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            # The first instants are milliseconds after the start: making the collection and
            # the catalogue must survive as well.
            wait = instants.uniform(0, 0.3) if kill < 4 else instants.uniform(0, 2 * expected / arguments.kills)
            time.sleep(wait)
            ended = process.poll()
            process.send_signal(signal.SIGKILL)
            process.wait()
            killed.append((round(wait, 3), items(data) if ended is None else f"ended with {ended}"))
        print("killed after (s, items then):", killed)
        report = subprocess.run([*command, "--format", "json"], capture_output=True, check=True)
        report = json.loads(report.stdout)
        print({key: report[key] for key in ("total", "imported", "skipped", "failed")})
        check(Path(data), files, report)
    print("every file exactly once")


def items(data):
    try:
        with sqlite3.connect(f"file:{data}/catalog.sqlite?mode=ro", uri=True) as catalog:
            return catalog.execute("SELECT count(*) FROM items").fetchone()[0]
    except sqlite3.Error:
        return None


def check(data, files, report):
    assert report["total"] == len(files) == report["imported"] + report["skipped"], report
    catalog = sqlite3.connect(data / "catalog.sqlite")
    rows = catalog.execute(
        "SELECT path, md5 FROM paths JOIN items ON items.id = item_id "
        "JOIN contents ON contents.id = content_id"
    ).fetchall()
    found = dict(rows)
    assert len(found) == len(rows) == len(files), (len(rows), len(files))
    for path in files:
        assert found[str(path)] == hashlib.md5(path.read_bytes()).hexdigest(), path
    distinct = len(set(found.values()))
    (count,) = catalog.execute("SELECT count(*) FROM items").fetchone()
    patents = catalog.execute(
        "SELECT count(*) FROM (SELECT DISTINCT content_id, patent_id, page_num FROM items)"
    ).fetchone()[0]
    assert count == patents == len(files), (count, patents)
    lengths = catalog.execute(
        "SELECT count(*), count(DISTINCT content_id), min(length(vector) / 4 - dim), "
        "max(length(vector) / 4 - dim) FROM embeddings JOIN collections ON collections.id = collection_id"
    ).fetchone()
    assert lengths == (distinct, distinct, 0, 0), (lengths, distinct)
    thumbnails = [path for path in (data / "blobs/thumbnails").rglob("*.jpg")]
    assert {path.stem for path in thumbnails} == set(found.values())
    for path in thumbnails:
        bytes = path.read_bytes()
        assert bytes.startswith(b"\xff\xd8\xff") and bytes.endswith(b"\xff\xd9"), path
    (check,) = catalog.execute("PRAGMA integrity_check").fetchone()
    assert check == "ok", check


if __name__ == "__main__":
    main()
