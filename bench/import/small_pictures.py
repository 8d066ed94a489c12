"""Many small pictures that all differ: coloured shapes on a shaded ground."""

import os
import random
import shutil
from multiprocessing import Pool

from PIL import Image, ImageDraw

SIDES = (64, 200)
A_FOLDER = 1000
LAYOUTS = {"folders": f"{A_FOLDER} in a folder", "flat": "All in one folder"}


def make(folder, count):
    """{layout: folder}, made where they are missing; the flat one has links to the same files."""
    folders = {layout: folder / layout for layout in LAYOUTS}
    complete = folder / "complete"
    if not complete.exists():
        shutil.rmtree(folder, ignore_errors=True)
        for path in folders.values():
            path.mkdir(parents=True)
        starts = range(0, count, A_FOLDER)
        with Pool() as pool:
            jobs = [(folders, start, min(start + A_FOLDER, count)) for start in starts]
            pool.starmap(_make_folder, jobs)
        complete.touch()
    return folders


def describe(folder):
    files = [file.stat().st_size for file in folder.rglob("*.*")]
    return {"count": len(files), "bytes": sum(files), "sides": f"{SIDES[0]} to {SIDES[1]}"}


def _make_folder(folders, start, end):
    folder = folders["folders"] / f"{start // A_FOLDER:04}"
    folder.mkdir()
    for seed in range(start, end):
        file = folder / f"{seed:06}.{'png' if seed % 2 else 'jpg'}"
        _draw(random.Random(seed)).save(file)
        os.link(file, folders["flat"] / file.name)


def _draw(rng):
    width, height = rng.randint(*SIDES), rng.randint(*SIDES)
    ground = [Image.linear_gradient("L").rotate(rng.choice((0, 90, 180, 270))) for _ in range(3)]
    picture = Image.merge("RGB", ground).resize((width, height), Image.Resampling.BILINEAR)
    pen = ImageDraw.Draw(picture)
    for _ in range(rng.randint(3, 9)):
        x, y = rng.randint(-20, width), rng.randint(-20, height)
        box = [x, y, x + rng.randint(5, width), y + rng.randint(5, height)]
        colour = tuple(rng.randrange(256) for _ in range(3))
        rng.choice((pen.rectangle, pen.ellipse))(box, fill=colour)
    return picture
