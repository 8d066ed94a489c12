//! Sheets of drawings with captions, as an office's are.

use crate::letters::strokes;

/// What a figure shows; no two look alike.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A square within a square.
    Frames,
    /// Lines from one corner.
    Fan,
    /// Lines across.
    Ladder,
}

/// A figure: its shape, the left and upper edge of its square of 500 pixels, and the digit of its
/// caption.
pub type Drawn = (Shape, u32, u32, char);

/// Side of a figure in pixels.
pub const SIDE: u32 = 500;

/// Width of a sheet in pixels.
pub const WIDTH: u32 = 1200;
/// Height of a sheet in pixels.
pub const HEIGHT: u32 = 1600;

/// Figures with a caption under each, on a sheet of [`WIDTH`] x [`HEIGHT`] pixels, one byte of grey
/// each.
#[must_use]
pub fn sheet(figures: &[Drawn]) -> Vec<u8> {
    let mut paper = Paper(vec![255; (WIDTH * HEIGHT) as usize]);
    for &(shape, x, y, digit) in figures {
        let (x, y, side) = (f64::from(x), f64::from(y), f64::from(SIDE) - 1.0);
        paper.frame(x, y, side);
        match shape {
            Shape::Frames => paper.frame(x + 120.0, y + 120.0, side - 240.0),
            Shape::Fan => {
                for step in 0..7 {
                    let along = side * f64::from(step) / 6.0;
                    paper.line((x, y), (x + along, y + side));
                }
            }
            Shape::Ladder => {
                for step in 1..6 {
                    let down = y + side * f64::from(step) / 6.0;
                    paper.line((x, down), (x + side, down));
                }
            }
        }
        let mut pen = x + 150.0;
        for letter in ['F', 'I', 'G', '.', ' ', digit] {
            pen += paper.letter(letter, pen, y + side + 50.0, 44.0);
        }
    }
    paper.0
}

struct Paper(Vec<u8>);

impl Paper {
    fn line(&mut self, from: (f64, f64), to: (f64, f64)) {
        let steps = (to.0 - from.0).hypot(to.1 - from.1).ceil().max(1.0) as usize;
        for step in 0..=steps {
            let part = step as f64 / steps as f64;
            let x = from.0 + (to.0 - from.0) * part;
            let y = from.1 + (to.1 - from.1) * part;
            // A pen of five pixels that stays within a figure's square.
            for (dx, dy) in (-2..=2).flat_map(|dx| (-2..=2).map(move |dy| (dx, dy))) {
                let (column, row) = (x as i64 + dx, y as i64 + dy);
                let on_paper = (0..i64::from(WIDTH)).contains(&column)
                    && (0..i64::from(HEIGHT)).contains(&row);
                if on_paper && dx * dx + dy * dy <= 5 {
                    self.0[(row * i64::from(WIDTH) + column) as usize] = 0;
                }
            }
        }
    }

    fn frame(&mut self, x: f64, y: f64, side: f64) {
        let corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)];
        for index in 0..4 {
            self.line(corners[index], corners[(index + 1) % 4]);
        }
    }

    /// Writes a letter; how far the pen moves on.
    fn letter(&mut self, letter: char, x: f64, y: f64, height: f64) -> f64 {
        let strokes = strokes(letter);
        for stroke in strokes {
            for ends in stroke.windows(2) {
                let place = |(u, v): (f64, f64)| (x + u * height, y + v * height);
                self.line(place(ends[0]), place(ends[1]));
            }
        }
        let width = strokes
            .iter()
            .flat_map(|stroke| stroke.iter())
            .fold(0.3, |width: f64, point| width.max(point.0));
        (width + 0.25) * height
    }
}
