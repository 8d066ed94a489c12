//! Umbrellas and parasols.

use super::legs::bar;
use super::material::{ACCENT, BODY, METAL, SECOND};
use super::shapes::slab;
use crate::math::{Placement, TURN, sin_cos, v3};
use crate::random::Params;
use crate::solid::Node::{Corner, Through};
use crate::solid::{Edge, End, Lathe, Outline, Part, tube};

/// An umbrella or parasol, open: canopy of gores, ribs, pole, handle or foot.
pub(super) fn umbrella(p: &Params) -> Vec<Part> {
    let radius = p.range("radius", 45.0, 62.0);
    let rise = radius * p.range("rise", 0.25, 0.6);
    let gores = p.count("gores", 6, 12);
    let pole = radius * p.range("pole", 1.1, 1.7);
    let scallop = p.range("scallop", 0.0, 0.1);
    let profile = Outline::open(&[
        Corner(radius * 0.985, -0.6),
        Corner(radius, 0.0),
        Through(radius * 0.72, rise * 0.55),
        Corner(1.2, rise),
        Corner(1.2, rise - 0.6),
        Through(radius * 0.71, rise * 0.55 - 0.6),
        Corner(radius * 0.985, -0.6),
    ])
    .refined(radius / 12.0);
    let seams: Vec<f64> = (0..gores)
        .map(|gore| TURN * gore as f64 / gores as f64)
        .collect();
    let canopy = Lathe {
        profile: &profile,
        steps: 8 * gores,
        seams: &seams,
        shape: &|angle, q| {
            let (s, c) = sin_cos(angle);
            let beat = sin_cos(angle * gores as f64).1;
            let r = q.x * (1.0 - 0.035 * (1.0 - beat) * q.x / radius);
            v3(
                r * c,
                r * s,
                q.y + scallop * radius * 0.35 * (1.0 - beat) * (q.x / radius) * (q.x / radius),
            )
        },
    };
    let lift = pole - rise * 0.2;
    let mut parts = vec![
        canopy
            .build()
            .placed(&Placement::at(0.0, 0.0, lift))
            .material(BODY),
    ];
    parts.push(
        bar(
            v3(0.0, 0.0, 4.0),
            v3(0.0, 0.0, lift + rise + 3.0),
            radius * 0.014,
            1.0,
            false,
        )
        .material(METAL),
    );
    for gore in 0..gores {
        let (s, c) = sin_cos(TURN * gore as f64 / gores as f64);
        let at = radius * 0.5;
        parts.push(
            bar(
                v3(0.5 * c, 0.5 * s, lift - rise * 0.1),
                v3(at * c, at * s, lift + rise * 0.7),
                radius * 0.007,
                1.0,
                false,
            )
            .material(METAL),
        );
    }
    if p.chance("foot", 0.3) {
        let foot = slab(
            &Outline::ellipse(radius * 0.35, radius * 0.35, 64),
            4.0,
            Edge::Round(1.0),
        );
        parts.push(foot.material(SECOND));
    } else {
        let hook = radius * p.range("hook", 0.06, 0.14);
        let path: Vec<_> = (0..=24)
            .map(|i| {
                let (s, c) = sin_cos(-TURN / 2.0 * f64::from(i) / 24.0);
                v3(hook - hook * c, 0.0, 4.0 + hook * s)
            })
            .collect();
        parts.push(tube(&path, radius * 0.026, End::Dome).material(ACCENT));
    }
    parts
}
