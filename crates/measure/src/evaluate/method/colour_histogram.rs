//! How often each colour occurs, 8 steps a channel. Roots of shares, so that the inner product is
//! the Bhattacharyya coefficient.

use lookalike_imaging::RgbImage;

pub(super) fn roots(image: &RgbImage) -> Vec<f32> {
    let mut counts = vec![0_u32; 512];
    for pixel in image.data().chunks_exact(3) {
        let [r, g, b] = [pixel[0], pixel[1], pixel[2]].map(|channel| usize::from(channel >> 5));
        counts[r << 6 | g << 3 | b] += 1;
    }
    counts.into_iter().map(|n| (n as f32).sqrt()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_colours_are_compared_wherever_they_are() {
        let half = |first: [u8; 3], second: [u8; 3]| {
            let data = [first.repeat(50), second.repeat(50)].concat();
            RgbImage::new(10, 10, data).unwrap()
        };
        let (red, white) = ([250, 0, 0], [255; 3]);
        assert_eq!(roots(&half(red, white)), roots(&half(white, red)));
        let product = |a: &RgbImage, b: &RgbImage| -> f32 {
            roots(a).iter().zip(roots(b)).map(|(a, b)| a * b).sum()
        };
        let blue = RgbImage::filled(10, 10, [0, 0, 250]);
        assert_eq!(product(&half(red, white), &blue), 0.0);
    }
}
