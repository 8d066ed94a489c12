"""Pictures of two dimensions: clip art with edits of it, and icons of one name in several themes.

    pictures.py PACKAGES OUT

Writes OUT/pictures.npz (`pictures`, `design`) to train on, OUT/held_icons.npz and OUT/held_art.npz
(`pictures`, `design`) of subjects that are in none of it.
"""

import collections
import io
import re
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from squares import MARGIN, square

CLIP_ART, CLIP_ART_HELD = 420, 250
ICON_NAMES_HELD, ICON_NAMES, THEMES_LEAST, THEMES_MOST = 150, 500, 4, 5
THEMES = ("oxygen", "gnome", "tango", "mate", "faenza", "moka", "elementary-xfce", "papirus", "breeze")


def load(source):
    image = Image.open(source).convert("RGBA")
    image.thumbnail((512, 512))
    white = Image.new("RGBA", image.size, "white")
    white.alpha_composite(image)
    return np.asarray(white.convert("RGB"))


def edited(image, random):
    """A copy as people make them: cropped, mirrored, turned, framed, greyed; lighter, compressed."""
    height, width = image.shape[:2]
    kind = random.integers(0, 7)
    if kind == 0:
        share = random.uniform(0.6, 0.95)
        top = int(random.uniform(0, height * (1 - share)))
        left = int(random.uniform(0, width * (1 - share)))
        image = image[top:top + max(8, int(height * share)), left:left + max(8, int(width * share))]
    elif kind == 1:
        image = image[:, ::-1]
    elif kind == 2:
        image = np.rot90(image, random.integers(1, 4))
    elif kind == 3:
        frame = int(max(image.shape) * random.uniform(0.05, 0.25))
        colour = tuple(int(value) for value in random.integers(0, 256, 3))
        image = cv2.copyMakeBorder(image, *[frame] * 4, cv2.BORDER_CONSTANT, value=colour)
    elif kind == 4:
        image = np.repeat(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[:, :, None], 3, 2)
    elif kind == 5:
        centre = (width / 2, height / 2)
        turn = cv2.getRotationMatrix2D(centre, random.uniform(-20, 20), random.uniform(0.7, 1))
        image = cv2.warpAffine(image, turn, (width, height), borderValue=(255, 255, 255))
    gain = random.uniform(0.75, 1.2, 1 if random.random() < 0.6 else 3)
    image = np.clip(image * gain + random.uniform(-15, 15), 0, 255).astype(np.uint8)
    if random.random() < 0.4:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(random.uniform(15, 60))]
        image = cv2.imdecode(cv2.imencode(".jpg", image, quality)[1], cv2.IMREAD_COLOR)
    return image


def edges(image, random):
    """The picture as a line drawing (Canny)."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    grey = cv2.GaussianBlur(grey, (0, 0), random.uniform(0.6, 1.6))
    drawn = cv2.Canny(grey, *sorted(random.uniform(20, 160, 2)))
    if random.random() < 0.5:
        drawn = cv2.dilate(drawn, np.ones((2, 2), np.uint8))
    return np.repeat(255 - drawn[:, :, None], 3, 2)


def clip_art(packages, random):
    """Readable pictures with something in them, in random order, loaded one by one."""
    paths = sorted((Path(packages) / "openclipart-png").rglob("*.png"))
    for index in random.permutation(len(paths)):
        if paths[index].stat().st_size < 400_000:
            image = load(paths[index])
            if min(image.shape[:2]) >= 40 and image.std() >= 12:
                yield image


def icons(packages):
    """Names to files: the largest drawing of each theme that has one."""
    names = collections.defaultdict(list)
    for theme in THEMES:
        best = {}
        root = Path(packages) / f"{theme}-icon-theme" / "usr/share/icons"
        for path in sorted(root.rglob("*.*")):
            size = re.search(r"/(\d+)(?:x\d+)?(?:@2x)?/", str(path))
            pixels = int(size[1]) if size else 256
            usable = path.suffix in (".png", ".svg") and pixels >= 48 and "symbolic" not in str(path)
            if usable and not path.is_symlink():
                best[path.stem] = max(best.get(path.stem, (0, "")), (pixels, str(path)))
        for name, (_, path) in best.items():
            names[name].append(path)
    return {name: paths for name, paths in names.items() if len(paths) >= THEMES_LEAST}


def icon(path):
    if path.endswith(".svg"):
        drawn = subprocess.run(["rsvg-convert", "-w", "256", path], capture_output=True, check=True)
        return square(load(io.BytesIO(drawn.stdout)), 0.04)
    return square(load(path), 0.04)


def main(packages, out):
    cv2.setNumThreads(1)
    random = np.random.default_rng(3)
    train, held_icons, held_art = [], [], []
    for design, image in enumerate(clip_art(packages, random)):
        if design == CLIP_ART + CLIP_ART_HELD:
            break
        if design < CLIP_ART:
            copies = [square(image), square(edited(image, random), random.choice([0, MARGIN])),
                      edges(square(image, MARGIN), random)]
            train += [(copy, design) for copy in copies]
        else:
            copies = [square(image)] + [square(edited(image, random)) for _ in range(2)]
            held_art += [(copy, design) for copy in copies]
    names = icons(packages)
    for number, name in enumerate(random.permutation(sorted(names))[: ICON_NAMES_HELD + ICON_NAMES]):
        into = held_icons if number < ICON_NAMES_HELD else train
        for path in random.permutation(names[name])[:THEMES_MOST]:
            into.append((icon(str(path)), 100_000 + number))
    for file, found in (("pictures", train), ("held_icons", held_icons), ("held_art", held_art)):
        pictures, designs = zip(*found)
        np.savez(Path(out) / f"{file}.npz", pictures=np.array(pictures), design=np.array(designs))


if __name__ == "__main__":
    main(*sys.argv[1:])
