//! Rows of bytes, such as pixels, as bf16 around zero.

use super::number::to_bf16;
use super::tile::{BlockedMut, Tile};
use super::variant::Variant;

impl BlockedMut<'_> {
    /// Stores `byte - 128` of each of `bytes`, which is exact, as row `row`: pixels around the
    /// middle of their range, for weights that have the rest of their normalisation in them.
    ///
    /// # Panics
    /// There is no such row, or `bytes` has another length than a row.
    pub fn write_centred(&mut self, variant: Variant, row: usize, bytes: &[u8]) {
        assert!(row < self.rows(), "row {row} of {}", self.rows());
        assert_eq!(bytes.len(), self.columns(), "length of the row");
        let depth = self.columns().div_ceil(Tile::COLUMNS);
        let tiles = &mut self.tiles_mut()[row / Tile::ROWS * depth..][..depth];
        match variant {
            #[cfg(target_arch = "x86_64")]
            Variant::Avx512(token) => {
                super::avx512::write_centred(token, bytes, tiles, row % Tile::ROWS);
            }
            #[cfg(target_arch = "x86_64")]
            Variant::Amx(token) => {
                super::avx512::write_centred(token.vectors(), bytes, tiles, row % Tile::ROWS);
            }
            _ => {
                for (tile, part) in tiles.iter_mut().zip(bytes.chunks(Tile::COLUMNS)) {
                    let out = &mut tile.0[row % Tile::ROWS * Tile::COLUMNS..][..Tile::COLUMNS];
                    for (out, &byte) in out.iter_mut().zip(part) {
                        *out = to_bf16(f32::from(byte) - 128.0);
                    }
                    out[part.len()..].fill(0);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::bf16::{Blocked, BlockedMut, Tile, Variant};

    #[test]
    fn centred_bytes_are_the_rows_of_their_differences() {
        for variant in Variant::available() {
            for columns in [0, 1, 31, 32, 33, 63, 588] {
                let bytes: Vec<u8> = (0..columns).map(|i| (i * 37 + i / 7) as u8).collect();
                let values: Vec<f32> = bytes.iter().map(|&x| f32::from(x) - 128.0).collect();
                let dirty = vec![Tile([0x7fc0; 512]); Blocked::tile_count(18, columns)];
                for row in [0, 15, 17] {
                    let (mut found, mut expected) = (dirty.clone(), dirty.clone());
                    BlockedMut::new(&mut found, 18, columns).write_centred(variant, row, &bytes);
                    BlockedMut::new(&mut expected, 18, columns).write_row(row, &values);
                    let is_same = found.iter().zip(&expected).all(|(a, b)| a.0 == b.0);
                    assert!(is_same, "{}, {columns} bytes, row {row}", variant.name());
                }
            }
        }
    }

    #[test]
    #[should_panic(expected = "length of the row")]
    fn refuses_too_many_bytes() {
        let mut tiles = [Tile::ZERO];
        BlockedMut::new(&mut tiles, 1, 3).write_centred(Variant::Portable, 0, &[0; 4]);
    }
}
