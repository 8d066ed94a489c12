//! Writing that nobody can read, as small type on a screen is seen.

use super::area::Area;
use super::shapes::line;
use crate::math::{Vec2, v2};
use crate::random::{Params, mix64};
use crate::solid::Part;

/// Lines of writing from the top left, on the plane at height `z`: strokes of the height and rhythm of letters.
pub(super) fn text(
    p: &Params,
    face: &mut Part,
    name: &str,
    area: Area,
    height: f64,
    lines: usize,
    z: f64,
) {
    for row in 0..lines {
        let base = area.high.y - height * (1.0 + 1.9 * row as f64);
        if base < area.low.y {
            return;
        }
        let length = p.range(&format!("{name}.length.{row}"), 0.3, 1.0) * area.size().x;
        let shape = p.choice(&format!("{name}.shape.{row}"), 1 << 16);
        let mut x = area.low.x;
        let mut letter = 0;
        while x + height * 0.5 < area.low.x + length {
            let bits = mix64((shape * 64 + letter) as u64);
            letter += 1;
            // A space between words.
            if bits.is_multiple_of(6) {
                x += height * 0.45;
                continue;
            }
            for stroke in letter_strokes(bits >> 8, height) {
                let placed: Vec<Vec2> = stroke.iter().map(|&(u, v)| v2(x + u, base + v)).collect();
                line(face, &placed, z);
            }
            x += height * 0.62;
        }
    }
}

/// The strokes of one of a few simple letters.
fn letter_strokes(bits: u64, height: f64) -> Vec<Vec<(f64, f64)>> {
    let (w, x, h) = (height * 0.42, height * 0.65, height);
    match bits % 6 {
        0 => vec![vec![(0.0, 0.0), (0.0, h)]],
        1 => vec![vec![(0.0, 0.0), (w, 0.0), (w, x), (0.0, x), (0.0, 0.0)]],
        2 => vec![vec![(0.0, 0.0), (0.0, x), (w, x), (w, 0.0)]],
        3 => vec![vec![(0.0, 0.0), (w / 2.0, x), (w, 0.0)]],
        4 => vec![
            vec![(w, x), (0.0, x), (0.0, 0.0), (w, 0.0)],
            vec![(0.0, x / 2.0), (w, x / 2.0)],
        ],
        _ => vec![vec![(w / 2.0, 0.0), (w / 2.0, h)], vec![(0.0, x), (w, x)]],
    }
}
