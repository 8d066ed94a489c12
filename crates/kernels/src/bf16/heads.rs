//! Queries, keys and values of an image in the tiles that attention reads.

use super::number::{from_bf16, to_bf16};
use super::tile::Tile;

/// Numbers in a query, key or value. All published ViTs of interest use 64.
pub const HEAD_SIZE: usize = 64;

/// Rows may be cut at multiples of this.
pub const ROW_GROUP: usize = 32;

/// Tiles of a group of one head: four each of queries, keys and values.
pub(super) const GROUP_TILES: usize = 12;

/// Where the parts of a group start.
pub(super) const KEYS: usize = 4;
pub(super) const VALUES: usize = 8;

/// Queries, keys and values of all heads, 32 rows by 32 rows, so that the rows of an image can
/// be cut into contiguous parts for [`HeadsMut`].
///
/// A group of one head holds, as rows of 32 numbers:
/// queries, tile `2 * (row / 16) + element / 32`: a row per query;
/// keys, tile `2 * (row / 16) + element / 32`: a row per pair of elements, key by key;
/// values, tile `element / 16`: a row per pair of keys, element by element, the pairs in the
/// order 0 and 1, 2 and 3, 16 and 17, 18 and 19, 4 and 5, and so on. Attention makes its
/// weights from two vectors of 16 keys each, and this order saves it a shuffle. Keys and values
/// of rows that fill up the last group are zero.
#[derive(Clone, Copy, Debug)]
pub struct Heads<'a> {
    tiles: &'a [Tile],
    rows: usize,
    heads: usize,
}

impl<'a> Heads<'a> {
    /// Tiles for `rows` rows.
    #[must_use]
    pub fn tile_count(rows: usize, heads: usize) -> usize {
        rows.div_ceil(ROW_GROUP) * heads * GROUP_TILES
    }

    /// The heads that were written to the first of `tiles`.
    ///
    /// # Panics
    /// There are fewer tiles than [`Heads::tile_count`].
    #[must_use]
    pub fn new(tiles: &'a [Tile], rows: usize, heads: usize) -> Self {
        let count = checked_count(tiles.len(), rows, heads);
        Self {
            tiles: &tiles[..count],
            rows,
            heads,
        }
    }

    /// Number of rows: tokens of the image.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of heads.
    #[must_use]
    pub fn heads(&self) -> usize {
        self.heads
    }

    pub(super) fn tiles(&self) -> &'a [Tile] {
        self.tiles
    }

    pub(super) fn get(&self, part: Part, head: usize, row: usize, element: usize) -> f32 {
        let (tile, index) = position(part, self.heads, head, row, element);
        from_bf16(self.tiles[tile].0[index])
    }
}

/// Writable queries, keys and values; laid out as [`Heads`].
#[derive(Debug)]
pub struct HeadsMut<'a> {
    tiles: &'a mut [Tile],
    rows: usize,
    heads: usize,
}

impl<'a> HeadsMut<'a> {
    /// `rows` rows in the first of `tiles`. Parts of an image but the last have a multiple of
    /// [`ROW_GROUP`] rows.
    ///
    /// # Panics
    /// There are fewer tiles than [`Heads::tile_count`].
    #[must_use]
    pub fn new(tiles: &'a mut [Tile], rows: usize, heads: usize) -> Self {
        let count = checked_count(tiles.len(), rows, heads);
        Self {
            tiles: &mut tiles[..count],
            rows,
            heads,
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    pub(crate) fn heads(&self) -> usize {
        self.heads
    }

    pub(crate) fn tiles_mut(&mut self) -> &mut [Tile] {
        self.tiles
    }

    /// Sets number `column` of a row of queries, keys and values side by side.
    pub(super) fn set(&mut self, row: usize, column: usize, x: f32) {
        let width = self.heads * HEAD_SIZE;
        let part = [Part::Query, Part::Key, Part::Value][column / width];
        let (head, element) = (column % width / HEAD_SIZE, column % HEAD_SIZE);
        let (tile, index) = position(part, self.heads, head, row, element);
        self.tiles[tile].0[index] = to_bf16(x);
    }

    /// Zeros keys and values that fill up the last group: a weight of zero would not hide
    /// a NaN there.
    pub(super) fn clear_padding(&mut self) {
        let rest = self.rows % ROW_GROUP;
        if rest == 0 {
            return;
        }
        let group = self.rows / ROW_GROUP * self.heads * GROUP_TILES;
        for tiles in self.tiles[group..].chunks_mut(GROUP_TILES) {
            for (index, tile) in tiles[KEYS..VALUES].iter_mut().enumerate() {
                let first = rest.saturating_sub(index / 2 * 16).min(16);
                for pairs in tile.0.chunks_mut(32) {
                    pairs[first * 2..].fill(0);
                }
            }
            for tile in &mut tiles[VALUES..] {
                if rest % 2 == 1 {
                    let pairs = &mut tile.0[value_row(rest) * 32..][..32];
                    for value in pairs[1..].iter_mut().step_by(2) {
                        *value = 0;
                    }
                }
                for row in (rest.next_multiple_of(2)..ROW_GROUP).step_by(2) {
                    tile.0[value_row(row) * 32..][..32].fill(0);
                }
            }
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    Query,
    Key,
    Value,
}

/// Index of the tile and of the number in it.
fn position(part: Part, heads: usize, head: usize, row: usize, element: usize) -> (usize, usize) {
    let group = (row / ROW_GROUP * heads + head) * GROUP_TILES;
    let (row, half) = (row % ROW_GROUP, row % ROW_GROUP / 16);
    let (pair, odd) = (element % 32 / 2, element % 2);
    match part {
        Part::Query => (
            group + 2 * half + element / 32,
            row % 16 * 32 + element % 32,
        ),
        Part::Key => (
            group + KEYS + 2 * half + element / 32,
            pair * 32 + row % 16 * 2 + odd,
        ),
        Part::Value => (
            group + VALUES + element / 16,
            value_row(row) * 32 + element % 16 * 2 + row % 2,
        ),
    }
}

/// Where the values of a group's key `row` and its neighbour are in their tiles.
#[inline(always)]
pub(super) fn value_row(row: usize) -> usize {
    row % 16 / 4 * 4 + row / 16 * 2 + row % 4 / 2
}

fn checked_count(length: usize, rows: usize, heads: usize) -> usize {
    let needed = rows
        .div_ceil(ROW_GROUP)
        .checked_mul(heads)
        .and_then(|groups| groups.checked_mul(GROUP_TILES));
    match needed {
        Some(needed) if needed <= length => needed,
        _ => panic!("{rows} rows of {heads} heads do not fit in {length} tiles"),
    }
}
