//! In which poses a query's pictures are searched for.
//!
//! An embedding knows which way up a picture is, and left from right. Whoever searches with a
//! drawing often doesn't: a product's left view is the mirror image of its right one, and a drawing
//! cut out of a page may lie on its side. So a query asks in several poses at once, and the best
//! counts for each figure.

use std::fmt;
use std::str::FromStr;

use lookalike_imaging::Pose;

use crate::EngineError;

/// The poses in which query pictures are searched for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Poses {
    /// By what they are: drawings that are known to be upright also mirrored, other drawings in all
    /// poses, whatever else as it came.
    #[default]
    Auto,
    /// As they came.
    Upright,
    /// Turned by quarters: four poses.
    Turns,
    /// Turned by quarters, mirrored or not: eight poses.
    All,
}

/// What is known of a query picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// A drawing whose captions, or the office, say which way up it is.
    UprightDrawing,
    /// A drawing of which nothing says which way up it is.
    Drawing,
    /// A photo; or the collection keeps its pictures as they came and never looks at what they are:
    /// there nothing is known of the way up of what is found either.
    Other,
}

impl Poses {
    const NAMES: [(Self, &'static str); 4] = [
        (Self::Auto, "auto"),
        (Self::Upright, "upright"),
        (Self::Turns, "turns"),
        (Self::All, "all"),
    ];

    /// The name in parameters.
    #[must_use]
    pub fn name(self) -> &'static str {
        let known = Self::NAMES.iter().find(|(other, _)| *other == self);
        known.map_or("", |(_, name)| name)
    }

    /// Those of a picture, as it came first.
    pub(super) fn of(self, sort: Sort) -> &'static [Pose] {
        match (self, sort) {
            (Self::Upright, _) | (Self::Auto, Sort::Other) => &[Pose::UPRIGHT],
            (Self::Auto, Sort::UprightDrawing) => &[Pose::UPRIGHT, Pose::MIRRORED],
            (Self::Turns, _) => Pose::ALL.split_at(4).0,
            (Self::All, _) | (Self::Auto, Sort::Drawing) => &Pose::ALL,
        }
    }

    /// Whether a stored item's own vectors are all that it asks with.
    ///
    /// They are, unless turns are asked for: a search from hit to hit takes what is stored, in no
    /// time and also where the item's file is gone.
    pub(super) fn are_stored(self) -> bool {
        matches!(self, Self::Auto | Self::Upright)
    }
}

impl FromStr for Poses {
    type Err = EngineError;

    fn from_str(name: &str) -> Result<Self, EngineError> {
        let known = Self::NAMES.iter().find(|(_, known)| *known == name);
        known.map(|(poses, _)| *poses).ok_or_else(|| {
            EngineError::invalid(format!(
                "poses is `{name}`; give auto, upright, turns or all"
            ))
        })
    }
}

impl fmt::Display for Poses {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawings_are_asked_in_the_poses_that_are_in_doubt() {
        let count = |poses: Poses, sort| {
            let poses = poses.of(sort);
            assert_eq!(poses[0], Pose::UPRIGHT);
            poses.len()
        };
        for (sort, counts) in [
            (Sort::UprightDrawing, [2, 1, 4, 8]),
            (Sort::Drawing, [8, 1, 4, 8]),
            (Sort::Other, [1, 1, 4, 8]),
        ] {
            let all = [Poses::Auto, Poses::Upright, Poses::Turns, Poses::All];
            assert_eq!(all.map(|poses| count(poses, sort)), counts, "{sort:?}");
        }
        assert!(
            Poses::Turns
                .of(Sort::Other)
                .iter()
                .all(|pose| !pose.mirrored)
        );
    }

    #[test]
    fn names_are_read_and_written() {
        for (poses, name) in Poses::NAMES {
            assert_eq!(poses.to_string(), name);
            assert_eq!(name.parse::<Poses>().unwrap(), poses);
        }
        let error = "sideways".parse::<Poses>().unwrap_err();
        assert!(error.to_string().contains("auto, upright, turns or all"));
    }
}
