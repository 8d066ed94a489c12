//! The products of a folder.
//!
//! Pictures in a folder of their own below the root are one product, named by that folder. Pictures
//! that lie in the root itself are one product where their names are the same but for a number at
//! the end: `chair-1.jpg`, `chair_2.jpg` and `chair (3).jpg` are the product `chair`. What a picture
//! is, and what may be opened, is as in an import; so are archives, which count as folders.

use std::collections::BTreeMap;
use std::path::Path;

use lookalike_engine::{EngineError, ErrorKind};
use lookalike_patents::{Reach, SourceFile, scan};
use lookalike_work::FileProblem;

/// Pictures that belong together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Product {
    /// Its folder's path below the root, or what the names of its pictures have in common.
    pub(crate) name: String,
    /// Its pictures, in the order of their names.
    pub(crate) pictures: Vec<SourceFile>,
    /// What belongs to it and can't be searched with, and why.
    pub(crate) problems: Vec<FileProblem>,
}

/// The products of a folder, by name; the data directory is none of them.
///
/// # Errors
/// It is no folder, or can't be looked into.
pub(crate) fn products(
    root: &Path,
    reach: Reach,
    data: &Path,
) -> Result<Vec<Product>, EngineError> {
    let unreadable = |reason: String| {
        let message = format!("can't look into {}: {reason}", root.display());
        EngineError::new(ErrorKind::NotFound, message)
    };
    std::fs::read_dir(root).map_err(|error| unreadable(error.to_string()).because(error))?;
    let mut by_name = ByName::default();
    for found in scan(root).without(data).within(reach) {
        let folder = match found {
            Ok(folder) => folder,
            Err(error) => {
                let name = below(root, &error.path);
                if name.is_empty() {
                    return Err(unreadable(error.reason));
                }
                by_name.product(name).problems.push(FileProblem {
                    file: name.to_owned(),
                    reason: error.reason,
                });
                continue;
            }
        };
        let directory = below(root, &folder.directory);
        for picture in folder.images {
            let name = match directory {
                "" => common_name(stem(picture.name())).to_owned(),
                folder => folder.to_owned(),
            };
            by_name.product(&name).pictures.push(picture);
        }
        for (ending, count) in folder.unread {
            let name = if directory.is_empty() { "." } else { directory };
            by_name.product(name).problems.push(FileProblem {
                file: name.to_owned(),
                reason: format!(
                    "{count} .{ending}: such files are not read; convert them to JPEG or PNG"
                ),
            });
        }
    }
    Ok(by_name.0.into_values().collect())
}

#[derive(Default)]
struct ByName(BTreeMap<String, Product>);

impl ByName {
    fn product(&mut self, name: &str) -> &mut Product {
        let product = self.0.entry(name.to_owned()).or_default();
        name.clone_into(&mut product.name);
        product
    }
}

/// A path without that of the root.
pub(crate) fn below<'a>(root: &Path, path: &'a str) -> &'a str {
    let root = root.to_string_lossy();
    let rest = path.strip_prefix(&*root).unwrap_or(path);
    rest.trim_start_matches(std::path::MAIN_SEPARATOR)
}

fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
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
        let all = |root: &Path| products(root, Reach::Anywhere, &root.join("data"));
        let found = all(root.path()).unwrap();
        let named: Vec<(&str, usize)> = found
            .iter()
            .map(|product| (product.name.as_str(), product.pictures.len()))
            .collect();
        assert_eq!(
            named,
            [("brand/cup", 1), ("chair", 2), ("lamp", 2), ("table", 1)]
        );
        assert_eq!(found[1].pictures[0].name(), "chair-1.jpg");
        let gone = all(&root.path().join("nowhere")).unwrap_err();
        assert_eq!(gone.kind(), ErrorKind::NotFound);
    }

    #[test]
    fn what_is_not_read_is_said_of_its_product_and_the_data_directory_is_left_out() {
        let root = tempfile::tempdir().unwrap();
        for file in ["lamp/front.heic", "data/blobs/1.jpg", "cup.jpg"] {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, b"").unwrap();
        }
        let data = root.path().join("data");
        let found = products(root.path(), Reach::Anywhere, &data).unwrap();
        let names: Vec<&str> = found.iter().map(|product| product.name.as_str()).collect();
        assert_eq!(names, ["cup", "lamp"]);
        assert!(found[1].pictures.is_empty());
        let reason = &found[1].problems[0].reason;
        assert!(reason.starts_with("1 .heic"), "{reason}");
    }

    #[cfg(unix)]
    #[test]
    fn links_out_of_reach_and_pipes_are_no_pictures() {
        let (root, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(other.path().join("secret.jpg"), b"secret").unwrap();
        fs::write(root.path().join("cup.jpg"), b"a cup").unwrap();
        std::os::unix::fs::symlink(
            other.path().join("secret.jpg"),
            root.path().join("linked.jpg"),
        )
        .unwrap();
        let pipe = root.path().join("pipe.jpg");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        let reach = Reach::below(&[root.path().to_owned()]);
        let found = products(&root.path().canonicalize().unwrap(), reach, other.path()).unwrap();
        let read: Vec<_> = found
            .iter()
            .flat_map(|product| &product.pictures)
            .filter_map(|picture| picture.read(1000).ok())
            .collect();
        assert_eq!(read, [b"a cup"]);
    }
}
