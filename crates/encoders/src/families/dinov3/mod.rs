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
use super::vision::Vision;
use super::{Family, Plan};
use crate::config_file::ConfigFile;
use crate::devices::Device;
use crate::embedder::Embedder;
use crate::error::LoadError;
use crate::facts::{Description, ModelFacts};
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
        let mut description = Vision {
            family: "dinov3",
            architecture: ARCHITECTURE,
            dim: config.shape.width,
            shape: &config.shape,
            patch_size: config.patch_size,
            image_size: config.image_size,
            text_tokens: None,
            extra: file.extra().clone(),
        }
        .description();
        let registers = ("registers", json!(config.registers));
        description.details.push(registers);
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
        let arithmetic = choose_arithmetic(options, &config.shape)?;
        let tally = Tally::default();
        let reader = Reader::new(&config, weights, &tally);
        let (entry, network) = cpu.whole().run(|| {
            let network = reader.source(&processor)?.pack(isa, &arithmetic)?;
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
