"""How far synthetic sheets are from real ones, as a table and by a classifier.

    python bench/synth/statistics.py REAL SYNTHETIC [SYNTHETIC..]

REAL and SYNTHETIC are folders of grants (XML and TIFF, a folder a patent). Prints quantiles of what
can be counted on a sheet, for each folder, and how well logistic regression on these counts tells a
synthetic sheet from a real one: the area under the curve, 0.5 for a coin and 1 for certainty, every
patent judged by a model that has not seen it. Needs Pillow, NumPy and SciPy.
"""

import re
import sys
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage

NAMES = [
    "width",
    "height",
    "ink",
    "stroke width",
    "ink in thick spots",
    "ink in specks",
    "pieces",
    "rows with ink",
    "columns with ink",
    "changes along a row",
]
AT = (0.1, 0.5, 0.9)
FOLDS = 5


def main():
    folders = [Path(name) for name in sys.argv[1:]]
    if len(folders) < 2:
        sys.exit(__doc__)
    sets = [read(folder) for folder in folders]
    print("| quantiles 0.1, 0.5, 0.9 | " + " | ".join(folder.name for folder in folders) + " |")
    print("|---|" + "---|" * len(folders))
    for column, name in enumerate(NAMES):
        cells = (np.quantile(rows[:, column], AT) for rows, _, _ in sets)
        print(f"| {name} | " + " | ".join(", ".join(f"{v:.3g}" for v in cell) for cell in cells) + " |")
    sideways = (f"{np.mean(list(ways)):.2f}" for _, _, ways in sets)
    print("| lying on their side | " + " | ".join(sideways) + " |")
    counts = (np.quantile(np.unique(patents, return_counts=True)[1], AT) for _, patents, _ in sets)
    print("| sheets a patent | " + " | ".join(", ".join(f"{v:.0f}" for v in c) for c in counts) + " |")
    real = sets[0]
    for folder, synthetic in zip(folders[1:], sets[1:]):
        print(f"told from real: {folder.name}: {told_apart(real, synthetic):.3f}")


def read(folder):
    """Counts a sheet, the patent of each, and which lie on their side; front-page copies left out."""
    rows, patents, ways = [], [], []
    for path in sorted(folder.rglob("*.[Tt][Ii][Ff]")):
        if "-D00000" in path.name:
            continue
        with Image.open(path) as image:
            described = image.tag_v2.get(270, "")
            ink = ~np.asarray(image.convert("1"))
        rows.append(counts_of(ink))
        patents.append(path.parent.name)
        ways.append(described.strip("\0").endswith(";L"))
    if not rows:
        sys.exit(f"{folder} holds no TIFF files")
    return np.array(rows), np.array(patents), ways


def counts_of(ink):
    area = ink.sum()
    # A line of width w and length l has an area of w l and an edge of about 2 l.
    edge = (ink[:, 1:] != ink[:, :-1]).sum() + (ink[1:] != ink[:-1]).sum()
    thick = ndimage.binary_erosion(ink, iterations=5)
    labels, _ = ndimage.label(ink)
    sizes = np.bincount(labels.ravel())[1:]
    return [
        ink.shape[1],
        ink.shape[0],
        area / ink.size,
        # The edge of a slanted line is counted in steps, 4 / pi times its length on average.
        2 * area / max(edge * np.pi / 4, 1),
        thick.sum() / max(area, 1),
        sizes[sizes < 40].sum() / max(area, 1),
        len(sizes),
        ink.any(1).mean(),
        ink.any(0).mean(),
        (ink[:, 1:] != ink[:, :-1]).sum(1).mean(),
    ]


def told_apart(real, synthetic):
    values = np.log(np.concatenate([real[0], synthetic[0]]) + 1e-4)
    truth = np.repeat([0.0, 1.0], [len(real[0]), len(synthetic[0])])
    patents = np.concatenate([real[1], synthetic[1]])
    names = np.unique(patents)
    fold_of = dict(zip(names, np.random.default_rng(1).permutation(len(names)) % FOLDS))
    folds = np.array([fold_of[patent] for patent in patents])
    scores = np.zeros(len(truth))
    for fold in range(FOLDS):
        seen = folds != fold
        mean, deviation = values[seen].mean(0), values[seen].std(0) + 1e-9
        inputs = np.column_stack([(values - mean) / deviation, np.ones(len(values))])
        scores[~seen] = inputs[~seen] @ fitted(inputs[seen], truth[seen])
    wins = scores[truth == 1][:, None] - scores[truth == 0][None]
    return ((wins > 0) + 0.5 * (wins == 0)).mean()


def fitted(inputs, truth):
    """Weights of logistic regression, both kinds counting alike, by Newton's steps."""
    weight = np.where(truth == 1, 0.5 / truth.mean(), 0.5 / (1 - truth.mean()))
    beta = np.zeros(inputs.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-np.clip(inputs @ beta, -30, 30)))
        slope = inputs.T @ (weight * (truth - chance)) - 0.1 * beta
        curve = (inputs * (weight * chance * (1 - chance))[:, None]).T @ inputs
        beta += np.linalg.solve(curve + 0.1 * np.eye(len(beta)), slope)
    return beta


if __name__ == "__main__":
    main()
