"""Trains the end of the network and the projection for retrieval, near what was pretrained.

    train.py FEATURES RUN

Supervised contrastive over designs, held to the whitened pretrained network by what that says of
each picture and of each pair of different designs. Resumable: RUN/last.pt; RUN/mean_STEP.pt are the
averaged weights. Which of them ships is chosen on real patents (`evaluate.py`).
"""

import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from end import End, all_taps, whitening

SETS = {"solids_0": (0, 12), "solids_1": (0, 12), "sheets": (1, 4), "pictures": (2, 8)}
"""Material: which pool of designs a file belongs to, and how many of the pool a batch has."""
EACH, PHOTOS = 4, 2
"""Pictures of a design in a batch, at most, and how many of them are photos where there are photos."""
STEPS, WARM_UP = 200, 15
RATE, PROJECTION_RATE = 1e-4, 3e-5
TEMPERATURE = 0.1
KEEP, KEEP_PAIRS = 4.0, 50.0
"""Weight of staying near, and within it of the scores of different designs."""
BANK = 800
"""More negatives a batch, as the pretrained network embeds them."""


def material(folder):
    parts, design, pool, photo = [], [], [], []
    for number, (name, (kind, _)) in enumerate(SETS.items()):
        *tensors, designs, kinds = torch.load(Path(folder) / f"{name}.pt", weights_only=False)
        parts.append(tensors)
        # Both shards of solids count designs in one row.
        design.append(np.asarray(designs) + 1_000_000 * kind)
        pool.append(np.full(len(designs), kind))
        photo.append(np.asarray(kinds) == 1)
    tensors = [torch.cat(column) for column in zip(*parts)]
    return tensors, np.concatenate(design), np.concatenate(pool), np.concatenate(photo)


def groups_of(design, pool):
    """For each pool its designs that have two pictures or more, as arrays of picture numbers."""
    groups = {}
    for one in np.unique(design):
        members = np.where(design == one)[0]
        if len(members) > 1:
            groups.setdefault(pool[members[0]], []).append(members)
    return groups


def some(members, count, random):
    return random.choice(members, min(count, len(members)), replace=False)


def batch_of(groups, photo, random):
    chosen = []
    for kind, count in dict(SETS.values()).items():
        for index in random.choice(len(groups[kind]), count, replace=False):
            members = groups[kind][index]
            photos = some(members[photo[members]], PHOTOS, random)
            drawings = some(members[~photo[members]], EACH - len(photos), random)
            chosen.append(np.concatenate([photos, drawings]))
    return np.concatenate(chosen)


def losses(z, start, bank, labels):
    """Contrastive loss, and the distance from what the pretrained network says."""
    count = len(z)
    own = torch.eye(count, dtype=torch.bool)
    same = torch.from_numpy(labels[:, None] == labels[None]) & ~own
    scores = torch.cat([z @ z.T, z @ bank.T], 1) / TEMPERATURE
    scores[:, :count] = scores[:, :count].masked_fill(own, -1e4)
    logs = (scores - torch.logsumexp(scores, 1, keepdim=True))[:, :count]
    contrast = (-(logs * same).sum(1) / same.sum(1).clamp(min=1)).mean()
    other = ~same & ~own
    pairs = ((z @ z.T - start @ start.T) ** 2 * other).sum() / other.sum()
    return contrast, (1 - (z * start).sum(1)).mean() + KEEP_PAIRS * pairs


def main(features, run):
    run = Path(run)
    run.mkdir(parents=True, exist_ok=True)
    (ten, fourteen, maps), design, pool, photo = material(features)
    groups = groups_of(design, pool)
    end = End().to(memory_format=torch.channels_last)
    taps = all_taps(end, ten, fourteen, maps)
    weight, bias = (torch.nn.Parameter(value) for value in whitening(taps))
    start = F.normalize(taps @ weight.T + bias, dim=1).detach()
    named = dict(end.named_parameters()) | {"projection.weight": weight, "projection.bias": bias}
    optimiser = torch.optim.AdamW(
        [{"params": list(end.parameters())}, {"params": [weight, bias]}],
        lr=RATE, weight_decay=0, betas=(0.9, 0.98))
    mean = {name: value.detach().clone() for name, value in named.items()}
    torch.save(mean, run / "mean_0.pt")
    first, last = 0, run / "last.pt"
    if last.exists():
        kept = torch.load(last)
        for name, value in named.items():
            value.data.copy_(kept["named"][name])
        optimiser.load_state_dict(kept["optimiser"])
        mean, first = kept["mean"], kept["step"]
    random, began = np.random.default_rng(first + 1), time.time()
    for step in range(first, STEPS):
        height = min(1, (step + 1) / WARM_UP) * (0.55 + 0.45 * np.cos(np.pi * step / STEPS))
        for group, rate in zip(optimiser.param_groups, (RATE, PROJECTION_RATE)):
            group["lr"] = rate * height
        index = batch_of(groups, photo, random)
        # Mirrored maps stand for mirrored pictures.
        mirrored = torch.from_numpy(random.random(len(index)) < 0.5)[:, None, None, None]
        x = maps[index].to(torch.bfloat16)
        x = torch.where(mirrored, x.flip(3), x).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            taps = end(ten[index], fourteen[index], x)
        z = F.normalize(taps @ weight.T + bias, dim=1)
        others = random.choice(len(start), BANK, replace=False)
        others = others[~np.isin(design[others], design[index])]
        contrast, far = losses(z, start[index], start[others], design[index])
        (contrast + KEEP * far).backward()
        torch.nn.utils.clip_grad_norm_(named.values(), 5.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        share = min(0.97, (step + 1) / (step + 10))
        for name, value in named.items():
            mean[name].lerp_(value.detach(), 1 - share)
        if (step + 1) % 20 == 0:
            torch.save(mean, run / f"mean_{step + 1}.pt")
            torch.save({"named": named, "optimiser": optimiser.state_dict(), "mean": mean,
                        "step": step + 1}, run / "last.part")
            (run / "last.part").replace(last)
            seconds = (time.time() - began) / (step + 1 - first)
            print(f"step {step + 1}: contrast {contrast:.3f}, far {far:.3f}, {seconds:.1f} s a step",
                  flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
