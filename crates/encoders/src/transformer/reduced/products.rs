//! The two precisions of products behind one interface.

use lookalike_kernels::Matrix;
use lookalike_kernels::bf16::{self, Blocked, BlockedMut, Output, Tile};
use lookalike_kernels::int8::{self, Quantised, QuantisedMut};

/// The packed weights of a linear map.
pub(in crate::transformer) trait Products: Send + Sync {
    /// Memory for the rows that are multiplied.
    type Rows: Default + Send;

    /// `out = map(norm(x))`, with a norm that has neither gain nor bias.
    fn of_norm(&self, x: Matrix<'_>, epsilon: f32, rows: &mut Self::Rows, out: Output<'_>);

    /// `out = map(x)`
    fn of(&self, x: Blocked<'_>, rows: &mut Self::Rows, out: Output<'_>);
}

impl Products for bf16::PackedLinear {
    type Rows = Vec<Tile>;

    fn of_norm(&self, x: Matrix<'_>, epsilon: f32, rows: &mut Self::Rows, out: Output<'_>) {
        let (count, columns) = (x.rows(), x.columns());
        let normal = blocked(rows, count, columns);
        bf16::layer_norm(self.variant(), x, epsilon, normal);
        bf16::linear(Blocked::new(rows, count, columns), self, out);
    }

    fn of(&self, x: Blocked<'_>, _: &mut Self::Rows, out: Output<'_>) {
        bf16::linear(x, self, out);
    }
}

/// Rows of 8-bit integers.
#[derive(Default)]
pub(in crate::transformer) struct QuantisedRows {
    tiles: Vec<int8::Tile>,
    /// Of each row.
    scales: Vec<f32>,
}

impl QuantisedRows {
    fn reserve(&mut self, rows: usize, columns: usize) -> QuantisedMut<'_> {
        let count = Quantised::tile_count(rows, columns);
        if self.tiles.len() < count {
            self.tiles.resize(count, int8::Tile::ZERO);
        }
        if self.scales.len() < rows {
            self.scales.resize(rows, 0.0);
        }
        QuantisedMut::new(&mut self.tiles, &mut self.scales, rows, columns)
    }

    fn get(&self, rows: usize, columns: usize) -> Quantised<'_> {
        Quantised::new(&self.tiles, &self.scales, rows, columns)
    }
}

impl Products for int8::PackedLinear {
    type Rows = QuantisedRows;

    fn of_norm(&self, x: Matrix<'_>, epsilon: f32, rows: &mut Self::Rows, out: Output<'_>) {
        let (count, columns) = (x.rows(), x.columns());
        let normal = rows.reserve(count, columns);
        int8::layer_norm(self.variant(), x, epsilon, normal);
        int8::linear(rows.get(count, columns), self, out);
    }

    fn of(&self, x: Blocked<'_>, rows: &mut Self::Rows, out: Output<'_>) {
        let (count, columns) = (x.rows(), x.columns());
        int8::quantise(self.variant(), x, rows.reserve(count, columns));
        int8::linear(rows.get(count, columns), self, out);
    }
}

/// A matrix in `memory`, which grows to hold it.
pub(super) fn blocked(memory: &mut Vec<Tile>, rows: usize, columns: usize) -> BlockedMut<'_> {
    let count = Blocked::tile_count(rows, columns);
    if memory.len() < count {
        memory.resize(count, Tile::ZERO);
    }
    BlockedMut::new(memory, rows, columns)
}
