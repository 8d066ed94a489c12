//! Suitcases and handbags.

use super::material::{ACCENT, BODY, METAL, SECOND};
use super::shapes::{ball, slab, trace, upright};
use crate::math::{FRAC_TURN_4, Placement, TURN, mix, sin_cos, v3};
use crate::random::Params;
use crate::solid::Node::{Corner, Through};
use crate::solid::{Edge, End, Ink, Outline, Part, Sweep, bent_path, rounded_box, tube};

/// A suitcase on wheels: shell with ribs, corners, handle.
pub(super) fn suitcase(p: &Params) -> Vec<Part> {
    let width = p.range("width", 34.0, 48.0);
    let height = width * p.range("height", 1.25, 1.65);
    let deep = width * p.range("deep", 0.42, 0.62);
    let corner = width * p.range("corner", 0.06, 0.2);
    let lift = p.range("lift", 3.0, 6.0);
    let mut shell = slab(
        &Outline::rectangle(width, height, corner),
        deep,
        Edge::Round(deep * p.range("edge", 0.1, 0.3)),
    );
    let ribs = p.count("ribs", 0, 9);
    let across = p.chance("ribs.across", 0.4);
    for rib in 0..ribs {
        let k = mix(-0.36, 0.36, (rib as f64 + 0.5) / ribs as f64);
        let line = if across {
            [
                v3(-width * 0.4, height * k, 0.0),
                v3(width * 0.4, height * k, 0.0),
            ]
        } else {
            [
                v3(width * k, -height * 0.4, 0.0),
                v3(width * k, height * 0.4, 0.0),
            ]
        };
        for z in [-0.005, deep + 0.005] {
            shell.add_curve(
                line.iter().map(|q| v3(q.x, q.y, z)).collect(),
                Ink::Ornament,
            );
        }
    }
    if p.chance("panel", 0.4) {
        let panel = Outline::rectangle(
            width * 0.74,
            height * p.range("panel.tall", 0.3, 0.78),
            corner * 0.6,
        );
        trace(&mut shell, &panel, deep + 0.006, Ink::Ornament);
    }
    let place = upright(deep / 2.0, lift + height / 2.0);
    let mut parts = vec![shell.placed(&place).material(BODY)];
    // The seam all around.
    let seam = slab(
        &Outline::rectangle(width + 0.5, height + 0.5, corner),
        p.range("seam", 0.6, 1.6),
        Edge::Sharp,
    );
    parts.push(
        seam.placed(&upright(0.4, lift + height / 2.0))
            .material(SECOND),
    );
    let wheel = lift * 0.55;
    for x in [-1.0, 1.0] {
        for y in [-1.0, 1.0] {
            let at = Placement::at(x * width * 0.4, y * deep * 0.34, wheel);
            parts.push(
                slab(
                    &Outline::ellipse(wheel, wheel, 40),
                    wheel * 0.8,
                    Edge::Round(wheel * 0.15),
                )
                .placed(
                    &Placement::IDENTITY
                        .turn_x(FRAC_TURN_4)
                        .shift(0.0, wheel * 0.4, 0.0),
                )
                .placed(&at)
                .material(METAL),
            );
            parts.push(
                rounded_box(wheel * 1.4, wheel * 1.4, lift * 0.6, 0.3, Edge::Sharp)
                    .placed(&Placement::at(
                        x * width * 0.4,
                        y * deep * 0.34,
                        wheel * 1.2,
                    ))
                    .material(SECOND),
            );
        }
    }
    let rise = height * p.range("handle", 0.08, 0.5);
    let half = width * p.range("handle.half", 0.14, 0.26);
    let top = lift + height;
    let path = bent_path(
        &[
            v3(-half, deep * 0.3, top - 2.0),
            v3(-half, deep * 0.3, top + rise),
            v3(half, deep * 0.3, top + rise),
            v3(half, deep * 0.3, top - 2.0),
        ],
        2.0,
    );
    parts.push(tube(&path, p.range("handle.thick", 0.6, 1.1), End::Flat).material(METAL));
    let grip = bent_path(
        &[
            v3(-half * 0.7, 0.0, top - 0.5),
            v3(-half * 0.7, 0.0, top + 2.2),
            v3(half * 0.7, 0.0, top + 2.2),
            v3(half * 0.7, 0.0, top - 0.5),
        ],
        1.2,
    );
    parts.push(tube(&grip, 0.8, End::Flat).material(ACCENT));
    parts
}

