//! A loaded network and what it computes.

use std::sync::{Arc, Mutex, PoisonError};

use lookalike_imaging::{ProcessorConfig, RgbImage};
use lookalike_kernels::bf16::Variant;
use lookalike_kernels::{Amx, Matrix};
use rayon::prelude::*;

use super::config::{Config, Layer};
use super::load::{Loader, Parts};
use super::network::{Arithmetic, Bf16, Ending, F32, Features, Int8, Network, Wanted, Workspace};
use crate::devices::convolutional::{
    AcceleratedConvolutions, ConvolutionalSource, ConvolutionalTap,
};
use crate::devices::cpu::Cpu;
use crate::devices::device_error::DeviceError;
use crate::devices::{Device, Lane};
use crate::embedder::{Embedder, PatchEmbedder};
use crate::error::{EmbedError, LoadError};
use crate::facts::{Description, ModelFacts};
use crate::options::{LoadOptions, Placement};
use crate::precision::Precision;
use crate::tokens::Tokens;
use crate::weights::{Tally, Weights};

/// Cells of 32 x 32 pixels that an image may have: a square of 4096 pixels.
const MOST_CELLS: usize = 1 << 14;
const CELL: usize = 32;

/// Pictures that a thread takes at a time; they are computed one by one.
const BATCH: usize = 4;

/// A loaded network. Calls from several threads share what it keeps between calls.
struct Model {
    config: Config,
    facts: ModelFacts,
    network: Box<dyn Forward>,
    cpu: Arc<Cpu>,
}

/// A network where it is computed.
trait Forward: Send + Sync {
    /// In the current pool.
    fn forward(&self, images: &[&RgbImage], wanted: Wanted) -> Result<Vec<Features>, DeviceError>;
}

/// Packed for the CPU: an image to a thread.
struct OnCpu<A: Arithmetic> {
    network: Network<A>,
    workspaces: Mutex<Vec<Workspace<A>>>,
}

/// On a device with memory of its own; what is done to a single row stays on the CPU.
struct Accelerated {
    network: Box<dyn AcceleratedConvolutions>,
    ending: Ending,
}

/// Loads a network where, and in the arithmetic that, the options ask for.
///
/// # Errors
/// A tensor is missing, misshapen or unreadable, or the device fails.
pub(super) fn load(
    config: Config,
    description: Description,
    weights: &Weights,
    processor: Option<ProcessorConfig>,
    options: &LoadOptions,
) -> Result<Box<dyn Embedder>, LoadError> {
    let size = description.input.default;
    let processor = processor.unwrap_or_else(|| ProcessorConfig::efficientnet_lite(size));
    let tally = Tally::default();
    let loader = Loader {
        config: &config,
        weights,
        tally: &tally,
    };
    let parts = loader.load()?;
    let (network, precision) = network(&parts, &config, &processor, options)?;
    Ok(Box::new(Model {
        facts: ModelFacts {
            description,
            precision,
            parameters: tally.parameters(),
            fingerprint: tally.fingerprint(&config.settings(), &processor),
            processor,
        },
        config,
        network,
        cpu: Arc::clone(&options.cpu),
    }))
}

