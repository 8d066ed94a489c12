//! Door handles.

use super::material::{ACCENT, BODY, METAL, SECOND};
use crate::math::{FRAC_TURN_4, Placement, mix, v3};
use crate::random::Params;
use crate::solid::{
    Edge, End, Outline, Part, Sweep, bent_path, cylinder, rounded_box, spline_path,
};

/// A lever handle on its rose or plate, the door behind it.
pub(super) fn door_handle(p: &Params) -> Vec<Part> {
    let length = p.range("length", 9.5, 14.0);
    let thick = p.range("thick", 0.75, 1.25);
    let out = p.range("out", 4.0, 6.0);
    let mut parts = Vec::new();
    // Built upright on the floor, then turned so that the door is behind.
    let deep = p.range("rose.deep", 0.6, 1.3);
    let size = p.range("rose.size", 2.2, 3.1);
    match p.choice("rose", 4) {
        0 => parts.push(
            cylinder(
                size,
                size * p.range("rose.taper", 0.8, 1.0),
                deep,
                deep * 0.2,
            )
            .material(SECOND),
        ),
        1 => parts.push(
            rounded_box(
                size * 1.8,
                size * 1.8,
                deep,
                size * p.range("rose.round", 0.0, 0.5),
                Edge::Round(deep * 0.25),
            )
            .material(SECOND),
        ),
        _ => {
            let long = p.range("plate.long", 14.0, 24.0);
            let wide = size * p.range("plate.wide", 1.3, 1.9);
            let shift = -long * p.range("plate.shift", 0.1, 0.3);
            let plate = rounded_box(
                wide,
                long,
                deep,
                wide * p.range("plate.round", 0.0, 0.49),
                Edge::Bevel(deep * 0.25),
            );
            parts.push(
                plate
                    .placed(&Placement::at(0.0, shift, 0.0))
                    .material(SECOND),
            );
            let keyhole = cylinder(size * 0.42, size * 0.38, deep * 0.5, 0.05);
            parts.push(
                keyhole
                    .placed(&Placement::at(0.0, shift * 2.0, deep * 0.75))
                    .material(ACCENT),
            );
        }
    }
    let neck = cylinder(thick * p.range("neck", 0.9, 1.3), thick, out, 0.0);
    parts.push(neck.material(METAL));
    let droop = p.range("droop", -1.6, 1.6);
    let back = p.range("return", 0.0, 1.0);
    let path = match p.choice("lever", 3) {
        0 => bent_path(
            &[
                v3(0.0, 0.0, deep),
                v3(0.0, 0.0, out),
                v3(length, droop * 0.5, out),
                v3(length, droop * 0.5, mix(out, deep * 1.4, back)),
            ],
            p.range("bend", 0.8, 2.6),
        ),
        1 => spline_path(
            &[
                v3(-thick * 0.6, 0.0, out),
                v3(length * 0.35, droop, out + p.range("swing", -0.6, 0.9)),
                v3(length * 0.7, droop * 0.2, out),
                v3(length, -droop * 0.6, out * 0.92),
            ],
            14,
        ),
        _ => bent_path(
            &[
                v3(-thick * p.range("tail", 0.8, 2.5), 0.0, out),
                v3(length * 0.5, droop * 0.3, out),
                v3(length, droop, out),
            ],
            3.0,
        ),
    };
    let flat = p.range("lever.flat", 0.5, 1.6);
    let section = match p.choice("lever.section", 3) {
        0 => Outline::ellipse(1.0, 1.0, 36),
        1 => Outline::rectangle(1.7, 1.8 * flat, 0.12),
        _ => Outline::ellipse(0.8, flat, 36),
    };
    let taper = p.range("lever.taper", 0.6, 1.25);
    let end = if p.chance("lever.dome", 0.4) && path.len() > 2 {
        End::Dome
    } else {
        End::Flat
    };
    let lever = Sweep {
        path: &path,
        section: &section,
        scale: &|t| {
            let k = thick * mix(1.0, taper, t);
            (k, k)
        },
        up: v3(0.0, 1.0, 0.0),
        end,
    };
    parts.push(lever.build().material(METAL));
    // The door is behind: z of the build looks to the viewer.
    let place = Placement::IDENTITY.turn_x(FRAC_TURN_4);
    let coated = p.chance("coated", 0.4);
    parts
        .into_iter()
        .map(|part| match part.material {
            METAL if coated => part.placed(&place).material(BODY),
            _ => part.placed(&place),
        })
        .collect()
}
