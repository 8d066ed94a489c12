#!/usr/bin/env python3
"""Makes feature banks with NumPy for the tests, and reads ours with NumPy.

Usage: golden_features.py                       writes fixtures/features/
       golden_features.py --check FILE [COPY]   checks a bank that `lookalike features export`
                                                wrote; saves it again with NumPy as COPY

Requirements: numpy, as in tools/requirements-golden.txt. The numbers are exact in float16, so
that every bank holds the same float32 vectors; `expected.json` has the MD5 of each vector as
little-endian float32.
"""

import hashlib
import io
import json
import pathlib
import sys
import zipfile

import numpy as np

FOLDER = pathlib.Path(__file__).parent.parent / "fixtures" / "features"
ROWS, DIM = 7, 5
PATHS = [f"pictures/{name}" for name in
         ["cup.png", "bowl é.png", "杯.png", "USD0939806-20220104-D00001.TIF", "a.png", "b.png",
          "c.png"]]
CATEGORIES = ["cup", "bowl", "cup", "", "lamp", "lamp", "pen"]


def features():
    """Lengths from nearly nothing to hundreds, both zeros, and the smallest float16."""
    values = np.arange(ROWS * DIM, dtype=np.float64).reshape(ROWS, DIM) - 11.25
    values[0] *= 2.0 ** -10
    values[1] *= 16
    values[2, 1], values[2, 2], values[2, 3] = 0.0, -0.0, 2.0 ** -24
    assert np.array_equal(values, values.astype(np.float16).astype(np.float64))
    return values


def about():
    return {
        "paths": np.array(PATHS),
        "ids": np.arange(100, 100 + ROWS, dtype=np.int64),
        "categories": np.array(CATEGORIES),
        "score": np.linspace(0, 1, ROWS, dtype=np.float32),
        "checked": np.arange(ROWS) % 2 == 0,
        "source": np.array([b"scan", b"photo"] * 3 + [b"scan"]),
    }


def with_version(path, version, **arrays):
    """A .npz whose arrays have headers of that version."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, array, version=version)
            archive.writestr(zipfile.ZipInfo(name + ".npy"), buffer.getvalue())


def write_lines(path, records):
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records),
                    encoding="utf-8")


def md5(row):
    return hashlib.md5(row.astype("<f4").tobytes()).hexdigest()


def make():
    FOLDER.mkdir(parents=True, exist_ok=True)
    values = features()
    single = values.astype(np.float32)
    big = {name: array.astype(array.dtype.newbyteorder(">")) for name, array in about().items()}
    np.savez(FOLDER / "f32.npz", features=single, **about())
    np.savez_compressed(FOLDER / "f64-deflated.npz", embeddings=values, **about())
    np.savez(FOLDER / "f16.npz", vectors=values.astype(np.float16), **about())
    np.savez(FOLDER / "fortran.npz", feats=np.asfortranarray(single), **about())
    np.savez_compressed(FOLDER / "fortran-deflated.npz", np.asfortranarray(values))
    np.savez(FOLDER / "big-endian.npz", features=values.astype(">f4"), **big)
    with_version(FOLDER / "version-2.npz", (2, 0), features=single, **about())
    with_version(FOLDER / "version-3.npz", (3, 0), features=single, **about())
    np.savez(FOLDER / "objects.npz", features=single, paths=np.array(PATHS, dtype=object))
    np.save(FOLDER / "fortran.npy", np.asfortranarray(values))

    np.save(FOLDER / "lines.npy", single)
    write_lines(FOLDER / "lines.jsonl", [
        {"external_id": f"row-{row}", "file_name": PATHS[row], "tags": ["red", CATEGORIES[row]],
         "description": f"number {row}", "colour": "red", "attributes": {"size": row},
         "view": "front"}
        for row in range(ROWS)])

    for name in ["indexed", "bare"]:
        folder = FOLDER / name
        folder.mkdir(exist_ok=True)
        for row in range(ROWS):
            np.save(folder / f"{row}.npy", single[row] if row % 2 else single[row:row + 1])
    write_lines(FOLDER / "indexed" / "features_index.jsonl", [
        {"path": PATHS[row], "feature": f"{row}.npy", "category": CATEGORIES[row]}
        for row in range(ROWS)])

    records = [
        {"embedding_index": ROWS - 1 - row, "filename": PATHS[row].split("/")[1],
         "file_path": PATHS[row], "description": None, "tags": ["old"], "width": 30, "height": 40,
         "file_size": 1234, "format": "PNG", "upload_time": "2024-05-01T12:00:00"}
        for row in range(ROWS - 1)]
    records.append({"embedding_index": 99, "filename": "nowhere.png"})
    records.append({"filename": "unembedded.png"})
    keys = [hashlib.md5(str(row).encode()).hexdigest() for row in range(len(records))]
    for name, document in [("older", dict(zip(keys, records))),
                           ("older-list", {"images": [dict(record, md5=key) for key, record
                                                      in zip(keys, records)]})]:
        folder = FOLDER / name
        folder.mkdir(exist_ok=True)
        np.save(folder / "image_embeddings.npy", single)
        (folder / "image_index.json").write_text(
            json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    expected = {"numpy": np.__version__, "dim": DIM, "md5": [md5(row) for row in single],
                "file_names": [path.split("/")[1] for path in PATHS], "categories": CATEGORIES}
    (FOLDER / "expected.json").write_text(
        json.dumps(expected, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def check(path, copy):
    with np.load(path) as bank:
        arrays = {name: bank[name] for name in bank.files}
    rows, dim = arrays["features"].shape
    collection = json.loads(arrays["collection"].item())
    assert arrays["features"].dtype == np.dtype("<f4") and collection["dim"] == dim
    assert arrays["ids"].dtype == np.int64 and bool(np.all(np.diff(arrays["ids"]) > 0))
    for name in ["paths", "file_names", "md5", "patent_ids", "metadata"]:
        assert arrays[name].shape == (rows,) and arrays[name].dtype.kind == "U", name
    for text in arrays["metadata"]:
        assert isinstance(json.loads(text), dict)
    if copy:
        np.savez(copy, **arrays)
    print(json.dumps({"collection": collection, "rows": rows,
                      "file_names": arrays["file_names"].tolist(),
                      "md5": [md5(row) for row in arrays["features"]]}, ensure_ascii=False))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--check"]:
        check(sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None)
    else:
        make()
