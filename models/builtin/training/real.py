"""Sheets of real design patents at 150 dpi, cut to what is drawn: grants (XML + TIFF) and PDFs.

For measuring and for choosing among checkpoints only; nothing here is ever trained on. Needs
poppler's `pdfimages` and `pdftotext`.
"""

import re
import subprocess
import tempfile
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

TEXT = re.compile("References|PATENT DOCUMENTS|OTHER PUBLICATIONS|cited by examiner|Page 2", re.I)
NO_TEXT_LAYER = {("13", 1), ("15", 1), ("18", 1), ("2", 1), ("21", 1), ("9", 1), ("9", 2)}
"""Pages of citations in PDFs without a text layer, told by eye: name and page counted from 0."""


def grants(folder):
    """(patent, sheet) of every grant; front-page copies left out, sideways sheets turned."""
    for path in sorted(Path(folder).glob("*/*.TIF")):
        if "D00000" in path.name:
            continue
        image = Image.open(path)
        description = image.tag_v2.get(270, "")
        sheet = np.asarray(image.convert("L"))
        if str(description).strip("\0 ").endswith(";L"):
            sheet = np.rot90(sheet, -1)
        yield path.name.split("-")[0], halved(drawn(np.ascontiguousarray(sheet)))


def pdfs(folder):
    """(patent, sheet) of every PDF: front page and pages of text left out, header line cut off."""
    for path in sorted(Path(folder).glob("*.pdf")):
        with tempfile.TemporaryDirectory() as pages:
            subprocess.run(["pdfimages", "-png", path, f"{pages}/page"], check=True)
            for number, page in enumerate(sorted(Path(pages).glob("*.png"))):
                if number == 0 or (path.stem, number) in NO_TEXT_LAYER or is_text(path, number):
                    continue
                sheet = np.asarray(Image.open(page).convert("L"))
                yield path.stem, halved(drawn(sheet[header(sheet):-10]))


def is_text(path, number):
    page = str(number + 1)
    words = subprocess.run(["pdftotext", "-f", page, "-l", page, path, "-"],
                           capture_output=True, text=True, check=True).stdout
    return bool(TEXT.search(words)) or (len(words) > 600 and not re.search(r"Sheet\s+\d|Fig", words, re.I))


def header(sheet):
    """First row below the header line: the last low band of ink in the top eighth."""
    inked = (sheet[:, 60:-60] < 128).any(1)
    height, start, below = len(sheet), None, 0
    for row in range(int(0.12 * height)):
        if inked[row] and start is None:
            start = row
        elif not inked[row] and start is not None:
            if row - start < 110 and start < 0.1 * height:
                below = row
            start = None
    return below


def drawn(sheet):
    """Cut to the ink, specks of less than 12 pixels left aside."""
    ink = (sheet < 128).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    kept = stats[:, 4] >= 12
    kept[0] = False
    ink = kept[labels]
    rows, columns = np.where(ink.any(1))[0], np.where(ink.any(0))[0]
    return sheet[max(rows[0] - 4, 0):rows[-1] + 5, max(columns[0] - 4, 0):columns[-1] + 5]


def halved(sheet):
    size = max(1, sheet.shape[1] // 2), max(1, sheet.shape[0] // 2)
    return cv2.resize(sheet, size, interpolation=cv2.INTER_AREA)
