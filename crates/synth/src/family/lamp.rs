//! Lamps.

use super::material::{ACCENT, BODY, METAL, SECOND};
use super::section::Section;
use super::shapes::ball;
use crate::math::{Placement, TURN, Vec3, mix, sin_cos, v3};
use crate::random::Params;
use crate::solid::Node::{Corner, Through};
use crate::solid::{
    Edge, End, Lathe, Outline, Part, bent_path, cylinder, revolve, rounded_box, spline_path, tube,
};

/// A lamp: standing, with a curved arm, or hanging.
pub(super) fn lamp(p: &Params) -> Vec<Part> {
    let height = p.range("height", 28.0, 60.0);
    let shade_radius = p.range("shade.radius", 6.0, 18.0);
    let shade_tall = shade_radius * p.range("shade.tall", 0.6, 2.0);
    let mut parts = Vec::new();
    match p.choice("kind", 6) {
        0..3 => {
            // Shade above its base.
            standing_base(p, &mut parts, shade_radius, height);
            let z = height - shade_tall * p.range("shade.overlap", 0.1, 0.5);
            let place = Placement::at(0.0, 0.0, z);
            parts.extend(shade(p, shade_radius, shade_tall, true).map(|part| part.placed(&place)));
        }
        3..5 => {
            // A bent arm with the shade at its end.
            let reach = shade_radius + p.range("arm.reach", 4.0, 26.0);
            let base = p.range("base.radius", 6.0, 11.0);
            foot(p, &mut parts, base, p.range("base.tall", 1.2, 4.0));
            let wire = p.range("stem", 0.45, 1.1);
            let tilt = p.range("arm.tilt", -0.7, 0.5);
            let end = v3(reach, 0.0, height * p.range("arm.drop", 0.7, 1.0));
            let path = if p.chance("arm.angular", 0.5) {
                bent_path(
                    &[
                        v3(0.0, 0.0, 0.5),
                        v3(
                            reach * p.range("arm.back", -0.3, 0.1),
                            0.0,
                            height * p.range("arm.elbow", 0.5, 0.95),
                        ),
                        end,
                    ],
                    p.range("arm.bend", 0.6, 4.0),
                )
            } else {
                spline_path(
                    &[
                        v3(0.0, 0.0, 0.5),
                        v3(0.0, 0.0, height * 0.6),
                        v3(reach * 0.45, 0.0, height * p.range("arm.arch", 1.0, 1.25)),
                        end,
                    ],
                    14,
                )
            };
            parts.push(tube(&path, wire, End::Flat).material(METAL));
            let head = shade_radius * 0.6;
            let place = Placement::at(0.0, 0.0, -shade_tall * 0.55)
                .turn_y(tilt)
                .shift(end.x, end.y, end.z);
            parts.extend(shade(p, head, shade_tall * 0.6, false).map(|part| part.placed(&place)));
            if p.chance("joint", 0.6) {
                let joint = wire * p.range("joint.size", 1.6, 2.6);
                parts.push(
                    ball(joint)
                        .placed(&Placement::at(end.x, end.y, end.z))
                        .material(ACCENT),
                );
            }
        }
        _ => {
            // A pendant on its cord, with a canopy.
            let place = Placement::at(0.0, 0.0, 0.0);
            parts.extend(shade(p, shade_radius, shade_tall, false).map(|part| part.placed(&place)));
            let top = shade_tall + p.range("cord", 8.0, 30.0);
            let cord = cylinder(0.25, 0.25, top - shade_tall * 0.8, 0.0);
            parts.push(
                cord.placed(&Placement::at(0.0, 0.0, shade_tall * 0.8))
                    .material(METAL)
                    .unclaimed(p.chance("cord.unclaimed", 0.5)),
            );
            let canopy = p.range("canopy", 2.0, 5.0);
            let cap = cylinder(
                canopy,
                canopy * p.range("canopy.taper", 0.5, 1.0),
                canopy * 0.5,
                0.2,
            );
            parts.push(cap.placed(&Placement::at(0.0, 0.0, top)).material(METAL));
        }
    }
    parts
}

