//! A loaded model and what it computes.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::thread;

use lookalike_imaging::{ProcessorConfig, RgbImage};
use lookalike_kernels::bf16::{HEAD_SIZE, ROW_GROUP, Variant};
use lookalike_kernels::{Isa, int8};
use rayon::{ThreadPool, ThreadPoolBuilder};
use sha2::{Digest, Sha256};

use crate::devices::cpu::SingleThread;
use crate::error::{EmbedError, LoadError};
use crate::families::dinov2::config::ModelConfig;
use crate::families::dinov2::network::{Arithmetic, Loader, Network, Output, Summary, Workspace};
use crate::folder::ModelFiles;
use crate::options::{LoadOptions, Precision};

/// Most patches of an image: a square of 3584 pixels at patch 14. Memory grows with the number
/// of patches, time with its square.
const MAX_PATCHES: usize = 1 << 16;

/// Tokens that go through the layers together; more images wait. Larger batches are no
/// faster, only larger.
const BATCH_TOKENS: usize = 8192;

/// A workspace above this size is not kept for the next call.
const KEPT_WORKSPACE_BYTES: usize = 512 << 20;

/// A loaded model with its threads. `Send` and `Sync`: calls from several threads share the
/// model's own threads.
pub struct Model {
    config: ModelConfig,
    processor: ProcessorConfig,
    network: Network,
    pool: ThreadPool,
    isa: Isa,
    precision: Precision,
    parameters: u64,
    fingerprint: String,
    workspaces: Mutex<Vec<Workspace>>,
}

/// All tokens of one image after the final layer norm, registers excluded.
#[derive(Clone, Debug, PartialEq)]
pub struct Tokens {
    /// The class token, `dim` values: what [`Model::embed`] returns.
    pub cls: Vec<f32>,
    /// The patch tokens, `rows * cols` times `dim` values, row by row.
    pub patches: Vec<f32>,
    /// Patches from top to bottom.
    pub rows: usize,
    /// Patches from left to right.
    pub cols: usize,
    /// Values per token.
    pub dim: usize,
}

impl Model {
    /// Loads a Hugging Face folder (`config.json`; `model.safetensors`, or shards with their
    /// index; perhaps `preprocessor_config.json`), a lone `.npz` or a lone `.safetensors`.
    ///
    /// Takes the memory of the weights, 4 bytes each in f32, 2 in bf16, 1 in int8, and time in
    /// proportion: about 0.1 s for dinov2-small.
    ///
    /// # Errors
    /// [`LoadError`] says which file or tensor is at fault.
    pub fn load(path: &Path, options: &LoadOptions) -> Result<Self, LoadError> {
        Self::from_files(ModelFiles::open(path)?, options)
    }

    /// The model that is compiled into the program.
    ///
    /// # Errors
    /// Only those of the options: the model itself is tested.
    pub fn builtin(options: &LoadOptions) -> Result<Self, LoadError> {
        Self::from_files(ModelFiles::builtin()?, options)
    }

    pub(crate) fn from_files(files: ModelFiles, options: &LoadOptions) -> Result<Self, LoadError> {
        let ModelFiles {
            config,
            processor,
            weights,
        } = files;
        let threads = match options.threads {
            0 => thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        };
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(|index| format!("encoder-{index}"))
            .build()
            .map_err(|error| LoadError::Threads {
                detail: error.to_string(),
            })?;
        let isa = Isa::active();
        let loader = Loader {
            config: &config,
            processor: &processor,
            weights: &weights,
            isa,
            arithmetic: choose_arithmetic(options.precision, isa, &config)?,
        };
        let (network, summary) = pool.install(|| loader.load())?;
        Ok(Self {
            precision: match loader.arithmetic {
                Arithmetic::F32 => Precision::F32,
                Arithmetic::Bf16(_) => Precision::Bf16,
                Arithmetic::Int8(_) => Precision::Int8,
            },
            fingerprint: fingerprint(&config, &processor, &summary),
            parameters: summary.parameters,
            config,
            processor,
            network,
            pool,
            isa,
            workspaces: Mutex::default(),
        })
    }

