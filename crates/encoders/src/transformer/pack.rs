//! From a family's tensors to packed layers.

use std::sync::Arc;

use lookalike_kernels::Isa;
use lookalike_kernels::bf16::Variant;
use rayon::prelude::*;

use super::packing::{Int8, Packing};
use super::shape::{Mlp, Norms, Shape};
use super::source::{LayerSource, Patches, Source};
use super::{Arithmetic, Body, Frame, Layer, Network, Place, reduced, single};
use crate::error::LoadError;

/// CLIP's quick GELU is `silu(STEEPNESS x) / STEEPNESS`.
const STEEPNESS: f32 = 1.702;

impl Source<'_> {
    /// Packs the weights, in the threads of the current pool.
    ///
    /// # Errors
    /// A tensor is missing, misshapen or unreadable.
    pub(crate) fn pack(self, isa: Isa, arithmetic: &Arithmetic) -> Result<Network, LoadError> {
        let (shape, layers) = (self.shape, self.layers);
        let body = match arithmetic {
            Arithmetic::Accelerated(accelerator, precision) => {
                let network = Arc::clone(accelerator).transformer(self, *precision)?;
                return Ok(Network(Place::Accelerated(network)));
            }
            Arithmetic::F32 => Body::Single(single::Body {
                patches: self.patches.map(|patches| single::PatchEmbedding {
                    levels: single::Levels::new(patches.processor),
                    map: isa.plain(&patches.map),
                }),
                layers: pack_layers(&shape, layers, &isa)?,
            }),
            Arithmetic::Bf16(variant) => Body::Bf16(reduced_body(
                &shape,
                self.patches,
                layers,
                *variant,
                variant,
            )?),
            Arithmetic::Int8(variant) => {
                let packing = Int8(*variant);
                Body::Int8(reduced_body(
                    &shape,
                    self.patches,
                    layers,
                    *variant,
                    &packing,
                )?)
            }
        };
        let frame = Frame {
            shape,
            isa,
            norm_before: self.norm_before,
            norm_after: self.norm_after,
        };
        Ok(Network(Place::Cpu(frame, body)))
    }
}

fn reduced_body<P: Packing<Normed = <P as Packing>::Packed>>(
    shape: &Shape,
    patches: Option<Patches<'_>>,
    layers: &dyn LayerSource,
    variant: Variant,
    packing: &P,
) -> Result<reduced::Body<P::Packed>, LoadError> {
    let patch_embedding = patches.map(|patches| {
        let mut map = patches.map;
        let bias = map.bias.unwrap_or_else(|| vec![0.0; map.outputs]);
        let (weight, bias) =
            reduced::patch_weights(&map.weight, &bias, patches.size, patches.processor);
        (map.weight, map.bias) = (weight, Some(bias));
        variant.plain(&map)
    });
    Ok(reduced::Body {
        variant,
        patch_embedding,
        layers: pack_layers(shape, layers, packing)?,
    })
}

type Layers<P> = Vec<Layer<<P as Packing>::Normed, <P as Packing>::Packed>>;

fn pack_layers<P: Packing>(
    shape: &Shape,
    layers: &dyn LayerSource,
    packing: &P,
) -> Result<Layers<P>, LoadError> {
    let pack = |index| {
        let mut parts = layers.layer(index)?;
        if matches!(shape.mlp, Mlp::QuickGelu { .. }) {
            parts.expand.scale(STEEPNESS);
            parts.contract.scale_weight(STEEPNESS.recip());
        }
        let (before, behind) = match shape.norms {
            Norms::Before => ([Some(parts.norm1), Some(parts.norm2)], None),
            Norms::Behind => ([None, None], Some([parts.norm1, parts.norm2])),
        };
        let [norm1, norm2] = before;
        Ok(Layer {
            qkv: packing.heads(norm1, parts.qkv, shape),
            projection: packing.plain(&parts.projection),
            scale1: parts.scale1,
            expand: packing.expand(norm2, parts.expand, shape.mlp),
            contract: packing.plain(&parts.contract),
            scale2: parts.scale2,
            behind,
        })
    };
    (0..shape.layers).into_par_iter().map(pack).collect()
}
