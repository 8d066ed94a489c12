//! Headphones.

use super::material::{BODY, METAL, SECOND};
use super::shapes::{slab, trace};
use crate::math::{FRAC_TURN_4, Placement, TURN, sin_cos, v3};
use crate::random::Params;
use crate::solid::{Edge, End, Ink, Outline, Part, Sweep, tube};

/// Headphones: band, cups with cushions, yokes.
pub(super) fn headphones(p: &Params) -> Vec<Part> {
    let half = p.range("half", 7.0, 9.0);
    let tall = p.range("tall", 13.0, 18.0);
    let cup = p.range("cup", 3.0, 4.6);
    let oval = p.range("cup.oval", 1.0, 1.35);
    let deep = p.range("cup.deep", 1.4, 3.0);
    let mut parts = Vec::new();
    let path: Vec<_> = (0..=40)
        .map(|i| {
            let (s, c) = sin_cos(TURN / 2.0 * f64::from(i) / 40.0);
            v3(half * c, 0.0, cup * oval + 1.0 + (tall - cup * oval) * s)
        })
        .collect();
    let wide = p.range("band.wide", 0.6, 1.9);
    let middle = p.range("band.middle", 1.0, 1.7);
    let band = Sweep {
        path: &path,
        section: &Outline::rectangle(2.0, 2.0, p.range("band.round", 0.1, 0.9)),
        scale: &|t| {
            let swell = 1.0 + (middle - 1.0) * 4.0 * t * (1.0 - t);
            (wide * swell, 0.3)
        },
        up: v3(1.0, 0.0, 0.0),
        end: End::Flat,
    };
    parts.push(band.build().material(BODY));
    if p.chance("pad", 0.6) {
        let inner: Vec<_> = path[10..=30]
            .iter()
            .map(|q| v3(q.x * 0.94, q.y, q.z - 0.55))
            .collect();
        let pad = Sweep {
            path: &inner,
            section: &Outline::ellipse(1.0, 1.0, 32),
            scale: &|_| (wide * 1.05, 0.45),
            up: v3(1.0, 0.0, 0.0),
            end: End::Dome,
        };
        parts.push(pad.build().material(SECOND));
    }
    let face = p.choice("cup.face", 4);
    for side in [-1.0, 1.0] {
        let outline = Outline::ellipse(cup, cup * oval, 64);
        let mut shell = slab(
            &outline,
            deep,
            Edge::Round(deep * p.range("cup.edge", 0.15, 0.45)),
        );
        for ring in 0..face {
            let k = 0.85 - 0.25 * ring as f64;
            trace(
                &mut shell,
                &outline.clone().map(|q| q * k),
                deep + 0.005,
                Ink::Ornament,
            );
        }
        let cushion = slab(
            &Outline::ellipse(cup * 0.96, cup * oval * 0.96, 64),
            deep * 0.7,
            Edge::Round(deep * 0.3),
        );
        let out = Placement::IDENTITY
            .turn_x(FRAC_TURN_4)
            .turn_z(FRAC_TURN_4 * side);
        let place = out.shift(side * (half - deep * 0.2), 0.0, cup * oval + 0.3);
        parts.push(shell.placed(&place).material(BODY));
        let inside = Placement::at(0.0, 0.0, -deep * 0.65);
        parts.push(cushion.placed(&inside).placed(&place).material(SECOND));
        if p.chance("yoke", 0.5) {
            let arc: Vec<_> = (0..=24)
                .map(|i| {
                    let (s, c) = sin_cos(TURN / 2.0 * f64::from(i) / 24.0);
                    v3(
                        side * (half + deep * 0.3),
                        c * cup * 1.08,
                        cup * oval + 0.3 + s * cup * oval * 1.08,
                    )
                })
                .collect();
            parts.push(tube(&arc, 0.28, End::Dome).material(METAL));
        }
    }
    parts
}
