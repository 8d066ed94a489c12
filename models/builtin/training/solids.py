"""Solids made up freely, by seed: a base and one to six parts joined to it or cut out of it.

Parts come singly, as mirror pairs, in rings and in rows, since that is how products are built.
"""

import numpy as np
from manifold3d import CrossSection, FillRule, Manifold


def solid(seed):
    """(vertices, triangles) of solid number `seed`."""
    random = np.random.default_rng(seed)
    body = part(random)
    for _ in range(random.integers(1, 7)):
        tool, kind = part(random), random.random()
        place = random.uniform(-0.8, 0.8, 3)
        place[random.random(3) < 0.4] = 0
        if kind < 0.25:
            tool = tool.scale((0.4, 0.4, 0.4))
        for copy in copies(tool, place, random):
            body = body - copy if kind < 0.4 else body + copy
    mesh = body.to_mesh()
    return np.asarray(mesh.vert_properties)[:, :3].astype(float), np.asarray(mesh.tri_verts).astype(int)


def copies(tool, place, random):
    kind = random.random()
    once = tool.translate(tuple(place))
    if kind < 0.35:
        return [once, tool.mirror((1, 0, 0)).translate(tuple(place * [-1, 1, 1]))]
    if kind < 0.5:
        count = random.integers(3, 9)
        return [once.rotate((0, 0, 360 * index / count)) for index in range(count)]
    if kind < 0.62:
        step = np.zeros(3)
        step[random.integers(0, 3)] = random.uniform(0.15, 0.4)
        small = tool.scale((0.4, 0.4, 0.4))
        return [once] + [small.translate(tuple(place + step * index))
                         for index in range(random.integers(3, 8))]
    return [once]


def part(random):
    """One swept, lathed or plain shape, centred, mostly turned by right angles."""
    kind = random.integers(0, 7)
    if kind <= 2:
        outline = CrossSection([profile(random)], FillRule.NonZero)
        if random.random() < 0.3 and outline.area() > 0.3:
            outline = outline.offset(-random.uniform(0.02, 0.12))
        shape = Manifold.extrude(
            outline, random.uniform(0.1, 1.8), int(random.integers(1, 20)),
            random.choice([0, 0, 0, random.uniform(-90, 90)]),
            tuple(np.full(2, random.choice([1, 1, random.uniform(0.2, 1.2)]))))
    elif kind == 3:
        shape = lathed(random)
    elif kind == 4:
        shape = Manifold.cube(tuple(random.uniform(0.1, 1.6, 3)), True)
    elif kind == 5:
        shape = Manifold.cylinder(random.uniform(0.1, 1.8), *random.uniform(0.05, 0.7, 2), 48, True)
    else:
        shape = Manifold.sphere(random.uniform(0.3, 0.8), 40).scale(tuple(random.uniform(0.3, 1.3, 3)))
    box = shape.bounding_box()
    shape = shape.translate(tuple(-(box[axis] + box[axis + 3]) / 2 for axis in range(3)))
    if random.random() < 0.8:
        return shape.rotate(tuple(random.choice([0, 90, 180, 270], 3)))
    return shape.rotate(tuple(random.uniform(0, 360, 3)))


def lathed(random):
    count = random.integers(4, 10)
    height = np.linspace(-1, 1, count) * random.uniform(0.3, 1)
    radius = abs(random.normal(0.5, 0.25, count)) + 0.05
    if random.random() < 0.6:
        at = np.linspace(0, count - 1, 40)
        height = np.interp(at, range(count), height)
        radius = np.interp(at, range(count), radius)
        radius = np.convolve(np.pad(radius, 3, "edge"), np.ones(7) / 7, "valid")
    outline = np.r_[[[0, height[0]]], np.c_[radius, height], [[0, height[-1]]]]
    sides = int(random.choice([4, 6, 8, 48, 48]))
    return Manifold.revolve(CrossSection([outline], FillRule.NonZero), sides)


def profile(random):
    """A closed outline around the origin: polygon, superellipse, blob or gear; (n, 2)."""
    kind = random.integers(0, 4)
    if kind == 0:
        count = random.integers(3, 9)
        at = np.arange(count) * 2 * np.pi / count
        if random.random() < 0.3:
            at = np.sort(random.uniform(0, 2 * np.pi, count))
        return np.c_[np.cos(at), np.sin(at)] * random.uniform(0.5, 1)
    if kind == 1:
        at = np.arange(48) * 2 * np.pi / 48
        power = random.uniform(0.3, 1.6)
        rounded = [np.sign(wave) * abs(wave) ** power for wave in (np.cos(at), np.sin(at))]
        return np.stack(rounded, 1) * random.uniform(0.4, 1, 2)
    if kind == 2:
        at = np.arange(64) * 2 * np.pi / 64
        radius = 0.6 + sum(random.normal(0, 0.2 / k) * np.cos(k * at + random.uniform(0, 6))
                           for k in range(1, 6))
        return radius[:, None] * np.c_[np.cos(at), np.sin(at)]
    teeth = random.integers(3, 12)
    at = np.arange(4 * teeth) * 2 * np.pi / (4 * teeth)
    radius = np.where(np.arange(4 * teeth) // 2 % 2 == 0, 1, random.uniform(0.5, 0.9))
    return radius[:, None] * np.c_[np.cos(at), np.sin(at)] * random.uniform(0.4, 0.9)
