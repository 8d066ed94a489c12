//! Rotary positions on queries and keys, in the tiles that attention reads.
//!
//! Element `i` of the first half of a head and element `i` of the second are turned by one angle.
//! They lie at the same place of two tiles, for queries and for keys, so a block of 16 rows is turned
//! by one loop over 512 places, whose angles are the same for all heads.

use super::heads::{GROUP_TILES, HEAD_SIZE, HeadsMut, KEYS, ROW_GROUP};
use super::number::{from_bf16, to_bf16};
use super::tile::Tile;
use crate::compiled::compiled_for;
use crate::isa::Isa;

/// Angles of a row.
const HALF: usize = HEAD_SIZE / 2;

/// Rows of a tile.
const BLOCK: usize = Tile::ROWS;

/// Cosines and sines of the angles that the rows of an image are turned by.
#[derive(Clone, Debug)]
pub struct Turns(Vec<Block>);

/// Those of 16 rows, in the orders in which queries and keys lie in their tiles.
#[derive(Clone, Debug)]
struct Block {
    queries: Angles,
    keys: Angles,
}

#[derive(Clone, Debug)]
struct Angles {
    cosines: [f32; 512],
    sines: [f32; 512],
}

impl Angles {
    /// Nothing is turned.
    const NONE: Self = Self {
        cosines: [1.0; 512],
        sines: [0.0; 512],
    };
}

impl Turns {
    /// By the cosines and sines of each row, 32 values a row.
    ///
    /// # Panics
    /// There are not as many sines as cosines, or no whole number of rows.
    #[must_use]
    pub fn new(cosines: &[f32], sines: &[f32]) -> Self {
        assert_eq!(cosines.len(), sines.len(), "sines of as many angles");
        assert!(cosines.len().is_multiple_of(HALF), "whole rows");
        let block = |(cosines, sines): (&[f32], &[f32])| {
            let mut block = Block {
                queries: Angles::NONE,
                keys: Angles::NONE,
            };
            for (index, (&cosine, &sine)) in cosines.iter().zip(sines).enumerate() {
                let (row, element) = (index / HALF, index % HALF);
                let key = element / 2 * 32 + row * 2 + element % 2;
                for (angles, place) in [(&mut block.queries, index), (&mut block.keys, key)] {
                    angles.cosines[place] = cosine;
                    angles.sines[place] = sine;
                }
            }
            block
        };
        let blocks = cosines.chunks(BLOCK * HALF).zip(sines.chunks(BLOCK * HALF));
        Self(blocks.map(block).collect())
    }
}

impl HeadsMut<'_> {
    /// Turns queries and keys, the first of which are those of row `first`, a multiple of
    /// [`ROW_GROUP`]. Results are rounded to bf16 again.
    ///
    /// # Panics
    /// There are not as many angles as rows.
    pub fn turn(&mut self, isa: Isa, first: usize, turns: &Turns) {
        let (heads, rows) = (self.heads(), self.rows());
        let blocks = &turns.0[first / BLOCK..][..rows.div_ceil(BLOCK)];
        let groups = self.tiles_mut().chunks_mut(heads * GROUP_TILES);
        for (group, blocks) in groups.zip(blocks.chunks(ROW_GROUP / BLOCK)) {
            for head in group.chunks_mut(GROUP_TILES) {
                for (half, block) in blocks.iter().enumerate() {
                    turn_pair(isa, &mut head[2 * half..], &block.queries);
                    turn_pair(isa, &mut head[KEYS + 2 * half..], &block.keys);
                }
            }
        }
    }
}

/// Turns what lies in the first two tiles.
fn turn_pair(isa: Isa, tiles: &mut [Tile], angles: &Angles) {
    let [left, right, ..] = tiles else { return };
    compiled_for(isa, || {
        let angles = angles.cosines.iter().zip(&angles.sines);
        for ((left, right), (cosine, sine)) in left.0.iter_mut().zip(&mut right.0).zip(angles) {
            let (a, b) = (from_bf16(*left), from_bf16(*right));
            *left = to_bf16(a * cosine - b * sine);
            *right = to_bf16(b * cosine + a * sine);
        }
    });
}
