#!/usr/bin/env python3
"""Make crates/imaging/src/figures/captions/glyphs.bin: the net that reads letters of captions.

    python3 tools/caption_glyphs/train.py [--seed N]

Needs numpy and Pillow, and the fonts named in requirements.txt beside this file. Every letter is
rendered from fonts, in many sizes, widths, slants and stroke weights, thresholded as scanners do it,
and described as the program describes it (`captions/glyph.rs`): 16 x 16 coverages and four ratios.
What is no letter that captions have (letters turned by a quarter or a half, strokes, arcs, dashes)
is a class of its own, so that drawings are not read. No picture of a real patent is used.

The net has one hidden layer. The file: for each layer, little-endian, the numbers of inputs and
outputs (u16), the scale of the weights (f32), the weights (i8, a row of inputs an output), the
biases (f32).
"""

import argparse
import functools
import multiprocessing
import pathlib
import struct
import subprocess

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

HERE = pathlib.Path(__file__).parent
OUT = HERE.parent.parent / "crates/imaging/src/figures/captions/glyphs.bin"
GRID = 16
# The order is that of CLASSES in captions/glyph.rs. "*" is everything else.
CLASSES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghiru*"
# Letters that look the same, in some font at least, and are told apart by where they stand.
SAME = {"O": "0", "o": "0", "l": "I"}
# Which letters turn into themselves or into other letters by a half or a quarter turn.
HALF_TURN = set("0IOHNSXZ1869uN") | set("5Md")
QUARTER_TURN = set("0OIXNZHMWE1i")
HIDDEN = 56
SHARE = 2000
FAMILIES = [
    "Liberation Sans", "Liberation Serif", "Liberation Mono", "Liberation Sans Narrow",
    "FreeSans", "FreeSerif", "FreeMono", "Nimbus Sans", "Nimbus Sans Narrow", "Nimbus Roman",
    "Nimbus Mono PS", "C059", "P052", "URW Bookman", "URW Gothic", "osifont",
    "Routed Gothic", "Routed Gothic Narrow", "Routed Gothic Wide", "Roboto", "Roboto Condensed",
    "Open Sans", "Open Sans Condensed", "Bebas Neue", "Lato", "Courier Prime",
    "TeX Gyre Adventor", "TeX Gyre Bonum", "TeX Gyre Heros", "TeX Gyre Heros Cn",
    "TeX Gyre Pagella", "TeX Gyre Schola", "TeX Gyre Termes", "Cabin", "Carlito", "Caladea",
    "Dosis", "Inter", "Cantarell", "Play", "Tiresias Infofont", "B612", "Linux Libertine O",
    "Junction", "Yanone Kaffeesatz", "DejaVu Sans", "DejaVu Serif",
    "DejaVu Sans Mono", "Comfortaa", "Hermit", "Isabella",
]


def font_files():
    listing = subprocess.run(["fc-list", ":", "file", "family"], capture_output=True, text=True, check=True)
    files = {}
    for line in sorted(listing.stdout.splitlines()):
        path, _, family = line.partition(":")
        names = {name.strip() for name in family.split(",")}
        if names & set(FAMILIES) and path.endswith((".ttf", ".otf")):
            files.setdefault(sorted(names)[0], []).append(path)
    return files


@functools.lru_cache(maxsize=4096)
def loaded(path, size):
    return ImageFont.truetype(path, size)


@functools.lru_cache(maxsize=65536)
def extent(path, size, line):
    """First and last row of the letters of a line."""
    boxes = [loaded(path, size).getbbox(letter) for letter in line]
    return min(box[1] for box in boxes), max(box[3] for box in boxes)


def degrade(rng, image):
    """A grey picture of a letter, ink 255, to the bits a scanner makes of it."""
    if rng.random() < 0.5:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.2)))
    levels = np.asarray(image, dtype=np.float32)
    levels = levels + rng.normal(0, rng.choice([0, 10, 30]), levels.shape)
    bits = levels > rng.uniform(70, 185)
    if rng.random() < 0.15:
        bits = dilated(bits)
    return bits


def dilated(bits):
    padded = np.pad(bits, 1)
    return padded[1:-1, 1:-1] | padded[:-2, 1:-1] | padded[2:, 1:-1] | padded[1:-1, :-2] | padded[1:-1, 2:]


def trimmed(bits):
    rows, columns = np.flatnonzero(bits.any(1)), np.flatnonzero(bits.any(0))
    if rows.size == 0:
        return None
    return bits[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], rows[0]


