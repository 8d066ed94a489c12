//! Time of a second look: evidence of so many figures read from its file and compared with one.
//!
//! `cargo run --release -p lookalike-evidence --example second_look_speed [threads]` fills a file
//! with figures of 45 tokens of 88 values, the most there are, and prints for 200, 1,000 and 2,000
//! of them the median of repeated looks in milliseconds: in the file's cache, on that many threads
//! (2 unless given). Before that, what making evidence adds to the embedding of a picture of 320
//! pixels, on one thread: from its tokens on, which come with the embedding.

#![expect(clippy::print_stdout, reason = "a program whose output is a table")]

use std::time::Instant;

use lookalike_evidence::{Evidence, EvidenceFile, Grid, Key, MOST_VALUES, Query, SIDE};
use lookalike_imaging::RgbImage;

const FIGURES: usize = 20_000;
const LOOKS: usize = 101;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let threads = std::env::args().nth(1).map_or(Ok(2), |text| text.parse())?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    let pool = pool.build()?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("evidence");
    let file = EvidenceFile::open_for_writing(&path)?;
    let all: Vec<Evidence> = (0..64).map(evidence).collect::<Result<_, _>>()?;
    file.append((0..FIGURES).map(|number| (key(number), &all[number % all.len()])))?;
    println!(
        "{FIGURES} figures, {:.0} bytes each, {} tokens, {threads} threads",
        std::fs::metadata(&path)?.len() as f64 / FIGURES as f64,
        all[0].len()
    );
    let (tokens, picture) = (numbers(1, 20 * 20 * MOST_VALUES), lines(320)?);
    let mut times = Vec::new();
    for _ in 0..LOOKS {
        let start = Instant::now();
        Evidence::of(&grid(&tokens, 20), &picture)?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    println!("made in {:.3} ms, median", times[LOOKS / 2]);
    println!("figures   ms, median   of these without reading");
    for count in [200, 1000, 2000] {
        let mut times = [Vec::new(), Vec::new()];
        for look in 0..LOOKS {
            let candidate = |index: usize| (index * 97 + look * 31) % FIGURES;
            let read = |index| file.get(&key(candidate(index))).ok().flatten();
            let held = |index| Some(&all[candidate(index) % all.len()]);
            let start = Instant::now();
            let query = Query::new(&all[look % all.len()]);
            let found = pool.install(|| query.agreements(count, read));
            times[0].push(start.elapsed().as_secs_f64() * 1e3);
            let start = Instant::now();
            let query = Query::new(&all[look % all.len()]);
            let again = pool.install(|| query.agreements(count, held));
            times[1].push(start.elapsed().as_secs_f64() * 1e3);
            assert_eq!(found, again);
        }
        times
            .iter_mut()
            .for_each(|times| times.sort_by(f64::total_cmp));
        let [whole, compared] = times.map(|times| times[LOOKS / 2]);
        println!("{count:7}   {whole:10.2}   {compared:10.2}");
    }
    Ok(())
}

fn key(number: usize) -> Key {
    Key {
        md5: (number as u128).to_le_bytes(),
        figure: 0,
    }
}

/// Of a picture full of lines, with numbers that look random.
fn evidence(seed: u64) -> Result<Evidence, Box<dyn std::error::Error>> {
    let tokens = numbers(seed, SIDE * SIDE * MOST_VALUES);
    Ok(Evidence::of(&grid(&tokens, SIDE), &lines(160)?)?)
}

fn grid(tokens: &[f32], side: usize) -> Grid<'_> {
    Grid {
        rows: side,
        columns: side,
        dim: MOST_VALUES,
        tokens,
    }
}

fn numbers(seed: u64, count: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let next = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
    };
    (0..count).map(next).collect()
}

fn lines(side: usize) -> Result<RgbImage, &'static str> {
    let level = |index: usize| if index.is_multiple_of(4) { 0 } else { 255 };
    let pixels = (0..side * side)
        .flat_map(|index| [level(index); 3])
        .collect();
    let side = u32::try_from(side).map_err(|_| "too large")?;
    RgbImage::new(side, side, pixels).ok_or("wrong number of pixels")
}
