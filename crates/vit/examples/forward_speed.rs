//! Repeats a forward pass, for profilers, and prints how long it takes.
//!
//! `cargo run --release -p lookalike-vit --example forward_speed MODEL SIZE BATCH RUNS [PRECISION]`

#![expect(clippy::print_stdout, reason = "a program whose output is a line")]

use std::path::Path;
use std::time::Instant;

use lookalike_imaging::RgbImage;
use lookalike_vit::{LoadOptions, Model};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [model, size, batch, runs, rest @ ..] = &arguments[..] else {
        return Err("usage: forward_speed MODEL SIZE BATCH RUNS [PRECISION]".into());
    };
    let (side, batch, runs): (u32, usize, usize) = (size.parse()?, batch.parse()?, runs.parse()?);
    let precision = rest.first().map_or("auto", String::as_str).parse()?;
    let options = LoadOptions {
        threads: 0,
        precision,
    };
    let model = Model::load(Path::new(model), &options)?;
    let images: Vec<RgbImage> = (0..batch).map(|seed| noise(side, seed as u64)).collect();
    let images: Vec<&RgbImage> = images.iter().collect();
    let mut times = Vec::with_capacity(runs);
    for _ in 0..=runs {
        let start = Instant::now();
        model.embed(&images)?;
        times.push(start.elapsed().as_secs_f64() * 1e3 / batch as f64);
    }
    // The first pass makes the buffers.
    let times = &mut times[1..];
    times.sort_unstable_by(f64::total_cmp);
    println!(
        "{} {}: best {:.2} ms, median {:.2} ms an image",
        model.precision(),
        model.isa(),
        times[0],
        times[times.len() / 2]
    );
    Ok(())
}

fn noise(side: u32, seed: u64) -> RgbImage {
    let data = (1..=u64::from(side) * u64::from(side) * 3)
        .map(|i| ((i + seed * 1_000_003).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8)
        .collect();
    RgbImage::new(side, side, data).unwrap_or_else(|| RgbImage::filled(side, side, [128; 3]))
}
