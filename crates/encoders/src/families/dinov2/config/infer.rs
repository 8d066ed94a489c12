//! The configuration of weights that come without one, from the shapes of their tensors.

use super::{Architecture, Config};
use crate::error::{LoadError, Shape};
use crate::families::dinov2::names::{Names, PATCH_WEIGHT};
use crate::transformer::Mlp;
use crate::weights::Weights;

/// Width of a head in every published DINOv2; shapes do not tell it.
const HEAD_SIZE: usize = 64;

/// The layer norm's epsilon of every published DINOv2.
const LAYER_NORM_EPS: f32 = 1e-6;

/// Infers the configuration.
///
/// # Errors
/// A tensor that every DINOv2 has is missing or has an impossible shape.
pub(crate) fn infer(weights: &Weights) -> Result<Config, LoadError> {
    let names = Names::find(weights).unwrap_or_else(Names::bare);
    let layer = |index, tail| names.layer(weights, index, tail);
    let has = |tail| weights.contains(&layer(0, tail));
    let (hidden_size, patch_size) = patch_sizes(weights, &names)?;
    let registers = registers(weights, &names)?;
    let layers = (0..)
        .take_while(|&index| weights.contains(&layer(index, "norm1.weight")))
        .count();
    Ok(Config {
        architecture: if registers > 0 {
            Architecture::Dinov2WithRegisters
        } else {
            Architecture::Dinov2
        },
        hidden_size,
        // At least one, so that the error for a file without layers names the tensors it lacks.
        layers: layers.max(1),
        heads: hidden_size / HEAD_SIZE,
        mlp: mlp(weights, &names)?,
        patch_size,
        image_size: trained_grid(weights, &names)? * patch_size,
        registers,
        layer_norm_eps: LAYER_NORM_EPS,
        qkv_bias: has("attention.attention.query.bias"),
        layer_scale: has("layer_scale1.lambda1"),
    })
}

/// Width of a token and side of a patch, from the patch embedding's kernel.
fn patch_sizes(weights: &Weights, names: &Names) -> Result<(usize, usize), LoadError> {
    const EXPECTED: &str = "[a multiple of 64, 3, patch, patch]";
    let name = names.top(PATCH_WEIGHT);
    let [dim, channels, height, width] = weights.sizes(&name, EXPECTED)?;
    let fits =
        dim > 0 && dim.is_multiple_of(HEAD_SIZE) && channels == 3 && height > 0 && height == width;
    if fits {
        Ok((dim, height))
    } else {
        Err(weights.misshapen(&name, Shape::pattern(EXPECTED)))
    }
}

fn registers(weights: &Weights, names: &Names) -> Result<usize, LoadError> {
    let name = names.top("embeddings.register_tokens");
    if !weights.contains(&name) {
        return Ok(0);
    }
    let [_, registers, _] = weights.sizes(&name, "[1, registers, dim]")?;
    Ok(registers)
}

/// Side of the grid of position embeddings, of which there is one more for CLS.
fn trained_grid(weights: &Weights, names: &Names) -> Result<usize, LoadError> {
    const EXPECTED: &str = "[1, 1 + a square, dim]";
    let name = names.top("embeddings.position_embeddings");
    let [_, positions, _] = weights.sizes(&name, EXPECTED)?;
    let side = positions.saturating_sub(1).isqrt();
    if side == 0 || side * side + 1 != positions {
        return Err(weights.misshapen(&name, Shape::pattern(EXPECTED)));
    }
    Ok(side)
}

/// The kind of the feed-forward half by its names, and its width.
fn mlp(weights: &Weights, names: &Names) -> Result<Mlp, LoadError> {
    let layer = |tail| names.layer(weights, 0, tail);
    let fused = layer("mlp.weights_out.weight");
    let split = layer("mlp.down_proj.weight");
    for name in [fused, split] {
        if weights.contains(&name) {
            return Ok(Mlp::SwiGlu {
                hidden: hidden_width(weights, &name)?,
            });
        }
    }
    let hidden = hidden_width(weights, &layer("mlp.fc2.weight"))?;
    Ok(Mlp::Gelu { hidden })
}

fn hidden_width(weights: &Weights, name: &str) -> Result<usize, LoadError> {
    const EXPECTED: &str = "[dim, hidden], hidden at least 1";
    match weights.sizes(name, EXPECTED)? {
        [_, 0] => Err(weights.misshapen(name, Shape::pattern(EXPECTED))),
        [_, hidden] => Ok(hidden),
    }
}
