//! Keys and values of a head in the order in which the tiles read them.

use crate::gemm::panel_width;
use crate::isa::Isa;
use crate::matrix::Matrix;

/// Keys and values of one head, packed for one instruction set in memory of the caller.
///
/// Keys are panels of as many keys as a tile is wide, element by element; values are panels
/// of as many columns, key by key. What is left of a last panel is zero.
#[derive(Clone, Copy, Debug)]
pub struct PackedHead<'a> {
    isa: Isa,
    keys: usize,
    size: usize,
    data: &'a [f32],
}

impl<'a> PackedHead<'a> {
    /// Elements that [`PackedHead::pack`] needs for `keys` keys of `size` elements.
    #[must_use]
    pub fn length(isa: Isa, keys: usize, size: usize) -> usize {
        let width = panel_width(isa);
        keys.next_multiple_of(width) * size + size.next_multiple_of(width) * keys
    }

    /// Packs `keys` and `values`, keys x head size each, into `memory`.
    ///
    /// # Panics
    /// The shapes differ, or `memory` has another length than [`PackedHead::length`].
    pub fn pack(isa: Isa, keys: Matrix<'_>, values: Matrix<'_>, memory: &mut [f32]) {
        let (count, size) = (keys.rows(), keys.columns());
        assert_eq!(
            (values.rows(), values.columns()),
            (count, size),
            "shape of the values"
        );
        assert_eq!(
            memory.len(),
            Self::length(isa, count, size),
            "length of the memory"
        );
        let width = panel_width(isa);
        let (key_panels, value_panels) = memory.split_at_mut(count.next_multiple_of(width) * size);
        for key in 0..count {
            let panel = &mut key_panels[key / width * width * size..];
            for (element, &x) in keys.row(key).iter().enumerate() {
                panel[element * width + key % width] = x;
            }
            for (index, part) in values.row(key).chunks(width).enumerate() {
                let row = &mut value_panels[(index * count + key) * width..][..width];
                row[..part.len()].copy_from_slice(part);
                row[part.len()..].fill(0.0);
            }
        }
        for padding in count..count.next_multiple_of(width) {
            let panel = &mut key_panels[padding / width * width * size..];
            for element in 0..size {
                panel[element * width + padding % width] = 0.0;
            }
        }
    }

    /// The head that was packed into `memory`.
    ///
    /// # Panics
    /// `memory` has another length than [`PackedHead::length`].
    #[must_use]
    pub fn new(isa: Isa, keys: usize, size: usize, memory: &'a [f32]) -> Self {
        assert_eq!(
            memory.len(),
            Self::length(isa, keys, size),
            "length of the memory"
        );
        Self {
            isa,
            keys,
            size,
            data: memory,
        }
    }

    pub(crate) fn isa(&self) -> Isa {
        self.isa
    }

    /// Number of keys.
    pub(crate) fn keys(&self) -> usize {
        self.keys
    }

    /// Elements of a key, and of a value.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// All elements of one panel of keys.
    pub(super) fn key_panel(&self, index: usize) -> &'a [f32] {
        let length = panel_width(self.isa) * self.size;
        &self.data[index * length..][..length]
    }

    /// `count` values from `first` on, the columns of one panel.
    pub(super) fn value_block(&self, panel: usize, first: usize, count: usize) -> &'a [f32] {
        let width = panel_width(self.isa);
        let values = &self.data[self.keys.next_multiple_of(width) * self.size..];
        &values[(panel * self.keys + first) * width..][..count * width]
    }
}
