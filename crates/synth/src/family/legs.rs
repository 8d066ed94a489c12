//! What furniture stands on.

use super::material::{BODY, METAL};
use crate::math::{FRAC_TURN_4, TURN, Vec3, mix, sin_cos, v3};
use crate::random::Params;
use crate::solid::{End, Outline, Part, Sweep, bent_path, cylinder, tube};

/// A straight leg or rail between two points, round or square, thinner towards its end.
pub(super) fn bar(from: Vec3, to: Vec3, thick: f64, taper: f64, square: bool) -> Part {
    let path: Vec<Vec3> = (0..=8).map(|i| from.lerp(to, f64::from(i) / 8.0)).collect();
    let along = (to - from).unit();
    let up = if along.z.abs() < 0.9 {
        v3(0.0, 0.0, 1.0)
    } else {
        v3(0.0, 1.0, 0.0)
    };
    let section = if square {
        Outline::rectangle(1.8, 1.8, 0.12)
    } else {
        Outline::ellipse(1.0, 1.0, 24)
    };
    Sweep {
        path: &path,
        section: &section,
        scale: &|t| {
            let k = thick * mix(1.0, taper, t);
            (k, k)
        },
        up,
        end: End::Flat,
    }
    .build()
}

/// Four legs that carry a surface: straight, splayed, hairpin or joined into sledges.
pub(super) fn legs(p: &Params, width: f64, depth: f64, height: f64, thick: f64) -> Vec<Part> {
    let mut parts = Vec::new();
    let splay = p.range("legs.splay", 0.0, 0.16) * height;
    let taper = p.range("legs.taper", 0.5, 1.0);
    let square = p.chance("legs.square", 0.45);
    let inset = p.range("legs.inset", 0.02, 0.12);
    let (x, y) = (width * (0.5 - inset) - thick, depth * (0.5 - inset) - thick);
    let corners = [(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)];
    let top = height + 0.2;
    match p.choice("legs.kind", 7) {
        0..4 => {
            for (sx, sy) in corners {
                let foot = v3(sx * (x + splay), sy * (y + splay * 0.8), 0.0);
                parts.push(bar(v3(sx * x, sy * y, top), foot, thick, taper, square).material(BODY));
            }
            if p.chance("legs.stretcher", 0.4) {
                let at = p.range("legs.stretcher-at", 0.2, 0.55);
                let out = 1.0 - at;
                let (rx, ry) = (x + splay * out, y + splay * 0.8 * out);
                let z = height * at;
                let bar = |a: Vec3, b: Vec3| bar(a, b, thick * 0.6, 1.0, square).material(BODY);
                if p.chance("legs.h-form", 0.5) {
                    parts.push(bar(v3(rx, -ry, z), v3(rx, ry, z)));
                    parts.push(bar(v3(-rx, -ry, z), v3(-rx, ry, z)));
                    parts.push(bar(v3(-rx, 0.0, z), v3(rx, 0.0, z)));
                } else {
                    for s in [1.0, -1.0] {
                        parts.push(bar(v3(-rx, s * ry, z), v3(rx, s * ry, z)));
                        parts.push(bar(v3(s * rx, -ry, z * 1.3), v3(s * rx, ry, z * 1.3)));
                    }
                }
            }
        }
        4 => {
            // Sledges: a bent tube on either side.
            let wire = thick * 0.55;
            for s in [1.0, -1.0] {
                let path = bent_path(
                    &[
                        v3(s * x, y, top),
                        v3(s * (x + splay * 0.5), y + splay, wire),
                        v3(s * (x + splay * 0.5), -y - splay, wire),
                        v3(s * x, -y, top),
                    ],
                    p.range("legs.bend", 1.5, 6.0),
                );
                parts.push(tube(&path, wire, End::Flat).material(METAL));
            }
        }
        5 => {
            // Hairpins at the corners.
            let wire = thick * 0.32;
            for (sx, sy) in corners {
                let foot = v3(sx * (x + splay), sy * (y + splay), wire);
                let path = bent_path(
                    &[
                        v3(sx * x, sy * (y - thick * 3.0), top),
                        foot,
                        v3(sx * (x - thick * 3.0), sy * y, top),
                    ],
                    thick * 0.8,
                );
                parts.push(tube(&path, wire, End::Flat).material(METAL));
            }
        }
        _ => {
            // A column on a disc or a star.
            let column = thick * p.range("legs.column", 0.9, 1.8);
            let reach = (x + y) * 0.5 * p.range("legs.base", 0.75, 1.05);
            parts.push(cylinder(column, column * taper.max(0.7), top, 0.0).material(METAL));
            let arms = p.count("legs.arms", 3, 6);
            if arms == 6 {
                parts.push(
                    cylinder(reach, reach * 0.9, height * 0.035, height * 0.01).material(METAL),
                );
            } else {
                for arm in 0..arms {
                    let (s, c) = sin_cos(arm as f64 * TURN / arms as f64 - FRAC_TURN_4);
                    let hub = v3(column * 0.3 * c, column * 0.3 * s, height * 0.12);
                    let tip = v3(reach * c, reach * s, column * 0.4);
                    parts.push(bar(hub, tip, column * 0.75, 0.5, square).material(METAL));
                }
            }
        }
    }
    parts
}
