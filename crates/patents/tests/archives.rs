//! Archives as they come: weekly ones, folders packed by hand, names in several encodings.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod building;

use std::fs;
use std::io::Write;
use std::path::Path;

use building::{
    MOST, RawEntry, below, contents, crc32, files, folder_with, raw_zip, read_all, scanned,
    stored_zip, tar, zip,
};
use lookalike_patents::{SourceErrorKind, SourceFile, scan};

const GRANT: &[u8] = b"<?xml version='1.0'?><us-patent-grant/>";

/// The ZIP of one patent, in a folder of its own as the office packs it.
fn patent(number: &str, ending: &str) -> Vec<u8> {
    let path = |file: &str| format!("{number}/{number}{file}");
    let (xml, sheet_0) = (path(".XML"), path(&format!("-D00000.{ending}")));
    let sheet_1 = path(&format!("-D00001.{ending}"));
    zip([
        (xml.as_str(), GRANT.to_vec()),
        (sheet_0.as_str(), contents(&sheet_0)),
        (sheet_1.as_str(), contents(&sheet_1)),
    ])
}

fn weekly() -> Vec<u8> {
    tar([
        ("I20220104/", Vec::new()),
        (
            "I20220104/DESIGN/USD0939806-20220104.ZIP",
            patent("USD0939806-20220104", "TIF"),
        ),
        ("I20220104/DESIGN/list.txt", b"not of use".to_vec()),
        (
            "I20220104/DESIGN/USD0939807-20220104.zip",
            patent("USD0939807-20220104", "tif"),
        ),
        (
            "I20220104-SUPP/DESIGN/USD0939808-20220104/USD0939808-20220104-D00001.TIF",
            contents("USD0939808"),
        ),
        (
            "I20220104-SUPP/DESIGN/USD0939808-20220104/USD0939808-20220104.XML",
            GRANT.to_vec(),
        ),
    ])
}

#[test]
fn a_weekly_archive() {
    let root = folder_with("I20220104_r1.tar", &weekly());
    let (folders, problems) = scanned(root.path());
    assert!(problems.is_empty(), "{problems:?}");
    let archive = root.path().join("I20220104_r1.tar");
    let directories: Vec<_> = folders
        .iter()
        .map(|folder| below(&archive, &folder.directory))
        .collect();
    assert_eq!(
        directories,
        [
            "!/I20220104-SUPP/DESIGN/USD0939808-20220104",
            "!/I20220104/DESIGN/USD0939806-20220104.ZIP!/USD0939806-20220104",
            "!/I20220104/DESIGN/USD0939807-20220104.zip!/USD0939807-20220104",
        ]
    );
    assert_eq!(folders[1].xml[0].read(MOST).unwrap(), GRANT);
    let sheet = &folders[1].images[1];
    assert_eq!(sheet.name(), "USD0939806-20220104-D00001.TIF");
    assert_eq!(
        sheet.path(),
        format!(
            "{}!/I20220104/DESIGN/USD0939806-20220104.ZIP!/USD0939806-20220104/\
             USD0939806-20220104-D00001.TIF",
            archive.display()
        )
    );
    let whole = contents("USD0939806-20220104/USD0939806-20220104-D00001.TIF");
    assert_eq!(sheet.read(MOST).unwrap(), whole);
    assert_eq!(sheet.disk_path(), None);
    let stamp = sheet.stamp().unwrap();
    assert_eq!(stamp.size_bytes, whole.len() as u64);
    let on_disk = SourceFile::on_disk(&archive).unwrap().stamp().unwrap();
    assert_eq!(stamp.modified_ns, on_disk.modified_ns);
}

#[test]
fn a_root_is_looked_into_whatever_its_name() {
    for name in ["week.tar", "week.zip", "week", "week.bin", ".week"] {
        let root = folder_with(name, &weekly());
        let (folders, problems) = scanned(&root.path().join(name));
        assert_eq!((folders.len(), problems.len()), (3, 0), "{name}");
    }
}

