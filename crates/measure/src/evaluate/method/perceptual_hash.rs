//! The perceptual hash over discrete cosines (Zauner, "Implementation and Benchmarking of
//! Perceptual Image Hash Functions", 2010): 32 x 32 pixels, the lowest 8 x 8 cosines, above or
//! below their median. As a vector of -1 and 1, whose inner product is 64 - 2 * Hamming distance.

use std::f32::consts::PI;

use lookalike_imaging::RgbImage;

use super::grey::luma;

const SMALL: usize = 32;
const LOWEST: usize = 8;

pub(super) fn bits(image: &RgbImage) -> Vec<f32> {
    let small = shrink(image);
    let cosine = |k: usize, x: usize| (PI / SMALL as f32 * (x as f32 + 0.5) * k as f32).cos();
    let mut values = Vec::with_capacity(LOWEST * LOWEST);
    for v in 0..LOWEST {
        for u in 0..LOWEST {
            let rows = small.chunks_exact(SMALL).enumerate();
            values.push(
                rows.map(|(y, row)| {
                    let along: f32 = row.iter().enumerate().map(|(x, p)| p * cosine(u, x)).sum();
                    along * cosine(v, y)
                })
                .sum(),
            );
        }
    }
    let mut sorted: Vec<f32> = values.clone();
    sorted.sort_unstable_by(f32::total_cmp);
    let median = f32::midpoint(sorted[31], sorted[32]);
    values
        .into_iter()
        .map(|value| if value > median { 1.0 } else { -1.0 })
        .collect()
}

/// Means over squares: the sides of what baselines see are a multiple of `SMALL`.
fn shrink(image: &RgbImage) -> Vec<f32> {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let (across, down) = (width / SMALL, height / SMALL);
    let luma = luma(image);
    let mut small = vec![0.0; SMALL * SMALL];
    for (y, row) in luma.chunks_exact(width).take(down * SMALL).enumerate() {
        for (x, value) in row.iter().take(across * SMALL).enumerate() {
            small[y / down * SMALL + x / across] += value;
        }
    }
    small
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(colour: impl Fn(usize, usize) -> u8) -> RgbImage {
        let data = (0..224 * 224)
            .flat_map(|i| [colour(i % 224, i / 224); 3])
            .collect();
        RgbImage::new(224, 224, data).unwrap()
    }

    fn distance(a: &RgbImage, b: &RgbImage) -> usize {
        let pairs = bits(a).into_iter().zip(bits(b));
        pairs.filter(|(a, b)| a != b).count()
    }

    #[test]
    fn brightness_does_not_matter_and_shape_does() {
        let disc = |x: usize, y: usize| x.abs_diff(80).pow(2) + y.abs_diff(120).pow(2) < 2500;
        let dark = picture(|x, y| if disc(x, y) { 10 } else { 200 });
        let light = picture(|x, y| if disc(x, y) { 60 } else { 250 });
        let stripes = picture(|x, _| if x / 20 % 2 == 0 { 10 } else { 200 });
        // The largest cosine is the mean brightness, and one bit may follow it.
        assert!(distance(&dark, &light) <= 1);
        assert!(
            distance(&dark, &stripes) > 12,
            "{}",
            distance(&dark, &stripes)
        );
    }
}
