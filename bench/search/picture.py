"""Recall and queries a second as curves: one SVG for each number of vectors."""

import math

import matplotlib

matplotlib.use("svg")
# The same figures give the same file; text stays text.
matplotlib.rcParams |= {"svg.hashsalt": "lookalike", "svg.fonttype": "none", "font.size": 9}

from matplotlib import pyplot  # noqa: E402
from matplotlib.ticker import FuncFormatter, NullFormatter  # noqa: E402

from contenders import OURS  # noqa: E402
from curves import points  # noqa: E402

# (title, section, share kept)
PANELS = (
    ("Graphs", "graph, 1 thread", 1.0),
    ("Inverted lists", "lists, 1 thread", 1.0),
    ("Graphs, 50 % kept by a filter", "graph, filtered", 0.5),
    ("Graphs, 1 % kept", "graph, filtered", 0.01),
    ("Graphs, 0.01 % kept", "graph, filtered", 0.0001),
)
COLUMNS = 3
# Recall below is of no use to anybody.
LOWEST_RECALL = 0.8
# Colours that stay apart for the colour-blind (Okabe and Ito 2008), ours the strongest.
COLOURS = {
    f"{OURS} hnsw": "#D55E00",
    f"{OURS} ivf_flat": "#D55E00",
    f"{OURS} ivf_sq8": "#E69F00",
    "FAISS HNSW": "#0072B2",
    "FAISS IVFFlat": "#0072B2",
    "FAISS HNSW bf16": "#56B4E9",
    "FAISS IVF SQ8": "#56B4E9",
    "hnswlib": "#009E73",
    "usearch": "#CC79A7",
    "usearch bf16": "#8C6BB1",
    "Milvus HNSW": "#777777",
}


def draw(report, size, path):
    """Whether there was anything to draw."""
    sections = {
        one["section"]: one["results"] for one in report["results"] if one["size"] == size.count
    }
    panels = [
        (title, curves)
        for title, section, share in PANELS
        if (curves := _curves(sections.get(section, []), share))
    ]
    if not panels:
        return False
    rows = -(-len(panels) // COLUMNS)
    columns = min(COLUMNS, len(panels))
    figure, axes = pyplot.subplots(
        rows, columns, figsize=(4.6 * columns, 3.6 * rows), squeeze=False, layout="constrained"
    )
    for axis in axes.flat[len(panels) :]:
        axis.remove()
    for axis, (title, curves) in zip(axes.flat, panels, strict=False):
        _panel(axis, title, curves)
    figure.suptitle(f"{size} vectors, one query at a time, one thread", x=0.01, ha="left")
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
    return True


def _curves(results, share):
    curves = {result["name"]: points(result, share) for result in results}
    kept = {
        name: [(recall, qps) for recall, qps in curve if recall >= LOWEST_RECALL]
        for name, curve in curves.items()
    }
    return {name: curve for name, curve in kept.items() if curve}


def _panel(axis, title, curves):
    axis.set_title(title, loc="left", fontsize=10)
    axis.set_yscale("log")
    axis.set_xlabel("recall@10")
    axis.set_ylabel("queries a second")
    axis.grid(True, color="#EEEEEE")
    axis.spines[["top", "right"]].set_visible(False)
    axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axis.yaxis.set_minor_formatter(NullFormatter())
    ends = []
    for name, curve in curves.items():
        recalls, qps = zip(*curve, strict=True)
        width = 2.2 if name.startswith(OURS) else 1.2
        axis.plot(recalls, qps, color=COLOURS[name], linewidth=width, marker="o", markersize=3)
        ends.append((qps[-1], name))
    axis.set_xlim(right=1.002)
    _label(axis, ends)


def _label(axis, ends):
    """Names right of the ends of their curves, moved apart where they would overlap."""
    low, high = axis.get_ylim()
    span = high / low
    axis.set_ylim(low, high)
    transform = axis.get_yaxis_transform()
    place = -1.0
    for qps, name in sorted(ends):
        # The place on the logarithmic axis, 0 to 1.
        place = max(place + 0.07, math.log(qps / low) / math.log(span))
        height = low * span**place
        axis.text(1.02, height, name, color=COLOURS[name], va="center", transform=transform)