fn foot(p: &Params, parts: &mut Vec<Part>, radius: f64, tall: f64) {
    let part = match p.choice("base.kind", 4) {
        0 => cylinder(
            radius,
            radius * p.range("base.taper", 0.5, 1.0),
            tall,
            tall * 0.2,
        ),
        1 => rounded_box(
            radius * 1.8,
            radius * p.range("base.deep", 1.0, 1.8),
            tall,
            radius * p.range("base.round", 0.05, 0.6),
            Edge::Round(tall * 0.2),
        ),
        2 => {
            let profile = Outline::open(&[
                Corner(0.0, 0.0),
                Corner(radius, 0.0),
                Corner(radius, tall * 0.3),
                Through(radius * 0.5, tall * p.range("base.dome", 0.6, 1.2)),
                Corner(radius * 0.12, tall * 2.0),
                Corner(0.0, tall * 2.0),
            ]);
            Lathe {
                profile: &profile,
                steps: 80,
                seams: &[],
                shape: &revolve,
            }
            .build()
        }
        _ => {
            let legs = p.count("base.legs", 3, 4);
            for leg in 0..legs {
                let (s, c) = sin_cos(leg as f64 * TURN / legs as f64 - 0.6);
                let path = [
                    v3(0.0, 0.0, tall * 3.0),
                    v3(radius * c * 1.2, radius * s * 1.2, 0.4),
                ];
                let path: Vec<Vec3> = (0..=6)
                    .map(|i| path[0].lerp(path[1], f64::from(i) / 6.0))
                    .collect();
                parts.push(tube(&path, radius * 0.07, End::Dome).material(METAL));
            }
            cylinder(radius * 0.16, radius * 0.16, tall * 1.2, 0.1).placed(&Placement::at(
                0.0,
                0.0,
                tall * 2.2,
            ))
        }
    };
    parts.push(part.material(BODY));
}

fn standing_base(p: &Params, parts: &mut Vec<Part>, shade: f64, height: f64) {
    if p.chance("base.turned", 0.5) {
        // A turned or faceted body instead of a stem.
        let wide = shade * p.range("body.wide", 0.3, 0.75);
        let tall = height * p.range("body.tall", 0.4, 0.66);
        let section = Section::draw(p, 0.0, tall, true);
        let profile = Outline::open(&[
            Corner(0.0, 0.0),
            Corner(wide * p.range("body.foot", 0.5, 1.0), 0.0),
            Through(wide, tall * p.range("body.belly", 0.25, 0.6)),
            Through(wide * p.range("body.neck", 0.25, 0.6), tall * 0.85),
            Corner(wide * p.range("body.top", 0.15, 0.5), tall),
            Corner(0.0, tall),
        ])
        .refined(tall / 20.0);
        let body = Lathe {
            profile: &profile,
            steps: section.steps,
            seams: &section.seams,
            shape: &|angle, point| section.shape(angle, point),
        };
        parts.push(body.build().material(BODY));
        let stem = cylinder(0.6, 0.6, height - tall, 0.0);
        parts.push(
            stem.placed(&Placement::at(0.0, 0.0, tall - 0.2))
                .material(METAL),
        );
    } else {
        foot(
            p,
            parts,
            shade * p.range("base.radius", 0.45, 0.9),
            p.range("base.tall", 1.2, 4.0),
        );
        let stem = p.range("stem", 0.5, 1.5);
        parts.push(cylinder(stem, stem, height - 2.0, 0.0).material(METAL));
        for bead in 0..p.count("beads", 0, 4) {
            let z = height * (0.15 + 0.13 * bead as f64);
            let size = stem * p.range(&format!("bead.{bead}"), 1.5, 3.2);
            parts.push(
                ball(size)
                    .placed(&Placement::at(0.0, 0.0, z))
                    .material(ACCENT),
            );
        }
    }
}

/// A shade with its lower rim at z = 0, and the bulb or diffuser in it.
fn shade(p: &Params, radius: f64, tall: f64, upright: bool) -> [Part; 2] {
    let top = radius * p.range("shade.top", 0.25, 0.98);
    let wall = radius * 0.03;
    let bulge = p.range("shade.bulge", 0.85, 1.3);
    let kind = p.choice("shade.kind", 4);
    let mid = mix(radius, top, 0.5) * bulge;
    let mut nodes = vec![Corner(radius - wall, 0.0), Corner(radius, 0.0)];
    let section = if kind == 0 {
        Section::round()
    } else {
        Section::draw(p, -tall, tall * 2.0, true)
    };
    let open = upright && kind != 2;
    if kind >= 2 {
        // Bell or dome.
        nodes.push(Through(mid, tall * 0.55));
    }
    if open {
        nodes.push(Corner(top, tall));
        nodes.push(Corner(top - wall, tall));
    } else {
        nodes.push(Corner(top, tall));
        nodes.push(Corner(0.0, tall * p.range("shade.crown", 1.0, 1.25)));
        nodes.push(Corner(0.0, tall - wall));
        nodes.push(Corner(top - wall, tall - wall));
    }
    if kind >= 2 {
        nodes.push(Through(mid - wall, tall * 0.55));
    }
    nodes.push(Corner(radius - wall, 0.0));
    let profile = Outline::open(&nodes).refined(tall / 10.0);
    let part = Lathe {
        profile: &profile,
        steps: section.steps,
        seams: &section.seams,
        shape: &|angle, point| section.shape(angle, point),
    }
    .build()
    .material(SECOND);
    let bulb = ball(radius * p.range("bulb", 0.2, 0.4))
        .placed(&Placement::at(0.0, 0.0, tall * 0.45))
        .material(ACCENT);
    [part, bulb]
}
