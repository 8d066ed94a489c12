//! A loaded DINOv2 and what it computes.

use std::sync::{Arc, Mutex, PoisonError};

use lookalike_imaging::{ProcessorConfig, RgbImage};
use lookalike_kernels::bf16::{HEAD_SIZE, ROW_GROUP, Variant};
use lookalike_kernels::{Isa, int8};

use super::config::Config;
use super::network::{Arithmetic, Loader, Network, Output, Workspace};
use crate::devices::cpu::Cpu;
use crate::devices::{Device, Lane};
use crate::embedder::{Embedder, PatchEmbedder};
use crate::error::{EmbedError, LoadError};
use crate::facts::{Description, ModelFacts};
use crate::options::{LoadOptions, Precision};
use crate::tokens::Tokens;
use crate::weights::{Tally, Weights};

/// Most patches of an image: a square of 3584 pixels at patch 14. Memory grows with the number
/// of patches, time with its square.
const MAX_PATCHES: usize = 1 << 16;

/// Tokens that go through the layers together; more images wait. Larger batches are no
/// faster, only larger.
const BATCH_TOKENS: usize = 8192;

/// A workspace above this size is not kept for the next call.
const KEPT_WORKSPACE_BYTES: usize = 512 << 20;

/// A loaded model. Calls from several threads share what it keeps between calls.
pub(super) struct Model {
    config: Config,
    facts: ModelFacts,
    network: Network,
    cpu: Arc<Cpu>,
    workspaces: Mutex<Vec<Workspace>>,
}

impl Model {
    pub(super) fn load(
        config: Config,
        description: Description,
        weights: &Weights,
        processor: Option<ProcessorConfig>,
        options: &LoadOptions,
    ) -> Result<Self, LoadError> {
        let processor = processor.unwrap_or_else(ProcessorConfig::dinov2);
        let cpu = &options.cpu;
        let loader = Loader {
            config: &config,
            processor: &processor,
            weights,
            isa: cpu.isa(),
            arithmetic: choose_arithmetic(options.precision, cpu.isa(), &config)?,
        };
        let tally = Tally::default();
        let network = cpu.whole().run(|| loader.load(&tally))?;
        let precision = match loader.arithmetic {
            Arithmetic::F32 => Precision::F32,
            Arithmetic::Bf16(_) => Precision::Bf16,
            Arithmetic::Int8(_) => Precision::Int8,
        };
        let Config {
            architecture,
            heads,
            patch_size,
            layer_norm_eps,
            ..
        } = &config;
        // The other sizes are in the shapes of the tensors.
        let settings = format!("{architecture} {heads} {patch_size} {layer_norm_eps:e}");
        Ok(Self {
            facts: ModelFacts {
                description,
                precision,
                parameters: tally.parameters(),
                fingerprint: tally.fingerprint(&settings, &processor),
                processor,
            },
            network,
            cpu: Arc::clone(cpu),
            workspaces: Mutex::default(),
            config,
        })
    }

    /// In the current pool.
    fn run(&self, images: &[&RgbImage], output: Output) -> Result<Vec<Vec<f32>>, EmbedError> {
        let leading = 1 + self.config.registers;
        let mut tokens = Vec::with_capacity(images.len());
        for (index, image) in images.iter().enumerate() {
            let patches = self.check_size(index, image)?;
            tokens.push((leading + patches).next_multiple_of(ROW_GROUP));
        }
        let mut workspace = self.workspaces().pop().unwrap_or_default();
        let mut results = Vec::with_capacity(images.len());
        while results.len() < images.len() {
            let start = results.len();
            let mut sum = 0;
            let count = tokens[start..].iter().take_while(|&&tokens| {
                sum += tokens;
                sum <= BATCH_TOKENS
            });
            let end = start + count.count().max(1);
            let images = &images[start..end];
            results.extend(self.network.forward(images, output, &mut workspace));
        }
        if workspace.bytes() <= KEPT_WORKSPACE_BYTES {
            self.workspaces().push(workspace);
        }
        Ok(results)
    }

    /// Workspaces that are not in use: as many as there were calls at the same time.
    fn workspaces(&self) -> std::sync::MutexGuard<'_, Vec<Workspace>> {
        self.workspaces
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of patches of an image that can be embedded.
    fn check_size(&self, index: usize, image: &RgbImage) -> Result<usize, EmbedError> {
        let patch = self.config.patch_size;
        let (width, height) = (image.width() as usize, image.height() as usize);
        let fits = |side: usize| side > 0 && side.is_multiple_of(patch);
        if !fits(width) || !fits(height) {
            let (width, height) = (image.width(), image.height());
            return Err(EmbedError::Size {
                index,
                width,
                height,
                patch,
            });
        }
        let patches = (width / patch).saturating_mul(height / patch);
        if patches > MAX_PATCHES {
            return Err(EmbedError::TooLarge {
                index,
                patches,
                limit: MAX_PATCHES,
            });
        }
        Ok(patches)
    }
}

impl Embedder for Model {
    fn facts(&self) -> &ModelFacts {
        &self.facts
    }

    fn device(&self) -> &dyn Device {
        &*self.cpu
    }

    fn batch_size(&self, size: u32, lane: &Lane) -> usize {
        let patches_a_side = size as usize / self.config.patch_size;
        Cpu::batch_size(patches_a_side * patches_a_side, lane)
    }

    /// The class token of each image.
    fn embed(&self, images: &[&RgbImage], lane: &Lane) -> Result<Vec<Vec<f32>>, EmbedError> {
        lane.run(|| self.run(images, Output::Class))
    }

    fn patches(&self) -> Option<&dyn PatchEmbedder> {
        Some(self)
    }
}

impl PatchEmbedder for Model {
    fn patch_size(&self) -> u32 {
        self.facts.description.input.multiple_of
    }

    fn embed_patches(&self, image: &RgbImage, lane: &Lane) -> Result<Tokens, EmbedError> {
        let mut cls = lane
            .run(|| self.run(&[image], Output::Tokens))?
            .swap_remove(0);
        let dim = self.config.hidden_size;
        let patches = cls.split_off(dim);
        let patch = self.config.patch_size;
        Ok(Tokens {
            cls,
            patches,
            rows: image.height() as usize / patch,
            cols: image.width() as usize / patch,
            dim,
        })
    }
}

/// What `precision` stands for on this CPU.
fn choose_arithmetic(
    precision: Precision,
    isa: Isa,
    config: &Config,
) -> Result<Arithmetic, LoadError> {
    let head_size = config.hidden_size / config.heads;
    let variant = Variant::of(isa);
    match precision {
        Precision::F32 => Ok(Arithmetic::F32),
        Precision::Auto if head_size == HEAD_SIZE && variant.outpaces_f32() => {
            Ok(Arithmetic::Bf16(variant))
        }
        Precision::Auto => Ok(Arithmetic::F32),
        Precision::Bf16 | Precision::Int8 if head_size != HEAD_SIZE => Err(LoadError::HeadSize {
            precision,
            head_size,
            expected: HEAD_SIZE,
        }),
        Precision::Bf16 => Ok(Arithmetic::Bf16(variant)),
        Precision::Int8 if config.mlp.hidden() > int8::MOST_INPUTS => Err(LoadError::Wide {
            precision,
            width: config.mlp.hidden(),
            most: int8::MOST_INPUTS,
        }),
        Precision::Int8 => Ok(Arithmetic::Int8(variant)),
    }
}
