//! Cups, bowls and teapots.

use super::material::{ACCENT, BODY, SECOND};
use super::ornament::{Wall, decorate};
use super::section::Section;
use crate::math::{Placement, mix, v3};
use crate::random::Params;
use crate::solid::Node::{Corner, Round, Through};
use crate::solid::{End, Lathe, Outline, Part, Sweep, bent_path, revolve, spline_path, tube};

/// A handle: a strap or a round bar along a path in the xz plane.
fn ear(p: &Params, path: &[crate::math::Vec3], thick: f64) -> Part {
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
        let inner = |z: f64| {
            let straight = mix(bottom, top, z / height);
            (if curved {
                mix(straight, belly, 0.6)
            } else {
                straight
            }) - wall * 0.6
        };
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

/// A bowl: shallow or deep, on a foot or flat, with grips or a lid sometimes.
pub(super) fn bowl(p: &Params) -> Vec<Part> {
    let radius = p.range("radius", 6.0, 15.0);
    let height = radius * p.range("height", 0.35, 0.95);
    let foot = radius * p.range("foot", 0.3, 0.7);
    let rise = height * p.range("rise", 0.04, 0.3);
    let wall = radius * p.range("wall", 0.025, 0.06);
    let fullness = p.range("fullness", 0.55, 0.95);
    let section = Section::draw(p, rise, height, false);
    let middle = (mix(foot, radius, fullness), mix(rise, height, 0.45));
    let mut nodes = vec![
        Corner(0.0, 0.0),
        Corner(foot, 0.0),
        Corner(foot * p.range("foot.taper", 0.75, 1.0), rise),
        Through(middle.0, middle.1),
    ];
    if p.chance("flange", 0.3) {
        let flange = radius * p.range("flange.width", 0.06, 0.25);
        nodes.push(Corner(radius, height));
        nodes.push(Corner(radius + flange, height + wall * 0.5));
        nodes.push(Corner(radius + flange, height + wall * 1.5));
        nodes.push(Corner(radius - wall, height + wall));
    } else {
        nodes.push(Corner(radius, height));
        nodes.push(Corner(radius - wall, height));
    }
    nodes.push(Through(middle.0 - wall * 1.2, middle.1 + wall * 0.6));
    nodes.push(Corner(0.0, rise + wall));
    let profile = Outline::open(&nodes).refined(height / 14.0);
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
        from: rise * 1.1,
        to: height * 0.96,
    };
    decorate(&mut body, &outside, p, 0.35);
    let mut parts = vec![body.material(BODY)];
    if p.chance("grips", 0.25) {
        let high = height * p.range("grip.high", 0.7, 0.95);
        let wide = radius * p.range("grip.wide", 0.2, 0.4);
        let reach = radius * p.range("grip.reach", 1.12, 1.35);
        let path = bent_path(
            &[
                v3(radius * 0.9, -wide, high),
                v3(reach, -wide * 0.9, high),
                v3(reach, wide * 0.9, high),
                v3(radius * 0.9, wide, high),
            ],
            wide * p.range("grip.round", 0.2, 0.8),
        );
        let grip = tube(
            &path,
            radius * p.range("grip.thick", 0.025, 0.05),
            End::Flat,
        )
        .material(SECOND);
        parts.push(grip.clone().mirrored());
        parts.push(grip);
    } else if p.chance("lid", 0.3) {
        parts.extend(lid(p, radius * 0.99, height - wall * 0.3));
    }
    parts
}

fn lid(p: &Params, radius: f64, at: f64) -> [Part; 2] {
    let dome = radius * p.range("lid.dome", 0.08, 0.45);
    let profile = Outline::open(&[
        Corner(0.0, 0.0),
        Corner(radius, 0.0),
        Corner(radius * 1.01, radius * 0.05),
        Through(radius * 0.7, dome * 0.75),
        Corner(0.0, dome),
    ]);
    let knob = radius * p.range("knob", 0.1, 0.22);
    let stalk = p.range("knob.stalk", 0.4, 0.8);
    let tall = p.range("knob.tall", 0.6, 1.3);
    let knob_profile = Outline::open(&[
        Corner(0.0, -knob * 0.4),
        Corner(knob * stalk, -knob * 0.4),
        Through(knob * stalk * 0.9, knob * 0.5),
        Through(knob, knob * (0.5 + tall)),
        Corner(0.0, knob * (1.0 + tall)),
    ]);
    let turned = |profile: &Outline| {
        Lathe {
            profile,
            steps: 80,
            seams: &[],
            shape: &revolve,
        }
        .build()
    };
    [
        turned(&profile)
            .placed(&Placement::at(0.0, 0.0, at))
            .material(BODY),
        turned(&knob_profile)
            .placed(&Placement::at(0.0, 0.0, at + dome))
            .material(ACCENT),
    ]
}

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
