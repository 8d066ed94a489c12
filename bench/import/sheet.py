"""What the Python pipelines do with one sheet before the model sees it."""

import hashlib
from io import BytesIO

import numpy as np
from PIL import Image

from layout import LETTERBOX

THUMBNAIL = (300, 300)
# Of DINOv2's processor.
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
STD = np.array([0.229, 0.224, 0.225], np.float32)


def prepare(file, thumbnails):
    """MD5 and letterboxed picture; the thumbnail is saved on the way."""
    data = file.read_bytes()
    md5 = hashlib.md5(data).hexdigest()
    picture = Image.open(BytesIO(data)).convert("RGB")
    square = letterbox(picture)
    # In place; Pillow halves the picture coarsely first, which is its quickest way.
    picture.thumbnail(THUMBNAIL, Image.Resampling.LANCZOS)
    picture.save(thumbnails / f"{md5}.jpg", quality=85)
    return md5, square


def letterbox(picture, side=LETTERBOX):
    """The long side to `side`, centred on a white square."""
    scale = side / max(picture.size)
    width, height = (int(length * scale) for length in picture.size)
    resized = picture.resize((width, height), Image.Resampling.LANCZOS)
    square = Image.new("RGB", (side, side), "white")
    square.paste(resized, ((side - width) // 2, (side - height) // 2))
    return square


def crop(square):
    """What DINOv2's processor makes of a square: 256 pixels, of which the middle 224."""
    return square.resize((256, 256), Image.Resampling.BICUBIC).crop((16, 16, 240, 240))


def normalised(picture):
    """float32, 3 x height x width."""
    values = (np.asarray(picture, np.float32) / 255 - MEAN) / STD
    return np.ascontiguousarray(values.transpose(2, 0, 1))


def prepare_in_pool(job):
    """For the tuned pipeline's processes: all up to the model's input, as bytes of levels."""
    file, thumbnails, size = job
    md5, square = prepare(file, thumbnails)
    return md5, np.asarray(square if size == LETTERBOX else crop(square))
