//! Position embeddings, resampled to the grid of an image as transformers does it.
//!
//! Both methods are bicubic and separable. DINOv2 uses torch's plain interpolation (Keys'
//! kernel with a = -0.75, always 4 samples, borders repeated); the variant with registers the
//! antialiased one (a = -0.5, a kernel that widens with the reduction, samples beyond the
//! border left out), even where nothing is reduced. Source: `interpolate_pos_encoding` in
//! transformers 5, `UpSampleKernel.cpp` in PyTorch.

use std::sync::Arc;

use super::grids::Grids;

/// How position embeddings are resampled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resampling {
    Plain,
    Antialiased,
}

/// Position embeddings of the patches.
pub(crate) struct Positions {
    /// Row by row, `grid * grid` embeddings of `dim` values.
    trained: Arc<Vec<f32>>,
    grid: usize,
    dim: usize,
    resampling: Resampling,
    resampled: Grids<Vec<f32>>,
}

impl Positions {
    pub(crate) fn new(trained: Vec<f32>, grid: usize, dim: usize, resampling: Resampling) -> Self {
        Self {
            trained: Arc::new(trained),
            grid,
            dim,
            resampling,
            resampled: Grids::default(),
        }
    }

    /// Embeddings for `rows * columns` patches, row by row.
    pub(super) fn grid(&self, rows: usize, columns: usize) -> Arc<Vec<f32>> {
        if (rows, columns) == (self.grid, self.grid) {
            return Arc::clone(&self.trained);
        }
        self.resampled
            .get(rows, columns, || self.resample(rows, columns))
    }

    fn resample(&self, rows: usize, columns: usize) -> Vec<f32> {
        let (grid, dim) = (self.grid, self.dim);
        let horizontal = taps(grid, columns, self.resampling);
        let vertical = taps(grid, rows, self.resampling);
        let mut wide = vec![0.0; grid * columns * dim];
        for (source, out) in self
            .trained
            .chunks(grid * dim)
            .zip(wide.chunks_mut(columns * dim))
        {
            for (taps, out) in horizontal.iter().zip(out.chunks_mut(dim)) {
                for &(index, weight) in taps {
                    add_scaled(out, &source[index * dim..][..dim], weight);
                }
            }
        }
        let width = columns * dim;
        let mut values = vec![0.0; rows * width];
        for (taps, out) in vertical.iter().zip(values.chunks_mut(width)) {
            for &(index, weight) in taps {
                add_scaled(out, &wide[index * width..][..width], weight);
            }
        }
        values
    }
}

fn add_scaled(out: &mut [f32], x: &[f32], weight: f32) {
    for (out, x) in out.iter_mut().zip(x) {
        *out += weight * x;
    }
}

/// For each of `output` positions, the indices and weights of what it is mixed from.
fn taps(input: usize, output: usize, resampling: Resampling) -> Vec<Vec<(usize, f32)>> {
    let scale = input as f32 / output as f32;
    (0..output)
        .map(|position| match resampling {
            Resampling::Plain => plain_taps(input, scale, position),
            Resampling::Antialiased => antialiased_taps(input, scale, position),
        })
        .collect()
}

fn plain_taps(input: usize, scale: f32, position: usize) -> Vec<(usize, f32)> {
    let center = scale * (position as f32 + 0.5) - 0.5;
    let start = center.floor();
    (-1..=2)
        .map(|offset| {
            let index = (start as isize + offset).clamp(0, input as isize - 1);
            (index as usize, keys(center - start - offset as f32, -0.75))
        })
        .collect()
}

fn antialiased_taps(input: usize, scale: f32, position: usize) -> Vec<(usize, f32)> {
    let widening = scale.max(1.0);
    let support = 2.0 * widening;
    let center = scale * (position as f32 + 0.5);
    let first = (center - support + 0.5).max(0.0) as usize;
    let end = ((center + support + 0.5) as usize).min(input);
    let weights: Vec<f32> = (first..end)
        .map(|index| keys((index as f32 - center + 0.5) / widening, -0.5))
        .collect();
    let sum: f32 = weights.iter().sum();
    (first..end)
        .zip(weights)
        .map(|(index, weight)| (index, weight / sum))
        .collect()
}

/// Keys' cubic convolution kernel (1981) with parameter `a`.
fn keys(distance: f32, a: f32) -> f32 {
    let x = distance.abs();
    if x < 1.0 {
        ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0
    } else if x < 2.0 {
        ((x - 5.0) * x + 8.0) * x * a - 4.0 * a
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::{Positions, Resampling, taps};

    #[test]
    fn weights_sum_to_one() {
        for resampling in [Resampling::Plain, Resampling::Antialiased] {
            for (input, output) in [(37, 16), (16, 37), (4, 4), (1, 9), (9, 1), (37, 36)] {
                for taps in taps(input, output, resampling) {
                    let sum: f32 = taps.iter().map(|tap| tap.1).sum();
                    assert!(
                        (sum - 1.0).abs() < 1e-5,
                        "{resampling:?} {input} to {output}: {sum}"
                    );
                }
            }
        }
    }

    #[test]
    fn both_methods_keep_a_grid_of_the_same_size() {
        for resampling in [Resampling::Plain, Resampling::Antialiased] {
            let trained: Vec<f32> = (0..18).map(|i| i as f32).collect();
            let positions = Positions::new(trained.clone(), 3, 2, resampling);
            for (kept, before) in positions.resample(3, 3).iter().zip(&trained) {
                assert!((kept - before).abs() < 1e-5);
            }
        }
    }
}
