//! Grant documents, patent numbers and sheet names from arbitrary bytes.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lookalike_patents::{
    PatentId, SheetName, canonical_loc_class, canonical_us_class, figure_descriptions, parse_grant,
    parse_grants, us_class_prefix,
};

fuzz_target!(|bytes: &[u8]| {
    let _ = parse_grant(bytes);
    for grant in parse_grants(bytes).flatten() {
        assert_eq!(grant.image_count as usize, grant.images.len());
        let _ = grant.expiry_date();
        let again = grant.images.iter().map(|image| image.file.as_str());
        assert!(grant.compare_images(again).missing.is_empty());
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        if let Ok(id) = PatentId::parse(text) {
            assert_eq!(PatentId::parse(&id.padded()), Ok(id));
        }
        if let Some(sheet) = SheetName::parse(text) {
            assert_eq!(SheetName::parse(&sheet.to_string()), Some(sheet));
        }
        if let Some(class) = canonical_us_class(text) {
            assert_eq!(canonical_us_class(&class), Some(class));
        }
        if let Some(prefix) = us_class_prefix(text) {
            assert_eq!(us_class_prefix(&prefix), Some(prefix));
        }
        let _ = figure_descriptions(text);
        if let Some(class) = canonical_loc_class(text) {
            assert_eq!(canonical_loc_class(&class), Some(class));
        }
    }
});
