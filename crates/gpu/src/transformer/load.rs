//! From named tensors to weights in a card's memory.

use std::sync::Arc;

use lookalike_encoders::{
    DeviceError, LayerParts, Linear, LoadError, Mlp, Norm, Norms, Patches, Precision, Sight,
    TransformerShape, TransformerSource,
};

use super::{CardLayer, CardTransformer, PictureEntry};
use crate::card::Card;
use crate::kernels::{
    Activation, Attention, Gather, Normalise, Number, Place, Product, ProductSource, Rotate, Unfold,
};
use crate::slots::Slots;

impl CardTransformer {
    /// Reads the layers one by one: the host holds one of them at a time.
    pub(crate) fn load(
        card: &Arc<Card>,
        source: TransformerSource<'_>,
        precision: Precision,
    ) -> Result<Self, LoadError> {
        let number = Number::of(precision);
        let shape = source.shape;
        let loader = Loader {
            card,
            number,
            shape: &shape,
        };
        let layers = (0..shape.layers).map(|index| {
            let parts = source.layers.layer(index)?;
            loader.layer(parts).map_err(LoadError::Device)
        });
        let layers = layers.collect::<Result<_, LoadError>>()?;
        let (norm_before, norm_after) = (source.norm_before, source.norm_after);
        let made = || {
            let norm =
                |norm: Option<Norm>| norm.map(|norm| loader.norm(&norm, Number::F32)).transpose();
            let is_causal = shape.sight == Sight::Before;
            let (heads, size) = (shape.heads, shape.head_size());
            let can_turn = size.is_multiple_of(4);
            let pictures = source.patches.as_ref();
            Ok(Self {
                pictures: pictures.map(|one| loader.entry(one)).transpose()?,
                norm_before: norm(norm_before)?,
                norm_after: norm(norm_after)?,
                layers,
                attention: Attention::load(card, number, heads, size, is_causal)?,
                rotate: can_turn
                    .then(|| Rotate::load(card, number, heads * size, size))
                    .transpose()?,
                gather_tokens: Gather::load(card, Number::F32)?,
                gather_mixed: Gather::load(card, number)?,
                workspaces: Slots::default(),
                card: Arc::clone(card),
                shape,
                number,
            })
        };
        made().map_err(LoadError::Device)
    }
}

struct Loader<'a> {
    card: &'a Card,
    number: Number,
    shape: &'a TransformerShape,
}

impl Loader<'_> {
    fn entry(&self, patches: &Patches<'_>) -> Result<PictureEntry, DeviceError> {
        let card = self.card;
        // Colours lie side by side in a picture, plane by plane in the map.
        let area = patches.size * patches.size;
        let mut map = Vec::with_capacity(patches.map.weight.len());
        for row in patches.map.weight.chunks(3 * area) {
            for pixel in 0..area {
                map.extend((0..3).map(|colour| row[colour * area + pixel]));
            }
        }
        let (mean, std) = (patches.processor.mean(), patches.processor.std());
        Ok(PictureEntry {
            side: patches.size,
            unfold: Unfold::load(card, self.number, patches.size, mean, std)?,
            map: Product::load(
                card,
                &ProductSource {
                    outputs: patches.map.outputs,
                    inputs: patches.map.inputs,
                    weight: &map,
                    bias: patches.map.bias.as_deref(),
                    scale: None,
                    activation: Activation::None,
                    number: self.number,
                    rows: self.number,
                    results: Number::F32,
                },
            )?,
            place: Place::load(card)?,
        })
    }

    fn layer(&self, parts: LayerParts) -> Result<CardLayer, DeviceError> {
        let norms = [&parts.norm1, &parts.norm2];
        let (before, behind) = match self.shape.norms {
            Norms::Before => (Some(self.norms(norms, self.number)?), None),
            Norms::Behind => (None, Some(self.norms(norms, Number::F32)?)),
        };
        // What a half reads: what its norm gives, or the tokens themselves.
        let tokens = match before {
            Some(_) => self.number,
            None => Number::F32,
        };
        let activation = match self.shape.mlp {
            Mlp::Gelu { .. } => Activation::Gelu,
            Mlp::GeluTanh { .. } => Activation::GeluTanh,
            Mlp::QuickGelu { .. } => Activation::QuickGelu,
            Mlp::SwiGlu { .. } => Activation::SwiGlu,
        };
        Ok(CardLayer {
            before,
            qkv: self.product(&self.apart(parts.qkv), tokens, Activation::None)?,
            projection: self.residual(&self.joined(parts.projection), parts.scale1.as_deref())?,
            expand: self.product(&parts.expand, tokens, activation)?,
            contract: self.residual(&parts.contract, parts.scale2.as_deref())?,
            behind,
        })
    }

    fn norms(
        &self,
        [one, two]: [&Norm; 2],
        results: Number,
    ) -> Result<[Normalise; 2], DeviceError> {
        Ok([self.norm(one, results)?, self.norm(two, results)?])
    }

    fn norm(&self, norm: &Norm, results: Number) -> Result<Normalise, DeviceError> {
        let epsilon = self.shape.layer_norm_eps;
        Normalise::load(self.card, norm, epsilon, results)
    }

    fn product(
        &self,
        map: &Linear,
        rows: Number,
        activation: Activation,
    ) -> Result<Product, DeviceError> {
        let source = self.source(map, rows, self.number, activation);
        Product::load(self.card, &source)
    }

    /// A map whose results are added to the tokens.
    fn residual(&self, map: &Linear, scale: Option<&[f32]>) -> Result<Product, DeviceError> {
        let source = ProductSource {
            scale,
            ..self.source(map, self.number, Number::F32, Activation::Residual)
        };
        Product::load(self.card, &source)
    }

    fn source<'a>(
        &self,
        map: &'a Linear,
        rows: Number,
        results: Number,
        activation: Activation,
    ) -> ProductSource<'a> {
        ProductSource {
            outputs: map.outputs,
            inputs: map.inputs,
            weight: &map.weight,
            bias: map.bias.as_deref(),
            scale: None,
            activation,
            number: self.number,
            rows,
            results,
        }
    }

    /// Queries, keys and values with each head filled up to a multiple of four values.
    fn apart(&self, map: Linear) -> Linear {
        let size = self.shape.head_size();
        let filled = size.next_multiple_of(4);
        if size == filled {
            return map;
        }
        let heads = map.outputs / size;
        let fill = |values: Vec<f32>, width: usize| {
            let mut out = Vec::with_capacity(heads * filled * width);
            for head in values.chunks(size * width) {
                out.extend_from_slice(head);
                out.resize(out.len() + (filled - size) * width, 0.0);
            }
            out
        };
        Linear {
            outputs: heads * filled,
            inputs: map.inputs,
            weight: fill(map.weight, map.inputs),
            bias: map.bias.map(|bias| fill(bias, 1)),
        }
    }

    /// The map of what attention mixes, which lies as [`Loader::apart`] says.
    fn joined(&self, map: Linear) -> Linear {
        let size = self.shape.head_size();
        let filled = size.next_multiple_of(4);
        if size == filled {
            return map;
        }
        let mut weight = Vec::with_capacity(map.weight.len() / size * filled);
        for head in map.weight.chunks(size) {
            weight.extend_from_slice(head);
            weight.resize(weight.len() + filled - size, 0.0);
        }
        Linear {
            inputs: map.inputs / size * filled,
            weight,
            ..map
        }
    }
}
