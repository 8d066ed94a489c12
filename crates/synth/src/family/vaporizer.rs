//! E-cigarettes.

use super::material::{ACCENT, BODY, METAL, SECOND};
use super::shapes::{slab, upright};
use crate::math::{Placement, TURN, mix, sin_cos, v3};
use crate::random::Params;
use crate::solid::{Edge, End, Outline, Part, Sweep, cylinder, rounded_box};

/// An e-cigarette or inhaler: body, mouthpiece, button, window, lines.
pub(super) fn vaporizer(p: &Params) -> Vec<Part> {
    let tall = p.range("tall", 7.0, 12.0);
    let (wide, deep) = (p.range("wide", 1.1, 2.6), p.range("deep", 0.7, 1.4));
    let path: Vec<_> = (0..=24)
        .map(|i| v3(0.0, 0.0, tall * f64::from(i) / 24.0))
        .collect();
    let round = p.range("round", 0.2, 0.95);
    let swell = p.range("swell", -0.1, 0.15);
    let body = Sweep {
        path: &path,
        section: &Outline::rectangle(2.0, 2.0, round),
        scale: &|t| {
            let k = 1.0 + swell * sin_cos(t * TURN / 2.0).0;
            (wide / 2.0 * k, deep / 2.0 * k)
        },
        up: v3(0.0, 1.0, 0.0),
        end: if p.chance("domed", 0.4) {
            End::Dome
        } else {
            End::Flat
        },
    };
    let mut parts = vec![body.build().material(BODY)];
    let neck = p.range("neck", 0.4, 0.85);
    let mouth = p.range("mouth", 0.8, 2.2);
    let up: Vec<_> = (0..=10)
        .map(|i| v3(0.0, 0.0, tall - 0.1 + mouth * f64::from(i) / 10.0))
        .collect();
    let lips = p.range("lips", 0.3, 0.9);
    let piece = Sweep {
        path: &up,
        section: &Outline::ellipse(1.0, 1.0, 40),
        scale: &|t| {
            (
                wide / 2.0 * neck * mix(1.0, 0.8, t),
                deep / 2.0 * mix(neck, lips, t),
            )
        },
        up: v3(0.0, 1.0, 0.0),
        end: End::Flat,
    };
    parts.push(piece.build().material(SECOND));
    match p.choice("front", 4) {
        0 | 1 => {
            let size = wide * p.range("button", 0.12, 0.25);
            let z = tall * p.range("button.at", 0.45, 0.8);
            parts.push(
                cylinder(size, size * 0.9, 0.15, 0.03)
                    .placed(&upright(-deep / 2.0 + 0.02, z))
                    .material(ACCENT),
            );
        }
        2 => {
            let window = slab(
                &Outline::rectangle(wide * 0.5, tall * p.range("window", 0.12, 0.4), 0.2),
                0.1,
                Edge::Sharp,
            );
            parts.push(
                window
                    .placed(&upright(-deep / 2.0 + 0.02, tall * 0.6))
                    .material(ACCENT),
            );
        }
        _ => {}
    }
    let bands = p.count("bands", 0, 4);
    for band in 0..bands {
        let z = tall * mix(0.08, 0.3, (band as f64 + 0.5) / bands as f64);
        parts.push(
            rounded_box(
                wide * 1.03,
                deep * 1.03,
                tall * 0.015,
                wide.min(deep) * 0.5 * round,
                Edge::Sharp,
            )
            .placed(&Placement::at(0.0, 0.0, z))
            .material(METAL),
        );
    }
    parts
}
