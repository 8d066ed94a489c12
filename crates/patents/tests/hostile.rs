//! Documents made to break or to burden their reader.

use lookalike_patents::{
    Grant, GrantError, GrantErrorKind, MAX_DOCUMENT_BYTES, parse_grant, parse_grants,
};
use proptest::prelude::*;

const BODY: &str = "<us-bibliographic-data-grant><publication-reference><document-id>\
    <country>US</country><doc-number>D0700001</doc-number><kind>S1</kind></document-id></publication-reference>";

/// A grant with this internal subset and title.
fn document(subset: &str, title: &str) -> Result<Grant, GrantError> {
    let text = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE us-patent-grant SYSTEM \"x.dtd\" [{subset}]><us-patent-grant>{BODY}\
         <invention-title>{title}</invention-title></us-bibliographic-data-grant></us-patent-grant>"
    );
    parse_grant(text.as_bytes())
}

fn refusal(subset: &str, title: &str) -> GrantErrorKind {
    document(subset, title)
        .expect_err("the document must be refused")
        .kind
}

#[test]
fn a_billion_laughs_are_refused() {
    let mut subset = "<!ENTITY lol \"lol\"><!ENTITY lol1 \"&lol;\">".to_owned();
    for level in 2..10 {
        subset += &format!(
            "<!ENTITY lol{level} \"{}\">",
            format!("&lol{};", level - 1).repeat(10)
        );
    }
    assert_eq!(refusal(&subset, "&lol9;"), GrantErrorKind::EntityBomb);
    assert_eq!(
        refusal(&subset, "not even used"),
        GrantErrorKind::EntityBomb
    );
}

#[test]
fn quadratic_growth_is_refused() {
    let subset = format!("<!ENTITY long \"{}\">", "x".repeat(20_000));
    assert_eq!(
        refusal(&subset, &"&long;".repeat(50_000)),
        GrantErrorKind::EntityBomb
    );
    let subset = format!("<!ENTITY huge \"{}\">", "x".repeat(1_000_000));
    assert_eq!(refusal(&subset, "Chair"), GrantErrorKind::EntityBomb);
}

#[test]
fn a_bomb_in_an_attribute_or_in_an_ignored_element_is_refused() {
    let subset = format!("<!ENTITY long \"{}\">", "x".repeat(20_000));
    let attribute = format!(
        "x</invention-title></us-bibliographic-data-grant><drawings><img file=\"{}\"/></drawings>\
        <us-bibliographic-data-grant><invention-title>",
        "&long;".repeat(100)
    );
    assert_eq!(refusal(&subset, &attribute), GrantErrorKind::EntityBomb);
    let ignored = format!(
        "x</invention-title><nothing>{}</nothing><invention-title>",
        "&long;".repeat(100)
    );
    assert_eq!(refusal(&subset, &ignored), GrantErrorKind::EntityBomb);
}

#[test]
fn entities_that_refer_to_themselves_are_refused() {
    assert_eq!(
        refusal("<!ENTITY a \"&a;\">", "x"),
        GrantErrorKind::EntityBomb
    );
    assert_eq!(
        refusal("<!ENTITY a \"&b;\"><!ENTITY b \"&a;\">", "&a;"),
        GrantErrorKind::EntityBomb
    );
}

#[test]
fn external_entities_are_never_fetched() {
    let grant = document(
        "<!ENTITY secret SYSTEM \"file:///etc/passwd\">",
        "Lamp &secret;",
    )
    .unwrap();
    assert_eq!(grant.title.as_deref(), Some("Lamp &secret;"));
    assert!(
        grant.warnings[0].contains("never fetched"),
        "{:?}",
        grant.warnings
    );
    let parameter = "<!ENTITY % remote SYSTEM \"http://127.0.0.1:9/x.dtd\"> %remote;";
    assert_eq!(
        document(parameter, "Lamp").unwrap().title.as_deref(),
        Some("Lamp")
    );
}

#[test]
fn a_small_honest_entity_is_expanded() {
    let grant = document("<!ENTITY firm \"Smith &amp; Co\">", "Lamp by &firm;").unwrap();
    assert_eq!(grant.title.as_deref(), Some("Lamp by Smith & Co"));
}

#[test]
fn deep_nesting_and_great_size_are_refused() {
    assert_eq!(
        refusal("", &"<b>".repeat(100_000)),
        GrantErrorKind::TooLarge
    );
    let large = vec![b' '; MAX_DOCUMENT_BYTES + 1];
    assert_eq!(
        parse_grant(&large).unwrap_err().kind,
        GrantErrorKind::TooLarge
    );
}

#[test]
fn floods_are_bounded() {
    let names: String = (0..20_000).map(|index| format!("&e{index};")).collect();
    let grant = document("", &names).unwrap();
    assert!(grant.warnings.len() <= 51, "{}", grant.warnings.len());
    let images: String = (0..20_000)
        .map(|index| format!("<img file=\"{index}.TIF\"/>"))
        .collect();
    let text = format!(
        "<us-patent-grant>{BODY}</us-bibliographic-data-grant><drawings>{images}</drawings></us-patent-grant>"
    );
    let grant = parse_grant(text.as_bytes()).unwrap();
    assert!(grant.images.len() <= 5_000 && grant.warnings.len() <= 51);
}

#[test]
fn every_truncation_is_an_error_that_says_so() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../fixtures/patents/v45.xml"
    );
    let whole = std::fs::read(path).unwrap();
    let end = whole.iter().rposition(|byte| *byte == b'>').unwrap();
    for length in 0..=end {
        let error = parse_grant(&whole[..length]).expect_err("cut off");
        assert_eq!(error.kind, GrantErrorKind::Malformed, "{length}: {error}");
    }
    assert!(parse_grant(&whole[..=end]).is_ok());
}

#[test]
fn garbage_is_malformed() {
    let long = "<".repeat(10_000);
    for text in [
        "\0\0\0\0",
        "not xml",
        "{\"a\": 1}",
        "<",
        "<>",
        "<us-patent-grant",
        "<us-patent-grant></b>",
        "&amp;",
        &long,
        "II*\0",
    ] {
        let error = parse_grant(text.as_bytes()).unwrap_err();
        assert_eq!(error.kind, GrantErrorKind::Malformed, "{text:.20}: {error}");
    }
    let tiff = [b"II*\0".as_slice(), &[0x80; 500]].concat();
    assert_eq!(
        parse_grant(&tiff).unwrap_err().kind,
        GrantErrorKind::Malformed
    );
}

proptest! {
    #[test]
    fn any_bytes_end_in_a_result(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse_grant(&bytes);
        prop_assert!(parse_grants(&bytes).count() <= bytes.len() + 1);
    }

    #[test]
    fn damaged_documents_end_in_a_result(at in 0usize..4000, length in 0usize..40, junk in "\\PC{0,8}|[<>&;!\\[\\]\"]{0,8}") {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/patents/markup-title.xml");
        let mut bytes = std::fs::read(path).unwrap();
        let start = at % bytes.len();
        let end = (start + length).min(bytes.len());
        bytes.splice(start..end, junk.bytes());
        let _ = parse_grant(&bytes);
        for grant in parse_grants(&bytes).flatten() {
            prop_assert_eq!(grant.image_count as usize, grant.images.len());
        }
    }
}