def overlap(length, side):
    """GRID x length: the part of each grid cell that each pixel of a centred stretch covers."""
    scale = GRID / side
    start = (side - length) / 2
    edges = (start + np.arange(length + 1)) * scale
    low, high = edges[:-1], edges[1:]
    cells = np.arange(GRID)[:, None]
    return np.clip(np.minimum(high, cells + 1) - np.maximum(low, cells), 0, None)


def features(bits, line_height, top):
    height, width = bits.shape
    side = max(width, height)
    grid = overlap(height, side) @ bits.astype(np.float64) @ overlap(width, side).T
    ratios = [width / side, height / side, height / line_height, top / line_height]
    return np.concatenate([grid.ravel(), ratios]).astype(np.float32)


def letter(rng, path, text, line):
    """Bits of `text`, the rows of the line that it belongs to, and its top in it."""
    size = int(rng.choice([18, 22, 26, 32, 40, 50, 60]))
    font = loaded(path, size)
    box = font.getbbox(text)
    margin = size // 2
    canvas = Image.new("L", (box[2] + 2 * margin, 2 * size))
    draw = ImageDraw.Draw(canvas)
    draw.text((margin, size // 4), text, font=font, fill=255)
    tops, bottoms = extent(path, size, line)
    if box[2] <= box[0] or bottoms <= tops:
        return None
    slant = rng.choice([0, 0, 0, 0.15, 0.25]) + rng.normal(0, 0.02)
    stretch = rng.choice([1, 1, 1, 0.75, 1.25, 1.7])
    skew = rng.normal(0, 0.02)
    wide = (int(canvas.width * stretch) + margin, canvas.height)
    canvas = canvas.transform(
        wide, Image.AFFINE,
        (1 / stretch, slant - skew, (skew - slant) * size, skew, 1, -skew * margin), Image.BILINEAR,
    )
    bits = degrade(rng, canvas)
    found = trimmed(bits)
    if found is None or min(found[0].shape) < 2:
        return None
    bits, top = found
    line_top = size // 4 + tops
    height = bottoms - tops
    return bits, max(height + rng.normal(0, 0.02 * height), bits.shape[0]), top - line_top


def stroke(rng):
    """Something that drawings have and captions do not."""
    size = int(rng.integers(16, 60))
    canvas = Image.new("L", (2 * size, 2 * size))
    draw = ImageDraw.Draw(canvas)
    width = int(rng.integers(2, 7))
    points = [tuple(rng.uniform(0.4 * size, 1.6 * size, 2)) for _ in range(4)]
    kind = rng.integers(0, 7)
    if kind == 0:
        draw.line(points[:2], fill=255, width=width)
    elif kind == 1:
        draw.line(points[:3], fill=255, width=width)
    elif kind == 2:
        draw.line(points, fill=255, width=width)
    elif kind == 3:
        start = rng.uniform(0, 360)
        box = [0.4 * size, 0.4 * size, rng.uniform(0.8, 1.6) * size, rng.uniform(0.8, 1.6) * size]
        draw.arc(box, start, start + rng.uniform(20, 300), fill=255, width=width)
    elif kind == 4:
        (x0, y0), (x1, y1) = points[:2]
        draw.rectangle([min(x0, x1), min(y0, y1), max(x0, x1) + 3, max(y0, y1) + 3], outline=255, width=width)
    elif kind == 5:
        draw.polygon(points, outline=255, fill=255 if rng.random() < 0.5 else 0)
    else:
        for shift in range(int(rng.integers(2, 5))):
            moved = [(x + 6 * shift, y) for x, y in points[:2]]
            draw.line(moved, fill=255, width=2)
        draw.line(points[2:], fill=255, width=2)
    found = trimmed(degrade(rng, canvas))
    if found is None or min(found[0].shape) < 2:
        return None
    bits = found[0]
    line_height = bits.shape[0] * rng.choice([1, rng.uniform(1, 1.6)])
    return bits, line_height, rng.uniform(0, 1) * (line_height - bits.shape[0])


def samples(rng, count):
    files = font_files()
    families = sorted(files)
    weights = {c: 1.0 for c in CLASSES[:-1]}
    weights.update({c: 4.0 for c in "0123456789FIGig"})
    weights.update({c: 2.0 for c in "ureURE"})
    letters = list(weights)
    chances = np.array([weights[c] for c in letters]) / sum(weights.values())
    x, y = [], []
    while len(y) < count:
        if rng.random() < 0.12:
            made, target = stroke(rng), "*"
        else:
            text = str(rng.choice(letters, p=chances))
            family = str(rng.choice(families))
            path = str(rng.choice(files[family]))
            # Capitals and digits stand in lines of their like or beside "Fig.", whose g reaches
            # below.
            line = "FIG123" if text.isupper() or (text.isdigit() and rng.random() < 0.5) else "Fig13"
            if text.isupper() and rng.random() < 0.3:
                line = "Fig13"
            made, target = letter(rng, path, text, line), SAME.get(text, text)
            if made is not None and rng.random() < 0.15:
                turns = int(rng.integers(1, 4))
                if text in (HALF_TURN if turns == 2 else QUARTER_TURN):
                    continue
                bits = np.rot90(made[0], turns)
                line_height = bits.shape[0] * rng.choice([1, rng.uniform(1, 1.5)])
                made, target = (bits, line_height, rng.uniform(0, line_height - bits.shape[0] + 1e-6)), "*"
        if made is None:
            continue
        x.append(features(*made))
        y.append(CLASSES.index(target))
    return np.array(x), np.array(y)


def train(rng, x, y, epochs=36, batch=256):
    inputs, outputs = x.shape[1], len(CLASSES)
    params = [
        rng.normal(0, (2 / inputs) ** 0.5, (inputs, HIDDEN)), np.zeros(HIDDEN),
        rng.normal(0, (1 / HIDDEN) ** 0.5, (HIDDEN, outputs)), np.zeros(outputs),
    ]
    params = [p.astype(np.float32) for p in params]
    means, squares = [np.zeros_like(p) for p in params], [np.zeros_like(p) for p in params]
    step, total = 0, epochs * (len(y) // batch)
    for _ in range(epochs):
        order = rng.permutation(len(y))
        for at in range(0, len(y) - batch + 1, batch):
            step += 1
            some = order[at : at + batch]
            a, target = x[some], y[some]
            h = np.maximum(a @ params[0] + params[1], 0)
            logits = h @ params[2] + params[3]
            e = np.exp(logits - logits.max(1, keepdims=True))
            p = e / e.sum(1, keepdims=True)
            d = p
            d[np.arange(batch), target] -= 1
            d /= batch
            dh = (d @ params[2].T) * (h > 0)
            gradients = [a.T @ dh + 1e-4 * params[0], dh.sum(0), h.T @ d + 1e-4 * params[2], d.sum(0)]
            rate = 2e-3 * 0.5 * (1 + np.cos(np.pi * step / total))
            for i, g in enumerate(gradients):
                means[i] = 0.9 * means[i] + 0.1 * g
                squares[i] = 0.999 * squares[i] + 0.001 * g * g
                m, s = means[i] / (1 - 0.9**step), squares[i] / (1 - 0.999**step)
                params[i] -= (rate * m / (np.sqrt(s) + 1e-8)).astype(np.float32)
    return params


def quantised(weights):
    scale = np.abs(weights).max() / 127
    return np.round(weights / scale).astype(np.int8), np.float32(scale)


def part(seed):
    """One share of the samples, the same whichever process makes it."""
    return samples(np.random.default_rng(seed), SHARE)


def write(x, y, rng):
    """Trains on nine tenths of the samples, counts on the rest, writes the file."""
    held = len(y) // 10
    params = train(rng, x[held:], y[held:])
    data = b""
    quantised_params = []
    for weights, biases in (params[:2], params[2:]):
        rows, scale = quantised(weights.T)
        data += struct.pack("<HHf", weights.shape[0], weights.shape[1], scale)
        data += rows.tobytes() + biases.astype("<f4").tobytes()
        quantised_params += [rows.T.astype(np.float32) * scale, biases]
    h = np.maximum(x[:held] @ quantised_params[0] + quantised_params[1], 0)
    found = (h @ quantised_params[2] + quantised_params[3]).argmax(1)
    print("held out: right", (found == y[:held]).mean())
    for index, name in enumerate(CLASSES):
        mine = y[:held] == index
        wrong = found[mine & (found != y[:held])]
        if name in "0123456789FIGig*":
            print(name, int(mine.sum()), "as", "".join(CLASSES[w] for w in wrong)[:40])
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_bytes(data)
    print(OUT, len(data), "bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shares", type=int, default=24, help=f"of {SHARE} letters each")
    arguments = parser.parse_args()
    families = sorted(font_files())
    print(len(families), "families; missing:", sorted(set(FAMILIES) - set(families)))
    with multiprocessing.Pool() as pool:
        shares = pool.map(part, [(arguments.seed, share) for share in range(arguments.shares)])
    x, y = (np.concatenate(column) for column in zip(*shares, strict=True))
    write(x, y, np.random.default_rng(arguments.seed))


if __name__ == "__main__":
    main()
