//! Upholstered seats and cabinets.

use super::legs::legs;
use super::material::{ACCENT, BODY, METAL, SECOND};
use super::shapes::ball;
use crate::math::{Placement, mix, v3};
use crate::random::Params;
use crate::solid::{Edge, End, Ink, Part, bent_path, rounded_box, tube};

/// A sofa: base, cushions, back, arms, feet.
pub(super) fn sofa(p: &Params) -> Vec<Part> {
    let seats = p.count("seats", 1, 3);
    let seat = p.range("seat", 48.0, 64.0);
    let arm = p.range("arm", 8.0, 22.0);
    let width = seat * seats as f64 + 2.0 * arm;
    let depth = p.range("depth", 70.0, 95.0);
    let lift = p.range("lift", 6.0, 18.0);
    let base = p.range("base", 12.0, 22.0);
    let cushion = p.range("cushion", 10.0, 20.0);
    let back = p.range("back", 30.0, 60.0);
    let thick = p.range("thick", 12.0, 24.0);
    let soft = p.range("soft", 1.5, 5.0);
    let mut parts = Vec::new();
    let body = rounded_box(width, depth, base, soft, Edge::Round(soft * 0.5));
    parts.push(body.placed(&Placement::at(0.0, 0.0, lift)).material(BODY));
    for index in 0..seats {
        let x = (index as f64 - (seats - 1) as f64 / 2.0) * seat;
        let pad = rounded_box(
            seat - 0.6,
            depth - thick,
            cushion,
            soft * 1.5,
            Edge::Round(soft),
        );
        parts.push(
            pad.placed(&Placement::at(x, -thick / 2.0, lift + base - 0.5))
                .material(SECOND),
        );
        let rest = rounded_box(seat - 0.8, thick, back, soft, Edge::Round(soft));
        let lean = Placement::IDENTITY
            .turn_x(p.range("lean", -0.28, -0.05))
            .shift(x, depth / 2.0 - thick, lift + base + cushion * 0.7);
        parts.push(rest.placed(&lean).material(SECOND));
    }
    let rest = rounded_box(
        width,
        thick * 0.6,
        back * 0.9,
        soft,
        Edge::Round(soft * 0.6),
    );
    parts.push(
        rest.placed(&Placement::at(
            0.0,
            depth / 2.0 - thick * 0.3,
            lift + base - 1.0,
        ))
        .material(BODY),
    );
    let tall = base + cushion * p.range("arm.tall", 0.8, 2.2);
    for side in [-1.0, 1.0] {
        let piece = rounded_box(arm, depth, tall, soft, Edge::Round(soft * 0.9));
        parts.push(
            piece
                .placed(&Placement::at(side * (width - arm) / 2.0, 0.0, lift))
                .material(BODY),
        );
    }
    parts.extend(
        legs(
            p,
            width * 0.94,
            depth * 0.9,
            lift + 1.0,
            p.range("leg", 1.5, 3.2),
        )
        .into_iter()
        .map(|part| part.material(METAL)),
    );
    parts
}

/// A cabinet or chest: carcass, doors and drawers with handles, feet.
pub(super) fn cabinet(p: &Params) -> Vec<Part> {
    let width = p.range("width", 40.0, 120.0);
    let depth = p.range("depth", 30.0, 50.0);
    let height = width * p.range("height", 0.6, 1.8);
    let lift = p.range("lift", 0.0, 18.0);
    let mut parts = Vec::new();
    let carcass = rounded_box(
        width,
        depth,
        height,
        p.range("corner", 0.1, 3.0),
        Edge::Sharp,
    );
    parts.push(
        carcass
            .placed(&Placement::at(0.0, 0.0, lift))
            .material(BODY),
    );
    if p.chance("top", 0.5) {
        let over = p.range("top.over", 0.5, 3.0);
        let board = rounded_box(
            width + 2.0 * over,
            depth + over,
            p.range("top.thick", 1.2, 4.0),
            0.4,
            Edge::Round(0.4),
        );
        parts.push(
            board
                .placed(&Placement::at(0.0, -over / 2.0, lift + height - 0.2))
                .material(SECOND),
        );
    }
    let columns = p.count("columns", 1, 3);
    let rows = p.count("rows", 1, 5);
    let gap = 0.6;
    let (wide, tall) = (width / columns as f64, height / rows as f64);
    let handle = p.choice("handle", 4);
    for column in 0..columns {
        // Some columns are one door.
        let door = rows > 1 && p.chance(&format!("door.{column}"), 0.4);
        let count = if door { 1 } else { rows };
        let tall = if door { height } else { tall };
        for row in 0..count {
            let x = (column as f64 - (columns - 1) as f64 / 2.0) * wide;
            let z = lift + tall * row as f64 + gap;
            let mut front = rounded_box(wide - 2.0 * gap, 1.6, tall - 2.0 * gap, 0.2, Edge::Sharp);
            if p.chance("panelled", 0.4) {
                let inset = wide.min(tall) * p.range("panel", 0.08, 0.18);
                let (x, low, high) = (wide / 2.0 - gap - inset, inset, tall - 2.0 * gap - inset);
                let panel = [(-x, low), (x, low), (x, high), (-x, high), (-x, low)];
                front.add_curve(
                    panel.iter().map(|&(x, z)| v3(x, -0.805, z)).collect(),
                    Ink::Ornament,
                );
            }
            parts.push(
                front
                    .placed(&Placement::at(x, -depth / 2.0 - 0.5, z))
                    .material(SECOND),
            );
            let (hx, hz) = if door {
                let side = if column * 2 < columns { 1.0 } else { -1.0 };
                (x + side * (wide / 2.0 - 5.0), lift + height * 0.5)
            } else {
                (x, z + tall * 0.5)
            };
            let y = -depth / 2.0 - 1.2;
            match handle {
                0 => parts.push(
                    ball(1.4)
                        .placed(&Placement::at(hx, y - 1.0, hz))
                        .material(METAL),
                ),
                1 | 2 => {
                    let half = p.range("handle.long", 3.0, 9.0);
                    let (dx, dz) = if door {
                        (0.0, half)
                    } else {
                        (half.min(wide * 0.4), 0.0)
                    };
                    let path = bent_path(
                        &[
                            v3(hx - dx, y, hz - dz),
                            v3(hx - dx, y - 2.4, hz - dz),
                            v3(hx + dx, y - 2.4, hz + dz),
                            v3(hx + dx, y, hz + dz),
                        ],
                        p.range("handle.bend", 0.2, 1.2),
                    );
                    parts.push(tube(&path, 0.5, End::Flat).material(METAL));
                }
                _ => {}
            }
        }
    }
    if lift > 2.0 {
        parts.extend(
            legs(
                p,
                width * 0.95,
                depth * 0.9,
                lift + 0.5,
                p.range("leg", 1.2, 2.6),
            )
            .into_iter()
            .map(|part| part.material(ACCENT)),
        );
    }
    parts
}

