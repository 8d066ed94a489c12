#!/usr/bin/env python3
"""Makes crates/synth/data/letters.bin: the letters that synthetic patents are printed with.

Each record: the character's code (16 bits, the low byte first); 0 for regular or 1 for bold; how far
the pen moves on; how far the ink lies right of the pen, and above the base line (both signed); width
and height; then rows of bits, 1 for ink, each filled up to whole bytes.

The letters are those of TeX Gyre Termes (GUST Font License), a relative of the Times that the office
prints with, in pixels at 300 dpi: regular of 10 points, bold of 13. Needs Pillow and the fonts:

    tools/print_letters.py FONT_FOLDER crates/synth/data/letters.bin
"""

import struct
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

CHARACTERS = [chr(code) for code in range(32, 127)] + list("ÅÉÜàâçèéêëìîïòôöùüäåß“”")
STYLES = [("regular", 42), ("bold", 54)]


def main():
    fonts, output = map(Path, sys.argv[1:])
    records = bytearray()
    for style, (name, size) in enumerate(STYLES):
        font = ImageFont.truetype(str(fonts / f"texgyretermes-{name}.otf"), size)
        for character in CHARACTERS:
            picture = Image.new("L", (3 * size, 3 * size))
            ImageDraw.Draw(picture).text((size, 2 * size), character, font=font, fill=255, anchor="ls")
            picture = picture.point(lambda level: 255 if level > 127 else 0).convert("1")
            left, top, right, bottom = picture.getbbox() or (size, 2 * size, size, 2 * size)
            records += struct.pack(
                "<HBBbbBB",
                ord(character),
                style,
                round(font.getlength(character)),
                left - size,
                2 * size - top,
                right - left,
                bottom - top,
            )
            if right > left:
                records += picture.crop((left, top, right, bottom)).tobytes()
    output.write_bytes(records)


main()
