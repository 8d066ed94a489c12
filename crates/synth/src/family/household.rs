//! Things of kitchens and bathrooms: pans, spoons, basins, fans, wall clocks.

use super::glyph::glyph;
use super::legs::bar;
use super::material::{ACCENT, BODY, METAL, SECOND};
use super::section::Section;
use super::shapes::{ball, circle, pierced, slab, trace, turned, upright};
use crate::math::{FRAC_TURN_4, Placement, TURN, mix, sin_cos, smoothstep, v2, v3};
use crate::random::Params;
use crate::solid::{
    Edge, End, Ink, Lathe,
    Node::{Corner, Through},
    Outline, Part, Sweep, cylinder, plate, rounded_box, tube,
};

/// A pan or pot: bowl, one long or two short handles, perhaps a lid.
pub(super) fn pan(p: &Params) -> Vec<Part> {
    let radius = p.range("radius", 10.0, 16.0);
    let tall = radius * p.range("tall", 0.3, 1.2);
    let base = radius * p.range("base", 0.7, 0.98);
    let wall = 0.35;
    let section = Section::round();
    let profile = Outline::open(&[
        Corner(0.0, 0.0),
        Corner(base, 0.0),
        Through(mix(base, radius, 0.7), tall * 0.3),
        Corner(radius, tall),
        Corner(radius + p.range("lip", 0.05, 0.8), tall + 0.2),
        Corner(radius - wall, tall),
        Through(mix(base, radius, 0.7) - wall, tall * 0.3),
        Corner(base - wall, wall),
        Corner(0.0, wall),
    ]);
    let body = Lathe {
        profile: &profile,
        steps: section.steps,
        seams: &section.seams,
        shape: &|angle, q| section.shape(angle, q),
    };
    let mut parts = vec![body.build().material(METAL)];
    let z = tall * 0.85;
    if p.chance("long", 0.6) {
        let long = radius * p.range("handle", 1.2, 1.9);
        let rise = p.range("rise", 0.0, 0.4) * radius;
        let path: Vec<_> = (0..=30)
            .map(|i| {
                let t = f64::from(i) / 30.0;
                v3(
                    radius - 0.3 + long * t,
                    0.0,
                    z + rise * sin_cos(t * TURN / 4.0).0,
                )
            })
            .collect();
        let fat = p.range("fat", 0.9, 1.7);
        let handle = Sweep {
            path: &path,
            section: &Outline::ellipse(1.0, 1.0, 36),
            scale: &|t| {
                let k = mix(0.55, 1.0, smoothstep(0.1, 0.6, t));
                (fat * k, fat * 0.6 * k)
            },
            up: v3(0.0, 0.0, 1.0),
            end: End::Dome,
        };
        parts.push(handle.build().material(BODY));
        if p.chance("eye", 0.6) {
            let eye: Vec<_> = (0..32)
                .map(|i| {
                    let (s, c) = sin_cos(TURN * f64::from(i) / 32.0);
                    v3(radius + long + 0.8 + 0.9 * c, 0.9 * s, z + rise)
                })
                .collect();
            parts.push(tube(&eye, 0.3, End::Joined).material(METAL));
        }
    } else {
        let half = radius * p.range("ear", 0.22, 0.4);
        let out = p.range("ear.out", 1.5, 3.6);
        for side in [-1.0, 1.0] {
            let arc: Vec<_> = (0..=20)
                .map(|i| {
                    let (s, c) = sin_cos(TURN / 2.0 * f64::from(i) / 20.0);
                    v3(side * (radius * 0.93 + out * s), half * c, z)
                })
                .collect();
            parts.push(tube(&arc, p.range("ear.thick", 0.4, 0.8), End::Flat).material(BODY));
        }
    }
    if p.chance("lid", 0.5) {
        let high = radius * p.range("lid.high", 0.08, 0.3);
        let lid = turned(&[
            Corner(0.0, 0.0),
            Corner(radius * 1.01, 0.0),
            Corner(radius * 1.01, 0.4),
            Through(radius * 0.55, high * 0.8),
            Corner(0.0, high),
        ]);
        parts.push(
            lid.placed(&Placement::at(0.0, 0.0, tall + 0.1))
                .material(SECOND),
        );
        let knob = radius * p.range("knob", 0.09, 0.17);
        parts.push(
            cylinder(knob * 0.5, knob * 0.5, knob, 0.0)
                .placed(&Placement::at(0.0, 0.0, tall + high))
                .material(METAL),
        );
        parts.push(
            ball(knob)
                .placed(&Placement::at(0.0, 0.0, tall + high + knob * 1.3))
                .material(BODY),
        );
    }
    parts
}

