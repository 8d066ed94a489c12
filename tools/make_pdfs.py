#!/usr/bin/env python3
"""Makes fixtures/pdf: small PDFs of every kind of page image, an invented patent, and bad files.

Needs Pillow, and for the patent's print the fonts TeX Gyre Termes (regular, bold):

    tools/make_pdfs.py FONT_FOLDER fixtures/pdf
"""

import io
import sys
import zlib
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont


def pdf(objects, root=1):
    """A file of objects 1, 2, ..., each bytes."""
    out = bytearray(b"%PDF-1.5\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root %d 0 R >>\n" % (len(objects) + 1, root)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


def stream(dictionary, data):
    return b"<< %s /Length %d >>\nstream\n" % (dictionary, len(data)) + data + b"\nendstream"


def document(pages, extra=()):
    """Pages are (image object, content, further page entries)."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", None]
    kids = []
    first_extra = 3 + 3 * len(pages)
    for image, content, entries in pages:
        page = len(objects) + 1
        kids.append(page)
        font = b"/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Courier >> >>"
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R"
            b" /Resources << /XObject << /Im %d 0 R >> %s >> %s >>"
            % (page + 1, page + 2, font, entries)
        )
        objects.append(stream(b"", content))
        objects.append(image.replace(b"FIRST_EXTRA", b"%d" % first_extra))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (
        len(kids),
        b" ".join(b"%d 0 R" % kid for kid in kids),
    )
    return pdf(objects + list(extra))


WHOLE = b"q 612 0 0 792 0 0 cm /Im Do Q"


def image(picture, dictionary, data):
    return stream(
        b"/Type /XObject /Subtype /Image /Width %d /Height %d %s"
        % (picture.width, picture.height, dictionary),
        data,
    )


def fax(picture):
    """Group 4 data of a black-and-white picture. Fax takes 0 for white, Pillow for black."""
    file = io.BytesIO()
    swapped = picture.convert("L").point(lambda level: 255 - level).convert("1")
    swapped.save(file, "TIFF", compression="group4", tiffinfo={278: picture.height})
    with Image.open(file) as tiff:
        (start,), (length,) = tiff.tag_v2[273], tiff.tag_v2[279]
    return file.getvalue()[start : start + length]


def fax_image(picture):
    parameters = b"/K -1 /Columns %d /Rows %d" % picture.size
    return image(
        picture,
        b"/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode"
        b" /DecodeParms << %s >>" % parameters,
        fax(picture),
    )


def jbig2_segment(number, kind, data):
    head = number.to_bytes(4, "big") + bytes([kind, 0, 1])
    return head + len(data).to_bytes(4, "big") + data


def jbig2(picture, page_size=None):
    """A page with one generic region in MMR coding (T.88, 6.2.6), which is Group 4."""
    sides = lambda size: size[0].to_bytes(4, "big") + size[1].to_bytes(4, "big")
    page = sides(page_size or picture.size) + bytes(8) + b"\0\0\0"
    region = sides(picture.size) + bytes(8) + b"\0" + b"\1" + fax(picture)
    return jbig2_segment(0, 48, page) + jbig2_segment(1, 38, region)


def jbig2_image(picture, data):
    return image(
        picture, b"/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /JBIG2Decode", data
    )


def mark(size=(96, 128)):
    """A picture that looks different from every side."""
    picture = Image.new("1", size, 1)
    draw = ImageDraw.Draw(picture)
    width, height = size
    draw.polygon([(8, 8), (width - 9, 8), (8, height // 2)], fill=0)
    draw.rectangle([8, height - 17, 24, height - 9], fill=0)
    return picture


def png_rows(picture):
    """Rows with PNG's filter `Up`."""
    width, data = picture.width, picture.tobytes()
    rows = [bytes(width)] + [data[at : at + width] for at in range(0, len(data), width)]
    pairs = zip(rows, rows[1:])
    return b"".join(b"\2" + bytes((b - a) % 256 for a, b in zip(up, row)) for up, row in pairs)


def kinds():
    """One page for each way of packing an image."""
    picture = mark()
    grey = picture.convert("L")
    colour = Image.merge("RGB", [grey, grey.point(lambda level: level // 2), grey])
    jpeg = io.BytesIO()
    grey.save(jpeg, "JPEG", quality=95)
    gray = b"/ColorSpace /DeviceGray /BitsPerComponent 8"
    yield "fax", fax_image(picture), WHOLE, b""
    yield "jbig2", jbig2_image(picture, jbig2(picture)), WHOLE, b""
    yield "flate", image(grey, gray + b" /Filter /FlateDecode", zlib.compress(grey.tobytes())), WHOLE, b""
    png = b" /Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns %d >>" % grey.width
    yield "png-predictor", image(grey, gray + png, zlib.compress(png_rows(grey))), WHOLE, b""
    hexadecimal = zlib.compress(grey.tobytes()).hex().encode() + b">"
    both = b" /Filter [/ASCIIHexDecode /FlateDecode]"
    yield "hex-flate", image(grey, gray + both, hexadecimal), WHOLE, b""
    yield "plain", image(grey, gray, grey.tobytes()), WHOLE, b""
    yield "jpeg", image(grey, gray + b" /Filter /DCTDecode", jpeg.getvalue()), WHOLE, b""
    table = b"/ColorSpace [/Indexed /DeviceRGB 1 <000000FFFFFF>] /BitsPerComponent 1"
    bits = b"/ColorSpace /DeviceGray /BitsPerComponent 1"
    yield "bits", image(picture, bits, picture.tobytes()), WHOLE, b""
    yield "indexed", image(picture, table, picture.tobytes()), WHOLE, b""
    rgb = b"/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode"
    yield "rgb", image(colour, rgb, zlib.compress(colour.tobytes())), WHOLE, b""
    stencil = b"/ImageMask true /BitsPerComponent 1"
    yield "stencil", image(picture, stencil, picture.tobytes()), WHOLE, b""
    inverted = Image.frombytes("1", picture.size, bytes(255 - b for b in picture.tobytes()))
    yield "inverted", image(picture, bits + b" /Decode [1 0]", inverted.tobytes()), WHOLE, b""
    turned = picture.transpose(Image.ROTATE_90)
    yield "turned-page", fax_image(turned), WHOLE, b"/Rotate 90"
    upside = picture.transpose(Image.ROTATE_180)
    yield "turned-image", fax_image(upside), b"q -612 0 0 -792 612 792 cm /Im Do Q", b""


def masked():
    """A black picture behind a soft mask that shows the mark."""
    picture = mark().convert("L")
    black = Image.new("L", picture.size, 0)
    gray = b"/ColorSpace /DeviceGray /BitsPerComponent 8"
    mask = image(picture, gray, bytes(255 - level for level in picture.tobytes()))
    shown = image(black, gray + b" /SMask FIRST_EXTRA 0 R", black.tobytes())
    return document([(shown, WHOLE, b"")], [mask])


class Print:
    """A page of 2560 x 3300 pixels, as the office's are."""

    def __init__(self, fonts):
        self.picture = Image.new("1", (2560, 3300), 1)
        self.draw = ImageDraw.Draw(self.picture)
        self.fonts = fonts
        self.words = []

    def text(self, x, base, text, size=42, bold=False):
        name = "texgyretermes-bold.otf" if bold else "texgyretermes-regular.otf"
        font = ImageFont.truetype(str(self.fonts / name), size)
        self.draw.text((x, base), text, font=font, fill=0, anchor="ls")
        self.words.append((x, base, size, text))

    def page(self, has_text):
        content = WHOLE
        if has_text:
            shown = b"BT /F1 1 Tf 3 Tr\n"
            for x, base, size, text in self.words:
                for character, code in (("\\", "\\\\"), ("(", "\\("), (")", "\\)")):
                    text = text.replace(character, code)
                scale = 612 / 2560
                place = (size * scale, size * scale, x * scale, (3300 - base) * scale)
                shown += b"%.3f 0 0 %.3f %.3f %.3f Tm 80 Tz (%s) Tj\n" % (*place, text.encode())
            content += b"\n" + shown + b"ET"
        return fax_image(self.picture), content, b""


def front(fonts):
    page = Print(fonts)
    for bar in range(60):
        page.draw.rectangle([1600 + 12 * bar, 150, 1604 + 12 * bar + bar % 3 * 2, 230], fill=0)
    page.text(250, 350, "(12) United States Design Patent", 66, True)
    page.text(1380, 350, "(10) Patent No.:", 52)
    page.text(1900, 350, "US D900,123 S", 60, True)
    page.text(330, 420, "Sgabello", 52, True)
    page.text(1380, 420, "(45) Date of Patent: Oct. 27, 2020", 52)
    page.draw.rectangle([250, 450, 1200, 453], fill=0)
    left = [
        "(54)|FOLDING STOOL WITH ROUND", "|SEAT", "(71)|Applicant: Sgabello Ltd., Milan (IT)",
        "(72)|Inventor: Ada Rossi, Milan (IT)", "(**)|Term: 15 Years",
        "(21)|Appl. No.: 29/700,123", "(22)|Filed: Jul. 30, 2019",
        "(51)|LOC (12) Cl. ......... 06-01", "(52)|U.S. Cl. ......... D6/349; D6/366",
        "(58)|Field of Classification Search", "|USPC .... D6/334, 335, 349", "(56)|References Cited",
        "|U.S. PATENT DOCUMENTS", "|D400,123 S * 10/1998 Stuhl et al. .... D6/349",
        "|D500,321 S 1/2005 Sedia ............ D6/366",
        "|4,621,424 A 11/1986 Jacobson ........ 297/16",
    ]
    for row, line in enumerate(left):
        label, text = line.split("|")
        base = 540 + 62 * row
        if label:
            page.text(250, base, label)
        page.text(400, base, text, bold=row < 2)
    right = [
        "(57) CLAIM", "The ornamental design for a folding stool with round",
        "seat, as shown and described.", "DESCRIPTION",
        "FIG. 1 is a top, front perspective view of a folding stool;",
        "FIG. 2 is a front elevational view thereof; and,", "FIG. 3 is a bottom plan view thereof.",
        "The broken lines form no part of the claimed design.",
    ]
    for row, text in enumerate(right):
        page.text(1380, 800 + 62 * row, text)
    page.draw.ellipse([800, 2300, 1600, 2700], outline=0, width=5)
    return page


def more_text(fonts):
    page = Print(fonts)
    page.text(1000, 200, "US D900,123 S", 52, True)
    page.text(1200, 260, "Page 2", 42)
    for row in range(24):
        number = 510_000 + 1371 * row
        line = f"D{number // 1000},{number % 1000:03} S {row % 12 + 1}/2006 Weber et al. .... D6/349"
        page.text(250 + 1100 * (row % 2), 420 + 60 * (row // 2), line)
    return page


def sheet(fonts, number, of):
    page = Print(fonts)
    page.text(300, 230, "U.S. Patent", 66, True)
    page.text(760, 230, "Oct. 27, 2020", 46, True)
    page.text(1130, 230, f"Sheet {number} of {of}", 46, True)
    page.text(1720, 230, "US D900,123 S", 52, True)
    left, top = 600 + 50 * number, 900
    page.draw.ellipse([left, top, left + 1200, top + 400], outline=0, width=6)
    for x in (150, 600, 1050):
        page.draw.line([left + x, top + 350, left + x - 60, top + 1500], fill=0, width=8)
    page.text(1180, 2700, f"FIG. {number}", 70, True)
    return page


def patent(fonts, has_text):
    pages = [front(fonts), more_text(fonts), sheet(fonts, 1, 2), sheet(fonts, 2, 2)]
    return document([page.page(has_text) for page in pages])


def bad():
    """Files that must be refused, each for a reason of its own; the bomb must stay small."""
    picture = mark()
    good = document([(fax_image(picture), WHOLE, b"")])
    yield "empty", b""
    yield "cut-off", good[: len(good) // 3]
    yield "no-pages", pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"])
    yield "encrypted", good.replace(b"/Root 1 0 R", b"/Root 1 0 R /Encrypt << /Filter /Standard /V 1 >>")
    yield "pages-in-a-circle", pdf([
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 9 >>",
    ])
    huge = b"/Width 100000 /Height 100000 /ColorSpace /DeviceGray /BitsPerComponent 8"
    yield "huge-image", document([
        (stream(b"/Type /XObject /Subtype /Image " + huge, b""), WHOLE, b""),
    ])
    yield "huge-jbig2-page", document([
        (jbig2_image(picture, jbig2(picture, (65000, 65000))), WHOLE, b""),
    ])
    yield "short-data", document([
        (image(picture, b"/ColorSpace /DeviceGray /BitsPerComponent 8", b"abc"), WHOLE, b""),
    ])
    bomb = zlib.compress(zlib.compress(bytes(200 << 20), 9), 9)
    twice = b"/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter [/FlateDecode /FlateDecode]"
    yield "bomb", document([(image(picture, twice, bomb), WHOLE, b"")])
    yield "drawn", document([(fax_image(picture), WHOLE + b" 10 10 m 90 90 l S", b"")])
    yield "shown-text", document([(fax_image(picture), WHOLE + b" BT /F1 9 Tf (a) Tj ET", b"")])
    yield "two-images", document([(fax_image(picture), WHOLE + b" " + WHOLE, b"")])
    yield "askew", document([(fax_image(picture), b"q 600 99 -99 700 100 0 cm /Im Do Q", b"")])
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /Im 5 0 R >> >>"
    yield "form-in-itself", document([(stream(form, b"/Im Do"), b"/Im Do", b"")])
    yield "jpeg2000", document([
        (image(picture, b"/Filter /JPXDecode /BitsPerComponent 8", b"\0\0\0\x0cjP  "), WHOLE, b""),
    ])


def main():
    fonts, folder = map(Path, sys.argv[1:])
    (folder / "bad").mkdir(parents=True, exist_ok=True)
    for name, picture, content, entries in kinds():
        (folder / f"{name}.pdf").write_bytes(document([(picture, content, entries)]))
    (folder / "soft-mask.pdf").write_bytes(masked())
    (folder / "patent.pdf").write_bytes(patent(fonts, True))
    (folder / "patent-without-text.pdf").write_bytes(patent(fonts, False))
    for name, data in bad():
        (folder / "bad" / f"{name}.pdf").write_bytes(data)


main()
