//! Vases.

use super::material::{BODY, SECOND};
use super::ornament::{Wall, decorate};
use super::section::Section;
use crate::math::{Vec2, mix, sin_cos, smoothstep, v3};
use crate::random::Params;
use crate::solid::Node::{Corner, Through};
use crate::solid::{End, Lathe, Outline, Part, spline_path, tube};

/// A vase: a flowing wall, often fluted or twisted, sometimes with a wavy mouth or two handles.
pub(super) fn vase(p: &Params) -> Vec<Part> {
    let height = p.range("height", 14.0, 36.0);
    let belly = height * p.range("belly", 0.16, 0.42);
    let belly_at = height * p.range("belly.at", 0.25, 0.75);
    let foot = belly * p.range("foot", 0.35, 0.9);
    let neck = belly * p.range("neck", 0.25, 0.9);
    let neck_at = mix(belly_at, height, p.range("neck.at", 0.5, 0.85));
    let mouth = neck * p.range("mouth", 0.9, 1.9);
    let wall = belly * p.range("wall", 0.05, 0.1);
    let section = Section::draw(p, 0.0, height, false);
    let angular = p.chance("angular", 0.25);
    let node = |x, y| if angular { Corner(x, y) } else { Through(x, y) };

    let mut nodes = vec![Corner(0.0, 0.0)];
    if p.chance("pedestal", 0.3) {
        let stem = foot * p.range("stem", 0.35, 0.65);
        let stem_at = belly_at * p.range("stem.at", 0.2, 0.4);
        nodes.push(Corner(foot, 0.0));
        nodes.push(Corner(foot, height * 0.02));
        nodes.push(node(stem, stem_at));
        nodes.push(node(mix(stem, belly, 0.7), mix(stem_at, belly_at, 0.5)));
    } else {
        nodes.push(Corner(foot, 0.0));
    }
    nodes.push(node(belly, belly_at));
    nodes.push(node(neck, neck_at));
    nodes.push(Corner(mouth, height));
    nodes.push(Corner(mouth - wall, height));
    nodes.push(node(neck - wall, neck_at));
    nodes.push(node(belly - wall * 1.5, belly_at));
    nodes.push(Corner(0.0, height * 0.12));
    let profile = Outline::open(&nodes).refined(height / 30.0);

    let waves = p.count("waves", 3, 9) as f64;
    let swing = if p.chance("wavy", 0.25) {
        height * p.range("wave", 0.01, 0.05)
    } else {
        0.0
    };
    let lean = if p.chance("leaning", 0.2) {
        p.range("lean", -0.25, 0.25)
    } else {
        0.0
    };
    let shape = |angle: f64, point: Vec2| {
        let mut at = section.shape(angle, point);
        let rise = smoothstep(neck_at, height, point.y);
        at.z += swing * rise * sin_cos(angle * waves).0;
        let t = point.y / height;
        at.x += lean * height * t * t;
        at
    };
    let mut body = Lathe {
        profile: &profile,
        steps: section.steps.max(if swing > 0.0 { 144 } else { 0 }),
        seams: &section.seams,
        shape: &shape,
    }
    .build();
    let outside = Wall {
        profile: &profile,
        section: &section,
        from: height * 0.08,
        to: neck_at,
    };
    if lean == 0.0 {
        decorate(&mut body, &outside, p, 0.4);
    }
    let mut parts = vec![body.material(BODY)];
    if lean == 0.0 && p.chance("handles", 0.25) {
        let reach = belly.max(neck) + height * p.range("handle.reach", 0.03, 0.14);
        let thick = height * p.range("handle.thick", 0.012, 0.028);
        let top = mix(belly_at, height, p.range("handle.top", 0.4, 0.85));
        let inner = |z: f64| outside.inside(z, wall * 0.6);
        let path = spline_path(
            &[
                v3(inner(belly_at), 0.0, belly_at),
                v3(reach, 0.0, mix(belly_at, top, 0.45)),
                v3(reach * 0.97, 0.0, mix(belly_at, top, 0.85)),
                v3(inner(top), 0.0, top),
            ],
            12,
        );
        let handle = tube(&path, thick, End::Flat).material(SECOND);
        parts.push(handle.clone().mirrored());
        parts.push(handle);
    }
    parts
}