/// A spoon, ladle or spatula, upright.
pub(super) fn spoon(p: &Params) -> Vec<Part> {
    let long = p.range("long", 14.0, 26.0);
    let wide = p.range("wide", 0.4, 0.9);
    let thick = p.range("thick", 0.15, 0.4);
    let tail = p.range("tail", 1.0, 2.2);
    let curve = p.range("curve", 0.2, 1.6);
    let path: Vec<_> = (0..=40)
        .map(|i| {
            let t = f64::from(i) / 40.0;
            v3(0.0, curve * sin_cos(t * TURN * 0.5).0, long * t)
        })
        .collect();
    let stem = Sweep {
        path: &path,
        section: &Outline::rectangle(2.0, 2.0, 0.8),
        scale: &|t| (wide * mix(tail, 0.6, smoothstep(0.0, 0.6, t)), thick),
        up: v3(0.0, 1.0, 0.0),
        end: End::Dome,
    };
    let mut parts = vec![stem.build().material(BODY)];
    let bowl = wide * p.range("bowl", 3.0, 5.5);
    let oval = p.range("bowl.oval", 1.0, 1.7);
    let flat = p.chance("flat", 0.35);
    let outline = if flat {
        let end = p.range("bowl.end", 0.6, 1.1);
        Outline::closed(&[
            Through(-bowl * 0.25, -bowl * oval),
            Through(bowl * 0.25, -bowl * oval),
            Through(bowl * 0.85, -bowl * oval * 0.4),
            Corner(bowl * end, bowl * oval),
            Corner(-bowl * end, bowl * oval),
            Through(-bowl * 0.85, -bowl * oval * 0.4),
        ])
    } else {
        let egg = p.range("bowl.egg", -0.2, 0.2);
        Outline::polar(64, |angle| {
            let (s, c) = sin_cos(angle);
            v2(bowl * c * (1.0 + egg * s), bowl * oval * s)
        })
    };
    let deep = if flat {
        0.0
    } else {
        bowl * p.range("bowl.deep", 0.2, 0.6)
    };
    let head = if flat && p.chance("slots", 0.6) {
        let slots = p.count("slots.count", 2, 4);
        let openings: Vec<Outline> = (0..slots)
            .map(|slot| {
                let x = mix(-bowl * 0.6, bowl * 0.6, (slot as f64 + 0.5) / slots as f64);
                super::shapes::shifted(
                    Outline::rectangle(bowl * 0.16, bowl * oval * 0.9, bowl * 0.07),
                    x,
                    bowl * oval * 0.1,
                )
            })
            .collect();
        pierced(&outline, &openings, thick, Edge::Sharp)
    } else {
        plate(&outline, thick, &|q| {
            let k = (q.x / bowl) * (q.x / bowl) + (q.y / (bowl * oval)) * (q.y / (bowl * oval));
            v3(q.x, q.y, deep * (k - 1.0))
        })
    };
    parts.push(
        head.placed(&upright(0.0, long + bowl * oval * 0.9))
            .material(METAL),
    );
    parts
}

/// A wash basin: bowl sunk into a block or standing free, drain, perhaps a pedestal.
pub(super) fn basin(p: &Params) -> Vec<Part> {
    let width = p.range("width", 40.0, 70.0);
    let depth = width * p.range("depth", 0.6, 0.95);
    let tall = p.range("tall", 10.0, 18.0);
    let wall = p.range("wall", 1.0, 4.0);
    let square = p.chance("square", 0.5);
    let round = depth * p.range("round", 0.08, 0.45);
    let scale = depth / width;
    let section = |r: f64, angle: f64| {
        let (s, c) = sin_cos(angle);
        if square {
            // A superellipse lies between the circle and the square.
            let n = 2.0 + 3.0 * (1.0 - round / depth);
            let k = (c.abs().max(s.abs()) * 1.0).max(1e-9);
            let soft = mix(1.0, 1.0 / k, (n - 2.0) / 3.0 * 0.8);
            v2(r * c * soft, r * s * soft * scale)
        } else {
            v2(r * c, r * s * scale)
        }
    };
    let foot = p.range("foot", 0.45, 0.9);
    let radius = width / 2.0;
    let profile = Outline::open(&[
        Corner(0.0, 0.0),
        Corner(radius * foot, 0.0),
        Through(radius * mix(foot, 1.0, 0.75), tall * 0.4),
        Corner(radius, tall),
        Corner(radius - wall, tall),
        Through(radius * mix(foot, 1.0, 0.6) - wall, tall * 0.45),
        Through(radius * foot * 0.55, tall * 0.2),
        Corner(0.0, tall * 0.17),
    ])
    .refined(tall / 10.0);
    let bowl = Lathe {
        profile: &profile,
        steps: 96,
        seams: &[],
        shape: &|angle, q| {
            let at = section(q.x, angle);
            v3(at.x, at.y, q.y)
        },
    };
    let lift = if p.chance("pedestal", 0.35) {
        p.range("pedestal.tall", 50.0, 65.0)
    } else {
        0.0
    };
    let mut parts = vec![
        bowl.build()
            .placed(&Placement::at(0.0, 0.0, lift))
            .material(BODY),
    ];
    let drain = turned(&[
        Corner(0.0, 0.0),
        Corner(2.2, 0.0),
        Corner(2.2, 0.3),
        Corner(1.5, 0.3),
        Corner(1.5, 0.15),
        Corner(0.0, 0.15),
    ]);
    parts.push(
        drain
            .placed(&Placement::at(0.0, 0.0, lift + tall * 0.17))
            .material(METAL),
    );
    if lift > 0.0 {
        let waist = width * p.range("pedestal.waist", 0.12, 0.25);
        let column = turned(&[
            Corner(0.0, 0.0),
            Corner(waist * 1.4, 0.0),
            Through(waist, lift * 0.4),
            Corner(waist * 1.5, lift + 1.0),
            Corner(0.0, lift + 1.0),
        ]);
        parts.push(column.material(SECOND));
    }
    if p.chance("shelf", 0.4) {
        let board = rounded_box(
            width * p.range("shelf.wide", 0.9, 1.3),
            depth * 0.3,
            2.4,
            1.0,
            Edge::Round(0.5),
        );
        parts.push(
            board
                .placed(&Placement::at(0.0, depth * 0.52, lift + tall - 2.4))
                .material(SECOND),
        );
    }
    parts
}

