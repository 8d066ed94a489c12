//! Finger rings.

use super::material::{ACCENT, METAL};
use super::shapes::ball;
use crate::math::{FRAC_TURN_4, Placement, TURN, sin_cos, v3};
use crate::random::Params;
use crate::solid::Node::Corner;
use crate::solid::{End, Lathe, Outline, Part, Sweep, revolve, tube};

/// A finger ring: band, setting, stone.
pub(super) fn ring(p: &Params) -> Vec<Part> {
    let radius = p.range("radius", 0.85, 1.15);
    let thick = p.range("thick", 0.09, 0.2);
    let wide = p.range("wide", 0.12, 0.4);
    let swell = p.range("swell", 0.0, 0.8);
    let twist = if p.chance("twisted", 0.25) {
        p.count("twists", 3, 9) as f64
    } else {
        0.0
    };
    let path: Vec<_> = (0..96)
        .map(|i| {
            let (s, c) = sin_cos(TURN * f64::from(i) / 96.0 - FRAC_TURN_4);
            v3(radius * c, 0.0, radius * s + radius + thick)
        })
        .collect();
    let band = Sweep {
        path: &path,
        section: &Outline::ellipse(1.0, 1.0, 32),
        scale: &|t| {
            let up = 0.5 - 0.5 * sin_cos(t * TURN).1;
            let beat = 1.0 + 0.25 * sin_cos(t * twist * TURN).0;
            (
                wide / 2.0 * (1.0 + swell * up) * beat,
                thick * (1.0 + 0.4 * swell * up),
            )
        },
        up: v3(0.0, 0.0, 1.0),
        end: End::Joined,
    };
    let mut parts = vec![band.build().material(METAL)];
    let stone = radius * p.range("stone", 0.2, 0.6);
    let top = 2.0 * radius + thick * 1.6;
    let sides = p.count("facets", 5, 12);
    let cut = Outline::open(&[
        Corner(0.0, 0.0),
        Corner(stone, stone * 0.75),
        Corner(stone * 0.62, stone * 1.1),
        Corner(0.0, stone * 1.1),
    ]);
    let seams: Vec<f64> = (0..sides)
        .map(|side| TURN * side as f64 / sides as f64)
        .collect();
    let facets = Lathe {
        profile: &cut,
        steps: sides,
        seams: &seams,
        shape: &revolve,
    };
    parts.push(
        facets
            .build()
            .placed(&Placement::at(0.0, 0.0, top - stone * 0.3))
            .material(ACCENT),
    );
    let prongs = p.count("prongs", 3, 6);
    for prong in 0..prongs {
        let (s, c) = sin_cos(TURN * (prong as f64 + 0.5) / prongs as f64);
        let out = stone * 0.98;
        parts.push(
            tube(
                &[
                    v3(c * stone * 0.2, s * stone * 0.2, top - stone * 0.35),
                    v3(c * out * 0.7, s * out * 0.7, top + stone * 0.1),
                    v3(c * out, s * out, top + stone * 0.55),
                ],
                stone * 0.07,
                End::Dome,
            )
            .material(METAL),
        );
    }
    let small = p.count("small", 0, 5);
    for index in 0..small {
        for side in [-1.0, 1.0] {
            let (s, c) = sin_cos(FRAC_TURN_4 + side * (0.45 + 0.22 * index as f64));
            parts.push(
                ball(wide * 0.3)
                    .placed(&Placement::at(
                        (radius + thick) * c,
                        0.0,
                        (radius + thick) * s + radius + thick,
                    ))
                    .material(ACCENT),
            );
        }
    }
    parts
}
