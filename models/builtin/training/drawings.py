"""Renders designs as line drawings like patent sheets and as photos, by casting rays (Embree).

    drawings.py PACKAGES OUT SHARD OF [LIMIT]

Writes OUT/solids_SHARD.npz: `drawings` (n, 256, 256), `photos` (m, 256, 256, 3), and the design of
each. Lines are where depth or normal jump between neighbouring rays, so hidden lines are hidden;
a design keeps its drafting style in seven views of ten.
"""

import sys
from pathlib import Path

import cv2
import numpy as np
from embreex.mesh_construction import TriangleMesh
from embreex.rtcore_scene import EmbreeScene

from meshes import listing, mesh
from photos import photo
from squares import figure

RAYS = 384
"""Rays along a side: a line of one ray is 0.6 pixels of the square, as 4 px at 300 dpi are."""
VIEWS = [(0, 0), (180, 0), (90, 0), (-90, 0), (0, 90), (0, -90)]
"""Front, back, left, right, top, bottom: yaw and pitch in degrees."""
SHADES = ["none", "none", "none", "oblique", "stipple", "contour", "black", "tone"]


class Shot:
    """What the rays met: depth, normals towards the eye, triangles (-1: nothing), all (RAYS, RAYS)."""

    def __init__(self, vertices, triangles, turn, distance):
        """`distance` of the eye, or 0 for a view without perspective."""
        points = (vertices @ turn.T).astype(np.float32)
        low, high = points[:, [0, 2]].min(0), points[:, [0, 2]].max(0)
        half = (high - low).max() / 2 * 1.08
        points[:, [0, 2]] -= (low + high) / 2
        scene = EmbreeScene()
        TriangleMesh(scene, points[triangles])
        grid = np.linspace(-half, half, RAYS, dtype=np.float32)
        x, z = (axis.ravel() for axis in np.meshgrid(grid, -grid))
        origins, ways = np.zeros((2, RAYS * RAYS, 3), np.float32)
        if distance:
            origins[:, 1] = -distance
            ways[:] = np.c_[x * 1.15, np.full_like(x, distance), z * 1.15]
        else:
            origins[:] = np.c_[x, np.full_like(x, -3), z]
            ways[:, 1] = 1
        met = scene.run(origins, ways, output=True)
        hit = met["primID"] >= 0
        normals = met["Ng"] / np.maximum(np.linalg.norm(met["Ng"], axis=1, keepdims=True), 1e-9)
        normals = np.where((normals * ways).sum(1, keepdims=True) > 0, -normals, normals)
        depth = np.where(hit, met["tfar"] * np.linalg.norm(ways, axis=1), 9)
        self.depth = depth.reshape(RAYS, RAYS)
        self.normals = normals.reshape(RAYS, RAYS, 3)
        self.triangles = np.where(hit, met["primID"], -1).reshape(RAYS, RAYS)
        self.step = 2 * half / RAYS

    def lines(self, angle):
        """Rays on an edge: outline, step in depth, crease of more than `angle` degrees."""
        edges = np.zeros((RAYS, RAYS), bool)
        for down, across in ((0, 1), (1, 0)):
            here = slice(0, RAYS - down), slice(0, RAYS - across)
            there = slice(down, RAYS), slice(across, RAYS)
            a, b = self.triangles[here] >= 0, self.triangles[there] >= 0
            one, two = self.normals[here], self.normals[there]
            crease = (one * two).sum(2) < np.cos(np.radians(angle))
            facing = np.maximum(np.minimum(abs(one[..., 1]), abs(two[..., 1])), 0.08)
            jump = abs(self.depth[here] - self.depth[there]) > self.step * (2.5 + 1.5 / facing)
            edges[here] |= (a != b) | (a & b & (crease | jump))
        return edges


def rotation(yaw, pitch, roll=0):
    """Turns the model instead of the camera, which looks along y."""
    a, b, c = np.radians([yaw, pitch, roll])
    about_z = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    about_x = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    about_y = np.array([[np.cos(c), 0, np.sin(c)], [0, 1, 0], [-np.sin(c), 0, np.cos(c)]])
    return about_y @ about_x @ about_z


