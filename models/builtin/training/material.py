"""Packs the material into arrays that training maps into memory.

Synthetic design patents come as files from `lookalike synth`; the families in HELD_OUT are left out
here, whole: the evaluation asks about them, so training must never see one. Breadth comes from
`scenes.py`.

    python material.py SET LETTERBOXES OUT

SET: a folder that `lookalike synth` wrote; LETTERBOXES: the program of that name (an example of the
crate `lookalike-imaging`), so that training sees the pixels that the program sees.
"""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np

import scenes

HELD_OUT = ("watch", "spectacles", "tap", "vase", "hammer")
"""Five of the twenty families, chosen before the first training: two that resemble nothing else,
three with relatives among the rest (teapot and bottle, dumbbell, door handle)."""

LEVELS = (448, 224, 112)
VALIDATION = 10
"""Original designs of each known family that are kept for the figures printed during training."""
CHUNK = 2000
BREADTH = 5000


def designs(folder):
    """Designs in training order, and for each whether it is for validation."""
    truth = json.loads((folder / "ground-truth.json").read_text())["designs"]
    known = [design for design in truth if design["family"] not in HELD_OUT]
    taken, validation = {}, set()
    for design in known:
        if design["near_of"] is None and taken.setdefault(design["family"], 0) < VALIDATION:
            taken[design["family"]] += 1
            validation.add(design["patent_id"])
    # A near design of a validation design would give it away.
    kept = [design for design in known if design["near_of"] not in validation]
    return kept, [design["patent_id"] in validation for design in kept]


def pyramid(paths, channels, letterboxes, out, name):
    """Writes the levels as arrays [pictures, channels, side, side] of 8-bit brightness."""
    arrays = [
        np.lib.format.open_memmap(
            out / f"{name}-{side}.npy", "w+", np.uint8, (len(paths), channels, side, side)
        )
        for side in LEVELS
    ]
    listing, raw = out / "list.txt", out / "chunk.raw"
    for start in range(0, len(paths), CHUNK):
        chunk = paths[start : start + CHUNK]
        listing.write_text("".join(f"{path}\n" for path in chunk))
        subprocess.run([letterboxes, listing, str(LEVELS[0]), raw], check=True)
        pixels = np.fromfile(raw, np.uint8).reshape(len(chunk), LEVELS[0], LEVELS[0], 3)
        pixels = pixels.transpose(0, 3, 1, 2)[:, :channels]
        for array in arrays:
            array[start : start + len(chunk)] = pixels
            pixels = halved(pixels)
        print(f"{name}: {start + len(chunk)} of {len(paths)}", flush=True)
    listing.unlink()
    raw.unlink()
    return arrays


def halved(pixels):
    count, channels, side, _ = pixels.shape
    half = side // 2
    return pixels.reshape(count, channels, half, 2, half, 2).mean((3, 5), dtype=np.float32).round().astype(np.uint8)


def ink_boxes(small, header):
    """[n, 4]: left, top, right, bottom of what is not white, as shares; rows in the header excluded."""
    side = small.shape[-1]
    ink = 255 - small.min(axis=1)
    ink[:, : int(header * side)] = 0
    boxes = np.empty((len(ink), 4), np.float32)
    for number, picture in enumerate(ink):
        across = np.flatnonzero((picture > 40).sum(0) > 1)
        down = np.flatnonzero((picture > 40).sum(1) > 1)
        if len(across) and len(down):
            boxes[number] = across[0], down[0], across[-1] + 1, down[-1] + 1
        else:
            boxes[number] = 0, 0, side, side
    return boxes / side


def main(folder, letterboxes, out):
    folder, out = Path(folder), Path(out)
    out.mkdir(parents=True, exist_ok=True)
    kept, validation = designs(folder)
    number_of = {design["patent_id"]: number for number, design in enumerate(kept)}
    families = sorted({design["family"] for design in kept})
    sheets, photos, table = [], [], []
    for number, design in enumerate(kept):
        first = len(sheets), len(photos)
        sheets += [folder / sheet["file"] for sheet in design["sheets"] if not sheet["front_page"]]
        photos += [folder / photo for photo in design["photos"]]
        table.append(
            {
                "family": families.index(design["family"]),
                "origin": number_of.get(design["near_of"], number),
                "nudge": design["nudge"],
                "sheets": [first[0], len(sheets)],
                "photos": [first[1], len(photos)],
                "validation": validation[number],
            }
        )
    levels = pyramid(sheets, 1, letterboxes, out, "sheets")
    np.save(out / "sheets-boxes.npy", ink_boxes(levels[-1], 0.075))
    levels = pyramid(photos, 3, letterboxes, out, "photos")
    np.save(out / "photos-boxes.npy", ink_boxes(levels[-1], 0))
    pictures = scenes.pictures(BREADTH, LEVELS[1], seed=1)
    np.save(out / "scenes-224.npy", pictures)
    np.save(out / "scenes-112.npy", halved(pictures))
    (out / "designs.json").write_text(json.dumps({"families": families, "designs": table}))


if __name__ == "__main__":
    main(*sys.argv[1:])
