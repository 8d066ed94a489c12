//! Phones, headphones, chargers, game controllers.

use super::material::{ACCENT, BODY, METAL, SECOND};
use super::shapes::{circle, shifted, slab, trace, turned, upright};
use crate::math::{FRAC_TURN_4, Placement, TURN, Vec2, mix, sin_cos, v2, v3};
use crate::random::Params;
use crate::solid::{
    Edge, End, Ink,
    Node::{Corner, Through},
    Outline, Part, Sweep, cylinder, rounded_box, spline_path, tube,
};

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

/// Headphones: band, cups with cushions, yokes.
pub(super) fn headphones(p: &Params) -> Vec<Part> {
    let half = p.range("half", 7.0, 9.0);
    let tall = p.range("tall", 13.0, 18.0);
    let cup = p.range("cup", 3.0, 4.6);
    let oval = p.range("cup.oval", 1.0, 1.35);
    let deep = p.range("cup.deep", 1.4, 3.0);
    let mut parts = Vec::new();
    let path: Vec<_> = (0..=40)
        .map(|i| {
            let (s, c) = sin_cos(TURN / 2.0 * f64::from(i) / 40.0);
            v3(half * c, 0.0, cup * oval + 1.0 + (tall - cup * oval) * s)
        })
        .collect();
    let wide = p.range("band.wide", 0.6, 1.9);
    let middle = p.range("band.middle", 1.0, 1.7);
    let band = Sweep {
        path: &path,
        section: &Outline::rectangle(2.0, 2.0, p.range("band.round", 0.1, 0.9)),
        scale: &|t| {
            let swell = 1.0 + (middle - 1.0) * 4.0 * t * (1.0 - t);
            (wide * swell, 0.3)
        },
        up: v3(1.0, 0.0, 0.0),
        end: End::Flat,
    };
    parts.push(band.build().material(BODY));
    if p.chance("pad", 0.6) {
        let inner: Vec<_> = path[10..=30]
            .iter()
            .map(|q| v3(q.x * 0.94, q.y, q.z - 0.55))
            .collect();
        let pad = Sweep {
            path: &inner,
            section: &Outline::ellipse(1.0, 1.0, 32),
            scale: &|_| (wide * 1.05, 0.45),
            up: v3(1.0, 0.0, 0.0),
            end: End::Dome,
        };
        parts.push(pad.build().material(SECOND));
    }
    let face = p.choice("cup.face", 4);
    for side in [-1.0, 1.0] {
        let outline = Outline::ellipse(cup, cup * oval, 64);
        let mut shell = slab(
            &outline,
            deep,
            Edge::Round(deep * p.range("cup.edge", 0.15, 0.45)),
        );
        for ring in 0..face {
            let k = 0.85 - 0.25 * ring as f64;
            trace(
                &mut shell,
                &outline.clone().map(|q| q * k),
                deep + 0.005,
                Ink::Ornament,
            );
        }
        let cushion = slab(
            &Outline::ellipse(cup * 0.96, cup * oval * 0.96, 64),
            deep * 0.7,
            Edge::Round(deep * 0.3),
        );
        let out = Placement::IDENTITY
            .turn_x(FRAC_TURN_4)
            .turn_z(FRAC_TURN_4 * side);
        let place = out.shift(side * (half - deep * 0.2), 0.0, cup * oval + 0.3);
        parts.push(shell.placed(&place).material(BODY));
        let inside = Placement::at(0.0, 0.0, -deep * 0.65);
        parts.push(cushion.placed(&inside).placed(&place).material(SECOND));
        if p.chance("yoke", 0.5) {
            let arc: Vec<_> = (0..=24)
                .map(|i| {
                    let (s, c) = sin_cos(TURN / 2.0 * f64::from(i) / 24.0);
                    v3(
                        side * (half + deep * 0.3),
                        c * cup * 1.08,
                        cup * oval + 0.3 + s * cup * oval * 1.08,
                    )
                })
                .collect();
            parts.push(tube(&arc, 0.28, End::Dome).material(METAL));
        }
    }
    parts
}

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

/// A hand-held controller: body with grips, sticks, cross, buttons.
pub(super) fn controller(p: &Params) -> Vec<Part> {
    let width = p.range("width", 13.0, 17.0);
    let tall = width * p.range("tall", 0.38, 0.5);
    let grip = width * p.range("grip", 0.14, 0.3);
    let (x, y) = (width / 2.0, tall / 2.0);
    let waist = p.range("waist", 0.25, 0.75);
    let outline = Outline::closed(&[
        Through(-x * 0.45, -y * waist),
        Through(0.0, -y * waist * 1.05),
        Through(x * 0.45, -y * waist),
        Through(x * 0.78, -y - grip),
        Through(x * 1.02, -y * 0.7),
        Through(x * 0.9, y * 0.7),
        Through(x * 0.5, y),
        Through(0.0, y * p.range("brow", 0.85, 1.1)),
        Through(-x * 0.5, y),
        Through(-x * 0.9, y * 0.7),
        Through(-x * 1.02, -y * 0.7),
        Through(-x * 0.78, -y - grip),
    ]);
    let thick = p.range("thick", 2.2, 4.0);
    let body = slab(&outline, thick, Edge::Round(thick * 0.35));
    let mut parts = vec![body.material(BODY)];
    let mut knob = |at: Vec2, radius: f64, high: f64, material: usize| {
        parts.push(
            cylinder(radius, radius * 0.92, high, high * 0.2)
                .placed(&Placement::at(at.x, at.y, thick - 0.1))
                .material(material),
        );
    };
    let stick = width * p.range("stick", 0.055, 0.085);
    let level = p.range("stick.level", -0.4, 0.15) * y;
    let uneven = if p.chance("uneven", 0.5) {
        y * 0.6
    } else {
        0.0
    };
    knob(v2(-x * 0.42, level + uneven), stick, 1.0, SECOND);
    knob(v2(x * 0.42, level), stick, 1.0, SECOND);
    let pad = v2(x * 0.68, y * 0.25);
    let button = width * p.range("button", 0.022, 0.034);
    for index in 0..4 {
        let (s, c) = sin_cos(TURN * f64::from(index) / 4.0);
        knob(pad + v2(c, s) * (button * 2.4), button, 0.4, ACCENT);
    }
    for index in 0..p.count("small", 1, 3) {
        knob(
            v2((index as f64 - 1.0) * width * 0.06, y * 0.4),
            button * 0.7,
            0.3,
            ACCENT,
        );
    }
    // The cross.
    let arm = button * 1.1;
    let long = arm * 3.0;
    let cross = Outline::closed(&[
        Corner(-arm, -long),
        Corner(arm, -long),
        Corner(arm, -arm),
        Corner(long, -arm),
        Corner(long, arm),
        Corner(arm, arm),
        Corner(arm, long),
        Corner(-arm, long),
        Corner(-arm, arm),
        Corner(-long, arm),
        Corner(-long, -arm),
        Corner(-arm, -arm),
    ]);
    parts.push(
        slab(
            &cross.map(|q| q + v2(-x * 0.68, mix(y * 0.25, level, 0.3))),
            0.45,
            Edge::Sharp,
        )
        .placed(&Placement::at(0.0, 0.0, thick - 0.1))
        .material(ACCENT),
    );
    let place = upright(thick / 2.0, y + grip + 1.0);
    parts.into_iter().map(|part| part.placed(&place)).collect()
}
