//! Cars and wheels.

use super::legs::bar;
use super::material::{ACCENT, BODY, METAL, SECOND};
use super::shapes::{ball, pierced, slab, trace, turned, upright};
use crate::math::{FRAC_TURN_4, Placement, TURN, mix, sin_cos, v3};
use crate::random::Params;
use crate::solid::Node::{Corner, Round};
use crate::solid::{Edge, Ink, Outline, Part, cylinder, rounded_box};

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
