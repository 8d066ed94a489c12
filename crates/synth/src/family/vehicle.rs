//! Vehicles, wheels, aircraft with rotors.

use super::legs::bar;
use super::material::{ACCENT, BODY, METAL, SECOND};
use super::shapes::{ball, circle, pierced, shifted, slab, trace, turned, upright};
use crate::math::{FRAC_TURN_4, Placement, TURN, mix, sin_cos, v3};
use crate::random::Params;
use crate::solid::{
    Edge, End, Ink,
    Node::{Corner, Round, Through},
    Outline, Part, cylinder, rounded_box, tube,
};

/// A car or a toy car, its nose to the left: body, windows, wheels.
pub(super) fn car(p: &Params) -> Vec<Part> {
    let long = p.range("long", 36.0, 48.0);
    let wide = long * p.range("wide", 0.36, 0.44);
    let wheel = long * p.range("wheel", 0.065, 0.1);
    let low = wheel * p.range("clearance", 0.5, 0.9);
    let waist = low + long * p.range("waist", 0.13, 0.2);
    let roof = waist + long * p.range("roof", 0.08, 0.19);
    let (x, front, rear) = (
        long / 2.0,
        p.range("screen", -0.3, -0.02),
        p.range("back", 0.2, 0.94),
    );
    let nose = p.range("nose", 0.5, 0.95);
    let tail = p.range("tail", 0.65, 1.0);
    let profile = Outline::closed(&[
        Round(-x, low, 1.0),
        Round(x, low, 1.0),
        Round(x, mix(low, waist, tail), 1.2),
        Round(x * mix(rear, 1.0, 0.4), waist, 1.5),
        Round(x * rear * 0.82, roof, 3.0),
        Round(x * (front + 0.14), roof, 3.0),
        Round(x * (front - 0.3), waist, 2.0),
        Round(-x, mix(low, waist, nose), 1.5),
    ]);
    let mut body = slab(
        &profile,
        wide,
        Edge::Round(wide * p.range("edge", 0.04, 0.12)),
    );
    // Windows and doors on both sides; the slab lies between z = 0 and its width.
    let (glass_low, glass_high) = (waist + 0.3, roof - long * 0.02);
    let panes = p.count("panes", 1, 3);
    for pane in 0..panes {
        let from = mix(
            x * (front - 0.12),
            x * rear * 0.85,
            pane as f64 / panes as f64,
        ) + 0.4;
        let to = mix(
            x * (front - 0.12),
            x * rear * 0.85,
            (pane + 1) as f64 / panes as f64,
        ) - 0.4;
        let lean = |at: f64, first: bool| if first { at + long * 0.05 } else { at };
        let window = Outline::closed(&[
            Round(from, glass_low, 0.5),
            Round(to, glass_low, 0.5),
            Round(
                if pane + 1 == panes {
                    to - long * 0.03
                } else {
                    to
                },
                glass_high,
                0.5,
            ),
            Round(lean(from, pane == 0), glass_high, 0.5),
        ]);
        for z in [-0.005, wide + 0.005] {
            trace(&mut body, &window, z, Ink::Ornament);
        }
        let door = [
            v3(from, glass_low, 0.0),
            v3(from, low + long * 0.03, 0.0),
            v3(to, low + long * 0.03, 0.0),
            v3(to, glass_low, 0.0),
        ];
        for z in [-0.005, wide + 0.005] {
            body.add_curve(
                door.iter().map(|q| v3(q.x, q.y, z)).collect(),
                Ink::Ornament,
            );
        }
    }
    let standing = Placement::at(0.0, 0.0, -wide / 2.0).turn_x(FRAC_TURN_4);
    let mut parts = vec![body.placed(&standing).material(BODY)];
    let base = p.range("wheelbase", 0.28, 0.34) * long;
    let spokes = p.count("spokes", 3, 9);
    for at in [-base, base] {
        for side in [-1.0, 1.0] {
            let rim = rim(wheel, wheel * 0.7, spokes, p.range("spoke", 0.1, 0.3));
            let out = if side > 0.0 { TURN / 2.0 } else { 0.0 };
            let place =
                upright(0.0, 0.0)
                    .turn_z(out)
                    .shift(at, side * (wide * 0.5 - wheel * 0.35), wheel);
            parts.extend(rim.into_iter().map(|part| part.placed(&place)));
        }
    }
    if p.chance("lamps", 0.8) {
        let lamp = wheel * p.range("lamp", 0.3, 0.55);
        for side in [-1.0, 1.0] {
            let place = Placement::at(
                -x + lamp * 0.4,
                side * wide * 0.34,
                mix(low, waist, nose * 0.62),
            );
            parts.push(ball(lamp).placed(&place).material(ACCENT));
        }
    }
    if p.chance("spoiler", 0.3) {
        let board = rounded_box(long * 0.08, wide * 0.8, 0.5, 0.2, Edge::Sharp);
        parts.push(
            board
                .placed(&Placement::at(x * 0.9, 0.0, waist + long * 0.05))
                .material(SECOND),
        );
        for side in [-1.0, 1.0] {
            parts.push(
                bar(
                    v3(x * 0.88, side * wide * 0.25, waist - 1.0),
                    v3(x * 0.9, side * wide * 0.25, waist + long * 0.055),
                    0.4,
                    1.0,
                    true,
                )
                .material(SECOND),
            );
        }
    }
    parts
}

