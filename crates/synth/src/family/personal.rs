//! Things for the body: toothbrushes, razors, combs, rings, e-cigarettes, syringes.

use super::material::{ACCENT, BODY, METAL, SECOND};
use super::section::Section;
use super::shapes::{ball, slab, turned, upright};
use crate::math::{FRAC_TURN_4, Placement, TURN, mix, sin_cos, smoothstep, v3};
use crate::random::Params;
use crate::solid::{
    Edge, End, Ink, Lathe,
    Node::{Corner, Round, Through},
    Outline, Part, Sweep, cylinder, rounded_box, tube,
};

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
        shape: &crate::solid::revolve,
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

/// A syringe or injector: barrel, plunger, flange, needle or cap.
pub(super) fn syringe(p: &Params) -> Vec<Part> {
    let barrel = p.range("barrel", 6.0, 10.0);
    let radius = p.range("radius", 0.6, 1.2);
    let mut parts = Vec::new();
    let section = Section::round();
    let profile = Outline::open(&[
        Corner(0.0, 0.0),
        Corner(radius * 0.3, 0.0),
        Corner(radius * 0.3, radius * 0.8),
        Through(radius * 0.6, radius * 1.1),
        Corner(radius, radius * 1.6),
        Corner(radius, barrel),
        Corner(0.0, barrel),
    ]);
    let mut tube_part = Lathe {
        profile: &profile,
        steps: section.steps,
        seams: &section.seams,
        shape: &|angle, q| section.shape(angle, q),
    }
    .build();
    let marks = p.count("marks", 0, 20);
    for mark in 0..marks {
        let z = mix(
            radius * 2.0,
            barrel * 0.92,
            (mark as f64 + 0.5) / marks as f64,
        );
        let reach = if mark % 5 == 0 { 0.8 } else { 0.45 };
        let arc = (0..=8).map(|i| {
            let (s, c) = sin_cos(-FRAC_TURN_4 + reach * (f64::from(i) / 8.0 - 0.5));
            v3(radius * 1.004 * c, radius * 1.004 * s, z)
        });
        tube_part.add_curve(arc.collect(), Ink::Ornament);
    }
    parts.push(tube_part.material(SECOND));
    let flange = slab(
        &Outline::rectangle(
            radius * p.range("flange", 3.4, 5.6),
            radius * 2.4,
            radius * p.range("flange.round", 0.3, 1.1),
        ),
        0.25,
        Edge::Sharp,
    );
    parts.push(
        flange
            .placed(&Placement::at(0.0, 0.0, barrel - 0.1))
            .material(BODY),
    );
    let draw = barrel * p.range("draw", 0.25, 0.8);
    let cross = p.chance("rod.cross", 0.5);
    if cross {
        for turn in [0.0, FRAC_TURN_4] {
            let rib = rounded_box(radius * 1.3, radius * 0.2, draw, 0.02, Edge::Sharp);
            parts.push(
                rib.placed(&Placement::IDENTITY.turn_z(turn).shift(0.0, 0.0, barrel))
                    .material(BODY),
            );
        }
    } else {
        parts.push(
            cylinder(radius * 0.55, radius * 0.55, draw, 0.0)
                .placed(&Placement::at(0.0, 0.0, barrel))
                .material(BODY),
        );
    }
    parts.push(
        cylinder(radius * p.range("thumb", 0.9, 1.6), radius, 0.3, 0.05)
            .placed(&Placement::at(0.0, 0.0, barrel + draw - 0.05))
            .material(BODY),
    );
    let long = p.range("needle", 1.5, 4.0);
    if p.chance("cap", 0.5) {
        let cap = turned(&[
            Corner(0.0, -long),
            Through(radius * 0.32, -long * 0.97),
            Corner(radius * 0.5, 0.0),
            Corner(radius * 0.5, radius * 0.7),
            Corner(0.0, radius * 0.7),
        ]);
        parts.push(cap.material(ACCENT));
    } else {
        parts.push(
            cylinder(radius * 0.06, radius * 0.06, long + 0.1, 0.0)
                .placed(&Placement::at(0.0, 0.0, -long))
                .material(METAL),
        );
    }
    let place = Placement::at(0.0, 0.0, long);
    parts.into_iter().map(|part| part.placed(&place)).collect()
}
