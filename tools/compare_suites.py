#!/usr/bin/env python3
"""Compares what the decoder makes of the public test folders of other decoders with Pillow.

    python -m venv venv && venv/bin/pip install pillow==13.0.0 numpy==2.4.6
    venv/bin/python tools/compare_suites.py FOLDER..

Each folder is a checkout, such as of python-pillow/Pillow. Prints a row of docs/formats.md a folder,
and to standard error a line for each file that is refused or differs.
"""

import json
import os
import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from pathlib import Path

import numpy
from PIL import Image, ImageFile, ImageOps

ROOT = Path(__file__).resolve().parent.parent
DECODE = ["cargo", "test", "--locked", "--workspace", "--test", "fixtures", "--", "--ignored", "suites"]
LEVELS = 4  # by which two decoders of lossy formats may differ, on average
Image.MAX_IMAGE_PIXELS = None
warnings.simplefilter("ignore")


def pillow(file):
    """The first picture upright on white, or why not."""
    try:
        with Image.open(file) as image:
            image.load()
            image = ImageOps.exif_transpose(image)
            if image.mode.startswith("I;16"):
                # Its conversion clips where it should scale.
                image = Image.fromarray((numpy.asarray(image) >> 8).astype(numpy.uint8))
            if "A" in image.mode or "transparency" in image.info or image.mode == "La":
                image = image.convert("RGBA")
                white = Image.new("RGBA", image.size, "white")
                white.alpha_composite(image)
                image = white
            return numpy.asarray(image.convert("RGB")).astype(numpy.int16), ""
    except Exception as error:  # of any kind: Pillow's plugins raise what they like
        return None, f"{type(error).__name__}: {error}"


def compare(line):
    """What a file is counted as, and a remark."""
    other, why = pillow(line["file"])
    if "refused" in line:
        return ("refused by both" if other is None else "refused"), line["refused"]
    if other is None:
        return "read, not by Pillow", why
    ours = numpy.asarray(Image.open(line["png"]).convert("RGB")).astype(numpy.int16)
    if ours.shape != other.shape:
        return "differs", f"{ours.shape[1]} x {ours.shape[0]} instead of {other.shape[1]} x {other.shape[0]}"
    off = numpy.abs(ours - other)
    if off.mean() > LEVELS:
        return "differs", f"by {off.mean():.1f} levels on average, {off.max()} at most"
    return "same", ""


def main():
    for folder in sys.argv[1:]:
        counts = Counter()
        with tempfile.TemporaryDirectory() as out:
            places = {"LOOKALIKE_SUITE": str(Path(folder).resolve()), "LOOKALIKE_SUITE_OUT": out}
            subprocess.run(DECODE, cwd=ROOT, env={**os.environ, **places}, check=True,
                           stdout=subprocess.DEVNULL)
            for text in (Path(out) / "report.jsonl").read_text().splitlines():
                line = json.loads(text)
                result, remark = compare(line)
                counts[result] += 1
                if result != "same":
                    print(f"{result}: {Path(line['file']).relative_to(Path(folder).resolve())} ({line['format']}): {remark}",
                          file=sys.stderr)
        columns = ("same", "differs", "read, not by Pillow", "refused", "refused by both")
        total = sum(counts.values())
        print(f"| {Path(folder).name} | {total} | " + " | ".join(str(counts[c]) for c in columns) + " |",
              flush=True)


if __name__ == "__main__":
    main()
