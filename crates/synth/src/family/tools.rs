//! Knives, hammers and pens.

use super::material::{ACCENT, BODY, METAL, SECOND};
use super::ornament::{Wall, decorate};
use super::section::Section;
use crate::math::{FRAC_TURN_4, Placement, TURN, mix, sin_cos, v3};
use crate::random::Params;
use crate::solid::Node::{Corner, Round, Through};
use crate::solid::{
    Edge, End, Extrusion, Ink, Lathe, Outline, Part, Sweep, bent_path, cylinder, rounded_box, tube,
};

/// A knife that lies along x, its edge down, its side to the front.
pub(super) fn knife(p: &Params) -> Vec<Part> {
    let blade = p.range("blade", 8.0, 22.0);
    let tall = blade * p.range("tall", 0.11, 0.34);
    let handle = p.range("handle", 8.5, 13.5);
    let grip = p.range("grip", 1.8, 3.2);
    let thick = p.range("thick", 0.18, 0.35);
    let rise = p.range("spine", -0.08, 0.12) * tall;
    let belly = p.range("belly", 0.4, 1.0);
    // The blade runs from the handle at x = 0 to its point on the right; y is up.
    let mut nodes = vec![Corner(-2.0, -grip * 0.3), Corner(0.0, -grip * 0.3)];
    let heel = p.range("heel", 0.05, 0.8);
    match p.choice("tip", 5) {
        0 => {
            // A chef's curve.
            nodes.push(Corner(heel, -tall * 0.75));
            nodes.push(Through(blade * 0.45, -tall * (0.75 + 0.12 * belly)));
            nodes.push(Through(blade * 0.8, -tall * 0.45));
            nodes.push(Corner(blade, tall * 0.15 + rise));
            nodes.push(Through(blade * 0.6, tall * 0.28 + rise));
        }
        1 => {
            // A straight edge and a dropped point.
            nodes.push(Corner(heel, -tall * 0.7));
            nodes.push(Corner(blade * p.range("tip.at", 0.7, 0.94), -tall * 0.7));
            nodes.push(Corner(blade, -tall * p.range("tip.low", 0.3, 0.65)));
            nodes.push(Through(blade * 0.88, tall * 0.12));
            nodes.push(Through(blade * 0.7, tall * 0.28));
        }
        2 => {
            // A cleaver.
            nodes.push(Corner(heel, -tall));
            nodes.push(Round(blade, -tall * mix(0.8, 1.0, belly), tall * 0.3));
            nodes.push(Round(
                blade,
                tall * 0.3,
                tall * p.range("tip.round", 0.05, 0.6),
            ));
        }
        3 => {
            // A dagger.
            nodes.push(Corner(heel, -tall * 0.5));
            nodes.push(Through(
                blade * p.range("tip.at", 0.4, 0.75),
                -tall * 0.5 * belly,
            ));
            nodes.push(Corner(blade, 0.0));
            nodes.push(Through(
                blade * p.range("tip.at", 0.4, 0.75),
                tall * 0.5 * belly,
            ));
        }
        _ => {
            // A round bread or butter blade.
            nodes.push(Through(heel + 0.5, -tall * 0.55));
            nodes.push(Through(blade * 0.75, -tall * 0.6));
            nodes.push(Through(blade * 0.97, -tall * 0.2));
            nodes.push(Through(blade * 0.9, tall * 0.25 + rise));
            nodes.push(Through(blade * 0.4, tall * 0.26));
        }
    }
    nodes.push(Corner(0.0, grip * 0.32));
    nodes.push(Corner(-2.0, grip * 0.32));
    let outline = Outline::closed(&nodes);
    let mut body = Extrusion {
        outline: &outline,
        holes: &[],
        height: thick,
        edge: Edge::Bevel(thick * 0.32),
    }
    .build();
    // The ground face starts along a line above the edge.
    let ground = p.range("ground", 0.2, 0.5);
    let lowest = |x: f64| {
        let n = outline.points.len();
        (0..n)
            .filter_map(|i| {
                let (a, b) = (outline.points[i], outline.points[(i + 1) % n]);
                ((a.x <= x) != (b.x <= x)).then(|| mix(a.y, b.y, (x - a.x) / (b.x - a.x)))
            })
            .fold(f64::INFINITY, f64::min)
    };
    if p.chance("ground.shown", 0.7) {
        for z in [-0.004, thick + 0.004] {
            let line = (0..=40).map(|i| {
                let x = mix(heel + blade * 0.02, blade * 0.9, f64::from(i) / 40.0);
                let y = lowest(x);
                v3(x, y + tall * ground * (1.0 - 0.5 * x / blade), z)
            });
            body.add_curve(line.collect(), Ink::Ornament);
        }
    }
    if p.chance("hollows", 0.25) {
        let count = p.count("hollows.count", 4, 9);
        for i in 0..count {
            let x = mix(blade * 0.12, blade * 0.72, i as f64 / (count - 1) as f64);
            let (w, h) = (blade * 0.022, tall * p.range("hollows.tall", 0.1, 0.2));
            let y = lowest(x) + tall * 0.38;
            for z in [-0.004, thick + 0.004] {
                let hollow = (0..=16).map(|k| {
                    let (s, c) = sin_cos(f64::from(k) * TURN / 16.0);
                    v3(x + w * c, y + h * s, z)
                });
                body.add_curve(hollow.collect(), Ink::Ornament);
            }
        }
    }
    let mut parts = vec![
        body.placed(&Placement::at(0.0, 0.0, -thick / 2.0))
            .material(METAL),
    ];
    handle_of(p, &mut parts, handle, grip);
    let place = Placement::IDENTITY.turn_x(FRAC_TURN_4);
    parts.into_iter().map(|part| part.placed(&place)).collect()
}

