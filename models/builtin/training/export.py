"""Writes averaged weights as the program loads them: bf16 tensors and their settings.

    export.py MATERIAL WEIGHTS OUT SIZE

OUT gets config.json, model.safetensors and preprocessor_config.json. SIZE is the side of the squares
that the program prepares, a multiple of 32: the same weights read larger ones as well. Patch tokens are block.14's
places whitened to 64 dimensions on the material's pictures.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from end import DIM, FIRST, whitening
from network import TAPS, pretrained
from squares import MEAN, STD, normalised

TOKENS = {"layer": "block.14", "dim": 64}
TOKEN_PICTURES = 60
BANDS = {"near_identical": 0.9, "high": 0.6, "moderate": 0.4, "weak": 0.25}
"""Lower bounds of what scores are called, set on real patents (model card, "What the scores mean")."""


def tokens(backbone, files):
    pictures = []
    for path in files:
        data = np.load(path)
        found = data["pictures"] if "pictures" in data else data["drawings"]
        pictures += list(found[:: len(found) // TOKEN_PICTURES])
    x = torch.from_numpy(np.stack([normalised(picture) for picture in pictures]))
    with torch.no_grad():
        maps = torch.cat([backbone(part, (TOKENS["layer"],))[TOKENS["layer"]] for part in x.split(16)])
    return whitening(maps.flatten(2).transpose(1, 2).flatten(0, 1), TOKENS["dim"])


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


def main(material, weights, out, size):
    size = int(size)
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    backbone, projection = trained(weights)
    material = Path(material)
    token_projection = tokens(backbone, [material / "pictures.npz", material / "solids_0.npz"])
    state = dict(backbone.state_dict())
    for name, (weight, bias) in (("projection", projection), ("tokens", token_projection)):
        state |= {f"{name}.weight": weight, f"{name}.bias": bias}
    state = {name: value.to(torch.bfloat16).contiguous() for name, value in state.items()}
    save_file(state, out / "model.safetensors", {"format": "pt"})
    config = {
        "model_type": "efficientnet-lite", "image_size": size,
        "stem_channels": backbone.blocks[0]["in"], "blocks": backbone.blocks, "head_channels": 1280,
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
