//! Rectangles that a screen is divided into.

use super::shapes::shifted;
use crate::math::{Vec2, v2};
use crate::solid::Outline;

/// A rectangle on a screen.
#[derive(Clone, Copy)]
pub(super) struct Area {
    pub(super) low: Vec2,
    pub(super) high: Vec2,
}

impl Area {
    pub(super) fn size(self) -> Vec2 {
        self.high - self.low
    }

    pub(super) fn middle(self) -> Vec2 {
        (self.low + self.high) * 0.5
    }

    pub(super) fn shrunk(self, by: f64) -> Area {
        Area {
            low: self.low + v2(by, by),
            high: self.high - v2(by, by),
        }
    }

    /// One of `count` strips below one another, from the top.
    pub(super) fn row(self, index: usize, count: usize) -> Area {
        let tall = self.size().y / count as f64;
        let top = self.high.y - tall * index as f64;
        Area {
            low: v2(self.low.x, top - tall),
            high: v2(self.high.x, top),
        }
    }

    /// One of `count` strips beside one another, from the left.
    pub(super) fn column(self, index: usize, count: usize) -> Area {
        let wide = self.size().x / count as f64;
        let left = self.low.x + wide * index as f64;
        Area {
            low: v2(left, self.low.y),
            high: v2(left + wide, self.high.y),
        }
    }

    pub(super) fn outline(self, round: f64) -> Outline {
        let (size, middle) = (self.size(), self.middle());
        shifted(
            Outline::rectangle(size.x, size.y, round),
            middle.x,
            middle.y,
        )
    }
}
