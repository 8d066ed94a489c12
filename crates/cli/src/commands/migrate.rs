//! `lookalike migrate`: a collection that an earlier system keeps in Milvus, with its vectors.
//!
//! It is written as a feature bank first and imported as one: what a row's fields mean, how rows are
//! known again in a second run, and how pictures are linked is said there.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use lookalike_store_milvus::{ForeignCollection, MilvusSettings, address};
use serde_json::{Map, Value};

use super::{Outcome, bucket, features};
use crate::arguments::{MigrateArguments, VectorsArguments};
use crate::output;
use crate::settings::Settings;

/// Where rows lie while they are imported, in the data directory.
const FOLDER: &str = "migration";

pub(super) fn run(arguments: MigrateArguments, settings: &Settings) -> anyhow::Result<Outcome> {
    let (server, name) = source(&arguments.source)?;
    let login = MilvusSettings {
        address: address(server).map_err(anyhow::Error::msg)?,
        ..settings.milvus_login.clone()
    };
    let found = ForeignCollection::open(&login, name).map_err(anyhow::Error::msg)?;
    output::note(
        settings,
        &format!(
            "reading {} vectors of {} numbers from `{name}`",
            found.rows, found.dim
        ),
    );
    let images = match arguments.images {
        Some(address) if bucket::is_bucket(&address) => {
            Some(bucket::fetch_all(&address, None, settings)?)
        }
        folder => folder,
    };
    let folder = settings.data.join(FOLDER);
    fs::create_dir_all(&folder)
        .with_context(|| format!("no folder {} can be made", folder.display()))?;
    let bank = folder.join("rows.npy");
    let vectors = VectorsArguments {
        metric: arguments.vectors.metric.or(found.metric),
        ..arguments.vectors
    };
    let outcome = write(&found, &bank, images.as_deref(), settings)
        .and_then(|()| features::import(vec![bank], vectors, arguments.format.format, settings));
    fs::remove_dir_all(&folder)
        .with_context(|| format!("the folder {} can't be removed", folder.display()))?;
    outcome
}

/// Address and collection of `milvus://host:port/collection`.
fn source(text: &str) -> anyhow::Result<(&str, &str)> {
    let example = "write it as in milvus://localhost:19530/patent_images";
    let (server, name) = text.rsplit_once('/').unwrap_or((text, ""));
    if name.is_empty() || server.is_empty() || server.ends_with('/') || server.ends_with(':') {
        anyhow::bail!("`{text}` names no collection of a Milvus; {example}");
    }
    Ok((server, name))
}

/// Writes the rows as a bank: an array, and a line about each.
fn write(
    source: &ForeignCollection,
    bank: &Path,
    images: Option<&Path>,
    settings: &Settings,
) -> anyhow::Result<()> {
    let values = bank.with_extension("values");
    let mut vectors = BufWriter::new(File::create(&values)?);
    let mut lines = BufWriter::new(File::create(bank.with_extension("jsonl"))?);
    let (mut rows, mut linked) = (0, 0);
    source.each_row::<Failure>(|mut fields, vector| {
        if let Some(path) = images.and_then(|folder| picture(folder, &fields)) {
            linked += 1;
            fields.insert("path".to_owned(), path.to_string_lossy().into());
        }
        lookalike_npy::write_values(&mut vectors, vector)?;
        serde_json::to_writer(&mut lines, &fields).map_err(std::io::Error::from)?;
        lines.write_all(b"\n")?;
        rows += 1;
        Ok(())
    })?;
    vectors.flush()?;
    lines.flush()?;
    // The header says how many there are, which shows only now.
    let mut array = BufWriter::new(File::create(bank)?);
    lookalike_npy::write_header(&mut array, "<f4", &[rows, source.dim])?;
    std::io::copy(&mut File::open(&values)?, &mut array)?;
    array.flush()?;
    if images.is_some() {
        output::note(
            settings,
            &format!("{linked} of {rows} rows have their pictures"),
        );
    }
    Ok(())
}

/// The file that a row's fields lead to below a folder.
fn picture(folder: &Path, fields: &Map<String, Value>) -> Option<PathBuf> {
    let text = |name: &str| fields.get(name)?.as_str().filter(|text| !text.is_empty());
    let file = text("file_name");
    let candidates = [
        text("file_path").map(|path| folder.join(path.trim_start_matches('/'))),
        text("patent_id")
            .zip(file)
            .map(|(patent, file)| folder.join(patent).join(file)),
        file.map(|file| folder.join(file)),
    ];
    candidates.into_iter().flatten().find(|path| path.is_file())
}

/// Why rows could not be written down.
struct Failure(anyhow::Error);

impl From<String> for Failure {
    fn from(reason: String) -> Self {
        Self(anyhow::Error::msg(reason))
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self(error.into())
    }
}

impl From<Failure> for anyhow::Error {
    fn from(failure: Failure) -> Self {
        failure.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_name_a_server_and_a_collection() {
        let good = source("milvus://localhost:19530/patent_images").unwrap();
        assert_eq!(good, ("milvus://localhost:19530", "patent_images"));
        for text in [
            "",
            "patent_images",
            "milvus://localhost:19530",
            "milvus://h:1/",
            "/x",
        ] {
            let error = source(text).unwrap_err().to_string();
            assert!(error.contains("patent_images"), "{error}");
        }
    }

    #[test]
    fn pictures_are_looked_for_where_the_earlier_system_kept_them() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("USD1")).unwrap();
        for file in ["USD1/a.tif", "b.tif"] {
            fs::write(folder.path().join(file), b"x").unwrap();
        }
        let find = |fields: Value| picture(folder.path(), fields.as_object().unwrap());
        let a = Some(folder.path().join("USD1/a.tif"));
        assert_eq!(find(serde_json::json!({"file_path": "/USD1/a.tif"})), a);
        assert_eq!(
            find(serde_json::json!({"file_path": "", "patent_id": "USD1", "file_name": "a.tif"})),
            a
        );
        assert!(find(serde_json::json!({"file_name": "b.tif"})).is_some());
        assert_eq!(find(serde_json::json!({"file_name": "c.tif"})), None);
    }
}
