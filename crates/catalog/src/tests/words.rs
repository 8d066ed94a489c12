//! Items found by words.

use super::*;

fn named(md5: &str, description: Option<&str>, tags: &[&str]) -> NewItem {
    NewItem {
        description: description.map(str::to_owned),
        tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
        ..picture(md5, &format!("/{md5}.png"))
    }
}

impl Fixture {
    fn found(&self, query: &str) -> Vec<u64> {
        let words = Words::of(query);
        let hits = self
            .catalog
            .items_with_words(&self.collection, &words, false, 100, |_| true);
        hits.unwrap().into_iter().map(|hit| hit.item_id).collect()
    }

    fn fields(&self, query: &str, id: u64) -> Vec<&'static str> {
        let fields = self.catalog.fields_with_words(&Words::of(query), &[id]);
        fields
            .unwrap()
            .into_iter()
            .map(|(_, field)| field.name())
            .collect()
    }
}

#[test]
fn words_are_found_in_every_text_and_say_where() {
    let fixture = Fixture::new();
    let plain = id(fixture.place(&named("aa", Some("A folding wooden chair"), &["garden"])));
    let chinese = id(fixture.place(&named("bb", Some("橙色的椅子，带扶手"), &["家具"])));
    let patented = id(fixture.place(&sheet("cc", "/c.tif", "USD1", "D00001")));
    assert_eq!(fixture.found("watch"), [] as [u64; 0]);
    let patent = Patent {
        patent_id: "USD1".into(),
        title: Some("Watch band".into()),
        claim_text: Some("The ornamental design for a strap.".into()),
        applicant_name: Some("Acme Uhren GmbH".into()),
        ..Patent::default()
    };
    let details = GrantDetails {
        figures: vec![FigureDescription {
            label: "1".into(),
            description: "is a perspective view showing a buckle".into(),
            view: None,
        }],
        ..GrantDetails::default()
    };
    fixture
        .catalog
        .write(NOW, |tx| {
            tx.upsert_patent(&patent)?;
            tx.set_grant_details("USD1", &details)
        })
        .unwrap();
    for (query, item, fields) in [
        ("chairs", plain, &["description"][..]),
        ("GARDEN", plain, &["tags"]),
        ("椅子", chinese, &["description"]),
        ("椅", chinese, &["description"]),
        ("家具", chinese, &["tags"]),
        ("watch bands", patented, &["title"]),
        ("strap", patented, &["claim"]),
        ("acme", patented, &["names"]),
        ("buckle", patented, &["figures"]),
    ] {
        assert_eq!(fixture.found(query), [item], "{query}");
        assert_eq!(fixture.fields(query, item), fields, "{query}");
    }
    for nothing in ["", "!?", "子色", "zebra", "\" AND"] {
        assert_eq!(fixture.found(nothing), [] as [u64; 0], "{nothing}");
    }
    assert!(fixture.catalog.has_texts(&fixture.collection).unwrap());
}

#[test]
fn numbers_of_patents_are_found_in_any_spelling_and_alone() {
    let fixture = Fixture::new();
    let sheet = |md5, path, patent, page| id(fixture.place(&sheet(md5, path, patent, page)));
    let second = sheet("bb", "/b.tif", "USD907292", "D00002");
    let first = sheet("aa", "/a.tif", "USD907292", "D00001");
    let other = sheet("cc", "/c.tif", "USD907293", "D00001");
    // Its text has a word that the spelling `US D907,292 S1` ends in.
    fixture.place(&named("dd", Some("S1, a chair"), &[]));
    for spelling in [
        "D907292",
        "USD907292",
        "USD0907292",
        "d907,292",
        "US D907,292 S1",
        "907292",
    ] {
        assert_eq!(fixture.found(spelling), [first, second], "{spelling}");
        assert_eq!(fixture.fields(spelling, first), ["number"], "{spelling}");
    }
    assert_eq!(fixture.found("D90729"), [first, second, other]);
    assert_eq!(fixture.found("D111111"), [] as [u64; 0]);
}

