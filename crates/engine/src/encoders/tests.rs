//! A model family of the test's own, through import, search and explanation: none of them knows
//! of it. `docs/adding-a-model-family.md` follows these steps.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lookalike_encoders::{
    ConfigFile, Cpu, Description, Device, EmbedError, Embedder, Family, InputSizes, Lane,
    LoadError, LoadOptions, ModelFacts, Plan, Precision, Registry, Tally, Weights,
};
use lookalike_imaging::{ProcessorConfig, RgbImage, encode_png};
use serde::Deserialize;
use serde_json::json;

use crate::fixture::Fixture;
use crate::import::{Control, ImportRequest, Originals};
use crate::search::{Limit, Query, QueryFile, SearchRequest};
use crate::{CollectionSettings, EngineError};

/// Mean colours of the cells of a grid, with a weight for each channel.
struct MeanColours;

#[derive(Deserialize)]
struct Config {
    cells: u32,
    image_size: u32,
}

struct MeanColoursPlan {
    config: Config,
    description: Description,
}

struct MeanColoursModel {
    cells: usize,
    gain: Vec<f32>,
    facts: ModelFacts,
    cpu: Arc<Cpu>,
}

impl Family for MeanColours {
    fn architectures(&self) -> &[&'static str] {
        &["mean-colours"]
    }

    fn configure(&self, file: &ConfigFile) -> Result<Box<dyn Plan>, LoadError> {
        let config: Config = file.parse()?;
        let description = Description {
            family: "mean-colours",
            architecture: "mean-colours".to_owned(),
            dim: (config.cells * config.cells * 3) as usize,
            patch_size: None,
            input: InputSizes {
                default: config.image_size,
                multiple_of: config.cells,
            },
            text_tokens: None,
            extra: file.extra().clone(),
            details: vec![("cells", json!(config.cells))],
        };
        Ok(Box::new(MeanColoursPlan {
            config,
            description,
        }))
    }
}

impl Plan for MeanColoursPlan {
    fn description(&self) -> &Description {
        &self.description
    }

    fn load(
        self: Box<Self>,
        weights: &Weights,
        processor: Option<ProcessorConfig>,
        options: &LoadOptions,
    ) -> Result<Box<dyn Embedder>, LoadError> {
        let tally = Tally::default();
        let gain = tally.read(weights, "gain", "gain", &[3])?;
        let processor = processor.unwrap_or_else(ProcessorConfig::dinov2);
        let settings = format!("mean-colours {}", self.config.cells);
        Ok(Box::new(MeanColoursModel {
            cells: self.config.cells as usize,
            gain,
            facts: ModelFacts {
                description: self.description,
                precision: Precision::F32,
                parameters: tally.parameters(),
                fingerprint: tally.fingerprint(&settings, &processor),
                processor,
            },
            cpu: Arc::clone(&options.cpu),
        }))
    }
}

impl Embedder for MeanColoursModel {
    fn facts(&self) -> &ModelFacts {
        &self.facts
    }

    fn device(&self) -> &dyn Device {
        &*self.cpu
    }

    fn batch_size(&self, _size: u32, lane: &Lane) -> usize {
        2 * lane.threads()
    }

    fn embed(&self, pictures: &[&RgbImage], lane: &Lane) -> Result<Vec<Vec<f32>>, EmbedError> {
        lane.run(|| Ok(pictures.iter().map(|picture| self.means(picture)).collect()))
    }
}

impl MeanColoursModel {
    fn means(&self, picture: &RgbImage) -> Vec<f32> {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let mut means = vec![0.0; self.cells * self.cells * 3];
        for (index, pixel) in picture.data().chunks(3).enumerate() {
            let column = index % width * self.cells / width;
            let row = index / width * self.cells / height;
            let cell = &mut means[(row * self.cells + column) * 3..][..3];
            for ((mean, &value), gain) in cell.iter_mut().zip(pixel).zip(&self.gain) {
                *mean += f32::from(value) * gain / (width * height) as f32;
            }
        }
        means
    }
}

