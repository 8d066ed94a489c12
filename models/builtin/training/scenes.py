"""Pictures that are no products: textures, scenes, glyphs, logos, charts. Made up, for breadth.

Each picture is a thing of its own; training sees two damaged windows of it and learns that they
are the same. Fonts are those installed (DejaVu, Liberation, Noto CJK are free); without any,
glyphs give way to logos.
"""

import math
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

SCALE = 2
"""Drawn at twice the size, then made smaller: smooth edges."""

FONTS = ("dejavu", "liberation", "noto")
HAN = "的一是不了人我在有他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长"
LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789&@#?!%"


def pictures(count, side, seed):
    """[count, 3, side, side] of 8-bit RGB."""
    fonts = installed_fonts()
    makers = [texture, texture, landscape, still_life, logo, pattern, chart] + [glyphs, poster] * bool(fonts)
    out = np.empty((count, 3, side, side), np.uint8)
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        picture = makers[number % len(makers)](rng, side * SCALE, fonts)
        out[number] = np.asarray(picture.convert("RGB").resize((side, side), Image.BOX)).transpose(2, 0, 1)
    return out


def installed_fonts():
    files = sorted(Path("/usr/share/fonts").rglob("*.tt[fc]")) + sorted(Path("/usr/share/fonts").rglob("*.otf"))
    return [file for file in files if file.name.lower().startswith(FONTS)]


def colour(rng):
    return tuple(int(v) for v in rng.integers(0, 256, 3))


def palette(rng, count):
    """Colours around a hue or two, as designers choose them."""
    base = rng.integers(0, 256, (2, 3))
    mix = rng.random((count, 1))
    shades = base[0] * mix + base[1] * (1 - mix) + rng.normal(0, 25, (count, 3))
    return [tuple(int(v) for v in shade) for shade in shades.clip(0, 255)]


def noise(rng, side, exponent):
    """Noise whose spectrum falls with frequency to the power of `exponent`, in [0, 1]."""
    frequency = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None])
    frequency[0, 0] = 1
    spectrum = np.fft.rfft2(rng.standard_normal((side, side))) / frequency**exponent
    field = np.fft.irfft2(spectrum, (side, side))
    low, high = np.percentile(field, [1, 99])
    return ((field - low) / (high - low)).clip(0, 1)


def blended(field, colours):
    """[side, side] in [0, 1] through a gradient of colours."""
    stops = np.linspace(0, 1, len(colours))
    channels = [np.interp(field, stops, [c[i] for c in colours]) for i in range(3)]
    return Image.fromarray(np.stack(channels, -1).astype(np.uint8))


def texture(rng, side, _fonts):
    half = side // 2
    field = noise(rng, half, rng.uniform(0.6, 2.2))
    y, x = np.mgrid[:half, :half] / half
    kind = rng.integers(5)
    if kind == 0:  # marble
        field = np.sin((x * rng.uniform(2, 9) + y * rng.uniform(-9, 9) + 3 * field) * math.pi) / 2 + 0.5
    elif kind == 1:  # wood
        rings = np.hypot(x - rng.uniform(-1, 2), (y - rng.uniform(-1, 2)) * rng.uniform(0.1, 1))
        field = (rings * rng.uniform(5, 25) + field) % 1
    elif kind == 2:  # cells
        points = rng.random((int(rng.integers(8, 80)), 2))
        distances = np.sort(np.hypot(x[..., None] - points[:, 0], y[..., None] - points[:, 1]), -1)
        field = (distances[..., 1] - distances[..., 0]) * rng.uniform(4, 12)
        field = field.clip(0, 1)
    elif kind == 3:  # weave
        field = (np.sin(x * rng.uniform(20, 120)) * np.sin(y * rng.uniform(20, 120)) + field) / 2
        field = field.clip(0, 1)
    return blended(field, palette(rng, int(rng.integers(2, 6)))).resize((side, side), Image.BICUBIC)


