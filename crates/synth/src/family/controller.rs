//! Game controllers.

use super::material::{ACCENT, BODY, SECOND};
use super::shapes::{slab, upright};
use crate::math::{Placement, TURN, Vec2, mix, sin_cos, v2};
use crate::random::Params;
use crate::solid::Node::{Corner, Through};
use crate::solid::{Edge, Outline, Part, cylinder};

/// A hand-held controller: body with grips, sticks, cross, buttons.
pub(super) fn controller(p: &Params) -> Vec<Part> {
    let width = p.range("width", 13.0, 17.0);
    let tall = width * p.range("tall", 0.38, 0.5);
    let grip = width * p.range("grip", 0.14, 0.3);
    let (x, y) = (width / 2.0, tall / 2.0);
    let waist = p.range("waist", 0.25, 0.75);
    let outline = Outline::closed(&[
        Through(-x * 0.45, -y * waist),
        Through(0.0, -y * waist * 1.05),
        Through(x * 0.45, -y * waist),
        Through(x * 0.78, -y - grip),
        Through(x * 1.02, -y * 0.7),
        Through(x * 0.9, y * 0.7),
        Through(x * 0.5, y),
        Through(0.0, y * p.range("brow", 0.85, 1.1)),
        Through(-x * 0.5, y),
        Through(-x * 0.9, y * 0.7),
        Through(-x * 1.02, -y * 0.7),
        Through(-x * 0.78, -y - grip),
    ]);
    let thick = p.range("thick", 2.2, 4.0);
    let body = slab(&outline, thick, Edge::Round(thick * 0.35));
    let mut parts = vec![body.material(BODY)];
    let mut knob = |at: Vec2, radius: f64, high: f64, material: usize| {
        parts.push(
            cylinder(radius, radius * 0.92, high, high * 0.2)
                .placed(&Placement::at(at.x, at.y, thick - 0.1))
                .material(material),
        );
    };
    let stick = width * p.range("stick", 0.055, 0.085);
    let level = p.range("stick.level", -0.4, 0.15) * y;
    let uneven = if p.chance("uneven", 0.5) {
        y * 0.6
    } else {
        0.0
    };
    knob(v2(-x * 0.42, level + uneven), stick, 1.0, SECOND);
    knob(v2(x * 0.42, level), stick, 1.0, SECOND);
    let pad = v2(x * 0.68, y * 0.25);
    let button = width * p.range("button", 0.022, 0.034);
    for index in 0..4 {
        let (s, c) = sin_cos(TURN * f64::from(index) / 4.0);
        knob(pad + v2(c, s) * (button * 2.4), button, 0.4, ACCENT);
    }
    for index in 0..p.count("small", 1, 3) {
        knob(
            v2((index as f64 - 1.0) * width * 0.06, y * 0.4),
            button * 0.7,
            0.3,
            ACCENT,
        );
    }
    // The cross.
    let arm = button * 1.1;
    let long = arm * 3.0;
    let cross = Outline::closed(&[
        Corner(-arm, -long),
        Corner(arm, -long),
        Corner(arm, -arm),
        Corner(long, -arm),
        Corner(long, arm),
        Corner(arm, arm),
        Corner(arm, long),
        Corner(-arm, long),
        Corner(-arm, arm),
        Corner(-long, arm),
        Corner(-long, -arm),
        Corner(-arm, -arm),
    ]);
    parts.push(
        slab(
            &cross.map(|q| q + v2(-x * 0.68, mix(y * 0.25, level, 0.3))),
            0.45,
            Edge::Sharp,
        )
        .placed(&Placement::at(0.0, 0.0, thick - 0.1))
        .material(ACCENT),
    );
    let place = upright(thick / 2.0, y + grip + 1.0);
    parts.into_iter().map(|part| part.placed(&place)).collect()
}
