//! Phones and tablets.

use super::material::{ACCENT, BODY, METAL, SECOND};
use super::shapes::{circle, shifted, slab, trace, turned, upright};
use crate::math::{Placement, TURN, v2};
use crate::random::Params;
use crate::solid::Node::Corner;
use crate::solid::{Edge, Ink, Outline, Part, rounded_box};

/// A telephone or tablet: slab, screen, cameras, keys, openings.
pub(super) fn phone(p: &Params) -> Vec<Part> {
    let width = p.range("width", 6.6, 9.0);
    let height = width * p.range("height", 1.5, 2.3);
    let deep = p.range("deep", 0.6, 1.1);
    let corner = width * p.range("corner", 0.05, 0.2);
    let mut body = slab(
        &Outline::rectangle(width, height, corner),
        deep,
        Edge::Round(deep * p.range("edge", 0.08, 0.42)),
    );
    // The slab's upper face is the front.
    let margin = width * p.range("margin", 0.03, 0.1);
    let chin = height * p.range("chin", 0.0, 0.09);
    let screen = shifted(
        Outline::rectangle(
            width - 2.0 * margin,
            height - 2.0 * margin - chin,
            (corner - margin).max(0.1),
        ),
        0.0,
        chin * p.range("chin.at", 0.0, 0.5),
    );
    trace(&mut body, &screen, deep + 0.005, Ink::Ornament);
    match p.choice("eye", 4) {
        0 => trace(
            &mut body,
            &circle(0.0, height / 2.0 - margin - 0.5, 0.18),
            deep + 0.005,
            Ink::Hole,
        ),
        1 => {
            let notch = Outline::rectangle(width * p.range("notch", 0.2, 0.5), 0.5, 0.22);
            trace(
                &mut body,
                &shifted(notch, 0.0, height / 2.0 - margin - 0.3),
                deep + 0.005,
                Ink::Ornament,
            );
        }
        2 => trace(
            &mut body,
            &circle(
                0.0,
                -height / 2.0 + margin + chin * 0.5,
                (chin * 0.35).max(0.15),
            ),
            deep + 0.005,
            Ink::Ornament,
        ),
        _ => {}
    }
    let mut parts = vec![body.material(BODY)];
    // The cameras stand out at the back.
    let lenses = p.count("lenses", 1, 4);
    let lens = width * p.range("lens", 0.06, 0.1);
    let island = p.choice("island", 3);
    let (cx, cy) = (if island == 1 { 0.0 } else { width * 0.25 }, height * 0.36);
    if island < 2 {
        let size = lens * (lenses as f64 * 1.3 + 1.6);
        let outline = if island == 0 {
            Outline::rectangle(lens * 3.6, size * 1.05, lens)
        } else {
            Outline::rectangle(width * 0.82, lens * 3.4, lens * 1.2)
        };
        let raised = slab(&shifted(outline, cx, cy), 0.25, Edge::Bevel(0.05));
        parts.push(
            raised
                .placed(&Placement::at(0.0, 0.0, -0.2))
                .material(SECOND),
        );
    }
    for index in 0..lenses {
        let step = (index as f64 - (lenses - 1) as f64 / 2.0) * lens * 2.5;
        let at = if island == 1 {
            v2(cx + step, cy)
        } else {
            v2(cx, cy + step)
        };
        let eye = turned(&[
            Corner(0.0, 0.0),
            Corner(lens, 0.0),
            Corner(lens * 0.92, 0.22),
            Corner(lens * 0.7, 0.22),
            Corner(lens * 0.66, 0.12),
            Corner(0.0, 0.12),
        ]);
        parts.push(
            eye.placed(
                &Placement::IDENTITY
                    .turn_x(TURN / 2.0)
                    .shift(at.x, at.y, -0.2),
            )
            .material(METAL),
        );
    }
    let keys = p.count("keys", 1, 3);
    for key in 0..keys {
        let long = p.range(&format!("key.{key}"), 0.6, 1.8);
        let button = rounded_box(0.16, long, 0.3, 0.1, Edge::Sharp);
        let side = if key == 0 { 1.0 } else { -1.0 };
        parts.push(
            button
                .placed(&Placement::at(
                    side * width / 2.0,
                    height * (0.3 - 0.14 * key as f64),
                    deep * 0.35,
                ))
                .material(ACCENT),
        );
    }
    let place = upright(0.0, height / 2.0);
    parts.into_iter().map(|part| part.placed(&place)).collect()
}
