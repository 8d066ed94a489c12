//! Parameters by the names of their modules: what readers of named tensors have in common.

use crate::error::LoadError;
use crate::transformer::{Linear, Norm};

/// Reads the tensors of a model, or of a part of one.
pub(super) trait Modules {
    /// The tensor of that name.
    fn read(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, LoadError>;

    /// A layer norm over `width` values.
    fn norm(&self, module: &str, width: usize) -> Result<Norm, LoadError> {
        Ok(Norm {
            gain: self.read(&format!("{module}.weight"), &[width])?,
            bias: self.read(&format!("{module}.bias"), &[width])?,
        })
    }

    /// A linear map with its bias.
    fn linear(&self, module: &str, outputs: usize, inputs: usize) -> Result<Linear, LoadError> {
        Ok(Linear {
            bias: Some(self.read(&format!("{module}.bias"), &[outputs])?),
            ..self.weights(module, outputs, inputs)?
        })
    }

    /// A linear map that has no bias.
    fn weights(&self, module: &str, outputs: usize, inputs: usize) -> Result<Linear, LoadError> {
        Ok(Linear {
            outputs,
            inputs,
            weight: self.read(&format!("{module}.weight"), &[outputs, inputs])?,
            bias: None,
        })
    }

    /// Queries, keys and values as one map from `width` values to three times as many; of those
    /// without a bias it is zero.
    fn qkv(&self, modules: [(&str, bool); 3], width: usize) -> Result<Linear, LoadError> {
        // Grows with what is there: the configuration may claim anything.
        let (mut weight, mut bias) = (Vec::new(), Vec::new());
        for (module, has_bias) in modules {
            let part = if has_bias {
                self.linear(module, width, width)?
            } else {
                self.weights(module, width, width)?
            };
            weight.extend(part.weight);
            bias.extend(part.bias.unwrap_or_else(|| vec![0.0; width]));
        }
        Ok(Linear {
            outputs: 3 * width,
            inputs: width,
            weight,
            bias: Some(bias),
        })
    }

    /// From a patch's normalised values, channel by channel, to a token of `width` values.
    fn patch_map(&self, module: &str, width: usize, patch: usize) -> Result<Linear, LoadError> {
        Ok(Linear {
            outputs: width,
            inputs: 3 * patch * patch,
            weight: self.read(&format!("{module}.weight"), &[width, 3, patch, patch])?,
            bias: Some(self.read(&format!("{module}.bias"), &[width])?),
        })
    }
}
