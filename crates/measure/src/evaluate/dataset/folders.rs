//! A folder per class: all pictures below it, however deep, belong to it.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use lookalike_engine::EngineError;

use super::{Dataset, DatasetPicture, PictureKind, PictureSource};

/// Endings of picture files; other files are passed over.
const ENDINGS: [&str; 9] = [
    "tif", "tiff", "jpg", "jpeg", "png", "gif", "bmp", "webp", "jfif",
];

pub(super) fn read(folder: &Path) -> Result<Dataset, EngineError> {
    let unreadable = |error: io::Error| {
        EngineError::invalid(format!("{} can't be read: {error}", folder.display())).because(error)
    };
    let mut dataset = Dataset::default();
    let mut objects = HashMap::new();
    for class in sorted(folder).map_err(unreadable)? {
        if !class.is_dir() {
            continue;
        }
        let name = class.file_name().unwrap_or_default().to_string_lossy();
        let mut files = Vec::new();
        pictures_below(&class, &mut files).map_err(unreadable)?;
        for path in files {
            let object = dataset.object(&name, &mut objects);
            dataset.pictures.push(DatasetPicture {
                source: PictureSource::File(path),
                object,
                kind: PictureKind::Drawing,
            });
        }
    }
    if dataset.objects.len() < 2 {
        return Err(EngineError::invalid(format!(
            "{} holds no ground-truth.json, no grants, and no two folders with pictures, one per class",
            folder.display()
        )));
    }
    Ok(dataset)
}

fn pictures_below(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for path in sorted(folder)? {
        if path.is_dir() && !path.is_symlink() {
            pictures_below(&path, files)?;
        } else if path
            .extension()
            .and_then(|ending| ending.to_str())
            .is_some_and(|ending| ENDINGS.contains(&ending.to_ascii_lowercase().as_str()))
        {
            files.push(path);
        }
    }
    Ok(())
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<_>>()?;
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_folders_and_other_files_are_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        for file in [
            "cup/a.PNG",
            "cup/deep/b.jpg",
            "cup/notes.txt",
            "vase/c.tif",
            "d.png",
        ] {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, b"x").unwrap();
        }
        let found = read(folder.path()).unwrap();
        let names: Vec<&str> = found.objects.iter().map(|o| o.name.as_str()).collect();
        assert_eq!(names, ["cup", "vase"]);
        let of: Vec<usize> = found.pictures.iter().map(|p| p.object).collect();
        assert_eq!(of, [0, 0, 1]);
        assert!(read(&folder.path().join("cup")).is_err());
    }
}
