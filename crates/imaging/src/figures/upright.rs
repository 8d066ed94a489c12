//! Which way up a sheet is.

use serde::{Deserialize, Serialize};

use super::{SheetLayout, Turn, find};
use crate::RgbImage;

/// How an office says that it stored a sheet: `orientation` in a grant's XML, or the last letter of
/// a TIFF's description.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageOrientation {
    /// Upright.
    Portrait,
    /// On its side: what is up lies to the left.
    Landscape,
}

impl PageOrientation {
    /// From the description in an office's TIFF, such as `**DRAWING;PG000004;BW;L`.
    pub(crate) fn from_description(description: &[u8]) -> Option<Self> {
        let text = description.trim_ascii();
        let text = text.strip_suffix(b"\0").unwrap_or(text).trim_ascii();
        if !text.starts_with(b"**DRAWING;") {
            return None;
        }
        match text.rsplit(|&byte| byte == b';').next()? {
            b"L" => Some(Self::Landscape),
            b"P" => Some(Self::Portrait),
            _ => None,
        }
    }

    /// The turn that makes such a sheet upright.
    pub fn turn(self) -> Turn {
        match self {
            Self::Portrait => Turn::None,
            Self::Landscape => Turn::Clockwise,
        }
    }
}

/// A sheet upright, and taken apart.
#[derive(Clone)]
pub struct UprightSheet {
    /// The picture, upright.
    pub image: RgbImage,
    /// What it was turned by.
    pub turn: Turn,
    /// The figures of `image`.
    pub layout: SheetLayout,
}

impl UprightSheet {
    /// `sheet` turned by what is known of how it is stored, else by the direction of its captions.
    /// A sheet of which neither tells stays as it is.
    pub fn new(sheet: RgbImage, known: Option<Turn>) -> Self {
        if let Some(turn) = known {
            let image = sheet.turned(turn);
            let layout = find(&image);
            return Self {
                image,
                turn,
                layout,
            };
        }
        let layout = find(&sheet);
        match layout.turn {
            Some(turn) if turn != Turn::None => Self::new(sheet, Some(turn)),
            _ => Self {
                image: sheet,
                turn: Turn::None,
                layout,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_of_the_office_are_told_from_others() {
        let of = PageOrientation::from_description;
        assert_eq!(
            of(b"**DRAWING;PG000004;BW;L\0"),
            Some(PageOrientation::Landscape)
        );
        assert_eq!(
            of(b"**DRAWING;PG000001;BW;P"),
            Some(PageOrientation::Portrait)
        );
        assert_eq!(of(b"**DRAWING;PG000001;BW;"), None);
        assert_eq!(of(b"a photo;L"), None);
        assert_eq!(of(b""), None);
    }

    #[test]
    fn what_was_up_comes_back_up() {
        // The upper left pixel of the upright sheet is stored in the lower left corner.
        let stored = RgbImage::from_grey(2, 3, vec![9, 9, 9, 9, 7, 9]).unwrap();
        let sheet = UprightSheet::new(stored, Some(PageOrientation::Landscape.turn()));
        assert_eq!(sheet.turn, Turn::Clockwise);
        assert_eq!((sheet.image.width(), sheet.image.height()), (3, 2));
        assert_eq!(sheet.image.samples().0, [7, 9, 9, 9, 9, 9]);
    }
}
