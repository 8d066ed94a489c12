//! Toy bricks and figures.

use super::legs::bar;
use super::material::{ACCENT, BODY, SECOND};
use super::shapes::{ball, circle, pierced, shifted, slab, turned, upright};
use crate::math::{FRAC_TURN_4, Placement, sin_cos, v3};
use crate::random::Params;
use crate::solid::Node::{Corner, Through};
use crate::solid::{Edge, Outline, Part, cylinder, rounded_box};

/// A toy brick with studs, or a plate of several.
pub(super) fn brick(p: &Params) -> Vec<Part> {
    let pitch = p.range("pitch", 0.7, 1.4);
    let (columns, rows) = (p.count("columns", 1, 6), p.count("rows", 1, 4));
    let height = pitch * p.range("height", 0.4, 1.3);
    let (width, depth) = (pitch * columns as f64, pitch * rows as f64);
    let mut parts =
        vec![rounded_box(width, depth, height, pitch * 0.03, Edge::Sharp).material(BODY)];
    let stud = pitch * p.range("stud", 0.22, 0.38);
    let tall = pitch * p.range("stud.tall", 0.12, 0.3);
    let hollow = p.chance("stud.hollow", 0.3);
    for column in 0..columns {
        for row in 0..rows {
            let x = (column as f64 + 0.5) * pitch - width / 2.0;
            let y = (row as f64 + 0.5) * pitch - depth / 2.0;
            let part = if hollow {
                pierced(
                    &circle(0.0, 0.0, stud),
                    &[circle(0.0, 0.0, stud * 0.6)],
                    tall,
                    Edge::Sharp,
                )
            } else {
                cylinder(stud, stud, tall, 0.0)
            };
            parts.push(part.placed(&Placement::at(x, y, height)).material(BODY));
        }
    }
    match p.choice("addition", 4) {
        // A slope.
        0 => {
            let (h, d) = (height * p.range("slope", 0.8, 1.8), depth * 0.5);
            let wedge = slab(
                &Outline::closed(&[Corner(0.0, 0.0), Corner(d, 0.0), Corner(d, h)]),
                width * 0.96,
                Edge::Sharp,
            );
            let place = Placement::IDENTITY
                .turn_x(FRAC_TURN_4)
                .turn_z(FRAC_TURN_4)
                .shift(-width * 0.48, -d * 0.1, height - 0.02);
            parts.push(wedge.placed(&place).material(SECOND));
        }
        // An eye on the front.
        1 => {
            let size = height * 0.35;
            let ring = pierced(
                &circle(0.0, 0.0, size),
                &[circle(0.0, 0.0, size * 0.55)],
                pitch * 0.3,
                Edge::Sharp,
            );
            let x = p.range("eye.at", -0.3, 0.3) * width;
            parts.push(
                ring.placed(&upright(-depth / 2.0 + pitch * 0.05, height / 2.0))
                    .placed(&Placement::at(x, 0.0, 0.0))
                    .material(ACCENT),
            );
        }
        _ => {}
    }
    parts
}

/// A toy figure: body, head with face, arms, legs, ears or a hat.
pub(super) fn figure(p: &Params) -> Vec<Part> {
    let tall = p.range("tall", 10.0, 18.0);
    let wide = tall * p.range("wide", 0.2, 0.34);
    let leg = tall * p.range("leg", 0.18, 0.36);
    let limb = wide * p.range("limb", 0.22, 0.38);
    let mut parts = Vec::new();
    let torso = turned(&[
        Corner(0.0, 0.0),
        Through(wide * 0.7, 0.05 * tall),
        Through(wide, tall * p.range("belly", 0.12, 0.25)),
        Through(wide * 0.6, tall * 0.36),
        Corner(0.0, tall * 0.42),
    ]);
    parts.push(
        torso
            .placed(&Placement::at(0.0, 0.0, leg * 0.85))
            .material(BODY),
    );
    let head = wide * p.range("head", 0.75, 1.3);
    let up = leg * 0.85 + tall * 0.4 + head * 0.75;
    parts.push(
        ball(head)
            .placed(&Placement::at(0.0, 0.0, up))
            .material(SECOND),
    );
    let eye = head * p.range("eye", 0.09, 0.2);
    for side in [-1.0, 1.0] {
        let (s, c) = sin_cos(p.range("eye.apart", 0.25, 0.5) * side);
        parts.push(
            ball(eye)
                .placed(&Placement::at(
                    head * 0.94 * s,
                    -head * 0.94 * c,
                    up + head * 0.15,
                ))
                .material(ACCENT),
        );
        let foot = v3(side * wide * 0.5, -limb * 0.6, limb);
        parts.push(bar(v3(side * wide * 0.45, 0.0, leg), foot, limb, 1.1, false).material(BODY));
        parts.push(
            ball(limb * 1.25)
                .placed(&Placement::at(foot.x, foot.y, limb * 1.2))
                .material(SECOND),
        );
        let lift = p.range(&format!("arm.{side}"), -0.9, 0.6);
        let (s, c) = sin_cos(lift);
        let shoulder = v3(side * wide * 0.75, 0.0, leg * 0.85 + tall * 0.3);
        let hand = shoulder + v3(side * c, -0.25, s) * (tall * 0.2);
        parts.push(bar(shoulder, hand, limb * 0.8, 0.8, false).material(BODY));
        parts.push(
            ball(limb)
                .placed(&Placement::at(hand.x, hand.y, hand.z))
                .material(SECOND),
        );
    }
    match p.choice("crown", 5) {
        0 | 1 => {
            let ear = head * p.range("ear", 0.25, 0.5);
            for side in [-1.0, 1.0] {
                let outline = Outline::ellipse(ear, ear * p.range("ear.long", 0.9, 2.4), 40);
                let place = upright(head * 0.1, up + head * 0.9 + ear * 0.5).shift(
                    side * head * 0.6,
                    0.0,
                    0.0,
                );
                parts.push(
                    slab(&outline, ear * 0.4, Edge::Round(ear * 0.12))
                        .placed(&place)
                        .material(BODY),
                );
            }
        }
        2 => {
            let cone = turned(&[
                Corner(0.0, 0.0),
                Corner(head * 0.7, 0.0),
                Corner(0.0, head * p.range("cone", 0.8, 1.8)),
            ]);
            parts.push(
                cone.placed(&Placement::at(0.0, 0.0, up + head * 0.62))
                    .material(ACCENT),
            );
        }
        3 => {
            parts.push(
                bar(
                    v3(0.0, 0.0, up + head * 0.8),
                    v3(0.0, 0.0, up + head * 1.6),
                    limb * 0.25,
                    1.0,
                    false,
                )
                .material(ACCENT),
            );
            parts.push(
                ball(limb * 0.6)
                    .placed(&Placement::at(0.0, 0.0, up + head * 1.65))
                    .material(ACCENT),
            );
        }
        _ => {}
    }
    if p.chance("badge", 0.4) {
        let size = wide * p.range("badge.size", 0.25, 0.45);
        let badge = slab(
            &shifted(Outline::ellipse(size, size, 40), 0.0, 0.0),
            0.3,
            Edge::Sharp,
        );
        parts.push(
            badge
                .placed(&upright(-wide * 0.9, leg * 0.85 + tall * 0.2))
                .material(ACCENT),
        );
    }
    parts
}
