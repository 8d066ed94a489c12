#!/usr/bin/env python3
"""Makes fixtures/images: good files with the pixels expected, damaged and bad ones.

    python -m venv venv && venv/bin/pip install pillow==13.0.0 numpy==2.4.6 \
        torch==2.15.0 torchvision==0.29.2 transformers==5.23.0
    venv/bin/python tools/make_images.py

TIFFs are written by the small writer below, because no library writes the
odd ones that scanners do; fax and LZW data come from libtiff through Pillow.
What is expected of lossless files is the picture that went in; of lossy ones,
what Pillow reads. Resizes come from Pillow and from transformers' processor.
"""

import io
import json
import random
import shutil
import struct
import sys
import zlib
from pathlib import Path

import numpy
import PIL
from PIL import Image, ImageChops, ImageDraw, ImageOps

VERSIONS = {"PIL": "13.0.0", "numpy": "2.4.6", "torchvision": "0.29.2", "transformers": "5.23.0"}
ROOT = Path(__file__).resolve().parent.parent / "fixtures" / "images"
SHORT, LONG, RATIONAL, UNDEFINED, LONG8 = 3, 4, 5, 7, 16


# ---------------------------------------------------------------- pictures

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
    pixels = numpy.stack([red, green, blue], -1) + rng.normal(0, 6, (height, width, 3))
    return Image.fromarray(numpy.clip(pixels, 0, 255).astype(numpy.uint8), "RGB")


def over_white(image):
    white = Image.new("RGBA", image.size, "white")
    white.alpha_composite(image.convert("RGBA"))
    return white.convert("RGB")


# ---------------------------------------------------------------- TIFF writer

def tiff(tags, chunks, order="<", big=False, next_ifd=0, offsets_tag=273, counts_tag=279):
    """A TIFF of one page: {tag: (type, values)}; offsets and counts are added.

    `counts_tag=None` leaves the byte counts out.
    """
    mark = b"II" if order == "<" else b"MM"
    start = mark + (struct.pack(order + "HHHQ", 43, 8, 0, 16) if big
                    else struct.pack(order + "HI", 42, 8))
    tags = dict(tags)
    wide = LONG8 if big else LONG
    if offsets_tag:
        tags[offsets_tag] = (wide, [0] * len(chunks))
    if counts_tag:
        tags[counts_tag] = (wide, [len(chunk) for chunk in chunks])
    inline, entry, head = (8, 20, 8) if big else (4, 12, 2)
    codes = {SHORT: "H", LONG: "I", RATIONAL: "II", UNDEFINED: "B", LONG8: "Q", 1: "B"}

    def pack(kind, values):
        return b"".join(struct.pack(order + codes[kind], *(v if kind == RATIONAL else (v,)))
                        for v in values)

    def layout(offsets):
        if offsets_tag:
            tags[offsets_tag] = (wide, offsets)
        extra_at = len(start) + head + entry * len(tags) + inline
        directory, extra = b"", b""
        for tag in sorted(tags):
            kind, values = tags[tag]
            data = pack(kind, values)
            directory += struct.pack(order + ("HHQ" if big else "HHI"), tag, kind, len(values))
            if len(data) <= inline:
                directory += data.ljust(inline, b"\0")
            else:
                directory += struct.pack(order + ("Q" if big else "I"), extra_at + len(extra))
                extra += data + b"\0" * (len(data) % 2)
        count = struct.pack(order + ("Q" if big else "H"), len(tags))
        return (start + count + directory
                + struct.pack(order + ("Q" if big else "I"), next_ifd) + extra)

    at = len(layout([0] * len(chunks)))
    offsets = []
    for chunk in chunks:
        offsets.append(at)
        at += len(chunk)
    return layout(offsets) + b"".join(chunks)


def basic(width, height, bits, photometric, compression=1, rows=None, **more):
    tags = {
        256: (LONG, [width]), 257: (LONG, [height]), 258: (SHORT, list(bits)),
        259: (SHORT, [compression]), 262: (SHORT, [photometric]),
        277: (SHORT, [len(bits)]), 278: (LONG, [rows or height]),
    }
    tags.update({int(tag[1:]): value for tag, value in more.items()})
    return tags


def without(tags, *names):
    return {tag: value for tag, value in tags.items() if tag not in names}


def strip_of(image, compression, **tiffinfo):
    """The compressed bytes that libtiff makes of a picture, and its tags."""
    file = io.BytesIO()
    info = {int(tag[1:]): value for tag, value in tiffinfo.items()}
    info[278] = image.height
    image.save(file, "TIFF", compression=compression, tiffinfo=info)
    data = file.getvalue()
    with Image.open(io.BytesIO(data)) as saved:
        tags = saved.tag_v2
        assert len(tags[273]) == 1, "one strip expected"
        return data[tags[273][0]:tags[273][0] + tags[279][0]], dict(tags)


def lzw(data):
    """LZW data of bytes, through libtiff."""
    return strip_of(Image.frombytes("L", (len(data), 1), data), "tiff_lzw")[0]


