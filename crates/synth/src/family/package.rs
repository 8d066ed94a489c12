//! Packages: cartons, crates, pouches.

use super::glyph::glyph;
use super::legs::bar;
use super::material::{ACCENT, BODY, SECOND};
use super::shapes::{pierced, shifted, slab, trace, turned, upright};
use crate::math::{FRAC_TURN_4, Placement, mix, v2, v3};
use crate::random::Params;
use crate::solid::{
    Edge, End, Ink,
    Node::{Corner, Through},
    Outline, Part, Sweep, rounded_box, tube,
};

/// A carton: closed with tuck flaps, with a hang tab, a window or a handle.
pub(super) fn carton(p: &Params) -> Vec<Part> {
    let width = p.range("width", 6.0, 22.0);
    let depth = width * p.range("depth", 0.2, 0.9);
    let height = width * p.range("height", 0.5, 2.0);
    let mut parts = Vec::new();
    // The front is a sheet of its own, so that it can have a window.
    let body = rounded_box(width, depth, height, 0.05, Edge::Sharp);
    parts.push(body.material(BODY));
    let mut front = if p.chance("window", 0.5) {
        let (w, h) = (
            width * p.range("window.wide", 0.4, 0.8),
            height * p.range("window.tall", 0.25, 0.6),
        );
        let round = w.min(h) * p.range("window.round", 0.05, 0.49);
        let y = height * p.range("window.at", -0.12, 0.12);
        pierced(
            &Outline::rectangle(width, height, 0.05),
            &[shifted(Outline::rectangle(w, h, round), 0.0, y)],
            0.25,
            Edge::Sharp,
        )
    } else {
        slab(&Outline::rectangle(width, height, 0.05), 0.25, Edge::Sharp)
    };
    if p.chance("label", 0.6) {
        let tall = height * p.range("label.tall", 0.08, 0.16);
        let outline = Outline::rectangle(width * p.range("label.wide", 0.4, 0.9), tall, tall * 0.2);
        trace(
            &mut front,
            &shifted(outline, 0.0, height * 0.4 - tall * 0.2),
            0.26,
            Ink::Ornament,
        );
    }
    for stroke in glyph(p, "mark", v2(0.0, -height * 0.4), width.min(height) * 0.07) {
        front.add_curve(
            stroke.iter().map(|q| v3(q.x, q.y, 0.26)).collect(),
            Ink::Ornament,
        );
    }
    parts.push(
        front
            .placed(&upright(-depth / 2.0, height / 2.0))
            .material(SECOND),
    );
    match p.choice("top", 4) {
        // A tab with a hole to hang it by.
        0 => {
            let tall = width * p.range("tab.tall", 0.2, 0.4);
            let hole = tall * 0.2;
            let tab = pierced(
                &shifted(
                    Outline::rectangle(width, tall, tall * p.range("tab.round", 0.1, 0.49)),
                    0.0,
                    tall * 0.4,
                ),
                &[shifted(
                    Outline::rectangle(hole * 3.0, hole, hole * 0.45),
                    0.0,
                    tall * 0.5,
                )],
                0.2,
                Edge::Sharp,
            );
            parts.push(tab.placed(&upright(depth / 2.0, height)).material(BODY));
        }
        // A gable with a handle.
        1 => {
            let rise = width * p.range("gable", 0.2, 0.4);
            let half = depth / 2.0;
            let gable = slab(
                &Outline::closed(&[
                    Corner(-half, 0.0),
                    Corner(half, 0.0),
                    Corner(0.25, rise),
                    Corner(0.25, rise * 1.4),
                    Corner(-0.25, rise * 1.4),
                    Corner(-0.25, rise),
                ]),
                width,
                Edge::Sharp,
            );
            let place = Placement::IDENTITY
                .turn_x(FRAC_TURN_4)
                .turn_z(FRAC_TURN_4)
                .shift(-width / 2.0, 0.0, height);
            parts.push(gable.placed(&place).material(BODY));
        }
        // A lid that laps over.
        2 => {
            let tall = height * p.range("lid", 0.12, 0.35);
            let lid = rounded_box(width + 0.5, depth + 0.8, tall, 0.08, Edge::Sharp);
            let place = Placement::at(0.0, 0.0, height - tall + 0.3);
            parts.push(lid.placed(&place).material(ACCENT));
        }
        // The line of a flap.
        _ => {
            let tongue = p.range("flap", 0.3, 0.7) * depth;
            if let Some(body) = parts.first_mut() {
                body.add_curve(
                    vec![
                        v3(-width * 0.45, -depth / 2.0, height + 0.005),
                        v3(-width * 0.38, -depth / 2.0 + tongue, height + 0.005),
                        v3(width * 0.38, -depth / 2.0 + tongue, height + 0.005),
                        v3(width * 0.45, -depth / 2.0, height + 0.005),
                    ],
                    Ink::Ornament,
                );
            }
        }
    }
    parts
}

