//! A loaded SigLIP and what it computes.

use std::sync::Arc;

use lookalike_imaging::{ProcessorConfig, RgbImage};
use rayon::prelude::*;

use super::SiglipPlan;
use super::config::Config;
use super::load::{Reader, TowerLayers};
use super::pooling::Pooling;
use crate::devices::cpu::Cpu;
use crate::devices::{Device, Lane};
use crate::embedder::{Embedder, PatchEmbedder, TextEmbedder};
use crate::error::{EmbedError, LoadError};
use crate::facts::ModelFacts;
use crate::families::text_tower::{self, Texts};
use crate::options::LoadOptions;
use crate::text::{EmbeddedText, Filling, Sigmoid, TextError, open_filled};
use crate::tokens::Tokens;
use crate::transformer::{Output, Pictures, Workspaces, choose_arithmetic};
use crate::weights::{Tally, Weights};

/// A loaded model. Calls from several threads share what it keeps between calls.
pub(super) struct Model {
    config: Config,
    facts: ModelFacts,
    pictures: Pictures,
    pooling: Pooling,
    texts: Texts,
    sigmoid: Option<Sigmoid>,
    cpu: Arc<Cpu>,
}

impl Model {
    pub(super) fn load(
        plan: SiglipPlan,
        weights: &Weights,
        processor: Option<ProcessorConfig>,
        options: &LoadOptions,
    ) -> Result<Self, LoadError> {
        let SiglipPlan {
            config,
            description,
            folder,
        } = plan;
        let processor = processor.unwrap_or_else(|| config.processor.clone());
        let (cpu, isa) = (&options.cpu, options.cpu.isa());
        let (vision, text) = (config.vision, config.text);
        let arithmetic = choose_arithmetic(options, &vision)?;
        choose_arithmetic(options, &text)?;
        let tally = Tally::default();
        let reader = Reader {
            config: &config,
            weights,
            tally: &tally,
        };
        let layers = |tower, shape| TowerLayers {
            reader: &reader,
            tower,
            shape,
        };
        let (tokenizer, filling) = match open_filled(&folder)? {
            Some((tokenizer, filling)) => (Some(tokenizer), Some(filling)),
            None => (None, None),
        };
        let filling = filling.unwrap_or(Filling {
            token: 0,
            is_before: false,
        });
        let (pictures, pooling, texts) = cpu.whole().run(|| {
            let layers_of_pictures = layers("vision_model", vision);
            let network = reader
                .vision(&processor, &layers_of_pictures)?
                .pack(isa, &arithmetic)?;
            let pictures = Pictures::new(reader.entry()?, network);
            let layers_of_texts = layers("text_model", text);
            let texts = Texts {
                tokenizer,
                folder,
                tokens: reader.tokens()?,
                positions: reader.text_positions()?,
                width: text.width,
                length: config.length,
                padding: None,
                filling: Some(filling),
                pooling: text_tower::Pooling::Last,
                network: reader.text(&layers_of_texts)?.pack(isa, &arithmetic)?,
                projections: vec![reader.text_projection()?.packed(isa)],
                workspaces: Workspaces::default(),
            };
            Ok::<_, LoadError>((pictures, reader.pooling()?.pack(isa), texts))
        })?;
        let sigmoid = match (reader.number("logit_scale")?, reader.number("logit_bias")?) {
            (Some(scale), Some(bias)) => Some(Sigmoid {
                scale: scale.exp(),
                bias,
            }),
            _ => None,
        };
        // The other sizes are in the shapes of the tensors.
        let settings = format!(
            "siglip {} {:e} {} {:e} {}",
            vision.heads, vision.layer_norm_eps, text.heads, text.layer_norm_eps, config.patch_size,
        );
        Ok(Self {
            facts: ModelFacts {
                description,
                precision: arithmetic.precision(),
                parameters: tally.parameters(),
                fingerprint: tally.fingerprint(&settings, &processor),
                processor,
            },
            pictures,
            pooling,
            texts,
            sigmoid,
            cpu: Arc::clone(cpu),
            config,
        })
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
        Cpu::batch_size(size as usize, self.config.patch_size, lane)
    }

    /// What the tokens of each image are pooled to.
    fn embed(&self, images: &[&RgbImage], lane: &Lane) -> Result<Vec<Vec<f32>>, EmbedError> {
        lane.run(|| {
            let tokens = self.pictures.run(images, Output::All)?;
            let pooled = tokens.par_iter().map(|tokens| self.pooling.pool(tokens));
            Ok(pooled.collect())
        })
    }

    fn patches(&self) -> Option<&dyn PatchEmbedder> {
        Some(self)
    }

    fn texts(&self) -> Option<&dyn TextEmbedder> {
        Some(self)
    }
}

impl PatchEmbedder for Model {
    fn patch_size(&self) -> u32 {
        self.facts.description.input.multiple_of
    }

    /// Tokens of patches behind the final layer norm.
    fn embed_patches(&self, images: &[&RgbImage], lane: &Lane) -> Result<Vec<Tokens>, EmbedError> {
        lane.run(|| {
            let all = self.pictures.run(images, Output::All)?;
            let patch = self.config.patch_size;
            let tokens = all
                .into_par_iter()
                .zip(images)
                .map(|(patches, image)| Tokens {
                    cls: self.pooling.pool(&patches),
                    patches,
                    rows: image.height() as usize / patch,
                    cols: image.width() as usize / patch,
                    dim: self.config.vision.width,
                });
            Ok(tokens.collect())
        })
    }
}

impl TextEmbedder for Model {
    fn most_tokens(&self) -> usize {
        self.texts.length
    }

    fn embed_texts(&self, texts: &[&str], lane: &Lane) -> Result<Vec<EmbeddedText>, TextError> {
        lane.run(|| self.texts.embed(texts))
    }

    fn token_ids(&self, text: &str) -> Result<Vec<u32>, TextError> {
        self.texts.token_ids(text)
    }

    fn sigmoid(&self) -> Option<Sigmoid> {
        self.sigmoid
    }
}
