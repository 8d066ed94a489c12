//! Tiles of bf16 and matrices made of them.

use super::number::{from_bf16, to_bf16};
use crate::compiled::compiled_for;
use crate::isa::Isa;
use crate::matrix::Matrix;

/// 512 bf16 numbers as bits, 1 KB on a boundary of a cache line: 16 rows of 32 activations, or
/// what a kernel packs into that space.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct Tile(pub(crate) [u16; 512]);

impl Tile {
    /// All numbers zero.
    pub const ZERO: Self = Self([0; 512]);
    /// Rows of activations.
    pub const ROWS: usize = 16;
    /// Columns of activations.
    pub const COLUMNS: usize = 32;
}

impl Default for Tile {
    fn default() -> Self {
        Self::ZERO
    }
}

/// A read-only bf16 matrix, a row of tiles for every 16 rows.
///
/// Columns that fill up the last tile of a row are zero (see [`BlockedMut`]).
#[derive(Clone, Copy, Debug)]
pub struct Blocked<'a> {
    tiles: &'a [Tile],
    rows: usize,
    columns: usize,
}

impl<'a> Blocked<'a> {
    /// Tiles of a matrix.
    #[must_use]
    pub fn tile_count(rows: usize, columns: usize) -> usize {
        rows.div_ceil(Tile::ROWS) * columns.div_ceil(Tile::COLUMNS)
    }

    /// A matrix in the first of `tiles`.
    ///
    /// # Panics
    /// There are fewer tiles than [`Blocked::tile_count`].
    #[must_use]
    pub fn new(tiles: &'a [Tile], rows: usize, columns: usize) -> Self {
        let count = checked_count(tiles.len(), rows, columns);
        Self {
            tiles: &tiles[..count],
            rows,
            columns,
        }
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Numbers per row.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// One number.
    ///
    /// # Panics
    /// There is no such row or column.
    #[must_use]
    pub fn get(&self, row: usize, column: usize) -> f32 {
        assert!(row < self.rows && column < self.columns, "{row}, {column}");
        let (tile, index) = position(self.columns, row, column);
        from_bf16(self.tiles[tile].0[index])
    }

    /// `out.len()` numbers of row `row` from column `first` on.
    ///
    /// # Panics
    /// There are no such numbers.
    #[inline]
    pub fn read(&self, row: usize, first: usize, out: &mut [f32]) {
        assert!(
            row < self.rows && out.len() <= self.columns && first <= self.columns - out.len(),
            "{} numbers from {first} on of row {row}",
            out.len()
        );
        let mut column = first;
        let mut rest = out;
        while !rest.is_empty() {
            let (tile, index) = position(self.columns, row, column);
            let count = (Tile::COLUMNS - column % Tile::COLUMNS).min(rest.len());
            let (now, later) = rest.split_at_mut(count);
            for (out, &bits) in now.iter_mut().zip(&self.tiles[tile].0[index..]) {
                *out = from_bf16(bits);
            }
            (rest, column) = (later, column + count);
        }
    }

    pub(crate) fn tiles(&self) -> &'a [Tile] {
        self.tiles
    }
}

/// A writable bf16 matrix, a row of tiles for every 16 rows. Everything that writes one writes
/// zeros to the columns that fill up the last tile of a row: products read them.
#[derive(Debug)]
pub struct BlockedMut<'a> {
    tiles: &'a mut [Tile],
    rows: usize,
    columns: usize,
}

impl<'a> BlockedMut<'a> {
    /// A matrix in the first of `tiles`.
    ///
    /// # Panics
    /// There are fewer tiles than [`Blocked::tile_count`].
    #[must_use]
    pub fn new(tiles: &'a mut [Tile], rows: usize, columns: usize) -> Self {
        let count = checked_count(tiles.len(), rows, columns);
        Self {
            tiles: &mut tiles[..count],
            rows,
            columns,
        }
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Numbers per row.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Rounds `values` to bf16 and stores them as row `row`.
    ///
    /// # Panics
    /// There is no such row, or `values` has another length than a row.
    #[inline(always)]
    pub fn write_row(&mut self, row: usize, values: &[f32]) {
        assert!(row < self.rows, "row {row} of {}", self.rows);
        assert_eq!(values.len(), self.columns, "length of the row");
        for (block, part) in values.chunks(Tile::COLUMNS).enumerate() {
            let (tile, index) = position(self.columns, row, block * Tile::COLUMNS);
            let out = &mut self.tiles[tile].0[index..][..Tile::COLUMNS];
            for (out, &x) in out.iter_mut().zip(part) {
                *out = to_bf16(x);
            }
            out[part.len()..].fill(0);
        }
    }

    /// Rounds the rows of `x` to bf16 and stores them as the first ones.
    ///
    /// # Panics
    /// `x` has more rows than there are, or other columns.
    pub fn write_rows(&mut self, isa: Isa, x: Matrix<'_>) {
        compiled_for(isa, || {
            for row in 0..x.rows() {
                self.write_row(row, x.row(row));
            }
        });
    }

    pub(crate) fn tiles_mut(&mut self) -> &mut [Tile] {
        self.tiles
    }
}

/// Index of the tile and of the number in it.
fn position(columns: usize, row: usize, column: usize) -> (usize, usize) {
    let tile = row / Tile::ROWS * columns.div_ceil(Tile::COLUMNS) + column / Tile::COLUMNS;
    let index = row % Tile::ROWS * Tile::COLUMNS + column % Tile::COLUMNS;
    (tile, index)
}

fn checked_count(length: usize, rows: usize, columns: usize) -> usize {
    let needed = rows
        .div_ceil(Tile::ROWS)
        .checked_mul(columns.div_ceil(Tile::COLUMNS));
    match needed {
        Some(needed) if needed <= length => needed,
        _ => panic!("{rows} x {columns} numbers do not fit in {length} tiles"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Blocked, BlockedMut, Tile};

    #[test]
    fn rows_come_back_and_the_rest_of_the_last_tile_is_zero() {
        let mut tiles = vec![Tile([0x3f80; 512]); Blocked::tile_count(17, 33)];
        let mut matrix = BlockedMut::new(&mut tiles, 17, 33);
        let row: Vec<f32> = (0..33).map(|i| i as f32).collect();
        matrix.write_row(16, &row);
        let matrix = Blocked::new(&tiles, 17, 33);
        let mut some = [0.0; 4];
        matrix.read(16, 29, &mut some);
        assert_eq!(some, [29.0, 30.0, 31.0, 32.0]);
        assert!((0..33).all(|i| matrix.get(16, i) == i as f32));
        assert!(tiles[3].0[1..32].iter().all(|&x| x == 0));
        assert_eq!(Blocked::tile_count(0, 5), 0);
    }

    #[test]
    #[should_panic(expected = "17 x 33 numbers do not fit in 3 tiles")]
    fn refuses_too_few_tiles() {
        let _ = Blocked::new(&[Tile::ZERO; 3], 17, 33);
    }
}
