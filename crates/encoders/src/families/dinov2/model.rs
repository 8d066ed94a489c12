//! From a configuration and named tensors to a model that runs.

use std::sync::Arc;

use lookalike_imaging::ProcessorConfig;

use super::config::Config;
use super::load::Loader;
use crate::devices::Device;
use crate::error::LoadError;
use crate::facts::{Description, ModelFacts};
use crate::families::class_token::ClassTokenModel;
use crate::options::LoadOptions;
use crate::transformer::{Pictures, choose_arithmetic};
use crate::weights::{Tally, Weights};

pub(super) fn load(
    config: &Config,
    description: Description,
    weights: &Weights,
    processor: Option<ProcessorConfig>,
    options: &LoadOptions,
) -> Result<ClassTokenModel, LoadError> {
    let processor = processor.unwrap_or_else(ProcessorConfig::dinov2);
    let cpu = &options.cpu;
    let loader = Loader {
        config,
        processor: &processor,
        weights,
        isa: cpu.isa(),
        arithmetic: choose_arithmetic(options, &config.shape())?,
    };
    let tally = Tally::default();
    let (entry, network) = cpu.whole().run(|| loader.load(&tally))?;
    let precision = loader.arithmetic.precision();
    let Config {
        architecture,
        heads,
        patch_size,
        layer_norm_eps,
        registers,
        ..
    } = config;
    // The other sizes are in the shapes of the tensors.
    let settings = format!("{architecture} {heads} {patch_size} {layer_norm_eps:e}");
    Ok(ClassTokenModel {
        facts: ModelFacts {
            description,
            precision,
            parameters: tally.parameters(),
            fingerprint: tally.fingerprint(&settings, &processor),
            processor,
        },
        pictures: Pictures::new(entry, network),
        cpu: Arc::clone(cpu),
        registers: *registers,
    })
}
