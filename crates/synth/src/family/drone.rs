//! Aircraft with rotors.

use super::legs::bar;
use super::material::{ACCENT, BODY, METAL, SECOND};
use super::shapes::{ball, slab};
use crate::math::{Placement, TURN, sin_cos, v3};
use crate::random::Params;
use crate::solid::Node::Through;
use crate::solid::{Edge, End, Outline, Part, cylinder, rounded_box, tube};

/// An aircraft with rotors: body, arms, rotors, feet, camera.
pub(super) fn drone(p: &Params) -> Vec<Part> {
    let body = p.range("body", 7.0, 12.0);
    let long = p.range("long", 1.0, 1.7);
    let tall = body * p.range("tall", 0.4, 0.8);
    let arms = 2 * p.count("arms", 2, 3);
    let reach = body * p.range("reach", 1.3, 2.1);
    let rotor = body * p.range("rotor", 0.55, 0.95);
    let lift = body * p.range("lift", 0.4, 0.9);
    let shell = rounded_box(
        body,
        body * long,
        tall,
        body * p.range("corner", 0.1, 0.45),
        Edge::Round(tall * p.range("edge", 0.1, 0.4)),
    );
    let mut parts = vec![shell.placed(&Placement::at(0.0, 0.0, lift)).material(BODY)];
    let thick = p.range("arm", 0.5, 1.1);
    for arm in 0..arms {
        let (s, c) = sin_cos(TURN * (arm as f64 + 0.5) / arms as f64);
        let z = lift + tall * p.range("arm.at", 0.4, 0.9);
        let (from, to) = (
            v3(c * body * 0.3, s * body * 0.3, lift + tall * 0.6),
            v3(c * reach, s * reach, z),
        );
        parts.push(bar(from, to, thick, 0.7, p.chance("arm.square", 0.4)).material(SECOND));
        let motor = cylinder(thick * 1.5, thick * 1.3, thick * 2.6, 0.1);
        parts.push(
            motor
                .placed(&Placement::at(to.x, to.y, z - thick))
                .material(METAL),
        );
        let blade = Outline::closed(&[
            Through(-rotor, 0.1),
            Through(-rotor * 0.5, -rotor * 0.09),
            Through(0.0, -0.3),
            Through(rotor * 0.5, -rotor * 0.07),
            Through(rotor, -0.1),
            Through(rotor * 0.5, rotor * 0.09),
            Through(0.0, 0.3),
            Through(-rotor * 0.5, rotor * 0.07),
        ]);
        let turn = TURN * p.range(&format!("blade.{arm}"), 0.0, 0.5);
        parts.push(
            slab(&blade, 0.2, Edge::Sharp)
                .placed(
                    &Placement::IDENTITY
                        .turn_z(turn)
                        .shift(to.x, to.y, z + thick * 1.7),
                )
                .material(ACCENT),
        );
        if p.chance("guards", 0.3) {
            let ring: Vec<_> = (0..40)
                .map(|i| {
                    let (s, c) = sin_cos(TURN * f64::from(i) / 40.0);
                    v3(
                        to.x + c * rotor * 1.1,
                        to.y + s * rotor * 1.1,
                        z + thick * 1.7,
                    )
                })
                .collect();
            parts.push(tube(&ring, 0.25, End::Joined).material(SECOND));
        }
    }
    for side in [-1.0, 1.0] {
        let x = side * body * 0.4;
        let spread = side * body * p.range("feet.spread", 0.4, 0.7);
        for y in [-0.35, 0.35] {
            parts.push(
                bar(
                    v3(x, y * body * long, lift + tall * 0.2),
                    v3(spread, y * body * long, 0.3),
                    0.3,
                    1.0,
                    false,
                )
                .material(METAL),
            );
        }
        parts.push(
            bar(
                v3(spread, -body * long * 0.5, 0.3),
                v3(spread, body * long * 0.5, 0.3),
                0.3,
                1.0,
                false,
            )
            .material(METAL),
        );
    }
    if p.chance("camera", 0.7) {
        let eye = body * p.range("camera.size", 0.12, 0.2);
        parts.push(
            ball(eye)
                .placed(&Placement::at(0.0, -body * long * 0.42, lift - eye * 0.4))
                .material(ACCENT),
        );
    }
    parts
}
