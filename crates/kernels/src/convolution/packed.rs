//! Weights of a depthwise convolution, a group of channels side by side.

use super::{GROUP, Pixel, Window};
use crate::isa::Isa;

/// The weights and the bias of a depthwise convolution.
#[derive(Debug)]
pub struct PackedDepthwise {
    isa: Isa,
    window: Window,
    channels: usize,
    /// `[group][row of the window][column]`, zero for channels that there are not.
    weights: Vec<Pixel>,
    bias: Vec<Pixel>,
}

impl PackedDepthwise {
    /// Packs `weights`, channels x 1 x kernel x kernel as PyTorch stores them, and a bias per
    /// channel.
    ///
    /// # Panics
    /// `weights` or `bias` has another length.
    #[must_use]
    pub fn pack(isa: Isa, window: Window, weights: &[f32], bias: &[f32]) -> Self {
        let (channels, taps) = (bias.len(), window.kernel() * window.kernel());
        assert_eq!(weights.len(), channels * taps, "number of weights");
        let groups = channels.div_ceil(GROUP);
        let mut packed = vec![[0.0; GROUP]; groups * taps];
        let mut packed_bias = vec![[0.0; GROUP]; groups];
        for (channel, weights) in weights.chunks(taps).enumerate() {
            let (group, lane) = (channel / GROUP, channel % GROUP);
            for (tap, &weight) in weights.iter().enumerate() {
                packed[group * taps + tap][lane] = weight;
            }
            packed_bias[group][lane] = bias[channel];
        }
        Self {
            isa,
            window,
            channels,
            weights: packed,
            bias: packed_bias,
        }
    }

    /// Size and distance of the windows.
    #[must_use]
    pub fn window(&self) -> Window {
        self.window
    }

    /// Channels of all groups.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Groups of channels.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.bias.len()
    }

    /// Channels of group `group`: [`GROUP`] but for the last one.
    ///
    /// # Panics
    /// There is no such group.
    #[must_use]
    pub fn group_channels(&self, group: usize) -> usize {
        assert!(group < self.groups(), "group {group} of {}", self.groups());
        GROUP.min(self.channels - group * GROUP)
    }

    pub(super) fn isa(&self) -> Isa {
        self.isa
    }

    pub(super) fn group(&self, group: usize) -> (&[Pixel], &Pixel) {
        let taps = self.window.kernel() * self.window.kernel();
        (&self.weights[group * taps..][..taps], &self.bias[group])
    }
}
