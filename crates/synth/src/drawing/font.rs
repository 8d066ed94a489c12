//! Captions in single strokes, as a plotter writes them.

use super::page::Page;
use crate::math::{Vec2, v2, v3};
use crate::solid::spline_path;

/// Strokes of a character on a grid 4 wide and 8 high (descenders reach 2 below, written as `a`
/// and `b` for -1 and -2): points as two digits, strokes parted by spaces, `~` for a smooth one.
fn strokes(character: char) -> &'static str {
    match character {
        'E' => "48080040 0434",
        'F' => "480800 0434",
        'G' => "~472806022042 424424",
        'I' => "2028",
        'R' => "0008 0828 ~28474524 2404 2440",
        'U' => "0802 ~022042 4248",
        'g' => "~442504012041 454a ~4a2b0a",
        'i' => "2520 2728",
        '0' => "~28070120414728",
        '1' => "062820",
        '2' => "~0618384745 4500 0040",
        '3' => "~06284624 ~24422002",
        '4' => "30380242",
        '5' => "480805 ~052543422001",
        '6' => "~4728050220422402",
        '7' => "084810",
        '8' => "~28070524454728 ~24030120414324",
        '9' => "~0120434628062446",
        '.' => "2021",
        _ => "",
    }
}

/// A text laid out along a line.
pub(crate) struct Lettering {
    /// Height of a capital in pixels.
    pub(crate) height: f64,
    /// Half the thickness of the pen in pixels.
    pub(crate) pen: f64,
    /// How far the letters lean to the right, as a slope.
    pub(crate) lean: f64,
}

/// Advance of a character in grid units.
const ADVANCE: f64 = 5.6;

impl Lettering {
    /// Width of a text in pixels.
    pub(crate) fn width(&self, text: &str) -> f64 {
        let unit = self.height / 8.0;
        (text.chars().map(advance).sum::<f64>() - (ADVANCE - 4.0)).max(0.0) * unit
    }

    /// Writes a text from `x` rightwards on the base line `y`, each point moved by `onto`.
    pub(crate) fn write(
        &self,
        page: &mut Page,
        text: &str,
        x: f64,
        y: f64,
        onto: &dyn Fn(Vec2) -> Vec2,
    ) {
        let unit = self.height / 8.0;
        let mut cursor = x;
        for character in text.chars() {
            for (smooth, points) in parse(strokes(character)) {
                let placed: Vec<Vec2> = curve(smooth, &points)
                    .into_iter()
                    .map(|p| onto(v2(cursor + (p.x + p.y * self.lean) * unit, y - p.y * unit)))
                    .collect();
                page.polyline(&placed, self.pen);
            }
            cursor += advance(character) * unit;
        }
    }
}

fn advance(character: char) -> f64 {
    match character {
        '.' => ADVANCE * 0.6,
        'I' | 'i' => ADVANCE * 0.7,
        _ => ADVANCE,
    }
}

fn parse(strokes: &str) -> Vec<(bool, Vec<Vec2>)> {
    let mut all: Vec<(bool, Vec<Vec2>)> = Vec::new();
    let mut current: (bool, Vec<Vec2>) = (false, Vec::new());
    let mut first: Option<f64> = None;
    for character in strokes.chars() {
        match character {
            ' ' | '~' => {
                if current.1.len() > 1 {
                    all.push(std::mem::take(&mut current));
                }
                current = (character == '~', Vec::new());
                first = None;
            }
            _ => {
                let value = match character {
                    'a' => -1.0,
                    'b' => -2.0,
                    digit => f64::from(digit.to_digit(10).unwrap_or(0)),
                };
                match first.take() {
                    None => first = Some(value),
                    Some(x) => current.1.push(v2(x, value)),
                }
            }
        }
    }
    if current.1.len() > 1 {
        all.push(current);
    }
    all
}

fn curve(smooth: bool, points: &[Vec2]) -> Vec<Vec2> {
    if !smooth {
        return points.to_vec();
    }
    let lifted: Vec<_> = points.iter().map(|p| v3(p.x, p.y, 0.0)).collect();
    spline_path(&lifted, 5)
        .into_iter()
        .map(|p| v2(p.x, p.y))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_of_a_sheet_is_drawn() {
        let used = "FIG. Fig. FIGURE 0123456789";
        let lettering = Lettering {
            height: 40.0,
            pen: 2.0,
            lean: 0.0,
        };
        for character in used.chars().filter(|&c| c != ' ') {
            let mut page = Page::new(80, 80);
            lettering.write(&mut page, &character.to_string(), 20.0, 60.0, &|p| p);
            assert!(page.ink_ratio() > 0.001, "{character} leaves no ink");
        }
        assert!(lettering.width("FIG. 1") > 100.0);
    }
}
