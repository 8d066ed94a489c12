//! Weights of a linear map in the tiles that products read.

use super::heads::HEAD_SIZE;
use super::number::to_bf16;
use super::tile::Tile;
use super::variant::Variant;

/// Columns of a panel: two tiles of 16.
pub(crate) const PANEL: usize = 32;

/// The weights of a linear map rounded to bf16 and its bias in f32, packed for one variant.
///
/// Panels of 32 outputs, each input by input: for every 32 inputs a tile of the first 16
/// outputs and one of the others. A tile's row is a pair of inputs, output by output: what one
/// AMX or `vdpbf16ps` instruction takes. Rests are filled up with zeros.
#[derive(Debug)]
pub struct PackedLinear {
    variant: Variant,
    inputs: usize,
    outputs: usize,
    heads: Option<usize>,
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
        Self::pack_scaled(variant, outputs, inputs, weights, bias, |_| 1.0)
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
        let width = heads * HEAD_SIZE;
        let scale = std::f32::consts::LOG2_E / (HEAD_SIZE as f32).sqrt();
        let factor = |output| if output < width { scale } else { 1.0 };
        let packed = Self::pack_scaled(variant, 3 * width, inputs, weights, bias, factor);
        Self {
            heads: Some(heads),
            ..packed
        }
    }

    fn pack_scaled(
        variant: Variant,
        outputs: usize,
        inputs: usize,
        weights: &[f32],
        bias: Option<&[f32]>,
        factor: impl Fn(usize) -> f32,
    ) -> Self {
        assert_eq!(
            Some(weights.len()),
            outputs.checked_mul(inputs),
            "number of weights"
        );
        let mut padded = vec![0.0; outputs.next_multiple_of(PANEL)];
        if let Some(bias) = bias {
            assert_eq!(bias.len(), outputs, "length of the bias");
            for (output, (out, x)) in padded.iter_mut().zip(bias).enumerate() {
                *out = x * factor(output);
            }
        }
        let depth = inputs.div_ceil(Tile::COLUMNS);
        let mut tiles = vec![Tile::ZERO; outputs.div_ceil(PANEL) * depth * 2];
        if inputs > 0 {
            for (output, row) in weights.chunks(inputs).enumerate() {
                let factor = factor(output);
                for (input, &weight) in row.iter().enumerate() {
                    let (tile, index) = position(depth, output, input);
                    tiles[tile].0[index] = to_bf16(weight * factor);
                }
            }
        }
        Self {
            variant,
            inputs,
            outputs,
            heads: None,
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

    /// Heads, if packed for queries, keys and values.
    pub(super) fn heads(&self) -> Option<usize> {
        self.heads
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

    /// The rounded weight of one input for one output.
    pub(super) fn weight(&self, output: usize, input: usize) -> f32 {
        let (tile, index) = position(self.depth(), output, input);
        super::number::from_bf16(self.tiles[tile].0[index])
    }
}

/// Index of the tile and of the number in it.
fn position(depth: usize, output: usize, input: usize) -> (usize, usize) {
    let (k, half) = (input % Tile::COLUMNS, output % PANEL / 16);
    let tile = (output / PANEL * depth + input / Tile::COLUMNS) * 2 + half;
    (tile, k / 2 * 32 + output % 16 * 2 + k % 2)
}