/// A crate or basket: slats around a floor, perhaps with handles.
pub(super) fn crate_box(p: &Params) -> Vec<Part> {
    let width = p.range("width", 24.0, 56.0);
    let depth = width * p.range("depth", 0.5, 0.9);
    let height = width * p.range("height", 0.3, 0.7);
    let board = p.range("board", 0.6, 1.4);
    let mut parts = Vec::new();
    parts.push(rounded_box(width, depth, board, 0.3, Edge::Sharp).material(BODY));
    let rows = p.count("rows", 2, 6);
    let share = p.range("share", 0.5, 0.85);
    let tall = height / rows as f64;
    for row in 0..rows {
        let z = tall * row as f64 + board * 0.5;
        for side in [-1.0, 1.0] {
            let long = rounded_box(width, board, tall * share, 0.1, Edge::Sharp);
            parts.push(
                long.placed(&Placement::at(0.0, side * (depth - board) / 2.0, z))
                    .material(BODY),
            );
            let short = rounded_box(board, depth - board, tall * share, 0.1, Edge::Sharp);
            parts.push(
                short
                    .placed(&Placement::at(side * (width - board) / 2.0, 0.0, z))
                    .material(SECOND),
            );
        }
    }
    if p.chance("posts", 0.7) {
        let post = p.range("post", 1.4, 2.6);
        for (x, y) in [(-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0), (1.0, 1.0)] {
            let (x, y) = (
                x * (width - post * 1.6) / 2.0,
                y * (depth - post * 1.6) / 2.0,
            );
            parts
                .push(bar(v3(x, y, 0.2), v3(x, y, height), post / 2.0, 1.0, true).material(ACCENT));
        }
    }
    if p.chance("handle", 0.5) {
        let rise = height * p.range("handle.rise", 0.3, 0.9);
        let path: Vec<_> = (0..=24)
            .map(|i| {
                let t = f64::from(i) / 24.0;
                v3(
                    mix(-width, width, t) / 2.0,
                    0.0,
                    height + rise * 4.0 * t * (1.0 - t) - 1.0,
                )
            })
            .collect();
        parts.push(tube(&path, board * 0.9, End::Flat).material(ACCENT));
    }
    parts
}

/// A pouch with sealed rims, flat above and full below, perhaps with a spout.
pub(super) fn pouch(p: &Params) -> Vec<Part> {
    let width = p.range("width", 9.0, 18.0);
    let height = width * p.range("height", 1.1, 1.8);
    let deep = width * p.range("deep", 0.2, 0.45);
    let path: Vec<_> = (0..=30)
        .map(|i| v3(0.0, 0.0, height * f64::from(i) / 30.0))
        .collect();
    let flare = p.range("flare", 0.85, 1.1);
    let body = Sweep {
        path: &path,
        section: &Outline::ellipse(1.0, 1.0, 64),
        scale: &|t| {
            let full = (1.0 - t * t).max(0.0).sqrt() * 0.96 + 0.04;
            (width / 2.0 * mix(1.0, flare, t), deep / 2.0 * full)
        },
        up: v3(0.0, 1.0, 0.0),
        end: End::Flat,
    };
    let mut body = body.build();
    // Seals along the top.
    let seals = p.count("seals", 1, 4);
    for seal in 0..seals {
        let t = 0.97 - 0.035 * seal as f64;
        let full = (1.0 - t * t).max(0.0).sqrt() * 0.96 + 0.04;
        for side in [-1.0, 1.0] {
            let points = (0..=20).map(|i| {
                let x = mix(-0.95, 0.95, f64::from(i) / 20.0);
                let across = (1.0 - x * x).max(0.0).sqrt();
                v3(
                    x * width / 2.0 * mix(1.0, flare, t),
                    side * (deep / 2.0 * full * across + 0.02),
                    height * t,
                )
            });
            body.add_curve(points.collect(), Ink::Ornament);
        }
    }
    let mut parts = vec![body.material(BODY)];
    if p.chance("label", 0.6) {
        let size = width * p.range("label.size", 0.22, 0.34);
        let middle = height * p.range("label.at", 0.35, 0.55);
        let label = slab(
            &Outline::rectangle(
                size * 2.0,
                size * p.range("label.tall", 1.0, 2.6),
                size * 0.2,
            ),
            0.15,
            Edge::Sharp,
        );
        let mut label = label;
        for stroke in glyph(p, "mark", v2(0.0, 0.0), size * 0.6) {
            label.add_curve(
                stroke.iter().map(|q| v3(q.x, q.y, 0.16)).collect(),
                Ink::Ornament,
            );
        }
        parts.push(
            label
                .placed(&upright(-deep / 2.0 * 0.97, middle))
                .material(SECOND),
        );
    }
    if p.chance("spout", 0.4) {
        let radius = width * p.range("spout.size", 0.07, 0.12);
        let at = if p.chance("spout.corner", 0.5) {
            width * 0.3
        } else {
            0.0
        };
        let spout = turned(&[
            Corner(0.0, 0.0),
            Corner(radius, 0.0),
            Through(radius, radius * 1.4),
            Corner(radius * 1.25, radius * 1.6),
            Corner(radius * 1.25, radius * 3.0),
            Corner(0.0, radius * 3.0),
        ]);
        parts.push(
            spout
                .placed(&Placement::at(at, 0.0, height - radius * 0.6))
                .material(ACCENT),
        );
    }
    parts
}
