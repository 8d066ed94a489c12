//! Tables.

use super::legs::{bar, legs};
use super::material::{ACCENT, BODY, METAL, SECOND};
use crate::math::{FRAC_TURN_4, Placement, sin_cos, v2, v3};
use crate::random::Params;
use crate::solid::{Edge, Extrusion, Ink, Outline, Part, cylinder, rounded_box};

/// A table: a top of many outlines on legs, with an apron, shelf or drawers sometimes.
pub(super) fn table(p: &Params) -> Vec<Part> {
    let width = p.range("width", 45.0, 150.0);
    let depth = width * p.range("depth", 0.45, 1.0);
    let height = p.range("height", 35.0, 78.0);
    let thick = p.range("thick", 1.6, 6.0);
    let leg = p.range("leg", 1.4, 3.6);
    let kind = p.choice("top", 7);
    // Legs stay below tops that have no corners.
    let spread = if kind < 2 { 0.9 } else { 0.64 };
    let mut parts = legs(p, width * spread, depth * spread, height, leg);

    let outline = match kind {
        0..2 => Outline::rectangle(width, depth, depth * p.range("top.round", 0.0, 0.25)),
        2 => Outline::ellipse(width / 2.0, depth / 2.0, 96),
        3 => Outline::polar(96, |angle| {
            // A superellipse of the fourth order.
            let (s, c) = sin_cos(angle);
            let k = 1.0 / (s * s * s * s + c * c * c * c).sqrt().sqrt();
            v2(k * c * width / 2.0, k * s * depth / 2.0)
        }),
        4 => {
            let sides = p.count("top.sides", 5, 9);
            let round = width * p.range("top.corner", 0.0, 0.12);
            Outline::polygon(sides, width / 2.0, round, FRAC_TURN_4)
                .map(|q| v2(q.x, q.y * depth / width))
        }
        5 => {
            // A pebble.
            let (a, b) = (
                p.range("top.pebble", 0.04, 0.16),
                p.range("top.turn", 0.0, 6.0),
            );
            Outline::polar(96, |angle| {
                let r = 1.0 + a * sin_cos(2.0 * angle + b).0 + 0.4 * a * sin_cos(3.0 * angle).1;
                let (s, c) = sin_cos(angle);
                v2(r * c * width / 2.0, r * s * depth / 2.0)
            })
        }
        _ => {
            // A stadium.
            Outline::rectangle(width, depth, depth * 0.499)
        }
    };
    let edge = match p.choice("edge", 3) {
        0 => Edge::Sharp,
        1 => Edge::Bevel(thick * p.range("edge.size", 0.1, 0.4)),
        _ => Edge::Round(thick * p.range("edge.size", 0.1, 0.48)),
    };
    let board = |outline: &Outline, thick: f64, z: f64, edge: Edge| {
        Extrusion {
            outline,
            holes: &[],
            height: thick,
            edge,
        }
        .build()
        .placed(&Placement::at(0.0, 0.0, z))
    };
    let mut top = board(&outline, thick, height, edge);
    if p.chance("inlay", 0.25) {
        let shrink = p.range("inlay.size", 0.6, 0.88);
        let ring = |k: f64| {
            let n = outline.points.len();
            (0..=n)
                .map(|i| {
                    let q = outline.points[i % n];
                    v3(q.x * k, q.y * k, height + thick + 0.01)
                })
                .collect()
        };
        top.add_curve(ring(shrink), Ink::Ornament);
        top.add_curve(ring(shrink - 0.03), Ink::Ornament);
    }
    parts.push(top.material(SECOND));
    if p.chance("shelf", 0.3) {
        let at = height * p.range("shelf.at", 0.2, 0.6);
        let k = p.range("shelf.size", 0.6, 0.85);
        let small = outline.clone().map(|q| q * k);
        parts.push(board(&small, thick * 0.6, at, Edge::Sharp).material(SECOND));
    }
    if p.chance("apron", 0.4) {
        let tall = p.range("apron.tall", 5.0, 14.0);
        let (w, d) = (width * 0.72, depth * 0.68);
        let apron = rounded_box(w, d, tall, p.range("apron.round", 0.0, 5.0), Edge::Sharp);
        parts.push(
            apron
                .placed(&Placement::at(0.0, 0.0, height - tall))
                .material(BODY),
        );
        let drawers = p.count("drawers", 0, 3);
        for drawer in 0..drawers {
            let wide = w / drawers as f64;
            let x = -w / 2.0 + wide * (drawer as f64 + 0.5);
            let front = rounded_box(wide * 0.9, 1.6, tall * 0.84, 0.1, Edge::Bevel(0.3));
            parts.push(
                front
                    .placed(&Placement::at(x, -d / 2.0, height - tall * 0.94))
                    .material(SECOND),
            );
            parts.push(knob(p, x, -d / 2.0 - 0.6, height - tall * 0.5));
        }
    }
    parts
}

/// A knob or a bar on a front that faces the viewer.
fn knob(p: &Params, x: f64, y: f64, z: f64) -> Part {
    if p.chance("knob.bar", 0.4) {
        let half = p.range("knob.wide", 2.0, 6.0);
        bar(
            v3(x - half, y - 0.9, z),
            v3(x + half, y - 0.9, z),
            0.55,
            1.0,
            p.chance("knob.square", 0.5),
        )
        .material(METAL)
    } else {
        let radius = p.range("knob.radius", 0.8, 1.8);
        cylinder(radius * 0.7, radius, radius * 1.6, radius * 0.2)
            .placed(&Placement::IDENTITY.turn_x(FRAC_TURN_4).shift(x, y + 0.3, z))
            .material(ACCENT)
    }
}
