//! Weights of a linear map in the tiles that products read.

use super::arrangement::{Arrangement, PANEL};
use super::heads::HEAD_SIZE;
use super::number::to_bf16;
use super::tile::Tile;
use super::variant::Variant;

/// The weights of a linear map rounded to bf16 and its bias in f32, packed for one variant.
///
/// Panels of 32 columns, each input by input: for every 32 inputs a tile of the first 16
/// columns and one of the others. A tile's row is a pair of inputs, column by column: what one
/// AMX or `vdpbf16ps` instruction takes. Rests are filled up with zeros.
#[derive(Debug)]
pub struct PackedLinear {
    variant: Variant,
    inputs: usize,
    outputs: usize,
    arrangement: Arrangement,
    tiles: Vec<Tile>,
    /// Filled up to whole panels.
    bias: Vec<f32>,
}

impl PackedLinear {
    /// Packs `weights`, outputs x inputs row by row as PyTorch stores a linear map. Without a
    /// `bias` (of `outputs` elements) it is zero.
    ///
    /// # Panics
    /// `weights` or `bias` has another length.
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

    /// Packs the projection to the queries, keys and values of `heads` heads of
    /// [`HEAD_SIZE`], in this order along the outputs, for [`super::Output::Heads`].
    ///
    /// Scores are wanted in powers of two and divided by the root of the head size: both
    /// factors are multiplied into the queries' weights and bias here.
    ///
    /// # Panics
    /// `weights` or `bias` has another length.
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

    /// Packs the first map of a gated MLP for [`super::Output::SwiGlu`]: `weights` are
    /// `2 * hidden` x `inputs`, the rows of all gates before those they gate; so is `bias`.
    /// [`PackedLinear::outputs`] is `hidden`.
    ///
    /// # Panics
    /// `weights` or `bias` has another length.
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
        let panels = arrangement.panels(outputs);
        let mut padded = vec![0.0; panels * PANEL];
        for (row, x) in bias.unwrap_or_default().iter().enumerate() {
            padded[arrangement.column(row, outputs)] = x * arrangement.factor(row);
        }
        let depth = inputs.div_ceil(Tile::COLUMNS);
        let mut tiles = vec![Tile::ZERO; panels * depth * 2];
        if inputs > 0 {
            for (row, weights) in weights.chunks(inputs).enumerate() {
                let column = arrangement.column(row, outputs);
                let factor = arrangement.factor(row);
                for (input, &weight) in weights.iter().enumerate() {
                    let (tile, index) = position(depth, column, input);
                    tiles[tile].0[index] = to_bf16(weight * factor);
                }
            }
        }
        Self {
            variant,
            inputs,
            outputs,
            arrangement,
            tiles,
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

    /// Whole panels.
    pub(super) fn bias(&self) -> &[f32] {
        &self.bias
    }

    /// The rounded weight of one input for one column of the panels.
    pub(super) fn weight(&self, column: usize, input: usize) -> f32 {
        let (tile, index) = position(self.depth(), column, input);
        super::number::from_bf16(self.tiles[tile].0[index])
    }
}

/// Index of the tile and of the number in it.
fn position(depth: usize, column: usize, input: usize) -> (usize, usize) {
    let (k, half) = (input % Tile::COLUMNS, column % PANEL / 16);
    let tile = (column / PANEL * depth + input / Tile::COLUMNS) * 2 + half;
    (tile, k / 2 * 32 + column % 16 * 2 + k % 2)
}
