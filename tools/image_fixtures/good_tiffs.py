"""TIFFs that must decode: every compression, layout, depth and colour."""

import io
import struct
import zlib

import numpy
from PIL import Image, ImageChops

from .pictures import over_white, photo, sheet
from .writer import (LONG, SHORT, basic, difference, jpeg_stream, lzw, packbits, packed_rows,
                     reversed_bits, strip_of, tiff, without)


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
