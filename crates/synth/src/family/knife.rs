//! Knives.

use super::material::{ACCENT, METAL, SECOND};
use crate::math::{FRAC_TURN_4, Placement, TURN, mix, sin_cos, v3};
use crate::random::Params;
use crate::solid::Node::{Corner, Round, Through};
use crate::solid::{Edge, Extrusion, Ink, Outline, Part, cylinder, rounded_box};

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
