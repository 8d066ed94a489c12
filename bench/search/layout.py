"""What is measured, and where things lie."""

import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "target" / "bench" / "search"
RESULTS = ROOT / "bench" / "results"

# What describes the machine and starts processes is shared with bench/embed.
sys.path.append(str(ROOT / "bench" / "embed"))

TOP_K = 10
QUERIES = 1000
# Shares of the items that a filter keeps.
SHARES = (0.5, 0.01, 0.0001)
# Links a node (twice as many on the lowest layer) and candidates while building, of every graph.
GRAPH = {"m": 16, "ef_construction": 200}


@dataclass(frozen=True)
class Size:
    """One number of vectors."""

    count: int
    # Lists of an inverted file: the same for all.
    lists: int
    # A scan of all vectors is the same work for each query: fewer give the same median sooner.
    queries_of_scans: int

    def __str__(self):
        return f"{self.count:,}"


SIZES = {
    size.count: size
    for size in (
        Size(6_387, 128, 1000),
        # Not of the default run: enough to try everything.
        Size(20_000, 128, 256),
        Size(200_000, 512, 256),
        Size(1_000_000, 1024, 128),
    )
}


@dataclass(frozen=True)
class Section:
    """Rows that are measured in one turn, and compared with each other."""

    name: str
    kind: str
    threads: int
    batches: tuple
    shares: tuple
    # Values of `ef` of a graph, lists visited of an inverted file, none of a scan.
    efforts: tuple

    @property
    def is_filtered(self):
        return self.shares != (1.0,)


EF = (32, 64, 96, 128, 192, 256, 384, 512, 768)
# Filters and threads change the curve little: fewer points show where it lies.
FEW_EF = (32, 96, 192, 512)
LISTS_VISITED = (4, 8, 16, 32, 64, 96, 128)
FEW_LISTS = (4, 16, 64, 128)

SECTIONS = (
    Section("exact, 1 thread", "flat", 1, (1, 64), (1.0,), ()),
    Section("exact, 2 threads", "flat", 2, (1, 64), (1.0,), ()),
    Section("graph, 1 thread", "graph", 1, (1,), (1.0,), EF),
    Section("graph, 2 threads", "graph", 2, (64,), (1.0,), FEW_EF),
    Section("lists, 1 thread", "lists", 1, (1,), (1.0,), LISTS_VISITED),
    Section("exact, filtered", "flat", 1, (1,), SHARES, ()),
    Section("graph, filtered", "graph", 1, (1,), SHARES, FEW_EF),
    Section("lists, filtered", "lists", 1, (1,), SHARES, FEW_LISTS),
)
