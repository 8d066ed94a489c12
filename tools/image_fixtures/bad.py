"""Files that are damaged, and files that must be refused."""

import io
import random
import struct
import zlib

import numpy
from PIL import ImageChops

from .good import png_chunk
from .more_formats import bad_formats
from .pictures import photo, sheet
from .writer import LONG, LONG8, SHORT, basic, jpeg_stream, lzw, packbits, strip_of, tiff, without


def damaged_files(root):
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
        (root / "damaged" / name).write_bytes(data)


def garbled_row(data, row):
    """One-dimensional Group 3 data with one row made nonsense of the same length."""
    bits = "".join(f"{byte:08b}" for byte in data)
    rows = bits.split("000000000001")
    rows[row] = ("000000001" + "1" * len(rows[row]))[:len(rows[row])]  # no code starts so
    bits = "000000000001".join(rows)
    return bytes(int(bits[at:at + 8].ljust(8, "0"), 2) for at in range(0, len(bits), 8))


def inner_sides(image):
    """A WebP that says 16 x 16, around a frame that is larger."""
    out = io.BytesIO()
    image.save(out, "WEBP", quality=50)
    chunk = out.getvalue()[12:]
    extended = b"VP8X" + struct.pack("<II", 10, 0) + bytes([15, 0, 0, 15, 0, 0])
    body = b"WEBP" + extended + chunk
    return b"RIFF" + struct.pack("<I", len(body)) + body


def bad_files(root):
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
         tiff({**basic(4, 8_300, [8], 1, 8, rows=1), 273: (SHORT, [8] * 8_300),
               279: (SHORT, [40_000] * 8_300)}, [], offsets_tag=None, counts_tag=None),
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
        ("tiff-complex.tif", tiff(basic(4, 4, [64], 1, t339=(SHORT, [6])), [b"\0" * 128]),
         "Unsupported", "complex"),
        ("tiff-lab-16.tif", tiff(basic(4, 4, [16] * 3, 8), [bytes(96)]), "Unsupported",
         "L*a*b*"),
        ("webp-inner-sides.webp", inner_sides(photo(40, 30)), "Malformed", "holds a frame of 40 x 30"),
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
    files += bad_formats()
    for name, data, kind, words in files:
        (root / "bad" / name).write_bytes(data)
        manifest.append({"file": name, "kind": kind, "words": words})
    return manifest
