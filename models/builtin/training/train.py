"""Trains the builtin encoder from packed material (`material.py`), or goes on where it stopped.

    python train.py PACKED RUN [--plan FILE]

RUN gets `checkpoint.pt` (replaced whole every few minutes), `log.jsonl` (a line per figure) and, at
the end, `encoder.pt`, which `export.py` turns into what the program ships. Every batch follows from
the seed and its step, so that an interrupted run goes on as if nothing had been. On a GPU and on a
CPU alike products are made in bf16, sums and weights kept in f32.
"""

import argparse
import copy
import json
import os
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import objective
from batches import Material
from network import Encoder, normalised
from optimiser import optimisers

PLAN = {
    "seed": 1,
    "rate": 0.02,
    "warmup": 40,
    "decay": 0.5,
    # From easy to hard: whole clean pages of designs at random first, where shapes are learned
    # within minutes; then relatives; then damage and other windows. Only the first stages and the
    # last read all patches, as the program does.
    "stages": [
        {
            "steps": 300, "side": 112, "keep": 64, "designs": 32, "relatives": 0.0, "scenes": 8,
            "seen": {"exactly": 1.0, "about": 0.0}, "strength": 0.0, "family": 1.0,
        },
        {
            "steps": 500, "side": 112, "keep": 64, "designs": 64, "relatives": 0.5, "scenes": 12,
            "seen": {"exactly": 0.75, "about": 0.1}, "strength": 0.15, "family": 0.2,
        },
        {
            "steps": 1450, "side": 112, "keep": 28, "designs": 96, "relatives": 0.5, "scenes": 12,
            "seen": {"exactly": 0.75, "about": 0.1}, "strength": 0.2, "family": 0.0,
        },
        {
            "steps": 1450, "side": 112, "keep": 28, "designs": 96, "relatives": 0.5, "scenes": 12,
            "seen": {"exactly": 0.6, "about": 0.2}, "strength": 0.5, "family": 0.0,
        },
        {
            "steps": 150, "side": 112, "keep": 64, "designs": 80, "relatives": 0.5, "scenes": 12,
            "seen": {"exactly": 0.7, "about": 0.15}, "strength": 0.4, "family": 0.0,
        },
    ],
}
VIEWS = 4
"""Pictures of a design in a batch."""
AVERAGE = 0.995
"""The shipped weights are a running mean of the trained ones, over the last 200 steps or so."""
CHECKPOINT_STEPS = 100
CALIBRATION_DESIGNS = 600
COMMON = 0.3
"""Share of the mean embedding that is taken off: see `calibrate`."""
VALIDATION_STEPS = 200


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("packed", type=Path)
    parser.add_argument("run", type=Path)
    parser.add_argument("--plan", type=Path, help="JSON in the form of PLAN")
    arguments = parser.parse_args()
    plan = json.loads(arguments.plan.read_text()) if arguments.plan else PLAN
    arguments.run.mkdir(parents=True, exist_ok=True)
    Run(plan, Material(arguments.packed), arguments.run).go()


