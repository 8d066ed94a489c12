//! Transparent pixels lie on white; those of a drawing in white, which would vanish there, on black.

/// What transparent pixels lie on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ground {
    White,
    Black,
}

/// From here on a level passes for white.
const NEARLY_WHITE: u8 = 250;

impl Ground {
    /// The one that a picture shows on: `channels` samples a pixel, the last of them alpha.
    pub(crate) fn for_samples(samples: &[u8], channels: usize) -> Self {
        let mut is_seen = false;
        for pixel in samples.chunks_exact(channels) {
            let (alpha, levels) = (pixel[channels - 1], &pixel[..channels - 1]);
            is_seen |= alpha > 0;
            if levels
                .iter()
                .any(|&level| over_white(level, alpha) < NEARLY_WHITE)
            {
                return Self::White;
            }
        }
        // Blank on white: with nothing but transparent pixels it is blank anywhere.
        let has_holes = || {
            let mut alphas = samples.iter().skip(channels - 1).step_by(channels);
            alphas.any(|&alpha| alpha < NEARLY_WHITE)
        };
        if is_seen && has_holes() {
            Self::Black
        } else {
            Self::White
        }
    }

    /// Whether a picture of such levels is blank.
    pub(crate) fn is_blank(levels: &[u8]) -> bool {
        levels.iter().all(|&level| level >= NEARLY_WHITE)
    }

    /// A straight (not premultiplied) level over this ground.
    pub(crate) fn under(self, level: u8, alpha: u8) -> u8 {
        match self {
            Self::White => over_white(level, alpha),
            Self::Black => rounded_div_255(u32::from(level) * u32::from(alpha)),
        }
    }

    /// A level that has been multiplied by its alpha already, over this ground.
    pub(crate) fn under_premultiplied(self, level: u8, alpha: u8) -> u8 {
        match self {
            Self::White => level.saturating_add(255 - alpha),
            Self::Black => level,
        }
    }
}

/// A straight (not premultiplied) level over white.
fn over_white(level: u8, alpha: u8) -> u8 {
    let (level, alpha) = (u32::from(level), u32::from(alpha));
    rounded_div_255(level * alpha + 255 * (255 - alpha))
}

/// `value / 255` rounded, for values up to 255 * 255: Pillow's `DIV255`.
pub(crate) fn rounded_div_255(value: u32) -> u8 {
    let biased = value + 128;
    (((biased >> 8) + biased) >> 8) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn division_is_exact() {
        for value in 0..=255 * 255 {
            let exact = (f64::from(value) / 255.0).round() as u8;
            assert_eq!(rounded_div_255(value), exact, "{value}");
        }
    }

    #[test]
    fn ends_of_the_scale() {
        assert_eq!((over_white(17, 255), over_white(17, 0)), (17, 255));
        let premultiplied = |level, alpha| Ground::White.under_premultiplied(level, alpha);
        assert_eq!(premultiplied(17, 255), 17);
        assert_eq!(premultiplied(0, 0), 255);
        assert_eq!(premultiplied(200, 100), 255);
        assert_eq!(Ground::Black.under(200, 0), 0);
        assert_eq!(Ground::Black.under(200, 255), 200);
    }

    #[test]
    fn white_on_nothing_lies_on_black_and_all_else_on_white() {
        let ground = |pixels: &[[u8; 2]]| Ground::for_samples(pixels.as_flattened(), 2);
        assert_eq!(ground(&[[255, 255], [255, 0]]), Ground::Black);
        assert_eq!(ground(&[[252, 200], [0, 0]]), Ground::Black);
        assert_eq!(ground(&[[255, 255], [0, 255]]), Ground::White, "a drawing");
        assert_eq!(ground(&[[0, 255], [255, 0]]), Ground::White);
        assert_eq!(ground(&[[255, 255], [255, 255]]), Ground::White, "paper");
        assert_eq!(ground(&[[255, 0], [0, 0]]), Ground::White, "nothing");
    }
}
