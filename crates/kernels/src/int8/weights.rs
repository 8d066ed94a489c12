//! Quantised weights of a linear map in the tiles that products read.

use super::scale::Scale;
use super::tile::Tile;
use crate::bf16::arrangement::{Arrangement, PANEL};
use crate::bf16::{HEAD_SIZE, Variant};

/// The weights of a linear map, quantised with a scale per output, and its bias in f32, packed
/// for one variant.
///
/// Panels of 32 columns, each input by input: for every 64 inputs a tile of the first 16
/// columns and one of the others. A tile's row is four inputs, column by column: what one AMX
/// or `vpdpbusd` instruction takes. Rests are filled up with zeros.
#[derive(Debug)]
pub struct PackedLinear {
    variant: Variant,
    inputs: usize,
    outputs: usize,
    arrangement: Arrangement,
    tiles: Vec<Tile>,
    /// Filled up to whole panels.
    scales: Vec<f32>,
    /// Filled up to whole panels.
    bias: Vec<f32>,
}

impl PackedLinear {
    /// Packs `weights`, outputs x inputs row by row as PyTorch stores a linear map. Without a
    /// `bias` (of `outputs` elements) it is zero.
    ///
    /// # Panics
    /// `weights` or `bias` has another length, or there are more inputs than sums of 32 bits
    /// can take.
    #[must_use]
    pub fn pack(
        variant: Variant,
        outputs: usize,
        inputs: usize,
        weights: &[f32],
        bias: Option<&[f32]>,
    ) -> Self {
        Self::arrange(Arrangement::Plain, variant, outputs, inputs, weights, bias)
    }

    /// Packs the projection to the queries, keys and values of `heads` heads; see
    /// [`crate::bf16::PackedLinear::pack_heads`].
    ///
    /// # Panics
    /// As for [`PackedLinear::pack`].
    #[must_use]
    pub fn pack_heads(
        variant: Variant,
        heads: usize,
        inputs: usize,
        weights: &[f32],
        bias: Option<&[f32]>,
    ) -> Self {
        let arrangement = Arrangement::Heads(heads);
        let outputs = 3 * heads * HEAD_SIZE;
        Self::arrange(arrangement, variant, outputs, inputs, weights, bias)
    }

    /// Packs the first map of a gated MLP; see [`crate::bf16::PackedLinear::pack_gated`].
    ///
    /// # Panics
    /// As for [`PackedLinear::pack`].
    #[must_use]
    pub fn pack_gated(
        variant: Variant,
        hidden: usize,
        inputs: usize,
        weights: &[f32],
        bias: Option<&[f32]>,
    ) -> Self {
        Self::arrange(Arrangement::Gated, variant, hidden, inputs, weights, bias)
    }

    fn arrange(
        arrangement: Arrangement,
        variant: Variant,
        outputs: usize,
        inputs: usize,
        weights: &[f32],
        bias: Option<&[f32]>,
    ) -> Self {
        arrangement.check(outputs, inputs, weights, bias);
        assert!(
            inputs <= MOST_INPUTS,
            "{inputs} inputs of at most {MOST_INPUTS}"
        );
        let panels = arrangement.panels(outputs);
        let mut padded = vec![0.0; panels * PANEL];
        for (row, x) in bias.unwrap_or_default().iter().enumerate() {
            padded[arrangement.column(row, outputs)] = x * arrangement.factor(row);
        }
        let depth = inputs.div_ceil(Tile::COLUMNS);
        let mut tiles = vec![Tile([offset(variant); 1024]); panels * depth * 2];
        let mut scales = vec![0.0; panels * PANEL];
        if inputs > 0 {
            for (row, weights) in weights.chunks(inputs).enumerate() {
                let column = arrangement.column(row, outputs);
                let scale = Scale::of_all(weights.iter().copied());
                scales[column] = scale.step * arrangement.factor(row);
                for (input, &weight) in weights.iter().enumerate() {
                    let (tile, index) = position(depth, column, input);
                    tiles[tile].0[index] = scale.quantise(weight) ^ offset(variant);
                }
            }
        }
        Self {
            variant,
            inputs,
            outputs,
            arrangement,
            tiles,
            scales,
            bias: padded,
        }
    }

    /// Elements of an input row.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Elements of an output row.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// The variant it runs on.
    #[must_use]
    pub fn variant(&self) -> Variant {
        self.variant
    }

    pub(super) fn arrangement(&self) -> Arrangement {
        self.arrangement
    }

    /// Panels of 32 columns.
    pub(super) fn panels(&self) -> usize {
        self.arrangement.panels(self.outputs)
    }

    /// Tiles along the inputs.
    pub(super) fn depth(&self) -> usize {
        self.inputs.div_ceil(Tile::COLUMNS)
    }

    /// `[panel][depth][2]`
    pub(super) fn tiles(&self) -> &[Tile] {
        &self.tiles
    }

    /// What the integers of a column are multiples of; whole panels.
    pub(super) fn scales(&self) -> &[f32] {
        &self.scales
    }

    /// Whole panels.
    pub(super) fn bias(&self) -> &[f32] {
        &self.bias
    }

    /// The integer of one input for one column of the panels.
    pub(super) fn integer(&self, column: usize, input: usize) -> i8 {
        let (tile, index) = position(self.depth(), column, input);
        self.tiles[tile].0[index] ^ offset(self.variant)
    }
}

/// Most inputs of a map: sums of this many products of up to 128 * 255, in magnitude, stay within
/// 31 bits.
pub const MOST_INPUTS: usize = (i32::MAX / (128 * 255)) as usize;

/// `vpdpbusd` takes integers without a sign on one side: for it, weights have 128 added, which
/// flips their highest bit.
fn offset(variant: Variant) -> i8 {
    match variant {
        Variant::Avx512(_) => i8::MIN,
        Variant::Portable | Variant::Amx(_) => 0,
    }
}

/// Index of the tile and of the number in it.
fn position(depth: usize, column: usize, input: usize) -> (usize, usize) {
    let (k, half) = (input % Tile::COLUMNS, column % PANEL / 16);
    let tile = (column / PANEL * depth + input / Tile::COLUMNS) * 2 + half;
    (tile, k / 4 * 64 + column % 16 * 4 + k % 4)
}
