"""What goes into a batch: views of designs, many of them of the same few families, and scenes."""

import json
from dataclasses import dataclass

import numpy as np
import torch

import augment
from material import LEVELS


@dataclass
class Batch:
    """Brightness [n, 3, side, side] and what each picture shows; scenes are a family of their own."""

    pixels: torch.Tensor
    design: torch.Tensor
    origin: torch.Tensor
    nudge: torch.Tensor
    family: torch.Tensor


class Material:
    """The packed arrays, read through memory maps."""

    def __init__(self, folder):
        table = json.loads((folder / "designs.json").read_text())
        self.families = table["families"]
        self.designs = table["designs"]
        self.sheets = [np.load(folder / f"sheets-{side}.npy", mmap_mode="r") for side in LEVELS]
        self.photos = [np.load(folder / f"photos-{side}.npy", mmap_mode="r") for side in LEVELS]
        self.scenes = [np.load(folder / f"scenes-{side}.npy", mmap_mode="r") for side in LEVELS[1:]]
        self.sheet_boxes = torch.from_numpy(np.load(folder / "sheets-boxes.npy"))
        self.photo_boxes = torch.from_numpy(np.load(folder / "photos-boxes.npy"))
        self.scene_boxes = torch.tensor([0.0, 0.0, 1.0, 1.0]).expand(len(self.scenes[0]), 4)
        self.training = [n for n, design in enumerate(self.designs) if not design["validation"]]
        self.validation = [n for n, design in enumerate(self.designs) if design["validation"]]
        self.by_family = [[] for _ in self.families]
        self.near = {}
        for number in self.training:
            design = self.designs[number]
            self.by_family[design["family"]].append(number)
            if design["origin"] != number:
                self.near[design["origin"]] = number

    def choose(self, count, relatives, rng):
        """Designs for a batch: the share `relatives` from four families, so that telling relatives
        apart is what is to be learned; a third of those come with their near design."""
        chosen = []
        families = rng.choice(len(self.families), 4, replace=False)
        wanted = int(count * relatives / 4)
        for family in families:
            members = rng.permutation(self.by_family[family]).tolist()
            mine = []
            while members and len(mine) < wanted:
                number = members.pop()
                mine.append(number)
                if number in self.near and rng.random() < 0.33:
                    mine.append(self.near[number])
            chosen += mine[:wanted]
        others = rng.permutation(self.training).tolist()
        chosen = list(dict.fromkeys(chosen))
        taken = set(chosen)
        while len(chosen) < count:
            number = others.pop()
            if number not in taken:
                chosen.append(number)
        return chosen

    def batch(self, step, seed, side, designs, views, scenes, relatives, seen, strength):
        """The batch of a step: the same for the same arguments.

        `views` pictures of each of `designs` designs, photos among them; two of each of `scenes`
        scenes. `relatives`: see `choose`; `seen` and `strength`: see `augment`.
        """
        rng = np.random.default_rng([seed, step])
        dice = augment.Dice(int(rng.integers(2**62)))
        sheet_rows, sheet_of, photo_rows, photo_of = [], [], [], []
        for number in self.choose(designs, relatives, rng):
            design = self.designs[number]
            left = views
            if design["photos"][1] > design["photos"][0] and rng.random() < 0.6:
                photo_rows.append(rng.integers(*design["photos"]))
                photo_of.append(number)
                left -= 1
            first, end = design["sheets"]
            take = rng.permutation(np.arange(first, end))[:left]
            sheet_rows += take.tolist()
            sheet_of += [number] * len(take)
        scene_rows = np.repeat(rng.choice(len(self.scenes[0]), scenes, replace=False), 2)
        scene_of = (len(self.designs) + scene_rows).tolist()
        rows = [torch.tensor(np.asarray(r, np.int64)) for r in (sheet_rows, photo_rows, scene_rows)]
        how = (side, seen, strength, dice)
        pixels = torch.cat(
            [
                augment.drawings(self.sheets, self.sheet_boxes, rows[0], *how),
                augment.photos(self.photos, self.photo_boxes, rows[1], *how),
                augment.photos(self.scenes, self.scene_boxes, rows[2], *how),
            ]
        )
        design = sheet_of + photo_of + scene_of
        known = [self.designs[n] if n < len(self.designs) else {"origin": n, "nudge": 0, "family": len(self.families)} for n in design]
        return Batch(
            pixels,
            torch.tensor(design),
            torch.tensor([d["origin"] for d in known]),
            torch.tensor([float(d["nudge"]) for d in known]),
            torch.tensor([d["family"] for d in known]),
        )
