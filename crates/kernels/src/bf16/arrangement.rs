//! Which column of the packed panels a row of a linear map's weights becomes.

use super::heads::HEAD_SIZE;

/// Columns of a panel: two tiles of 16.
pub(crate) const PANEL: usize = 32;

/// What the outputs of a linear map mean to the epilogue that takes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrangement {
    /// Every output is a column.
    Plain,
    /// Queries, keys and values of this many heads.
    Heads(usize),
    /// Gates and what they gate. The left half of a panel are 16 gates, the right half their
    /// partners, so that a row of sums of a panel is all that 16 outputs need.
    Gated,
}

impl Arrangement {
    /// Panics unless weights and bias are as long as `outputs` from `inputs` ask for.
    pub(crate) fn check(
        self,
        outputs: usize,
        inputs: usize,
        weights: &[f32],
        bias: Option<&[f32]>,
    ) {
        let rows = if self == Self::Gated {
            outputs.checked_mul(2)
        } else {
            Some(outputs)
        };
        let count = rows.and_then(|rows| rows.checked_mul(inputs));
        assert_eq!(Some(weights.len()), count, "number of weights");
        if let Some(bias) = bias {
            assert_eq!(Some(bias.len()), rows, "length of the bias");
        }
    }

    /// Panels that hold `outputs` outputs.
    pub(crate) fn panels(self, outputs: usize) -> usize {
        match self {
            Self::Plain | Self::Heads(_) => outputs.div_ceil(PANEL),
            Self::Gated => outputs.div_ceil(PANEL / 2),
        }
    }

    /// The column of row `row` of the weights.
    pub(crate) fn column(self, row: usize, outputs: usize) -> usize {
        match self {
            Self::Plain | Self::Heads(_) => row,
            Self::Gated => {
                let (half, unit) = (row / outputs, row % outputs);
                unit / 16 * PANEL + half * 16 + unit % 16
            }
        }
    }

    /// What the weights and the bias of row `row` are multiplied by.
    pub(crate) fn factor(self, row: usize) -> f32 {
        match self {
            Self::Heads(heads) if row < heads * HEAD_SIZE => {
                std::f32::consts::LOG2_E / (HEAD_SIZE as f32).sqrt()
            }
            _ => 1.0,
        }
    }
}
