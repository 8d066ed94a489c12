//! Whole sets on disk.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail like the tests themselves"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use hayro_ccitt::{DecodeSettings, Decoder, DecoderContext, EncodingMode};
use lookalike_patents::parse_grant;
use lookalike_synth::{Layout, Options, Summary, SynthError, generate};
use serde_json::Value;

fn options(layout: Layout, threads: usize) -> Options {
    Options {
        patents: 3,
        seed: 11,
        photos: 0,
        near: 1,
        layout,
        threads,
    }
}

fn make(out: &Path, options: &Options) -> Summary {
    generate(out, options, &|_, _| {}).unwrap()
}

/// Every file below a directory with its content, archives opened as if they were folders.
fn tree(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path
                .strip_prefix(root)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            add(&mut files, name, fs::read(&path).unwrap());
        }
    }
    files
}

fn add(files: &mut BTreeMap<String, Vec<u8>>, name: String, content: Vec<u8>) {
    if name.ends_with(".ZIP") {
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(content)).unwrap();
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index).unwrap();
            let mut inner = Vec::new();
            entry.read_to_end(&mut inner).unwrap();
            let path = entry.name().unwrap().into_owned();
            files.insert(format!("{name}/{path}"), inner);
        }
    } else if name.ends_with(".tar") {
        for entry in tar::Archive::new(content.as_slice()).entries().unwrap() {
            let mut entry = entry.unwrap();
            let path = entry.path().unwrap().to_str().unwrap().to_owned();
            let mut inner = Vec::new();
            entry.read_to_end(&mut inner).unwrap();
            add(files, format!("{name}/{path}"), inner);
        }
    } else {
        files.insert(name, content);
    }
}

