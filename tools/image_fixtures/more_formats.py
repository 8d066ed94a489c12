"""Formats beside those that drawings come in: good files of each, and bad ones."""

import io
import struct

import numpy
from PIL import Image, ImageOps

from .good import png_chunk
from .pictures import over_white, photo, sheet
from .writer import LONG, SHORT, basic, packbits, strip_of, tiff


def more_formats(good):
    image, drawing = photo(97, 61), sheet(150, 200)
    alpha = image.convert("RGBA")
    alpha.putalpha(Image.linear_gradient("L").resize(image.size))
    icons(good, image, drawing)
    targa(good, image, alpha)
    netpbm(good, image, drawing, alpha)
    photoshop(good, image, drawing)
    jpeg_2000(good, image, alpha)
    raw(good, image)
    width, height = image.size
    zstd, tags = strip_of(image, "zstd")
    good.add("rgb-zstd.tif", tiff(basic(width, height, [8] * 3, 2, 50000), [zstd]), "photo")
    zstd, tags = strip_of(image, "zstd", t317=2)
    good.add("rgb-zstd-predictor.tif",
             tiff(basic(width, height, [8] * 3, 2, 50000, t317=(SHORT, [2])), [zstd]), "photo")
    good.add("sub-directory.tif", sub_directory(image), "photo")


def icons(good, image, drawing):
    out = io.BytesIO()
    square = image.resize((64, 64))
    square.save(out, "ICO", sizes=[(16, 16), (64, 64), (32, 32)])
    good.add("icon-png.ico", out.getvalue(), None)
    out = io.BytesIO()
    square.save(out, "ICO", sizes=[(16, 16), (64, 64)], bitmap_format="bmp")
    good.add("icon-bmp.ico", out.getvalue(), None)
    rgb = io.BytesIO()
    image.save(rgb, "PNG")
    good.add("icon-wrong-sides.ico", icon([rgb.getvalue()], 16), "photo")


def icon(pictures, side, kind=1):
    at = 6 + 16 * len(pictures)
    head = struct.pack("<HHH", 0, kind, len(pictures))
    for picture in pictures:
        head += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(picture), at)
        at += len(picture)
    return head + b"".join(pictures)


def targa(good, image, alpha):
    good.saved("tga-24.tga", image, "photo", format="TGA")
    good.saved("tga-24-rle.tga", image, "photo", format="TGA", compression="tga_rle")
    good.saved("tga-grey.tga", image.convert("L"), "grey", format="TGA")
    good.saved("tga-palette.tga", image.quantize(200), None, format="TGA")
    good.saved("tga-alpha.tga", alpha, None, format="TGA")
    empty = image.convert("RGBA")
    empty.putalpha(0)
    good.saved("tga-alpha-empty.tga", empty, "photo", format="TGA")


