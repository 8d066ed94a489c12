//! Watches and spectacles.

use super::material::{ACCENT, BODY, METAL, SECOND};
use crate::math::{FRAC_TURN_4, Placement, TURN, Vec2, mix, sin_cos, v2, v3};
use crate::random::Params;
use crate::solid::{
    Edge, End, Extrusion, Ink, Outline, Part, Sweep, bent_path, cylinder, plate, rounded_box,
    spline_path,
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

/// Spectacles: two rims with lenses, a bridge, hinged temples to the back.
pub(super) fn spectacles(p: &Params) -> Vec<Part> {
    let wide = p.range("lens.wide", 4.6, 6.2);
    let tall = wide * p.range("lens.tall", 0.55, 1.0);
    let gap = p.range("gap", 1.4, 2.3);
    let rim = p.range("rim", 0.12, 0.45);
    let deep = p.range("deep", 0.25, 0.5);
    let lens = match p.choice("lens", 6) {
        0 => Outline::ellipse(wide / 2.0, wide / 2.0 * p.range("lens.flat", 0.85, 1.0), 72),
        1 => Outline::rectangle(wide, tall, tall * p.range("lens.round", 0.1, 0.45)),
        2 => Outline::polygon(p.count("lens.sides", 6, 8), wide / 2.0, wide * 0.05, 0.0)
            .map(|q| v2(q.x, q.y * tall / wide * 1.1)),
        kind => {
            // Aviators, cat eyes and wayfarers: different above and below.
            let up = if kind == 4 {
                p.range("lens.cat", 0.1, 0.3)
            } else {
                0.0
            };
            let drop = p.range("lens.drop", 0.0, 0.22);
            use crate::solid::Node::{Round, Through};
            let (x, y) = (wide / 2.0, tall / 2.0);
            let top = if kind == 3 {
                vec![
                    Through(x * 0.95, y * 0.45),
                    Through(x * 0.4, y * 0.95),
                    Through(-x * 0.55, y),
                    Through(-x, y * 0.5),
                ]
            } else {
                vec![
                    Round(x * 1.04, y * (1.0 + up), y * 0.4),
                    Round(-x * 0.98, y * 0.95, y * 0.4),
                ]
            };
            let mut nodes = top;
            nodes.push(Through(-x * 0.85, -y * 0.3));
            nodes.push(Through(-x * 0.3, -y * (0.95 + drop)));
            nodes.push(Through(x * 0.35, -y * (1.0 + drop)));
            nodes.push(Through(x * 0.9, -y * 0.35));
            Outline::closed(&nodes)
        }
    };
    let inward = lens.inward();
    let outer = Outline {
        points: lens
            .points
            .iter()
            .zip(&inward)
            .map(|(&q, &step)| q - step * rim)
            .collect(),
        ..lens.clone()
    };
    let mut parts = Vec::new();
    let tinted = p.chance("tinted", 0.4);
    let frame = Extrusion {
        outline: &outer,
        holes: &[lens.clone().reversed()],
        height: deep,
        edge: Edge::Round(deep * p.range("edge", 0.1, 0.4)),
    }
    .build();
    let glass_outline = Outline {
        points: lens
            .points
            .iter()
            .zip(&inward)
            .map(|(&q, &step)| q - step * (rim * 0.3))
            .collect(),
        ..lens.clone()
    };
    let glass = Extrusion {
        outline: &glass_outline,
        holes: &[],
        height: deep * 0.3,
        edge: Edge::Sharp,
    }
    .build();
    let x = wide / 2.0 + gap / 2.0;
    let clear = p.chance("lens.unclaimed", 0.3);
    for (part, material, z) in [
        (frame, BODY, 0.0),
        (glass, if tinted { SECOND } else { ACCENT }, deep * 0.35),
    ] {
        let right = part
            .placed(&Placement::at(x, 0.0, z))
            .material(material)
            .unclaimed(clear && material != BODY);
        parts.push(right.clone().mirrored());
        parts.push(right);
    }
    // The bridge rises between the rims.
    let at = tall * p.range("bridge.at", 0.05, 0.35);
    let arch = p.range("bridge.arch", 0.0, 0.5);
    let thick = p.range("bridge.thick", 0.12, 0.3);
    let inner = gap / 2.0 + rim * 0.2 + wide * 0.04;
    let path = spline_path(
        &[
            v3(-inner, at, deep / 2.0),
            v3(0.0, at + arch, deep * 0.6),
            v3(inner, at, deep / 2.0),
        ],
        10,
    );
    let bar = |path: &[crate::math::Vec3], w: f64, h: f64, up| {
        Sweep {
            path,
            section: &Outline::rectangle(2.0 * w, 2.0 * h, w.min(h) * 0.7),
            scale: &|_| (1.0, 1.0),
            up,
            end: End::Flat,
        }
        .build()
    };
    parts.push(bar(&path, deep * 0.35, thick, v3(0.0, 1.0, 0.0)).material(BODY));
    if p.chance("second-bridge", 0.2) {
        let y = at + tall * 0.22;
        let path: Vec<_> = (0..=6)
            .map(|i| v3(mix(-x * 0.75, x * 0.75, f64::from(i) / 6.0), y, deep / 2.0))
            .collect();
        parts.push(bar(&path, deep * 0.25, thick * 0.7, v3(0.0, 1.0, 0.0)).material(METAL));
    }
    // Temples: back along the head, then down behind the ear.
    let long = p.range("temple.long", 12.5, 14.5);
    let high = tall * p.range("temple.at", 0.15, 0.42);
    let (th, tw) = (
        p.range("temple.tall", 0.15, 0.6),
        p.range("temple.wide", 0.08, 0.2),
    );
    let drop = p.range("temple.drop", 1.0, 3.2);
    let side = outer.points.iter().map(|q| q.x).fold(0.0, f64::max) + x;
    let path = bent_path(
        &[
            v3(side - rim, high, deep * 0.4),
            v3(side + 0.25, high, deep * 0.2),
            v3(side + 0.25, high, -long * 0.72),
            v3(side - 0.2, high - drop, -long),
        ],
        p.range("temple.bend", 0.3, 0.8),
    );
    let taper = p.range("temple.taper", 0.45, 1.1);
    let temple = Sweep {
        path: &path,
        section: &Outline::rectangle(2.0 * tw, 2.0 * th, tw * 0.6),
        scale: &|t| (1.0, mix(1.0, taper, t)),
        up: v3(0.0, 1.0, 0.0),
        end: End::Flat,
    }
    .build()
    .material(if p.chance("temple.metal", 0.4) {
        METAL
    } else {
        BODY
    });
    parts.push(temple.clone().mirrored());
    parts.push(temple);
    if p.chance("pads", 0.5) {
        let pad = plate(&Outline::ellipse(0.22, 0.42, 24), 0.12, &|q| {
            v3(q.x, q.y, 0.0)
        });
        let place = Placement::IDENTITY
            .turn_y(0.9)
            .shift(gap / 2.0 - 0.1, -tall * 0.15, -0.25);
        let right = pad.placed(&place).material(ACCENT);
        parts.push(right.clone().mirrored());
        parts.push(right);
    }
    let place = Placement::IDENTITY.turn_x(FRAC_TURN_4);
    parts.into_iter().map(|part| part.placed(&place)).collect()
}
