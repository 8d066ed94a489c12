//! Files of several pages: PDFs of patents and others, TIFFs.

use std::fs;
use std::path::{Path, PathBuf};

use lookalike_catalog::Item;
use lookalike_imaging::{Limits, RgbImage, decode, encode_png};
use lookalike_pdf::Document;

use super::{Control, ImportReport, ImportRequest, Originals};
use crate::fixture::Fixture;
use crate::library::{InTrash, Selection};
use crate::search::{QueryFile, RankedItem, SearchRequest};
use crate::{CollectionSettings, Content, ReEmbedRequest, Unchanged, View};

const GRANT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<us-patent-grant><us-bibliographic-data-grant>
<publication-reference><document-id><country>US</country><doc-number>D0900123</doc-number>
<kind>S1</kind><date>20201027</date></document-id></publication-reference>
<invention-title>Stool</invention-title>
</us-bibliographic-data-grant>
<drawings><figure num="00001"><img file="USD0900123-20201027-D00001.TIF"/></figure></drawings>
</us-patent-grant>"#;

fn fixture_file(name: &str) -> Vec<u8> {
    fs::read(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../fixtures/pdf")
            .join(name),
    )
    .unwrap()
}

impl Fixture {
    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.directory.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// The invented patent's PDF: a front page, a page of text, two drawing sheets.
    fn patent(&self, name: &str) -> PathBuf {
        self.file(name, &fixture_file("patent.pdf"))
    }

    /// Its grant, with a sheet.
    fn grant(&self, folder: &str) {
        self.file(
            &format!("{folder}/USD0900123-20201027.XML"),
            GRANT.as_bytes(),
        );
        let sheet = encode_png(&RgbImage::filled(20, 20, [9; 3])).unwrap();
        self.file(&format!("{folder}/USD0900123-20201027-D00001.TIF"), &sheet);
    }

    fn import(&self, originals: Originals, paths: &[PathBuf]) -> ImportReport {
        let request = ImportRequest {
            shard: None,
            paths: paths.to_vec(),
            only: None,
            within: None,
            collection: "default".into(),
            settings: CollectionSettings::default(),
            batch_size: None,
            originals,
            data_dir: self.directory.path().join("data"),
        };
        let importer = self.engine.importer();
        importer.run(&request, &Control::default()).unwrap()
    }

    /// All items by their place in their patent, then by page: ids follow the order in which readers are done.
    fn all_items(&self) -> Vec<Item> {
        let library = self.engine.library();
        let ids = library.select("default", &Selection::All).unwrap();
        let mut items = self.engine.stores().catalog().items(&ids).unwrap();
        items.sort_by_key(|item| (item.image_index, number_of(item)));
        items
    }

    fn picture(&self, item: &Item, view: View) -> RgbImage {
        match self.engine.pictures().picture(item, view).unwrap().content {
            Content::Bytes(bytes) => decode(&bytes, &Default::default()).unwrap().image,
            Content::Stream(_) => panic!("a page is not a file of its own"),
        }
    }
}

fn counts(report: &ImportReport) -> (u64, u64, u64, u64) {
    (report.total, report.imported, report.skipped, report.failed)
}

fn number_of(item: &Item) -> Option<u32> {
    item.page.as_ref().map(|page| page.number)
}

fn pages(items: &[Item]) -> Vec<(Option<&str>, Option<u32>, Option<u32>)> {
    items
        .iter()
        .map(|item| (item.page_num.as_deref(), item.image_index, number_of(item)))
        .collect()
}

