"""Folders of sheets, cut from synthetic design patents: the same files for everyone."""

import hashlib
import os
import random
import shutil
import statistics
from collections import Counter

from PIL import Image

import processes
from layout import WORK

# Of the choice of patents.
SEED = 5
# Enough for 800 sheets that differ.
PATENTS = 160


def designs(folder, binary):
    """`folder`, or designs that are made here once."""
    if folder is None:
        folder = WORK / "designs"
        if not (folder / "ground-truth.json").exists():
            how = ["--patents", str(PATENTS), "--photos", "0", "--seed", str(SEED)]
            processes.output([str(binary), "synth", "--out", str(folder), *how])
    return folder


def samples(designs, counts):
    """{count: folder} with that many sheets each, by patent, with their grants.

    Sheets that are byte for byte another one, such as the copy for the front page, are left
    out: lookalike embeds the same bytes once, Python every time, and the ratio would be
    flattered. Smaller samples are the beginning of larger ones.
    """
    shutil.rmtree(WORK / "samples", ignore_errors=True)
    most = max(counts)
    chosen = _distinct(designs, most)
    if len(chosen) < most:
        raise SystemExit(f"{designs} has {len(chosen)} sheets that differ, expected {most}")
    folders = {}
    for count in sorted(set(counts)):
        folders[count] = WORK / "samples" / str(count)
        for sheet in chosen[:count]:
            target = folders[count] / sheet.parent.name
            if not target.exists():
                target.mkdir(parents=True)
                for grant in sheet.parent.glob("*.XML"):
                    _place(grant, target / grant.name)
            _place(sheet, target / sheet.name)
    return folders


def describe(folder):
    """Sizes in pixels and bytes, for the report."""
    files = sorted(folder.rglob("*.TIF"))
    sizes = Counter(Image.open(file).size for file in files)
    return {
        "sheets": len(files),
        "pixels": {f"{width} x {height}": count for (width, height), count in sizes.most_common()},
        "median_bytes": statistics.median(file.stat().st_size for file in files),
    }


def _distinct(designs, most):
    patents = sorted(folder for folder in (designs / "patents").iterdir() if folder.is_dir())
    random.Random(SEED).shuffle(patents)
    chosen, seen = [], set()
    for patent in patents:
        for sheet in sorted(patent.glob("*.TIF")):
            digest = hashlib.md5(sheet.read_bytes()).digest()
            if digest not in seen:
                seen.add(digest)
                chosen.append(sheet)
        if len(chosen) >= most:
            break
    return chosen[:most]


def _place(file, target):
    try:
        os.link(file, target)
    except OSError:
        shutil.copy2(file, target)  # another file system
