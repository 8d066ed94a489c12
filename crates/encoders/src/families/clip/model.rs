//! A loaded CLIP and what it computes.

use std::sync::Arc;

use lookalike_imaging::{ProcessorConfig, RgbImage};
use lookalike_kernels::PackedLinear;

use super::ClipPlan;
use super::config::{Config, TextTower};
use super::load::{Reader, Tower, TowerLayers};
use crate::devices::cpu::Cpu;
use crate::devices::{Device, Lane};
use crate::embedder::{Embedder, PatchEmbedder, TextEmbedder};
use crate::error::{EmbedError, LoadError};
use crate::facts::ModelFacts;
use crate::families::text_tower::Texts;
use crate::options::LoadOptions;
use crate::text::{EmbeddedText, TextError, Tokenizer};
use crate::tokens::Tokens;
use crate::transformer::{Output, Pictures, Workspaces, choose_arithmetic, project};
use crate::weights::{Tally, Weights};

/// A loaded model. Calls from several threads share what it keeps between calls.
pub(super) struct Model {
    config: Config,
    facts: ModelFacts,
    pictures: Pictures,
    projection: PackedLinear,
    texts: Texts,
    cpu: Arc<Cpu>,
}

impl Model {
    pub(super) fn load(
        plan: ClipPlan,
        weights: &Weights,
        processor: Option<ProcessorConfig>,
        options: &LoadOptions,
    ) -> Result<Self, LoadError> {
        let ClipPlan {
            config,
            description,
            folder,
        } = plan;
        let processor = processor.unwrap_or_else(|| config.processor.clone());
        let (cpu, isa) = (&options.cpu, options.cpu.isa());
        let of_text = config.text.of(weights)?;
        let (vision, text) = (config.vision.shape, of_text.shape);
        let arithmetic = choose_arithmetic(options, &vision)?;
        choose_arithmetic(options, &text)?;
        let tally = Tally::default();
        let reader = Reader {
            config: &config,
            text: &of_text,
            weights,
            tally: &tally,
        };
        let layers = |tower| TowerLayers {
            reader: &reader,
            tower,
        };
        let tokenizer = Tokenizer::open(&folder)?;
        let (pictures, projection, texts) = cpu.whole().run(|| {
            let layers_of_pictures = layers(Tower::Vision);
            let network = reader
                .vision(&processor, &layers_of_pictures)?
                .pack(isa, &arithmetic)?;
            let pictures = Pictures::new(reader.entry()?, network);
            let projection = reader.picture_projection()?.packed(isa);
            let network = match of_text.tower {
                TextTower::Clip => reader.text(&layers(Tower::Text))?.pack(isa, &arithmetic)?,
                TextTower::Bert => reader.text(&reader.bert())?.pack(isa, &arithmetic)?,
            };
            let projections = reader.text_projection()?;
            let texts = Texts {
                tokenizer,
                folder,
                tokens: reader.tokens()?,
                positions: reader.text_positions()?,
                width: text.width,
                length: of_text.length,
                padding: of_text.padding,
                filling: None,
                pooling: of_text.pooling,
                network,
                projections: projections.iter().map(|map| map.packed(isa)).collect(),
                workspaces: Workspaces::default(),
            };
            Ok::<_, LoadError>((pictures, projection, texts))
        })?;
        // The other sizes are in the shapes of the tensors.
        let settings = format!(
            "clip {} {} {:e} {} {} {:e} {}",
            vision.heads,
            vision.mlp.describe(),
            vision.layer_norm_eps,
            text.heads,
            text.mlp.describe(),
            text.layer_norm_eps,
            config.vision.patch_size,
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
            projection,
            texts,
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
        Cpu::batch_size(size as usize, self.config.vision.patch_size, lane)
    }

    /// The projected class token of each image.
    fn embed(&self, images: &[&RgbImage], lane: &Lane) -> Result<Vec<Vec<f32>>, EmbedError> {
        lane.run(|| {
            let classes = self.pictures.run(images, Output::First)?;
            Ok(classes
                .iter()
                .map(|class| project(&self.projection, class))
                .collect())
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

    /// Tokens of patches behind the final layer norm, not projected: CLIP projects none of them.
    fn embed_patches(&self, images: &[&RgbImage], lane: &Lane) -> Result<Vec<Tokens>, EmbedError> {
        let all = lane.run(|| self.pictures.run(images, Output::All))?;
        let dim = self.config.vision.shape.width;
        let patch = self.config.vision.patch_size;
        let tokens = all.into_iter().zip(images).map(|(mut class, image)| {
            let patches = class.split_off(dim);
            Tokens {
                cls: project(&self.projection, &class),
                patches,
                rows: image.height() as usize / patch,
                cols: image.width() as usize / patch,
                dim,
            }
        });
        Ok(tokens.collect())
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
}
