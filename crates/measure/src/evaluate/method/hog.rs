//! Histograms of oriented gradients (Dalal and Triggs, "Histograms of Oriented Gradients for Human
//! Detection", CVPR 2005): 8 x 8 cells, 9 unsigned orientations shared between neighbouring bins,
//! overlapping blocks of 2 x 2 cells, L2-Hys.

use std::f32::consts::PI;

use lookalike_imaging::RgbImage;

use super::grey::luma;

const CELLS: usize = 8;
const ORIENTATIONS: usize = 9;
/// What L2-Hys clips at, from the paper.
const CLIP: f32 = 0.2;

pub(super) fn histograms(image: &RgbImage) -> Vec<f32> {
    let cells = cells(image);
    let mut vector = Vec::with_capacity((CELLS - 1) * (CELLS - 1) * 4 * ORIENTATIONS);
    for y in 0..CELLS - 1 {
        for x in 0..CELLS - 1 {
            let start = vector.len();
            for (dy, dx) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                vector.extend(cells[(y + dy) * CELLS + x + dx]);
            }
            let block = &mut vector[start..];
            scale(block);
            block.iter_mut().for_each(|value| *value = value.min(CLIP));
            scale(block);
        }
    }
    vector
}

/// Gradient magnitudes by orientation, a histogram for each cell.
fn cells(image: &RgbImage) -> Vec<[f32; ORIENTATIONS]> {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let luma = luma(image);
    let mut cells = vec![[0.0; ORIENTATIONS]; CELLS * CELLS];
    for y in 1..height.saturating_sub(1) {
        for x in 1..width.saturating_sub(1) {
            let at = y * width + x;
            let dx = luma[at + 1] - luma[at - 1];
            let dy = luma[at + width] - luma[at - width];
            let magnitude = dx.hypot(dy);
            if magnitude == 0.0 {
                continue;
            }
            let angle = dy.atan2(dx).rem_euclid(PI) / PI * ORIENTATIONS as f32;
            let (bin, share) = (angle as usize % ORIENTATIONS, angle.fract());
            let cell = &mut cells[y * CELLS / height * CELLS + x * CELLS / width];
            cell[bin] += magnitude * (1.0 - share);
            cell[(bin + 1) % ORIENTATIONS] += magnitude * share;
        }
    }
    cells
}

fn scale(block: &mut [f32]) {
    // One grey level: blank blocks stay blank instead of blowing up noise.
    let length = block.iter().map(|v| v * v).sum::<f32>().sqrt() + 1e-3;
    block.iter_mut().for_each(|value| *value /= length);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stripes across the direction of `angle`.
    fn stripes(angle: f32) -> RgbImage {
        let (sine, cosine) = angle.sin_cos();
        let data = (0..224 * 224)
            .flat_map(|i| {
                let (x, y) = ((i % 224) as f32, (i / 224) as f32);
                [(127.0 + 120.0 * ((x * cosine + y * sine) * 0.4).sin()) as u8; 3]
            })
            .collect();
        RgbImage::new(224, 224, data).unwrap()
    }

    #[test]
    fn gradients_fall_into_the_bin_of_their_direction() {
        for bin in 0..ORIENTATIONS {
            let angle = bin as f32 * PI / ORIENTATIONS as f32;
            let cell = cells(&stripes(angle))[3 * CELLS + 3];
            let largest = (0..ORIENTATIONS).max_by(|&a, &b| cell[a].total_cmp(&cell[b]));
            assert_eq!(largest, Some(bin), "{cell:?}");
        }
    }

    #[test]
    fn blocks_have_length_one_and_blank_ones_none() {
        let vector = histograms(&stripes(0.7));
        assert_eq!(vector.len(), 49 * 4 * ORIENTATIONS);
        let length: f32 = vector[..36].iter().map(|v| v * v).sum();
        // What keeps blank blocks blank takes a thousandth off.
        assert!((length - 1.0).abs() < 5e-3, "{length}");
        let blank = histograms(&RgbImage::filled(224, 224, [255; 3]));
        assert!(blank.iter().all(|&value| value == 0.0));
    }
}
