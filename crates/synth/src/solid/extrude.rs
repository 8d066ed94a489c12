//! Flat outlines given a thickness.

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
            self.walls(&mut part, outline, &levels, &at);
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
        part.finished()
    }

    /// (inset, height) from the lower face up to the upper face. Equal neighbours do not occur.
    fn levels(&self) -> Vec<(f64, f64)> {
        let top = self.height;
        match self.edge {
            Edge::Sharp => vec![(0.0, 0.0), (0.0, top)],
            Edge::Bevel(width) => {
                let width = width.min(top * 0.49);
                vec![(width, 0.0), (0.0, width), (0.0, top - width), (width, top)]
            }
            Edge::Round(radius) => {
                let radius = radius.min(top * 0.49);
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

    fn walls(
        &self,
        part: &mut Part,
        outline: &Outline,
        levels: &[(f64, f64)],
        at: &dyn Fn(usize, (f64, f64)) -> crate::math::Vec3,
    ) {
        let smooth = matches!(self.edge, Edge::Round(_));
        for run in outline.runs() {
            let wrapped = !outline.corners.iter().any(|&corner| corner);
            if smooth {
                part.add_patch(levels.len(), run.len(), wrapped, |row, column| {
                    at(run[column], levels[row])
                });
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
