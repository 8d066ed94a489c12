//! `ground-truth.json`: which design is which, written design by design.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::SynthError;

/// A patent of the set.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Design {
    pub(crate) patent_id: String,
    pub(crate) family: &'static str,
    /// The patent whose parameters this one nudges.
    pub(crate) near_of: Option<String>,
    /// How far: 0 for originals, up to 1.
    pub(crate) nudge: f64,
    pub(crate) sheets: Vec<Sheet>,
    pub(crate) photos: Vec<String>,
}

/// A drawing file. Inside archives the name goes on after the archive's name and a slash.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Sheet {
    pub(crate) file: String,
    /// `perspective`, `front`, ...; two figures on a sheet are joined as `left+right`.
    pub(crate) view: String,
    pub(crate) front_page: bool,
}

/// Writes the file under a temporary name and renames it when it is whole, last of all: where it
/// lies, the set is complete.
pub(crate) struct TruthWriter {
    path: PathBuf,
    partial: PathBuf,
    file: BufWriter<File>,
    bytes: u64,
    first: bool,
}

impl TruthWriter {
    pub(crate) fn create(out: &Path) -> Result<TruthWriter, SynthError> {
        let partial = out.join("ground-truth.json.partial");
        let file = File::create(&partial).map_err(|source| SynthError::write(&partial, source))?;
        let mut writer = TruthWriter {
            path: out.join("ground-truth.json"),
            partial,
            file: BufWriter::new(file),
            bytes: 0,
            first: true,
        };
        writer.put(b"{\"designs\":[")?;
        Ok(writer)
    }

    pub(crate) fn add(&mut self, design: &Design) -> Result<(), SynthError> {
        let line = serde_json::to_vec(design)
            .map_err(|source| SynthError::write(&self.partial, source.into()))?;
        self.put(if self.first { b"\n" } else { b",\n" })?;
        self.first = false;
        self.put(&line)
    }

    /// Bytes written.
    pub(crate) fn finish(mut self) -> Result<u64, SynthError> {
        self.put(b"\n]}\n")?;
        self.file
            .flush()
            .and_then(|()| fs::rename(&self.partial, &self.path))
            .map_err(|source| SynthError::write(&self.path, source))?;
        Ok(self.bytes)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), SynthError> {
        self.bytes += bytes.len() as u64;
        self.file
            .write_all(bytes)
            .map_err(|source| SynthError::write(&self.partial, source))
    }
}
