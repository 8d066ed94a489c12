//! Decoration laid on the outside of turned bodies.

use super::section::Section;
use crate::math::{TURN, Vec2, Vec3, mix, sin_cos, v2};
use crate::random::Params;
use crate::solid::{Ink, Outline, Part};

/// The outer wall of a turned body, as a function of angle and height.
pub(super) struct Wall<'a> {
    pub(super) profile: &'a Outline,
    pub(super) section: &'a Section,
    /// Heights between which there is room.
    pub(super) from: f64,
    pub(super) to: f64,
}

impl Wall<'_> {
    /// A point a hair outside the wall.
    fn at(&self, angle: f64, height: f64) -> Vec3 {
        let radius = self.radius(height) * 1.002;
        self.section.shape(angle, v2(radius, height))
    }

    /// How far to the right a point lies that is `depth` inside the wall: where a handle starts.
    pub(super) fn inside(&self, height: f64, depth: f64) -> f64 {
        let radius = self.radius(height) - depth;
        self.section.shape(0.0, v2(radius, height)).x
    }

    fn radius(&self, height: f64) -> f64 {
        let crossing = |pair: &[Vec2]| {
            let (a, b) = (pair[0], pair[1]);
            ((a.y <= height) != (b.y <= height))
                .then(|| mix(a.x, b.x, (height - a.y) / (b.y - a.y)))
        };
        // The profile runs up the outside first.
        self.profile
            .points
            .windows(2)
            .find_map(crossing)
            .unwrap_or(0.0)
    }
}

/// Lays one of several decorations on a wall, or none with probability `bare`.
pub(super) fn decorate(part: &mut Part, wall: &Wall, p: &Params, bare: f64) {
    if p.chance("ornament.bare", bare) {
        return;
    }
    let low = mix(wall.from, wall.to, p.range("ornament.low", 0.05, 0.45));
    let high = mix(wall.from, wall.to, p.range("ornament.high", 0.55, 0.95));
    let count = p.count("ornament.count", 3, 24);
    let rows = p.count("ornament.rows", 2, 9);
    let height_at = |row: usize| mix(low, high, row as f64 / (rows - 1) as f64);
    let around = |steps: usize, height: &dyn Fn(f64) -> f64| -> Vec<Vec3> {
        (0..=steps)
            .map(|i| {
                let turn = i as f64 / steps as f64;
                wall.at(turn * TURN, height(turn))
            })
            .collect()
    };
    match p.choice("ornament.kind", 8) {
        0 => {
            for row in 0..rows {
                part.add_curve(around(96, &|_| height_at(row)), Ink::Ornament);
            }
        }
        1 => {
            for line in 0..count {
                let angle = line as f64 * TURN / count as f64;
                let points = (0..=24).map(|i| wall.at(angle, mix(low, high, f64::from(i) / 24.0)));
                part.add_curve(points.collect(), Ink::Ornament);
            }
        }
        2 | 3 => {
            // Waves and zigzags.
            let sharp = p.chance("ornament.sharp", 0.5);
            let reach = (high - low) / rows as f64 * p.range("ornament.reach", 0.2, 0.6);
            for row in 0..rows {
                let wave = |turn: f64| {
                    let phase = turn * count as f64;
                    let swing = if sharp {
                        1.0 - 4.0 * (phase - phase.floor() - 0.5).abs()
                    } else {
                        sin_cos(phase * TURN).0
                    };
                    height_at(row) + swing * reach * 0.5
                };
                part.add_curve(around(count * 12, &wave), Ink::Ornament);
            }
        }
        4 | 5 => {
            // A lattice of two families of helices.
            let turns = p.range("ornament.turns", 0.1, 0.8);
            for line in 0..count {
                for hand in [1.0, -1.0] {
                    let start = line as f64 / count as f64;
                    let points = (0..=60).map(|i| {
                        let t = f64::from(i) / 60.0;
                        wall.at((start + hand * turns * t) * TURN, mix(low, high, t))
                    });
                    part.add_curve(points.collect(), Ink::Ornament);
                }
                if p.chance("ornament.one-hand", 0.3) {
                    break;
                }
            }
        }
        6 => {
            // Dots in staggered rows.
            let radius = p.range("ornament.dot", 0.02, 0.05) * (high - low);
            for row in 0..rows {
                for dot in 0..count {
                    let stagger = (row % 2) as f64 * 0.5;
                    let angle = (dot as f64 + stagger) * TURN / count as f64;
                    dot_at(part, wall, angle, height_at(row), radius);
                }
            }
        }
        _ => {
            // A panel on the front, as for a label.
            let half = p.range("ornament.panel", 0.4, 1.2);
            let corner = |i: usize, j: usize| (-TURN / 4.0 + half * (i as f64 / 16.0 - 1.0), j);
            let mut points = Vec::new();
            for i in 0..=32 {
                points.push(wall.at(corner(i, 0).0, low));
            }
            for j in 0..=16 {
                points.push(wall.at(corner(32, j).0, mix(low, high, j as f64 / 16.0)));
            }
            for i in (0..=32).rev() {
                points.push(wall.at(corner(i, 0).0, high));
            }
            for j in (0..=16).rev() {
                points.push(wall.at(corner(0, j).0, mix(low, high, j as f64 / 16.0)));
            }
            part.add_curve(points, Ink::Ornament);
        }
    }
}

fn dot_at(part: &mut Part, wall: &Wall, angle: f64, height: f64, radius: f64) {
    let across = radius / wall.radius(height).max(radius);
    let points = (0..=14).map(|i| {
        let (s, c) = sin_cos(f64::from(i) * TURN / 14.0);
        wall.at(angle + across * c, height + radius * s)
    });
    part.add_curve(points.collect(), Ink::Hole);
}
