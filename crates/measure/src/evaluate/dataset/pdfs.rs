//! Patents as PDF, as people download them: a patent is a class, its drawing sheets its pictures.
//!
//! Pages are told apart by `lookalike-pdf`; the office's line on top of a sheet, which all sheets
//! of a patent share, is cut off, and sheets are brought to 150 dpi, at which most copies are.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use lookalike_engine::{EngineError, Reading};
use lookalike_imaging::{Limits, RgbImage, fit_within};
use lookalike_pdf::{Crop, Document};

use super::{Dataset, DatasetPicture, PictureKind, PictureSource, Unread, object_of};

/// Pixels of a letter page's long side at 150 dpi.
const PAGE_PIXELS: u32 = 1650;

/// A drawing sheet of a PDF.
#[derive(Clone, Debug, PartialEq)]
pub struct PdfSheet {
    /// The file.
    pub file: PathBuf,
    /// The page, counted from 0.
    pub page: usize,
    /// The part of it that is drawn.
    pub crop: Crop,
}

/// The patents among the PDFs directly in `folder`, or nothing where there are none.
///
/// # Errors
/// The folder can't be read.
pub(super) fn read(folder: &Path) -> Result<Option<Dataset>, EngineError> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| super::unreadable(folder, error))? {
        let path = entry
            .map_err(|error| super::unreadable(folder, error))?
            .path();
        let ending = path.extension().unwrap_or_default();
        if ending.eq_ignore_ascii_case("pdf") {
            files.push(path);
        }
    }
    files.sort();
    let mut dataset = Dataset::default();
    let mut known = HashMap::new();
    for file in files {
        if let Err(reason) = add(&mut dataset, &mut known, &file) {
            dataset.unread.push(Unread { file, reason });
        }
    }
    let is_empty = dataset.objects.is_empty() && dataset.unread.is_empty();
    Ok((!is_empty).then_some(dataset))
}

fn add(
    dataset: &mut Dataset,
    known: &mut HashMap<String, usize>,
    file: &Path,
) -> Result<(), String> {
    let document = open(file, &Limits::default())?;
    let name = file.file_name().and_then(|name| name.to_str());
    let patent = document
        .patent(name)
        .ok_or("is not a design patent as the office prints them")?;
    let object = object_of(&patent.grant);
    if known.contains_key(&object.name) {
        return Err(format!("is {} once more", object.name));
    }
    let position = dataset.add(object, known);
    dataset
        .pictures
        .extend(patent.sheets.iter().map(|sheet| DatasetPicture {
            source: PictureSource::Sheet(PdfSheet {
                file: file.to_owned(),
                page: sheet.page,
                crop: sheet.crop,
            }),
            object: position,
            kind: PictureKind::Drawing,
        }));
    Ok(())
}

impl PdfSheet {
    /// What is drawn on it.
    pub(super) fn decode(&self, reading: &Reading) -> Result<RgbImage, EngineError> {
        self.drawn(&reading.limits).map_err(EngineError::invalid)
    }

    fn drawn(&self, limits: &Limits) -> Result<RgbImage, String> {
        let page = open(&self.file, limits)?
            .page_image(self.page)
            .map_err(|error| error.to_string())?;
        let crop = self.crop;
        let drawn = page
            .image
            .crop(crop.left, crop.top, crop.width, crop.height)
            .ok_or("the sheet lies outside its page")?;
        let long_side = page.image.width().max(page.image.height());
        let wanted = u64::from(drawn.width().max(drawn.height())) * u64::from(PAGE_PIXELS)
            / u64::from(long_side);
        Ok(fit_within(&drawn, (wanted as u32).max(1)))
    }
}

fn open(file: &Path, limits: &Limits) -> Result<Document, String> {
    let size = fs::metadata(file).map_err(|error| error.to_string())?.len();
    if size > limits.max_file_bytes {
        return Err(format!(
            "{size} bytes are above the limit of {} for a file",
            limits.max_file_bytes
        ));
    }
    let bytes = fs::read(file).map_err(|error| error.to_string())?;
    Document::open(bytes, limits).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use lookalike_imaging::PixelBudget;

    use super::*;

    fn folder(names: &[&str]) -> tempfile::TempDir {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/pdf");
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            let file = Path::new(name).file_name().unwrap();
            fs::copy(fixtures.join(name), folder.path().join(file)).unwrap();
        }
        folder
    }

    #[test]
    fn a_patent_is_a_class_and_its_sheets_are_cut_out_of_their_pages() {
        let folder = folder(&[
            "patent.pdf",
            "patent-without-text.pdf",
            "fax.pdf",
            "bad/cut-off.pdf",
        ]);
        let found = read(folder.path()).unwrap().unwrap();
        let names: Vec<&str> = found.objects.iter().map(|o| o.name.as_str()).collect();
        assert_eq!(names, ["USD900123"]);
        assert_eq!(found.pictures.len(), 2);
        let unread: Vec<(&str, &str)> = found
            .unread
            .iter()
            .map(|unread| {
                let file = unread.file.file_name().and_then(|name| name.to_str());
                (file.unwrap(), unread.reason.as_str())
            })
            .collect();
        assert_eq!(unread.len(), 3, "{unread:?}");
        assert_eq!(unread[0].0, "cut-off.pdf");
        assert_eq!(
            unread[1],
            (
                "fax.pdf",
                "is not a design patent as the office prints them"
            )
        );
        assert_eq!(unread[2], ("patent.pdf", "is USD900123 once more"));
        let reading = Reading {
            limits: Limits::default(),
            budget: PixelBudget::new(64 << 20),
        };
        for picture in &found.pictures {
            let PictureSource::Sheet(sheet) = &picture.source else {
                panic!("no sheet: {picture:?}");
            };
            let (drawn, _) = picture.source.decode(&reading).unwrap();
            let long_side = drawn.width().max(drawn.height());
            assert!(
                long_side <= PAGE_PIXELS && long_side < sheet.crop.height.max(sheet.crop.width)
            );
            assert!(drawn.data().iter().any(|&channel| channel < 128));
        }
    }

    #[test]
    fn a_folder_without_pdfs_is_something_else() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.png"), "x").unwrap();
        assert_eq!(read(folder.path()).unwrap(), None);
    }
}
