//! Wall clocks.

use super::glyph::glyph;
use super::material::{ACCENT, BODY, METAL, SECOND};
use super::shapes::{circle, pierced, slab, trace, upright};
use crate::math::{Placement, TURN, sin_cos, v2, v3};
use crate::random::Params;
use crate::solid::Node::Corner;
use crate::solid::{Edge, Ink, Outline, Part, cylinder};

/// A wall clock: case, dial with marks, hands.
pub(super) fn clock(p: &Params) -> Vec<Part> {
    let radius = p.range("radius", 11.0, 20.0);
    let deep = p.range("deep", 2.0, 5.0);
    let outline = |r: f64| match p.choice("shape", 5) {
        0..2 => Outline::ellipse(r, r, 96),
        2 => Outline::rectangle(2.0 * r, 2.0 * r, r * p.range("shape.round", 0.05, 0.5)),
        3 => Outline::polygon(p.count("shape.sides", 6, 12), r * 1.05, 0.5, 0.0),
        _ => Outline::polar(160, |angle| {
            let (s, c) = sin_cos(angle);
            let petals = p.count("shape.petals", 5, 14) as f64;
            let k = r * (1.0 + 0.07 * sin_cos(angle * petals).1);
            v2(k * c, k * s)
        }),
    };
    let frame = p.range("frame", 0.75, 0.93);
    let case = pierced(
        &outline(radius),
        &[Outline::ellipse(radius * frame, radius * frame, 96)],
        deep,
        Edge::Round(deep * p.range("frame.edge", 0.05, 0.3)),
    );
    let mut dial = slab(
        &Outline::ellipse(radius * frame * 1.01, radius * frame * 1.01, 96),
        deep * 0.5,
        Edge::Sharp,
    );
    let face = deep * 0.5 + 0.01;
    let inner = radius * frame * 0.9;
    let marks = [12, 12, 60, 4][p.choice("marks", 4)];
    let numbers = p.chance("signs", 0.35);
    for mark in 0..marks {
        let (s, c) = sin_cos(TURN * f64::from(mark) / f64::from(marks));
        let long = if mark % (marks / 4) == 0 {
            0.8
        } else {
            p.range("mark", 0.86, 0.96)
        };
        dial.add_curve(
            vec![
                v3(c * inner * long, s * inner * long, face),
                v3(c * inner, s * inner, face),
            ],
            Ink::Ornament,
        );
        if numbers && mark % (marks / 4) == 0 {
            for stroke in glyph(
                p,
                &format!("sign.{mark}"),
                v2(c, s) * (inner * 0.66),
                inner * 0.08,
            ) {
                dial.add_curve(
                    stroke.iter().map(|q| v3(q.x, q.y, face)).collect(),
                    Ink::Ornament,
                );
            }
        }
    }
    if p.chance("ring", 0.5) {
        trace(
            &mut dial,
            &circle(0.0, 0.0, inner * p.range("ring.size", 0.3, 0.55)),
            face,
            Ink::Ornament,
        );
    }
    let mut parts = vec![case.material(BODY), dial.material(SECOND)];
    for (name, long, wide, z) in [("hour", 0.5, 0.06, 0.15), ("minute", 0.8, 0.045, 0.4)] {
        let angle = TURN * p.range(name, 0.0, 1.0);
        let reach = inner * long * p.range("hands", 0.85, 1.05);
        let w = inner * wide * p.range("hands.wide", 0.6, 1.4);
        let hand = Outline::closed(&[
            Corner(-reach * 0.15, -w),
            Corner(reach * 0.6, -w),
            Corner(reach, 0.0),
            Corner(reach * 0.6, w),
            Corner(-reach * 0.15, w),
        ]);
        parts.push(
            slab(&hand, 0.2, Edge::Sharp)
                .placed(&Placement::IDENTITY.turn_z(angle).shift(0.0, 0.0, face + z))
                .material(METAL),
        );
    }
    parts.push(
        cylinder(inner * 0.06, inner * 0.05, 0.8, 0.1)
            .placed(&Placement::at(0.0, 0.0, face))
            .material(ACCENT),
    );
    let place = upright(deep / 2.0, radius * 1.1);
    parts.into_iter().map(|part| part.placed(&place)).collect()
}
