//! Bottles.

use super::material::{ACCENT, BODY, SECOND};
use super::ornament::{Wall, decorate};
use super::section::Section;
use crate::math::{Placement, TURN, mix, sin_cos, v3};
use crate::random::Params;
use crate::solid::Node::{Corner, Round, Through};
use crate::solid::{
    Edge, End, Ink, Lathe, Outline, Part, bent_path, cylinder, revolve, rounded_box, spline_path,
    tube,
};

/// A bottle with a cap, a pump or an open mouth.
pub(super) fn bottle(p: &Params) -> Vec<Part> {
    let height = p.range("height", 12.0, 28.0);
    let radius = p.range("radius", 2.2, 5.0);
    let neck_radius = radius * p.range("neck.radius", 0.28, 0.55);
    let shoulder = height * p.range("shoulder", 0.45, 0.78);
    let neck = mix(shoulder, height, p.range("neck.at", 0.35, 0.75));
    let waist = p.range("waist", 0.72, 1.06);
    let base = p.range("base", 0.75, 1.0);
    let section = Section::draw(p, 0.0, shoulder, false);

    let mut nodes = vec![Corner(0.0, 0.0)];
    nodes.push(Round(
        radius * base,
        0.0,
        radius * p.range("base.round", 0.05, 0.4),
    ));
    match p.choice("shoulder.kind", 4) {
        0 => {
            // Straight walls, a rounded shoulder.
            let round = radius * p.range("shoulder.round", 0.15, 0.7);
            nodes.push(Round(radius, shoulder, round));
            nodes.push(Round(neck_radius, neck, neck_radius * 0.4));
        }
        1 => {
            // One flowing line.
            nodes.push(Through(radius * base, height * 0.06));
            nodes.push(Through(
                radius * waist,
                shoulder * p.range("waist.at", 0.4, 0.65),
            ));
            nodes.push(Through(radius * p.range("bulge", 0.85, 1.05), shoulder));
            nodes.push(Through(
                mix(radius, neck_radius, 0.7),
                mix(shoulder, neck, 0.6),
            ));
            nodes.push(Through(neck_radius, neck));
        }
        2 => {
            // A cone with a crisp edge.
            nodes.push(Corner(radius, shoulder));
            nodes.push(Corner(neck_radius * 1.15, neck));
            nodes.push(Corner(neck_radius, neck));
        }
        _ => {
            // A step and a dome.
            let step = radius * p.range("step", 0.88, 0.97);
            nodes.push(Corner(radius, shoulder * 0.92));
            nodes.push(Corner(step, shoulder * 0.95));
            nodes.push(Through(step * 0.9, mix(shoulder, neck, 0.45)));
            nodes.push(Through(
                mix(step, neck_radius, 0.65),
                mix(shoulder, neck, 0.85),
            ));
            nodes.push(Corner(neck_radius, neck));
        }
    }
    nodes.push(Corner(neck_radius, height));
    nodes.push(Corner(neck_radius * 0.78, height));
    nodes.push(Corner(neck_radius * 0.78, height - neck_radius));
    nodes.push(Corner(0.0, height - neck_radius));
    let profile = Outline::open(&nodes).refined(height / 24.0);
    let mut body = Lathe {
        profile: &profile,
        steps: section.steps,
        seams: &section.seams,
        shape: &|angle, point| section.shape(angle, point),
    }
    .build();
    let wall = Wall {
        profile: &profile,
        section: &section,
        from: radius * 0.3,
        to: shoulder * 0.9,
    };
    decorate(&mut body, &wall, p, 0.35);
    let mut parts = vec![body.material(BODY)];
    closure(&mut parts, p, neck_radius, neck, height);
    if p.chance("handle", 0.2) {
        let reach = radius * p.range("handle.reach", 1.3, 1.7);
        let top = mix(shoulder, neck, 0.3);
        let low = shoulder * p.range("handle.low", 0.45, 0.7);
        let path = bent_path(
            &[
                v3(radius * 0.6, 0.0, top),
                v3(reach, 0.0, top),
                v3(reach, 0.0, low),
                v3(radius * 0.8, 0.0, low),
            ],
            p.range("handle.round", 0.6, 1.6),
        );
        parts.push(tube(
            &path,
            radius * p.range("handle.thick", 0.1, 0.18),
            End::Flat,
        ));
    }
    parts
}

