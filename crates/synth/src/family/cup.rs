//! Cups.

use super::material::{BODY, SECOND};
use super::ornament::{Wall, decorate};
use super::section::Section;
use crate::math::{Vec3, mix, v3};
use crate::random::Params;
use crate::solid::Node::{Corner, Round, Through};
use crate::solid::{End, Lathe, Outline, Part, Sweep, bent_path, revolve, spline_path};

/// A handle: a strap or a round bar along a path in the xz plane.
pub(super) fn ear(p: &Params, path: &[Vec3], thick: f64) -> Part {
    let flat = p.range("ear.flat", 0.5, 1.6);
    let section = match p.choice("ear.section", 3) {
        0 => Outline::rectangle(2.0, 2.0 * flat, 0.0),
        1 => Outline::rectangle(2.0, 2.0 * flat, 0.7),
        _ => Outline::ellipse(1.0, flat, 24),
    };
    let slim = p.range("ear.slim", 0.7, 1.0);
    Sweep {
        path,
        section: &section,
        scale: &|t| {
            let k = thick * mix(1.0, slim, 1.0 - (2.0 * t - 1.0).abs());
            (k, k)
        },
        up: v3(0.0, 1.0, 0.0),
        end: End::Flat,
    }
    .build()
}

/// A cup: with an ear or without, on a saucer sometimes.
pub(super) fn cup(p: &Params) -> Vec<Part> {
    let height = p.range("height", 5.0, 13.0);
    let top = p.range("radius", 3.0, 5.2);
    let bottom = top * p.range("bottom", 0.5, 1.05);
    let belly = mix(bottom, top, 0.5) * p.range("belly", 0.88, 1.25);
    let wall = p.range("wall", 0.22, 0.5);
    let section = Section::draw(p, height * 0.1, height, true);
    let curved = p.chance("curved", 0.6);
    let middle = |x: f64, y: f64| {
        if curved {
            vec![Through(x, y)]
        } else {
            Vec::new()
        }
    };
    let mut nodes = vec![Corner(0.0, 0.0)];
    if p.chance("foot", 0.4) {
        let foot = bottom * p.range("foot.radius", 0.55, 0.85);
        let rise = p.range("foot.rise", 0.3, 1.6);
        nodes.push(Corner(foot, 0.0));
        nodes.push(Corner(foot * p.range("foot.waist", 0.7, 1.0), rise));
        nodes.push(Corner(bottom, rise + 0.3));
    } else {
        nodes.push(Round(bottom, 0.0, p.range("base.round", 0.1, 1.6)));
    }
    let belly_at = height * p.range("belly.at", 0.35, 0.7);
    nodes.extend(middle(belly, belly_at));
    nodes.push(Corner(top, height));
    nodes.push(Corner(top - wall, height));
    nodes.extend(middle(belly - wall, belly_at));
    let floor = height * 0.16;
    nodes.push(Round(bottom * 0.9 - wall, floor, 0.8));
    nodes.push(Corner(0.0, floor));
    let profile = Outline::open(&nodes).refined(height / 20.0);
    let mut body = Lathe {
        profile: &profile,
        steps: section.steps,
        seams: &section.seams,
        shape: &|angle, point| section.shape(angle, point),
    }
    .build();
    let outside = Wall {
        profile: &profile,
        section: &section,
        from: height * 0.2,
        to: height * 0.95,
    };
    decorate(&mut body, &outside, p, 0.4);
    let mut parts = vec![body.material(BODY)];

    if p.chance("ear", 0.75) {
        let reach = top.max(belly) + p.range("ear.reach", 1.6, 3.6);
        let high = height * p.range("ear.high", 0.72, 0.9);
        let low = height * p.range("ear.low", 0.2, 0.4);
        let inner = |z: f64| outside.inside(z, wall * 0.5);
        let path = match p.choice("ear.kind", 3) {
            0 => bent_path(
                &[
                    v3(inner(high), 0.0, high),
                    v3(reach, 0.0, high),
                    v3(reach, 0.0, low),
                    v3(inner(low), 0.0, low),
                ],
                p.range("ear.round", 0.3, 2.2),
            ),
            1 => spline_path(
                &[
                    v3(inner(high), 0.0, high),
                    v3(
                        mix(top, reach, 0.75),
                        0.0,
                        high + p.range("ear.rise", 0.0, 1.0),
                    ),
                    v3(reach, 0.0, mix(low, high, 0.6)),
                    v3(mix(top, reach, 0.5), 0.0, mix(low, high, 0.2)),
                    v3(inner(low), 0.0, low),
                ],
                10,
            ),
            _ => bent_path(
                &[
                    v3(inner(high), 0.0, high),
                    v3(reach, 0.0, high + p.range("ear.up", -0.4, 0.8)),
                    v3(inner(low), 0.0, low),
                ],
                p.range("ear.bend", 0.3, 1.4),
            ),
        };
        parts.push(ear(p, &path, p.range("ear.thick", 0.3, 0.55)).material(BODY));
    }
    if p.chance("saucer", 0.22) {
        let rim = top * p.range("saucer.radius", 1.5, 2.0);
        let rise = p.range("saucer.rise", 0.8, 1.8);
        let profile = Outline::open(&[
            Corner(0.0, -0.4),
            Corner(rim * 0.55, -0.4),
            Through(rim * 0.8, rise * 0.4 - 0.4),
            Corner(rim, rise),
            Corner(rim - 0.1, rise + 0.25),
            Through(rim * 0.78, rise * 0.4),
            Corner(rim * 0.52, 0.05),
            Corner(0.0, 0.05),
        ]);
        let saucer = Lathe {
            profile: &profile,
            steps: 96,
            seams: &[],
            shape: &revolve,
        };
        let unclaimed = p.chance("saucer.unclaimed", 0.4);
        parts.push(saucer.build().material(SECOND).unclaimed(unclaimed));
    }
    parts
}
