//! Collections as feature banks.
//!
//! Everything is written beside the output under another name and renamed when it is whole.
//! Vectors and items come from the catalogue in passes; only the ids of rows are held in memory. An
//! item has a row for each of its figures.

mod npz;

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use lookalike_banks::{BankLayout, FEATURES_INDEX, FOLDER_ORIGIN, ItemRow, Origin, line};
use lookalike_catalog::{Change, Collection, Item, Revision};
use lookalike_engine::import::Control;
use lookalike_engine::{EngineError, ErrorKind, Stores};
use lookalike_npy as npy;
use tempfile::{Builder, NamedTempFile};

use crate::problem;
use crate::request::{BankExportReport, BankExportRequest};

/// Rows read from the catalogue at a time.
const PAGE: usize = 1000;

/// An export on its way.
struct Export<'a> {
    stores: &'a Stores,
    collection: Collection,
    /// Items and their figures, ascending.
    rows: Vec<(u64, u8)>,
    output: &'a Path,
    control: &'a Control,
}

pub(crate) fn run(
    stores: &Stores,
    request: &BankExportRequest,
    control: &Control,
) -> Result<BankExportReport, EngineError> {
    control.progress.start();
    let collection = stores.catalog().collection(&request.collection)?;
    let removals = stores.catalog().revision(&collection)?.removals;
    let export = Export {
        rows: stores.catalog().figure_rows(&collection)?,
        stores,
        collection,
        output: &request.output,
        control,
    };
    control.progress.set_total(export.rows.len() as u64);
    let whole = match request.layout {
        BankLayout::Npz => Whole::Files(vec![export.npz()?]),
        BankLayout::Npy => Whole::Files(export.npy()?),
        BankLayout::Files => Whole::Folder(export.folder()?),
    };
    // Items removed or replaced since would have told of vectors that are not theirs.
    if stores.catalog().revision(&export.collection)?.removals != removals {
        return Err(changed(&export.collection));
    }
    whole.rename(&request.output)?;
    Ok(BankExportReport {
        collection: request.collection.clone(),
        output: request.output.clone(),
        exported: export.rows.len() as u64,
        dim: export.collection.spec.dim,
        elapsed_sec: (control.progress.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
    })
}

/// Output that is written and waits for its name.
enum Whole {
    /// Each with its name; the one that a reader begins with last.
    Files(Vec<(NamedTempFile, PathBuf)>),
    Folder(tempfile::TempDir),
}

impl Whole {
    fn rename(self, output: &Path) -> Result<(), EngineError> {
        match self {
            Self::Files(files) => {
                for (file, name) in files {
                    file.persist(&name)
                        .map_err(|error| problem::writing(&name, error.error))?;
                }
                Ok(())
            }
            Self::Folder(folder) => {
                let written = folder.keep();
                // Only an empty one was accepted before.
                let _ = fs::remove_dir(output);
                fs::rename(&written, output).map_err(|error| {
                    // The error is reported; the leftovers are not wanted either way.
                    let _ = fs::remove_dir_all(&written);
                    problem::writing(output, error)
                })
            }
        }
    }
}

impl Export<'_> {
    fn npy(&self) -> Result<Vec<(NamedTempFile, PathBuf)>, EngineError> {
        let lines = self.output.with_extension("jsonl");
        let origin = self.output.with_extension("collection.json");
        let mut matrix = self.temporary()?;
        self.matrix(&mut BufWriter::new(&mut matrix))?;
        let mut about = self.temporary()?;
        self.lines(&mut BufWriter::new(&mut about), |_| None)?;
        let mut record = self.temporary()?;
        record
            .write_all(self.origin().as_bytes())
            .map_err(|error| self.failed(error))?;
        Ok(vec![
            (about, lines),
            (record, origin),
            (matrix, self.output.to_path_buf()),
        ])
    }

    fn folder(&self) -> Result<tempfile::TempDir, EngineError> {
        let mut entries = fs::read_dir(self.output).ok();
        if entries
            .as_mut()
            .is_some_and(|entries| entries.next().is_some())
        {
            return Err(EngineError::new(
                ErrorKind::Conflict,
                format!(
                    "{} is not empty; name a new folder, or an empty one",
                    self.output.display()
                ),
            ));
        }
        let folder = builder(0o777)
            .tempdir_in(parent(self.output))
            .map_err(|error| self.failed(error))?;
        self.vectors(|row, vector| {
            let mut file = BufWriter::new(File::create(folder.path().join(array_name(row)))?);
            npy::write(&mut file, &[vector.len()], vector)?;
            file.flush()
        })?;
        let create = |name| File::create(folder.path().join(name)).map(BufWriter::new);
        let mut index = create(FEATURES_INDEX).map_err(|error| self.failed(error))?;
        self.lines(&mut index, |row| {
            Some(array_name((row.item.id.unsigned_abs(), row.figure_index)))
        })?;
        create(FOLDER_ORIGIN)
            .and_then(|mut file| {
                file.write_all(self.origin().as_bytes())?;
                file.flush()
            })
            .map_err(|error| self.failed(error))?;
        Ok(folder)
    }

    /// The vectors as one array of N x D.
    fn matrix(&self, out: &mut impl Write) -> Result<(), EngineError> {
        let shape = [self.rows.len(), self.collection.spec.dim];
        npy::write_header(out, "<f4", &shape).map_err(|error| self.failed(error))?;
        self.vectors(|_, vector| npy::write_values(out, vector))?;
        out.flush().map_err(|error| self.failed(error))
    }

    /// A JSON line for each row; `feature` names its array where it has one of its own.
    fn lines(
        &self,
        out: &mut impl Write,
        feature: impl Fn(ItemRow<'_>) -> Option<String>,
    ) -> Result<(), EngineError> {
        self.each_row(|row| {
            let line = line(row, feature(row));
            serde_json::to_writer(&mut *out, &line)?;
            out.write_all(b"\n")
        })?;
        out.flush().map_err(|error| self.failed(error))
    }

    /// The record of the collection.
    fn origin(&self) -> String {
        serde_json::json!(Origin::new(&self.collection.spec)).to_string()
    }

    /// Calls `each` for every vector, in the order of the rows.
    fn vectors(
        &self,
        mut each: impl FnMut((u64, u8), &[f32]) -> io::Result<()>,
    ) -> Result<(), EngineError> {
        let mut expected = self.rows.iter().peekable();
        let mut result = Ok(());
        self.stores
            .catalog()
            .changes_since(&self.collection, &Revision::default(), |change| {
                let Change::Stored(stored) = change else {
                    return;
                };
                for (figure_index, vector) in (0..=u8::MAX).zip(&stored.vectors) {
                    let row = (stored.item_id, figure_index);
                    // Items added since are not part of this export.
                    if result.is_err() || expected.next_if_eq(&&row).is_none() {
                        return;
                    }
                    result = each(row, vector);
                    self.control.progress.add_committed(1, 0);
                    if self.control.cancel.is_cancelled() {
                        result = Err(io::ErrorKind::Interrupted.into());
                    }
                }
            })?;
        result.map_err(|error| self.failed(error))?;
        match expected.next() {
            Some(_) => Err(changed(&self.collection)),
            None => Ok(()),
        }
    }

    /// Calls `each` for every row, in their order.
    fn each_row(
        &self,
        mut each: impl FnMut(ItemRow<'_>) -> io::Result<()>,
    ) -> Result<(), EngineError> {
        let catalog = self.stores.catalog();
        for rows in self.rows.chunks(PAGE) {
            if self.control.cancel.is_cancelled() {
                return Err(self.failed(io::ErrorKind::Interrupted.into()));
            }
            let mut ids: Vec<u64> = rows.iter().map(|(id, _)| *id).collect();
            ids.dedup();
            let items = catalog.items(&ids)?.into_iter();
            let items: HashMap<u64, Item> =
                items.map(|item| (item.id.unsigned_abs(), item)).collect();
            let figures = catalog.figures(rows)?;
            for row in rows {
                let (Some(item), Some(figure)) = (items.get(&row.0), figures.get(row)) else {
                    return Err(changed(&self.collection));
                };
                let row = ItemRow {
                    item,
                    figure_index: row.1,
                    figure,
                };
                each(row).map_err(|error| self.failed(error))?;
            }
        }
        Ok(())
    }

    /// A file beside the output, for what will be renamed to it.
    fn temporary(&self) -> Result<NamedTempFile, EngineError> {
        builder(0o666)
            .tempfile_in(parent(self.output))
            .map_err(|error| self.failed(error))
    }

    fn failed(&self, error: io::Error) -> EngineError {
        match error.kind() {
            io::ErrorKind::Interrupted => EngineError::new(
                ErrorKind::Unavailable,
                "the export was stopped; nothing was written",
            ),
            _ => problem::writing(self.output, error),
        }
    }
}

/// Temporary files are private by default; what an export leaves is not.
fn builder(mode: u32) -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix(".lookalike-export-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The user's umask is taken off as for any other file.
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    builder
}

fn parent(output: &Path) -> &Path {
    match output.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// The item's id alone for its first figure, as for an item that has one.
fn array_name((id, figure_index): (u64, u8)) -> String {
    match figure_index {
        0 => format!("{id}.npy"),
        _ => format!("{id}-{figure_index}.npy"),
    }
}

fn changed(collection: &Collection) -> EngineError {
    EngineError::new(
        ErrorKind::Conflict,
        format!(
            "items of collection `{}` were removed or replaced during the export; try again",
            collection.spec.name
        ),
    )
}
