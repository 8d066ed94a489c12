//! Tools for the hand besides hammers and knives.

use super::material::{ACCENT, BODY, METAL, SECOND};
use super::section::Section;
use super::shapes::{circle, pierced, slab, turned, upright};
use crate::math::{Placement, TURN, mix, sin_cos, v2, v3};
use crate::random::Params;
use crate::solid::{
    Edge, End, Ink, Lathe,
    Node::{Corner, Round, Through},
    Outline, Part, Sweep, cylinder, spline_path, tube,
};

/// A wrench: a jaw on top, a ring or another jaw below.
pub(super) fn wrench(p: &Params) -> Vec<Part> {
    let long = p.range("long", 14.0, 28.0);
    let shaft = p.range("shaft", 0.7, 1.3);
    let jaw = p.range("jaw", 1.8, 3.4);
    let thick = p.range("thick", 0.5, 1.1);
    let mouth = jaw * p.range("mouth", 0.35, 0.6);
    let deep = jaw * p.range("deep", 0.7, 1.1);
    let lean = p.range("lean", -0.3, 0.3) * jaw;
    let head = |y: f64, up: f64| {
        vec![
            Through(jaw, y - up * jaw * 0.2),
            Round(jaw * 0.85, y + up * jaw, 0.3),
            Corner(mouth + lean * 0.4, y + up * jaw * 1.15),
            Corner(mouth * 0.95, y + up * (jaw * 1.1 - deep)),
            Corner(-mouth * 0.95, y + up * (jaw * 1.1 - deep)),
            Corner(-mouth + lean * 0.4, y + up * jaw * 1.15),
            Round(-jaw * 0.85, y + up * jaw, 0.3),
            Through(-jaw, y - up * jaw * 0.2),
        ]
    };
    let ring_below = p.chance("ring", 0.6);
    let ring = jaw * p.range("ring.size", 0.7, 1.0);
    let mut nodes = head(long, 1.0);
    nodes.extend([
        Through(-shaft, long - jaw * 1.6),
        Corner(-shaft, if ring_below { ring } else { jaw * 1.6 }),
    ]);
    let mut openings = Vec::new();
    if ring_below {
        nodes.extend([Through(-ring, 0.0), Through(0.0, -ring), Through(ring, 0.0)]);
        let bore = ring * p.range("bore", 0.45, 0.7);
        openings.push(if p.chance("bore.hexagonal", 0.5) {
            Outline::polygon(p.count("bore.sides", 6, 12), bore, 0.0, 0.1)
        } else {
            circle(0.0, 0.0, bore)
        });
    } else {
        nodes.extend(head(0.0, -1.0).into_iter().rev());
    }
    nodes.extend([
        Corner(shaft, if ring_below { ring } else { jaw * 1.6 }),
        Through(shaft, long - jaw * 1.6),
    ]);
    let outline = Outline::closed(&nodes);
    // Closed lines that enclose material run counter-clockwise.
    let area: f64 = (0..outline.points.len())
        .map(|i| outline.points[i].cross(outline.points[(i + 1) % outline.points.len()]))
        .sum();
    let outline = if area < 0.0 {
        outline.reversed()
    } else {
        outline
    };
    if p.chance("hole", 0.3) {
        openings.push(circle(0.0, long * 0.5, shaft * 0.5));
    }
    let mut body = pierced(&outline, &openings, thick, Edge::Bevel(thick * 0.12));
    if p.chance("recess", 0.6) {
        let (low, high) = (long * 0.3, long * 0.72);
        let w = shaft * 0.55;
        let recess = [(-w, low), (w, low), (w, high), (-w, high), (-w, low)];
        for z in [-0.005, thick + 0.005] {
            body.add_curve(
                recess.iter().map(|&(x, y)| v3(x, y, z)).collect(),
                Ink::Ornament,
            );
        }
    }
    let mut parts = vec![body.material(METAL)];
    if p.chance("sleeve", 0.4) {
        let sleeve = slab(
            &Outline::rectangle(
                shaft * 2.5,
                long * p.range("sleeve.long", 0.25, 0.4),
                shaft * 0.5,
            ),
            thick * 1.5,
            Edge::Round(thick * 0.2),
        );
        parts.push(
            sleeve
                .placed(&Placement::at(0.0, long * 0.4, -thick * 0.25))
                .material(SECOND),
        );
    }
    let place = upright(thick / 2.0, jaw * 1.4);
    parts.into_iter().map(|part| part.placed(&place)).collect()
}

