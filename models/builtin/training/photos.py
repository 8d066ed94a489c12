"""A design as a photo: lit, coloured by parts, before a plain or a pictured background, blurred."""

import functools
from pathlib import Path

import cv2
import numpy as np

from squares import square


def photo(shot, vertices, triangles, packages, random):
    """uint8 (256, 256, 3), cut to the product with some room; None where it is hardly seen."""
    hit = shot.triangles >= 0
    if hit.sum() < 200:
        return None
    image = composed(colours(shot, vertices, triangles, random), hit, packages, random)
    image = cv2.GaussianBlur(np.clip(image, 0, 255).astype(np.float32), (0, 0), random.uniform(0.4, 1.4))
    image = np.clip(image + random.normal(0, random.uniform(0, 8), image.shape), 0, 255).astype(np.uint8)
    rows, columns = np.where(hit)
    room = int(random.uniform(0, 0.25) * max(np.ptp(rows), np.ptp(columns)))
    top, left = max(0, rows.min() - room), max(0, columns.min() - room)
    return square(image[top:rows.max() + room + 1, left:columns.max() + room + 1])


def colours(shot, vertices, triangles, random):
    """Up to four colours along a random direction, under one lamp with highlights."""
    count = random.integers(1, 5)
    palette = random.uniform(20, 245, (count, 3))
    if random.random() < 0.4:
        palette[:] = palette.mean(1, keepdims=True)
    along = vertices[triangles].mean(1) @ random.normal(0, 1, 3)
    band = (along - along.min()) / (np.ptp(along) + 1e-9) * count
    band = np.clip(band.astype(int), 0, count - 1)[np.maximum(shot.triangles, 0)]
    lamp = random.normal(0, 1, 3)
    lamp[1], lamp[2] = -abs(lamp[1]) - 0.5, abs(lamp[2])
    lamp /= np.linalg.norm(lamp)
    between = (lamp + [0, -1, 0]) / np.linalg.norm(lamp + [0, -1, 0])
    matt = np.clip((shot.normals * lamp).sum(2), 0, 1)
    shine = np.clip((shot.normals * between).sum(2), 0, 1) ** random.uniform(8, 60)
    lit = palette[band] * (random.uniform(0.25, 0.5) + 0.7 * matt)[..., None]
    return lit + (shine * random.uniform(0, 150))[..., None]


def composed(product, hit, packages, random):
    side = len(hit)
    kind = random.random()
    if kind < 0.4:
        slope = np.linspace(-random.uniform(0, 40), 0, side)
        behind = np.full((side, side, 3), random.uniform(190, 255)) + slope[:, None, None]
    elif kind < 0.6:
        slope = np.linspace(-20, 20, side)
        behind = random.uniform(30, 240, 3) + np.zeros((side, side, 3)) + slope[:, None, None]
    else:
        paths = backgrounds(packages)
        behind = part_of(paths[random.integers(len(paths))], side, random)
    if random.random() < 0.5:
        return np.where(hit[..., None], product, behind)
    soft = cv2.GaussianBlur(hit.astype(np.float32), (0, 0), 1.0)[..., None]
    return np.where(hit[..., None], product * soft + behind * (1 - soft), behind)


@functools.cache
def backgrounds(packages):
    folders = [Path(packages) / name for name in ("gnome-backgrounds", "mate-backgrounds")]
    return [str(path) for folder in folders for path in sorted(folder.rglob("*"))
            if path.suffix in (".jpg", ".png", ".webp")]


@functools.lru_cache(maxsize=64)
def wallpaper(path):
    image = cv2.imread(path)
    scale = 900 / max(image.shape[:2])
    return cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)[:, :, ::-1]


def part_of(path, side, random):
    image = wallpaper(path)
    size = random.integers(200, min(image.shape[:2]))
    top = random.integers(0, image.shape[0] - size + 1)
    left = random.integers(0, image.shape[1] - size + 1)
    return cv2.resize(np.ascontiguousarray(image[top:top + size, left:left + size]), (side, side)).astype(float)
