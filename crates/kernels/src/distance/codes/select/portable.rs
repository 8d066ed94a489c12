//! The specification: one key a pair.

use super::{Scan, Selected};
use crate::distance::codes::portable::inner_products;

pub(super) fn select(scan: Scan<'_>, found: &mut [Vec<Selected>]) {
    let queries = scan.queries.chunks_exact(scan.lines).zip(scan.bounds);
    for ((query, bound), found) in queries.zip(found) {
        for (row, codes) in scan.rows.chunks_exact(scan.lines).enumerate() {
            let mut sum = [0];
            inner_products(query, &[codes], &mut sum);
            let key = bound.key(sum[0], scan.lengths[row], scan.margins[row]);
            let is_left_out = key < bound.least;
            if !is_left_out {
                let row = row as u32;
                found.push(Selected { row, key });
            }
        }
    }
}
