//! Attention in f32 over rows of bf16, for what the kernels for tiles are not made for: heads of
//! other than 64 values, and tokens that see only those before them.
//!
//! Slower than tiles, but attention is a small part of the work where it is used: a text has few
//! tokens, and its products are in reduced precision all the same.

use lookalike_kernels::bf16::{Blocked, BlockedMut};
use lookalike_kernels::{
    AttentionScratch, Isa, Matrix, MatrixMut, PackedHead, attend, attend_causally,
};

use crate::transformer::rotary::Rotation;
use crate::transformer::shape::{Shape, Sight};

/// Memory of it, to be reused between calls.
#[derive(Default)]
pub(super) struct PlainAttention {
    /// The keys, then the values of a head.
    rows: Vec<f32>,
    packed: Vec<f32>,
    queries: Vec<f32>,
    /// What attention mixed, of all heads.
    mixed: Vec<f32>,
    scratch: AttentionScratch,
}

impl PlainAttention {
    /// `out = softmax(queries * keys^T / sqrt(head size)) * values` of every head, side by side,
    /// for `out.rows()` queries from `first` on. `qkv` are the queries, keys and values of the
    /// whole sequence side by side, which `rotation` has not turned yet.
    pub(super) fn attend(
        &mut self,
        isa: Isa,
        shape: &Shape,
        rotation: Option<&Rotation>,
        qkv: Blocked<'_>,
        first: usize,
        mut out: BlockedMut<'_>,
    ) {
        let (width, size) = (shape.width, shape.head_size());
        let (tokens, count) = (qkv.rows(), out.rows());
        let scale = (size as f32).sqrt().recip();
        self.rows.resize(2 * tokens * size, 0.0);
        self.queries.resize(count * size, 0.0);
        self.mixed.resize(count * width, 0.0);
        self.packed
            .resize(PackedHead::length(isa, tokens, size), 0.0);
        for head in 0..shape.heads {
            let column = |part: usize| part * width + head * size;
            let (keys, values) = self.rows.split_at_mut(tokens * size);
            for (part, rows) in [(1, &mut *keys), (2, &mut *values)] {
                for (row, out) in rows.chunks_mut(size).enumerate() {
                    qkv.read(row, column(part), out);
                }
            }
            for (row, out) in self.queries.chunks_mut(size).enumerate() {
                qkv.read(first + row, column(0), out);
            }
            if let Some(rotation) = rotation {
                for (token, key) in keys.chunks_mut(size).enumerate() {
                    rotation.turn(isa, token, key);
                }
                for (token, query) in (first..).zip(self.queries.chunks_mut(size)) {
                    rotation.turn(isa, token, query);
                }
            }
            let of_all = |data| Matrix::new(data, tokens, size, size);
            PackedHead::pack(isa, of_all(keys), of_all(values), &mut self.packed);
            let packed = PackedHead::new(isa, tokens, size, &self.packed);
            let queries = Matrix::new(&self.queries, count, size, size);
            let mixed = MatrixMut::new(&mut self.mixed[head * size..], count, size, width);
            match shape.sight {
                Sight::All => attend(queries, &packed, scale, &mut self.scratch, mixed),
                Sight::Before => {
                    attend_causally(queries, first, &packed, scale, &mut self.scratch, mixed);
                }
            }
        }
        out.write_rows(isa, Matrix::new(&self.mixed, count, width, width));
    }
}
