//! Taps.

use super::legs::bar;
use super::material::{ACCENT, METAL};
use crate::math::{FRAC_TURN_4, Placement, TURN, mix, sin_cos, v3};
use crate::random::Params;
use crate::solid::Node::{Corner, Round, Through};
use crate::solid::{
    Edge, End, Lathe, Outline, Part, Sweep, bent_path, cylinder, revolve, rounded_box, spline_path,
};

/// A tap: column, spout to the front, one lever or two handles.
pub(super) fn tap(p: &Params) -> Vec<Part> {
    let height = p.range("height", 9.0, 30.0);
    let radius = p.range("radius", 1.6, 3.0);
    let reach = p.range("reach", 9.0, 21.0);
    let square = p.chance("square", 0.3);
    let mut parts = Vec::new();
    let plinth = radius * p.range("plinth", 1.1, 1.6);
    let column = |r: f64, top: f64, tall: f64| {
        if square {
            rounded_box(2.0 * r, 2.0 * r, tall, r * 0.25, Edge::Round(r * 0.08))
        } else {
            cylinder(r, top, tall, r * 0.1)
        }
    };
    parts.push(column(plinth, plinth * 0.95, p.range("plinth.tall", 0.4, 1.2)).material(METAL));
    let body = height * p.range("body", 0.35, 0.75);
    let slim = p.range("body.slim", 0.75, 1.0);
    parts.push(column(radius, radius * slim, body).material(METAL));

    // The spout starts inside the column and opens downwards over the basin.
    let thick = radius * p.range("spout.thick", 0.4, 0.75);
    let fall = p.range("spout.fall", 0.1, 0.35) * height;
    let start = body * p.range("spout.from", 0.55, 0.9);
    let path = match p.choice("spout", 4) {
        0 => bent_path(
            &[
                v3(0.0, 0.0, start),
                v3(0.0, 0.0, height),
                v3(0.0, -reach, height),
                v3(0.0, -reach, height - fall),
            ],
            reach * p.range("spout.bend", 0.12, 0.48),
        ),
        1 => spline_path(
            &[
                v3(0.0, 0.0, start),
                v3(0.0, -reach * 0.15, mix(start, height, 0.8)),
                v3(0.0, -reach * 0.6, height),
                v3(0.0, -reach, height - fall),
            ],
            14,
        ),
        2 => bent_path(
            &[
                v3(0.0, radius * 0.3, start),
                v3(
                    0.0,
                    -reach,
                    start + (height - start) * p.range("spout.rise", -0.1, 0.6),
                ),
                v3(0.0, -reach - 0.2, start - fall * 0.5),
            ],
            1.2,
        ),
        _ => bent_path(
            &[
                v3(0.0, radius * 0.3, start),
                v3(
                    0.0,
                    -reach * 0.4,
                    mix(start, height, p.range("spout.hump", 0.4, 1.0)),
                ),
                v3(0.0, -reach, start + 0.3),
                v3(0.0, -reach, start - fall * 0.6),
            ],
            reach * 0.14,
        ),
    };
    let flat = p.range("spout.flat", 0.55, 1.0);
    let section = if square || p.chance("spout.square", 0.3) {
        Outline::rectangle(2.0, 2.0 * flat, p.range("spout.edge", 0.05, 0.5))
    } else {
        Outline::ellipse(1.0, flat.max(0.75), 36)
    };
    let taper = p.range("spout.taper", 0.65, 1.05);
    let spout = Sweep {
        path: &path,
        section: &section,
        scale: &|t| {
            let k = thick * mix(1.0, taper, t);
            (k, k)
        },
        up: v3(1.0, 0.0, 0.0),
        end: End::Flat,
    };
    parts.push(spout.build().material(METAL));
    controls(p, &mut parts, radius, body, square);
    parts
}

fn controls(p: &Params, parts: &mut Vec<Part>, radius: f64, body: f64, square: bool) {
    let length = p.range("lever", 3.5, 9.0);
    let thick = radius * p.range("lever.thick", 0.16, 0.36);
    match p.choice("control", 4) {
        0 => {
            // A lever on top, leaning back or forwards.
            let tilt = p.range("lever.tilt", -0.5, 1.0);
            let cap = cylinder(radius * 0.95, radius * 0.8, radius * 0.9, radius * 0.15);
            parts.push(
                cap.placed(&Placement::at(0.0, 0.0, body + 0.1))
                    .material(METAL),
            );
            let (s, c) = sin_cos(tilt);
            let from = v3(0.0, 0.0, body + radius * 0.6);
            let to = from + v3(0.0, length * c * 0.8, length * s.abs().max(0.25));
            parts.push(bar(from, to, thick, 0.7, square).material(ACCENT));
        }
        1 => {
            // A lever on the right.
            let hub = cylinder(radius * 0.62, radius * 0.55, radius * 1.4, radius * 0.1);
            let z = body * p.range("lever.at", 0.45, 0.8);
            let place = Placement::IDENTITY
                .turn_y(FRAC_TURN_4)
                .shift(radius * 0.6, 0.0, z);
            parts.push(hub.placed(&place).material(METAL));
            let from = v3(radius * 1.6, 0.0, z);
            let tilt = p.range("lever.tilt", -0.3, 1.4);
            let (s, c) = sin_cos(tilt);
            parts.push(
                bar(
                    from,
                    from + v3(length * 0.35, -length * c * 0.3, length * s),
                    thick,
                    0.75,
                    square,
                )
                .material(ACCENT),
            );
        }
        kind => {
            // Two handles beside the column: crosses, knobs or levers.
            let apart = p.range("handles.apart", 5.0, 9.0);
            let tall = p.range("handles.tall", 3.0, 6.0);
            let spokes = if kind == 2 {
                p.count("spokes", 3, 5)
            } else {
                1
            };
            for s in [1.0, -1.0] {
                let x = s * apart;
                let base = cylinder(radius * 1.05, radius * 0.9, 0.7, 0.15);
                parts.push(base.placed(&Placement::at(x, 0.0, 0.0)).material(METAL));
                let profile = Outline::open(&[
                    Corner(0.0, 0.2),
                    Corner(radius * 0.8, 0.2),
                    Through(radius * p.range("handles.waist", 0.4, 0.7), tall * 0.5),
                    Round(radius * 0.75, tall, radius * 0.2),
                    Corner(0.0, tall),
                ]);
                let post = Lathe {
                    profile: &profile,
                    steps: 64,
                    seams: &[],
                    shape: &revolve,
                };
                parts.push(
                    post.build()
                        .placed(&Placement::at(x, 0.0, 0.0))
                        .material(METAL),
                );
                for spoke in 0..spokes {
                    let turn =
                        spoke as f64 * TURN / spokes as f64 + if kind == 2 { 0.4 } else { 0.0 };
                    let (sn, cs) = sin_cos(turn);
                    let from = v3(x, 0.0, tall * 0.85);
                    let to =
                        from + v3(s * cs, sn, p.range("spoke.rise", -0.1, 0.25)) * (length * 0.55);
                    parts.push(
                        bar(from, to, thick, p.range("spoke.taper", 0.6, 1.2), square)
                            .material(ACCENT),
                    );
                }
            }
            if p.chance("bridge", 0.5) {
                let deck = rounded_box(
                    apart * 2.0 + radius * 2.6,
                    radius * 2.4,
                    0.8,
                    radius * p.range("bridge.round", 0.1, 1.1),
                    Edge::Round(0.2),
                );
                parts.push(deck.placed(&Placement::at(0.0, 0.0, -0.6)).material(METAL));
            }
        }
    }
}
