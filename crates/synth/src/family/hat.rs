//! Caps and hats.

use super::material::{ACCENT, BODY, SECOND};
use super::shapes::{ball, turned};
use crate::math::{Placement, TURN, mix, sin_cos, v2, v3};
use crate::random::Params;
use crate::solid::Node::{Corner, Through};
use crate::solid::{Ink, Outline, Part, cylinder, plate};

/// A cap or hat: crown, brim or peak, button, panels.
pub(super) fn hat(p: &Params) -> Vec<Part> {
    let radius = p.range("radius", 8.5, 10.5);
    let tall = radius * p.range("tall", 0.85, 1.5);
    let flat = p.range("flat", 0.3, 0.9);
    let mut crown = turned(&[
        Corner(0.0, 0.0),
        Corner(radius, 0.0),
        Through(radius * 0.99, tall * 0.35),
        Through(radius * mix(0.72, 0.9, flat), tall * 0.8),
        Corner(0.0, tall),
    ]);
    let panels = p.count("panels", 0, 8);
    for panel in 0..panels {
        let (s, c) = sin_cos(TURN * panel as f64 / panels as f64);
        let points = (0..=16).map(|i| {
            let k = f64::from(i) / 16.0;
            let r = radius * (1.0 - k * k * k).max(0.0).sqrt();
            v3(r * c * 1.004, r * s * 1.004, tall * k)
        });
        crown.add_curve(points.collect(), Ink::Ornament);
    }
    let mut parts = vec![crown.material(BODY)];
    let reach = radius * p.range("brim", 0.5, 1.0);
    let droop = p.range("droop", 0.0, 0.5);
    if p.chance("peak", 0.55) {
        let peak = Outline::closed(&[
            Through(radius * 0.4, radius * 0.86),
            Through(radius * 0.1, 0.0),
            Through(radius * 0.4, -radius * 0.86),
            Through(radius + reach * 0.6, -radius * 0.6),
            Through(radius + reach, 0.0),
            Through(radius + reach * 0.6, radius * 0.6),
        ])
        .map(|q| v2(q.x - radius, q.y));
        let plate = plate(&peak, 0.35, &|q| {
            v3(q.x + radius, q.y, 0.3 - droop * (q.y * q.y) / radius)
        });
        parts.push(plate.material(SECOND));
    } else {
        let brim = Outline::ellipse(radius + reach, radius + reach, 72);
        let plate = plate(&brim, 0.3, &|q| {
            let out = (q.length() - radius).max(0.0);
            v3(q.x, q.y, 0.2 - droop * out)
        });
        parts.push(plate.material(SECOND));
    }
    if p.chance("button", 0.6) {
        let button = ball(radius * 0.07).placed(&Placement::at(0.0, 0.0, tall));
        parts.push(button.material(ACCENT));
    }
    if p.chance("band", 0.5) {
        let high = tall * p.range("band.high", 0.12, 0.3);
        let band = cylinder(radius * 1.015, radius * 1.01, high, 0.0);
        parts.push(band.material(ACCENT));
    }
    parts
}
