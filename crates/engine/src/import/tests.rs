//! What is read of a folder before any image is decoded.

use std::fs;
use std::path::Path;

use lookalike_patents::scan;
use tempfile::TempDir;

use super::files;
use super::folder::FolderPlan;

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

fn plan(files: &[(&str, &str)]) -> FolderPlan {
    let directory = TempDir::new().unwrap();
    for (name, text) in files {
        fs::write(directory.path().join(name), text).unwrap();
    }
    let folder = scan(directory.path()).next().unwrap().unwrap();
    FolderPlan::new(&folder)
}

#[test]
fn sheets_get_patent_page_order_and_view() {
    let plan = plan(&[
        ("USD0939806-20220104.XML", GRANT),
        ("USD0939806-20220104-D00000.TIF", ""),
        ("USD0939806-20220104-D00002.tif", ""),
        ("photo.jpg", ""),
    ]);
    assert_eq!(plan.patents[0].patent_id, "USD939806");
    assert_eq!(plan.patents[0].expiry_date, Some(20_370_104));
    let facts: Vec<_> = plan
        .sheets
        .iter()
        .map(|sheet| {
            (
                sheet.page_num.as_deref(),
                sheet.image_index,
                sheet.view.as_deref(),
                sheet.front_page,
                sheet.patent_id.is_some(),
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
fn a_broken_grant_fails_alone() {
    let plan = plan(&[
        ("USD0939806-20220104.XML", "<us-patent-grant><us-bib"),
        ("USD0939806-20220104-D00001.TIF", ""),
    ]);
    assert_eq!(plan.failed.len(), 1);
    assert_eq!(plan.sheets[0].patent_id.as_deref(), Some("USD939806"));
}

#[test]
fn a_utility_patent_is_refused_with_its_drawings() {
    let plan = plan(&[
        ("US11234567-20220104.XML", UTILITY),
        ("US11234567-20220104-D00001.TIF", ""),
    ]);
    assert!(plan.sheets.is_empty());
    assert_eq!(plan.failed.len(), 2, "{:?}", plan.failed);
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
    let listing = files::list(&[image, xml, odd.clone(), odd]).unwrap();
    assert_eq!((listing.folders.len(), listing.images()), (1, 2));
    let plan = FolderPlan::new(&listing.folders[0]);
    assert_eq!(plan.patents.len(), 1);
}

#[test]
fn a_path_that_does_not_exist_is_an_error() {
    let error = files::list(&[Path::new("/no/such/folder").to_path_buf()]).unwrap_err();
    assert!(error.to_string().contains("/no/such/folder"), "{error}");
}
