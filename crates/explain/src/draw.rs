//! Heat maps over pictures.

use lookalike_imaging::{RgbImage, encode_png};

use super::matches::Grid;
use super::{colour, ink};
use lookalike_engine::{EngineError, ErrorKind};

/// Longest side of a heat map in pixels: enough for a screen's half, and for print at 10 cm.
pub(super) const SIDE: u32 = 640;

/// Black of the picture under the colours, so that dark photos show them too.
const BLACK: f32 = 0.35;

/// A PNG of `small`, a picture within [`SIDE`], greyed, with the heat of its patches (0 to 1) as colour.
///
/// The heat lies at the patches' centres and is interpolated bilinearly between them; what the
/// preprocessing cut off has none.
pub(super) fn heatmap(
    small: &RgbImage,
    grid: &Grid<'_>,
    heat: &[f32],
) -> Result<Vec<u8>, EngineError> {
    let (width, height) = (small.width(), small.height());
    let mut data = Vec::with_capacity(small.data().len());
    for (index, pixel) in small.data().chunks_exact(3).enumerate() {
        let (x, y) = (index as u32 % width, index as u32 / width);
        let fraction = |position: u32, side: u32| (f64::from(position) + 0.5) / f64::from(side);
        let (x, y) = grid
            .geometry
            .to_input(fraction(x, width), fraction(y, height));
        let side = f64::from(grid.patch);
        let colour = colour::of_heat(between(grid, heat, x / side, y / side));
        let grey = BLACK + (1.0 - BLACK) * ink::luminance(pixel) / 255.0;
        data.extend(colour.map(|level| (level * grey).round() as u8));
    }
    let failed = || {
        EngineError::new(
            ErrorKind::Internal,
            "a heat map has another size than its picture",
        )
    };
    let image = RgbImage::new(width, height, data).ok_or_else(failed)?;
    encode_png(&image)
        .map_err(|error| EngineError::new(ErrorKind::Internal, error.to_string()).because(error))
}

/// The heat at a point given in patches; 0 outside the input.
fn between(grid: &Grid<'_>, heat: &[f32], x: f64, y: f64) -> f32 {
    let inside = |position: f64, count: usize| (0.0..=count as f64).contains(&position);
    if !inside(x, grid.columns) || !inside(y, grid.rows) {
        return 0.0;
    }
    let along = |position: f64, count: usize| {
        let position = (position - 0.5).clamp(0.0, (count - 1) as f64);
        let below = position as usize;
        (
            below,
            (below + 1).min(count - 1),
            (position - below as f64) as f32,
        )
    };
    let (left, right, x) = along(x, grid.columns);
    let (top, bottom, y) = along(y, grid.rows);
    let row = |row: usize| {
        let row = &heat[row * grid.columns..];
        row[left] * (1.0 - x) + row[right] * x
    };
    row(top) * (1.0 - y) + row(bottom) * y
}