class Run:
    def __init__(self, plan, material, folder):
        self.plan, self.material, self.folder = plan, material, folder
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        torch.manual_seed(plan["seed"])
        self.encoder = Encoder().to(self.device)
        # Names the family from the embedding; breaks the ice, and is thrown away.
        self.families = torch.nn.Linear(self.encoder.shape.dim, len(material.families) + 1).to(self.device)
        self.optimisers = [
            *optimisers(self.encoder, plan["rate"]),
            torch.optim.AdamW(self.families.parameters(), lr=plan["rate"] * 0.15),
        ]
        self.step = 0
        self.seconds = 0.0
        self.stages = [stage for stage in plan["stages"] for _ in range(stage["steps"])]
        self.centre()
        self.average = copy.deepcopy(self.encoder).requires_grad_(False)
        self.resume()

    @torch.no_grad()
    def centre(self):
        """Moves the mean of the first embeddings to zero: they would all point the same way."""
        pixels = normalised(self.batch().pixels.to(self.device))
        embeddings = self.encoder(pixels, self.stages[self.step]["keep"])
        self.encoder.norm.bias.sub_(embeddings.mean(0))

    def batch(self):
        stage = self.stages[self.step]
        wanted = {key: value for key, value in stage.items() if key not in ("steps", "family", "keep")}
        return self.material.batch(self.step, self.plan["seed"], views=VIEWS, **wanted)

    def resume(self):
        path = self.folder / "checkpoint.pt"
        if not path.exists():
            return
        state = torch.load(path, map_location=self.device)
        self.encoder.load_state_dict(state["encoder"])
        self.average.load_state_dict(state["average"])
        self.families.load_state_dict(state["families"])
        for optimiser, saved in zip(self.optimisers, state["optimisers"]):
            optimiser.load_state_dict(saved)
        self.step, self.seconds = state["step"], state["seconds"]

    def save(self):
        partial = self.folder / "checkpoint.partial"
        state = {
            "encoder": self.encoder.state_dict(),
            "average": self.average.state_dict(),
            "families": self.families.state_dict(),
            "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
            "step": self.step,
            "seconds": self.seconds,
        }
        torch.save(state, partial)
        os.replace(partial, self.folder / "checkpoint.pt")

    def rate(self):
        """Warm-up, then level, then straight down to a fiftieth."""
        total = len(self.stages)
        left = (total - self.step) / (total * self.plan["decay"])
        return min(1, (self.step + 1) / self.plan["warmup"], max(0.02, left))

    def go(self):
        mean_loss, since = 0.0, time.time()
        while self.step < len(self.stages):
            stage = self.stages[self.step]
            loss = self.learn(self.batch(), stage)
            self.step += 1
            self.seconds += time.time() - since
            since = time.time()
            mean_loss += 0.05 * (loss - mean_loss) if mean_loss else loss
            last = self.step == len(self.stages)
            if self.step % 20 == 0:
                print(f"{self.step} loss {mean_loss:.3f} {self.seconds:.0f} s", flush=True)
            if self.step % VALIDATION_STEPS == 0 or last:
                self.log(loss=mean_loss, **self.validate(stage["side"]))
            if self.step % CHECKPOINT_STEPS == 0 or last:
                self.save()
        self.calibrate()
        torch.save(self.average.state_dict(), self.folder / "encoder.pt")

    @torch.no_grad()
    def calibrate(self):
        """Spreads the scores: takes a share off the mean that all embeddings have in common. Ranks stay
        as they are; unrelated drawings come to score 0.35 in the median instead of 0.54."""
        rng = np.random.default_rng(self.plan["seed"])
        designs = rng.choice(self.material.training, CALIBRATION_DESIGNS, replace=False)
        rows = [rng.integers(*self.material.designs[number]["sheets"]) for number in designs]
        mean = self.embed(self.material.sheets, rows, self.stages[-1]["side"], normalise=False).mean(0)
        self.average.norm.bias.sub_(COMMON * mean.to(self.device))

    def learn(self, batch, stage):
        share = self.rate()
        # Which patches are read follows from the step too.
        torch.manual_seed(self.plan["seed"] * 1_000_000 + self.step)
        for optimiser in self.optimisers:
            for group in optimiser.param_groups:
                group.setdefault("full_rate", group["lr"])
                group["lr"] = group["full_rate"] * share
        grades = objective.relevance(batch.design, batch.origin, batch.nudge).to(self.device)
        with torch.autocast(self.device, dtype=torch.bfloat16):
            embeddings = self.encoder(normalised(batch.pixels.to(self.device)), stage["keep"])
        loss = objective.loss(embeddings, grades)
        total = loss
        if stage["family"]:
            named = self.families(embeddings.float())
            total = loss + stage["family"] * F.cross_entropy(named, batch.family.to(self.device))
        total.backward()
        torch.nn.utils.clip_grad_norm_(self.encoder.parameters(), 5.0)
        for optimiser in self.optimisers:
            optimiser.step()
            optimiser.zero_grad()
        keep = min(AVERAGE, 1 - 1 / (self.step + 10))
        with torch.no_grad():
            for mean, now in zip(self.average.parameters(), self.encoder.parameters()):
                mean.lerp_(now, 1 - keep)
        return loss.item()

    @torch.no_grad()
    def validate(self, side):
        """Pages and photos of designs that training never sees, whole, as the program sees them."""
        material = self.material
        sheets, photos, sheet_of, photo_of = [], [], [], []
        for number in material.validation:
            design = material.designs[number]
            sheets += range(*design["sheets"])
            sheet_of += [number] * (design["sheets"][1] - design["sheets"][0])
            photos += range(*design["photos"])
            photo_of += [number] * (design["photos"][1] - design["photos"][0])
        pages, shots = self.embed(material.sheets, sheets, side), self.embed(material.photos, photos, side)
        sheet_of, photo_of = torch.tensor(sheet_of), torch.tensor(photo_of)
        scores = (pages @ pages.T).fill_diagonal_(-2)
        relevant = (sheet_of[:, None] == sheet_of[None]).fill_diagonal_(False)
        hits = relevant.gather(1, scores.argsort(1, descending=True)).float()
        rank = torch.arange(1, len(sheet_of) + 1)
        precision = hits.cumsum(1) / rank
        average_precision = (precision * hits).sum(1) / hits.sum(1)
        found = (photo_of[:, None] == sheet_of[None]).gather(1, (shots @ pages.T).argsort(1, descending=True))
        return {
            "recall_at_1": hits[:, 0].mean().item(),
            "map": average_precision.mean().item(),
            "photo_recall_at_10": found[:, :10].any(1).float().mean().item(),
        }

    def embed(self, levels, rows, side, normalise=True):
        level = next(level for level in reversed(levels) if level.shape[-1] >= side)
        out = []
        for start in range(0, len(rows), 64):
            pixels = torch.from_numpy(level[rows[start : start + 64]]).float() / 255
            if level.shape[-1] != side:
                pixels = F.interpolate(pixels, (side, side), mode="area")
            pixels = normalised(pixels.expand(-1, 3, -1, -1)).to(self.device)
            with torch.autocast(self.device, dtype=torch.bfloat16):
                out.append(self.average(pixels).float().cpu())
        out = torch.cat(out)
        return F.normalize(out, dim=1) if normalise else out

    def log(self, **figures):
        line = json.dumps({"step": self.step, "seconds": round(self.seconds), **figures})
        print(line, flush=True)
        with (self.folder / "log.jsonl").open("a") as log:
            log.write(line + "\n")


if __name__ == "__main__":
    main()
