//! Loudspeakers.

use super::material::{ACCENT, BODY, METAL, SECOND};
use super::shapes::upright;
use crate::math::{FRAC_TURN_4, Placement, TURN, sin_cos, v3};
use crate::random::Params;
use crate::solid::{
    Edge, End, Extrusion, Ink, Lathe, Node, Outline, Part, bent_path, cylinder, revolve, tube,
};

/// A loudspeaker: a box or a drum with cones, a grille, knobs and feet.
pub(super) fn speaker(p: &Params) -> Vec<Part> {
    let width = p.range("width", 9.0, 24.0);
    let height = width * p.range("height", 0.5, 2.2);
    let depth = width * p.range("depth", 0.4, 1.0);
    let mut parts = Vec::new();
    let drum = p.chance("drum", 0.3);
    if drum {
        let radius = width / 2.0;
        let round = radius * p.range("drum.round", 0.05, 0.45);
        let waist = p.range("drum.waist", 0.85, 1.15);
        let profile = Outline::open(&[
            Node::Corner(0.0, 0.0),
            Node::Round(radius, 0.0, round),
            Node::Round(radius * waist, height * 0.5, height * 2.0),
            Node::Round(radius * p.range("drum.top", 0.7, 1.0), height, round),
            Node::Corner(0.0, height),
        ])
        .refined(height / 10.0);
        let mut body = Lathe {
            profile: &profile,
            steps: 96,
            seams: &[],
            shape: &revolve,
        }
        .build();
        let wall = super::ornament::Wall {
            profile: &profile,
            section: &super::section::Section::round(),
            from: height * 0.1,
            to: height * 0.9,
        };
        super::ornament::decorate(&mut body, &wall, p, 0.1);
        parts.push(body.material(BODY));
        let ring = radius * p.range("ring", 0.3, 0.6);
        let dial = cylinder(ring, ring, height * 0.04, height * 0.01);
        parts.push(
            dial.placed(&Placement::at(0.0, 0.0, height * 0.985))
                .material(ACCENT),
        );
    } else {
        let corner = width.min(height) * p.range("corner", 0.0, 0.35);
        let outline = Outline::rectangle(width, height, corner);
        let edge = match p.choice("edge", 3) {
            0 => Edge::Sharp,
            1 => Edge::Bevel(depth * p.range("edge.size", 0.02, 0.1)),
            _ => Edge::Round(depth * p.range("edge.size", 0.03, 0.2)),
        };
        let body = Extrusion {
            outline: &outline,
            holes: &[],
            height: depth,
            edge,
        };
        let place = upright(depth / 2.0, height / 2.0);
        parts.push(body.build().placed(&place).material(BODY));
        front(p, &mut parts, width, height, depth);
        let feet = p.choice("feet", 3);
        if feet == 1 {
            for sx in [1.0, -1.0] {
                for sy in [1.0, -1.0] {
                    let foot = cylinder(width * 0.05, width * 0.06, height * 0.07, 0.0);
                    parts.push(
                        foot.placed(&Placement::at(
                            sx * width * 0.36,
                            sy * depth * 0.32,
                            -height * 0.06,
                        ))
                        .material(METAL),
                    );
                }
            }
        }
        if p.chance("carry", 0.3) {
            let x = width * p.range("carry.wide", 0.25, 0.48);
            let rise = height * p.range("carry.rise", 0.12, 0.3);
            let path = bent_path(
                &[
                    v3(-x, 0.0, height * 0.96),
                    v3(-x, 0.0, height + rise),
                    v3(x, 0.0, height + rise),
                    v3(x, 0.0, height * 0.96),
                ],
                p.range("carry.round", 0.5, 4.0),
            );
            parts.push(
                tube(
                    &path,
                    width * p.range("carry.thick", 0.015, 0.035),
                    End::Flat,
                )
                .material(METAL),
            );
        }
    }
    parts
}

