//! Pans, pots, spoons.

use super::material::{BODY, METAL, SECOND};
use super::section::Section;
use super::shapes::{ball, pierced, shifted, turned, upright};
use crate::math::{Placement, TURN, mix, sin_cos, smoothstep, v2, v3};
use crate::random::Params;
use crate::solid::Node::{Corner, Through};
use crate::solid::{Edge, End, Lathe, Outline, Part, Sweep, cylinder, plate, tube};

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
                shifted(
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
