//! The images that a grant lists, and how they compare with files on disk.

use std::collections::HashSet;

use super::entities::shortened;
use super::record::Attributes;
use super::{Grant, GrantImage, ImageComparison};
use crate::SheetName;

/// The images of a document while it is read, each file once.
#[derive(Debug, Default)]
pub(super) struct ImageList {
    images: Vec<GrantImage>,
    keys: HashSet<String>,
}

impl ImageList {
    /// Adds the image that an element describes.
    ///
    /// # Errors
    /// A warning when the image cannot be used, or not as it is.
    pub(super) fn add(&mut self, attributes: &Attributes) -> Result<(), String> {
        let Some(path) = attributes.get("file") else {
            return Err("an image without a `file` attribute was left out".to_owned());
        };
        let file = plain_file_name(path);
        if file.is_empty() {
            return Err(format!(
                "`{}` is not the name of an image; it was left out",
                shortened(path)
            ));
        }
        if self.images.len() >= MAX_IMAGES {
            return Err(format!(
                "more than {MAX_IMAGES} images; the rest was left out"
            ));
        }
        if !self.keys.insert(key(&file)) {
            return Err(format!(
                "the image `{}` is listed twice; it was taken once",
                shortened(&file)
            ));
        }
        let has_folders = file != path;
        self.images.push(GrantImage {
            file,
            width_mm: attributes.get("wi").and_then(millimetres),
            height_mm: attributes.get("he").and_then(millimetres),
            orientation: attributes.get("orientation").map(str::to_ascii_lowercase),
        });
        if has_folders {
            return Err(format!(
                "the image `{}` has folders in its name; they were ignored",
                shortened(path)
            ));
        }
        Ok(())
    }

    pub(super) fn into_images(self) -> Vec<GrantImage> {
        self.images
    }
}

/// The longest designs have a few hundred sheets.
const MAX_IMAGES: usize = 5_000;

/// The last part of a path in either notation: names in a document never choose
/// a folder.
pub(super) fn plain_file_name(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    if matches!(name, "." | "..") {
        String::new()
    } else {
        name.to_owned()
    }
}

/// `145.29mm`, `5.7 in` or a bare number of millimetres.
fn millimetres(text: &str) -> Option<f32> {
    let unit_start = text
        .find(|symbol: char| symbol.is_ascii_alphabetic())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_start);
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "mm" => 1.0,
        "cm" => 10.0,
        "in" => 25.4,
        _ => return None,
    };
    let value = number.trim().parse::<f32>().ok()? * factor;
    (value.is_finite() && value > 0.0).then_some(value)
}

impl Grant {
    /// Position in `images` of a file, whatever the case of its name, its
    /// padding, and the image format that it was converted to.
    pub fn image_index(&self, file_name: &str) -> Option<usize> {
        let wanted = key(file_name);
        self.images
            .iter()
            .position(|image| key(&image.file) == wanted)
    }

    /// Compares `images` with the names of the files found beside the XML.
    pub fn compare_images<'a>(
        &self,
        file_names: impl IntoIterator<Item = &'a str>,
    ) -> ImageComparison {
        let listed: HashSet<String> = self.images.iter().map(|image| key(&image.file)).collect();
        let mut found = HashSet::new();
        let mut unlisted = Vec::new();
        for name in file_names {
            let key = key(name);
            if listed.contains(&key) {
                found.insert(key);
            } else if SheetName::parse(name).is_some_and(|sheet| sheet.patent_id == self.patent_id)
            {
                // Another patent's sheets and photos in the folder are not this one's business.
                unlisted.push(name.to_owned());
            }
        }
        let missing = self
            .images
            .iter()
            .filter(|image| !found.contains(&key(&image.file)));
        ImageComparison {
            missing: missing.map(|image| image.file.clone()).collect(),
            unlisted,
        }
    }
}

/// The same for all names of one file: by what it means where it is a sheet's,
/// else without regard to case.
fn key(file_name: &str) -> String {
    SheetName::parse(file_name).map_or_else(|| file_name.to_lowercase(), |sheet| sheet.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_millimetres() {
        for (text, wanted) in [
            ("145.29mm", Some(145.29)),
            ("145.29 mm", Some(145.29)),
            ("100", Some(100.0)),
            ("2in", Some(50.8)),
            ("12px", None),
            ("mm", None),
            ("-3mm", None),
            ("infmm", None),
            ("", None),
            ("1e99mm", None),
        ] {
            assert_eq!(millimetres(text), wanted, "{text}");
        }
    }

    #[test]
    fn names_lose_their_folders() {
        for (path, name) in [
            ("a.TIF", "a.TIF"),
            ("../../etc/passwd", "passwd"),
            ("C:\\x\\a.TIF", "a.TIF"),
            ("..", ""),
            ("a/", ""),
        ] {
            assert_eq!(plain_file_name(path), name);
        }
    }
}
