//! Watches.

use super::material::{ACCENT, METAL, SECOND};
use crate::math::{FRAC_TURN_4, Placement, TURN, Vec2, mix, sin_cos, v2, v3};
use crate::random::Params;
use crate::solid::{
    Edge, End, Extrusion, Ink, Outline, Part, Sweep, cylinder, rounded_box, spline_path,
};

/// A watch, dial to the front, its band bent towards the wrist behind.
pub(super) fn watch(p: &Params) -> Vec<Part> {
    let size = p.range("size", 3.2, 4.6);
    let deep = p.range("deep", 0.7, 1.3);
    let tall = size * p.range("tall", 0.9, 1.3);
    let kind = p.choice("case", 5);
    let shape = |k: f64| -> Outline {
        let (w, h) = (size * k, tall * k);
        match kind {
            0 | 1 => Outline::ellipse(w / 2.0, w / 2.0, 96),
            2 => Outline::rectangle(w, h, w * p.range("case.round", 0.08, 0.35)),
            3 => Outline::polygon(
                p.count("case.sides", 6, 12),
                w / 2.0,
                w * 0.01,
                FRAC_TURN_4 * 0.5,
            ),
            _ => {
                // A cushion.
                let bulge = p.range("case.bulge", 0.5, 1.0);
                Outline::polar(96, |angle| {
                    let (s, c) = sin_cos(angle);
                    let k = mix(
                        1.0,
                        1.0 / (s * s * s * s + c * c * c * c).sqrt().sqrt(),
                        bulge,
                    );
                    v2(k * c * w / 2.0, k * s * h / 2.0)
                })
            }
        }
    };
    let half_tall = shape(1.0).points.iter().map(|q| q.y).fold(0.0, f64::max);
    let body = |outline: &Outline, height: f64, edge: Edge| {
        Extrusion {
            outline,
            holes: &[],
            height,
            edge,
        }
        .build()
    };
    let mut parts = vec![
        body(
            &shape(1.0),
            deep,
            Edge::Round(deep * p.range("case.edge", 0.08, 0.4)),
        )
        .material(METAL),
    ];
    let bezel = p.range("bezel", 0.8, 0.93);
    let lift = p.range("bezel.lift", 0.08, 0.3);
    let ring = Extrusion {
        outline: &shape(bezel),
        holes: &[shape(bezel - p.range("bezel.wide", 0.05, 0.16)).reversed()],
        height: lift + 0.1,
        edge: Edge::Bevel(0.05),
    };
    parts.push(
        ring.build()
            .placed(&Placement::at(0.0, 0.0, deep - 0.1))
            .material(ACCENT),
    );
    dial(p, &mut parts[0], size * 0.34 * bezel, deep + 0.004);
    if p.chance("crown", 0.85) {
        let radius = deep * p.range("crown.radius", 0.2, 0.4);
        let long = p.range("crown.long", 0.25, 0.6);
        let angle = p.range("crown.turn", -0.25, 0.25);
        let crown = cylinder(radius, radius * 0.92, long + 0.2, 0.05);
        let place = Placement::IDENTITY
            .turn_y(FRAC_TURN_4)
            .shift(size / 2.0 - 0.15, 0.0, deep / 2.0)
            .turn_z(angle);
        parts.push(crown.placed(&place).material(ACCENT));
        if p.chance("pushers", 0.3) {
            for s in [1.0, -1.0] {
                let push = cylinder(radius * 0.6, radius * 0.7, long + 0.2, 0.03);
                let place = Placement::IDENTITY
                    .turn_y(FRAC_TURN_4)
                    .shift(size / 2.0 - 0.2, 0.0, deep / 2.0)
                    .turn_z(s * 0.5);
                parts.push(push.placed(&place).material(ACCENT));
            }
        }
    }
    let band = size * p.range("band.wide", 0.42, 0.66);
    if kind < 2 || p.chance("lugs", 0.5) {
        for (sx, sy) in [(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)] {
            let x = sx * (band / 2.0 + 0.12);
            let path = spline_path(
                &[
                    v3(x, sy * half_tall * 0.55, deep * 0.6),
                    v3(x, sy * half_tall * 0.95, deep * 0.6),
                    v3(x, sy * (half_tall + 0.45), deep * 0.25),
                ],
                8,
            );
            let lug = Sweep {
                path: &path,
                section: &Outline::rectangle(0.34, 0.55, 0.1),
                scale: &|t| (1.0, mix(1.0, 0.7, t)),
                up: v3(0.0, 0.0, 1.0),
                end: End::Flat,
            };
            parts.push(lug.build().material(METAL));
        }
    }
    straps(p, &mut parts, band, half_tall, deep);
    let place = Placement::IDENTITY.turn_x(FRAC_TURN_4);
    parts.into_iter().map(|part| part.placed(&place)).collect()
}

