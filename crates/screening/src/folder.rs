//! The products of a folder.
//!
//! Pictures in a folder of their own below the root are one product, named by that folder. Pictures
//! that lie in the root itself are one product where their names are the same but for a number at
//! the end: `chair-1.jpg`, `chair_2.jpg` and `chair (3).jpg` are the product `chair`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lookalike_engine::{EngineError, ErrorKind};

/// Endings of the files that are looked at.
const ENDINGS: [&str; 13] = [
    "jpg", "jpeg", "png", "tif", "tiff", "webp", "gif", "bmp", "jp2", "pdf", "avif", "heic", "jfif",
];

/// Most folders below each other: deeper ones are a link that leads to itself.
const DEEPEST: usize = 16;

/// Pictures that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Its folder's path below the root, or what the names of its pictures have in common.
    pub name: String,
    /// Its pictures, in the order of their paths.
    pub pictures: Vec<PathBuf>,
}

/// The products of a folder, by name.
///
/// # Errors
/// It is no folder, or can't be read.
pub fn products(root: &Path) -> Result<Vec<Product>, EngineError> {
    let mut by_name: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    collect(root, root, 0, &mut by_name)?;
    let products = by_name.into_iter().map(|(name, mut pictures)| {
        pictures.sort();
        Product { name, pictures }
    });
    Ok(products.collect())
}

fn collect(
    root: &Path,
    folder: &Path,
    depth: usize,
    by_name: &mut BTreeMap<String, Vec<PathBuf>>,
) -> Result<(), EngineError> {
    let unreadable = |error: std::io::Error| {
        EngineError::new(
            ErrorKind::NotFound,
            format!("can't look into {}: {error}", folder.display()),
        )
        .because(error)
    };
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let is_hidden = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if is_hidden {
            continue;
        }
        if path.is_dir() {
            if depth < DEEPEST {
                collect(root, &path, depth + 1, by_name)?;
            }
        } else if is_picture(&path) {
            let below = folder.strip_prefix(root).unwrap_or(folder);
            let name = if below.as_os_str().is_empty() {
                let stem = path.file_stem().unwrap_or_default();
                common_name(&stem.to_string_lossy()).to_owned()
            } else {
                below.to_string_lossy().into_owned()
            };
            by_name.entry(name).or_default().push(path);
        }
    }
    Ok(())
}

fn is_picture(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy());
    ending.is_some_and(|ending| {
        ENDINGS
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known))
    })
}

/// A name without a number at its end that is set apart from it; all of it where nothing else is left.
fn common_name(stem: &str) -> &str {
    let apart = [' ', '-', '_', '.', '('];
    let without = stem.trim_end().trim_end_matches(')');
    let without = without.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_apart = without.len() < stem.len() && without.ends_with(apart);
    match without.trim_end_matches(apart) {
        name if is_apart && !name.is_empty() => name,
        _ => stem,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn numbers_at_the_end_of_names_are_set_apart() {
        for (stem, name) in [
            ("chair-1", "chair"),
            ("chair_02", "chair"),
            ("chair (3)", "chair"),
            ("red chair 4", "red chair"),
            ("USD1035553-2", "USD1035553"),
            ("chair", "chair"),
            ("B07XYZ12", "B07XYZ12"),
            ("12", "12"),
            ("-3", "-3"),
        ] {
            assert_eq!(common_name(stem), name, "{stem}");
        }
    }

    #[test]
    fn folders_and_common_names_make_products() {
        let root = tempfile::tempdir().unwrap();
        for file in [
            "lamp/front.jpg",
            "lamp/back.PNG",
            "brand/cup/1.jpg",
            "chair-2.jpg",
            "chair-1.jpg",
            "table.tif",
            "notes.txt",
            ".hidden/x.jpg",
        ] {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, b"").unwrap();
        }
        let found = products(root.path()).unwrap();
        let named: Vec<(&str, usize)> = found
            .iter()
            .map(|product| (product.name.as_str(), product.pictures.len()))
            .collect();
        assert_eq!(
            named,
            [("brand/cup", 1), ("chair", 2), ("lamp", 2), ("table", 1)]
        );
        assert!(found[1].pictures[0].ends_with("chair-1.jpg"));
        let gone = products(&root.path().join("nowhere")).unwrap_err();
        assert_eq!(gone.kind(), ErrorKind::NotFound);
    }
}