#[test]
fn folders_in_order_of_first_appearance() {
    let bytes = zip([
        "b/2.tif",
        "a/1.tif",
        "0.tif",
        "b/1.tif",
        "b/c/1.tif",
        "a/0.tif",
    ]
    .map(|name| (name, contents(name))));
    let root = folder_with("pictures.zip", &bytes);
    let (folders, _) = scanned(root.path());
    let listed: Vec<_> = folders
        .iter()
        .map(|folder| {
            let names: Vec<_> = folder.images.iter().map(SourceFile::name).collect();
            (below(root.path(), &folder.directory), names)
        })
        .collect();
    assert_eq!(
        listed,
        [
            ("pictures.zip!/b".to_owned(), vec!["2.tif", "1.tif"]),
            ("pictures.zip!/a".to_owned(), vec!["1.tif", "0.tif"]),
            ("pictures.zip".to_owned(), vec!["0.tif"]),
            ("pictures.zip!/b/c".to_owned(), vec!["1.tif"]),
        ]
    );
}

#[test]
fn files_are_chosen_as_on_disk() {
    let bytes = zip([
        ("a.TIF", Vec::new()),
        ("notes.txt", b"II*\0".to_vec()),
        ("b.HEIC", Vec::new()),
        ("hash1", b"\x89PNG\r\n\x1a\n".to_vec()),
        ("hash2", b"plain".to_vec()),
        (".hidden.tif", Vec::new()),
        ("__MACOSX/a.tif", Vec::new()),
        (".git/a.tif", Vec::new()),
        ("flat.xml", GRANT.to_vec()),
        ("settings.xml", b"<settings/>".to_vec()),
        ("USD0939806-20220104.XML", b"garbage".to_vec()),
    ]);
    let root = folder_with("x.zip", &bytes);
    let (folders, problems) = scanned(root.path());
    assert!(problems.is_empty(), "{problems:?}");
    let names: Vec<_> = files(&folders).into_iter().map(SourceFile::name).collect();
    assert_eq!(
        names,
        ["flat.xml", "USD0939806-20220104.XML", "a.TIF", "hash1"]
    );
    assert_eq!(folders[0].unread.get("heic"), Some(&1));
}

#[test]
fn archives_and_directories_come_in_order_of_names() {
    let root = tempfile::tempdir().unwrap();
    for name in ["a", "c"] {
        fs::create_dir(root.path().join(name)).unwrap();
        fs::write(root.path().join(name).join("1.tif"), b"").unwrap();
    }
    fs::write(root.path().join("b.zip"), zip([("2.tif", Vec::new())])).unwrap();
    fs::write(root.path().join("0.tif"), b"").unwrap();
    let (folders, _) = scanned(root.path());
    let paths: Vec<_> = files(&folders)
        .into_iter()
        .map(|file| below(root.path(), &file.path()))
        .collect();
    assert_eq!(paths, ["0.tif", "a/1.tif", "b.zip!/2.tif", "c/1.tif"]);
}

#[test]
fn archives_within_archives_stored_and_compressed() {
    let inner = || zip([("1.tif", contents("1.tif"))]);
    let middle = || {
        [
            (
                "plain.tar",
                tar([("deep.zip", inner()), ("2.tif", contents("2.tif"))]),
            ),
            ("inner.zip", inner()),
        ]
    };
    for outer in [zip(middle()), stored_zip(middle()), tar(middle())] {
        let root = folder_with("x.zip", &outer);
        let (folders, problems) = scanned(root.path());
        assert!(problems.is_empty(), "{problems:?}");
        let read = read_all(root.path(), &folders);
        let expected = [
            ("x.zip!/inner.zip!/1.tif", "1.tif"),
            ("x.zip!/plain.tar!/2.tif", "2.tif"),
            ("x.zip!/plain.tar!/deep.zip!/1.tif", "1.tif"),
        ];
        assert!(
            read.into_iter()
                .eq(expected.map(|(path, name)| (path.to_owned(), Ok(contents(name)))))
        );
    }
}