/// The handle left of x = 0.
fn handle_of(p: &Params, parts: &mut Vec<Part>, length: f64, grip: f64) {
    let deep = grip * p.range("handle.deep", 0.45, 0.75);
    let half = grip / 2.0;
    let waist = p.range("handle.waist", 0.65, 1.05);
    let butt = p.range("handle.butt", 0.8, 1.5);
    let drop = p.range("handle.drop", -0.1, 0.45) * grip;
    let mut nodes = vec![Round(0.2, -half * 0.95, 0.3)];
    nodes.push(Round(0.2, half * 0.95, 0.3));
    nodes.push(Through(
        -length * 0.3,
        half * p.range("handle.back", 0.85, 1.2),
    ));
    nodes.push(Through(-length * 0.7, half * 0.9 - drop * 0.3));
    nodes.push(Round(-length, half * butt * 0.8 - drop, half * 0.7));
    nodes.push(Round(-length, -half * butt - drop, half * 0.7));
    let fingers = p.count("handle.fingers", 0, 4);
    if fingers >= 2 {
        for i in 0..2 * fingers + 1 {
            let x = mix(
                -length * 0.82,
                -length * 0.12,
                i as f64 / (2 * fingers) as f64,
            );
            let y = if i % 2 == 0 {
                half * 1.02
            } else {
                half * waist * 0.82
            };
            nodes.push(Through(x, -y));
        }
    } else {
        nodes.push(Through(
            -length * 0.72,
            -half * mix(waist, butt, 0.4) - drop * 0.4,
        ));
        nodes.push(Through(-length * 0.4, -half * waist));
    }
    let outline = Outline::closed(&nodes);
    let edge = if p.chance("handle.bevel", 0.3) {
        Edge::Bevel(deep * 0.2)
    } else {
        Edge::Round(deep * p.range("handle.round", 0.2, 0.45))
    };
    let shell = Extrusion {
        outline: &outline,
        holes: &[],
        height: deep,
        edge,
    };
    parts.push(
        shell
            .build()
            .placed(&Placement::at(0.0, 0.0, -deep / 2.0))
            .material(SECOND),
    );
    let rivets = p.count("rivets", 0, 3);
    let size = grip * p.range("rivet", 0.07, 0.14);
    for rivet in 0..rivets {
        let t = (rivet as f64 + 0.8) / (rivets as f64 + 0.6);
        let pin = cylinder(size, size, deep + 0.08, 0.0);
        let place = Placement::at(-length * t, -drop * t * 0.5, -deep / 2.0 - 0.04);
        parts.push(pin.placed(&place).material(ACCENT));
    }
    if p.chance("bolster", 0.5) {
        let wide = p.range("bolster.wide", 0.5, 1.6);
        let tall = grip * p.range("bolster.tall", 0.95, 1.5);
        let guard = rounded_box(
            wide,
            tall,
            deep * 1.05,
            wide * 0.25,
            Edge::Round(deep * 0.15),
        );
        parts.push(
            guard
                .placed(&Placement::at(0.2, 0.0, -deep * 0.525))
                .material(METAL),
        );
    }
}

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

