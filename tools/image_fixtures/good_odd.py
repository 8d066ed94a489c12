"""Files as few writers make them, and as users meet them all the same."""

import io
import struct
import zlib

import numpy
from PIL import Image, ImageChops

from .pictures import photo, sheet
from .writer import LONG, RATIONAL, SHORT, basic, packed_rows, strip_of, tiff


def odd_files(good):
    image, drawing = photo(97, 61), sheet(150, 200)
    faxes(good, drawing)
    depths(good, image)
    jpegs(good, image)
    others(good, image)


def faxes(good, drawing):
    width, height = drawing.size
    fax_bits = ImageChops.invert(drawing)
    fax = lambda compression, **more: basic(width, height, [1], 0, compression, **more)
    g3, _ = strip_of(fax_bits, "group3")
    mark = "000000000001"
    rows = [row for row in "".join(f"{byte:08b}" for byte in g3).split(mark) if row][:height]
    good.add("g3-marks-after-rows.tif",
             tiff(fax(3), [from_bits("".join(row + mark for row in rows))]), "sheet")
    good.add("g4-empty-runs.tif", tiff(fax(4), [empty_runs(fax_bits)]), "sheet")
    g4, _ = strip_of(fax_bits, "group4")
    stretched = drawing.convert("L").resize((width, round(height * 204 / 98)),
                                            Image.Resampling.BILINEAR)
    good.expect("sheet-204x98", stretched)
    resolution = {"t282": (RATIONAL, [(204, 1)]), "t283": (RATIONAL, [(98, 1)])}
    good.add("g4-204x98.tif", tiff(fax(4, **resolution), [g4]), "sheet-204x98", 2)


def empty_runs(image):
    """Group 4 data that puts empty runs where none are needed: every second row is coded by itself
    and begins with 0 white and 0 black pixels; the others pass over these two, and follow the row
    change by change where they are the same. libtiff reads it."""
    bits = ""
    above = []
    for number, row in enumerate(numpy.asarray(image)):
        changes = [int(at) for at in numpy.flatnonzero(numpy.diff(row.astype(int))) + 1]
        if row[0]:
            changes.insert(0, 0)
        if number % 2 == 0:
            coded = [0, 0] + changes + [len(row)] * (len(changes) % 2 + 1)
            bits += horizontal(coded, len(row))
            above = [change for change in coded if change < len(row)]
        elif changes == above[2:]:
            # The empty pair is passed over as the two changes that it is.
            bits += "0001" + "1" * (len(changes) + 1)
        else:
            coded = changes + [len(row)] * (len(changes) % 2 + 1)
            bits += horizontal(coded, len(row))
            above = changes
    return from_bits(bits + "000000000001" * 2)


def horizontal(changes, width):
    """A row in horizontal mode, two runs at a time."""
    bits, at, black = "", 0, False
    runs = []
    for change in changes:
        runs.append(change - at)
        at = change
    if len(runs) % 2:
        runs.append(0)
    done = 0
    for white, ink in zip(runs[::2], runs[1::2]):
        if done >= width:
            break
        bits += "001" + run(white, False) + run(ink, True)
        done += white + ink
    return bits


def run(pixels, black):
    """The code words of a run, as libtiff writes a row of it."""
    if pixels == 0:
        return "0000110111" if black else "00110101"
    # A row of the other colour around it, of which the words are known.
    row = Image.new("1", (pixels + 64, 1), 0 if black else 255)
    if black:
        row.paste(255, (0, 0, pixels, 1))
    else:
        row.paste(0, (0, 0, pixels, 1))
    data, _ = strip_of(row, "tiff_ccitt")
    text = "".join(f"{byte:08b}" for byte in data)
    words = {}
    # 64 pixels of the other colour, and the end of the row's byte, stand behind.
    rest = "11011" + "00110101" if black else "0000001111" + "0000110111"
    start = "00110101" if black else ""
    assert text.startswith(start), text
    end = text.rfind(rest)
    return text[len(start):end]


def from_bits(bits):
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[at:at + 8], 2) for at in range(0, len(bits), 8))


def depths(good, image):
    grey = numpy.asarray(image.convert("L"))
    height, width = grey.shape
    kind = lambda number: {"t339": (SHORT, [number])}
    page = lambda bits, photometric=1, compression=8, **more: basic(
        width, height, bits, photometric, compression, **more)
    pack = lambda samples: [zlib.compress(samples.tobytes())]
    good.add("grey-float.tif", tiff(page([32], **kind(3)), pack((grey / 255).astype("<f4"))), "grey")
    good.add("grey-float-255.tif",
             tiff(page([32], **kind(3)), pack(grey.astype(">f4")), order=">"), "grey")
    good.add("grey-int16.tif", tiff(page([16], **kind(2)), pack(grey.astype("<i2"))), "grey")
    good.add("grey-uint32.tif", tiff(page([32]), pack(grey.astype("<u4") << 24)), "grey")
    rows = packed_rows(grey.astype(int) * 16, 12)
    good.add("grey-12.tif", tiff(page([12], compression=1), [b"".join(rows)]), "grey")
    good.add("grey-old-lzw.tif", tiff(page([8], compression=5), [old_lzw(grey.tobytes())]), "grey")
    # Lightness alone: greys of sRGB and of L* differ, so the picture is of black and white.
    ink = numpy.where(grey > 128, 255, 0).astype(numpy.uint8)
    good.expect("ink", Image.fromarray(ink))
    lab = numpy.dstack([ink, numpy.zeros_like(ink), numpy.zeros_like(ink)])
    good.add("lab.tif", tiff(page([8] * 3, 8), pack(lab)), "ink", 1)