#[test]
fn many_threads_read_a_compressed_archive_within_another() {
    let names: Vec<String> = (0..200).map(|index| format!("{index}.tif")).collect();
    let inner = zip(names.iter().map(|name| (name.as_str(), contents(name))));
    let root = folder_with("x.zip", &zip([("inner.zip", inner)]));
    let folders: Vec<_> = scan(root.path()).map(Result::unwrap).collect();
    let files = files(&folders);
    std::thread::scope(|scope| {
        for part in files.chunks(25) {
            scope.spawn(move || {
                for file in part {
                    assert_eq!(file.read(MOST).unwrap(), contents(file.name()));
                }
            });
        }
    });
}

#[test]
fn names_in_every_encoding() {
    let unicode = |name: &[u8], text: &str| {
        let data = [&[1][..], &crc32(name).to_le_bytes(), text.as_bytes()].concat();
        let header = [0x75, 0x70, data.len() as u8, 0];
        [&header[..], &data].concat()
    };
    let mut marked = RawEntry::stored(b"st\x81hle.tif", b"5");
    marked.extra = unicode(&marked.name, "stühle.tif");
    let mut stale = RawEntry::stored(b"plain.tif", b"6");
    stale.extra = unicode(b"another name", "wrong.tif");
    let entries = [
        RawEntry::stored("椅子/沙发.tif".as_bytes(), b"1"),
        RawEntry::stored(b"\xd2\xce\xd7\xd3\\\xc9\xb3\xb7\xa2 2.tif", b"2"),
        RawEntry::stored(b"\xd5\x5c.tif", b"3"),
        RawEntry::stored(b"caf\x82.tif", b"4"),
        marked,
        stale,
    ];
    let root = folder_with("x.zip", &raw_zip(&entries, |_, offset| offset));
    let (folders, problems) = scanned(root.path());
    assert!(problems.is_empty(), "{problems:?}");
    let read = read_all(&root.path().join("x.zip"), &folders);
    let contents: Vec<_> = read
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_deref().unwrap()))
        .collect();
    let expected = [
        ("!/café.tif", &b"4"[..]),
        ("!/plain.tif", b"6"),
        ("!/stühle.tif", b"5"),
        ("!/椅子/沙发 2.tif", b"2"),
        ("!/椅子/沙发.tif", b"1"),
        ("!/誠.tif", b"3"),
    ];
    assert_eq!(contents, expected);
}

#[test]
fn names_in_tars() {
    let long = format!("{}/1.tif", "folder/".repeat(40));
    let kind = tar::EntryType::Regular;
    let mut bytes = building::tar_entry(b"\xd2\xce\xd7\xd3.tif", kind, b"gb");
    bytes.extend(building::tar_entry(b"./a/./b.tif", kind, b"dots"));
    let pax = pax_record("comment", "two\nlines") + &pax_record("path", "沙发.tif");
    let kind_of_pax = tar::EntryType::XHeader;
    bytes.extend(building::tar_entry(b"pax", kind_of_pax, pax.as_bytes()));
    bytes.extend(building::tar_entry(b"short.tif", kind, b"pax"));
    bytes.extend(tar([(long.as_str(), b"long".to_vec())]));
    let root = folder_with("x.tar", &bytes);
    let (folders, problems) = scanned(root.path());
    assert!(problems.is_empty(), "{problems:?}");
    let read = read_all(&root.path().join("x.tar"), &folders);
    let contents: Vec<_> = read
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_deref().unwrap()))
        .collect();
    let long = format!("!/{}1.tif", "folder/".repeat(40));
    assert_eq!(
        contents,
        [
            ("!/a/b.tif", &b"dots"[..]),
            (long.as_str(), b"long"),
            ("!/椅子.tif", b"gb"),
            ("!/沙发.tif", b"pax"),
        ]
    );
}

