//! Transparent pixels lie on white.

/// A straight (not premultiplied) level over white.
pub(crate) fn over_white(level: u8, alpha: u8) -> u8 {
    let (level, alpha) = (u32::from(level), u32::from(alpha));
    rounded_div_255(level * alpha + 255 * (255 - alpha))
}

/// A level that has been multiplied by its alpha already, over white.
pub(crate) fn premultiplied_over_white(level: u8, alpha: u8) -> u8 {
    level.saturating_add(255 - alpha)
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
        assert_eq!(premultiplied_over_white(17, 255), 17);
        assert_eq!(premultiplied_over_white(0, 0), 255);
        assert_eq!(premultiplied_over_white(200, 100), 255);
    }
}