def style(random):
    return {
        "width": random.choice([1, 1, 1, 2, 2, 3]), "angle": random.uniform(18, 40),
        "shade": random.choice(SHADES), "light": random.normal(0, 1, 3),
        "period": random.uniform(5, 14), "tilt": random.choice([45, 30, 60, 135, 0, 90]),
        "broken": random.random() < 0.2, "level": random.uniform(0.2, 0.8),
    }


def drawing(shot, how, random):
    """A shot drawn in a style: uint8 (RAYS, RAYS), black on white."""
    edges = shot.lines(how["angle"])
    image = np.full((RAYS, RAYS), 255, np.uint8)
    hit = shot.triangles >= 0
    light = how["light"] / np.linalg.norm(how["light"]) * [1, -1, 1]
    bright = (shot.normals * light).sum(2) * 0.5 + 0.5
    rows, columns = np.mgrid[:RAYS, :RAYS]
    if how["shade"] == "oblique":
        tilt = np.radians(how["tilt"])
        stripes = (columns * np.cos(tilt) + rows * np.sin(tilt)) % how["period"] < 1
        image[hit & stripes & (bright < how["level"])] = 0
    elif how["shade"] == "stipple":
        image[hit & (random.random((RAYS, RAYS)) < np.clip(how["level"] - bright, 0, 1) * 0.35)] = 0
    elif how["shade"] == "contour":
        band = np.floor((shot.normals[..., 0] * 1.3 + shot.normals[..., 2]) * 64 / how["period"])
        image[:, :-1][hit[:, :-1] & (band[:, :-1] != band[:, 1:])] = 0
        image[:-1][hit[:-1] & (band[:-1] != band[1:])] = 0
    elif how["shade"] == "black":
        image[hit & (bright < how["level"] * 0.5)] = 0
    elif how["shade"] == "tone":
        image[hit] = (120 + 120 * bright[hit]).astype(np.uint8)
    if how["broken"]:
        zone = np.cos(columns / RAYS * 5 + how["tilt"]) + np.sin(rows / RAYS * 4) > 0.2
        edges &= ~(zone & ((columns + rows) // 9 % 3 == 0))
    width = int(how["width"])
    image[cv2.dilate(edges.astype(np.uint8), np.ones((width, width), np.uint8)) > 0] = 0
    return image


def design(kind, source, packages, random):
    """Six drawings and two photos of one design, fewer where nothing can be seen."""
    vertices, triangles = mesh(kind, source)
    usual = style(random)
    shots = [(VIEWS[index], 0) for index in random.permutation(len(VIEWS))[:4]]
    shots += [((random.uniform(0, 360), random.uniform(10, 50)), random.choice([0, 3.0]))
              for _ in range(2)]
    drawn = []
    for (yaw, pitch), distance in shots:
        how = usual if random.random() < 0.7 else style(random)
        shot = Shot(vertices, triangles, rotation(yaw, pitch), distance)
        drawn.append(figure(drawing(shot, how, random)))
    taken = []
    for _ in range(2):
        turn = rotation(random.uniform(0, 360), random.uniform(-5, 55), random.uniform(-12, 12))
        taken.append(photo(Shot(vertices, triangles, turn, 3.0), vertices, triangles, packages, random))
    return [image for image in drawn if image is not None], [p for p in taken if p is not None]


def main(packages, out, shard, of, limit=800):
    cv2.setNumThreads(1)
    drawings, drawn_of, photos, taken_of = [], [], [], []
    designs = listing(packages)[: int(limit)]
    for index in range(int(shard), len(designs), int(of)):
        try:
            drawn, taken = design(*designs[index], packages, np.random.default_rng(10_000 + index))
        except (ValueError, StopIteration) as error:
            print(f"left out {designs[index]}: {error}", flush=True)
            continue
        drawings += drawn
        drawn_of += [index] * len(drawn)
        photos += taken
        taken_of += [index] * len(taken)
    np.savez(Path(out) / f"solids_{shard}.npz", drawings=np.array(drawings), photos=np.array(photos),
             drawn_of=np.array(drawn_of), taken_of=np.array(taken_of))


if __name__ == "__main__":
    main(*sys.argv[1:])
