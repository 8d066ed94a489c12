//! Bytes as bf16 around zero.

use std::arch::x86_64::*;

use super::finish::round;
use crate::bf16::tile::Tile;
use crate::features::avx512_bf16;
use crate::isa::Avx512Bf16;

/// The middle of a byte's range, which becomes zero.
const MIDDLE: u8 = 128;

/// Row `row` of a row of `tiles`; see [`crate::bf16::BlockedMut::write_centred`].
pub(in crate::bf16) fn write_centred(
    _token: Avx512Bf16,
    bytes: &[u8],
    tiles: &mut [Tile],
    row: usize,
) {
    assert!(row < Tile::ROWS, "row {row} of a tile");
    for (tile, part) in tiles.iter_mut().zip(bytes.chunks(Tile::COLUMNS)) {
        // SAFETY: the token proves the features; `row` is one of the tile's.
        unsafe { write_part(part, tile, row) }
    }
}

avx512_bf16! {
    /// # Safety
    /// The features of `Avx512Bf16`; `row < 16`.
    unsafe fn write_part(bytes: &[u8], tile: &mut Tile, row: usize) {
        let mask = if bytes.len() < 32 { (1 << bytes.len()) - 1 } else { !0 };
        debug_assert!(row < Tile::ROWS, "row {row} of a tile");
        // SAFETY: the features are promised. The mask keeps the load within the slice; a tile has
        // 16 rows of one vector, of which `row` is one.
        unsafe {
            let middle = _mm256_set1_epi8(MIDDLE.cast_signed());
            let bytes = _mm256_mask_loadu_epi8(middle, mask, bytes.as_ptr().cast());
            let centred = |bytes| {
                let wide = _mm512_cvtepu8_epi32(bytes);
                let middle = _mm512_set1_epi32(i32::from(MIDDLE));
                _mm512_cvtepi32_ps(_mm512_sub_epi32(wide, middle))
            };
            let low = centred(_mm256_castsi256_si128(bytes));
            let high = centred(_mm256_extracti128_si256::<1>(bytes));
            let out = tile.0.as_mut_ptr().cast::<__m512i>().add(row);
            _mm512_store_si512(out, round(low, high));
        }
    }
}
