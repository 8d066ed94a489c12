//! A loaded network and what it computes.

use std::sync::{Arc, Mutex, PoisonError};

use lookalike_imaging::{ProcessorConfig, RgbImage};
use lookalike_kernels::Amx;
use lookalike_kernels::bf16::Variant;
use rayon::prelude::*;

use super::config::Config;
use super::load::Loader;
use super::network::{Arithmetic, Bf16, F32, Features, Int8, Network, Wanted, Workspace};
use crate::devices::cpu::Cpu;
use crate::devices::{Device, Lane};
use crate::embedder::{Embedder, PatchEmbedder};
use crate::error::{EmbedError, LoadError};
use crate::facts::{Description, ModelFacts};
use crate::options::{LoadOptions, Precision};
use crate::tokens::Tokens;
use crate::weights::{Tally, Weights};

/// Cells of 32 x 32 pixels that an image may have: a square of 4096 pixels.
const MOST_CELLS: usize = 1 << 14;
const CELL: usize = 32;

/// Pictures that a thread takes at a time; they are computed one by one.
const BATCH: usize = 4;

/// A loaded network. Calls from several threads share what it keeps between calls.
struct Model<A: Arithmetic> {
    config: Config,
    facts: ModelFacts,
    network: Network<A>,
    cpu: Arc<Cpu>,
    workspaces: Mutex<Vec<Workspace<A>>>,
}

/// Loads a network in the arithmetic that the options ask for.
///
/// # Errors
/// A tensor is missing, misshapen or unreadable.
pub(super) fn load(
    config: Config,
    description: Description,
    weights: &Weights,
    processor: Option<ProcessorConfig>,
    options: &LoadOptions,
) -> Result<Box<dyn Embedder>, LoadError> {
    let isa = options.cpu.isa();
    let variant = Variant::of(isa);
    let size = description.input.default;
    let loading = Loading {
        config,
        description,
        weights,
        processor: processor.unwrap_or_else(|| ProcessorConfig::efficientnet_lite(size)),
        cpu: &options.cpu,
    };
    match options.precision {
        Precision::Bf16 => loading.load(Bf16 { isa, variant }, Precision::Bf16),
        Precision::Auto if is_bf16_faster(variant) => {
            loading.load(Bf16 { isa, variant }, Precision::Bf16)
        }
        Precision::Auto | Precision::F32 => loading.load(F32(isa), Precision::F32),
        Precision::Int8 => loading.load(Int8(isa), Precision::Int8),
    }
}

/// Whether bf16 products are faster than f32. Vectors that have no tiles beside them are AMD's: on
/// a Zen 4 core all layers of Lite2 took 13.0 ms in bf16, 16.9 in f32.
fn is_bf16_faster(variant: Variant) -> bool {
    match variant {
        Variant::Portable => false,
        Variant::Avx512(_) => Amx::detect().is_none(),
        Variant::Amx(_) => true,
    }
}

struct Loading<'a> {
    config: Config,
    description: Description,
    weights: &'a Weights,
    processor: ProcessorConfig,
    cpu: &'a Arc<Cpu>,
}

impl Loading<'_> {
    fn load<A: Arithmetic + 'static>(
        self,
        arithmetic: A,
        precision: Precision,
    ) -> Result<Box<dyn Embedder>, LoadError> {
        let tally = Tally::default();
        let loader = Loader {
            config: &self.config,
            processor: &self.processor,
            weights: self.weights,
            isa: self.cpu.isa(),
            arithmetic,
            tally: &tally,
        };
        let network = loader.load()?;
        Ok(Box::new(Model {
            facts: ModelFacts {
                description: self.description,
                precision,
                parameters: tally.parameters(),
                fingerprint: tally.fingerprint(&self.config.settings(), &self.processor),
                processor: self.processor,
            },
            config: self.config,
            network,
            cpu: Arc::clone(self.cpu),
            workspaces: Mutex::default(),
        }))
    }
}

impl<A: Arithmetic> Model<A> {
    /// In the current pool: an image to a thread.
    fn run(&self, images: &[&RgbImage], wanted: Wanted) -> Result<Vec<Features>, EmbedError> {
        for (index, image) in images.iter().enumerate() {
            check_size(index, image)?;
        }
        let features = images.par_iter().map(|image| {
            let kept = self.workspaces().pop();
            let mut workspace = kept.unwrap_or_default();
            let features = self.network.forward(image, wanted, &mut workspace);
            self.workspaces().push(workspace);
            features
        });
        Ok(features.collect())
    }

    /// Workspaces that are not in use: as many as there were forward passes at the same time.
    fn workspaces(&self) -> std::sync::MutexGuard<'_, Vec<Workspace<A>>> {
        self.workspaces
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl<A: Arithmetic> Embedder for Model<A> {
    fn facts(&self) -> &ModelFacts {
        &self.facts
    }

    fn device(&self) -> &dyn Device {
        &*self.cpu
    }

    fn batch_size(&self, _size: u32, lane: &Lane) -> usize {
        BATCH * lane.threads()
    }

    fn embed(&self, images: &[&RgbImage], lane: &Lane) -> Result<Vec<Vec<f32>>, EmbedError> {
        let features = lane.run(|| self.run(images, Wanted::Embedding))?;
        Ok(features.into_iter().map(|one| one.embedding).collect())
    }

    fn patches(&self) -> Option<&dyn PatchEmbedder> {
        Some(self)
    }
}

impl<A: Arithmetic> PatchEmbedder for Model<A> {
    fn patch_size(&self) -> u32 {
        u32::try_from(self.config.token_stride()).unwrap_or(u32::MAX)
    }

    fn embed_patches(&self, image: &RgbImage, lane: &Lane) -> Result<Tokens, EmbedError> {
        let mut features = lane.run(|| self.run(&[image], Wanted::Tokens))?;
        let Features {
            embedding,
            tokens,
            grid: (rows, cols),
        } = features.swap_remove(0);
        Ok(Tokens {
            cls: embedding,
            patches: tokens,
            rows,
            cols,
            dim: self.config.tokens.dim,
        })
    }
}

fn check_size(index: usize, image: &RgbImage) -> Result<(), EmbedError> {
    let (width, height) = (image.width(), image.height());
    if width == 0 || height == 0 {
        return Err(EmbedError::Size {
            index,
            width,
            height,
            patch: 1,
        });
    }
    let cells = |side: u32| (side as usize).div_ceil(CELL);
    let patches = cells(width).saturating_mul(cells(height));
    if patches > MOST_CELLS {
        return Err(EmbedError::TooLarge {
            index,
            patches,
            limit: MOST_CELLS,
        });
    }
    Ok(())
}
