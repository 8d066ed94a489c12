//! Pixels that are not as high as wide.
//!
//! A fax of standard resolution has 204 pixels an inch across and 98 down: shown as they are stored, its
//! drawings are squashed to half their height. Small differences (204 x 196) are left as they are, so
//! that lines stay sharp.

use super::directory::Directory;
use super::tag;
use crate::{Format, Limits};

/// Resolutions that differ by less, as a ratio, are taken for equal.
const LEAST_RATIO: f32 = 1.2;

/// Ratios above are not resolutions but mistakes.
const MOST_RATIO: f32 = 4.0;

/// The sides at which pixels are as high as wide, by the higher of the two resolutions; those that are
/// stored where the resolutions are equal, absent or nonsense, or the picture would be too large.
pub(super) fn square_sides(
    directory: &Directory,
    (width, height): (u32, u32),
    limits: &Limits,
) -> (u32, u32) {
    let resolution = |tag| directory.fractions::<1>(tag).map(|[resolution]| resolution);
    let across = resolution(tag::X_RESOLUTION);
    let Some((across, down)) = across.zip(resolution(tag::Y_RESOLUTION)) else {
        return (width, height);
    };
    let sides = square((width, height), across / down);
    let (width_64, height_64) = (u64::from(sides.0), u64::from(sides.1));
    match limits.check_sides(Format::Tiff, width_64, height_64) {
        Ok(sides) => sides,
        Err(_) => (width, height),
    }
}

/// `ratio` is that of the resolutions, across to down.
fn square((width, height): (u32, u32), ratio: f32) -> (u32, u32) {
    let stretched = |side: u32, by: f32| (side as f32 * by).round() as u32;
    if (LEAST_RATIO..=MOST_RATIO).contains(&ratio) {
        (width, stretched(height, ratio))
    } else if (LEAST_RATIO..=MOST_RATIO).contains(&(1.0 / ratio)) {
        (stretched(width, 1.0 / ratio), height)
    } else {
        (width, height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lower_resolution_is_stretched_to_the_higher() {
        assert_eq!(square((1728, 1100), 204.0 / 98.0), (1728, 2290));
        assert_eq!(square((100, 50), 0.5), (200, 50));
        for ratio in [1.0, 204.0 / 196.0, 72.0, 1e-6, f32::NAN, f32::INFINITY] {
            assert_eq!(square((100, 50), ratio), (100, 50), "{ratio}");
        }
    }
}