#[test]
fn a_patents_pdf_becomes_its_patent_and_its_sheets() {
    let fixture = Fixture::new();
    let path = fixture.patent("in/download.pdf");
    let report = fixture.import(Originals::Reference, std::slice::from_ref(&path));
    assert_eq!(counts(&report), (2, 2, 0, 0), "{report:?}");
    let items = fixture.all_items();
    assert_eq!(
        pages(&items),
        [
            (Some("D00001"), Some(0), Some(3)),
            (Some("D00002"), Some(1), Some(4)),
        ]
    );
    let bytes = fs::read(&path).unwrap();
    let document = Document::open(bytes.clone(), &Limits::default()).unwrap();
    let sheets = document.patent(None).unwrap().sheets;
    for (item, sheet) in items.iter().zip(sheets) {
        assert_eq!(item.patent_id.as_deref(), Some("USD900123"));
        assert_eq!(
            item.patent.title.as_deref(),
            Some("FOLDING STOOL WITH ROUND SEAT")
        );
        assert_eq!(item.patent.us_class.as_deref(), Some("D6/349"));
        assert_eq!(
            (item.format.as_str(), item.file_size),
            ("pdf", bytes.len() as u64)
        );
        assert_eq!(
            item.md5,
            crate::hex::hex(&<md5::Md5 as md5::Digest>::digest(&bytes))
        );
        let page = number_of(item).unwrap();
        let original = format!("{}#page={page}", fs::canonicalize(&path).unwrap().display());
        assert_eq!(item.original_path.as_deref(), Some(original.as_str()));
        assert_eq!(
            (item.width, item.height),
            (sheet.crop.width, sheet.crop.height)
        );
        let full = fixture.picture(item, View::Full);
        assert_eq!((full.width(), full.height()), (item.width, item.height));
        let thumbnail = fixture.picture(item, View::Thumbnail);
        assert_eq!(thumbnail.width().max(thumbnail.height()), 300);
    }
    let report = fixture.engine.library().patent("USD900123", None).unwrap();
    assert_eq!(report.details.citations.len(), 27);
}

#[test]
fn what_is_there_is_skipped_and_what_is_missing_taken() {
    let fixture = Fixture::new();
    let paths = [fixture.patent("in/download.pdf")];
    fixture.import(Originals::Reference, &paths);
    let report = fixture.import(Originals::Reference, &paths);
    assert_eq!(counts(&report), (2, 0, 2, 0));
    // As after a kill between two commits.
    let first = fixture.all_items()[0].id.unsigned_abs();
    let only = Selection::Items(vec![first]);
    fixture.engine.library().delete("default", &only).unwrap();
    let report = fixture.import(Originals::Reference, &paths);
    assert_eq!(counts(&report), (2, 0, 2, 0), "what was deleted stays away");
    let catalog = fixture.engine.stores().catalog();
    let collection = catalog.collection("default").unwrap();
    catalog
        .write(0, |tx| tx.forget_deleted(&collection, None))
        .unwrap();
    let report = fixture.import(Originals::Reference, &paths);
    assert_eq!(counts(&report), (2, 1, 1, 0));
    // The same bytes elsewhere are the same sheets.
    let report = fixture.import(Originals::Reference, &[fixture.patent("in/again.pdf")]);
    assert_eq!(counts(&report), (2, 0, 2, 0));
    assert_eq!(fixture.items("default"), 2);
}

#[test]
fn a_pdf_is_passed_over_where_the_grant_is() {
    let fixture = Fixture::new();
    fixture.grant("in/grant");
    // By name it comes first.
    fixture.patent("in/a.pdf");
    let folder = [fixture.directory.path().join("in")];
    for (imported, skipped) in [(1, 1), (0, 2)] {
        let report = fixture.import(Originals::Reference, &folder);
        assert_eq!(counts(&report), (2, imported, skipped, 0));
        let told = |problem: &&lookalike_work::FileProblem| problem.reason.contains("passed over");
        let told: Vec<_> = report.warnings.iter().filter(told).collect();
        assert!(
            told.len() == 1 && told[0].file.ends_with("a.pdf"),
            "{report:?}"
        );
    }
    let items = fixture.all_items();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0].patent.title.as_deref(), Some("Stool"));
}

