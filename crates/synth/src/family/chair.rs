//! Chairs.

use super::legs::{bar, legs};
use super::material::{BODY, SECOND};
use crate::math::{Placement, Vec3, mix, v2, v3};
use crate::random::Params;
use crate::solid::{
    Edge, End, Outline, Part, Sweep, bent_path, plate, rounded_box, spline_path, tube,
};

/// A chair: seat, back, legs, often arms.
pub(super) fn chair(p: &Params) -> Vec<Part> {
    let width = p.range("width", 40.0, 58.0);
    let depth = p.range("depth", 38.0, 54.0);
    let height = p.range("height", 38.0, 47.0);
    let thick = p.range("thick", 1.5, 5.0);
    let back = p.range("back", 26.0, 60.0);
    let lean = p.range("lean", 0.04, 0.3);
    let leg = p.range("leg", 1.2, 2.6);
    let shell = p.chance("shell", 0.35);
    // A shell has no corners for legs to end in.
    let spread = if shell { 0.74 } else { 1.0 };
    let mut parts = legs(p, width * spread, depth * spread, height, leg);

    let round = p.range("seat.round", 0.05, 0.45);
    let outline = Outline::rectangle(width, depth, width * round).refined(width / 14.0);
    // Less than the seat is thick: legs end inside it.
    let dish = p.range("seat.dish", 0.0, 0.75) * thick;
    if shell {
        parts.push(shell_of(p, width, depth, height, back, lean).material(SECOND));
    } else {
        let half = v2(width / 2.0, depth / 2.0);
        let seat = plate(&outline, thick, &|q| {
            let (u, v) = (q.x / half.x, q.y / half.y);
            let hollow = dish * (1.0 - u * u) * (1.0 - v * v);
            v3(q.x, q.y, height + thick * 0.5 - hollow)
        });
        parts.push(seat.material(SECOND));
        back_of(
            p,
            &mut parts,
            width,
            depth,
            height + thick * 0.5,
            back,
            lean,
            leg,
        );
    }
    if p.chance("arms", 0.35) {
        let rise = p.range("arms.rise", 16.0, 26.0);
        let square = p.chance("legs.square", 0.45);
        let top = height + rise;
        for s in [1.0, -1.0] {
            let x = s * (width / 2.0 + p.range("arms.out", -1.0, 3.0));
            let front = -depth * p.range("arms.front", 0.2, 0.42);
            let rear = depth / 2.0 + lean * rise * if shell { 0.3 } else { 0.95 };
            let post = v3(s * (width / 2.0 - leg * 1.2), front, height);
            if p.chance("arms.tube", 0.4) {
                let path = bent_path(
                    &[post, v3(x, front, top), v3(x, rear, top)],
                    p.range("arms.bend", 2.0, 8.0),
                );
                parts.push(tube(&path, leg * 0.7, End::Flat).material(BODY));
            } else {
                parts.push(bar(post, v3(x, front, top), leg * 0.9, 1.0, square).material(BODY));
                let wide = p.range("arms.wide", 3.0, 7.0);
                let rest = rounded_box(
                    wide,
                    rear - front + leg * 3.0,
                    2.2,
                    wide * 0.3,
                    Edge::Round(0.6),
                );
                let at = Placement::at(x, (front + rear) / 2.0 - leg, top - 0.6);
                parts.push(rest.placed(&at).material(BODY));
            }
        }
    }
    parts
}

/// Seat and back in one bent sheet.
fn shell_of(p: &Params, width: f64, depth: f64, height: f64, back: f64, lean: f64) -> Part {
    let bend = p.range("shell.bend", 0.18, 0.4) * depth;
    let wing = p.range("shell.wing", 0.0, 0.14);
    let narrow = p.range("shell.narrow", 0.0, 0.35);
    let length = depth + back;
    let outline = Outline::rectangle(width, length, width * p.range("shell.round", 0.15, 0.45))
        .refined(width / 16.0);
    plate(&outline, p.range("shell.thick", 1.0, 2.2), &|q| {
        // Along the sheet: flat over the seat, a bend, then up the back.
        let along = q.y + length / 2.0;
        let turn = ((along - depth + bend) / (2.0 * bend)).clamp(0.0, 1.0);
        let rise = bend * turn * turn + (along - depth - bend).max(0.0);
        let flat = along.min(depth - bend) + 2.0 * bend * (turn - turn * turn / 2.0);
        let u = 2.0 * q.x / width;
        let up = rise / back;
        let cup = wing * width * u * u;
        v3(
            q.x * (1.0 - narrow * up.clamp(0.0, 1.0)),
            flat - depth / 2.0 + lean * rise - cup * up.min(1.0),
            height + 0.6 + rise + cup * (1.0 - up.min(1.0)) * 0.6,
        )
    })
}