/// A handbag: body, flap, handles or strap, clasp, feet.
pub(super) fn handbag(p: &Params) -> Vec<Part> {
    let width = p.range("width", 20.0, 36.0);
    let height = width * p.range("height", 0.5, 1.05);
    let deep = width * p.range("deep", 0.25, 0.5);
    let taper = p.range("taper", 0.6, 1.15);
    let path: Vec<_> = (0..=20)
        .map(|i| v3(0.0, 0.0, height * f64::from(i) / 20.0))
        .collect();
    let belly = p.range("belly", 0.0, 0.12);
    let body = Sweep {
        path: &path,
        section: &Outline::rectangle(2.0, 2.0, p.range("corner", 0.1, 0.7)),
        scale: &|t| {
            let full = 1.0 + belly * sin_cos(t * TURN / 2.0).0;
            (
                width / 2.0 * mix(1.0, taper, t) * full,
                deep / 2.0 * mix(1.0, 0.35, t * t) * full,
            )
        },
        up: v3(0.0, 1.0, 0.0),
        end: End::Flat,
    };
    let mut parts = vec![body.build().material(BODY)];
    if p.chance("flap", 0.5) {
        let long = height * p.range("flap.long", 0.35, 0.75);
        let w = width * taper.min(1.0) * 0.48;
        let point = p.range("flap.point", 0.0, 0.4) * long;
        let outline = Outline::closed(&[
            Corner(-w, 0.0),
            Corner(-w, -long + point),
            Through(-w * 0.4, -long + point * 0.2),
            Through(w * 0.4, -long + point * 0.2),
            Corner(w, -long + point),
            Corner(w, 0.0),
        ]);
        let flap = slab(&outline, 0.5, Edge::Sharp);
        let lean = Placement::IDENTITY.turn_x(FRAC_TURN_4 + 0.1).shift(
            0.0,
            -deep * 0.18 - long * 0.07,
            height,
        );
        parts.push(flap.placed(&lean).material(SECOND));
        let clasp = rounded_box(
            width * 0.1,
            0.8,
            width * p.range("clasp", 0.05, 0.12),
            0.4,
            Edge::Sharp,
        );
        parts.push(
            clasp
                .placed(&Placement::at(
                    0.0,
                    -deep * 0.42 - 0.4,
                    height - long * 0.95,
                ))
                .material(METAL),
        );
    } else {
        let pocket = rounded_box(
            width * p.range("pocket.wide", 0.4, 0.75),
            0.6,
            height * p.range("pocket.tall", 0.25, 0.5),
            1.0,
            Edge::Sharp,
        );
        parts.push(
            pocket
                .placed(&Placement::at(0.0, -deep / 2.0, height * 0.12))
                .material(SECOND),
        );
    }
    let rise = height * p.range("handle.rise", 0.3, 1.1);
    let half = width * taper.min(1.0) * p.range("handle.half", 0.18, 0.42);
    let two = p.chance("handle.two", 0.6);
    for y in if two {
        vec![-deep * 0.16, deep * 0.16]
    } else {
        vec![0.0]
    } {
        let arc: Vec<_> = (0..=30)
            .map(|i| {
                let (s, c) = sin_cos(TURN / 2.0 * f64::from(i) / 30.0);
                v3(half * c, y, height * 0.94 + rise * s)
            })
            .collect();
        parts.push(tube(&arc, p.range("handle.thick", 0.4, 1.0), End::Flat).material(ACCENT));
    }
    if p.chance("charm", 0.3) {
        parts.push(
            ball(width * 0.035)
                .placed(&Placement::at(half, -deep * 0.3, height * 0.6))
                .material(METAL),
        );
    }
    parts
}
