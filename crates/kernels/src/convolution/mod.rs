//! Depthwise convolutions: every channel of an image has windows of its own.
//!
//! They stand between two matrix products whose inner dimension is the channels, so channels
//! come in groups of [`GROUP`]: the first product writes a group of all pixels at a time, which
//! the windows of that group then read while it is in cache, and the results go to where the
//! second product reads whole rows. Nothing is reordered in between.

mod packed;
mod rows;
#[cfg(test)]
mod tests;
mod window;

use std::ops::Range;

use crate::backend::Backend;
use crate::bf16::BlockedMut;
use crate::bytes::{Bytes, FOUR};
use crate::dispatch::dispatch;
use crate::matrix::MatrixMut;

pub use packed::PackedDepthwise;
pub use rows::{Band, GROUP, Pixel};
pub(crate) use rows::{Results, WindowRows};
pub use window::Window;

/// `out = relu6(bias + sum over a window of input * weight)` for the outputs of `rows`, channel
/// by channel of group number `group`.
///
/// `out` has a row for every output pixel and a column for every channel of the group. The sums
/// run row by row of a window, in the same order wherever rows are cut.
///
/// # Panics
/// There is no such group or such rows, `band` lacks rows that the windows see, or `out` has
/// another shape.
pub fn depthwise(
    weights: &PackedDepthwise,
    group: usize,
    band: Band<'_>,
    rows: Range<usize>,
    mut out: MatrixMut<'_>,
) {
    let channels = weights.group_channels(group);
    assert_eq!(out.columns(), channels, "columns of the output");
    let results = out.rows();
    run(weights, group, band, rows, results, || {
        Results::Rows(out.block(0, 0))
    });
}

/// As [`depthwise()`], rounded to bf16, to the columns of the group in `out`, which has a column
/// for every channel of all groups.
///
/// # Panics
/// As [`depthwise()`].
pub fn depthwise_bf16(
    weights: &PackedDepthwise,
    group: usize,
    band: Band<'_>,
    rows: Range<usize>,
    out: &mut BlockedMut<'_>,
) {
    assert_eq!(out.columns(), weights.channels(), "columns of the output");
    let results = out.rows();
    let depth = weights.groups();
    run(weights, group, band, rows, results, || Results::Tiles {
        tiles: &mut out.tiles_mut()[group..],
        depth,
    });
}

/// As [`depthwise()`], in equal steps from 0 to 6 for [`Bytes::relu6`], to the columns of the group
/// in the first of `out`: a row for every output pixel, as long as there are channels, rounded up to
/// a multiple of four. What fills up rows is not written.
///
/// # Panics
/// As [`depthwise()`], but that `out` may be longer.
pub fn depthwise_bytes(
    weights: &PackedDepthwise,
    group: usize,
    band: Band<'_>,
    rows: Range<usize>,
    out: &mut [u8],
) {
    let results = rows.len() * weights.window().outputs(band.width);
    let count = Bytes::count(results, weights.channels());
    assert!(count <= out.len(), "{results} rows in {} bytes", out.len());
    let stride = weights.channels().next_multiple_of(FOUR);
    run(weights, group, band, rows, results, || Results::Bytes {
        data: &mut out[group * GROUP..count],
        stride,
    });
}

/// `results` is the number of rows of `out`.
fn run<'a>(
    weights: &PackedDepthwise,
    group: usize,
    band: Band<'_>,
    rows: Range<usize>,
    results: usize,
    out: impl FnOnce() -> Results<'a>,
) {
    let window = weights.window();
    let channels = weights.group_channels(group);
    let columns = window.outputs(band.width);
    assert!(
        rows.start <= rows.end && rows.end <= window.outputs(band.height),
        "rows {rows:?} of {} outputs",
        window.outputs(band.height)
    );
    assert_eq!(results, rows.len() * columns, "rows of the output");
    if results == 0 {
        return;
    }
    let seen = window.seen(rows.clone(), band.height);
    let held = band.pixels.len() / band.width;
    assert!(
        band.first_row <= seen.start && seen.end - band.first_row <= held,
        "the windows see rows {seen:?}, the band has {held} from {}",
        band.first_row
    );
    let isa = weights.isa();
    let (weights, bias) = weights.group(group);
    let work = WindowRows {
        window,
        weights,
        bias,
        channels,
        band,
        first: rows.start,
        count: rows.len(),
        columns,
        left: window.padding_before(band.width),
        top: window.padding_before(band.height),
    };
    dispatch!(isa, backend => backend.depthwise(work, out()));
}