#[test]
fn a_program_may_stand_before_a_zip() {
    let sound = zip([("1.tif", contents("1.tif"))]);
    let shifted = [&b"#!/bin/sh\nexit\n"[..], &sound].concat();
    let root = folder_with("x.zip", &shifted);
    let (folders, problems) = scanned(root.path());
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(folders[0].images[0].read(MOST).unwrap(), contents("1.tif"));
}

#[test]
fn a_comment_may_stand_after_a_zip() {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer
        .set_comment("PK\x05\x06 is how this archive ends")
        .unwrap();
    let options = zip::write::SimpleFileOptions::default();
    writer.start_file("1.tif", options).unwrap();
    writer.write_all(b"1").unwrap();
    let root = folder_with("x.zip", &writer.finish().unwrap().into_inner());
    let (folders, problems) = scanned(root.path());
    assert_eq!((folders.len(), problems.len()), (1, 0), "{problems:?}");
}

#[test]
fn zips_written_as_a_stream_and_with_64_bit_numbers() {
    let options = zip::write::SimpleFileOptions::default();
    let mut writer = zip::ZipWriter::new_stream(Vec::new());
    for (name, options) in [
        ("1.tif", options),
        ("2.tif", options.large_file(true)),
        ("3.tif", options.large_file(true)),
    ] {
        writer.start_file(name, options).unwrap();
        writer.write_all(&contents(name)).unwrap();
    }
    let bytes = writer.finish().unwrap().into_inner();
    let root = folder_with("x.zip", &bytes);
    let (folders, problems) = scanned(root.path());
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(files(&folders).len(), 3);
    for file in files(&folders) {
        assert_eq!(file.read(MOST).unwrap(), contents(file.name()));
    }
}

#[test]
fn more_entries_than_16_bits_can_count() {
    const COUNT: usize = 70_000;
    let names: Vec<_> = (0..COUNT)
        .map(|index| format!("{}/{index}.tif", index / 1000))
        .collect();
    let entries = names
        .iter()
        .map(|name| (name.as_str(), name.clone().into_bytes()));
    let root = folder_with("x.zip", &stored_zip(entries));
    let folders: Vec<_> = scan(root.path()).map(Result::unwrap).collect();
    assert_eq!(folders.len(), 70);
    let files = files(&folders);
    assert_eq!(files.len(), COUNT);
    for index in [0, 1, 65_535, 65_536, COUNT - 1] {
        let file = files[index];
        assert_eq!(file.read(MOST).unwrap(), names[index].as_bytes());
        assert_eq!(&SourceFile::reopen(&file.path()).unwrap(), file);
    }
}

#[test]
fn a_path_on_disk_comes_before_one_in_an_archive() {
    let root = folder_with("a.zip", &zip([("b.tif", b"in the archive".to_vec())]));
    let archive = root.path().join("a.zip");
    let path = format!("{}!/b.tif", archive.display());
    let reopened = || SourceFile::reopen(&path).unwrap().read(MOST).unwrap();
    assert_eq!(reopened(), b"in the archive");
    fs::create_dir(root.path().join("a.zip!")).unwrap();
    fs::write(Path::new(&path), b"on disk").unwrap();
    assert_eq!(reopened(), b"on disk");
}

#[test]
fn marks_of_archives_in_names_lead_nowhere_else() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("a!")).unwrap();
    fs::write(root.path().join("a"), b"a file and no archive").unwrap();
    let bytes = zip([
        ("b!/c.tif", b"1".to_vec()),
        ("d.zip", zip([("e!/f.tif", b"2".to_vec())])),
    ]);
    fs::write(root.path().join("a!/x.zip"), bytes).unwrap();
    let (folders, problems) = scanned(root.path());
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(files(&folders).len(), 2);
}

