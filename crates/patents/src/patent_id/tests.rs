use proptest::prelude::*;

use super::*;

fn parsed(text: &str) -> String {
    PatentId::parse(text)
        .unwrap_or_else(|error| panic!("{error}"))
        .to_string()
}

#[test]
fn every_spelling_of_a_design() {
    for text in [
        "D939806",
        "d939806",
        "USD939806",
        "USD0939806",
        "US D939,806 S1",
        "US-D939806-S1",
        "D0939806",
        "D939806S",
        "USD939806S1",
        "Des. 939,806",
        "Des. Pat. No. 939,806",
        "U.S. Pat. No. D939,806",
        "D 939 806",
        "D939'806",
        "  usd0939806 s1 ",
        "ＵＳＤ９３９８０６",
        "D.939.806",
        "US D939806",
    ] {
        assert_eq!(parsed(text), "USD939806", "{text}");
    }
}

#[test]
fn every_spelling_of_a_reissue() {
    for text in [
        "RE49999",
        "USRE49999",
        "USRE049999E1",
        "US RE49,999 E",
        "Re. 49,999",
        "RE049999",
        "reissue 49999",
    ] {
        assert_eq!(parsed(text), "USRE49999", "{text}");
    }
}

#[test]
fn other_numbers_are_refused_with_their_reason() {
    for (text, reason) in [
        ("939806", "bare number"),
        ("10,123,456", "bare number"),
        ("US10123456B2", "bare number"),
        ("PP12345", "plant"),
        ("H2345", "statutory"),
        ("", "bare number"),
        ("D", "expected"),
        ("D0000000", "expected"),
        ("D12345678", "7 digits"),
        ("D939806-20220104", "expected"),
        ("D939806E1", "expected"),
        ("RE49999S1", "expected"),
        ("D939806S12", "expected"),
        ("EP1234567", "expected"),
        ("D939806X", "expected"),
        ("D９39806é", "expected"),
        ("专利", "expected"),
    ] {
        let error = PatentId::parse(text).unwrap_err();
        assert!(error.reason.contains(reason), "{text}: {error}");
    }
}

#[test]
fn document_parts_use_the_kind_for_bare_numbers() {
    let id = |country, number, kind| PatentId::new(country, number, kind).map(String::from);
    assert_eq!(id("US", "D0939806", "S1").unwrap(), "USD939806");
    assert_eq!(id("US", "0939806", "S1").unwrap(), "USD939806");
    assert_eq!(id("", "049999", "E1").unwrap(), "USRE49999");
    assert!(id("US", "10123456", "B2").is_err());
    assert!(id("US", "10123456", "").is_err());
    assert!(
        id("EP", "D939806", "S1")
            .unwrap_err()
            .reason
            .contains("only US")
    );
}

#[test]
fn order_is_by_number() {
    let mut ids: Vec<_> = ["D1107373", "RE49999", "D939806", "RE5"]
        .map(|text| PatentId::parse(text).unwrap())
        .into();
    ids.sort();
    let sorted: Vec<_> = ids.iter().map(PatentId::as_str).collect();
    assert_eq!(sorted, ["USD939806", "USD1107373", "USRE5", "USRE49999"]);
}

#[test]
fn json_holds_a_string_and_normalises_it() {
    let id: PatentId = serde_json::from_str("\"US D939,806 S1\"").unwrap();
    assert_eq!(serde_json::to_string(&id).unwrap(), "\"USD939806\"");
    assert!(serde_json::from_str::<PatentId>("\"939806\"").is_err());
}

#[test]
fn a_long_text_is_quoted_shortly() {
    assert!(
        PatentId::parse(&"é".repeat(1_000_000))
            .unwrap_err()
            .to_string()
            .chars()
            .count()
            < 200
    );
}

fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

proptest! {
    #[test]
    fn spellings_meet_in_one(number in 1u32..=9_999_999, design: bool, lower: bool, spelling in 0usize..8) {
        let (letters, kind) = if design { ("D", "S1") } else { ("RE", "E1") };
        let comma = grouped(number);
        let mut text = match spelling {
            0 => format!("{letters}{number}"),
            1 => format!("US{letters}{number:07}"),
            2 => format!("US {letters}{comma} {kind}"),
            3 => format!("US-{letters}{number}-{kind}"),
            4 => format!("{letters} {comma}"),
            5 => format!("US{letters}{number:08}{kind}"),
            6 => format!("U.S. Patent No. {letters}{comma}"),
            _ => format!(" {letters}{number}{}\t", &kind[..1]),
        };
        if lower {
            text = text.to_lowercase();
        }
        let id = PatentId::parse(&text).unwrap();
        prop_assert_eq!(id.as_str(), format!("US{letters}{number}"));
        prop_assert_eq!(&PatentId::parse(id.as_str()).unwrap(), &id);
        prop_assert_eq!(&PatentId::parse(&id.padded()).unwrap(), &id);
    }

    #[test]
    fn any_text_parses_to_a_canonical_form_or_not_at_all(text in "\\PC{0,24}|[USDRE0-9, .-]{0,14}") {
        if let Ok(id) = PatentId::parse(&text) {
            let canonical = id.to_string();
            prop_assert_eq!(PatentId::parse(&canonical).unwrap().to_string(), canonical);
        }
    }

    #[test]
    fn sheet_names_round_trip(
        number in 1u32..=9_999_999, year in 1976u32..2100, month in 1u32..=12, day in 1u32..=28,
        page in 0u32..=99_999, design: bool, padded: bool, dated: bool, form in 0usize..4,
    ) {
        let letters = if design { "D" } else { "RE" };
        let number_text = if padded { format!("US{letters}{number:07}") } else { format!("{letters}{number}") };
        let date = year * 10_000 + month * 100 + day;
        let date_text = if dated { format!("-{date}") } else { String::new() };
        let extension = ["TIF", "tif", "tiff", "TIFF"][form];
        let mut name = format!("{number_text}{date_text}-D{page:05}.{extension}");
        if form % 2 == 1 {
            name = name.to_lowercase();
        }
        let sheet = crate::SheetName::parse(&name).unwrap();
        prop_assert_eq!(sheet.patent_id.as_str(), format!("US{letters}{number}"));
        prop_assert_eq!(sheet.date, dated.then_some(date));
        prop_assert_eq!(&sheet.page, &format!("D{page:05}"));
        prop_assert_eq!(sheet.front_page, page == 0);
        prop_assert_eq!(crate::SheetName::parse(&sheet.to_string()), Some(sheet));
    }
}
