"""The part that is trained: blocks 18 to 20, the head, and the projection, on `features.py`'s output."""

import torch
from torch import nn
from torch.nn import functional as F

from network import TAP_WEIGHTS, gem, pretrained

FIRST = 18
"""First trained block. From 15 on a step took 17 s instead of 8 on two shared cores."""
DIM = 256
SHRINK = 0.1
"""Share of the mean variance added to each: without it, directions that hardly vary are blown up
(mAP on patents from PDFs 0.32 instead of 0.41)."""


class End(nn.Module):
    """Pooled block.10 and block.14 and the map of block.17 to the joined, weighted taps (n, 1696)."""

    def __init__(self):
        super().__init__()
        backbone = pretrained()
        self.blocks = backbone._blocks[FIRST:]
        self.head = backbone._conv_head

    def forward(self, ten, fourteen, x):
        taps = [ten, fourteen]
        for index, block in enumerate(self.blocks, FIRST):
            y = F.relu6(block._expand_conv(x))
            # Depthwise in f32: its backward pass in bf16 takes more than twice as long on a CPU.
            with torch.autocast("cpu", enabled=False):
                y = F.relu6(block._depthwise_conv(y.float()))
            y = block._project_conv(y)
            x = x + y if block.residual else y
            if index == 19:
                taps.append(gem(x))
        taps.append(F.relu6(self.head(x)).float().mean((2, 3)))
        parts = [F.normalize(tap.float(), dim=1) * weight for tap, weight in zip(taps, TAP_WEIGHTS)]
        return torch.cat(parts, 1)


@torch.no_grad()
def all_taps(end, ten, fourteen, maps, batch=64):
    out = []
    for start in range(0, len(ten), batch):
        part = slice(start, start + batch)
        x = maps[part].to(torch.bfloat16).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            out.append(end(ten[part], fourteen[part], x))
    return torch.cat(out)


def whitening(x, dim=DIM, shrink=SHRINK):
    """A projection (weight (dim, d), bias (dim)) that makes the first `dim` principal directions of
    x (n, d) vary alike, scaled so that its outputs have length 1 in the mean."""
    x = x.double()
    mean = x.mean(0)
    values, vectors = torch.linalg.eigh((x - mean).T @ (x - mean) / len(x))
    values, vectors = values.flip(0)[:dim], vectors.flip(1)[:, :dim]
    weight = (vectors / torch.sqrt(values + shrink * values.mean())).T
    weight = weight / ((x - mean) @ weight.T).norm(dim=1).mean()
    return weight.float(), -(weight @ mean).float()