/// A screwdriver: grip, collar, shank, tip.
pub(super) fn screwdriver(p: &Params) -> Vec<Part> {
    let grip = p.range("grip", 8.0, 13.0);
    let radius = p.range("radius", 1.1, 1.9);
    let shank = p.range("shank", 6.0, 18.0);
    let rod = radius * p.range("rod", 0.16, 0.32);
    let section = Section::draw(p, 0.0, grip, true);
    let profile = Outline::open(&[
        Corner(0.0, 0.0),
        Through(radius * p.range("foot", 0.6, 0.95), grip * 0.04),
        Through(radius, grip * p.range("belly", 0.2, 0.4)),
        Through(radius * p.range("waist", 0.6, 0.95), grip * 0.72),
        Corner(radius * p.range("shoulder", 0.6, 0.9), grip),
        Corner(0.0, grip),
    ])
    .refined(grip / 24.0);
    let body = Lathe {
        profile: &profile,
        steps: section.steps,
        seams: &section.seams,
        shape: &|angle, point| section.shape(angle, point),
    };
    let mut parts = vec![
        body.build()
            .placed(&Placement::at(0.0, 0.0, 0.0))
            .material(BODY),
    ];
    parts.push(
        cylinder(
            radius * 0.6,
            radius * p.range("collar", 0.3, 0.55),
            grip * 0.12,
            0.05,
        )
        .placed(&Placement::at(0.0, 0.0, grip - 0.05))
        .material(ACCENT),
    );
    parts.push(
        cylinder(rod, rod, shank, 0.0)
            .placed(&Placement::at(0.0, 0.0, grip))
            .material(METAL),
    );
    let path: Vec<_> = (0..=10)
        .map(|i| v3(0.0, 0.0, grip + shank + f64::from(i) * 0.12 * rod * 2.0))
        .collect();
    let flat = p.range("tip.flat", 0.2, 0.8);
    let tip = Sweep {
        path: &path,
        section: &Outline::rectangle(2.0, 2.0, 0.4),
        scale: &|t| (rod * mix(0.95, 1.3, t), rod * mix(0.95, flat, t)),
        up: v3(0.0, 1.0, 0.0),
        end: End::Flat,
    };
    parts.push(tip.build().material(METAL));
    // It stands on its grip; patents show it upright or lying.
    if p.chance("lying", 0.5) {
        let place = Placement::IDENTITY
            .turn_y(TURN / 4.0)
            .shift(0.0, 0.0, radius);
        parts = parts.into_iter().map(|part| part.placed(&place)).collect();
    }
    parts
}

/// Pliers or scissors: two crossed halves about a pivot.
pub(super) fn pliers(p: &Params) -> Vec<Part> {
    let long = p.range("long", 10.0, 18.0);
    let nose = long * p.range("nose", 0.25, 0.75);
    let handle = p.range("handle", 0.45, 0.8);
    let open = p.range("open", 0.05, 0.3);
    let bow = p.range("bow", 1.0, 2.6);
    let thick = p.range("thick", 0.4, 0.9);
    let looped = p.chance("looped", 0.4);
    let mut parts = Vec::new();
    for side in [-1.0, 1.0] {
        let jaw = p.range("jaw", 0.5, 1.1);
        let blade = Outline::closed(&[
            Corner(0.05, -0.9),
            Through(jaw, -0.3),
            Through(jaw * 0.9, nose * 0.5),
            Corner(0.25, nose),
            Corner(0.05, nose),
        ]);
        let mut part = slab(&blade, thick, Edge::Bevel(thick * 0.1));
        if side < 0.0 {
            part = part.mirrored();
        }
        let turn = Placement::IDENTITY.turn_z(-side * open).shift(
            0.0,
            long,
            if side > 0.0 { 0.0 } else { thick * 0.35 },
        );
        parts.push(part.placed(&turn).material(METAL));
        let mut path = vec![v3(side * -0.2, long - 0.5, thick * 0.6)];
        if looped {
            // The eye that fingers go through.
            let eye = p.range("eye", 1.2, 2.2);
            let centre = v2(side * (bow + eye * 0.6), eye);
            path.push(v3(side * bow * 0.5, long * 0.5, thick * 0.6));
            path.push(v3(side * bow * 0.7, eye * 2.2, thick * 0.6));
            let ring: Vec<_> = (0..40)
                .map(|i| {
                    let (s, c) = sin_cos(TURN * f64::from(i) / 40.0);
                    v3(centre.x + eye * c, centre.y + eye * 1.25 * s, thick * 0.6)
                })
                .collect();
            parts.push(tube(&ring, handle * 0.7, End::Joined).material(BODY));
        } else {
            path.push(v3(side * bow, long * 0.55, thick * 0.6));
            path.push(v3(side * bow * 0.9, long * 0.2, thick * 0.6));
            path.push(v3(
                side * bow * p.range("flare", 0.6, 1.5),
                0.0,
                thick * 0.6,
            ));
        }
        let path = spline_path(&path, 12);
        let grip = Sweep {
            path: &path,
            section: &Outline::ellipse(1.0, 1.0, 32),
            scale: &|t| {
                let k = handle * mix(0.7, 1.0, t);
                (k, k * 0.8)
            },
            up: v3(0.0, 0.0, 1.0),
            end: End::Dome,
        };
        parts.push(grip.build().material(BODY));
    }
    let pivot = turned(&[
        Corner(0.0, 0.0),
        Corner(0.7, 0.0),
        Corner(0.7, thick * 1.6),
        Through(0.4, thick * 1.8),
        Corner(0.0, thick * 1.85),
    ]);
    parts.push(
        pivot
            .placed(&Placement::at(0.0, long - 0.5, -thick * 0.1))
            .material(ACCENT),
    );
    let place = upright(thick, 1.0);
    parts.into_iter().map(|part| part.placed(&place)).collect()
}
