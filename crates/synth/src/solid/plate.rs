//! Curved sheets: seats, backs, shades, blades.

use super::{Ink, Outline, Part};
use crate::math::{Vec2, Vec3};

/// Rings between the middle and the rim.
const RINGS: usize = 14;

/// A sheet over an outline that is star-shaped about the origin, `thickness` strong.
///
/// `surface` says where a point of the outline's plane lies in space; the upper side is where the
/// plane's z axis points. The rim is square.
pub(crate) fn plate(outline: &Outline, thickness: f64, surface: &dyn Fn(Vec2) -> Vec3) -> Part {
    let mut part = Part {
        curved: true,
        ..Part::default()
    };
    let count = outline.points.len();
    // The sheet's normal by differences a ten-thousandth of the sheet apart.
    let size = outline
        .points
        .iter()
        .map(|p| p.length())
        .fold(0.0, f64::max);
    let step = size * 1e-4;
    let at = |p: Vec2, side: f64| {
        let dx = surface(Vec2 { x: p.x + step, ..p }) - surface(Vec2 { x: p.x - step, ..p });
        let dy = surface(Vec2 { y: p.y + step, ..p }) - surface(Vec2 { y: p.y - step, ..p });
        surface(p) + dx.cross(dy).unit() * (side * thickness * 0.5)
    };
    // Rows run from the rim to the middle on top and the other way below: both face outwards.
    let ring = |row: usize| (RINGS - row) as f64 / RINGS as f64;
    part.add_patch(RINGS + 1, count, true, |row, column| {
        at(outline.points[column] * ring(row), 1.0)
    });
    part.add_patch(RINGS + 1, count, true, |row, column| {
        at(outline.points[column] * ring(RINGS - row), -1.0)
    });
    let wrapped = !outline.corners.iter().any(|&corner| corner);
    for run in outline.runs() {
        part.add_patch(2, run.len(), wrapped, |row, column| {
            at(outline.points[run[column]], row as f64 * 2.0 - 1.0)
        });
    }
    for side in [1.0, -1.0] {
        let rim = (0..=count).map(|i| at(outline.points[i % count], side));
        part.add_curve(rim.collect(), Ink::Crease);
    }
    for index in (0..count).filter(|&i| outline.corners[i]) {
        let p = outline.points[index];
        part.add_curve(vec![at(p, -1.0), at(p, 1.0)], Ink::Crease);
    }
    part.finished()
}
