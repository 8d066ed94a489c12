"""Synthetic design patents (`lookalike synth`) as figures and photos, families held out left out.

    sheets.py SET OUT

Writes OUT/sheets.npz: `drawings`, `photos`, `drawn_of`, `taken_of`, as `drawings.py` does.
"""

import json
import sys
from pathlib import Path

import cv2
import numpy as np

from squares import boxes, figure, square

HELD_OUT = {"watch", "spectacles", "tap", "vase", "hammer"}


def main(source, out):
    cv2.setNumThreads(1)
    source = Path(source)
    drawings, photos, drawn_of, taken_of = [], [], [], []
    designs = json.loads((source / "ground-truth.json").read_text())["designs"]
    for index, design in enumerate(designs):
        if design["family"] in HELD_OUT:
            continue
        for sheet in design["sheets"]:
            if sheet["front_page"]:
                continue
            image = cv2.imread(str(source / sheet["file"]), cv2.IMREAD_GRAYSCALE)
            image = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
            for left, top, right, bottom in boxes(image):
                cut = figure(image[top:bottom, left:right])
                if cut is not None:
                    drawings.append(cut)
                    drawn_of.append(index)
        for path in design["photos"]:
            photos.append(square(cv2.imread(str(source / path))[:, :, ::-1]))
            taken_of.append(index)
    np.savez(Path(out) / "sheets.npz", drawings=np.array(drawings), photos=np.array(photos),
             drawn_of=np.array(drawn_of), taken_of=np.array(taken_of))


if __name__ == "__main__":
    main(*sys.argv[1:])
