"""Pictures of exactly the input size, so that nobody resizes, and the same pixels for all."""

import json

import numpy as np
from PIL import Image, ImageDraw

from cases import WORK

# ImageNet's, for models without a processor's file.
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def files(side, count, first=0):
    """Paths of `count` PNG files of side x side pixels, made where they are missing."""
    folder = WORK / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{side}-{seed}.png" for seed in range(first, first + count)]
    for seed, path in enumerate(paths, first):
        if not path.exists():
            _draw(seed, side).save(path)
    return paths


def normalised(paths, folder):
    """What the model in a folder is fed: float32, images x 3 x side x side."""
    file = folder / "preprocessor_config.json"
    settings = json.loads(file.read_text()) if file.exists() else {}
    mean = np.array(settings.get("image_mean", MEAN), np.float32)
    std = np.array(settings.get("image_std", STD), np.float32)
    levels = np.stack([np.asarray(Image.open(path).convert("RGB")) for path in paths])
    values = (levels.astype(np.float32) / 255 - mean) / std
    return np.ascontiguousarray(values.transpose(0, 3, 1, 2))


def _draw(seed, side):
    """A texture with the spectrum of photographs, and outlined things in front of it."""
    rng = np.random.default_rng(seed)
    colours = np.concatenate([_texture(rng, side) for _ in range(3)], 2)
    texture = _texture(rng, side) + 0.3 * colours
    picture = Image.fromarray(np.clip(140 + 45 * texture, 0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(picture)
    for _ in range(8):
        x, y, width, height = rng.uniform(0.05, 0.5, 4) * side
        box = [x, y, x + width, y + height]
        fill = tuple(int(level) for level in rng.integers(30, 240, 3))
        shape = (pen.ellipse, pen.rectangle, pen.arc)[rng.integers(3)]
        extent = {"start": 20, "end": 300, "fill": "black"} if shape == pen.arc else {"fill": fill}
        shape(box, width=max(1, side // 170), **extent)
    return picture


def _texture(rng, side):
    """side x side x 1, mean 0, deviation 1; amplitudes fall with the frequency as in photos."""
    frequency = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None])
    frequency[0, 0] = np.inf
    noise = rng.normal(size=frequency.shape) + 1j * rng.normal(size=frequency.shape)
    field = np.fft.irfft2(noise / frequency**1.4, (side, side))
    return (field / field.std())[:, :, None]
