//! Whole files: every kind of page image, an invented patent, and what must be refused.

use lookalike_imaging::{Limits, RgbImage};
use lookalike_patents::{Cited, View};
use lookalike_pdf::{Document, PageKind, PatentPdf, PdfErrorKind};

fn fixture(name: &str) -> Vec<u8> {
    let path = format!(
        "{}/../../fixtures/pdf/{name}.pdf",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn open(name: &str) -> Document {
    let document = Document::open(fixture(name), &Limits::default());
    document.unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn page(name: &str) -> RgbImage {
    let page = open(name).page_image(0);
    page.unwrap_or_else(|error| panic!("{name}: {error}")).image
}

/// Share of pixels that are black in one and white in the other.
fn difference(a: &RgbImage, b: &RgbImage) -> f64 {
    assert_eq!((a.width(), a.height()), (b.width(), b.height()));
    let (a, b) = (a.to_grey(), b.to_grey());
    let other = a
        .iter()
        .zip(b.iter())
        .filter(|(a, b)| (**a < 128) != (**b < 128));
    other.count() as f64 / a.len() as f64
}

#[test]
fn every_kind_of_image_is_the_same_picture() {
    let plain = page("plain");
    let ink = plain.to_grey().iter().filter(|&&level| level == 0).count();
    assert!((1000..8000).contains(&ink), "{ink}");
    for name in [
        "fax",
        "jbig2",
        "flate",
        "png-predictor",
        "hex-flate",
        "bits",
        "indexed",
        "stencil",
        "inverted",
        "turned-page",
        "turned-image",
        "soft-mask",
    ] {
        assert_eq!(difference(&page(name), &plain), 0.0, "{name}");
    }
    assert!(difference(&page("jpeg"), &plain) < 0.001);
    let colours = page("rgb");
    assert_eq!(colours.data()[..3], [255, 127, 255], "green is at half");
}

fn patent(name: &str, file_name: Option<&str>) -> PatentPdf {
    open(name)
        .patent(file_name)
        .unwrap_or_else(|| panic!("{name}"))
}

#[test]
fn a_patent_tells_its_fields() {
    let patent = patent("patent", None);
    let grant = &patent.grant;
    assert_eq!(grant.patent_id.as_str(), "USD900123");
    assert_eq!(
        grant.title.as_deref(),
        Some("FOLDING STOOL WITH ROUND SEAT")
    );
    assert_eq!(
        (grant.pub_date, grant.filing_date, grant.grant_term),
        (Some(20_201_027), Some(20_190_730), Some(15))
    );
    assert_eq!(
        (grant.loc_class.as_deref(), grant.loc_edition.as_deref()),
        (Some("06-01"), Some("12"))
    );
    assert_eq!(grant.us_class.as_deref(), Some("D6/349"));
    assert_eq!(grant.further_us_classes, ["D6/366"]);
    assert_eq!(grant.application_number.as_deref(), Some("29700123"));
    assert_eq!(grant.applicant_name.as_deref(), Some("Sgabello Ltd."));
    assert_eq!(grant.applicant_country.as_deref(), Some("IT"));
    assert_eq!(grant.inventor_names.as_deref(), Some("Ada Rossi"));
    assert_eq!(
        grant.claim_text.as_deref(),
        Some("The ornamental design for a folding stool with round seat, as shown and described.")
    );
    let views: Vec<_> = grant.figures.iter().map(|figure| figure.view).collect();
    assert_eq!(
        views,
        [View::Perspective, View::Front, View::Bottom].map(Some)
    );
    assert_eq!(
        grant.citations.len(),
        3 + 24,
        "those of the second page too"
    );
    let first = &grant.citations[0];
    assert!(matches!(&first.cited, Cited::Design(id) if id.as_str() == "USD400123"));
    assert_eq!(first.category.as_deref(), Some("cited by examiner"));
    assert_eq!(first.us_class.as_deref(), Some("D6/349"));
}

#[test]
fn sheets_are_told_from_text_and_cut() {
    for name in ["patent", "patent-without-text"] {
        let document = open(name);
        let patent = document.patent(None).unwrap();
        use PageKind::{Front, Sheet, Text};
        assert_eq!(patent.pages, [Front, Text, Sheet, Sheet], "{name}");
        assert_eq!(patent.sheets.len(), 2);
        for (sheet, page) in patent.sheets.iter().zip([2, 3]) {
            assert_eq!(sheet.page, page);
            let crop = sheet.crop;
            assert!(
                crop.top > 400 && crop.top < 900,
                "the header is left out: {crop:?}"
            );
            let image = document.page_image(page).unwrap().image;
            let drawn = image
                .crop(crop.left, crop.top, crop.width, crop.height)
                .unwrap();
            let all = image.to_grey().iter().filter(|&&level| level == 0).count();
            let kept = drawn.to_grey().iter().filter(|&&level| level == 0).count();
            assert!(kept < all && kept * 10 > all * 7, "{kept} of {all}");
        }
    }
}

#[test]
fn print_is_read_where_there_is_no_text() {
    let patent = patent("patent-without-text", Some("7.pdf"));
    let grant = &patent.grant;
    assert_eq!(grant.patent_id.as_str(), "USD900123");
    assert_eq!(
        grant.title.as_deref(),
        Some("FOLDING STOOL WITH ROUND SEAT")
    );
    assert_eq!(grant.pub_date, Some(20_201_027));
    assert!(grant.citations.is_empty() && grant.us_class.is_none());
}

#[test]
fn other_files_are_no_patents() {
    assert!(
        open("fax").patent(Some("USD900123.pdf")).is_none(),
        "a name alone is not enough"
    );
    assert!(open("patent").words(0).unwrap().len() > 20);
    assert!(open("patent-without-text").words(0).unwrap().is_empty());
}

#[test]
fn bad_files_are_refused_with_their_reason() {
    use PdfErrorKind::*;
    for (name, kind, reason) in [
        ("empty", NotAPdf, "does not begin with %PDF-"),
        ("cut-off", Malformed, "no pages"),
        ("no-pages", Malformed, "no pages"),
        ("encrypted", Encrypted, "without protection"),
        ("pages-in-a-circle", Malformed, ""),
        ("huge-image", TooLarge, "10000 megapixels"),
        ("huge-jbig2-page", TooLarge, "4225 megapixels"),
        ("short-data", Malformed, "image"),
        (
            "drawn",
            NeedsRendering,
            "shows lines or areas besides its image",
        ),
        ("shown-text", NeedsRendering, "shows text besides its image"),
        ("two-images", NeedsRendering, "is made of 2 images"),
        ("askew", NeedsRendering, "askew"),
        ("form-in-itself", NeedsRendering, "not a scan"),
        ("jpeg2000", Unsupported, "JPEG 2000"),
    ] {
        let opened = Document::open(fixture(&format!("bad/{name}")), &Limits::default());
        let error = opened
            .and_then(|document| document.page_image(0))
            .unwrap_err();
        assert_eq!(error.kind, kind, "{name}: {error}");
        assert!(error.reason.contains(reason), "{name}: {error}");
    }
}

/// A kilobyte that unpacks to 200 MB gives the picture that it says, and takes no more.
#[test]
fn no_more_is_unpacked_than_the_picture_takes() {
    let image = page("bad/bomb");
    assert_eq!((image.width(), image.height()), (96, 128));
    assert!(image.to_grey().iter().all(|&level| level == 0));
}

#[test]
fn limits_and_page_numbers_hold() {
    let small = Limits {
        max_pixels: 1000,
        ..Limits::default()
    };
    for name in ["fax", "jbig2", "flate", "jpeg"] {
        let document = Document::open(fixture(name), &small).unwrap();
        let error = document.page_image(0).unwrap_err();
        assert_eq!(error.kind, PdfErrorKind::TooLarge, "{name}: {error}");
    }
    let error = open("fax").page_image(1).unwrap_err();
    assert_eq!(error.kind, PdfErrorKind::NoSuchPage);
    assert_eq!(error.reason, "page 2 was asked for, but the file has 1");
}

/// Whatever is cut off or changed, there is an answer.
#[test]
fn damage_never_panics() {
    for name in [
        "patent",
        "jbig2",
        "png-predictor",
        "indexed",
        "bad/form-in-itself",
    ] {
        let bytes = fixture(name);
        let step = (bytes.len() / 40).max(1);
        for place in (0..bytes.len()).step_by(step) {
            let mut changed = bytes.clone();
            changed[place] ^= 0x55;
            for damaged in [changed, bytes[..place].to_vec()] {
                if let Ok(document) = Document::open(damaged, &Limits::default()) {
                    let _ = document.page_image(0);
                    let _ = document.words(0);
                }
            }
        }
    }
}

/// Some bytes changed at random places: an answer, and never more pixels than the page states.
#[test]
fn changed_bytes_never_panic_nor_grow() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    for name in ["fax", "jbig2", "flate", "png-predictor", "rgb", "hex-flate"] {
        let bytes = fixture(name);
        for _ in 0..250 {
            let mut damaged = bytes.clone();
            for _ in 0..=random(4) {
                let place = random(damaged.len());
                damaged[place] = random(256) as u8;
            }
            let Ok(document) = Document::open(damaged, &Limits::default()) else {
                continue;
            };
            for page in 0..document.page_count().min(3) {
                let stated = document.page_pixels(page);
                if let Ok(found) = document.page_image(page) {
                    let image = found.image;
                    let pixels = u64::from(image.width()) * u64::from(image.height());
                    assert!(pixels <= stated.unwrap(), "{name}: {pixels}");
                }
                let _ = document.sheet_crop(page);
            }
        }
    }
}
