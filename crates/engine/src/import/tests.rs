//! What is read of a folder before any image is decoded.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;
use std::thread;

use lookalike_imaging::{RgbImage, encode_png};
use lookalike_work::FileProblem;
use tempfile::TempDir;

use super::folder::{FolderPlan, Sheet};
use super::listing::{Folder, Listing, Notes};
use super::{Control, ImportRequest, Originals};
use crate::CollectionSettings;
use crate::fixture::Fixture;

const GRANT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<us-patent-grant><us-bibliographic-data-grant>
<publication-reference><document-id><country>US</country><doc-number>D0939806</doc-number>
<kind>S1</kind><date>20220104</date></document-id></publication-reference>
<invention-title>Bottle</invention-title>
</us-bibliographic-data-grant>
<drawings>
<figure num="00001"><img file="USD0939806-20220104-D00001.TIF"/></figure>
<figure num="00002"><img file="USD0939806-20220104-D00002.TIF"/></figure>
</drawings>
<description><description-of-drawings>
<p>FIG. 1 is a perspective view of a bottle;</p><p>FIG. 2 is a front view thereof.</p>
</description-of-drawings></description>
</us-patent-grant>"#;

const UTILITY: &str = r#"<?xml version="1.0"?>
<us-patent-grant><us-bibliographic-data-grant>
<publication-reference><document-id><country>US</country><doc-number>11234567</doc-number>
<kind>B2</kind><date>20220104</date></document-id></publication-reference>
<application-reference appl-type="utility"/>
</us-bibliographic-data-grant></us-patent-grant>"#;

fn request(paths: &[PathBuf], only: Option<HashSet<String>>) -> ImportRequest {
    ImportRequest {
        shard: None,
        paths: paths.to_vec(),
        only,
        within: None,
        collection: "default".into(),
        settings: CollectionSettings::default(),
        batch_size: None,
        originals: Originals::Reference,
        data_dir: "/no/such/directory".into(),
    }
}

/// The plan of a folder with these files, and what it makes of its images.
fn plan(files: &[(&str, &str)]) -> (FolderPlan, Vec<Result<Sheet, FileProblem>>) {
    let directory = TempDir::new().unwrap();
    for (name, text) in files {
        fs::write(directory.path().join(name), text).unwrap();
    }
    plan_of(&[directory.path().to_path_buf()], None)
}

/// The plan of the one folder that these paths lead to.
fn plan_of(
    paths: &[PathBuf],
    only: Option<HashSet<String>>,
) -> (FolderPlan, Vec<Result<Sheet, FileProblem>>) {
    let request = request(paths, only);
    let listing = Listing::new(&request).unwrap();
    let folders: Vec<Folder> = listing.folders().map(Result::unwrap).collect();
    assert_eq!(folders.len(), 1);
    let plan = FolderPlan::new(&folders[0]);
    let images = folders[0].files.images.iter();
    let sheets = images.map(|image| plan.sheet(image.clone(), Notes::default()));
    let sheets = sheets.collect();
    (plan, sheets)
}

#[test]
fn sheets_get_patent_page_order_and_view() {
    let (plan, sheets) = plan(&[
        ("USD0939806-20220104.XML", GRANT),
        ("USD0939806-20220104-D00000.TIF", ""),
        ("USD0939806-20220104-D00002.tif", ""),
        ("photo.jpg", ""),
    ]);
    assert_eq!(plan.patents[0].patent.patent_id, "USD939806");
    assert_eq!(plan.patents[0].patent.expiry_date, Some(20_370_104));
    let facts: Vec<_> = sheets
        .iter()
        .flatten()
        .map(|sheet| {
            (
                sheet.facts.page_num.as_deref(),
                sheet.facts.image_index,
                sheet.facts.view.as_deref(),
                sheet.front_page,
                sheet.facts.patent_id.is_some(),
            )
        })
        .collect();
    assert_eq!(
        facts,
        [
            (Some("D00000"), Some(0), None, true, true),
            (Some("D00002"), Some(1), Some("front"), false, true),
            (None, None, None, false, false),
        ]
    );
    assert_eq!(plan.warnings.len(), 1, "{:?}", plan.warnings);
    assert!(plan.warnings[0].reason.contains("D00001.TIF is listed"));
    assert!(plan.failed.is_empty());
}

#[test]
fn pictures_that_are_not_read_are_told_of() {
    let names = ["a.HEIC", "b.heic", "c.jxl", "d.jpg", "notes.txt"];
    let (plan, sheets) = plan(&names.map(|name| (name, "")));
    assert_eq!((plan.warnings.len(), sheets.len()), (1, 1));
    let reason = &plan.warnings[0].reason;
    assert!(reason.contains("2 .heic, 1 .jxl; convert"), "{reason}");

    let (plan, sheets) = self::plan(&[("a.heic", "")]);
    assert_eq!((plan.warnings.len(), sheets.len()), (1, 0));
}

#[test]
fn a_broken_grant_fails_alone() {
    let (plan, sheets) = plan(&[
        ("USD0939806-20220104.XML", "<us-patent-grant><us-bib"),
        ("USD0939806-20220104-D00001.TIF", ""),
    ]);
    assert_eq!(plan.failed.len(), 1);
    assert_eq!(
        sheets[0].as_ref().unwrap().facts.patent_id.as_deref(),
        Some("USD939806")
    );
}

#[test]
fn a_utility_patent_is_refused_with_its_drawings() {
    let (plan, sheets) = plan(&[
        ("US11234567-20220104.XML", UTILITY),
        ("US11234567-20220104-D00001.TIF", ""),
    ]);
    assert_eq!(plan.failed.len(), 1, "{:?}", plan.failed);
    let problem = sheets[0].as_ref().unwrap_err();
    assert!(
        problem.reason.contains("not a design patent"),
        "{problem:?}"
    );
}

