//! Whole documents of every DTD version, as a reader of the results would check them.

use lookalike_patents::{
    Grant, GrantErrorKind, MAX_DOCUMENT_BYTES, View, parse_grant, parse_grants,
};

fn fixture(name: &str) -> Vec<u8> {
    let path = format!(
        "{}/../../fixtures/patents/{name}",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn grant(name: &str) -> Grant {
    parse_grant(&fixture(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn views(grant: &Grant) -> Vec<(&str, Option<View>)> {
    grant
        .figures
        .iter()
        .map(|figure| (figure.label.as_str(), figure.view))
        .collect()
}

#[test]
fn version_4_0() {
    let grant = grant("v40.xml");
    assert_eq!(grant.patent_id.as_str(), "USD500001");
    assert_eq!(grant.kind, some("S1"));
    assert_eq!(grant.title, some("Dog biscuit"));
    assert_eq!(
        (grant.loc_class.as_deref(), grant.loc_edition.as_deref()),
        (Some("01-99"), Some("7"))
    );
    assert_eq!(
        (grant.pub_date, grant.filing_date),
        (Some(20_050_104), Some(20_030_915))
    );
    assert_eq!(
        (grant.grant_term, grant.expiry_date()),
        (Some(14), Some(20_190_104)),
        "the default of its time"
    );
    assert_eq!(
        (grant.applicant_name, grant.applicant_country),
        (some("Ann T. Baker"), some("US"))
    );
    assert_eq!(grant.inventor_names, some("Ann T. Baker, Karl Weber"));
    assert_eq!(grant.assignee_name, None);
    assert_eq!(
        grant.claim_text,
        some("The ornamental design for a dog biscuit, as shown and described.")
    );
    let files: Vec<_> = grant
        .images
        .iter()
        .map(|image| image.file.as_str())
        .collect();
    assert_eq!(
        files,
        [
            "USD0500001-20050104-D00000.TIF",
            "USD0500001-20050104-D00001.TIF"
        ]
    );
    assert_eq!(
        (grant.images[0].width_mm, grant.images[0].height_mm),
        (Some(80.25), Some(100.5))
    );
    assert_eq!(grant.image_count, 2);
    assert_eq!(grant.figures.len(), 2);
    assert_eq!(
        (grant.figures[1].figure, grant.figures[1].view),
        (2, Some(View::Side))
    );
    assert_eq!(grant.warnings, [""; 0]);
}

#[test]
fn version_4_2() {
    let grant = grant("v42.xml");
    assert_eq!(grant.patent_id.as_str(), "USD584026");
    assert_eq!(grant.loc_class, some("02-04"));
    assert_eq!(
        (grant.applicant_name, grant.applicant_country),
        (some("Mario Rossi"), some("IT"))
    );
    assert_eq!(grant.inventor_names, some("Mario Rossi"));
    assert_eq!(
        grant.assignee_name,
        some("Suola S.r.l."),
        "it has no addressbook"
    );
    assert_eq!(
        grant.images[0].file, "USD0584026-20090106-D00001.TIF",
        "it is a doc-page"
    );
    assert_eq!(grant.warnings, [""; 0]);
}

#[test]
fn version_4_5() {
    let grant = grant("v45.xml");
    assert_eq!(grant.patent_id.as_str(), "USD746541");
    assert_eq!(
        grant.loc_class,
        some("09-01"),
        "a cited class is not the patent's"
    );
    assert!(grant.further_loc_classes.is_empty());
    assert_eq!(
        (grant.pub_date, grant.filing_date),
        (Some(20_160_105), Some(20_150_512))
    );
    assert_eq!(
        grant.grant_term,
        Some(14),
        "filed on the last day before 15 years"
    );
    assert_eq!(
        (grant.applicant_name, grant.applicant_country),
        (some("Flacon SA"), some("FR"))
    );
    assert_eq!(grant.inventor_names, some("Zoë Müller"));
    assert_eq!(grant.assignee_name, some("Flacon SA"));
    let views = views_of("v45.xml");
    assert_eq!(
        views,
        [
            ("1", View::Perspective),
            ("2", View::Front),
            ("3", View::Back)
        ]
        .map(owned)
    );
    assert_eq!(grant.warnings, [""; 0]);
}

fn owned((label, view): (&str, View)) -> (String, Option<View>) {
    (label.to_owned(), Some(view))
}

fn views_of(name: &str) -> Vec<(String, Option<View>)> {
    grant(name)
        .figures
        .into_iter()
        .map(|figure| (figure.label, figure.view))
        .collect()
}

#[test]
fn an_international_design() {
    let grant = grant("v45-hague.xml");
    assert_eq!(
        (grant.filing_date, grant.grant_term),
        (Some(20_150_826), Some(15))
    );
    assert_eq!(grant.expiry_date(), Some(20_320_606));
    assert_eq!(
        grant.applicant_country,
        some("CH"),
        "from the residence, in upper case"
    );
    assert_eq!(
        views(&grant),
        [("1.1", Some(View::Perspective)), ("1.2", Some(View::Front))]
    );
}

#[test]
fn version_4_7() {
    let grant = grant("v47.xml");
    assert_eq!(grant.patent_id.as_str(), "USD1107373");
    assert_eq!(
        (grant.grant_term, grant.expiry_date()),
        (Some(15), Some(20_401_230))
    );
    assert_eq!(grant.loc_class, some("10-07"));
    assert_eq!(grant.further_loc_classes, ["10-02", "11-01"]);
    assert_eq!(grant.inventor_names, some("Wei Li, Yu Chen, Sting"));
    assert_eq!(grant.assignee_name, some("Wei Li"));
    assert_eq!(
        grant.claim_text,
        some("The ornamental design for a watch band, as shown and described.")
    );
    assert_eq!(grant.images[1].orientation, some("landscape"));
}

#[test]
fn markup_and_entities_in_texts() {
    let grant = grant("markup-title.xml");
    assert_eq!(
        grant.title,
        some("H2O bottle — Café 100% & <new> ™ R&D αε &nosuch; <3")
    );
    assert_eq!(grant.applicant_name, some("Müller & Söhne"));
    assert_eq!(grant.images[0].file, "A&B-1.TIF");
    assert_eq!(grant.claim_text, some("1. The ornamental design."));
    assert_eq!(grant.warnings.len(), 1, "{:?}", grant.warnings);
    assert!(grant.warnings[0].contains("&nosuch;"));
}

#[test]
fn everything_but_the_number_may_be_missing() {
    let grant = grant("minimal.xml");
    assert_eq!(grant.patent_id.as_str(), "USD900000");
    assert_eq!(
        (
            &grant.title,
            &grant.loc_class,
            grant.pub_date,
            grant.expiry_date()
        ),
        (&None, &None, None, None)
    );
    assert_eq!((grant.grant_term, grant.image_count), (Some(15), 0));
}

#[test]
fn odd_values_are_left_out_with_warnings() {
    let grant = grant("odd.xml");
    assert_eq!(grant.patent_id.as_str(), "USD910001");
    assert_eq!(
        (grant.pub_date, grant.filing_date),
        (Some(20_210_209), Some(20_191_224))
    );
    assert_eq!(grant.grant_term, Some(15));
    assert_eq!(
        (grant.title, grant.loc_class),
        (some("Seat"), some("06-01"))
    );
    assert_eq!(
        (grant.loc_edition, grant.further_loc_classes),
        (some("13"), vec!["06-02".to_owned()])
    );
    assert_eq!(
        (grant.applicant_name, grant.applicant_country),
        (some("Only"), None)
    );
    assert_eq!(
        (grant.inventor_names, grant.assignee_name),
        (None, some("Plain Name Inc."))
    );
    assert_eq!(grant.claim_text, None);
    let files: Vec<_> = grant
        .images
        .iter()
        .map(|image| image.file.as_str())
        .collect();
    assert_eq!(
        files,
        [
            "USD0910001-20210209-D00001.TIF",
            "USD0910001-20210209-D00002.TIF"
        ]
    );
    for part in [
        "20210200",
        "20191301",
        "forever",
        "`none`",
        "folders",
        "listed twice",
        "without a `file`",
        "`../..`",
    ] {
        assert!(
            grant.warnings.iter().any(|warning| warning.contains(part)),
            "{part}: {:#?}",
            grant.warnings
        );
    }
}

#[test]
fn other_encodings() {
    assert_eq!(grant("latin1.xml").title, some("Théière – café"));
    let text = String::from_utf8(fixture("v45.xml"))
        .unwrap()
        .replace("UTF-8", "UTF-16");
    let wide: Vec<u8> = format!("\u{feff}{text}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(parse_grant(&wide).unwrap(), grant("v45.xml"));
    let all: Vec<_> = parse_grants(&wide).collect();
    assert_eq!(all, [Ok(grant("v45.xml"))]);
    let marked = [b"\xef\xbb\xbf".as_slice(), &fixture("v45.xml")].concat();
    assert_eq!(parse_grant(&marked).unwrap(), grant("v45.xml"));
}

#[test]
fn reissues_are_told_apart_by_their_classes() {
    let grant = grant("reissue-design.xml");
    assert_eq!(
        (grant.patent_id.as_str(), grant.kind.as_deref()),
        ("USRE49999", Some("E1"))
    );
    let error = parse_grant(&fixture("reissue-utility.xml")).unwrap_err();
    assert_eq!(error.kind, GrantErrorKind::NotADesign);
    assert!(
        error
            .to_string()
            .starts_with("USRE49999: a re-issue of a utility patent"),
        "{error}"
    );
}

#[test]
fn what_is_no_design_grant_is_refused_by_name() {
    for (name, kind, words) in [
        (
            "utility.xml",
            GrantErrorKind::NotADesign,
            "US10123456-20181106.XML: a utility patent",
        ),
        ("plant.xml", GrantErrorKind::NotADesign, "a plant patent"),
        (
            "application.xml",
            GrantErrorKind::NotAGrant,
            "published application",
        ),
        ("st32.xml", GrantErrorKind::OldFormat, "ST.32"),
    ] {
        let error = parse_grant(&fixture(name)).unwrap_err();
        assert_eq!(error.kind, kind, "{name}");
        assert!(error.to_string().contains(words), "{name}: {error}");
    }
    let refused = |text: &str| parse_grant(text.as_bytes()).unwrap_err().kind;
    assert_eq!(refused("PATN\nWKU  D0450001\n"), GrantErrorKind::OldFormat);
    assert_eq!(
        refused("<PATDOC><SDOBI/></PATDOC>"),
        GrantErrorKind::OldFormat
    );
    assert_eq!(refused("<html><body/></html>"), GrantErrorKind::NotAGrant);
    assert_eq!(refused("<us-patent-grant/>"), GrantErrorKind::NoNumber);
}

#[test]
fn weekly_files_of_old_formats_are_refused_as_such_and_not_as_too_large() {
    for start in [
        "<!DOCTYPE PATDOC PUBLIC \"-//USPTO//DTD ST.32 US PATENT GRANT V2.4 2000-09-20//EN\" []>",
        "\n<PATDOC DTD=\"2.4\" STATUS=\"Build 20010518\"><SDOBI><B110>",
        "PATN\nWKU  D0450001\n",
        "HHHHHT        APS1\n",
    ] {
        let mut weekly = start.as_bytes().to_vec();
        weekly.resize(MAX_DOCUMENT_BYTES + 1, b' ');
        let results: Vec<_> = parse_grants(&weekly).collect();
        assert_eq!(results.len(), 1);
        let error = results[0].as_ref().unwrap_err();
        assert_eq!(error.kind, GrantErrorKind::OldFormat, "{start}: {error}");
    }
}

#[test]
fn the_file_attribute_stands_in_for_a_missing_number() {
    let grant = parse_grant(br#"<us-patent-grant file="USD0584026-20090106.XML"/>"#).unwrap();
    assert_eq!(grant.patent_id.as_str(), "USD584026");
    assert!(
        grant.warnings[0].contains("file name"),
        "{:?}",
        grant.warnings
    );
}

#[test]
fn documents_one_after_another() {
    let results: Vec<_> = parse_grants(&fixture("weekly.xml")).collect();
    let ids: Vec<_> = results
        .iter()
        .map(|result| result.as_ref().ok().map(|grant| grant.patent_id.as_str()))
        .collect();
    assert_eq!(
        ids,
        [
            Some("USD584026"),
            None,
            Some("USD746541"),
            None,
            Some("USD500001")
        ]
    );
    assert_eq!(
        results[1].as_ref().unwrap_err().kind,
        GrantErrorKind::NotADesign
    );
    assert_eq!(
        results[3].as_ref().unwrap_err().kind,
        GrantErrorKind::Malformed
    );
}

#[test]
fn documents_without_declarations_between_them() {
    let one = String::from_utf8(fixture("minimal.xml")).unwrap();
    let text = format!("\n{one}{one}<!-- between -->\n{one}<!-- end -->\0\n\u{feff}");
    let results: Vec<_> = parse_grants(text.as_bytes()).collect();
    assert_eq!(results.len(), 3);
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    for empty in [&b""[..], b"  \n", b"\xef\xbb\xbf"] {
        let results: Vec<_> = parse_grants(empty).collect();
        assert_eq!(results.len(), 1);
        assert_eq!(
            results[0].as_ref().unwrap_err().kind,
            GrantErrorKind::Malformed
        );
    }
}

#[test]
fn listed_images_and_files_are_compared() {
    let grant = grant("v45.xml");
    assert_eq!(grant.image_index("usd746541-20160105-d00002.tiff"), Some(2));
    let found = [
        "USD0746541-20160105-D00000.tif",
        "USD0746541-20160105-D00009.TIF",
        "photo.jpg",
        "D1-D00001.TIF",
    ];
    let comparison = grant.compare_images(found);
    assert_eq!(
        comparison.missing,
        [
            "USD0746541-20160105-D00001.TIF",
            "USD0746541-20160105-D00002.TIF"
        ]
    );
    assert_eq!(comparison.unlisted, ["USD0746541-20160105-D00009.TIF"]);
}
