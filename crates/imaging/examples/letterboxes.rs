//! Pictures as an encoder sees them: decoded and letterboxed, as raw bytes one after another.
//!
//! The training of the builtin encoder reads its material through this, so that it learns from the
//! very pixels that the program will show it. Three numbers are in the output's name only: a
//! picture takes `size * size * 3` bytes, rows from the top, RGB.
//!
//!     letterboxes LIST SIZE OUT    # LIST: a path per line
//!
//! A picture that cannot be read ends it with an error.

use std::error::Error;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use lookalike_imaging::{DecodeOptions, PreprocessKind, Preprocessor, ProcessorConfig, decode};

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [list, size, out] = arguments.as_slice() else {
        return Err("usage: letterboxes LIST SIZE OUT".into());
    };
    let preprocessor = Preprocessor::new(
        PreprocessKind::Letterbox,
        size.parse()?,
        1,
        ProcessorConfig::dinov2(),
    )?;
    let list = fs::read_to_string(list)?;
    let paths: Vec<&str> = list.lines().collect();
    let out = File::create(out)?;
    let next = AtomicUsize::new(0);
    let work = || -> Result<(), Failure> {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(path) = paths.get(index) else {
                return Ok(());
            };
            let picture =
                letterbox(path, &preprocessor).map_err(|error| format!("{path}: {error}"))?;
            out.write_all_at(&picture, (index * picture.len()) as u64)?;
        }
    };
    thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| {
            worker
                .join()
                .map_err(|_| Failure::from("a worker panicked"))?
        })
    })
}

fn letterbox(path: &str, preprocessor: &Preprocessor) -> Result<Vec<u8>, Failure> {
    let decoded = decode(&fs::read(path)?, &DecodeOptions::default())?;
    Ok(preprocessor.apply(&decoded.image)?.into_data())
}
