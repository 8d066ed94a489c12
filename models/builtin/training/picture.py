"""Draws queries and what the encoder finds for them: the picture of the model card.

    python picture.py LOOKALIKE SET OUT.png

SET: a folder that `lookalike synth` wrote with photos, at a seed that training did not see. It is
imported into a temporary data directory; queries are the first drawing and photo of every tenth
design. The rows shown are the three best and the three worst of each kind, by the rank of the right
patent: chosen by the figures, not by eye.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

CELL, GAP, HITS = 150, 8, 6
RIGHT, NEAR, WRONG = "#1a7f37", "#b08800", "#c8ccd1"


def search(lookalike, data, query, patent, photo):
    options = [] if photo else ["--exclude-item-id", str(query["id"])]
    command = [lookalike, "search", query["path"], "--data", data, "--format", "json", "--min-score", "-1"]
    found = json.loads(subprocess.run([*command, *options, "--top-k", "1000"], check=True, capture_output=True).stdout)
    groups = found["results"]
    rank = next((n for n, group in enumerate(groups, 1) if group["patent_id"] == patent), len(groups) + 1)
    return rank, groups[:HITS]


def main(lookalike, folder, out):
    folder = Path(folder)
    designs = json.loads((folder / "ground-truth.json").read_text())["designs"]
    family = {design["patent_id"]: design["family"] for design in designs}
    rows = []
    with tempfile.TemporaryDirectory() as data:
        subprocess.run([lookalike, "import", str(folder / "patents"), "--data", data, "--quiet"], check=True)
        for design in designs[::10]:
            sheet = next(s["file"] for s in design["sheets"] if not s["front_page"])
            for photo, file in ((False, sheet), (True, design["photos"][0])):
                query = {"path": str(folder / file), "id": item(lookalike, data, folder / file)}
                rank, groups = search(lookalike, data, query, design["patent_id"], photo)
                rows.append((photo, rank, query["path"], design["patent_id"], groups))
    shown = []
    for kind in (False, True):
        ranked = sorted((row for row in rows if row[0] == kind), key=lambda row: row[1])
        shown += ranked[:3] + ranked[-3:]
    draw(shown, folder, family, out)


def item(lookalike, data, file):
    """The item's own id, so that a drawing does not find itself; photos are not stored."""
    command = [lookalike, "search", str(file), "--data", data, "--format", "jsonl", "--min-score", "-1", "--top-k", "20"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    hits = [json.loads(line) for line in lines]
    return next((hit["id"] for hit in hits if hit["file_name"] == file.name), 0)


def draw(rows, folder, family, out):
    font = ImageFont.load_default(13)
    width = (HITS + 1) * (CELL + GAP) + 3 * GAP
    picture = Image.new("RGB", (width, len(rows) * (CELL + 34)), "white")
    pen = ImageDraw.Draw(picture)
    files = {path.name: path for path in (folder / "patents").rglob("*.TIF")}
    for line, (_, rank, query, patent, groups) in enumerate(rows):
        y = line * (CELL + 34) + 4
        place(picture, query, GAP, y)
        pen.text((GAP, y + CELL + 4), f"{family[patent]}: rank {rank}", "black", font)
        for column, group in enumerate(groups, 1):
            x = column * (CELL + GAP) + 3 * GAP
            place(picture, files[group["pages"][0]["file_name"]], x, y)
            same = group["patent_id"] == patent
            colour = RIGHT if same else NEAR if family[group["patent_id"]] == family[patent] else WRONG
            pen.rectangle([x - 2, y - 2, x + CELL + 1, y + CELL + 1], outline=colour, width=3)
            text = f"{group['max_score']:.2f} {family[group['patent_id']]}"
            pen.text((x, y + CELL + 4), text, colour if same else "black", font)
    picture.quantize(64).save(out, optimize=True)


def place(picture, file, x, y):
    image = Image.open(file).convert("RGB")
    image.thumbnail((CELL, CELL), Image.LANCZOS, reducing_gap=3.0)
    picture.paste(image, (x + (CELL - image.width) // 2, y + (CELL - image.height) // 2))


if __name__ == "__main__":
    main(*sys.argv[1:])
