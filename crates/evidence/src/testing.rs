//! Evidence for tests.

use lookalike_imaging::RgbImage;

use crate::evidence::{Evidence, SIDE};
use crate::places::Grid;

/// Of a picture with `count` places that show something, the same for the same seed.
pub(crate) fn evidence(seed: u64, count: usize, dim: usize) -> Evidence {
    let side = 16 * SIDE;
    let mut pixels = vec![255; side * side * 3];
    for place in 0..count {
        for y in 0..16 {
            let first = ((place / SIDE * 16 + y) * side + place % SIDE * 16) * 3;
            pixels[first..first + 24].fill(0);
        }
    }
    let picture = RgbImage::new(side as u32, side as u32, pixels).unwrap();
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let tokens: Vec<f32> = (0..SIDE * SIDE * dim)
        .map(|_| {
            // Xorshift.
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
        })
        .collect();
    let grid = Grid {
        rows: SIDE,
        columns: SIDE,
        dim,
        tokens: &tokens,
    };
    Evidence::of(&grid, &picture).unwrap()
}
