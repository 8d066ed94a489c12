//! Model families, each in a folder of its own: from a configuration and named tensors to
//! embeddings. `docs/adding-a-model-family.md` says how one is added.

mod class_token;
pub(crate) mod clip;
pub(crate) mod dinov2;
pub(crate) mod dinov3;
pub(crate) mod efficientnet_lite;
mod modules;
pub(crate) mod siglip;
mod text_tower;
mod vision;

use lookalike_imaging::ProcessorConfig;

use crate::config_file::ConfigFile;
use crate::embedder::Embedder;
use crate::error::LoadError;
use crate::facts::Description;
use crate::options::LoadOptions;
use crate::weights::Weights;

/// Models of one kind.
pub trait Family: Send + Sync {
    /// The values of `model_type` (or `architecture`) in the configurations of its models.
    fn architectures(&self) -> &[&'static str];

    /// A model by its configuration, whose architecture is one of these.
    ///
    /// # Errors
    /// The configuration has a setting that cannot be computed.
    fn configure(&self, file: &ConfigFile) -> Result<Box<dyn Plan>, LoadError>;

    /// How weights that come without a configuration show that they are of this family; `None`
    /// for a family whose shapes do not tell how it computes.
    fn inference(&self) -> Option<&dyn Inference> {
        None
    }
}

/// A family whose configuration can be inferred from its weights.
pub trait Inference {
    /// End of the name of a tensor that each of its models has, and no other family.
    fn telltale(&self) -> &'static str;

    /// The model that these weights are of.
    ///
    /// # Errors
    /// A tensor that every model of the family has is missing or has an impossible shape.
    fn infer(&self, weights: &Weights) -> Result<Box<dyn Plan>, LoadError>;
}

/// A model whose configuration is known and whose weights are not loaded.
pub trait Plan {
    /// What it will be.
    fn description(&self) -> &Description;

    /// Loads it. `processor` is what its `preprocessor_config.json` says, if there is one.
    ///
    /// # Errors
    /// A tensor is missing, misshapen or unreadable, or the options can't be met.
    fn load(
        self: Box<Self>,
        weights: &Weights,
        processor: Option<ProcessorConfig>,
        options: &LoadOptions,
    ) -> Result<Box<dyn Embedder>, LoadError>;
}
