//! In which forms a photo is searched for.
//!
//! A photo is asked with as it came, cut out from its ground, and as a line drawing of its subject;
//! the form that suits a hit best counts for it. So a photo finds drawings, of which the last form
//! is the likeness, and the same photo finds itself, whatever a collection holds. A drawing is asked
//! with as it is.

use std::fmt;
use std::str::FromStr;

use lookalike_imaging::photo::Form;

use crate::EngineError;

/// As what query pictures are searched for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Photos as [`Mode::Both`], where a collection's preprocessing tells them from drawings.
    #[default]
    Auto,
    /// A photo as it came, and cut out.
    Photo,
    /// A photo as a line drawing.
    Drawing,
    /// All of these.
    Both,
}

impl Mode {
    const NAMES: [(Self, &'static str); 4] = [
        (Self::Auto, "auto"),
        (Self::Photo, "photo"),
        (Self::Drawing, "drawing"),
        (Self::Both, "both"),
    ];

    /// The name in parameters.
    #[must_use]
    pub fn name(self) -> &'static str {
        let known = Self::NAMES.iter().find(|(other, _)| *other == self);
        known.map_or("", |(_, name)| name)
    }

    /// The forms of a photo.
    pub(super) fn of_photo(self) -> &'static [Form] {
        match self {
            Self::Auto | Self::Both => &Form::ALL,
            Self::Photo => &[Form::AsIs, Form::CutOut],
            Self::Drawing => &[Form::Drawing],
        }
    }
}

impl FromStr for Mode {
    type Err = EngineError;

    fn from_str(name: &str) -> Result<Self, EngineError> {
        let known = Self::NAMES.iter().find(|(_, known)| *known == name);
        known.map(|(mode, _)| *mode).ok_or_else(|| {
            EngineError::invalid(format!(
                "mode is `{name}`; give auto, photo, drawing or both"
            ))
        })
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written() {
        for (mode, name) in Mode::NAMES {
            assert_eq!(mode.to_string(), name);
            assert_eq!(name.parse::<Mode>().unwrap(), mode);
        }
        let error = "sketch".parse::<Mode>().unwrap_err();
        assert!(error.to_string().contains("auto, photo, drawing or both"));
    }
}
