//! Flat goods that live by their pattern: tiles, textiles.

use super::glyph::glyph;
use super::material::{BODY, SECOND};
use super::shapes::{circle, line, slab, trace, upright};
use crate::math::{Placement, TURN, Vec2, mix, sin_cos, v2};
use crate::random::Params;
use crate::solid::{Edge, Ink, Outline, Part};

/// A tile or panel with a relief of blocks.
pub(super) fn tile(p: &Params) -> Vec<Part> {
    let width = p.range("width", 20.0, 60.0);
    let height = width * p.range("height", 0.5, 1.6);
    let thick = p.range("thick", 0.8, 2.5);
    let mut parts = vec![
        slab(
            &Outline::rectangle(width, height, 0.2),
            thick,
            Edge::Bevel(0.15),
        )
        .material(BODY),
    ];
    let (columns, rows) = (p.count("columns", 1, 8), p.count("rows", 1, 8));
    let gap = p.range("gap", 0.06, 0.3);
    let kind = p.choice("block", 5);
    let offset = p.chance("offset", 0.4);
    let (wide, tall) = (width * 0.96 / columns as f64, height * 0.96 / rows as f64);
    for row in 0..rows {
        for column in 0..columns {
            // Every second row starts half a block in, and has one less.
            let shift = if offset && row % 2 == 1 { 0.5 } else { 0.0 };
            if shift > 0.0 && column + 1 == columns {
                continue;
            }
            let x = (column as f64 + 0.5 + shift) * wide - width * 0.48;
            let y = (row as f64 + 0.5) * tall - height * 0.48;
            let (w, h) = (wide * (1.0 - gap), tall * (1.0 - gap));
            let rise =
                thick * p.range("rise", 0.1, 0.5) * (1.0 + 0.5 * ((row + 2 * column) % 3) as f64);
            let outline = match kind {
                0 | 1 => Outline::rectangle(w, h, w.min(h) * p.range("round", 0.0, 0.45)),
                2 => Outline::ellipse(w / 2.0, h / 2.0, 40),
                3 => Outline::polygon(
                    p.count("sides", 3, 8),
                    w.min(h) / 2.0,
                    0.0,
                    TURN / 4.0 * (row % 2) as f64,
                ),
                _ => Outline::polygon(4, w.min(h) * 0.6, 0.0, 0.0)
                    .map(|q| v2(q.x * w / w.min(h) * 0.8, q.y * h / w.min(h) * 0.8)),
            };
            parts.push(
                slab(&outline, rise, Edge::Sharp)
                    .placed(&Placement::at(x, y, thick - 0.02))
                    .material(SECOND),
            );
        }
    }
    let place = upright(thick / 2.0, height / 2.0);
    parts.into_iter().map(|part| part.placed(&place)).collect()
}

/// A textile or sheet with a repeating pattern on its front.
pub(super) fn textile(p: &Params) -> Vec<Part> {
    let width = p.range("width", 24.0, 40.0);
    let height = width * p.range("height", 0.8, 1.3);
    let mut sheet = slab(&Outline::rectangle(width, height, 0.1), 0.3, Edge::Sharp);
    let face = 0.31;
    let count = p.count("count", 3, 7);
    let cell = width / count as f64;
    let rows = (height / cell) as usize;
    let (half_w, half_h) = (width / 2.0, height / 2.0);
    let offset = p.chance("offset", 0.5);
    let motif = p.choice("motif", 4);
    for row in 0..rows {
        for column in 0..count {
            let shift = if offset && row % 2 == 1 {
                cell / 2.0
            } else {
                0.0
            };
            let middle = v2(
                (column as f64 + 0.5) * cell - half_w + shift,
                (row as f64 + 0.5) * height / rows as f64 - half_h,
            );
            if middle.x + cell * 0.45 > half_w {
                continue;
            }
            match motif {
                0 | 1 => {
                    let name = if p.chance("alternate", 0.4) && (row + column) % 2 == 1 {
                        "motif.b"
                    } else {
                        "motif.a"
                    };
                    for stroke in glyph(p, name, middle, cell * p.range("size", 0.24, 0.4)) {
                        line(&mut sheet, &stroke, face);
                    }
                }
                // A flower.
                2 => {
                    let petals = p.count("petals", 4, 9) as f64;
                    let deep = p.range("petals.deep", 0.2, 0.7);
                    let size = cell * p.range("size", 0.26, 0.42);
                    let flower = Outline::polar(120, |angle| {
                        let (s, c) = sin_cos(angle);
                        let k = size * (1.0 - deep * 0.5 * (1.0 - sin_cos(angle * petals).1));
                        middle + v2(k * c, k * s)
                    });
                    trace(&mut sheet, &flower, face, Ink::Ornament);
                    trace(
                        &mut sheet,
                        &circle(middle.x, middle.y, size * 0.25),
                        face,
                        Ink::Ornament,
                    );
                }
                // Rings within each other.
                _ => {
                    for ring in 0..p.count("nested", 1, 4) {
                        let r = cell * 0.44 * (1.0 - 0.25 * ring as f64);
                        trace(
                            &mut sheet,
                            &circle(middle.x, middle.y, r),
                            face,
                            Ink::Ornament,
                        );
                    }
                }
            }
        }
    }
    // Lines that run between the motifs.
    match p.choice("net", 4) {
        0 => {
            for column in 1..count {
                let x = column as f64 * cell - half_w;
                let wave = cell * p.range("net.wave", 0.0, 0.2);
                let points: Vec<Vec2> = (0..=60)
                    .map(|i| {
                        let t = f64::from(i) / 60.0;
                        v2(
                            x + wave * sin_cos(t * rows as f64 * TURN / 2.0).0,
                            mix(-half_h, half_h, t),
                        )
                    })
                    .collect();
                line(&mut sheet, &points, face);
            }
        }
        1 => {
            for row in 1..rows {
                let y = row as f64 * height / rows as f64 - half_h;
                line(&mut sheet, &[v2(-half_w, y), v2(half_w, y)], face);
            }
        }
        _ => {}
    }
    let mut parts = vec![sheet.material(BODY)];
    if p.chance("hem", 0.4) {
        let hem = slab(
            &Outline::rectangle(width * 1.02, height * 0.04, 0.1),
            0.5,
            Edge::Sharp,
        );
        parts.push(
            hem.placed(&Placement::at(0.0, half_h, -0.1))
                .material(SECOND),
        );
    }
    let place = upright(0.15, height / 2.0 + 1.0);
    parts.into_iter().map(|part| part.placed(&place)).collect()
}
