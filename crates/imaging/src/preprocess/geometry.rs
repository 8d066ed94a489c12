//! Where a picture lies in its model input: what was found in the input is shown in the picture.
//!
//! Every preprocessing scales, moves and cuts along each side apart, so that two numbers a side
//! say all; a quarter turn of the picture, where there is one, comes before them.

use super::{Overlap, Step};
use crate::figures::{Outline, Turn};

/// The place of a picture in its model input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Geometry {
    /// What the picture was turned by first; the sides are those of the turned picture.
    turn: Turn,
    x: Side,
    y: Side,
}

/// One side, in pixels of the input.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Side {
    /// Length of the input.
    input: u32,
    /// Where the picture begins; negative when its beginning was cut off.
    start: f64,
    /// Length that the whole picture would have.
    length: f64,
}

impl Geometry {
    /// Of an input that is the picture.
    pub(super) fn whole(width: u32, height: u32) -> Self {
        let side = |length: u32| Side {
            input: length,
            start: 0.0,
            length: f64::from(length),
        };
        Self {
            turn: Turn::None,
            x: side(width),
            y: side(height),
        }
    }

    /// Of an input that is a part of the picture, turned.
    pub(super) fn cut(self, outline: Outline) -> Self {
        let (width, height) = outline.turn.sides(self.x.input, self.y.input);
        let side = |start: i64, input: u32, length: u32| Side {
            input,
            start: -start as f64,
            length: f64::from(length),
        };
        Self {
            turn: outline.turn,
            x: side(outline.x, outline.width, width),
            y: side(outline.y, outline.height, height),
        }
    }

    /// After one more step.
    pub(super) fn after(self, step: Step) -> Self {
        match step {
            Step::Resize { width, height, .. } => Self {
                turn: self.turn,
                x: self.x.resized(width),
                y: self.y.resized(height),
            },
            Step::Place { width, height, .. } => Self {
                turn: self.turn,
                x: self.x.placed(width),
                y: self.y.placed(height),
            },
        }
    }

    /// Width and height of the input in pixels.
    #[must_use]
    pub fn input_sides(&self) -> (u32, u32) {
        (self.x.input, self.y.input)
    }

    /// The place in the picture, in fractions of its sides, of a point in the input that is given
    /// in pixels from its upper left corner. Outside 0..1 for what lies in the padding.
    #[must_use]
    pub fn to_picture(&self, x: f64, y: f64) -> (f64, f64) {
        let (x, y) = (self.x.to_picture(x), self.y.to_picture(y));
        turned(self.turn.inverse(), x, y)
    }

    /// The inverse of [`Geometry::to_picture`]. Outside the input for what was cut off.
    #[must_use]
    pub fn to_input(&self, x: f64, y: f64) -> (f64, f64) {
        let (x, y) = turned(self.turn, x, y);
        (self.x.to_input(x), self.y.to_input(y))
    }
}

/// Where a point goes, in fractions of the sides, when the picture is turned.
fn turned(turn: Turn, x: f64, y: f64) -> (f64, f64) {
    match turn {
        Turn::None => (x, y),
        Turn::Clockwise => (1.0 - y, x),
        Turn::Half => (1.0 - x, 1.0 - y),
        Turn::CounterClockwise => (y, 1.0 - x),
    }
}

impl Side {
    fn resized(self, input: u32) -> Self {
        let scale = f64::from(input) / f64::from(self.input);
        Self {
            input,
            start: self.start * scale,
            length: self.length * scale,
        }
    }

    fn placed(self, input: u32) -> Self {
        let overlap = Overlap::centred(self.input, input);
        Self {
            input,
            start: self.start + overlap.target as f64 - overlap.source as f64,
            length: self.length,
        }
    }

    fn to_picture(self, position: f64) -> f64 {
        (position - self.start) / self.length
    }

    fn to_input(self, fraction: f64) -> f64 {
        self.start + fraction * self.length
    }
}

#[cfg(test)]
mod tests {
    use super::super::{PreprocessKind, Preprocessor, ProcessorConfig};
    use crate::RgbImage;