fn truth(files: &BTreeMap<String, Vec<u8>>) -> Vec<Value> {
    let truth: Value = serde_json::from_slice(&files["ground-truth.json"]).unwrap();
    truth["designs"].as_array().unwrap().clone()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[test]
fn the_same_seed_gives_the_same_bytes_for_any_number_of_threads() {
    let set = |layout, threads, seed| {
        let out = tempfile::tempdir().unwrap();
        let options = Options {
            patents: 2,
            photos: 1,
            seed,
            ..options(layout, threads)
        };
        make(out.path(), &options);
        tree(out.path())
    };
    let one = set(Layout::Folders, 1, 5);
    assert!(one == set(Layout::Folders, 3, 5));
    assert!(one != set(Layout::Folders, 3, 6));
    assert!(set(Layout::Tar, 1, 5) == set(Layout::Tar, 2, 5));
    assert!(set(Layout::Pdf, 1, 5) == set(Layout::Pdf, 2, 5));
}

#[test]
fn ground_truth_and_files_agree() {
    let out = tempfile::tempdir().unwrap();
    let seen = (AtomicU64::new(0), AtomicU64::new(0));
    let options = Options {
        photos: 1,
        ..options(Layout::Folders, 2)
    };
    let summary = generate(out.path(), &options, &|done, total| {
        seen.0.fetch_max(done, Ordering::Relaxed);
        seen.1.fetch_max(total, Ordering::Relaxed);
    })
    .unwrap();
    let files = tree(out.path());
    assert_eq!(
        seen.0.into_inner(),
        files.len() as u64,
        "progress counts every file"
    );
    assert_eq!(seen.1.into_inner(), files.len() as u64);
    let bytes: usize = files.values().map(Vec::len).sum();
    assert_eq!(summary.bytes, bytes as u64);

    let designs = truth(&files);
    assert_eq!(designs.len(), 6);
    assert_eq!(summary.patents, 6);
    let mut listed: BTreeSet<String> = ["ground-truth.json".to_owned()].into();
    for design in &designs {
        let id = text(&design["patent_id"]);
        let sheets = design["sheets"].as_array().unwrap();
        let names: Vec<&str> = sheets.iter().map(|sheet| text(&sheet["file"])).collect();
        assert!(sheets[0]["front_page"].as_bool().unwrap());
        assert!(sheets[1..].iter().all(|sheet| sheet["front_page"] == false));
        assert_eq!(
            files[names[0]], files[names[1]],
            "the front page copies the first sheet"
        );
        let views: Vec<&str> = sheets[1..]
            .iter()
            .flat_map(|s| text(&s["view"]).split('+'))
            .collect();
        if ["screen", "icon", "textile"].contains(&text(&design["family"])) {
            assert!(views.iter().all(|view| *view == "front"));
        } else {
            let all = [
                "perspective",
                "front",
                "back",
                "left",
                "right",
                "top",
                "bottom",
            ];
            assert_eq!(views, all);
        }

        let xml = names[0].replace("-D00000.TIF", ".XML");
        let grant = parse_grant(&files[&xml]).unwrap();
        assert_eq!(grant.patent_id.as_str(), id);
        let in_xml: Vec<&str> = grant
            .images
            .iter()
            .map(|image| image.file.as_str())
            .collect();
        let on_disk: Vec<&str> = names
            .iter()
            .map(|n| n.rsplit('/').next().unwrap())
            .collect();
        assert_eq!(in_xml, on_disk);

        listed.insert(xml);
        listed.extend(names.into_iter().map(str::to_owned));
        let photos = design["photos"].as_array().unwrap();
        assert_eq!(photos.len(), 1);
        listed.insert(text(&photos[0]).to_owned());
        assert_eq!(text(&photos[0]), format!("photos/{id}-1.jpg"));
        let photo = image::load_from_memory(&files[text(&photos[0])]).unwrap();
        assert!(photo.width() >= 640 && photo.width() <= 1000);

        let nudge = design["nudge"].as_f64().unwrap();
        match design["near_of"].as_str() {
            None => assert_eq!(nudge, 0.0),
            Some(original) => {
                assert!(nudge > 0.0 && nudge <= 1.0);
                let of = designs
                    .iter()
                    .find(|d| d["patent_id"] == *original)
                    .unwrap();
                assert_eq!(of["family"], design["family"]);
                assert!(of["near_of"].is_null());
            }
        }
    }
    assert_eq!(listed, files.keys().cloned().collect());
}

#[test]
fn archives_hold_what_folders_hold() {
    let contents = |layout| {
        let out = tempfile::tempdir().unwrap();
        make(out.path(), &options(layout, 2));
        let files = tree(out.path());
        for design in truth(&files) {
            for sheet in design["sheets"].as_array().unwrap() {
                assert!(
                    files.contains_key(text(&sheet["file"])),
                    "{} is not there",
                    sheet["file"]
                );
            }
        }
        files
            .into_iter()
            .filter(|(name, _)| name != "ground-truth.json")
            .map(|(name, content)| {
                let parts: Vec<&str> = name.rsplitn(3, '/').collect();
                (format!("{}/{}", parts[1], parts[0]), content)
            })
            .collect::<BTreeMap<String, Vec<u8>>>()
    };
    let folders = contents(Layout::Folders);
    assert!(folders == contents(Layout::Zip));
    assert!(folders == contents(Layout::Tar));
}

struct Rows(usize);

impl Decoder for Rows {
    fn push_row(&mut self, _changes: &[u32]) {
        self.0 += 1;
    }
}

#[test]
fn sheets_decode_to_what_is_drawn_at_300_dots_per_inch() {
    let out = tempfile::tempdir().unwrap();
    make(out.path(), &options(Layout::Folders, 2));
    let files = tree(out.path());
    let mut count = 0;
    for (name, file) in files.iter().filter(|(name, _)| name.ends_with(".TIF")) {
        let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
        let entries = u16::from_le_bytes([file[8], file[9]]) as usize;
        let tag = |tag: u16| {
            let at = (0..entries)
                .map(|i| 10 + 12 * i)
                .find(|&at| file[at..at + 2] == tag.to_le_bytes());
            word(at.unwrap() + 8)
        };
        let (width, height) = (tag(256), tag(257));
        assert!(
            (200..=2452).contains(&width) && (200..=3080).contains(&height),
            "{name}: {width} x {height}"
        );
        let resolution = tag(282) as usize;
        assert_eq!(word(resolution) / word(resolution + 4), 300, "{name}");
        let strip = &file[tag(273) as usize..][..tag(279) as usize];
        let mut rows = Rows(0);
        let mut context = DecoderContext::new(DecodeSettings {
            columns: width,
            rows: height,
            end_of_block: true,
            end_of_line: false,
            rows_are_byte_aligned: false,
            encoding: EncodingMode::Group4,
            strict: true,
        });
        hayro_ccitt::decode(strip, &mut rows, &mut context).unwrap();
        assert_eq!(rows.0, height as usize, "{name}");
        count += 1;
    }
    assert!(count >= 6 * 2);
}

#[test]
fn a_directory_in_use_is_left_alone() {
    let out = tempfile::tempdir().unwrap();
    fs::write(out.path().join("mine.txt"), "keep").unwrap();
    let error = generate(out.path(), &options(Layout::Folders, 1), &|_, _| {}).unwrap_err();
    assert!(matches!(error, SynthError::NotEmpty { .. }));
    assert!(error.to_string().contains("not empty"));
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), 1);
}

#[test]
fn impossible_counts_are_refused() {
    for (patents, near) in [(0, 0), (200_001, 0), (100_000, 3)] {
        let out = tempfile::tempdir().unwrap();
        let options = Options {
            patents,
            near,
            ..Options::default()
        };
        let error = generate(out.path(), &options, &|_, _| {}).unwrap_err();
        assert!(matches!(error, SynthError::Count { .. }));
        assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0);
    }
}

#[test]
fn layouts_have_names() {
    for layout in [Layout::Folders, Layout::Zip, Layout::Tar, Layout::Pdf] {
        assert_eq!(layout.to_string().parse::<Layout>().unwrap(), layout);
    }
    let error = "rar".parse::<Layout>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "unknown layout `rar`: expected folders, zip, tar or pdf"
    );
}