#[test]
fn what_is_no_design_in_a_weekly_file_is_counted_and_no_failure() {
    let weekly = [UTILITY, GRANT, UTILITY].join("\n");
    let (plan, sheets) = plan(&[
        ("ipg220104.xml", &weekly),
        ("USD0939806-20220104-D00001.png", ""),
        ("USD0939806-20220104-D00002.TIF", ""),
    ]);
    assert!(plan.failed.is_empty(), "{:?}", plan.failed);
    assert_eq!((plan.patents.len(), plan.warnings.len()), (1, 1));
    let reason = &plan.warnings[0].reason;
    assert!(
        reason.contains("2 of its 3 documents are not design patents"),
        "{reason}"
    );
    // A sheet that was converted is the grant's still.
    let pages: Vec<_> = sheets
        .iter()
        .map(|sheet| sheet.as_ref().unwrap())
        .map(|sheet| (sheet.has_grant, sheet.facts.page_num.as_deref()))
        .collect();
    assert_eq!(pages, [(true, Some("D00001")), (true, Some("D00002"))]);
}

#[test]
fn files_named_one_by_one_are_read_with_their_grant() {
    let directory = TempDir::new().unwrap();
    let xml = directory.path().join("a.xml");
    let image = directory.path().join("USD0939806-20220104-D00001.TIF");
    let odd = directory.path().join("scan.bin");
    fs::write(&xml, GRANT).unwrap();
    fs::write(&image, "").unwrap();
    fs::write(&odd, "").unwrap();
    let (plan, sheets) = plan_of(&[image.clone(), xml, odd.clone(), odd], None);
    assert_eq!((plan.patents.len(), sheets.len()), (1, 2));

    // Asked for again after it failed, a sheet still gets what its grant says.
    let only = fs::canonicalize(&image).unwrap();
    let only = [only.to_string_lossy().into_owned()].into();
    let (_, sheets) = plan_of(&[directory.path().to_path_buf()], Some(only));
    assert_eq!(sheets.len(), 1);
    assert_eq!(sheets[0].as_ref().unwrap().facts.image_index, Some(0));
}

#[test]
fn a_path_that_does_not_exist_is_an_error() {
    let request = request(&["/no/such/folder".into()], None);
    let error = Listing::new(&request).unwrap_err();
    assert!(error.to_string().contains("/no/such/folder"), "{error}");
}

#[test]
fn a_huge_picture_keeps_no_other_waiting() {
    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 30);
    // Above half of the memory for pixels, and first in the folder.
    let large = RgbImage::filled(4096, 3072, [200, 10, 10]);
    let large = encode_png(&large).unwrap();
    for index in 0..2 {
        let mut large = large.clone();
        large.extend([index]);
        fs::write(folder.join(format!("0000-{index}.png")), large).unwrap();
    }
    let request = ImportRequest {
        shard: None,
        originals: Originals::Copy,
        data_dir: fixture.directory.path().join("data"),
        ..request(&[folder], None)
    };
    let control = Control::default();
    // Another huge picture is being decoded, and takes its time.
    let other = fixture.engine.stores().budget().acquire(u64::MAX);
    let report = thread::scope(|scope| {
        let import = scope.spawn(|| fixture.engine.importer().run(&request, &control).unwrap());
        while control.progress.snapshot().imported < 30 {
            assert!(!import.is_finished());
            thread::yield_now();
        }
        drop(other);
        import.join().unwrap()
    });
    assert_eq!((report.imported, report.failed), (32, 0), "{report:?}");
}

#[test]
fn a_grant_that_comes_later_describes_sheets_that_are_there() {
    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 3);
    let names = [
        "USD0939806-20220104-D00001.TIF",
        "USD0939806-20220104-D00002.TIF",
    ];
    for (index, name) in names.iter().enumerate() {
        fs::rename(folder.join(format!("{index:04}.png")), folder.join(name)).unwrap();
    }
    let import = || {
        let request = request(std::slice::from_ref(&folder), None);
        fixture
            .engine
            .importer()
            .run(&request, &Control::default())
            .unwrap()
    };
    assert_eq!(import().imported, 3);
    let view = |name: &str| fixture.engine.pictures().find(name, None).unwrap().view;
    assert_eq!(view(names[1]), None);
    fs::write(folder.join("USD0939806-20220104.XML"), GRANT).unwrap();
    let report = import();
    assert_eq!((report.imported, report.skipped), (0, 3));
    assert_eq!(view(names[0]).as_deref(), Some("perspective"));
    assert_eq!(view(names[1]).as_deref(), Some("front"));
    // Without the grant what it told stays.
    fs::remove_file(folder.join("USD0939806-20220104.XML")).unwrap();
    import();
    assert_eq!(view(names[1]).as_deref(), Some("front"));
}

#[test]
fn a_folder_that_was_renamed_is_not_imported_twice() {
    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 5);
    let import = |folder: &PathBuf| {
        let request = request(std::slice::from_ref(folder), None);
        fixture
            .engine
            .importer()
            .run(&request, &Control::default())
            .unwrap()
    };
    import(&folder);
    let renamed = folder.with_file_name("renamed");
    fs::rename(&folder, &renamed).unwrap();
    let report = import(&renamed);
    assert_eq!((report.imported, report.skipped), (0, 5));
    assert_eq!(fixture.items("default"), 5);
    let item = fixture.engine.pictures().find("0003.png", None).unwrap();
    assert!(item.original_path.unwrap().contains("renamed"));
    assert_eq!(item.missing_since, None);
    // A copy is another item as long as the first file is there.
    fs::copy(renamed.join("0001.png"), renamed.join("copy.png")).unwrap();
    assert_eq!(import(&renamed).imported, 1);
}