/// A folder with a model of that kind.
fn model(folder: &Path) -> PathBuf {
    let model = folder.join("colours");
    fs::create_dir_all(&model).unwrap();
    let config = json!({
        "model_type": "mean-colours", "cells": 4, "image_size": 32,
        "lookalike": {"preprocess": "stretch"},
    });
    fs::write(model.join("config.json"), config.to_string()).unwrap();
    let header = json!({"gain": {"dtype": "F32", "shape": [3], "data_offsets": [0, 12]}});
    let header = header.to_string();
    let mut weights = (header.len() as u64).to_le_bytes().to_vec();
    weights.extend(header.bytes());
    weights.extend(
        [1.0_f32, 2.0, 1.0]
            .iter()
            .flat_map(|gain| gain.to_le_bytes()),
    );
    fs::write(model.join("model.safetensors"), weights).unwrap();
    model
}

/// A picture whose upper half has another colour than the lower one.
fn picture(upper: [u8; 3], lower: [u8; 3], height: u32) -> Vec<u8> {
    let half = 30 * (height as usize / 2);
    let data = [upper.repeat(half), lower.repeat(half)].concat();
    encode_png(&RgbImage::new(30, height, data).unwrap()).unwrap()
}

fn import(fixture: &Fixture, model: &Path) -> Result<(), EngineError> {
    let folder = fixture.directory.path().join("pictures");
    fs::create_dir_all(&folder).unwrap();
    let colours = [[200, 30, 30], [30, 200, 30], [30, 30, 200]];
    for (index, colour) in colours.into_iter().enumerate() {
        let bytes = picture(colour, [255; 3], 40);
        fs::write(folder.join(format!("{index}.png")), bytes).unwrap();
    }
    let request = ImportRequest {
        shard: None,
        paths: vec![folder],
        collection: "default".into(),
        settings: CollectionSettings {
            model: Some(model.display().to_string()),
            ..CollectionSettings::default()
        },
        batch_size: None,
        originals: Originals::Reference,
        only: None,
        within: None,
        data_dir: fixture.directory.path().join("data"),
    };
    let report = fixture
        .engine
        .importer()
        .run(&request, &Control::default())?;
    assert_eq!((report.imported, report.failed), (3, 0));
    Ok(())
}

#[test]
fn a_family_of_ones_own_is_imported_with_searched_and_reported() {
    let fixture = Fixture::with_registry(Registry::default().with(MeanColours));
    import(&fixture, &model(fixture.directory.path())).unwrap();
    let report = fixture.engine.collections().report("default").unwrap();
    assert_eq!((report.num_entities, report.dim), (3, 48));
    // What the model's configuration says, as nobody asked for another.
    assert_eq!(report.preprocess.as_deref(), Some("stretch"));
    let model = report.model.unwrap();
    assert_eq!((model.device.as_str(), model.trained), ("cpu", Some(true)));
    assert_eq!(model.precision.as_deref(), Some("f32"));

    let search = SearchRequest {
        queries: vec![Query::Image(QueryFile::new(
            None,
            picture([40, 190, 20], [250; 3], 60),
        ))],
        collections: vec!["default".into()],
        limit: Limit::Items(1),
        ..SearchRequest::default()
    };
    let found = fixture.engine.search().run(&search).unwrap();
    let hit = &found.results[0].pages[0];
    assert_eq!(hit.file_name, "1.png");

    let stores = fixture.engine.stores();
    let collection = stores.catalog().collection("default").unwrap();
    let encoder = stores.encoders().of_collection(&collection).unwrap();
    let error = encoder.patch_size().unwrap_err().to_string();
    assert_eq!(
        error,
        "models of the family mean-colours describe whole pictures, not the places in them"
    );
}

#[test]
fn a_program_without_the_family_says_which_it_knows() {
    let fixture = Fixture::new();
    let model = model(fixture.directory.path());
    let error = import(&fixture, &model).unwrap_err().to_string();
    assert!(
        error.contains("unknown architecture 'mean-colours'; known: dinov2, "),
        "{error}"
    );
}