#[test]
fn what_is_gone_is_not_found() {
    let root = folder_with("a.zip", &zip([("b.tif", Vec::new()), ("c.zip", zip([]))]));
    let archive = root.path().join("a.zip").to_str().unwrap().to_owned();
    for path in [
        format!("{archive}!/missing.tif"),
        format!("{archive}!/c.zip!/missing.tif"),
        format!("{archive}!/missing.zip!/b.tif"),
        format!("{archive}.old!/b.tif"),
        root.path().to_str().unwrap().to_owned(),
        String::new(),
        "!/".to_owned(),
    ] {
        let error = SourceFile::reopen(&path).unwrap_err();
        assert_eq!(error.kind, SourceErrorKind::NotFound, "{error}");
        assert_eq!(error.path, path);
    }
}

#[test]
fn an_archive_that_changes_after_listing_is_not_read() {
    let root = folder_with("a.tar", &tar([("b.tif", b"first".to_vec())]));
    let folders: Vec<_> = scan(root.path()).map(Result::unwrap).collect();
    let file = files(&folders)[0];
    assert_eq!(file.read(MOST).unwrap(), b"first");
    let longer = tar([("a.tif", vec![0; 2000]), ("b.tif", b"other".to_vec())]);
    fs::write(root.path().join("a.tar"), longer).unwrap();
    assert_eq!(file.read(MOST).unwrap_err().kind, SourceErrorKind::Changed);
    let again = SourceFile::reopen(&file.path()).unwrap();
    assert_eq!(again.read(MOST).unwrap(), b"other");
}

#[test]
fn reading_keeps_to_its_limit() {
    let bytes = zip([("a.tif", vec![7; 100])]);
    let root = folder_with("a.zip", &bytes);
    let folders: Vec<_> = scan(root.path()).map(Result::unwrap).collect();
    let file = files(&folders)[0];
    assert_eq!(file.read(100).unwrap(), [7; 100]);
    assert_eq!(file.read(99).unwrap_err().kind, SourceErrorKind::TooLarge);
}

#[cfg(unix)]
#[test]
fn an_archive_that_several_links_lead_to_comes_once() {
    let root = folder_with("a.zip", &zip([("b.tif", Vec::new())]));
    std::os::unix::fs::symlink("a.zip", root.path().join("z.zip")).unwrap();
    let (folders, problems) = scanned(root.path());
    assert_eq!((folders.len(), problems.len()), (1, 0));
}

/// A record of the pax format, which begins with its own length in bytes.
fn pax_record(key: &str, value: &str) -> String {
    let body = format!(" {key}={value}\n");
    let length = body.len() + 2;
    assert!((10..100).contains(&length));
    format!("{length}{body}")
}

#[test]
fn hard_links_are_other_names_of_earlier_files() {
    let mut builder = ::tar::Builder::new(Vec::new());
    let mut file = ::tar::Header::new_gnu();
    file.set_size(4);
    builder
        .append_data(&mut file, "a/first.png", &b"data"[..])
        .unwrap();
    for (name, target) in [
        ("b/second.png", "a/first.png"),
        ("c/lost.png", "a/none.png"),
    ] {
        let mut link = ::tar::Header::new_gnu();
        link.set_entry_type(::tar::EntryType::Link);
        link.set_size(0);
        builder.append_link(&mut link, name, target).unwrap();
    }
    let root = folder_with("links.tar", &builder.into_inner().unwrap());
    let (folders, problems) = scanned(root.path());
    let images: Vec<_> = folders.iter().flat_map(|folder| &folder.images).collect();
    assert_eq!(images.len(), 2);
    for (image, name) in images.iter().zip(["first.png", "second.png"]) {
        assert_eq!(
            (image.name(), image.read(MOST).unwrap()),
            (name, b"data".to_vec())
        );
    }
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].reason.contains("not in the archive before it"));
}
