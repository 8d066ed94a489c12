//! What several families are made of.

use crate::math::{FRAC_TURN_4, Placement, TURN, Vec2, sin_cos, v2, v3};
use crate::solid::{Edge, Extrusion, Ink, Lathe, Node, Outline, Part, revolve};

/// Steps around a turned body.
const STEPS: usize = 72;

/// Turns what lies on the xy plane so that it stands upright and its upper face looks to the front.
pub(super) fn upright(y: f64, z: f64) -> Placement {
    Placement::IDENTITY.turn_x(FRAC_TURN_4).shift(0.0, y, z)
}

/// A ball about the origin.
pub(super) fn ball(radius: f64) -> Part {
    let half: Vec<_> = (0..=24)
        .map(|i| {
            let (s, c) = sin_cos(f64::from(i) * TURN / 48.0);
            v2(radius * s, -radius * c)
        })
        .collect();
    let last = half.len() - 1;
    let corners = (0..half.len()).map(|i| i == 0 || i == last).collect();
    let profile = Outline {
        points: half,
        corners,
        closed: false,
    };
    Lathe {
        profile: &profile,
        steps: 56,
        seams: &[],
        shape: &revolve,
    }
    .build()
}

/// A body turned about the z axis. The nodes lead from its lowest to its highest point along the
/// outside, x being the radius.
pub(super) fn turned(nodes: &[Node]) -> Part {
    Lathe {
        profile: &Outline::open(nodes),
        steps: STEPS,
        seams: &[],
        shape: &revolve,
    }
    .build()
}

/// A flat piece on the xy plane.
pub(super) fn slab(outline: &Outline, height: f64, edge: Edge) -> Part {
    pierced(outline, &[], height, edge)
}

/// A flat piece with openings, which lie inside its outline and apart.
pub(super) fn pierced(outline: &Outline, openings: &[Outline], height: f64, edge: Edge) -> Part {
    let holes: Vec<Outline> = openings.iter().cloned().map(Outline::reversed).collect();
    Extrusion {
        outline,
        holes: &holes,
        height,
        edge,
    }
    .build()
}

/// An outline about another middle.
pub(super) fn shifted(outline: Outline, x: f64, y: f64) -> Outline {
    outline.map(|q| v2(q.x + x, q.y + y))
}

/// A circle about a point.
pub(super) fn circle(x: f64, y: f64, radius: f64) -> Outline {
    shifted(Outline::ellipse(radius, radius, 40), x, y)
}

/// Draws a closed line on the plane at height `z`.
pub(super) fn trace(part: &mut Part, outline: &Outline, z: f64, ink: Ink) {
    let points = outline.points.iter().chain(outline.points.first());
    part.add_curve(points.map(|q| v3(q.x, q.y, z)).collect(), ink);
}

/// Draws an open line on the plane at height `z`.
pub(super) fn line(part: &mut Part, points: &[Vec2], z: f64) {
    part.add_curve(
        points.iter().map(|q| v3(q.x, q.y, z)).collect(),
        Ink::Ornament,
    );
}
