//! A collection as one NumPy archive.
//!
//! Features are stored as they are, since floats hardly shrink; texts are deflated, since
//! NumPy pads each to the longest with four bytes a character.

use std::io::{self, BufWriter, Seek, Write};
use std::path::PathBuf;

use tempfile::NamedTempFile;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::spool::Spool;
use super::{Export, parent, record};
use crate::{EngineError, npy};

/// The text members, in the order of [`record::texts`].
const TEXTS: [&str; record::TEXTS] = ["paths", "file_names", "md5", "patent_ids", "metadata"];

impl Export<'_> {
    pub(super) fn npz(&self) -> Result<(NamedTempFile, PathBuf), EngineError> {
        let mut file = self.temporary()?;
        let mut zip = ZipWriter::new(BufWriter::new(&mut file));
        // Members above 4 GiB need what NumPy writes for all of them.
        let stored = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .large_file(true);
        let deflated = stored
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(1));

        self.start(&mut zip, "features", stored)?;
        self.matrix(&mut zip)?;
        self.start(&mut zip, "ids", stored)?;
        self.ids(&mut zip).map_err(|error| self.failed(error))?;
        let mut spools = Vec::new();
        for _ in TEXTS {
            let spool = Spool::new(parent(self.output)).map_err(|error| self.failed(error))?;
            spools.push(spool);
        }
        self.items(|item| {
            for (spool, text) in spools.iter_mut().zip(record::texts(item)) {
                spool.push(&text)?;
            }
            Ok(())
        })?;
        for (name, spool) in TEXTS.iter().zip(spools) {
            self.start(&mut zip, name, deflated)?;
            spool
                .write(&mut zip, self.ids.len())
                .map_err(|error| self.failed(error))?;
        }
        self.start(&mut zip, "collection", stored)?;
        let origin = self.origin();
        let width = origin.chars().count();
        npy::write_header(&mut zip, &format!("<U{width}"), &[])
            .and_then(|()| npy::write_text(&mut zip, &origin, width))
            .map_err(|error| self.failed(error))?;
        zip.finish()
            .map_err(io::Error::from)
            .and_then(|mut buffered| buffered.flush())
            .map_err(|error| self.failed(error))?;
        Ok((file, self.output.to_path_buf()))
    }

    fn start<W: Write + Seek>(
        &self,
        zip: &mut ZipWriter<W>,
        name: &str,
        options: SimpleFileOptions,
    ) -> Result<(), EngineError> {
        zip.start_file(format!("{name}.npy"), options)
            .map_err(|error| self.failed(error.into()))
    }

    fn ids(&self, out: &mut impl Write) -> io::Result<()> {
        npy::write_header(out, "<i8", &[self.ids.len()])?;
        self.ids
            .iter()
            .try_for_each(|id| out.write_all(&id.to_le_bytes()))
    }
}
