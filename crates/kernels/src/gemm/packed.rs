//! Weights of a linear map in the order in which the tiles read them.

use crate::backend::Backend;
use crate::dispatch::dispatch;
use crate::isa::Isa;

/// The weights and bias of a linear map, packed for one instruction set.
///
/// Panels of as many outputs as a tile is wide, each input by input; the last panel is filled
/// up with zeros. Takes the memory of the weights, rounded up to whole panels.
#[derive(Debug)]
pub struct PackedLinear {
    isa: Isa,
    inputs: usize,
    outputs: usize,
    panels: Vec<f32>,
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
        isa: Isa,
        outputs: usize,
        inputs: usize,
        weights: &[f32],
        bias: Option<&[f32]>,
    ) -> Self {
        assert_eq!(
            Some(weights.len()),
            outputs.checked_mul(inputs),
            "number of weights"
        );
        let bias = bias.map_or_else(|| vec![0.0; outputs], <[f32]>::to_vec);
        assert_eq!(bias.len(), outputs, "length of the bias");
        let width = panel_width(isa);
        let panels = if inputs == 0 {
            Vec::new()
        } else {
            let mut panels = vec![0.0; outputs.div_ceil(width) * width * inputs];
            for (source, panel) in weights
                .chunks(width * inputs)
                .zip(panels.chunks_mut(width * inputs))
            {
                pack_panel(source, inputs, width, panel);
            }
            panels
        };
        Self {
            isa,
            inputs,
            outputs,
            panels,
            bias,
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

    /// The instruction set it is packed for, which is the one it runs on.
    #[must_use]
    pub fn isa(&self) -> Isa {
        self.isa
    }

    pub(crate) fn bias(&self) -> &[f32] {
        &self.bias
    }

    pub(crate) fn panel(&self, index: usize) -> &[f32] {
        let length = panel_width(self.isa) * self.inputs;
        &self.panels[index * length..][..length]
    }
}

/// Writes up to `width` rows of `inputs` elements as columns of `panel`.
pub(crate) fn pack_panel(rows: &[f32], inputs: usize, width: usize, panel: &mut [f32]) {
    for (column, row) in rows.chunks(inputs).enumerate() {
        for (k, &weight) in row.iter().enumerate() {
            panel[k * width + column] = weight;
        }
    }
}

/// Columns of a panel.
pub(crate) fn panel_width(isa: Isa) -> usize {
    fn columns<B: Backend>(_: B) -> usize {
        B::COLUMNS
    }
    dispatch!(isa, backend => columns(backend))
}