#[expect(
    clippy::too_many_arguments,
    reason = "one call, all of them plain lengths of the seat"
)]
fn back_of(
    p: &Params,
    parts: &mut Vec<Part>,
    width: f64,
    depth: f64,
    seat: f64,
    back: f64,
    lean: f64,
    leg: f64,
) {
    let square = p.chance("legs.square", 0.45);
    let flare = p.range("back.flare", -0.08, 0.06) * width;
    let x = width / 2.0 - leg * 1.4;
    let y = depth / 2.0 - leg * 1.2;
    let at = |u: f64, t: f64| {
        // u across from -1 to 1, t up from 0 to 1.
        v3(u * (x + flare * t), y + lean * back * t, seat + back * t)
    };
    let curve = p.range("back.curve", 0.0, 0.1) * width;
    match p.choice("back.kind", 4) {
        0 => {
            // A padded or plain board.
            let low = p.range("back.low", 0.1, 0.5);
            let wide = p.range("back.wide", 0.8, 1.0);
            let outline = Outline::rectangle(
                2.0 * x * wide,
                back * (1.0 - low),
                back * p.range("back.round", 0.03, 0.3),
            )
            .refined(width / 14.0);
            let thick = p.range("back.thick", 1.4, 5.0);
            let middle = mix(low, 1.0, 0.5);
            let board = plate(&outline, thick, &|q| {
                let t = middle + q.y / back;
                let u = q.x / x;
                at(u, t) + v3(0.0, curve * (1.0 - u * u), 0.0)
            });
            parts.push(board.material(SECOND));
            for s in [1.0, -1.0] {
                let post = bar(
                    at(s * 0.8, -0.05),
                    at(s * 0.8, mix(low, 1.0, 0.4)),
                    leg * 0.8,
                    0.9,
                    square,
                );
                parts.push(post.material(BODY));
            }
        }
        kind => {
            // Posts with rails, slats or spindles.
            for s in [1.0, -1.0] {
                parts.push(bar(at(s, -0.05), at(s, 1.0), leg, 0.85, square).material(BODY));
            }
            let rail = |t: f64, tall: f64| {
                let path: Vec<Vec3> = (0..=16)
                    .map(|i| {
                        let u = f64::from(i) / 8.0 - 1.0;
                        at(u, t) + v3(0.0, curve * (1.0 - u * u), 0.0)
                    })
                    .collect();
                Sweep {
                    path: &path,
                    section: &Outline::rectangle(leg * 1.1, tall, leg * 0.2),
                    scale: &|_| (1.0, 1.0),
                    up: v3(0.0, lean, 1.0),
                    end: End::Flat,
                }
                .build()
            };
            let head = p.range("back.head", 0.05, 0.16) * back;
            parts.push(rail(0.97 - head / back / 2.0, head).material(BODY));
            if kind == 1 {
                let rungs = p.count("back.rungs", 1, 5);
                let tall = back * p.range("back.rung", 0.04, 0.1);
                for rung in 0..rungs {
                    let t = mix(0.2, 0.85 - head / back, (rung as f64 + 0.5) / rungs as f64);
                    parts.push(rail(t, tall).material(BODY));
                }
            } else {
                let low = p.range("back.low", 0.02, 0.3);
                if low > 0.1 {
                    parts.push(rail(low, head * 0.8).material(BODY));
                }
                let count = p.count("back.spindles", 3, 9);
                let flat = kind == 2;
                for i in 0..count {
                    let u = 2.0 * (i as f64 + 1.0) / (count as f64 + 1.0) - 1.0;
                    let bow = v3(0.0, curve * (1.0 - u * u), 0.0);
                    let foot = if low > 0.1 { low } else { -0.03 };
                    let thick = if flat {
                        x / count as f64 * 0.42
                    } else {
                        leg * 0.38
                    };
                    let from = at(u, foot) + bow * if low > 0.1 { 1.0 } else { 0.0 };
                    let to = at(u, 0.95) + bow;
                    let path = spline_path(&[from, from.lerp(to, 0.5) + bow * 0.3, to], 6);
                    let outline = if flat {
                        Outline::rectangle(2.0 * thick, leg * 0.6, 0.1)
                    } else {
                        Outline::ellipse(thick, thick, 16)
                    };
                    let slat = Sweep {
                        path: &path,
                        section: &outline,
                        scale: &|_| (1.0, 1.0),
                        up: v3(0.0, 1.0, 0.0),
                        end: End::Flat,
                    };
                    parts.push(slat.build().material(BODY));
                }
            }
        }
    }
}
