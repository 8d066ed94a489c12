"""What the fixtures show: a drawing, and something like a photo."""

import random

import numpy
from PIL import Image, ImageDraw


def sheet(width, height, seed=1):
    """A drawing as patents have them: strokes, hatching, a broken line, a caption."""
    image = Image.new("1", (width, height), 255)
    draw = ImageDraw.Draw(image)
    rng = random.Random(seed)
    x0, y0, x1, y1 = width * 0.2, height * 0.15, width * 0.8, height * 0.75
    draw.rounded_rectangle((x0, y0, x1, y1), radius=width // 12, outline=0, width=3)
    draw.ellipse((x0 + 8, y0 - 9, x1 - 8, y0 + 17), outline=0, width=2)
    for step in range(0, int(x1 - x0), 7):
        draw.line((x0 + step, y1, x0 + step * 0.6, y1 - step * 0.4), fill=0)
    for step in range(0, int(y1 - y0), 11):
        draw.line((x1 + 9, y0 + step, x1 + 9, y0 + step + 6), fill=0)
    for _ in range(4):
        points = [(rng.uniform(x0, x1), rng.uniform(y0, y1)) for _ in range(3)]
        draw.line(points, fill=0, width=rng.choice((1, 2)), joint="curve")
    draw.text((width * 0.42, height * 0.85), "FIG. 1", fill=0)
    return image


def photo(width, height):
    """Smooth colours, a few edges, some noise."""
    rng = numpy.random.default_rng(7)
    y, x = numpy.mgrid[0:height, 0:width]
    red = 128 + 100 * numpy.sin(x / 9.0)
    green = 255 * y / height
    blue = 40 + 200 * ((x - width / 2) ** 2 + (y - height / 2) ** 2 < (height / 3) ** 2)
    pixels = numpy.stack([red, green, blue], -1) + rng.normal(0, 2, (height, width, 3))
    return Image.fromarray(numpy.clip(pixels, 0, 255).astype(numpy.uint8), "RGB")


def over_white(image):
    white = Image.new("RGBA", image.size, "white")
    white.alpha_composite(image.convert("RGBA"))
    return white.convert("RGB")