def landscape(rng, side, _fonts):
    picture = blended(np.linspace(0, 1, side)[:, None].repeat(side, 1), palette(rng, 2))
    draw = ImageDraw.Draw(picture)
    if rng.random() < 0.6:
        x, y, r = rng.random(2).tolist() + [rng.uniform(0.02, 0.15)]
        draw.ellipse([side * (x - r), side * (y / 2 - r), side * (x + r), side * (y / 2 + r)], colour(rng))
    x = np.linspace(0, 1, 60)
    for depth in range(int(rng.integers(1, 5))):
        height = 0.35 + 0.15 * depth + sum(
            rng.uniform(0, 0.12) / k * np.sin(2 * math.pi * k * (x + rng.random())) for k in range(1, 7)
        )
        points = [(side * a, side * b) for a, b in zip(x, height)]
        draw.polygon([*points, (side, side), (0, side)], colour(rng))
    for _ in range(int(rng.integers(0, 14))):
        x, base, tall = rng.random(), rng.uniform(0.5, 1), rng.uniform(0.05, 0.4)
        wide = tall * rng.uniform(0.2, 0.9)
        box = [side * (x - wide / 2), side * (base - tall), side * (x + wide / 2), side * base]
        if rng.random() < 0.5:  # a house
            draw.rectangle(box, colour(rng))
            draw.polygon([(box[0], box[1]), (box[2], box[1]), (side * x, box[1] - side * wide / 3)], colour(rng))
        else:  # a tree
            draw.rectangle([side * (x - 0.01), box[1], side * (x + 0.01), box[3]], colour(rng))
            draw.ellipse([box[0], box[1] - side * wide / 2, box[2], box[1] + side * wide / 2], colour(rng))
    return picture


def still_life(rng, side, fonts):
    """Solids with a light side and a shadow on a ground."""
    picture = texture(rng, side, fonts).filter(ImageFilter.GaussianBlur(side * rng.uniform(0.005, 0.05)))
    y, x = np.mgrid[:side, :side] / side
    canvas = np.asarray(picture, np.float32).copy()
    light = rng.normal(size=3)
    light[2] = abs(light[2]) + 0.5
    light /= np.linalg.norm(light)
    for _ in range(int(rng.integers(1, 6))):
        cx, cy = rng.uniform(0.15, 0.85, 2)
        rx, ry = rng.uniform(0.06, 0.3, 2)
        turn = rng.uniform(0, math.pi)
        u = ((x - cx) * math.cos(turn) + (y - cy) * math.sin(turn)) / rx
        v = (-(x - cx) * math.sin(turn) + (y - cy) * math.cos(turn)) / ry
        power = rng.choice([1.0, 2.0, 2.0, 6.0])
        inside = np.abs(u) ** power + np.abs(v) ** power < 1
        bulge = np.sqrt((1 - np.minimum(u * u, 1)) * (1 - np.minimum(v * v, 1)))
        shade = (u * light[0] + v * light[1] + bulge * light[2]).clip(0.1, 1.2)
        shadow = np.roll(inside, (int(side * 0.03), int(side * 0.04)), (0, 1)) & ~inside
        canvas[shadow] *= 0.6
        canvas[inside] = (shade[..., None] * np.array(colour(rng)))[inside]
    return Image.fromarray(canvas.clip(0, 255).astype(np.uint8))


def shape(draw, rng, box, fill, outline, width):
    """One of the simple signs that logos are made of."""
    x0, y0, x1, y1 = box
    cx, cy, r = (x0 + x1) / 2, (y0 + y1) / 2, min(x1 - x0, y1 - y0) / 2
    kind = rng.integers(6)
    start = rng.uniform(0, 360)
    if kind == 0:
        draw.ellipse(box, fill, outline, width)
    elif kind == 1:
        draw.rounded_rectangle(box, r * rng.uniform(0, 0.8), fill, outline, width)
    elif kind == 2:
        draw.regular_polygon((cx, cy, r), int(rng.integers(3, 9)), rotation=start, fill=fill, outline=outline)
    elif kind == 3:
        draw.pieslice(box, start, start + rng.uniform(60, 330), fill, outline, width)
    elif kind == 4:
        draw.arc(box, start, start + rng.uniform(60, 330), outline or fill, max(width, int(r / 4)))
    else:
        points, inner = int(rng.integers(4, 13)), rng.uniform(0.3, 0.8)
        star = [
            (
                cx + r * (inner if i % 2 else 1) * math.cos(math.pi * i / points + start),
                cy + r * (inner if i % 2 else 1) * math.sin(math.pi * i / points + start),
            )
            for i in range(2 * points)
        ]
        draw.polygon(star, fill, outline)


