#!/usr/bin/env python3
"""Makes crates/pdf/data/letters.bin: the letters that the reader of front pages compares with.

Each record has 4 + 16 x 24 bytes: the character's code; width and height as 1/64 of the height of
a capital; how far its foot lies above the base line, as 1/64 of the same and signed; then grey
levels, row by row, of the letter's ink stretched to 16 x 24 (255 is ink).

The letters are those of TeX Gyre Termes Bold (GUST Font License), a relative of the Times that the
office prints with. Needs Pillow and the font:

    tools/pdf_letters.py texgyretermes-bold.otf crates/pdf/data/letters.bin
"""

import sys

from PIL import Image, ImageDraw, ImageFont

CHARACTERS = (
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789&-/.,'abcdefghijklmnopqrstuvwxyz"
)
WIDTH, HEIGHT = 16, 24
SIZE = 240


def ink(font, character):
    picture = Image.new("L", (3 * SIZE, 3 * SIZE))
    ImageDraw.Draw(picture).text((SIZE, SIZE), character, font=font, fill=255)
    return picture.point(lambda level: 255 if level > 127 else 0)


def main():
    font_file, output = sys.argv[1:]
    font = ImageFont.truetype(font_file, SIZE)
    left, top, right, base = ink(font, "H").getbbox()
    capital = base - top
    records = bytearray()
    for character in CHARACTERS:
        picture = ink(font, character)
        left, top, right, bottom = box = picture.getbbox()
        unit = lambda pixels: round(64 * pixels / capital)
        records += bytes([ord(character), unit(right - left), unit(bottom - top)])
        records += unit(base - bottom).to_bytes(1, "big", signed=True)
        letter = picture.crop(box).resize((WIDTH, HEIGHT), Image.BOX)
        records += letter.tobytes()
    with open(output, "wb") as file:
        file.write(records)


main()
