//! Chargers.

use super::material::{BODY, METAL, SECOND};
use super::shapes::{shifted, slab, trace, upright};
use crate::math::{Placement, TURN, v3};
use crate::random::Params;
use crate::solid::{Edge, End, Ink, Outline, Part, cylinder, rounded_box, spline_path, tube};

/// A plug-in charger or adapter: box, prongs, sockets, cable.
pub(super) fn charger(p: &Params) -> Vec<Part> {
    let width = p.range("width", 2.6, 6.5);
    let height = width * p.range("height", 0.8, 2.0);
    let deep = width * p.range("deep", 0.45, 1.1);
    let corner = width * p.range("corner", 0.06, 0.4);
    let mut body = slab(
        &Outline::rectangle(width, height, corner),
        deep,
        Edge::Round(deep * p.range("edge", 0.04, 0.2)),
    );
    let sockets = p.count("sockets", 1, 4);
    for socket in 0..sockets {
        let y = (socket as f64 - (sockets - 1) as f64 / 2.0) * height / (sockets as f64 + 0.5);
        let (w, h) = if p.chance(&format!("socket.{socket}"), 0.5) {
            (0.55, 0.2)
        } else {
            (0.75, 0.32)
        };
        let w = w * width / 3.0;
        let h = h * width / 3.0;
        trace(
            &mut body,
            &shifted(Outline::rectangle(w, h, h * 0.45), 0.0, y),
            deep + 0.005,
            Ink::Ornament,
        );
    }
    let mut parts = vec![body.material(BODY)];
    let round = p.chance("prong.round", 0.4);
    let prongs = p.count("prongs", 2, 3);
    for prong in 0..prongs {
        let long = p.range("prong.long", 0.9, 1.7);
        let (x, y) = match prong {
            0 => (-0.65, 0.0),
            1 => (0.65, 0.0),
            _ => (0.0, -0.7),
        };
        let piece = if round {
            cylinder(0.22, 0.2, long, 0.05)
        } else {
            rounded_box(0.16, 0.6, long, 0.03, Edge::Sharp)
        };
        let place = Placement::IDENTITY.turn_x(TURN / 2.0).shift(
            x * width / 3.0,
            y * width / 3.0 + height * p.range("prong.at", -0.1, 0.2),
            0.0,
        );
        parts.push(piece.placed(&place).material(METAL));
    }
    if p.chance("cable", 0.4) {
        let z = deep * 0.5;
        let y = -height / 2.0;
        let path = spline_path(
            &[
                v3(0.0, y + 0.2, z),
                v3(0.0, y - height * 0.3, z),
                v3(width * p.range("cable.x", -0.8, 0.8), y - height * 0.6, z),
                v3(width * p.range("cable.end", -1.0, 1.0), y - height, z),
            ],
            12,
        );
        parts.push(
            tube(&path, 0.18, End::Flat)
                .material(SECOND)
                .unclaimed(p.chance("cable.unclaimed", 0.6)),
        );
    }
    let lift = if p.chance("lying", 0.3) {
        Placement::at(0.0, 0.0, 2.0)
    } else {
        upright(0.0, height * 1.1)
    };
    parts.into_iter().map(|part| part.placed(&lift)).collect()
}
