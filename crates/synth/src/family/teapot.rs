//! Teapots and kettles.

use super::bowl::lid;
use super::cup::ear;
use super::material::{BODY, SECOND};
use super::ornament::{Wall, decorate};
use super::section::Section;
use crate::math::{mix, v3};
use crate::random::Params;
use crate::solid::Node::{Corner, Round, Through};
use crate::solid::{End, Lathe, Outline, Part, Sweep, bent_path, spline_path};

/// A teapot or kettle: body, spout, handle, lid.
pub(super) fn teapot(p: &Params) -> Vec<Part> {
    let radius = p.range("radius", 5.0, 8.5);
    let height = radius * p.range("height", 1.1, 2.2);
    let base = radius * p.range("base", 0.55, 0.98);
    let opening = radius * p.range("opening", 0.35, 0.75);
    let belly_at = height * p.range("belly.at", 0.3, 0.6);
    let section = Section::draw(p, 0.0, height, true);
    let mut nodes = vec![Corner(0.0, 0.0)];
    if p.chance("straight", 0.3) {
        nodes.push(Round(radius, 0.0, radius * 0.15));
        let round = radius * p.range("shoulder.round", 0.1, 0.5);
        nodes.push(Round(
            mix(radius, opening, p.range("cone", 0.0, 0.7)),
            height,
            round,
        ));
    } else {
        nodes.push(Corner(base, 0.0));
        nodes.push(Through(radius, belly_at));
        nodes.push(Through(
            mix(radius, opening, 0.55),
            mix(belly_at, height, 0.75),
        ));
    }
    nodes.push(Corner(opening, height));
    nodes.push(Corner(0.0, height));
    let profile = Outline::open(&nodes).refined(height / 20.0);
    let mut body = Lathe {
        profile: &profile,
        steps: section.steps,
        seams: &section.seams,
        shape: &|angle, point| section.shape(angle, point),
    }
    .build();
    let wall = Wall {
        profile: &profile,
        section: &section,
        from: height * 0.1,
        to: height * 0.7,
    };
    decorate(&mut body, &wall, p, 0.55);
    let mut parts = vec![body.material(BODY)];
    parts.extend(lid(p, opening * 0.97, height - 0.05));

    let spout_low = height * p.range("spout.low", 0.2, 0.5);
    let spout_high = height * p.range("spout.high", 0.75, 1.05);
    let reach = radius * p.range("spout.reach", 1.5, 2.1);
    let sag = p.range("spout.sag", 0.15, 0.7);
    let path = spline_path(
        &[
            v3(-radius * 0.75, 0.0, spout_low),
            v3(
                -mix(radius, reach, 0.4),
                0.0,
                mix(spout_low, spout_high, sag),
            ),
            v3(
                -mix(radius, reach, 0.75),
                0.0,
                mix(spout_low, spout_high, 0.75),
            ),
            v3(-reach, 0.0, spout_high),
        ],
        10,
    );
    let (thick, tip) = (
        radius * p.range("spout.thick", 0.16, 0.3),
        p.range("spout.tip", 0.35, 0.7),
    );
    let spout = Sweep {
        path: &path,
        section: &Outline::ellipse(1.0, 1.0, 32),
        scale: &|t| {
            let k = thick * mix(1.0, tip, t);
            (k, k)
        },
        up: v3(0.0, 1.0, 0.0),
        end: End::Flat,
    };
    parts.push(spout.build().material(BODY));

    let thick = radius * p.range("handle.thick", 0.05, 0.1);
    let path = if p.chance("handle.over", 0.35) {
        let top = height + radius * p.range("handle.arch", 0.7, 1.5);
        let foot = (radius * 0.75, height * 0.85);
        bent_path(
            &[
                v3(-foot.0, 0.0, foot.1),
                v3(-foot.0, 0.0, top),
                v3(foot.0, 0.0, top),
                v3(foot.0, 0.0, foot.1),
            ],
            radius * p.range("handle.round", 0.2, 0.7),
        )
    } else {
        let out = radius * p.range("handle.out", 1.5, 1.95);
        let (high, low) = (height * p.range("handle.high", 0.75, 0.92), height * 0.25);
        spline_path(
            &[
                v3(radius * 0.7, 0.0, high),
                v3(
                    mix(radius, out, 0.8),
                    0.0,
                    high * p.range("handle.rise", 0.98, 1.1),
                ),
                v3(out, 0.0, mix(low, high, 0.55)),
                v3(mix(radius, out, 0.5), 0.0, mix(low, high, 0.15)),
                v3(radius * 0.85, 0.0, low),
            ],
            10,
        )
    };
    parts.push(ear(p, &path, thick).material(SECOND));
    parts
}
