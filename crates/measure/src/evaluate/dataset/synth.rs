//! `ground-truth.json`, as `lookalike synth` writes it.

use std::collections::HashMap;
use std::path::Path;

use lookalike_engine::EngineError;
use serde::Deserialize;

use super::{Dataset, DatasetPicture, Object, PictureKind, PictureSource, read_text};

/// The file's name.
pub(super) const FILE: &str = "ground-truth.json";

#[derive(Deserialize)]
struct Truth {
    designs: Vec<Design>,
}

#[derive(Deserialize)]
struct Design {
    patent_id: String,
    family: String,
    near_of: Option<String>,
    nudge: f64,
    sheets: Vec<Sheet>,
    photos: Vec<String>,
}

#[derive(Deserialize)]
struct Sheet {
    file: String,
    front_page: bool,
}

pub(super) fn read(folder: &Path, truth: &Path) -> Result<Dataset, EngineError> {
    let damaged = |what: String| EngineError::invalid(format!("{}: {what}", truth.display()));
    let parsed: Truth = serde_json::from_str(&read_text(truth)?)
        .map_err(|error| damaged(error.to_string()).because(error))?;
    let positions: HashMap<&str, usize> = parsed
        .designs
        .iter()
        .enumerate()
        .map(|(position, design)| (design.patent_id.as_str(), position))
        .collect();
    let mut dataset = Dataset::default();
    for (position, design) in parsed.designs.iter().enumerate() {
        let origin = match &design.near_of {
            None => position,
            Some(origin) => *positions.get(origin.as_str()).ok_or_else(|| {
                damaged(format!(
                    "{} is near {origin}, which is not in the file",
                    design.patent_id
                ))
            })?,
        };
        dataset.objects.push(Object {
            family: Some(design.family.clone()),
            origin,
            nudge: design.nudge,
            ..Object::new(design.patent_id.clone())
        });
        let sheets = design.sheets.iter().filter(|sheet| !sheet.front_page);
        let drawings = sheets.map(|sheet| (&sheet.file, PictureKind::Drawing));
        let photos = design
            .photos
            .iter()
            .map(|photo| (photo, PictureKind::Photo));
        for (file, kind) in drawings.chain(photos) {
            let path = folder.join(file);
            if !path.is_file() {
                return Err(damaged(format!(
                    "{file} is not a file of its own; evaluate a set that was made in the format `folders`"
                )));
            }
            dataset.pictures.push(DatasetPicture {
                source: PictureSource::File(path),
                object: position,
                kind,
            });
        }
    }
    Ok(dataset)
}
