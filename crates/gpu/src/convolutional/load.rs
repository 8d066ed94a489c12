//! From folded convolutions to weights in a card's memory.

use std::sync::Arc;

use lookalike_encoders::{BlockParts, Convolution, ConvolutionalSource, DeviceError, Precision};
use lookalike_kernels::Pooling;

use super::{CardBlock, CardConvolutions, CardTap};
use crate::card::Card;
use crate::kernels::{Activation, Depthwise, Number, Pool, Product, ProductSource, Unfold};
use crate::slots::Slots;

/// Side of the stem's windows.
const STEM: usize = 3;

impl CardConvolutions {
    pub(crate) fn load(
        card: &Arc<Card>,
        source: &ConvolutionalSource<'_>,
        precision: Precision,
    ) -> Result<Self, DeviceError> {
        let number = Number::of(precision);
        let loader = Loader { card, number };
        let (mean, std) = (source.processor.mean(), source.processor.std());
        let blocks: Vec<CardBlock> = source
            .blocks
            .iter()
            .map(|parts| loader.block(parts))
            .collect::<Result<_, DeviceError>>()?;
        let taps = source.taps.iter().map(|tap| {
            let (channels, lies_as) = match (tap.block, source.head) {
                (Some(index), _) => (blocks[index].outputs, Number::F32),
                (None, head) => (head.map_or(0, |head| head.bias.len()), number),
            };
            let power = match tap.pooling {
                Pooling::Mean => 0.0,
                Pooling::Gem { power } => power,
            };
            Ok(CardTap {
                block: tap.block,
                pool: Pool::load(card, lies_as, power)?,
                channels,
            })
        });
        let taps = taps.collect::<Result<_, DeviceError>>()?;
        let stem = loader.product(source.stem, number, Activation::Relu6, number)?;
        let head = source.head.map(|head| {
            // It reads what the last block gave.
            loader.product(head, Number::F32, Activation::Relu6, number)
        });
        Ok(Self {
            unfold: Unfold::load(card, number, STEM, mean, std)?,
            stem,
            head: head.transpose()?,
            blocks,
            taps,
            places: source.places,
            workspaces: Slots::default(),
            card: Arc::clone(card),
            number,
        })
    }
}

struct Loader<'a> {
    card: &'a Card,
    number: Number,
}

impl Loader<'_> {
    /// Between blocks pixels are f32, within them they lie as the card computes.
    fn block(&self, parts: &BlockParts) -> Result<CardBlock, DeviceError> {
        let number = self.number;
        let expand = parts
            .expand
            .as_ref()
            .map(|map| self.product(map, Number::F32, Activation::Relu6, number));
        let Convolution { weight, bias } = &parts.depthwise;
        let sides = [parts.window.kernel(), parts.window.stride()];
        let added = if parts.is_residual {
            Activation::Residual
        } else {
            Activation::None
        };
        Ok(CardBlock {
            expand: expand.transpose()?,
            depthwise: Depthwise::load(self.card, number, sides, weight, bias)?,
            window: parts.window,
            project: self.product(&parts.project, number, added, Number::F32)?,
            is_residual: parts.is_residual,
            outputs: parts.project.bias.len(),
        })
    }

    fn product(
        &self,
        map: &Convolution,
        rows: Number,
        activation: Activation,
        results: Number,
    ) -> Result<Product, DeviceError> {
        let outputs = map.bias.len();
        Product::load(
            self.card,
            &ProductSource {
                outputs,
                inputs: map.weight.len() / outputs.max(1),
                weight: &map.weight,
                bias: Some(&map.bias),
                scale: None,
                activation,
                number: self.number,
                rows,
                results,
            },
        )
    }
}
