//! Turns by quarters: how a stored picture is made upright.

use serde::{Deserialize, Serialize};

/// A turn by quarters of a circle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Turn {
    /// As it is.
    #[default]
    None,
    /// By 90 degrees, what was up is to the right after it.
    Clockwise,
    /// By 180 degrees.
    Half,
    /// By 90 degrees, what was up is to the left after it.
    CounterClockwise,
}

impl Turn {
    /// All four, by growing angle clockwise.
    pub const ALL: [Self; 4] = [
        Self::None,
        Self::Clockwise,
        Self::Half,
        Self::CounterClockwise,
    ];

    /// The turn that undoes this one.
    #[must_use]
    pub fn inverse(self) -> Self {
        match self {
            Self::Clockwise => Self::CounterClockwise,
            Self::CounterClockwise => Self::Clockwise,
            other => other,
        }
    }

    /// This turn, then another.
    #[must_use]
    pub fn then(self, other: Self) -> Self {
        Self::ALL[(self.quarters() + other.quarters()) as usize % 4]
    }

    /// Quarters clockwise, 0 to 3.
    #[must_use]
    pub fn quarters(self) -> u32 {
        match self {
            Self::None => 0,
            Self::Clockwise => 1,
            Self::Half => 2,
            Self::CounterClockwise => 3,
        }
    }

    /// Clockwise: 0, 90, 180 or 270.
    #[must_use]
    pub fn degrees(self) -> u32 {
        90 * self.quarters()
    }

    /// The turn of so many degrees clockwise; none where that is not 0, 90, 180 or 270.
    #[must_use]
    pub fn from_degrees(degrees: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|turn| turn.degrees() == degrees)
    }

    /// Sides of a picture of `width * height` pixels after the turn.
    #[must_use]
    pub fn sides(self, width: u32, height: u32) -> (u32, u32) {
        match self {
            Self::None | Self::Half => (width, height),
            Self::Clockwise | Self::CounterClockwise => (height, width),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_undone_and_add_up() {
        for turn in Turn::ALL {
            assert_eq!(turn.then(turn.inverse()), Turn::None);
            assert_eq!(Turn::from_degrees(turn.degrees()), Some(turn));
            assert_eq!(turn.then(turn).quarters(), 2 * turn.quarters() % 4);
        }
        assert_eq!(Turn::from_degrees(45), None);
        assert_eq!(Turn::Clockwise.sides(3, 5), (5, 3));
        assert_eq!(Turn::Half.sides(3, 5), (3, 5));
    }
}
