//! Attention of one head without the matrix of all logits.
//!
//! Keys go by in blocks; each row of queries carries its greatest logit and its sum, and what
//! was gathered so far is scaled down when a greater logit turns up (Milakov and Gimelshein,
//! 2018; Dao and others, 2022). Exact for any logits: the maximum is the true one so far,
//! never an estimate. Blocks are cut by key alone, so a query's result is the same bit for bit
//! whatever other queries are computed with it.

mod packed;
#[cfg(test)]
mod tests;

use crate::backend::{Backend, End, SoftmaxRow, Start};
use crate::dispatch::dispatch;
use crate::gemm::tiles;
use crate::matrix::{Matrix, MatrixMut, Strided, StridedMut};

pub use packed::PackedHead;

/// Keys per block. Logits of 12 rows are then 6 KB and stay in L1 beside the panels.
const BLOCK_KEYS: usize = 128;

/// Most rows of a tile of all variants.
const MAX_ROWS: usize = 12;

/// Memory that [`attend`] works in, to be reused between calls.
#[derive(Debug, Default)]
pub struct AttentionScratch {
    gathered: Vec<f32>,
}

/// `out = softmax(queries * keys^T * scale) * values` for one head.
///
/// `queries` and `out` are rows x head size. A head without keys gives zeros.
///
/// # Panics
/// The shapes do not fit together, or `scale` is not positive.
pub fn attend(
    queries: Matrix<'_>,
    head: &PackedHead<'_>,
    scale: f32,
    scratch: &mut AttentionScratch,
    mut out: MatrixMut<'_>,
) {
    check(queries, head, scale, &out);
    dispatch!(head.isa(), backend => run(backend, queries, head, None, scale, scratch, &mut out));
}

/// The same where query `i` sees only the keys up to number `first + i`: texts that are read from
/// left to right.
///
/// # Panics
/// As [`attend`]; or there are fewer keys than the last query sees.
pub fn attend_causally(
    queries: Matrix<'_>,
    first: usize,
    head: &PackedHead<'_>,
    scale: f32,
    scratch: &mut AttentionScratch,
    mut out: MatrixMut<'_>,
) {
    check(queries, head, scale, &out);
    assert!(
        first + queries.rows() <= head.keys(),
        "{} queries from {first} on of {} keys",
        queries.rows(),
        head.keys()
    );
    let first = Some(first);
    dispatch!(head.isa(), backend => run(backend, queries, head, first, scale, scratch, &mut out));
}

fn check(queries: Matrix<'_>, head: &PackedHead<'_>, scale: f32, out: &MatrixMut<'_>) {
    assert!(scale > 0.0, "scale {scale}");
    assert_eq!(queries.columns(), head.size(), "columns of the queries");
    assert_eq!(out.columns(), head.size(), "columns of the output");
    assert_eq!(out.rows(), queries.rows(), "rows of the output");
}

/// `causal` is the number of the last key that the first query sees; `None` where all see all.
fn run<B: Backend>(
    backend: B,
    queries: Matrix<'_>,
    head: &PackedHead<'_>,
    causal: Option<usize>,
    scale: f32,
    scratch: &mut AttentionScratch,
    out: &mut MatrixMut<'_>,
) {
    let width = head.size().next_multiple_of(B::COLUMNS);
    scratch.gathered.resize(B::ROWS * width, 0.0);
    let mut logits = [0.0; MAX_ROWS * BLOCK_KEYS];
    for (first, count) in tiles::<B>(queries.rows()) {
        let gathered = &mut scratch.gathered[..];
        let mut state = [SoftmaxRow::EMPTY; MAX_ROWS];
        gathered.fill(0.0);
        let seen = |row: usize| causal.map_or(head.keys(), |own| own + first + row + 1);
        let most_seen = seen(count - 1);
        for key in (0..most_seen).step_by(BLOCK_KEYS) {
            let keys = BLOCK_KEYS.min(most_seen - key);
            for panel in 0..keys.div_ceil(B::COLUMNS) {
                let c = &mut logits[panel * B::COLUMNS..];
                let c = StridedMut {
                    data: c,
                    stride: BLOCK_KEYS,
                };
                let block = head.key_panel(key / B::COLUMNS + panel);
                backend.tile(
                    count,
                    queries.block(first, 0),
                    block,
                    c,
                    Start::Zero,
                    End::Sums,
                );
            }
            let rows = logits
                .chunks_mut(BLOCK_KEYS)
                .zip(gathered.chunks_mut(width));
            for (row, ((logits, gathered), state)) in rows.zip(&mut state[..count]).enumerate() {
                let own = seen(row).saturating_sub(key).min(keys);
                // What is not seen weighs nothing: the product takes all keys of the block.
                logits[own..keys].fill(0.0);
                if own == 0 {
                    continue;
                }
                let factor = backend.softmax(&mut logits[..own], scale, state);
                if factor != 1.0 {
                    backend.scale(gathered, factor);
                }
            }
            for panel in 0..width / B::COLUMNS {
                let a = Strided {
                    data: &logits,
                    stride: BLOCK_KEYS,
                };
                let c = &mut gathered[panel * B::COLUMNS..];
                let c = StridedMut {
                    data: c,
                    stride: width,
                };
                backend.tile(
                    count,
                    a,
                    head.value_block(panel, key, keys),
                    c,
                    Start::Destination,
                    End::Sums,
                );
            }
        }
        for (r, gathered) in gathered.chunks_mut(width).take(count).enumerate() {
            if state[r].sum > 0.0 {
                backend.scale(gathered, 1.0 / state[r].sum);
            }
            out.block(first + r, 0).data[..head.size()].copy_from_slice(&gathered[..head.size()]);
        }
    }
}