def logo(rng, side, fonts):
    bright = (255, 255, 255) if rng.random() < 0.6 else colour(rng)
    picture = Image.new("RGB", (side, side), bright)
    draw = ImageDraw.Draw(picture)
    colours = palette(rng, 4) if rng.random() < 0.6 else [(0, 0, 0), (60, 60, 60)]
    for _ in range(int(rng.integers(2, 7))):
        centre, reach = rng.uniform(0.25, 0.75, 2) * side, rng.uniform(0.08, 0.35, 2) * side
        if rng.random() < 0.5:
            centre[:], reach[1] = side / 2, reach[0]
        fill = colours[rng.integers(len(colours))] if rng.random() < 0.7 else None
        line = colours[rng.integers(len(colours))]
        shape(draw, rng, [*(centre - reach), *(centre + reach)], fill, line, int(rng.integers(2, 14)))
    if fonts and rng.random() < 0.4:
        word = "".join(rng.choice(list(LATIN[:26]), int(rng.integers(1, 8))))
        write(draw, rng, fonts, word, side, 0.12, colours[0], (0.5, 0.85))
    return picture


def pattern(rng, side, _fonts):
    """A motif repeated over the picture."""
    colours = palette(rng, 4)
    across = int(rng.integers(2, 12))
    cell = side // across
    tile = Image.new("RGB", (cell, cell), colours[0])
    draw = ImageDraw.Draw(tile)
    for _ in range(int(rng.integers(1, 4))):
        low, high = rng.uniform(-0.2, 0.4, 2) * cell, rng.uniform(0.6, 1.2, 2) * cell
        shape(draw, rng, [*low, *high], colours[rng.integers(1, 4)], colours[rng.integers(4)], 2)
    picture = Image.new("RGB", (side, side), colours[0])
    shift = int(rng.integers(0, 2)) * cell // 2
    for row in range(across + 1):
        for column in range(-1, across + 1):
            picture.paste(tile, (column * cell + shift * (row % 2), row * cell))
    return picture.rotate(rng.uniform(-45, 45), fillcolor=colours[0]) if rng.random() < 0.4 else picture


def chart(rng, side, _fonts):
    picture = Image.new("RGB", (side, side), "white")
    draw = ImageDraw.Draw(picture)
    low, high = side * 0.1, side * 0.9
    draw.line([(low, low), (low, high), (high, high)], "black", 3)
    colours = [colour(rng) for _ in range(4)]
    values = rng.random((int(rng.integers(1, 4)), int(rng.integers(3, 15))))
    step = (high - low) / values.shape[1]
    for row, fill in zip(values, colours):
        points = [(low + step * (i + 0.5), high - v * (high - low)) for i, v in enumerate(row)]
        if rng.random() < 0.5:
            draw.line(points, fill, int(rng.integers(2, 10)))
        else:
            for x, y in points:
                draw.rectangle([x - step * 0.3, y, x + step * 0.3, high], fill)
    return picture


def write(draw, rng, fonts, text, side, size, fill, at):
    font = ImageFont.truetype(fonts[rng.integers(len(fonts))], int(side * size))
    draw.text((side * at[0], side * at[1]), text, fill, font, anchor="mm")


def letters(rng, fonts, count):
    han = any("CJK" in font.name for font in fonts) and rng.random() < 0.4
    return "".join(rng.choice(list(HAN if han else LATIN), count)), han


def glyphs(rng, side, fonts):
    """One to three large signs."""
    dark = rng.random() < 0.7
    paper, ink = ((255, 255, 255), (0, 0, 0)) if dark else (colour(rng), colour(rng))
    picture = Image.new("RGB", (side, side), paper)
    text, han = letters(rng, fonts, int(rng.integers(1, 4)))
    usable = [font for font in fonts if "CJK" in font.name] if han else fonts
    size = rng.uniform(0.5, 0.9) / len(text) ** 0.9
    write(ImageDraw.Draw(picture), rng, usable, text, side, size, ink, rng.uniform(0.4, 0.6, 2))
    return picture.rotate(rng.uniform(-20, 20), fillcolor=paper) if rng.random() < 0.3 else picture


def poster(rng, side, fonts):
    """A few lines of print over a picture or a plain ground."""
    ground = [texture, landscape, pattern][rng.integers(3)](rng, side, fonts)
    picture = Image.blend(ground, Image.new("RGB", ground.size, colour(rng)), rng.uniform(0.2, 0.9))
    draw = ImageDraw.Draw(picture)
    ink = (255, 255, 255) if np.asarray(picture).mean() < 128 else (0, 0, 0)
    for line in range(int(rng.integers(1, 7))):
        text, han = letters(rng, fonts, int(rng.integers(3, 14)))
        usable = [font for font in fonts if "CJK" in font.name] if han else fonts
        write(draw, rng, usable, text, side, rng.uniform(0.04, 0.14), ink, (0.5, 0.12 + 0.14 * line))
    return picture