/// What the front of a box speaker shows.
fn front(p: &Params, parts: &mut Vec<Part>, width: f64, height: f64, depth: f64) {
    let y = -depth / 2.0;
    let room = height * 0.9;
    let kind = p.choice("front", 4);
    if kind < 2 {
        // Cones, one above or beside the other.
        let count = p.count("cones", 1, 3);
        let tall = height > width;
        let along = if tall { room } else { width * 0.9 };
        let across = if tall { width } else { height };
        let mut at = -along / 2.0;
        for cone in 0..count {
            let share = p.range(&format!("cone.{cone}"), 0.6, 1.0) / count as f64;
            let slot = along / count as f64;
            let radius = (across * 0.42).min(along * share * 0.46);
            let middle = at + slot / 2.0;
            at += slot;
            let (x, z) = if tall {
                (0.0, middle + height / 2.0)
            } else {
                (middle, height / 2.0)
            };
            parts.extend(cone_parts(p, radius).map(|part| {
                part.placed(
                    &Placement::IDENTITY
                        .turn_x(FRAC_TURN_4)
                        .shift(x, y + 0.05, z),
                )
            }));
        }
    } else {
        // A grille plate with holes or slots.
        let (w, h) = (
            width * p.range("grille.wide", 0.6, 0.9),
            room * p.range("grille.tall", 0.5, 0.92),
        );
        let round = w.min(h) * p.range("grille.round", 0.02, 0.49);
        let mut plate = Extrusion {
            outline: &Outline::rectangle(w, h, round),
            holes: &[],
            height: 0.5,
            edge: Edge::Bevel(0.12),
        }
        .build();
        let fits = |x: f64, z: f64, margin: f64| {
            // Inside the rounded rectangle, `margin` from its rim.
            let (dx, dz) = (
                (x.abs() - w / 2.0 + round).max(0.0),
                (z.abs() - h / 2.0 + round).max(0.0),
            );
            (dx * dx + dz * dz).sqrt() < round - margin
                && x.abs() < w / 2.0 - margin
                && z.abs() < h / 2.0 - margin
        };
        if kind == 2 {
            let pitch = width * p.range("grille.pitch", 0.045, 0.1);
            let radius = pitch * p.range("grille.hole", 0.2, 0.4);
            let staggered = p.chance("grille.staggered", 0.5);
            let reach = (w.max(h) / pitch) as i32;
            for row in -reach..=reach {
                for column in -reach..=reach {
                    let shift = if staggered && row % 2 != 0 { 0.5 } else { 0.0 };
                    let (cx, cz) = (
                        (f64::from(column) + shift) * pitch,
                        f64::from(row) * pitch * if staggered { 0.87 } else { 1.0 },
                    );
                    if fits(cx, cz, radius + pitch * 0.3) {
                        let hole = (0..=10).map(|k| {
                            let (s, c) = sin_cos(f64::from(k) * TURN / 10.0);
                            v3(cx + radius * c, cz + radius * s, 0.505)
                        });
                        plate.add_curve(hole.collect(), Ink::Hole);
                    }
                }
            }
        } else {
            let slots = p.count("grille.slots", 5, 22);
            let level = p.chance("grille.level", 0.5);
            let (along, across) = if level { (w, h) } else { (h, w) };
            for slot in 0..slots {
                let c = across * ((slot as f64 + 0.5) / slots as f64 - 0.5);
                let half = (0..40)
                    .map(|k| along / 2.0 * f64::from(k) / 40.0)
                    .filter(|&a| {
                        if level {
                            fits(a, c, round * 0.1 + 0.3)
                        } else {
                            fits(c, a, round * 0.1 + 0.3)
                        }
                    })
                    .fold(0.0, f64::max);
                let thick = across / slots as f64 * 0.22;
                let corners = [
                    (-half, -thick),
                    (half, -thick),
                    (half, thick),
                    (-half, thick),
                    (-half, -thick),
                ];
                let line = corners.iter().map(|&(a, b)| {
                    if level {
                        v3(a, c + b, 0.505)
                    } else {
                        v3(c + b, a, 0.505)
                    }
                });
                plate.add_curve(line.collect(), Ink::Hole);
            }
        }
        let z = height / 2.0 + (room - h) * p.range("grille.up", -0.2, 0.45);
        parts.push(plate.placed(&upright(y + 0.1, z)).material(SECOND));
    }
    for knob in 0..p.count("knobs", 0, 4) {
        let radius = width * p.range("knob.radius", 0.025, 0.06);
        let part = cylinder(radius, radius * 0.85, radius * 1.2, radius * 0.1);
        let x = width * (0.12 + 0.16 * knob as f64 - 0.36);
        parts.push(
            part.placed(&Placement::at(x, 0.0, height * 0.99))
                .material(ACCENT),
        );
    }
}

/// A loudspeaker cone that looks upwards: surround, funnel and dust cap.
fn cone_parts(p: &Params, radius: f64) -> [Part; 2] {
    let sink = radius * p.range("cone.sink", 0.15, 0.4);
    let cap = radius * p.range("cone.cap", 0.18, 0.4);
    let frame = radius * p.range("cone.frame", 0.04, 0.12);
    let profile = Outline::open(&[
        Node::Corner(0.0, -sink - 0.1),
        Node::Corner(radius, -sink - 0.1),
        Node::Corner(radius, frame),
        Node::Corner(radius * 0.93, frame),
        Node::Through(radius * 0.86, frame * 1.6),
        Node::Corner(radius * 0.79, frame * 0.3),
        Node::Corner(cap, frame * 0.3 - sink * 0.2),
        Node::Through(cap * 0.7, frame * 0.3 + sink * 0.05),
        Node::Corner(0.0, frame * 0.3 + sink * 0.2),
    ]);
    let cone = Lathe {
        profile: &profile,
        steps: 72,
        seams: &[],
        shape: &revolve,
    }
    .build();
    let trim = Outline::ellipse(radius * 1.06, radius * 1.06, 72);
    let ring = Extrusion {
        outline: &trim,
        holes: &[Outline::ellipse(radius * 0.985, radius * 0.985, 72).reversed()],
        height: frame * 0.7,
        edge: Edge::Sharp,
    };
    [cone.material(SECOND), ring.build().material(METAL)]
}