/// A table fan: foot, stem, cage, blades.
pub(super) fn fan(p: &Params) -> Vec<Part> {
    let cage = p.range("cage", 12.0, 20.0);
    let stem = p.range("stem", 8.0, 30.0);
    let foot = cage * p.range("foot", 0.5, 0.85);
    let base = if p.chance("foot.square", 0.3) {
        rounded_box(foot * 2.0, foot * 1.6, 2.0, foot * 0.3, Edge::Round(0.6))
    } else {
        turned(&[
            Corner(0.0, 0.0),
            Corner(foot, 0.0),
            Corner(foot, 0.8),
            Through(foot * 0.6, p.range("dome", 1.6, 4.0)),
            Corner(0.0, 4.5),
        ])
    };
    let mut parts = vec![base.material(BODY)];
    let middle = stem + cage;
    parts.push(
        bar(
            v3(0.0, 2.5, 1.0),
            v3(0.0, 2.5, middle),
            p.range("stem.thick", 0.8, 1.8),
            0.85,
            false,
        )
        .material(BODY),
    );
    let deep = cage * p.range("deep", 0.25, 0.4);
    let motor = turned(&[
        Corner(0.0, 0.0),
        Through(cage * 0.2, deep * 0.1),
        Corner(cage * 0.26, deep * 0.6),
        Corner(cage * 0.26, deep * 1.1),
        Corner(0.0, deep * 1.2),
    ]);
    let facing = Placement::IDENTITY.turn_x(FRAC_TURN_4);
    parts.push(
        motor
            .placed(&facing)
            .placed(&Placement::at(0.0, deep * 1.4, middle))
            .material(SECOND),
    );
    let rings = p.count("rings", 2, 6);
    for ring in 0..rings {
        let k = (ring as f64 + 1.0) / rings as f64;
        let bulge = -deep * (1.0 - k * k);
        let path: Vec<_> = (0..56)
            .map(|i| {
                let (s, c) = sin_cos(TURN * f64::from(i) / 56.0);
                v3(cage * k * c, bulge, middle + cage * k * s)
            })
            .collect();
        parts.push(
            tube(
                &path,
                if ring + 1 == rings { 0.6 } else { 0.22 },
                End::Joined,
            )
            .material(METAL),
        );
    }
    let wires = p.count("wires", 8, 20);
    let lean = p.range("lean", -0.5, 0.5);
    for wire in 0..wires {
        let angle = TURN * wire as f64 / wires as f64;
        let path: Vec<_> = (0..=8)
            .map(|i| {
                let k = mix(0.2, 1.0, f64::from(i) / 8.0);
                let (s, c) = sin_cos(angle + lean * k);
                v3(cage * k * c, -deep * (1.0 - k * k), middle + cage * k * s)
            })
            .collect();
        parts.push(tube(&path, 0.18, End::Flat).material(METAL));
    }
    let blades = p.count("blades", 3, 6);
    let broad = p.range("blade.broad", 0.25, 0.45);
    for blade in 0..blades {
        let outline = Outline::closed(&[
            Through(cage * 0.1, -cage * 0.08),
            Through(cage * 0.6, -cage * broad * 0.6),
            Through(cage * 0.86, 0.0),
            Through(cage * 0.6, cage * broad),
            Through(cage * 0.1, cage * 0.1),
        ]);
        let place = Placement::IDENTITY
            .turn_x(0.25)
            .turn_z(TURN * blade as f64 / blades as f64);
        let piece = slab(&outline, 0.25, Edge::Sharp)
            .placed(&place)
            .placed(&facing);
        parts.push(
            piece
                .placed(&Placement::at(0.0, 0.4, middle))
                .material(ACCENT),
        );
    }
    let badge = cage * p.range("badge", 0.12, 0.22);
    parts.push(
        slab(&circle(0.0, 0.0, badge), 0.5, Edge::Round(0.12))
            .placed(&upright(-deep * 0.98, middle))
            .material(SECOND),
    );
    parts
}

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
