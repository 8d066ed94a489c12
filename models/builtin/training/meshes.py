"""Designs in three dimensions, as (vertices (n, 3), triangles (m, 3)) within the unit ball.

Models of Debian packages by many hands (AC3D of FlightGear, VRML of KiCad) and solids made up
freely: unions and cuts of swept, lathed and bevelled shapes. Variety decides, not the number.
"""

import re
from pathlib import Path

import numpy as np

from solids import solid

SOLIDS = 900
KICAD_EACH = 7
"""Models of each KiCad library: neighbours in a library are near designs of one another."""
NOT_THINGS = re.compile("Weather|Effects|Astro|light|Autopush|Geometry")


def listing(packages):
    """All designs in a fixed random order: (kind, path or seed)."""
    packages = Path(packages)
    found = []
    for package in ("flightgear-data-models", "flightgear-data-ai"):
        for path in sorted((packages / package).rglob("*.ac")):
            if not NOT_THINGS.search(str(path).split("flightgear/")[-1]):
                found.append(("ac", str(path)))
    for folder in sorted((packages / "kicad-packages3d").rglob("*.3dshapes")):
        models = [p for p in sorted(folder.glob("*.wrl")) if p.stat().st_size < 3_000_000]
        count = min(len(models), KICAD_EACH)
        for index in np.linspace(0, len(models) - 1, count).astype(int):
            found.append(("wrl", str(models[index])))
    found += [("solid", seed) for seed in range(SOLIDS)]
    order = np.random.default_rng(5).permutation(len(found))
    return [found[index] for index in order]


def mesh(kind, source):
    """One design of `listing`. Raises ValueError where nothing solid is there."""
    vertices, triangles = {"ac": ac3d, "wrl": vrml, "solid": solid}[kind](source)
    a, b, c = triangles.T
    triangles = triangles[(a != b) & (b != c) & (a != c)]
    used = vertices[np.unique(triangles)]
    low, high = used.min(0), used.max(0)
    extent = np.sort(high - low)
    if not 12 <= len(triangles) <= 400_000 or extent[1] < 0.02 * extent[2]:
        raise ValueError(f"{source}: flat, or too small or large")
    vertices = (vertices - (low + high) / 2) / np.linalg.norm(high - low) * 2
    if kind == "ac":
        vertices = vertices[:, [0, 2, 1]] * [1, -1, 1]
    return vertices.astype(np.float32), triangles.astype(np.int32)


def ac3d(path):
    """AC3D text: objects nested by `kids`, each moved by `loc` and turned by `rot`."""
    lines = iter(Path(path).read_text(errors="replace").split("\n"))
    vertices, triangles = [], []

    def numbers(count):
        return [next(lines).split() for _ in range(count)]

    def read(location, rotation):
        base, here, turned = 0, location, rotation
        for line in lines:
            word, *rest = line.split() or [""]
            if word == "loc":
                here = location + rotation @ np.array(rest[:3], float)
            elif word == "rot":
                turned = rotation @ np.array(rest[:9], float).reshape(3, 3).T
            elif word == "data":
                next(lines)
            elif word == "numvert":
                base = sum(len(part) for part in vertices)
                points = np.array([row[:3] for row in numbers(int(rest[0]))], float)
                vertices.append(points.reshape(-1, 3) @ turned.T + here)
            elif word == "refs":
                corners = [int(row[0]) + base for row in numbers(int(rest[0]))]
                for index in range(1, len(corners) - 1):
                    triangles.append((corners[0], corners[index], corners[index + 1]))
            elif word == "kids":
                for _ in range(int(rest[0])):
                    for line in lines:
                        if line.startswith("OBJECT"):
                            break
                    read(here, turned)
                return

    read(np.zeros(3), np.eye(3))
    return np.concatenate(vertices), np.array(triangles, int)


def vrml(path):
    """Every indexed face set of a VRML file as KiCad writes them: triangles only."""
    text = Path(path).read_text(errors="replace")
    vertices, triangles, base = [], [], 0
    sets = re.compile(
        r"coordIndex\s*\[([^\]]*)\].*?point\s*\[([^\]]*)\]"
        r"|point\s*\[([^\]]*)\].*?coordIndex\s*\[([^\]]*)\]", re.S)
    for found in sets.finditer(text):
        faces, points = found[1] or found[4], found[2] or found[3]
        points = np.array(re.findall(r"[-+0-9.eE]+", points), float).reshape(-1, 3)
        faces = np.array(re.findall(r"-?\d+", faces), int)
        if len(points) and len(faces) % 4 == 0 and (faces[3::4] == -1).all():
            vertices.append(points)
            triangles.append(faces.reshape(-1, 4)[:, :3] + base)
            base += len(points)
    return np.concatenate(vertices)[:, [0, 2, 1]], np.concatenate(triangles)
