//! `lookalike bench embed`.

use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use lookalike_encoders::Embedder;
use lookalike_imaging::RgbImage;
use serde::Serialize;

use crate::arguments::{BenchEmbedArguments, Format};
use crate::commands::Outcome;
use crate::output::{self, Align, Column, Table};
use crate::settings::Settings;
use crate::wiring;

/// Time for one model, size and batch.
#[derive(Serialize)]
struct Line {
    model: String,
    precision: String,
    device: String,
    isa: String,
    /// `picture` or `text`.
    input: &'static str,
    /// Pixels a side, or tokens.
    size: u32,
    batch: usize,
    threads: usize,
    ms_per_image_median: f64,
    images_per_second: f64,
}

/// What is timed: a model with a batch of its input.
struct Case {
    name: String,
    model: Arc<dyn Embedder>,
    input: Input,
    ms_per_image: Vec<f64>,
}

/// What is embedded.
enum Input {
    Pictures(Vec<RgbImage>),
    /// Each of more tokens than the model reads.
    Texts(Vec<String>),
}

impl Input {
    fn len(&self) -> usize {
        match self {
            Self::Pictures(pictures) => pictures.len(),
            Self::Texts(texts) => texts.len(),
        }
    }
}

pub(super) fn run(arguments: &BenchEmbedArguments, settings: &Settings) -> anyhow::Result<Outcome> {
    let encoders = wiring::encoders(settings, arguments.precision.unwrap_or(settings.precision))?;
    let mut cases = Vec::new();
    for name in &arguments.models {
        let model = encoders.model(name)?;
        for input in inputs(&*model, name, arguments)? {
            let mut case = Case {
                name: name.clone(),
                model: Arc::clone(&model),
                input,
                ms_per_image: Vec::new(),
            };
            // The first pass touches the weights and makes the buffers.
            case.run()?;
            case.ms_per_image.clear();
            cases.push(case);
        }
    }
    // In turns, so that a slow spell of the machine falls on all alike.
    for _ in 0..arguments.runs {
        for case in &mut cases {
            case.run()?;
        }
    }
    let lines: Vec<Line> = cases
        .into_iter()
        .map(|case| case.line(settings.workers()))
        .collect();
    match arguments.format.format {
        Format::Json => output::json(&lines)?,
        Format::Jsonl => output::json_lines(&lines)?,
        Format::Table => output::text(&table(&lines))?,
    }
    Ok(Outcome::Done)
}

/// What a model is timed with, of each size and batch.
fn inputs(
    model: &dyn Embedder,
    name: &str,
    arguments: &BenchEmbedArguments,
) -> anyhow::Result<Vec<Input>> {
    if arguments.texts {
        let texts = model.texts();
        let texts = texts.with_context(|| format!("model `{name}` embeds no texts"))?;
        let words = texts.most_tokens();
        let text = |seed: usize| format!("{seed} chairs ").repeat(words);
        let of_batch = |&batch: &usize| Input::Texts((0..batch).map(text).collect());
        return Ok(arguments.batches.iter().map(of_batch).collect());
    }
    let input = model.facts().description.input;
    let sizes = match arguments.sizes.as_slice() {
        [] => vec![input.default],
        sizes => sizes.to_vec(),
    };
    let of_size = |size: u32| {
        let side = (size - size % input.multiple_of).max(input.multiple_of);
        let of_batch = move |&batch: &usize| {
            Input::Pictures((0..batch).map(|seed| noise(side, seed)).collect())
        };
        arguments.batches.iter().map(of_batch)
    };
    Ok(sizes.into_iter().flat_map(of_size).collect())
}

impl Case {
    fn run(&mut self) -> anyhow::Result<()> {
        let lane = self.model.device().whole();
        let start = Instant::now();
        match &self.input {
            Input::Pictures(pictures) => {
                let pictures: Vec<&RgbImage> = pictures.iter().collect();
                self.model.embed(&pictures, lane)?;
            }
            Input::Texts(texts) => {
                let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
                if let Some(embedder) = self.model.texts() {
                    embedder.embed_texts(&texts, lane)?;
                }
            }
        }
        let elapsed_ms = start.elapsed().as_secs_f64() * 1e3;
        self.ms_per_image.push(elapsed_ms / self.input.len() as f64);
        Ok(())
    }

    fn line(mut self, threads: usize) -> Line {
        self.ms_per_image.sort_unstable_by(f64::total_cmp);
        let median = self.ms_per_image[self.ms_per_image.len() / 2];
        Line {
            model: self.name,
            precision: self.model.facts().precision.to_string(),
            device: self.model.device().name().to_owned(),
            isa: self.model.device().instructions().to_owned(),
            input: match &self.input {
                Input::Pictures(_) => "picture",
                Input::Texts(_) => "text",
            },
            size: match &self.input {
                Input::Pictures(pictures) => pictures.first().map_or(0, RgbImage::width),
                Input::Texts(_) => self
                    .model
                    .texts()
                    .map_or(0, |texts| texts.most_tokens() as u32),
            },
            batch: self.input.len(),
            threads,
            ms_per_image_median: median,
            images_per_second: 1e3 / median,
        }
    }
}

/// A picture that compresses badly and hits no shortcut.
fn noise(side: u32, seed: usize) -> RgbImage {
    let mut state = seed as u32 + 1;
    let data = (0..side as usize * side as usize * 3)
        .map(|_| {
            // xorshift32 (Marsaglia, "Xorshift RNGs", 2003)
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state as u8
        })
        .collect();
    RgbImage::new(side, side, data).unwrap_or_else(|| RgbImage::filled(side, side, [128; 3]))
}

fn table(lines: &[Line]) -> String {
    let mut table = Table::new([
        Column("model", Align::Left),
        Column("precision", Align::Left),
        Column("device", Align::Left),
        Column("isa", Align::Left),
        Column("input", Align::Left),
        Column("size", Align::Right),
        Column("batch", Align::Right),
        Column("threads", Align::Right),
        Column("ms/image", Align::Right),
        Column("images/s", Align::Right),
    ]);
    for line in lines {
        table.row([
            line.model.clone(),
            line.precision.clone(),
            line.device.clone(),
            line.isa.clone(),
            line.input.to_owned(),
            line.size.to_string(),
            line.batch.to_string(),
            line.threads.to_string(),
            format!("{:.2}", line.ms_per_image_median),
            format!("{:.1}", line.images_per_second),
        ]);
    }
    table.render()
}
