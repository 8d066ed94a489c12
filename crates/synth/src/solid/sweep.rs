//! Sections moved along a line in space: tubes, wires, handles, spouts.

use super::triangulate::triangulate;
use super::{Ink, Outline, Part};
use crate::math::{FRAC_TURN_4, Vec3, sin_cos, v3};

/// How a sweep ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// A flat face with a sharp rim.
    Flat,
    /// A dome.
    Dome,
    /// The path closes on itself: there is no end.
    Joined,
}

/// A section moved along a path.
pub(crate) struct Sweep<'a> {
    /// Points no closer than a thousandth of the section; for a joined path the first is not
    /// repeated.
    pub(crate) path: &'a [Vec3],
    /// Closed, counter-clockwise, seen against the direction of travel. Its y axis starts along
    /// `up`.
    pub(crate) section: &'a Outline,
    /// Width and height of the section along the path's length, from 0 to 1.
    pub(crate) scale: &'a dyn Fn(f64) -> (f64, f64),
    /// Which way the section's y axis points at the start; not along the path.
    pub(crate) up: Vec3,
    pub(crate) end: End,
}

/// Steps of a dome.
const DOME_STEPS: usize = 6;

struct Station {
    centre: Vec3,
    side: Vec3,
    up: Vec3,
    along: Vec3,
    scale: (f64, f64),
}

impl Sweep<'_> {
    /// The body.
    pub(crate) fn build(&self) -> Part {
        let mut part = Part {
            curved: true,
            ..Part::default()
        };
        let mut stations = self.stations();
        if self.end == End::Dome {
            self.add_domes(&mut stations);
        }
        let joined = self.end == End::Joined;
        let rows = stations.len() + usize::from(joined);
        let wrapped = !self.section.corners.iter().any(|&corner| corner);
        let at = |row: usize, index: usize| {
            let station = &stations[row % stations.len()];
            let p = self.section.points[index];
            station.centre
                + station.side * (p.x * station.scale.0)
                + station.up * (p.y * station.scale.1)
        };
        for run in self.section.runs() {
            part.add_patch(rows, run.len(), wrapped, |row, column| at(row, run[column]));
        }
        let count = self.section.points.len();
        for index in (0..count).filter(|&i| self.section.corners[i]) {
            part.add_curve((0..rows).map(|row| at(row, index)).collect(), Ink::Crease);
        }
        if self.end == End::Flat {
            for (row, forward) in [(0, false), (stations.len() - 1, true)] {
                let base = part.mesh.points.len() as u32;
                for index in 0..count {
                    part.add_point(at(row, index));
                }
                for [a, b, c] in triangulate(std::slice::from_ref(&self.section.points)) {
                    let corners = if forward { [a, b, c] } else { [a, c, b] };
                    part.add_triangle(corners.map(|corner| corner + base));
                }
                part.add_curve(
                    (0..=count).map(|i| at(row, i % count)).collect(),
                    Ink::Crease,
                );
            }
        }
        part.finished()
    }

    /// Frames along the path, turned no more than the path itself turns.
    fn stations(&self) -> Vec<Station> {
        let n = self.path.len();
        let joined = self.end == End::Joined;
        let tangent = |i: usize| {
            let (before, after) = if joined {
                (self.path[(i + n - 1) % n], self.path[(i + 1) % n])
            } else {
                (
                    self.path[i.saturating_sub(1)],
                    self.path[(i + 1).min(n - 1)],
                )
            };
            (after - before).unit()
        };
        let length: f64 = self.path.windows(2).map(|w| (w[1] - w[0]).length()).sum();
        let mut travelled = 0.0;
        let mut up = self.up;
        (0..n)
            .map(|i| {
                let along = tangent(i);
                up = (up - along * up.dot(along)).unit();
                if i > 0 {
                    travelled += (self.path[i] - self.path[i - 1]).length();
                }
                Station {
                    centre: self.path[i],
                    side: up.cross(along),
                    up,
                    along,
                    scale: (self.scale)(travelled / length),
                }
            })
            .collect()
    }

    fn add_domes(&self, stations: &mut Vec<Station>) {
        let dome = |end: &Station, direction: f64| -> Vec<Station> {
            let reach = end.scale.0.min(end.scale.1) * direction * self.section_radius();
            (1..=DOME_STEPS)
                .map(|step| {
                    let (s, c) = sin_cos(FRAC_TURN_4 * step as f64 / DOME_STEPS as f64);
                    let c = if step == DOME_STEPS { 0.0 } else { c };
                    Station {
                        centre: end.centre + end.along * (reach * s),
                        scale: (end.scale.0 * c, end.scale.1 * c),
                        ..*end
                    }
                })
                .collect()
        };
        let tail = stations.last().map(|end| dome(end, 1.0));
        let head = stations.first().map(|end| dome(end, -1.0));
        if let (Some(tail), Some(mut head)) = (tail, head) {
            head.reverse();
            stations.splice(0..0, head);
            stations.extend(tail);
        }
    }

    fn section_radius(&self) -> f64 {
        self.section
            .points
            .iter()
            .map(|p| p.length())
            .fold(0.0, f64::max)
    }
}

