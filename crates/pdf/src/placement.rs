//! Which way an image lies on its page.

use lookalike_imaging::RgbImage;

/// Stored rows and columns to shown ones: first swapped, then mirrored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Placement {
    transpose: bool,
    mirror_x: bool,
    mirror_y: bool,
}

impl Placement {
    /// From where the image's right and upper side point to on the page (`y`
    /// upwards); none for an image that lies askew or has no size.
    pub(crate) fn of_axes(right: (f64, f64), up: (f64, f64)) -> Option<Self> {
        let lies = |long: f64, other: f64| other.abs() <= 0.01 * long.abs() && long != 0.0;
        if lies(right.0, right.1) && lies(up.1, up.0) {
            Some(Self {
                transpose: false,
                mirror_x: right.0 < 0.0,
                mirror_y: up.1 < 0.0,
            })
        } else if lies(right.1, right.0) && lies(up.0, up.1) {
            Some(Self {
                transpose: true,
                mirror_x: up.0 > 0.0,
                mirror_y: right.1 > 0.0,
            })
        } else {
            None
        }
    }

    /// The image as it is shown.
    pub(crate) fn apply(self, image: RgbImage) -> RgbImage {
        let upright = Self {
            transpose: false,
            mirror_x: false,
            mirror_y: false,
        };
        if self == upright {
            return image;
        }
        let (width, height) = (image.width() as usize, image.height() as usize);
        let (new_width, new_height) = if self.transpose {
            (height, width)
        } else {
            (width, height)
        };
        let source = |x: usize, y: usize| {
            let x = if self.mirror_x { new_width - 1 - x } else { x };
            let y = if self.mirror_y { new_height - 1 - y } else { y };
            if self.transpose {
                x * width + y
            } else {
                y * width + x
            }
        };
        let places = (0..new_height).flat_map(|y| (0..new_width).map(move |x| (x, y)));
        let (shown_width, shown_height) = (new_width as u32, new_height as u32);
        let grey = image.to_grey();
        let shown = if is_grey(&image) {
            let levels = places.map(|(x, y)| grey[source(x, y)]).collect();
            RgbImage::from_grey(shown_width, shown_height, levels)
        } else {
            let data = image.data();
            let pixel = |(x, y)| {
                let at = 3 * source(x, y);
                [data[at], data[at + 1], data[at + 2]]
            };
            RgbImage::new(shown_width, shown_height, places.flat_map(pixel).collect())
        };
        shown.unwrap_or(image)
    }
}

fn is_grey(image: &RgbImage) -> bool {
    matches!(image.to_grey(), std::borrow::Cow::Borrowed(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_lying_is_undone() {
        // a b c
        // d e f
        let image = RgbImage::from_grey(3, 2, b"abcdef".to_vec()).unwrap();
        let shown = |right, up| {
            let placement = Placement::of_axes(right, up).unwrap();
            let shown = placement.apply(image.clone());
            let text = String::from_utf8(shown.to_grey().into_owned()).unwrap();
            (shown.width(), text)
        };
        assert_eq!(shown((9.0, 0.0), (0.0, 5.0)), (3, "abcdef".into()));
        assert_eq!(
            shown((-9.0, 0.0), (0.0, -5.0)),
            (3, "fedcba".into()),
            "half a turn"
        );
        assert_eq!(
            shown((0.0, -9.0), (5.0, 0.0)),
            (2, "daebfc".into()),
            "clockwise"
        );
        assert_eq!(
            shown((0.0, 9.0), (-5.0, 0.0)),
            (2, "cfbead".into()),
            "the other way"
        );
        assert_eq!(
            shown((-9.0, 0.0), (0.0, 5.0)),
            (3, "cbafed".into()),
            "mirrored"
        );
        assert_eq!(Placement::of_axes((1.0, 1.0), (-1.0, 1.0)), None);
        assert_eq!(Placement::of_axes((0.0, 0.0), (0.0, 0.0)), None);
    }

    #[test]
    fn colours_are_turned_too() {
        let image = RgbImage::new(2, 1, vec![1, 2, 3, 4, 5, 6]).unwrap();
        let turned = Placement::of_axes((0.0, -1.0), (1.0, 0.0))
            .unwrap()
            .apply(image);
        assert_eq!((turned.width(), turned.height()), (1, 2));
        assert_eq!(turned.data(), [1, 2, 3, 4, 5, 6]);
    }
}