/// A tyre and its pierced disc on the xy plane, the outer side up.
fn rim(radius: f64, wide: f64, spokes: usize, spoke: f64) -> Vec<Part> {
    let inner = radius * 0.68;
    let tyre = turned(&[
        Corner(inner, 0.0),
        Corner(radius * 0.94, 0.0),
        Corner(radius, wide * 0.2),
        Corner(radius, wide * 0.8),
        Corner(radius * 0.94, wide),
        Corner(inner, wide),
        Corner(inner, 0.0),
    ]);
    let openings: Vec<Outline> = (0..spokes)
        .map(|index| {
            let (from, to) = (index as f64 + spoke / 2.0, (index + 1) as f64 - spoke / 2.0);
            let mut points = Vec::new();
            let turn = |k: f64| TURN * k / spokes as f64;
            for step in 0..=6 {
                let (s, c) = sin_cos(turn(mix(from, to, f64::from(step) / 6.0)));
                points.push(Corner(inner * 0.86 * c, inner * 0.86 * s));
            }
            let (s, c) = sin_cos(turn(mix(from, to, 0.5 + 0.25)));
            points.push(Corner(inner * 0.36 * c, inner * 0.36 * s));
            let (s, c) = sin_cos(turn(mix(from, to, 0.25)));
            points.push(Corner(inner * 0.36 * c, inner * 0.36 * s));
            Outline::closed(&points)
        })
        .collect();
    let disc = pierced(
        &Outline::ellipse(inner * 1.01, inner * 1.01, 64),
        &openings,
        wide * 0.25,
        Edge::Sharp,
    );
    let hub = cylinder(inner * 0.16, inner * 0.14, wide * 0.32, 0.0);
    let out = Placement::at(0.0, 0.0, wide * 0.6);
    vec![
        tyre.material(SECOND),
        disc.placed(&out).material(METAL),
        hub.placed(&out).material(ACCENT),
    ]
}

/// A wheel by itself.
pub(super) fn wheel(p: &Params) -> Vec<Part> {
    let radius = p.range("radius", 20.0, 34.0);
    let wide = radius * p.range("wide", 0.4, 0.8);
    let spokes = p.count("spokes", 3, 12);
    let mut parts = rim(radius, wide, spokes, p.range("spoke", 0.12, 0.5));
    if let Some(tyre) = parts.first_mut() {
        tyre.unclaimed = p.chance("tyre.unclaimed", 0.5);
    }
    let bolts = p.count("bolts", 0, 8);
    for bolt in 0..bolts {
        let (s, c) = sin_cos(TURN * bolt as f64 / bolts as f64);
        let at = radius * 0.2;
        parts.push(
            cylinder(radius * 0.025, radius * 0.02, wide * 0.1, 0.0)
                .placed(&Placement::at(at * c, at * s, wide * 0.84))
                .material(ACCENT),
        );
    }
    let place = upright(wide / 2.0, radius);
    parts.into_iter().map(|part| part.placed(&place)).collect()
}

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
