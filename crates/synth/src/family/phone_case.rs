//! Phone cases.

use super::material::{ACCENT, BODY, METAL, SECOND};
use super::shapes::{circle, upright};
use crate::math::{Placement, TURN, Vec2, mix, sin_cos, v2, v3};
use crate::random::Params;
use crate::solid::{
    Edge, End, Extrusion, Ink, Node, Outline, Part, bent_path, cylinder, rounded_box, tube,
};

/// A phone case: a back with a camera opening, a rim, buttons and relief on the back.
pub(super) fn phone_case(p: &Params) -> Vec<Part> {
    let width = p.range("width", 6.8, 8.4);
    let height = width * p.range("height", 1.85, 2.2);
    let deep = p.range("deep", 0.8, 1.5);
    let wall = p.range("wall", 0.14, 0.35);
    let corner = p.range("corner", 0.5, 1.5);
    let rugged = p.chance("rugged", 0.3);
    let body = if rugged {
        let cut = corner * p.range("cut", 0.7, 1.2);
        let (x, y) = (width / 2.0, height / 2.0);
        let bump = p.range("bump", 0.05, 0.25);
        Outline::closed(&[
            Node::Round(x, -y + cut, 0.2),
            Node::Round(x, -y * 0.55, 0.4),
            Node::Round(x - bump, -y * 0.45, 0.4),
            Node::Round(x - bump, y * 0.45, 0.4),
            Node::Round(x, y * 0.55, 0.4),
            Node::Round(x, y - cut, 0.2),
            Node::Round(x - cut, y, 0.2),
            Node::Round(-x + cut, y, 0.2),
            Node::Round(-x, y - cut, 0.2),
            Node::Round(-x, y * 0.55, 0.4),
            Node::Round(-x + bump, y * 0.45, 0.4),
            Node::Round(-x + bump, -y * 0.45, 0.4),
            Node::Round(-x, -y * 0.55, 0.4),
            Node::Round(-x, -y + cut, 0.2),
            Node::Round(-x + cut, -y, 0.2),
            Node::Round(x - cut, -y, 0.2),
        ])
    } else {
        Outline::rectangle(width, height, corner)
    };
    let opening = camera_opening(p, width, height);
    let inner = Outline::rectangle(
        width - 2.0 * wall - 0.3,
        height - 2.0 * wall - 0.3,
        corner * 0.8,
    );
    let edge = Edge::Round(deep * p.range("edge", 0.08, 0.3));
    let mut back = Extrusion {
        outline: &body,
        holes: &[opening.clone().reversed()],
        height: wall * 1.6,
        edge: Edge::Round(wall * 0.7),
    }
    .build();
    relief(p, &mut back, &opening, width, height, wall * 1.6 + 0.005);
    // The back looks to the viewer; the rim reaches away from him.
    let rim = Extrusion {
        outline: &body,
        holes: &[inner.reversed()],
        height: deep,
        edge,
    }
    .build()
    .placed(&Placement::at(0.0, 0.0, -deep + wall));
    let mut parts = vec![back.material(BODY), rim.material(SECOND)];
    let lens_unclaimed = p.chance("lens.unclaimed", 0.3);
    if p.chance("camera.frame", 0.5) {
        let lip = p.range("camera.lip", 0.12, 0.3);
        let inward = opening.inward();
        let mut outer = opening.clone();
        for (point, step) in outer.points.iter_mut().zip(inward) {
            *point = *point + step * -lip;
        }
        let frame = Extrusion {
            outline: &outer,
            holes: &[opening.clone().reversed()],
            height: wall + 0.35,
            edge: Edge::Bevel(0.06),
        };
        parts.push(
            frame
                .build()
                .placed(&Placement::at(0.0, 0.0, wall * 0.8))
                .material(ACCENT)
                .unclaimed(lens_unclaimed),
        );
    }
    let keys = p.count("keys", 1, 3);
    for key in 0..keys {
        let long = p.range(&format!("key.{key}"), 0.7, 2.0);
        let at = height * (0.32 - 0.14 * key as f64);
        let button = rounded_box(0.3, long, 0.4, 0.14, Edge::Round(0.08));
        let side = if key == 0 { -1.0 } else { 1.0 };
        let place = Placement::at(
            side * (width / 2.0 - if rugged { 0.12 } else { 0.02 }),
            at,
            -deep * 0.5,
        );
        parts.push(button.placed(&place).material(ACCENT));
    }
    match p.choice("grip", 5) {
        0 => {
            // A ring to hold it by.
            let radius = width * p.range("grip.size", 0.14, 0.22);
            let y = height * p.range("grip.at", -0.25, 0.0);
            let disc = cylinder(radius, radius * 0.92, 0.35, 0.08);
            parts.push(disc.placed(&Placement::at(0.0, y, wall)).material(METAL));
            let path: Vec<_> = (0..48)
                .map(|i| {
                    let (s, c) = sin_cos(f64::from(i) * TURN / 48.0);
                    v3(radius * 0.8 * c, y + radius * 0.8 * s, wall + 0.4)
                })
                .collect();
            parts.push(tube(&path, radius * 0.12, End::Joined).material(METAL));
        }
        1 => {
            let strap = width * p.range("strap", 0.5, 0.8);
            let band = bent_path(
                &[
                    v3(-strap / 2.0, -height * 0.1, wall),
                    v3(-strap / 2.0, -height * 0.1, wall + 0.9),
                    v3(strap / 2.0, -height * 0.1, wall + 0.9),
                    v3(strap / 2.0, -height * 0.1, wall),
                ],
                0.7,
            );
            parts.push(tube(&band, 0.22, End::Flat).material(ACCENT));
        }
        _ => {}
    }
    let place = upright(0.0, height / 2.0);
    parts.into_iter().map(|part| part.placed(&place)).collect()
}

