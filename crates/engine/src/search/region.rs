//! The part of a picture that is searched by.

use std::fmt;
use std::str::FromStr;

use lookalike_catalog::Area;
use lookalike_imaging::RgbImage;

use crate::EngineError;

/// How far an edge may lie from another that is the same.
const SAME_EDGE_PIXELS: f64 = 2.0;

/// A part of a picture, in fractions of its sides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Region {
    /// Left edge, 0..1.
    pub x: f64,
    /// Upper edge, 0..1.
    pub y: f64,
    /// Above 0, at most `1 - x`.
    pub width: f64,
    /// Above 0, at most `1 - y`.
    pub height: f64,
}

impl Region {
    /// x, y, width and height.
    #[must_use]
    pub fn numbers(self) -> [f64; 4] {
        [self.x, self.y, self.width, self.height]
    }

    /// Whether it is all of a picture.
    pub(crate) fn is_whole(self) -> bool {
        self.numbers() == [0.0, 0.0, 1.0, 1.0]
    }

    /// Whether it is that area of a picture of these sides, within two pixels at each edge:
    /// whoever chose a figure named its box in rounded fractions.
    pub(crate) fn is_area(self, area: Area, width: u32, height: u32) -> bool {
        let near = |fraction: f64, side: u32, pixels: u32| {
            (fraction * f64::from(side) - f64::from(pixels)).abs() <= SAME_EDGE_PIXELS
        };
        near(self.x, width, area.x)
            && near(self.y, height, area.y)
            && near(self.x + self.width, width, area.x + area.width)
            && near(self.y + self.height, height, area.y + area.height)
    }

    /// That part of `image`.
    pub(crate) fn crop(self, image: &RgbImage) -> Result<RgbImage, EngineError> {
        let edge = |fraction: f64, side: u32| (fraction * f64::from(side)).round() as u32;
        let (width, height) = (image.width(), image.height());
        let (left, top) = (
            edge(self.x, width).min(width.saturating_sub(1)),
            edge(self.y, height).min(height.saturating_sub(1)),
        );
        let right = edge(self.x + self.width, width).clamp(left + 1, width);
        let bottom = edge(self.y + self.height, height).clamp(top + 1, height);
        image
            .crop(left, top, right - left, bottom - top)
            .ok_or_else(|| EngineError::invalid("the region lies outside the picture"))
    }
}

impl FromStr for Region {
    type Err = EngineError;

    /// Reads `x,y,w,h`.
    fn from_str(text: &str) -> Result<Self, EngineError> {
        let wrong = || {
            EngineError::invalid(format!(
                "region `{text}` is not x,y,w,h with numbers from 0 to 1 inside the picture, such \
                 as 0.1,0.2,0.5,0.5"
            ))
        };
        let numbers: Vec<f64> = text
            .split(',')
            .map(|part| part.trim().parse().map_err(|_| wrong()))
            .collect::<Result<_, _>>()?;
        let [x, y, width, height] = numbers[..] else {
            return Err(wrong());
        };
        let unit = 0.0..=1.0;
        // A hair of tolerance: 0.7 + 0.3 in binary may come out above 1.
        let inside = |start: f64, length: f64| length > 0.0 && start + length <= 1.0 + 1e-9;
        let valid = unit.contains(&x) && unit.contains(&y) && inside(x, width) && inside(y, height);
        valid
            .then_some(Self {
                x,
                y,
                width,
                height,
            })
            .ok_or_else(wrong)
    }
}

impl fmt::Display for Region {
    /// As it is read: `x,y,w,h`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [x, y, width, height] = self.numbers();
        write!(formatter, "{x},{y},{width},{height}")
    }
}
