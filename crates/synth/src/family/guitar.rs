//! Guitars.

use super::material::{ACCENT, BODY, METAL, SECOND};
use super::shapes::{circle, pierced, shifted, slab, trace, upright};
use crate::math::{Placement, mix, v2, v3};
use crate::random::Params;
use crate::solid::{
    Edge, Ink,
    Node::{Corner, Round, Through},
    Outline, Part, cylinder, rounded_box,
};

/// A guitar, upright, seen from its front: body, hole or pickups, neck, head, pegs, strings.
pub(super) fn guitar(p: &Params) -> Vec<Part> {
    let long = p.range("long", 44.0, 52.0);
    let low = p.range("low", 15.0, 20.0);
    let high = low * p.range("high", 0.65, 0.85);
    let waist = high * p.range("waist", 0.65, 0.9);
    let solid_body = p.chance("solid", 0.5);
    let horn = if solid_body {
        p.range("horn", 0.0, 9.0)
    } else {
        0.0
    };
    let cut = if p.chance("cut", 0.5) {
        p.range("cut.deep", 0.3, 0.8)
    } else {
        0.0
    };
    let outline = Outline::closed(&[
        Through(0.0, 0.0),
        Through(low * 0.7, long * 0.06),
        Through(low, long * 0.27),
        Through(waist, long * 0.6),
        Through(high, long * 0.82 + horn * 0.3),
        Through(
            high * mix(0.62, 0.35, cut),
            long * mix(0.98, 0.86, cut) + horn * 0.2,
        ),
        Corner(3.0, long * mix(1.0, 0.9, cut)),
        Corner(-3.0, long),
        Through(-high * 0.62, long * 0.98 + horn),
        Through(-high, long * 0.82 + horn * 0.5),
        Through(-waist, long * 0.6),
        Through(-low, long * 0.27),
        Through(-low * 0.7, long * 0.06),
    ]);
    let deep = if solid_body {
        p.range("deep.solid", 3.5, 5.0)
    } else {
        p.range("deep", 8.0, 12.0)
    };
    let hole = low * p.range("hole", 0.24, 0.33);
    let bore = circle(0.0, long * 0.62, hole);
    let mut body = if solid_body {
        slab(
            &outline,
            deep,
            Edge::Round(deep * p.range("edge", 0.05, 0.3)),
        )
    } else {
        pierced(&outline, &[bore], deep, Edge::Sharp)
    };
    if p.chance("binding", 0.5) {
        let middle = long * 0.45;
        let inner = outline
            .clone()
            .map(|q| v2(q.x * 0.94, middle + (q.y - middle) * 0.95));
        trace(&mut body, &inner, deep + 0.005, Ink::Ornament);
    }
    let mut parts = vec![body.material(BODY)];
    let top = deep - 0.05;
    if solid_body {
        let pickups = p.count("pickups", 1, 3);
        for pickup in 0..pickups {
            let y = mix(
                long * 0.3,
                long * 0.72,
                (pickup as f64 + 0.5) / pickups as f64,
            );
            let tall = p.range("pickup", 1.6, 4.0);
            parts.push(
                slab(&Outline::rectangle(9.0, tall, tall * 0.3), 0.8, Edge::Sharp)
                    .placed(&Placement::at(0.0, y, top))
                    .material(METAL),
            );
        }
        for knob in 0..p.count("knobs", 1, 4) {
            let step = 4.4 * knob as f64;
            parts.push(
                cylinder(1.2, 1.0, 1.6, 0.2)
                    .placed(&Placement::at(
                        low * 0.55 - step * 0.15,
                        long * 0.1 + step,
                        top,
                    ))
                    .material(ACCENT),
            );
        }
    } else if p.chance("rosette", 0.7) {
        let ring = pierced(
            &circle(0.0, long * 0.62, hole * 1.3),
            &[circle(0.0, long * 0.62, hole * 1.08)],
            0.15,
            Edge::Sharp,
        );
        parts.push(ring.placed(&Placement::at(0.0, 0.0, top)).material(ACCENT));
    }
    let bridge = slab(
        &Outline::rectangle(p.range("bridge", 9.0, 16.0), 2.4, 0.8),
        1.0,
        Edge::Sharp,
    );
    parts.push(
        bridge
            .placed(&Placement::at(0.0, long * 0.22, top))
            .material(SECOND),
    );
    let neck = p.range("neck", 34.0, 46.0);
    let from = long * if solid_body { 0.78 } else { 0.8 };
    let mut board = rounded_box(5.2, neck + long - from, 2.2, 0.1, Edge::Sharp);
    let frets = p.count("frets", 12, 22);
    for fret in 0..frets {
        let y = mix(-0.48, 0.48, (fret as f64 + 0.5) / frets as f64) * (neck + long - from);
        board.add_curve(vec![v3(-2.5, y, 2.205), v3(2.5, y, 2.205)], Ink::Ornament);
    }
    parts.push(
        board
            .placed(&Placement::at(0.0, (from + long + neck) / 2.0, top - 1.2))
            .material(SECOND),
    );
    let end = long + neck;
    let head = p.range("head", 13.0, 18.0);
    let slant = p.range("head.slant", -3.0, 3.0);
    let shape = Outline::closed(&[
        Corner(-2.6, 0.0),
        Corner(2.6, 0.0),
        Round(4.6, head * 0.3, 1.0),
        Round(3.6 + slant * 0.4, head, 1.2),
        Through(slant * 0.5, head * p.range("head.crown", 0.92, 1.1)),
        Round(-3.6 + slant * 0.4, head, 1.2),
        Round(-4.6, head * 0.3, 1.0),
    ]);
    parts.push(
        slab(&shape, 1.6, Edge::Sharp)
            .placed(&Placement::at(0.0, end - 0.2, top - 1.0))
            .material(BODY),
    );
    let one_side = solid_body && p.chance("pegs.one-side", 0.5);
    for peg in 0..6 {
        let (side, row) = if one_side {
            (-1.0, f64::from(peg))
        } else {
            (if peg < 3 { -1.0 } else { 1.0 }, f64::from(peg % 3) * 2.0)
        };
        let y = end + head * mix(0.25, 0.85, row / 5.0);
        let button = slab(
            &shifted(Outline::ellipse(0.9, 0.6, 24), 0.0, 0.0),
            0.6,
            Edge::Sharp,
        );
        parts.push(
            button
                .placed(&Placement::at(side * 5.4, y, top - 0.6))
                .material(METAL),
        );
        parts.push(
            cylinder(0.35, 0.35, 1.4, 0.0)
                .placed(&Placement::at(side * 2.6, y, top + 0.2))
                .material(METAL),
        );
    }
    let place = upright(deep / 2.0, 1.0);
    parts.into_iter().map(|part| part.placed(&place)).collect()
}
