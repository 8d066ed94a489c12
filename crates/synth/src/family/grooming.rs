//! Toothbrushes, razors, combs.

use super::material::{ACCENT, BODY, METAL, SECOND};
use super::shapes::{slab, upright};
use crate::math::{Placement, TURN, mix, sin_cos, smoothstep, v3};
use crate::random::Params;
use crate::solid::Node::{Corner, Round, Through};
use crate::solid::{Edge, End, Ink, Outline, Part, Sweep, cylinder, rounded_box};

/// A bent handle, upright, `long` in all, its back to the back.
fn handle(p: &Params, long: f64, wide: f64, deep: f64) -> Part {
    let bend = p.range("handle.bend", -0.9, 0.9);
    let neck = p.range("handle.neck", 0.35, 0.75);
    let waist = p.range("handle.waist", 0.0, 0.35);
    let path: Vec<_> = (0..=40)
        .map(|i| {
            let t = f64::from(i) / 40.0;
            v3(0.0, bend * sin_cos(t * TURN * 0.5).0, long * t)
        })
        .collect();
    Sweep {
        path: &path,
        section: &Outline::rectangle(2.0, 2.0, p.range("handle.round", 0.3, 0.95)),
        scale: &|t| {
            let k = mix(1.0, neck, smoothstep(0.5, 0.85, t))
                - waist * sin_cos(smoothstep(0.0, 0.6, t) * TURN / 2.0).0;
            (wide * k, deep * k)
        },
        up: v3(0.0, 1.0, 0.0),
        end: End::Dome,
    }
    .build()
}

/// A toothbrush: handle, head, tufts.
pub(super) fn toothbrush(p: &Params) -> Vec<Part> {
    let long = p.range("long", 14.0, 18.0);
    let mut parts = vec![
        handle(
            p,
            long,
            p.range("wide", 0.5, 0.95),
            p.range("deep", 0.4, 0.8),
        )
        .material(BODY),
    ];
    let head = p.range("head", 2.2, 3.4);
    let wide = p.range("head.wide", 0.55, 0.85);
    let plate = slab(
        &Outline::rectangle(wide * 2.0, head, wide * p.range("head.round", 0.3, 0.95)),
        0.5,
        Edge::Round(0.12),
    );
    parts.push(
        plate
            .placed(&upright(0.25, long + head * 0.35))
            .material(BODY),
    );
    let (columns, rows) = (p.count("columns", 2, 4), p.count("rows", 4, 9));
    let wave = p.range("wave", 0.0, 0.35);
    for row in 0..rows {
        for column in 0..columns {
            let x = mix(
                -wide * 0.7,
                wide * 0.7,
                (column as f64 + 0.5) / columns as f64,
            );
            let k = (row as f64 + 0.5) / rows as f64;
            let z = long + head * 0.35 + mix(-head * 0.44, head * 0.44, k);
            let high = p.range("tuft", 0.8, 1.2) * (1.0 + wave * sin_cos(k * TURN * 1.5).0);
            let tuft = cylinder(wide * 0.2, wide * 0.2, high, 0.0);
            parts.push(
                tuft.placed(&upright(-0.2, z))
                    .placed(&Placement::at(x, 0.0, 0.0))
                    .material(ACCENT),
            );
        }
    }
    if p.chance("pad", 0.6) {
        let pad = slab(
            &Outline::rectangle(0.8, long * p.range("pad.long", 0.15, 0.35), 0.35),
            0.3,
            Edge::Round(0.08),
        );
        parts.push(pad.placed(&upright(-0.55, long * 0.38)).material(SECOND));
    }
    parts
}

/// A wet razor: handle with grooves, head with blades.
pub(super) fn razor(p: &Params) -> Vec<Part> {
    let long = p.range("long", 9.0, 13.0);
    let (wide, deep) = (p.range("wide", 0.45, 0.8), p.range("deep", 0.45, 0.75));
    let mut parts = vec![handle(p, long, wide, deep).material(BODY)];
    let rings = p.count("rings", 0, 8);
    for ring in 0..rings {
        let z = mix(long * 0.15, long * 0.55, (ring as f64 + 0.5) / rings as f64);
        let size = wide * p.range("ring", 1.02, 1.3);
        parts.push(
            rounded_box(
                size * 2.0,
                deep * 2.2,
                long * 0.018,
                size * 0.5,
                Edge::Sharp,
            )
            .placed(&Placement::at(0.0, 0.0, z))
            .material(SECOND),
        );
    }
    let head = p.range("head", 3.6, 4.8);
    let tall = p.range("head.tall", 0.9, 1.6);
    let tilt = p.range("head.tilt", -0.5, 0.2);
    let thick = p.range("head.thick", 0.4, 0.8);
    let mut shell = slab(
        &Outline::rectangle(head, tall, tall * p.range("head.round", 0.1, 0.45)),
        thick,
        Edge::Round(0.1),
    );
    let blades = p.count("blades", 1, 5);
    for blade in 0..blades {
        let y = mix(
            -tall * 0.34,
            tall * 0.34,
            (blade as f64 + 0.5) / blades as f64,
        );
        shell.add_curve(
            vec![
                v3(-head * 0.44, y, thick + 0.005),
                v3(head * 0.44, y, thick + 0.005),
            ],
            Ink::Ornament,
        );
    }
    let place = upright(0.0, 0.0)
        .turn_x(tilt)
        .shift(0.0, 0.0, long + tall * 0.35);
    parts.push(shell.placed(&place).material(METAL));
    let yoke = rounded_box(
        head * p.range("yoke", 0.25, 0.6),
        deep * 1.2,
        tall * 0.5,
        0.1,
        Edge::Sharp,
    );
    parts.push(
        yoke.placed(&Placement::at(0.0, deep * 0.3, long - tall * 0.2))
            .material(ACCENT),
    );
    parts
}

/// A comb or hair brush.
pub(super) fn comb(p: &Params) -> Vec<Part> {
    let long = p.range("long", 12.0, 20.0);
    let spine = p.range("spine", 1.2, 2.4);
    let tooth = p.range("tooth", 2.0, 4.0);
    let thick = p.range("thick", 0.35, 0.7);
    let grip = if p.chance("grip", 0.5) {
        long * p.range("grip.long", 0.4, 0.8)
    } else {
        0.0
    };
    let arch = p.range("arch", 0.0, 1.2);
    let x = long / 2.0;
    let back = Outline::closed(&[
        Round(-x - grip, 0.0, 0.5),
        Corner(x, 0.0),
        Round(x, spine, 0.6),
        Through(0.0, spine + arch),
        Through(-x, spine),
        Round(-x - grip, spine * 0.85, 0.5),
    ]);
    let mut parts = vec![slab(&back, thick, Edge::Round(thick * 0.25)).material(BODY)];
    let teeth = p.count("teeth", 10, 30);
    let pitch = long / teeth as f64;
    for index in 0..teeth {
        let at = -x + pitch * (index as f64 + 0.5);
        let w = pitch * 0.28;
        let outline = Outline::closed(&[
            Corner(at - w * 0.5, -tooth),
            Corner(at + w * 0.5, -tooth),
            Corner(at + w, 0.15),
            Corner(at - w, 0.15),
        ]);
        parts.push(
            slab(&outline, thick * 0.7, Edge::Sharp)
                .placed(&Placement::at(0.0, 0.0, thick * 0.15))
                .material(BODY),
        );
    }
    let place = upright(thick / 2.0, tooth + 0.2);
    parts.into_iter().map(|part| part.placed(&place)).collect()
}
