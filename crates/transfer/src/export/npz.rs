//! A collection as one NumPy archive.

use std::io::BufWriter;
use std::path::PathBuf;

use lookalike_banks::{NpzWriter, TEXTS, TextColumn, texts};
use lookalike_engine::EngineError;
use tempfile::NamedTempFile;

use super::{Export, parent};

/// The text members, in the order of [`texts`].
const NAMES: [&str; TEXTS] = ["paths", "file_names", "md5", "patent_ids", "metadata"];

impl Export<'_> {
    pub(super) fn npz(&self) -> Result<(NamedTempFile, PathBuf), EngineError> {
        let mut file = self.temporary()?;
        let mut archive = NpzWriter::new(BufWriter::new(&mut file));
        let mut features = archive
            .numbers("features")
            .map_err(|error| self.failed(error))?;
        self.matrix(&mut features)?;
        let ids: Vec<u64> = self.rows.iter().map(|(id, _)| *id).collect();
        let figures: Vec<u64> = self
            .rows
            .iter()
            .map(|(_, index)| u64::from(*index))
            .collect();
        archive
            .ids("ids", &ids)
            .and_then(|()| archive.ids("figure_index", &figures))
            .map_err(|error| self.failed(error))?;
        let mut columns = Vec::new();
        for _ in NAMES {
            let column =
                TextColumn::new(parent(self.output)).map_err(|error| self.failed(error))?;
            columns.push(column);
        }
        self.each_row(|row| {
            for (column, text) in columns.iter_mut().zip(texts(row)) {
                column.push(&text)?;
            }
            Ok(())
        })?;
        for (name, column) in NAMES.iter().zip(columns) {
            archive
                .texts(name, column)
                .map_err(|error| self.failed(error))?;
        }
        archive
            .text("collection", &self.origin())
            .and_then(|()| archive.finish())
            .map_err(|error| self.failed(error))?;
        Ok((file, self.output.to_path_buf()))
    }
}