#[test]
fn a_grant_replaces_the_pdf_that_came_before() {
    let fixture = Fixture::new();
    fixture.import(Originals::Reference, &[fixture.patent("in/a.pdf")]);
    fixture.grant("grant");
    let folder = [fixture.directory.path().join("grant")];
    let report = fixture.import(Originals::Reference, &folder);
    assert_eq!(counts(&report), (1, 1, 0, 0));
    assert!(
        report.warnings[0]
            .reason
            .contains("replaces the 2 sheets of USD900123")
    );
    let items = fixture.all_items();
    assert_eq!((items.len(), items[0].format.as_str()), (1, "png"));
    assert_eq!(items[0].patent.title.as_deref(), Some("Stool"));
    let report = fixture.import(Originals::Reference, &folder);
    assert!(report.warnings.is_empty());
}

#[test]
fn copies_are_kept_until_the_last_page_goes() {
    let fixture = Fixture::new();
    let path = fixture.patent("in/a.pdf");
    fixture.import(Originals::Copy, std::slice::from_ref(&path));
    fs::remove_file(path).unwrap();
    let items = fixture.all_items();
    let key = items[0].original_key.clone().unwrap();
    assert_eq!(items[1].original_key.as_ref(), Some(&key));
    let copy = fixture.directory.path().join("data/blobs").join(&key);
    let delete = |item: &Item| {
        let only = Selection::Items(vec![item.id.unsigned_abs()]);
        fixture.engine.library().delete("default", &only).unwrap();
    };
    delete(&items[0]);
    assert!(copy.is_file());
    fixture.picture(&items[1], View::Full);
    delete(&items[1]);
    assert!(copy.is_file(), "both pages lie in the trash");
    let all = InTrash::All("default".into());
    fixture.engine.library().empty_trash(&all).unwrap();
    assert!(!copy.is_file());
}

#[test]
fn pages_are_embedded_again_as_they_were() {
    let fixture = Fixture::new();
    fixture.import(Originals::Reference, &[fixture.patent("in/a.pdf")]);
    let request = ReEmbedRequest {
        collection: "default".into(),
        model: None,
        preprocess: None,
        size: Some(98),
        unchanged: Unchanged::Refused,
        into: Some("smaller".into()),
        leave_out_missing: false,
    };
    let report = fixture
        .engine
        .re_embedder()
        .run(&request, &Control::default())
        .unwrap();
    assert_eq!((report.imported, report.failed), (2, 0), "{report:?}");
    assert_eq!(fixture.items("smaller"), 2);
}

#[test]
fn other_pdfs_give_an_item_a_page_and_bad_ones_fail_alone() {
    let fixture = Fixture::new();
    fixture.file("in/scan.pdf", &fixture_file("fax.pdf"));
    for bad in ["encrypted", "cut-off", "empty", "huge-image", "drawn"] {
        fixture.file(
            &format!("in/{bad}.pdf"),
            &fixture_file(&format!("bad/{bad}.pdf")),
        );
    }
    let report = fixture.import(Originals::Reference, &[fixture.directory.path().join("in")]);
    assert_eq!(counts(&report), (6, 1, 0, 5), "{report:?}");
    let reason = |name: &str| {
        let problem = report
            .failed_files
            .iter()
            .find(|problem| problem.file.contains(name));
        problem.unwrap().reason.clone()
    };
    assert!(reason("encrypted").contains("without protection"));
    assert!(reason("huge-image").contains("megapixels"));
    assert!(reason("drawn").contains("not a scan"));
    let items = fixture.all_items();
    assert_eq!(pages(&items), [(None, None, Some(1))]);
    assert_eq!((items[0].width, items[0].height), (96, 128));
    assert_eq!(items[0].patent_id, None);
}

