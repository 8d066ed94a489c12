//! Lists of queries and gallery, a path and a label on every line.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use lookalike_engine::EngineError;

use super::{Dataset, DatasetPicture, PictureKind, PictureSource, Split, read_text};

pub(super) fn read(folder: &Path, queries: &Path, gallery: &Path) -> Result<Dataset, EngineError> {
    let mut dataset = Dataset::default();
    let mut objects = HashMap::new();
    let mut pictures: HashMap<PathBuf, usize> = HashMap::new();
    let mut members = |list: &Path, dataset: &mut Dataset| -> Result<Vec<usize>, EngineError> {
        let mut members = Vec::new();
        for (number, line) in read_text(list)?.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            // The label is the last word: paths may hold spaces.
            let (file, label) = line.rsplit_once(char::is_whitespace).ok_or_else(|| {
                EngineError::invalid(format!(
                    "{}, line {}: expected a path and a label, found `{line}`",
                    list.display(),
                    number + 1
                ))
            })?;
            let file = file.trim_end();
            if is_front_page(file) {
                continue;
            }
            let object = dataset.object(label, &mut objects);
            let picture = *pictures
                .entry(folder.join(file))
                .or_insert_with_key(|path| {
                    dataset.pictures.push(DatasetPicture {
                        source: PictureSource::File(path.clone()),
                        object,
                        kind: PictureKind::Drawing,
                    });
                    dataset.pictures.len() - 1
                });
            if dataset.pictures[picture].object != object {
                return Err(EngineError::invalid(format!(
                    "{}, line {}: {file} has another label in another line",
                    list.display(),
                    number + 1
                )));
            }
            members.push(picture);
        }
        Ok(members)
    };
    let queries = members(queries, &mut dataset)?;
    let gallery = members(gallery, &mut dataset)?;
    dataset.split = Some(Split { queries, gallery });
    Ok(dataset)
}

/// A front-page copy repeats another sheet, and finding it proves nothing.
fn is_front_page(file: &str) -> bool {
    // By hand: in these lists the sheets are PNG files, which are not names of the USPTO.
    let stem = Path::new(file).file_stem().and_then(|stem| stem.to_str());
    stem.is_some_and(|stem| stem.to_ascii_uppercase().ends_with("-D00000"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn dataset(queries: &str, gallery: &str) -> Result<Dataset, EngineError> {
        let folder = tempfile::tempdir().unwrap();
        let [q, g] = [("q.txt", queries), ("g.txt", gallery)].map(|(name, text)| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path
        });
        read(Path::new("root"), &q, &g)
    }

    #[test]
    fn lines_are_paths_and_labels_without_front_pages() {
        let found = dataset(
            "I20181127/USD0834581-20181127/USD0834581-20181127-D00001.png 1\n\n",
            "I20181127/USD0834581-20181127/USD0834581-20181127-D00002.png 1\r\n\
             I20181127/USD0834581-20181127/USD0834581-20181127-D00000.png 1\n\
             other folder/a b.png 2\n",
        )
        .unwrap();
        let split = found.split.unwrap();
        assert_eq!((split.queries, split.gallery), (vec![0], vec![1, 2]));
        assert_eq!(found.objects.len(), 2);
        assert_eq!(
            found.pictures[2].source.file(),
            Path::new("root/other folder/a b.png")
        );
    }

    #[test]
    fn a_line_without_label_and_a_contradiction_are_named() {
        let error = dataset("a.png 1\nb.png\n", "c.png 1\n").unwrap_err();
        assert!(error.to_string().contains("line 2"), "{error}");
        let error = dataset("a.png 1\n", "a.png 2\n").unwrap_err();
        assert!(error.to_string().contains("another label"), "{error}");
    }
}
