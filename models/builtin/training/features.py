"""What the frozen part of the network says of the material, once: blocks 0 to 17 by OpenVINO.

    features.py OUT FILE.npz...

Three quarters of the network's time goes into these blocks; with their outputs kept, a step of
training costs a quarter. Writes OUT/NAME.pt: pooled block.10 and block.14, the map of block.17 (f16),
the design of each picture, and whether it is a photo. bf16, as the program computes.
"""

import sys
from pathlib import Path

import numpy as np
import openvino
import torch
from torch import nn

from network import SIZE, gem, pretrained
from squares import normalised

BATCH = 16


class Front(nn.Module):
    def __init__(self, backbone):
        super().__init__()
        self.backbone = backbone

    def forward(self, x):
        maps = self.backbone(x, ("block.10", "block.14", "block.17"))
        return gem(maps["block.10"]), gem(maps["block.14"]), maps["block.17"]


def compiled():
    front = Front(pretrained()).eval()
    with torch.no_grad():
        model = openvino.convert_model(front, example_input=torch.zeros(1, 3, SIZE, SIZE))
    model.reshape({model.input(0): [-1, 3, SIZE, SIZE]})
    settings = {"INFERENCE_PRECISION_HINT": "bf16", "PERFORMANCE_HINT": "THROUGHPUT"}
    return openvino.Core().compile_model(model, "CPU", settings)


def pictures(path):
    """All pictures of a file, with design and kind (0: drawing or picture, 1: photo) of each."""
    data = np.load(path)
    if "pictures" in data:
        return list(data["pictures"]), data["design"], np.zeros(len(data["design"]), int)
    count = len(data["drawings"]), len(data["photos"])
    return ([*data["drawings"], *data["photos"]], np.r_[data["drawn_of"], data["taken_of"]],
            np.repeat([0, 1], count))


def computed(front, images):
    parts = []
    for start in range(0, len(images), BATCH):
        batch = np.stack([normalised(image) for image in images[start:start + BATCH]])
        parts.append([torch.from_numpy(np.array(value)) for value in front(batch).values()])
    ten, fourteen, seventeen = (torch.cat(column) for column in zip(*parts))
    return ten, fourteen, seventeen.half()


def main(out, *files):
    front = compiled()
    for path in map(Path, files):
        target = Path(out) / f"{path.stem}.pt"
        if target.exists():
            continue
        images, design, kind = pictures(path)
        torch.save((*computed(front, images), design, kind), target)
        print(f"{path.name}: {len(images)} pictures", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
