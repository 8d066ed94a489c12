//! Tiles of int8 and matrices made of them.

use super::scale::Scale;

/// 1024 integers, 1 KB on a boundary of a cache line: 16 rows of 64 activations, or what a
/// kernel packs into that space.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct Tile(pub(super) [i8; 1024]);

impl Tile {
    /// All integers zero.
    pub const ZERO: Self = Self([0; 1024]);
    /// Rows of activations.
    pub const ROWS: usize = 16;
    /// Columns of activations.
    pub const COLUMNS: usize = 64;
}

impl Default for Tile {
    fn default() -> Self {
        Self::ZERO
    }
}

/// A read-only quantised matrix: a row of tiles for every 16 rows, a scale for every row.
///
/// Columns that fill up the last tile of a row are zero (see [`QuantisedMut`]).
#[derive(Clone, Copy, Debug)]
pub struct Quantised<'a> {
    tiles: &'a [Tile],
    scales: &'a [f32],
    columns: usize,
}

impl<'a> Quantised<'a> {
    /// Tiles of a matrix.
    #[must_use]
    pub fn tile_count(rows: usize, columns: usize) -> usize {
        rows.div_ceil(Tile::ROWS) * columns.div_ceil(Tile::COLUMNS)
    }

    /// A matrix in the first of `tiles`, with the first of `scales`.
    ///
    /// # Panics
    /// There are fewer tiles than [`Quantised::tile_count`], or fewer scales than rows.
    #[must_use]
    pub fn new(tiles: &'a [Tile], scales: &'a [f32], rows: usize, columns: usize) -> Self {
        let count = checked_count(tiles.len(), scales.len(), rows, columns);
        Self {
            tiles: &tiles[..count],
            scales: &scales[..rows],
            columns,
        }
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.scales.len()
    }

    /// Numbers per row.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// One number: its integer times the scale of its row.
    ///
    /// # Panics
    /// There is no such row or column.
    #[must_use]
    pub fn get(&self, row: usize, column: usize) -> f32 {
        f32::from(self.integer(row, column)) * self.scales[row]
    }

    pub(super) fn integer(&self, row: usize, column: usize) -> i8 {
        assert!(
            row < self.rows() && column < self.columns,
            "{row}, {column}"
        );
        let (tile, index) = position(self.columns, row, column);
        self.tiles[tile].0[index]
    }

    pub(super) fn tiles(&self) -> &'a [Tile] {
        self.tiles
    }

    /// A scale a row.
    pub(super) fn scales(&self) -> &'a [f32] {
        self.scales
    }
}

/// A writable quantised matrix. Everything that writes one writes zeros to the columns that
/// fill up the last tile of a row: products read them. Rows that fill up a last tile hold
/// anything.
#[derive(Debug)]
pub struct QuantisedMut<'a> {
    tiles: &'a mut [Tile],
    scales: &'a mut [f32],
    columns: usize,
}

impl<'a> QuantisedMut<'a> {
    /// A matrix in the first of `tiles`, with the first of `scales`.
    ///
    /// # Panics
    /// There are fewer tiles than [`Quantised::tile_count`], or fewer scales than rows.
    #[must_use]
    pub fn new(tiles: &'a mut [Tile], scales: &'a mut [f32], rows: usize, columns: usize) -> Self {
        let count = checked_count(tiles.len(), scales.len(), rows, columns);
        Self {
            tiles: &mut tiles[..count],
            scales: &mut scales[..rows],
            columns,
        }
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.scales.len()
    }

    /// Numbers per row.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Quantises `values` and stores them as row `row`.
    ///
    /// # Panics
    /// There is no such row, or `values` has another length than a row.
    pub fn write_row(&mut self, row: usize, values: &[f32]) {
        assert_eq!(values.len(), self.columns, "length of the row");
        let scale = Scale::of_all(values.iter().copied());
        let (tiles, step) = self.row_mut(row);
        *step = scale.step;
        for (tile, part) in tiles.iter_mut().zip(values.chunks(Tile::COLUMNS)) {
            let out = &mut tile.0[row % Tile::ROWS * Tile::COLUMNS..][..Tile::COLUMNS];
            for (out, &x) in out.iter_mut().zip(part) {
                *out = scale.quantise(x);
            }
            out[part.len()..].fill(0);
        }
    }

    /// The tiles of row `index` of tiles, and the scales of its rows.
    pub(super) fn tile_row_mut(&mut self, index: usize) -> (&mut [Tile], &mut [f32]) {
        let depth = self.columns.div_ceil(Tile::COLUMNS);
        let tiles = &mut self.tiles[index * depth..][..depth];
        let scales = self.scales.chunks_mut(Tile::ROWS).nth(index);
        (tiles, scales.expect("a row of tiles has rows"))
    }

    /// The tiles that row `row` passes through, and its scale.
    pub(super) fn row_mut(&mut self, row: usize) -> (&mut [Tile], &mut f32) {
        assert!(row < self.rows(), "row {row} of {}", self.rows());
        let depth = self.columns.div_ceil(Tile::COLUMNS);
        let tiles = &mut self.tiles[row / Tile::ROWS * depth..][..depth];
        (tiles, &mut self.scales[row])
    }
}

/// Index of the tile and of the number in it.
fn position(columns: usize, row: usize, column: usize) -> (usize, usize) {
    let tile = row / Tile::ROWS * columns.div_ceil(Tile::COLUMNS) + column / Tile::COLUMNS;
    let index = row % Tile::ROWS * Tile::COLUMNS + column % Tile::COLUMNS;
    (tile, index)
}

fn checked_count(tiles: usize, scales: usize, rows: usize, columns: usize) -> usize {
    assert!(rows <= scales, "{rows} rows with {scales} scales");
    let needed = rows
        .div_ceil(Tile::ROWS)
        .checked_mul(columns.div_ceil(Tile::COLUMNS));
    match needed {
        Some(needed) if needed <= tiles => needed,
        _ => panic!("{rows} x {columns} integers do not fit in {tiles} tiles"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Quantised, QuantisedMut, Tile};

    #[test]
    fn rows_come_back_and_the_rest_of_the_last_tile_is_zero() {
        let mut tiles = vec![Tile([99; 1024]); Quantised::tile_count(17, 65)];
        let mut scales = [9.0; 17];
        let mut matrix = QuantisedMut::new(&mut tiles, &mut scales, 17, 65);
        let row: Vec<f32> = (0..65).map(|i| (i - 10) as f32).collect();
        matrix.write_row(16, &row);
        matrix.write_row(3, &[0.0; 65]);
        let matrix = Quantised::new(&tiles, &scales, 17, 65);
        for (column, x) in row.iter().enumerate() {
            let error = (matrix.get(16, column) - x).abs();
            assert!(error <= 54.0 / 127.0 / 2.0 * 1.001, "{x}: {error}");
        }
        assert_eq!((scales[3], matrix.get(3, 7)), (0.0, 0.0));
        assert!(tiles[3].0[1..64].iter().all(|&x| x == 0));
    }

    #[test]
    #[should_panic(expected = "17 x 65 integers do not fit in 3 tiles")]
    fn refuses_too_few_tiles() {
        let _ = Quantised::new(&[Tile::ZERO; 3], &[0.0; 17], 17, 65);
    }

    #[test]
    #[should_panic(expected = "17 rows with 16 scales")]
    fn refuses_too_few_scales() {
        let _ = Quantised::new(&[Tile::ZERO; 4], &[0.0; 16], 17, 65);
    }
}
