"""What is measured, and where things lie."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "target" / "models"
WORK = ROOT / "target" / "bench" / "embed"

SIZES = (224, 518)
BATCHES = (1, 8)
NAMES = ("small", "base")


@dataclass(frozen=True)
class Case:
    """One model at one input size (pixels a side) and one number of images in a forward pass."""

    name: str
    size: int
    batch: int

    @property
    def folder(self):
        return MODELS / f"dinov2-{self.name}"

    def __str__(self):
        return f"dinov2-{self.name}, {self.size} px, batch {self.batch}"


def chosen(filters):
    """The cases that a filter such as `small,518,1` leaves; what it does not name stays open."""
    words = filters.split(",") if filters else []
    known = [*NAMES, *map(str, SIZES), *map(str, BATCHES)]
    for word in words:
        if word not in known:
            raise SystemExit(f"--only: unknown '{word}', expected some of {', '.join(known)}")

    def kept(values):
        return [value for value in values if str(value) in words] or values

    return [
        Case(name, size, batch)
        for name in kept(NAMES)
        for size in kept(SIZES)
        for batch in kept(BATCHES)
    ]