    /// Black, with a white spot around the point at these fractions of the sides.
    fn spot(width: u32, height: u32, x: f64, y: f64) -> RgbImage {
        let (x, y) = (x * f64::from(width), y * f64::from(height));
        let level = |index: u32| {
            let (column, row) = (
                f64::from(index % width) + 0.5,
                f64::from(index / width) + 0.5,
            );
            let near = (column - x).hypot(row - y) < f64::from(width.min(height)) / 10.0;
            if near { 255 } else { 0 }
        };
        RgbImage::from_grey(width, height, (0..width * height).map(level).collect()).unwrap()
    }

    /// The centre of what is white within the picture, in pixels of the input.
    fn centre(input: &RgbImage, inside: impl Fn(f64, f64) -> bool) -> (f64, f64) {
        let (mut sum, mut x_sum, mut y_sum) = (0.0, 0.0, 0.0);
        for (index, pixel) in input.data().chunks(3).enumerate() {
            let x = (index % input.width() as usize) as f64 + 0.5;
            let y = (index / input.width() as usize) as f64 + 0.5;
            if inside(x, y) {
                let weight = f64::from(pixel[0]);
                sum += weight;
                x_sum += weight * x;
                y_sum += weight * y;
            }
        }
        (x_sum / sum, y_sum / sum)
    }

    #[test]
    fn a_spot_is_found_where_it_was_by_every_preprocessing() {
        for kind in PreprocessKind::ALL {
            let config = ProcessorConfig::dinov2();
            let preprocessor = Preprocessor::new(kind, 224, 14, config).unwrap();
            for (width, height) in [(300, 300), (400, 300), (200, 333), (80, 60)] {
                // Within what the centre crops leave.
                for (x, y) in [(0.5, 0.5), (0.4, 0.55), (0.62, 0.4)] {
                    let picture = spot(width, height, x, y);
                    let input = preprocessor.apply(&picture).unwrap();
                    let geometry = preprocessor.geometry(&picture).unwrap();
                    assert_eq!(geometry.input_sides(), (input.width(), input.height()));
                    let inside = |x, y| {
                        let (x, y) = geometry.to_picture(x, y);
                        // A margin for the filters, which mix picture and padding.
                        (0.02..0.98).contains(&x) && (0.02..0.98).contains(&y)
                    };
                    let (found_x, found_y) = centre(&input, inside);
                    let (back_x, back_y) = geometry.to_picture(found_x, found_y);
                    let off = (back_x - x).abs().max((back_y - y).abs());
                    // Half a pixel of the input in 60 at most.
                    assert!(off < 0.01, "{kind} {width}x{height}: {off}");
                    let (there_x, there_y) = geometry.to_input(back_x, back_y);
                    assert!((there_x - found_x).abs() + (there_y - found_y).abs() < 1e-9);
                }
            }
        }
    }

    fn assert_close(found: (f64, f64), expected: (f64, f64)) {
        let off = (found.0 - expected.0).abs() + (found.1 - expected.1).abs();
        assert!(off < 1e-9, "{found:?} is not {expected:?}");
    }

    #[test]
    fn padding_and_cuts_lie_outside() {
        let new = |kind| Preprocessor::new(kind, 224, 14, ProcessorConfig::dinov2()).unwrap();
        let picture = RgbImage::filled(400, 200, [0; 3]);
        let letterbox = new(PreprocessKind::Letterbox).geometry(&picture).unwrap();
        assert_close(letterbox.to_picture(0.0, 56.0), (0.0, 0.0));
        assert_close(letterbox.to_picture(224.0, 168.0), (1.0, 1.0));
        assert!(letterbox.to_picture(112.0, 10.0).1 < 0.0);
        // 400 x 200 becomes 512 x 256, of which the middle 224 x 224 are left.
        let cropped = new(PreprocessKind::Processor).geometry(&picture).unwrap();
        assert_close(cropped.to_picture(0.0, 0.0), (144.0 / 512.0, 16.0 / 256.0));
        assert_close(cropped.to_input(0.0, 0.0), (-144.0, -16.0));
    }
}
