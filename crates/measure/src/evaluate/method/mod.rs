//! What is compared: encoders, and the descriptors that people used before there were any.
//!
//! Every method turns a picture into a vector; two pictures are the more alike the larger the
//! inner product of their vectors. A second look compares the first of these again. Baselines see the same preparations as encoders, where these
//! give squares.

mod colour_histogram;
mod grey;
mod hog;
mod perceptual_hash;

use std::fmt;
use std::str::FromStr;

use lookalike_imaging::figures::Turn;
use lookalike_imaging::{PreprocessKind, Preprocessor, ProcessorConfig, RgbImage};

use lookalike_encoders::SecondLook;
use lookalike_engine::{Described, Encoder, EngineError};

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
        /// What of a picture it embeds.
        embedded: Embedded,
        /// How many of the first answers are compared again; 0 for none.
        rerank: usize,
    },
    /// A plain descriptor.
    Baseline {
        /// Which.
        baseline: Baseline,
        /// How it sees pictures; one that gives squares, see [`Baseline::sees`].
        preprocess: PreprocessKind,
    },
}

/// What of a picture is embedded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Embedded {
    /// All of it, as it is stored.
    Whole,
    /// As imports and searches do it: turned upright, and of a sheet with several figures the whole
    /// and each figure.
    Figures,
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
            Method::Encoder {
                name, rerank: 0, ..
            } => name.clone(),
            Method::Encoder { name, rerank, .. } => format!("{name}, second look at {rerank}"),
            Method::Baseline { baseline, .. } => baseline.to_string(),
        }
    }

    /// How the method sees pictures: a preprocessing, and whether figure by figure.
    #[must_use]
    pub fn seen_as(&self) -> String {
        match self {
            Method::Encoder {
                encoder, embedded, ..
            } => {
                let preprocess = encoder.preprocessor().kind();
                match embedded {
                    Embedded::Whole => preprocess.to_string(),
                    Embedded::Figures => format!("{preprocess}, figures too"),
                }
            }
            Method::Baseline { preprocess, .. } => preprocess.to_string(),
        }
    }

    /// How many of the first answers are compared again, and how that is mixed with the inner
    /// products; none if it takes no second look.
    pub(super) fn second_look(&self) -> Option<(usize, &SecondLook)> {
        match self {
            Method::Encoder {
                encoder, rerank, ..
            } if *rerank > 0 => Some((*rerank, encoder.second_look()?)),
            _ => None,
        }
    }

    /// What of a picture the method describes, as it takes it; the whole first. `turn` makes the
    /// picture upright, where that is known.
    pub(super) fn prepare(
        &self,
        image: &RgbImage,
        turn: Option<Turn>,
    ) -> Result<Vec<RgbImage>, EngineError> {
        match self {
            Method::Encoder {
                encoder,
                embedded: Embedded::Figures,
                ..
            } => encoder.inputs(image.clone(), turn),
            Method::Encoder { encoder, .. } => Ok(vec![encoder.prepare(image)?]),
            Method::Baseline { preprocess, .. } => Ok(vec![squared(image, *preprocess, SIDE)?]),
        }
    }

    /// How alike two pictures are by the vectors of their parts: the mean of the best that the
    /// whole finds among all parts and the best that any figure finds, as searches score a sheet.
    pub(super) fn score<'d>(
        query: impl IntoIterator<Item = &'d [f32]>,
        other: &(impl IntoIterator<Item = &'d [f32]> + Clone),
    ) -> f32 {
        let product = |a: &[f32], b: &[f32]| -> f32 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
        let mut best = query.into_iter().map(|part| {
            let scores = other.clone().into_iter().map(|row| product(part, row));
            scores.fold(f32::NEG_INFINITY, f32::max)
        });
        let whole = best.next().unwrap_or(f32::NEG_INFINITY);
        best.reduce(f32::max)
            .map_or(whole, |figure| f32::midpoint(whole, figure))
    }

    /// What the method keeps of prepared pictures; vectors have length 1.
    pub(super) fn describe(&self, prepared: &[RgbImage]) -> Result<Vec<Described>, EngineError> {
        let baseline = match self {
            Method::Encoder { encoder, .. } => {
                let whole = encoder.model().device().whole();
                return encoder.describe_on(whole, &prepared.iter().collect::<Vec<_>>());
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
                Described {
                    embedding: vector,
                    evidence: None,
                }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_are_scored_by_their_wholes_and_their_best_figures() {
        let sheet = [[0.6, 0.8], [1.0, 0.0], [0.0, 1.0]];
        let figure = [[1.0, 0.0]];
        let score = |query: &[[f32; 2]], other: &[[f32; 2]]| {
            let other = other.iter().map(<[f32; 2]>::as_slice);
            Method::score(query.iter().map(<[f32; 2]>::as_slice), &other)
        };
        assert_eq!(score(&figure, &sheet), 1.0);
        assert_eq!(score(&sheet, &figure), 0.8);
        assert_eq!(score(&sheet, &sheet), 1.0);
        assert_eq!(score(&figure, &sheet[..1]), 0.6);
    }
}
