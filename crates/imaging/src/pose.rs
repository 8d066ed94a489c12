//! Poses: the eight ways to lay a picture down without scaling it.

use lookalike_terms::Turn;

use crate::RgbImage;

/// A picture mirrored or not, then turned by quarters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Pose {
    /// Whether it is mirrored, left for right, before it is turned.
    pub mirrored: bool,
    /// What it is turned by.
    pub turn: Turn,
}

impl Pose {
    /// As it is.
    pub const UPRIGHT: Self = Self::turned(Turn::None);

    /// Mirrored, left for right.
    pub const MIRRORED: Self = Self::mirrored(Turn::None);

    /// All eight: as it is, the turns, mirrored, mirrored and turned.
    pub const ALL: [Self; 8] = [
        Self::UPRIGHT,
        Self::turned(Turn::Clockwise),
        Self::turned(Turn::Half),
        Self::turned(Turn::CounterClockwise),
        Self::MIRRORED,
        Self::mirrored(Turn::Clockwise),
        Self::mirrored(Turn::Half),
        Self::mirrored(Turn::CounterClockwise),
    ];

    const NAMES: [&'static str; 8] = [
        "upright",
        "turned_90",
        "turned_180",
        "turned_270",
        "mirrored",
        "mirrored_turned_90",
        "mirrored_turned_180",
        "mirrored_turned_270",
    ];

    const fn turned(turn: Turn) -> Self {
        Self {
            mirrored: false,
            turn,
        }
    }

    const fn mirrored(turn: Turn) -> Self {
        Self {
            mirrored: true,
            turn,
        }
    }

    /// Its name: `upright`, `turned_90`, .. `mirrored_turned_270`; degrees are clockwise.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES[self.turn.quarters() as usize + 4 * usize::from(self.mirrored)]
    }

    /// The pose of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let place = Self::NAMES.iter().position(|known| *known == name);
        place.map(|place| Self::ALL[place])
    }

    /// The picture in this pose.
    #[must_use]
    pub fn apply(self, image: RgbImage) -> RgbImage {
        let image = if self.mirrored {
            image.mirrored()
        } else {
            image
        };
        image.turned(self.turn)
    }

    /// The picture of which `posed` is that in this pose.
    #[must_use]
    pub fn undo(self, posed: RgbImage) -> RgbImage {
        let image = posed.turned(self.turn.inverse());
        if self.mirrored {
            image.mirrored()
        } else {
            image
        }
    }

    /// Where a place of the picture in this pose lies in the picture itself; x and y in fractions
    /// of the sides of each.
    #[must_use]
    pub fn undo_place(self, [x, y]: [f64; 2]) -> [f64; 2] {
        let [x, y] = match self.turn {
            Turn::None => [x, y],
            Turn::Clockwise => [y, 1.0 - x],
            Turn::Half => [1.0 - x, 1.0 - y],
            Turn::CounterClockwise => [1.0 - y, x],
        };
        if self.mirrored { [1.0 - x, y] } else { [x, y] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn poses_have_names_and_are_undone() {
        let picture = RgbImage::from_grey(3, 2, vec![1, 2, 3, 4, 5, 6]).unwrap();
        for pose in Pose::ALL {
            assert_eq!(Pose::from_name(pose.name()), Some(pose));
            let posed = pose.apply(picture.clone());
            assert_eq!(pose.undo(posed.clone()), picture, "{pose:?}");
            // Each pixel's middle comes from where the same level is.
            let (width, height) = (posed.width() as usize, posed.height() as usize);
            for (index, level) in posed.to_grey().iter().enumerate() {
                let middle = |at: usize, side: usize| (at as f64 + 0.5) / side as f64;
                let place = [middle(index % width, width), middle(index / width, height)];
                let [x, y] = pose.undo_place(place);
                let from = (y * 2.0) as usize * 3 + (x * 3.0) as usize;
                assert_eq!(picture.to_grey()[from], *level, "{pose:?} {index}");
            }
        }
        assert_eq!(Pose::from_name("sideways"), None);
    }

    #[test]
    fn a_picture_is_mirrored_left_for_right_and_then_turned_clockwise() {
        let picture = RgbImage::from_grey(3, 2, vec![1, 2, 3, 4, 5, 6]).unwrap();
        let mirrored = Pose::MIRRORED.apply(picture.clone());
        assert_eq!(&*mirrored.to_grey(), &[3, 2, 1, 6, 5, 4]);
        let both = Pose::from_name("mirrored_turned_90").unwrap();
        assert_eq!(&*both.apply(picture).to_grey(), &[6, 3, 5, 2, 4, 1]);
    }
}
