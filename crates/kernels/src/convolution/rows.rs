//! What a variant of the depthwise convolution gets: rows of windows, and where results go.

use super::window::Window;
use crate::bf16::Tile;
use crate::matrix::StridedMut;

/// Channels that are convolved together.
pub const GROUP: usize = 32;

/// A group of channels of one pixel.
pub type Pixel = [f32; GROUP];

/// Rows of an image, a group of channels of it.
#[derive(Clone, Copy, Debug)]
pub struct Band<'a> {
    /// Pixels row by row, from row `first_row` of the image on.
    pub pixels: &'a [Pixel],
    /// The row of the image that `pixels` begins with.
    pub first_row: usize,
    /// Rows of the whole image.
    pub height: usize,
    /// Pixels of a row.
    pub width: usize,
}

/// What the windows of some rows of outputs need: the work of a variant.
#[derive(Clone, Copy)]
pub(crate) struct WindowRows<'a> {
    pub(crate) window: Window,
    /// `kernel * kernel` weights of each channel.
    pub(crate) weights: &'a [Pixel],
    pub(crate) bias: &'a Pixel,
    /// Channels of the group that there are.
    pub(crate) channels: usize,
    pub(super) band: Band<'a>,
    /// First row of the outputs.
    pub(super) first: usize,
    /// Rows of outputs.
    pub(crate) count: usize,
    /// Outputs of a row.
    pub(crate) columns: usize,
    /// Pixels by which the first window reaches beyond the image, to its left and top.
    pub(crate) left: usize,
    pub(super) top: usize,
}

impl<'a> WindowRows<'a> {
    /// Pixels of a row of the image.
    pub(crate) fn width(&self) -> usize {
        self.band.width
    }

    /// The input that row `y` of the windows of output row `row` (both from 0) lies on; none
    /// beyond the image.
    #[inline(always)]
    pub(crate) fn input_row(&self, row: usize, y: usize) -> Option<&'a [Pixel]> {
        let index = ((self.first + row) * self.window.stride() + y).checked_sub(self.top)?;
        if index >= self.band.height {
            return None;
        }
        let start = (index - self.band.first_row) * self.band.width;
        Some(&self.band.pixels[start..][..self.band.width])
    }
}

/// Where results go, a row for every output pixel.
pub(crate) enum Results<'a> {
    /// f32, the channels of the group only.
    Rows(StridedMut<'a>),
    /// bf16, the tiles of the group only: every `depth`th one from the first on.
    Tiles { tiles: &'a mut [Tile], depth: usize },
    /// Bytes, the channels of the group only, in rows `stride` bytes apart.
    Bytes { data: &'a mut [u8], stride: usize },
}

impl Results<'_> {
    /// The channels of row `index` in tiles.
    #[inline(always)]
    pub(crate) fn tile_row(tiles: &mut [Tile], depth: usize, index: usize) -> &mut [u16] {
        let tile = &mut tiles[index / Tile::ROWS * depth].0;
        &mut tile[index % Tile::ROWS * Tile::COLUMNS..][..Tile::COLUMNS]
    }
}
