//! Flat outlines given a thickness.

use std::ops::Range;

use super::triangulate::triangulate;
use super::{Ink, Outline, Part};
use crate::math::{FRAC_TURN_4, Vec2, sin_cos, v3};

/// How the rim between a face and the wall looks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Edge {
    /// A right angle.
    Sharp,
    /// A slanted cut of this width.
    Bevel(f64),
    /// A quarter round of this radius.
    Round(f64),
}

/// An outline with holes, from z = 0 up to `height`.
pub(crate) struct Extrusion<'a> {
    /// Closed, counter-clockwise.
    pub(crate) outline: &'a Outline,
    /// Closed, clockwise, inside the outline.
    pub(crate) holes: &'a [Outline],
    pub(crate) height: f64,
    /// The rim of the upper and the lower face alike.
    pub(crate) edge: Edge,
}

/// Steps of a quarter round.
const ROUND_STEPS: usize = 5;

impl Extrusion<'_> {
    /// The body.
    pub(crate) fn build(&self) -> Part {
        let mut part = Part::default();
        // Vertices where a rounding meets a face, and which way the face looks.
        let mut rims: Vec<(Range<usize>, f64)> = Vec::new();
        let levels = self.levels();
        let (first, last) = (levels[0], levels[levels.len() - 1]);
        let loops: Vec<(&Outline, Vec<Vec2>)> = std::iter::once(self.outline)
            .chain(self.holes)
            .map(|outline| (outline, outline.inward()))
            .collect();
        for (outline, inward) in &loops {
            let at = |index: usize, level: (f64, f64)| {
                let p = outline.points[index] + inward[index] * level.0;
                v3(p.x, p.y, level.1)
            };
            self.walls(&mut part, outline, &levels, &at, &mut rims);
            self.rims(&mut part, outline, &levels, &at);
        }
        let face = |inset: f64| -> Vec<Vec<Vec2>> {
            loops
                .iter()
                .map(|(outline, inward)| {
                    (0..outline.points.len())
                        .map(|i| outline.points[i] + inward[i] * inset)
                        .collect()
                })
                .collect()
        };
        for (level, upper) in [(first, false), (last, true)] {
            let rings = face(level.0);
            let base = part.mesh.points.len() as u32;
            for point in rings.iter().flatten() {
                part.add_point(v3(point.x, point.y, level.1));
            }
            for [a, b, c] in triangulate(&rings) {
                let corners = if upper { [a, b, c] } else { [a, c, b] };
                part.add_triangle(corners.map(|corner| corner + base));
            }
        }
        let mut part = part.finished();
        for (vertices, up) in rims {
            part.mesh.normals[vertices].fill(v3(0.0, 0.0, up));
        }
        part
    }

    /// (inset, height) from the lower face up to the upper face. Equal neighbours do not occur.
    fn levels(&self) -> Vec<(f64, f64)> {
        let top = self.height;
        let room = self.room();
        match self.edge {
            Edge::Sharp => vec![(0.0, 0.0), (0.0, top)],
            Edge::Bevel(width) => {
                let width = width.min(top * 0.49).min(room);
                vec![(width, 0.0), (0.0, width), (0.0, top - width), (width, top)]
            }
            Edge::Round(radius) => {
                let radius = radius.min(top * 0.49).min(room);
                let mut levels = Vec::new();
                for step in 0..=ROUND_STEPS {
                    let (s, c) = sin_cos(FRAC_TURN_4 * step as f64 / ROUND_STEPS as f64);
                    levels.push((radius * (1.0 - s), radius * (1.0 - c)));
                }
                let upper: Vec<_> = levels.iter().rev().map(|&(i, z)| (i, top - z)).collect();
                levels.extend(upper);
                levels
            }
        }
    }

    /// How far the outlines can shrink before they fold over: to the centre of their tightest
    /// rounding.
    fn room(&self) -> f64 {
        let mut room = f64::INFINITY;
        for outline in std::iter::once(self.outline).chain(self.holes) {
            let inward = outline.inward();
            let count = outline.points.len();
            for i in 0..count {
                let j = (i + 1) % count;
                let side = outline.points[j] - outline.points[i];
                let length = side.length();
                let loss = inward[i] - inward[j];
                let loss = (loss.x * side.x + loss.y * side.y) / length.max(1e-9);
                if loss > 1e-6 {
                    room = room.min(length / loss);
                }
            }
        }
        // The outline and its holes move towards each other.
        for hole in self.holes {
            room = room.min(distance(self.outline, hole) * 0.45);
        }
        (room * 0.9).max(1e-4)
    }

    fn walls(
        &self,
        part: &mut Part,
        outline: &Outline,
        levels: &[(f64, f64)],
        at: &dyn Fn(usize, (f64, f64)) -> crate::math::Vec3,
        rims: &mut Vec<(Range<usize>, f64)>,
    ) {
        let smooth = matches!(self.edge, Edge::Round(_));
        for run in outline.runs() {
            let wrapped = !outline.corners.iter().any(|&corner| corner);
            if smooth {
                let base = part.mesh.points.len();
                part.add_patch(levels.len(), run.len(), wrapped, |row, column| {
                    at(run[column], levels[row])
                });
                let end = part.mesh.points.len();
                rims.push((base..base + run.len(), -1.0));
                rims.push((end - run.len()..end, 1.0));
            } else {
                for pair in levels.windows(2) {
                    part.add_patch(2, run.len(), wrapped, |row, column| {
                        at(run[column], pair[row])
                    });
                }
            }
        }
    }

    fn rims(
        &self,
        part: &mut Part,
        outline: &Outline,
        levels: &[(f64, f64)],
        at: &dyn Fn(usize, (f64, f64)) -> crate::math::Vec3,
    ) {
        let count = outline.points.len();
        let smooth = matches!(self.edge, Edge::Round(_));
        for (number, &level) in levels.iter().enumerate() {
            let outer = number == 0 || number + 1 == levels.len();
            if smooth && !outer {
                continue;
            }
            let ring = (0..=count).map(|i| at(i % count, level)).collect();
            part.add_curve(ring, if smooth { Ink::Tangent } else { Ink::Crease });
        }
        for index in (0..count).filter(|&i| outline.corners[i]) {
            let upright = levels.iter().map(|&level| at(index, level)).collect();
            part.add_curve(upright, Ink::Crease);
        }
    }
}

/// The shortest way from a corner of one closed line to the other line, taken both ways.
fn distance(one: &Outline, other: &Outline) -> f64 {
    let mut least = f64::INFINITY;
    for (from, to) in [(one, other), (other, one)] {
        let count = to.points.len();
        for point in &from.points {
            for i in 0..count {
                let (a, b) = (to.points[i], to.points[(i + 1) % count]);
                let (side, way) = (b - a, *point - a);
                let t = (way.x * side.x + way.y * side.y)
                    / (side.x * side.x + side.y * side.y).max(1e-18);
                least = least.min((a.lerp(b, t.clamp(0.0, 1.0)) - *point).length());
            }
        }
    }
    least
}

/// A box on the xy plane about the z axis, its upright edges rounded by `corner`, its rims by
/// `edge`.
pub(crate) fn rounded_box(width: f64, depth: f64, height: f64, corner: f64, edge: Edge) -> Part {
    Extrusion {
        outline: &Outline::rectangle(width, depth, corner),
        holes: &[],
        height,
        edge,
    }
    .build()
}
