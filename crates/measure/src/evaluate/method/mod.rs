//! What is compared: encoders, and the descriptors that people used before there were any.
//!
//! Every method turns a picture into a vector; two pictures are the more alike the larger the
//! inner product of their vectors. Baselines see the same preparations as encoders, where these
//! give squares.

mod colour_histogram;
mod grey;
mod hog;
mod perceptual_hash;

use std::fmt;
use std::str::FromStr;

use lookalike_imaging::{PreprocessKind, Preprocessor, ProcessorConfig, RgbImage};

use lookalike_engine::{Encoder, EngineError};

/// Side of the square that baselines see, in pixels.
const SIDE: u32 = 224;

/// A way to describe pictures.
pub enum Method {
    /// An encoder under the name that the user gave.
    Encoder {
        /// The name.
        name: String,
        /// The encoder; its embeddings must be normalised.
        encoder: Encoder,
    },
    /// A plain descriptor.
    Baseline {
        /// Which.
        baseline: Baseline,
        /// How it sees pictures; one that gives squares, see [`Baseline::sees`].
        preprocess: PreprocessKind,
    },
}

/// A descriptor that nobody trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Baseline {
    /// 64 bits from the lowest cosines of brightness.
    PerceptualHash,
    /// Histograms of oriented gradients.
    Hog,
    /// How often each of 512 colours occurs.
    ColourHistogram,
}

impl Baseline {
    /// All of them.
    pub const ALL: [Baseline; 3] = [
        Baseline::PerceptualHash,
        Baseline::Hog,
        Baseline::ColourHistogram,
    ];

    /// Whether descriptors can be computed of pictures prepared so: they have to be squares of
    /// a chosen side.
    #[must_use]
    pub fn sees(kind: PreprocessKind) -> bool {
        !matches!(
            kind,
            PreprocessKind::Native
                | PreprocessKind::ShortSide
                | PreprocessKind::Processor
                | PreprocessKind::LetterboxProcessor
        )
    }
}

impl fmt::Display for Baseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Baseline::PerceptualHash => "perceptual-hash",
            Baseline::Hog => "hog",
            Baseline::ColourHistogram => "colour-histogram",
        })
    }
}

impl FromStr for Baseline {
    type Err = EngineError;

    fn from_str(name: &str) -> Result<Self, EngineError> {
        let known = Baseline::ALL.into_iter().find(|b| b.to_string() == name);
        known.ok_or_else(|| {
            let names = Baseline::ALL.map(|baseline| baseline.to_string());
            EngineError::invalid(format!(
                "no baseline `{name}`; there are {}",
                names.join(", ")
            ))
        })
    }
}

impl Method {
    /// The name for tables.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Method::Encoder { name, .. } => name.clone(),
            Method::Baseline { baseline, .. } => baseline.to_string(),
        }
    }

    /// How the method sees pictures.
    #[must_use]
    pub fn preprocess(&self) -> PreprocessKind {
        match self {
            Method::Encoder { encoder, .. } => encoder.preprocessor().kind(),
            Method::Baseline { preprocess, .. } => *preprocess,
        }
    }

    /// A picture as the method takes it.
    pub(super) fn prepare(&self, image: &RgbImage) -> Result<RgbImage, EngineError> {
        match self {
            Method::Encoder { encoder, .. } => encoder.prepare(image),
            Method::Baseline { preprocess, .. } => squared(image, *preprocess, SIDE),
        }
    }

    /// Vectors of prepared pictures, of length 1.
    pub(super) fn describe(&self, prepared: &[RgbImage]) -> Result<Vec<Vec<f32>>, EngineError> {
        let baseline = match self {
            Method::Encoder { encoder, .. } => {
                return encoder.embed(&prepared.iter().collect::<Vec<_>>());
            }
            Method::Baseline { baseline, .. } => baseline,
        };
        Ok(prepared
            .iter()
            .map(|picture| {
                let mut vector = match baseline {
                    Baseline::PerceptualHash => perceptual_hash::bits(picture),
                    Baseline::Hog => hog::histograms(picture),
                    Baseline::ColourHistogram => colour_histogram::roots(picture),
                };
                lookalike_encoders::normalize(&mut vector);
                vector
            })
            .collect())
    }
}

/// The picture on a white square of that side.
pub(super) fn letterbox(image: &RgbImage, side: u32) -> Result<RgbImage, EngineError> {
    squared(image, PreprocessKind::Letterbox, side)
}

fn squared(image: &RgbImage, kind: PreprocessKind, side: u32) -> Result<RgbImage, EngineError> {
    Preprocessor::new(kind, side, 1, ProcessorConfig::dinov2())
        .and_then(|preprocessor| preprocessor.apply(image))
        .map_err(|error| EngineError::invalid(error.to_string()).because(error))
}
