"""Makes a trained network the built-in encoder: EXPORT's three files become those of models/builtin.

    install.py EXPORT PICTURES.npz [--share 0.4]

Whitened embeddings of unrelated drawings are orthogonal, and from a cosine of 0.4 on two sheets are
mostly of one design. A value that all embeddings have in common brings this to the scale that scores
are read on, whose middle is 0.5: the cosine becomes (1 - share) cos + share, in the same order, and
the bounds of the bands follow. For it to find room in
256 values, the projection is turned to the principal axes of the embeddings of PICTURES (squares of
the training, the first array of the file) and loses the last of them.
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import torch
from network import Backbone, pooled
from safetensors.torch import load_file, save_file
from torch.nn import functional as F

TARGET = Path(__file__).resolve().parent.parent
MOST_PICTURES = 320


@torch.no_grad()
def embeddings(config, processor, state, pictures):
    network = Backbone(config["blocks"], config["head_channels"]).eval()
    network.load_state_dict({name: value for name, value in state.items() if name.startswith("_")})
    mean, deviation = processor["image_mean"][0], processor["image_std"][0]
    result = []
    for picture in pictures:
        x = torch.tensor(picture).float()
        x = x[..., None].expand(-1, -1, 3) if x.dim() == 2 else x
        x = ((x / 255 - mean) / deviation).permute(2, 0, 1)[None]
        maps = network(x, {tap["layer"] for tap in config["taps"]})
        z = pooled(maps, config["taps"]) @ state["projection.weight"].T + state["projection.bias"]
        result.append(F.normalize(z, dim=1)[0])
    return torch.stack(result)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("export", type=Path)
    parser.add_argument("pictures", type=Path)
    parser.add_argument("--share", type=float, default=0.4)
    arguments = parser.parse_args()
    config = json.loads((arguments.export / "config.json").read_text())
    processor = json.loads((arguments.export / "preprocessor_config.json").read_text())
    weights = load_file(arguments.export / "model.safetensors")
    state = {name: value.float() for name, value in weights.items()}

    file = np.load(arguments.pictures)
    pictures = file[file.files[0]]
    pictures = pictures[:: max(1, len(pictures) // MOST_PICTURES)][:MOST_PICTURES]
    z = embeddings(config, processor, state, pictures).double()
    _, axes = torch.linalg.eigh(z.T @ z)  # by rising share of the length
    axes = axes.flip(1)[:, :-1].T
    for part in ("weight", "bias"):
        turned = axes @ state[f"projection.{part}"].double()
        weights[f"projection.{part}"] = turned.to(torch.bfloat16).contiguous()
    save_file(weights, TARGET / "model.safetensors", {"format": "pt"})

    share = arguments.share
    ours = {"trained": True, "preprocess": config.pop("preprocess")}
    bands = config.pop("bands").items()
    ours["bands"] = {name: round((1 - share) * bound + share, 2) for name, bound in bands}
    config["embedding_dim"] = len(axes) + 1
    config["common_share"] = share
    config["lookalike"] = ours
    (TARGET / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    shutil.copyfile(arguments.export / "preprocessor_config.json", TARGET / "preprocessor_config.json")


if __name__ == "__main__":
    main()
