//! Weights of a linear map in bytes, in the order in which the tiles read them, and what becomes of
//! the results.

use super::rows::FOUR;
use crate::isa::Isa;

/// What is done with the results of a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Epilogue {
    /// `out = min(max(result, 0), 6)`
    Relu6,
    /// `out += result`
    Residual,
}

/// The weights of a linear map, in steps of a 127th of each output's greatest, and its bias in f32,
/// packed for one instruction set.
///
/// Panels of as many outputs as a tile is wide, each by fours of inputs; rests are filled up with
/// zeros.
#[derive(Debug)]
pub struct PackedLinear {
    pub(super) isa: Isa,
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    /// Outputs of a panel.
    pub(super) width: usize,
    /// `[panel][four of inputs][output]`
    pub(super) panels: Vec<[i8; FOUR]>,
    /// Of each output, filled up to whole panels: its step, its bias, and what sums of activations
    /// around a middle start from: less the middle times the sum of the weights.
    pub(super) steps: Vec<f32>,
    pub(super) bias: Vec<f32>,
    pub(super) starts: Vec<i32>,
}

impl PackedLinear {
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

    #[inline(always)]
    pub(crate) fn panel(&self, index: usize) -> &[[i8; FOUR]] {
        let length = self.width * self.inputs.div_ceil(FOUR);
        &self.panels[index * length..][..length]
    }

    #[inline(always)]
    pub(crate) fn steps(&self) -> &[f32] {
        &self.steps
    }

    #[inline(always)]
    pub(crate) fn bias(&self) -> &[f32] {
        &self.bias
    }

    #[inline(always)]
    pub(crate) fn starts(&self) -> &[i32] {
        &self.starts
    }

    /// The integer of a weight.
    pub(crate) fn integer(&self, output: usize, input: usize) -> i8 {
        let (panel, column) = (output / self.width, output % self.width);
        self.panel(panel)[input / FOUR * self.width + column][input % FOUR]
    }
}
