"""Files that must decode, with what is expected of them."""

import io
import struct
import zlib

import numpy
from PIL import Image, ImageOps

from .pictures import over_white, photo, sheet


class Good:
    """Files that must decode, with what is expected and how closely."""

    def __init__(self, root):
        self.root = root
        self.entries = []

    def expect(self, name, image):
        image.save(self.root / "expected" / f"{name}.png", optimize=True)

    def add(self, file, data, expected, tolerance=0):
        """`expected` names a picture; None takes what Pillow reads."""
        (self.root / "good" / file).write_bytes(data)
        if expected is None:
            expected = file.replace(".", "-")
            with Image.open(io.BytesIO(data)) as image:
                image.load()
                seen_through = "A" in image.mode or "transparency" in image.info
                image = over_white(image) if seen_through else image.convert("RGB")
            self.expect(expected, image)
        self.entries.append({"file": file, "expected": expected, "tolerance": tolerance})

    def saved(self, file, image, expected, tolerance=0, **options):
        out = io.BytesIO()
        image.save(out, **options)
        self.add(file, out.getvalue(), expected, tolerance)


def other_formats(good):
    image, drawing = photo(97, 61), sheet(150, 200)
    alpha = image.convert("RGBA")
    alpha.putalpha(Image.linear_gradient("L").resize(image.size))
    exif = lambda number: Image.Exif() if not number else exif_of(number)

    good.saved("jpeg-420.jpg", image, None, 5, format="JPEG", quality=90)
    good.saved("jpeg-422.jpg", image, None, 5, format="JPEG", quality=90, subsampling=1)
    good.saved("jpeg-444.jpg", image, None, 4, format="JPEG", quality=90, subsampling=0)
    good.saved("jpeg-progressive.jpg", image, None, 5, format="JPEG", progressive=True)
    good.saved("jpeg-grey.jpg", image.convert("L"), None, 2, format="JPEG")
    good.saved("jpeg-restart.jpg", image, None, 5, format="JPEG", restart_marker_rows=1)
    good.saved("jpeg-rgb.jpg", image, None, 4, format="JPEG", keep_rgb=True, quality=90)
    good.saved("jpeg-cmyk.jpg", image.convert("CMYK"), None, 4, format="JPEG", quality=92)
    for number in (3, 6, 8):
        out = io.BytesIO()
        image.save(out, "JPEG", quality=95, exif=exif(number), subsampling=0)
        with Image.open(out) as stored:
            good.expect(f"jpeg-exif-{number}", ImageOps.exif_transpose(stored))
        good.add(f"jpeg-exif-{number}.jpg", out.getvalue(), f"jpeg-exif-{number}", 4)

    good.saved("png-rgb.png", image, "photo", format="PNG")
    good.saved("png-grey.png", image.convert("L"), "grey", format="PNG")
    good.saved("png-bilevel.png", drawing, "sheet", format="PNG")
    good.saved("png-palette.png", image.quantize(200), None, format="PNG")
    good.saved("png-rgba.png", alpha, None, format="PNG")
    good.saved("png-grey-alpha.png", alpha.convert("LA"), None, format="PNG")
    transparent = image.quantize(64)
    transparent.info["transparency"] = transparent.getpixel((5, 5))
    good.saved("png-palette-transparent.png", transparent, None, format="PNG")
    grey = numpy.asarray(image.convert("L")).astype(numpy.uint16) * 256 + 99
    good.saved("png-grey-16.png", Image.fromarray(grey), "grey", format="PNG")
    good.add("png-rgb-16.png", png_16(numpy.asarray(image).astype(numpy.uint16) * 256 + 200), "photo")
    good.saved("png-exif-6.png", image.transpose(Image.Transpose.ROTATE_90), "photo",
               format="PNG", exif=exif(6))

    good.saved("gif.gif", image.quantize(128), None, format="GIF")
    good.saved("gif-transparent.gif", transparent, None, format="GIF")
    good.saved("gif-interlaced.gif", image.quantize(32), None, format="GIF", interlace=True)
    frames = [image.quantize(64), image.transpose(Image.Transpose.ROTATE_180).quantize(64)]
    good.saved("gif-animated.gif", frames[0], None, format="GIF", save_all=True,
               append_images=frames[1:])
    good.saved("bmp-24.bmp", image, "photo", format="BMP")
    good.saved("bmp-8.bmp", image.quantize(256), None, format="BMP")
    good.saved("bmp-1.bmp", drawing, "sheet", format="BMP")
    good.saved("webp-lossless.webp", image, "photo", format="WEBP", lossless=True)
    good.saved("webp-lossy.webp", image, None, 2, format="WEBP", quality=90)
    good.saved("webp-alpha.webp", alpha, None, 2, format="WEBP", lossless=True)
    good.saved("webp-exif-6.webp", image.transpose(Image.Transpose.ROTATE_90), "photo",
               format="WEBP", lossless=True, exif=exif(6))
    good.saved("webp-animated.webp", image, "photo", format="WEBP", lossless=True, save_all=True,
               append_images=[image.transpose(Image.Transpose.ROTATE_180)])


def exif_of(number):
    exif = Image.Exif()
    exif[274] = number
    return exif


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_16(samples):
    height, width, channels = samples.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)
    header = struct.pack(">IIBBBBB", width, height, 16, {1: 0, 3: 2}[channels], 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header)
            + png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b""))
