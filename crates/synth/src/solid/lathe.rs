//! Bodies turned from a profile, and what becomes of them when the turning is not quite round.

use super::{Ink, Outline, Part};
use crate::math::{TURN, Vec2, Vec3, sin_cos, v3};

/// A profile turned about the z axis.
///
/// The profile's x is the radius and its y the height. It runs from the axis outwards along the
/// bottom, up the outside and back to the axis, so that material lies on its left.
pub(crate) struct Lathe<'a> {
    pub(crate) profile: &'a Outline,
    /// Steps round the axis.
    pub(crate) steps: usize,
    /// Angles in [0, turn) at which the cross-section has an edge.
    pub(crate) seams: &'a [f64],
    /// Where a profile point lands at an angle; [`revolve`] for a plain lathe.
    pub(crate) shape: &'a dyn Fn(f64, Vec2) -> Vec3,
}

/// The plain circle of a lathe.
pub(crate) fn revolve(angle: f64, point: Vec2) -> Vec3 {
    let (s, c) = sin_cos(angle);
    v3(point.x * c, point.x * s, point.y)
}

impl Lathe<'_> {
    /// The body, with a crease at every corner of the profile and along every seam.
    pub(crate) fn build(&self) -> Part {
        let mut part = Part {
            curved: true,
            ..Part::default()
        };
        let arcs = self.arcs();
        for run in self.profile.runs() {
            for arc in &arcs {
                let wrapped = self.seams.is_empty();
                part.add_patch(run.len(), arc.len(), wrapped, |row, column| {
                    (self.shape)(arc[column], self.profile.points[run[row]])
                });
                if !wrapped {
                    let seam = run
                        .iter()
                        .map(|&i| (self.shape)(arc[0], self.profile.points[i]))
                        .collect();
                    part.add_curve(seam, Ink::Crease);
                }
            }
        }
        let last = self.profile.points.len() - 1;
        for (index, &point) in self.profile.points.iter().enumerate() {
            // The ends of the profile lie on the axis, or close a ring where they meet.
            if self.profile.corners[index] && point.x > 1e-6 && index != last {
                part.add_curve(self.ring(point), Ink::Crease);
            }
        }
        part.finished()
    }

    /// The closed line that a profile point draws.
    pub(crate) fn ring(&self, point: Vec2) -> Vec<Vec3> {
        let mut ring = Vec::new();
        for arc in self.arcs() {
            ring.extend(arc.iter().map(|&angle| (self.shape)(angle, point)));
        }
        if let Some(&first) = ring.first() {
            ring.push(first);
        }
        ring
    }

    /// The angles of every smooth stretch between seams; the whole circle without its end.
    fn arcs(&self) -> Vec<Vec<f64>> {
        if self.seams.is_empty() {
            let step = TURN / self.steps as f64;
            return vec![(0..self.steps).map(|i| i as f64 * step).collect()];
        }
        (0..self.seams.len())
            .map(|i| {
                let from = self.seams[i];
                let to = self
                    .seams
                    .get(i + 1)
                    .copied()
                    .unwrap_or(self.seams[0] + TURN);
                let steps = ((to - from) / TURN * self.steps as f64).ceil().max(1.0) as usize;
                (0..=steps)
                    .map(|s| from + (to - from) * s as f64 / steps as f64)
                    .collect()
            })
            .collect()
    }
}

/// An upright cylinder or cone frustum on the xy plane with an edge rounded by `rounding`.
pub(crate) fn cylinder(bottom: f64, top: f64, height: f64, rounding: f64) -> Part {
    use super::Node::{Corner, Round};
    let edge = |x, y| {
        if rounding > 1e-6 {
            Round(x, y, rounding)
        } else {
            Corner(x, y)
        }
    };
    let profile = Outline::open(&[
        Corner(0.0, 0.0),
        edge(bottom, 0.0),
        edge(top, height),
        Corner(0.0, height),
    ]);
    Lathe {
        profile: &profile,
        steps: 64,
        seams: &[],
        shape: &revolve,
    }
    .build()
}
