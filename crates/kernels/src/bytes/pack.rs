//! Packs the weights of a linear map in bytes, each rounded so that errors make up for one another.

use super::greatest_level;
use super::rows::{FOUR, middle};
use super::weights::PackedLinear;
use crate::gemm::panel_width;
use crate::isa::Isa;

/// The integer of the greatest magnitude of an output's weights.
const GREATEST: f32 = 127.0;

/// Sums of as many products of up to 255 * 127, from a start of up to as much, stay within 31 bits.
pub(crate) const MOST_INPUTS: usize = (i32::MAX / (255 * 127) / 2) as usize;

impl PackedLinear {
    /// Packs `weights`, outputs x inputs row by row as PyTorch stores a linear map.
    ///
    /// What rounding does to one output adds up where inputs are seldom zero, as those behind a
    /// ReLU: each weight is then rounded so that it makes up for those before it. `typical` says
    /// about how great each input is; without it, each weight goes to the nearest integer.
    ///
    /// # Panics
    /// `weights`, `bias` or `typical` has another length, or there are more inputs than sums of 32
    /// bits can take (33,156).
    #[must_use]
    pub fn pack(
        isa: Isa,
        outputs: usize,
        inputs: usize,
        weights: &[f32],
        bias: &[f32],
        typical: Option<&[f32]>,
    ) -> Self {
        assert_eq!(
            Some(weights.len()),
            outputs.checked_mul(inputs),
            "number of weights"
        );
        assert_eq!(bias.len(), outputs, "length of the bias");
        assert!(
            typical.is_none_or(|typical| typical.len() == inputs),
            "a typical value per input"
        );
        assert!(
            inputs <= MOST_INPUTS,
            "{inputs} inputs of at most {MOST_INPUTS}"
        );
        let width = panel_width(isa);
        let padded = outputs.next_multiple_of(width);
        let depth = inputs.div_ceil(FOUR);
        let middle = i32::from(middle(greatest_level(isa)));
        let mut packed = Self {
            isa,
            inputs,
            outputs,
            width,
            panels: vec![[0; FOUR]; padded * depth],
            steps: vec![0.0; padded],
            bias: vec![0.0; padded],
            starts: vec![0; padded],
        };
        packed.bias[..outputs].copy_from_slice(bias);
        let order = typical.map(rounding_order);
        let mut integers = vec![0_i8; inputs];
        for (output, weights) in weights.chunks(inputs.max(1)).enumerate().take(outputs) {
            let step = weights.iter().fold(0.0_f32, |most, x| most.max(x.abs())) / GREATEST;
            let inverse = if step > 0.0 { 1.0 / step } else { 0.0 };
            match (&order, typical) {
                (Some(order), Some(typical)) => {
                    round_evenly(weights, inverse, order, typical, &mut integers);
                }
                _ => {
                    for (integer, weight) in integers.iter_mut().zip(weights) {
                        *integer = (weight * inverse).round_ties_even() as i8;
                    }
                }
            }
            packed.steps[output] = step;
            let (panel, column) = (output / width, output % width);
            let mut sum = 0;
            for (input, &integer) in integers.iter().enumerate() {
                let four = (panel * depth + input / FOUR) * width + column;
                packed.panels[four][input % FOUR] = integer;
                sum += i32::from(integer);
            }
            packed.starts[output] = -middle * sum;
        }
        packed
    }
}

/// Inputs from the greatest to the least: what rounding the last ones leaves counts least.
fn rounding_order(typical: &[f32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..typical.len()).collect();
    order.sort_by(|&a, &b| typical[b].total_cmp(&typical[a]));
    order
}

/// Rounds weights so that the errors, each times its typical input, add up to nearly nothing: error
/// diffusion (Floyd and Steinberg, 1976) along the inputs. No weight moves by more than a step.
fn round_evenly(
    weights: &[f32],
    inverse: f32,
    order: &[usize],
    typical: &[f32],
    integers: &mut [i8],
) {
    let mut error = 0.0;
    for &input in order {
        let exact = weights[input] * inverse;
        let share = if typical[input] > 0.0 {
            error / typical[input]
        } else {
            0.0
        };
        let integer = (exact + share.clamp(-0.5, 0.5))
            .round_ties_even()
            .clamp(-GREATEST, GREATEST);
        error += (exact - integer) * typical[input];
        integers[input] = integer as i8;
    }
}
