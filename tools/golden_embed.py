#!/usr/bin/env python3
"""Compares `lookalike embed` with transformers, end to end from image files.

Usage: golden_embed.py LOOKALIKE MODEL_DIR IMAGE...

For every preprocessing: Pillow (and, for `processor`, transformers' own image processor)
prepare the picture, transformers computes the CLS token in float32, and the cosine with what
`lookalike embed --format jsonl` prints is reported; the worst one per preprocessing.
Requirements: tools/requirements-golden.txt, torchvision for transformers' image processor.
"""

import json
import math
import subprocess
import sys

import numpy as np
import torch
from PIL import Image, ImageOps
from transformers import AutoImageProcessor, AutoModel

SIZE = 518
PATCH = 14


def letterbox(image):
    width, height = image.size
    scale = SIZE / max(width, height)
    resized = image.resize((max(1, int(width * scale)), max(1, int(height * scale))),
                           Image.LANCZOS)
    canvas = Image.new("RGB", (SIZE, SIZE), (255, 255, 255))
    canvas.paste(resized, ((SIZE - resized.width) // 2, (SIZE - resized.height) // 2))
    return canvas


def short_side(image):
    width, height = image.size
    short = min(width, height)
    image = image.resize((SIZE * width // short, SIZE * height // short), Image.LANCZOS)
    new_width, new_height = image.width // PATCH * PATCH, image.height // PATCH * PATCH
    x, y = (image.width - new_width) // 2, (image.height - new_height) // 2
    return image.crop((x, y, x + new_width, y + new_height))


def native(image):
    long = max(image.size)
    side = lambda length: max(1, math.floor(length * (SIZE // PATCH) / long + 0.5)) * PATCH
    return image.resize((side(image.width), side(image.height)), Image.LANCZOS)


def main():
    lookalike, model_dir, *images = sys.argv[1:]
    processor = AutoImageProcessor.from_pretrained(model_dir)
    model = AutoModel.from_pretrained(model_dir, dtype=torch.float32).eval()

    def normalised(image):
        pixels = np.asarray(image, dtype=np.float32) / 255
        pixels = (pixels - np.float32(processor.image_mean)) / np.float32(processor.image_std)
        return torch.from_numpy(pixels.transpose(2, 0, 1)[None].copy())

    def processed(image):
        return processor(images=image, return_tensors="pt")["pixel_values"]

    preprocessings = {
        "letterbox": lambda image: normalised(letterbox(image)),
        "processor": processed,
        "letterbox+processor": lambda image: processed(letterbox(image)),
        "short-side": lambda image: normalised(short_side(image)),
        "native": lambda image: normalised(native(image)),
        "stretch": lambda image: normalised(image.resize((SIZE, SIZE), Image.LANCZOS)),
    }
    for name, prepare in preprocessings.items():
        printed = subprocess.run(
            [lookalike, "embed", *images, "--model", model_dir, "--preprocess", name,
             "--size", str(SIZE), "--precision", "f32", "--format", "jsonl"],
            check=True, capture_output=True).stdout
        worst = 1.0
        for path, line in zip(images, printed.splitlines(), strict=True):
            ours = np.array(json.loads(line)["embedding"], dtype=np.float64)
            picture = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
            with torch.no_grad():
                theirs = model(prepare(picture)).last_hidden_state[0, 0].double().numpy()
            cosine = float(ours @ theirs / np.linalg.norm(ours) / np.linalg.norm(theirs))
            worst = min(worst, cosine)
        print(f"{model_dir} {name}: worst cosine of {len(images)} images {worst:.9f}", flush=True)


if __name__ == "__main__":
    main()
