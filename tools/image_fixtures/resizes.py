"""Model inputs and thumbnails as the references make them."""

import numpy
from PIL import Image

from .pictures import photo, sheet


def letterbox(image, size):
    """The earlier system's preprocessing, line by line."""
    width, height = image.size
    scale = size / max(width, height)
    new_width, new_height = max(1, int(width * scale)), max(1, int(height * scale))
    resized = image.resize((new_width, new_height), Image.LANCZOS)
    canvas = Image.new("RGB", (size, size), (255, 255, 255))
    canvas.paste(resized, ((size - new_width) // 2, (size - new_height) // 2))
    return canvas


def processor(image, edge=256, crop=224):
    """What transformers' DINOv2 processor hands to the scaling step."""
    from transformers import BitImageProcessor
    made = BitImageProcessor(
        do_resize=True, size={"shortest_edge": edge}, resample=3, do_center_crop=True,
        crop_size={"height": crop, "width": crop}, do_rescale=False, do_normalize=False)
    pixels = made(image, return_tensors="np")["pixel_values"][0]
    return Image.fromarray(pixels.transpose(1, 2, 0).astype(numpy.uint8), "RGB")


def golden_resizes(root):
    sources = {
        "sheet": sheet(1280, 1650, seed=5), "photo": photo(213, 160), "tall": photo(60, 217),
        "small": photo(40, 30),
    }
    entries = []

    def add(source, kind, size, image, **more):
        file = f"{source}-{kind.replace('+', '-')}-{size}.png"
        grey = source == "sheet" and kind != "thumbnail"
        image.convert("L" if grey else "RGB").save(root / "golden" / file, optimize=True)
        entries.append({"source": source, "kind": kind, "size": size, "expected": file, **more})

    for name, image in sources.items():
        image.save(root / "golden" / f"{name}.png", optimize=True)
        image = image.convert("RGB")
        size = 518 if name == "sheet" else 126
        add(name, "letterbox", size, letterbox(image, size))
        edge, crop = (256, 224) if name == "sheet" else (64, 56)
        add(name, "processor", size, processor(image, edge, crop), edge=edge, crop=crop)
        both = processor(letterbox(image, size), edge, crop)
        add(name, "letterbox+processor", size, both, edge=edge, crop=crop)
        add(name, "stretch", 70, image.resize((70, 70), Image.LANCZOS))
        width, height = image.size
        short = min(width, height)
        resized = image.resize((70 * width // short, 70 * height // short), Image.LANCZOS)
        cut = [side - side % 14 for side in resized.size]
        left, top = (resized.width - cut[0]) // 2, (resized.height - cut[1]) // 2
        add(name, "short-side", 70, resized.crop((left, top, left + cut[0], top + cut[1])))
        patches = [max(1, int(side * 5 / max(width, height) + 0.5)) for side in (width, height)]
        add(name, "native", 70, image.resize([14 * side for side in patches], Image.LANCZOS))
        small = image.copy()
        small.thumbnail((300, 300))
        if small.size != image.size:
            add(name, "thumbnail", 300, image.resize(small.size, Image.LANCZOS))
    # Shrunk so much that Pillow and torchvision disagree about the order of passes.
    add("tall", "processor", 28, processor(sources["tall"], 28, 28), edge=28, crop=28)
    # A crop larger than the picture: the reference pads with black.
    image = sources["small"]
    add("small", "processor", 84, processor(image, 60, 84), edge=60, crop=84)
    return entries
