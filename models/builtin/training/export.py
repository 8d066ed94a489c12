"""Writes averaged weights as the program loads them: bf16 tensors and their settings.

    export.py MATERIAL WEIGHTS OUT SIZE

OUT gets config.json, model.safetensors and preprocessor_config.json. SIZE is the side of the squares
that the program prepares, a multiple of 32: the same weights read larger ones as well. Patch tokens are block.10's
places, whitened on those of the material's drawings where something is drawn.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch.nn import functional as F

from end import DIM, FIRST, whitening
from network import TAP_WEIGHTS, TAPS, pretrained
from squares import MEAN, STD, normalised

TOKENS = {"layer": "block.10", "dim": 88}
"""All channels of the layer: with 64 dimensions a second look gains two thirds, with 32 a quarter."""
TOKEN_PICTURES, CELLS, INK = 600, 8, 0.02
"""Pictures of a file; cells a side that places are averaged to; mean ink of a cell that counts."""
HEAD = 1280
"""Channels of the head."""
BANDS = {"near_identical": 0.9, "high": 0.6, "moderate": 0.4, "weak": 0.25}
"""Lower bounds of what scores are called, set on real patents (model card, "What the scores mean")."""


def tokens(backbone, files):
    pictures = []
    for path in files:
        data = np.load(path)
        found = data["drawings"]
        pictures += list(found[:: max(1, len(found) // TOKEN_PICTURES)])
    x = torch.from_numpy(np.stack([normalised(picture) for picture in pictures]))
    with torch.no_grad():
        maps = torch.cat([backbone(part, (TOKENS["layer"],))[TOKENS["layer"]] for part in x.split(16)])
    places = F.adaptive_avg_pool2d(maps, CELLS)
    ink = 1 - (x[:, :1] * STD + MEAN)
    drawn = F.adaptive_max_pool2d(F.adaptive_avg_pool2d(ink, maps.shape[2]), CELLS)[:, 0] > INK
    return whitening(places.permute(0, 2, 3, 1)[drawn], TOKENS["dim"])


def trained(weights):
    """The pretrained backbone with its end replaced, and the projection."""
    backbone, mean = pretrained().eval(), torch.load(weights)
    state = backbone.state_dict()
    for name, value in mean.items():
        part, *rest = name.split(".")
        if part == "blocks":
            state[".".join(["_blocks", str(int(rest[0]) + FIRST), *rest[1:]])] = value
        elif part == "head":
            state[".".join(["_conv_head", *rest])] = value
    backbone.load_state_dict(state)
    return backbone, (mean["projection.weight"], mean["projection.bias"])


def per_channel(backbone):
    """The taps' weights, once for each of their channels."""
    channels = [backbone.blocks[10]["out"], backbone.blocks[14]["out"], backbone.blocks[19]["out"], HEAD]
    return torch.cat([torch.full((count,), weight) for count, weight in zip(channels, TAP_WEIGHTS)])


def main(material, weights, out, size):
    size = int(size)
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    backbone, projection = trained(weights)
    material = Path(material)
    token_projection = tokens(backbone, [material / "sheets.npz", material / "solids_0.npz"])
    projection = (projection[0] * per_channel(backbone), projection[1])
    state = dict(backbone.state_dict())
    for name, (weight, bias) in (("projection", projection), ("tokens", token_projection)):
        state |= {f"{name}.weight": weight, f"{name}.bias": bias}
    state = {name: value.to(torch.bfloat16).contiguous() for name, value in state.items()}
    save_file(state, out / "model.safetensors", {"format": "pt"})
    config = {
        "model_type": "efficientnet-lite", "image_size": size,
        "stem_channels": backbone.blocks[0]["in"], "blocks": backbone.blocks, "head_channels": HEAD,
        "taps": TAPS, "normalize_taps": True, "embedding_dim": DIM, "tokens": TOKENS,
        "preprocess": "figure", "bands": BANDS,
    }
    processor = {
        "do_resize": True, "size": {"height": size, "width": size}, "do_rescale": True,
        "rescale_factor": 1 / 255, "do_normalize": True, "image_mean": [MEAN] * 3, "image_std": [STD] * 3,
    }
    for name, settings in (("config", config), ("preprocessor_config", processor)):
        (out / f"{name}.json").write_text(json.dumps(settings, indent=2) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
