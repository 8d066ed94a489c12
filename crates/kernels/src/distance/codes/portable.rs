//! The specification: one sum a pair.

use super::Line;

pub(super) fn inner_products(query: &[Line], rows: &[&[Line]], out: &mut [i32]) {
    let value = |byte: u8| i32::from(byte) - i32::from(Line::ZERO);
    for (out, row) in out.iter_mut().zip(rows) {
        let pairs = query
            .iter()
            .zip(*row)
            .flat_map(|(a, b)| a.0.iter().zip(&b.0));
        *out = pairs.map(|(&a, &b)| value(a) * value(b)).sum();
    }
}
