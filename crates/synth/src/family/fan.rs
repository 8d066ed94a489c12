//! Fans.

use super::legs::bar;
use super::material::{ACCENT, BODY, METAL, SECOND};
use super::shapes::{circle, slab, turned, upright};
use crate::math::{FRAC_TURN_4, Placement, TURN, mix, sin_cos, v3};
use crate::random::Params;
use crate::solid::Node::{Corner, Through};
use crate::solid::{Edge, End, Outline, Part, rounded_box, tube};

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
