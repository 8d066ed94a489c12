//! Syringes.

use super::material::{ACCENT, BODY, METAL, SECOND};
use super::section::Section;
use super::shapes::{slab, turned};
use crate::math::{FRAC_TURN_4, Placement, mix, sin_cos, v3};
use crate::random::Params;
use crate::solid::Node::{Corner, Through};
use crate::solid::{Edge, Ink, Lathe, Outline, Part, cylinder, rounded_box};

/// A syringe or injector: barrel, plunger, flange, needle or cap.
pub(super) fn syringe(p: &Params) -> Vec<Part> {
    let barrel = p.range("barrel", 6.0, 10.0);
    let radius = p.range("radius", 0.6, 1.2);
    let mut parts = Vec::new();
    let section = Section::round();
    let profile = Outline::open(&[
        Corner(0.0, 0.0),
        Corner(radius * 0.3, 0.0),
        Corner(radius * 0.3, radius * 0.8),
        Through(radius * 0.6, radius * 1.1),
        Corner(radius, radius * 1.6),
        Corner(radius, barrel),
        Corner(0.0, barrel),
    ]);
    let mut tube_part = Lathe {
        profile: &profile,
        steps: section.steps,
        seams: &section.seams,
        shape: &|angle, q| section.shape(angle, q),
    }
    .build();
    let marks = p.count("marks", 0, 20);
    for mark in 0..marks {
        let z = mix(
            radius * 2.0,
            barrel * 0.92,
            (mark as f64 + 0.5) / marks as f64,
        );
        let reach = if mark % 5 == 0 { 0.8 } else { 0.45 };
        let arc = (0..=8).map(|i| {
            let (s, c) = sin_cos(-FRAC_TURN_4 + reach * (f64::from(i) / 8.0 - 0.5));
            v3(radius * 1.004 * c, radius * 1.004 * s, z)
        });
        tube_part.add_curve(arc.collect(), Ink::Ornament);
    }
    parts.push(tube_part.material(SECOND));
    let flange = slab(
        &Outline::rectangle(
            radius * p.range("flange", 3.4, 5.6),
            radius * 2.4,
            radius * p.range("flange.round", 0.3, 1.1),
        ),
        0.25,
        Edge::Sharp,
    );
    parts.push(
        flange
            .placed(&Placement::at(0.0, 0.0, barrel - 0.1))
            .material(BODY),
    );
    let draw = barrel * p.range("draw", 0.25, 0.8);
    let cross = p.chance("rod.cross", 0.5);
    if cross {
        for turn in [0.0, FRAC_TURN_4] {
            let rib = rounded_box(radius * 1.3, radius * 0.2, draw, 0.02, Edge::Sharp);
            parts.push(
                rib.placed(&Placement::IDENTITY.turn_z(turn).shift(0.0, 0.0, barrel))
                    .material(BODY),
            );
        }
    } else {
        parts.push(
            cylinder(radius * 0.55, radius * 0.55, draw, 0.0)
                .placed(&Placement::at(0.0, 0.0, barrel))
                .material(BODY),
        );
    }
    parts.push(
        cylinder(radius * p.range("thumb", 0.9, 1.6), radius, 0.3, 0.05)
            .placed(&Placement::at(0.0, 0.0, barrel + draw - 0.05))
            .material(BODY),
    );
    let long = p.range("needle", 1.5, 4.0);
    if p.chance("cap", 0.5) {
        let cap = turned(&[
            Corner(0.0, -long),
            Through(radius * 0.32, -long * 0.97),
            Corner(radius * 0.5, 0.0),
            Corner(radius * 0.5, radius * 0.7),
            Corner(0.0, radius * 0.7),
        ]);
        parts.push(cap.material(ACCENT));
    } else {
        parts.push(
            cylinder(radius * 0.06, radius * 0.06, long + 0.1, 0.0)
                .placed(&Placement::at(0.0, 0.0, -long))
                .material(METAL),
        );
    }
    let place = Placement::at(0.0, 0.0, long);
    parts.into_iter().map(|part| part.placed(&place)).collect()
}