/// A bed or daybed: frame, mattress, headboard, legs.
pub(super) fn bed(p: &Params) -> Vec<Part> {
    let width = p.range("width", 90.0, 180.0);
    let long = p.range("long", 190.0, 215.0);
    let lift = p.range("lift", 8.0, 28.0);
    let frame = p.range("frame", 8.0, 22.0);
    let mut parts = Vec::new();
    let rails = rounded_box(
        width,
        long,
        frame,
        p.range("frame.corner", 0.5, 6.0),
        Edge::Round(0.8),
    );
    parts.push(rails.placed(&Placement::at(0.0, 0.0, lift)).material(BODY));
    let thick = p.range("mattress", 12.0, 26.0);
    let mattress = rounded_box(
        width - 6.0,
        long - 8.0,
        thick,
        6.0,
        Edge::Round(thick * 0.3),
    );
    parts.push(
        mattress
            .placed(&Placement::at(0.0, 0.0, lift + frame - 3.0))
            .material(SECOND)
            .unclaimed(p.chance("mattress.unclaimed", 0.5)),
    );
    let tall = frame + thick + p.range("head.tall", 15.0, 75.0);
    let board = p.range("head.thick", 3.0, 10.0);
    if p.chance("head.posts", 0.4) {
        let bars = p.count("head.bars", 3, 11);
        for index in 0..bars {
            let x = mix(
                -width / 2.0 + 3.0,
                width / 2.0 - 3.0,
                index as f64 / (bars - 1) as f64,
            );
            parts.push(
                tube(
                    &[
                        v3(x, long / 2.0, lift),
                        v3(x, long / 2.0, lift + tall * 0.5),
                        v3(x, long / 2.0, lift + tall),
                    ],
                    board * 0.35,
                    End::Dome,
                )
                .material(BODY),
            );
        }
        let rail = tube(
            &[
                v3(-width / 2.0, long / 2.0, lift + tall),
                v3(0.0, long / 2.0, lift + tall),
                v3(width / 2.0, long / 2.0, lift + tall),
            ],
            board * 0.45,
            End::Dome,
        );
        parts.push(rail.material(BODY));
    } else {
        let mut head = rounded_box(width, board, tall, board * 0.3, Edge::Round(board * 0.3));
        let tufts = p.count("head.tufts", 0, 8);
        for index in 1..=tufts {
            let x = mix(-width / 2.0, width / 2.0, index as f64 / (tufts + 1) as f64);
            head.add_curve(
                vec![
                    v3(x, -board / 2.0 - 0.01, tall * 0.1),
                    v3(x, -board / 2.0 - 0.01, tall * 0.95),
                ],
                Ink::Ornament,
            );
        }
        parts.push(
            head.placed(&Placement::at(0.0, long / 2.0, lift))
                .material(BODY),
        );
    }
    parts.extend(
        legs(
            p,
            width * 0.92,
            long * 0.92,
            lift + 0.5,
            p.range("leg", 1.8, 4.0),
        )
        .into_iter()
        .map(|part| part.material(METAL)),
    );
    parts
}