def packbits(data):
    out, at = b"", 0
    while at < len(data):
        run = 1
        while at + run < len(data) and run < 128 and data[at + run] == data[at]:
            run += 1
        if run > 1:
            out += bytes([257 - run, data[at]])
        else:
            end = at + 1
            while (end < len(data) and end - at < 128
                   and not (end + 1 < len(data) and data[end] == data[end + 1])):
                end += 1
            run = end - at
            out += bytes([run - 1]) + data[at:end]
        at += run
    return out


def reversed_bits(data):
    return bytes(int(f"{byte:08b}"[::-1], 2) for byte in data)


def difference(samples, dtype):
    """Horizontal differencing of rows x columns x samples."""
    samples = samples.astype(dtype)
    samples[:, 1:] = samples[:, 1:] - samples[:, :-1]
    return samples


def packed_rows(samples, bits):
    """Rows x columns of small numbers to packed bytes, each row on a byte boundary."""
    rows = []
    for row in samples:
        text = "".join(f"{int(value):0{bits}b}" for value in row)
        text += "0" * (-len(text) % 8)
        rows.append(int(text, 2).to_bytes(len(text) // 8, "big"))
    return rows


def jpeg_stream(image, adobe=False, **options):
    """A JPEG stream, by default without the marker that tells its colours."""
    file = io.BytesIO()
    image.save(file, "JPEG", **options)
    data, out, at = file.getvalue(), b"\xff\xd8", 2
    while data[at + 1] != 0xDA:
        size = 2 + struct.unpack(">H", data[at + 2:at + 4])[0]
        if adobe or data[at + 1] not in (0xE0, 0xEE):
            out += data[at:at + size]
        at += size
    return out + data[at:]


# ---------------------------------------------------------------- good files

class Good:
    """Files that must decode, with what is expected and how closely."""

    def __init__(self):
        self.entries = []
        for folder in ("good", "expected", "damaged", "bad", "golden"):
            (ROOT / folder).mkdir(parents=True, exist_ok=True)

    def expect(self, name, image):
        image.save(ROOT / "expected" / f"{name}.png", optimize=True)

    def add(self, file, data, expected, tolerance=0):
        """`expected` names a picture; None takes what Pillow reads."""
        (ROOT / "good" / file).write_bytes(data)
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


def bilevel_tiffs(good):
    drawing = sheet(150, 200)
    good.expect("sheet", drawing.convert("L"))
    width, height = drawing.size
    fax_bits = ImageChops.invert(drawing)  # 1 bits are ink, as fax has them
    g4, _ = strip_of(fax_bits, "group4")
    g3, _ = strip_of(fax_bits, "group3")
    g3_2d, tags = strip_of(fax_bits, "group3", t292=1)
    assert tags[292] & 1, "libtiff has been told to use two dimensions"
    rle, _ = strip_of(fax_bits, "tiff_ccitt")
    raw = fax_bits.tobytes()
    fax = lambda compression, **more: basic(width, height, [1], 0, compression, **more)

    good.add("g4.tif", tiff(fax(4), [g4]), "sheet")
    good.add("g4-big-endian.tif", tiff(fax(4), [g4], order=">"), "sheet")
    good.add("g4-bigtiff.tif", tiff(fax(4), [g4], big=True), "sheet")
    good.add("g4-bigtiff-big-endian.tif", tiff(fax(4), [g4], order=">", big=True), "sheet")
    good.add("g4-fill-order-2.tif", tiff(fax(4, t266=(SHORT, [2])), [reversed_bits(g4)]), "sheet")
    good.add("g4-no-eofb.tif", tiff(fax(4), [g4[:-3]]), "sheet")
    good.add("g4-rows-per-strip-max.tif", tiff(fax(4, rows=2**32 - 1), [g4]), "sheet")
    good.add("g4-no-byte-counts.tif", tiff(fax(4), [g4], counts_tag=None), "sheet")
    good.add("g4-no-photometric.tif", tiff(without(fax(4), 262), [g4]), "sheet")
    good.add("g4-minimal-tags.tif", tiff(without(fax(4), 258, 262, 277, 278), [g4]), "sheet")
    with Image.open(io.BytesIO(tiff(basic(width, height, [1], 1, 4), [g4]))) as image:
        good.expect("sheet-inverted", image.convert("L"))
    good.add("g4-black-is-zero.tif", tiff(basic(width, height, [1], 1, 4), [g4]), "sheet-inverted")
    strips = [strip_of(fax_bits.crop((0, y, width, min(y + 64, height))), "group4")[0]
              for y in range(0, height, 64)]
    good.add("g4-strips.tif", tiff(fax(4, rows=64), strips), "sheet")
    tiles = [strip_of(crop_padded(fax_bits, x, y, 64, 64), "group4")[0]
             for y in range(0, height, 64) for x in range(0, width, 64)]
    tiled = without(fax(4, t322=(SHORT, [64]), t323=(SHORT, [64])), 278)
    good.add("g4-tiles.tif", tiff(tiled, tiles, offsets_tag=324, counts_tag=325), "sheet")
    good.add("g3-1d.tif", tiff(fax(3), [g3]), "sheet")
    good.add("g3-2d.tif", tiff(fax(3, t292=(LONG, [1])), [g3_2d]), "sheet")
    good.add("g3-fill-order-2.tif", tiff(fax(3, t266=(SHORT, [2])), [reversed_bits(g3)]), "sheet")
    good.add("ccitt-rle.tif", tiff(fax(2), [rle]), "sheet")
    good.add("bilevel-none.tif", tiff(fax(1), [raw]), "sheet")
    good.add("bilevel-none-no-byte-counts.tif",
             tiff(fax(1, rows=70), [raw[y * 19:(y + 70) * 19] for y in range(0, height, 70)],
                  counts_tag=None), "sheet")
    good.add("bilevel-none-fill-order-2.tif",
             tiff(fax(1, t266=(SHORT, [2])), [reversed_bits(raw)]), "sheet")
    good.add("bilevel-packbits.tif", tiff(fax(32773), [packbits(raw)]), "sheet")
    good.add("bilevel-lzw.tif", tiff(fax(5), [lzw(raw)]), "sheet")
    good.add("bilevel-deflate.tif", tiff(fax(8), [zlib.compress(raw)]), "sheet")
    good.add("bilevel-black-is-zero.tif",
             tiff(basic(width, height, [1], 1), [drawing.tobytes()]), "sheet")

    # Two pages; the second is the inverted drawing, and its directory points
    # back at the first.
    first = tiff(fax(4), [g4])
    first += b"\0" * (len(first) % 2)
    second = tiff(basic(width, height, [1], 1, 4), [g4])
    pages = bytearray(first)
    directory_at = len(pages)
    struct.pack_into("<I", pages, 8 + 2 + 12 * 9, directory_at)
    body = bytearray(second[8:])
    offsets_entry = next(i for i in range(9) if struct.unpack_from("<H", body, 2 + 12 * i)[0] == 273)
    struct.pack_into("<I", body, 2 + 12 * offsets_entry + 8,
                     struct.unpack_from("<I", body, 2 + 12 * offsets_entry + 8)[0]
                     + directory_at - 8)
    struct.pack_into("<I", body, 2 + 12 * 9, 8)
    good.add("two-pages-loop.tif", bytes(pages + body), "sheet")


def crop_padded(image, x, y, width, height):
    part = Image.new(image.mode, (width, height), 0)
    part.paste(image.crop((x, y, min(x + width, image.width), min(y + height, image.height))))
    return part


def colour_tiffs(good):
    image = photo(97, 61)
    good.expect("photo", image)
    rgb = numpy.asarray(image)
    height, width, _ = rgb.shape
    tags = lambda compression=1, **more: basic(width, height, [8] * 3, 2, compression, **more)
    strips = [rgb[y:y + 20] for y in range(0, height, 20)]

    good.add("rgb-none.tif", tiff(tags(rows=20), [s.tobytes() for s in strips]), "photo")
    good.add("rgb-packbits.tif",
             tiff(tags(32773, rows=20), [packbits(s.tobytes()) for s in strips]), "photo")
    good.add("rgb-lzw.tif", tiff(tags(5, rows=20), [lzw(s.tobytes()) for s in strips]), "photo")
    good.add("rgb-lzw-predictor.tif",
             tiff(tags(5, rows=20, t317=(SHORT, [2])),
                  [lzw(difference(s, numpy.uint8).tobytes()) for s in strips]), "photo")
    good.add("rgb-deflate-predictor.tif",
             tiff(tags(8, rows=20, t317=(SHORT, [2])),
                  [zlib.compress(difference(s, numpy.uint8).tobytes()) for s in strips]), "photo")
    good.add("rgb-deflate-old.tif", tiff(tags(32946), [zlib.compress(rgb.tobytes())]), "photo")
    good.add("rgb-planar.tif",
             tiff(tags(8, rows=20, t284=(SHORT, [2])),
                  [zlib.compress(s[:, :, c].tobytes()) for c in range(3) for s in strips]),
             "photo")
    good.add("rgb-no-samples-tag.tif", tiff(without(tags(), 277), [rgb.tobytes()]), "photo")

    def tile(samples, x, y, side):
        part = numpy.zeros((side, side) + samples.shape[2:], samples.dtype)
        found = samples[y:y + side, x:x + side]
        part[:found.shape[0], :found.shape[1]] = found
        return part

    places = [(x, y) for y in range(0, height, 32) for x in range(0, width, 32)]
    tiled = without(tags(8, t322=(SHORT, [32]), t323=(SHORT, [32]), t317=(SHORT, [2])), 278)
    good.add("rgb-tiles.tif",
             tiff(tiled, [zlib.compress(difference(tile(rgb, x, y, 32), numpy.uint8).tobytes())
                          for x, y in places], offsets_tag=324, counts_tag=325), "photo")

    grey = numpy.asarray(image.convert("L"))
    good.expect("grey", image.convert("L"))
    deep = grey.astype(numpy.uint16) * 256 + 99  # the low byte must not matter
    good.add("grey-8.tif", tiff(basic(width, height, [8], 1), [grey.tobytes()]), "grey")
    good.add("grey-8-white-is-zero.tif",
             tiff(basic(width, height, [8], 0), [(255 - grey).tobytes()]), "grey")
    good.add("grey-8-no-photometric.tif",
             tiff(without(basic(width, height, [8], 1), 262), [grey.tobytes()]), "grey")
    for order, name in (("<", "little"), (">", "big")):
        good.add(f"grey-16-{name}-endian.tif",
                 tiff(basic(width, height, [16], 1), [deep.astype(order + "u2").tobytes()], order),
                 "grey")
        differences = difference(deep, numpy.uint16).astype(order + "u2").tobytes()
        good.add(f"grey-16-lzw-predictor-{name}-endian.tif",
                 tiff(basic(width, height, [16], 1, 5, t317=(SHORT, [2])), [lzw(differences)],
                      order), "grey")
    for bits in (2, 4):
        small = grey >> (8 - bits)
        levels = (small.astype(int) * 255 // (2**bits - 1)).astype(numpy.uint8)
        good.expect(f"grey-{bits}-bits", Image.fromarray(levels))
        good.add(f"grey-{bits}-bits.tif",
                 tiff(basic(width, height, [bits], 1), [b"".join(packed_rows(small, bits))]),
                 f"grey-{bits}-bits")
    deep_rgb = rgb.astype(numpy.uint16) * 256 + 200
    good.add("rgb-16.tif", tiff(basic(width, height, [16] * 3, 2, 8),
                                [zlib.compress(deep_rgb.astype("<u2").tobytes())]), "photo")

    for bits in (8, 4, 1):
        flat = image.quantize(2**bits)
        colours = numpy.array(flat.getpalette()[:3 * 2**bits], dtype=int)
        colours = numpy.pad(colours, (0, 3 * 2**bits - len(colours))).reshape(-1, 3)
        good.expect(f"palette-{bits}", flat.convert("RGB"))
        indices = packed_rows(numpy.asarray(flat), bits)
        table = [int(v) * 257 for v in colours.T.reshape(-1)]
        good.add(f"palette-{bits}.tif",
                 tiff(basic(width, height, [bits], 3, t320=(SHORT, table)), [b"".join(indices)]),
                 f"palette-{bits}")
        if bits == 8:
            table = [int(v) for v in colours.T.reshape(-1)]
            good.add("palette-8-small-values.tif",
                     tiff(basic(width, height, [8], 3, t320=(SHORT, table)), [b"".join(indices)]),
                     "palette-8")

    cmyk = image.convert("CMYK")
    inks = numpy.asarray(cmyk).copy()
    inks[:, :, 3] = (numpy.mgrid[0:height, 0:width][1] * 2).astype(numpy.uint8)
    cmyk = Image.fromarray(inks, "CMYK")
    good.expect("cmyk", cmyk.convert("RGB"))
    good.add("cmyk.tif", tiff(basic(width, height, [8] * 4, 5, 8), [zlib.compress(inks.tobytes())]),
             "cmyk")
    good.add("cmyk-planar.tif",
             tiff(basic(width, height, [8] * 4, 5, 5, t284=(SHORT, [2])),
                  [lzw(inks[:, :, c].tobytes()) for c in range(4)]), "cmyk")

    alpha = numpy.dstack([rgb, (numpy.mgrid[0:height, 0:width][0] * 4 % 256).astype(numpy.uint8)])
    good.expect("alpha", over_white(Image.fromarray(alpha, "RGBA")))
    straight = basic(width, height, [8] * 4, 2, 8, t338=(SHORT, [2]))
    good.add("rgba-straight.tif", tiff(straight, [zlib.compress(alpha.tobytes())]), "alpha")
    good.add("rgba-no-extra-samples-tag.tif",
             tiff(without(straight, 338), [zlib.compress(alpha.tobytes())]), "alpha")
    good.add("rgba-planar.tif",
             tiff({**straight, 284: (SHORT, [2])},
                  [zlib.compress(alpha[:, :, c].tobytes()) for c in range(4)]), "alpha")
    good.add("rgbx.tif", tiff(basic(width, height, [8] * 4, 2, 8, t338=(SHORT, [0])),
                              [zlib.compress(alpha.tobytes())]), "photo")
    premultiplied = alpha.copy()
    premultiplied[:, :, :3] = (alpha[:, :, :3].astype(int) * alpha[:, :, 3:] + 127) // 255
    good.add("rgba-premultiplied.tif", tiff(basic(width, height, [8] * 4, 2, 8, t338=(SHORT, [1])),
                                            [zlib.compress(premultiplied.tobytes())]), "alpha", 1)
    la = numpy.dstack([grey, alpha[:, :, 3]])
    good.expect("grey-alpha", over_white(Image.fromarray(la, "LA")).convert("L"))
    good.add("grey-alpha.tif", tiff(basic(width, height, [8] * 2, 1, 8, t338=(SHORT, [2])),
                                    [zlib.compress(la.tobytes())]), "grey-alpha")

    for number in range(2, 9):
        turn = [None, None, Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.ROTATE_180,
                Image.Transpose.FLIP_TOP_BOTTOM, Image.Transpose.TRANSPOSE,
                Image.Transpose.ROTATE_90, Image.Transpose.TRANSVERSE,
                Image.Transpose.ROTATE_270][number]
        stored = numpy.asarray(image.transpose(turn))
        good.add(f"orientation-{number}.tif",
                 tiff(basic(stored.shape[1], stored.shape[0], [8] * 3, 2, 8, t274=(SHORT, [number])),
                      [zlib.compress(stored.tobytes())]), "photo")
    ycbcr_tiffs(good, image)


def ycbcr_tiffs(good, image):
    """Luma and chroma, uncompressed and as JPEG."""
    codes = numpy.asarray(image.convert("YCbCr")).astype(int)
    height, width, _ = codes.shape

    def to_rgb(codes):
        y, cb, cr = (codes[:, :, i].astype(float) for i in range(3))
        red = y + 1.402 * (cr - 128)
        blue = y + 1.772 * (cb - 128)
        green = (y - 0.299 * red - 0.114 * blue) / 0.587
        pixels = numpy.stack([red, green, blue], -1)
        return Image.fromarray(numpy.clip(numpy.round(pixels), 0, 255).astype(numpy.uint8), "RGB")

    good.expect("ycbcr", to_rgb(codes))
    good.add("ycbcr-444.tif",
             tiff(basic(width, height, [8] * 3, 6, 8, t530=(SHORT, [1, 1])),
                  [zlib.compress(codes.astype(numpy.uint8).tobytes())]), "ycbcr", 1)
    for across, down in ((2, 2), (2, 1), (4, 2)):
        padded = numpy.pad(codes, ((0, -height % down), (0, -width % across), (0, 0)), "edge")
        units, flat = b"", padded.copy()
        for y in range(0, padded.shape[0], down):
            for x in range(0, padded.shape[1], across):
                block = padded[y:y + down, x:x + across]
                chroma = block[:, :, 1:].reshape(-1, 2).mean(0).astype(int)
                flat[y:y + down, x:x + across, 1:] = chroma
                units += bytes(block[:, :, 0].reshape(-1).tolist() + chroma.tolist())
        name = f"ycbcr-{across}x{down}"
        good.expect(name, to_rgb(flat[:height, :width]))
        good.add(f"{name}.tif", tiff(basic(width, height, [8] * 3, 6, 5, t530=(SHORT, [across, down])),
                                     [lzw(units)]), name, 1)

    good.saved("jpeg-ycbcr.tif", image, None, 5, format="TIFF", compression="jpeg", quality=90)
    good.saved("jpeg-grey.tif", image.convert("L"), None, 2, format="TIFF", compression="jpeg")
    stream = jpeg_stream(image, keep_rgb=True, quality=92, subsampling=0)
    good.add("jpeg-rgb.tif", tiff(basic(width, height, [8] * 3, 2, 7), [stream]), None, 4)
    # Pillow inverts inks when it writes JPEG; in TIFF they are as they are.
    inks = Image.fromarray(255 - numpy.asarray(image.convert("CMYK")), "CMYK")
    stream = jpeg_stream(inks, quality=92)
    good.add("jpeg-cmyk.tif", tiff(basic(width, height, [8] * 4, 5, 7), [stream]), None, 4)
    tiles = [jpeg_stream(image.crop((x, y, x + 48, y + 48)), quality=92, subsampling=0)
             for y in range(0, height, 48) for x in range(0, width, 48)]
    tiled = without(basic(width, height, [8] * 3, 6, 7, t322=(SHORT, [48]), t323=(SHORT, [48]),
                          t530=(SHORT, [1, 1])), 278)
    good.add("jpeg-tiles.tif", tiff(tiled, tiles, offsets_tag=324, counts_tag=325), None, 4)


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


# ---------------------------------------------------------------- damaged and bad files

def damaged_files():
    """Black-and-white TIFFs of which part can be had."""
    drawing = sheet(150, 200)
    width, height = drawing.size
    fax_bits = ImageChops.invert(drawing)
    g4, _ = strip_of(fax_bits, "group4")
    strips = [strip_of(fax_bits.crop((0, y, width, y + 50)), "group4")[0]
              for y in range(0, height, 50)]
    g3, _ = strip_of(fax_bits, "group3")
    raw = fax_bits.tobytes()
    fax = lambda compression, **more: basic(width, height, [1], 0, compression, **more)
    files = {
        "g4-cut.tif": tiff(fax(4), [g4])[:-len(g4) // 2],
        "g4-more-rows-declared.tif": tiff(basic(width, 260, [1], 0, 4), [g4]),
        "g4-second-strip-garbage.tif":
            tiff(fax(4, rows=50), [strips[0], b"\0\0\0\0" * 20, *strips[2:]]),
        "g4-last-strip-beyond-end.tif": tiff(fax(4, rows=50), strips)[:-len(strips[3])],
        "g3-garbled.tif": tiff(fax(3), [g3[:600] + bytes(60) + g3[660:]]),
        "g3-one-row.tif": tiff(fax(3), [garbled_row(g3, 100)]),
        "packbits-cut.tif": tiff(fax(32773), [packbits(raw)])[:-400],
        "deflate-cut.tif": tiff(fax(8), [zlib.compress(raw)])[:-300],
        "lzw-cut.tif": tiff(fax(5), [lzw(raw)])[:-300],
        "none-cut.tif": tiff(fax(1), [raw])[:-190],
    }
    for name, data in files.items():
        (ROOT / "damaged" / name).write_bytes(data)


def garbled_row(data, row):
    """One-dimensional Group 3 data with one row made nonsense of the same length."""
    bits = "".join(f"{byte:08b}" for byte in data)
    rows = bits.split("000000000001")
    rows[row] = ("000000001" + "1" * len(rows[row]))[:len(rows[row])]  # no code starts so
    bits = "000000000001".join(rows)
    return bytes(int(bits[at:at + 8].ljust(8, "0"), 2) for at in range(0, len(bits), 8))


def bad_files():
    """Files that must be refused: name, bytes, kind of error, words of its reason."""
    image = photo(97, 61)
    rgb = numpy.asarray(image)
    width, height = image.size
    tags = lambda compression=1, **more: basic(width, height, [8] * 3, 2, compression, **more)
    rng = random.Random(3)

    def saved(kind, **options):
        out = io.BytesIO()
        image.save(out, kind, **options)
        return out.getvalue()

    jpeg, progressive = saved("JPEG", quality=90), saved("JPEG", quality=90, progressive=True)
    png, gif, bmp, webp = saved("PNG"), saved("GIF"), saved("BMP"), saved("WEBP", lossless=True)
    sof = jpeg.index(b"\xff\xc0")
    patched = lambda data, at, new: data[:at] + new + data[at + len(new):]
    jpeg_sides = lambda w, h: patched(jpeg, sof + 5, struct.pack(">HH", h, w))

    def png_header(w, h, rest=png[33:]):
        return (png[:8] + png_chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, 8, 2, 0, 0, 0)) + rest)

    good = tiff(tags(8), [zlib.compress(rgb.tobytes())])
    deflated = zlib.compress(rgb.tobytes())
    many = basic(1, 1 << 20, [8], 1, 8, rows=1)
    files = [
        ("empty.tif", b"", "Empty", "empty"),
        ("page.jpg", b"<!DOCTYPE html><html><body>404 Not Found</body></html>",
         "UnknownFormat", "web page"),
        ("garbage.bin", bytes(rng.randrange(256) for _ in range(500)), "UnknownFormat", "content"),
        ("document.pdf", b"%PDF-1.7\n1 0 obj\n", "UnknownFormat", "PDF"),
        ("zeros.tif", bytes(400), "UnknownFormat", "content"),
        # Bombs: headers that declare more than memory.
        ("tiff-60000.tif", tiff(basic(60_000, 60_000, [1], 0, 4), [b"\0" * 99]), "TooLarge",
         "60000 x 60000 = 3600 megapixels is above the limit of 200"),
        ("tiff-two-billion.tif", tiff(basic(2_000_000_000, 2_000_000_000, [8] * 3, 2),
                                      [b"\0" * 10_000]), "TooLarge", "2000000000 x 2000000000"),
        ("tiff-bigtiff-2e18.tif", tiff({**basic(1, 1, [8], 1), 256: (LONG8, [2 * 10**18]),
                                        257: (LONG8, [2 * 10**18])}, [b"\0"], big=True),
         "TooLarge", "above the limit"),
        ("tiff-thin.tif", tiff(basic(190_000_000, 1, [1], 0, 4), [b"\0" * 99]), "TooLarge",
         "a side above"),
        ("tiff-many-strips.tif",
         tiff({**many, 273: (LONG, [8]), 279: (LONG, [4])}, [], offsets_tag=None, counts_tag=None),
         "Malformed", "strip 1 of 1048576"),
        ("tiff-too-many-strips.tif", tiff(basic(20, 1 << 20, [8] * 3, 2, 8, rows=1,
                                                t284=(SHORT, [2])), [deflated]),
         "TooLarge", "strips"),
        ("tiff-overlapping-strips.tif",
         tiff({**basic(4, 10_000, [8], 1, 8, rows=1), 273: (LONG, [8] * 10_000),
               279: (LONG, [40_000] * 10_000)}, [], offsets_tag=None, counts_tag=None),
         "Malformed", "claim"),
        ("tiff-many-samples.tif", tiff({**basic(1000, 1000, [8], 1), 277: (SHORT, [65535])},
                                       [b"\0" * 99]), "Unsupported", "65535 samples"),
        ("png-60000.png", png_header(60_000, 60_000), "TooLarge", "3600 megapixels"),
        ("jpeg-65500.jpg", jpeg_sides(65_500, 65_500), "TooLarge", "megapixels"),
        ("gif-65535.gif", patched(gif, 6, struct.pack("<HH", 65_535, 65_535)), "TooLarge",
         "megapixels"),
        ("bmp-two-billion.bmp", patched(bmp, 18, struct.pack("<ii", 2_000_000_000, 2_000_000_000)),
         None, ""),
        ("webp-16383.webp", patched(webp, 21, struct.pack("<I", 16382 | 16382 << 14)), "TooLarge",
         "megapixels"),
        # Sides of zero.
        ("tiff-zero.tif", tiff(basic(0, 60, [8], 1), [b"\0" * 99]), "Malformed", "0 x 60"),
        ("png-zero.png", png_header(0, 60), "Malformed", ""),
        ("jpeg-zero.jpg", jpeg_sides(0, 60), "Malformed", "0 x 60"),
        ("gif-zero.gif", patched(gif, 6, struct.pack("<HH", 0, 60)), "Malformed", "0 x 60"),
        ("bmp-zero.bmp", patched(bmp, 18, struct.pack("<i", 0)), None, ""),
        # TIFF.
        ("tiff-header-only.tif", b"II*\0", "Truncated", "header"),
        ("tiff-no-directory.tif", b"II*\0\0\0\0\0", "Malformed", "no pages"),
        ("tiff-directory-beyond.tif", b"II*\0\xff\xff\xff\x7f", "Truncated", "directory"),
        ("tiff-directory-cut.tif", good[:60], "Truncated", "directory"),
        ("tiff-no-width.tif", tiff(without(tags(), 256), [rgb.tobytes()]), "Malformed", "width"),
        ("tiff-no-offsets.tif", tiff(tags(), [], offsets_tag=None), "Malformed", "strips"),
        ("tiff-cut.tif", good[:-2000], "Truncated", "strip 1 of 1"),
        ("tiff-none-cut.tif", tiff(tags(), [rgb.tobytes()])[:-2000], "Truncated", "rows"),
        ("tiff-deflate-garbled.tif",
         tiff(tags(8), [deflated[:900] + bytes(900) + deflated[1800:]]), "Malformed", "damaged"),
        ("tiff-lzw-garbage.tif", tiff(tags(5), [bytes(rng.randrange(256) for _ in range(2000))]),
         "Malformed", "strip 1"),
        ("tiff-old-jpeg.tif", tiff(tags(6), [b"\0" * 99]), "Unsupported", "old-style JPEG"),
        ("tiff-zstd.tif", tiff(tags(50000), [b"\0" * 99]), "Unsupported", "Zstandard"),
        ("tiff-float.tif", tiff(basic(4, 4, [32], 1, t339=(SHORT, [3])), [b"\0" * 64]),
         "Unsupported", "floating-point"),
        ("tiff-lab.tif", tiff(basic(width, height, [8] * 3, 8), [rgb.tobytes()]), "Unsupported",
         "L*a*b*"),
        ("tiff-mixed-depths.tif", tiff(basic(width, height, [5, 6, 5], 2), [rgb.tobytes()]),
         "Unsupported", "different depths"),
        ("tiff-no-palette.tif", tiff(basic(4, 4, [8], 3), [b"\0" * 16]), "Malformed", "palette"),
        ("tiff-g4-no-data.tif", tiff(basic(90, 90, [1], 0, 4), [b""]), "Truncated", "strip 1"),
        ("tiff-g4-garbage.tif", tiff(basic(90, 90, [1], 0, 4), [bytes(60)]), "Malformed",
         "strip 1"),
        ("tiff-jpeg-garbage.tif", tiff(tags(7), [b"\xff\xd8 nothing of the kind"]), "Truncated", ""),
        ("tiff-jpeg-other-size.tif", tiff(tags(7), [jpeg_stream(image.resize((500, 500)))]),
         "Malformed", "500 x 500"),
        ("tiff-jpeg-cut.tif", tiff(basic(width, height, [8] * 3, 6, 7), [jpeg_stream(image)[:-900]]),
         "Truncated", "strip 1"),
        # JPEG: what a decoder would fill with grey.
        ("jpeg-half.jpg", jpeg[:len(jpeg) // 2], "Truncated", "ends before"),
        ("jpeg-last-rows-cut.jpg", jpeg[:-40], "Truncated", "ends before"),
        ("jpeg-half-with-end.jpg", jpeg[:len(jpeg) // 2] + b"\xff\xd9", "Malformed", "damaged"),
        ("jpeg-progressive-half.jpg", progressive[:len(progressive) // 2], "Truncated", "ends"),
        ("jpeg-headers-only.jpg", jpeg[:sof], "Truncated", ""),
        ("jpeg-no-picture.jpg", jpeg[:sof] + b"\xff\xd9", "Malformed", "no picture"),
        ("jpeg-lossless.jpg", patched(jpeg, sof, b"\xff\xc3"), "Unsupported", "lossless"),
        ("jpeg-12-bit.jpg", patched(jpeg, sof + 4, b"\x0c"), "Unsupported", "12-bit"),
        # PNG, GIF, BMP, WebP.
        ("png-bad-crc.png", patched(png, len(png) // 2, bytes([png[len(png) // 2] ^ 1])),
         "Malformed", ""),
        ("png-half.png", png[:len(png) // 2], "Truncated", "ends before"),
        ("png-no-data.png", png[:33] + png_chunk(b"IEND", b""), None, ""),
        ("png-bad-header-crc.png", patched(png, 30, b"\0\0\0"), "Malformed", ""),
        ("gif-no-frames.gif", b"GIF89a" + struct.pack("<HH", 9, 9) + b"\0\0\0;", None, ""),
        ("gif-half.gif", gif[:len(gif) // 2], None, ""),
        ("bmp-half.bmp", bmp[:len(bmp) // 2], "Truncated", ""),
        ("webp-half.webp", webp[:len(webp) // 2], "Truncated", "ends before"),
        ("webp-huge-chunk.webp", patched(webp, 16, b"\xf0\xff\xff\xff"), "Truncated", ""),
    ]
    manifest = []
    for name, data, kind, words in files:
        (ROOT / "bad" / name).write_bytes(data)
        manifest.append({"file": name, "kind": kind, "words": words})
    return manifest


# ---------------------------------------------------------------- resizes

def letterbox(image, size):
    """The earlier system's preprocessing, line by line."""
    width, height = image.size
    scale = size / max(width, height)
    new_width, new_height = max(1, int(width * scale)), max(1, int(height * scale))
    resized = image.resize((new_width, new_height), Image.LANCZOS)
    canvas = Image.new("RGB", (size, size), (255, 255, 255))
    canvas.paste(resized, ((size - new_width) // 2, (size - new_height) // 2))
    return canvas


def processor(image, edge=256, crop=224):
    """What transformers' DINOv2 processor hands to the scaling step."""
    from transformers import BitImageProcessor
    made = BitImageProcessor(
        do_resize=True, size={"shortest_edge": edge}, resample=3, do_center_crop=True,
        crop_size={"height": crop, "width": crop}, do_rescale=False, do_normalize=False)
    pixels = made(image, return_tensors="np")["pixel_values"][0]
    return Image.fromarray(pixels.transpose(1, 2, 0).astype(numpy.uint8), "RGB")


def golden_resizes():
    sources = {
        "sheet": sheet(1280, 1650, seed=5), "photo": photo(213, 160), "tall": photo(60, 217),
        "small": photo(40, 30),
    }
    entries = []

    def add(source, kind, size, image, **more):
        file = f"{source}-{kind.replace('+', '-')}-{size}.png"
        grey = source == "sheet" and kind != "thumbnail"
        image.convert("L" if grey else "RGB").save(ROOT / "golden" / file, optimize=True)
        entries.append({"source": source, "kind": kind, "size": size, "expected": file, **more})

    for name, image in sources.items():
        image.save(ROOT / "golden" / f"{name}.png", optimize=True)
        image = image.convert("RGB")
        size = 518 if name == "sheet" else 126
        add(name, "letterbox", size, letterbox(image, size))
        edge, crop = (256, 224) if name == "sheet" else (64, 56)
        add(name, "processor", size, processor(image, edge, crop), edge=edge, crop=crop)
        both = processor(letterbox(image, size), edge, crop)
        add(name, "letterbox+processor", size, both, edge=edge, crop=crop)
        add(name, "stretch", 70, image.resize((70, 70), Image.LANCZOS))
        width, height = image.size
        short = min(width, height)
        resized = image.resize((70 * width // short, 70 * height // short), Image.LANCZOS)
        cut = [side - side % 14 for side in resized.size]
        left, top = (resized.width - cut[0]) // 2, (resized.height - cut[1]) // 2
        add(name, "short-side", 70, resized.crop((left, top, left + cut[0], top + cut[1])))
        patches = [max(1, int(side * 5 / max(width, height) + 0.5)) for side in (width, height)]
        add(name, "native", 70, image.resize([14 * side for side in patches], Image.LANCZOS))
        small = image.copy()
        small.thumbnail((300, 300))
        add(name, "thumbnail", 300, image.resize(small.size, Image.LANCZOS))
    # Shrunk so much that Pillow and torchvision disagree about the order of passes.
    add("tall", "processor", 28, processor(sources["tall"], 28, 28), edge=28, crop=28)
    # A crop larger than the picture: the reference pads with black.
    image = sources["small"]
    add("small", "processor", 84, processor(image, 60, 84), edge=60, crop=84)
    return entries


def main():
    import torchvision
    import transformers
    for module in (PIL, numpy, torchvision, transformers):
        found = module.__version__.split("+")[0]
        if found != VERSIONS[module.__name__]:
            sys.exit(f"{module.__name__} is {found}, the fixtures are made with "
                     f"{VERSIONS[module.__name__]}")
    for folder in ("good", "expected", "damaged", "bad", "golden"):
        shutil.rmtree(ROOT / folder, ignore_errors=True)
    good = Good()
    bilevel_tiffs(good)
    colour_tiffs(good)
    other_formats(good)
    damaged_files()
    manifest = {"good": good.entries, "bad": bad_files(), "golden": golden_resizes()}
    text = "{\n" + ",\n".join(
        f'"{part}": [\n' + ",\n".join(json.dumps(entry) for entry in entries) + "\n]"
        for part, entries in manifest.items()) + "\n}\n"
    (ROOT / "manifest.json").write_text(text)


if __name__ == "__main__":
    main()
