//! A card as what `lookalike-encoders` asks for.

use std::sync::Arc;

use lookalike_encoders::{
    AcceleratedConvolutions, AcceleratedTransformer, Accelerator, ConvolutionalSource, DeviceError,
    LoadError, Precision, TransformerSource,
};

use crate::card::Card;
use crate::convolutional::CardConvolutions;
use crate::transformer::CardTransformer;

impl Accelerator for Card {
    fn name(&self) -> &str {
        &self.summary.name
    }

    fn interface(&self) -> &str {
        self.summary.interface
    }

    fn arithmetic(&self, precision: Precision) -> Option<Precision> {
        match precision {
            Precision::Auto if self.summary.has_halves => Some(Precision::F16),
            Precision::Auto | Precision::F32 => Some(Precision::F32),
            Precision::F16 if self.summary.has_halves => Some(Precision::F16),
            _ => None,
        }
    }

    fn transformer(
        self: Arc<Self>,
        source: TransformerSource<'_>,
        precision: Precision,
    ) -> Result<Box<dyn AcceleratedTransformer>, LoadError> {
        Ok(Box::new(CardTransformer::load(&self, source, precision)?))
    }

    fn convolutional(
        self: Arc<Self>,
        source: ConvolutionalSource<'_>,
        precision: Precision,
    ) -> Result<Box<dyn AcceleratedConvolutions>, DeviceError> {
        Ok(Box::new(CardConvolutions::load(&self, &source, precision)?))
    }
}
