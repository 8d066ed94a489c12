//! Walks over trees as archives leave them behind.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::path::Path;

use lookalike_patents::{PatentFolder, SourceErrorKind, SourceFile, scan};

const GRANT: &[u8] = b"<?xml version='1.0'?><us-patent-grant/>";

fn write(root: &Path, path: &str, content: &[u8]) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

fn folders(root: &Path) -> Vec<PatentFolder> {
    scan(root).map(|folder| folder.unwrap()).collect()
}

/// All files below `root`, relative to it.
fn found(root: &Path) -> (Vec<String>, Vec<String>) {
    let relative = |file: &SourceFile| {
        let path = file.disk_path().unwrap();
        path.strip_prefix(root)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned()
    };
    let folders = folders(root);
    let xml = folders
        .iter()
        .flat_map(|folder| &folder.xml)
        .map(relative)
        .collect();
    (
        xml,
        folders
            .iter()
            .flat_map(|folder| &folder.images)
            .map(relative)
            .collect(),
    )
}

#[test]
fn doubled_folders_of_unpacked_archives() {
    let root = tempfile::tempdir().unwrap();
    let folder = "I20220104/I20220104/DESIGN/USD0939806-20220104/USD0939806-20220104";
    write(
        root.path(),
        &format!("{folder}/USD0939806-20220104.XML"),
        GRANT,
    );
    write(
        root.path(),
        &format!("{folder}/USD0939806-20220104-D00001.TIF"),
        b"",
    );
    write(
        root.path(),
        &format!("{folder}/USD0939806-20220104-D00000.tif"),
        b"",
    );
    let folders = folders(root.path());
    assert_eq!(folders.len(), 1);
    assert_eq!(
        folders[0].directory,
        root.path().join(folder).to_str().unwrap()
    );
    assert_eq!(folders[0].xml.len(), 1);
    let images: Vec<_> = folders[0].images.iter().map(SourceFile::name).collect();
    assert_eq!(
        images,
        [
            "USD0939806-20220104-D00000.tif",
            "USD0939806-20220104-D00001.TIF"
        ]
    );
}

#[test]
fn chooses_files_by_ending_and_content() {
    let root = tempfile::tempdir().unwrap();
    for (path, content) in [
        ("a.TIF", &b""[..]),
        ("b.tiff", b""),
        ("c.JpG", b""),
        ("d.webp", b""),
        ("notes.txt", b"II*\0"),
        ("e.csv", b""),
        ("f.heic", b""),
        ("g.HEIC", b""),
        ("hash1", b"\x89PNG\r\n\x1a\n"),
        ("hash2", b"plain"),
        ("hash3", b"RIFF1234WEBP"),
        ("empty", b""),
        (".hidden.tif", b""),
        ("._a.TIF", b""),
        (".DS_Store", b""),
        ("Thumbs.db", b""),
        ("__MACOSX/x.tif", b""),
        (".git/x.tif", b""),
        ("flat.xml", GRANT),
        ("settings.xml", b"<settings/>"),
        ("old.Xml", b"<PATDOC/>"),
        ("USD0939806-20220104.XML", b"garbage"),
        ("app.xml", b"<us-patent-application/>"),
        (
            "wide.xml",
            b"<\0u\0s\0-\0p\0a\0t\0e\0n\0t\0-\0g\0r\0a\0n\0t\0/\0>\0",
        ),
    ] {
        write(root.path(), path, content);
    }
    let (xml, images) = found(root.path());
    assert_eq!(
        xml,
        [
            "USD0939806-20220104.XML",
            "app.xml",
            "flat.xml",
            "old.Xml",
            "wide.xml"
        ]
    );
    assert_eq!(
        images,
        ["a.TIF", "b.tiff", "c.JpG", "d.webp", "hash1", "hash3"]
    );
    let unread = &folders(root.path())[0].unread;
    assert_eq!(unread.iter().collect::<Vec<_>>(), [(&"heic".into(), &2)]);
}

#[test]
fn folders_come_depth_first_and_sorted() {
    let root = tempfile::tempdir().unwrap();
    for path in [
        "b/1.tif",
        "a/z/1.tif",
        "a/1.tif",
        "c/empty/nothing.txt",
        "0.tif",
        "a/b/1.tif",
    ] {
        write(root.path(), path, b"");
    }
    let (_, images) = found(root.path());
    assert_eq!(
        images,
        ["0.tif", "a/1.tif", "a/b/1.tif", "a/z/1.tif", "b/1.tif"]
    );
}