#[test]
fn a_patents_pdf_is_searched_with_by_its_sheets() {
    let fixture = Fixture::new();
    fixture.import(Originals::Reference, &[fixture.patent("in/a.pdf")]);
    let searcher = fixture.engine.search();
    let file = QueryFile::new(Some("query.pdf"), fixture_file("patent.pdf"));
    let queries = searcher.queries_of(&file, &[]).unwrap();
    assert_eq!(queries.len(), 2);
    let request = SearchRequest {
        queries,
        ..SearchRequest::default()
    };
    let pages: Vec<_> = request.descriptions().iter().map(|one| one.page).collect();
    assert_eq!(pages, [Some(3), Some(4)]);
    let answer = searcher.run(&request).unwrap();
    assert!(answer.results[0].max_score > 0.999, "{answer:?}");
    let named = searcher.queries_of(&file, &[4]).unwrap();
    assert_eq!(named.len(), 1);
    let request = SearchRequest {
        queries: named,
        ..SearchRequest::default()
    };
    let ranked = searcher.run(&request).unwrap().ranked;
    let found = |hit: &RankedItem| (hit.item.page_num.clone(), hit.score > 0.999);
    assert!(
        ranked
            .iter()
            .map(found)
            .any(|hit| hit == (Some("D00002".to_owned()), true)),
        "{ranked:?}"
    );
    for page in [0, 5] {
        let error = searcher.queries_of(&file, &[page]).unwrap_err();
        assert!(error.to_string().contains("the file has 4"), "{error}");
    }
    let choice = searcher.page_choice(&file).unwrap().unwrap();
    let usual: Vec<_> = choice.pages.iter().map(|page| page.is_usual).collect();
    assert_eq!(usual, [false, false, true, true]);
    assert!(choice.pages.iter().all(|page| page.thumbnail.is_some()));
    assert_eq!(choice.patent_id.as_deref(), Some("USD900123"));
}

/// Uncompressed grey pages of 8 x 8 pixels; each has a level and whether it says that it is a
/// reduced copy.
fn tiff(pages: &[(u8, bool)]) -> Vec<u8> {
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    for (index, (level, is_reduced)) in pages.iter().enumerate() {
        let start = bytes.len() as u32;
        let pixels = start + 2 + 8 * 12 + 4;
        let entries = [
            (254, u32::from(*is_reduced)),
            (256, 8),
            (257, 8),
            (258, 8),
            (262, 1),
            (273, pixels),
            (277, 1),
            (279, 64),
        ];
        bytes.extend((entries.len() as u16).to_le_bytes());
        for (tag, value) in entries {
            bytes.extend(u16::to_le_bytes(tag));
            bytes.extend([4, 0, 1, 0, 0, 0]);
            bytes.extend(u32::to_le_bytes(value));
        }
        let is_last = index + 1 == pages.len();
        bytes.extend(if is_last { 0 } else { pixels + 64 }.to_le_bytes());
        bytes.extend([*level; 64]);
    }
    bytes
}

#[test]
fn a_tiff_gives_an_item_a_page_without_reduced_copies() {
    let fixture = Fixture::new();
    fixture.file(
        "in/pages.tif",
        &tiff(&[(10, false), (0, true), (200, false)]),
    );
    fixture.file("in/preview-first.tif", &tiff(&[(0, true), (90, false)]));
    fixture.file("in/one.tif", &tiff(&[(50, false)]));
    let folder = [fixture.directory.path().join("in")];
    let report = fixture.import(Originals::Copy, &folder);
    assert_eq!(counts(&report), (4, 4, 0, 0), "{report:?}");
    let mut seen: Vec<_> = fixture
        .all_items()
        .iter()
        .map(|item| {
            let bytes = fixture.picture(item, View::Thumbnail).to_grey()[0];
            (item.file_name.clone(), number_of(item), bytes)
        })
        .collect();
    seen.sort();
    assert_eq!(
        seen,
        [
            ("one.tif".to_owned(), None, 50),
            ("pages.tif".to_owned(), None, 10),
            ("pages.tif".to_owned(), Some(3), 200),
            ("preview-first.tif".to_owned(), Some(2), 90),
        ]
    );
    let report = fixture.import(Originals::Copy, &folder);
    assert_eq!(counts(&report), (4, 0, 4, 0));
}