fn closure(parts: &mut Vec<Part>, p: &Params, neck_radius: f64, neck: f64, height: f64) {
    let radius = neck_radius * p.range("cap.radius", 1.12, 1.5);
    let bottom = mix(neck, height, p.range("cap.bottom", 0.2, 0.6));
    let tall = neck_radius * p.range("cap.tall", 0.9, 2.6);
    let unclaimed = p.chance("cap.unclaimed", 0.15);
    match p.choice("cap.kind", 5) {
        0 => {}
        1 | 2 => {
            let top = radius * p.range("cap.taper", 0.82, 1.0);
            let mut cap = cylinder(radius, top, tall, radius * p.range("cap.round", 0.0, 0.3));
            if p.chance("cap.ribbed", 0.6) {
                let ribs = p.count("cap.ribs", 20, 48);
                for rib in 0..ribs {
                    let (s, c) = sin_cos(rib as f64 * TURN / ribs as f64);
                    let at = |t: f64| {
                        let r = mix(radius, top, t) * 1.004;
                        v3(r * c, r * s, tall * t)
                    };
                    cap.add_curve(vec![at(0.1), at(0.75)], Ink::Ornament);
                }
            }
            parts.push(
                cap.placed(&Placement::at(0.0, 0.0, bottom))
                    .material(SECOND)
                    .unclaimed(unclaimed),
            );
        }
        3 => {
            // A pump with a nozzle to the right.
            let collar = cylinder(radius, radius, tall * 0.6, radius * 0.1);
            let stem = cylinder(radius * 0.25, radius * 0.25, tall * 1.8, 0.0);
            let head = rounded_box(
                radius * 1.3,
                radius,
                radius * 0.5,
                radius * 0.3,
                Edge::Round(radius * 0.12),
            );
            let reach = radius * p.range("pump.reach", 1.6, 3.0);
            let drop = radius * p.range("pump.drop", 0.1, 0.7);
            let top = bottom + tall * 1.8;
            let nozzle = spline_path(
                &[
                    v3(0.0, 0.0, top + radius * 0.25),
                    v3(reach * 0.6, 0.0, top + radius * 0.28),
                    v3(reach, 0.0, top + radius * 0.25 - drop),
                ],
                10,
            );
            let up = |z: f64| Placement::at(0.0, 0.0, z);
            parts.push(
                collar
                    .placed(&up(bottom))
                    .material(SECOND)
                    .unclaimed(unclaimed),
            );
            parts.push(
                stem.placed(&up(bottom))
                    .material(SECOND)
                    .unclaimed(unclaimed),
            );
            parts.push(head.placed(&up(top)).material(SECOND).unclaimed(unclaimed));
            parts.push(
                tube(&nozzle, radius * 0.2, End::Flat)
                    .material(SECOND)
                    .unclaimed(unclaimed),
            );
        }
        _ => {
            // A ball or mushroom stopper.
            let knob = radius * p.range("stopper", 0.8, 1.4);
            let squash = p.range("stopper.squash", 0.6, 1.3);
            let profile = Outline::open(&[
                Corner(0.0, -knob * squash),
                Through(knob * 0.7, -knob * squash * 0.7),
                Through(knob, 0.0),
                Through(knob * 0.7, knob * squash * 0.7),
                Corner(0.0, knob * squash),
            ]);
            let ball = Lathe {
                profile: &profile,
                steps: 72,
                seams: &[],
                shape: &revolve,
            }
            .build();
            parts.push(
                ball.placed(&Placement::at(0.0, 0.0, height + knob * squash * 0.7))
                    .material(ACCENT)
                    .unclaimed(unclaimed),
            );
        }
    }
}
