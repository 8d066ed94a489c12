//! Layer norm.

use super::lanes::{Lanes, Operation};

/// See [`crate::backend::Backend::layer_norm`]. Mean and variance take a pass each: the
/// shortcut over the sum of squares loses digits where the mean is large.
pub(crate) struct LayerNorm<'a> {
    pub(crate) x: &'a [f32],
    pub(crate) gain: &'a [f32],
    pub(crate) bias: &'a [f32],
    pub(crate) epsilon: f32,
    pub(crate) out: &'a mut [f32],
}

impl Operation for LayerNorm<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let count = self.x.len() as f32;
        let mut sum = l.splat(0.0);
        for x in self.x.chunks(L::WIDTH) {
            sum = l.add(sum, l.load(x, 0.0));
        }
        let mean = l.sum(sum) / count;
        let means = l.splat(mean);
        let mut squares = l.splat(0.0);
        for x in self.x.chunks(L::WIDTH) {
            // The filler is the mean, so that it adds nothing.
            let distance = l.subtract(l.load(x, mean), means);
            squares = l.multiply_add(distance, distance, squares);
        }
        let scale = l.splat(1.0 / (l.sum(squares) / count + self.epsilon).sqrt());
        let inputs = self.x.chunks(L::WIDTH).zip(self.gain.chunks(L::WIDTH));
        let outputs = self
            .bias
            .chunks(L::WIDTH)
            .zip(self.out.chunks_mut(L::WIDTH));
        for ((x, gain), (bias, out)) in inputs.zip(outputs) {
            let normal = l.multiply(l.subtract(l.load(x, mean), means), scale);
            l.store(
                l.multiply_add(normal, l.load(gain, 0.0), l.load(bias, 0.0)),
                out,
            );
        }
    }
}
