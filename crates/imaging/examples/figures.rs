//! Sheets as the program sees them: taken apart into figures, each prepared as model input.
//!
//!     figures OUT SIZE FILE...                    # at least one FILE
//!     figures OUT SIZE --list LIST                # LIST: a path per line
//!     figures OUT SIZE --thicken RADIUS ...       # the same, strokes thickened before shrinking
//!
//! For every FILE it writes `NAME.json` to the folder OUT (the figures' boxes and captions, the
//! direction of the captions, the time it took) and `NAME.K.png`, figure K counted from 1, of
//! SIZE x SIZE pixels: cut to the figure with its margin, centred on white. `NAME.whole.png` is the
//! sheet in one piece, prepared the same way. NAME is the file's name without extension. The median
//! time a sheet goes to the standard error.
//!
//! The program does not thicken strokes; `--thicken` is for measuring what that would change. Every
//! pixel takes the darkest level within RADIUS pixels of it, along either axis.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use lookalike_imaging::figures::{self, Part};
use lookalike_imaging::{
    DecodeOptions, PreprocessKind, Preprocessor, ProcessorConfig, RgbImage, decode, encode_png,
};

type Failure = Box<dyn Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let usage = "usage: figures OUT SIZE [--thicken RADIUS] (FILE... | --list LIST)";
    let [out, size, rest @ ..] = arguments.as_slice() else {
        return Err(usage.into());
    };
    let (radius, files) = match rest {
        [flag, radius, files @ ..] if flag == "--thicken" => (radius.parse()?, files),
        files => (0, files),
    };
    let files: Vec<PathBuf> = match files {
        [] => return Err(usage.into()),
        [flag, list] if flag == "--list" => fs::read_to_string(list)?
            .lines()
            .map(PathBuf::from)
            .collect(),
        files => files.iter().map(PathBuf::from).collect(),
    };
    let letterbox = Preprocessor::new(
        PreprocessKind::Letterbox,
        size.parse()?,
        1,
        ProcessorConfig::dinov2(),
    )?;
    fs::create_dir_all(out)?;
    let mut times_ms = Vec::new();
    for file in &files {
        let time_ms = sheet(file, Path::new(out), &letterbox, radius)
            .map_err(|error| format!("{}: {error}", file.display()))?;
        times_ms.push(time_ms);
    }
    times_ms.sort_by(f64::total_cmp);
    let (median, slowest) = (times_ms[times_ms.len() / 2], times_ms[times_ms.len() - 1]);
    eprintln!(
        "{} sheets; taking one apart: median {median:.2} ms, at most {slowest:.2} ms",
        files.len()
    );
    Ok(())
}

fn sheet(file: &Path, out: &Path, letterbox: &Preprocessor, radius: usize) -> Result<f64, Failure> {
    let image = decode(&fs::read(file)?, &DecodeOptions::default())?.image;
    let start = Instant::now();
    let layout = figures::find(&image);
    let time_ms = start.elapsed().as_secs_f64() * 1000.0;
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    let parts = (0..layout.figures.len()).map(Part::Figure);
    for part in parts.chain([Part::Whole]) {
        let cut = layout
            .cut(&image, part)
            .ok_or("the layout lacks a figure")?;
        let label = match part {
            Part::Figure(index) => (index + 1).to_string(),
            Part::Whole => "whole".to_owned(),
        };
        fs::write(
            out.join(format!("{name}.{label}.png")),
            encode_png(&letterbox.apply(&thickened(cut, radius))?)?,
        )?;
    }
    let json = serde_json::json!({
        "file": file, "width": image.width(), "height": image.height(),
        "layout": layout, "time_ms": time_ms,
    });
    fs::write(out.join(format!("{name}.json")), format!("{json:#}\n"))?;
    Ok(time_ms)
}

fn thickened(image: RgbImage, radius: usize) -> RgbImage {
    if radius == 0 {
        return image;
    }
    let (width, height) = (image.width() as usize, image.height() as usize);
    let mut levels = image.into_data();
    // Along the rows, then along the columns.
    for (length, step, lines, line_step) in
        [(width, 3, height, width * 3), (height, width * 3, width, 3)]
    {
        let source = levels.clone();
        for line in 0..lines {
            for at in 0..length {
                let near = at.saturating_sub(radius)..(at + radius + 1).min(length);
                for channel in 0..3 {
                    let place = |at: usize| line * line_step + at * step + channel;
                    let darkest = near.clone().map(|at| source[place(at)]).min();
                    levels[place(at)] = darkest.unwrap_or(255);
                }
            }
        }
    }
    RgbImage::new(width as u32, height as u32, levels).expect("thickening keeps the size")
}
