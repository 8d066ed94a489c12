//! Hammers.

use super::material::{BODY, METAL, SECOND};
use crate::math::{Placement, TURN, mix, sin_cos, v3};
use crate::random::Params;
use crate::solid::{Edge, End, Outline, Part, Sweep, rounded_box};

/// A hammer or mallet: upright, its head along x.
pub(super) fn hammer(p: &Params) -> Vec<Part> {
    let length = p.range("length", 24.0, 36.0);
    let head = p.range("head", 8.0, 15.0);
    let thick = p.range("thick", 1.2, 2.8);
    let kind = p.choice("head.kind", 4);
    let mut parts = Vec::new();
    let z = length;
    // The striking face to the right.
    let face = thick * p.range("face", 0.8, 1.5);
    let neck = thick * p.range("neck", 0.55, 0.95);
    let section = if p.chance("head.octagonal", 0.4) {
        Outline::polygon(8, 1.05, 0.0, TURN / 16.0)
    } else {
        Outline::ellipse(1.0, 1.0, 40)
    };
    let along: Vec<_> = (0..=24)
        .map(|i| v3(mix(-head * 0.1, head * 0.55, f64::from(i) / 24.0), 0.0, z))
        .collect();
    let bell = p.range("bell", 0.65, 0.85);
    let poll = Sweep {
        path: &along,
        section: &section,
        scale: &|t| {
            let k = if t < bell {
                mix(thick, neck, crate::math::smoothstep(0.0, bell, t))
            } else {
                mix(
                    neck,
                    face,
                    crate::math::smoothstep(bell, mix(bell, 1.0, 0.35), t),
                )
            };
            (k, k)
        },
        up: v3(0.0, 0.0, 1.0),
        end: End::Flat,
    };
    parts.push(poll.build().material(METAL));
    match kind {
        0 | 1 => {
            // A claw.
            let droop = p.range("claw.droop", 0.1, 0.5) * head;
            let spread = p.range("claw.spread", 0.25, 0.55) * thick;
            for s in [1.0, -1.0] {
                let path: Vec<_> = (0..=20)
                    .map(|i| {
                        let t = f64::from(i) / 20.0;
                        v3(
                            -head * 0.5 * t,
                            s * mix(0.25 * thick, spread + 0.2 * thick, t),
                            z - droop * t * t,
                        )
                    })
                    .collect();
                let prong = Sweep {
                    path: &path,
                    section: &Outline::rectangle(1.0, 1.3, 0.15),
                    scale: &|t| (thick * mix(0.85, 0.55, t), thick * mix(1.25, 0.22, t)),
                    up: v3(0.0, 0.0, 1.0),
                    end: End::Flat,
                };
                parts.push(prong.build().material(METAL));
            }
        }
        2 => {
            // A peen.
            let path: Vec<_> = (0..=16)
                .map(|i| v3(-head * 0.5 * f64::from(i) / 16.0, 0.0, z))
                .collect();
            let wedge = p.range("peen.wedge", 0.15, 1.0);
            let peen = Sweep {
                path: &path,
                section: &Outline::rectangle(1.8, 1.8, 0.3),
                scale: &|t| (thick * mix(1.0, 1.1, t), thick * mix(1.0, wedge, t)),
                up: v3(0.0, 0.0, 1.0),
                end: End::Dome,
            };
            parts.push(peen.build().material(METAL));
        }
        _ => {
            // A second face.
            let other = poll.build().mirrored();
            parts.push(other.material(METAL));
        }
    }
    let eye = rounded_box(
        thick * 2.1,
        thick * 1.9,
        thick * p.range("eye", 1.9, 2.6),
        0.3,
        Edge::Round(0.2),
    );
    parts.push(
        eye.placed(&Placement::at(0.0, 0.0, z - thick))
            .material(METAL),
    );

    // The shaft and its grip.
    let (wide, deep) = (
        p.range("shaft.wide", 1.1, 1.6),
        p.range("shaft.deep", 0.75, 1.1),
    );
    let bend = p.range("shaft.bend", -0.6, 0.6);
    let swell = p.range("shaft.swell", 0.1, 0.6);
    let path: Vec<_> = (0..=48)
        .map(|i| {
            let t = f64::from(i) / 48.0;
            v3(
                bend * sin_cos(t * TURN * 0.75).0,
                0.0,
                mix(0.0, length + thick * 0.2, t),
            )
        })
        .collect();
    let shaft = Sweep {
        path: &path,
        section: &Outline::ellipse(1.0, 1.0, 36),
        scale: &|t| {
            let k = 1.0 + swell * (1.0 - crate::math::smoothstep(0.0, 0.45, t))
                - 0.25 * swell * sin_cos(t * TURN).0;
            (wide * k * 0.85, deep * k)
        },
        up: v3(0.0, 1.0, 0.0),
        end: End::Dome,
    };
    parts.push(shaft.build().material(BODY));
    if p.chance("grip", 0.7) {
        let to = length * p.range("grip.long", 0.35, 0.5);
        let end = (to / length * 48.0) as usize;
        let ridge = p.range("grip.ridge", 0.02, 0.09);
        let ridges = p.count("grip.ridges", 0, 9) as f64;
        let grip = Sweep {
            path: &path[1..=end],
            section: &Outline::ellipse(1.0, 1.0, 36),
            scale: &|t| {
                let k = 1.12 + swell * (1.0 - crate::math::smoothstep(0.0, 0.45, t * to / length))
                    - 0.25 * swell * sin_cos(t * to / length * TURN).0
                    + ridge * sin_cos(t * ridges * TURN).1;
                (wide * k * 0.85, deep * k * 1.05)
            },
            up: v3(0.0, 1.0, 0.0),
            end: End::Flat,
        };
        parts.push(grip.build().material(SECOND));
    }
    parts
}
