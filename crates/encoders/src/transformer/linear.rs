//! A linear map before it is packed.

use super::norm::Norm;

/// A linear map as it is in a file.
pub struct Linear {
    /// Values that it gives.
    pub outputs: usize,
    /// Values that it takes.
    pub inputs: usize,
    /// Outputs x inputs, row by row.
    pub weight: Vec<f32>,
    /// A value for each output, if it has a bias.
    pub bias: Option<Vec<f32>>,
}

impl Linear {
    /// Multiplies what it gives.
    pub(super) fn scale(&mut self, factor: f32) {
        self.scale_weight(factor);
        self.bias.iter_mut().flatten().for_each(|x| *x *= factor);
    }

    /// Multiplies what it takes.
    pub(super) fn scale_weight(&mut self, factor: f32) {
        self.weight.iter_mut().for_each(|x| *x *= factor);
    }

    /// The same map behind a layer norm whose gain and bias are taken into it.
    pub(super) fn behind(mut self, norm: Option<&Norm>) -> Self {
        let Some(norm) = norm else { return self };
        let mut bias = self.bias.unwrap_or_else(|| vec![0.0; self.outputs]);
        for (row, bias) in self.weight.chunks_mut(self.inputs).zip(&mut bias) {
            let products = row
                .iter()
                .zip(&norm.bias)
                .map(|(&a, &b)| f64::from(a) * f64::from(b));
            *bias = (f64::from(*bias) + products.sum::<f64>()) as f32;
            for (weight, gain) in row.iter_mut().zip(&norm.gain) {
                *weight *= gain;
            }
        }
        self.bias = Some(bias);
        self
    }
}