#[test]
fn a_file_is_taken_at_its_word() {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), ".odd.name", b"anything");
    write(root.path(), "x.xml", b"anything");
    let one = |name: &str| folders(&root.path().join(name)).remove(0);
    let file = |name: &str| SourceFile::on_disk(&root.path().join(name)).unwrap();
    assert_eq!(one(".odd.name").images, [file(".odd.name")]);
    assert_eq!(one("x.xml").xml, [file("x.xml")]);
}

#[test]
fn a_missing_root_is_reported() {
    let root = tempfile::tempdir().unwrap();
    let results: Vec<_> = scan(&root.path().join("missing")).collect();
    assert_eq!(results.len(), 1);
    assert!(
        results[0]
            .as_ref()
            .unwrap_err()
            .to_string()
            .contains("missing")
    );
}

#[cfg(unix)]
mod links {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn loops_end_and_shared_folders_come_once() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), "a/1.tif", b"");
        symlink(root.path(), root.path().join("a/up")).unwrap();
        symlink(root.path().join("a"), root.path().join("b")).unwrap();
        symlink(root.path().join("a/1.tif"), root.path().join("c.tif")).unwrap();
        let (_, images) = found(root.path());
        assert_eq!(images, ["c.tif", "a/1.tif"]);
    }

    #[test]
    fn a_broken_link_is_reported_and_the_walk_goes_on() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), "a/1.tif", b"");
        write(root.path(), "z.tif", b"");
        symlink("nowhere", root.path().join("broken.tif")).unwrap();
        let results: Vec<_> = scan(root.path()).collect();
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 2);
        let error = results
            .iter()
            .find_map(|result| result.as_ref().err())
            .unwrap();
        assert_eq!(error.kind, SourceErrorKind::NotFound);
        assert!(error.path.ends_with("broken.tif"), "{error}");
    }
}

#[test]
fn files_on_disk_are_stamped_read_and_found_again() {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), "a!/b.tif", b"12345");
    let file = folders(root.path()).remove(0).images.remove(0);
    assert_eq!(file.name(), "b.tif");
    assert_eq!(file.path(), root.path().join("a!/b.tif").to_str().unwrap());
    let stamp = file.stamp().unwrap();
    let changed = fs::metadata(root.path().join("a!/b.tif"))
        .unwrap()
        .modified()
        .unwrap();
    assert_eq!(stamp.size_bytes, 5);
    assert_eq!(
        stamp.modified_ns as u128,
        changed
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap()
            .as_nanos()
    );
    assert_eq!(file.read(5).unwrap(), b"12345");
    assert_eq!(file.read(4).unwrap_err().kind, SourceErrorKind::TooLarge);
    let again = SourceFile::reopen(&file.path()).unwrap();
    assert_eq!(again, file);
    fs::remove_file(root.path().join("a!/b.tif")).unwrap();
    assert_eq!(file.read(5).unwrap_err().kind, SourceErrorKind::NotFound);
    assert_eq!(file.stamp().unwrap_err().kind, SourceErrorKind::NotFound);
    let gone = SourceFile::reopen(&file.path()).unwrap_err();
    assert_eq!(gone.kind, SourceErrorKind::NotFound);
}

/// Recorded paths are text: three such names would be one, and lead back to none.
#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_unicode_are_reported() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let root = tempfile::tempdir().unwrap();
    let odd = root.path().join(OsStr::from_bytes(b"odd\xff"));
    fs::create_dir(&odd).unwrap();
    fs::write(odd.join("inside.png"), "").unwrap();
    for name in [&b"a\xff.png"[..], b"b\xfe.xml", b"c\xff.txt"] {
        fs::write(root.path().join(OsStr::from_bytes(name)), "").unwrap();
    }
    fs::write(root.path().join("d.png"), "").unwrap();
    let (found, failed): (Vec<_>, Vec<_>) = scan(root.path()).partition(Result::is_ok);
    let images: Vec<_> = found
        .into_iter()
        .flat_map(|folder| folder.unwrap().images)
        .collect();
    assert_eq!(images.len(), 1);
    assert_eq!(images[0].name(), "d.png");
    assert_eq!(failed.len(), 2, "an image and a folder: {failed:?}");
    for error in failed {
        let reason = error.unwrap_err().reason;
        assert!(reason.contains("Unicode"), "{reason}");
    }
}
