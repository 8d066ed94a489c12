//! The specification: one sum a pair, in order of position.

use super::Rows;

pub(super) fn matrix<const SQUARED_L2: bool>(
    queries: &[f32],
    rows: Rows<'_>,
    dim: usize,
    out: &mut [f32],
) {
    let count = rows.count(dim);
    for (query_index, query) in queries.chunks_exact(dim).enumerate() {
        for row_index in 0..count {
            let mut sum = 0.0;
            for (&a, &b) in query.iter().zip(rows.get(row_index, dim)) {
                sum += if SQUARED_L2 { (a - b) * (a - b) } else { a * b };
            }
            out[query_index * count + row_index] = sum;
        }
    }
}
