//! Queries by sixteens, as tiles take them.

use super::TILE;
use crate::distance::codes::Line;
use crate::distance::codes::select::{Bound, Scan};

/// A line of sixteen queries: fours of bytes, each beside those of the other queries.
#[derive(Clone)]
#[repr(C, align(64))]
pub(super) struct Packed([[[u8; 4]; TILE]; TILE]);

/// A number for each of sixteen queries.
#[repr(C, align(64))]
pub(super) struct Column<T>(pub(super) [T; TILE]);

/// What is known of sixteen queries, or of fewer at the end.
pub(super) struct Group {
    /// What sums start from: rows are stored with 128 added to each value, and so 128 times the
    /// sum of the query is too much.
    pub(super) starts: Column<i32>,
    pub(super) product: Column<f32>,
    pub(super) length: Column<f32>,
    pub(super) margin: Column<f32>,
    pub(super) square: Column<f32>,
    pub(super) least: Column<f32>,
    /// A bit for each query that is there.
    pub(super) queries: u16,
}

impl Group {
    fn new(starts: [i32; TILE], bounds: &[Bound]) -> Self {
        let column = |value: fn(&Bound) -> f32| {
            let mut column = [0.0; TILE];
            for (column, bound) in column.iter_mut().zip(bounds) {
                *column = value(bound);
            }
            Column(column)
        };
        Self {
            starts: Column(starts),
            product: column(|bound| bound.product),
            length: column(|bound| bound.length),
            margin: column(|bound| bound.margin),
            square: column(|bound| bound.square),
            least: column(|bound| bound.least),
            queries: u16::MAX >> (TILE - bounds.len()),
        }
    }
}

/// The groups of all queries, and their lines, `[groups][lines]`.
pub(super) fn pack(scan: Scan<'_>) -> (Vec<Group>, Vec<Packed>) {
    let groups = scan.bounds.len().div_ceil(TILE);
    let mut packed = vec![Packed([[[0; 4]; TILE]; TILE]); groups * scan.lines];
    let groups = scan
        .bounds
        .chunks(TILE)
        .zip(scan.queries.chunks(TILE * scan.lines))
        .zip(packed.chunks_exact_mut(scan.lines))
        .map(|((bounds, queries), packed)| {
            let mut starts = [0; TILE];
            for (query, lines) in queries.chunks_exact(scan.lines).enumerate() {
                starts[query] = pack_query(query, lines, packed);
            }
            Group::new(starts, bounds)
        })
        .collect();
    (groups, packed)
}

/// Writes a query to its column; returns what its sums start from.
fn pack_query(query: usize, lines: &[Line], packed: &mut [Packed]) -> i32 {
    let mut sum = 0;
    for (line, packed) in lines.iter().zip(packed) {
        let (fours, _) = line.0.as_chunks::<4>();
        for (four, row) in fours.iter().zip(&mut packed.0) {
            // The sign bit flipped back.
            row[query] = four.map(|byte| byte ^ 128);
        }
        sum += line.0.iter().map(|&byte| i32::from(byte)).sum::<i32>();
    }
    let values = (lines.len() * Line::VALUES) as i32;
    -128 * (sum - 128 * values)
}