def netpbm(good, image, drawing, alpha):
    width, height = image.size
    pixels = numpy.asarray(image)
    numbers = lambda samples: " ".join(map(str, samples.ravel())).encode()
    head = lambda kind, more=b"255": b"P%d\n# made by hand\n%d %d\n%s\n" % (kind, width, height, more)
    good.saved("pbm.pbm", drawing, "sheet", format="PPM")
    good.saved("pgm.pgm", image.convert("L"), "grey", format="PPM")
    good.saved("ppm.ppm", image, "photo", format="PPM")
    good.add("ppm-text.ppm", head(3) + numbers(pixels), "photo")
    bits = "".join("0" if level else "1" for level in numpy.asarray(drawing).ravel())
    good.add("pbm-text.pbm", b"P1 150 200 " + bits.encode(), "sheet")
    few = (pixels.astype(int) * 100 + 127) // 255
    good.expect("photo-100", Image.fromarray(((few * 255 + 50) // 100).astype(numpy.uint8), "RGB"))
    good.add("ppm-white-100.ppm", head(6, b"100") + few.astype(numpy.uint8).tobytes(), "photo-100")
    grey = numpy.asarray(image.convert("L")).astype(">u2") * 257
    good.add("pgm-16.pgm", head(5, b"65535") + grey.astype(">u2").tobytes(), "grey")
    pam = (b"P7\nWIDTH %d\nHEIGHT %d\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n"
           % (width, height))
    good.expect("pam-pam", over_white(alpha))
    good.add("pam.pam", pam + alpha.tobytes(), "pam-pam", 1)


def psd(planes, mode, bits=8, packed=True, large=False, palette=b"", layers=b""):
    """A document of planes of rows; what the header says follows from them."""
    height, width = planes[0].shape
    rows = [row.tobytes() if bits != 1 else numpy.packbits(row).tobytes()
            for plane in planes for row in plane]
    out = struct.pack(">4sH6xHIIHH", b"8BPS", 2 if large else 1, len(planes), height, width, bits,
                      mode)
    section = lambda data, size="I": struct.pack(">" + size, len(data)) + data
    out += section(palette) + section(b"") + section(layers, "Q" if large else "I")
    if not packed:
        return out + b"\0\0" + b"".join(rows)
    rows = [packbits(row) for row in rows]
    lengths = b"".join(struct.pack(">I" if large else ">H", len(row)) for row in rows)
    return out + b"\0\1" + lengths + b"".join(rows)


def photoshop(good, image, drawing):
    planes = lambda picture: [numpy.asarray(band) for band in picture.split()]
    rgb = planes(image)
    mask = numpy.full_like(rgb[0], 7)
    good.add("psd-rgb.psd", psd(rgb, 3), "photo")
    good.add("psd-rgb-alpha.psd", psd([*rgb, mask], 3, layers=bytes(33)), "photo")
    good.add("psd-rgb-unpacked.psd", psd(rgb, 3, packed=False), "photo")
    good.add("psb-rgb.psb", psd(rgb, 3, large=True, layers=bytes(12)), "photo")
    good.add("psd-grey.psd", psd(planes(image.convert("L")), 1), "grey")
    deep = [(plane.astype(">u2") * 256 + 77).astype(">u2") for plane in rgb]
    good.add("psd-rgb-16.psd", psd(deep, 3, bits=16), "photo")
    indexed = image.quantize(256)
    palette = numpy.zeros(768, numpy.uint8)
    colours = indexed.getpalette()
    palette[:len(colours)] = colours
    good.expect("psd-indexed-psd", indexed.convert("RGB"))
    good.add("psd-indexed.psd",
             psd([numpy.asarray(indexed)], 2, palette=palette.reshape(256, 3).T.tobytes()),
             "psd-indexed-psd")
    inks = [255 - plane for plane in planes(image.convert("CMYK"))]
    good.expect("psd-cmyk-psd", image.convert("CMYK").convert("RGB"))
    good.add("psd-cmyk.psd", psd(inks, 4), "psd-cmyk-psd")
    good.add("psd-bitmap.psd", psd([~numpy.asarray(drawing)], 0, bits=1), "sheet")


def jpeg_2000(good, image, alpha):
    good.saved("jp2.jp2", image, "photo", format="JPEG2000")
    good.saved("jp2-grey.jp2", image.convert("L"), "grey", format="JPEG2000")
    good.saved("jp2-alpha.jp2", alpha, None, 1, format="JPEG2000")
    good.saved("jp2-lossy.jp2", image, None, 2, format="JPEG2000", quality_mode="rates",
               quality_layers=[12], irreversible=True)
    good.saved("jp2-tiles.jp2", image, "photo", format="JPEG2000", tile_size=(32, 32))
    good.saved("jp2-bare.j2k", image, "photo", format="JPEG2000", no_jp2=True)


def directory(tags, next_at=0):
    """A directory whose values all fit into their entries."""
    codes = {SHORT: "<HH", LONG: "<I", 1: "<4B"}
    out = struct.pack("<H", len(tags))
    for tag, (kind, value) in sorted(tags.items()):
        count = 4 if kind == 1 else 1
        values = {SHORT: (value, 0), LONG: (value,), 1: (value, 0, 0, 0)}[kind]
        out += struct.pack("<HHI", tag, kind, count) + struct.pack(codes[kind], *values)
    return out + struct.pack("<I", next_at)


def sub_directory(image):
    """A TIFF whose first directory is a reduced copy, with the picture below it."""
    small = image.resize((32, 20)).convert("L")
    width, height = image.size
    first = {254: (LONG, 1), 256: (LONG, 32), 257: (LONG, 20), 258: (SHORT, 8), 259: (SHORT, 1),
             262: (SHORT, 1), 273: (LONG, 0), 277: (SHORT, 1), 278: (LONG, 20), 279: (LONG, 640),
             330: (LONG, 0)}
    full = {254: (LONG, 0), 256: (LONG, width), 257: (LONG, height), 258: (SHORT, 8),
            259: (SHORT, 1), 262: (SHORT, 2), 273: (LONG, 0), 277: (SHORT, 3), 278: (LONG, height),
            279: (LONG, 3 * width * height)}
    second_at = 8 + len(directory(first))
    small_at = second_at + len(directory(full))
    first[330], first[273] = (LONG, second_at), (LONG, small_at)
    full[273] = (LONG, small_at + 640)
    return (struct.pack("<2sHI", b"II", 42, 8) + directory(first) + directory(full)
            + small.tobytes() + image.tobytes())


def raw_file(image, previews, orientation=1, dng=False):
    """A TIFF of a thumbnail with what a sensor saw below it, and previews that no tag tells of."""
    first = {254: (LONG, 1), 256: (LONG, 32), 257: (LONG, 20), 258: (SHORT, 8), 259: (SHORT, 1),
             262: (SHORT, 1), 273: (LONG, 0), 274: (SHORT, orientation), 277: (SHORT, 1),
             278: (LONG, 20), 279: (LONG, 640), 330: (LONG, 0)}
    if dng:
        first[50706] = (1, 1)
    sensor = {254: (LONG, 0), 256: (LONG, 64), 257: (LONG, 40), 258: (SHORT, 8), 259: (SHORT, 1),
              262: (SHORT, 32803), 273: (LONG, 0), 277: (SHORT, 1), 278: (LONG, 40),
              279: (LONG, 2560)}
    sensor_at = 8 + len(directory(first))
    small_at = sensor_at + len(directory(sensor))
    first[330], first[273] = (LONG, sensor_at), (LONG, small_at)
    sensor[273] = (LONG, small_at + 640)
    small = image.resize((32, 20)).convert("L")
    return (struct.pack("<2sHI", b"II", 42, 8) + directory(first) + directory(sensor)
            + small.tobytes() + image.convert("L").resize((64, 40)).tobytes() + b"".join(previews))


def as_jpeg(image, **options):
    out = io.BytesIO()
    image.save(out, "JPEG", quality=75, subsampling=0, **options)
    return out.getvalue()


def raw(good, image):
    large = image.resize((970, 610), Image.Resampling.BICUBIC)
    smaller, larger = as_jpeg(image), as_jpeg(large)
    with Image.open(io.BytesIO(larger)) as stored:
        good.expect("raw-nef", stored.convert("RGB"))
        turned = stored.convert("RGB").transpose(Image.Transpose.ROTATE_270)
        good.expect("raw-dng", turned)
    good.add("raw.nef", raw_file(image, [smaller, larger, smaller]), "raw-nef", 4)
    good.add("raw-turned.dng", raw_file(image, [larger], 6, dng=True), "raw-dng", 4)
    tags = directory({274: (SHORT, 6)})
    panasonic = struct.pack("<2s2sI", b"II", b"U\0", 8) + tags + smaller + larger
    good.add("raw.rw2", panasonic, "raw-dng", 4)


def bad_formats():
    """Name, bytes, kind of error, words of its reason."""
    image = photo(97, 61)

    def saved(kind, **options):
        out = io.BytesIO()
        image.save(out, kind, **options)
        return out.getvalue()

    patched = lambda data, at, new: data[:at] + new + data[at + len(new):]
    tga, jp2 = saved("TGA"), saved("JPEG2000")
    siz = jp2.index(b"\xff\x51")
    width, height = image.size
    planes = [numpy.asarray(band) for band in image.split()]
    document = psd(planes, 3)
    png = saved("PNG")
    huge_png = (png[:8] + png_chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
                + png[33:])
    zstd, _ = strip_of(image, "zstd")
    window = b"\x28\xb5\x2f\xfd\x00\xf8" + zstd[6:]
    ftyp = lambda *brands: struct.pack(">I", 8 + 4 * len(brands) + 4) + b"ftyp" + b"".join(
        [brands[0], b"\0\0\0\0", *brands[1:]]) + bytes(40)
    grey_lab = jp2.index(b"colr")
    return [
        ("phone.heic", ftyp(b"heic", b"mif1", b"heic"), "UnknownFormat", "HEIC is not read"),
        ("photo.avif", ftyp(b"avif", b"mif1", b"miaf"), "UnknownFormat", "AVIF is not read"),
        ("photo.jxl", b"\xff\x0a" + bytes(40), "UnknownFormat", "JPEG XL is not read"),
        ("drawing.svg", b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>",
         "UnknownFormat", "SVG is not read"),
        ("drawing.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n", "UnknownFormat", "EPS is not read"),
        ("icon-beyond.ico", patched(icon([png], 16), 18, b"\xff\xff\xff\x7f"), "Truncated", "ends"),
        ("icon-empty.ico", struct.pack("<HHH", 0, 1, 3) + bytes(8) + b"\1\0\0\0" * 2 + bytes(60),
         None, ""),
        ("icon-60000.ico", icon([huge_png], 16), "TooLarge", "3600 megapixels"),
        ("icon-not-a-picture.ico", icon([b"BM" * 30], 16), None, ""),
        ("tga-cut.tga", tga[:len(tga) // 2], "Truncated", "ends before"),
        ("tga-65535.tga", patched(tga, 12, b"\xff\xff\xff\xff"), "TooLarge", "megapixels"),
        ("pnm-cut.ppm", b"P6 90 90 255\n" + bytes(9_000), "Truncated", "ends before"),
        ("pnm-60000.ppm", b"P6 60000 60000 255\n" + bytes(99), "TooLarge", "3600 megapixels"),
        ("pnm-two-billion.pbm", b"P1 2000000000 1 0", "TooLarge", "above the limit"),
        ("pnm-zero.pgm", b"P5 0 9 255\n", "Malformed", "0 x 9"),
        ("pnm-white-0.pgm", b"P5 9 9 0\n" + bytes(81), "Malformed", "white is 0"),
        ("pnm-letters.ppm", b"P3 2 2 255\n1 2 three 4 5 6 7 8 9 10 11 12", "Malformed", "`three`"),
        ("pam-depth-9.pam", b"P7\nWIDTH 9\nHEIGHT 9\nDEPTH 9\nMAXVAL 255\nENDHDR\n" + bytes(729),
         "Unsupported", "9 samples"),
        ("psd-cut.psd", document[:-900], "Truncated", "ends before"),
        ("psd-300000.psd", patched(document, 14, struct.pack(">II", 300_000, 300_000)), "TooLarge",
         "megapixels"),
        ("psd-zero.psd", patched(document, 14, bytes(4)), "Malformed", "97 x 0"),
        ("psd-garbled-rows.psd", document[:-3000] + b"\x7f" * 3000, None, ""),
        ("psd-lab.psd", psd(planes, 9), "Unsupported", "colour mode 9"),
        ("psd-32.psd", patched(document, 22, b"\0\x20"), "Unsupported", "32 bits"),
        ("psd-two-channels.psd", psd(planes[:2], 3), "Malformed", "2 channels"),
        ("psd-section-beyond.psd", patched(document, 26, b"\xff\xff\xff\xff"), "Truncated", "ends"),
        ("jp2-half.jp2", jp2[:len(jp2) // 2], None, ""),
        ("jp2-60000.jp2", patched(jp2, siz + 6, struct.pack(">II", 60_000, 60_000)), "TooLarge",
         "3600 megapixels"),
        ("jp2-tiny-tiles.jp2", patched(patched(jp2, siz + 6, struct.pack(">II", 9_000, 9_000)),
                                       siz + 22, struct.pack(">II", 1, 1)), "Unsupported",
         "81000000 tiles"),
        ("jp2-300-components.jp2", patched(jp2, siz + 38, struct.pack(">H", 300)), "Unsupported",
         "300 components"),
        ("jp2-lab.jp2", patched(jp2, grey_lab + 7, struct.pack(">I", 14)), "Unsupported", "L*a*b*"),
        ("jp2-no-codestream.jp2", jp2[:siz - 10], "Truncated", "ends before"),
        ("raw-no-preview.nef", raw_file(image, []), "Unsupported", "no whole JPEG"),
        ("raw-cut-preview.dng", raw_file(image, [as_jpeg(image)[:-400]], dng=True), "Unsupported",
         "no whole JPEG"),
        ("raw-65500.nef", raw_file(image, [patched(
            as_jpeg(image), as_jpeg(image).index(b"\xff\xc0") + 5, b"\xff\xdc\xff\xdc")]),
         "TooLarge", "megapixels"),
        ("tiff-zstd-garbage.tif", tiff(basic(width, height, [8] * 3, 2, 50000), [bytes(99)]),
         "Malformed", "strip 1"),
        ("tiff-zstd-cut.tif", tiff(basic(width, height, [8] * 3, 2, 50000), [zstd[:-900]]), None,
         "strip 1"),
        ("tiff-zstd-window.tif", tiff(basic(width, height, [8] * 3, 2, 50000), [window]),
         "Malformed", "strip 1"),
        ("tiff-lzma.tif", tiff(basic(width, height, [8] * 3, 2, 34925), [bytes(99)]),
         "Unsupported", "LZMA"),
    ]