/// The network and the arithmetic that it is computed in.
fn network(
    parts: &Parts,
    config: &Config,
    processor: &ProcessorConfig,
    options: &LoadOptions,
) -> Result<(Box<dyn Forward>, Precision), LoadError> {
    let isa = options.cpu.isa();
    let refused = |device: &str| LoadError::Precision {
        precision: options.precision,
        device: device.to_owned(),
    };
    if let Placement::Accelerator(accelerator) = &options.placement {
        let precision = accelerator.arithmetic(options.precision);
        let precision = precision.ok_or_else(|| refused(accelerator.name()))?;
        let has_head = config.taps.iter().any(|tap| tap.layer == Layer::Head);
        let taps = config.taps.iter().map(|tap| ConvolutionalTap {
            block: match tap.layer {
                Layer::Block(index) => Some(index),
                Layer::Head => None,
            },
            pooling: tap.pooling,
        });
        let source = ConvolutionalSource {
            processor,
            stem: &parts.stem,
            blocks: &parts.blocks,
            head: has_head.then_some(&parts.head),
            taps: taps.collect(),
            places: config.tokens.block,
        };
        let network = Arc::clone(accelerator).convolutional(source, precision);
        let network = Accelerated {
            network: network.map_err(LoadError::Device)?,
            ending: parts.ending(config, isa),
        };
        return Ok((Box::new(network), precision));
    }
    let variant = Variant::of(isa);
    let precision = match options.precision {
        Precision::Auto if is_bf16_faster(variant) => Precision::Bf16,
        Precision::Auto => Precision::F32,
        asked => asked,
    };
    let network: Box<dyn Forward> = match precision {
        Precision::Bf16 => on_cpu(parts.pack(config, processor, isa, Bf16 { isa, variant })),
        Precision::Int8 => on_cpu(parts.pack(config, processor, isa, Int8(isa))),
        Precision::F32 | Precision::Auto => on_cpu(parts.pack(config, processor, isa, F32(isa))),
        Precision::F16 => return Err(refused(options.cpu.name())),
    };
    Ok((network, precision))
}

fn on_cpu<A: Arithmetic + 'static>(network: Network<A>) -> Box<dyn Forward> {
    Box::new(OnCpu {
        network,
        workspaces: Mutex::default(),
    })
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

impl<A: Arithmetic> Forward for OnCpu<A> {
    fn forward(&self, images: &[&RgbImage], wanted: Wanted) -> Result<Vec<Features>, DeviceError> {
        let features = images.par_iter().map(|image| {
            let kept = self.workspaces().pop();
            let mut workspace = kept.unwrap_or_default();
            let features = self.network.forward(image, wanted, &mut workspace);
            self.workspaces().push(workspace);
            features
        });
        Ok(features.collect())
    }
}

impl<A: Arithmetic> OnCpu<A> {
    /// Workspaces that are not in use: as many as there were forward passes at the same time.
    fn workspaces(&self) -> std::sync::MutexGuard<'_, Vec<Workspace<A>>> {
        self.workspaces
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Forward for Accelerated {
    fn forward(&self, images: &[&RgbImage], wanted: Wanted) -> Result<Vec<Features>, DeviceError> {
        let wants_places = wanted == Wanted::Tokens;
        let convolved = self.network.forward(images, wants_places)?;
        let features = convolved.into_par_iter().zip(images).map(|(one, image)| {
            let (mut tokens, mut grid) = (Vec::new(), (0, 0));
            if wants_places {
                let (config, columns) = (&self.ending.config, one.columns);
                let channels = config.blocks[config.tokens.block].outputs;
                let rows = one.places.len() / channels;
                let places = Matrix::new(&one.places, rows, channels, channels);
                grid = self.ending.grid(image);
                tokens = self.ending.patch_tokens(places, columns, grid);
            }
            Features {
                embedding: self.ending.embedding(one.taps),
                tokens,
                grid,
            }
        });
        Ok(features.collect())
    }
}

impl Model {
    /// In the current pool.
    fn run(&self, images: &[&RgbImage], wanted: Wanted) -> Result<Vec<Features>, EmbedError> {
        for (index, image) in images.iter().enumerate() {
            check_size(index, image)?;
        }
        Ok(self.network.forward(images, wanted)?)
    }
}

impl Embedder for Model {
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

impl PatchEmbedder for Model {
    fn patch_size(&self) -> u32 {
        u32::try_from(self.config.token_stride()).unwrap_or(u32::MAX)
    }

    fn embed_patches(&self, images: &[&RgbImage], lane: &Lane) -> Result<Vec<Tokens>, EmbedError> {
        let features = lane.run(|| self.run(images, Wanted::Tokens))?;
        let tokens = features.into_iter().map(|features| Tokens {
            cls: features.embedding,
            patches: features.tokens,
            rows: features.grid.0,
            cols: features.grid.1,
            dim: self.config.tokens.dim,
        });
        Ok(tokens.collect())
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
