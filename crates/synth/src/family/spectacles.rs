//! Spectacles.

use super::material::{ACCENT, BODY, METAL, SECOND};
use crate::math::{FRAC_TURN_4, Placement, Vec3, mix, v2, v3};
use crate::random::Params;
use crate::solid::Node::{Round, Through};
use crate::solid::{Edge, End, Extrusion, Outline, Part, Sweep, bent_path, plate, spline_path};

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
    for (part, material, z) in [
        (frame, BODY, 0.0),
        (glass, if tinted { SECOND } else { ACCENT }, deep * 0.35),
    ] {
        let right = part.placed(&Placement::at(x, 0.0, z)).material(material);
        parts.push(right.clone().mirrored());
        parts.push(right);
    }
    // The bridge rises between the rims.
    let at = tall * p.range("bridge.at", 0.05, 0.35);
    let arch = p.range("bridge.arch", 0.0, 0.5);
    let thick = p.range("bridge.thick", 0.12, 0.3);
    // Bridge and temples end in the rim, wherever it runs at their height.
    let crossings = |height: f64| -> Vec<f64> {
        let count = outer.points.len();
        (0..count)
            .filter_map(|i| {
                let (a, b) = (outer.points[i], outer.points[(i + 1) % count]);
                ((a.y <= height) != (b.y <= height))
                    .then(|| mix(a.x, b.x, (height - a.y) / (b.y - a.y)))
            })
            .collect()
    };
    let inner = x + crossings(at).into_iter().fold(0.0, f64::min) + rim * 0.6;
    let path = spline_path(
        &[
            v3(-inner, at, deep / 2.0),
            v3(0.0, at + arch, deep * 0.6),
            v3(inner, at, deep / 2.0),
        ],
        10,
    );
    let bar = |path: &[Vec3], w: f64, h: f64, up| {
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
    let side = x + crossings(high).into_iter().fold(0.0, f64::max);
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
    let temple = temple.unclaimed(p.chance("temple.unclaimed", 0.2));
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
