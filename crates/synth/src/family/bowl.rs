//! Bowls.

use super::material::{ACCENT, BODY, SECOND};
use super::ornament::{Wall, decorate};
use super::section::Section;
use crate::math::{Placement, mix, v3};
use crate::random::Params;
use crate::solid::Node::{Corner, Through};
use crate::solid::{End, Lathe, Outline, Part, bent_path, revolve, tube};

/// A bowl: shallow or deep, on a foot or flat, with grips or a lid sometimes.
pub(super) fn bowl(p: &Params) -> Vec<Part> {
    let radius = p.range("radius", 6.0, 15.0);
    let height = radius * p.range("height", 0.35, 0.95);
    let foot = radius * p.range("foot", 0.3, 0.7);
    let rise = height * p.range("rise", 0.04, 0.3);
    let wall = radius * p.range("wall", 0.025, 0.06);
    let fullness = p.range("fullness", 0.55, 0.95);
    let section = Section::draw(p, rise, height, false);
    let middle = (mix(foot, radius, fullness), mix(rise, height, 0.45));
    let mut nodes = vec![
        Corner(0.0, 0.0),
        Corner(foot, 0.0),
        Corner(foot * p.range("foot.taper", 0.75, 1.0), rise),
        Through(middle.0, middle.1),
    ];
    if p.chance("flange", 0.3) {
        let flange = radius * p.range("flange.width", 0.06, 0.25);
        nodes.push(Corner(radius, height));
        nodes.push(Corner(radius + flange, height + wall * 0.5));
        nodes.push(Corner(radius + flange, height + wall * 1.5));
        nodes.push(Corner(radius - wall, height + wall));
    } else {
        nodes.push(Corner(radius, height));
        nodes.push(Corner(radius - wall, height));
    }
    nodes.push(Through(middle.0 - wall * 1.2, middle.1 + wall * 0.6));
    nodes.push(Corner(0.0, rise + wall));
    let profile = Outline::open(&nodes).refined(height / 14.0);
    let mut body = Lathe {
        profile: &profile,
        steps: section.steps,
        seams: &section.seams,
        shape: &|angle, point| section.shape(angle, point),
    }
    .build();
    let outside = Wall {
        profile: &profile,
        section: &section,
        from: rise * 1.1,
        to: height * 0.96,
    };
    decorate(&mut body, &outside, p, 0.35);
    let mut parts = vec![body.material(BODY)];
    if p.chance("grips", 0.25) {
        let high = height * p.range("grip.high", 0.7, 0.95);
        let wide = radius * p.range("grip.wide", 0.2, 0.4);
        let reach = radius * p.range("grip.reach", 1.12, 1.35);
        let path = bent_path(
            &[
                v3(radius * 0.9, -wide, high),
                v3(reach, -wide * 0.9, high),
                v3(reach, wide * 0.9, high),
                v3(radius * 0.9, wide, high),
            ],
            wide * p.range("grip.round", 0.2, 0.8),
        );
        let grip = tube(
            &path,
            radius * p.range("grip.thick", 0.025, 0.05),
            End::Flat,
        )
        .material(SECOND);
        parts.push(grip.clone().mirrored());
        parts.push(grip);
    } else if p.chance("lid", 0.3) {
        parts.extend(lid(p, radius * 0.99, height - wall * 0.3));
    }
    parts
}

pub(super) fn lid(p: &Params, radius: f64, at: f64) -> [Part; 2] {
    let dome = radius * p.range("lid.dome", 0.08, 0.45);
    let profile = Outline::open(&[
        Corner(0.0, 0.0),
        Corner(radius, 0.0),
        Corner(radius * 1.01, radius * 0.05),
        Through(radius * 0.7, dome * 0.75),
        Corner(0.0, dome),
    ]);
    let knob = radius * p.range("knob", 0.1, 0.22);
    let stalk = p.range("knob.stalk", 0.4, 0.8);
    let tall = p.range("knob.tall", 0.6, 1.3);
    let knob_profile = Outline::open(&[
        Corner(0.0, -knob * 0.4),
        Corner(knob * stalk, -knob * 0.4),
        Through(knob * stalk * 0.9, knob * 0.5),
        Through(knob, knob * (0.5 + tall)),
        Corner(0.0, knob * (1.0 + tall)),
    ]);
    let turned = |profile: &Outline| {
        Lathe {
            profile,
            steps: 80,
            seams: &[],
            shape: &revolve,
        }
        .build()
    };
    [
        turned(&profile)
            .placed(&Placement::at(0.0, 0.0, at))
            .material(BODY),
        turned(&knob_profile)
            .placed(&Placement::at(0.0, 0.0, at + dome))
            .material(ACCENT),
    ]
}
