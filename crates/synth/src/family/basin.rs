//! Wash basins.

use super::material::{BODY, METAL, SECOND};
use super::shapes::turned;
use crate::math::{Placement, mix, sin_cos, v2, v3};
use crate::random::Params;
use crate::solid::Node::{Corner, Through};
use crate::solid::{Edge, Lathe, Outline, Part, rounded_box};

/// A wash basin: bowl sunk into a block or standing free, drain, perhaps a pedestal.
pub(super) fn basin(p: &Params) -> Vec<Part> {
    let width = p.range("width", 40.0, 70.0);
    let depth = width * p.range("depth", 0.6, 0.95);
    let tall = p.range("tall", 10.0, 18.0);
    let wall = p.range("wall", 1.0, 4.0);
    let square = p.chance("square", 0.5);
    let round = depth * p.range("round", 0.08, 0.45);
    let scale = depth / width;
    let section = |r: f64, angle: f64| {
        let (s, c) = sin_cos(angle);
        if square {
            // A superellipse lies between the circle and the square.
            let n = 2.0 + 3.0 * (1.0 - round / depth);
            let k = (c.abs().max(s.abs()) * 1.0).max(1e-9);
            let soft = mix(1.0, 1.0 / k, (n - 2.0) / 3.0 * 0.8);
            v2(r * c * soft, r * s * soft * scale)
        } else {
            v2(r * c, r * s * scale)
        }
    };
    let foot = p.range("foot", 0.45, 0.9);
    let radius = width / 2.0;
    let profile = Outline::open(&[
        Corner(0.0, 0.0),
        Corner(radius * foot, 0.0),
        Through(radius * mix(foot, 1.0, 0.75), tall * 0.4),
        Corner(radius, tall),
        Corner(radius - wall, tall),
        Through(radius * mix(foot, 1.0, 0.6) - wall, tall * 0.45),
        Through(radius * foot * 0.55, tall * 0.2),
        Corner(0.0, tall * 0.17),
    ])
    .refined(tall / 10.0);
    let bowl = Lathe {
        profile: &profile,
        steps: 96,
        seams: &[],
        shape: &|angle, q| {
            let at = section(q.x, angle);
            v3(at.x, at.y, q.y)
        },
    };
    let lift = if p.chance("pedestal", 0.35) {
        p.range("pedestal.tall", 50.0, 65.0)
    } else {
        0.0
    };
    let mut parts = vec![
        bowl.build()
            .placed(&Placement::at(0.0, 0.0, lift))
            .material(BODY),
    ];
    let drain = turned(&[
        Corner(0.0, 0.0),
        Corner(2.2, 0.0),
        Corner(2.2, 0.3),
        Corner(1.5, 0.3),
        Corner(1.5, 0.15),
        Corner(0.0, 0.15),
    ]);
    parts.push(
        drain
            .placed(&Placement::at(0.0, 0.0, lift + tall * 0.17))
            .material(METAL),
    );
    if lift > 0.0 {
        let waist = width * p.range("pedestal.waist", 0.12, 0.25);
        let column = turned(&[
            Corner(0.0, 0.0),
            Corner(waist * 1.4, 0.0),
            Through(waist, lift * 0.4),
            Corner(waist * 1.5, lift + 1.0),
            Corner(0.0, lift + 1.0),
        ]);
        parts.push(column.material(SECOND));
    }
    if p.chance("shelf", 0.4) {
        let board = rounded_box(
            width * p.range("shelf.wide", 0.9, 1.3),
            depth * 0.3,
            2.4,
            1.0,
            Edge::Round(0.5),
        );
        parts.push(
            board
                .placed(&Placement::at(0.0, depth * 0.52, lift + tall - 2.4))
                .material(SECOND),
        );
    }
    parts
}
