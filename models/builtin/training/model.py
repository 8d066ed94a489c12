"""An exported folder as a function of pictures, in f32: what the Rust engine is compared with."""

import json
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch.nn import functional as F

from network import Backbone, pooled
from squares import normalised

BATCH = 16


class Model:
    def __init__(self, folder):
        folder = Path(folder)
        self.config = json.loads((folder / "config.json").read_text())
        state = {name: value.float() for name, value in load_file(folder / "model.safetensors").items()}
        self.projection = state["projection.weight"], state["projection.bias"]
        self.tokens = state["tokens.weight"], state["tokens.bias"]
        self.backbone = Backbone(self.config["blocks"], self.config["head_channels"]).eval()
        self.backbone.load_state_dict({k: v for k, v in state.items() if k.startswith("_")})
        self.backbone.to(memory_format=torch.channels_last)

    @torch.no_grad()
    def read(self, squares, precision=torch.float32):
        """Squares (uint8) to taps (n, 1696), embeddings (n, 256) of length 1 and tokens
        (n, places, 88)."""
        layers = {tap["layer"] for tap in self.config["taps"]} | {self.config["tokens"]["layer"]}
        taps, tokens = [], []
        for start in range(0, len(squares), BATCH):
            x = torch.from_numpy(np.stack([normalised(s) for s in squares[start:start + BATCH]]))
            x = x.contiguous(memory_format=torch.channels_last)
            with torch.autocast("cpu", torch.bfloat16, enabled=precision == torch.bfloat16):
                maps = self.backbone(x, layers)
            taps.append(pooled(maps, self.config["taps"]))
            places = maps[self.config["tokens"]["layer"]].float().flatten(2).transpose(1, 2)
            tokens.append((places @ self.tokens[0].T + self.tokens[1]).half())
        taps = torch.cat(taps)
        embeddings = F.normalize(taps @ self.projection[0].T + self.projection[1], dim=1)
        return taps, embeddings, torch.cat(tokens)