fn camera_opening(p: &Params, width: f64, height: f64) -> Outline {
    let margin = p.range("camera.margin", 0.7, 1.1);
    let top = height / 2.0 - margin;
    let left = width / 2.0 - margin;
    let (w, h, x) = match p.choice("camera", 4) {
        0 => {
            let size = p.range("camera.size", 2.2, 3.6);
            (
                size,
                size * p.range("camera.tall", 0.9, 1.15),
                -left + size / 2.0,
            )
        }
        1 => {
            let wide = p.range("camera.size", 1.2, 1.8);
            (
                wide,
                wide * p.range("camera.long", 1.8, 2.8),
                -left + wide / 2.0,
            )
        }
        2 => {
            let wide = width * p.range("camera.bar", 0.6, 0.75);
            (wide, p.range("camera.size", 1.1, 2.0), 0.0)
        }
        _ => {
            let size = p.range("camera.size", 2.4, 3.6);
            return circle(0.0, top - size / 2.0 - 0.2, size / 2.0);
        }
    };
    let round = w.min(h) * p.range("camera.round", 0.15, 0.49);
    Outline::rectangle(w, h, round).map(|q| v2(q.x + x, q.y + top - h / 2.0))
}

/// Lines on the back of a case, kept clear of the camera.
fn relief(p: &Params, part: &mut Part, opening: &Outline, width: f64, height: f64, z: f64) {
    let lowest = opening.points.iter().map(|q| q.y).fold(height, f64::min) - 0.5;
    let (x, low) = (width * 0.42, -height * 0.44);
    let count = p.count("relief.count", 3, 14);
    let flat = |points: Vec<Vec2>| {
        points
            .into_iter()
            .map(|q| v3(q.x, q.y, z))
            .collect::<Vec<_>>()
    };
    match p.choice("relief", 8) {
        0 => {
            for i in 0..count {
                let y = mix(low, lowest, (i as f64 + 0.5) / count as f64);
                part.add_curve(flat(vec![v2(-x, y), v2(x, y)]), Ink::Ornament);
            }
        }
        1 => {
            let slope = p.range("relief.slope", -0.9, 0.9) * width;
            for i in 0..count {
                let t = (i as f64 + 0.5) / count as f64;
                let y = mix(low + slope.abs() / 2.0, lowest - slope.abs() / 2.0, t);
                part.add_curve(
                    flat(vec![v2(-x, y - slope / 2.0), v2(x, y + slope / 2.0)]),
                    Ink::Ornament,
                );
            }
        }
        2 => {
            // Rings about a point.
            let middle = v2(0.0, mix(low, lowest, p.range("relief.middle", 0.35, 0.65)));
            let most = (lowest - middle.y).min(middle.y - low).min(x);
            for i in 0..count.min(8) {
                let r = most * (i as f64 + 1.0) / count.min(8) as f64;
                let ring = circle(middle.x, middle.y, r).points;
                let closed = ring.iter().chain(ring.first()).copied().collect();
                part.add_curve(flat(closed), Ink::Ornament);
            }
        }
        3 => {
            // Waves.
            let reach = p.range("relief.wave", 0.1, 0.5);
            let turns = p.range("relief.turns", 1.0, 4.0);
            for i in 0..count {
                let y = mix(low + reach, lowest - reach, (i as f64 + 0.5) / count as f64);
                let wave = (0..=60).map(|k| {
                    let t = f64::from(k) / 60.0;
                    v2(mix(-x, x, t), y + reach * sin_cos(t * turns * TURN).0)
                });
                part.add_curve(flat(wave.collect()), Ink::Ornament);
            }
        }
        4 => {
            // A grid of holes.
            let pitch = p.range("relief.pitch", 0.5, 1.1);
            let radius = pitch * p.range("relief.dot", 0.15, 0.36);
            let columns = (2.0 * x / pitch) as i32;
            let rows = ((lowest - low) / pitch) as i32;
            for row in 0..rows {
                for column in 0..columns {
                    let cx = (f64::from(column) - f64::from(columns - 1) / 2.0) * pitch;
                    let cy = low + (f64::from(row) + 0.5) * pitch;
                    let dot = (0..=12).map(|k| {
                        let (s, c) = sin_cos(f64::from(k) * TURN / 12.0);
                        v2(cx + radius * c, cy + radius * s)
                    });
                    part.add_curve(flat(dot.collect()), Ink::Hole);
                }
            }
        }
        5 => {
            // A frame.
            let tall = (lowest - low) * p.range("relief.frame", 0.6, 0.95);
            let frame = Outline::rectangle(
                2.0 * x * p.range("relief.wide", 0.5, 0.95),
                tall,
                p.range("relief.round", 0.1, 1.2),
            );
            let middle = mix(low, lowest, 0.5);
            let points = frame.points.iter().chain(frame.points.first());
            let closed = points.map(|q| v2(q.x, q.y + middle)).collect();
            part.add_curve(flat(closed), Ink::Ornament);
        }
        _ => {}
    }
}
