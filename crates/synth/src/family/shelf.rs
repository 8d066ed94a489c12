//! Shelves and cabinets.

use super::legs::bar;
use super::material::{ACCENT, BODY, METAL, SECOND};
use crate::math::{Placement, mix, v3};
use crate::random::Params;
use crate::solid::{Edge, Part, rounded_box};

/// A shelf or cabinet: boards between two sides, with doors and dividers.
pub(super) fn shelf(p: &Params) -> Vec<Part> {
    let width = p.range("width", 40.0, 140.0);
    let height = p.range("height", 50.0, 190.0);
    let depth = p.range("depth", 22.0, 45.0);
    let board = p.range("board", 1.6, 4.5);
    let foot = if p.chance("feet", 0.6) {
        p.range("foot", 6.0, 20.0)
    } else {
        0.0
    };
    let rows = p.count("rows", 2, 6);
    let columns = p.count("columns", 1, 4);
    let overhang = if p.chance("overhang", 0.4) {
        p.range("overhang-by", 1.0, 5.0)
    } else {
        0.0
    };
    let ladder = p.chance("ladder", 0.25);
    let mut parts = Vec::new();
    let mut add = |w: f64, d: f64, h: f64, x: f64, y: f64, z: f64, material: usize| {
        let piece = rounded_box(w, d, h, 0.0, Edge::Sharp);
        parts.push(piece.placed(&Placement::at(x, y, z)).material(material));
    };
    let inner = height - foot;
    let row_at = |row: usize| {
        let t = row as f64 / rows as f64;
        // Rows grow smaller towards the top in some designs.
        let shrink = p.range("row.shrink", 0.0, 0.35);
        foot + (inner - board) * (t + shrink * t * (1.0 - t))
    };
    for row in 0..=rows {
        let last = row == 0 || row == rows;
        let w = width + if last { 0.8 + 2.0 * overhang } else { -board };
        let d = depth + if last { 0.6 } else { -board * 0.6 };
        add(
            w,
            d,
            board,
            0.0,
            if last { 0.0 } else { board * 0.2 },
            row_at(row),
            SECOND,
        );
    }
    if ladder {
        for sx in [1.0, -1.0] {
            for sy in [1.0, -1.0] {
                add(
                    board * 1.1,
                    board * 1.1,
                    height - 0.1,
                    sx * (width / 2.0 - board),
                    sy * (depth / 2.0 - board),
                    0.0,
                    BODY,
                );
            }
        }
    } else {
        for s in [1.0, -1.0] {
            add(
                board,
                depth * 0.98,
                inner - board,
                s * (width - board) / 2.0,
                0.0,
                foot + board * 0.5,
                BODY,
            );
        }
        if p.chance("rear", 0.6) {
            add(
                width - board,
                board * 0.5,
                inner - board,
                0.0,
                (depth - board) / 2.0 * 0.96,
                foot + board * 0.5,
                BODY,
            );
        }
    }
    for row in 0..rows {
        let (low, high) = (row_at(row) + board, row_at(row + 1));
        for column in 0..columns {
            let cell = width / columns as f64;
            let left = -width / 2.0 + cell * column as f64;
            let name = format!("cell.{row}.{column}");
            if column > 0 && p.chance(&format!("{name}.wall"), 0.75) {
                add(
                    board * 0.8,
                    depth * 0.9,
                    high - low + board * 0.8,
                    left,
                    0.4,
                    low - board * 0.4,
                    BODY,
                );
            }
            if p.chance(&format!("{name}.door"), 0.3) {
                let middle = left + cell / 2.0;
                add(
                    cell * 0.94,
                    board * 0.7,
                    (high - low) * 0.96,
                    middle,
                    -depth / 2.0 + board * 0.1,
                    low + (high - low) * 0.02,
                    SECOND,
                );
                let x = middle + cell * p.range("door.pull", -0.35, 0.35);
                // The pull: a small block on the front.
                let pull = (board * 2.2).min((high - low) * 0.3);
                let z = mix(low, high, 0.5) - pull / 2.0;
                let y = -depth / 2.0 - board * 0.5;
                add(board * 0.6, board, pull, x, y, z, ACCENT);
            }
        }
    }
    if foot > 0.0 && !ladder {
        let thick = p.range("foot.thick", 1.2, 2.6);
        let splay = p.range("foot.splay", 0.0, 0.35) * foot;
        for sx in [1.0, -1.0] {
            for sy in [1.0, -1.0] {
                let (x, y) = (
                    sx * (width / 2.0 - thick * 2.5),
                    sy * (depth / 2.0 - thick * 2.5),
                );
                let top = v3(x, y, foot + board * 0.4);
                let bottom = v3(x + sx * splay, y + sy * splay, 0.0);
                parts.push(
                    bar(top, bottom, thick, 0.6, p.chance("foot.square", 0.4)).material(METAL),
                );
            }
        }
    }
    parts
}
