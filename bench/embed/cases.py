"""What is measured, and where things lie."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "target" / "models"
WORK = ROOT / "target" / "bench" / "embed"

BATCHES = (1, 8)


@dataclass(frozen=True)
class Subject:
    """A model, by its folder, and what of it is timed: pictures, or texts of its full length."""

    folder: str
    # Pixels a side, or tokens.
    sizes: tuple
    is_text: bool = False


SUBJECTS = {
    "small": Subject("dinov2-small", (224, 518)),
    "base": Subject("dinov2-base", (224, 518)),
    "dinov3": Subject("dinov3-base", (224, 512)),
    "clip": Subject("clip-vit-b-32", (224,)),
    "clip-text": Subject("clip-vit-b-32", (77,), is_text=True),
    "siglip2": Subject("siglip2-base", (224,)),
}
NAMES = tuple(SUBJECTS)
SIZES = tuple(dict.fromkeys(size for subject in SUBJECTS.values() for size in subject.sizes))


@dataclass(frozen=True)
class Case:
    """One model at one input size (pixels a side, or tokens) and one number of inputs in a pass."""

    name: str
    size: int
    batch: int

    @property
    def subject(self):
        return SUBJECTS[self.name]

    @property
    def is_text(self):
        return self.subject.is_text

    @property
    def folder(self):
        return MODELS / self.subject.folder

    def __str__(self):
        unit = "tokens of text" if self.is_text else "px"
        return f"{self.subject.folder}, {self.size} {unit}, batch {self.batch}"


def chosen(filters):
    """The cases that a filter such as `small,518,1` leaves; what it does not name stays open."""
    words = filters.split(",") if filters else []
    known = [*NAMES, *map(str, SIZES), *map(str, BATCHES)]
    for word in words:
        if word not in known:
            raise SystemExit(f"--only: unknown '{word}', expected some of {', '.join(known)}")

    def kept(values):
        return [value for value in values if str(value) in words] or values

    sizes = kept(SIZES)
    return [
        Case(name, size, batch)
        for name in kept(NAMES)
        for size in SUBJECTS[name].sizes
        if size in sizes
        for batch in kept(BATCHES)
    ]
