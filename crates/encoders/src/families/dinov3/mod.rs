//! DINOv3's vision transformers (Siméoni and others, 2025), S to 7B: rotary positions, registers, and
//! in some sizes a gated feed-forward half. Weights are under a licence of their own
//! (`docs/models.md`).

mod config;
mod load;

use std::sync::Arc;

use lookalike_imaging::ProcessorConfig;
use serde_json::json;

use self::config::{ARCHITECTURE, Config};
use self::load::Reader;
use super::class_token::ClassTokenModel;
use super::{Family, Plan};
use crate::config_file::ConfigFile;
use crate::devices::Device;
use crate::embedder::Embedder;
use crate::error::LoadError;
use crate::facts::{Description, InputSizes, ModelFacts};
use crate::options::LoadOptions;
use crate::transformer::{Pictures, choose_arithmetic};
use crate::weights::{Tally, Weights};

/// The family.
pub(crate) struct Dinov3;

struct Dinov3Plan {
    config: Config,
    description: Description,
}

impl Family for Dinov3 {
    fn architectures(&self) -> &[&'static str] {
        &[ARCHITECTURE]
    }

    fn configure(&self, file: &ConfigFile) -> Result<Box<dyn Plan>, LoadError> {
        let config = config::parse(file)?;
        // Sizes are at most 2^20.
        let pixels = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
        let shape = &config.shape;
        let description = Description {
            family: "dinov3",
            architecture: ARCHITECTURE.to_owned(),
            dim: shape.width,
            patch_size: Some(pixels(config.patch_size)),
            input: InputSizes {
                default: pixels(config.image_size),
                multiple_of: pixels(config.patch_size),
            },
            text_tokens: None,
            extra: file.extra().clone(),
            details: vec![
                ("layers", json!(shape.layers)),
                ("heads", json!(shape.heads)),
                ("mlp", json!(shape.mlp.describe())),
                ("registers", json!(config.registers)),
            ],
        };
        Ok(Box::new(Dinov3Plan {
            config,
            description,
        }))
    }
}

impl Plan for Dinov3Plan {
    fn description(&self) -> &Description {
        &self.description
    }

    fn load(
        self: Box<Self>,
        weights: &Weights,
        processor: Option<ProcessorConfig>,
        options: &LoadOptions,
    ) -> Result<Box<dyn Embedder>, LoadError> {
        let Self {
            config,
            description,
        } = *self;
        let processor = processor.unwrap_or_else(|| config.processor.clone());
        let (cpu, isa) = (&options.cpu, options.cpu.isa());
        let arithmetic = choose_arithmetic(options.precision, isa, &config.shape)?;
        let tally = Tally::default();
        let reader = Reader::new(&config, weights, &tally);
        let (entry, network) = cpu.whole().run(|| {
            let network = reader.source(&processor)?.pack(isa, arithmetic)?;
            Ok::<_, LoadError>((reader.entry()?, network))
        })?;
        // The other sizes are in the shapes of the tensors.
        let settings = format!(
            "{ARCHITECTURE} {} {} {} {:e} {}",
            config.shape.heads,
            config.shape.mlp.describe(),
            config.patch_size,
            config.shape.layer_norm_eps,
            config.rope_theta,
        );
        Ok(Box::new(ClassTokenModel {
            facts: ModelFacts {
                description,
                precision: arithmetic.precision(),
                parameters: tally.parameters(),
                fingerprint: tally.fingerprint(&settings, &processor),
                processor,
            },
            pictures: Pictures::new(entry, network),
            cpu: Arc::clone(cpu),
            registers: config.registers,
        }))
    }
}
