//! Grants as the office publishes them: a patent is a class, its sheets are its pictures.
//!
//! The front page repeats a later sheet, and finding that proves nothing: it is left out. So are
//! pictures that belong to no grant in the folder: nobody knows whose they are.

use std::collections::HashMap;
use std::path::Path;

use lookalike_engine::EngineError;
use lookalike_patents::{
    Grant, GrantErrorKind, MAX_DOCUMENT_BYTES, PatentFolder, SheetName, SourceFile, parse_grants,
    scan,
};

use super::{Dataset, DatasetPicture, PictureKind, PictureSource, object_of};

/// Weekly files hold many documents, each within the limit.
const MAX_FILE_BYTES: u64 = 16 * MAX_DOCUMENT_BYTES as u64;

/// The grants below `folder`, or nothing where there are none.
///
/// # Errors
/// Something can't be read, or there are no two grants with sheets.
pub(super) fn read(folder: &Path) -> Result<Option<Dataset>, EngineError> {
    let mut found = Found::default();
    for level in scan(folder) {
        let level =
            level.map_err(|error| EngineError::invalid(error.to_string()).because(error))?;
        found.add(&level)?;
    }
    if found.positions.is_empty() {
        return Ok(None);
    }
    let mut shown: Vec<usize> = found.dataset.pictures.iter().map(|p| p.object).collect();
    shown.dedup();
    if shown.len() < 2 {
        return Err(EngineError::invalid(format!(
            "{} holds no two grants with sheets beside them",
            folder.display()
        )));
    }
    Ok(Some(found.dataset))
}

/// What was found so far.
#[derive(Default)]
struct Found {
    dataset: Dataset,
    /// Positions of objects by patent id.
    positions: HashMap<String, usize>,
}

impl Found {
    fn add(&mut self, level: &PatentFolder) -> Result<(), EngineError> {
        let mut grants = Vec::new();
        for xml in &level.xml {
            for grant in grants_in(xml)? {
                let object = object_of(&grant);
                if !self.positions.contains_key(&object.name) {
                    self.dataset.add(object, &mut self.positions);
                }
                grants.push(grant);
            }
        }
        for image in &level.images {
            let name = SheetName::parse(image.name());
            if name.as_ref().is_some_and(|name| name.front_page) {
                continue;
            }
            let patent = name.map(|name| name.patent_id.to_string()).or_else(|| {
                let grant = grants
                    .iter()
                    .find(|grant| grant.image_index(image.name()).is_some());
                grant.map(|grant| grant.patent_id.to_string())
            });
            let Some(&object) = patent.and_then(|patent| self.positions.get(&patent)) else {
                continue;
            };
            let path = image.disk_path().ok_or_else(|| {
                EngineError::invalid(format!(
                    "{} lies in an archive; unpack it first",
                    image.path()
                ))
            })?;
            self.dataset.pictures.push(DatasetPicture {
                source: PictureSource::File(path.to_owned()),
                object,
                kind: PictureKind::Drawing,
            });
        }
        Ok(())
    }
}

/// The design patents of a file; inventions are passed over.
fn grants_in(xml: &SourceFile) -> Result<Vec<Grant>, EngineError> {
    let failed = |what: String| EngineError::invalid(format!("{}: {what}", xml.path()));
    let bytes = xml
        .read(MAX_FILE_BYTES)
        .map_err(|error| failed(error.reason))?;
    let mut grants = Vec::new();
    for document in parse_grants(&bytes) {
        match document {
            Ok(grant) => grants.push(grant),
            Err(error) if error.kind == GrantErrorKind::NotADesign => {}
            Err(error) => return Err(failed(error.to_string())),
        }
    }
    Ok(grants)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn grant(number: &str, class: &str) -> String {
        format!(
            "<us-patent-grant><us-bibliographic-data-grant><publication-reference><document-id>\
             <country>US</country><doc-number>{number}</doc-number><kind>S1</kind>\
             <date>20210105</date></document-id></publication-reference>\
             <application-reference appl-type=\"design\"/><classification-locarno>\
             <edition>13</edition><main-classification>{class}</main-classification>\
             </classification-locarno></us-bibliographic-data-grant></us-patent-grant>"
        )
    }

    #[test]
    fn patents_are_classes_and_front_pages_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let put = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        for (number, class, sheets) in [("0907292", "0703", 2), ("0907293", "1402", 1)] {
            let name = format!("USD{number}-20210105");
            put(
                &format!("{name}/{name}.XML"),
                &grant(&format!("D{number}"), class),
            );
            for sheet in 0..=sheets {
                put(&format!("{name}/{name}-D{sheet:05}.TIF"), "II");
            }
        }
        put("USD0907292-20210105/photo.jpg", "x");
        let found = read(folder.path()).unwrap().unwrap();
        let names: Vec<&str> = found.objects.iter().map(|o| o.name.as_str()).collect();
        assert_eq!(names, ["USD907292", "USD907293"]);
        assert_eq!(found.objects[0].family.as_deref(), Some("07-03"));
        let of: Vec<usize> = found.pictures.iter().map(|p| p.object).collect();
        assert_eq!(of, [0, 0, 1]);
        let one = read(&folder.path().join("USD0907292-20210105")).unwrap_err();
        assert!(one.to_string().contains("no two grants"), "{one}");
    }

    #[test]
    fn a_folder_without_grants_is_something_else() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.png"), "x").unwrap();
        assert_eq!(read(folder.path()).unwrap(), None);
    }
}
