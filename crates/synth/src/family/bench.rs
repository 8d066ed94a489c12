//! Benches and stools.

use super::legs::{bar, legs};
use super::material::{BODY, SECOND};
use crate::math::{FRAC_TURN_4, Placement, v3};
use crate::random::Params;
use crate::solid::{Edge, Extrusion, Node, Outline, Part, rounded_box};

/// A bench or stool: a long seat in one piece or of slats, sometimes with a back.
pub(super) fn bench(p: &Params) -> Vec<Part> {
    let width = p.range("width", 40.0, 150.0);
    let depth = p.range("depth", 30.0, 48.0).min(width);
    let height = p.range("height", 36.0, 48.0);
    let thick = p.range("thick", 2.0, 7.0);
    let leg = p.range("leg", 1.4, 3.2);
    let mut parts = Vec::new();
    if p.chance("panel-ends", 0.3) {
        let board = p.range("panel", 2.5, 6.0);
        let inset = p.range("panel.inset", 0.0, 0.2) * width;
        for s in [1.0, -1.0] {
            let taper = p.range("panel.taper", 0.6, 1.0);
            let outline = Outline::closed(&[
                Node::Corner(-depth * 0.48 * taper, 0.0),
                Node::Corner(depth * 0.48 * taper, 0.0),
                Node::Corner(depth * 0.48, height + 0.2),
                Node::Corner(-depth * 0.48, height + 0.2),
            ]);
            let end = Extrusion {
                outline: &outline,
                holes: &[],
                height: board,
                edge: Edge::Sharp,
            };
            let place = Placement::IDENTITY
                .turn_x(FRAC_TURN_4)
                .turn_z(FRAC_TURN_4)
                .shift(s * (width / 2.0 - inset - board) - board / 2.0, 0.0, 0.0);
            parts.push(end.build().placed(&place).material(BODY));
        }
    } else {
        parts.extend(legs(p, width, depth, height, leg));
    }
    let slats = if p.chance("slatted", 0.5) {
        p.count("slats", 3, 9)
    } else {
        1
    };
    let gap = p.range("gap", 0.18, 0.45);
    let pitch = depth / slats as f64;
    for slat in 0..slats {
        let wide = if slats == 1 {
            depth
        } else {
            pitch * (1.0 - gap)
        };
        let y = -depth / 2.0 + pitch * (slat as f64 + 0.5);
        let corner = if slats == 1 {
            depth * p.range("round", 0.0, 0.5)
        } else {
            0.3
        };
        let board = rounded_box(
            width,
            wide,
            thick,
            corner,
            Edge::Round(p.range("edge", 0.1, 0.45) * thick),
        );
        parts.push(
            board
                .placed(&Placement::at(0.0, y, height))
                .material(SECOND),
        );
    }
    if slats > 1 {
        for s in [1.0, -1.0] {
            let rail = rounded_box(leg * 2.0, depth * 0.98, leg * 2.0, 0.1, Edge::Sharp);
            let place = Placement::at(s * width * 0.38, 0.0, height - leg * 1.8);
            parts.push(rail.placed(&place).material(BODY));
        }
    }
    if p.chance("back", 0.4) {
        let tall = p.range("back.tall", 24.0, 42.0);
        let lean = p.range("back.lean", 0.05, 0.3);
        let rails = p.count("back.rails", 1, 4);
        let y = depth / 2.0 - leg * 0.5;
        for s in [1.0, -1.0] {
            let x = s * width * 0.38;
            let post = bar(
                v3(x, y, height - leg),
                v3(x, y + lean * tall, height + tall),
                leg,
                0.9,
                true,
            );
            parts.push(post.material(BODY));
        }
        for rail in 0..rails {
            let t = (rail as f64 + 0.9) / rails as f64;
            let high = tall / rails as f64 * p.range("back.board", 0.4, 0.75);
            let board = rounded_box(width, thick * 0.7, high, 0.2, Edge::Round(0.2));
            let place = Placement::IDENTITY.turn_x(-lean).shift(
                0.0,
                y + lean * tall * t - leg * 1.2,
                height + tall * t - high,
            );
            parts.push(board.placed(&place).material(SECOND));
        }
    }
    parts
}
