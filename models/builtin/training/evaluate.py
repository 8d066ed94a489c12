"""Real patents, one table: the model, the pretrained network it came from, and the pieces between.

    evaluate.py REAL MODEL

REAL has `grants/` and `pdf/`. A sheet asks for the other sheets of its patent. Rows of the
pretrained network are whitened on the other set, as FINDINGS did; the model's never saw either.
"""

import math
import sys
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

import real
from end import whitening
from metrics import best_of_figures, each, interval
from model import Model
from network import pretrained
from squares import MARGIN, boxes, square

HEAD = slice(88 + 120 + 208, None)
"""The head's channels among the joined taps."""
CELLS, INK, LOOK = 10, 0.02, 2.0
"""Cells a side of a second look, the ink from which one counts, its weight beside the embedding."""


class Sheets:
    """A set's sheets and figures as the network before and the model after training see them."""

    def __init__(self, found, model, before):
        patents, sheets = zip(*found)
        self.labels = np.array(patents)
        cut = [[sheet[top:bottom, left:right] for left, top, right, bottom in boxes(sheet)]
               for sheet in sheets]
        self.sheet_of = np.repeat(np.arange(len(sheets)), [len(figures) for figures in cut])
        side = model.config["image_size"]
        wholes = [square(sheet, MARGIN, side) for sheet in sheets]
        figures = [square(figure, MARGIN, side) for one in cut for figure in one]
        self.raw = before.read([square(sheet, MARGIN) for sheet in sheets], torch.bfloat16)[0][:, HEAD]
        _, self.whole, tokens = model.read(wholes, torch.bfloat16)
        self.places, self.drawn = drawn_places(tokens, wholes)
        self.figures = model.read(figures, torch.bfloat16)[1]

    def rows(self, other):
        """Names and scores of the ways to compare sheets."""
        pooled, raw = F.normalize(self.raw, dim=1), F.normalize(other.raw, dim=1)
        weight, bias = whitening(raw)
        peer = F.normalize(pooled @ weight.T + bias, dim=1)
        whole = (self.whole @ self.whole.T).numpy()
        figures = best_of_figures((self.figures @ self.figures.T).numpy(), self.sheet_of)
        yield "Lite2, pooled, whole sheet", (pooled @ pooled.T).numpy()
        yield "Lite2, whitened on the other set (the peer)", (peer @ peer.T).numpy()
        yield "builtin, whole sheet", whole
        yield "builtin, best pair of figures", figures
        yield "builtin, sheet and figures, mean of both", (whole + figures) / 2
        yield "builtin, whole sheet and a second look", whole + LOOK * second_look(self.places, self.drawn)


def drawn_places(tokens, squares):
    """Tokens (n, places, d) averaged to cells of length 1, and which cells have ink (n, cells)."""
    side = math.isqrt(tokens.shape[1])
    places = tokens.float().transpose(1, 2).unflatten(2, (side, side))
    places = F.normalize(F.adaptive_avg_pool2d(places, CELLS).flatten(2).transpose(1, 2), dim=2)
    ink = 1 - torch.from_numpy(np.stack(squares))[:, None].float() / 255
    ink = F.adaptive_max_pool2d(F.adaptive_avg_pool2d(ink, side), CELLS)[:, 0]
    return places, ink.flatten(1) > INK


def second_look(places, drawn):
    """The mean over a picture's drawn places of the square of the best cosine among the other's, both
    ways."""
    rows = []
    for one, its in zip(places, drawn):
        cosines = torch.einsum("qd,nkd->nqk", one[its], places)
        best = torch.where(drawn[:, None], cosines, 0.0).amax(2).clamp(min=0)
        rows.append((best**2).mean(1))
    scores = torch.stack(rows)
    return ((scores + scores.T) / 2).numpy()


def main(folder, model):
    model, before = Model(model), Model(model)
    before.backbone.load_state_dict(pretrained().state_dict())
    folder = Path(folder)
    sets = {"grants": Sheets(real.grants(folder / "grants"), model, before),
            "pdf": Sheets(real.pdfs(folder / "pdf"), model, before)}
    for name, other in (("grants", "pdf"), ("pdf", "grants")):
        labels, peer = sets[name].labels, None
        print(f"\n{name}: {len(np.unique(labels))} patents, {len(labels)} sheets\n")
        print("| | mAP | recall@1 | mAP - peer's | recall@1 - peer's |\n|---|---|---|---|---|")
        for title, scores in sets[name].rows(sets[other]):
            values = each(scores, labels)
            peer = values if "peer" in title else peer
            cells = [interval(value, labels) for value in values]
            if peer is not None and "peer" not in title:
                cells += [interval(value - was, labels) for value, was in zip(values, peer)]
            texts = ["{:.3f} [{:.3f}, {:.3f}]".format(*cell) for cell in cells] + [""] * (4 - len(cells))
            print(f"| {title} | {' | '.join(texts)} |")


if __name__ == "__main__":
    main(*sys.argv[1:])
