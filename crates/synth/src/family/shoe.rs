//! Shoes.

use super::material::{ACCENT, BODY, SECOND};
use super::shapes::slab;
use crate::math::{TURN, Vec2, mix, sin_cos, smoothstep, v2, v3};
use crate::random::Params;
use crate::solid::Node::Through;
use crate::solid::{Edge, End, Ink, Outline, Part, Sweep, tube};

/// A shoe, its toe to the right: sole, upper, opening, laces or strap.
pub(super) fn shoe(p: &Params) -> Vec<Part> {
    let long = p.range("long", 24.0, 31.0);
    let wide = p.range("wide", 4.0, 5.2);
    let sole = p.range("sole", 1.0, 3.6);
    let mut parts = vec![outsole(p, long, wide, sole)];
    let high = p.range("high", 5.5, 15.0);
    let toe = p.range("toe", 2.8, 4.6);
    let throat = p.range("throat", 0.38, 0.55);
    // From heel to toe: the height of the upper above the sole.
    let top = |t: f64| {
        let shaft = mix(high, high * 0.92, smoothstep(0.0, 0.2, t));
        let slope = mix(shaft, toe, smoothstep(throat * 0.6, 0.9, t));
        slope * mix(1.0, 0.55, smoothstep(0.88, 1.0, t))
    };
    let path: Vec<_> = (0..=40)
        .map(|i| {
            let t = f64::from(i) / 40.0;
            v3(
                mix(-long * 0.47, long * 0.48, t),
                0.0,
                sole - 0.3 + top(t) * 0.5,
            )
        })
        .collect();
    let section = Outline::polar(48, |angle| {
        let (s, c) = sin_cos(angle);
        // Flat where it stands on the sole, narrow towards the top.
        let waist = mix(1.0, 0.6, smoothstep(-0.4, 1.0, s));
        v2(c * waist, s.max(-0.96))
    });
    let upper = Sweep {
        path: &path,
        section: &section,
        scale: &|t| {
            let half = wide * mix(0.78, 1.0, smoothstep(0.3, 0.75, t)) * round_ends(t);
            (half, top(t) * 0.5)
        },
        up: v3(0.0, 0.0, 1.0),
        end: End::Dome,
    };
    let mut upper = upper.build();
    seams(p, &mut upper, long, wide, sole, &top);
    parts.push(upper.material(BODY));
    // The collar around the opening.
    let collar = p.range("collar", 0.25, 0.6);
    let (from, to) = (-long * 0.42, mix(-long * 0.47, long * 0.48, throat));
    let ring: Vec<_> = (0..48)
        .map(|i| {
            let (s, c) = sin_cos(f64::from(i) * TURN / 48.0);
            let x = mix(from, to, (c + 1.0) / 2.0);
            let t = (x + long * 0.47) / (long * 0.95);
            v3(x, s * wide * 0.55, sole + top(t) - 0.5)
        })
        .collect();
    parts.push(tube(&ring, collar, End::Joined).material(SECOND));
    match p.choice("closing", 4) {
        0 | 1 => {
            let laces = p.count("laces", 3, 7);
            for lace in 0..laces {
                let t = mix(throat, 0.72, (lace as f64 + 0.5) / laces as f64);
                parts.push(band(long, wide, sole, t, &top, 0.25).material(ACCENT));
            }
        }
        2 => {
            let straps = p.count("straps", 1, 3);
            for strap in 0..straps {
                let t = mix(throat, 0.7, (strap as f64 + 0.5) / straps as f64);
                parts.push(band(long, wide, sole, t, &top, 0.75).material(ACCENT));
            }
        }
        _ => {}
    }
    parts
}

fn round_ends(t: f64) -> f64 {
    mix(0.55, 1.0, smoothstep(0.0, 0.12, t)) * mix(1.0, 0.55, smoothstep(0.85, 1.0, t))
}

fn outsole(p: &Params, long: f64, wide: f64, thick: f64) -> Part {
    let waist = p.range("sole.waist", 0.6, 0.9);
    let point = p.range("sole.point", 0.3, 0.8);
    let (x, y) = (long / 2.0, wide);
    let outline = Outline::closed(&[
        Through(-x, 0.0),
        Through(-x * 0.86, -y * 0.68),
        Through(-x * 0.1, -y * waist),
        Through(x * 0.5, -y),
        Through(x * 0.9, -y * point),
        Through(x, 0.0),
        Through(x * 0.9, y * point * 0.8),
        Through(x * 0.5, y * 0.92),
        Through(-x * 0.1, y * waist * 0.8),
        Through(-x * 0.86, y * 0.68),
    ]);
    let mut part = slab(
        &outline,
        thick,
        Edge::Round(thick * p.range("sole.edge", 0.1, 0.3)),
    );
    // Grooves of the tread, on the underside and around.
    let grooves = p.count("sole.grooves", 0, 16);
    let reach = |u: f64| {
        let at: Vec<Vec2> = outline
            .points
            .iter()
            .copied()
            .filter(|q| (q.x - u).abs() < long * 0.04)
            .collect();
        let low = at.iter().map(|q| q.y).fold(f64::INFINITY, f64::min);
        let high = at.iter().map(|q| q.y).fold(f64::NEG_INFINITY, f64::max);
        (low * 0.8, high * 0.8)
    };
    for groove in 0..grooves {
        let u = mix(-x * 0.85, x * 0.85, (groove as f64 + 0.5) / grooves as f64);
        let (low, high) = reach(u);
        if low < high {
            part.add_curve(vec![v3(u, low, -0.005), v3(u, high, -0.005)], Ink::Ornament);
        }
    }
    part.material(SECOND)
}

/// A lace or strap across the instep.
fn band(long: f64, wide: f64, sole: f64, t: f64, top: &dyn Fn(f64) -> f64, half: f64) -> Part {
    let x = mix(-long * 0.47, long * 0.48, t);
    let tall = top(t);
    let arc: Vec<_> = (0..=16)
        .map(|i| {
            let (s, c) = sin_cos(TURN * mix(0.06, 0.44, f64::from(i) / 16.0));
            v3(x, c * wide * 0.72, sole - 0.3 + tall * (0.5 + 0.53 * s))
        })
        .collect();
    Sweep {
        path: &arc,
        section: &Outline::rectangle(2.0, 2.0, 0.4),
        scale: &|_| (half, 0.16),
        up: v3(0.0, 0.0, 1.0),
        end: End::Flat,
    }
    .build()
}

/// Panels stitched onto the side.
fn seams(p: &Params, part: &mut Part, long: f64, wide: f64, sole: f64, top: &dyn Fn(f64) -> f64) {
    let count = p.count("seams", 1, 5);
    let lean = p.range("seams.lean", -0.16, 0.16);
    for seam in 0..count {
        let foot = p.range(&format!("seam.{seam}"), 0.15, 0.8);
        for side in [-1.0, 1.0] {
            let points = (0..=14).map(|i| {
                let k = f64::from(i) / 14.0;
                let t = (foot + lean * k).clamp(0.05, 0.9);
                let half = wide * mix(0.78, 1.0, smoothstep(0.3, 0.75, t)) * round_ends(t);
                let v = mix(-0.85, 0.55, k);
                let waist = mix(1.0, 0.6, smoothstep(-0.4, 1.0, v));
                let across = (1.0 - v * v).max(0.0).sqrt() * waist * half + 0.03;
                v3(
                    mix(-long * 0.47, long * 0.48, t),
                    side * across,
                    sole - 0.3 + top(t) * 0.5 * (1.0 + v),
                )
            });
            part.add_curve(points.collect(), Ink::Ornament);
        }
    }
}