/// A pen, standing on its tip.
pub(super) fn pen(p: &Params) -> Vec<Part> {
    let length = p.range("length", 11.5, 15.5);
    let radius = p.range("radius", 0.4, 0.85);
    let tip = p.range("tip", 0.8, 2.6);
    let nib = radius * p.range("nib", 0.15, 0.4);
    let grip_top = length * p.range("grip.top", 0.3, 0.48);
    let crown = length * p.range("crown", 0.88, 0.97);
    let waist = p.range("waist", 0.82, 1.02);
    let top = radius * p.range("top", 0.6, 1.1);
    let section = Section::draw(p, tip, crown, true);
    let mut nodes = vec![
        Corner(0.0, 0.0),
        Corner(nib * 0.45, 0.0),
        Corner(nib, tip * 0.3),
    ];
    if p.chance("tip.curved", 0.5) {
        nodes.push(Through(
            mix(nib, radius, p.range("tip.full", 0.55, 0.85)),
            tip * 0.62,
        ));
    }
    nodes.push(Corner(radius * waist, tip));
    nodes.push(Through(
        radius * waist * p.range("grip.waist", 0.85, 1.05),
        mix(tip, grip_top, 0.5),
    ));
    nodes.push(Corner(radius, grip_top));
    nodes.push(Through(
        radius * p.range("barrel", 0.95, 1.15),
        mix(grip_top, crown, 0.5),
    ));
    nodes.push(Corner(top, crown));
    nodes.push(Corner(0.0, crown + radius * p.range("dome", 0.0, 0.6)));
    let profile = Outline::open(&nodes).refined(length / 30.0);
    let mut barrel = Lathe {
        profile: &profile,
        steps: section.steps,
        seams: &section.seams,
        shape: &|angle, point| section.shape(angle, point),
    }
    .build();
    let wall = Wall {
        profile: &profile,
        section: &section,
        from: mix(tip, grip_top, 0.15),
        to: mix(tip, grip_top, 0.95),
    };
    decorate(&mut barrel, &wall, p, 0.35);
    let mut parts = vec![barrel.material(BODY)];
    let band = |z: f64, tall: f64, k: f64| {
        cylinder(radius * k, radius * k, tall, tall * 0.1)
            .placed(&Placement::at(0.0, 0.0, z))
            .material(METAL)
    };
    if p.chance("band", 0.6) {
        parts.push(band(grip_top, p.range("band.tall", 0.1, 0.6), 1.16));
    }
    if p.chance("second-band", 0.35) {
        parts.push(band(
            mix(grip_top, crown, p.range("second-band.at", 0.2, 0.8)),
            p.range("second-band.tall", 0.1, 0.5),
            1.16,
        ));
    }
    if p.chance("button", 0.65) {
        let size = top * p.range("button.radius", 0.45, 0.8);
        let button = cylinder(
            size,
            size * 0.9,
            length - crown + p.range("button.tall", 0.3, 1.2),
            size * 0.3,
        );
        parts.push(
            button
                .placed(&Placement::at(0.0, 0.0, crown - 0.1))
                .material(ACCENT),
        );
    }
    if p.chance("clip", 0.8) {
        let long = length * p.range("clip.long", 0.2, 0.34);
        let out = radius * p.range("clip.out", 1.45, 2.0);
        let high = crown - p.range("clip.down", 0.1, 0.9);
        if p.chance("clip.wire", 0.35) {
            let path = bent_path(
                &[
                    v3(0.0, -radius * 0.5, high),
                    v3(0.0, -out, high),
                    v3(0.0, -out, high - long),
                    v3(0.0, -radius * 0.95, high - long - 0.15),
                ],
                0.25,
            );
            parts.push(tube(&path, radius * 0.16, End::Dome).material(METAL));
        } else {
            let wide = radius * p.range("clip.wide", 0.4, 0.9);
            let strip = rounded_box(
                wide,
                long,
                radius * 0.2,
                wide * p.range("clip.round", 0.05, 0.49),
                Edge::Round(0.03),
            );
            let place = Placement::IDENTITY
                .turn_x(FRAC_TURN_4)
                .shift(0.0, -out, high - long / 2.0);
            parts.push(strip.placed(&place).material(METAL));
            let bridge = rounded_box(wide, out, radius * 0.45, 0.0, Edge::Sharp);
            parts.push(
                bridge
                    .placed(&Placement::at(0.0, -out * 0.55, high - radius * 0.55))
                    .material(METAL),
            );
        }
    }
    parts
}
