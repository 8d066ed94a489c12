//! Products by tile registers, in the order of the bf16 ones.

use super::avx512::Scaled;
use super::tile::{Quantised, Tile};
use super::weights::PackedLinear;
use crate::amx::Tiles;
use crate::bf16::Output;
use crate::bf16::amx::{run, steps};
use crate::bf16::avx512::with_finish;
use crate::isa::Amx;

steps! {
    /// Fours of int8 to sums in i32, as many bits as the f32 that `run` has in mind.
    Int8, Tile, tdpbssd
}

/// See [`crate::int8::linear()`], which has checked the shapes.
pub(super) fn linear(token: Amx, x: Quantised<'_>, weights: &PackedLinear, out: &mut Output<'_>) {
    let panels = weights.panels();
    let row_tiles = x.rows().div_ceil(Tile::ROWS);
    let tiles = Tiles::configure(token);
    let sums = Scaled::new(x.scales(), weights);
    // SAFETY: the token proves the features, `tiles` the configuration. Operand, weights and output
    // were checked to fit, and have the tiles and rows that `run` reads and writes.
    with_finish!(out, sums, weights.outputs(), finish => unsafe {
        let (x, depth, weights) = (x.tiles(), weights.depth(), weights.tiles());
        run::<Int8, _>(&tiles, x, row_tiles, depth, weights, panels, &mut finish);
    });
}
