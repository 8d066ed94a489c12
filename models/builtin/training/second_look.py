"""How first scores and the agreement of places become one score: the block second_look of config.json.

    second_look.py MODEL FILE.npz... [--weight 1.44] [--write]

MODEL is an installed folder, FILE material with `drawings` and `drawn_of`. Over all pairs of a file's
drawings, mixtures and first scores have their quantiles; the scale takes a mixture to the first score of
the same quantile, so that as many pairs as before score 0.55, 0.64, ... . The weight comes from real patents,
where anything from 1 to 3 finds about the same (EXPERIMENTS.md). --write puts both into MODEL's config.json.
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
import torch
from torch.nn import functional as F

from model import Model

CELLS, INK, MOST = 10, 0.02, 45
"""As crates/evidence has it: cells a side, ink of a cell that counts, cells kept."""
SCORES = (0.424, 0.478, 0.55, 0.64, 0.757, 0.865, 0.937)
"""Scores that points of the scale are at, besides 1."""
MOST_DRAWINGS = 560


def evidence(tokens, squares):
    """Tokens (n, places, d) as 127ths of cells (n, cells, d), and which cells are kept."""
    side = int(round(tokens.shape[1] ** 0.5))
    grid = tokens.float().transpose(1, 2).unflatten(2, (side, side))
    cells = F.normalize(F.adaptive_avg_pool2d(grid, CELLS).flatten(2).transpose(1, 2), dim=2)
    ink = 1 - torch.from_numpy(np.stack(squares))[:, None].float() / 255
    most = F.adaptive_max_pool2d(F.adaptive_avg_pool2d(ink, side), CELLS)
    mean, square = F.adaptive_avg_pool2d(ink, CELLS), F.adaptive_avg_pool2d(ink**2, CELLS)
    inked = (most > INK).flatten(1)
    variance = torch.where(inked, (square - mean**2).flatten(1), torch.tensor(-1.0))
    kept = torch.zeros_like(inked).scatter_(1, variance.topk(MOST, 1)[1], True) & inked
    return (cells * 127).round() / 127, kept


def agreements(cells, kept):
    rows = []
    for one, its in zip(cells, kept):
        cosines = torch.einsum("qd,nkd->nqk", one[its], cells)
        best = torch.where(kept[:, None], cosines, torch.tensor(0.0)).amax(2).clamp(min=0)
        rows.append((best**2).mean(1))
    both_ways = torch.stack(rows)
    return ((both_ways + both_ways.T) / 2).numpy()


def pairs(model, path):
    """First score and agreement of each pair of a file's drawings."""
    side, share = model.config["image_size"], model.config["common_share"]
    drawings = np.load(path)["drawings"]
    drawings = drawings[:: max(1, len(drawings) // MOST_DRAWINGS)]
    squares = [cv2.resize(one, (side, side), interpolation=cv2.INTER_CUBIC) for one in drawings]
    _, embeddings, tokens = model.read(squares, torch.bfloat16)
    agreement = agreements(*evidence(tokens, squares))
    first = (1 - share) * (embeddings @ embeddings.T).numpy() + share
    upper = np.triu_indices(len(squares), 1)
    return first[upper], agreement[upper]


def quantile(parts, share):
    """The value below which `share` of the values lie, each part counting alike."""
    low, high = min(part[0] for part in parts), max(part[-1] for part in parts)
    for _ in range(50):
        middle = (low + high) / 2
        below = np.mean([np.searchsorted(part, middle) / len(part) for part in parts])
        low, high = (middle, high) if below < share else (low, middle)
    return high


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--weight", type=float, default=1.44)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    model, weight = Model(arguments.model), arguments.weight
    found = [pairs(model, path) for path in arguments.files]
    mixtures = [np.sort((first + weight * agreement) / (1 + weight)) for first, agreement in found]
    scale = []
    for score in SCORES:
        share = np.mean([(first < score).mean() for first, _ in found])
        scale.append([round(float(quantile(mixtures, share)), 3), score])
    look = {"weight": weight, "scale": [*scale, [1.0, 1.0]]}
    print(json.dumps(look))
    if arguments.write:
        path = arguments.model / "config.json"
        config = json.loads(path.read_text())
        config["lookalike"]["second_look"] = look
        path.write_text(json.dumps(config, indent=2) + "\n")


if __name__ == "__main__":
    main()
