//! Writes what of a photo finds drawings beside it: `cargo run --example prepare_photo -- OUT PHOTO...`
//! makes `OUT/NAME-cut.png` and `OUT/NAME-drawing.png`.

#![expect(clippy::print_stdout, reason = "its output is its purpose")]

use std::path::Path;
use std::time::Instant;

use lookalike_imaging::photo::PreparedPhoto;
use lookalike_imaging::{DecodeOptions, decode, encode_png};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments.next().ok_or("give a folder to write to")?;
    for file in arguments {
        let photo = decode(&std::fs::read(&file)?, &DecodeOptions::default())?.image;
        let start = Instant::now();
        let prepared = PreparedPhoto::new(&photo);
        let took = start.elapsed();
        let name = Path::new(&file).file_stem().ok_or("not a file")?;
        let name = name.to_string_lossy();
        for (what, image) in [("cut", &prepared.cut_out), ("drawing", &prepared.drawing)] {
            std::fs::write(format!("{out}/{name}-{what}.png"), encode_png(image)?)?;
        }
        println!("{name} cut: {} {took:.1?}", prepared.is_cut);
    }
    Ok(())
}