/// Marks and hands on the face.
fn dial(p: &Params, case: &mut Part, radius: f64, z: f64) {
    let mut line = |from: Vec2, to: Vec2| {
        case.add_curve(
            vec![v3(from.x, from.y, z), v3(to.x, to.y, z)],
            Ink::Ornament,
        );
    };
    let marks = [4, 12, 12, 60][p.choice("dial.marks", 4)];
    let inner = p.range("dial.inner", 0.8, 0.93);
    for mark in 0..marks {
        let (s, c) = sin_cos(f64::from(mark) * TURN / f64::from(marks));
        let long = if marks == 60 && mark % 5 != 0 {
            mix(inner, 1.0, 0.6)
        } else {
            inner
        };
        line(v2(c, s) * (radius * long), v2(c, s) * radius);
    }
    let hours = p.range("dial.hours", 0.0, TURN);
    for (angle, long) in [(hours, 0.5), (hours * 12.0, 0.78)] {
        let (s, c) = sin_cos(angle);
        let tip = v2(c, s) * (radius * long);
        let wide = v2(-s, c) * (radius * p.range("dial.hand", 0.02, 0.05));
        line(wide, tip);
        line(wide * -1.0, tip);
    }
    for sub in 0..p.count("dial.subs", 0, 3) {
        let (s, c) = sin_cos(sub as f64 * FRAC_TURN_4 * 1.3 - FRAC_TURN_4);
        let middle = v2(c, s) * (radius * 0.45);
        let ring = (0..=32).map(|i| {
            let (s, c) = sin_cos(f64::from(i) * TURN / 32.0);
            v3(
                middle.x + c * radius * 0.22,
                middle.y + s * radius * 0.22,
                z,
            )
        });
        case.add_curve(ring.collect(), Ink::Ornament);
    }
}

fn straps(p: &Params, parts: &mut Vec<Part>, wide: f64, start: f64, deep: f64) {
    let long = p.range("band.long", 3.0, 7.5);
    let thick = p.range("band.thick", 0.25, 0.45);
    let taper = p.range("band.taper", 0.7, 1.0);
    let drop = p.range("band.drop", 0.3, 1.0);
    let links = p.chance("band.links", 0.4);
    let unclaimed = p.chance("band.unclaimed", 0.25);
    for s in [1.0, -1.0] {
        // Down the wrist on a circle.
        let radius = long / (drop * 1.4);
        let at = |t: f64| {
            let (sn, cs) = sin_cos(t * drop * 1.4);
            v3(
                0.0,
                s * (start - 0.12 + radius * sn),
                deep * 0.4 - radius * (1.0 - cs),
            )
        };
        if links {
            let count = p.count("band.count", 5, 12);
            for link in 0..count {
                let t = (link as f64 + 0.5) / count as f64;
                let piece = rounded_box(
                    wide * mix(1.0, taper, t),
                    long / count as f64 * 0.93,
                    thick,
                    0.08,
                    Edge::Round(0.08),
                );
                let middle = at(t);
                let place = Placement::at(0.0, 0.0, -thick / 2.0)
                    .turn_x(-s * t * drop * 1.4)
                    .shift(0.0, middle.y, middle.z);
                parts.push(piece.placed(&place).material(SECOND).unclaimed(unclaimed));
            }
        } else {
            let path: Vec<_> = (0..=24).map(|i| at(f64::from(i) / 24.0)).collect();
            let strap = Sweep {
                path: &path,
                section: &Outline::rectangle(wide, thick, thick * 0.3),
                scale: &|t| (mix(1.0, taper, t), 1.0),
                up: v3(0.0, 0.0, 1.0),
                end: End::Flat,
            };
            let mut strap = strap.build();
            if p.chance("band.stitched", 0.5) {
                for side in [1.0, -1.0] {
                    let seam = (1..24).map(|i| {
                        let t = f64::from(i) / 24.0;
                        let (sn, cs) = sin_cos(t * drop * 1.4);
                        at(t)
                            + v3(
                                side * wide * 0.42 * mix(1.0, taper, t),
                                s * sn * thick * 0.51,
                                cs * thick * 0.51,
                            )
                    });
                    strap.add_curve(seam.collect(), Ink::Ornament);
                }
            }
            parts.push(strap.material(SECOND).unclaimed(unclaimed));
        }
    }
}