#[test]
fn what_has_every_word_comes_before_what_has_some() {
    let fixture = Fixture::new();
    let some = id(fixture.place(&named("aa", Some("chair chair chair"), &["chair"])));
    let all = id(fixture.place(&named(
        "bb",
        Some("a long text of an armchair, a red one, and a chair"),
        &[],
    )));
    assert_eq!(fixture.found("red chair"), [all, some]);
    let words = Words::of("red chair");
    let only = |most, passes: fn(u64) -> bool| {
        let found =
            fixture
                .catalog
                .items_with_words(&fixture.collection, &words, false, most, passes);
        found
            .unwrap()
            .into_iter()
            .map(|hit| (hit.item_id, hit.has_all))
            .collect::<Vec<_>>()
    };
    assert_eq!(only(1, |_| true), [(all, true)]);
    assert_eq!(only(9, |id| id == 1), [(some, false)]);
}

#[test]
fn changes_and_deletions_are_followed() {
    let fixture = Fixture::new();
    let item = id(fixture.place(&named("aa", Some("teapot"), &[])));
    assert!(fixture.catalog.has_texts(&fixture.collection).unwrap());
    let changes = ItemChanges {
        description: Some(Some("kettle".into())),
        ..ItemChanges::default()
    };
    fixture
        .catalog
        .write(NOW, |tx| tx.change_item(item, &changes))
        .unwrap();
    assert_eq!(fixture.found("teapot"), [] as [u64; 0]);
    assert_eq!(fixture.found("kettle"), [item]);
    fixture
        .catalog
        .write(NOW, |tx| tx.remove_items(&fixture.collection, &[item]))
        .unwrap();
    assert_eq!(fixture.found("kettle"), [] as [u64; 0]);
    assert!(!fixture.catalog.has_texts(&fixture.collection).unwrap());
    assert_eq!(fixture.sql("SELECT count(*) FROM items_to_index"), 0);
}

#[test]
fn front_pages_and_other_collections_stay_away() {
    let fixture = Fixture::new();
    let front = NewItem {
        front_page: true,
        ..named("aa", Some("lamp"), &[])
    };
    let front = id(fixture.place(&front));
    assert_eq!(fixture.found("lamp"), [] as [u64; 0]);
    let words = Words::of("lamp");
    let with = |collection: &Collection| {
        let hits = fixture
            .catalog
            .items_with_words(collection, &words, true, 9, |_| true);
        hits.unwrap().len()
    };
    assert_eq!(with(&fixture.collection), 1);
    let other = fixture
        .catalog
        .write(NOW, |tx| tx.create_collection(&spec("other")))
        .unwrap();
    assert_eq!(with(&other), 0);
    assert!(front > 0);
}

#[test]
fn the_filter_by_words_looks_at_every_text_and_at_numbers_in_any_spelling() {
    let fixture = Fixture::new();
    let patent = Patent {
        patent_id: "USD939806".into(),
        title: Some("Watch band".into()),
        claim_text: Some("The ornamental design for a strap.".into()),
        applicant_name: Some("Acme Uhren GmbH".into()),
        inventor_names: Some("Erika Mustermann".into()),
        ..Patent::default()
    };
    fixture
        .catalog
        .write(NOW, |tx| tx.upsert_patent(&patent))
        .unwrap();
    let band = id(fixture.place(&sheet("aa", "/USD939806-D00001.TIF", "USD939806", "D00001")));
    let bare = id(fixture.place(&sheet("bb", "/second.tif", "USD0000001", "D00001")));
    let chair = id(fixture.place(&named(
        "cc",
        Some("橙色的椅子，USB接口"),
        &["家具", "garden"],
    )));
    for (keyword, expected) in [
        ("D939,806", &[band][..]),
        ("us d0939806 s1", &[band]),
        ("939806", &[band]),
        ("USD9398", &[band]),
        ("acme", &[band]),
        ("uhren watch", &[band]),
        ("Mustermann", &[band]),
        ("ornament", &[band]),
        ("strap", &[band]),
        ("d00001", &[band]),
        ("second", &[bare]),
        ("椅子", &[chair]),
        ("橙色的椅", &[chair]),
        ("usb 椅", &[chair]),
        ("家具", &[chair]),
        ("gard", &[chair]),
        ("椅子 watch", &[]),
        ("123456789", &[]),
    ] {
        let filter = ItemFilter {
            keyword: vec![keyword.to_owned()],
            ..ItemFilter::default()
        };
        assert_eq!(fixture.matching(&filter), expected, "{keyword}");
    }
}