def old_lzw(data):
    """LZW of before TIFF 6.0, without a table: low bits first, cleared before codes grow."""
    codes = []
    for at in range(0, len(data), 200):
        codes += [256, *data[at:at + 200]]
    value = sum(code << (9 * place) for place, code in enumerate(codes + [257]))
    return value.to_bytes((9 * (len(codes) + 1) + 7) // 8, "little")


def jpegs(good, image):
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    whole = out.getvalue()
    assert whole.endswith(b"\xff\xd9")
    good.add("jpeg-no-end.jpg", whole[:-2], "jpeg-420-jpg", 5)
    good.add("jpeg-no-end-zeros.jpg", whole[:-2] + bytes(200), "jpeg-420-jpg", 5)
    out = io.BytesIO()
    image.save(out, "JPEG", keep_rgb=True, quality=90)
    data = bytearray(out.getvalue())
    frame = data.index(b"\xff\xc0")
    scan = data.index(b"\xff\xda")
    for component in range(3):
        data[frame + 10 + 3 * component] = component + 1
        data[scan + 5 + 2 * component] = component + 1
    marker = b"\xff\xee\x00\x0eAdobe\x00\x64\0\0\0\0\0"
    good.add("jpeg-adobe-rgb.jpg", bytes(data[:2]) + marker + bytes(data[2:]), None, 4)
    good.add("jpeg-parts.jpg", jpeg_in_parts(image), None, 4)


def jpeg_in_parts(image):
    """A baseline JPEG whose components come one after the other, chroma at half the size; each
    block of a single level."""
    ycc = image.convert("YCbCr")
    width, height = image.size
    planes = [numpy.asarray(plane).astype(int) for plane in ycc.split()]
    planes[1:] = [numpy.asarray(plane.resize(((width + 1) // 2, (height + 1) // 2),
                                             Image.Resampling.BOX)).astype(int)
                  for plane in ycc.split()[1:]]
    segment = lambda kind, body: struct.pack(">BBH", 0xFF, kind, len(body) + 2) + body
    table = b"\0" + b"\x08" + bytes([8] * 63)
    # One word for each number of bits of a difference, one for the end of a block.
    lengths = [0, 0, 0, 12] + [0] * 12
    dc = b"\0" + bytes(lengths) + bytes(range(12))
    ac = b"\x10" + bytes([1] + [0] * 15) + b"\0"
    frame = struct.pack(">BHHB", 8, height, width, 3) + bytes(
        [1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0])
    out = (b"\xff\xd8" + segment(0xDB, table) + segment(0xC4, dc) + segment(0xC4, ac)
           + segment(0xC0, frame))
    for number, plane in enumerate(planes, 1):
        rows, columns = (plane.shape[0] + 7) // 8, (plane.shape[1] + 7) // 8
        bits, before = "", 0
        for row in range(rows):
            for column in range(columns):
                block = plane[8 * row:8 * row + 8, 8 * column:8 * column + 8]
                level = round(float(block.mean())) - 128
                difference, before = level - before, level
                size = abs(difference).bit_length()
                bits += f"{size:04b}"
                if size:
                    bits += f"{difference if difference > 0 else difference + 2**size - 1:0{size}b}"
                bits += "0"
        bits += "1" * (-len(bits) % 8)
        coded = bytes(int(bits[at:at + 8], 2) for at in range(0, len(bits), 8))
        out += segment(0xDA, bytes([1, number, 0, 0, 63, 0])) + coded.replace(b"\xff", b"\xff\0")
    return out + b"\xff\xd9"


def others(good, image):
    rgb = numpy.asarray(image)
    height, width, _ = rgb.shape
    # 32 bits with a mask for an alpha that nobody filled.
    masks = struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    header = struct.pack("<IiiHHIIiiII", 124, width, height, 1, 32, 3, 4 * width * height,
                         2835, 2835, 0, 0) + masks
    header = header.ljust(124, b"\0")
    bgra = numpy.dstack([rgb[::-1, :, ::-1], numpy.zeros((height, width), numpy.uint8)])
    start = 14 + len(header)
    file = b"BM" + struct.pack("<IHHI", start + bgra.nbytes, 0, 0, start)
    good.add("bmp-alpha-empty.bmp", file + header + bgra.tobytes(), "photo")
    out = io.BytesIO()
    image.quantize(128).save(out, "GIF")
    data = bytearray(out.getvalue())
    data[6:10] = struct.pack("<HH", 40, 70)
    screen = Image.new("RGB", (width, 70), "white")
    screen.paste(Image.open(io.BytesIO(out.getvalue())).convert("RGB"))
    good.expect("gif-beyond-screen", screen)
    good.add("gif-beyond-screen.gif", bytes(data), "gif-beyond-screen")
    # A drawing in white on nothing.
    drawing = sheet(80, 60)
    ink = ImageChops.invert(drawing.convert("L"))
    white = Image.new("L", ink.size, 255)
    good.expect("white-on-black", ink)
    good.saved("png-white-on-nothing.png", Image.merge("LA", (white, ink)), "white-on-black",
               format="PNG")
    samples = numpy.dstack([numpy.full((60, 80), 255, numpy.uint8), numpy.asarray(ink)])
    tags = basic(80, 60, [8, 8], 1, 8, t338=(SHORT, [2]))
    good.add("grey-white-on-nothing.tif", tiff(tags, [zlib.compress(samples.tobytes())]),
             "white-on-black")
