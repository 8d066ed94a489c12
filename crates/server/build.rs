//! Makes the list of the built page's files, for `page.rs` to compile in.
//!
//! `make web` puts them into `web/dist`. Without them the list is empty and everything else
//! works, so that work on Rust needs no Node.

use std::error::Error;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

fn main() -> Result<(), Box<dyn Error>> {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    println!("cargo::rerun-if-changed={}", built.display());

    let mut files = Vec::new();
    if built.join("index.html").exists() {
        collect(&built, &mut files)?;
        files.sort();
    }
    let mut list = String::from("&[\n");
    for (index, file) in files.iter().enumerate() {
        let Some(kind) = kind(file) else { continue };
        let packed = out.join(format!("{index}.gz"));
        pack(&fs::read(file)?, &packed)?;
        let path = file
            .strip_prefix(built.canonicalize()?)?
            .to_str()
            .ok_or("odd name")?;
        writeln!(
            list,
            "Part {{ path: {path:?}, kind: {kind:?}, plain: include_bytes!({file:?}), \
             packed: include_bytes!({packed:?}) }},"
        )?;
    }
    list.push(']');
    fs::write(out.join("parts.rs"), list)?;
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path.canonicalize()?);
        }
    }
    Ok(())
}

/// None for what is no part of the page.
fn kind(file: &Path) -> Option<&'static str> {
    match file.extension().and_then(OsStr::to_str)? {
        "html" => Some("text/html; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        _ => None,
    }
}

fn pack(bytes: &[u8], to: &Path) -> Result<(), Box<dyn Error>> {
    let mut encoder = GzEncoder::new(fs::File::create(to)?, Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()?;
    Ok(())
}