/// A round tube of constant radius.
pub(crate) fn tube(path: &[Vec3], radius: f64, end: End) -> Part {
    let first = (path[1] - path[0]).unit();
    let up = if first.z.abs() < 0.9 {
        v3(0.0, 0.0, 1.0)
    } else {
        v3(0.0, 1.0, 0.0)
    };
    Sweep {
        path,
        section: &Outline::ellipse(radius, radius, 28),
        scale: &|_| (1.0, 1.0),
        up,
        end,
    }
    .build()
}

/// A smooth line through points, `steps` to a span.
pub(crate) fn spline_path(points: &[Vec3], steps: usize) -> Vec<Vec3> {
    let n = points.len();
    let mut path = Vec::with_capacity(n * steps);
    for i in 0..n - 1 {
        let (from, to) = (points[i], points[i + 1]);
        let before = if i == 0 {
            from * 2.0 - to
        } else {
            points[i - 1]
        };
        let after = points.get(i + 2).copied().unwrap_or(to * 2.0 - from);
        let (m0, m1) = ((to - before) * 0.5, (after - from) * 0.5);
        for step in 0..steps {
            let t = step as f64 / steps as f64;
            let (t2, t3) = (t * t, t * t * t);
            path.push(
                from * (2.0 * t3 - 3.0 * t2 + 1.0)
                    + m0 * (t3 - 2.0 * t2 + t)
                    + to * (3.0 * t2 - 2.0 * t3)
                    + m1 * (t3 - t2),
            );
        }
    }
    path.push(points[n - 1]);
    path
}

/// Straight lines between points with the inner points rounded by `radius`: a bent tube.
pub(crate) fn bent_path(points: &[Vec3], radius: f64) -> Vec<Vec3> {
    let n = points.len();
    let mut path = vec![points[0]];
    for i in 1..n - 1 {
        let (to_before, to_after) = (points[i - 1] - points[i], points[i + 1] - points[i]);
        let (u, v) = (to_before.unit(), to_after.unit());
        let cosine = u.dot(v).clamp(-1.0, 1.0);
        let tangent = ((1.0 - cosine) / (1.0 + cosine).max(1e-9)).sqrt();
        let reach = (radius / tangent)
            .min(to_before.length() * 0.48)
            .min(to_after.length() * 0.48);
        let weight = ((1.0 - cosine) / 2.0).sqrt();
        let (start, end) = (points[i] + u * reach, points[i] + v * reach);
        let steps = 10;
        for step in 0..=steps {
            let t = f64::from(step) / f64::from(steps);
            let (a, b, c) = ((1.0 - t) * (1.0 - t), 2.0 * t * (1.0 - t) * weight, t * t);
            path.push((start * a + points[i] * b + end * c) * (1.0 / (a + b + c)));
        }
    }
    path.push(points[n - 1]);
    path
}
