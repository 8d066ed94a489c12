#!/usr/bin/env python3
"""Makes fixtures/images: good files with the pixels expected, damaged and bad ones.

    python -m venv venv && venv/bin/pip install pillow==13.0.0 numpy==2.4.6 \
        torch==2.15.0 torchvision==0.29.2 transformers==5.23.0
    venv/bin/python tools/make_images.py

What is expected of lossless files is the picture that went in; of lossy ones,
what Pillow reads. Resizes come from Pillow and from transformers' processor.
"""

import json
import shutil
import sys
from pathlib import Path

import numpy
import PIL
import torchvision
import transformers

from image_fixtures.bad import bad_files, damaged_files
from image_fixtures.good import Good, other_formats
from image_fixtures.good_odd import odd_files
from image_fixtures.good_tiffs import bilevel_tiffs, colour_tiffs
from image_fixtures.more_formats import more_formats
from image_fixtures.resizes import golden_resizes

VERSIONS = {"PIL": "13.0.0", "numpy": "2.4.6", "torchvision": "0.29.2", "transformers": "5.23.0"}
ROOT = Path(__file__).resolve().parent.parent / "fixtures" / "images"


def main():
    for module in (PIL, numpy, torchvision, transformers):
        found = module.__version__.split("+")[0]
        if found != VERSIONS[module.__name__]:
            sys.exit(f"{module.__name__} is {found}, the fixtures are made with "
                     f"{VERSIONS[module.__name__]}")
    for folder in ("good", "expected", "damaged", "bad", "golden"):
        shutil.rmtree(ROOT / folder, ignore_errors=True)
        (ROOT / folder).mkdir(parents=True)
    good = Good(ROOT)
    bilevel_tiffs(good)
    colour_tiffs(good)
    other_formats(good)
    odd_files(good)
    more_formats(good)
    damaged_files(ROOT)
    parts = {"good": good.entries, "bad": bad_files(ROOT), "golden": golden_resizes(ROOT)}
    text = "{\n" + ",\n".join(
        f'"{part}": [\n' + ",\n".join(json.dumps(entry) for entry in entries) + "\n]"
        for part, entries in parts.items()) + "\n}\n"
    (ROOT / "manifest.json").write_text(text)


if __name__ == "__main__":
    main()
