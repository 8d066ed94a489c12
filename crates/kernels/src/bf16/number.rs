//! bf16 numbers: the upper half of an f32.

/// `x` rounded to the nearest bf16, halves to even, as bits. Not-a-number stays one.
#[must_use]
#[inline(always)]
pub fn to_bf16(x: f32) -> u16 {
    let bits = x.to_bits();
    let rounded = (bits.wrapping_add(0x7fff + (bits >> 16 & 1)) >> 16) as u16;
    // Rounding could carry a NaN whose payload is all ones over into zero.
    let not_a_number = (bits >> 16) as u16 | 0x40;
    if x.is_nan() { not_a_number } else { rounded }
}

/// The number whose bits are `bits`, exactly.
#[must_use]
#[inline]
pub fn from_bf16(bits: u16) -> f32 {
    f32::from_bits(u32::from(bits) << 16)
}

#[cfg(test)]
mod tests {
    use super::{from_bf16, to_bf16};

    #[test]
    fn rounds_to_nearest_and_halves_to_even() {
        for bits in [0x3f80_u32, 0x3f81, 0xbf80, 0x0000, 0x7f7f - 1] {
            let (below, half) = (bits << 16, bits << 16 | 0x8000);
            assert_eq!(u32::from(to_bf16(f32::from_bits(below))), bits);
            assert_eq!(u32::from(to_bf16(f32::from_bits(half - 1))), bits);
            assert_eq!(u32::from(to_bf16(f32::from_bits(half))), bits + (bits & 1));
            assert_eq!(u32::from(to_bf16(f32::from_bits(half + 1))), bits + 1);
        }
        assert_eq!(from_bf16(to_bf16(f32::MAX)), f32::INFINITY);
        assert!(from_bf16(to_bf16(f32::from_bits(0x7fff_ffff))).is_nan());
    }
}
