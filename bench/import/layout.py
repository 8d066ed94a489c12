"""What is measured, and where things lie."""

import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "target" / "bench" / "import"
RESULTS = ROOT / "bench" / "results"
MODEL = ROOT / "target" / "models" / "dinov2-small"

# What describes the machine, makes the models and starts processes is shared with bench/embed.
sys.path.append(str(ROOT / "bench" / "embed"))

# The side of the letterbox, also where the model's processor makes 224 pixels of it.
LETTERBOX = 518


@dataclass(frozen=True)
class Case:
    """One encoder at one input size, and who imports with it."""

    name: str
    # Sheets of the interleaved comparison: what Python does in about a minute.
    sheets: int
    # Name and arguments of every `lookalike import`. The first has the same input as Python's.
    ours: tuple
    # Pixels a side that Python's model sees; None where PyTorch has no such model.
    python_size: int | None


def _dinov2(preprocess, size):
    return ["--model", str(MODEL), "--preprocess", preprocess, "--size", str(size)]


CASES = (
    Case("518", 60, (("lookalike", _dinov2("letterbox", 518)),), 518),
    Case(
        "224",
        150,
        (
            ("lookalike", _dinov2("letterbox+processor", LETTERBOX)),
            ("lookalike, letterbox 224", _dinov2("letterbox", 224)),
        ),
        224,
    ),
    Case("builtin", 600, (("lookalike", ["--model", "builtin"]),), None),
)
