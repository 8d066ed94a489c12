//! Boxes in pixels of a sheet.

use lookalike_terms::Turn;
use serde::{Deserialize, Serialize};

/// A box in pixels: columns `x .. x + width`, rows `y .. y + height`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rect {
    /// First column.
    pub x: u32,
    /// First row.
    pub y: u32,
    /// Columns, at least one.
    pub width: u32,
    /// Rows, at least one.
    pub height: u32,
}

impl Rect {
    /// The whole of a picture.
    pub(super) fn whole(width: u32, height: u32) -> Self {
        Self {
            x: 0,
            y: 0,
            width,
            height,
        }
    }

    /// The column after the last.
    pub fn right(&self) -> u32 {
        self.x + self.width
    }

    /// The row after the last.
    pub fn bottom(&self) -> u32 {
        self.y + self.height
    }

    /// Pixels in the box.
    pub fn area(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    pub(super) fn long_side(&self) -> u32 {
        self.width.max(self.height)
    }

    /// The smallest box around both.
    pub(super) fn union(&self, other: &Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        Self {
            x,
            y,
            width: self.right().max(other.right()) - x,
            height: self.bottom().max(other.bottom()) - y,
        }
    }

    /// What both cover, if they share a pixel.
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let (right, bottom) = (
            self.right().min(other.right()),
            self.bottom().min(other.bottom()),
        );
        (x < right && y < bottom).then(|| Self {
            x,
            y,
            width: right - x,
            height: bottom - y,
        })
    }

    /// Whether every pixel of `other` is in this box.
    pub fn contains(&self, other: &Self) -> bool {
        self.intersection(other) == Some(*other)
    }

    /// Wider by `by` pixels on every side, as far as a picture of these sides reaches.
    pub(super) fn grown(&self, by: u32, width: u32, height: u32) -> Self {
        let (x, y) = (self.x.saturating_sub(by), self.y.saturating_sub(by));
        Self {
            x,
            y,
            width: self.right().saturating_add(by).min(width) - x,
            height: self.bottom().saturating_add(by).min(height) - y,
        }
    }

    /// White pixels between two boxes along each axis; zero where they overlap.
    pub(super) fn gaps(&self, other: &Self) -> (u32, u32) {
        let gap =
            |a: (u32, u32), b: (u32, u32)| b.0.saturating_sub(a.1).max(a.0.saturating_sub(b.1));
        (
            gap((self.x, self.right()), (other.x, other.right())),
            gap((self.y, self.bottom()), (other.y, other.bottom())),
        )
    }

    /// The same pixels after the whole picture, of these sides now, has been turned.
    #[must_use]
    pub fn turned(&self, turn: Turn, width: u32, height: u32) -> Self {
        let (x, y, w, h) = (self.x, self.y, self.width, self.height);
        let (x, y, width, height) = match turn {
            Turn::None => (x, y, w, h),
            Turn::Clockwise => (height - y - h, x, h, w),
            Turn::Half => (width - x - w, height - y - h, w, h),
            Turn::CounterClockwise => (y, width - x - w, h, w),
        };
        Self {
            x,
            y,
            width,
            height,
        }
    }
}
