//! `lookalike bench embed`.

use std::sync::Arc;
use std::time::Instant;

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
    isa: String,
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
    pictures: Vec<RgbImage>,
    ms_per_image: Vec<f64>,
}

pub(super) fn run(arguments: &BenchEmbedArguments, settings: &Settings) -> anyhow::Result<Outcome> {
    let encoders = wiring::encoders(settings, arguments.precision.unwrap_or(settings.precision))?;
    let mut cases = Vec::new();
    for name in &arguments.models {
        let model = encoders.model(name)?;
        let input = model.facts().description.input;
        let sizes = match arguments.sizes.as_slice() {
            [] => vec![input.default],
            sizes => sizes.to_vec(),
        };
        for size in sizes {
            let side = (size - size % input.multiple_of).max(input.multiple_of);
            for &batch in &arguments.batches {
                let mut case = Case {
                    name: name.clone(),
                    model: Arc::clone(&model),
                    pictures: (0..batch).map(|seed| noise(side, seed)).collect(),
                    ms_per_image: Vec::new(),
                };
                // The first pass touches the weights and makes the buffers.
                case.run()?;
                case.ms_per_image.clear();
                cases.push(case);
            }
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

impl Case {
    fn run(&mut self) -> anyhow::Result<()> {
        let pictures: Vec<&RgbImage> = self.pictures.iter().collect();
        let start = Instant::now();
        self.model.embed(&pictures, self.model.device().whole())?;
        let elapsed_ms = start.elapsed().as_secs_f64() * 1e3;
        self.ms_per_image.push(elapsed_ms / pictures.len() as f64);
        Ok(())
    }

    fn line(mut self, threads: usize) -> Line {
        self.ms_per_image.sort_unstable_by(f64::total_cmp);
        let median = self.ms_per_image[self.ms_per_image.len() / 2];
        Line {
            model: self.name,
            precision: self.model.facts().precision.to_string(),
            isa: self.model.device().instructions().to_owned(),
            size: self.pictures[0].width(),
            batch: self.pictures.len(),
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
        Column("isa", Align::Left),
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
            line.isa.clone(),
            line.size.to_string(),
            line.batch.to_string(),
            line.threads.to_string(),
            format!("{:.2}", line.ms_per_image_median),
            format!("{:.1}", line.images_per_second),
        ]);
    }
    table.render()
}