    /// What the model is made of.
    #[must_use]
    pub fn config(&self) -> &ModelConfig {
        &self.config
    }

    /// Values per embedding.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.config.hidden_size
    }

    /// Mean, standard deviation and sizes of the model's own preprocessing.
    #[must_use]
    pub fn processor(&self) -> &ProcessorConfig {
        &self.processor
    }

    /// Side in pixels that images are brought to unless the caller says otherwise: the one
    /// that the position embeddings were trained for.
    #[must_use]
    pub fn default_size(&self) -> u32 {
        u32::try_from(self.config.image_size).unwrap_or(u32::MAX)
    }

    /// False for weights that are only a placeholder.
    #[must_use]
    pub fn is_trained(&self) -> bool {
        self.config.trained
    }

    /// Arithmetic in use: `f32`, `bf16` or `int8`.
    #[must_use]
    pub fn precision(&self) -> &'static str {
        self.precision.name()
    }

    /// Instruction set in use: `portable`, `avx2`, `avx512` or `amx`.
    #[must_use]
    pub fn isa(&self) -> &'static str {
        self.isa.name()
    }

    /// Number of weights.
    #[must_use]
    pub fn parameters(&self) -> u64 {
        self.parameters
    }

    /// Hexadecimal identity of the model, the same in every run, from every kind of file and
    /// in every precision that holds the same numbers: SHA-256 over what it is made of, the
    /// mean and deviation of its pixels, and the name, shape and up to about 4096 evenly
    /// spread values of each tensor.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The class token of each image, not normalised. Images may differ in size.
    ///
    /// # Errors
    /// An image's sides are not multiples of the patch, or it is too large.
    pub fn embed(&self, images: &[&RgbImage]) -> Result<Vec<Vec<f32>>, EmbedError> {
        self.pool.install(|| self.run(images, Output::Class))
    }

    /// As [`Model::embed`], on `thread` alone.
    ///
    /// # Errors
    /// As [`Model::embed`].
    pub fn embed_on(
        &self,
        thread: &SingleThread,
        images: &[&RgbImage],
    ) -> Result<Vec<Vec<f32>>, EmbedError> {
        thread.run(|| self.run(images, Output::Class))
    }

    /// Class and patch tokens of one image, not normalised.
    ///
    /// # Errors
    /// The image's sides are not multiples of the patch, or it is too large.
    pub fn embed_tokens(&self, image: &RgbImage) -> Result<Tokens, EmbedError> {
        let mut cls = self
            .pool
            .install(|| self.run(&[image], Output::Tokens))?
            .swap_remove(0);
        let dim = self.dim();
        let patches = cls.split_off(dim);
        let patch = self.config.patch_size;
        let (rows, cols) = (
            image.height() as usize / patch,
            image.width() as usize / patch,
        );
        Ok(Tokens {
            cls,
            patches,
            rows,
            cols,
            dim,
        })
    }

    /// The model's own threads.
    pub(crate) fn pool(&self) -> &ThreadPool {
        &self.pool
    }

    pub(crate) fn isa_token(&self) -> Isa {
        self.isa
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

/// What `precision` stands for on this CPU.
fn choose_arithmetic(
    precision: Precision,
    isa: Isa,
    config: &ModelConfig,
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

fn fingerprint(config: &ModelConfig, processor: &ProcessorConfig, summary: &Summary) -> String {
    let mut hash = Sha256::new();
    let ModelConfig {
        architecture,
        heads,
        patch_size,
        layer_norm_eps,
        ..
    } = config;
    // The other sizes are in the shapes of the tensors.
    hash.update(format!(
        "{architecture} {heads} {patch_size} {layer_norm_eps:e}"
    ));
    for value in processor.mean().into_iter().chain(processor.std()) {
        hash.update(value.to_le_bytes());
    }
    hash.update(summary.digest);
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
