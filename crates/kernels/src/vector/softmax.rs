//! Streaming softmax and the other loops of attention and SwiGLU.

use std::f32::consts::LOG2_E;

use super::lanes::{Lanes, Operation};
use super::math;
use crate::backend::SoftmaxRow;

/// See [`crate::backend::Backend::softmax`].
pub(crate) struct Softmax<'a> {
    pub(crate) logits: &'a mut [f32],
    pub(crate) scale: f32,
    pub(crate) row: &'a mut SoftmaxRow,
}

impl Operation for Softmax<'_> {
    type Output = f32;

    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> f32 {
        let lowest = f32::NEG_INFINITY;
        let mut largest = l.splat(lowest);
        for x in self.logits.chunks(L::WIDTH) {
            largest = l.maximum(largest, l.load(x, lowest));
        }
        let maximum = self.row.maximum.max(l.greatest(largest) * self.scale);
        let factor = if maximum == self.row.maximum {
            1.0
        } else {
            l.greatest(math::exp(l, l.splat(self.row.maximum - maximum)))
        };
        // Powers of two take fewer steps than those of e.
        let scale = l.splat(self.scale * LOG2_E);
        let shift = l.splat(-maximum * LOG2_E);
        let mut sum = l.splat(0.0);
        let mut chunks = self.logits.chunks_exact_mut(L::WIDTH);
        for x in &mut chunks {
            let weight = math::exp2_nonpositive(l, l.multiply_add(l.load(x, 0.0), scale, shift));
            sum = l.add(sum, weight);
            l.store(weight, x);
        }
        let tail = chunks.into_remainder();
        let mut tail_sum = 0.0;
        if !tail.is_empty() {
            let weight = math::exp2_nonpositive(l, l.multiply_add(l.load(tail, 0.0), scale, shift));
            l.store(weight, tail);
            tail_sum = tail.iter().sum();
        }
        *self.row = SoftmaxRow {
            maximum,
            sum: self.row.sum * factor + (l.sum(sum) + tail_sum),
        };
        factor
    }
}

/// See [`crate::backend::Backend::scale`].
pub(crate) struct Scale<'a> {
    pub(crate) values: &'a mut [f32],
    pub(crate) factor: f32,
}

impl Operation for Scale<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let factor = l.splat(self.factor);
        for x in self.values.chunks_mut(L::WIDTH) {
            l.store(l.multiply(l.load(x, 0.0), factor), x);
        }
    }
}

/// See [`crate::backend::Backend::swiglu`].
pub(crate) struct SwiGlu<'a> {
    pub(crate) gate: &'a mut [f32],
    pub(crate) up: &'a [f32],
}

impl Operation for SwiGlu<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        for (gate, up) in self.gate.chunks_mut(L::WIDTH).zip(self.up.chunks(L::WIDTH)) {
            l.store(
                l.multiply(math::silu(l, l.load(gate, 0.0)), l.load(up, 0.0)),
                gate,
            );
        }
    }
}
