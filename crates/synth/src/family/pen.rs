//! Pens.

use super::material::{ACCENT, BODY, METAL};
use super::ornament::{Wall, decorate};
use super::section::Section;
use crate::math::{FRAC_TURN_4, Placement, mix, v3};
use crate::random::Params;
use crate::solid::Node::{Corner, Through};
use crate::solid::{Edge, End, Lathe, Outline, Part, bent_path, cylinder, rounded_box, tube};

/// A pen, standing on its tip.
pub(super) fn pen(p: &Params) -> Vec<Part> {
    let length = p.range("length", 11.5, 15.5);
    let radius = p.range("radius", 0.4, 0.85);
    let tip = p.range("tip", 0.8, 2.6);
    let nib = radius * p.range("nib", 0.15, 0.4);
    let grip_top = length * p.range("grip.top", 0.3, 0.48);
    let crown = length * p.range("crown", 0.88, 0.97);
    let waist = p.range("waist", 0.82, 1.02);
    let top = radius * p.range("top", 0.6, 1.1);
    let section = Section::draw(p, tip, crown, true);
    let mut nodes = vec![
        Corner(0.0, 0.0),
        Corner(nib * 0.45, 0.0),
        Corner(nib, tip * 0.3),
    ];
    if p.chance("tip.curved", 0.5) {
        nodes.push(Through(
            mix(nib, radius, p.range("tip.full", 0.55, 0.85)),
            tip * 0.62,
        ));
    }
    nodes.push(Corner(radius * waist, tip));
    nodes.push(Through(
        radius * waist * p.range("grip.waist", 0.85, 1.05),
        mix(tip, grip_top, 0.5),
    ));
    nodes.push(Corner(radius, grip_top));
    nodes.push(Through(
        radius * p.range("barrel", 0.95, 1.15),
        mix(grip_top, crown, 0.5),
    ));
    nodes.push(Corner(top, crown));
    nodes.push(Corner(0.0, crown + radius * p.range("dome", 0.0, 0.6)));
    let profile = Outline::open(&nodes).refined(length / 30.0);
    let mut barrel = Lathe {
        profile: &profile,
        steps: section.steps,
        seams: &section.seams,
        shape: &|angle, point| section.shape(angle, point),
    }
    .build();
    let wall = Wall {
        profile: &profile,
        section: &section,
        from: mix(tip, grip_top, 0.15),
        to: mix(tip, grip_top, 0.95),
    };
    decorate(&mut barrel, &wall, p, 0.35);
    let mut parts = vec![barrel.material(BODY)];
    let band = |z: f64, tall: f64, k: f64| {
        cylinder(radius * k, radius * k, tall, tall * 0.1)
            .placed(&Placement::at(0.0, 0.0, z))
            .material(METAL)
    };
    if p.chance("band", 0.6) {
        parts.push(band(grip_top, p.range("band.tall", 0.1, 0.6), 1.16));
    }
    if p.chance("second-band", 0.35) {
        parts.push(band(
            mix(grip_top, crown, p.range("second-band.at", 0.2, 0.8)),
            p.range("second-band.tall", 0.1, 0.5),
            1.16,
        ));
    }
    if p.chance("button", 0.65) {
        let size = top * p.range("button.radius", 0.45, 0.8);
        let button = cylinder(
            size,
            size * 0.9,
            length - crown + p.range("button.tall", 0.3, 1.2),
            size * 0.3,
        );
        parts.push(
            button
                .placed(&Placement::at(0.0, 0.0, crown - 0.1))
                .material(ACCENT),
        );
    }
    if p.chance("clip", 0.8) {
        let long = length * p.range("clip.long", 0.2, 0.34);
        let out = radius * p.range("clip.out", 1.45, 2.0);
        let high = crown - p.range("clip.down", 0.1, 0.9);
        if p.chance("clip.wire", 0.35) {
            let path = bent_path(
                &[
                    v3(0.0, -radius * 0.5, high),
                    v3(0.0, -out, high),
                    v3(0.0, -out, high - long),
                    v3(0.0, -radius * 0.95, high - long - 0.15),
                ],
                0.25,
            );
            parts.push(tube(&path, radius * 0.16, End::Dome).material(METAL));
        } else {
            let wide = radius * p.range("clip.wide", 0.4, 0.9);
            let strip = rounded_box(
                wide,
                long,
                radius * 0.2,
                wide * p.range("clip.round", 0.05, 0.49),
                Edge::Round(0.03),
            );
            let place = Placement::IDENTITY
                .turn_x(FRAC_TURN_4)
                .shift(0.0, -out, high - long / 2.0);
            parts.push(strip.placed(&place).material(METAL));
            let bridge = rounded_box(wide, out, radius * 0.45, 0.0, Edge::Sharp);
            parts.push(
                bridge
                    .placed(&Placement::at(0.0, -out * 0.55, high - radius * 0.55))
                    .material(METAL),
            );
        }
    }
    parts
}
